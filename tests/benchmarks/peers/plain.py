"""The model written plainly in Pyomo, a row at a time and without tightening, solved through `appsi_highs`.

It is the second model of the tests (`tests/loose`), which was written from the mathematics by other hands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pyomo.environ as pyo

from optimizer.case.case import Case
from tests.loose.answer import Loose
from tests.loose.answer import build as build_loose
from tests.loose.decisions import hold

MILLION = 1e6
"""The unit of money of the goal and of the budget."""


Name = tuple[str, tuple[Any, ...]]
"""Family and index of a decision, as the program names its columns."""

FAMILIES = {"sign": "sign", "order": "orders", "modules": "modules"}


class NoPlan(RuntimeError):  # noqa: N818 - an outcome, not a fault
    """No plan was found."""


@dataclass(frozen=True)
class Plain:
    """The model with its goal."""

    model: Loose
    goal: str


def build(
    case: Case, *, budget: float | None = None, cap: float | None = None, goal: str = "cost",
    held: Mapping[Name, float] | None = None, one_of: Iterable[Name] = (),
) -> Plain:
    """The model of a case, in tonnes and the case's currency.

    Args:
        case: the case.
        budget: most that the plan may cost, in the case's currency.
        cap: most dependence on the glide path, a fraction.
        goal: ``cost`` or ``dependence``.
        held: decisions that stay at a number.
        one_of: decisions of which one must be taken; empty for no such row.
    """
    made = build_loose(case)
    if budget is not None:
        hold(made.m, made.goals["cost"] / MILLION, "<=", budget / MILLION)
    if cap is not None:
        hold(made.m, made.m.delta, "<=", cap)
    for name, number in (held or {}).items():
        hold(made.m, _decision(made, name), "==", number)
    if taken := [_decision(made, name) for name in one_of]:
        hold(made.m, sum(taken), ">=", 1)
    made.m.goal = pyo.Objective(expr=made.goals[goal] / (MILLION if goal == "cost" else 1.0) + made.m.nothing)
    return Plain(made, goal)


def _uncaptured(**_: object) -> AbstractContextManager[None]:
    return nullcontext()


def _decision(made: Loose, name: Name) -> Any:
    family, index = name
    return getattr(made.m, FAMILIES[family])[index]


def solve(made: Plain, *, gap: float, seconds: float | None = None, threads: int = 1) -> float:
    """The least value of the goal, in the case's currency or as a fraction.

    Args:
        made: what :func:`build` gave.
        gap: gap at which the search ends, relative for cost, absolute for dependence.
        seconds: seconds after which the best plan so far counts.
        threads: threads of the solver.

    Raises:
        NoPlan: no plan was found.
    """
    solver = pyo.SolverFactory("appsi_highs")
    absolute = made.goal == "dependence"
    solver.highs_options = {
        "mip_rel_gap": 0.0 if absolute else gap, "mip_abs_gap": gap if absolute else 1e-9, "threads": threads,
        "output_flag": False, **({} if seconds is None else {"time_limit": seconds}),
    }
    # its reading of what the solver prints, which is nothing here, gives up now and then on a busy machine
    with patch("pyomo.contrib.appsi.solvers.highs.capture_output", _uncaptured):
        done = solver.solve(made.model.m, load_solutions=False)
    found = done.problem.upper_bound
    if found is None or abs(found) > 1e30:
        raise NoPlan(f"no plan was found: {done.solver.termination_condition}")
    return float(found) * (1.0 if absolute else MILLION)
