"""``optimizer new``: a workbook to fill, blank or made from a case."""

from __future__ import annotations

import sys
from pathlib import Path

from optimizer import cli
from optimizer.case.template.files import blank_workbook, workbook_from
from optimizer.cli import CommandError
from optimizer.commands.common import case_faults, find_case, write_anew


def new_workbook(file: Path, source: str | None, first: int, last: int, currency: str) -> int:
    """Writes a workbook that was not there before.

    Args:
        file: where; ``.xlsx`` is added where there is no ending.
        source: a case to start from; None for a blank workbook.
        first: first year of a blank workbook.
        last: its last year.
        currency: its currency.

    Raises:
        CommandError: the file exists or cannot be written, or the case to start from cannot be read.
    """
    target = file if file.suffix else file.with_suffix(".xlsx")
    if target.suffix.lower() != ".xlsx":
        raise CommandError(cli.USAGE, "usage", f"A new workbook is an .xlsx file; '{target.name}' is none.")
    if source is not None:
        with case_faults():
            content = workbook_from(find_case(source))
    elif 1900 <= first <= last <= min(2199, first + 99):
        content = blank_workbook(target.stem, currency, range(first, last + 1))
    else:
        why = "its last year comes before its first" if last < first else "a hundred years at most, from 1900 to 2199"
        raise CommandError(cli.USAGE, "usage", f"A case cannot run from {first} to {last}: {why}.")
    write_anew(target, content)
    sys.stdout.write(f"{target}\n")
    return cli.PROVED
