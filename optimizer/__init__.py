"""Decision support for those who depend on one country for a critical material.

    from optimizer import SolveOptions, read_case, solve, write_run
    case = read_case("inputs/india.xlsx")
    plan = solve(case.change("Deals[Japan toll].fee", 28), SolveOptions(goal="dependence"))
    plan.table("deals")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.case.case import Case
    from optimizer.case.checks import check_case as check
    from optimizer.case.findings import CaseError, Finding
    from optimizer.case.read import read_case
    from optimizer.report.run import write_run
    from optimizer.solve.plan import Infeasible, Plan, SolveOptions, Unsolved
    from optimizer.solve.solve import solve

_HOMES = {
    "Case": "optimizer.case.case",
    "CaseError": "optimizer.case.findings",
    "Finding": "optimizer.case.findings",
    "Infeasible": "optimizer.solve.plan",
    "Plan": "optimizer.solve.plan",
    "SolveOptions": "optimizer.solve.plan",
    "Unsolved": "optimizer.solve.plan",
    "check": "optimizer.case.checks",
    "read_case": "optimizer.case.read",
    "solve": "optimizer.solve.solve",
    "write_run": "optimizer.report.run",
}

__all__ = [
    "Case",
    "CaseError",
    "Finding",
    "Infeasible",
    "Plan",
    "SolveOptions",
    "Unsolved",
    "check",
    "read_case",
    "solve",
    "write_run",
]


def __getattr__(name: str) -> Any:
    """Each public name from its home, loaded when it is first asked for: ``--help`` needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"optimizer has no '{name}'")
    return getattr(import_module(_HOMES[name]), "check_case" if name == "check" else name)
