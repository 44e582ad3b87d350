"""Whether another program has a workbook open, so that what is read may not be what its user sees there."""

from __future__ import annotations

from pathlib import Path


def opened_by(file: Path) -> Path | None:
    """The lock that a spreadsheet program lays beside a workbook while it has it open; None where there is none.

    A program that ended badly leaves its lock behind, so the file only seems to be open.

    Args:
        file: a workbook; for a folder there is never a lock.
    """
    # as LibreOffice names it, then as Excel does
    for name in (f".~lock.{file.name}#", f"~${file.name}"):
        lock = file.parent / name
        try:
            if file.name and lock.is_file():
                return lock
        except OSError:  # the name with the lock's letters is too long: no program could have made it
            continue
    return None
