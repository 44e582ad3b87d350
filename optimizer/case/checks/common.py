"""What the checks share: a collector that knows the cells, and the names of a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from optimizer.case.address import address_of, field_address
from optimizer.case.case import Case
from optimizer.case.dimensions import of_address, of_limit
from optimizer.case.faults import UnitFault
from optimizer.case.findings import Finding
from optimizer.case.schema import SHEETS, Column, Limit, Range, RecipeLine, Row, Series, Settings, column_of, matches
from optimizer.case.spots import Partial
from optimizer.case.units import Money, express

Unread = Mapping[str, frozenset[str] | None]
"""Names of rows that could not be read, by sheet; None for a sheet of which they are not known."""


class Faults:
    """Collects findings for the rows of one case.

    Attributes:
        case: the case.
        found: the findings.
        unread: names of the rows that could not be read as a whole, by sheet; None for a sheet of which they are not
            known, or that is missing where others speak of it.
        lost: sheet and field of the cells that could not be read.
        silent: addresses of which no finding is taken: something else stands there than what could be read.
    """

    def __init__(self, case: Case, unread: Unread | None = None, partial: Iterable[Partial] = ()) -> None:
        self.case = case
        self.found: list[Finding] = []
        self.unread: dict[str, frozenset[str] | None] = dict(unread or {})
        self.lost: set[tuple[str, str]] = set()
        self.silent: set[str] = set()
        for row, fields in partial:
            self.lost |= {(type(row).sheet, field) for field in fields}
            self.silent |= {place_of(row, field) for field in fields}

    def hides(self, sheet: str, pattern: str) -> bool:
        """Whether a row that could not be read, or not as a whole, may be meant by a name or pattern."""
        hidden = self.unread.get(sheet, frozenset())
        return hidden is None or any(matches(name, pattern) for name in hidden)

    def add(
        self,
        row: Row | Settings,
        field: str,
        message: str,
        suggestion: str = "",
        *,
        found: str | None = None,
        year: int | None = None,
        level: Literal["error", "warning"] = "error",
    ) -> None:
        """Adds a finding at a field of a row, or at the row itself where `field` is empty."""
        address = place_of(row, field, year)
        if field and place_of(row, field) in self.silent:
            return
        if found is None:
            found = self.shown(row, field, year) if field else ""
        self.found.append(Finding(self.case.cell(address), address, found, message, suggestion, level))

    def warn(self, row: Row | Settings, field: str, message: str, suggestion: str = "") -> None:
        """Adds a warning."""
        self.add(row, field, message, suggestion, level="warning")

    def shown(self, row: Row | Settings, field: str, year: int | None = None) -> str:
        """What stands in a field as a planner would write it, numbers in the unit in which they were written."""
        value = getattr(row, field)
        number = value.at(year) if isinstance(value, Series) and year is not None else value
        if isinstance(number, Series):
            number = number.constant
        if isinstance(number, float):
            return self.amount(row, field, number, year)
        return "" if number is None else shown(number, column_of(type(row).model_fields[field]).kind)

    def amount(self, row: Row | Settings, field: str, number: float, year: int | None = None) -> str:
        """A number of a field with its unit: the one in which the field was written, where that is known."""
        units = self.case.origin.units
        unit = units.get(place_of(row, field, year)) or units.get(place_of(row, field))
        dimension = column_of(type(row).model_fields[field]).dimension
        if isinstance(row, Limit):
            dimension = of_limit(dimension, row.measure)
        if isinstance(row, Range):
            dimension = of_address(row.address, {limit.key: limit.measure for limit in self.case.limits}) or "none"
        if not unit or (isinstance(row, Range) and row.how == "times"):
            return f"{number:.10g}"
        try:
            return f"{express(number, unit, dimension, Money.of(self.case.settings)):.10g} {unit}"
        except UnitFault:
            # a unit recorded for another dimension: the number itself is still worth showing
            return f"{number:.10g}"

    def cell(self, row: Row | Settings, field: str = "", year: int | None = None) -> str:
        """The cell of a field or row, for use inside a message."""
        return self.case.cell(place_of(row, field, year))


def place_of(row: Row | Settings, field: str, year: int | None = None) -> str:
    """The address of a field of a row, or of the row where `field` is empty."""
    if isinstance(row, Settings):
        return field_address(Settings, "", field, year)
    return field_address(type(row), row.key, field, year) if field else address_of(type(row).sheet, row.key)


def shown(value: object, kind: str = "text") -> str:
    """A text, list, mapping or filter as it would stand in a cell."""
    if isinstance(value, tuple):
        if kind == "mapping":
            return "; ".join(f"{name}={shown(item)}" for name, item in value)
        return "; ".join("|".join(item) if isinstance(item, tuple) else shown(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def columns(owner: type[Row] | type[Settings]) -> Iterator[tuple[str, Column, str]]:
    """Field name, column and description of every column of a sheet."""
    for name, field in owner.model_fields.items():
        yield name, column_of(field), field.description or ""


def names_in(case: Case, sheet: str, *, every: bool = False) -> frozenset[str]:
    """The names by which other sheets refer to the rows in use of a sheet; `every`: of those switched off too."""
    rows = [row for row in case.sheets.get(sheet, ()) if every or row.use]
    if sheet == RecipeLine.sheet:
        return frozenset(row.recipe for row in rows if isinstance(row, RecipeLine))
    return frozenset(row.key for row in rows)


def is_pattern(name: str) -> bool:
    """Whether a name holds the wildcard."""
    return "*" in name


def any_match(pattern: str, names: Iterable[str]) -> bool:
    """Whether some name fits a pattern."""
    return any(matches(name, pattern) for name in names)


def groups_of(case: Case, *, every: bool = False) -> Iterator[tuple[Row, str, tuple[tuple[str, ...], ...]]]:
    """Each row and field that names deals in groups, with its groups."""
    for sheet, owner in SHEETS.items():
        fields = [name for name, column, _ in columns(owner) if column.kind == "groups"]
        for row in case.sheets.get(sheet, ()):
            if row.use or every:
                for name in fields:
                    if groups := getattr(row, name):
                        yield row, name, groups


def values(series: Series | None, years: Iterable[int]) -> Iterator[tuple[int, float]]:
    """Year and value of a series, for the years in which it has one."""
    if series is not None:
        for year in years:
            if series.first is None or year >= series.first:
                yield year, series.at(year)


def lowest(series: Series | None, years: Iterable[int]) -> tuple[int, float] | None:
    """Year and value of the lowest value."""
    return min(values(series, years), key=lambda item: item[1], default=None)


def highest(series: Series | None, years: Iterable[int]) -> tuple[int, float] | None:
    """Year and value of the highest value."""
    return max(values(series, years), key=lambda item: item[1], default=None)
