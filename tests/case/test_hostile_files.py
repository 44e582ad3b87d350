"""Files made to do harm, or so large that they would: each is refused in a sentence, in little time and 300 MB."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer.case.raw import RawBook
from optimizer.case.read_csv import read_csv_folder
from optimizer.case.read_ods import read_ods_file
from optimizer.case.read_xlsx import read_xlsx_file
from tests.case.reading import workbook

MOST_MEGABYTES = 300
MOST_SECONDS = 3
"""Of the processor, for reading alone: three times what is promised, as other programs slow a shared machine down."""

READ = r"""
import json, re, sys, time
from pathlib import Path
from optimizer.case.findings import CaseError
from optimizer.case.read import read_case
started = time.process_time()
try:
    read_case(sys.argv[1])
    told = []
except CaseError as fault:
    told = [str(finding) for finding in fault.findings]
seconds = time.process_time() - started
most = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps([told, int(most[1]) / 1024, seconds]))
"""


def zipped(path: Path, parts: dict[str, bytes | int]) -> Path:
    """A zip of parts; a number stands for so many bytes of zeros, written in pieces."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            with packed.open(name, "w", force_zip64=True) as stream:
                if isinstance(content, bytes):
                    stream.write(content)
                else:
                    for _ in range(content // 1_000_000):
                        stream.write(b" " * 1_000_000)
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def sheet(path: Path, content: Callable[[bytes], bytes]) -> Path:
    """A sound workbook with the first sheet's part changed."""
    made = workbook(path.with_name("whole.xlsx"))
    with zipfile.ZipFile(made) as old:
        parts: dict[str, bytes | int] = {name: old.read(name) for name in old.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = content(bytes(parts[name]))  # type: ignore[arg-type]  # a part is bytes here
    return zipped(path, parts)


def added(rows: bytes) -> Callable[[Path], Path]:
    """Makes a workbook with more rows in its first sheet."""
    return lambda path: sheet(path, lambda old: old.replace(b"</sheetData>", rows + b"</sheetData>"))


def document(table: str, more: str = "") -> Callable[[Path], Path]:
    """Makes an .ods file with one sheet."""
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    content = f'<office:document-content {spaces}>{more}<table:table table:name="Case">{table}</table:table>'
    return lambda path: zipped(path.with_suffix(".ods"), {
        "content.xml": f"{content}</office:document-content>".encode(), "META-INF/manifest.xml": b"<m/>",
    })


def parts(**changed: str | bytes) -> Callable[[Path], Path]:
    """Makes a workbook of one sheet with parts changed: what stands within them, in the format's own namespace."""
    def make(path: Path) -> Path:
        held: dict[str, bytes | int] = {**SHARED}
        for name, content in changed.items():
            body = content if isinstance(content, bytes) else content.encode()
            held[f"xl/{name}.xml"] = b'<x %s xmlns:r="%s">%s</x>' % (MAIN, KIND, body)
        return zipped(path, held)

    return make


def sheets(number: int, body: str, names: str = "Case{}") -> Callable[[Path], Path]:
    """Makes a workbook of many sheets, each with the same in it."""
    def make(path: Path) -> Path:
        listed = "".join(f'<sheet name="{names.format(i)}" r:id="a{i}"/>' for i in range(number))
        held: dict[str, bytes | int] = {
            **SHARED, "xl/_rels/workbook.xml.rels": relations(*((f"a{i}", f"{i}.xml") for i in range(number))),
            "xl/workbook.xml": b'<x %s xmlns:r="%s"><sheets>%s</sheets></x>' % (MAIN, KIND, listed.encode()),
            **{f"xl/{i}.xml": b"<x %s>%s</x>" % (MAIN, body.encode()) for i in range(number)},
        }
        return zipped(path, held)

    return make


def relations(*targets: tuple[str, str]) -> bytes:
    """The part that tells where sheets are."""
    listed = "".join(f'<Relationship Id="{mark}" Type="{KIND.decode()}/worksheet" Target="{target}"/>'
                     for mark, target in targets)
    return f'<r xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{listed}</r>'.encode()


def csv_files(**texts: str) -> Callable[[Path], Path]:
    """Makes a folder of .csv files."""
    def make(path: Path) -> Path:
        folder = path.with_name("folder")
        folder.mkdir()
        for name, text in texts.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return folder

    return make


def packed_otherwise(path: Path) -> Path:
    """A workbook packed in a way that lets it ask for memory in advance."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as packed:
        for name, content in HEAD.items():
            packed.writestr(name, content)
    return path


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
) + b"]><x>&j;</x>"
CELLS = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (i, i) for i in range(10, 250_000))
FULL = b"".join(b'<row r="%d">%s</row>' % (i, b"<c><v>1</v></c>" * 100) for i in range(10, 5_200))
LONG = b"".join(b"%d," % i for i in range(18_000))[:90_000]
TEXT = b'<row r="9">%s</row>' % (b'<c t="inlineStr"><is><t>' + LONG + b"</t></is></c>")
HEAD = {"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": b"<Types/>"}
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
KIND = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHARED: dict[str, bytes | int] = {
    "[Content_Types].xml": b"<Types/>",
    "xl/workbook.xml":
        b'<workbook %s><sheets><sheet name="Case" r:id="a" xmlns:r="%s"/></sheets></workbook>' % (
        MAIN, KIND),
    "xl/_rels/workbook.xml.rels":
        b'<r xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + b"".join(
        b'<Relationship Id="%s" Type="%s/%s" Target="%s.xml"/>' % (mark, KIND, kind, kind)
        for mark, kind in ((b"a", b"worksheet"), (b"b", b"sharedStrings"), (b"c", b"styles"))) + b"</r>",
    "xl/sharedStrings.xml": b"<sst/>",
    "xl/styles.xml": b"<styleSheet/>",
    "xl/worksheet.xml": b"<worksheet %s>%s</worksheet>" % (MAIN, b'<row><c t="s"><v>0</v></c></row>' * 5_000),
}

FILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a bomb": (
        lambda path: zipped(path, {**HEAD, "xl/worksheets/sheet1.xml": 400_000_000}), "would unpack to 400 MB"),
    "a bomb in many parts": (
        lambda path: zipped(path, {**HEAD, **{f"xl/media/{i}.bin": 4_000_000 for i in range(40)}}),
        "would unpack to 160 MB"),
    "parts without number": (
        lambda path: zipped(path, {**HEAD, **{f"xl/media/{i}": b"" for i in range(10_001)}}),
        "the file is packed from over 10,000 parts, far more than a case needs."),
    "laughs": (lambda path: sheet(path, lambda _: LAUGHS), "declares entities, which no spreadsheet program writes."),
    "entities of a file outside": (
        lambda path: sheet(path, lambda _: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
        "declares entities"),
    "rows without end": (
        lambda path: sheet(path, lambda old: old.replace(b"</sheetData>", CELLS + b"</sheetData>")),
        "reaches to row 100,001 and column"),
    "depth without end": (
        lambda path: sheet(path, lambda _: b"<a>" * 200_000 + b"</a>" * 200_000),
        "the file holds tags within tags more than 200 deep, far more than a case needs."),
    "an .ods bomb": (
        lambda path: zipped(path.with_suffix(".ods"), {"content.xml": 200_000_000, "META-INF/manifest.xml": b"<m/>"}),
        "would unpack to 200 MB"),
    "tags without end": (
        lambda path: sheet(path, lambda _: b"<a>" + b"<b/>" * 7_000_000 + b"</a>"), "the file would unpack to 28 MB"),
    "tags without end, hard to pack": (
        lambda path: sheet(path, lambda _: b"<a>" + b"".join(b"<b>%d</b>" % i for i in range(3_100_000)) + b"</a>"),
        "the file holds over 1,300,000 tags, far more than a case needs."),
    "a tag without end": (
        lambda path: sheet(path, lambda _: b'<a b="' + bytes(range(97, 123)) * 100_000 + b'"/>'),
        "the file holds a tag of over 1,000,000 bytes"),
    "cells without end": (added(FULL), "the file has over 500,000 filled cells"),
    "texts without end": (added(TEXT * 500), "the file has over 10,000,000 letters, far more than a case needs."),
    "a text without end": (
        added(TEXT.replace(LONG, b"x" * 4_000_000)), "the file has over 100,000 letters in one cell"),
    "one text in every cell": (
        lambda path: zipped(path, {**SHARED, "xl/sharedStrings.xml": b"<sst %s><si><t>%s</t></si></sst>" % (
            MAIN, b"x" * 90_000)}), "the file has over 10,000,000 letters"),
    "styles without end": (
        lambda path: zipped(path, {**SHARED, "xl/styles.xml": b"<s %s><cellXfs>%s</cellXfs></s>" % (
            MAIN, b"<xf/>" * 900_000)}), "the file has over 100,000 cell styles"),
    "a far cell": (added(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
                   "the sheet Case reaches to row 1,048,576 and column 16,384, far more than a case needs."),
    "another way of packing": (packed_otherwise, "the file is packed as no spreadsheet program does."),
    "an .ods row without end": (
        document('<table:table-row table:number-rows-repeated="90000"><table:table-cell '
                 'table:number-columns-repeated="1000" office:value-type="float" office:value="1"/></table:table-row>'),
        "the file has over 500,000 filled cells"),
    "an .ods of blanks without end": (
        document('<table:table-row><table:table-cell><text:p><text:s text:c="2000000000"/></text:p></table:table-cell>'
                 "</table:table-row>"), "the file has over 100,000 letters in one cell"),
    "an .ods text in every cell": (
        document('<table:table-row table:number-rows-repeated="1000"><table:table-cell office:value-type="string">'
                 f'<text:p>{"x" * 90_000}</text:p></table:table-cell></table:table-row>'),
        "the file has over 10,000,000 letters"),
    "an .ods of laughs": (
        lambda path: zipped(path.with_suffix(".ods"), {"content.xml": LAUGHS, "META-INF/manifest.xml": b"<m/>"}),
        "the part content.xml declares entities"),
    "a huge file of another kind": (
        lambda path: written(path, b"%PDF-1.7" + b"x" * 50_000_000),
        "the file has 50 MB, far more than a case needs."),
    "a password": (
        lambda path: written(
            path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 20_000_000 + "EncryptedPackage".encode("utf-16-le")
        ), "the file is locked with a password."),
}

FILES |= {
    "one part as many sheets": (
        lambda path: zipped(path, {
            **SHARED, "xl/workbook.xml": b'<x %s xmlns:r="%s"><sheets>%s</sheets></x>' % (MAIN, KIND, b"".join(
                b'<sheet name="Case%d" r:id="a"/>' % i for i in range(2_000))),
            "xl/worksheet.xml": b"<x>%s</x>" % (b"<a/>" * 100_000)}),
        "the sheets Case0 and Case1 are one and the same part of the file, as no spreadsheet program writes."),
    "one part under many marks": (
        lambda path: zipped(path, {
            **SHARED, "xl/workbook.xml": b'<x %s xmlns:r="%s"><sheets>%s</sheets></x>' % (MAIN, KIND, b"".join(
                b'<sheet name="Case%d" r:id="a%d"/>' % (i, i) for i in range(2_000))),
            "xl/_rels/workbook.xml.rels": relations(*((f"a{i}", "./worksheet.xml") for i in range(2_000))),
            "xl/worksheet.xml": b"<x>%s</x>" % (b"<a/>" * 100_000)}),
        "the sheets Case0 and Case1 are one and the same part of the file"),
    "marks without end": (
        lambda path: zipped(path, {**SHARED, "xl/_rels/workbook.xml.rels": relations(*[("a", "x")] * 100_000)}),
        "the file has over 10,000 relations"),
    "tags of many parts": (sheets(10, "<b/>" * 200_000), "the file holds over 1,300,000 tags"),
    "sheets without end": (sheets(400, "<a/>"), "the file has over 100 sheets, far more than a case needs."),
    "two sheets of a name": (sheets(2, "<a/>", "Case"), "two sheets are named Case."),
    "a name without end": (
        sheets(1, "<row>" + "<c><f>1</f></c>" * 1_500 + "</row>", "x" * 900_000),
        "the file has a sheet whose name has over 255 letters"),
    "filled rows without end": (
        sheets(2, '<row hidden="1"><c><v>1</v></c></row><row><c><v>1</v></c></row>' * 15_000),
        "the file has over 50,000 filled rows"),
    "texts without end in a cell": (
        parts(worksheet='<row><c t="inlineStr"><is>' + "<t>abcd</t>" * 300_000 + "</is></c></row>"),
        "the file has over 100,000 letters in one cell"),
    "texts without end in a shared text": (
        parts(sharedStrings="<si>" + "<t>abcd</t>" * 300_000 + "</si>"),
        "the file has over 100,000 letters in one cell"),
    "attributes without end": (
        parts(worksheet=("<b " + " ".join(f'a{i}=""' for i in range(50_000)) + "/>") * 90),
        "the file holds over 4,000,000 attributes"),
    "names of tags without end": (
        parts(worksheet="".join(f"<b{i}/>" for i in range(900_000))),
        "the file holds tags and attributes of over 2,000 names"),
    "long names of tags": (
        parts(worksheet="".join(f"<b{i}{'x' * 900_000}/>" for i in range(20))),
        "the file holds names of tags and attributes of over 200,000 letters"),
    "namespaces without end": (
        parts(worksheet="".join(f'<b xmlns:p="{i}{"u" * 900}"/>' for i in range(9_000))),
        "the file declares namespaces of over 200,000 letters"),
    "a part that is not there, of a long name": (
        lambda path: zipped(path, {**SHARED, "xl/_rels/workbook.xml.rels": relations(("a", "x" * 900_000))}),
        f"There is no item named 'xl/{'x' * 100}"),
    "an .ods of paragraphs without end": (
        document(f"<table:table-row><table:table-cell>{'<text:p/>' * 1_290_000}</table:table-cell></table:table-row>"),
        "the file has over 100,000 letters in one cell"),
    "an .ods of tags without end": (
        document(f"<table:table-row><table:table-cell>{'<text:p/>' * 1_900_000}</table:table-cell></table:table-row>"),
        "the file holds over 1,300,000 tags"),
    "an .ods attribute in every cell": (
        document('<table:table-row table:number-rows-repeated="1000"><table:table-cell office:value-type="string" '
                 f'office:string-value="{"x" * 90_000}"/></table:table-row>'), "the file has over 10,000,000 letters"),
    "an .ods attribute without end": (
        document('<table:table-row><table:table-cell office:value-type="float" '
                 f'office:value="{"9" * 900_000}x"/></table:table-row>'),
        "the file has over 100,000 letters in one cell"),
    "an .ods of sheets without end": (
        document("", "".join(f'<table:table table:name="Case{i}"/>' for i in range(300_000))),
        "the file has over 100 sheets"),
    "a .csv row without end": (
        csv_files(Case="1," * 2_000_000 + "\n"),
        "Case!A1: this row has over 1,000,000 letters, far more than a case needs. Close every quote, and delete"),
    "a .csv row that goes on in each line": (
        csv_files(Case='name\n"\n' + '","\n' * 2_000_000), "Case!A2: this row has over 1,000,000 letters"),
    "far .csv cells": (
        csv_files(Case="setting,value\n" + "1," * 2_001 + "\n"),
        "Case.csv: the sheet Case reaches to row 2 and column 2,001, far more than a case needs."),
    "blank .csv lines without end": (
        csv_files(Case="\n" * 40_000_000), "Case.csv: the sheet Case reaches to row 100,001 and column 1"),
    "a .csv quote that is not closed": (
        csv_files(Case='setting,value\n"' + "x\n" * 20_000_000),
        "Case!A2: a cell of this row has over 100,000 letters"),
    "a long .csv text": (
        csv_files(Case="setting,value\ntitle," + "x" * 110_000), "Case!B2: this cell has over 100,000 letters"),
    ".csv cells without end": (
        csv_files(Case="setting,value\n", Deals=("1," * 1_000 + "\n") * 300, Lanes=("1," * 1_000 + "\n") * 300),
        "Lanes.csv: with this file the folder has over 500,000 filled cells, far more than a case needs."),
    ".csv rows without end": (
        csv_files(Case="setting,value\n" + "a,1\n" * 30_000, Deals="a,1\n" * 30_000),
        "Deals.csv: with this file the folder has over 50,000 filled rows"),
    ".csv texts without end": (
        csv_files(**dict.fromkeys(("Case", "Deals", "Lanes"), ("x" * 99_000 + "\U0001f600\n") * 70)),
        "Deals.csv: with this file the folder has over 10,000,000 letters"),
    ".csv files of many bytes": (
        csv_files(Case="x" * 30_000_000, Deals="x" * 30_000_000),
        "folder: the .csv files of this folder have 60 MB, far more than a case needs."),
    ".csv files without end": (
        csv_files(**{f"Case{i}": "" for i in range(101)}),
        "folder: this folder holds over 100 .csv files, far more than a case needs."),
}
"""Those that small files make of little: what is repeated, what is kept, what is counted for each part alone."""

BRACKETS = "".join(f'<numFmt numFmtId="{i}" formatCode="{"[" * 255}"/>' for i in range(200, 20_000))

TOLD: dict[str, tuple[Callable[[Path], Path], str, int]] = {
    "digits without end": (
        parts(worksheet="<row>" + f"<c><v>{'9' * 99_000}x</v></c>" * 50 + "</row>"),
        "the value of this cell is damaged.", 60),
    "formats of brackets": (
        parts(worksheet="".join("<row>" + "".join(f'<c s="{row + i}"><v>1</v></c>' for i in range(100)) + "</row>"
                                for row in range(0, 19_800, 100)),
              styles=BRACKETS + "<cellXfs>" + "".join(f'<xf numFmtId="{i}"/>' for i in range(200, 20_000))
              + "</cellXfs>"), "Case!A1: the column 'setting' is missing.", 110),
    "hidden columns without end": (
        parts(worksheet='<col min="1" max="2000" hidden="1"/>' * 200_000 + "<row><c><v>1</v></c></row>"),
        "column A is hidden; what stands in it counts all the same.", 20),
    "headings without end": (
        sheets(60, "<row>" + "<c><v>1</v></c>" * 1_999 + '<c t="inlineStr"><is><t>1</t></is></c></row>'),
        "the sheet Case is missing or empty.", 70),
    "blanks in a text": (
        document("<table:table-row>" + ("<table:table-cell><text:p>" + "<text:s/>" * 60_000
                                        + "x</text:p></table:table-cell>") * 20 + "</table:table-row>"),
        "Case!A1: the column 'setting' is missing.", 30),
    "signs that cannot be seen": (
        csv_files(Case="setting,value\n" + ("a\u200b," * 10 + "\n") * 20_000),
        "Case: over 1,000 cells of this sheet are at fault; those after them are not listed.", 1_010),
    "a long text of signs that cannot be seen": (
        parts(sharedStrings=f"<si><t>{'&#8203;' * 90_000}</t></si>", worksheet='<row><c t="s"><v>0</v></c></row>' * 90),
        "the cell holds a sign that cannot be seen (U+200B).", 100),
    "errors": (
        csv_files(Case=("#REF!," * 20 + "\n") * 20_000), "Case!A1: the formula in this cell failed.", 1_010),
    "hidden rows": (
        parts(worksheet='<row hidden="1"><c><v>1</v></c></row><row><c><v>1</v></c></row>' * 20_000),
        "Case!A1: row 1 is hidden; what stands in it counts all the same.", 1_010),
}
"""Files that may be read and cost no more than they hold: a sentence told of each, and about how many there are."""


MEASURED = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="this system tells the most memory used in another way"
)


def read(file: Path) -> list[str]:
    """What is told of a file, read in a process of its own, in little time and memory."""
    done = subprocess.run([sys.executable, "-c", READ, str(file)], capture_output=True, text=True, check=True)
    told, megabytes, seconds = json.loads(done.stdout)
    assert done.stderr == ""
    assert megabytes < MOST_MEGABYTES
    # a time is promised to the planner, so that it is one that is tested
    assert seconds < MOST_SECONDS
    return list(told)


@MEASURED
@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_in_a_sentence_and_little_time_and_memory(name: str, tmp_path: Path) -> None:
    make, sentence = FILES[name]
    told = read(make(tmp_path / "case.xlsx"))
    assert len(told) == 1, told[:5]
    assert sentence in told[0]
    assert len(told[0]) < 500


@MEASURED
@pytest.mark.parametrize("name", TOLD)
def test_it_is_told_in_little_time_and_memory(name: str, tmp_path: Path) -> None:
    make, sentence, most = TOLD[name]
    told = read(make(tmp_path / "case.xlsx"))
    assert any(sentence in finding for finding in told), told[:5]
    assert len(told) <= most
    assert max(map(len, told)) < 2_000


@MEASURED
def test_two_cells_far_apart_are_read_without_all_that_lie_between(tmp_path: Path) -> None:
    path = added(b'<row r="99999"><c r="BXX99999"><v>1</v></c></row>')(tmp_path / "case.xlsx")
    assert [finding.partition(":")[0] for finding in read(path)] == ["Case!A99999"]


def _large_sheet(path: Path) -> RawBook:
    texts = '<c t="inlineStr"><is><t>name</t></is></c><c t="s"><v>0</v></c>'
    rows = "".join(f"<row>{texts}{f'<c><v>{row / 7}</v></c>' * 9}{f'<c><f>A1</f><v>{row}</v></c>' * 9}</row>"
                   for row in range(20_000))
    return read_xlsx_file(parts(worksheet=rows, sharedStrings="<si><t>shared</t></si>")(path))


def _large_document(path: Path) -> RawBook:
    rows = "".join("<table:table-row>" + '<table:table-cell table:style-name="ce1" office:value-type="float" '
                   f'office:value="{row / 7}"><text:p>{row}</text:p></table:table-cell>' * 20 + "</table:table-row>"
                   for row in range(20_000))
    return read_ods_file(document(rows)(path))


def _large_folder(path: Path) -> RawBook:
    return read_csv_folder(csv_files(Case="".join(f"{row / 7}," * 20 + "\n" for row in range(20_000)))(path))


@pytest.mark.parametrize("read_large", [_large_sheet, _large_document, _large_folder])
def test_a_case_of_20_000_rows_and_20_columns_is_not_too_large(
    read_large: Callable[[Path], RawBook], tmp_path: Path
) -> None:
    book = read_large(tmp_path / "case.xlsx")
    assert book.findings == []
    assert [len(line) for line in book.sheets["Case"].rows.values()] == [20] * 19_999
