"""Reading an .ods file: every cell with its position, from the text of the document itself.

Libraries that read this format give one empty text for an error, for a formula that was never calculated and for a
blank cell; what is told apart here is written in the document (OpenDocument 1.3, part 3, section 9 and 19.385).
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from optimizer.case import look
from optimizer.case.look import DAMAGES, damaged, look_before, too_far, too_many_cells
from optimizer.case.markup import Part, Tally, read_part
from optimizer.case.raw import ERROR_VALUES, RawBook, RawCell, is_ignored
from optimizer.case.sheet_parts import SheetCells
from optimizer.case.xlsx_formats import number_of

PARTS = ("content.xml", "META-INF/manifest.xml")
"""What every .ods file holds."""

_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0 "
_OFFICE, _TABLE, _TEXT, _STYLE = (_NAMESPACE.format(name) for name in ("office", "table", "text", "style"))
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_HIDDEN = ("collapse", "filter")
_NUMBERS = ("float", "currency", "percentage")
_NO_TEXT = (f"{_TEXT}ruby-text", f"{_TEXT}note", f"{_TEXT}bookmark")
_ERROR = re.compile(r"Err:\d{3}|#.*[!?]|#N/A")
_TRUTHS = {"of:=TRUE()": True, "of:=FALSE()": False, "TRUE": True, "FALSE": False}
_BLANKS = re.compile(r"[ \t\r\n]+")
_PARAGRAPH = f"{_TEXT}p"
_KIND, _VALUE, _STRING = (f"{_OFFICE}{name}" for name in ("value-type", "value", "string-value"))
_CALCULATED = f"{_CALC}value-type"
_FORMULA = f"{_TABLE}formula"
_PARTS_OF_TABLES = (f"{_TABLE}table-", f"{_TABLE}covered-table-cell")
_COLUMNS_REPEATED, _ROWS_REPEATED = (f"{_TABLE}number-{what}-repeated" for what in ("columns", "rows"))
_SPACES = f"{_TEXT}c"
_SPANNED = (f"{_TABLE}number-columns-spanned", f"{_TABLE}number-rows-spanned")
_SHORT = 40
"""Letters up to which an attribute of a cell is none of its text: the name of a style or of a kind."""

_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,](\d{1,6})\d*)?S")


def read_ods_file(path: Path, skip: Callable[[str], bool] = is_ignored) -> RawBook:
    """The sheets of an .ods file.

    Args:
        path: the file.
        skip: tells of a sheet's name whether it is passed by.

    Raises:
        CaseError: the file is no spreadsheet of this kind, is locked, damaged, or too large to be a case.
    """
    look_before(path, PARTS)
    book = RawBook()
    try:
        with zipfile.ZipFile(path) as packed:
            read_part(packed, "content.xml", _Document(Tally(path), book, skip))
    except DAMAGES as fault:
        raise damaged(path, fault) from None
    return book


@dataclass
class _Cell:
    """A cell while it is read, with how many of its kind stand side by side.

    Attributes:
        column: its column.
        times: how many stand side by side.
        given: its attributes.
        told: how many letters they tell at length.
        paragraphs: its text.
        text: its text as one, once it has been read.
    """

    column: int
    times: int
    given: Mapping[str, str]
    told: int
    paragraphs: list[str] = field(default_factory=list)
    text: str = ""



class _Document(Part):
    """The sheets of a document; each is put into the book where it ends."""

    marks = (b"office:value-type=",)

    def __init__(self, tally: Tally, book: RawBook, skip: Callable[[str], bool]) -> None:
        super().__init__(tally)
        self._book, self._skip = book, skip
        self._count = 0
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._sheet: SheetCells | None = None
        self._sheet_depth = self._row_depth = self._cell_depth = self._paragraph_depth = 0
        self._row = self._column = self._columns = 0
        self._row_times, self._row_hidden = 1, False
        self._filled: list[_Cell] = []
        self._cell: _Cell | None = None
        self._line: list[str] = []
        self._ends_blank = True
        self._skipped_from = 0
        self.starts = {
            f"{_STYLE}style": self._begin_style, f"{_STYLE}table-properties": self._table_properties,
            f"{_TABLE}table": self._begin_sheet, f"{_TABLE}table-column": self._note_columns,
            f"{_TABLE}table-row": self._begin_row, f"{_TABLE}table-cell": self._begin_cell,
            f"{_TABLE}covered-table-cell": self._begin_cell, _PARAGRAPH: self._begin_paragraph,
            f"{_TEXT}s": self._spaces, f"{_TEXT}tab": self._tab, f"{_TEXT}line-break": self._line_break,
        }
        self.ends = {
            f"{_TABLE}table": self._end_sheet, f"{_TABLE}table-row": self._end_row,
            f"{_TABLE}table-cell": self._end_cell, f"{_TABLE}covered-table-cell": self._end_cell,
            _PARAGRAPH: self._end_paragraph,
        }

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Called where a tag begins; what lies within a comment or drawing is passed by."""
        if self._skipped_from:
            self.depth += 1
            return
        started = self._sheet is not None
        super().begin(tag, attributes)
        if started and self._is_apart(tag):
            self._skipped_from = self.depth

    def _is_apart(self, tag: str) -> bool:
        """Whether what a tag holds is none of the sheet's own rows, cells and texts."""
        if self._paragraph_depth:
            return not tag.startswith(_TEXT) or tag in _NO_TEXT
        if self._cell is not None and self.depth > self._cell_depth:
            return tag != _PARAGRAPH
        return not tag.startswith(_PARTS_OF_TABLES)

    def finish(self, tag: str) -> None:
        """Called where a tag ends."""
        if self._skipped_from:
            if self.depth == self._skipped_from:
                self._skipped_from = 0
            self.depth -= 1
            return
        super().finish(tag)

    def text(self, piece: str) -> None:
        """Called with the text between tags; blanks that follow one another count as one, as the format has it."""
        if not self._paragraph_depth or self._skipped_from:
            return
        piece = _BLANKS.sub(" ", piece)
        if self._ends_blank:
            piece = piece.removeprefix(" ")
        if piece:
            self._write(piece)
            self._ends_blank = piece.endswith(" ")

    def _write(self, piece: str) -> None:
        self.keep(len(piece))
        self._line.append(piece)

    def _begin_style(self, given: Mapping[str, str]) -> None:
        self._style = given.get(f"{_STYLE}name", "")[:look.MOST_IN_NAME]

    def _table_properties(self, given: Mapping[str, str]) -> None:
        if given.get(f"{_TABLE}display") == "false" and len(self._hidden_styles) < look.MOST_PARTS:
            self._hidden_styles.add(self._style)

    def _begin_sheet(self, given: Mapping[str, str]) -> None:
        if self._sheet is not None:
            return
        hidden = given.get(f"{_TABLE}style-name", "")[:look.MOST_IN_NAME] in self._hidden_styles
        self._sheet = SheetCells(self.path, given.get(f"{_TABLE}name", ""), hidden)
        self._sheet_depth = self.depth
        self._row = self._columns = 0

    def _end_sheet(self) -> None:
        sheet = self._sheet
        if sheet is None or self.depth != self._sheet_depth:
            return
        self._sheet = None
        if not self._skip(sheet.name):
            self._count += len(sheet.cells)
            sheet.put_into(self._book)

    def _note_columns(self, given: Mapping[str, str]) -> None:
        if self._sheet is None:
            return
        times = _times(given, _COLUMNS_REPEATED)
        if given.get(f"{_TABLE}visibility") in _HIDDEN:
            self._sheet.note_hidden_columns(self._columns + 1, self._columns + times)
        self._columns += times

    def _begin_row(self, given: Mapping[str, str]) -> None:
        if self._sheet is None:
            return
        self._row_depth = self.depth
        self._row_times = _times(given, _ROWS_REPEATED)
        self._row_hidden = given.get(f"{_TABLE}visibility") in _HIDDEN
        self._column, self._filled = 0, []

    def _begin_cell(self, given: Mapping[str, str]) -> None:
        if self._row_depth and self.depth == self._row_depth + 1:
            told = sum(len(value) for value in given.values() if len(value) > _SHORT)
            self._cell = _Cell(self._column + 1, _times(given, _COLUMNS_REPEATED), given, told)
            self._cell_depth = self.depth
            self.begin_text()
            self.keep(told)

    def _end_cell(self) -> None:
        cell = self._cell
        if cell is None:
            return
        self._cell = None
        self._column += cell.times
        cell.text = "\n".join(cell.paragraphs)
        filled = _KIND in cell.given or _FORMULA in cell.given or cell.text
        if filled or any(what in cell.given for what in _SPANNED):
            self._filled.append(cell)
            if len(self._filled) > look.MOST_COLUMNS and self._sheet is not None:
                raise too_far(self.path, self._sheet.name, self._row + 1, self._column)

    def _end_row(self) -> None:
        if self._sheet is None or self.depth != self._row_depth:
            return
        self._row_depth = 0
        if self._filled and not self._skip(self._sheet.name):
            self._add_rows(self._sheet)
        self._row += self._row_times

    def _add_rows(self, sheet: SheetCells) -> None:
        filled = [cell for cell in self._filled if not _is_blank(cell)]
        last = max((cell.column + cell.times - 1 for cell in filled), default=0)
        if filled and (self._row + self._row_times > look.MOST_ROWS or last > look.MOST_COLUMNS):
            raise too_far(self.path, sheet.name, self._row + self._row_times, last)
        each = sum(cell.times for cell in filled)
        if self._count + len(sheet.cells) + each * self._row_times > look.MOST_CELLS:
            raise too_many_cells(self.path)
        for cell in self._filled:
            _note_merged(sheet, self._row + 1, cell)
        # a row that is repeated stands for as many, and each of its cells likewise; once they were counted when read
        self.spend(sum((len(cell.text) + cell.told) * (cell.times * self._row_times - 1) for cell in filled))
        for row in range(self._row + 1, self._row + (self._row_times if filled else 0) + 1):
            if self._row_hidden:
                sheet.hidden_rows.add(row)
            for cell in filled:
                for column in range(cell.column, cell.column + cell.times):
                    sheet.add(_raw(sheet, row, column, cell), self._count)

    def _begin_paragraph(self, given: Mapping[str, str]) -> None:
        if self._cell is not None and self.depth == self._cell_depth + 1:
            self._paragraph_depth = self.depth
            self._line, self._ends_blank = [], True

    def _end_paragraph(self) -> None:
        if self._cell is None or self.depth != self._paragraph_depth:
            return
        self._paragraph_depth = 0
        # one that is empty is a letter all the same: the line's end before it
        if self._cell.paragraphs:
            self.keep(1)
        self._cell.paragraphs.append("".join(self._line))

    def _spaces(self, given: Mapping[str, str]) -> None:
        if self._paragraph_depth:
            count = _times(given, _SPACES)
            self.keep(count)
            self._line.append(" " * count)
            self._ends_blank = False

    def _tab(self, given: Mapping[str, str]) -> None:
        self._sign("\t")

    def _line_break(self, given: Mapping[str, str]) -> None:
        self._sign("\n")

    def _sign(self, sign: str) -> None:
        if self._paragraph_depth:
            self._write(sign)
            self._ends_blank = False


def _times(given: Mapping[str, str], name: str) -> int:
    return max(int(given.get(name, "1")), 1)


def _is_blank(cell: _Cell) -> bool:
    kind = cell.given.get(_KIND)
    said = cell.text or cell.given.get(_STRING, "")
    return _FORMULA not in cell.given and kind in (None, "string") and not said


def _raw(sheet: SheetCells, row: int, column: int, cell: _Cell) -> RawCell:
    """What stands in a cell; a fault of it is told."""
    given, kind = cell.given, cell.given.get(_KIND)
    formula = given.get(_FORMULA)
    if given.get(_CALCULATED) == "error" or (formula is not None and _is_error(cell.text)):
        return sheet.failed(row, column, cell.text)
    # LibreOffice gives a formula that yields an empty text no kind, but a paragraph
    valued = given.get(_VALUE) if kind in _NUMBERS else kind or cell.paragraphs
    if formula is not None and not valued:
        return sheet.never_calculated(row, column, formula.removeprefix("of:"))
    # and to one that yields a truth value that of a number
    truth = _TRUTHS.get(formula or "", _TRUTHS.get(cell.text) if formula is not None else None)
    if truth is not None and kind in _NUMBERS:
        return RawCell(row, column, truth)
    try:
        return RawCell(row, column, _VALUES.get(kind or "", _string)(cell), kind == "percentage")
    except (ValueError, OverflowError):
        return sheet.unreadable(row, column, cell.text)


def _is_error(text: str) -> bool:
    return text in ERROR_VALUES or _ERROR.fullmatch(text) is not None


def _string(cell: _Cell) -> str:
    told = cell.given.get(_STRING)
    return cell.text if told is None else told


def _number(cell: _Cell) -> float | int:
    return number_of(cell.given.get(_VALUE, ""))


def _truth(cell: _Cell) -> bool:
    told = cell.given.get(f"{_OFFICE}boolean-value")
    if told not in ("true", "false"):
        raise ValueError(told)
    return told == "true"


def _date(cell: _Cell) -> dt.datetime:
    return dt.datetime.fromisoformat(cell.given.get(f"{_OFFICE}date-value", "")).replace(tzinfo=None)


def _time(cell: _Cell) -> dt.time | dt.timedelta:
    found = _TIME.fullmatch(cell.given.get(f"{_OFFICE}time-value", ""))
    if found is None:
        raise ValueError(cell.text)
    hours, minutes, seconds = (int(part) for part in found.groups()[:3])
    micro = int((found[4] or "0").ljust(6, "0"))
    if hours < 24:
        return dt.time(hours, minutes, seconds, micro)
    return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=micro)


_VALUES: dict[str, Callable[[_Cell], object]] = {
    **dict.fromkeys(_NUMBERS, _number), "boolean": _truth, "date": _date, "time": _time,
}


def _note_merged(sheet: SheetCells, row: int, cell: _Cell) -> None:
    if not any(what in cell.given for what in _SPANNED):
        return
    wide, high = (_times(cell.given, what) for what in _SPANNED)
    if (wide > 1 or high > 1) and len(sheet.merged) < look.MOST_PARTS:
        sheet.merged.append((row, cell.column, row + high - 1, cell.column + wide - 1))
