"""Reading the sheet Case: a setting a row, its value for every year or by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from optimizer.case.address import address_of, did_you_mean
from optimizer.case.faults import CellFault
from optimizer.case.findings import Finding
from optimizer.case.grammar import read_header
from optimizer.case.layout import Field, fields_of, header_text
from optimizer.case.messages import sentences
from optimizer.case.parse import parse_cell, said
from optimizer.case.raw import RawCell, RawSheet, cell_name
from optimizer.case.schema import Column, Settings
from optimizer.case.spots import FieldReader, Measure, Reading, Spot, Unread
from optimizer.case.units import Money, is_code

COLUMNS = ("setting", "value", "unit", "use", "source", "confidence", "note")
"""Columns of the sheet Case beside those of years."""

_FIRST = ("currency", "exchange_rates", "first_year", "last_year")


LONGEST = 100
"""Years that a case may span."""


def read_settings(sheet: RawSheet, reading: Reading) -> Settings:
    """The settings of a case. Sets the money and first year of `reading`.

    Something stands in for a setting that could not be read, so that the other sheets can be looked at; `reading`
    has its name among what could not be read.
    """
    return _SettingsReader(sheet, reading).read()


def stand_in(values: Mapping[str, object], years: tuple[int, int] | None) -> Settings:
    """Settings made of what could be read, with years from those of the columns where the case's are not known."""
    first, last = years or (2000, 2000)
    given = {"title": "", "first_year": first, "last_year": min(last, first + LONGEST - 1), **values}
    return Settings.model_validate(given)


@dataclass
class _Row:
    number: int
    found: Field
    label: RawCell
    used: bool


@dataclass
class _SettingsReader:
    sheet: RawSheet
    reading: Reading
    columns: dict[str, int] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)
    rows: dict[str, _Row] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    readers: dict[str, FieldReader] = field(default_factory=dict)

    def read(self) -> Settings:
        settings = self._read()
        lost = [f.header for f in fields_of(Settings) if f.name in self.unread]
        self.reading.unread[Settings.sheet] = frozenset(lost)
        return settings

    def _read(self) -> Settings:
        if not self.sheet.header:
            return self._nothing_read()
        self._read_headers()
        missing = [name for name in COLUMNS[:2] if name not in self.columns]
        for name in missing:
            first = min(self.sheet.header, default=1)
            self._tell(self.sheet.header_row, first, "", f"the column '{name}' is missing.",
                       f"The columns of this sheet are {', '.join(COLUMNS)} and years.")
        if missing:
            return self._nothing_read()
        self._find_rows()
        # money and first year are needed to read the others
        for name in (*_FIRST, *(name for name in self.rows if name not in _FIRST)):
            if name in self.rows:
                self._read_row(self.rows[name])
            if name == _FIRST[-1]:
                self._prepare()
        return self._validated()

    def _nothing_read(self) -> Settings:
        self.reading.money = Money(known=False)
        self.unread |= {found.name for found in fields_of(Settings)}
        return stand_in({}, self.reading.column_years)

    def _read_headers(self) -> None:
        for column, cell in self.sheet.header.items():
            if cell.value is None:
                continue
            try:
                header = read_header(header_text(cell))
                self._place(header.name.casefold(), header.year, header.unit, column, said(cell.value))
            except CellFault as fault:
                found = said(cell.value)
                self._tell(cell.row, column, found, fault.message, fault.suggestion)

    def _place(self, name: str, year: int | None, unit: str | None, column: int, text: str) -> None:
        if unit is not None:
            bare = text.partition("(")[0].strip()
            # the column is there all the same
            if year is None and name in COLUMNS:
                self.columns.setdefault(name, column)
            raise CellFault("on this sheet units stand in the column 'unit'.", f"Write '{bare}'.")
        if year is not None and name in ("", "value"):
            if year in self.years:
                raise CellFault(f"the column {year} stands twice.", "Delete one.")
            self.years[year] = column
            header = cell_name("Case", self.sheet.header_row, column)
            self.reading.cells[address_of("Case", "*", "value", year)] = header
        elif year is None and name in COLUMNS:
            if name in self.columns:
                raise CellFault(f"the column '{name}' stands twice.", "Delete one.")
            self.columns[name] = column
        else:
            raise CellFault(f"the sheet Case has no column '{text}'.", did_you_mean(text, COLUMNS))

    def _find_rows(self) -> None:
        known = {f.header.casefold(): f for f in fields_of(Settings)}
        known |= {f.name.casefold(): f for f in fields_of(Settings)}
        for number, cells in self.sheet.rows.items():
            label = cells.get(self.columns["setting"])
            if label is None or label.value is None:
                if label is None:
                    self._tell(number, self.columns["setting"], "", "the setting has no name.",
                               "Write its name or clear the row.")
                continue
            text = " ".join(said(label.value).split())
            found = known.get(text.casefold())
            if found is None:
                self._tell(number, label.column, text, f"there is no setting '{text}'.",
                           did_you_mean(text, [f.header for f in fields_of(Settings)]))
            elif found.name in self.rows:
                self._tell(number, label.column, text,
                           f"'{found.header}' stands already in row {self.rows[found.name].number}.", "Delete one.")
            else:
                self.rows[found.name] = _Row(number, found, label, self._used(number))
            self._check_stray(number)

    def _used(self, number: int) -> bool:
        cell = self.sheet.rows[number].get(self.columns.get("use", 0))
        if cell is None or cell.value is None:
            return True
        try:
            return parse_cell(Column("yes_no"), cell.value, None, Money()) is not False
        except CellFault as fault:
            self._tell(number, cell.column, said(cell.value), fault.message, fault.suggestion)
            return True

    def _check_stray(self, number: int) -> None:
        for column, cell in self.sheet.rows[number].items():
            if column not in self.sheet.header:
                self._tell(number, column, said(cell.value)[:60], "this cell stands in a column without a header.",
                           "Give the column a header or clear the cell.")

    def _read_row(self, row: _Row) -> None:
        spots = self._spots(row)
        label = address_of("Case", row.found.header, "value")
        reader = FieldReader("Case", label, row.found, Measure(row.found.column.dimension), self.reading)
        self.readers[row.found.name] = reader
        try:
            value = reader.read(spots)
        except Unread:
            self.unread.add(row.found.name)
            return
        if value is not None and row.used:
            self.values[row.found.name] = value
        self.reading.cells[address_of("Case", row.found.header)] = cell_name("Case", row.number, row.label.column)
        reader.remember(label, spots)

    def _spots(self, row: _Row) -> list[Spot]:
        cells = self.sheet.rows[row.number]
        unit = self.columns.get("unit")
        unit_at = (row.number, unit) if unit is not None else None
        unit_cell = cells.get(unit) if unit is not None else None
        columns: dict[int | None, int] = {None: self.columns["value"]}
        if row.found.column.kind == "series":
            columns |= dict[int | None, int](self.years.items())
        else:
            self._refuse_years(row)
        return [Spot(row.number, at, cells.get(at), year, unit_at=unit_at, unit_cell=unit_cell)
                for year, at in columns.items()]

    def _refuse_years(self, row: _Row) -> None:
        cells = self.sheet.rows[row.number]
        for column in self.years.values():
            if column in cells:
                message = f"'{row.found.header}' has no values by year."
                self._tell(row.number, column, said(cells[column].value), message, "Write it in the column 'value'.")
                return

    def _prepare(self) -> None:
        """Hands on what the other sheets need, as far as it is known."""
        self._check_years()
        currency = self.values.get("currency", "USD")
        rates = self.values.get("exchange_rates", ())
        first = self.values.get("first_year")
        # a currency that is none is told by the checks, once
        known = is_code(str(currency)) and not {"currency", "exchange_rates"} & self.unread and all(
            rate > 0 for _, rate in (rates if isinstance(rates, tuple) else ())
        )
        self.reading.money = Money(str(currency), rates if isinstance(rates, tuple) else (), known)
        self.reading.first_year = first if isinstance(first, int) else None

    def _check_years(self) -> None:
        """Tells once of years that cannot be right, of which a hundred faults elsewhere would follow."""
        first, last = self.values.get("first_year"), self.values.get("last_year")
        if not isinstance(first, int) or not isinstance(last, int):
            return
        low, high = self.reading.column_years or (first, last)
        if last - first >= LONGEST:
            name = "first_year" if low - first > last - high else "last_year"
            self._tell_setting(name, f"a case may span at most {LONGEST} years.",
                               f"It would run from {first} to {last}: correct this year.")
        elif last < first:
            name = "first_year" if first > high else "last_year"
            self._tell_setting(name, "the last year lies before the first.",
                               f"It would run from {first} to {last}: correct this year.")
        elif first < low:
            self._tell_setting("first_year", f"the case begins in {first}, and no column has a value before {low}.",
                               f"Write {low}, or give the columns values for {first}.")
        else:
            return
        self._leave_out("first_year", "last_year")

    def _leave_out(self, *names: str) -> None:
        self.unread |= set(names)
        for name in names:
            self.values.pop(name, None)

    def _validated(self) -> Settings:
        fields = {f.name: f for f in fields_of(Settings)}
        # what is wrong with the whole shows only when each setting is right
        for _ in fields:
            try:
                return self._made()
            except ValidationError as fault:
                for name, message, suggestion in sentences(fault, fields, self._in_unit):
                    if name not in self.unread:
                        self._tell_setting(name, message, suggestion)
                    self._leave_out(*([name] if name else fields))
        return stand_in({}, self.reading.column_years)

    def _made(self) -> Settings:
        if not {"title", "first_year", "last_year"} & self.unread:
            return Settings.model_validate(self.values)
        if {"first_year", "last_year"} & self.unread:
            self._leave_out("first_year", "last_year")
        return stand_in(self.values, self.reading.column_years)

    def _in_unit(self, name: str, number: float) -> str | None:
        reader = self.readers.get(name)
        return reader.in_unit(number) if reader is not None else None

    def _tell_setting(self, name: str, message: str, suggestion: str) -> None:
        row = self.rows.get(name)
        column = self.columns["value"]
        if row is None:
            header = next((f.header for f in fields_of(Settings) if f.name == name), "")
            self._tell(self.sheet.header_row, self.columns["setting"], "",
                       f"the setting '{header}' is missing." if header else message, suggestion)
            return
        cell = self.sheet.rows[row.number].get(column)
        self.reading.findings.append(Finding(
            cell_name("Case", row.number, column), address_of("Case", row.found.header, "value"),
            said(cell.value) if cell else "", message, suggestion,
        ))

    def _tell(self, row: int, column: int, found: str, message: str, suggestion: str) -> None:
        self.reading.findings.append(Finding(cell_name("Case", row, column), "", found, message, suggestion))
