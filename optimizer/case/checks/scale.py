"""Numbers that are far from their like, as a wrong unit makes them: kilograms for tonnes, a share for per cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from statistics import median

from optimizer.case.case import Case
from optimizer.case.checks.common import Faults, columns, place_of
from optimizer.case.schema import Row, Series

STEP = 300
"""Times by which a number and that of the year before it may differ before it is asked whether both are meant."""

LIKE = 100
"""Times by which a price and those of the same thing elsewhere may differ."""

MOST = 8
"""Times by which an amount may miss a thousand times the usual one and still look like a wrong unit."""

COLUMN, WHOLE, FEW = 1000, 10_000, 3
"""Times by which an amount of money may exceed what is usual in its column, and the largest other of the case, where
there are as many others as the last number."""

SHARE = 30
"""Times by which a share in per cent and the others of its column may differ downwards."""


def steps(case: Case, faults: Faults) -> None:
    """No number by year is hundreds of times that of the year before: a unit may have slipped in between."""
    for row in _rows(case):
        for field, column, _ in columns(type(row)):
            value = getattr(row, field)
            if isinstance(value, Series) and column.dimension in ("mass", "money", "money per mass"):
                _step(row, field, value, faults)


def _step(row: Row, field: str, series: Series, faults: Faults) -> None:
    for (year, before), (next_year, after) in pairwise(series.points):
        low, high = sorted((abs(before), abs(after)))
        if low > 0 and high >= STEP * low:
            faults.add(
                row, field, f"this is {_times(before, after)} the {faults.amount(row, field, before, year)} of {year}.",
                "Check the unit of each: a thousand lies between kg, t and kt.", year=next_year,
                level="warning",
            )
            return


def _times(before: float, after: float) -> str:
    low, high = sorted((abs(before), abs(after)))
    # two numbers may lie so far apart that their ratio is none
    ratio = f"{high / low:,.0f}" if high / low < 1e9 else "over 1,000,000,000"
    return f"{ratio} times" if abs(after) >= abs(before) else f"1/{ratio} of"


def prices(case: Case, faults: Faults) -> None:
    """The prices of one material lie near each other, those of like deals and plants too."""
    for field, likes in _priced(case).items():
        for rows in likes.values():
            _compare(field, rows, faults)


def _priced(case: Case) -> Mapping[str, Mapping[str, list[Row]]]:
    """Field -> what makes prices alike -> the rows that have one."""
    found: dict[str, dict[str, list[Row]]] = {name: defaultdict(list) for name in ("price", "fee", "capex", "freight")}
    for supply in case.supplies:
        found["price"][supply.material].append(supply)
    for material in case.materials:
        found["price"][material.name].append(material)
    for deal in case.deals:
        found["fee"][deal.kind or ""].append(deal)
    for plant in case.plants:
        found["capex"]["every plant"].append(plant)
    for lane in case.lanes:
        found["freight"]["every lane"].append(lane)
    return found


def _compare(field: str, rows: list[Row], faults: Faults) -> None:
    # a freight or a plant is told from many others only, a material's price from a single one
    few = 2 if field == "price" else 4
    amounts = [(row, amount) for row in rows if (amount := _first(getattr(row, field))) > 0]
    if len(amounts) < few:
        return
    for row, amount in amounts:
        usual = median(other for one, other in amounts if one is not row)
        if amount >= LIKE * usual or usual >= LIKE * amount:
            beside = "elsewhere for the same material" if field == "price" else "usual"
            faults.add(
                row, field, f"this is {_times(usual, amount)} the {faults.amount(row, field, usual)} that is {beside}.",
                _likely(row, field, amount / usual, faults),
                found=faults.amount(row, field, amount), level="warning",
            )


def sums(case: Case, faults: Faults) -> None:
    """No amount of money is thousands of times those beside it: millions may be counted twice."""
    found = [
        (row, field, amount) for row in _rows(case) for field, column, _ in columns(type(row))
        if column.dimension == "money" and (amount := _money(getattr(row, field))) > 0
    ]
    in_columns: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row, field, amount in found:
        in_columns[row.sheet, field].append(amount)
    usual = {column: median(amounts) for column, amounts in in_columns.items() if len(amounts) > FEW}
    largest = sorted((amount for _, _, amount in found), reverse=True)[:2]
    for row, field, amount in found:
        typical = usual.get((row.sheet, field), amount)
        if amount >= COLUMN * typical:
            _too_much(row, field, amount, typical, "usual in this column", faults)
        elif len(found) > FEW and amount == largest[0] >= WHOLE * largest[1]:
            _too_much(row, field, amount, largest[1], "the largest other amount of the case", faults)


def _money(value: object) -> float:
    return abs(value) if isinstance(value, float) else _first(value)


def _too_much(row: Row, field: str, amount: float, other: float, which: str, faults: Faults) -> None:
    number, _, unit = faults.amount(row, field, amount).partition(" ")
    meant = f"Write {faults.amount(row, field, float(number))} if {number} {faults.case.settings.currency} are meant."
    faults.add(
        row, field, f"this is {_times(other, amount)} the {faults.amount(row, field, other)} that is {which}.",
        meant if unit else "Check the number.", found=faults.amount(row, field, amount), level="warning",
    )


def _likely(row: Row, field: str, ratio: float, faults: Faults) -> str:
    """What to do about an amount per tonne or kilogram that is `ratio` times what is usual."""
    unit = faults.case.origin.units.get(place_of(row, field), "")
    money, _, mass = unit.rpartition("/")
    thousand = 1 / MOST <= ratio / 1000 <= MOST, 1 / MOST <= ratio * 1000 <= MOST
    other = {"kg": ("t", thousand[0]), "t": ("kg", thousand[1])}.get(mass.strip())
    if other is None or not other[1]:
        return "Check the unit: an amount per kg is a thousandth of one per t."
    return f"If {money}/{other[0]} is meant, write it as the unit."


def _first(value: object) -> float:
    if not isinstance(value, Series):
        return 0.0
    return abs(value.constant) if value.constant is not None else abs(value.points[0][1])


def small_shares(case: Case, faults: Faults) -> None:
    """A share of a fraction of a per cent beside much larger ones may be a fraction in a column of per cent."""
    units = case.origin.units
    found: dict[tuple[str, str], list[tuple[Row, float]]] = defaultdict(list)
    for row in _rows(case):
        for field, column, _ in columns(type(row)):
            amount = getattr(row, field)
            share = amount if isinstance(amount, float) else _first(amount)
            if column.dimension == "share" and share > 0 and units.get(place_of(row, field)) == "%":
                found[row.sheet, field].append((row, share))
    for (_, field), shares in found.items():
        for row, share in shares:
            others = [other for one, other in shares if one is not row]
            if others and share <= 0.01 and median(others) >= SHARE * share:
                faults.add(
                    row, field, f"this is {100 * share:g} %, where others are {100 * median(others):g} %.",
                    f"Write {10_000 * share:g} if {10_000 * share:g} % is meant.", level="warning",
                )


def _rows(case: Case) -> Iterator[Row]:
    for rows in case.sheets.values():
        yield from (row for row in rows if row.use)
