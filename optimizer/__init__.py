"""Decision support for those who depend on one country for a critical material.

What the command ``optimizer`` does, from a program or a notebook. A case is read and checked, all its faults at once:

>>> from optimizer import CaseError, SolveOptions, check, frontier, prices, read_case, solve, tornado, write_run
>>> case = read_case("inputs/first_steps.xlsx")
>>> case.years, check(case)
((2030, 2031), ())

A case never changes; a change by address makes another one, in the cell's unit unless the value has one:

>>> case.change("Supply[Friend's magnets].limit", 30) == case.change("Supply[Friend's magnets].limit", "30000 kg")
True
>>> try:
...     case.change("Supply[Friend's magnets].limit", "thirty")
... except CaseError as fault:
...     print(fault.findings[0].cell, fault.findings[0].message)
Supply!E3 'thirty' is not a number.

A plan is proved within the gap, checked a second time against the case, and has the plan as now beside it. Dependence
is a fraction, cost is in the case's currency, amounts are tonnes a year:

>>> plan = solve(case, SolveOptions(goal="dependence", budget=2.7e6))
>>> plan.status, plan.checked, round(plan.claims.dependence, 3), round(plan.claims.cost)
('proved', True, 0.4, 2679920)
>>> round(plan.as_now.claims.dependence, 3)
1.0

Tables are tidy pandas frames, one number a row, with ``year``, ``value``, ``unit`` and ``as_now``:

>>> flows = plan.table("flows")
>>> bought = flows[flows["flow"] == "bought"]
>>> bought.pivot(index="name", columns="year", values="value").round(1).to_dict("index")
{"Friend's magnets": {2030: 60.0, 2031: 60.0}, "Rival's magnets": {2030: 40.0, 2031: 40.0}}

What less dependence costs, from the least cost to the least dependence, each point the least for what it depends:

>>> found = frontier(case, SolveOptions(gap=0), points=3)
>>> [(round(point.first), round(point.second, 2)) for point in found.points]
[(2200220, 1.0), (2440314, 0.7), (2679920, 0.4)]

Other questions about a plan are functions too: :func:`alternatives`, :func:`why`, :func:`why_all`, :func:`tornado`,
:func:`stress`, :func:`robust`, :func:`sample`, :func:`conflict`, :func:`compare`, :func:`prices`. What a point less of
dependence would cost, and what a wrong price would change:

>>> worth = {price.what: price.less_money.each for price in prices(solve(case)).prices}
>>> round(worth["dependence allowed"])
8000
>>> found = tornado(case, SolveOptions(gap=0), spread=0.1)
>>> [(bar.of.name, round(bar.low.cost - found.cost), bar.changes) for bar in found.bars]
[("Supply[Friend's magnets].price", -104972, False), ("Supply[Friend's magnets].limit", 0, False)]

The run folder holds brief, pictures, results workbook and tables:

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as reports:
...     sorted(file.name for file in write_run(plan, reports).iterdir())
['brief.md', 'brief.pdf', 'input', 'manifest.json', 'pictures', 'plan', 'plan.json', 'results.xlsx']
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
    from optimizer.study.alternatives import alternatives
    from optimizer.study.compare import compare
    from optimizer.study.conflict import conflict
    from optimizer.study.frontier import frontier
    from optimizer.study.prices import prices
    from optimizer.study.robust import robust
    from optimizer.study.sample import sample
    from optimizer.study.stress import stress
    from optimizer.study.tornado import tornado
    from optimizer.study.why import why, why_all

_HOMES = {
    "Case": ("optimizer.case.case", "Case"),
    "CaseError": ("optimizer.case.findings", "CaseError"),
    "CheckRefused": ("optimizer.solve.plan", "CheckRefused"),
    "Finding": ("optimizer.case.findings", "Finding"),
    "Infeasible": ("optimizer.solve.plan", "Infeasible"),
    "Plan": ("optimizer.solve.plan", "Plan"),
    "SolveOptions": ("optimizer.solve.plan", "SolveOptions"),
    "Unsolved": ("optimizer.solve.plan", "Unsolved"),
    "alternatives": ("optimizer.study.alternatives", "alternatives"),
    "check": ("optimizer.case.checks", "check_case"),
    "compare": ("optimizer.study.compare", "compare"),
    "conflict": ("optimizer.study.conflict", "conflict"),
    "frontier": ("optimizer.study.frontier", "frontier"),
    "prices": ("optimizer.study.prices", "prices"),
    "read_case": ("optimizer.case.read", "read_case"),
    "robust": ("optimizer.study.robust", "robust"),
    "sample": ("optimizer.study.sample", "sample"),
    "solve": ("optimizer.solve.solve", "solve"),
    "stress": ("optimizer.study.stress", "stress"),
    "tornado": ("optimizer.study.tornado", "tornado"),
    "why": ("optimizer.study.why", "why"),
    "why_all": ("optimizer.study.why", "why_all"),
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
    "alternatives",
    "check",
    "compare",
    "conflict",
    "frontier",
    "prices",
    "read_case",
    "robust",
    "sample",
    "solve",
    "stress",
    "tornado",
    "why",
    "why_all",
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
