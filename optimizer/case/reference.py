"""The workbook's reference page, made from the schema: ``python -m optimizer.case.reference > docs/workbook.md``."""

from __future__ import annotations

import sys

from pydantic.fields import FieldInfo

from optimizer.case.schema import CANONICAL, SHEETS, Row, Settings, column_of, header_of

KINDS = {
    "text": "text", "choice": "one of", "yes_no": "yes or no", "name": "a name", "names": "names by `;`",
    "groups": "names, `;` all of, `|` any of", "number": "number", "integer": "whole number", "year": "year",
    "series": "number by year, or one for every year", "profile": "numbers separated by blanks",
    "mapping": "`name=value` by `;`", "filter": "`key=pattern\\|pattern; key=pattern`", "address": "address",
}

INTRODUCTION = """# The workbook, sheet by sheet

Made from the schema in the code by `python -m optimizer.case.reference`; do not edit it by hand.

A sheet is a table: one header row, one row a thing. A header is the column's name, for a series followed by the year
(`limit 2030`; just `2030` where a sheet has one series), then the unit in brackets: `price 2028 (USD/kg)`. A unit may
also stand in a column of its own (`price unit`). A series given without a year holds for every year; a blank between
two filled years is interpolated, after the last year it is held. The address of a number is
`Sheet[row].column.year`, the row named by the key columns joined by `/`. Sheets whose name starts with `_` are ignored.
"""


def reference() -> str:
    """The page, in Markdown."""
    return "\n".join([INTRODUCTION, _settings(), *(_sheet(row) for row in SHEETS.values())]).rstrip() + "\n"


def _settings() -> str:
    head = "## Case\n\nOne row a setting: its name, `value`, `unit`, and year columns for those by year.\n"
    lines = [_line(name, field) for name, field in Settings.model_fields.items()]
    return "\n".join([head, *_table("setting", lines), ""])


def _sheet(row: type[Row]) -> str:
    keys = " and ".join(f"`{header_of(key, row.model_fields[key])}`" for key in row.keys)
    head = f"## {row.sheet}\n\nOne row is {row.summary} (group {row.group}). Named by {keys}.\n"
    own = [name for name in row.model_fields if name not in Row.model_fields]
    lines = [_line(name, row.model_fields[name]) for name in [*own, *Row.model_fields]]
    return "\n".join([head, *_table("column", lines), ""])


def _table(first: str, lines: list[str]) -> list[str]:
    return [f"| {first} | holds | in | blank means | what it is |", "| --- | --- | --- | --- | --- |", *lines]


def _line(name: str, field: FieldInfo) -> str:
    column = column_of(field)
    holds = KINDS[column.kind]
    if column.choices:
        holds += " " + ", ".join(f"`{choice}`" for choice in column.choices)
    if column.refers:
        holds += " of " + " or ".join(column.refers)
    blank = "must be filled" if field.is_required() else column.blank
    cells = (header_of(name, field), holds, CANONICAL[column.dimension], blank, field.description or "")
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(reference())
