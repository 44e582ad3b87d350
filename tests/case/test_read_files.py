"""Files that are no case: each is refused in one sentence before anything of it is unpacked or believed."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from optimizer.case import look
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
    ("a.xlsx", b"", "the file is empty. Save the workbook anew, or take an older copy."),
    ("a.ods", b"", "the file is empty."),
    ("a.xlsx", b"name,home\n",
     "the file is not an .xlsx spreadsheet. Name a workbook, or save it as 'Excel workbook (.xlsx)'."),
    ("a.ods", b"name,home\n", "the file is not an .ods spreadsheet."),
    ("a.xlsx", b"%PDF-1.7", "the file is a PDF and not an .xlsx spreadsheet."),
    ("a.xlsx", b"\r\n<html><table>", "the file is a web page and not an .xlsx spreadsheet."),
    ("a.xlsx", b"PK\x03\x04 and then nothing",
     "the file is cut off or damaged: its directory cannot be read. Download or copy it once more, or take an older "),
    ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
     "the file is in the old .xls format. Open it in a spreadsheet program and save it as 'Excel workbook (.xlsx)'."),
    ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
     "the file is an old Word document and not an .xlsx spreadsheet."),
    ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * (2**20 - 12) + "EncryptedPackage".encode("utf-16-le"),
     "the file is locked with a password. Open it with the password, take the password away and save it; or save a "),
    ("a.xls", b"x", "a case is an .xlsx or .ods file or a folder of .csv files, not .xls. Save it as 'Excel workbook"),
    ("a.xlsb", b"x", "a case is an .xlsx or .ods file or a folder of .csv files, not .xlsb."),
    ("a.numbers", b"x", "a case is an .xlsx or .ods file or a folder of .csv files, not .numbers. Export it as Excel"),
    (".~lock.a.xlsx#", b"x", "this is the lock that a spreadsheet program leaves beside an open file."),
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


@pytest.mark.parametrize(("name", "parts", "told"), [
    ("a.xlsx", {"word/document.xml": "<x/>"},
     "the file is a Word document and not an .xlsx spreadsheet. Name a workbook, or save it as "),
    ("a.xlsx", {"xl/workbook.bin": "x"}, "the file is an .xlsb workbook and not an .xlsx spreadsheet."),
    ("a.ods", {"xl/workbook.xml": "<x/>"}, "the file is an .xlsx workbook and not an .ods one. Name it a.xlsx."),
    ("a.xlsx", {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"},
     "the file is an .ods spreadsheet and not an .xlsx one. Name it a.ods."),
    ("a.ods", {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>",
               "META-INF/manifest.xml": "<x/>"}, "the file is a text document (.odt) and not an .ods spreadsheet."),
])
def test_another_document_under_a_wrong_name(tmp_path: Path, name: str, parts: dict[str, str], told: str) -> None:
    with zipfile.ZipFile(tmp_path / name, "w") as packed:
        for part, content in parts.items():
            packed.writestr(part, content)
    assert refusal(tmp_path / name).startswith(f"{name}: {told}")


@pytest.mark.parametrize("kept", [0.05, 0.5, 0.99])
def test_a_file_that_is_cut_off(tmp_path: Path, kept: float) -> None:
    whole = workbook(tmp_path / "whole.xlsx").read_bytes()
    (tmp_path / "a.xlsx").write_bytes(whole[: int(len(whole) * kept)])
    assert refusal(tmp_path / "a.xlsx").startswith("a.xlsx: the file is cut off or damaged: its directory cannot be")


@pytest.mark.parametrize(("name", "told"), [
    ("a.xlsx", "this is a folder, not an .xlsx file. Name the workbook; a folder of .csv files has no ending."),
    ("a.numbers", "this is a folder, not a .numbers file. Export it as Excel (.xlsx)."),
])
def test_a_folder_named_as_a_file(tmp_path: Path, name: str, told: str) -> None:
    assert refusal(folder(tmp_path / name)) == f"{name}: {told}"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xlsx")
    assert refusal(tmp_path / "a.xlsx") == "a.xlsx: this is no plain file. Name the workbook."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_plain_file_among_those_of_a_folder(tmp_path: Path, make: Callable[[Path], None]) -> None:
    made = folder(tmp_path / "case")
    make(made / "_mine.csv")
    assert read_case(made).settings.title == "Base"
    make(made / "Deals.csv")
    assert refusal(made) == (
        "Deals.csv: this is no plain file. Take it out of the folder, or begin its name with _."
    )


def test_a_file_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, opened = workbook(tmp_path / "a.xlsx"), Path.open

    def refused(file: Path, *args: Any, **options: Any) -> Any:
        # permissions do not hold for the superuser, as whom tests may run
        if file == path:
            raise PermissionError(13, "Permission denied")
        return opened(file, *args, **options)

    monkeypatch.setattr(Path, "open", refused)
    assert refusal(path) == (
        "a.xlsx: the file may not be opened. Close it in other programs, or ask for leave to read it."
    )


def test_a_file_that_the_disk_cannot_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise OSError(5, "Input/output error")

    path = workbook(tmp_path / "a.xlsx")
    monkeypatch.setattr(Path, "open", failing)
    assert refusal(path).startswith("a.xlsx: the file cannot be read (Input/output error).")


def test_a_lock_beside_a_workbook_is_no_reason_to_refuse_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    (tmp_path / ".~lock.a.xlsx#").write_text(",someone,here,23.11.2026 10:00,file:///home;")
    (tmp_path / "~$a.xlsx").write_bytes(b"someone")
    assert read_case(path).settings.title == "Base"


def test_a_workbook_of_something_else(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Budget"
    book.create_sheet("Holidays").append(["day"])
    book.create_sheet("_mine")
    book.save(tmp_path / "a.xlsx")
    assert refusal(tmp_path / "a.xlsx") == (
        "a.xlsx: no sheet in it is one of a case (its sheets: Budget, Holidays). "
        "A case has at least the sheet Case; 'optimizer new' makes a workbook to start from."
    )


def test_a_misspelt_sheet_is_told_as_such(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Deal"
    book.save(tmp_path / "a.xlsx")
    assert "Did you mean 'Deals'?" in findings(tmp_path / "a.xlsx")["Deal"].suggestion


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    assert refusal(tmp_path / "case").startswith("case: this folder holds no .csv file.")


@pytest.mark.parametrize("coding", ["ascii", "utf-16-le", "utf-16-be"])
def test_declared_entities_are_refused(tmp_path: Path, coding: str) -> None:
    bad = ('<!DOCTYPE x [<!ENTITY a "b">]>' + " " * 70_000).encode(coding)
    path = repacked(tmp_path / "a.xlsx", lambda name, data: bad if name.endswith("sheet1.xml") else data)
    assert "declares entities, which no spreadsheet program writes." in refusal(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = repacked(tmp_path / "a.xlsx", lambda name, data: data, **{"xl/media/a.bin": b"\0" * 30_000_000})
    assert "would unpack to 30 MB, far more than a case needs." in refusal(path)


def test_a_far_cell_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Places!XFD1048576": 1})
    assert "the sheet Places reaches to row 1,048,576 and column 16,384" in refusal(path)


def test_far_blank_cells_do_no_harm(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", formats={"Places!ZZ900000": "0.00"})
    assert read_case(path).settings.title == "Base"


def test_too_many_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "MOST_CELLS", 3)
    assert "far more than a case needs" in refusal(workbook(tmp_path / "a.xlsx"))
    assert refusal(folder(tmp_path / "case")) == (
        "Case.csv: with this file the folder has over 3 filled cells, far more than a case needs. "
        "Delete what is not needed."
    )


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
    (b'name,home\nHome,"' + b"x" * 200_000, "Places!A2",
     "a cell of this row has over 100,000 letters, far more than a case needs."),
    (b"\n" * 99 + b"name;home\nHome;yes\n", "Places!A1", "the file is separated by semicolons."),
    (b"\xef\xbb\xbfname,home\n" + "\u0915,\n".encode() * 300_000 + b"Home,\xe0\xa4", "Places!A300002",
     "this line is not written in UTF-8."),
    (b"name,home\rHome,yes\rAbr\xef\xbf\xbfoad,\r", "Places!A3",
     "the cell holds a sign that cannot be seen (U+FFFF)."),
    (b"name,home\nHome,yes\nAbr\xed\xa0\x80oad,\n", "Places!A3", "this line is not written in UTF-8."),
])
def test_faulty_csv(tmp_path: Path, content: bytes, cell: str, message: str) -> None:
    made = folder(tmp_path / "case")
    (made / "Places.csv").write_bytes(content)
    assert findings(made)[cell].message == message


@pytest.mark.parametrize("sign", [
    "\u202a", "\u202e", "\u2066", "\u2069", "\u200b", "\ufdd0", "\ufffe", "\uffff", "\U0001ffff", "\U0010fffe", "\x7f",
    "\u200e", "\u200f", "\u061c", "\u2028", "\u2029", "\xad", "\u2063", "\u180e", "\U000e0041",
])
def test_signs_that_cannot_be_seen(tmp_path: Path, sign: str) -> None:
    made = folder(tmp_path / "case", Places=BASE["Places"].replace("Abroad", f"Ab{sign}road"))
    told = findings(made)["Places!A3"]
    assert told.message == f"the cell holds a sign that cannot be seen (U+{ord(sign):04X})."
    assert told.found == f"Ab<U+{ord(sign):04X}>road"


def test_one_sign_that_cannot_be_seen_is_shown_in_a_long_text(tmp_path: Path) -> None:
    text = "".join(map(str, range(9_000)))
    made = folder(tmp_path / "case", Places=BASE["Places"].replace("Abroad", f"{text}\u202e{text}"))
    assert findings(made)["Places!A3"].found == f"{text[-100:]}<U+202E>{text[:99]}"


@pytest.mark.parametrize("name", ["\u0915\u094d\u200d\u0937", "\u0915\u094d\u200c\u0937", "\U0001f468\u200d\U0001f33e"])
def test_signs_that_join_letters_are_part_of_a_name(tmp_path: Path, name: str) -> None:
    made = folder(tmp_path / "case", Places=BASE["Places"] + f"{name},,\n")
    assert read_case(made).places[-1].name == name


@pytest.mark.parametrize("code", ["FFFF", "FFFE", "FDD0", "202E"])
def test_escaped_signs_that_are_none(tmp_path: Path, code: str) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Places!A3": f"Ab_x{code}_road"})
    assert findings(path)["Places!A3"].message == f"the cell holds a sign that cannot be seen (U+{code})."


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
