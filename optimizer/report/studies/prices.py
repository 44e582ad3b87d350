"""Prices for people: what one unit more and one unit less of what bounds a plan is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from optimizer.report.brief.blocks import Block, Heading, Paragraph, Picture, Table
from optimizer.report.numbers import money_difference, span
from optimizer.study.prices import LABEL, Price, Prices, Worth

SHOWN = 15
"""Prices on the page; the table has them all."""

UNITS = 3
"""Units of which the page names the number that is worth most."""


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
    """What is worth most first, among numbers of one unit."""
    yield Heading("What one unit more or less is worth")
    groups = _by_name(found.prices)
    if not groups:
        yield Paragraph("Nothing bounds the plan.", "lead")
        return
    said = f"{len(groups)} limits, capacities and needs of the plan have no slack."
    yield Paragraph(f"{said}{_worth_most(found, groups)}", "lead")
    yield Paragraph(
        f"Change of the least cost with at most the plan's dependence, and of the least dependence at the plan's cost, "
        f"for one unit more and one less in the year in which it is worth most; {LABEL}. What has slack is worth "
        "nothing and is not listed. A part of a unit in brackets: that much was changed, as a whole one leaves no "
        "plan, and the figure is for a whole one.", "note",
    )
    yield Table(
        ("What", "Years", "Cell", "Cost, one more", "Cost, one less", "Points, one more", "Points, one less"),
        [_row(found, prices) for prices in groups[:SHOWN]], right=frozenset({3, 4, 5, 6}), wide={0: 1.4},
    )
    if len(groups) > SHOWN:
        yield Paragraph(f"{len(groups) - SHOWN} more, and every year, stand in the table prices.", "note")


def _by_name(prices: Iterable[Price]) -> list[list[Price]]:
    """The prices of each number over its years, that of the year in which it is worth most first.

    The unit of which there are the most numbers comes first, and of one unit the dearest: what a tonne is worth and
    what a point is worth say nothing of each other.
    """
    groups: dict[tuple[str, str], list[Price]] = {}
    for price in prices:
        groups.setdefault((price.what, price.name), []).append(price)
    found = [sorted(group, key=lambda price: -_most(price)) for group in groups.values()]
    units = Counter(group[0].unit for group in found)

    def place(best: Price) -> tuple[float, str, float, float]:
        return -units[best.unit], best.unit, -_most(best), -_points_most(best)

    return sorted(found, key=lambda group: place(group[0]))


def _worth_most(found: Prices, groups: Sequence[Sequence[Price]]) -> str:
    """What is worth most of each unit, the three units with the most numbers."""
    first: dict[str, Price] = {}
    for group in groups:
        first.setdefault(group[0].unit, group[0])
    told = [f"by one {price.unit}, {_name(price)} ({_dearest(found, price)}{_in(price)})" for price in first.values()
            if _most(price) or _points_most(price)]
    return f" Worth most is, {'; '.join(told[:UNITS])}." if told else ""


def _dearest(found: Prices, price: Price) -> str:
    """The larger one of what one more and one less is worth: in money, else in points."""
    money, points = (price.more_money, price.less_money), (price.more_points, price.less_points)
    of, told = (money, _money(found, _larger(money))) if _most(price) else (points, _points(_larger(points)))
    unit = "" if of is money else " points"
    return f"one {'more' if _larger(of) is of[0] else 'less'}: {told}{unit}"


def _larger(of: tuple[Worth, Worth]) -> Worth:
    return max(of, key=lambda worth: abs(worth.each or 0.0))


def _row(found: Prices, prices: list[Price]) -> tuple[str, ...]:
    best, years = prices[0], [price.year for price in prices if price.year is not None]
    return (
        f"{_name(best)}, {best.unit}", span(years) if years else "", best.cell,
        _money(found, best.more_money), _money(found, best.less_money), _points(best.more_points),
        _points(best.less_points),
    )


def _in(price: Price) -> str:
    return f" in {price.year}" if price.year is not None else ""


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


def _points_most(price: Price) -> float:
    return max(abs(worth.each or 0.0) for worth in (price.more_points, price.less_points))


def _name(price: Price) -> str:
    return f"{price.what}, {price.name}" if price.name else price.what


def _money(found: Prices, worth: Worth) -> str:
    if worth.each is None:
        return "not possible"
    return f"{money_difference(worth.each, _currency(found))}{_step(worth)}"


def _points(worth: Worth) -> str:
    if worth.each is None:
        return "not possible"
    if not worth.each:
        return "none"
    points = 100 * worth.each
    return f"{points:+.2g}{_step(worth)}" if abs(points) < 10 else f"{points:+,.0f}{_step(worth)}"


def _step(worth: Worth) -> str:
    return "" if worth.step == 1 else f" ({worth.step:g})"


def _currency(found: Prices) -> str:
    return found.plan.case.settings.currency
