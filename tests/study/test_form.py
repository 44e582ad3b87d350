"""The common form: the plan that the case asks for, at the least cost for as little dependence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.case.case import Case
from optimizer.model.assemble import build
from optimizer.model.compiled import compile_model
from optimizer.solve.plan import SolveOptions
from optimizer.solve.solve import solve
from optimizer.study.executor import Here
from optimizer.study.form import SLACK, Form, form_of
from optimizer.study.ground import Ground
from tests.cases.little import S, little, offer, works
from tests.random_cases import random_case
from tests.solve.test_session import choice
from tests.study.every import every

EXACT = SolveOptions(gap=1e-9, time=60.0, as_now=False, unique=False)


def formed(case: Case, options: SolveOptions = EXACT) -> Form:
    return form_of(Here(Ground(case, options)))


def least(case: Case, form: Form) -> float:
    return min(one.cost for one in every(compile_model(build(case)), caps=form.caps))


def test_least_dependence_becomes_a_cap_and_cost_the_goal() -> None:
    """40 % for 1,220: what costs least with at most 40 % is the plan itself."""
    form = formed(choice(), replace(EXACT, goal="dependence"))
    assert (form.goal, form.loss_unit, form.plan.checked) == ("cost", "USD", True)
    assert form.question.caps == form.caps
    assert dict(form.caps) == {"dependence": pytest.approx(0.4, abs=1e-4 + SLACK)}
    assert form.plan.claims.cost == pytest.approx(1220.0, rel=1e-4)


def test_a_plan_that_asks_for_cost_keeps_its_own_cap_or_none() -> None:
    """Without a cap 1,000 and all dependent; with one of 70 % it holds 70 %, not what the plan comes to."""
    assert formed(choice(), replace(EXACT, goal="cost")).caps == ()
    capped = formed(choice(), replace(EXACT, goal="cost", cap=0.7))
    assert capped.caps == (("dependence", 0.7),)
    assert capped.plan.claims.cost == pytest.approx(1000 + 100 + 30 * 2)
    assert formed(choice(), replace(EXACT, goal="cost", budget=1050.0)).caps == (("cost", 1050.0),)


def test_a_plan_without_any_thought_of_cost_is_told_at_its_least() -> None:
    """Least dependence alone may buy what it likes: in the form the plan's deals stand, or cheaper ones as good.

    Clear product is to be had from the ally for 12, or made at home for 4 with a module for 1: 5 x 4 + 1 = 21.
    """
    made = works(module=5.0, capex=S(0.2))
    case = little(*offer(12.0, limit=9, signing_cost=S(3)), *made, goal="dependence", then=())
    form = formed(case)
    assert form.plan.claims.dependence == pytest.approx(0.0, abs=1e-6)
    assert form.plan.claims.cost == pytest.approx(least(case, form))
    assert form.plan.status == "proved"


def test_nothing_is_held_above_all_of_it() -> None:
    """All dependent whatever is done: a cap of more than 1 is none that options take."""
    form = formed(little(goal="dependence"))
    assert dict(form.caps) == {"dependence": 1.0}
    assert form.plan.claims.cost == pytest.approx(50.0)


@pytest.mark.parametrize("seed", [2, 8, 34, 49, 79, 99, 125, 131, 143])
def test_it_is_the_plan_that_a_solve_gives(seed: int) -> None:
    """Budget, budget above least cost and cap are the case's own; its cost is the least of every combination."""
    case = random_case(seed)
    plan, form = solve(case, EXACT), formed(case)
    cap = dict(form.caps)["dependence"]
    # dependence may be anything within the tolerance that cost may use
    assert cap == pytest.approx(plan.claims.dependence + SLACK, abs=case.settings.dependence_tolerance + 1e-7)
    assert form.plan.claims.dependence <= cap + 1e-9
    assert form.plan.claims.cost == pytest.approx(plan.claims.cost, rel=1e-4)
    assert form.plan.claims.cost == pytest.approx(least(case, form))
