"""Files made to do harm, or so large that they would: each is refused in a sentence and within 300 MB."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.case.reading import workbook

MOST_MEGABYTES = 300

READ = r"""
import json, re, sys
from pathlib import Path
from optimizer.case.findings import CaseError
from optimizer.case.read import read_case
try:
    read_case(sys.argv[1])
    told = []
except CaseError as fault:
    told = [str(finding) for finding in fault.findings]
most = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps([told, int(most[1]) / 1024]))
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
        "the file holds over 4,000,000 tags, far more than a case needs."),
    "a tag without end": (
        lambda path: sheet(path, lambda _: b'<a b="' + bytes(range(97, 123)) * 100_000 + b'"/>'),
        "the file holds a tag of over 1,000,000 bytes"),
    "cells without end": (added(FULL), "the file has over 500,000 filled cells"),
    "texts without end": (added(TEXT * 500), "the file has over 40,000,000 letters, far more than a case needs."),
    "a text without end": (
        added(TEXT.replace(LONG, b"x" * 4_000_000)), "the file has over 100,000 letters in one cell"),
    "one text in every cell": (
        lambda path: zipped(path, {**SHARED, "xl/sharedStrings.xml": b"<sst %s><si><t>%s</t></si></sst>" % (
            MAIN, b"x" * 90_000)}), "the file has over 40,000,000 letters"),
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
        "the file has over 40,000,000 letters"),
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


MEASURED = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="this system tells the most memory used in another way"
)


@MEASURED
@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_in_a_sentence_and_little_memory(name: str, tmp_path: Path) -> None:
    make, sentence = FILES[name]
    file = make(tmp_path / "case.xlsx")
    done = subprocess.run([sys.executable, "-c", READ, str(file)], capture_output=True, text=True, check=True)
    told, megabytes = json.loads(done.stdout)
    assert len(told) == 1, told
    assert sentence in told[0]
    assert done.stderr == ""
    assert megabytes < MOST_MEGABYTES


@MEASURED
def test_two_cells_far_apart_are_read_without_all_that_lie_between(tmp_path: Path) -> None:
    path = added(b'<row r="99999"><c r="BXX99999"><v>1</v></c></row>')(tmp_path / "case.xlsx")
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    told, megabytes = json.loads(done.stdout)
    assert [finding.partition(":")[0] for finding in told] == ["Case!A99999"]
    assert megabytes < MOST_MEGABYTES
