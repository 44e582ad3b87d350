r"""Incentives (MODEL.md 4.9).

.. math::
    paid_{g,k,a,t} \le size_k \, avail^{n_1..n_2}_{k,a,t} \, modules_{k,a} / use_k, \qquad
    \sum_a paid_{g,k,a,t} \le \sum_{r,c} run_{k,r,t,c}

    \sum_{k \in g \text{ at } p} \sum_a paid_{g,k,a,t} \le \sum_{k \text{ at } p} run_t - (stock_t - stock_{t-1}) -
    discard_t

    grant_{g,k,a} \le rate_a \, size_k \, modules_{k,a}

`paid` is the output paid for, of operating years `n1` to `n2` of the order made in `a`; `grant` is paid for capacity in
the year of its order. Caps hold for the money of a year, of an order, and in all. A tonne is paid once: it counts for
one order, and only when it left the place's stock.
"""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.case.schema import Incentive, matches
from optimizer.model.building import Building, Linear
from optimizer.model.calendar import Operation
from optimizer.model.data import CLASSES, CLEAR, value
from optimizer.model.terms import Index


def plants_of(b: Building, incentive: Incentive) -> tuple[str, ...]:
    """The plants that receive an incentive."""
    return tuple(k for k in b.data.plants if any(matches(k, pattern) for pattern in incentive.plants))


def rows_of(b: Building) -> dict[str, Incentive]:
    """Incentives in use by name."""
    return {row.name: row for row in b.data.case.incentives}


def add_variables(b: Building) -> None:
    """``paid_output[g, k, a, t]`` tonnes paid for; ``grant[g, k, a]`` money for capacity, in the model's unit."""
    paid = [
        (g, k, a, t)
        for g, row in rows_of(b).items()
        if row.per_tonne is not None
        for k in plants_of(b, row)
        for a, op, _ in _orders(b, k)
        for t in b.data.years
        if _share(op, row, t) > 0 and _output(b, k, t).families
    ]
    b.variables("paid_output", paid, addresses=("Incentives[{0}].per tonne.{3}",))
    grants = [
        (g, k, a)
        for g, row in rows_of(b).items()
        if row.per_capacity is not None
        for k in plants_of(b, row)
        for a, _, past in _orders(b, k)
        if past is None
    ]
    b.variables("grant", grants, addresses=("Incentives[{0}].per tonne a year ordered.{2}",))


def money(b: Building, incentive: str, year: int) -> tuple[Linear, Linear]:
    """What an incentive pays in `year`, in the model's unit of money: for output, and for capacity ordered."""
    row = rows_of(b)[incentive]
    output, grants = Linear(), Linear()
    for g, k, a, t in b.numbers["paid_output"]:
        if g == incentive and t == year:
            output.add("paid_output", (g, k, a, t), value(row.per_tonne, t, 0.0) / b.data.money)
    for g, k, a in b.numbers["grant"]:
        if g == incentive and a == year:
            grants.add("grant", (g, k, a), 1.0)
    return output, grants


def add_rows(b: Building) -> None:
    """What is paid for was made, left the place, and stays under the caps."""
    _by_order(b)
    _by_output(b)
    _grants(b)
    _caps(b)


def _orders(b: Building, plant: str) -> Iterator[tuple[int, Operation, float | None]]:
    """Year, operation and, where made before the case, modules of each order of a plant."""
    for (k, a), (op, modules) in b.data.past_orders.items():
        if k == plant:
            yield a, op, modules
    for (k, a), op in b.data.operations.items():
        if k == plant and b.has("modules", (k, a)):
            yield a, op, None


def _share(op: Operation, row: Incentive, year: int) -> float:
    return float(op.available(year, first=row.first_operating_year, last=row.last_operating_year))


def _use(b: Building, plant: str) -> float:
    return min((b.data.runs[plant, r].capacity_used for r in b.data.runs_of[plant]), default=1.0)


def _output(b: Building, plant: str, year: int, materials: frozenset[str] | None = None) -> Linear:
    total = Linear()
    for r in b.data.runs_of[plant]:
        if materials is None or b.data.recipes[r].output in materials:
            for c in CLASSES:
                if b.has("run", (plant, r, year, c)):
                    total.add("run", (plant, r, year, c), 1.0)
    return total


def _by_order(b: Building) -> None:
    rows: dict[Index, tuple[Linear, str, float]] = {}
    incentives = rows_of(b)
    for g, k, a, t in b.numbers["paid_output"]:
        size = (b.data.plants[k].module or 0.0) / _use(b, k)
        total, right = Linear({"paid_output": {(g, k, a, t): 1.0}}), 0.0
        for year, op, past in _orders(b, k):
            if year == a:
                share = size * _share(op, incentives[g], t)
                if past is None:
                    total.add("modules", (k, a), -share)
                else:
                    right = share * past
        rows[g, k, a, t] = (total, "<=", right)
    b.linear("paid_by_order", rows, ("Incentives[{0}].last operating year", "Plants[{1}].module"))


def _by_output(b: Building) -> None:
    plants: dict[Index, tuple[Linear, str, float]] = {}
    places: dict[Index, tuple[Linear, str, float]] = {}
    for g, k, a, t in b.numbers["paid_output"]:
        if (g, k, t) not in plants:
            plants[g, k, t] = (Linear().plus(_output(b, k, t), -1.0), "<=", 0.0)
        plants[g, k, t][0].add("paid_output", (g, k, a, t), 1.0)
        made = b.data.materials_of(("Plants", k))
        key = (g, b.data.plants[k].place, " and ".join(sorted(made)), t)
        if key not in places:
            places[key] = (_left(b, b.data.plants[k].place, made, t), "<=", 0.0)
        places[key][0].add("paid_output", (g, k, a, t), 1.0)
    b.linear("paid_by_plant", plants, ("Incentives[{0}].per tonne.{2}", "Plants[{1}]"))
    b.linear("paid_by_place", places, ("Incentives[{0}].per tonne.{3}", "Places[{1}]"))


def _left(b: Building, place: str, materials: frozenset[str], year: int) -> Linear:
    """Minus what was made of the materials at a place and neither went into stock nor was discarded."""
    total = Linear()
    for k, plant in b.data.plants.items():
        if plant.place == place:
            total.plus(_output(b, k, year, materials), -1.0)
    for s, row in b.stock_rows.items():
        if row.place == place and row.material in materials:
            for c in CLASSES:
                if b.has("stock", (s, year, c)):
                    total.add("stock", (s, year, c), 1.0)
                if b.has("stock", (s, year - 1, c)):
                    total.add("stock", (s, year - 1, c), -1.0)
                elif year == b.data.years[0]:
                    total.constant -= row.opening_clear if c == CLEAR else row.opening_exposed
    for m in materials:
        for c in CLASSES:
            if b.has("discard", (place, m, year, c)):
                total.add("discard", (place, m, year, c), 1.0)
    return total


def _grants(b: Building) -> None:
    rows: dict[Index, tuple[Linear, str, float]] = {}
    incentives = rows_of(b)
    for g, k, a in b.numbers["grant"]:
        rate = value(incentives[g].per_capacity, a, 0.0) * (b.data.plants[k].module or 0.0) / b.data.money
        rows[g, k, a] = (Linear({"grant": {(g, k, a): 1.0}, "modules": {(k, a): -rate}}), "<=", 0.0)
    b.linear("granted", rows, ("Incentives[{0}].per tonne a year ordered.{2}", "Plants[{1}].module"))


def _caps(b: Building) -> None:
    yearly: dict[Index, tuple[Linear, str, float]] = {}
    orders: dict[Index, tuple[Linear, str, float]] = {}
    totals: dict[Index, tuple[Linear, str, float]] = {}
    for g, row in rows_of(b).items():
        paid = {t: Linear().plus(money(b, g, t)[0]).plus(money(b, g, t)[1]) for t in b.data.years}
        if row.cap_a_year is not None:
            yearly.update({(g, t): (total, "<=", row.cap_a_year / b.data.money) for t, total in paid.items()})
        if row.cap_total is not None:
            whole = Linear()
            for total in paid.values():
                whole.plus(total)
            totals[g,] = (whole, "<=", row.cap_total / b.data.money)
        if row.cap_per_order is not None:
            orders.update(_order_caps(b, row, row.cap_per_order / b.data.money))
    b.linear("cap_a_year", yearly, ("Incentives[{0}].cap a year",))
    b.linear("cap_per_order", orders, ("Incentives[{0}].cap per order",))
    b.linear("cap_total", totals, ("Incentives[{0}].cap total",))


def _order_caps(b: Building, row: Incentive, cap: float) -> dict[Index, tuple[Linear, str, float]]:
    rows: dict[Index, tuple[Linear, str, float]] = {}
    for k in plants_of(b, row):
        for a, _, past in _orders(b, k):
            total = Linear()
            for t in b.data.years:
                if b.has("paid_output", (row.name, k, a, t)):
                    total.add("paid_output", (row.name, k, a, t), value(row.per_tonne, t, 0.0) / b.data.money)
            if b.has("grant", (row.name, k, a)):
                total.add("grant", (row.name, k, a), 1.0)
            if past is None and total.families:
                total.add("order", (k, a), -cap)
            rows[row.name, k, a] = (total, "<=", 0.0 if past is None else cap)
    return rows
