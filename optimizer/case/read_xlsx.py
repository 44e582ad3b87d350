"""Reading an .xlsx file: every cell with its position, from the parts of the file themselves (ECMA-376, part 1, 18.3).

Values, formulas, merged cells and what is hidden stand in the same part and are read in one pass; a library would
read it three times and build trees of parts that nobody has looked at.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from optimizer.case import look
from optimizer.case.findings import CaseError
from optimizer.case.look import DAMAGES, damaged, look_before, refuse, too_large
from optimizer.case.markup import End, Part, Start, Tally, read_part
from optimizer.case.raw import RawBook, RawCell, is_ignored
from optimizer.case.sheet_parts import SheetCells
from optimizer.case.xlsx_formats import Styles, date_of, number_of

PARTS = ("xl/workbook.xml", "[Content_Types].xml")
"""What every .xlsx file holds."""

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TRUE = ("1", "true")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,4})\$?([0-9]{1,9})")


@dataclass(frozen=True)
class _Listed:
    """A sheet as the workbook lists it."""

    name: str
    relation: str
    hidden: bool


def read_xlsx_file(path: Path, skip: Callable[[str], bool] = is_ignored) -> RawBook:
    """The sheets of an .xlsx file.

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
            _read_sheets(Tally(path), packed, book, skip)
    except DAMAGES as fault:
        raise damaged(path, fault) from None
    return book


def _read_sheets(tally: Tally, packed: zipfile.ZipFile, book: RawBook, skip: Callable[[str], bool]) -> None:
    listed, relations = _Workbook(tally), _Relations(tally)
    read_part(packed, "xl/workbook.xml", listed)
    read_part(packed, "xl/_rels/workbook.xml.rels", relations)
    styles, texts = Styles(tally, _named), _Texts(tally)
    for kind, part in (("styles", styles), ("sharedStrings", texts)):
        if kind in relations.others:
            read_part(packed, relations.others[kind], part)
    count, read = 0, dict[str, str]()
    for one in listed.sheets:
        if skip(one.name) or one.relation not in relations.sheets:
            continue
        made, target = SheetCells(tally.path, one.name, one.hidden), relations.sheets[one.relation]
        if target in read:
            raise _the_same(tally.path, read[target], one.name)
        read[target] = one.name
        read_part(packed, target, _Sheet(tally, made, count, styles, texts.texts, listed.from_1904))
        count += len(made.cells)
        made.put_into(book)


def _the_same(path: Path, one: str, other: str) -> CaseError:
    """Two sheets that are one part, which a small file could have read any number of times."""
    return refuse(
        path, f"the sheets {one} and {other} are one and the same part of the file, as no spreadsheet program writes.",
        "Do not use this file; ask whoever made it for one saved by a spreadsheet program.",
    )


def _named(**what: Callable[..., None]) -> dict[str, Callable[..., None]]:
    """What is done, by tag, in both namespaces of the format."""
    return {f"{space} {name}": do for name, do in what.items() for space in _MAIN}


def _unescaped(text: str) -> str:
    """The text with signs such as ``_x000D_`` as what they stand for, where that can be written."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda f: f.group() if 0xD800 <= int(f[1], 16) < 0xE000 else chr(int(f[1], 16)), text)


class _Workbook(Part):
    """The list of sheets."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally)
        self.sheets: list[_Listed] = []
        self.from_1904 = False
        self.starts = _named(sheet=self._sheet, workbookPr=self._properties)

    def _sheet(self, given: Mapping[str, str]) -> None:
        relation = next((given[f"{space} id"] for space in _RELATIONS if f"{space} id" in given), "")
        self.sheets.append(_Listed(given["name"], relation, given.get("state", "visible") != "visible"))
        if len(self.sheets) > look.MOST_PARTS:
            raise too_large(self.path, f"has over {look.MOST_PARTS:,} sheets")

    def _properties(self, given: Mapping[str, str]) -> None:
        self.from_1904 = given.get("date1904") in _TRUE


class _Relations(Part):
    """Where the parts of a workbook are: of the sheets by their mark, of the others by their kind."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally)
        self.sheets: dict[str, str] = {}
        self.others: dict[str, str] = {}
        self._count = 0
        self.starts = {f"{_PACKAGE} Relationship": self._relation}

    def _relation(self, given: Mapping[str, str]) -> None:
        self._count += 1
        if self._count > look.MOST_PARTS:
            raise too_large(self.path, f"has over {look.MOST_PARTS:,} relations")
        kind = given["Type"].rpartition("/")[2]
        target = posixpath.normpath(posixpath.join("/xl", given["Target"])).lstrip("/")
        if kind == "worksheet":
            self.sheets[given["Id"]] = target
        elif kind in ("styles", "sharedStrings"):
            self.others[kind] = target


class _Texts(Part):
    """The texts that cells refer to by number."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally)
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._spoken = 0
        self.starts = _named(si=self._begin, t=self._listen, rPh=self._speak)
        self.ends = _named(si=self._end, t=self._heard, rPh=self._speak_no_more)

    def _begin(self, given: Mapping[str, str]) -> None:
        self._pieces = []
        self.begin_text()

    def _listen(self, given: Mapping[str, str]) -> None:
        # how a text is spoken, written above Japanese signs, is none of it
        if not self._spoken:
            self.listen()

    def _heard(self) -> None:
        self._pieces.append(self.heard())

    def _speak(self, given: Mapping[str, str]) -> None:
        self._spoken += 1

    def _speak_no_more(self) -> None:
        self._spoken -= 1

    def _end(self) -> None:
        self.texts.append(_unescaped("".join(self._pieces)))
        if len(self.texts) > look.MOST_CELLS:
            raise too_large(self.path, f"has over {look.MOST_CELLS:,} texts")


class _Sheet(Part):
    """The cells of a sheet."""

    marks = (b"<v>", b"<is>")

    def __init__(
        self, tally: Tally, made: SheetCells, before: int, styles: Styles, texts: list[str], from_1904: bool
    ) -> None:
        super().__init__(tally)
        self.made, self._before = made, before
        self._styles, self._texts, self._from_1904 = styles, texts, from_1904
        self._row = self._column = 0
        self._hidden_row = False
        self._kind, self._style = "n", 0
        self._value: str | None = None
        self._formula: str | None = None
        self._pieces: list[str] = []
        self._spoken = 0
        starts: dict[str, Start] = {
            "row": self._begin_row, "c": self._begin_cell, "v": self._listen, "f": self._listen, "t": self._listen,
            "rPh": self._speak, "col": self._columns, "mergeCell": self._merged,
        }
        ends: dict[str, End] = {
            "c": self._end_cell, "v": self._end_value, "f": self._end_formula, "t": self._end_text,
            "rPh": self._speak_no_more,
        }
        self.starts, self.ends = _named(**starts), _named(**ends)

    def _columns(self, given: Mapping[str, str]) -> None:
        if given.get("hidden") in _TRUE:
            self.made.note_hidden_columns(int(given["min"]), int(given["max"]))

    def _merged(self, given: Mapping[str, str]) -> None:
        first, _, last = given["ref"].partition(":")
        (top, left), (bottom, right) = _position(first), _position(last or first)
        if (top, left) != (bottom, right) and len(self.made.merged) < look.MOST_PARTS:
            self.made.merged.append((top, left, bottom, right))

    def _begin_row(self, given: Mapping[str, str]) -> None:
        self._row = int(given["r"]) if "r" in given else self._row + 1
        self._column = 0
        self._hidden_row = given.get("hidden") in _TRUE

    def _begin_cell(self, given: Mapping[str, str]) -> None:
        if "r" in given:
            self._row, self._column = _position(given["r"])
        else:
            self._column += 1
        self._kind, self._style = given.get("t", "n"), int(given.get("s", "0"))
        self._value = self._formula = None
        self._pieces = []
        self.begin_text()

    def _listen(self, given: Mapping[str, str]) -> None:
        if not self._spoken:
            self.listen()

    def _speak(self, given: Mapping[str, str]) -> None:
        self._spoken += 1

    def _speak_no_more(self) -> None:
        self._spoken -= 1

    def _end_value(self) -> None:
        self._value = self.heard()

    def _end_formula(self) -> None:
        self._formula = self.heard()

    def _end_text(self) -> None:
        self._pieces.append(self.heard())

    def _end_cell(self) -> None:
        cell = self._cell()
        if cell is None:
            return
        self.made.add(cell, self._before)
        if self._hidden_row:
            self.made.hidden_rows.add(self._row)

    def _cell(self) -> RawCell | None:
        row, column, value = self._row, self._column, self._value
        if self._kind == "inlineStr":
            text = _unescaped("".join(self._pieces))
            return RawCell(row, column, text) if text else None
        if not value:
            # of a formula that gives an empty text the kind is told, of one never calculated none
            if self._formula is None or (self._kind == "str" and value is not None):
                return None
            return self.made.never_calculated(row, column, f"={self._formula}" if self._formula else "")
        if self._kind == "s":
            text = self._shared(int(value))
            self.spend(len(text))
            return RawCell(row, column, text) if text else None
        if self._kind == "str":
            return RawCell(row, column, _unescaped(value))
        if self._kind == "e":
            return self.made.failed(row, column, value)
        if self._kind == "b":
            return RawCell(row, column, value.strip() in _TRUE)
        return self._number(value)

    def _shared(self, number: int) -> str:
        if not 0 <= number < len(self._texts):
            raise ValueError(f"there is no text number {number}")
        return self._texts[number]

    def _number(self, value: str) -> RawCell:
        row, column = self._row, self._column
        form = self._styles.form(self._style)
        try:
            if self._kind == "d":
                return RawCell(row, column, date_of(value))
            number = number_of(value)
        except ValueError:
            return self.made.unreadable(row, column, value)
        if form in ("date", "duration"):
            return RawCell(row, column, date_of(number, from_1904=self._from_1904, duration=form == "duration"))
        return RawCell(row, column, number, form == "percent")


def _position(reference: str) -> tuple[int, int]:
    """Row and column of ``H7``.

    Raises:
        ValueError: it is no reference.
    """
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(f"'{reference[:40]}' is no cell")
    return int(found[2]), _column(found[1])


@lru_cache(maxsize=4_000)
def _column(letters: str) -> int:
    """The number of a column, from 1."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column
