"""Writing cases: a folder of .csv files or a workbook, and a workbook made from such a folder cell by cell.

What is written holds values only, never formulas, and is the same byte for byte each time.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from optimizer.case.case import Case
from optimizer.case.findings import CaseError, Finding
from optimizer.case.grammar import number_text
from optimizer.case.layout import fields_of, layout_of
from optimizer.case.raw import RawSheet, cell_name
from optimizer.case.read_csv import escape, read_csv_folder
from optimizer.case.schema import SHEETS, Settings
from optimizer.case.tabulate import Cell, Table, tables_of
from optimizer.case.units import Money

Grid = Mapping[tuple[int, int], Cell]
"""Cells to be written by row and column, from 1."""

_CREATED = dt.datetime(2000, 1, 1)
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NUMERIC = frozenset({"number", "integer", "year", "series", "profile"})
_COLOURS = {
    "case": "#DDE3EA", "world": "#D5E8D4", "needs": "#FFF2CC", "choices": "#DAE8FC", "money": "#E1D5E7",
    "what-ifs": "#FFE6CC", "evidence": "#E6E6E6",
}
_WIDEST = 48


class _Exact(float):
    """A number that is written with all its digits; the library would write sixteen."""

    def __format__(self, spec: str) -> str:
        return number_text(self)


def write_csv(case: Case, folder: str | Path) -> None:
    """Writes a case as one .csv file a sheet into `folder`, which is made; other files there stay.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for table in tables_of(case):
        with (target / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table.headers)
            writer.writerows([_csv_text(cell) for cell in row] for row in table.rows)


def write_xlsx(case: Case, file: str | Path) -> None:
    """Writes a case as a workbook.

    Raises:
        CaseError: a text is longer than a cell of a workbook can hold.
        OSError: the file cannot be written.
    """
    _write_book(Path(file), {table.name: _grid(table) for table in tables_of(case)})


def csv_folder_to_xlsx(folder: str | Path, file: str | Path) -> None:
    """Makes a workbook from a folder of .csv files, each cell where it stands there, numbers as numbers.

    Raises:
        CaseError: a file cannot be read, or a text is longer than a cell of a workbook can hold.
        OSError: the file cannot be written.
    """
    book = read_csv_folder(Path(folder))
    if book.findings:
        raise CaseError(book.findings)
    order = [Settings.sheet, *SHEETS]
    names = sorted(book.sheets, key=lambda name: (order.index(name) if name in order else len(order), name))
    _write_book(Path(file), {name: _copied(book.sheets[name]) for name in names})


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return escape(cell)
    return number_text(cell)


def _grid(table: Table) -> Grid:
    lines: list[Sequence[Cell]] = [table.headers, *table.rows]
    return {
        (row, column): cell
        for row, line in enumerate(lines, start=1) for column, cell in enumerate(line, start=1) if cell is not None
    }


def _copied(sheet: RawSheet) -> Grid:
    cells: dict[tuple[int, int], Cell] = {(sheet.header_row, at): str(c.value) for at, c in sheet.header.items()}
    kinds = _kinds(sheet)
    setting = next((at for at, c in sheet.header.items() if str(c.value).casefold() == "setting"), 0)
    settings = {f.header.casefold(): f.column.kind for f in fields_of(Settings)}
    for row, line in sheet.rows.items():
        name = str(line[setting].value).casefold() if setting in line and sheet.name == Settings.sheet else ""
        for at, cell in line.items():
            kind = settings.get(name) if name and at != setting else kinds.get(at)
            cells[row, at] = _number_or_text(str(cell.value), kind)
    return cells


def _kinds(sheet: RawSheet) -> dict[int, str]:
    """The kind of cell in each column that belongs to a field."""
    if sheet.name not in SHEETS:
        return {}
    layout = layout_of(SHEETS[sheet.name], sheet, Money())
    return {slot.header.column: slot.field.column.kind for slots in layout.slots.values() for slot in slots}


def _number_or_text(text: str, kind: str | None) -> Cell:
    if not _PLAIN_NUMBER.fullmatch(text):
        return text
    number = float(text)
    numeric = kind in _NUMERIC or (kind is None and number_text(number) == text)
    return number if numeric and math.isfinite(number) else text


def _write_book(file: Path, sheets: Mapping[str, Grid]) -> None:
    """Makes the workbook in memory, so that a fault leaves no half of one behind."""
    made = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"created": _CREATED})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        plain = book.add_format({"valign": "top"})
        for name, grid in sheets.items():
            group = SHEETS[name].group if name in SHEETS else "case" if name == Settings.sheet else ""
            _write_sheet(book, name, group, grid, (plain, wrapped))
    file.write_bytes(made.getvalue())


def _write_sheet(book: Any, name: str, group: str, grid: Grid, formats: tuple[Any, Any]) -> None:
    sheet = book.add_worksheet(name)
    colour = _COLOURS.get(group, "#FFFFFF")
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": colour, "bottom": 1})
    sheet.set_tab_color(colour)
    first = min((row for row, _ in grid), default=1)
    for (row, column), cell in sorted(grid.items()):
        style = head if row == first else formats[isinstance(cell, str) and len(cell) > _WIDEST]
        if isinstance(cell, str):
            code = sheet.write_string(row - 1, column - 1, cell, style)
        else:
            code = sheet.write_number(row - 1, column - 1, _Exact(cell or 0.0), style)
        if code != 0:
            raise CaseError([Finding(
                cell_name(name, row, column), "", str(cell)[:60], "this does not fit into a cell of a workbook.",
                "Shorten it to 32,767 signs.",
            )])
    if grid:
        _set_widths(sheet, grid, first)


def _set_widths(sheet: Any, grid: Grid, first: int) -> None:
    last, width = max(row for row, _ in grid), max(column for _, column in grid)
    for column in range(1, width + 1):
        texts = [str(cell) for (row, at), cell in grid.items() if at == column and row != first]
        header = max((len(word) for word in str(grid.get((first, column), "")).split()), default=0)
        longest = max((max(map(len, text.split("\n"))) for text in texts), default=0)
        sheet.set_column(column - 1, column - 1, min(max(8, header + 2, longest + 1), _WIDEST))
    sheet.freeze_panes(first, 1)
    if last > first:
        sheet.autofilter(first - 1, 0, last - 1, width - 1)
