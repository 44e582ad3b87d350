"""A look at a spreadsheet file before it is opened: what is none, is locked or would not fit is refused unread."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from xml.parsers import expat

from optimizer.case.findings import CaseError, Finding

MOST_FILE = 50_000_000
"""Bytes that the file of a case may have."""

MOST_BYTES = 100_000_000
"""Bytes to which it may unpack."""

MOST_RATIO = 200
RATIO_FROM = 20_000_000
"""How many times smaller a part may be packed, and from how many bytes on."""

MOST_PARTS = 10_000
MOST_ROWS = 100_000
MOST_FILLED_ROWS = 50_000
MOST_COLUMNS = 2_000
MOST_CELLS = 500_000
MOST_LETTERS = 10_000_000
MOST_IN_CELL = 100_000
"""Parts of a file; rows and columns of a sheet; filled rows, filled cells and letters in a file; letters in one cell.

A case of 20,000 rows and 20 columns has 400,000 cells, and may have 25 letters in each of them. One sign outside the
common ones makes every letter of its text take four bytes, and a faulty text is kept five times until it is told, so
that twice as many letters would not fit into 300 MB. A row takes the checks that follow some 30 millionths of a second.
"""

MOST_SHEETS = 100
MOST_IN_NAME = 255
"""Sheets that are read, of which a case has some twenty, and letters in the name of one: each fault tells it again."""

DAMAGES = (
    zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError, ValueError, LookupError, OverflowError,
    NotImplementedError, RuntimeError,
)
"""What reading raises where bytes are broken: the unpacking, the markup, a reference that leads nowhere."""

_CHUNK = 1 << 20
_SAVE = "Open it in a spreadsheet program and save it as 'Excel workbook (.xlsx)'."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS = (
    (b"%PDF", "a PDF"), (b"{\\rtf", "a text (.rtf)"), (b"<!DOCTYPE html", "a web page"), (b"<html", "a web page"),
    (b"<?xml", "an .xml file"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"),
)
_PACKED_KINDS = (
    ("xl/workbook.xml", "an .xlsx workbook"), ("xl/workbook.bin", "an .xlsb workbook"),
    ("word/document.xml", "a Word document"), ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("Index/Document.iwa", "a file of Apple's Numbers, Pages or Keynote"), ("Index.zip", "a file of Apple's Numbers"),
)
_OPEN_DOCUMENTS = {
    "spreadsheet": "an .ods spreadsheet", "text": "a text document (.odt)", "presentation": "a presentation (.odp)",
}


def refuse(path: Path, message: str, suggestion: str = "") -> CaseError:
    """A file that cannot be used, as one finding."""
    return CaseError([Finding(path.name or str(path), "", "", message, suggestion)])


def damaged(path: Path, fault: Exception) -> CaseError:
    """A file that is broken inside."""
    # the fault may quote the file, which may hold a megabyte where a name belongs
    said = str(fault)[:200] or type(fault).__name__
    return refuse(path, f"the file is damaged ({said}).", f"{_SAVE} Or take an older copy.")


def too_large(path: Path, what: str) -> CaseError:
    """A file that holds far more than any case does; `what` completes "the file ..."."""
    return refuse(path, f"the file {what}, far more than a case needs.",
                  "Copy the sheets of the case into a new workbook.")


def too_far(path: Path, name: str, row: int, column: int) -> CaseError:
    """A sheet that reaches further than any case does."""
    return refuse(
        path, f"the sheet {name} reaches to row {row:,} and column {column:,}, far more than a case needs.",
        "Delete stray cells below and beside the table.",
    )


def too_many_cells(path: Path) -> CaseError:
    """A file whose sheets are filled further than any case is."""
    return too_large(path, f"has over {MOST_CELLS:,} filled cells")


def too_many_rows(path: Path) -> CaseError:
    """A file whose sheets have more rows than any case has."""
    return too_large(path, f"has over {MOST_FILLED_ROWS:,} filled rows")


def look_before(path: Path, parts: Sequence[str]) -> None:
    """Refuses what is no spreadsheet or would not fit, from its directory, without unpacking it.

    Args:
        path: the file.
        parts: what a spreadsheet of its kind holds.

    Raises:
        CaseError: the file is no spreadsheet of this kind, is locked, damaged, or too large to be a case.
    """
    size = path.stat().st_size
    if size > MOST_FILE:
        raise too_large(path, f"has {size // 10**6:,} MB")
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith(_OLE):
        raise _old(path)
    if not head.startswith(b"PK"):
        kind = next((kind for mark, kind in _KINDS if head.lstrip().startswith(mark)), "")
        raise _no_spreadsheet(path, kind)
    # counted before the directory is read, which takes half a kilobyte of memory for each part
    if _count(path, b"PK\x01\x02") > MOST_PARTS:
        raise too_large(path, f"is packed from over {MOST_PARTS:,} parts")
    try:
        with zipfile.ZipFile(path) as packed:
            _look_inside(path, packed, parts)
    except zipfile.BadZipFile:
        raise refuse(
            path, "the file is cut off or damaged: its directory cannot be read.",
            "Download or copy it once more, or take an older copy.",
        ) from None
    except DAMAGES as fault:
        raise damaged(path, fault) from None


def _look_inside(path: Path, packed: zipfile.ZipFile, wanted: Sequence[str]) -> None:
    parts = packed.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise _locked(path)
    names = set(packed.namelist())
    if not set(wanted) <= names:
        raise _no_spreadsheet(path, _packed_kind(packed, names))
    if "content.xml" in wanted and (kind := _packed_kind(packed, names)) not in ("", _OPEN_DOCUMENTS["spreadsheet"]):
        raise _no_spreadsheet(path, kind)
    # other ways of packing may ask for gigabytes to unpack
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise refuse(path, "the file is packed as no spreadsheet program does.", _SAVE)
    total = sum(part.file_size for part in parts)
    squeezed = any(p.file_size > RATIO_FROM and p.file_size > MOST_RATIO * max(p.compress_size, 1) for p in parts)
    if total > MOST_BYTES or squeezed:
        raise too_large(path, f"would unpack to {total // 10**6:,} MB")
    manifest = "META-INF/manifest.xml"
    if manifest in wanted and _holds(packed, manifest, b"encryption-data"):
        raise _locked(path)


def _old(path: Path) -> CaseError:
    """An OLE file: what locks a workbook with a password, or the format of before 2007."""
    if _count(path, "EncryptedPackage".encode("utf-16-le")):
        return _locked(path)
    if _count(path, "WordDocument".encode("utf-16-le")):
        return _no_spreadsheet(path, "an old Word document")
    return refuse(path, "the file is in the old .xls format.", _SAVE)


def _locked(path: Path) -> CaseError:
    return refuse(
        path, "the file is locked with a password.",
        "Open it with the password, take the password away and save it; or save a copy without one.",
    )


def _no_spreadsheet(path: Path, kind: str) -> CaseError:
    ending = path.suffix.lower()
    for own in (".xlsx", ".ods"):
        if own != ending and f" {own} " in kind:
            return refuse(path, f"the file is {kind} and not an {ending} one.", f"Name it {path.stem}{own}.")
    is_what = f"{kind} and not an {ending} spreadsheet" if kind else f"not an {ending} spreadsheet"
    return refuse(path, f"the file is {is_what}.", "Name a workbook, or save it as 'Excel workbook (.xlsx)'.")


def _packed_kind(packed: zipfile.ZipFile, names: set[str]) -> str:
    """What a zip file is, from the parts that it holds; empty where it is nothing known."""
    if "mimetype" in names:
        with packed.open("mimetype") as stream:
            said = stream.read(200).decode("ascii", "replace")
        prefix = "application/vnd.oasis.opendocument."
        return _OPEN_DOCUMENTS.get(said.removeprefix(prefix).strip(), "") if said.startswith(prefix) else ""
    return next((kind for part, kind in _PACKED_KINDS if part in names), "")


def _holds(packed: zipfile.ZipFile, part: str, mark: bytes) -> bool:
    tail = b""
    with packed.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if mark in tail + chunk:
                return True
            tail = chunk[-len(mark):]
    return False


def _count(path: Path, mark: bytes) -> int:
    """How often a mark stands in a file."""
    found, tail = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found += (tail + chunk).count(mark)
            # one byte short of the mark, so that none is counted twice
            tail = chunk[1 - len(mark):]
    return found
