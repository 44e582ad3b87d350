"""Sheets as they stand in a file: cells with their true positions, before anything is understood."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from optimizer.case.findings import Finding

ERROR_VALUES = frozenset({
    "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
})
"""What a spreadsheet shows where a formula failed."""

MOST_TOLD = 1_000
"""Faulty cells of a sheet that are told one by one, its merged ranges, and its runs of hidden rows."""

_SHOWN = 200
_BLANKS = "\u00a0\u202f\u2007\u2009"
# what controls, joins nothing, turns the direction of what follows, marks a break that does not show, or is no
# character; the joiners U+200C and U+200D are left, as they change how a word in Hindi is written
_UNSEEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
    "\ufdd0-\ufdef\U000e0000-\U000e007f"
    + "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)) + "]"
)


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


@dataclass
class Faults:
    """The faulty cells of a sheet, told one by one as long as someone might mend them one by one.

    Attributes:
        name: name of the sheet.
        findings: what is told.
        count: how many cells are told.
    """

    name: str
    findings: list[Finding] = field(default_factory=list)
    count: int = 0

    def tell(self, row: int, column: int, found: str, message: str, suggestion: str) -> RawCell:
        """Tells of a faulty cell, and gives what is left of it."""
        if self.count < MOST_TOLD:
            self.findings.append(Finding(cell_name(self.name, row, column), "", found, message, suggestion))
        elif self.count == MOST_TOLD:
            message = f"over {MOST_TOLD:,} cells of this sheet are at fault; those after them are not listed."
            self.findings.append(Finding(self.name, "", "", message, "Mend those listed and check again."))
        self.count += 1
        return RawCell(row, column, None)


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


def sheet_of(cells: Iterable[RawCell], faults: Faults) -> RawSheet:
    """The table of a sheet from its cells in any order; faulty texts are told and left out."""
    name = faults.name
    rows: dict[int, dict[int, RawCell]] = {}
    for cell in cells:
        clean = _clean(cell, faults)
        if clean is not None:
            rows.setdefault(cell.row, {})[cell.column] = clean
    if not rows:
        return RawSheet(name)
    ordered = {number: dict(sorted(rows[number].items())) for number in sorted(rows)}
    first = next(iter(ordered))
    _leave_out_table_beside(name, ordered, first, faults.findings)
    header = ordered.pop(first)
    return RawSheet(name, header, first, ordered)


def _leave_out_table_beside(
    name: str, rows: dict[int, dict[int, RawCell]], first: int, findings: list[Finding]
) -> None:
    """Tells of a second table to the right of the first, whose headers it repeats after a blank column."""
    blanks = _blanks_before(set().union(*rows.values()))
    seen: dict[str, int] = {}
    for column, cell in rows[first].items():
        heading = str(cell.value).partition("(")[0].strip().casefold()
        before = seen.setdefault(heading, column)
        if isinstance(cell.value, str) and blanks[column] > before:
            break
    else:
        return
    start = min(at for at in rows[first] if at > blanks[column])
    findings.append(Finding(
        cell_name(name, first, start), "", str(rows[first][start].value)[:_SHOWN],
        "a second table begins here, beside the first, and a sheet holds one; nothing of it was read.",
        "Put its rows below those of the first, or give it a sheet whose name begins with _.",
    ))
    for number in list(rows):
        rows[number] = {at: cell for at, cell in rows[number].items() if at < start}
        if not rows[number] and number != first:
            del rows[number]


def _blanks_before(used: Collection[int]) -> dict[int, int]:
    """Of each used column the blank one that lies next before it, 0 where there is none."""
    blank, found = 0, {}
    for column in range(1, max(used) + 1):
        if column in used:
            found[column] = blank
        else:
            blank = column
    return found


def _clean(cell: RawCell, faults: Faults) -> RawCell | None:
    """The cell with its text normalised; None if it is blank."""
    if not isinstance(cell.value, str):
        return cell
    text = _with_plain_blanks(cell.value).strip()
    if text in ERROR_VALUES:
        message = "the formula in this cell failed."
        return faults.tell(cell.row, cell.column, text, message, "Mend it or write the value.")
    unseen = _UNSEEN.search(text)
    if unseen:
        shown = _UNSEEN.sub(_spelt, text[max(unseen.start() - _SHOWN // 2, 0):][:_SHOWN])
        message = f"the cell holds a sign that cannot be seen (U+{ord(unseen[0]):04X})."
        return faults.tell(cell.row, cell.column, shown, message, "Clear the cell and type it anew.")
    return RawCell(cell.row, cell.column, text, cell.percent) if text else None


def _with_plain_blanks(text: str) -> str:
    if not text.isascii():
        for blank in _BLANKS:
            text = text.replace(blank, " ")
    return text


def _spelt(sign: re.Match[str]) -> str:
    return f"<U+{ord(sign[0]):04X}>"


def report_hidden(name: str, rows: Iterable[int], columns: Iterable[int], findings: list[Finding]) -> None:
    """Tells of rows and columns that are hidden: they count like any other."""
    for first, last in _runs(rows)[:MOST_TOLD]:
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
