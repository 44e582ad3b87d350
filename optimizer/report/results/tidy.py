"""The tables of a plan as they are: one sheet each, one number a row, with filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from optimizer.report.results.book import NUMBER, TABLE_TAB, WORDS, Book, Sheet
from optimizer.solve.plan import Plan
from optimizer.solve.tables import TABLES

COUNTS = ("terms", "orders", "modules", "1 or 0")
"""Units of numbers that are whole."""

FEW = 10.0
"""Tonnes below which a table shows kilograms."""


def sheet_name(table: str) -> str:
    """The sheet of a table."""
    return table.capitalize()


def write_tables(book: Book, plan: Plan) -> None:
    """Write every table of the plan to a sheet of its own."""
    for name in TABLES:
        _write(book.sheet(sheet_name(name), TABLE_TAB), name, plan.table(name), plan.case.settings.currency)


def _write(sheet: Sheet, name: str, frame: pd.DataFrame, currency: str) -> None:
    formats = formats_of(frame, currency)
    headers = [str(column).replace("_", " ") for column in frame.columns]
    columns = list(frame.columns)
    for i, row in enumerate(frame.itertuples(index=False)):
        cells = dict(zip(columns, row, strict=True))
        for j, (column, value) in enumerate(cells.items()):
            sheet.put(1 + i, j, _plain(value), **_look(column, formats[cells["unit"]]))
    if len(frame):
        sheet.table(0, 0, headers, len(frame), f"table_{name}", "Table Style Light 1",
                    [header for header in headers if header in ("year", "value", "as now")])
    else:
        sheet.line(0, 0, headers, bold=True, bottom=1)
        sheet.put(1, 0, f"The plan has no {name}.", italic=True)
    sheet.widths([max([len(header) + 4, *(_width(frame[column]))]) for header, column in
                  zip(headers, columns, strict=True)])
    sheet.place.freeze_panes(1, 0)


def _width(column: pd.Series[Any]) -> list[int]:
    if pd.api.types.is_numeric_dtype(column):
        return [16]
    return [len(str(text)) + 2 for text in column]


def _plain(value: Any) -> str | int | float | None:
    """A value of a frame as Python's own."""
    if value is pd.NA:
        return None
    if isinstance(value, str | float):
        return value
    return int(value)


def _look(column: Any, number: str) -> Mapping[str, object]:
    if column == "year":
        return {"num_format": "0", **NUMBER}
    if column in ("value", "as_now"):
        return {"num_format": number, **NUMBER}
    return WORDS if column == "unit" else {}


def formats_of(frame: pd.DataFrame, currency: str) -> dict[str, str]:
    """Unit -> how its numbers are shown in this table."""
    found = {}
    for unit, some in frame.groupby("unit"):
        largest = max(some["value"].abs().max(), some["as_now"].abs().max() if "as_now" in some else 0.0)
        found[str(unit)] = number_format(str(unit), largest, currency)
    return found


def number_format(unit: str, largest: float, currency: str) -> str:
    """How numbers of a unit are shown, the largest of which is given.

    >>> number_format("t", 1200.0, "USD"), number_format("USD", 3e6, "USD"), number_format("fraction", 1.0, "USD")
    ('#,##0.0', '#,##0', '0.0 %')
    """
    if unit == "fraction":
        return "0.0 %"
    if unit == currency or unit in COUNTS:
        return "#,##0"
    if unit == "t":
        return "#,##0.0" if largest >= FEW else "#,##0.000"
    return "#,##0.00"
