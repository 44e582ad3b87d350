"""The reader of .ods: true cells, and what a library would not tell apart."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pytest

from optimizer.case import look
from optimizer.case.findings import CaseError
from optimizer.case.raw import RawBook
from optimizer.case.read import read_case
from optimizer.case.read_ods import read_ods_file

SPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in
                  ("office", "table", "text", "style"))
CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def document(path: Path, rows: str, *, name: str = "Places", before: str = "", **more: str) -> Path:
    """An .ods file with one sheet."""
    text = (
        f'<?xml version="1.0"?>{before}<office:document-content {SPACES} {CALC}>{more.get("styles", "")}'
        '<office:body><office:spreadsheet>'
        f'<table:table table:name="{name}" table:style-name="{more.get("style", "")}">{rows}</table:table>'
        "</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", text)
        packed.writestr("META-INF/manifest.xml", more.get("manifest", "<manifest/>"))
    return path


def row(*cells: str, times: int = 1) -> str:
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeated}>{''.join(cells)}</table:table-row>"


def cell(text: str = "", kind: str = "string", **attributes: str) -> str:
    named = {"value": "office:value", "date": "office:date-value", "truth": "office:boolean-value",
             "time": "office:time-value",
             "formula": "table:formula", "across": "table:number-columns-repeated",
             "wide": "table:number-columns-spanned", "error": "calcext:value-type"}
    more = "".join(f' {named[key]}="{value}"' for key, value in attributes.items())
    shown = f' office:value-type="{kind}"' if kind else ""
    return f"<table:table-cell{shown}{more}>{f'<text:p>{text}</text:p>' if text else ''}</table:table-cell>"


def values(book: RawBook) -> dict[tuple[int, int], Any]:
    sheet = book.sheets["Places"]
    return {(at, c.column): c.value for at, line in {sheet.header_row: sheet.header, **sheet.rows}.items()
            for c in line.values()}


BLANK = '<table:table-cell table:number-columns-repeated="{}"/>'


def test_cells_stand_where_they_stand(tmp_path: Path) -> None:
    path = document(tmp_path / "a.ods", "".join([
        row(cell("name"), BLANK.format(2), cell("lat")),
        row(BLANK.format(16384), times=3),
        row(cell("Home", across="2"), cell("20.5", "float", value="20.5"), times=2),
        row(BLANK.format(16384), times=1_048_570),
    ]))
    assert values(read_ods_file(path)) == {
        (1, 1): "name", (1, 4): "lat", (5, 1): "Home", (5, 2): "Home", (5, 3): 20.5,
        (6, 1): "Home", (6, 2): "Home", (6, 3): 20.5,
    }


def test_every_kind_of_value(tmp_path: Path) -> None:
    path = document(tmp_path / "a.ods", row(cell("h")) + row(
        cell("5", "float", value="5"), cell("30 %", "percentage", value="0.3"), cell("x", "date", date="2030-04-01"),
        cell("x", "boolean", truth="true"), cell("3 €", "currency", value="3.5"), cell("b<text:s text:c=\"2\"/>c"),
        cell("one</text:p><text:p>two"), cell("2030", "string"),
    ))
    book = read_ods_file(path)
    assert list(values(book).values()) == [
        "h", 5, 0.3, dt.datetime(2030, 4, 1), True, 3.5, "b  c", "one\ntwo", "2030",
    ]
    assert [c.percent for c in book.sheets["Places"].rows[2].values()] == [False, True, *[False] * 6]
    assert book.findings == []


def test_a_comment_is_no_text_of_its_cell(tmp_path: Path) -> None:
    noted = ('<table:table-cell office:value-type="string"><office:annotation><text:p>a comment</text:p>'
             "</office:annotation><text:p>name</text:p></table:table-cell>")
    assert values(read_ods_file(document(tmp_path / "a.ods", row(noted)))) == {(1, 1): "name"}


def test_errors_formulas_and_merged_cells_are_told(tmp_path: Path) -> None:
    path = document(tmp_path / "a.ods", row(cell("name"), cell("lat")) + row(
        cell("#DIV/0!", "string", error="error", formula="of:=1/0"), cell("", "", formula="of:=[.A1]"),
        cell("wide", wide="2"),
    ))
    told = [(f.cell, f.found, f.message) for f in read_ods_file(path).findings]
    assert told == [
        ("Places!A2", "#DIV/0!", "the formula in this cell failed."),
        ("Places!B2", "=[.A1]", "this formula was never calculated."),
        ("Places!C2", "C2:D2", "the cells C2:D2 are merged."),
    ]


@pytest.mark.parametrize("marked", [
    cell("#DIV/0!", "string", error="error", formula="of:=1/0"),
    cell("#DIV/0!", "string", formula="of:=1/0"),
    cell("#DIV/0!", "float", value="0", formula="of:=1/0"),
    cell("#DIV/0!", "string"),
])
def test_an_error_is_told_however_a_program_writes_it(tmp_path: Path, marked: str) -> None:
    book = read_ods_file(document(tmp_path / "a.ods", row(cell("h")) + row(BLANK.format(3), marked)))
    assert [(f.cell, f.found, f.message) for f in book.findings] == [
        ("Places!D2", "#DIV/0!", "the formula in this cell failed."),
    ]
    assert values(book)[2, 4] is None


def test_a_formula_that_yields_nothing_is_blank_and_one_that_yields_truth_is_true(tmp_path: Path) -> None:
    nothing = '<table:table-cell table:formula="of:=&quot;&quot;"><text:p/></table:table-cell>'
    path = document(tmp_path / "a.ods", row(cell("h")) + row(
        nothing, cell("TRUE", "float", value="1", formula="of:=[.A1]&gt;0"),
        cell("FALSCH", "float", value="0", formula="of:=FALSE()"), cell("TRUE", "string"),
    ))
    book = read_ods_file(path)
    assert book.findings == []
    assert [str(value) for value in values(book).values()] == ["h", "True", "False", "TRUE"]


@pytest.mark.parametrize("text", ["Err:502", "#NAME?", "#NEU!"])
def test_errors_that_only_formulas_give(tmp_path: Path, text: str) -> None:
    path = document(tmp_path / "a.ods", row(cell("h")) + row(cell(text, "float", value="0", formula="of:=X()")))
    assert [(f.cell, f.found) for f in read_ods_file(path).findings] == [("Places!A2", text)]


def test_that_a_text_begins_like_an_error_makes_it_none(tmp_path: Path) -> None:
    path = document(tmp_path / "a.ods", row(cell("h")) + row(cell("#1 mine"), cell("Err:502")))
    assert (read_ods_file(path).findings, values(read_ods_file(path))[2, 1]) == ([], "#1 mine")


@pytest.mark.parametrize("cells", [
    cell("x", "float", value="nan"), cell("x", "float", value="1,5"), cell("x", "float"),
    cell("x", "date", date="soon"), cell("x", "boolean", truth="perhaps"), cell("x", "time"),
])
def test_a_value_that_is_none_is_told_with_its_cell(tmp_path: Path, cells: str) -> None:
    book = read_ods_file(document(tmp_path / "a.ods", row(cell("h")) + row(cells)))
    assert [(f.cell, f.found, f.message, f.suggestion) for f in book.findings] == [
        ("Places!A2", "x", "the value of this cell is damaged.", "Clear the cell and type its value anew."),
    ]


@pytest.mark.parametrize(("told", "value"), [
    ("PT12H30M05S", dt.time(12, 30, 5)), ("PT00H00M00.5S", dt.time(0, 0, 0, 500_000)),
    ("PT36H00M00S", dt.timedelta(hours=36)),
])
def test_times(tmp_path: Path, told: str, value: object) -> None:
    path = document(tmp_path / "a.ods", row(cell("h")) + row(cell("x", "time", time=told)))
    assert values(read_ods_file(path))[2, 1] == value


@pytest.mark.parametrize(("written", "read"), [
    ("a \n\t  b", "a b"), ("  a<text:span> b</text:span><text:span> </text:span> c", "a b c"),
    ("a<text:tab/>b<text:line-break/>c", "a\tb\nc"), ("a<text:s/><text:s text:c='2'/>b", "a   b"),
    ("a<text:a>b</text:a><text:note><text:p>no</text:p></text:note>c", "abc"),
    ("&lt;&amp;&#x1F600;", "<&\U0001f600"), ("a<draw xmlns='x'><text:p>no</text:p></draw>b", "ab"),
])
def test_texts_as_the_format_writes_them(tmp_path: Path, written: str, read: str) -> None:
    assert values(read_ods_file(document(tmp_path / "a.ods", row(cell(written))))) == {(1, 1): read}


def test_what_is_drawn_on_a_sheet_or_kept_of_older_versions_is_none_of_its_cells(tmp_path: Path) -> None:
    drawn = f"<table:shapes><x><table:table>{row(cell('no'))}</table:table></x></table:shapes>"
    inside = f'<table:table-cell office:value-type="string"><x>{drawn}</x><text:p>yes</text:p></table:table-cell>'
    groups = f"<table:table-row-group><table:table-rows>{row(inside)}</table:table-rows></table:table-row-group>"
    assert values(read_ods_file(document(tmp_path / "a.ods", drawn + groups))) == {(1, 1): "yes"}


def test_a_hidden_sheet_is_told(tmp_path: Path) -> None:
    path = document(tmp_path / "a.ods", row(cell("h")), style="out", before="", styles=(
        '<style:style style:name="out"><style:table-properties table:display="false"/></style:style>'))
    assert [(f.cell, f.level, f.message) for f in read_ods_file(path).findings] == [
        ("Places", "warning", "the sheet is hidden; what stands in it counts all the same."),
    ]


def test_a_formula_with_a_value_gives_it(tmp_path: Path) -> None:
    path = document(tmp_path / "a.ods", row(cell("h")) + row(cell("6", "float", value="6", formula="of:=2*3")))
    assert values(read_ods_file(path))[2, 1] == 6


@pytest.mark.parametrize("name", ["_mine", "Guide", "Check"])
def test_sheets_of_no_case_are_passed_by(tmp_path: Path, name: str) -> None:
    book = read_ods_file(document(tmp_path / "a.ods", row(cell("", "", formula="of:=1")), name=name))
    assert (book.sheets, book.findings) == ({}, [])


@pytest.mark.parametrize(("made", "told"), [
    ({"rows": row(cell("x", across="16384"))}, "the sheet Places reaches to row 1 and column 16,384"),
    ({"rows": row(cell("x"), times=1_048_576)}, "the sheet Places reaches to row 1,048,576 and column 1"),
    ({"rows": "", "before": '<!DOCTYPE x [<!ENTITY a "b">]>'}, "the part content.xml declares entities"),
    ({"rows": "", "manifest": "<manifest:encryption-data/>"}, "the file is locked with a password."),
    ({"rows": "<broken"}, "the file is damaged"),
])
def test_files_that_are_refused(tmp_path: Path, made: dict[str, str], told: str) -> None:
    with pytest.raises(CaseError) as fault:
        read_case(document(tmp_path / "a.ods", **made))
    assert len(fault.value.findings) == 1
    assert told in str(fault.value)


def test_rows_that_multiply_are_counted_before_they_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look, "MOST_CELLS", 50)
    with pytest.raises(CaseError, match="far more than a case needs"):
        read_ods_file(document(tmp_path / "a.ods", row(cell("x", across="10"), times=6)))


def test_what_is_no_ods(tmp_path: Path) -> None:
    (tmp_path / "a.ods").write_bytes(b"%PDF-1.7")
    with pytest.raises(CaseError, match=r"a\.ods: the file is a PDF and not an \.ods spreadsheet\."):
        read_case(tmp_path / "a.ods")


def test_hidden_rows_and_columns_are_told_and_read(tmp_path: Path) -> None:
    hidden = row(cell("Home"), cell("yes")).replace("<table:table-row", '<table:table-row table:visibility="filter"')
    columns = '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="9"/>'
    book = read_ods_file(document(tmp_path / "a.ods", columns + row(cell("name"), cell("home")) + hidden))
    assert values(book)[2, 1] == "Home"
    assert [(f.cell, f.level, f.message) for f in book.findings] == [
        ("Places!A2", "warning", "row 2 is hidden; what stands in it counts all the same."),
        ("Places!B1", "warning", "column B is hidden; what stands in it counts all the same."),
    ]
