"""What goes through LibreOffice and back is the same case: in the same form, and as .ods."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import openpyxl
import pytest

from optimizer.case.raw import RawBook
from optimizer.case.read import read_case, read_unchecked
from optimizer.case.read_ods import read_ods_file
from optimizer.case.read_xlsx import read_xlsx_file
from optimizer.case.template.files import blank_workbook, marked_copy
from optimizer.case.write import write_xlsx
from tests.case.test_write import full
from tests.libreoffice import converted

INPUTS = Path(__file__).parents[2] / "inputs"


@pytest.mark.parametrize("name", ["india", "first_steps"])
@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_shipped_case_comes_back_the_same(name: str, ending: str, tmp_path: Path) -> None:
    case, back = read_case(INPUTS / f"{name}.xlsx"), read_case(converted(INPUTS / f"{name}.xlsx", ending, tmp_path))
    assert back.settings == case.settings
    assert back.sheets == case.sheets
    assert back.origin.cells == case.origin.cells
    assert back.origin.units == case.origin.units


def test_a_case_with_every_column_comes_back_from_ods_and_again_from_xlsx(tmp_path: Path) -> None:
    write_xlsx(full(), tmp_path / "full.xlsx")
    made = converted(converted(tmp_path / "full.xlsx", "ods", tmp_path / "a"), "xlsx", tmp_path / "b")
    told, before = (
        [(f.cell, f.level, f.message) for f in read_unchecked(file)[1]] for file in (made, tmp_path / "full.xlsx")
    )
    assert told == before


def test_lists_of_names_grow_with_the_sheet_they_come_from(tmp_path: Path) -> None:
    (tmp_path / "blank.xlsx").write_bytes(blank_workbook("Blank", "USD", range(2026, 2029)))
    book = openpyxl.load_workbook(converted(tmp_path / "blank.xlsx", "xlsx", tmp_path / "out"))
    assert "COUNTA" in book.defined_names["names_Places"].attr_text
    rules = [rule.formula1 for rule in book["Lanes"].data_validations.dataValidation]
    assert "names_Places" in rules
    assert "names_Materials" in rules


def test_a_formula_that_fails_and_one_that_does_not(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(INPUTS / "first_steps.xlsx")
    supply = book["Supply"]
    assert (supply["D2"].value, supply["E3"].value) == (10, 60)
    supply["D2"], supply["E3"] = "=1/0", "=20*3"
    book.save(tmp_path / "formulas.xlsx")
    for ending in ("xlsx", "ods"):
        _, findings = read_unchecked(converted(tmp_path / "formulas.xlsx", ending, tmp_path / ending))
        told = {finding.cell: (finding.found, finding.message) for finding in findings}
        assert told["Supply!D2"] == ("#DIV/0!", "the formula in this cell failed.")
        assert "Supply!E3" not in told


def odd(path: Path) -> Path:
    """A workbook with every kind of value, number format and oddity of a sheet, far from the corner."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Places"
    rng = random.Random(3)
    # LibreOffice keeps 15 digits of a number that is not shown as it is
    numbers = [0.1, 1e-9, 123456789.125, -7, 2**40, 1e20, *(round(rng.uniform(-1e6, 1e6), 8) for _ in range(40))]
    formats = ["General", "0.00", "0.0%", "#,##0 [$EUR]", '0.0" %"', "0.00E+00"]
    for row, number in enumerate(numbers, start=5):
        for column, code in enumerate(formats, start=3):
            cell = sheet.cell(row, column, number)
            cell.number_format = code
    texts = [
        "  a  b ", "line\nline", "tab\there", "'quoted", "=no formula", "<&>\"", "\u0915\u0916 \u6771\u4eac \U0001f600",
        "1,5", "2030", "TRUE", "#REF", "Err:502", "a_x000A_b", "no\u00a0break",
    ]
    for row, text in enumerate(texts, start=5):
        cell = sheet.cell(row, 12, text)
        cell.data_type = "s"
    whens = [dt.datetime(2030, 4, 1), dt.datetime(2030, 4, 1, 12, 30), dt.time(12, 30), dt.timedelta(hours=36), True,
             False]
    for row, when in enumerate(whens, start=5):
        sheet.cell(row, 14, when)
    for row, formula in enumerate(["=1/0", "=NA()", "=nosuch(1)", '=""', "=C5*2", "=C5>0", '="a"&"b"'], start=5):
        sheet.cell(row, 16, formula)
    sheet.merge_cells("R5:S6")
    sheet["R5"] = "merged"
    for row in (7, 8, 20):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["E"].hidden = True
    book.create_sheet("Lanes").append(["name"])
    book["Lanes"].sheet_state = "hidden"
    for name in ("Guide", "Check", "_mine"):
        book.create_sheet(name).append(["=1/0"])
    book.save(path)
    return path


def test_every_kind_of_cell_is_the_same_from_xlsx_and_from_ods(tmp_path: Path) -> None:
    first = converted(odd(tmp_path / "odd.xlsx"), "xlsx", tmp_path / "a")
    other = converted(first, "ods", tmp_path / "b")
    one, two = read_xlsx_file(first), read_ods_file(other)
    assert [*one.sheets] == [*two.sheets] == ["Places", "Lanes"]
    for name in one.sheets:
        assert _cells(one, name) == _cells(two, name)
    assert sorted(_told(one)) == sorted(_told(two))


def test_every_number_and_text_comes_through_as_it_is(tmp_path: Path) -> None:
    before = _cells(read_xlsx_file(odd(tmp_path / "odd.xlsx")), "Places")
    after = _cells(read_ods_file(converted(tmp_path / "odd.xlsx", "ods", tmp_path / "out")), "Places")
    formulas = 16
    assert {at: cell for at, cell in after.items() if at[1] != formulas} == {
        at: cell for at, cell in before.items() if at[1] != formulas
    }
    assert [after[row, formulas][0] for row in (5, 6, 7, 9, 10, 11)] == [None, None, None, 0.2, True, "ab"]


def _cells(book: RawBook, name: str) -> dict[tuple[int, int], tuple[object, bool, bool]]:
    """Value of each cell, whether it is a percentage, and whether it is a truth value, which equals a number."""
    sheet = book.sheets[name]
    return {(c.row, c.column): (c.value, c.percent, isinstance(c.value, bool))
            for line in (sheet.header, *sheet.rows.values()) for c in line.values()}


def _told(book: RawBook) -> list[tuple[str, str, str, str]]:
    return [(f.cell, f.found, f.message, f.level) for f in book.findings]


def test_a_marked_copy_opens(tmp_path: Path) -> None:
    _, findings = read_unchecked(INPUTS / "first_steps.xlsx")
    copy = marked_copy(INPUTS / "first_steps.xlsx", findings)
    (tmp_path / "copy.xlsx").write_bytes(copy)
    assert read_case(converted(tmp_path / "copy.xlsx", "ods", tmp_path / "out")).settings.title == "First steps"
