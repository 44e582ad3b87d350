"""A look into a spreadsheet file before it is opened: what is none, is locked or would not fit is refused unread."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from optimizer.case.findings import CaseError, Finding

MOST_BYTES = 100_000_000
MOST_RATIO = 100
RATIO_FROM = 5_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 2_000
MOST_CELLS = 2_000_000
"""What a case may need at most; more is refused before it is unpacked."""

_CHUNK = 1 << 16
_MARKS = tuple(
    text.encode(coding) for text in ("<!DOCTYPE", "<!ENTITY") for coding in ("ascii", "utf-16-le", "utf-16-be")
)

# whatever a library makes of bytes that no spreadsheet program wrote
DAMAGES = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ValueError, TypeError, IndexError,
    AttributeError, ElementTree.ParseError,
)


def refuse(path: Path, message: str, suggestion: str = "") -> CaseError:
    """A file that cannot be used, as one finding."""
    return CaseError([Finding(path.name, "", "", message, suggestion)])


def damaged(path: Path, fault: Exception) -> CaseError:
    """A file that is broken inside."""
    return refuse(
        path, f"the file is damaged ({type(fault).__name__}: {fault}).", "Open it in a spreadsheet program and save it."
    )


def look_before(path: Path, parts: Sequence[str]) -> None:
    """Refuses what is no spreadsheet or would not fit, without unpacking any of it into memory.

    Args:
        path: the file.
        parts: what a spreadsheet of its kind holds.

    Raises:
        CaseError: the file is no spreadsheet of this kind, is locked, damaged, or too large to be a case.
    """
    ending = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(8)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            file.seek(0)
            if "EncryptedPackage".encode("utf-16-le") in file.read(MOST_BYTES):
                raise _locked(path)
            raise refuse(path, "the file is in the old .xls format.", "Save it as .xlsx.")
    if not head.startswith(b"PK\x03\x04") or not zipfile.is_zipfile(path):
        raise _no_spreadsheet(path, ending)
    try:
        with zipfile.ZipFile(path) as packed:
            _look_inside(path, packed, parts)
    except DAMAGES as fault:
        raise damaged(path, fault) from None


def _locked(path: Path) -> CaseError:
    return refuse(path, "the file is locked with a password.", "Save it without a password.")


def _no_spreadsheet(path: Path, ending: str) -> CaseError:
    kind = "'Excel workbook (.xlsx)'" if ending == ".xlsx" else f"a spreadsheet ({ending})"
    return refuse(path, f"the file is not an {ending} spreadsheet.", f"Save it as {kind}.")


def _look_inside(path: Path, packed: zipfile.ZipFile, wanted: Sequence[str]) -> None:
    parts = packed.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise _locked(path)
    total = sum(part.file_size for part in parts)
    squeezed = any(p.file_size > RATIO_FROM and p.file_size > MOST_RATIO * max(p.compress_size, 1) for p in parts)
    if total > MOST_BYTES or squeezed or len(parts) > 10_000:
        raise refuse(
            path, f"the file would unpack to {total // 10**6:,} MB, far more than a case needs.",
            "Copy the sheets of the case into a new workbook.",
        )
    if not set(wanted) <= set(packed.namelist()):
        raise _no_spreadsheet(path, path.suffix.lower())
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels", ".vml", ".rdf")) and _has_doctype(packed, part):
            raise refuse(
                path, f"the part {part.filename} declares entities, which no spreadsheet program writes.",
                "Do not use this file.",
            )
    manifest = "META-INF/manifest.xml"
    if manifest in packed.namelist() and b"encryption-data" in packed.read(manifest):
        raise _locked(path)


def _has_doctype(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    tail = b""
    with packed.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            if any(mark in window for mark in _MARKS):
                return True
            tail = window[-32:]
    return False


def too_far(path: Path, name: str, row: int, column: int) -> CaseError:
    """A sheet that reaches further than any case does."""
    return refuse(
        path, f"the sheet {name} reaches to row {row:,} and column {column:,}, far more than a case needs.",
        "Delete stray cells below and beside the table.",
    )
