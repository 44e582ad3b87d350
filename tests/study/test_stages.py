"""What is decided before the future is known, and what a point of dependence costs."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.case.case import Case
from optimizer.case.schema import Series
from optimizer.model.assemble import build
from optimizer.model.compiled import compile_model
from optimizer.solve.plan import SolveOptions
from optimizer.study.executor import Here
from optimizer.study.form import form_of
from optimizer.study.ground import Ground
from optimizer.study.point import price_of_point
from optimizer.study.stages import decided_now, first_stage, held_in
from tests.cases.little import FIRST, little, offer, works

EXACT = SolveOptions(gap=1e-9)


def test_marked_now_or_dated_up_to_the_commit_year_is_decided_before() -> None:
    """Three years; `now` may be signed in all of them and is marked, `later` is not and counts up to 2031 alone."""
    case = little(*offer(name="now", decide="now"), *offer(name="later", decide="later"),
                  *works(module=1.0, decide="later"), years=3, commit_year=FIRST + 1)
    compiled = compile_model(build(case))
    found = {compiled.columns[j] for j in np.flatnonzero(first_stage(compiled))}
    assert {index[:2] for family, index in found if family == "sign"} == {
        ("now", FIRST), ("now", FIRST + 1), ("now", FIRST + 2), ("later", FIRST), ("later", FIRST + 1),
    }
    assert {index for family, index in found if family == "order"} == {("works", FIRST), ("works", FIRST + 1)}
    assert {family for family, _ in found} == {"sign", "order", "modules"}


def test_without_a_commit_year_it_is_the_first() -> None:
    compiled = compile_model(build(little(*offer(decide="later"), years=2)))
    assert {compiled.columns[j][1][1] for j in np.flatnonzero(first_stage(compiled))} == {FIRST}


def test_what_only_another_future_could_decide_now_was_not_decided() -> None:
    compiled = compile_model(build(little(*offer())))
    assert held_in(compiled, {}) == ((("sign", ("deal", FIRST, 1)), 0),)
    values = np.ones(len(compiled.columns))
    assert held_in(compiled, decided_now(compiled, values)) == ((("sign", ("deal", FIRST, 1)), 1),)


def price(case: Case) -> float:
    executor = Here(Ground(case, EXACT))
    return price_of_point(executor, form_of(executor))


def test_a_point_costs_what_flows_cost_more_with_a_point_less() -> None:
    """Dependence of at most a half: 2.5 of 5 t come under the deal, 2 a tonne dearer. A point is 0.05 t: 0.1."""
    dear = offer(price=12.0, signing_cost=Series.of(8.0))
    assert price(little(*dear, dependence_cap=0.5)) == pytest.approx(0.1)


def test_out_of_reach_it_costs_what_the_plan_costs_above_the_least() -> None:
    """All 4 t of the deal are taken: 8 dearer, and 8 for the signing, for 80 points less than the least cost."""
    dear = offer(price=12.0, signing_cost=Series.of(8.0))
    assert price(little(*dear, goal="dependence", then=("cost",))) == pytest.approx(16 / 80)


def test_without_dependence_held_a_point_has_no_price() -> None:
    assert price(little(*offer(price=6.0))) == 0.0
