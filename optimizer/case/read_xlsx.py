"""Reading an .xlsx file: a look inside the zip before it is opened, then every cell with its position."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl

from optimizer.case.findings import CaseError, Finding
from optimizer.case.raw import RawBook, RawCell, cell_name, sheet_of

MOST_BYTES = 400_000_000
MOST_RATIO = 200
RATIO_FROM = 5_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 2_000
MOST_CELLS = 2_000_000
_CHUNK = 1 << 16
_MARKS = tuple(
    text.encode(coding) for text in ("<!DOCTYPE", "<!ENTITY") for coding in ("ascii", "utf-16-le", "utf-16-be")
)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"

# whatever a library makes of bytes that no spreadsheet program wrote
_DAMAGES = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ValueError, TypeError, IndexError,
    AttributeError, ElementTree.ParseError,
)


@dataclass
class _Extent:
    """What a look over a sheet's part tells: its last filled row and column and its merged ranges."""

    row: int = 0
    column: int = 0
    cells: int = 0
    merged: list[str] = field(default_factory=list)


def read_xlsx_file(path: Path) -> RawBook:
    """The sheets of an .xlsx file.

    Raises:
        CaseError: the file is no spreadsheet of this kind, is locked, or is too large to be one.
    """
    _look_before(path)
    book = RawBook()
    values = _open(path, data_only=True)
    formulas = _open(path, data_only=False)
    try:
        for sheet in values.worksheets:
            if not sheet.title.startswith("_") and sheet.title not in ("Guide", "Check"):
                _read_sheet(path, sheet, formulas[sheet.title], book)
    except _DAMAGES as fault:
        raise _damaged(path, fault) from None
    finally:
        values.close()
        formulas.close()
    return book


def _read_sheet(path: Path, values: Any, formulas: Any, book: RawBook) -> None:
    name = str(values.title)
    extent = _extent(path, values, name)
    for merged in extent.merged:
        _report_merged(name, merged, extent, book.findings)
    cells = tuple(_cells(values, formulas, extent, book.findings))
    book.sheets[name] = sheet_of(name, cells, book.findings)


def _damaged(path: Path, fault: Exception) -> CaseError:
    return _refuse(
        path, f"the file is damaged ({type(fault).__name__}: {fault}).", "Open it in a spreadsheet program and save it."
    )


def _refuse(path: Path, message: str, suggestion: str = "") -> CaseError:
    return CaseError([Finding(path.name, "", "", message, suggestion)])


def _look_before(path: Path) -> None:
    """Refuses what is no spreadsheet or would not fit, without unpacking any of it into memory."""
    with path.open("rb") as file:
        head = file.read(8)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            file.seek(0)
            locked = "EncryptedPackage".encode("utf-16-le") in file.read(MOST_BYTES)
            if locked:
                raise _refuse(path, "the file is locked with a password.", "Save it without a password.")
            raise _refuse(path, "the file is in the old .xls format.", "Save it as .xlsx.")
    if not head.startswith(b"PK\x03\x04") or not zipfile.is_zipfile(path):
        raise _refuse(path, "the file is not an .xlsx spreadsheet.", "Save it as 'Excel workbook (.xlsx)'.")
    try:
        with zipfile.ZipFile(path) as packed:
            _look_inside(path, packed)
    except _DAMAGES as fault:
        raise _damaged(path, fault) from None


def _look_inside(path: Path, packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise _refuse(path, "the file is locked with a password.", "Save it without a password.")
    total = sum(part.file_size for part in parts)
    squeezed = any(p.file_size > RATIO_FROM and p.file_size > MOST_RATIO * max(p.compress_size, 1) for p in parts)
    if total > MOST_BYTES or squeezed or len(parts) > 10_000:
        raise _refuse(
            path, f"the file would unpack to {total // 10**6:,} MB, far more than a case needs.",
            "Copy the sheets of the case into a new workbook.",
        )
    if "xl/workbook.xml" not in packed.namelist() or "[Content_Types].xml" not in packed.namelist():
        raise _refuse(path, "the file is not an .xlsx spreadsheet.", "Save it as 'Excel workbook (.xlsx)'.")
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels", ".vml")) and _has_doctype(packed, part):
            raise _refuse(
                path, f"the part {part.filename} declares entities, which no spreadsheet program writes.",
                "Do not use this file.",
            )


def _has_doctype(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    tail = b""
    with packed.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            if any(mark in window for mark in _MARKS):
                return True
            tail = window[-32:]
    return False


def _open(path: Path, *, data_only: bool) -> Any:
    try:
        with warnings.catch_warnings():
            # what it cannot keep, such as drop-downs, is of no matter to a reader
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(path, read_only=True, data_only=data_only, keep_links=False)
    except _DAMAGES as fault:
        raise _damaged(path, fault) from None


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
            elif tag == f"{_MAIN}row":
                element.clear()
            if extent.cells > MOST_CELLS or extent.row > MOST_ROWS or extent.column > MOST_COLUMNS:
                raise _refuse(
                    path, f"the sheet {name} reaches to row {extent.row:,} and column {extent.column:,}, "
                    "far more than a case needs.", "Delete stray cells below and beside the table.",
                )
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
    reach = {"min_row": 1, "min_col": 1, "max_row": extent.row or MOST_ROWS, "max_col": extent.column or MOST_COLUMNS}
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
