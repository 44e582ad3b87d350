"""Sheets to be written, each cell where it shall stand: from a file as it was read, from a case, or blank."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from optimizer.case.findings import Finding
from optimizer.case.grammar import Header, number_text, write_header
from optimizer.case.layout import Field, Slot, fields_of, layout_of
from optimizer.case.raw import RawBook, RawCell, RawSheet, cell_name
from optimizer.case.schema import SHEETS, Row, Settings
from optimizer.case.tabulate import LAST, Table
from optimizer.case.units import Money

_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NUMERIC = frozenset({"number", "integer", "year", "series", "profile"})
_UNIT_BY_ROW = frozenset({"by measure", "by address", "price of breaking"})


@dataclass(frozen=True)
class Percent:
    """A number shown as a percentage: 0.3 as 30 %."""

    value: float


Entry = str | int | float | bool | dt.datetime | dt.date | dt.time | Percent
"""What a cell holds."""


@dataclass(frozen=True)
class SheetToWrite:
    """A sheet to be written.

    Attributes:
        name: name of the sheet.
        cells: what is to stand where, by row and column from 1.
        header_row: the row of the headers; the table reaches from there to the last row.
    """

    name: str
    cells: Mapping[tuple[int, int], Entry]
    header_row: int = 1

    @property
    def headers(self) -> dict[int, str]:
        """The headers as text, by column."""
        return {column: str(cell) for (row, column), cell in sorted(self.cells.items()) if row == self.header_row}

    @property
    def last_row(self) -> int:
        """The last row with something in it, at least the header's."""
        return max((row for row, _ in self.cells), default=self.header_row)

    def slots(self) -> dict[int, Slot]:
        """The columns that belong to a field of the schema; none on the sheet Case, where a row names the field."""
        if self.name not in SHEETS:
            return {}
        header = {at: RawCell(self.header_row, at, text) for at, text in self.headers.items()}
        layout = layout_of(SHEETS[self.name], RawSheet(self.name, header, self.header_row), Money())
        return {slot.header.column: slot for slots in layout.slots.values() for slot in slots}


def in_order(sheets: Iterable[SheetToWrite]) -> list[SheetToWrite]:
    """Sheets in the workbook's order, those that are no sheets of a case last."""
    order = [Settings.sheet, *SHEETS]
    return sorted(sheets, key=lambda s: (order.index(s.name) if s.name in order else len(order), s.name))


def sheet_from_table(table: Table) -> SheetToWrite:
    """A table of a case, its headers in row 1."""
    lines: list[Sequence[object]] = [table.headers, *table.rows]
    return SheetToWrite(table.name, {
        (row, column): cell
        for row, line in enumerate(lines, start=1) for column, cell in enumerate(line, start=1)
        if isinstance(cell, str | int | float)
    })


def sheets_from_file(book: RawBook, findings: Sequence[Finding] = ()) -> list[SheetToWrite]:
    """The sheets of a file, each cell where it stands there; a cell that could not be read as it was told."""
    told = {finding.cell: finding.found for finding in (*book.findings, *findings)}
    return in_order(_from_raw(sheet, told) for sheet in book.sheets.values())


def sheets_from_csv(book: RawBook) -> list[SheetToWrite]:
    """The sheets of a folder of .csv files, each cell where it stands there, numbers as numbers."""
    return in_order(_from_csv(sheet) for sheet in book.sheets.values())


def _from_raw(sheet: RawSheet, told: Mapping[str, str]) -> SheetToWrite:
    cells: dict[tuple[int, int], Entry] = {}
    for row, line in {sheet.header_row: sheet.header, **sheet.rows}.items():
        for at, cell in line.items():
            entry = _entry(cell, told.get(cell_name(sheet.name, row, at), ""))
            if entry is not None:
                cells[row, at] = entry
    return SheetToWrite(sheet.name, cells, sheet.header_row)


def _entry(cell: RawCell, told: str) -> Entry | None:
    value = cell.value
    if value is None:
        return told or None
    if cell.percent and isinstance(value, int | float):
        return Percent(float(value))
    if isinstance(value, str | bool | int | float | dt.datetime | dt.date | dt.time):
        return value
    return str(value)


def _from_csv(sheet: RawSheet) -> SheetToWrite:
    cells: dict[tuple[int, int], Entry] = {(sheet.header_row, at): str(c.value) for at, c in sheet.header.items()}
    slots = SheetToWrite(sheet.name, cells, sheet.header_row).slots()
    kinds = {at: slot.field.column.kind for at, slot in slots.items()}
    setting = next((at for at, c in sheet.header.items() if str(c.value).casefold() == "setting"), 0)
    settings = {f.header.casefold(): f.column.kind for f in fields_of(Settings)}
    for row, line in sheet.rows.items():
        name = str(line[setting].value).casefold() if setting in line and sheet.name == Settings.sheet else ""
        for at, cell in line.items():
            kind = settings.get(name) if name and at != setting else kinds.get(at)
            cells[row, at] = _number_or_text(str(cell.value), kind)
    return SheetToWrite(sheet.name, cells, sheet.header_row)


def _number_or_text(text: str, kind: str | None) -> str | float:
    if not _PLAIN_NUMBER.fullmatch(text):
        return text
    number = float(text)
    numeric = kind in _NUMERIC or (kind is None and number_text(number) == text)
    return number if numeric and math.isfinite(number) else text


def blank_sheets(title: str, currency: str, years: Sequence[int]) -> list[SheetToWrite]:
    """A blank workbook: every sheet with every column, and the settings that must be filled."""
    return [
        blank_settings(title, currency, years), *(blank_sheet(owner, currency, years) for owner in SHEETS.values())
    ]


def completed(sheets: Sequence[SheetToWrite], currency: str, years: Sequence[int]) -> list[SheetToWrite]:
    """The sheets given and, blank, those that a case may have besides."""
    there = {sheet.name for sheet in sheets}
    missing = [blank_sheet(owner, currency, years) for name, owner in SHEETS.items() if name not in there]
    return in_order([*sheets, *missing])


def blank_sheet(owner: type[Row], currency: str, years: Sequence[int]) -> SheetToWrite:
    """A sheet with its headers and nothing below: every column, by year where a number by year must be given."""
    fields = fields_of(owner)
    ordered = [f for f in fields if f.name not in LAST] + [f for f in fields if f.name in LAST]
    headers = [header for found in ordered for header in _blank_headers(found, currency, years)]
    return SheetToWrite(owner.sheet, {(1, at): header for at, header in enumerate(headers, start=1)})


def _blank_headers(found: Field, currency: str, years: Sequence[int]) -> list[str]:
    if found.column.dimension in _UNIT_BY_ROW:
        name = found.header
        if name == "low":
            return [name]
        return [name, "unit" if found.column.dimension != "price of breaking" else f"{name} unit"]
    unit = usual_unit(found, currency)
    by_year: Sequence[int | None] = years if found.required and found.column.kind == "series" else [None]
    return [write_header(Header(found.header, year, unit or None)) for year in by_year]


def usual_unit(found: Field, currency: str) -> str:
    """The unit that a header of the template gives; empty where there is none."""
    if not found.measured:
        return ""
    return {
        "mass": "t", "money": f"{currency} m", "money per mass": f"{currency}/kg", "share": "%", "time": "years",
        "mass per mass": "t/t",
    }.get(found.column.dimension, "")


def blank_settings(title: str, currency: str, years: Sequence[int]) -> SheetToWrite:
    """The sheet Case with every setting, those filled that must be; the note says what each is."""
    given: dict[str, Entry] = {
        "title": title, "first_year": years[0], "last_year": years[-1], "currency": currency, "goal": "dependence",
        "then": "cost",
    }
    headers = ["setting", "value", "unit", *map(str, years), "note"]
    cells: dict[tuple[int, int], Entry] = {(1, at): header for at, header in enumerate(headers, start=1)}
    for row, found in enumerate(fields_of(Settings), start=2):
        cells[row, 1] = found.header
        if found.name in given:
            cells[row, 2] = given[found.name]
        if unit := usual_unit(found, currency):
            cells[row, 3] = unit
        blank = "Must be filled." if found.required else f"Blank: {found.column.blank}."
        cells[row, len(headers)] = f"{found.description} {blank}"
    return SheetToWrite(Settings.sheet, cells)
