r"""The planner's limits (MODEL.md 4.8).

.. math::
    level_{i,t} - broken_{i,t} \le value_{i,t} \quad \text{or} \quad level_{i,t} + broken_{i,t} \ge value_{i,t}

Each line of the sheet Limits is a row of its own. `level` is money by payer and heading (cash by year, or as charged to
the horizon), tonnes or capacity through a filter, a criterion, the tonnes dependent, or for a share one filter's tonnes
against `value` times another's. `broken` exists where the limit has a price of breaking.
"""

from __future__ import annotations

from collections.abc import Callable

from optimizer.case.schema import Limit, matches
from optimizer.model.blocks.capacity import capacity
from optimizer.model.building import Building, LimitRow, Linear
from optimizer.model.filters import Part, parts, plants_in, stage_of
from optimizer.model.terms import Index

NOT_CASH = ("shortage", "broken limits")
TRANSFER = "incentives paid"


def add_variables(b: Building) -> None:
    """``broken[i, t]``: by how much a limit with a price is broken, in the unit of its row."""
    keys = [
        (row.name, year) for row in b.data.case.limits if row.price_of_breaking is not None for year in years_of(b, row)
    ]
    b.variables("broken", keys, addresses=("Limits[{0}].price of breaking",))


def years_of(b: Building, row: Limit) -> tuple[int, ...]:
    """The years in which a limit has a row: each, or the first for one over the horizon."""
    whole = row.over == "horizon" or row.measure == "criterion"
    return b.data.years[:1] if whole else b.data.years


def add_rows(b: Building) -> None:
    """One row for each limit and year."""
    found: dict[Index, tuple[Linear, str, float]] = {}
    for row in b.data.case.limits:
        for year in years_of(b, row):
            level, against = _level(b, row, year)
            unit = b.data.money if row.measure == "spend" else 1.0
            b.limits[row.name, year] = LimitRow(level, against, row.sense, unit)
            total = Linear().plus(level).plus(against, -1.0)
            if b.has("broken", (row.name, year)):
                total.add("broken", (row.name, year), -1.0 if row.sense == "at most" else 1.0)
            found[row.name, year] = (total, "<=" if row.sense == "at most" else ">=", 0.0)
    b.linear("limit", found, ("Limits[{0}].value.{1}",), "Limits[{}] in {}".format)


def _level(b: Building, row: Limit, year: int) -> tuple[Linear, Linear]:
    """Level and value of one row, in its unit."""
    value = row.value.at(year)
    whole = row.over == "horizon"
    if row.measure == "share":
        return _over(b, row, year, _filtered), Linear().plus(whole_of(b, row, year), value)
    if row.measure == "dependence":
        level = Linear({"dependent": {(year,): 1.0}}) if b.has("dependent", (year,)) else Linear()
        return level, Linear(constant=value * b.data.demand[year])
    if row.measure == "spend":
        return _spend(b, row, None if whole else year), Linear(constant=value / b.data.money)
    if row.measure == "criterion":
        names = row.filter.get("criterion") if row.filter else None
        return Linear({"goal": {(name,): 1.0 for name in names or ()}}), Linear(constant=value)
    if row.measure == "capacity":
        total = Linear()
        for plant in plants_in(b, row.filter):
            for t in b.data.years if whole else (year,):
                total.plus(capacity(b, plant, t))
        return total, Linear(constant=value)
    return _over(b, row, year, _filtered), Linear(constant=value)


def _over(b: Building, row: Limit, year: int, of: Callable[[Building, Limit, int], list[Part]]) -> Linear:
    total = Linear()
    for t in b.data.years if row.over == "horizon" else (year,):
        for material, tonnes in of(b, row, t):
            total.plus(tonnes, converted(b, row, material))
    return total


def _filtered(b: Building, row: Limit, year: int) -> list[Part]:
    return parts(b, row.filter, year) if row.filter is not None else []


def whole_of(b: Building, row: Limit, year: int) -> Linear:
    """The tonnes that a share is a share of, of the year or over the horizon."""
    return _over(b, row, year, _whole)


def _whole(b: Building, row: Limit, year: int) -> list[Part]:
    if row.of is not None:
        return parts(b, row.of, year)
    return [
        (line.material, Linear(constant=line.tonnes.at(year)))
        for line in b.data.case.demands
        if b.data.weights[line.name] > 0
    ]


def converted(b: Building, row: Limit, material: str) -> float:
    """Tonnes of the product of the limit for a tonne of `material`."""
    if row.converted_to is None:
        return 1.0
    product = next(m for m in b.data.case.materials if m.name == row.converted_to)
    needs = {product.stage: 1.0, **dict(product.needs)}
    return 1 / needs[stage_of(b, material)]


def _spend(b: Building, row: Limit, year: int | None) -> Linear:
    total = Linear()
    for key in b.numbers["charged"] if year is None else b.numbers["cash"]:
        item, heading, payer = key[:3]
        if year is not None and key[3] != year:
            continue
        named = any(matches(heading, pattern) for pattern in row.heading)
        if row.payer not in (None, payer) or (row.heading and not named):
            continue
        if item in NOT_CASH and year is not None and not row.heading:
            continue
        if heading == TRANSFER and row.payer is None and not row.heading:
            continue
        total.add("charged" if year is None else "cash", key, 1.0)
    return total
