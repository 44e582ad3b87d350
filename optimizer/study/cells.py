"""Numbers of a case by the cells of its workbook: where a number of a year stands, and what a cell means for years."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, replace

from optimizer.case.address import field_address
from optimizer.case.case import Case
from optimizer.case.changes import Change
from optimizer.case.dimensions import of_address
from optimizer.case.schema import SHEETS, Dimension, Limit, Row, Series, Settings, header_of
from optimizer.case.tabulate import canonical_unit
from optimizer.case.units import Money, convert, express
from optimizer.model.elastic import Member, series_values

LARGE = 1e5
"""Money from which on it is told in millions where its cell has no unit."""

COMMAND = {"cap": "--cap", "budget": "--budget"}
"""What stands in place of a cell where the command line asked."""


@dataclass(frozen=True)
class Cell:
    """A cell of the workbook with a number that may give way.

    Attributes:
        sheet: its sheet; ``Case`` for a setting.
        name: its row, or the setting.
        field: its field.
        year: the year that it is given for; None for a number of all years.
        what: what it is, in the planner's words.
        more: whether it gives way by becoming more.
        now: the number, canonical.
        parts: its members among those of the elastic arrays, and how much of each moves with one unit of the cell.
    """

    sheet: str
    name: str
    field: str
    year: int | None
    what: str
    more: bool
    now: float
    parts: tuple[tuple[int, float], ...] = dataclasses.field(compare=False)

    @property
    def address(self) -> str:
        """Its address, the year named where the cell is that of a year."""
        return address_of(self.sheet, self.name, self.field, self.year)


def row_of(case: Case, sheet: str, name: str) -> Row | Settings:
    """The row of a name, or the settings."""
    return case.settings if sheet == Settings.sheet else case.row(SHEETS[sheet], name)


def address_of(sheet: str, name: str, field: str, year: int | None = None) -> str:
    """The address of a field, with its year where one is given."""
    return field_address(Settings if sheet == Settings.sheet else SHEETS[sheet], name, field, year)


def place_of(case: Case, sheet: str, name: str, field: str, year: int | None) -> tuple[str, str]:
    """Address and cell of a number in a year: that of the year, else of the last year before it that was given."""
    series = getattr(row_of(case, sheet, name), field)
    given = None
    if isinstance(series, Series) and series.points and year is not None:
        given = max((at for at, _ in series.points if at <= year), default=year)
    address = address_of(sheet, name, field, given)
    if sheet == Settings.sheet and series is None:
        # a setting that is blank has no row: what stands in its place does
        known = {"glide": "full_from"}.get(field, field)
        return address_of(sheet, name, known), case.cell(address_of(sheet, name, known))
    return address, case.cell(address)


def cells_of(case: Case, members: Iterable[tuple[int, Member]]) -> tuple[Cell, ...]:
    """The cells behind some members, each with all its years.

    A number for all years is one cell. Of numbers by year those that were given are cells, and a year between two of
    them moves with both, as far as it lies towards each.
    """
    found: dict[Cell, list[tuple[int, float]]] = {}
    for i, member in members:
        for cell, share in _behind(case, member):
            found.setdefault(cell, []).append((i, share))
    return tuple(replace(cell, parts=tuple(parts)) for cell, parts in found.items())


def _behind(case: Case, member: Member) -> list[tuple[Cell, float]]:
    head = (member.sheet, member.name, member.field)
    series = getattr(row_of(case, member.sheet, member.name), member.field)
    if not isinstance(series, Series) or series.constant is not None:
        return [(Cell(*head, None, member.what, member.more, member.now or 0.0, ()), 1.0)]
    at = case.years[0] if member.year is None else member.year
    cells = []
    for year, number in series.points:
        share = series.replaced({year: number + 1.0}).at(at) - series.at(at)
        if share > 0:
            cells.append((Cell(*head, year, member.what, member.more, number, ()), share))
    return cells


def with_number(case: Case, cell: Cell, number: float) -> Case:
    """The case with another number in a cell, as if it had been written there; nothing is checked."""
    old = getattr(row_of(case, cell.sheet, cell.name), cell.field)
    new: object = number
    if isinstance(old, Series):
        new = Series.of(number) if cell.year is None else old.replaced({cell.year: number})
    if cell.sheet == Settings.sheet:
        other = {"budget": "budget_above_least_cost", "budget_above_least_cost": "budget"}.get(cell.field)
        update = {cell.field: new, **({other: None} if other else {})}
        return replace(case, settings=case.settings.model_copy(update=update))
    rows = tuple(
        row.model_copy(update={cell.field: new}) if row.key == cell.name else row for row in case.sheets[cell.sheet]
    )
    return replace(case, sheets={**case.sheets, cell.sheet: rows})


def changes_to(case: Case, cell: Cell, number: float) -> tuple[Change, ...]:
    """The changes of years that writing a number into a cell makes: those between given years move too."""
    if cell.year is None:
        return (Change(address_of(cell.sheet, cell.name, cell.field), "set", number, unit=""),)
    before = getattr(row_of(case, cell.sheet, cell.name), cell.field)
    after = before.replaced({cell.year: number})
    moved = [t for t in case.years if before.first <= t and before.at(t) != after.at(t)]
    return tuple(
        Change(address_of(cell.sheet, cell.name, cell.field, t), "set", after.at(t), unit="") for t in moved
    )


@dataclass(frozen=True)
class Units:
    """In which unit a number is told: that of its cell, else one that reads well.

    Attributes:
        case: the case.
    """

    case: Case

    def dimension(self, address: str) -> Dimension:
        """What a number measures."""
        measures = {row.name: row.measure for row in self.case.rows(Limit)}
        return of_address(address, measures) or "none"

    def unit(self, address: str, size: float = LARGE) -> str:
        """The unit of a number; empty where it has none.

        Args:
            address: where it stands.
            size: about how large it is, for a sum of money whose cell has no unit.
        """
        known, year = self.case.origin.units, address.rpartition(".")
        own = known.get(address) or (known.get(year[0]) if year[2].isdigit() else None)
        dimension = self.dimension(address)
        if own or dimension in ("none", "criterion"):
            return own or ""
        code = self.case.settings.currency
        words: dict[Dimension, str] = {"share": "%", "money": f"{code} m" if abs(size) >= LARGE else code, "mass": "t"}
        return words.get(dimension) or canonical_unit(dimension, Money.of(self.case.settings))

    def told(self, address: str, number: float, size: float = LARGE) -> float:
        """A number in its unit."""
        unit = self.unit(address, size)
        return express(number, unit, self.dimension(address), Money.of(self.case.settings)) if unit else number

    def read(self, address: str, told: float, size: float = LARGE) -> float:
        """The canonical number of one in its unit."""
        unit = self.unit(address, size)
        return convert(told, unit, self.dimension(address), Money.of(self.case.settings)) if unit else told


def scale_of(case: Case, cell: Cell) -> float:
    """The size of a number beside which a change of it is measured: its own, else that of the largest beside it."""
    if cell.now:
        return abs(cell.now)
    if cell.sheet == Settings.sheet:
        return 1.0
    for rows in ([row_of(case, cell.sheet, cell.name)], case.rows(SHEETS[cell.sheet])):
        values = [abs(n) for row in rows for n in _numbers(getattr(row, cell.field))]
        if max(values, default=0.0) > 0:
            return max(values)
    return 1.0


def _numbers(value: object) -> tuple[float, ...]:
    if isinstance(value, Series):
        return series_values(value)
    return (float(value),) if isinstance(value, int | float) and not isinstance(value, bool) else ()


def header(sheet: str, field: str) -> str:
    """The header of a field, as it stands in the sheet."""
    owner: type[Row | Settings] = Settings if sheet == Settings.sheet else SHEETS[sheet]
    return header_of(field, owner.model_fields[field])
