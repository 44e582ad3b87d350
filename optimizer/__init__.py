"""Decision support for those who depend on one country for a critical material.

In short::

    from optimizer import SolveOptions, read_case, solve, write_run
    case = read_case("inputs/india.xlsx")
    plan = solve(case.change("Deals[Japan toll].fee", 28), SolveOptions(goal="dependence"))
    plan.table("deals")
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.case.case import Case
    from optimizer.case.checks import check_case as check
    from optimizer.case.findings import CaseError, Finding
    from optimizer.case.read import read_case
    from optimizer.report.run import write_run
    from optimizer.solve.plan import CheckRefused, Infeasible, Plan, SolveOptions, Unsolved
    from optimizer.solve.solve import solve

_HOMES = {
    "Case": ("optimizer.case.case", "Case"),
    "CaseError": ("optimizer.case.findings", "CaseError"),
    "CheckRefused": ("optimizer.solve.plan", "CheckRefused"),
    "Finding": ("optimizer.case.findings", "Finding"),
    "Infeasible": ("optimizer.solve.plan", "Infeasible"),
    "Plan": ("optimizer.solve.plan", "Plan"),
    "SolveOptions": ("optimizer.solve.plan", "SolveOptions"),
    "Unsolved": ("optimizer.solve.plan", "Unsolved"),
    "check": ("optimizer.case.checks", "check_case"),
    "read_case": ("optimizer.case.read", "read_case"),
    "solve": ("optimizer.solve.solve", "solve"),
    "write_run": ("optimizer.report.run", "write_run"),
}

__all__ = [
    "Case",
    "CaseError",
    "CheckRefused",
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


def _public(name: str) -> Any:
    home, own_name = _HOMES[name]
    return getattr(import_module(home), own_name)


class _Callable(ModuleType):
    """A subpackage that has the name of a public function and can be called as that function."""

    def __call__(self, *args: Any, **named: Any) -> Any:
        """What the function of the same name answers."""
        return _public(self.__name__.rpartition(".")[2])(*args, **named)


class _Package(ModuleType):
    """This package: public names are loaded when they are first asked for, so that ``--help`` needs none of them."""

    def __getattr__(self, name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'optimizer' has no attribute '{name}'")
        return _public(name)

    def __setattr__(self, name: str, value: object) -> None:
        # importing optimizer.solve puts the subpackage where the function solve is asked for: it then serves as both
        if name in _HOMES and isinstance(value, ModuleType):
            value.__class__ = _Callable
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
