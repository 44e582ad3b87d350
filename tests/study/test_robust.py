"""Decisions before the future is known: by hand, against every first stage of random cases, and both ways alike."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from optimizer.case.case import Case
from optimizer.case.changes import Change
from optimizer.case.schema import ScenarioChange, Series
from optimizer.model.assemble import build
from optimizer.model.compiled import compile_model
from optimizer.solve.goals import Clock
from optimizer.solve.plan import SolveOptions
from optimizer.study.future import Future
from optimizer.study.ground import Ground, value_of
from optimizer.study.question import Question
from optimizer.study.risk import Risk
from optimizer.study.robust import Robust, robust
from optimizer.study.soft import softened
from optimizer.study.stages import first_stage, held_in
from tests.cases.little import FIRST, little, offer
from tests.random_cases import random_case

EXACT = SolveOptions(gap=1e-9, time=None)
GOALS = ("expected", "cvar:0.5", "worst", "regret")
WHOLE, APART = 10**9, 0
"""Columns up to which the futures are searched as one: all of them, or none."""


def dearer(times: float) -> tuple[Change, ...]:
    return (Change("Supply[of deal].price", "times", times, unit=""),)


def two(share: float = 0.5) -> tuple[Case, tuple[Future, ...]]:
    """A deal for 4 of 5 t at 6 instead of 10, for 10 to sign now; in one of two futures its goods cost 12."""
    case = little(*offer(price=6.0, signing_cost=Series.of(10.0)))
    return case, (Future("base", 1 - share), Future("dear", share, dearer(2.0)))


def named(found: Robust, name: str) -> float:
    return next(one.cost for one in found.outcomes if one.name == name)


@pytest.mark.parametrize("whole", [WHOLE, APART])
def test_a_deal_that_is_worth_it_in_one_future_alone(whole: int) -> None:
    """Signed, it costs 44 in the base (50 - 16 + 10) and 60 where it lies idle; unsigned 50 in both. Expected: 52
    signed, 50 not: it is not signed. By itself the base costs 44: VSS 52 - 50, EVPI 50 - 47, regret 6 in the base.
    """
    case, futures = two()
    found = robust(case, EXACT, futures=futures, whole=whole)
    assert found.now == {}
    assert found.base_now == {("sign", ("deal", FIRST, 1)): 1}
    assert (found.goal.value, found.expected) == (pytest.approx(50), pytest.approx(50))
    assert found.vss is not None
    assert (found.vss.value, found.evpi.value) == (pytest.approx(2), pytest.approx(3))
    assert [one.regret for one in found.outcomes] == [pytest.approx(6), pytest.approx(0)]
    assert [one.least for one in found.outcomes] == [pytest.approx(44), pytest.approx(50)]
    assert [one.base_cost for one in found.outcomes] == [pytest.approx(44), pytest.approx(60)]
    assert (found.status, found.how) == ("proved", "extensive form" if whole else "decomposition")


@pytest.mark.parametrize(("share", "signed"), [(0.3, True), (0.5, False)])
def test_the_expectation_weighs_the_futures(share: float, signed: bool) -> None:
    """Signed is 44 + 16 share, unsigned 50: the deal is worth it up to three eighths."""
    case, futures = two(share)
    assert bool(robust(case, EXACT, futures=futures).now) == signed


@pytest.mark.parametrize(("goal", "signed", "value"), [
    ("expected", True, 44 + 16 * 0.3), ("cvar:0", True, 44 + 16 * 0.3), ("cvar:0.9", False, 50.0),
    ("worst", False, 50.0), ("regret", False, 6.0),
])
def test_goals_that_look_at_the_worst_decide_otherwise(goal: str, signed: bool, value: float) -> None:
    """At 30 % dear: signed has a regret of 10 in the dear future, unsigned of 6 in the base."""
    case, futures = two(0.3)
    found = robust(case, EXACT, goal=goal, futures=futures)
    assert bool(found.now) == signed
    assert found.goal.value == pytest.approx(value)
    assert found.goal.low == pytest.approx(value, rel=1e-6)


def test_what_can_wait_adapts_and_is_told() -> None:
    """The same deal, to be signed in the second year alone and later: signed in the base, and not where it is dear."""
    case = little(*offer(price=6.0, signing_cost=Series.of(10.0), window_from=FIRST + 1, decide="later"), years=2)
    found = robust(case, EXACT, futures=(Future("base", 0.5), Future("dear", 0.5, dearer(2.0))))
    assert found.now == {}
    assert found.evpi.value == pytest.approx(0)
    assert [(change.name, change.what) for change in found.outcomes[1].changes] == [("deal", "dropped")]
    assert found.outcomes[0].changes == ()


def test_dependence_above_that_of_the_plan_is_paid_for() -> None:
    """The plan holds 20 %; in the other future the deal's goods halve, 60 % depend, and 40 points cost 40 x 3."""
    case = little(*offer(price=12.0), goal="dependence", then=("cost",))
    halved = (Change("Supply[of deal].limit", "times", 0.5, unit=""),)
    found = robust(case, EXACT, futures=(Future("base", 0.5), Future("half", 0.5, halved)), point=3.0)
    assert found.soft.cap == pytest.approx(0.2)
    assert (named(found, "base"), named(found, "half")) == (pytest.approx(58, abs=1e-3), pytest.approx(54 + 120, abs=1e-3))


def test_the_scenarios_of_the_case_are_its_futures() -> None:
    case, _ = two()
    rows = (ScenarioChange(scenario="dear", probability=0.5, address="Supply[of deal].price", how="times", value="2"),)
    found = robust(replace(case, sheets={**case.sheets, "Scenarios": rows}), EXACT)
    assert [(one.name, one.probability) for one in found.outcomes] == [("base", 0.5), ("dear", 0.5)]
    assert found.expected == pytest.approx(50)


@pytest.mark.parametrize("goal", ["cheapest", "worst:0.5", "cvar:1", "cvar:-0.1", "cvar:much", "cvar:nan"])
def test_a_goal_that_there_is_not_is_told_in_a_sentence(goal: str) -> None:
    with pytest.raises(ValueError, match=r"no goal|no tail|no level"):
        Risk.named(goal)


@pytest.mark.parametrize(("futures", "told"), [
    ((Future("base", 1.0),), "one future alone"),
    ((Future("base", 0.5), Future("dear", 0.4, dearer(2.0))), "add up to 0.9"),
    ((Future("base", 0.5), Future("base", 0.5, dearer(2.0))), "two futures have the name 'base'"),
])
def test_futures_that_make_no_question_are_refused(futures: Sequence[Future], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        robust(two()[0], EXACT, futures=futures)


# ---- random cases

LATE = "random"


@cache
def cases() -> list[tuple[Case, tuple[Future, ...]]]:
    """Random cases with at most six binaries, of which some may wait, and three futures each."""
    found = []
    for seed in range(400):
        case = random_case(seed)
        soft = softened(case).case
        compiled = compile_model(build(soft))
        integers = compiled.integer
        if compiled.settled or not 1 <= integers.sum() <= 8 or compiled.upper[integers].max() > 1:
            continue
        now = first_stage(compiled)
        if 1 <= now.sum() <= 6:
            found.append((case, _futures()))
        if len(found) == 8:
            break
    return found


def _futures() -> tuple[Future, ...]:
    def times(address: str, factor: float) -> Change:
        return Change(address, "times", factor, unit="")

    return (
        Future("base", 0.5), Future("more", 0.3, (times("Demand[*].tonnes", 1.6), times("Supply[*].price", 1.2))),
        Future("less", 0.2, (times("Demand[*].tonnes", 0.4),)),
    )


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("at", range(8))
def test_no_first_stage_is_better(at: int, goal: str) -> None:
    """Every first stage of a random case, each future answering it by an ordinary solve."""
    case, futures = cases()[at]
    risk = Risk.named(goal)
    ground = Ground(softened(case).case, replace(EXACT, goal="cost"), [future.changes for future in futures])
    least, tried = _by_hand(ground, futures)
    best = min(risk.of([f.probability for f in futures], costs, least) for costs in tried)
    for whole in (WHOLE, APART):
        found = robust(_by_cost(case), EXACT, goal=goal, futures=futures, whole=whole)
        assert found.goal.value == pytest.approx(best, rel=1e-6, abs=1e-4)
        assert found.goal.low == pytest.approx(best, rel=1e-6, abs=1e-4)
        assert found.evpi.low >= 0
        assert found.vss is None or min(found.vss.low, found.vss.value + 1e-6) >= 0
        assert all(one.regret >= 0 and one.cost >= one.least - 1e-6 * abs(one.least) for one in found.outcomes)
        assert all(one.plan.checked for one in found.outcomes)


def _by_cost(case: Case) -> Case:
    """The case whose goal is cost, so that no dependence is held."""
    asked = {"goal": "cost", "then": (), "budget": None, "budget_above_least_cost": None, "dependence_cap": None}
    return replace(case, settings=case.settings.model_copy(update=asked))


def _by_hand(ground: Ground, futures: Sequence[Future]) -> tuple[list[float], list[list[float]]]:
    """The least of every future by itself, and the costs of all futures for every first stage that leaves a plan."""
    arrays = [ground.arrays(future.changes) for future in futures]
    names = sorted({of.columns[j] for of in arrays for j in np.flatnonzero(first_stage(of))}, key=str)
    least = [cost(ground, Question(("cost",), changes=future.changes)) for future in futures]
    tried = []
    for numbers in itertools.product((0, 1), repeat=len(names)):
        decided = dict(zip(names, numbers, strict=True))
        tried.append([
            cost(ground, Question(("cost",), changes=future.changes, held=held_in(of, decided)))
            for future, of in zip(futures, arrays, strict=True)
        ])
    return least, [costs for costs in tried if np.isfinite(costs).all()]


def cost(ground: Ground, question: Question) -> float:
    answer = ground.answer(question, Clock(None))
    return value_of(ground.arrays(question.changes), answer, "cost") if answer.found else np.inf
