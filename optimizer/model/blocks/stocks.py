r"""Stocks (MODEL.md 4.10). What goes in and out stands in the balance; here what must and may lie there.

.. math::
    \sum_c stock_{b,t,c} \le limit_{b,t}, \qquad stock_{b,T,clear} \ge closing^{clear}_b, \qquad
    \sum_c stock_{b,T,c} \ge closing^{clear}_b + closing^{exposed}_b

    \sum_{c \in reserve\,class} stock_{b,t,c} \ge reserve_{b,t} \quad \text{or} \quad
    \frac{days_{b,t}}{365} \Big( \sum used_{t+1} + \sum served_{t+1} \Big)

`T` is the last year, and what must lie there at its end is the opening amount unless the stock says otherwise. A
reserve is given in tonnes, or in days of what the place uses and serves of the material in the year after (in the last
year, of that year itself).
"""

from __future__ import annotations

import math

from optimizer.case.schema import Stock
from optimizer.model.building import Building, Linear
from optimizer.model.data import CLASSES, CLEAR, value
from optimizer.model.terms import Index


def add_variables(b: Building) -> None:
    """``stock[b, t, c]``: held at the end of year `t`."""
    held = (
        (name, t, c)
        for name, row in b.stock_rows.items()
        for t in b.data.years
        for c in CLASSES
        if (row.place, row.material, t, c) in b.bounds.at
    )
    b.variables("stock", held, addresses=("Stocks[{0}].limit.{1}",))


def add_rows(b: Building) -> None:
    """Limits, closing amounts and reserves."""
    limits: dict[Index, tuple[Linear, str, float]] = {}
    closing: dict[Index, tuple[Linear, str, float]] = {}
    reserves: dict[Index, tuple[Linear, str, float]] = {}
    last = b.data.years[-1]
    for name, row in b.stock_rows.items():
        for t in b.data.years:
            limit = value(row.limit, t, math.inf)
            if math.isfinite(limit):
                limits[name, t] = (_held(b, name, t, CLASSES), "<=", limit)
            if value(row.reserve, t, 0.0) > 0:
                reserves[name, t] = _reserve(b, row, t)
        clear = row.opening_clear if row.closing_clear is None else row.closing_clear
        exposed = row.opening_exposed if row.closing_exposed is None else row.closing_exposed
        closing[name, "clear"] = (_held(b, name, last, (CLEAR,)), ">=", clear)
        closing[name, "clear and exposed"] = (_held(b, name, last, CLASSES), ">=", clear + exposed)
    b.linear("stock_limit", limits, ("Stocks[{0}].limit.{1}",))
    b.linear(
        "stock_closing", closing,
        ("Stocks[{0}].closing clear", "Stocks[{0}].closing exposed", "Stocks[{0}].opening clear"),
        "Stocks[{}] at the end, {}".format,
    )
    b.linear("reserve", reserves, ("Stocks[{0}].reserve.{1}",), "The reserve of Stocks[{}] in {}".format)


def _held(b: Building, name: str, year: int, classes: tuple[str, ...]) -> Linear:
    return Linear({"stock": {(name, year, c): 1.0 for c in classes if b.has("stock", (name, year, c))}})


def _reserve(b: Building, row: Stock, year: int) -> tuple[Linear, str, float]:
    classes = (CLEAR,) if row.reserve_class == "clear" else CLASSES
    held = _held(b, row.name, year, classes)
    asked = value(row.reserve, year, 0.0)
    if row.reserve_unit == "t":
        return held, ">=", asked
    following = min(year + 1, b.data.years[-1])
    return held.plus(_needed(b, row, following, classes), -asked / 365), ">=", 0.0


def _needed(b: Building, row: Stock, year: int, classes: tuple[str, ...]) -> Linear:
    """What the place uses and serves of the material in `year`."""
    total = Linear()
    for plant, recipe in b.data.runs:
        amount = b.data.recipes[recipe].inputs.get(row.material, 0.0)
        if b.data.plants[plant].place == row.place and amount:
            for c in classes:
                if b.has("run", (plant, recipe, year, c)):
                    total.add("run", (plant, recipe, year, c), amount)
    for q, line in b.demand_lines.items():
        if (line.place, line.material) == (row.place, row.material):
            for c in classes:
                if b.has("serve", (q, year, c)):
                    total.add("serve", (q, year, c), 1.0)
    return total
