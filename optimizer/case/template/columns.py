"""What the template does with each column: comments on headers, words to choose from, colours of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.case.grammar import Header, write_header
from optimizer.case.layout import Field, Slot, fields_of
from optimizer.case.schema import SHEETS, Settings, header_of
from optimizer.case.template.sheets import SheetToWrite

HOLDS = {
    "text": "text", "choice": "one of the words below", "yes_no": "yes or no", "name": "a name",
    "names": "names, separated by ;", "groups": "names, ; for all of, | for any of", "number": "a number",
    "integer": "a whole number", "year": "a year", "series": "a number for every year, or one a year",
    "profile": "numbers with blanks between, e.g. 30 50 20 %", "mapping": "name=value, separated by ;",
    "filter": "conditions such as place=A|B; material=magnet*", "address": "an address such as Deals[My deal].fee.2030",
}
"""What a cell of each kind holds, for a comment."""

LONGEST_LIST = 255
"""Signs that a list of words in a validation may have."""


def list_name(sheet: str) -> str:
    """The defined name of the column that names the rows of a sheet."""
    return f"names_{sheet}"


def key_header(sheet: str) -> str:
    """The header of the column that names the rows of a sheet."""
    owner = SHEETS[sheet]
    return header_of(owner.keys[0], owner.model_fields[owner.keys[0]])


def comment(slot: Slot) -> str:
    """What a planner must know to fill a column."""
    found = slot.field
    lines = [found.description, "", f"Holds {HOLDS[found.column.kind]}{_of(found)}."]
    if found.column.choices:
        lines.append(f"Words: {', '.join(found.column.choices)}.")
    if found.column.kind == "series":
        lines.append(_years(slot))
    lines.append("Must be filled." if found.required else f"Blank means: {found.column.blank}.")
    return "\n".join(lines)


def plain_comment(sheet: str, header: str) -> str:
    """What stands in a column that belongs to no field: units, and the columns of the sheet Case."""
    name = header.casefold()
    if name == "unit" or name.endswith(" unit"):
        return "The unit of the numbers in this row, such as t, USD m, USD/kg, % or years."
    if sheet == Settings.sheet:
        return {
            "setting": "The name of a setting; rows that you do not need can be deleted.",
            "value": "The setting's value, where it is the same for every year.",
            "note": "Anything a reader should know.",
        }.get(name, "The setting's value in this year, for settings that change by year.")
    return ""


def _of(found: Field) -> str:
    return f" of {' or '.join(found.column.refers)}" if found.column.refers else ""


def _years(slot: Slot) -> str:
    if slot.year is not None:
        return "A year left blank between two filled ones is interpolated; after the last one it stays as it is."
    one = write_header(Header(slot.field.header, 2030, slot.unit))
    return f"This column is for every year. For single years add columns headed e.g. '{one}'."


@dataclass(frozen=True)
class Choice:
    """The words to choose from in a column.

    Attributes:
        source: the words, or ``=name`` of a list.
        strict: whether other words are refused at once; a cell that takes several words takes any text.
    """

    source: tuple[str, ...] | str
    strict: bool


def choice(found: Field, there: Sequence[str], payers: Sequence[str]) -> Choice | None:
    """The words to choose from, None where anything may be written.

    Args:
        found: the field.
        there: sheets of the workbook that have a list of names.
        payers: who pays in this case.
    """
    kind, refers = found.column.kind, found.column.refers
    if kind == "yes_no":
        return Choice(("yes", "no"), strict=True)
    if kind == "choice":
        return Choice(found.column.choices, strict=True)
    if len(refers) == 1 and refers[0] in there:
        return Choice(f"={list_name(refers[0])}", strict=kind == "name")
    if found.name in ("payer", "to") and payers and len(",".join(payers)) <= LONGEST_LIST:
        return Choice(tuple(payers), strict=False)
    return None


def validation(choice: Choice, found: Field) -> dict[str, Any]:
    """The words to choose from as XlsxWriter takes them; another word can be kept, the checks tell of it."""
    return {
        "validate": "list",
        "source": list(choice.source) if isinstance(choice.source, tuple) else choice.source,
        "show_error": choice.strict,
        "error_type": "warning",
        "error_title": "Not in the list",
        "error_message": f"'{found.header}' takes a word of the list."[:255],
    }


def interpolated_runs(slots: Mapping[int, Slot]) -> list[list[int]]:
    """For each series by year its columns, in order of year."""
    runs: dict[str, list[tuple[int, int]]] = {}
    for at, slot in slots.items():
        if slot.year is not None:
            runs.setdefault(slot.field.name, []).append((slot.year, at))
    return [[at for _, at in sorted(run)] for run in runs.values() if len(run) > 2]


def setting_fields(sheet: SheetToWrite) -> dict[int, Field]:
    """On the sheet Case the field of each row."""
    known = {found.header.casefold(): found for found in fields_of(Settings)}
    column = next((at for at, text in sheet.headers.items() if text.casefold() == "setting"), 0)
    rows = {row: str(cell).casefold() for (row, at), cell in sheet.cells.items() if at == column}
    return {row: known[name] for row, name in rows.items() if name in known and row != sheet.header_row}
