"""Reading an .xlsx file: every cell with its position."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl

from optimizer.case import look
from optimizer.case.findings import Finding
from optimizer.case.look import DAMAGES, damaged, look_before, too_far
from optimizer.case.raw import RawBook, RawCell, cell_name, is_ignored, report_hidden, sheet_of

PARTS = ("xl/workbook.xml", "[Content_Types].xml")
"""What every .xlsx file holds."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_TRUE = ("1", "true")


@dataclass
class _Extent:
    """What a look over a sheet's part tells: its last filled row and column, what is merged and what is hidden."""

    row: int = 0
    column: int = 0
    cells: int = 0
    merged: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)


def read_xlsx_file(path: Path) -> RawBook:
    """The sheets of an .xlsx file.

    Raises:
        CaseError: the file is no spreadsheet of this kind, is locked, or is too large to be one.
    """
    look_before(path, PARTS)
    book = RawBook()
    values = _open(path, data_only=True)
    formulas = _open(path, data_only=False)
    try:
        for sheet in values.worksheets:
            if not is_ignored(sheet.title):
                _read_sheet(path, sheet, formulas[sheet.title], book)
    except DAMAGES as fault:
        raise damaged(path, fault) from None
    finally:
        values.close()
        formulas.close()
    return book


def _read_sheet(path: Path, values: Any, formulas: Any, book: RawBook) -> None:
    name = str(values.title)
    extent = _extent(path, values, name)
    for merged in extent.merged:
        _report_merged(name, merged, extent, book.findings)
    report_hidden(
        name, extent.hidden_rows, (at for at in extent.hidden_columns if at <= extent.column), book.findings
    )
    cells = tuple(_cells(values, formulas, extent, book.findings))
    book.sheets[name] = sheet_of(name, cells, book.findings)


def _open(path: Path, *, data_only: bool) -> Any:
    try:
        with warnings.catch_warnings():
            # what it cannot keep, such as drop-downs, is of no matter to a reader
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(path, read_only=True, data_only=data_only, keep_links=False)
    except DAMAGES as fault:
        raise damaged(path, fault) from None


def _extent(path: Path, sheet: Any, name: str) -> _Extent:
    """Looks over a sheet's part, since the read-only reader trusts the extent written there and hides merged cells."""
    part = str(sheet._worksheet_path)  # the library tells the part's name nowhere else
    extent = _Extent()
    with zipfile.ZipFile(path) as packed, packed.open(part) as stream:
        for _, element in ElementTree.iterparse(stream, events=("end",)):
            tag = element.tag.replace(_STRICT, _MAIN)
            if tag == f"{_MAIN}c":
                _count(element, extent)
            elif tag == f"{_MAIN}mergeCell":
                extent.merged.append(element.get("ref", ""))
            elif tag == f"{_MAIN}col" and element.get("hidden") in _TRUE:
                first, last = int(element.get("min", "1")), int(element.get("max", "1"))
                extent.hidden_columns += range(first, min(last, look.MOST_COLUMNS) + 1)
            elif tag == f"{_MAIN}row":
                if element.get("hidden") in _TRUE and any(len(cell) for cell in element):
                    extent.hidden_rows.append(int(element.get("r", "0")))
                element.clear()
            if extent.cells > look.MOST_CELLS or extent.row > look.MOST_ROWS or extent.column > look.MOST_COLUMNS:
                raise too_far(path, name, extent.row, extent.column)
    return extent


def _count(cell: ElementTree.Element, extent: _Extent) -> None:
    if not len(cell):
        return
    row, column = _position(cell.get("r", ""))
    extent.row, extent.column = max(extent.row, row), max(extent.column, column)
    extent.cells += 1


def _position(reference: str) -> tuple[int, int]:
    """Row and column of ``H7``; zeros where a cell tells no reference."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter.upper()) - 64
    return int(reference[len(letters):] or 0), column


def _report_merged(name: str, merged: str, extent: _Extent, findings: list[Finding]) -> None:
    start = merged.partition(":")[0]
    row, column = _position(start)
    if row <= extent.row and column <= extent.column:
        findings.append(Finding(
            cell_name(name, row, column), "", merged, f"the cells {merged} are merged.",
            "Unmerge them and fill each cell.",
        ))


def _cells(values: Any, formulas: Any, extent: _Extent, findings: list[Finding]) -> Iterator[RawCell]:
    if not extent.cells:
        return
    last, widest = extent.row or look.MOST_ROWS, extent.column or look.MOST_COLUMNS
    reach = {"min_row": 1, "min_col": 1, "max_row": last, "max_col": widest}
    for row, asked in zip(values.iter_rows(**reach), formulas.iter_rows(**reach), strict=True):
        for value, formula in zip(row, asked, strict=True):
            cell = _cell(values.title, value, formula, findings)
            if cell is not None:
                yield cell


def _cell(sheet: str, value: Any, formula: Any, findings: list[Finding]) -> RawCell | None:
    if formula.value is None:
        return None
    row, column = int(formula.row), int(formula.column)
    if value.value is None and formula.data_type == "f":
        if value.data_type == "str":
            return None
        findings.append(Finding(
            cell_name(sheet, row, column), "", str(formula.value), "this formula was never calculated.",
            "Open the file in a spreadsheet program, let it calculate, and save; or write the value.",
        ))
        return RawCell(row, column, None)
    if value.data_type == "e":
        findings.append(Finding(
            cell_name(sheet, row, column), "", str(value.value), "the formula in this cell failed.",
            "Mend it or write the value.",
        ))
        return RawCell(row, column, None)
    numeric = isinstance(value.value, int | float) and not isinstance(value.value, bool)
    return RawCell(row, column, value.value, numeric and "%" in str(value.number_format))
