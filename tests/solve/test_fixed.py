"""A plan's decisions held: the flows answer changed numbers from where they stand, as they would from nothing."""

from __future__ import annotations

import operator
from functools import partial

import highspy
import numpy as np
import pytest

from optimizer.model.apply import apply
from optimizer.model.assemble import build
from optimizer.model.compiled import Compiled, Floats, compile_model
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.session import Outcome, Session
from tests.model.test_apply import changed
from tests.random_cases import random_case
from tests.solve.test_session import choice
from tests.study.brute import Brute


def searched(arrays: Compiled, goal: str = "cost") -> Floats:
    column = arrays.column("goal", (goal,))
    assert column is not None
    return Session(arrays).minimise(column, gap=0.0, absolute=1e-9, seconds=60).values


def column(arrays: Compiled, goal: str) -> int:
    found = arrays.column("goal", (goal,))
    assert found is not None
    return found


def test_what_a_unit_more_or_less_is_worth_by_hand() -> None:
    """With the deal signed (100), 60 t at 12 and 40 t at 10; a tonne more costs 10, one less saves 10."""
    several = [choice().change("Demand[cars].tonnes", tonnes) for tonnes in (101, 99, 100)]
    arrays = compile_model(build(choice(), box=several))
    cost, dependence = column(arrays, "cost"), column(arrays, "dependence")
    plan = FixedPlan(arrays, searched(arrays, "dependence"))
    plan.bound(dependence, upper=0.4)
    assert plan.minimise(cost).objective * arrays.money == pytest.approx(1220.0)
    plan.bound(dependence, upper=1.0)
    for case, by_hand in zip(several, (1110.0, 1090.0, 1100.0), strict=True):
        after = apply(arrays, case)
        assert isinstance(after, Compiled)
        plan.move(after)
        assert plan.minimise(cost).objective * arrays.money == pytest.approx(by_hand)


def test_another_plan_held_in_its_place_answers_as_it_would_alone() -> None:
    """Without the deal 100 t at 10; with it, once no more than 40 % may be exposed, 1,220; and back."""
    arrays = compile_model(build(choice()))
    cost = column(arrays, "cost")
    cheap, clear = searched(arrays), searched(arrays, "dependence")
    plan = FixedPlan(arrays, cheap)
    assert plan.minimise(cost).objective * arrays.money == pytest.approx(1000.0)
    plan.hold(clear)
    assert plan.minimise(cost).objective * arrays.money == pytest.approx(1100.0)
    plan.bound(column(arrays, "dependence"), upper=0.4)
    assert plan.minimise(cost).objective * arrays.money == pytest.approx(1220.0)
    plan.hold(cheap)
    assert plan.minimise(cost).outcome is Outcome.INFEASIBLE


def test_a_limit_that_moves_is_worth_what_it_lets_through() -> None:
    """At most 50 t from a friend under the deal at 12, in place of 60 t: ten tonnes at 10 save 20."""
    arrays = compile_model(build(choice()))
    cost, dependence = column(arrays, "cost"), column(arrays, "dependence")
    plan = FixedPlan(arrays, searched(arrays, "dependence"))
    buy = arrays.column("buy", ("friend's", 2030))
    assert buy is not None
    plan.bound(buy, lower=60.0)
    assert plan.minimise(cost).objective * arrays.money == pytest.approx(1220.0)
    (row,) = [i for i, (block, _) in enumerate(arrays.rows) if block == "supply_limit"]
    plan.bound_row(row, -np.inf, 50.0)
    assert plan.minimise(cost).outcome is Outcome.INFEASIBLE
    plan.bound(buy, lower=0.0)
    assert plan.minimise(dependence).objective == pytest.approx(0.5)
    assert plan.minimise(cost).objective * arrays.money == pytest.approx(1100.0)


def test_what_cannot_be_is_told_and_does_not_stay() -> None:
    arrays = compile_model(build(choice()))
    plan = FixedPlan(arrays, searched(arrays))
    dependence = column(arrays, "dependence")
    plan.bound(dependence, upper=0.1)
    assert plan.minimise(column(arrays, "cost")).outcome is Outcome.INFEASIBLE
    plan.bound(dependence, upper=1.0)
    assert plan.minimise(column(arrays, "cost")).objective * arrays.money == pytest.approx(1000.0)


@pytest.mark.parametrize("seed", range(8))
def test_a_moved_plan_answers_as_one_made_anew(seed: int) -> None:
    case = random_case(seed)
    arrays = compile_model(build(case))
    if arrays.settled:
        pytest.skip("a case without a plan")
    values = searched(arrays)
    if not values.size:
        pytest.skip("a case without a plan")
    plan = FixedPlan(arrays, values)
    goal = column(arrays, "cost")
    plan.minimise(goal)
    for factor in (1.2, 0.7):
        after = apply(arrays, changed(case, "Runs", "variable_cost", partial(operator.mul, factor)))
        assert isinstance(after, Compiled), after
        plan.move(after)
        found, anew = plan.minimise(goal), FixedPlan(after, values).minimise(goal)
        assert found.outcome is anew.outcome is Outcome.PROVED
        assert found.objective == pytest.approx(anew.objective, rel=1e-7, abs=1e-7)
    plan.move(arrays)
    assert plan.minimise(goal).objective == pytest.approx(FixedPlan(arrays, values).minimise(goal).objective, rel=1e-7)
    assert np.isfinite(plan.minimise(goal).objective)


def test_a_pool_of_threads_that_is_another_s_is_made_anew() -> None:
    """Whatever solved before in this process with other threads leaves the first run to fail."""
    other = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", 2)):
        other.setOptionValue(name, value)
    other.addVars(2, np.zeros(2), np.ones(2))
    other.run()
    arrays = compile_model(build(choice()))
    plan = FixedPlan(arrays, searched(arrays))
    assert plan.minimise(column(arrays, "cost")).objective * arrays.money == pytest.approx(1000.0)


def test_a_side_stays_where_it_was_put_and_other_arrays_are_refused() -> None:
    arrays = compile_model(build(choice()))
    plan = FixedPlan(arrays, searched(arrays, "dependence"))
    (row,) = [i for i, (block, _) in enumerate(arrays.rows) if block == "supply_limit"]
    plan.bound_row(row, -np.inf, 50.0)
    dearer = apply(arrays, changed(choice(), "Supply", "price", partial(operator.mul, 1.1)))
    assert isinstance(dearer, Compiled)
    plan.move(dearer)
    plan.move(arrays)
    assert plan.minimise(column(arrays, "dependence")).objective == pytest.approx(0.5)
    with pytest.raises(ValueError, match="arrays of another model"):
        plan.move(compile_model(build(choice(0.5))))
    tight = arrays.moved(upper=np.where(np.isinf(arrays.upper), 1e6, arrays.upper))
    with pytest.raises(ValueError, match="arrays of another model"):
        plan.move(tight)


def test_an_answer_is_found_from_wherever_the_last_one_stood() -> None:
    """Decisions that change under a cap: from where an impossible one left off, rounding leads to no answer at all."""
    brute = Brute(random_case(272))
    for _ in range(3):
        least = brute.least("dependence", {"cost": 20165.121779385965 + 1e-8})
        assert least is not None
        assert least.value == pytest.approx(1.0)
