"""Reading a folder of .csv files: one sheet a file, UTF-8, separated by commas."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optimizer.case import look
from optimizer.case.findings import CaseError, Finding
from optimizer.case.look import refuse, too_far
from optimizer.case.raw import Faults, RawBook, RawCell, cell_name, sheet_of

MOST_IN_ROW = 1_000_000
"""Letters of a row; the other limits are those of a workbook, for all files of a folder together."""

_CHUNK = 1 << 20
_DELETE = "Delete what is not needed."
_ESCAPED = re.compile(r"'+[=+\-@]")


def read_csv_folder(folder: Path) -> RawBook:
    """The sheets of a folder; files that are not .csv or whose name starts with ``_`` or ``.`` are left alone.

    Raises:
        CaseError: the folder holds no .csv file, one that is no plain file, or more than a case has.
    """
    files = _files(folder)
    book, taken = RawBook(), _Taken()
    for file in files:
        faults = Faults(file.stem)
        book.sheets[file.stem] = sheet_of(_cells(file, taken, faults), faults)
        book.findings += faults.findings
    return book


@dataclass
class _Taken:
    """What the files of a folder have come to so far.

    Attributes:
        rows: how many filled rows they have.
        cells: how many filled cells.
        letters: how many letters, those between the cells included.
    """

    rows: int = 0
    cells: int = 0
    letters: int = 0


def _files(folder: Path) -> list[Path]:
    """The files of a folder that are sheets, in the order of their names."""
    files = sorted(
        file for file in folder.iterdir()
        if file.suffix.lower() == ".csv" and not file.name.startswith(("_", "."))
    )
    if not files:
        raise refuse(folder, "this folder holds no .csv file.", "A case has at least Case.csv, one file a sheet.")
    if len(files) > look.MOST_SHEETS:
        raise refuse(folder, f"this folder holds over {look.MOST_SHEETS} .csv files, far more than a case needs.",
                     "Copy those of the case into a new folder.")
    for file in files:
        # what is no plain file, such as a pipe, may never end; it is not even opened
        if not file.is_file():
            raise refuse(file, "this is no plain file.", "Take it out of the folder, or begin its name with _.")
    size = sum(file.stat().st_size for file in files)
    if size > look.MOST_FILE:
        raise refuse(folder, f"the .csv files of this folder have {size // 10**6:,} MB, far more than a case needs.",
                     _DELETE)
    return files


def unescape(text: str) -> str:
    """The text without the ``'`` put before a sign that a spreadsheet would take for a formula."""
    return text[1:] if _ESCAPED.match(text) else text


def escape(text: str) -> str:
    """The text with a ``'`` where a spreadsheet would take it for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") or _ESCAPED.match(text) else text


def _cells(file: Path, taken: _Taken, faults: Faults) -> Iterator[RawCell]:
    data = _data(file, faults)
    if data is None or _separated_otherwise(file, data, faults):
        return
    lines, row = _Lines(file, data, taken), 0
    try:
        for row, record in enumerate(csv.reader(lines, strict=True), start=1):
            lines.end_row()
            filled = [
                RawCell(row, column, unescape(value)) for column, value in enumerate(record, start=1) if value
            ]
            _limit(file, row, filled, taken)
            yield from filled
    except csv.Error as fault:
        if "field larger" in str(fault):
            raise _long_text(cell_name(file.stem, row + 1, 1), "a cell of this row") from None
        faults.findings.append(Finding(
            f"{file.stem}!A{row + 1}", "", "", f"this line cannot be read as .csv ({fault}).",
            'Close every quote, and write a quote inside a text twice ("").',
        ))


def _limit(file: Path, row: int, filled: list[RawCell], taken: _Taken) -> None:
    """Refuses a row that lies further out than any case reaches, or is filled further."""
    last = filled[-1].column if filled else 0
    if row > look.MOST_ROWS or last > look.MOST_COLUMNS:
        raise too_far(file, file.stem, row, max(last, 1))
    for cell in filled:
        if len(str(cell.value)) > look.MOST_IN_CELL:
            raise _long_text(cell_name(file.stem, row, cell.column), "this cell")
    taken.rows += bool(filled)
    taken.cells += len(filled)
    if taken.rows > look.MOST_FILLED_ROWS:
        raise _too_much(file, f"{look.MOST_FILLED_ROWS:,} filled rows")
    if taken.cells > look.MOST_CELLS:
        raise _too_much(file, f"{look.MOST_CELLS:,} filled cells")


class _Lines:
    """The lines of a file as they are asked for; a row that does not end is refused while it is read."""

    def __init__(self, file: Path, data: bytes, taken: _Taken) -> None:
        self._file, self._taken = file, taken
        self._text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
        self._rows = self._letters = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MOST_IN_ROW + 1)
        if not line:
            raise StopIteration
        self._letters += len(line)
        self._taken.letters += len(line)
        if self._letters > MOST_IN_ROW:
            raise _long_text(cell_name(self._file.stem, self._rows + 1, 1), "this row", MOST_IN_ROW)
        if self._taken.letters > look.MOST_LETTERS:
            raise _too_much(self._file, f"{look.MOST_LETTERS:,} letters")
        return line

    def end_row(self) -> None:
        """Called where a row has been read, of however many lines."""
        self._rows += 1
        self._letters = 0


def _too_much(file: Path, what: str) -> CaseError:
    return refuse(file, f"with this file the folder has over {what}, far more than a case needs.", _DELETE)


def _long_text(cell: str, what: str, most: int | None = None) -> CaseError:
    message = f"{what} has over {most or look.MOST_IN_CELL:,} letters, far more than a case needs."
    return CaseError([Finding(cell, "", "", message, "Close every quote, and delete what is not needed.")])


def _data(file: Path, faults: Faults) -> bytes | None:
    """The bytes of a file; None where they are no UTF-8, which is told."""
    with file.open("rb") as stream:
        data = stream.read(look.MOST_FILE)
    row = _undecodable(data)
    if row is None:
        return data
    faults.findings.append(Finding(
        f"{file.stem}!A{row}", "", "", "this line is not written in UTF-8.",
        "Save the file as 'CSV UTF-8 (comma separated)'.",
    ))
    return None


def _undecodable(data: bytes) -> int | None:
    """The first line that is not written in UTF-8; read piece by piece, as the whole may take four times its bytes."""
    decoder, row = codecs.getincrementaldecoder("utf-8")(), 1
    for start in range(0, len(data) + 1, _CHUNK):
        chunk = data[start:start + _CHUNK]
        try:
            decoder.decode(chunk, final=len(chunk) < _CHUNK)
        except UnicodeDecodeError as fault:
            return row + fault.object[:fault.start].count(b"\n")
        row += chunk.count(b"\n")
    return None


def _first_line(file: Path, data: bytes) -> str:
    """The first line that is not blank."""
    lines = _Lines(file, data, _Taken())
    for line in itertools.islice(lines, look.MOST_ROWS):
        lines.end_row()
        if line.strip(" ,;\t\r\n"):
            return line.rstrip("\r\n")
    return ""


def _separated_otherwise(file: Path, data: bytes, faults: Faults) -> bool:
    first = _first_line(file, data)
    signs = [(";", "semicolons"), ("\t", "tabs")]
    found = [words for sign, words in signs if first.count(sign) > first.count(",")]
    if not found:
        return False
    faults.findings.append(Finding(
        f"{file.stem}!A1", "", first[:60], f"the file is separated by {found[0]}.",
        "Save it separated by commas.",
    ))
    return True
