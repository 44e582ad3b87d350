"""Faults and warnings found in a case, each with its cell, told all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, order=True)
class Finding:
    """One fault or warning.

    Attributes:
        cell: where, as ``Deals!H7``, or the sheet or file where there is no one cell.
        address: the number or row, as ``Deals[Japan toll].fee.2028``; empty where there is none.
        found: what stands there.
        message: what is wrong, in a sentence.
        suggestion: what would be right; empty where nothing can be said.
        level: ``error`` or ``warning``.
    """

    cell: str
    address: str
    found: str
    message: str
    suggestion: str = ""
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        text = f"{self.cell}: {self.message}" + (f" (found: {self.found})" if self.found else "")
        return f"{text} {self.suggestion}".rstrip()


class CaseError(Exception):
    """A case that cannot be used; carries every fault found.

    Attributes:
        findings: the faults and warnings, sorted by cell.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(sorted(findings, key=_by_cell))
        super().__init__("\n".join(str(f) for f in self.findings))

    def __reduce__(self) -> tuple[type[CaseError], tuple[tuple[Finding, ...]]]:
        """How it is sent to another process; left to itself, the text would be taken for the findings."""
        return type(self), (self.findings,)


def _by_cell(finding: Finding) -> tuple[str, int, str, str]:
    sheet, _, cell = finding.cell.partition("!")
    letters = cell.rstrip("0123456789")
    digits = cell[len(letters):]
    return sheet, int(digits) if digits else 0, letters.rjust(4), finding.message
