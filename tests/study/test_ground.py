"""Questions answered on arrays that are there, against models built anew and against every combination of decisions."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from optimizer.case.case import Case
from optimizer.case.changes import Change
from optimizer.case.findings import CaseError
from optimizer.case.schema import Series
from optimizer.model.data import Data
from optimizer.solve.goals import Clock
from optimizer.solve.plan import SolveOptions
from optimizer.study.ground import Ground, decided, value_of
from optimizer.study.portfolio import Choice, Portfolio, counts, open_deals, open_plants, signings
from optimizer.study.question import Answer, Question
from tests.cases.little import little, offer
from tests.random_cases import random_case
from tests.study.brute import Brute, Held
from tests.study.test_frontier import EXACT, SEEDS, chosen, every, exactly, offers

COST = Question(("cost",))
FREE = Clock(None)


@cache
def ground(seed: int) -> Ground:
    return Ground(chosen(seed), EXACT)


def cost(on: Ground, question: Question) -> float | None:
    """The least cost of a question, None where there is no plan."""
    answer = on.answer(question, Clock(None))
    assert answer.outcome in ("proved", "none")
    return value_of(on.arrays(question.changes), answer, "cost") if answer.found else None


def same(found: float | None, brute: Brute, where: Callable[[Held], bool]) -> bool:
    """Whether the least cost is that of all the combinations which `where` allows."""
    best = brute.least("cost", where=where)
    assert (found is None) == (best is None), (found, best)
    return best is None or found == pytest.approx(best.value, rel=1e-7)


# ---- changes: on arrays that are there, or on a model built anew


CHANGES = (
    Change("Supply[*].price", "times", 1.3), Change("Deals[*].signing cost", "times", 0.2),
    Change("Runs[*].variable cost", "times", 2.0), Change("Demand[*].tonnes", "times", 1.1),
    Change("Lanes[*].freight", "times", 3.0), Change("Deals[*].fee", "times", 0.5),
)
"""Numbers that stay in the rows that they stand in."""

SHAPING = (
    Change("Deals[*].fee", "set", 0.0), Change("Deals[*].lead", "set", 0.0), Change("Demand[*].tonnes", "times", 1.2),
    Change("Plants[*].life", "set", ""),
)
"""Columns that go, a calendar that moves, more that may flow than was announced."""


def answered_alike(on: Ground, changes: tuple[Change, ...]) -> None:
    """A change of the question gives what the changed case gives that was never anything else."""
    question, anew = Question(("cost", "dependence"), changes=changes), Ground(on.changed(changes), EXACT)
    one, other = on.answer(question, FREE), anew.answer(replace(question, changes=()), FREE)
    assert one.outcome == other.outcome
    if one.found:
        for goal in question.goals:
            mine, theirs = value_of(on.arrays(changes), one, goal), value_of(anew.compiled, other, goal)
            assert mine == pytest.approx(theirs, rel=1e-6, abs=1e-7), (changes, goal)
        assert on.plan(question, one).case == on.changed(changes)


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_a_change_on_arrays_equals_a_model_built_anew(seed: int) -> None:
    """Changes one at a time and two together, made on arrays whose bounds hold for all of them."""
    case = chosen(seed)
    changes = [one for one in CHANGES if Ground(case, EXACT).possible((one,))]
    assert len(changes) > 2
    asked = [*((one,) for one in changes), tuple(random.Random(seed).sample(changes, 2))]
    on = Ground(case, EXACT, box=asked)
    for some in asked:
        answered_alike(on, some)
    assert on.rebuilt == {}, "every change was announced, and moves numbers alone"


def test_a_change_that_arrays_refuse_is_answered_all_the_same() -> None:
    reasons: set[str] = set()
    for seed in SEEDS[::3]:
        on = Ground(chosen(seed), EXACT)
        for change in SHAPING:
            if on.possible((change,)):
                answered_alike(on, (change,))
        reasons |= on.rebuilt.keys()
    for told in ("comes or goes", "shapes the model", "more may flow"):
        assert any(told in reason for reason in reasons), reasons


def test_what_arrays_cannot_take_is_built_anew_and_counted() -> None:
    """A window shapes the model; demand beyond what was announced lets more flow than its bounds."""
    on = Ground(offers(), EXACT)
    later, more = Change("Deals[A].window from", "set", 2031), Change("Demand[need].tonnes", "set", 10.0)
    assert cost(on, Question(("cost",), changes=(more,))) == pytest.approx(100)
    least = Question(("dependence",), changes=(later,))
    answer = on.answer(least, FREE)
    assert on.portfolio(least, answer).deals == ("B",)
    assert sorted(on.rebuilt.values()) == [1, 1]
    assert any("window from shapes the model" in reason for reason in on.rebuilt)
    assert any("more may flow" in reason for reason in on.rebuilt)
    announced = Ground(offers(), EXACT, box=[(more,)])
    assert cost(announced, Question(("cost",), changes=(more,))) == pytest.approx(100)
    assert announced.rebuilt == {}


def test_arrays_of_many_changes_are_not_all_kept_and_stay_right() -> None:
    on = Ground(offers(), EXACT)
    prices = [(Change("Supply[exposed].price", "set", float(price)),) for price in range(1, 21)]
    for _ in range(2):
        assert [round(cost(on, Question(("cost",), changes=one)) or 0, 6) for one in prices[:8]] == [
            5.0 * price for price in range(1, 9)
        ]
        # at 20 a tonne nothing exposed is bought: 7 and 20 for A, 6 and 42 for B
        assert cost(on, Question(("cost",), changes=prices[19])) == pytest.approx(75)
    assert cost(on, COST) == pytest.approx(50)
    assert on.rebuilt == {}


def test_a_change_that_cannot_be_made() -> None:
    on = Ground(offers(), EXACT)
    wrong = (Change("Deals[C].fee", "set", 1.0),)
    assert not on.possible(wrong)
    with pytest.raises(CaseError):
        on.answer(Question(("cost",), changes=wrong), FREE)


# ---- choices forced in and out, portfolios to be unlike, decisions held


def signed(brute: Brute, held: Held, deal: str) -> bool:
    """Whether a deal is signed so that it is in force for at least half its term inside the horizon."""
    if brute.compiled.data.deals[deal].chance == 0:
        return False
    for s in brute.compiled.data.signings[deal]:
        inside = sum(s.phi(t) for t in brute.compiled.data.years)
        if held.get(("sign", (deal, s.year, s.terms))) and (s.end == float("inf") or inside >= s.length / 2):
            return True
    return False


def ordered(held: Held, plant: str) -> int:
    return sum(number for (family, index), number in held.items() if family == "modules" and index[0] == plant)


def at_all(held: Held, name: str) -> bool:
    return any(number for (family, index), number in held.items() if family in ("sign", "modules") and index[0] == name)


@pytest.mark.parametrize("seed", SEEDS)
def test_choices_forced_in_and_out_against_all_combinations(seed: int) -> None:
    on, brute = ground(seed), every(seed)
    choices: list[Choice] = [*(("Deals", d) for d in open_deals(on.compiled)),
                             *(("Plants", k) for k in open_plants(on.compiled))]
    assert choices
    for sheet, name in choices:
        def chosen_at(held: Held, sheet: str = sheet, name: str = name) -> bool:
            return signed(brute, held, name) if sheet == "Deals" else ordered(held, name) >= 1

        forced, barred = replace(COST, inside=((sheet, name),)), replace(COST, outside=((sheet, name),))
        assert same(cost(on, forced), brute, chosen_at), name
        assert same(cost(on, barred), brute, lambda held, name=name: not at_all(held, name)), name


@pytest.mark.parametrize("seed", SEEDS)
def test_unlike_portfolios_against_all_combinations(seed: int) -> None:
    """Four portfolios one after the other, each unlike those before: deals alone, and deals with plants' modules."""
    on, brute = ground(seed), every(seed)
    for plants in (False, True):
        seen: list[Portfolio] = []
        # the richest plan first, so that there is something to drop
        question = Question(("dependence",))
        for _ in range(4):
            answer = on.answer(question, FREE)
            if not answer.found:
                break
            seen.append(on.portfolio(question, answer, plants=plants))
            question = replace(COST, unlike=tuple(seen))
            assert same(cost(on, question), brute, lambda held, seen=tuple(seen): all(
                any(not signed(brute, held, deal) for deal in one.deals)
                or any(ordered(held, plant) < number for plant, number in one.plants) for one in seen
            )), seen
        assert seen


@pytest.mark.parametrize("seed", SEEDS)
def test_plans_known_shorten_a_search_and_change_no_answer(seed: int) -> None:
    """Both ends known half way between them, on the case and with its prices changed; names unknown are passed over."""
    on = ground(seed)
    ends = [on.answer(Question(goals), FREE) for goals in (("cost",), ("dependence",))]
    known = tuple((*decided(on.compiled, end), (("sign", ("no such deal", 1, 1)), 1)) for end in ends)
    half = sum(value_of(on.compiled, end, "dependence") for end in ends) / 2
    for changes in ((), (CHANGES[0],)):
        plain = Question(("cost", "dependence"), changes=changes, caps=(("dependence", half),))
        for some in (known, known[:1], known[1:]):
            one, other = (on.answer(question, FREE) for question in (plain, replace(plain, known=some)))
            assert other.outcome == one.outcome
            for goal in plain.goals:
                values = [value_of(on.arrays(changes), answer, goal) for answer in (one, other)]
                assert values[1] == pytest.approx(values[0], rel=1e-7, abs=1e-9)
    assert plain.key() != replace(plain, known=known).key()


def test_an_empty_portfolio_has_nothing_to_drop() -> None:
    on = Ground(offers(), EXACT)
    assert on.answer(replace(COST, unlike=(Portfolio(()),)), FREE).outcome == "none"


def test_a_superset_is_no_news() -> None:
    """With both deals forced in, a plan unlike that with A alone is still none: it drops nothing of it."""
    on = Ground(offers(), EXACT)
    both = replace(COST, inside=(("Deals", "A"), ("Deals", "B")))
    assert cost(on, both) == pytest.approx(63)
    assert cost(on, replace(both, unlike=(Portfolio(("A",)),))) is None
    assert cost(on, replace(COST, inside=(("Deals", "B"),), unlike=(Portfolio(("A",)),))) == pytest.approx(56)


def late(term: float) -> Case:
    """A deal over three years, signed in 2031 for 100 or in 2032 for 1."""
    dear_first = Series(points=((2031, 100.0), (2032, 1.0)))
    deal = offer(12.0, window_from=2031, window_to=2032, term=term, signings_at_most=1, signing_cost=dear_first)
    return little(*deal, years=3)


def test_a_deal_counts_that_is_in_force_for_half_its_term() -> None:
    """Of a term of three years, 2031 has two inside and counts, 2032 has one and does not; of two years one is half."""
    on = Ground(late(3.0), EXACT)
    assert counts(on.compiled.data, "deal", 2031, 1)
    assert not counts(on.compiled.data, "deal", 2032, 1)
    assert len(signings(on.compiled, "deal")) == 1
    assert len(signings(on.compiled, "deal", counted=False)) == 2
    forced = on.answer(replace(COST, inside=(("Deals", "deal"),)), FREE)
    assert [held for held, value in zip(on.compiled.columns, forced.values, strict=True)
            if held[0] == "sign" and value > 0.5] == [("sign", ("deal", 2031, 1))]
    assert counts(Data(late(2.0)), "deal", 2032, 1)


def test_a_signing_that_does_not_count_is_no_deal_of_the_portfolio_and_is_barred_with_it() -> None:
    on = Ground(late(3.0), EXACT)
    name = ("sign", ("deal", 2032, 1))
    held = replace(COST, held=((name, 1),))
    answer = on.answer(held, FREE)
    assert answer.found
    assert on.portfolio(held, answer) == Portfolio(())
    assert Portfolio.of(on.compiled.data, on.plan(held, answer).amounts) == Portfolio(())
    assert cost(on, replace(held, outside=(("Deals", "deal"),))) is None


@pytest.mark.parametrize("seed", [16, 61, 144])
def test_decisions_held_against_all_combinations(seed: int) -> None:
    on, brute = ground(seed), every(seed)
    for held in random.Random(seed).sample(brute.feasible, min(3, len(brute.feasible))):
        found = cost(on, replace(COST, held=tuple(held.items())))
        assert same(found, brute, lambda other, held=held: other == held)


def test_a_column_that_is_none_can_be_held_at_nothing_alone() -> None:
    on = Ground(offers(), EXACT)
    none = ("sign", ("no deal", 2030, 1))
    assert cost(on, replace(COST, held=((none, 0),))) == pytest.approx(50)
    assert cost(on, replace(COST, held=((none, 1),))) is None


def test_what_cannot_be_chosen_cannot_be_forced_in() -> None:
    on = Ground(offers(), EXACT)
    late_a = on.compiled.data.years[-1] + 5
    closed = Ground(on.changed((Change("Deals[A].window from", "set", late_a),)), EXACT)
    assert cost(closed, replace(COST, inside=(("Deals", "A"),))) is None
    assert cost(closed, replace(COST, outside=(("Deals", "A"),))) == pytest.approx(50)


# ---- caps, goals after, any plan, settled cases


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_caps_against_all_combinations(seed: int) -> None:
    on, brute = ground(seed), every(seed)
    low, high = brute.least("dependence"), brute.least("cost")
    assert low is not None
    assert high is not None
    for part in (0.2, 0.7):
        cap = low.value + part * (1 - low.value)
        best = brute.least("cost", {"dependence": cap})
        assert best is not None
        assert cost(on, replace(COST, caps=(("dependence", cap),))) == pytest.approx(best.value, rel=1e-7)
    under = replace(COST, caps=(("dependence", low.value - 1e-3), ("cost", 2 * high.value)))
    assert cost(on, under) is None


def test_a_cap_below_what_a_column_may_be_is_none() -> None:
    on = Ground(offers(), EXACT)
    assert on.answer(replace(COST, caps=(("dependence", -0.1),)), FREE).outcome == "none"
    assert on.answer(replace(COST, caps=(("nothing that counts", -1.0),)), FREE).outcome == "none"
    assert cost(on, replace(COST, caps=(("nothing that counts", 0.0),))) == pytest.approx(50)


def test_a_cap_a_hair_above_all_of_demand_still_makes_a_plan() -> None:
    """A study caps at what another plan has and a little for rounding; all of demand and a little is no fault."""
    on = Ground(offers(), EXACT)
    question = replace(COST, caps=(("dependence", 1.0 + 1e-7),))
    assert on.plan(question, on.answer(question, FREE)).options.cap == 1.0


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_a_goal_after_moves_flows_alone_and_no_goal_before(seed: int) -> None:
    on, brute = ground(seed), every(seed)
    first, both = on.answer(COST, FREE), on.answer(replace(COST, after=("dependence",)), FREE)
    arrays = on.compiled
    assert value_of(arrays, both, "cost") == pytest.approx(value_of(arrays, first, "cost"), rel=1e-8)
    held = {name: round(value) for name, value, integer in zip(
        arrays.columns, both.values, arrays.integer, strict=True) if integer}
    best = brute.least("dependence", {"cost": value_of(arrays, first, "cost") * (1 + 1e-9)}, lambda it: it == held)
    assert best is not None
    assert value_of(arrays, both, "dependence") == pytest.approx(best.value, abs=1e-5)


@pytest.mark.parametrize("seed", [*SEEDS, 46, 126, 138])
def test_any_plan_is_found_where_there_is_one(seed: int) -> None:
    case = exactly(random_case(seed))
    on, brute = Ground(case, EXACT), Brute(case)
    question = replace(COST, any_plan=True)
    answer = on.answer(question, FREE)
    assert answer.outcome == ("stopped" if brute.feasible else "none")
    if answer.found:
        assert on.plan(question, answer).checked
        best = brute.least("cost")
        assert best is not None
        assert value_of(on.compiled, answer, "cost") >= best.value - 1e-6 * best.value
        assert answer.reached["cost"].bound * brute.money <= best.value + 1e-6 * best.value


def test_the_portfolio_of_an_answer_is_that_of_its_plan() -> None:
    for seed in SEEDS:
        on, question = ground(seed), Question(("dependence", "cost"))
        answer = on.answer(question, FREE)
        plan = on.plan(question, answer)
        for plants in (False, True):
            mine = on.portfolio(question, answer, plants=plants)
            assert mine == Portfolio.of(on.compiled.data, plan.amounts, plants=plants)


def test_what_one_portfolio_has_beside_another() -> None:
    one, other = Portfolio(("A", "B"), (("works", 3),)), Portfolio(("B",), (("works", 1), ("mill", 2)))
    assert one.without(other) == {("Deals", "A"): 1, ("Plants", "works"): 2}
    assert other.without(one) == {("Plants", "mill"): 2}
    assert bool(one)
    assert not Portfolio(())


def test_no_plan_is_no_plan() -> None:
    with pytest.raises(ValueError, match="there is no plan in this answer"):
        Ground(offers(), EXACT).plan(COST, Answer("none"))


def test_no_time_finds_nothing() -> None:
    on = Ground(chosen(16), SolveOptions(gap=0.0))
    assert on.answer(COST, Clock(0.0)).outcome == "nothing"


def test_goals_of_a_case() -> None:
    assert Ground(chosen(19), EXACT).goals() == ("dependence", "mean dependence", "cost", "effort")
