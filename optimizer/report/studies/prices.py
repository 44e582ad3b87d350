"""Prices for people: what one unit more and one unit less of what bounds a plan is worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from optimizer.report.brief.blocks import Block, Heading, Paragraph, Picture, Table
from optimizer.report.numbers import money_difference
from optimizer.study.prices import LABEL, Price, Prices, Worth

SHOWN = 20
"""Prices on the page; the table has them all."""


def data(found: Prices) -> dict[str, Any]:
    """The JSON of prices; money in the case's currency, dependence in points, null where no plan is left."""
    return {
        "currency": _currency(found), "valid": LABEL, "cost": found.cost, "dependence": found.dependence,
        "prices": [
            {
                "what": price.what, "name": price.name, "year": price.year, "address": price.address,
                "cell": price.cell, "unit": price.unit,
                **{f"{which}_{of}": {"value": _each(worth, of), "step": worth.step}
                   for which, of, worth in _worths(price)},
            }
            for price in found.prices
        ],
    }


def tables(found: Prices) -> dict[str, pd.DataFrame]:
    """``prices``: one number a row, empty where no plan is left; `step` is the part of a unit that was changed."""
    money = _currency(found)
    lines = [
        (price.what, price.name, price.cell, f"one {which}", "cost" if of == "money" else "dependence", worth.step,
         price.year, _each(worth, of), f"{money if of == 'money' else 'points'} per {price.unit}")
        for price in found.prices
        for which, of, worth in _worths(price)
    ]
    frame = pd.DataFrame(lines, columns=["what", "name", "cell", "change", "of", "step", "year", "value", "unit"])
    return {"prices": frame.astype({"year": "Int64", "value": "float64", "step": "float64"})}


def page(found: Prices) -> Iterable[Block]:
    """What is worth most first."""
    yield Heading("What one unit more or less is worth")
    shown = sorted(found.prices, key=lambda price: -_most(price))[:SHOWN]
    if not shown:
        yield Paragraph("Nothing bounds the plan.", "lead")
        return
    first = shown[0]
    yield Paragraph(f"{len(found.prices)} limits, capacities and needs of the plan have no slack. Worth most is "
                    f"{_name(first)}: {_money(found, first.more_money)} for one {first.unit} more.", "lead")
    yield Paragraph(
        f"Change of the least cost with at most the plan's dependence, and of the least dependence at the plan's cost, "
        f"for one unit more and one less; {LABEL}. What has slack is worth nothing and is not listed. A part of a unit "
        "in brackets: that much was changed, and the figure is for a whole one.", "note",
    )
    yield Table(
        ("What", "Year", "Cell", "Unit", "Cost, one more", "Cost, one less", "Points, one more", "Points, one less"),
        [(_name(price), "" if price.year is None else str(price.year), price.cell, price.unit,
          _money(found, price.more_money), _money(found, price.less_money), _points(price.more_points),
          _points(price.less_points)) for price in shown],
        right=frozenset({1, 4, 5, 6, 7}), wide={0: 1.4},
    )


def pictures(_: Prices) -> tuple[Picture, ...]:
    """None: a table says it."""
    return ()


def _worths(price: Price) -> Iterator[tuple[str, str, Worth]]:
    yield "more", "money", price.more_money
    yield "less", "money", price.less_money
    yield "more", "points", price.more_points
    yield "less", "points", price.less_points


def _each(worth: Worth, of: str) -> float | None:
    return None if worth.each is None else worth.each * (1 if of == "money" else 100)


def _most(price: Price) -> float:
    return max(abs(worth.each or 0.0) for worth in (price.more_money, price.less_money))


def _name(price: Price) -> str:
    return f"{price.what}, {price.name}" if price.name else price.what


def _money(found: Prices, worth: Worth) -> str:
    if worth.each is None:
        return "not possible"
    return f"{money_difference(worth.each, _currency(found))}{_step(worth)}"


def _points(worth: Worth) -> str:
    if worth.each is None:
        return "not possible"
    return f"{100 * worth.each:+.2g}{_step(worth)}" if worth.each else "none"


def _step(worth: Worth) -> str:
    return "" if worth.step == 1 else f" ({worth.step:g})"


def _currency(found: Prices) -> str:
    return found.plan.case.settings.currency
