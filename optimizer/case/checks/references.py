"""Names by which rows refer to rows of other sheets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.case.case import Case
from optimizer.case.checks.common import columns
from optimizer.case.schema import SHEETS, Column, Row


@dataclass(frozen=True)
class Reference:
    """A name that stands for a row of another sheet.

    Attributes:
        row: the row in which it stands.
        field: the field.
        column: its declaration, with the sheets that may hold the name.
        patterns: whether it may be a pattern.
        name: the name or pattern.
    """

    row: Row
    field: str
    column: Column
    patterns: bool
    name: str


def references(case: Case) -> Iterator[Reference]:
    """Every reference of the rows in use, each name once a field."""
    for sheet, owner in SHEETS.items():
        wanted = [(f, c, "patterns allowed" in text) for f, c, text in columns(owner) if c.refers]
        for row in case.sheets.get(sheet, ()):
            if row.use:
                for field, column, patterns in wanted:
                    for name in dict.fromkeys(_names(getattr(row, field), column)):
                        yield Reference(row, field, column, patterns, name)


def _names(value: object, column: Column) -> Iterator[str]:
    if isinstance(value, str):
        yield from (part.strip() for part in value.split(";")) if column.kind == "names" else (value,)
    elif isinstance(value, tuple):
        for item in value:
            if column.kind == "mapping":
                yield item[1]
            elif isinstance(item, tuple):
                yield from item
            else:
                yield str(item)
