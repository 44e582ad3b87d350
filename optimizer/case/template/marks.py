"""Faults shown where they are: colours and comments on cells, and a sheet that lists them with links."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optimizer.case.findings import Finding
from optimizer.case.template.styles import FAULT, LINK, WARNING, Styles

_CELL = re.compile(r"(?P<letters>[A-Z]{1,3})(?P<row>[1-9]\d{0,6})")


def position(cell: str) -> tuple[str, int, int] | None:
    """Sheet, row and column of ``Deals!H7``, from 1; None where it names no cell.

    >>> position("Deals!AB7"), position("Deals")
    (('Deals', 7, 28), None)
    """
    sheet, _, name = cell.rpartition("!")
    found = _CELL.fullmatch(name)
    if not sheet or found is None:
        return None
    column = 0
    for letter in found["letters"]:
        column = 26 * column + ord(letter) - 64
    return sheet, int(found["row"]), column


@dataclass(frozen=True)
class Marks:
    """Findings by the cell they speak of."""

    by_cell: dict[tuple[str, int, int], list[Finding]] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Marks:
        """The findings that speak of a cell."""
        marks = cls()
        for finding in findings:
            where = position(finding.cell)
            if where is not None:
                marks.by_cell.setdefault(where, []).append(finding)
        return marks

    def at(self, sheet: str) -> set[tuple[int, int]]:
        """The cells of a sheet that are marked, by row and column."""
        return {(row, column) for name, row, column in self.by_cell if name == sheet}

    def colour(self, sheet: str, row: int, column: int) -> str:
        """The colour of a marked cell; empty for others."""
        found = self.by_cell.get((sheet, row, column), [])
        if not found:
            return ""
        return FAULT if any(finding.level == "error" for finding in found) else WARNING

    def texts(self, sheet: str, row: int, column: int) -> list[str]:
        """What is wrong with a cell and what would be right."""
        return [f"{f.message} {f.suggestion}".strip() for f in self.by_cell.get((sheet, row, column), [])]


_HEADERS = {"cell": 20, "level": 10, "found": 24, "what is wrong": 60, "what would be right": 50, "address": 40}
"""The columns of the list, with their widths in letters."""

_LINE, _HIGHEST = 15, 400
"""Points of a line of text, and of the highest row that a spreadsheet takes with ease."""

_ABOUT = (
    "This is a copy: formulas stand in it as the values that they gave, and your own formats and comments are not in "
    "it. Correct your own file, or go on with this one."
)


def write_check_sheet(place: Any, findings: Sequence[Finding], styles: Styles, sheets: Mapping[str, str]) -> None:
    """Lists the findings, each with a link to its cell.

    Args:
        place: the sheet that is written.
        findings: what is listed.
        styles: the formats of the workbook.
        sheets: the sheets of the workbook, and the name that each has in it.
    """
    place.set_tab_color(FAULT)
    for column, (header, width) in enumerate(_HEADERS.items()):
        place.write_string(0, column, header, styles(bold=True, bottom=1, bg_color="#DDE3EA"))
        place.set_column(column, column, width)
    wrapped = styles(text_wrap=True, valign="top")
    for row, finding in enumerate(findings, start=1):
        place.set_row(row, _height(finding))
        _write_link(place, row, finding, styles, sheets)
        fill = styles(bg_color=FAULT if finding.level == "error" else WARNING, valign="top")
        place.write_string(row, 1, "fault" if finding.level == "error" else "warning", fill)
        for column, text in enumerate((finding.found, finding.message, finding.suggestion, finding.address), start=2):
            place.write_string(row, column, text[:32_000], wrapped)
    place.set_landscape()
    place.fit_to_pages(1, 0)
    place.freeze_panes(1, 1)
    place.autofilter(0, 0, max(1, len(findings)), len(_HEADERS) - 1)
    place.write_string(len(findings) + 2, 0, _ABOUT)


def _height(finding: Finding) -> float:
    """Points that a row needs: not every program makes a row as high as its texts by itself."""
    texts = (finding.cell, "", finding.found, finding.message, finding.suggestion, finding.address)
    lines = max(
        sum(max(1, -(-len(line) // (width - 4))) for line in text.split("\n"))
        for text, width in zip(texts, _HEADERS.values(), strict=True)
    )
    return min(_HIGHEST, _LINE * lines + 2)


def _write_link(place: Any, row: int, finding: Finding, styles: Styles, sheets: Mapping[str, str]) -> None:
    where = position(finding.cell)
    sheet = where[0] if where is not None else finding.cell
    if sheet not in sheets:
        place.write_string(row, 0, finding.cell, styles(valign="top", text_wrap=True))
        return
    target = finding.cell.rpartition("!")[2] if where is not None else "A1"
    quoted = sheets[sheet].replace("'", "''")
    place.write_url(row, 0, f"internal:'{quoted}'!{target}", styles(valign="top", **LINK), finding.cell)
