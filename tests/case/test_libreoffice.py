"""What goes through LibreOffice and back is the same case: in the same form, and as .ods."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from optimizer.case.read import read_case, read_unchecked
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


def test_a_marked_copy_opens(tmp_path: Path) -> None:
    _, findings = read_unchecked(INPUTS / "first_steps.xlsx")
    copy = marked_copy(INPUTS / "first_steps.xlsx", findings)
    (tmp_path / "copy.xlsx").write_bytes(copy)
    assert read_case(converted(tmp_path / "copy.xlsx", "ods", tmp_path / "out")).settings.title == "First steps"
