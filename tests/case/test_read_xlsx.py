"""The reader of .xlsx: true cells, the same as another reader finds, and what only some programs write."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from optimizer.case.findings import CaseError
from optimizer.case.raw import RawBook, RawCell
from optimizer.case.read_xlsx import read_xlsx_file
from optimizer.case.xlsx_formats import date_of, form_of, number_of

INPUTS = Path(__file__).parents[2] / "inputs"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
FORMATS = '<numFmts><numFmt numFmtId="164" formatCode="0.0&quot;%&quot;"/></numFmts>'
STYLES = f'{FORMATS}<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="9"/>' \
    '<xf numFmtId="14"/><xf numFmtId="46"/><xf numFmtId="164"/></cellXfs>'


def made(path: Path, rows: str, *, texts: str = "", space: str = MAIN, state: str = "visible", **more: str) -> Path:
    """A workbook with one sheet, written by hand."""
    relations = "".join(
        f'<Relationship Id="{mark}" Type="{KIND}/{kind}" Target="{target}"/>'
        for mark, kind, target in (("a", "worksheet", "/xl/odd.bin"), ("b", "styles", "styles.xml"),
                                   ("c", "sharedStrings", "../xl/sharedStrings.xml"), ("d", "chartsheet", "none.xml"))
    )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{KIND}"><workbookPr {more.get("book", "")}/><sheets>'
                           f'<sheet name="{more.get("name", "Places")}" state="{state}" r:id="a"/>'
                           '<sheet name="Chart" r:id="d"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{space}">{STYLES}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{space}">{texts}</sst>',
        "xl/odd.bin": f'<worksheet xmlns="{space}">{more.get("before", "")}<sheetData>{rows}</sheetData>'
                      f'{more.get("after", "")}</worksheet>',
    }
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path


def cells(book: RawBook, name: str = "Places") -> dict[tuple[int, int], RawCell]:
    sheet = book.sheets[name]
    return {(c.row, c.column): c for line in (sheet.header, *sheet.rows.values()) for c in line.values()}


def values(book: RawBook) -> dict[tuple[int, int], object]:
    return {at: cell.value for at, cell in cells(book).items()}


def told(book: RawBook) -> list[tuple[str, str, str]]:
    return [(finding.cell, finding.found, finding.message) for finding in book.findings]


@pytest.mark.parametrize("name", ["india", "first_steps"])
def test_a_shipped_case_has_the_cells_that_another_reader_finds(name: str) -> None:
    book = read_xlsx_file(INPUTS / f"{name}.xlsx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = openpyxl.load_workbook(INPUTS / f"{name}.xlsx", data_only=True)
    assert [*book.sheets] == [title for title in other.sheetnames if title != "Guide"]
    for title in book.sheets:
        there = {(c.row, c.column): c for line in other[title].iter_rows() for c in line if c.value is not None}
        assert {at: (c.value, c.percent) for at, c in cells(book, title).items()} == {
            at: (_trimmed(c.value), "%" in c.number_format and c.data_type == "n") for at, c in there.items()
        }


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zs", "Zl", "Zp")), min_size=1)
ANY = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False), st.integers(-10**15, 10**15), st.booleans(), WORDS,
    st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2200, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.tuples(st.integers(1, 300), st.integers(1, 60)), ANY, min_size=1, max_size=12))
@example({(1, 1): 0.1 + 0.2, (2, 1): 1e300, (3, 1): 5e-324, (4, 1): -0.0, (300, 60): 1 / 3})
@example({(1, 1): "_x0041_ a_x005F_", (2, 1): "<&>\"'", (3, 1): "\U0001f600 कख"})
def test_any_cells_are_read_where_and_as_they_are(filled: dict[tuple[int, int], object]) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Places"
    for (row, column), value in filled.items():
        cell = book.worksheets[0].cell(row, column)
        cell.value = value.replace("_x", "_x005F_x") if isinstance(value, str) else value
        if isinstance(value, str):
            cell.data_type = "s"
    with TemporaryDirectory() as folder:
        book.save(Path(folder) / "a.xlsx")
        read = read_xlsx_file(Path(folder) / "a.xlsx")
        other = openpyxl.load_workbook(Path(folder) / "a.xlsx")["Places"]
    assert read.findings == []
    # the writer keeps 16 digits of a number, so that what was filled in is not what is there to read
    assert values(read) == {
        (row, column): other.cell(row, column).value if isinstance(value, float) else value
        for (row, column), value in filled.items()
    }


def test_texts_of_every_kind(tmp_path: Path) -> None:
    texts = ("<si><t>name</t></si><si><r><t>ri</t></r><r><rPr><b/></rPr><t>ch</t></r></si>"
             "<si><t>\u6771\u4eac</t><rPh sb='0' eb='2'><t>toukyou</t></rPh></si>"
             "<si><t>a_x000A_b _x005F_x000A_</t></si>")
    rows = ('<row r="1">' + "".join(f'<c t="s"><v>{i}</v></c>' for i in range(4)) + '</row><row r="4"><c r="B4" '
            't="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c><c t="str"><f>A1</f><v>said</v></c></row>')
    assert values(read_xlsx_file(made(tmp_path / "a.xlsx", rows, texts=texts))) == {
        (1, 1): "name", (1, 2): "rich", (1, 3): "\u6771\u4eac", (1, 4): "a\nb _x000A_", (4, 2): "inline",
        (4, 3): "said",
    }


def test_numbers_of_every_kind(tmp_path: Path) -> None:
    rows = ('<row><c t="inlineStr"><is><t>h</t></is></c></row><row><c s="1"><v>0.3</v></c><c s="2"><v>47574</v></c>'
            '<c s="3"><v>1.5</v></c><c s="4"><v>30</v></c><c t="b"><v>1</v></c><c t="d"><v>2030-04-01</v></c>'
            '<c><v>1E3</v></c><c><v> 7 </v></c><c s="2"><v>1e9</v></c></row>')
    found = cells(read_xlsx_file(made(tmp_path / "a.xlsx", rows)))
    assert [found[2, at].value for at in range(1, 10)] == [
        0.3, dt.datetime(2030, 4, 1), dt.timedelta(hours=36), 30, True, dt.datetime(2030, 4, 1), 1000, 7, 10**9,
    ]
    assert [found[2, at].percent for at in range(1, 10)] == [True, *[False] * 8]


def test_dates_counted_from_1904(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", '<row><c s="2"><v>46112</v></c></row>', book='date1904="1"')
    assert values(read_xlsx_file(path)) == {(1, 1): dt.datetime(2030, 4, 1)}


def test_the_strict_form_is_read_too(tmp_path: Path) -> None:
    rows = '<row r="2"><c r="C2"><v>5</v></c></row>'
    assert values(read_xlsx_file(made(tmp_path / "a.xlsx", rows, space=STRICT))) == {(2, 3): 5}


def test_formulas_with_and_without_values(tmp_path: Path) -> None:
    rows = ('<row r="1"><c r="A1" t="inlineStr"><is><t>h</t></is></c><c r="B1"><f>1+1</f><v>2</v></c><c r="C1"><f>'
            'A1*2</f></c><c r="D1"><f t="shared" si="0"/><v></v></c><c r="E1" t="str"><f>""</f><v></v></c>'
            '<c r="F1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="G1" s="1"/></row>')
    book = read_xlsx_file(made(tmp_path / "a.xlsx", rows))
    assert values(book) == {(1, 1): "h", (1, 2): 2, (1, 3): None, (1, 4): None, (1, 6): None}
    assert told(book) == [
        ("Places!C1", "=A1*2", "this formula was never calculated."),
        ("Places!D1", "", "this formula was never calculated."),
        ("Places!F1", "#DIV/0!", "the formula in this cell failed."),
    ]


def test_of_very_many_faulty_cells_some_are_listed(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{row}"><c><f>1/0</f></c></row>' for row in range(1, 1_501))
    listed = told(read_xlsx_file(made(tmp_path / "a.xlsx", rows)))
    assert [cell for cell, _, _ in listed] == [*(f"Places!A{row}" for row in range(1, 1_001)), "Places"]
    assert listed[-1][2] == "over 1,000 cells of this sheet are at fault; those after them are not listed."


@pytest.mark.parametrize("number", ["nan", "inf", "1_000", "0x1F", "1,5", "\u0661"])
def test_a_number_that_is_none_is_told_with_its_cell(tmp_path: Path, number: str) -> None:
    book = read_xlsx_file(made(tmp_path / "a.xlsx", f'<row r="3"><c r="D3"><v>{number}</v></c></row>'))
    assert told(book) == [("Places!D3", number, "the value of this cell is damaged.")]


@pytest.mark.parametrize("rows", [
    '<row><c t="s"><v>0</v></c></row>', '<row><c t="s"><v>-1</v></c></row>', '<row><c s="99"><v>1</v></c></row>',
    '<row><c r="7H"><v>1</v></c></row>', '<row r="x"/>', "<row>", "&amp", "\x01",
])
def test_what_leads_nowhere_is_told_as_damage(tmp_path: Path, rows: str) -> None:
    with pytest.raises(CaseError, match=r"^a\.xlsx: the file is damaged \(.*\)\. Open it in a spreadsheet program"):
        read_xlsx_file(made(tmp_path / "a.xlsx", rows))


def test_merged_cells_are_told_with_their_range(tmp_path: Path) -> None:
    merged = '<mergeCells><mergeCell ref="B1:C1"/><mergeCell ref="A2:A2"/><mergeCell ref="Z9:Z10"/></mergeCells>'
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    assert told(read_xlsx_file(made(tmp_path / "a.xlsx", rows, after=merged))) == [
        ("Places!B1", "B1:C1", "the cells B1:C1 are merged."),
    ]


@pytest.mark.parametrize("name", ["Guide", "Check", "_mine"])
def test_sheets_of_no_case_are_not_even_read(tmp_path: Path, name: str) -> None:
    merged = '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    book = read_xlsx_file(made(tmp_path / "a.xlsx", '<row><c t="s"><v>99</v></c></row>', after=merged, name=name))
    assert (book.sheets, book.findings) == ({}, [])


def test_what_is_hidden_is_told_in_runs(tmp_path: Path) -> None:
    columns = '<cols><col min="1" max="1" hidden="1"/><col min="3" max="4" hidden="1"/><col min="9" max="16384" ' \
        'hidden="1"/></cols>'
    rows = "".join(f'<row r="{r}" hidden="{int(r in (2, 3, 5, 6))}"><c r="A{r}"><v>1</v></c><c r="E{r}"><v>1</v></c>'
                   "</row>" for r in range(1, 6)) + '<row r="6" hidden="1"/>'
    book = read_xlsx_file(made(tmp_path / "a.xlsx", rows, before=columns, state="veryHidden"))
    assert {finding.level for finding in book.findings} == {"warning"}
    assert told(book) == [
        ("Places", "", "the sheet is hidden; what stands in it counts all the same."),
        ("Places!A2", "", "rows 2 to 3 are hidden; what stands in them counts all the same."),
        ("Places!A5", "", "row 5 is hidden; what stands in it counts all the same."),
        ("Places!A1", "", "column A is hidden; what stands in it counts all the same."),
        ("Places!C1", "", "columns C to D are hidden; what stands in them counts all the same."),
    ]


@pytest.mark.parametrize("code", [
    *BUILTIN_FORMATS.values(), "yyyy\\-mm", "[$-409]d mmm yy", '0.0" mt"', "[Red]-0.0", "0.00E+00", "General",
    "#,##0 _d", "[$USD-409] 0.0", '"day" 0', "hh:mm", "* 0",
])
def test_dates_are_told_from_numbers_as_another_reader_does(code: str) -> None:
    assert (form_of(code) in ("date", "duration")) == bool(is_date_format(code))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_s_text_is_that_number(number: float) -> None:
    assert number_of(repr(number)) == number


@given(st.floats(60, 100_000), st.booleans())
def test_a_date_is_the_day_that_another_reader_finds(days: float, from_1904: bool) -> None:
    epoch = openpyxl.utils.datetime.MAC_EPOCH if from_1904 else openpyxl.utils.datetime.WINDOWS_EPOCH
    ours, other = date_of(days, from_1904=from_1904), openpyxl.utils.datetime.from_excel(days, epoch)
    assert isinstance(ours, dt.datetime)
    assert abs(ours - other) < dt.timedelta(seconds=1)
