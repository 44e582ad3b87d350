"""Files that are no case: each is refused in one sentence before anything of it is unpacked or believed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from optimizer.case import look, read_csv
from optimizer.case.findings import CaseError
from optimizer.case.read import read_case, read_unchecked
from optimizer.case.schema import Series
from tests.case.reading import BASE, findings, folder, workbook


def refusal(path: Path) -> str:
    """The one finding for a file."""
    with pytest.raises(CaseError) as fault:
        read_case(path)
    assert len(fault.value.findings) == 1
    return str(fault.value)


def repacked(path: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """A workbook with the bytes of its parts changed, left out where None, and other parts added."""
    made = workbook(path.with_name("whole.xlsx"))
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
        for name, data in more.items():
            new.writestr(name, data)
    return path


def test_no_such_file(tmp_path: Path) -> None:
    workbook(tmp_path / "india.xlsx")
    assert refusal(tmp_path / "indai.xlsx") == (
        "indai.xlsx: there is no such file or folder. Did you mean 'india.xlsx'?"
    )
    assert refusal(tmp_path / "no" / "such") == "such: there is no such file or folder."


@pytest.mark.parametrize(("name", "content", "told"), [
    ("a.xlsx", b"", "the file is empty."),
    ("a.xlsx", b"name,home\n", "the file is not an .xlsx spreadsheet. Save it as 'Excel workbook (.xlsx)'."),
    ("a.xlsx", b"PK\x03\x04 and then nothing", "the file is not an .xlsx spreadsheet."),
    ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
     "the file is in the old .xls format. Save it as .xlsx."),
    ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
     "the file is locked with a password. Save it without a password."),
    ("a.pdf", b"%PDF", "a case is an .xlsx or .ods file or a folder of .csv files, not .pdf."),
    ("a", b"x", "a case is an .xlsx or .ods file or a folder of .csv files, not this."),
    ("Case.csv", b"x", "a case is a folder of .csv files, not one of them. Name the folder."),
    ("~$a.xlsx", b"x", "this is the lock that a spreadsheet program leaves beside an open file."),
])
def test_what_is_no_workbook(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name).startswith(f"{name}: {told}")


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as packed:
        packed.writestr("letter.txt", "hello")
    assert "is not an .xlsx spreadsheet" in refusal(tmp_path / "a.xlsx")


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    assert refusal(tmp_path / "case").startswith("case: this folder holds no .csv file.")


@pytest.mark.parametrize("coding", ["ascii", "utf-16-le", "utf-16-be"])
def test_declared_entities_are_refused(tmp_path: Path, coding: str) -> None:
    bad = ('<!DOCTYPE x [<!ENTITY a "b">]>' + " " * 70_000).encode(coding)
    path = repacked(tmp_path / "a.xlsx", lambda name, data: bad if name.endswith("sheet1.xml") else data)
    assert "declares entities, which no spreadsheet program writes." in refusal(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = repacked(tmp_path / "a.xlsx", lambda name, data: data, **{"xl/media/a.bin": b"\0" * 20_000_000})
    assert "would unpack to 20 MB, far more than a case needs." in refusal(path)


def test_a_far_cell_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Places!XFD1048576": 1})
    assert "the sheet Places reaches to row 1,048,576 and column 16,384" in refusal(path)


def test_far_blank_cells_do_no_harm(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", formats={"Places!ZZ900000": "0.00"})
    assert read_case(path).settings.title == "Base"


def test_too_many_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "MOST_CELLS", 3)
    monkeypatch.setattr(read_csv, "MOST_CELLS", 3)
    assert "far more than a case needs" in refusal(workbook(tmp_path / "a.xlsx"))
    assert findings(folder(tmp_path / "case"))["Places"].message == "the file has more than 3 cells."


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml"])
def test_damage_is_told(tmp_path: Path, part: str) -> None:
    path = repacked(tmp_path / "a.xlsx", lambda name, data: data[: len(data) // 2] if name == part else data)
    assert "the file is damaged" in refusal(path)


def test_merged_cells(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book["Places"].merge_cells("B2:B3")
    book.save(path)
    told = findings(path)["Places!B2"]
    assert (told.message, told.suggestion) == ("the cells B2:B3 are merged.", "Unmerge them and fill each cell.")


def test_a_formula_with_an_empty_text_is_blank(tmp_path: Path) -> None:
    def change(name: str, data: bytes) -> bytes:
        if not name.endswith("sheet2.xml"):
            return data
        cell = b'<c r="C3" t="str"><f>IF(1,"","x")</f><v></v></c></row>'
        return cell.join(data.rsplit(b"</row>", 1))

    assert read_case(repacked(tmp_path / "a.xlsx", change)).settings.title == "Base"


def test_calculated_formulas_give_their_values(tmp_path: Path) -> None:
    def change(name: str, data: bytes) -> bytes:
        return data.replace(b'<v>50</v>', b'<f>25*2</f><v>50</v>') if name.endswith("sheet4.xml") else data

    assert read_case(repacked(tmp_path / "a.xlsx", change)).supplies[0].price == Series.of(50_000.0)


@pytest.mark.parametrize(("content", "cell", "message"), [
    (b"name,home\nHome,yes\nC\xf4te,\n", "Places!A3", "this line is not written in UTF-8."),
    (b"name;home\nHome;yes\n", "Places!A1", "the file is separated by semicolons."),
    (b"name\thome\nHome\tyes\n", "Places!A1", "the file is separated by tabs."),
    (b'name,home\nHome,"yes\n', "Places!A2", "this line cannot be read as .csv (unexpected end of data)."),
])
def test_faulty_csv(tmp_path: Path, content: bytes, cell: str, message: str) -> None:
    made = folder(tmp_path / "case")
    (made / "Places.csv").write_bytes(content)
    assert findings(made)[cell].message == message


def test_a_missing_case_sheet(tmp_path: Path) -> None:
    assert findings(folder(tmp_path / "case", Case=None))["Case"].message == "the sheet Case is missing or empty."


def test_a_large_sheet_is_read_in_seconds(tmp_path: Path) -> None:
    rows = "".join(f"p{i},,\n" for i in range(5000))
    case = read_case(folder(tmp_path / "case", Places=BASE["Places"] + rows))
    assert len(case.places) == 5002


def test_hidden_rows_and_columns_are_told_and_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book["Places"].row_dimensions[2].hidden = True
    book["Places"].column_dimensions["B"].hidden = True
    book.save(path)
    assert read_case(path).places == read_case(workbook(tmp_path / "b.xlsx")).places
    told = {f.cell: (f.level, f.message) for f in read_unchecked(path)[1]}
    assert told["Places!A2"] == ("warning", "row 2 is hidden; what stands in it counts all the same.")
    assert told["Places!B1"] == ("warning", "column B is hidden; what stands in it counts all the same.")


def test_a_second_table_is_told_and_not_read(tmp_path: Path) -> None:
    made = folder(tmp_path / "case", Places=BASE["Places"] + "\nname,home\nElsewhere,perhaps\n")
    told = findings(made)
    lines = BASE["Places"].count("\n")
    assert told[f"Places!A{lines + 2}"].message == (
        "a second table begins here, and a sheet holds one; nothing from here on was read."
    )
    assert f"Places!B{lines + 3}" not in told
