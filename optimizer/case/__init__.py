"""What is known: the schema of a case, reading and checking it, addresses and changes."""

from __future__ import annotations

from optimizer.case.case import Case
from optimizer.case.changes import apply_changes
from optimizer.case.checks import check_case
from optimizer.case.findings import CaseError, Finding
from optimizer.case.read import read_case

__all__ = ["Case", "CaseError", "Finding", "apply_changes", "check_case", "read_case"]
