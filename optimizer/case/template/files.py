"""Fresh workbooks made from files: a new case to start from, a copy with its faults marked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from optimizer.case.findings import CaseError, Finding
from optimizer.case.read import READERS, read_book, read_unchecked
from optimizer.case.template.book import workbook
from optimizer.case.template.sheets import (
    SheetToWrite,
    blank_sheets,
    completed,
    sheets_from_csv,
    sheets_from_file,
)


def blank_workbook(title: str, currency: str, years: Sequence[int]) -> bytes:
    """A workbook with every sheet and column and nothing filled but what must be."""
    return workbook(blank_sheets(title, currency, years))


def workbook_from(path: str | Path) -> bytes:
    """A workbook with the cells of a case, each where it stands there, and the sheets that it lacks, blank.

    Raises:
        CaseError: the case cannot be read.
    """
    case, findings = read_unchecked(path)
    if case is None:
        raise CaseError(findings)
    return workbook(completed(_sheets(Path(path)), case.settings.currency, case.years))


def marked_copy(path: str | Path, findings: Sequence[Finding]) -> bytes:
    """A fresh workbook with the cells of a case, formulas as the values they gave, its faults marked and listed.

    Raises:
        CaseError: the file cannot be opened.
    """
    return workbook(_sheets(Path(path), findings), findings)


def _sheets(path: Path, findings: Sequence[Finding] = ()) -> list[SheetToWrite]:
    book = read_book(path)
    if path.is_dir():
        return sheets_from_csv(book)
    return [*sheets_from_file(book, findings), *_own_sheets(path)]


def _own_sheets(path: Path) -> list[SheetToWrite]:
    """The planner's own sheets, which no reader looks at, as the values that they show."""
    return sheets_from_file(READERS[path.suffix.lower()](path, skip=lambda name: not name.startswith("_")))
