"""The frontier against a case solved by hand, and against every combination of random cases' decisions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from optimizer.case.case import Case
from optimizer.case.schema import Deal, Lane, Supply
from optimizer.solve.events import Event, Step
from optimizer.solve.plan import Infeasible, SolveOptions, Unsolved
from optimizer.study.executor import Here
from optimizer.study.frontier import FINEST, Frontier, frontier
from optimizer.study.ground import Ground
from tests.cases.little import S, little
from tests.random_cases import random_case
from tests.study.brute import MOST, Brute, combinations
from tests.study.noted import Noted, deals_of

EXACT = SolveOptions(gap=0.0, time=None)
PAIR = ("cost", "dependence")
SEEDS = (1, 8, 16, 19, 25, 36, 54, 60, 61, 91, 144)
"""Random cases of 64 to 256 combinations whose frontier has more than one point."""

PAIRS = (
    (19, ("cost", "effort")), (54, ("effort", "dependence")), (61, ("dependence", "cost")),
    (60, ("cost", "mean dependence")), (144, ("effort", "cost")),
)

LEVELS = 12
"""Levels of the second criterion, evenly between the ends, at which the truth is worked out."""


def exactly(case: Case) -> Case:
    """The case with no tolerance by which a later goal may worsen an earlier one."""
    none = {"dependence_tolerance": 0.0, "cost_tolerance": 0.0}
    return Case(case.settings.model_copy(update=none), case.sheets, case.origin)


@cache
def chosen(seed: int) -> Case:
    case = exactly(random_case(seed))
    # deals that never close leave little to choose from
    deals = tuple(deal.model_copy(update={"chance": 1.0}) for deal in case.sheets.get("Deals", ()))
    case = replace(case, sheets={**case.sheets, "Deals": deals})
    assert 2 < combinations(case) <= MOST
    return case


@cache
def every(seed: int) -> Brute:
    """The combinations of a case, which several tests look at."""
    return Brute(chosen(seed))


# ---- by hand


def offers() -> Case:
    """Home needs 5 t, bought exposed for 50; two deals bring clear product, and both are dearer.

    A costs 7 to sign and brings 2 t for 10 a tonne; B costs 6 and brings what is wanted for 14 a tonne. Dependence d
    then costs 57 with A (as low as 60 %), 56 + 20 (1 - d) with B, 63 + 20 (0.6 - d) with both from 60 % down.
    """
    rows: list[Any] = []
    for name, price, limit, signing in (("A", 10.0, 2.0, 7.0), ("B", 14.0, 5.0, 6.0)):
        rows += [
            Deal(name=name, signing_cost=S(signing)),
            Supply(name=name, place="Ally", material="product", price=S(price), limit=S(limit), deals=((name,),)),
            Lane(name=f"by {name}", material="product", origin="Ally", destination="Home"),
        ]
    return little(*rows)


def by_hand(d: float) -> float:
    """The least cost of the case above with dependence at most d."""
    with_b, with_a = 56 + 20 * (1 - d), 57.0 if d >= 0.6 else math.inf
    return 50.0 if d >= 1 else min(with_b, with_a, 63 + 20 * max(0.6 - d, 0.0))


def near(*values: float) -> tuple[float, ...]:
    """Values without what the solver's tolerance leaves in them."""
    return tuple(round(value, 6) + 0.0 for value in values)


def test_a_frontier_by_hand() -> None:
    found = frontier(offers(), EXACT, step=0.05)
    start, end = found.points[0], found.points[-1]
    assert (*near(start.first, start.second), start.portfolio.deals) == (50, 1, ())
    assert (*near(end.first, end.second), end.portfolio.deals) == (75, 0, ("A", "B"))
    for point in found.points:
        assert point.first == pytest.approx(by_hand(point.second + 1e-9), abs=1e-6)
        assert point.gap == pytest.approx(0, abs=1e-9)
        assert point.plan.checked
    assert (found.status, found.ended) == ("proved", "")
    assert found.knee is not None
    knee = found.points[found.knee]
    assert (*near(knee.first, knee.second), knee.portfolio.deals) == (57, 0.6, ("A",))
    assert [near(*spot) for spot in knee.segment] == [(57, 0.6)], "A alone cannot do better, whatever is paid"


def test_what_is_hidden_by_hand() -> None:
    """Ends alone: between 50 and 75 anything may lie. With the point of 57 what A does up to 75 % is known."""
    ends = frontier(offers(), EXACT, points=2)
    (box,) = ends.hidden
    assert (box.between, near(*box.first), near(*box.second)) == ((0, 1), (50, 75), (0, 1))
    assert ends.ended == "points"
    # 65 at 50 %, then the larger rectangle: at most 75 % is A with 60 %
    four = frontier(offers(), EXACT, points=4)
    assert [near(p.first, p.second) for p in four.points] == [(50, 1), (57, 0.6), (65, 0.5), (75, 0)]
    assert [(box.between, near(*box.first), near(*box.second)) for box in four.hidden] == [
        ((0, 1), (50, 57), (0.75, 1)), ((1, 2), (57, 65), (0.5, 0.6)), ((2, 3), (65, 75), (0, 0.5)),
    ]


def test_the_line_between_points_keeps_the_deals() -> None:
    """With A and B from 50 % down: 20 for all of the demand."""
    found = frontier(offers(), EXACT, points=4)
    assert [near(*spot) for spot in found.points[2].segment] == [(65, 0.5), (75, 0)]
    assert found.points[-1].segment == ()


def test_one_plan_is_best_in_both() -> None:
    """A deal that is cheaper and clear: a frontier of one point, nothing hidden, no knee."""
    deal = Supply(name="gift", place="Ally", material="product", price=S(1.0))
    found = frontier(little(deal, Lane(name="gift", material="product", origin="Ally", destination="Home")), EXACT)
    assert [near(p.first, p.second) for p in found.points] == [(5, 0)]
    assert (found.hidden, found.knee, found.ended, found.status) == ((), None, "", "proved")


# ---- against all combinations


def tried(seed: int, criteria: tuple[str, str] = PAIR, **asked: Any) -> tuple[Frontier, Brute]:
    return frontier(chosen(seed), EXACT, criteria=criteria, **asked), every(seed)


def slack(found: Frontier, which: int) -> float:
    """What rounding may do to a value of a criterion."""
    values = [(p.first, p.second)[which] for p in found.points]
    return 20 * max(FINEST * max(1.0, *map(abs, values)), 1e-7 * (max(values) - min(values)))


def least(found: Frontier, brute: Brute, level: float) -> float:
    """The truth: the least of the first criterion with at most so much of the second."""
    best = brute.least(found.criteria[0], {found.criteria[1]: level + FINEST})
    assert best is not None
    return best.value


@pytest.mark.parametrize(("seed", "criteria"), [*((seed, PAIR) for seed in SEEDS), *PAIRS])
def test_no_combination_beats_a_point(seed: int, criteria: tuple[str, str]) -> None:
    """What a point has of each criterion is the least for what it has of the other, and its bound is one."""
    found, brute = tried(seed, criteria, points=6)
    assert len(found.points) > 1
    for point in found.points:
        assert point.first == pytest.approx(least(found, brute, point.second), abs=slack(found, 0))
        less = brute.least(criteria[1], {criteria[0]: point.first + 1e-9 * max(1.0, abs(point.first))})
        assert less is not None
        assert point.second <= less.value + max(slack(found, 1), 1e-5)
        assert least(found, brute, point.reach) >= point.bound - slack(found, 0)
        assert point.gap == pytest.approx(0, abs=1e-7)
        assert not point.plan.case.settings.dependence_tolerance
    seconds = [p.second for p in found.points]
    assert all(one > other for one, other in pairwise(seconds)), "sorted, none beaten"


@pytest.mark.parametrize(("seed", "criteria"), [*((seed, PAIR) for seed in SEEDS), *PAIRS])
def test_the_ends_are_lexicographic(seed: int, criteria: tuple[str, str]) -> None:
    found, brute = tried(seed, criteria, points=2)
    start, end = found.points[0], found.points[-1]
    for (goal, other), (least_of, then_of), room in (
        (criteria, (start.first, start.second), slack(found, 0)),
        (criteria[::-1], (end.second, end.first), slack(found, 1)),
    ):
        best = brute.least(goal)
        assert best is not None
        then = brute.least(other, {goal: best.value + 1e-9 * max(1.0, abs(best.value))})
        assert then is not None
        assert least_of == pytest.approx(best.value, abs=room)
        assert then_of == pytest.approx(then.value, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(("seed", "criteria", "asked"), [
    *((seed, PAIR, {"points": 5}) for seed in SEEDS), *((seed, PAIR, {"step": 0.1}) for seed in SEEDS),
    *((seed, criteria, {"points": 5}) for seed, criteria in PAIRS),
])
def test_whatever_lies_off_the_points_is_hidden_where_it_says(
    seed: int, criteria: tuple[str, str], asked: dict[str, Any]
) -> None:
    """The truth at many levels is on a point or segment, or inside one of the rectangles."""
    found, brute = tried(seed, criteria, **asked)
    for level in levels(found):
        truth = least(found, brute, level)
        shown = told(found, level)
        assert truth <= shown + slack(found, 0), "what is shown can be had"
        assert truth >= shown - slack(found, 0) or covered(found, truth, level), (level, truth, shown)
    if "step" in asked:
        assert found.ended == ""
        assert all(box.second[1] - box.second[0] <= 0.1 * (1 + 1e-6) for box in found.hidden)


def levels(found: Frontier) -> Iterator[float]:
    high, low = found.points[0].second, found.points[-1].second
    for i in range(LEVELS + 1):
        yield low + (high - low) * i / LEVELS
    for box in found.hidden:
        yield 0.9 * box.second[1] + 0.1 * box.second[0]


def told(found: Frontier, level: float) -> float:
    """The least of the first criterion that the points and segments show for a level of the second."""
    shown = [p.first for p in found.points if p.second <= level + FINEST]
    for one, other in (pair for p in found.points for pair in pairwise(p.segment)):
        if other[1] <= level <= one[1]:
            shown.append(one[0] + (other[0] - one[0]) * (one[1] - level) / (one[1] - other[1]))
    return min(shown)


def covered(found: Frontier, first: float, second: float) -> bool:
    wide, high = slack(found, 0), slack(found, 1)
    return any(
        box.first[0] - wide <= first <= box.first[1] + wide and box.second[0] - high <= second <= box.second[1] + high
        for box in found.hidden
    )


def test_that_the_rectangles_are_needed() -> None:
    """Of two ends alone, other combinations lie below what is shown: the test before would fail without rectangles."""
    found, brute = tried(61, points=2)
    below = [level for level in levels(found) if least(found, brute, level) < told(found, level) - slack(found, 0)]
    assert below
    blind = replace(found, hidden=())
    assert not any(covered(blind, least(found, brute, level), level) for level in below)


@pytest.mark.parametrize(("seed", "criteria"), [*((seed, PAIR) for seed in SEEDS), *PAIRS])
def test_a_segment_is_what_its_decisions_allow(seed: int, criteria: tuple[str, str]) -> None:
    """At levels between its corners, the linear program of the point's own decisions gives the line."""
    found, brute = tried(seed, criteria, points=4)
    looked = 0
    for point in found.points[:-1]:
        mine = {name: round(value) for name, value, integer in zip(
            brute.compiled.columns, point.answer.values, brute.compiled.integer, strict=True) if integer}
        assert point.segment[0] == (pytest.approx(point.first, abs=slack(found, 0)),
                                    pytest.approx(point.second, abs=slack(found, 1)))
        for one, other in pairwise(point.segment):
            for part in (0.0, 0.37, 1.0):
                level = one[1] + part * (other[1] - one[1])
                best = brute.least(criteria[0], {criteria[1]: level + FINEST}, lambda held, mine=mine: held == mine)
                assert best is not None
                on_line = one[0] + part * (other[0] - one[0])
                assert best.value == pytest.approx(on_line, abs=max(slack(found, 0), 2e-6 * abs(other[0] - one[0])))
                looked += 1
    assert looked


@pytest.mark.parametrize("seed", [16, 25, 61])
def test_budget_and_cap_bound_what_is_searched(seed: int) -> None:
    whole, brute = tried(seed, points=5)
    start, end = whole.points[0], whole.points[-1]
    budget, cap = (start.first + 3 * end.first) / 4, (3 * start.second + end.second) / 4
    found = frontier(chosen(seed), replace(EXACT, budget=budget, cap=cap), points=5)
    cheapest, least_dependent = brute.least("cost", {"dependence": cap}), brute.least("dependence", {"cost": budget})
    assert cheapest is not None
    assert least_dependent is not None
    assert found.points[0].first == pytest.approx(cheapest.value, abs=slack(whole, 0))
    assert found.points[-1].second == pytest.approx(least_dependent.value, abs=1e-6)
    for point in found.points:
        assert point.first <= budget * (1 + 1e-9)
        assert point.second <= cap + 1e-9
    assert all(box.second[1] <= cap + 1e-9 and box.first[1] <= budget * (1 + 1e-9) for box in found.hidden)


@pytest.mark.parametrize(("seed", "budget"), [(61, 4000.0), (144, 10_500.0), (54, 2300.0)])
def test_a_budget_bounds_criteria_that_are_not_money(seed: int, budget: float) -> None:
    """Effort against dependence, for no more than plans without a budget would cost: every point keeps to it."""
    criteria = ("effort", "dependence")
    assert max(p.plan.claims.cost for p in frontier(chosen(seed), EXACT, criteria=criteria, points=5).points) > budget
    found = frontier(chosen(seed), replace(EXACT, budget=budget), criteria=criteria, points=5)
    assert len(found.points) > 1
    for point in found.points:
        assert point.plan.claims.cost <= budget * (1 + 1e-7)
        best = every(seed).least("effort", {"dependence": point.second + FINEST, "cost": budget})
        assert best is not None
        assert point.first == pytest.approx(best.value, abs=slack(found, 0))


def test_a_point_is_asked_for_with_what_its_neighbours_decide() -> None:
    """A third point half way knows both ends: nothing signed at full dependence, and both deals for none."""
    noted = Noted(Ground(offers(), EXACT))
    frontier(offers(), EXACT, points=3, executor=noted)
    known = [[deals_of(plan) for plan in question.known] for question in noted.asked]
    assert known == [[], [], [[], ["A", "B"]]]


def test_a_segment_keeps_to_a_budget_that_is_no_axis() -> None:
    """Effort against dependence within a budget: along the line, too, no more is spent."""
    criteria = ("effort", "dependence")
    whole, brute = tried(91, criteria, points=4)
    spent = [point.plan.claims.cost for point in whole.points]
    budget = (min(spent) + max(spent)) / 2
    found, looked = frontier(chosen(91), replace(EXACT, budget=budget), criteria=criteria, points=4), 0
    for point in found.points[:-1]:
        mine = {name: round(value) for name, value, integer in zip(
            brute.compiled.columns, point.answer.values, brute.compiled.integer, strict=True) if integer}
        for first, second in point.segment:
            best = brute.least("effort", {"dependence": second + FINEST, "cost": budget * (1 + 1e-9)},
                               lambda held, mine=mine: held == mine)
            assert best is not None
            assert first == pytest.approx(best.value, abs=max(slack(found, 0), 1e-6 * first))
            looked += 1
    assert looked > 4


# ---- ends that are none, bad input, time and stops


def test_no_plan_within_budget_or_cap() -> None:
    for bound in ({"budget": 49.0}, {"cap": 0.5, "budget": 60.0}):
        with pytest.raises(Infeasible):
            frontier(offers(), replace(EXACT, **bound))
    with pytest.raises(Infeasible):
        frontier(little(), replace(EXACT, cap=0.5))


def test_a_case_without_any_plan() -> None:
    case = exactly(random_case(46))
    assert not Brute(case).feasible
    with pytest.raises(Infeasible):
        frontier(case, EXACT)


@pytest.mark.parametrize(("asked", "told"), [
    ({"criteria": ("cost", "job")}, "there is no criterion 'job'; the case has dependence, mean dependence, cost"),
    ({"criteria": ("cost", "cost")}, "a frontier needs two criteria, and 'cost' is given twice"),
    ({"points": 1}, "1 points make no frontier: the least is 2"),
    ({"step": -0.01}, "a step of -0.01 cannot be used: it is a part between 0 and 1, e.g. 0.01"),
    ({"step": 1.5}, "a step of 1.5 cannot be used"),
    ({"step": math.nan}, "a step of nan cannot be used"),
])
def test_what_makes_no_frontier_is_told_in_a_sentence(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        frontier(offers(), EXACT, **asked)


def test_no_time_is_told() -> None:
    with pytest.raises(Unsolved, match="The time ran out before the least cost was found"):
        frontier(offers(), replace(EXACT, time=0.0))


def stopped(at: int, case: Case, **asked: Any) -> Frontier:
    """The frontier of a user who stops it when its solve of a number begins."""
    ground = Ground(case, EXACT)

    def listen(event: Event) -> None:
        if isinstance(event, Step) and event.number == at:
            ground.stop.asked = True

    return frontier(case, EXACT, executor=Here(ground, on_event=listen), **asked)


def test_interrupted_it_keeps_what_it_has() -> None:
    found = stopped(4, offers(), step=0.01)
    assert (found.ended, found.status, found.solves) == ("interrupted", "stopped", 3)
    assert [near(p.first, p.second) for p in found.points] == [(50, 1), (65, 0.5), (75, 0)]
    assert len(found.hidden) == 2
    one = stopped(2, offers())
    assert [round(p.first, 6) for p in one.points] == [50]
    assert (one.ended, one.status, one.knee) == ("interrupted", "stopped", None)
    with pytest.raises(KeyboardInterrupt):
        stopped(1, offers())


def test_points_end_it_and_each_solve_is_told() -> None:
    heard: list[Step] = []
    found = frontier(offers(), EXACT, points=6, on_event=lambda e: heard.append(e) if isinstance(e, Step) else None)
    assert (found.ended, len(found.points)) == ("points", 6)
    assert [step.number for step in heard] == list(range(1, found.solves + 1))
    assert (heard[0].text, heard[1].text) == ("least cost", "least dependence")
    assert heard[2].text == "dependence at most 50 %"


def test_two_values_that_rounding_parts_are_one() -> None:
    """Least cost and least dependence are one plan, found twice: its second number differs in the ninth digit."""
    found = frontier(chosen(35), EXACT)
    assert len(found.points) == 1
    assert found.hidden == ()


def test_a_gap_is_told_with_each_point() -> None:
    """With a wide gap a point may be dearer than the least; its bound says by how much at most."""
    brute = every(61)
    found = frontier(chosen(61), SolveOptions(gap=0.05, time=None), points=6)
    for point in found.points:
        truth = least(found, brute, point.second)
        assert point.bound - slack(found, 0) <= truth <= point.first + slack(found, 0)
        assert point.gap <= 0.05 + 1e-9


def test_points_carry_what_they_decide() -> None:
    """The portfolio of a point is that of its checked plan."""
    for point in frontier(chosen(61), EXACT, points=5).points:
        assert set(point.portfolio.deals) <= {deal for deal, *_ in point.plan.amounts.sign}
        ordered: dict[str, int] = {}
        for (plant, _), number in point.plan.amounts.modules.items():
            ordered[plant] = ordered.get(plant, 0) + round(number)
        assert dict(point.portfolio.plants) == ordered
