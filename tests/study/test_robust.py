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
from optimizer.case.schema import Criterion, Limit, ScenarioChange
from optimizer.solve.events import Event, Note
from optimizer.solve.goals import Clock
from optimizer.solve.plan import SolveOptions
from optimizer.study.future import Future
from optimizer.study.ground import Ground, value_of
from optimizer.study.question import Question
from optimizer.study.risk import Risk
from optimizer.study.robust import Robust, robust
from optimizer.study.soft import softened
from optimizer.study.stages import first_stage, held_in
from tests.cases.little import FIRST, S, filtered, little, offer
from tests.random_cases import random_case

EXACT = SolveOptions(gap=1e-9, time=None)
GOALS = ("expected", "cvar:0.5", "worst", "regret")
WHOLE, APART = 10**9, 0
"""Columns up to which the futures are searched as one: all of them, or none."""


SIGNED = ("sign", ("deal", FIRST, 1))


def times(address: str, factor: float) -> Change:
    return Change(address, "times", factor, unit="")


def dearer(factor: float) -> tuple[Change, ...]:
    return (times("Supply[of deal].price", factor),)


def two(share: float = 0.5) -> tuple[Case, tuple[Future, ...]]:
    """A deal for 4 of 5 t at 6 instead of 10, for 10 to sign now; in one of two futures its goods cost 12."""
    case = little(*offer(price=6.0, signing_cost=S(10.0)))
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
    assert found.base_now == {SIGNED: 1}
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
    case = little(*offer(price=6.0, signing_cost=S(10.0), window_from=FIRST + 1, decide="later"), years=2)
    found = robust(case, EXACT, futures=(Future("base", 0.5), Future("dear", 0.5, dearer(2.0))))
    assert found.now == {}
    assert found.evpi.value == pytest.approx(0)
    assert [(change.name, change.what) for change in found.outcomes[1].changes] == [("deal", "dropped")]
    assert found.outcomes[0].changes == ()


def test_dependence_above_that_of_the_plan_is_paid_for() -> None:
    """The plan holds 20 %; in the other future the deal's goods halve, 60 % depend, and 40 points cost 40 x 3."""
    case = little(*offer(price=12.0), goal="dependence", then=("cost",))
    halved = (times("Supply[of deal].limit", 0.5),)
    found = robust(case, EXACT, futures=(Future("base", 0.5), Future("half", 0.5, halved)), point=3.0)
    assert found.soft.cap == pytest.approx(0.2)
    assert named(found, "base") == pytest.approx(58, abs=1e-3)
    assert named(found, "half") == pytest.approx(54 + 40 * 3, abs=1e-3)


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


EFFORT = (
    Criterion(criterion="effort", applies_to="deal", per_tonne=1.0),
    Limit(name="effort", measure="criterion", filter=filtered(criterion="effort"), sense="at least", value=S(0.0)),
)
"""At least so much effort, 1 for each tonne of the deal; a limit on a criterion does not give way at a price."""


@pytest.mark.parametrize("whole", [WHOLE, APART])
@pytest.mark.parametrize(("cost", "signed"), [(6.0, True), (10.0, False)])
def test_a_deal_that_comes_too_late_in_one_future_is_charged_there_too(cost: float, signed: bool, whole: int) -> None:
    """16 are saved where the deal is in time, in half of the futures, and its signing is paid in all: worth 8."""
    case = little(*offer(price=6.0, signing_cost=S(cost)))
    late = (Change("Deals[deal].lead", "set", 1.0, unit=""),)
    found = robust(case, EXACT, futures=(Future("base", 0.5), Future("late", 0.5, late)), whole=whole)
    assert found.now == ({SIGNED: 1} if signed else {})
    assert found.goal.value == pytest.approx(50 - 8 + cost if signed else 50)
    assert found.goal.low == pytest.approx(found.goal.value)


def test_what_a_future_does_not_allow_comes_to_nothing_in_it() -> None:
    """In one future the deal may be signed in the second year alone: what is signed in the first is void there."""
    case = little(*offer(price=6.0, signing_cost=S(10.0), window_to=FIRST), years=2)
    moved = tuple(Change(f"Deals[deal].window {end}", "set", FIRST + 1, unit="") for end in ("to", "from"))
    found = robust(case, EXACT, futures=(Future("base", 0.5), Future("moved", 0.5, moved)))
    assert found.now == {SIGNED: 1, ("sign", ("deal", FIRST + 1, 1)): 1}
    assert (named(found, "base"), named(found, "moved")) == (pytest.approx(100 - 32 + 10), pytest.approx(100 - 16 + 10))


def test_a_future_that_leaves_what_was_decided_without_any_plan() -> None:
    """At least 2 of effort, 1 for each tonne of the deal, are asked for in one future: there the deal must be signed,
    although it never pays (5 x 10 + 20 of signing). The relaxation of that future answers no other first stage.
    """
    case = little(*offer(price=10.0, signing_cost=S(20.0)), *EFFORT)
    asked = (Change("Limits[effort].value", "set", 2.0, unit=""),)
    futures = (Future("base", 0.9), Future("asked", 0.1, asked))
    for whole in (WHOLE, APART):
        found = robust(case, EXACT, futures=futures, whole=whole)
        assert found.now == {SIGNED: 1}
        assert found.goal.value == pytest.approx(70.0)
        assert found.vss is None
        assert [one.base_cost for one in found.outcomes] == [pytest.approx(50.0), None]
        assert found.outcomes[0].regret == pytest.approx(20.0)


def test_a_future_that_no_plan_meets_is_left_out_and_told() -> None:
    """No deal brings more than 4 t, so that an effort of 9 is out of reach; half and half are left, of 45 % each."""
    case = little(*offer(price=6.0, signing_cost=S(10.0)), *EFFORT)
    asked = (Change("Limits[effort].value", "set", 9.0, unit=""),)
    futures = (Future("base", 0.45), Future("dear", 0.45, dearer(2.0)), Future("beyond", 0.1, asked))
    heard: list[Event] = []
    found = robust(case, EXACT, futures=futures, on_event=heard.append)
    assert found.left_out == ("beyond",)
    assert [one.probability for one in found.outcomes] == [pytest.approx(0.5), pytest.approx(0.5)]
    assert found.expected == pytest.approx(50.0)
    told = [event.text for event in heard if isinstance(event, Note)]
    assert told == ["No plan meets the future 'beyond', whatever is decided: it is left out."]


# ---- random cases

SEEDS = (39, 54, 141, 169, 205, 247, 255, 293)
"""Cases with at most six binaries before the future is known and some after it, of whose futures each would decide
otherwise; in half of them the relaxation of what comes later is not exact."""

FUTURES = (
    Future("base", 0.4),
    Future("dear", 0.3, (times("Supply[*concern].price", 2.5), times("Demand[*].tonnes", 1.3))),
    Future("cheap", 0.3, (times("Supply[*concern].price", 0.4), times("Supply[*ally].limit", 0.5))),
)


@cache
def by_hand(seed: int) -> tuple[list[float], list[list[float]]]:
    """The least of every future by itself, and the costs of all for every first stage that leaves each a plan."""
    ground = Ground(softened(by_cost(seed)).case, EXACT, [future.changes for future in FUTURES])
    arrays = [ground.arrays(future.changes) for future in FUTURES]
    names = sorted({of.columns[j] for of in arrays for j in np.flatnonzero(first_stage(of))}, key=str)
    least = [cost(ground, Question(("cost",), changes=future.changes)) for future in FUTURES]
    tried = []
    for numbers in itertools.product((0, 1), repeat=len(names)):
        decided = dict(zip(names, numbers, strict=True))
        tried.append([
            cost(ground, Question(("cost",), changes=future.changes, held=held_in(of, decided)))
            for future, of in zip(FUTURES, arrays, strict=True)
        ])
    return least, [costs for costs in tried if np.isfinite(costs).all()]


def cost(ground: Ground, question: Question) -> float:
    answer = ground.answer(question, Clock(None))
    return value_of(ground.arrays(question.changes), answer, "cost") if answer.found else np.inf


def by_cost(seed: int) -> Case:
    """The case of a seed whose goal is cost, so that no dependence is held."""
    case = random_case(seed)
    asked = {"goal": "cost", "then": (), "budget": None, "budget_above_least_cost": None, "dependence_cap": None}
    return replace(case, settings=case.settings.model_copy(update=asked))


@cache
def answer(seed: int, goal: str, whole: int) -> Robust:
    return robust(by_cost(seed), SolveOptions(gap=1e-7, time=None), goal=goal, futures=FUTURES, whole=whole)


@pytest.mark.parametrize("whole", [WHOLE, APART])
@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_first_stage_is_better(seed: int, goal: str, whole: int) -> None:
    """Every first stage of a random case, each future answering it by an ordinary solve."""
    least, tried = by_hand(seed)
    best = min(Risk.named(goal).of(SHARES, costs, least) for costs in tried)
    near = 1e-6 * sum(map(abs, least))
    found = answer(seed, goal, whole)
    assert found.goal.value == pytest.approx(best, abs=near)
    assert best - near <= found.goal.low <= best + 1e-9 * abs(best) + 1e-9
    assert [one.least for one in found.outcomes] == [pytest.approx(value) for value in least]
    assert found.expected == pytest.approx(np.dot(SHARES, [one.cost for one in found.outcomes]))
    assert all(one.plan.checked for one in found.outcomes)


SHARES = [future.probability for future in FUTURES]


@pytest.mark.parametrize("seed", SEEDS)
def test_neither_knowing_nor_planning_for_more_is_ever_worth_less_than_nothing(seed: int) -> None:
    for goal in GOALS:
        found = answer(seed, goal, WHOLE)
        assert 0 <= found.evpi.low <= found.evpi.value <= found.evpi.high
        assert found.vss is not None
        assert 0 <= found.vss.low <= found.vss.value <= found.vss.high
        assert min(one.regret for one in found.outcomes) >= 0
    least, tried = by_hand(seed)
    expected = answer(seed, "expected", WHOLE)
    assert expected.evpi.value == pytest.approx(expected.expected - np.dot(SHARES, least), abs=1e-3)
    in_base = [costs for costs in tried if costs[0] <= least[0] + 1e-6 * abs(least[0])]
    assert expected.vss is not None
    worths = [np.dot(SHARES, costs) - expected.expected for costs in in_base]
    assert any(expected.vss.value == pytest.approx(worth, abs=1e-2) for worth in worths)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_tail_goes_from_the_expectation_to_the_worst(seed: int) -> None:
    levels = [answer(seed, f"cvar:{level}", WHOLE).goal.value for level in (0, 0.3, 0.6, 0.999)]
    assert levels[0] == pytest.approx(answer(seed, "expected", WHOLE).goal.value, rel=1e-6)
    assert levels == sorted(levels)
    assert levels[-1] == pytest.approx(answer(seed, "worst", WHOLE).goal.value, rel=1e-6)
