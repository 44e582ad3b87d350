"""Numbers in an .xlsx file: which of them are shown as percentages or dates, and what date a number is."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from typing import Literal

from optimizer.case.look import too_large
from optimizer.case.markup import Part, Tally

Form = Literal["number", "percent", "date", "duration"]
"""As what a number is shown."""

MOST_STYLES = 100_000
MOST_IN_CODE = 255
"""Styles of cells and number formats, and the letters of a format, of which no spreadsheet program keeps more."""

# one way only to take digits, or very many of them before a wrong sign would be tried in every way there is
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_PERCENT = (9, 10)
_DATES = (*range(14, 23), *range(27, 37), 45, 47, *range(50, 59))
_DURATION = 46
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
# what is shown as it stands: quoted, behind a backslash, as wide as a sign, filled up with a sign, and in brackets,
# of which the last to open counts, or brackets that never close would be looked at from each one to the end
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\[\]]*\]')


def form_of(code: str) -> Form:
    """As what a number format shows its numbers, told from the part for positive ones.

    >>> form_of("0.0%"), form_of('0" %"'), form_of("yyyy-mm-dd"), form_of("[h]:mm"), form_of("#,##0.00 [$USD]")
    ('percent', 'number', 'date', 'duration', 'number')
    """
    bare = _LITERAL.sub("", code.partition(";")[0])
    if "%" in bare:
        return "percent"
    if _ELAPSED.search(code.partition(";")[0]):
        return "duration"
    general = bare.casefold().replace("general", "")
    return "date" if re.search("[dmhys]", general) else "number"


def number_of(text: str) -> float | int:
    """The number that a text tells; a whole one as int.

    Raises:
        ValueError: it tells none.
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    if text.lstrip("+-").isdigit() and len(text) < 16:
        return int(text)
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def date_of(value: str | float, *, from_1904: bool = False, duration: bool = False) -> object:
    """The date that a number or an ISO text tells; the number itself where it is none.

    Args:
        value: days since the first, or a text such as ``2030-04-01T12:00:00``.
        from_1904: whether days are counted from 1904, as old Macs did.
        duration: whether it is a time that goes on beyond 24 hours.

    Raises:
        ValueError: the text tells no date.
    """
    if isinstance(value, str):
        text = value.strip()
        return dt.time.fromisoformat(text) if "-" not in text else dt.datetime.fromisoformat(text).replace(tzinfo=None)
    if not math.isfinite(value):
        return value
    try:
        if duration:
            return dt.timedelta(days=value)
        # the calendar has a 29 February 1900, which never was
        days = value + 1 if 1 <= value < 60 and not from_1904 else value
        first = dt.datetime(1904, 1, 1) if from_1904 else dt.datetime(1899, 12, 30)
        moment = first + dt.timedelta(milliseconds=round(days * 86_400_000))
    except OverflowError:
        return value
    return moment.time() if 0 <= value < 1 else moment


class Styles(Part):
    """The number format of each style.

    Args:
        tally: what the file has come to so far.
        named: puts tags into the namespaces of the format.
    """

    def __init__(self, tally: Tally, named: Callable[..., dict[str, Callable[..., None]]]) -> None:
        super().__init__(tally)
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._forms: dict[int, Form] = {}
        self._of_cells = False
        self.starts = named(numFmt=self._code, cellXfs=self._begin, xf=self._style)
        self.ends = named(cellXfs=self._end)

    def form(self, style: int) -> Form:
        """As what a style shows numbers; styles are numbered from 0.

        Raises:
            ValueError: there is no such style.
        """
        if not self._formats:
            return "number"
        if not 0 <= style < len(self._formats):
            raise ValueError(f"there is no cell style {style}")
        number = self._formats[style]
        if number not in self._forms:
            self._forms[number] = self._form(number)
        return self._forms[number]

    def _form(self, number: int) -> Form:
        if number in self._codes:
            return form_of(self._codes[number])
        if number in _PERCENT:
            return "percent"
        return "duration" if number == _DURATION else "date" if number in _DATES else "number"

    def _code(self, given: Mapping[str, str]) -> None:
        # formats of conditional colours are listed too, further down and under the same numbers
        self._codes.setdefault(int(given["numFmtId"]), given.get("formatCode", "")[:MOST_IN_CODE])
        self._limit(len(self._codes))

    def _begin(self, given: Mapping[str, str]) -> None:
        self._of_cells = True

    def _end(self) -> None:
        self._of_cells = False

    def _style(self, given: Mapping[str, str]) -> None:
        if self._of_cells:
            self._formats.append(int(given.get("numFmtId", "0")))
            self._limit(len(self._formats))

    def _limit(self, count: int) -> None:
        if count > MOST_STYLES:
            raise too_large(self.path, f"has over {MOST_STYLES:,} cell styles")
