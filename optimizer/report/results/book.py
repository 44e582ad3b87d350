"""The file itself: cells, links and formats of a workbook of results. Text is always text, never a formula."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from optimizer.case.grammar import number_text

CREATED = dt.datetime(2000, 1, 1)
"""The date in the file's properties: the same for every run, so that equal plans give equal bytes."""

LONGEST = 32_767
"""Signs that a cell can hold."""
CUT = " ... (cut: too long for a cell)"

INK, MUTED, LINK, RULE = "#222B33", "#66717B", "#1F5FA8", "#AEB7BF"
"""Colours of text, of what explains, of links and of lines."""
RESULT_TAB, TABLE_TAB, INPUT_TAB = "#1F6F8B", "#9DB8C7", "#BFBFBF"
"""Colours of the tabs: what to read first, the tidy tables, the copied inputs."""

WIDEST, NARROWEST = 60, 9
ROW = 15
"""Points that a row is high: 20 pixels."""

Value = str | int | float | None

NUMBER: Mapping[str, object] = {"align": "right", "indent": 1}
"""Look of a number in a table: clear of the text that may follow."""


WORDS: Mapping[str, object] = {"align": "left", "indent": 1}
"""Look of a text that stands after numbers."""

ACROSS, DOWN = 230, 75
"""Signs of the columns, and rows, that one printed page holds and still can be read."""


class _Exact(float):
    """A number that is written with all its digits; the library would write sixteen."""

    def __format__(self, spec: str) -> str:
        return number_text(self)


def quoted(sheet: str) -> str:
    """The name of a sheet as formulas and links want it.

    >>> quoted("in Deals"), quoted("Tom's")
    ("'in Deals'", "'Tom''s'")
    """
    return "'" + sheet.replace("'", "''") + "'"


def target(sheet: str, row: int = 0, column: int = 0) -> str:
    """Where a link points: a cell by row and column from 0.

    >>> target("in Deals", 4, 2)
    "'in Deals'!C5"
    """
    return f"{quoted(sheet)}!{xl_rowcol_to_cell(row, column)}"


class Book:
    """A workbook being written; used as a context, after which `content` holds its bytes."""

    def __init__(self, title: str) -> None:
        self._made = io.BytesIO()
        options = {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        }
        self.book: Any = xlsxwriter.Workbook(self._made, options)
        self.book.set_properties({"created": CREATED, "title": title[:255]})
        self._styles: dict[tuple[tuple[str, object], ...], Any] = {}

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        # a workbook that was not finished has no bytes to give, so the first fault is the one to be told
        if kind is None:
            self.book.close()

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self._made.getvalue()

    def style(self, **look: object) -> Any:
        """A format, made once a workbook."""
        look = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top", **look}
        key = tuple(sorted(look.items()))
        if key not in self._styles:
            self._styles[key] = self.book.add_format(look)
        return self._styles[key]

    def sheet(self, name: str, tab: str) -> Sheet:
        """A new sheet at the end."""
        place = self.book.add_worksheet(name)
        place.set_tab_color(tab)
        place.set_landscape()
        place.set_paper(9)
        place.fit_to_pages(1, 0)
        place.set_footer("&L&A&R&P / &N")
        place.set_default_row(ROW)
        return Sheet(self, place, name)


class Sheet:
    """One sheet; rows and columns count from 0.

    Attributes:
        book: the file.
        place: the sheet of the library.
        name: its name.
        rows: rows written so far.
    """

    def __init__(self, book: Book, place: Any, name: str) -> None:
        self.book, self.place, self.name = book, place, name
        self.rows = 0

    def put(self, row: int, column: int, value: Value, **look: object) -> None:
        """Write a value: text as text, a number with all its digits."""
        self.rows = max(self.rows, row + 1)
        style = self.book.style(**look)
        if isinstance(value, int | float):
            code = self.place.write_number(row, column, _Exact(value), style)
        elif value:
            code = self.place.write_string(row, column, fitting(value), style)
        else:
            code = self.place.write_blank(row, column, None, style)
        _written(code, self.name, row, column)

    def line(self, row: int, column: int, values: Sequence[Value], **look: object) -> None:
        """Write values beside each other."""
        for i, value in enumerate(values):
            self.put(row, column + i, value, **look)

    def link(self, row: int, column: int, where: str, text: str, **look: object) -> None:
        """Write a text that leads to a place inside this file."""
        style = self.book.style(**{"font_color": LINK, "underline": 1, **look})
        code = self.place.write_url(row, column, f"internal:{where}", style, fitting(text))
        _written(code, self.name, row, column)

    def table(
        self, row: int, column: int, headers: Sequence[str], rows: int, name: str, style: str | None,
        right: Sequence[str] = (),
    ) -> None:
        """Make what stands there a table with filters.

        Args:
            row: row of the headers.
            column: column of the first header.
            headers: the headers, none twice.
            rows: rows below the headers, at least 1.
            name: the table's name in formulas.
            style: a built-in style, None for none.
            right: headers of numbers.
        """
        code = self.place.add_table(row, column, row + rows, column + len(headers) - 1, {
            "name": name, "style": style, "columns": [
                {"header": text, "header_format": self.book.style(
                    # the button of the filter lies over the right end of a header
                    bold=True, bottom=1, bottom_color=RULE, align="right" if text in right else "left",
                    indent=2 if text in right else 0,
                )}
                for text in headers
            ],
        })
        self.place.repeat_rows(row)
        _written(0 if code is None else code, self.name, row, column)

    def widths(self, widths: Sequence[float], first: int = 0) -> None:
        """Set the widths of columns, in signs, and in how many pages across the sheet prints so as to be read."""
        fitting_ones = [max(NARROWEST, min(WIDEST, width)) for width in widths]
        for i, width in enumerate(fitting_ones):
            self.place.set_column(first + i, first + i, width)
        pages = max(1, math.ceil(sum(fitting_ones) / ACROSS))
        # a few rows alone on a second page help nobody
        self.place.fit_to_pages(pages, 1 if self.rows <= DOWN else 0)
        if pages > 1:
            # the names stand on each of the pages
            self.place.repeat_columns(0)


def fitting(text: str) -> str:
    """A text that a cell can hold, with a word where it was cut."""
    # a spreadsheet counts UTF-16 units, in which an emoji is two
    if len(text.encode("utf-16-le")) // 2 <= LONGEST:
        return text
    kept = text.encode("utf-16-le")[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore")
    return kept + CUT


def _written(code: int, sheet: str, row: int, column: int) -> None:
    if code != 0:
        raise ValueError(f"{target(sheet, row, column)} could not be written (code {code})")
