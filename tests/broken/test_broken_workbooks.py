"""The same faults in a workbook, and those that only a workbook can have: the cell and the sentence of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from optimizer.case.checks import REST
from optimizer.case.findings import Finding
from optimizer.case.read import read_unchecked
from optimizer.case.write import csv_folder_to_xlsx
from tests.broken.folder import write
from tests.broken.test_broken import BROKEN, FAULTS, UNLIKELY, Broken

Edit = Callable[[Any], None]


def workbook(folder: Path, *edits: tuple[str, str, str]) -> Path:
    source = folder / "source"
    source.mkdir()
    csv_folder_to_xlsx(write(source, *edits), folder / "case.xlsx")
    return folder / "case.xlsx"


def told(file: Path, level: str = "error") -> list[tuple[str, str]]:
    return [(f.cell, f.message) for f in read_unchecked(file)[1] if f.level == level]


@pytest.mark.parametrize("broken", BROKEN, ids=[one[0] for one in BROKEN])
def test_a_fault_is_told_of_a_workbook_as_of_a_folder(broken: Broken, tmp_path: Path) -> None:
    _, sheet, old, new, cell, message = broken
    assert told(workbook(tmp_path, (sheet, old, new))) == [(cell, message)]


@pytest.mark.parametrize("name", {**FAULTS, **UNLIKELY})
def test_told_of_a_workbook_as_of_a_folder(name: str, tmp_path: Path) -> None:
    edits, expected = {**FAULTS, **UNLIKELY}[name]
    findings = read_unchecked(workbook(tmp_path, *edits))[1]
    assert tuple((finding.cell, finding.message) for finding in findings if finding != REST) == expected


def put(sheet: str, cell: str, value: object, style: str = "") -> Edit:
    def edit(book: Any) -> None:
        book[sheet][cell] = value
        if style:
            book[sheet][cell].number_format = style

    return edit


def merge(sheet: str, cells: str) -> Edit:
    return lambda book: book[sheet].merge_cells(cells)


def beside(sheet: str, *rows: tuple[int, int, object]) -> Edit:
    def edit(book: Any) -> None:
        for row, column, value in rows:
            book[sheet].cell(row, column, value)

    return edit


# what is done to the workbook, the cell told, what was found, what is wrong, what would be right
EDITS: dict[str, tuple[Edit, str, str, str, str]] = {
    "a formula never calculated": (
        put("Demand", "H2", "=600+100"), "Demand!H2", "=600+100", "this formula was never calculated.",
        "Open the file in a spreadsheet program, let it calculate, and save; or write the value."),
    "an error cell": (
        put("Demand", "H2", "#REF!"), "Demand!H2", "#REF!", "the formula in this cell failed.",
        "Mend it or write the value."),
    "a date for a number": (
        put("Demand", "H2", dt.datetime(2026, 3, 1)), "Demand!H2", "2026-03-01",
        "the date or time 2026-03-01 stands where a number belongs.",
        "Format the cell as a number and write the number anew."),
    "a date for a year": (
        put("Deals", "D2", dt.datetime(2026, 1, 1)), "Deals!D2", "2026-01-01",
        "the date 2026-01-01 stands where a year belongs.", "Write the year, e.g. 2026."),
    "a decimal comma": (
        put("Supply", "E2", "55,5"), "Supply!E2", "55,5",
        "'55,5' is written with separators that can be misread.", "Write 55.5."),
    "separators of thousands": (
        put("Supply", "E2", "1.234,5"), "Supply!E2", "1.234,5",
        "'1.234,5' is written with separators that can be misread.", "Write 1234.5."),
    "a truth value for a number": (
        put("Demand", "H2", True), "Demand!H2", "TRUE", "TRUE stands where a number belongs.", "Write a number."),
    "a percentage of tonnes": (
        put("Demand", "H2", 0.5, "0%"), "Demand!H2", "0.5", "the number is formatted as a percentage.",
        "Format it as a plain number in t, kg or kt."),
    "merged cells": (
        merge("Places", "A3:A4"), "Places!A3", "A3:A4", "the cells A3:A4 are merged.",
        "Unmerge them and fill each cell."),
    "a second table below": (
        beside("Places", (7, 1, "name"), (7, 2, "home"), (8, 1, "Elsewhere")), "Places!A7", "name",
        "a second table begins here, and a sheet holds one; nothing from here on was read.",
        "Move its rows up to the table above and delete this row, or give it a sheet whose name begins with _."),
    "a second table beside": (
        beside("Places", (1, 6, "name"), (2, 6, "Elsewhere")), "Places!F1", "name",
        "a second table begins here, beside the first, and a sheet holds one; nothing of it was read.",
        "Put its rows below those of the first, or give it a sheet whose name begins with _."),
    "a cell beside the table": (
        beside("Places", (3, 7, "a thought")), "Places!G3", "a thought",
        "this cell stands in a column without a header.", "Give the column a header or clear the cell."),
    "a sign that cannot be seen": (
        put("Places", "A3", "Abr\u200boad"), "Places!A3", "Abr<U+200B>oad",
        "the cell holds a sign that cannot be seen (U+200B).", "Clear the cell and type it anew."),
    "a sheet of another name": (
        lambda book: book.create_sheet("Prices").append(["a"]), "Prices", "Prices", "there is no sheet of this name.",
        "If it is your own, call it '_Prices'. A sheet whose name starts with _ is left alone."),
    "a year that is no column": (
        put("Supply", "E1", "price 26 (USD/kg)"), "Supply!E1", "price 26 (USD/kg)",
        "the sheet Supply has no column 'price 26'.", "Did you mean 'price'?"),
    "a header that failed": (
        put("Places", "B1", "#REF!"), "Places!B1", "#REF!", "the formula in this cell failed.",
        "Mend it or write the value."),
    "a date for a header": (
        put("Supply", "E1", dt.datetime(2026, 1, 1)), "Supply!E1", "2026-01-01", "2026-01-01 is no header.",
        "Format the cell as text, e.g. 'limit 2030 (t)'."),
    "a truth value for a name": (
        put("Deals", "A2", True), "Deals!A2", "TRUE", "TRUE stands where a text belongs.", "Write the text."),
    "a date for a name": (
        put("Supply", "B2", dt.datetime(2026, 1, 1)), "Supply!B2", "2026-01-01",
        "the date 2026-01-01 stands where a name belongs.", "Format the cell as text."),
    "no unit": (
        put("Supply", "G1", "limit"), "Supply!G1", "limit", "the numbers of 'limit' have no unit.",
        "Write it in the header, e.g. 'limit (t)'."),
}


@pytest.mark.parametrize("name", EDITS)
def test_what_only_a_workbook_can_have(name: str, tmp_path: Path) -> None:
    edit, cell, found, message, suggestion = EDITS[name]
    file = edited(workbook(tmp_path), edit)
    first = next((f for f in read_unchecked(file)[1] if f.cell == cell), None)
    assert first is not None, read_unchecked(file)[1]
    assert (first.message, first.found, first.suggestion) == (message, found, suggestion)
    assert first.level == "error"


def edited(file: Path, edit: Edit) -> Path:
    book = openpyxl.load_workbook(file)
    edit(book)
    book.save(file)
    return file


# what is unlikely but may be meant: a warning, and the case can be solved
ODD: list[tuple[str, str, str, str, str, str]] = [
    ("a series off by 1,000 in its unit", "Supply", "55,60,2,", "55,60000,2,",
     "Supply!F2", "this is 1,091 times the 55 USD/kg of 2026."),
    ("a series that falls by 1,000", "Demand", "700,800,900", "700,800,0.9",
     "Demand!J2", "this is 1/889 of the 800 t of 2027."),
    ("a price per tonne in a column per kilogram", "Materials", "oxide,oxide,,60", "oxide,oxide,,60000",
     "Materials!D2", "this is 1,091 times the 55 USD/kg that is elsewhere for the same material."),
    ("a deal that starts too late", "Deals", "2026,2027,6", "2026,2027,60",
     "Deals!F2", "whenever it is signed, the deal starts after 2028."),
]


@pytest.mark.parametrize("case", ODD, ids=[one[0] for one in ODD])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_unlikely_is_a_warning(case: tuple[str, ...], form: str, tmp_path: Path) -> None:
    _, sheet, old, new, cell, message = case
    file = workbook(tmp_path, (sheet, old, new))
    read, findings = read_unchecked(file if form == "xlsx" else tmp_path / "source")
    assert read is not None
    assert [(f.cell, f.message) for f in findings if f.level == "warning" and f.cell == cell] == [(cell, message)]
    assert not [f for f in findings if f.level == "error"]


SMALL_SHARE = "this is 0.075 %, where others are 7.5 %."


def test_a_fraction_in_a_column_of_per_cent(tmp_path: Path) -> None:
    new = "oxide in,oxide,Abroad,Home,300,1,7.5,,,,\nmore oxide,oxide,Abroad,Home,300,1,0.075,,,,"
    file = workbook(tmp_path, ("Lanes", "oxide in,oxide,Abroad,Home,300,1,5,,,,", new))
    assert told(file, "warning") == [("Lanes!G3", SMALL_SHARE)]


def test_a_sound_workbook_has_no_finding(tmp_path: Path) -> None:
    findings: tuple[Finding, ...] = read_unchecked(workbook(tmp_path))[1]
    assert findings == ()
