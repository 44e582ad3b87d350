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

READ = """
import json, resource, sys
from optimizer.case.findings import CaseError
from optimizer.case.read import read_case
try:
    read_case(sys.argv[1])
    told = []
except CaseError as fault:
    told = [str(finding) for finding in fault.findings]
print(json.dumps([told, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
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


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
) + b"]><x>&j;</x>"
CELLS = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (i, i) for i in range(10, 250_000))
HEAD = {"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": b"<Types/>"}

FILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a bomb": (
        lambda path: zipped(path, {**HEAD, "xl/worksheets/sheet1.xml": 400_000_000}), "would unpack to 400 MB"),
    "a bomb in many parts": (
        lambda path: zipped(path, {**HEAD, **{f"xl/media/{i}.bin": 4_000_000 for i in range(40)}}),
        "would unpack to 160 MB"),
    "parts without number": (
        lambda path: zipped(path, {**HEAD, **{f"xl/media/{i}": b"" for i in range(10_001)}}), "would unpack to 0 MB"),
    "laughs": (lambda path: sheet(path, lambda _: LAUGHS), "declares entities, which no spreadsheet program writes."),
    "entities of a file outside": (
        lambda path: sheet(path, lambda _: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
        "declares entities"),
    "rows without end": (
        lambda path: sheet(path, lambda old: old.replace(b"</sheetData>", CELLS + b"</sheetData>")),
        "reaches to row 200,001 and column"),
    "depth without end": (
        lambda path: sheet(path, lambda _: b"<a>" * 200_000 + b"</a>" * 200_000), "the sheet Case is missing"),
    "an .ods bomb": (
        lambda path: zipped(path.with_suffix(".ods"), {"content.xml": 200_000_000, "META-INF/manifest.xml": b"<m/>"}),
        "would unpack to 200 MB"),
    "a huge file of another kind": (
        lambda path: written(path, b"%PDF-1.7" + b"x" * 50_000_000),
        "the file is not an .xlsx spreadsheet."),
    "a password": (
        lambda path: written(
            path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 20_000_000 + "EncryptedPackage".encode("utf-16-le")
        ), "the file is locked with a password."),
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells the most memory used in another way")
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
