r"""Orders of plants (MODEL.md 4.4).

.. math::
    least_k \, order_{k,t} \le modules_{k,t} \le most_k \, order_{k,t}, \qquad \sum_t order_{k,t} \le orders_k

    order_{k,t} \le orders_k \sum_{d \in G} \; \sum_{(a,n) \text{ in force}} sign_{d,a,n}
    \quad \text{for each group } G \text{ of deals to order}

`least` and `most` are modules an order, `orders` the orders that may still be made. A plant may need deals to be
ordered at all: every group must be met, by any one of its deals. A signing is in force for an order in `t` when it was
made by `t`, starts no later than the plant, and has not expired at the order. The plant outlives it.
"""

from __future__ import annotations

from typing import Any

from optimizer.model.building import Building, Index, Linear
from optimizer.model.calendar import SLIP, Signing, orders_left


def add_variables(b: Building) -> None:
    """``order[k, t]`` orders and ``modules[k, t]`` modules in them, both integer."""
    keys = list(b.data.operations)
    most = {key: float(orders_left(b.data.plants[key[0]])) for key in keys}
    sizes = {key: most[key] * b.data.plants[key[0]].most_modules for key in keys}
    b.variables("order", keys, integer=True, upper=most, addresses=("Plants[{0}].orders at most",))
    b.variables("modules", keys, integer=True, upper=sizes, addresses=("Plants[{0}].most modules",))


def add_rows(b: Building) -> None:
    """Sizes of orders, their number, and the deals that must be in force."""
    keys = list(b.numbers["order"])
    rows = b.data.plants
    b.parameter("least_modules", {key: float(rows[key[0]].least_modules) for key in keys})
    b.parameter("most_modules", {key: float(rows[key[0]].most_modules) for key in keys})

    def least(m: Any, k: Any, t: Any) -> Any:
        return m.least_modules[k, t] * m.order[k, t] - m.modules[k, t] <= 0

    def most(m: Any, k: Any, t: Any) -> Any:
        return m.modules[k, t] - m.most_modules[k, t] * m.order[k, t] <= 0

    b.rows("order_least", keys, least, ("Plants[{0}].least modules",))
    b.rows("order_most", keys, most, ("Plants[{0}].most modules",))
    plants = [(name,) for name in dict.fromkeys(key[0] for key in keys)]
    b.members("ordered_ever", plants, (((key[0],), key) for key in keys), 2)
    b.parameter("orders_left", {row: float(orders_left(b.data.plants[row[0]])) for row in plants})

    def number(m: Any, k: Any) -> Any:
        return sum(m.order[j, t] for j, t in m.ordered_ever[k]) <= m.orders_left[k]

    b.rows("orders_at_most", plants, number, ("Plants[{0}].orders at most",))
    _deals_to_order(b)


def _deals_to_order(b: Building) -> None:
    found: dict[Index, tuple[Linear, str, float]] = {}
    for key in b.numbers["order"]:
        plant, year = key
        for g, group in enumerate(b.data.plants[plant].deals_to_order):
            allowed = Linear()
            for deal in group:
                if deal in b.data.deals:
                    allowed.plus(_counting(b, deal, plant, year))
            total = Linear({"order": {key: 1.0}}).plus(allowed, -float(orders_left(b.data.plants[plant])))
            found[plant, year, g] = (total, "<=", 0.0)
    b.linear("deals_to_order", found, ("Plants[{0}].deals to order",))


def _counting(b: Building, deal: str, plant: str, year: int) -> Linear:
    total = Linear()
    for s in b.data.signings[deal]:
        if _in_force(b, s, plant, year):
            total.add("sign", (deal, s.year, s.terms), 1.0)
    past = b.data.past.get(deal)
    if past is not None and _in_force(b, past, plant, year):
        total.constant = 1.0
    return total


def _in_force(b: Building, s: Signing, plant: str, year: int) -> bool:
    operation = b.data.operations[plant, year]
    ordered = b.data.calendar.decided(year)
    return s.year <= year and s.start <= operation.start + SLIP and ordered < s.end - SLIP
