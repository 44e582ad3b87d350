"""The workbook that a planner edits: lists to choose from, comments, colours, links; and copies with faults marked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from optimizer.case.findings import CaseError, Finding
from optimizer.case.layout import fields_of
from optimizer.case.read import read_case, read_unchecked
from optimizer.case.schema import SHEETS, Settings
from optimizer.case.template.book import workbook
from optimizer.case.template.files import blank_workbook, marked_copy, workbook_from
from optimizer.case.template.sheets import SheetToWrite, completed
from optimizer.case.write import csv_folder_to_xlsx

INPUTS = Path(__file__).parents[2] / "inputs"


def saved(content: bytes, folder: Path, name: str = "book.xlsx") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


@pytest.fixture(name="blank", scope="module")
def make_blank(tmp_path_factory: pytest.TempPathFactory) -> Any:
    content = blank_workbook("My case", "EUR", range(2027, 2031))
    return openpyxl.load_workbook(saved(content, tmp_path_factory.mktemp("blank")))


@pytest.fixture(name="india", scope="module")
def make_india(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return openpyxl.load_workbook(saved(workbook_from(INPUTS / "india"), tmp_path_factory.mktemp("i")))


def headers(sheet: Any) -> list[str]:
    return [cell.value for cell in sheet[1]]


def test_a_blank_workbook_has_every_sheet_and_column_of_the_schema(blank: Any) -> None:
    assert blank.sheetnames == ["Guide", "Case", *SHEETS]
    for name, owner in SHEETS.items():
        told = [header.partition(" (")[0] for header in headers(blank[name])]
        for field in fields_of(owner):
            assert field.header in told or any(h.startswith(f"{field.header} 20") for h in told), (name, field.header)
    settings = [row[0].value for row in blank["Case"].iter_rows(min_row=2)]
    assert settings == [field.header for field in fields_of(Settings)]


def test_a_blank_workbook_is_read_without_a_fault_of_form(tmp_path: Path) -> None:
    _, findings = read_unchecked(saved(blank_workbook("My case", "EUR", range(2027, 2031)), tmp_path))
    assert not [finding for finding in findings if "!" in finding.cell], findings


def test_each_header_says_in_a_comment_what_its_column_is(blank: Any) -> None:
    for name, owner in SHEETS.items():
        known = {field.header: field for field in fields_of(owner)}
        for cell in blank[name][1]:
            assert cell.comment is not None, (name, cell.value)
            stem = cell.value.partition(" (")[0].rstrip("0123456789 ")
            if stem in known:
                assert known[stem].description in cell.comment.text
    fee = next(cell for cell in blank["Deals"][1] if cell.value == "fee (EUR/kg)")
    assert "'fee 2030 (EUR/kg)'" in fee.comment.text
    assert "Blank means: nothing." in fee.comment.text


def test_words_to_choose_from_are_those_of_the_schema_and_names_those_of_other_sheets(india: Any) -> None:
    deals, lanes = india["Deals"], india["Lanes"]
    assert validation(deals, "decide") == '"now,later"'
    assert validation(lanes, "material") == "names_Materials"
    assert validation(lanes, "from") == "names_Places"
    assert validation(india["Supply"], "payer") == '"industry,public,IREL"'
    assert validation(lanes, "source") == "names_Sources"
    named = india.defined_names["names_Places"].attr_text
    assert named.startswith("OFFSET(Places!$A$2,")


def validation(sheet: Any, header: str) -> str:
    """The source of the list in a column."""
    at = headers(sheet).index(header) + 1
    letter = openpyxl.utils.get_column_letter(at)
    found = [v.formula1 for v in sheet.data_validations.dataValidation if f"{letter}2" in v.sqref]
    assert len(found) == 1, (header, found)
    return found[0]


def test_every_sheet_of_a_case_is_a_table_with_a_frozen_header(india: Any) -> None:
    for name in ["Case", *SHEETS]:
        sheet = india[name]
        assert list(sheet.tables) == [f"table_{name}"]
        assert sheet.freeze_panes == "B2"
        assert all(isinstance(cell.value, str) for cell in sheet[1]), "a table's headers are texts"


def test_colours_follow_what_is_written(india: Any) -> None:
    rules = [rule.formula[0] for area in india["Supply"].conditional_formatting for rule in area.rules]
    names = headers(india["Supply"])
    confidence = openpyxl.utils.get_column_letter(names.index("confidence") + 1)
    assert f'LOWER(TRIM(${confidence}2))="assumption"' in rules
    assert f'LOWER(TRIM(${confidence}2))="low"' in rules
    y2028, y2030 = (openpyxl.utils.get_column_letter(names.index(f"price {y} (USD/kg)") + 1) for y in (2028, 2030))
    assert any(rule.startswith(f'AND(${y2028}2=""') and f"${y2030}2" in rule for rule in rules)


def test_a_row_switched_off_is_grey(blank: Any) -> None:
    rules = [rule.formula[0] for area in blank["Deals"].conditional_formatting for rule in area.rules]
    at = openpyxl.utils.get_column_letter(headers(blank["Deals"]).index("use") + 1)
    assert f'LOWER(TRIM(${at}2))="no"' in rules


def test_the_guide_links_to_every_sheet(india: Any) -> None:
    assert links(india["Guide"]) == {f"'{name}'!A1" for name in ["Case", *SHEETS]}


def links(sheet: Any) -> set[str]:
    """Where the links of a sheet lead."""
    return {cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink is not None}


def test_a_workbook_from_a_case_is_that_case(tmp_path: Path) -> None:
    made = read_case(saved(workbook_from(INPUTS / "first_steps"), tmp_path))
    case = read_case(INPUTS / "first_steps")
    assert (made.settings, made.sheets) == (case.settings, case.sheets)
    assert dict(case.origin.cells) == dict(made.origin.cells)


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    assert workbook_from(INPUTS / "first_steps") == workbook_from(INPUTS / "first_steps")


def test_a_case_that_cannot_be_read_starts_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "Case.csv").write_text("setting,value\ntitle,x\n")
    with pytest.raises(CaseError):
        workbook_from(tmp_path / "case")


def test_a_marked_copy_shows_each_fault_where_it_is_and_lists_them(tmp_path: Path) -> None:
    source = tmp_path / "case.xlsx"
    csv_folder_to_xlsx(INPUTS / "first_steps", source)
    findings = [
        Finding("Supply!B3", "Supply[x].place", "Frend", "there is no place 'Frend'.", "Did you mean 'Friend'?"),
        Finding("Supply!D1", "", "price", "no unit.", "", "warning"),
        Finding("Lanes!Q9", "", "", "a fault in a blank cell.", ""),
        Finding("Nowhere", "", "", "no such sheet.", ""),
    ]
    book = openpyxl.load_workbook(saved(marked_copy(source, findings), tmp_path, "marked.xlsx"))
    assert book.sheetnames[:2] == ["Check", "Guide"]
    cell = book["Supply"]["B3"]
    assert cell.fill.fgColor.rgb == "FFF4B6B0"
    assert cell.comment.text == "there is no place 'Frend'. Did you mean 'Friend'?"
    assert book["Supply"]["D1"].fill.fgColor.rgb == "FFFFE28A"
    assert "no unit." in book["Supply"]["D1"].comment.text
    assert book["Lanes"]["Q9"].comment.text == "a fault in a blank cell."
    listed = {row[0].value: [c.value for c in row] for row in book["Check"].iter_rows(min_row=2)}
    assert listed["Supply!B3"][1:3] == ["fault", "Frend"]
    assert listed["Nowhere"][3] == "no such sheet."
    assert links(book["Check"]) == {"'Supply'!B3", "'Supply'!D1", "'Lanes'!Q9"}
    assert source.read_bytes() != b""


def test_a_marked_copy_reads_as_the_file_that_it_is_a_copy_of(tmp_path: Path) -> None:
    source = tmp_path / "case.xlsx"
    csv_folder_to_xlsx(INPUTS / "first_steps", source)
    finding = Finding("Supply!B3", "", "", "looked at.", "", "warning")
    copy = read_case(saved(marked_copy(source, [finding]), tmp_path, "marked.xlsx"))
    case = read_case(source)
    assert (copy.settings, copy.sheets) == (case.settings, case.sheets)


def test_every_kind_of_cell_is_copied_as_it_is(tmp_path: Path) -> None:
    source = tmp_path / "odd.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Case"
    for row in (["setting", "value"], ["title", "=1+1"], ["first year", dt.date(2027, 1, 1)], ["discount rate", 0.085],
                ["confidential", True], ["budget", 1 / 3]):
        sheet.append(row)
    sheet["B2"].data_type = "s"
    sheet["B4"].number_format = "0.0%"
    book.save(source)
    copy = openpyxl.load_workbook(saved(marked_copy(source, [Finding("Case!A1", "", "", "m", "")]), tmp_path))["Case"]
    assert copy["B3"].value == dt.datetime(2027, 1, 1)
    assert (copy["B4"].value, copy["B4"].number_format) == (0.085, "0.0%")
    assert copy["B5"].value is True
    assert copy["B6"].value == 1 / 3


def test_a_sheet_whose_headers_make_no_table_is_written_all_the_same(tmp_path: Path) -> None:
    twice = SheetToWrite("Places", {(1, 1): "name", (1, 2): "name", (2, 1): "Home"})
    gap = SheetToWrite("Materials", {(1, 1): "name", (1, 3): "stage", (2, 1): "oxide"})
    book = openpyxl.load_workbook(saved(workbook([twice, gap]), tmp_path))
    assert not book["Places"].tables
    assert not book["Materials"].tables
    assert book["Materials"]["A2"].value == "oxide"


def test_sheets_that_a_case_lacks_are_added_in_order() -> None:
    names = [sheet.name for sheet in completed([SheetToWrite("Lanes", {(1, 1): "name"})], "USD", range(2026, 2028))]
    assert names == list(SHEETS)


def test_text_that_a_spreadsheet_takes_for_a_formula_stays_text(tmp_path: Path) -> None:
    sheet = SheetToWrite("Places", {(1, 1): "name", (2, 1): "=cmd|' /C calc'!A0", (3, 1): "@SUM(1)", (4, 1): "http://x.y"})
    made = openpyxl.load_workbook(saved(workbook([sheet]), tmp_path))["Places"]
    assert [(made.cell(row, 1).data_type, made.cell(row, 1).hyperlink) for row in (2, 3, 4)] == [("s", None)] * 3


def test_sheets_of_the_planner_s_own_are_copied_as_the_values_they_show(tmp_path: Path) -> None:
    source = tmp_path / "case.xlsx"
    csv_folder_to_xlsx(INPUTS / "first_steps", source)
    book = openpyxl.load_workbook(source)
    book.create_sheet("_mine").append(["a note", 1.5, "2026"])
    book.save(source)
    copy = openpyxl.load_workbook(saved(marked_copy(source, [Finding("Case!A1", "", "", "m", "")]), tmp_path, "c.xlsx"))
    assert [cell.value for cell in copy["_mine"][1]] == ["a note", 1.5, "2026"]
