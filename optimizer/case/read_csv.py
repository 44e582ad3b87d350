"""Reading a folder of .csv files: one sheet a file, UTF-8, separated by commas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from optimizer.case.findings import CaseError, Finding
from optimizer.case.raw import RawBook, RawCell, sheet_of

MOST_BYTES = 50_000_000
MOST_CELLS = 2_000_000
_ESCAPED = re.compile(r"'+[=+\-@]")


def read_csv_folder(folder: Path) -> RawBook:
    """The sheets of a folder; files that are not .csv or whose name starts with ``_`` or ``.`` are left alone.

    Raises:
        CaseError: the folder holds no .csv file.
    """
    files = sorted(
        file for file in folder.iterdir()
        if file.suffix.lower() == ".csv" and file.is_file() and not file.name.startswith(("_", "."))
    )
    if not files:
        raise CaseError([Finding(
            folder.name, "", "", "this folder holds no .csv file.", "A case has at least Case.csv, one file a sheet."
        )])
    book = RawBook()
    for file in files:
        cells = tuple(_cells(file, book.findings))
        book.sheets[file.stem] = sheet_of(file.stem, cells, book.findings)
    return book


def unescape(text: str) -> str:
    """The text without the ``'`` put before a sign that a spreadsheet would take for a formula."""
    return text[1:] if _ESCAPED.match(text) else text


def escape(text: str) -> str:
    """The text with a ``'`` where a spreadsheet would take it for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") or _ESCAPED.match(text) else text


def records(text: str) -> Iterator[list[str]]:
    """The records of a .csv text.

    Raises:
        csv.Error: a quote is not closed or a field is too long.
    """
    return csv.reader(io.StringIO(text, newline=""), strict=True)


def _cells(file: Path, findings: list[Finding]) -> Iterator[RawCell]:
    text = _text(file, findings)
    if text is None or _separated_otherwise(file.stem, text, findings):
        return
    count = 0
    try:
        for row, record in enumerate(records(text), start=1):
            count += len(record)
            if count > MOST_CELLS:
                findings.append(Finding(
                    file.stem, "", "", f"the file has more than {MOST_CELLS:,} cells.", "Delete what is not needed."
                ))
                return
            yield from (
                RawCell(row, column, unescape(value)) for column, value in enumerate(record, start=1) if value
            )
    except csv.Error as fault:
        findings.append(Finding(
            f"{file.stem}!A{row + 1 if count else 1}", "", "", f"this line cannot be read as .csv ({fault}).",
            'Close every quote, and write a quote inside a text twice ("").',
        ))


def _text(file: Path, findings: list[Finding]) -> str | None:
    if file.stat().st_size > MOST_BYTES:
        findings.append(Finding(
            file.stem, "", "", f"the file is larger than {MOST_BYTES // 10**6} MB.", "Delete what is not needed."
        ))
        return None
    data = file.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        row = data[: fault.start].count(b"\n") + 1
        findings.append(Finding(
            f"{file.stem}!A{row}", "", "", "this line is not written in UTF-8.",
            "Save the file as 'CSV UTF-8 (comma separated)'.",
        ))
        return None


def _separated_otherwise(sheet: str, text: str, findings: list[Finding]) -> bool:
    first = next((line for line in text.splitlines() if line.strip(" ,;\t")), "")
    signs = [(";", "semicolons"), ("\t", "tabs")]
    found = [words for sign, words in signs if first.count(sign) > first.count(",")]
    if not found:
        return False
    findings.append(Finding(
        f"{sheet}!A1", "", first[:60], f"the file is separated by {found[0]}.", "Save it separated by commas."
    ))
    return True
