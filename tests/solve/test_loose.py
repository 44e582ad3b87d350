"""The model against a second one, loosely written from the same text: equal goals on random small cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.case.case import Case
from optimizer.solve.plan import Infeasible, Plan, SolveOptions
from optimizer.solve.solve import solve
from tests.loose import loose_solve
from tests.random_cases import random_case

EXACT = SolveOptions(gap=0.0, as_now=False, unique=False)


def ours(case: Case, options: SolveOptions) -> Plan | None:
    """Our plan, None where there is none."""
    try:
        return solve(case, options)
    except Infeasible:
        return None


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("goal", ["cost", "dependence", "mean dependence"])
def test_both_models_reach_the_same_goal(seed: int, goal: str) -> None:
    case = random_case(seed)
    plan = ours(case, replace(EXACT, goal=goal, then=()))
    other = loose_solve(case, goal=goal, then=())
    assert (plan is None) == (other is None)
    if plan is not None and other is not None:
        assert plan.best[goal] == pytest.approx(other.goals[goal], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(40, 60))
def test_both_models_reach_the_same_second_goal(seed: int) -> None:
    case = random_case(seed)
    plan = ours(case, replace(EXACT, goal="dependence", then=("cost",)))
    other = loose_solve(case, goal="dependence", then=("cost",))
    assert (plan is None) == (other is None)
    if plan is not None and other is not None:
        assert plan.best["cost"] == pytest.approx(other.goals["cost"], rel=1e-5, abs=1e-3)
