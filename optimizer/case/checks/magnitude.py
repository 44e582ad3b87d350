"""Numbers that no solver can calculate with: too large, next to nothing, or too far from their like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.case.case import Case
from optimizer.case.checks.common import Faults, columns, place_of
from optimizer.case.schema import Column, Dimension, Row, Series, Settings

MOST: dict[Dimension, float] = {
    "mass": 1e10, "money": 1e18, "money per mass": 1e12, "share": 1e4, "time": 1e4, "mass per mass": 1e6,
}
"""The largest number of each dimension, in its canonical unit.

All the coal that the world mines in a year is less than 1e10 t. A solver meets its rows to 1e-7 and counts sixteen
digits, so that larger terms drown that tolerance: it has been seen to call a case infeasible then that was not.
"""

MOST_OF_ALL = 1e18
"""The largest number of any other dimension."""

MOST_COUNTED = 1e6
"""The largest whole number: of modules, orders, signings."""

LEAST = 1e-9
"""The smallest number that is not 0, in its canonical unit: what is smaller, the solver leaves out."""

APART: dict[Dimension, float] = {"mass": 1e9, "money": 1e9, "money per mass": 1e9, "mass per mass": 1e7}
"""Times by which two numbers of a dimension may differ that stand beside one another in the model.

Nine of the sixteen digits that are counted are left for the amounts; the yields of several steps are multiplied.
"""

_ASIDE = frozenset({"Ranges", "Scenarios"})
"""Sheets whose numbers are changes of others, which are looked at once they are made."""


@dataclass(frozen=True)
class _Number:
    """A number of a case that is not 0.

    Attributes:
        owner: the row, or the settings.
        field: the field.
        column: its declaration.
        value: the number.
        year: its year; None where it has none.
        name: its name in a list; empty elsewhere.
    """

    owner: Row | Settings
    field: str
    column: Column
    value: float
    year: int | None = None
    name: str = ""

    @property
    def size(self) -> float:
        """How far it is from 0."""
        return abs(self.value)

    @property
    def place(self) -> str:
        """Its address."""
        return place_of(self.owner, self.field, self.year)

    def told(self, faults: Faults) -> str:
        """The number as it is written."""
        if self.name:
            return f"{self.name}={self.value:g}"
        # a whole number may be larger than any other, and none is measured in a unit
        counted = self.column.kind == "integer"
        return f"{self.value:.10g}" if counted else faults.amount(self.owner, self.field, self.value, self.year)


def magnitudes(case: Case, faults: Faults) -> None:
    """No number is so large or so small that nothing can be calculated with it.

    What is told as wrong is not told again; a warning that it is unlikely gives way.
    """
    wrong = {finding.address for finding in faults.found if finding.level == "error"}
    found = [one for one in _numbers(case) if one.place not in wrong and (_is_large(one) or _is_small(one))]
    places = {one.place for one in found}
    faults.found = [finding for finding in faults.found if finding.level == "error" or finding.address not in places]
    for one in found:
        if _is_large(one):
            faults.add(one.owner, one.field, "this number is too large to calculate with.", "Check the number and its "
                       "unit; leave the cell blank where nothing limits.", found=one.told(faults), year=one.year)
        else:
            faults.add(one.owner, one.field, "this number is so small that it would count as nothing.", "Check the "
                       "number and its unit; write 0 where nothing is meant.", found=one.told(faults), year=one.year)


def _is_large(one: _Number) -> bool:
    most = MOST_COUNTED if one.column.kind == "integer" else MOST.get(one.column.dimension, MOST_OF_ALL)
    return one.size > most


def _is_small(one: _Number) -> bool:
    return one.size < LEAST and one.column.dimension != "coordinate"


def spread(case: Case, faults: Faults) -> None:
    """The amounts of a case lie within nine orders of magnitude, each beside those of its kind.

    The largest is told with the smallest, unless one of both is told as wrong or unlikely already.
    """
    known = {finding.address for finding in faults.found}
    likes: dict[Dimension, list[_Number]] = defaultdict(list)
    for one in _numbers(case):
        likes[one.column.dimension].append(one)
    for dimension, apart in APART.items():
        least, most = (pick(likes[dimension], key=lambda one: one.size, default=None) for pick in (min, max))
        if least is None or most is None or most.size < apart * least.size or {least.place, most.place} & known:
            continue
        faults.add(
            most.owner, most.field,
            f"this is over {apart:,.0f} times the smallest amount of its kind, {least.told(faults)} "
            f"({faults.cell(least.owner, least.field, least.year)}).",
            "Numbers so far apart are calculated less exactly. Check the unit of each.",
            found=most.told(faults), year=most.year, level="warning",
        )


def _numbers(case: Case) -> Iterator[_Number]:
    """Every number of a case that is not 0 and in use, once for each year in which it is given."""
    owners: list[Row | Settings] = [case.settings]
    owners += (row for sheet, rows in case.sheets.items() if sheet not in _ASIDE for row in rows if row.use)
    for owner in owners:
        for field, column, _ in columns(type(owner)):
            for number, year, name in _given(getattr(owner, field), column):
                if number:
                    yield _Number(owner, field, column, number, year, name)


def _given(value: object, column: Column) -> Iterator[tuple[float, int | None, str]]:
    """The numbers of a field, each with its year, or its name in a list."""
    if isinstance(value, Series):
        yield from ((number, year, "") for year, number in value.points)
        if value.constant is not None:
            yield value.constant, None, ""
    elif column.kind in ("number", "integer") and isinstance(value, int | float):
        yield value, None, ""
    elif column.kind in ("mapping", "profile") and isinstance(value, tuple):
        for item in value:
            name, number = item if isinstance(item, tuple) else ("", item)
            if isinstance(number, float):
                yield number, None, name
