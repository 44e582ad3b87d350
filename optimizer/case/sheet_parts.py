"""A sheet while it is read from the part of a file, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from optimizer.case import look
from optimizer.case.findings import Finding
from optimizer.case.look import refuse, too_far, too_large, too_many_cells, too_many_rows
from optimizer.case.raw import MOST_TOLD, Faults, RawBook, RawCell, cell_name, report_hidden, sheet_of


@dataclass
class SheetCells:
    """The cells of a sheet and what else is told of it.

    Attributes:
        path: the file.
        name: name of the sheet.
        hidden: whether the whole sheet is hidden.
        cells: its filled cells.
        merged: its merged ranges, as first row, first column, last row, last column.
        hidden_rows: numbers of its filled rows that are hidden.
        hidden_columns: its hidden columns, a bit for each: a file may name the same ones without end.
        faults: faults of its cells.
    """

    path: Path
    name: str
    hidden: bool = False
    cells: list[RawCell] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: int = 0
    faults: Faults = field(init=False)

    def __post_init__(self) -> None:
        if len(self.name) > look.MOST_IN_NAME:
            raise too_large(self.path, f"has a sheet whose name has over {look.MOST_IN_NAME} letters")
        self.faults = Faults(self.name)

    def add(self, cell: RawCell, before: int) -> None:
        """Adds a filled cell; `before` counts those of the sheets before.

        Raises:
            CaseError: it lies further out than any case reaches, or there are too many.
        """
        if cell.row > look.MOST_ROWS or cell.column > look.MOST_COLUMNS:
            raise too_far(self.path, self.name, cell.row, cell.column)
        if before + len(self.cells) >= look.MOST_CELLS:
            raise too_many_cells(self.path)
        self.cells.append(cell)

    def failed(self, row: int, column: int, found: str) -> RawCell:
        """A cell whose formula gave an error."""
        return self._faulty(row, column, found, "the formula in this cell failed.", "Mend it or write the value.")

    def never_calculated(self, row: int, column: int, formula: str) -> RawCell:
        """A cell whose formula has no value."""
        return self._faulty(
            row, column, formula, "this formula was never calculated.",
            "Open the file in a spreadsheet program, let it calculate, and save; or write the value.",
        )

    def unreadable(self, row: int, column: int, found: str) -> RawCell:
        """A cell with a value that no spreadsheet program writes."""
        return self._faulty(
            row, column, found, "the value of this cell is damaged.", "Clear the cell and type its value anew."
        )

    def note_hidden_columns(self, first: int, last: int) -> None:
        """Notes hidden columns, as far out as a case may reach."""
        first, last = max(first, 1), min(last, look.MOST_COLUMNS)
        if first <= last:
            self.hidden_columns |= (1 << last + 1) - (1 << first)

    def put_into(self, book: RawBook) -> None:
        """Tells what is merged and hidden and puts the sheet into its book.

        Raises:
            CaseError: there is one of its name already, or there are more sheets or rows than a case has.
        """
        if self.name in book.sheets:
            raise refuse(self.path, f"two sheets are named {self.name}.", "Give each sheet a name of its own.")
        if len(book.sheets) >= look.MOST_SHEETS:
            raise too_large(self.path, f"has over {look.MOST_SHEETS} sheets")
        book.sheets[self.name] = sheet_of(self.cells, self.faults)
        book.findings += self.faults.findings
        self._tell_merged_and_hidden(book)
        if sum(map(len, (sheet.rows for sheet in book.sheets.values()))) > look.MOST_FILLED_ROWS:
            raise too_many_rows(self.path)

    def _tell_merged_and_hidden(self, book: RawBook) -> None:
        last = max((cell.row for cell in self.cells), default=0)
        widest = max((cell.column for cell in self.cells), default=0)
        within = [one for one in self.merged if one[0] <= last and one[1] <= widest]
        book.findings += [_merged(self.name, *one) for one in sorted(within)[:MOST_TOLD]]
        if self.hidden and self.cells:
            book.findings.append(Finding(
                self.name, "", "", "the sheet is hidden; what stands in it counts all the same.",
                "Show it, or begin its name with _ to leave it out.", "warning",
            ))
        columns = [at for at in range(1, widest + 1) if self.hidden_columns >> at & 1]
        report_hidden(self.name, self.hidden_rows, columns, book.findings)

    def _faulty(self, row: int, column: int, found: str, message: str, suggestion: str) -> RawCell:
        return self.faults.tell(row, column, found[:200], message, suggestion)


def _merged(name: str, top: int, left: int, bottom: int, right: int) -> Finding:
    start = cell_name(name, top, left)
    ends = f"{start.rpartition('!')[2]}:{cell_name('', bottom, right).lstrip('!')}"
    return Finding(start, "", ends, f"the cells {ends} are merged.", "Unmerge them and fill each cell.")
