"""Reading an .ods file: every cell with its position, from the text of the document itself.

Libraries that read this format give one empty text for an error, for a formula that was never calculated and for a
blank cell; what is told apart here is written in the document (OpenDocument 1.3, part 3, section 9 and 19.385).
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from optimizer.case import look
from optimizer.case.findings import Finding
from optimizer.case.look import DAMAGES, damaged, look_before, too_far
from optimizer.case.raw import RawBook, RawCell, cell_name, is_ignored, report_hidden, sheet_of

PARTS = ("content.xml", "META-INF/manifest.xml")
"""What every .ods file holds."""

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_HIDDEN = ("collapse", "filter")
_NUMBERS = ("float", "currency", "percentage")


@dataclass
class _Sheet:
    """A sheet while it is read."""

    name: str
    row: int = 0
    count: int = 0
    cells: list[RawCell] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    columns: int = 0


def read_ods_file(path: Path) -> RawBook:
    """The sheets of an .ods file.

    Raises:
        CaseError: the file is no spreadsheet of this kind, is locked, damaged, or too large to be a case.
    """
    look_before(path, PARTS)
    book = RawBook()
    try:
        with zipfile.ZipFile(path) as packed, packed.open("content.xml") as stream:
            for sheet in _sheets(path, ElementTree.iterparse(stream, events=("start", "end")), book.findings):
                if not is_ignored(sheet.name):
                    _report_merged(sheet, book.findings)
                    widest = max((cell.column for cell in sheet.cells), default=0)
                    shown = (at for at in sheet.hidden_columns if at <= widest)
                    report_hidden(sheet.name, sheet.hidden_rows, shown, book.findings)
                    book.sheets[sheet.name] = sheet_of(sheet.name, sheet.cells, book.findings)
    except DAMAGES as fault:
        raise damaged(path, fault) from None
    return book


def _sheets(
    path: Path, events: Iterator[tuple[str, ElementTree.Element]], findings: list[Finding]
) -> Iterator[_Sheet]:
    sheet: _Sheet | None = None
    for event, element in events:
        if event == "start" and element.tag == f"{_TABLE}table" and sheet is None:
            sheet = _Sheet(element.get(f"{_TABLE}name", ""))
        elif event == "end" and element.tag == f"{_TABLE}table-column" and sheet is not None:
            _note_column(sheet, element)
        elif event == "end" and element.tag == f"{_TABLE}table-row" and sheet is not None:
            _read_row(path, sheet, element, [] if is_ignored(sheet.name) else findings)
            element.clear()
        elif event == "end" and element.tag == f"{_TABLE}table" and sheet is not None:
            yield sheet
            sheet = None
            element.clear()


def _note_column(sheet: _Sheet, column: ElementTree.Element) -> None:
    times = int(column.get(f"{_TABLE}number-columns-repeated", "1"))
    if column.get(f"{_TABLE}visibility") in _HIDDEN and sheet.columns < look.MOST_COLUMNS:
        last = min(sheet.columns + times, look.MOST_COLUMNS)
        sheet.hidden_columns += range(sheet.columns + 1, last + 1)
    sheet.columns += times


def _read_row(path: Path, sheet: _Sheet, row: ElementTree.Element, findings: list[Finding]) -> None:
    times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
    column, filled = 0, []
    for element in row:
        if element.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        repeated = int(element.get(f"{_TABLE}number-columns-repeated", "1"))
        if _is_filled(element):
            filled.append((column + 1, repeated, element))
        column += repeated
    if not filled:
        sheet.row += times
        return
    if row.get(f"{_TABLE}visibility") in _HIDDEN:
        sheet.hidden_rows += range(sheet.row + 1, min(sheet.row + times, look.MOST_ROWS) + 1)
    last = filled[-1][0] + filled[-1][1] - 1
    sheet.count += times * sum(repeated for _, repeated, _ in filled)
    if sheet.row + times > look.MOST_ROWS or last > look.MOST_COLUMNS or sheet.count > look.MOST_CELLS:
        raise too_far(path, sheet.name, sheet.row + times, last)
    for number in range(sheet.row + 1, sheet.row + times + 1):
        for at, repeated, element in filled:
            _note_merged(sheet, number, at, element)
            for place in range(at, at + repeated):
                cell = _cell(sheet.name, number, place, element, findings)
                if cell is not None:
                    sheet.cells.append(cell)
    sheet.row += times


def _is_filled(cell: ElementTree.Element) -> bool:
    return any(cell.get(name) is not None for name in (f"{_OFFICE}value-type", f"{_TABLE}formula")) or _text(cell) != ""


def _cell(
    sheet: str, row: int, column: int, element: ElementTree.Element, findings: list[Finding]
) -> RawCell | None:
    kind, formula = element.get(f"{_OFFICE}value-type"), element.get(f"{_TABLE}formula")
    where = cell_name(sheet, row, column)
    if element.get(f"{_CALC}value-type") == "error":
        findings.append(Finding(
            where, "", _text(element), "the formula in this cell failed.", "Mend it or write the value.",
        ))
        return RawCell(row, column, None)
    if kind is None and formula is not None:
        findings.append(Finding(
            where, "", formula.removeprefix("of:"), "this formula was never calculated.",
            "Open the file in a spreadsheet program, let it calculate, and save; or write the value.",
        ))
        return RawCell(row, column, None)
    if kind in _NUMBERS:
        number = float(element.get(f"{_OFFICE}value", ""))
        whole = number.is_integer() and abs(number) < 1e15
        return RawCell(row, column, int(number) if whole else number, kind == "percentage")
    if kind == "boolean":
        return RawCell(row, column, element.get(f"{_OFFICE}boolean-value") == "true")
    if kind == "date":
        return RawCell(row, column, dt.datetime.fromisoformat(element.get(f"{_OFFICE}date-value", "")))
    if kind == "time":
        return RawCell(row, column, _text(element))
    text = element.get(f"{_OFFICE}string-value")
    return RawCell(row, column, _text(element) if text is None else text)


def _text(cell: ElementTree.Element) -> str:
    """The paragraphs of a cell; the comment on it is none of them."""
    return "\n".join(_paragraph(part) for part in cell if part.tag == f"{_TEXT}p")


def _paragraph(part: ElementTree.Element) -> str:
    text = part.text or ""
    for child in part:
        if child.tag == f"{_TEXT}s":
            text += " " * int(child.get(f"{_TEXT}c", "1"))
        elif child.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            text += "\t" if child.tag.endswith("tab") else "\n"
        elif child.tag != f"{_OFFICE}annotation":
            text += _paragraph(child)
        text += child.tail or ""
    return text


def _note_merged(sheet: _Sheet, row: int, column: int, element: ElementTree.Element) -> None:
    wide = int(element.get(f"{_TABLE}number-columns-spanned", "1"))
    high = int(element.get(f"{_TABLE}number-rows-spanned", "1"))
    if wide > 1 or high > 1:
        sheet.merged.append((row, column, row + high - 1, column + wide - 1))


def _report_merged(sheet: _Sheet, findings: list[Finding]) -> None:
    for top, left, bottom, right in sheet.merged:
        start = cell_name(sheet.name, top, left)
        ends = f"{start.rpartition('!')[2]}:{cell_name('', bottom, right).lstrip('!')}"
        findings.append(Finding(
            start, "", ends, f"the cells {ends} are merged.", "Unmerge them and fill each cell.",
        ))
