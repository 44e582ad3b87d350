"""Sheets as they stand in a file: cells with their true positions, before anything is understood."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from optimizer.case.findings import Finding

ERROR_VALUES = frozenset({
    "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
})
"""What a spreadsheet shows where a formula failed."""

_BLANKS = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009"), " ")
_UNSEEN = frozenset("\u200b\ufeff\u2060")


@dataclass(frozen=True, slots=True)
class RawCell:
    """One filled cell.

    Attributes:
        row: row number, from 1.
        column: column number, from 1.
        value: text (no-break spaces made blanks, ends trimmed), number, truth value or date; None where the cell
            could not be read.
        percent: whether its number is shown as a percentage, so that it is a fraction.
    """

    row: int
    column: int
    value: object
    percent: bool = False


@dataclass(frozen=True)
class RawSheet:
    """A table as it stands in a file.

    Attributes:
        name: name of the sheet.
        header: the filled cells of its first row that is not blank, by column.
        header_row: the number of that row.
        rows: the filled cells by column of each later row that is not blank, by row number.
    """

    name: str
    header: Mapping[int, RawCell] = field(default_factory=dict)
    header_row: int = 1
    rows: Mapping[int, Mapping[int, RawCell]] = field(default_factory=dict)


@dataclass
class RawBook:
    """All sheets of a file and the faults found in reading them."""

    sheets: dict[str, RawSheet] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


OWN_SHEETS = ("Guide", "Check")
"""Sheets that this program puts into a workbook beside those of the case."""


def is_ignored(sheet: str) -> bool:
    """Whether a sheet belongs to no case: one of the planner's own, whose name begins with ``_``, or one of ours."""
    return sheet.startswith("_") or sheet in OWN_SHEETS


def cell_name(sheet: str, row: int, column: int) -> str:
    """``Deals!H7``.

    >>> cell_name("Deals", 7, 28)
    'Deals!AB7'
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{sheet}!{letters}{row}"


def sheet_of(name: str, cells: Iterable[RawCell], findings: list[Finding]) -> RawSheet:
    """The table of a sheet from its cells in any order; faulty texts are reported and left out."""
    rows: dict[int, dict[int, RawCell]] = {}
    for cell in cells:
        clean = _clean(name, cell, findings)
        if clean is not None:
            rows.setdefault(cell.row, {})[cell.column] = clean
    if not rows:
        return RawSheet(name)
    ordered = {number: dict(sorted(rows[number].items())) for number in sorted(rows)}
    first = next(iter(ordered))
    _leave_out_table_beside(name, ordered, first, findings)
    header = ordered.pop(first)
    return RawSheet(name, header, first, ordered)


def _leave_out_table_beside(
    name: str, rows: dict[int, dict[int, RawCell]], first: int, findings: list[Finding]
) -> None:
    """Tells of a second table to the right of the first, whose headers it repeats after a blank column."""
    used = set().union(*rows.values())
    seen: dict[str, int] = {}
    for column, cell in rows[first].items():
        heading = str(cell.value).partition("(")[0].strip().casefold()
        before = seen.setdefault(heading, column)
        if isinstance(cell.value, str) and any(between not in used for between in range(before + 1, column)):
            break
    else:
        return
    start = _start_of_table(rows[first], used, column)
    findings.append(Finding(
        cell_name(name, first, start), "", str(rows[first][start].value),
        "a second table begins here, beside the first, and a sheet holds one; nothing of it was read.",
        "Put its rows below those of the first, or give it a sheet whose name begins with _.",
    ))
    for number in list(rows):
        rows[number] = {at: cell for at, cell in rows[number].items() if at < start}
        if not rows[number] and number != first:
            del rows[number]


def _start_of_table(header: Mapping[int, RawCell], used: set[int], column: int) -> int:
    """The first header after the blank column that lies next before a column."""
    blank = max(at for at in range(1, column) if at not in used)
    return min(at for at in header if at > blank)


def _clean(name: str, cell: RawCell, findings: list[Finding]) -> RawCell | None:
    """The cell with its text normalised; None if it is blank."""
    if not isinstance(cell.value, str):
        return cell
    text = cell.value.translate(_BLANKS).strip()
    where = cell_name(name, cell.row, cell.column)
    unseen = [sign for sign in text if sign in _UNSEEN or (unicodedata.category(sign) == "Cc" and sign not in "\n\r\t")]
    if text in ERROR_VALUES:
        findings.append(Finding(where, "", text, "the formula in this cell failed.", "Mend it or write the value."))
        return RawCell(cell.row, cell.column, None)
    if unseen:
        shown = "".join(f"<U+{ord(s):04X}>" if s in unseen else s for s in text)
        message = f"the cell holds a sign that cannot be seen (U+{ord(unseen[0]):04X})."
        findings.append(Finding(where, "", shown, message, "Clear the cell and type it anew."))
        return RawCell(cell.row, cell.column, None)
    return RawCell(cell.row, cell.column, text, cell.percent) if text else None


def report_hidden(name: str, rows: Iterable[int], columns: Iterable[int], findings: list[Finding]) -> None:
    """Tells of rows and columns that are hidden: they count like any other."""
    for first, last in _runs(rows):
        what = f"row {first}" if first == last else f"rows {first} to {last}"
        findings.append(_hidden(cell_name(name, first, 1), what, first == last))
    for first, last in _runs(columns):
        letters = [cell_name("", 1, at)[1:-1] for at in (first, last)]
        what = f"column {letters[0]}" if first == last else f"columns {letters[0]} to {letters[1]}"
        findings.append(_hidden(cell_name(name, 1, first), what, first == last))


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The first and last of each run of numbers that follow one another."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _hidden(where: str, what: str, single: bool) -> Finding:
    message = "is hidden; what stands in it counts" if single else "are hidden; what stands in them counts"
    return Finding(
        where, "", "", f"{what} {message} all the same.",
        f"Show {'it' if single else 'them'}; to leave a row out write no in its column 'use'.", "warning",
    )
