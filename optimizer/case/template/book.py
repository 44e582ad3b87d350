"""The workbook file itself: sheets as tables, with all that helps to fill them. The same bytes for the same content."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from optimizer.case.findings import CaseError, Finding
from optimizer.case.grammar import number_text
from optimizer.case.layout import Slot
from optimizer.case.raw import cell_name
from optimizer.case.schema import Settings
from optimizer.case.template import columns, guide
from optimizer.case.template.marks import Marks, write_check_sheet
from optimizer.case.template.sheets import Entry, Percent, SheetToWrite
from optimizer.case.template.styles import (
    ASSUMPTION,
    BROKEN,
    INTERPOLATED,
    LOW,
    OFF,
    WHOLE,
    Styles,
    colour_of,
    number_format,
    percent_format,
)
from optimizer.case.template.titles import titles

_CREATED = dt.datetime(2000, 1, 1)
_SPARE = 500
"""Rows below a table that take its lists and colours too, for programs whose tables do not grow by themselves."""
_WIDEST, _NARROWEST = 48, 8
_HIGHEST = 60
"""Points that a row of headers may be high."""


class _Exact(float):
    """A number that is written with all its digits; the library would write sixteen."""

    def __format__(self, spec: str) -> str:
        return number_text(self)


def workbook(sheets: Sequence[SheetToWrite], findings: Sequence[Finding] = ()) -> bytes:
    """A workbook with a guide, the sheets given and, where there are findings, a sheet that lists them.

    Raises:
        CaseError: a text is longer than a cell of a workbook can hold.
    """
    made = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"created": _CREATED})
        styles, marks = Styles(book), Marks.of(findings)
        own = [guide.CHECK, guide.GUIDE] if findings else [guide.GUIDE]
        front = {name: book.add_worksheet(name) for name in own}
        names = titles([sheet.name for sheet in sheets], own)
        places = [book.add_worksheet(name) for name in names]
        if findings:
            known = {sheet.name: name for sheet, name in zip(sheets, names, strict=True)}
            write_check_sheet(front[guide.CHECK], findings, styles, known)
        guide.write_guide(front[guide.GUIDE], styles, sheets)
        tabled = [sheet for sheet in sheets if _is_table(sheet)]
        payers = _payers(sheets)
        for sheet, place in zip(sheets, places, strict=True):
            writer = _Writer(book, place, sheet, styles, marks, [one.name for one in tabled], payers)
            writer.write(table=sheet in tabled)
    return made.getvalue()


def _is_table(sheet: SheetToWrite) -> bool:
    """Whether a table can be made of it: headers in a row without a gap, none twice, nothing beside them."""
    headers = sheet.headers
    names = [text.casefold() for text in headers.values()]
    at = sorted(headers)
    beside = any(not at or not at[0] <= column <= at[-1] for _, column in sheet.cells)
    above = any(row < sheet.header_row for row, _ in sheet.cells)
    whole = bool(at) and at == list(range(at[0], at[-1] + 1)) and len(set(names)) == len(names)
    return whole and not beside and not above and colour_of(sheet.name) != "#FFFFFF"


def _payers(sheets: Sequence[SheetToWrite]) -> list[str]:
    """Who pays, from the sheet Case."""
    case = next((sheet for sheet in sheets if sheet.name == Settings.sheet), None)
    if case is None:
        return []
    row = next((row for row, found in columns.setting_fields(case).items() if found.name == "payers"), 0)
    at = next((column for column, text in case.headers.items() if text.casefold() == "value"), 0)
    return [name.strip() for name in str(case.cells.get((row, at), "")).split(";") if name.strip()]


class _Writer:
    """Writes one sheet."""

    def __init__(
        self, book: Any, place: Any, sheet: SheetToWrite, styles: Styles, marks: Marks, tabled: Sequence[str],
        payers: Sequence[str],
    ) -> None:
        self.book, self.place, self.sheet, self.styles = book, place, sheet, styles
        self.marks, self.tabled, self.payers = marks, tabled, payers
        self.slots: Mapping[int, Slot] = sheet.slots()
        self.formats = {
            at: number_format(c for (row, column), c in sheet.cells.items() if column == at and row != sheet.header_row)
            for at in sheet.headers
        }
        for at, slot in self.slots.items():
            if slot.field.column.kind in ("year", "integer"):
                self.formats[at] = "0"
        if sheet.name == Settings.sheet:
            # one column holds years, shares and money: each as it is
            self.formats = {}

    @property
    def end(self) -> int:
        """The last row, from 1, that takes lists and colours."""
        return self.sheet.last_row + _SPARE

    def write(self, *, table: bool) -> None:
        self.place.set_tab_color(colour_of(self.sheet.name))
        for (row, column), entry in sorted(self.sheet.cells.items()):
            self._cell(row, column, entry)
        for row, column in sorted(self.marks.at(self.sheet.name)):
            if (row, column) not in self.sheet.cells:
                self._cell(row, column, "")
        self.place.set_landscape()
        self.place.fit_to_pages(1, 0)
        self.place.repeat_rows(self.sheet.header_row - 1)
        if table:
            self._table()
        if self.sheet.cells and colour_of(self.sheet.name) != "#FFFFFF":
            self._comments()
            self._choices()
            self._colours()
            self._widths()
            self.place.freeze_panes(self.sheet.header_row, min(self.sheet.headers, default=1))

    def _style(self, row: int, column: int, entry: Entry) -> Any:
        fill = self.marks.colour(self.sheet.name, row, column)
        marked = {"bg_color": fill} if fill else {}
        if row == self.sheet.header_row:
            slot = self.slots.get(column)
            # what must be filled stands out from what may be
            bold = slot is None or slot.field.required
            # over numbers to the right, over texts as far in as these
            side = {"align": "right"} if self._numeric(column) else {"indent": 1}
            head = {"text_wrap": True, "valign": "vcenter", "bg_color": colour_of(self.sheet.name), "bottom": 1}
            return self.styles(**{**head, "bold": bold, **side, **marked})
        shown = {"valign": "top", **marked}
        if isinstance(entry, Percent):
            return self.styles(**shown, num_format=percent_format(entry))
        if isinstance(entry, dt.datetime | dt.date | dt.time):
            return self.styles(**shown, num_format="yyyy-mm-dd")
        if isinstance(entry, int | float) and not isinstance(entry, bool):
            return self.styles(**shown, num_format=self.formats.get(column, "General"))
        return self.styles(**shown, indent=1)

    def _numeric(self, column: int) -> bool:
        slot = self.slots.get(column)
        return slot is not None and slot.field.column.kind in ("number", "integer", "year", "series")

    def _cell(self, row: int, column: int, entry: Entry) -> None:
        place, style = (row - 1, column - 1), self._style(row, column, entry)
        if isinstance(entry, bool):
            code = self.place.write_boolean(*place, entry, style)
        elif isinstance(entry, dt.datetime | dt.date | dt.time):
            code = self.place.write_datetime(*place, entry, style)
        elif isinstance(entry, Percent):
            code = self.place.write_number(*place, _Exact(entry.value), style)
        elif isinstance(entry, int | float):
            code = self.place.write_number(*place, _Exact(entry or 0.0), style)
        elif entry:
            code = self.place.write_string(*place, entry, style)
        else:
            code = self.place.write_blank(*place, None, style)
        if code != 0:
            raise CaseError([Finding(
                cell_name(self.sheet.name, row, column), "", str(entry)[:60],
                "this does not fit into a cell of a workbook.", "Shorten it to 32,767 signs.",
            )])

    def _table(self) -> None:
        """Makes an Excel table of the sheet, so that lists and colours grow with it."""
        headers, first = self.sheet.headers, self.sheet.header_row
        last = max(self.sheet.last_row, first + 1)
        at = min(headers)
        self.place.add_table(first - 1, at - 1, last - 1, max(headers) - 1, {
            "name": f"table_{self.sheet.name}",
            "style": "Table Style Light 1",
            "columns": [
                {"header": text, "header_format": self._style(first, column, text)}
                for column, text in headers.items()
            ],
        })
        if self.sheet.name == Settings.sheet:
            return
        key = columns.key_header(self.sheet.name).casefold()
        column = next((at for at, text in headers.items() if text.casefold() == key), None)
        if column is not None:
            # as long as its filled cells: a name over the table's column would not grow with it in LibreOffice
            top = f"{self.sheet.name}!${xl_col_to_name(column - 1)}"
            filled = f"COUNTA({top}${first + 1}:${xl_col_to_name(column - 1)}${self.end})"
            name = columns.list_name(self.sheet.name)
            self.book.define_name(name, f"=OFFSET({top}${first + 1},0,0,MAX(1,{filled}),1)")

    def _comments(self) -> None:
        head = self.sheet.header_row
        for column in sorted(self.sheet.headers):
            lines = self.marks.texts(self.sheet.name, head, column)
            header = self.sheet.headers[column]
            known = columns.comment(self.slots[column]) if column in self.slots else ""
            lines = [*lines, known or columns.plain_comment(self.sheet.name, header)]
            self._comment(head, column, "\n\n".join(line for line in lines if line))
        for row, column in sorted(self.marks.at(self.sheet.name)):
            if row != head or column not in self.sheet.headers:
                self._comment(row, column, "\n\n".join(self.marks.texts(self.sheet.name, row, column)))

    def _comment(self, row: int, column: int, text: str) -> None:
        if text:
            lines = sum(1 + len(line) // 40 for line in text.split("\n"))
            size = {"width": 280, "height": 22 + 16 * min(lines, 24), "author": ""}
            self.place.write_comment(row - 1, column - 1, text[:32_000], size)

    def _choices(self) -> None:
        first = self.sheet.header_row
        for at, slot in self.slots.items():
            found = columns.choice(slot.field, self.tabled, self.payers)
            if found is not None:
                rule = columns.validation(found, slot.field)
                self.place.data_validation(first, at - 1, self.end - 1, at - 1, rule)
        if self.sheet.name == Settings.sheet:
            value = next((at for at, text in self.sheet.headers.items() if text.casefold() == "value"), 0)
            for row, field in columns.setting_fields(self.sheet).items() if value else ():
                found = columns.choice(field, (), ())
                if found is not None:
                    self.place.data_validation(
                        row - 1, value - 1, row - 1, value - 1, columns.validation(found, field)
                    )

    def _colours(self) -> None:
        """Colours that follow what is written: rows switched off, weak confidence, interpolated years."""
        by_name = {slot.field.name: at for at, slot in self.slots.items()}
        first, left, right = self.sheet.header_row, min(self.sheet.headers), max(self.sheet.headers)
        if "use" in by_name:
            rule = f'=LOWER(TRIM(${xl_col_to_name(by_name["use"] - 1)}{first + 1}))="no"'
            self._colour(left, right, {"type": "formula", "criteria": rule, "format": self.styles(**OFF)})
        if "confidence" in by_name:
            at = by_name["confidence"]
            for word, look in (("assumption", ASSUMPTION), ("low", LOW)):
                rule = f'=LOWER(TRIM(${xl_col_to_name(at - 1)}{first + 1}))="{word}"'
                self._colour(at, at, {"type": "formula", "criteria": rule, "format": self.styles(**look)})
        runs = columns.interpolated_runs(self.slots)
        if self.sheet.name == Settings.sheet:
            runs = [[at for at, text in self.sheet.headers.items() if text.isdigit()]]
        for run in runs:
            self._interpolated(run)
        for at, form in self.formats.items():
            if form == WHOLE:
                cell = f"{xl_col_to_name(at - 1)}{first + 1}"
                rule = f"=AND(ISNUMBER({cell}),{cell}<>INT({cell}))"
                self._colour(at, at, {
                    "type": "formula", "criteria": rule, "format": self.styles(num_format=BROKEN),
                })

    def _interpolated(self, run: Sequence[int]) -> None:
        row = self.sheet.header_row + 1
        cells = [f"${xl_col_to_name(at - 1)}{row}" for at in run]
        for i, at in enumerate(run[1:-1], start=1):
            # blank, with something before it and something after it
            before = "&".join(cells[:i])
            after = "&".join(cells[i + 1:])
            rule = f'=AND({cells[i]}="",{before}<>"",{after}<>"")'
            self._colour(at, at, {"type": "formula", "criteria": rule, "format": self.styles(**INTERPOLATED)})

    def _colour(self, left: int, right: int, rule: Mapping[str, Any]) -> None:
        code = self.place.conditional_format(self.sheet.header_row, left - 1, self.end - 1, right - 1, dict(rule))
        assert code == 0, rule

    def _widths(self) -> None:
        first, highest = self.sheet.header_row, 1
        for column, header in self.sheet.headers.items():
            texts = [
                str(cell) for (row, at), cell in self.sheet.cells.items() if at == column and row != first
            ]
            word = max((len(word) for word in header.split()), default=0)
            longest = max((max(map(len, text.split("\n"))) for text in texts), default=0)
            width = min(max(_NARROWEST, word + 3, longest + 2, len(header) // 2 if not texts else 0), _WIDEST)
            highest = max(highest, -(-len(header) // max(1, width - 1)))
            self.place.set_column(column - 1, column - 1, width)
        # the buttons of the table's filters lie over the end of the header's last line
        self.place.set_row(first - 1, min(15 * (highest + 1), _HIGHEST))

