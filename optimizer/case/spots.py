"""The cells of one field of one row, read with their units and told with their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from optimizer.case.faults import CellFault, CurrencyFault, UnitFault
from optimizer.case.findings import Finding
from optimizer.case.grammar import number_text
from optimizer.case.layout import NUMERIC, Field, unit_suggestion
from optimizer.case.parse import own_unit, parse_cell, said
from optimizer.case.raw import RawCell, cell_name
from optimizer.case.schema import Dimension, Row, Series
from optimizer.case.units import UNITLESS, Money, example, express


@dataclass(frozen=True)
class Spot:
    """One cell of a field.

    Attributes:
        row: row number.
        column: column number.
        cell: what stands there; None for a blank cell.
        year: the year it is for; None for a value without year.
        unit: the unit in its header.
        header: its header's cell; None on the sheet Case, where a row names the setting.
        unit_at: row and column of the cell with its unit; None where there is no such column.
        unit_cell: what stands there.
    """

    row: int
    column: int
    cell: RawCell | None
    year: int | None = None
    unit: str | None = None
    header: RawCell | None = None
    unit_at: tuple[int, int] | None = None
    unit_cell: RawCell | None = None


@dataclass(frozen=True)
class Measure:
    """In which dimension the numbers of a field are, and what holds where no unit is given.

    Attributes:
        dimension: the dimension.
        default: the unit meant where none is given; empty for the canonical one; None where one must be given.
    """

    dimension: Dimension
    default: str | None = None


@dataclass
class Reading:
    """What is gathered while a case is read.

    Attributes:
        money: currencies of the case.
        first_year: first year of the case; None where the sheet Case does not tell it.
        findings: faults that leave a row unread.
        soft: faults of rows that could be read.
        cells: cell of each address.
        units: unit of each address as written.
        measures: measure of each row of the sheet Limits.
        unitless: header cells, with the field, whose lack of a unit is told.
        told: cells with the fault told of each.
        unread: names of rows that could not be read, by sheet; None for a sheet of which they are not known. Under
            ``Case`` the settings that could not.
        torn: sheets with rows of which no more could be read than a name.
        partial: the rows of which some fields could not be read, with the names of these.
        foreign: what is told of the cells with a currency that has no exchange rate, by its code.
        column_years: the first and last year in the headers; None where there is none.
    """

    money: Money = field(default_factory=Money)
    first_year: int | None = None
    findings: list[Finding] = field(default_factory=list)
    soft: list[Finding] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    unitless: set[tuple[str, str]] = field(default_factory=set)
    told: set[tuple[str, str]] = field(default_factory=set)
    unread: dict[str, frozenset[str] | None] = field(default_factory=dict)
    torn: set[str] = field(default_factory=set)
    partial: list[Partial] = field(default_factory=list)
    foreign: dict[str, list[Finding]] = field(default_factory=dict)
    column_years: tuple[int, int] | None = None

    def tell_foreign(self, fault: CurrencyFault, where: str, address: str, found: str) -> None:
        """Notes a cell with a currency that has no exchange rate; a whole column of them has one cause."""
        noted = self.foreign.setdefault(fault.code, [])
        if all(finding.cell != where for finding in noted):
            noted.append(Finding(where, address, found, fault.message, fault.suggestion))


Partial = tuple[Row, frozenset[str]]
"""A row and those of its fields that could not be read, in which something else stands."""


class Unread(Exception):  # noqa: N818 - an outcome, its faults are told
    """A field that cannot be used, its faults told."""


@dataclass
class FieldReader:
    """Reads the cells of one field of one row.

    Attributes:
        sheet: name of the sheet.
        address: address of the field, for findings.
        wanted: the field.
        measure: its dimension.
        reading: where findings and units go.
    """

    sheet: str
    address: str
    wanted: Field
    measure: Measure
    reading: Reading
    used: dict[int | None, str] = field(default_factory=dict)

    def read(self, spots: Sequence[Spot]) -> object:
        """The value of the field; None where all its cells are blank.

        Raises:
            Unread: a cell is faulty; its finding is told.
        """
        if self.wanted.column.kind != "series":
            return self._one(spots[0])
        values, faulty = {}, False
        for spot in spots:
            try:
                values[spot.year] = self._one(spot)
            except Unread:
                faulty = True
        if faulty:
            raise Unread
        return self._series(spots, {year: float(str(v)) for year, v in values.items() if v is not None})

    def _series(self, spots: Sequence[Spot], values: dict[int | None, float]) -> Series | None:
        by_year = {year: value for year, value in values.items() if year is not None}
        if None in values and by_year:
            spot = next(spot for spot in spots if spot.year is None)
            self._tell(
                spot, f"'{self.wanted.header}' is given for every year and by year as well.",
                "Fill this cell or those of the years, not both.",
            )
            raise Unread
        if None in values:
            return Series.of(values[None])
        if not by_year:
            return None
        self._check_start(spots, min(by_year))
        return Series(points=tuple(sorted(by_year.items())))

    def _check_start(self, spots: Sequence[Spot], first: int) -> None:
        start = self.reading.first_year
        if start is None or first <= start:
            return
        spot = next(spot for spot in spots if spot.year == first)
        self.reading.soft.append(Finding(
            cell_name(self.sheet, spot.row, spot.column), self.address, said(spot.cell.value if spot.cell else None),
            f"the first value of '{self.wanted.header}' is for {first} and the case begins in {start}.",
            f"Give a value for {start} too; 0 where there is nothing yet.",
        ))

    def _one(self, spot: Spot) -> object:
        cell = spot.cell
        if cell is None:
            return None
        if cell.value is None:
            raise Unread
        unit, blamed = None, (spot.row, spot.column)
        if self.wanted.column.kind in NUMERIC:
            unit, blamed = self._unit(spot, cell)
        raw = f"{number_text(float(Fraction(str(cell.value)) * 100))} %" if self._shown_as_share(cell) else cell.value
        try:
            return self._parsed(raw, unit, spot, blamed)
        except UnitFault as fault:
            at_unit = blamed != (spot.row, spot.column)
            self._tell_at(blamed, spot.year, str(unit) if at_unit else said(cell.value), fault)
            raise Unread from None
        except CellFault as fault:
            self._tell_at((spot.row, spot.column), spot.year, said(cell.value), fault)
            raise Unread from None

    def _parsed(self, raw: object, unit: str | None, spot: Spot, blamed: tuple[int, int]) -> object:
        """The value of a cell; a currency without a rate is told apart, and the number read all the same."""
        money, dimension = self.reading.money, self.measure.dimension
        try:
            return parse_cell(self.wanted.column, raw, unit, money, dimension)
        except CurrencyFault as fault:
            at, found = blamed, said(spot.cell.value if spot.cell is not None else "")
            if unit and unit == spot.unit and spot.header is not None:
                at, found = (spot.header.row, spot.header.column), said(spot.header.value)
            elif blamed != (spot.row, spot.column):
                found = str(unit)
            address = self.address if spot.year is None else f"{self.address}.{spot.year}"
            self.reading.tell_foreign(fault, cell_name(self.sheet, *at), address, found)
            return parse_cell(self.wanted.column, raw, unit, replace(money, known=False), dimension)

    def _shown_as_share(self, cell: RawCell) -> bool:
        """Whether a text is meant by a number shown as a percentage, as the value of a scenario may be."""
        return cell.percent and self.wanted.column.kind == "text"

    def _unit(self, spot: Spot, cell: RawCell) -> tuple[str | None, tuple[int, int]]:
        """The unit of a number and the cell to blame where it is faulty."""
        here = (spot.row, spot.column)
        own = own_unit(self.wanted.column, cell.value)
        if own:
            self.used[spot.year] = own
            return own, here
        by_row = _unit_by_row(spot)
        if cell.percent:
            return self._percent(spot), here
        if spot.unit and by_row and by_row != spot.unit:
            self._tell_at(spot.unit_at or here, spot.year, by_row, CellFault(
                f"the header gives the unit {spot.unit} and this cell {by_row}.", "Give one of them.",
            ))
            raise Unread
        unit = by_row or spot.unit or self._default(spot)
        if unit:
            self.used[spot.year] = unit
        return unit or None, (spot.unit_at or here) if by_row else here

    def _percent(self, spot: Spot) -> str | None:
        if self.measure.dimension in UNITLESS:
            return None
        if self.measure.dimension not in ("share", "mass per mass"):
            self._tell(
                spot, "the number is formatted as a percentage.",
                f"Format it as a plain number in {example(self.measure.dimension, self.reading.money)}.",
            )
            raise Unread
        self.used[spot.year] = "%"
        return "fraction"

    def _default(self, spot: Spot) -> str:
        free = self.measure.dimension in UNITLESS or self.wanted.column.kind == "mapping"
        if self.measure.default is not None or free:
            return self.measure.default or ""
        if spot.unit_at is not None:
            self._tell_at(spot.unit_at, spot.year, "", CellFault(
                f"the number in '{self.wanted.header}' has no unit.",
                f"Write {example(self.measure.dimension, self.reading.money)}.",
            ))
        elif spot.header is not None:
            self._tell_header(spot.header)
        else:
            self._tell(
                spot, "the number has no unit.",
                f"Write {example(self.measure.dimension, self.reading.money)} in the column 'unit'.",
            )
        raise Unread

    def _tell_header(self, header: RawCell) -> None:
        """Tells once that a column has no unit."""
        where = cell_name(self.sheet, header.row, header.column)
        if (where, self.wanted.name) in self.reading.unitless:
            return
        self.reading.unitless.add((where, self.wanted.name))
        text = said(header.value)
        self.reading.findings.append(Finding(
            where, "", text, f"the numbers of '{self.wanted.header}' have no unit.",
            unit_suggestion(text, self.wanted, self.measure.dimension, self.reading.money),
        ))

    def in_unit(self, number: float) -> str | None:
        """A number in canonical units as it would stand in the cell, with its unit; None where that is not known."""
        unit = next(iter(self.used.values()), None)
        if unit is None:
            return None
        try:
            amount = number_text(express(number, unit, self.measure.dimension, self.reading.money))
        except UnitFault:
            # the unit is told where it stands
            return None
        return f"{amount} as a fraction" if unit in ("fraction", "1") else f"{amount} {unit}"

    def _tell(self, spot: Spot, message: str, suggestion: str) -> None:
        found = said(spot.cell.value) if spot.cell is not None else ""
        self._tell_at((spot.row, spot.column), spot.year, found, CellFault(message, suggestion))

    def _tell_at(self, place: tuple[int, int], year: int | None, found: str, fault: CellFault) -> None:
        address = self.address if year is None else f"{self.address}.{year}"
        where = cell_name(self.sheet, *place)
        # one cell of units may stand for several numbers
        if (where, fault.message) not in self.reading.told:
            self.reading.told.add((where, fault.message))
            self.reading.findings.append(Finding(where, address, found, fault.message, fault.suggestion))

    def remember(self, address: str, spots: Sequence[Spot]) -> None:
        """Notes the cells and units of the field under its canonical address, of blank cells too."""
        first = spots[0]
        for spot in spots:
            unit = _unit_by_row(spot) or spot.unit
            if spot.cell is None and unit and self.wanted.measured:
                self.used[spot.year] = unit
        self.reading.cells[address] = cell_name(self.sheet, first.row, first.column)
        for spot in spots:
            if spot.year is not None:
                self.reading.cells[f"{address}.{spot.year}"] = cell_name(self.sheet, spot.row, spot.column)
        if len(set(self.used.values())) == 1:
            self.reading.units[address] = next(iter(self.used.values()))
        else:
            for year, unit in self.used.items():
                self.reading.units[address if year is None else f"{address}.{year}"] = unit


def _unit_by_row(spot: Spot) -> str:
    """The unit in the row's own column of units; empty where there is none."""
    cell = spot.unit_cell
    return said(cell.value).strip() if cell is not None and cell.value is not None else ""
