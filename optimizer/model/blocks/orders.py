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

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from optimizer.model.building import Building
from optimizer.model.calendar import SLIP, Operation, Signing, orders_left
from optimizer.model.data import intervals
from optimizer.model.terms import Index, Terms

Flags = npt.NDArray[np.bool_]


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

    b.rows("order_least", keys, least, ("Plants[{0}].least modules",), ["order", "modules"])
    b.rows("order_most", keys, most, ("Plants[{0}].most modules",), ["order", "modules"])
    plants = [(name,) for name in dict.fromkeys(key[0] for key in keys)]
    b.members("ordered_ever", plants, (((key[0],), key) for key in keys), 2)
    b.parameter("orders_left", {row: float(orders_left(b.data.plants[row[0]])) for row in plants})

    def number(m: Any, k: Any) -> Any:
        return sum(m.order[j, t] for j, t in m.ordered_ever[k]) <= m.orders_left[k]

    b.rows("orders_at_most", plants, number, ("Plants[{0}].orders at most",), ["order"])
    _deals_to_order(b)


def _deals_to_order(b: Building) -> None:
    keys: list[Index] = []
    terms, past = Terms(), [np.zeros(0)]
    for plant, orders in b.data.orders_of.items():
        columns, left = b.grid("order", [(plant, op.year) for op in orders]), float(orders_left(b.data.plants[plant]))
        for g, group in enumerate(b.data.plants[plant].deals_to_order):
            rows, signed = len(keys) + np.arange(len(orders)), np.zeros(len(orders))
            terms.add(rows, columns)
            for deal in (name for name in group if name in b.data.deals):
                counting = _in_force(b, b.data.signings[deal], orders)
                terms.add(rows, b.signs[deal][:, None], -left * counting)
                signed += _in_force(b, [b.data.past[deal]] if deal in b.data.past else [], orders).sum(axis=0)
            keys += [(plant, op.year, g) for op in orders]
            past.append(-left * signed)
    b.family("deals_to_order", keys, terms, "<=", 0.0, ("Plants[{0}].deals to order",), constant=np.concatenate(past))


def _in_force(b: Building, several: Sequence[Signing], orders: Sequence[Operation]) -> Flags:
    """Whether each signing is in force for each order: [signing, order]."""
    signed, (start, end) = np.array([[s.year] for s in several]).reshape(-1, 1), intervals(several)
    ordered = np.array([op.year for op in orders])
    decided = np.array([b.data.calendar.decided(op.year) for op in orders])
    operating = np.array([op.start for op in orders])
    return (signed <= ordered) & (start <= operating + SLIP) & (decided < end - SLIP)
