"""Faults of cells that a spreadsheet brings: told with the same cell and words from .xlsx and from .ods."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from optimizer.case.read import read_case
from tests.case.reading import BASE, Filling, _typed, findings, workbook

SPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in
                  ("office", "table", "text"))


def document(path: Path, cells: Mapping[str, Filling] | None = None) -> Path:
    """The base case as an .ods file, some cells (``Deals!H7``, of the columns A to Z) set to other values."""
    filled: dict[str, dict[tuple[int, int], Filling]] = {
        name: {(r, c): _typed(cell) for r, line in enumerate(csv.reader(io.StringIO(text)))
               for c, cell in enumerate(line)} for name, text in BASE.items()
    }
    for address, value in (cells or {}).items():
        name, _, cell = address.partition("!")
        filled.setdefault(name, {})[int(cell[1:]) - 1, ord(cell[0]) - 65] = value
    tables = "".join(f"<table:table table:name={quoteattr(name)}>{_rows(held)}</table:table>"
                     for name, held in filled.items())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", f"<office:document-content {SPACES}><office:body><office:spreadsheet>{tables}"
                                       "</office:spreadsheet></office:body></office:document-content>")
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def _rows(held: Mapping[tuple[int, int], Filling]) -> str:
    high, wide = (max(at[i] for at in held) + 1 for i in (0, 1))
    return "".join(
        "<table:table-row>" + "".join(_cell(held.get((row, column))) for column in range(wide)) + "</table:table-row>"
        for row in range(high)
    )


def _cell(value: Filling) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str) and value.startswith("="):
        return f"<table:table-cell table:formula={quoteattr('of:' + value)}/>"
    kind, name, told = "string", "string-value", str(value)
    if isinstance(value, bool):
        kind, name, told = "boolean", "boolean-value", str(value).lower()
    elif isinstance(value, int | float):
        kind, name = "float", "value"
    elif isinstance(value, dt.datetime):
        kind, name, told = "date", "date-value", value.isoformat()
    return (f'<table:table-cell office:value-type="{kind}" office:{name}={quoteattr(told)}>'
            f"<text:p>{escape(str(value))}</text:p></table:table-cell>")


def test_the_base_case_is_the_same_in_both(tmp_path: Path) -> None:
    one, other = read_case(workbook(tmp_path / "a.xlsx")), read_case(document(tmp_path / "a.ods"))
    assert (one.settings, one.sheets) == (other.settings, other.sheets)
    assert (one.origin.cells, one.origin.units) == (other.origin.cells, other.origin.units)
    assert one.origin.hashes == other.origin.hashes


FAULTS: dict[str, tuple[dict[str, Filling], str, str]] = {
    "a decimal comma": (
        {"Supply!D2": "1,5"}, "Supply!D2",
        "'1,5' is written with separators that can be misread. (found: 1,5) Write 1.5."),
    "points between thousands": (
        {"Supply!E2": "1.234,5"}, "Supply!E2",
        "'1.234,5' is written with separators that can be misread. (found: 1.234,5) Write 1234.5."),
    "commas between thousands": (
        {"Supply!F2": "1,234.5"}, "Supply!F2",
        "'1,234.5' is written with separators that can be misread. (found: 1,234.5) Write 1234.5."),
    "blanks between thousands": (
        {"Supply!F2": "1\u00a0234,5"}, "Supply!F2",
        "'1 234,5' is not one number. (found: 1 234,5) Write one number such as 1234.5."),
    "a date for a number": (
        {"Supply!D2": dt.datetime(2030, 5, 1)}, "Supply!D2",
        "the date or time 2030-05-01 stands where a number belongs. (found: 2030-05-01) "
        "Format the cell as a number and write the number anew."),
    "a date for a year": (
        {"Case!B3": dt.datetime(2026, 1, 1)}, "Case!B3",
        "the date 2026-01-01 stands where a year belongs. (found: 2026-01-01) Write the year, e.g. 2026."),
    "a date for a header": (
        {"Supply!E1": dt.datetime(2026, 1, 1)}, "Supply!E1",
        "2026-01-01 is no header. (found: 2026-01-01) Format the cell as text, e.g. 'limit 2030 (t)'."),
    "a truth value for a number": (
        {"Supply!D2": True}, "Supply!D2", "TRUE stands where a number belongs. (found: TRUE) Write a number."),
    "a formula never calculated": (
        {"Supply!E2": "=60+40"}, "Supply!E2",
        "this formula was never calculated. (found: =60+40) "
        "Open the file in a spreadsheet program, let it calculate, and save; or write the value."),
    "an error as a text": (
        {"Supply!E2": "#REF!"}, "Supply!E2",
        "the formula in this cell failed. (found: #REF!) Mend it or write the value."),
    "a second table below": (
        {f"Places!{at}6": name for at, name in (("A", "name"), ("B", "home"))}, "Places!A6",
        "a second table begins here, and a sheet holds one; nothing from here on was read. (found: name) "
        "Move its rows up to the table above and delete this row, or give it a sheet whose name begins with _."),
    "a second table beside": (
        {"Places!E1": "name", "Places!F1": "home"}, "Places!E1",
        "a second table begins here, beside the first, and a sheet holds one; nothing of it was read. (found: name) "
        "Put its rows below those of the first, or give it a sheet whose name begins with _."),
    "a sign that cannot be seen": (
        {"Places!A3": "Ab\u200broad"}, "Places!A3",
        "the cell holds a sign that cannot be seen (U+200B). (found: Ab<U+200B>road) "
        "Clear the cell and type it anew."),
}


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_in_the_same_words(name: str, kind: str, tmp_path: Path) -> None:
    cells, where, sentence = FAULTS[name]
    make = workbook if kind == "xlsx" else document
    assert str(findings(make(tmp_path / f"a.{kind}", cells))[where]) == f"{where}: {sentence}"


def test_of_a_second_table_beside_nothing_else_is_told(tmp_path: Path) -> None:
    beside: dict[str, Filling] = {"Places!E1": "note", "Places!F1": "name", "Places!E2": "x", "Places!F9": "Else"}
    assert [*findings(workbook(tmp_path / "a.xlsx", beside))] == ["Places!E1"]


def test_a_blank_column_alone_begins_no_second_table(tmp_path: Path) -> None:
    apart: dict[str, Filling] = {"Places!E1": "kind"}
    told = findings(workbook(tmp_path / "a.xlsx", apart))["Places!E1"]
    assert told.message == "the sheet Places has no column 'kind'."
