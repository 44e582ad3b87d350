"""The case's own sheets, copied into the file: what a limit's link leads to, though the workbook lies elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.case.case import Case
from optimizer.case.grammar import read_header
from optimizer.case.tabulate import Cell, Table, tables_of
from optimizer.report.results.book import INPUT_TAB, NUMBER, Book, target

PREFIX = "in "
"""Put before the name of a sheet of inputs."""


@dataclass(frozen=True)
class Inputs:
    """The copied sheets and where their rows stand.

    Attributes:
        case: the case.
        tables: its sheets by name.
    """

    case: Case
    tables: Mapping[str, Table]

    @classmethod
    def of(cls, case: Case) -> Inputs:
        """The sheets of a case."""
        return cls(case, {table.name: table for table in tables_of(case)})

    def where(self, sheet: str, key: str, header: str = "", years: Sequence[int] = ()) -> str:
        """Where a row stands in the copy, or the cell of one of its columns, in the first of `years` given there."""
        keys = [row.key for row in self.case.sheets[sheet]]
        row = 1 + keys.index(key)
        return target(PREFIX + sheet, row, self._column(sheet, row, header, years) if header else 0)

    def _column(self, sheet: str, row: int, header: str, years: Sequence[int]) -> int:
        """The column of a header, in the first of the years given in this row; the row's name where there is none."""
        table = self.tables[sheet]
        filled = {
            read_header(text).year: at for at, text in enumerate(table.headers)
            if read_header(text).name == header and table.rows[row - 1][at] is not None
        }
        if None in filled:
            return filled[None]
        given = [year for year in filled if year is not None]
        if not given:
            return 0
        wanted = min(years, default=min(given))
        # a year left blank is read between, or held from, the one before it
        return filled[max((year for year in given if year <= wanted), default=min(given))]


def write_inputs(book: Book, inputs: Inputs) -> None:
    """Write each sheet of the case: values only, one table a sheet."""
    for table in inputs.tables.values():
        sheet = book.sheet(PREFIX + table.name, INPUT_TAB)
        looks = [_look(header, [row[j] for row in table.rows]) for j, header in enumerate(table.headers)]
        for i, row in enumerate(table.rows):
            for j, value in enumerate(row):
                sheet.put(1 + i, j, value, **looks[j])
        if table.rows:
            right = [header for header, look in zip(table.headers, looks, strict=True) if look]
            sheet.table(0, 0, table.headers, len(table.rows), f"in_{table.name}", "Table Style Light 15", right)
        sheet.widths([
            max(len(header) + 4, *(len(str(row[j] or "")) + 1 for row in table.rows))
            for j, header in enumerate(table.headers)
        ])
        sheet.place.freeze_panes(1, 1)


def _look(header: str, values: Sequence[Cell]) -> dict[str, object]:
    """How a column is shown: whole amounts with their thousands apart; years and counts plain, the rest as it is."""
    measured = read_header(header).unit is not None or read_header(header).year is not None
    numbers = [value for value in values if isinstance(value, int | float)]
    if any(isinstance(value, str) for value in values):
        return {}
    whole = measured and all(number == int(number) for number in numbers)
    return {**({"num_format": "#,##0"} if whole else {}), **(NUMBER if numbers else {})}
