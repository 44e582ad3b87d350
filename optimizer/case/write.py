"""Writing cases: a folder of .csv files or a workbook, and a workbook made from such a folder cell by cell.

What is written holds values only, never formulas, and is the same byte for byte each time.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from optimizer.case.case import Case
from optimizer.case.findings import CaseError, Finding
from optimizer.case.grammar import number_text
from optimizer.case.read import read_unchecked
from optimizer.case.read_csv import escape, read_csv_folder
from optimizer.case.tabulate import Cell, tables_of
from optimizer.case.template.book import workbook
from optimizer.case.template.sheets import sheet_from_table, sheets_from_csv


def write_csv(case: Case, folder: str | Path) -> None:
    """Writes a case as one .csv file a sheet into `folder`, which is made; other files there stay.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for table in tables_of(case):
        with (target / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table.headers)
            writer.writerows([_csv_text(cell) for cell in row] for row in table.rows)


def write_xlsx(case: Case, file: str | Path) -> None:
    """Writes a case as a workbook.

    Raises:
        CaseError: a text is longer than a cell of a workbook can hold.
        OSError: the file cannot be written.
    """
    Path(file).write_bytes(workbook([sheet_from_table(table) for table in tables_of(case)]))


def marked_xlsx(case: Case, texts: Mapping[str, str]) -> bytes:
    """A workbook of a case in which some cells are coloured, commented and listed.

    Args:
        case: the case.
        texts: address -> what is to be said of the number there.

    Raises:
        CaseError: a text is longer than a cell of a workbook can hold.
    """
    sheets = [sheet_from_table(table) for table in tables_of(case)]
    with TemporaryDirectory() as folder:
        # where each number comes to stand is known to whoever reads it back
        file = Path(folder) / "case.xlsx"
        file.write_bytes(workbook(sheets))
        written, _ = read_unchecked(file)
    cells = case if written is None else written
    findings = [Finding(cells.cell(address), address, "", text, level="warning") for address, text in texts.items()]
    return workbook(sheets, findings)


def csv_folder_to_xlsx(folder: str | Path, file: str | Path) -> None:
    """Makes a workbook from a folder of .csv files, each cell where it stands there, numbers as numbers.

    Raises:
        CaseError: a file cannot be read, or a text is longer than a cell of a workbook can hold.
        OSError: the file cannot be written.
    """
    book = read_csv_folder(Path(folder))
    if book.findings:
        raise CaseError(book.findings)
    Path(file).write_bytes(workbook(sheets_from_csv(book)))


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return escape(cell)
    return number_text(cell)
