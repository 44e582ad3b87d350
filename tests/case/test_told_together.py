"""What a planner meets who mends a workbook: all that is wrong at once, each once, with what would be right."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from optimizer.case.changes import apply_changes, parse_set
from optimizer.case.checks import REST
from optimizer.case.findings import CaseError, Finding
from optimizer.case.read import read_case, read_unchecked
from optimizer.case.template.book import workbook
from optimizer.case.template.sheets import SheetToWrite
from optimizer.case.template.titles import titles
from tests.broken.folder import SHEETS, write
from tests.case.reading import BASE, findings, folder

INPUTS = Path(__file__).parents[2] / "inputs"


@pytest.mark.parametrize("name", ["india", "india.xlsx", "first_steps", "first_steps.xlsx"])
def test_what_is_shipped_has_neither_fault_nor_warning(name: str) -> None:
    assert read_unchecked(INPUTS / name)[1] == ()


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_missing_sheet_is_told_in_a_sentence_or_two(sheet: str, tmp_path: Path) -> None:
    made = write(tmp_path)
    (made / f"{sheet}.csv").unlink()
    told = [finding for finding in read_unchecked(made)[1] if finding not in (REST,)]
    assert len([finding for finding in told if finding.level == "error"]) <= 3, told


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet != "Case"])
def test_a_sheet_that_is_not_utf_8_brings_no_others(sheet: str, tmp_path: Path) -> None:
    made = write(tmp_path)
    (made / f"{sheet}.csv").write_bytes(SHEETS[sheet].encode() + b"\xff\n")
    told = [finding for finding in read_unchecked(made)[1] if finding != REST]
    assert {finding.cell.partition("!")[0] for finding in told if finding.level == "error"} == {sheet}


def test_a_sheet_renamed_and_one_deleted_are_told_together(tmp_path: Path) -> None:
    made = write(tmp_path)
    (made / "Lanes.csv").rename(made / "Lane.csv")
    (made / "Places.csv").unlink()
    told = read_unchecked(made)[1]
    assert [finding.cell for finding in told] == ["Lane", "Places", REST.cell]
    assert told[0].suggestion.startswith("Did you mean 'Lanes'?")


def test_where_not_all_could_be_checked_the_last_finding_says_so(tmp_path: Path) -> None:
    told = read_unchecked(folder(tmp_path / "base", Places="name,home\nHome,maybe\nAbroad,\n"))[1]
    assert told[-1] == REST
    assert REST not in read_unchecked(folder(tmp_path / "base", Lanes="name,material,from,to\nx,magnet,A,Home\n"))[1]


SUGGESTED = [
    ("Notes", "a\nb\n", "Notes",
     "If it is your own, call it '_Notes'. A sheet whose name starts with _ is left alone."),
    ("Supply", BASE["Supply"].replace("price (USD/kg)", "Price [USD/kg]"), "Supply!D1", "Write 'price (USD/kg)'."),
    ("Supply", BASE["Supply"].replace(",50,", ",₹2000/kg,"), "Supply!D2",
     "Write 2000 INR/kg, or 2000 alone where the header gives the unit."),
    ("Supply", BASE["Supply"].replace(",50,", ",$26,"), "Supply!D2",
     "Write 26 USD, or 26 alone where the header gives the unit."),
    ("Case", BASE["Case"].replace("last year,2027", "last year,2027-28"), "Case!B4", "Write 2027."),
    ("Lanes", BASE["Lanes"].replace("Abroad", "Abro"), "Lanes!C2", "Did you mean 'Abroad'?"),
    ("Case", BASE["Case"] + "currency,Rupees,,,\n", "Case!B6", "Write its code of three letters, e.g. INR."),
]


@pytest.mark.parametrize(("sheet", "text", "cell", "suggestion"), SUGGESTED)
def test_what_would_be_right(sheet: str, text: str, cell: str, suggestion: str, tmp_path: Path) -> None:
    assert findings(folder(tmp_path / "base", **{sheet: text}))[cell].suggestion == suggestion


def test_the_beginning_of_a_long_name_is_enough_to_know_it(tmp_path: Path) -> None:
    text = BASE["Places"] + "\"IREL board, mining\",,\n"
    lanes = BASE["Lanes"].replace("sea,magnet,Abroad", "sea,magnet,IREL bord")
    told = findings(folder(tmp_path / "base", Places=text, Lanes=lanes))
    assert told["Lanes!C2"].suggestion == "Did you mean 'IREL board, mining'?"


def test_the_currency_of_a_case_is_not_changed_by_an_address(tmp_path: Path) -> None:
    case = read_case(folder(tmp_path / "base"))
    for text in ("Case[currency].value=INR", "Case[exchange rates].value=INR=90"):
        with pytest.raises(CaseError, match="cannot be changed here"):
            apply_changes(case, [parse_set(text)])
    assert apply_changes(case, [parse_set("Case[currency].value=USD")]) == case


def test_a_year_in_a_column_of_an_address_is_told_where_it_belongs(tmp_path: Path) -> None:
    case = read_case(folder(tmp_path / "base"))
    with pytest.raises(CaseError, match=r"Write Demand\[cars\]\.tonnes\.2030: the year stands behind a point"):
        apply_changes(case, [parse_set("Demand[cars].tonnes 2030=5")])


def test_names_of_sheets_become_ones_that_a_workbook_takes() -> None:
    names = ["Deals", "x[1]", "check", "'q", "a" * 40, "a" * 41, "History", "a:b", "..", "'"]
    made = titles(names, ["Check", "Guide"])
    assert made == ["Deals", "x(1)", "check 2", "q", "a" * 31, "a" * 29 + " 2", "History 2", "a_b", "..", "sheet"]


def test_a_copy_of_sheets_of_any_name_links_to_them(tmp_path: Path) -> None:
    sheets = [SheetToWrite(name, {(1, 1): "a"}) for name in ("x[1]", "check", "Guide", "it's " + "long " * 9)]
    told = [Finding(f"{sheet.name}!A1", "", "a", "wrong " * 60, "") for sheet in sheets]
    (tmp_path / "copy.xlsx").write_bytes(workbook(sheets, told))
    book = openpyxl.load_workbook(tmp_path / "copy.xlsx")
    check = book["Check"]
    assert [row[0].value for row in check.iter_rows(min_row=2, max_row=5)] == [finding.cell for finding in told]
    assert check["A2"].hyperlink.location == "'x(1)'!A1"
    assert check["A5"].hyperlink.location.startswith("'it''s long")
    assert check.row_dimensions[2].height > 60
    assert "formulas stand in it as the values" in check.cell(check.max_row, 1).value
