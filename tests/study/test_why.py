"""Switching points: by hand in a world of one deal, and against every combination of choices in random small cases."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

from optimizer.case.case import Case
from optimizer.case.changes import Change, apply_changes
from optimizer.case.schema import Rule
from optimizer.model.assemble import build
from optimizer.model.compiled import Compiled, compile_model
from optimizer.model.data import Data
from optimizer.report.brief.blocks import Bullets, Heading, Paragraph, Table
from optimizer.report.studies import why as told
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.plan import Infeasible, SolveOptions
from optimizer.solve.session import Outcome
from optimizer.solve.solve import solve
from optimizer.study.executor import Here
from optimizer.study.ground import Ground
from optimizer.study.levers import Lever, levers
from optimizer.study.portfolio import Choice, modules, signings
from optimizer.study.why import Breakpoint, Why, box, why, why_all
from tests.cases.little import S, from_first, little, offer, works
from tests.random_cases import random_case
from tests.study.noted import Noted, deals_of

EXACT = SolveOptions(gap=1e-9, time=60)
WIDE = 0.0051
"""The width to which a bracket is brought, as a part of the number."""


def point(found: Why, parameter: str) -> Breakpoint:
    return next(p for p in found.breakpoints if p.parameter == parameter)


def brackets(p: Breakpoint, number: float) -> bool:
    """Whether the bracket holds a number, and is as narrow as was asked."""
    assert p.low is not None
    assert p.high is not None
    slip = 1e-6 * abs(number)
    return p.low - slip <= number <= p.high + slip and p.high - p.low <= WIDE * abs(number)


# ---- by hand


def test_a_deal_outside_enters_when_it_is_cheap_to_sign() -> None:
    """4 t at 6 + 1 instead of 10 save 12 a year: signed for 20 the deal costs 8 more than it saves, below 12 it enters.

    No fee brings it in, for free of it it saves 16 and costs 20; nor a volume, for there are but 4 t to be had.
    """
    found = why(little(*offer(signing_cost=S(20), fee=S(1), most=S(4))), "deal", EXACT)
    assert not found.in_plan
    assert found.loss == pytest.approx((8, 8))
    assert brackets(point(found, "signing cost"), 12)
    assert point(found, "signing cost").enters
    assert point(found, "signing cost").come == (("deal", 1),)
    assert point(found, "fee").verdict == "out"
    assert point(found, "fee").low is None
    assert point(found, "most").verdict == "out"


def test_a_deal_signed_for_less_than_half_a_term_is_neither_in_nor_out() -> None:
    """For four years of which one lies inside, it saves 16 for a quarter of 4: signed, though it cannot count."""
    found = why(little(*offer(term=4, signing_cost=S(4))), "deal", EXACT)
    assert found.plan.amounts.sign
    assert (found.in_plan, found.briefly, found.possible) == (False, True, False)
    assert told.answer(found) == (
        "deal is signed, but for less than half a term: there is no plan with it for half a term or more."
    )
    assert told.data(found)["signed_briefly"]
    assert not why(little(*offer(signing_cost=S(20))), "deal", EXACT).briefly


def test_the_other_plan_tells_what_it_exceeds_the_budget_by() -> None:
    """a, 4 t at 12, takes all of 58; without it b, at 13, keeps 20 % for 62.5."""
    case = little(*offer(12.0, name="a"), *offer(13.0, name="b", signing_cost=S(0.5)), goal="dependence",
                  then=("cost",), budget=58.0)
    found = why(case, "a", EXACT)
    assert (found.in_plan, found.budget, found.over) == (True, 58.0, pytest.approx(4.5))
    assert told.answer(found).endswith(", which is USD 4 above the budget.")


def test_a_number_is_asked_for_with_the_plan_that_is_cheapest_there() -> None:
    """From the plan with the deal on, every search for its fee knows one that signs it."""
    case = little(*offer(price=6.0, fee=S(1), signing_cost=S(4)))
    noted = Noted(Ground(case, EXACT, box(case)))
    assert why(case, "deal", EXACT, executor=noted).in_plan
    moved = [question for question in noted.asked if question.changes and not question.held]
    fees = [question for question in moved if question.changes[0].address == "Deals[deal].fee"]
    assert fees
    assert all(list(map(deals_of, question.known)) == [["deal"]] for question in fees)


def test_a_deal_inside_leaves_when_it_is_dear_or_small() -> None:
    """3 t a year for three years save 9 each at a fee of 1: 27 for a signing of 10.

    It leaves at a fee of 26/9 = 1 + 17/9, a signing of 27, a volume of 10/9 t, and when a year of 9 alone is left.
    """
    found = why(little(*offer(signing_cost=S(10), fee=S(1), most=S(3)), years=3), "deal", EXACT)
    assert found.in_plan
    assert found.loss == pytest.approx((17, 17))
    assert found.go == (("deal", 1),)
    assert brackets(point(found, "fee"), 26 / 9)
    assert brackets(point(found, "signing cost"), 27)
    assert brackets(point(found, "most"), 10 / 9)
    assert not point(found, "most").below
    assert (point(found, "start year").low, point(found, "start year").high) == (2031, 2032)
    assert all(not p.enters for p in found.breakpoints)


def test_the_plans_on_either_side_are_checked() -> None:
    """At the fee at which it leaves, the plan with it and the plan without it cost the same: 150."""
    found = why(little(*offer(signing_cost=S(10), fee=S(1), most=S(3)), years=3), "deal", EXACT)
    there = point(found, "fee").plan
    assert there is not None
    assert there.checked
    assert there.claims.cost == pytest.approx(150)
    assert found.other is not None
    assert found.other.checked
    assert found.other.claims.cost == pytest.approx(150)
    assert found.plan.checked
    assert found.plan.claims.cost == pytest.approx(133)


def test_a_deal_that_need_not_be_used_saves_up_to_a_fee() -> None:
    """Signed for nothing, it may be kept at any fee; above 4 it is not used. Told as 'leaves', 4 would be a lie."""
    fee = point(why(little(*offer(fee=S(1))), "deal", EXACT), "fee")
    assert fee.idle
    assert brackets(fee, 4)


def test_what_replaces_it() -> None:
    """Two deals for the same 4 t exclude each other: without the cheaper one the dearer comes, which costs 4 more."""
    apart = Rule(name="apart", rule="excludes", list=("deal", "second"))
    case = little(*offer(fee=S(1)), *offer(fee=S(2), name="second"), apart)
    found = why(case, "deal", EXACT)
    assert (found.come, found.go) == ((("second", 1),), (("deal", 1),))
    assert brackets(point(found, "fee"), 2)


def test_whatever_it_costs() -> None:
    """Least dependence is only to be had with the deal: no fee and no signing cost makes it leave."""
    found = why(little(*offer(signing_cost=S(10), fee=S(1)), goal="dependence", then=("cost",)), "deal", EXACT)
    assert found.in_plan
    assert found.possible is False
    assert found.other is None
    assert [point(found, p).verdict for p in ("fee", "signing cost")] == ["in", "in"]
    assert "no plan without it" in point(found, "fee").method


def test_with_a_budget_it_is_the_budget_that_decides() -> None:
    """5 t at 11 are clear but dearer; with 60 to spend the signing may cost 60 - (4 x 11 + 10) = 6, from 2 now."""
    case = little(*offer(11, signing_cost=S(2)), goal="dependence", then=("cost",), budget=60.0)
    signing = point(why(case, "deal", EXACT), "signing cost")
    assert brackets(signing, 6)
    assert "the budget" in signing.method


def test_a_plan_that_is_known_is_not_looked_for() -> None:
    """The budget above least cost is that of the plan: with it known, no search for the least cost of all is made."""
    case = little(*offer(signing_cost=S(10), fee=S(1)), goal="dependence", then=("cost",), budget_above_least_cost=5.0)
    known = solve(case, EXACT)
    asked: list[str] = []
    others: list[str] = []
    found = why(case, "deal", EXACT, plan=known, on_event=lambda event: asked.append(getattr(event, "text", "")))
    alone = why(case, "deal", EXACT, on_event=lambda event: others.append(getattr(event, "text", "")))
    assert (found.budget, found.in_plan) == (known.budget, alone.in_plan)
    assert found.budget == pytest.approx(alone.budget)
    assert [p.verdict for p in found.breakpoints] == [p.verdict for p in alone.breakpoints]
    assert [p.low for p in found.breakpoints] == pytest.approx([p.low for p in alone.breakpoints])
    assert "the least cost" in others
    assert "the least cost" not in asked


def test_a_series_that_varies_is_multiplied() -> None:
    """Fees of 1 and 2 on 4 t each: 32 saved less 12 leaves 20, less a signing of 8: the fees may be 2 times as high."""
    fee = point(why(little(*offer(fee=from_first(1, 2), signing_cost=S(8)), years=2), "deal", EXACT), "fee")
    assert fee.unit == "times"
    assert fee.now == 1
    assert brackets(fee, 2)


def test_a_blank_fee_is_what_it_could_bear() -> None:
    """Signed for 10 it saves 16 without a fee: it could bear 1.5 a tonne."""
    fee = point(why(little(*offer(signing_cost=S(10))), "deal", EXACT), "fee")
    assert fee.now is None
    assert brackets(fee, 1.5)


def test_the_unit_is_that_of_the_cell() -> None:
    """12 a tonne of the signing cost above, told in thousands as the cell has it, and canonical beside it."""
    case = little(*offer(signing_cost=S(20), fee=S(1)))
    units = {"Deals[deal].signing cost": "USD k"}
    case = Case(case.settings, case.sheets, type(case.origin)(units=units))
    signing = point(why(case, "deal", EXACT), "signing cost")
    assert signing.unit == "USD k"
    assert brackets(signing, 0.012)
    assert signing.now == pytest.approx(0.020)
    assert signing.canonical[0] == pytest.approx(12, rel=1e-6)


def test_a_first_year_that_comes_too_late() -> None:
    """Open from 2032, a year of 16 does not pay for 20; from 2031, two years do."""
    case = little(*offer(signing_cost=S(20), window_from=2032), years=3)
    start = point(why(case, "deal", EXACT), "start year")
    assert (start.low, start.high, start.enters) == (2031, 2032, True)


def test_a_plant() -> None:
    """A module of 2 t saves 16 a year, 32 in two, for 2 x 20 now: it enters at a capital cost of 16 a tonne."""
    found = why(little(*works(module=2.0, capex=S(20)), years=2), "works", EXACT)
    assert not found.in_plan
    assert brackets(point(found, "capex"), 16)
    inside = why(little(*works(module=2.0, capex=S(6), most_modules=2), years=2), "works", EXACT)
    assert inside.in_plan
    assert brackets(point(inside, "capex"), 16)
    assert brackets(point(inside, "site cost"), 40)


def test_what_was_decided_before_has_no_one_number() -> None:
    """A fee is paid on the term in force too, with the renewal and without it."""
    case = little(*offer(fee=S(1), term=1.0, signed_in=2029, lead=1.0, window_from=2031, signings_at_most=2), years=3)
    fee = point(why(case, "deal", EXACT), "fee")
    assert fee.verdict == "past"
    assert "before the case begins" in told.sentence(why(case, "deal", EXACT), fee)


def test_a_number_that_never_changes_the_choice() -> None:
    """At 12 instead of 10 nothing is bought under the deal: its fee makes no difference, and that is told."""
    found = why(little(*offer(12, fee=S(1))), "deal", EXACT)
    assert point(found, "fee").verdict == "same"
    assert "never changes the choice" in told.sentence(found, point(found, "fee"))


# ---- against every combination


BLOCKS = ("bands", "payments", "duty", "losses", "discounting", "rules", "budget")

FEW = 256
"""Combinations of eight binaries."""


def combinations(arrays: Compiled) -> list[range]:
    """The numbers that each integer column may have."""
    return [range(int(arrays.lower[j]), int(arrays.upper[j]) + 1) for j in np.flatnonzero(arrays.integer)]


def few(case: Case) -> bool:
    """Whether a case has choices, of which no more combinations than eight binaries have, and no contradiction."""
    arrays = compile_model(build(case))
    return not arrays.settled and 1 < np.prod([len(numbers) for numbers in combinations(arrays)]) <= FEW


def least_cost(case: Case, choice: Choice, inside: bool, cap: float | None) -> float:
    """The least cost over all combinations with a choice in, so that it counts, or out, on a model built anew."""
    arrays = compile_model(build(case))
    if arrays.settled:
        return float("inf")
    sheet, name = choice
    counted = signings(arrays, name) if sheet == "Deals" else modules(arrays, name)
    taken = counted if inside or sheet == "Plants" else signings(arrays, name, counted=False)
    integers = np.flatnonzero(arrays.integer).tolist()
    places = [integers.index(j) for j in taken]
    fixed, cost, dependence = FixedPlan(arrays, np.zeros(len(arrays.columns))), *(
        arrays.column("goal", (goal,)) for goal in ("cost", "dependence"))
    assert cost is not None
    if dependence is not None and cap is not None:
        fixed.bound(dependence, upper=cap)
    least = float("inf")
    for numbers in itertools.product(*combinations(arrays)):
        if any(numbers[i] for i in places) is not inside:
            continue
        for j, number in zip(integers, numbers, strict=True):
            fixed.bound(j, number, number)
        result = fixed.minimise(cost)
        least = min(least, result.objective * arrays.money if result.outcome is Outcome.PROVED else least)
    return least


def at(case: Case, lever: Lever, number: float, choice: Choice, cap: float | None) -> float:
    """The least cost with a choice in, a number moved."""
    changed = apply_changes(case, (Change(lever.address, lever.how, int(number) if lever.whole else number, unit=""),))
    return least_cost(changed, choice, True, cap)


def verified(case: Case, found: Why) -> int:
    """Asserts each switching point of a choice against all combinations; gives how many were brackets."""
    choice, cap, brackets_seen = found.choice, found.capped, 0
    level = min(least_cost(case, choice, False, cap), found.budget or float("inf"))
    by_name = {lever.parameter: lever for lever in levers(Data(case), choice, found.in_plan)}
    slip = 1e-6 * max(1.0, abs(level)) if np.isfinite(level) else 0.0
    for p in found.breakpoints:
        lever = by_name[p.parameter]
        ends = p.canonical if p.below else p.canonical[::-1]
        if p.parameter == "most modules" and p.verdict == "out":
            continue  # at ten times the modules the combinations are too many
        if p.verdict == "switches":
            brackets_seen += 1
            near, far = ends
            assert near is not None, p
            assert at(case, lever, near, choice, cap) <= level + slip, p
            if far is not None:
                beyond = at(case, lever, far, choice, cap)
                assert beyond >= level - slip if p.idle else beyond > level or np.isinf(beyond), p
        elif p.verdict == "out" and lever.now != lever.easy:
            assert at(case, lever, lever.easy, choice, cap) > level - slip, p
        elif p.verdict == "in" and lever.now != lever.hard:
            assert at(case, lever, lever.hard, choice, cap) <= level + slip, p
        elif p.verdict == "same":
            assert abs(at(case, lever, lever.easy, choice, cap) - level) <= slip, p
    return brackets_seen


DEALS = (0, 1, 3, 7, 8, 9, 13, 149)
PLANTS = (51, 52, 98, 103, 110)


@pytest.mark.parametrize("seed", DEALS)
def test_deals_against_every_combination(seed: int) -> None:
    case = random_case(seed, BLOCKS)
    assert few(case)
    for found in why_all(case, EXACT):
        verified(case, found)


@pytest.mark.parametrize("seed", PLANTS)
def test_plants_against_every_combination(seed: int) -> None:
    case = random_case(seed, (*BLOCKS, "orders"))
    assert few(case)
    verified(case, why(case, "works", EXACT))


def test_a_volume_below_which_the_case_is_not_sound_is_out_there() -> None:
    """Half of 5 t must be clear, and only the deal is: below 2.5 t a year the case does not even pass the checks."""
    bare = little(*offer(limit=5.0, most=S(5), signing_cost=S(1)))
    case = apply_changes(bare, (Change("Demand[need].clear_share", "set", 0.5, unit=""),))
    found = why(case, "deal", EXACT)
    p = point(found, "most")
    assert (found.in_plan, p.verdict) == (True, "switches")
    assert brackets(p, 2.5)


# ---- what is asked and how it ends


def test_a_move_of_the_arrays_gives_what_a_model_built_anew_gives() -> None:
    """The volumes are announced: nothing is rebuilt but for years, and an executor of one's own gives the same."""
    case = little(*offer(signing_cost=S(10), fee=S(1), most=S(3)), years=3)
    announced = Ground(case, EXACT, box(case))
    found = why(case, "deal", EXACT, executor=Here(announced))
    assert all("shapes the model" in reason for reason in announced.rebuilt)
    bare = Ground(case, EXACT)
    assert why(case, "deal", EXACT, executor=Here(bare)) == found
    assert len(bare.rebuilt) > len(announced.rebuilt)


@pytest.mark.parametrize(("name", "said"), [
    ("dael", "there is no deal or plant 'dael'. Did you mean 'deal'?"),
    ("late", "the deal 'late' cannot be signed any more: its window leaves no year"),
    ("works", "nothing can be ordered of the plant 'works': it has no module"),
])
def test_bad_names_are_told_in_a_sentence(name: str, said: str) -> None:
    late = offer(name="late", window_from=2028, window_to=2029)
    with pytest.raises(ValueError, match=said.replace("?", "[?]")):
        why(little(*offer(), *late, *works(capacity=S(1))), name, EXACT)


def test_no_deal_to_ask_about() -> None:
    with pytest.raises(ValueError, match="the case has no deal that can still be signed"):
        why_all(little(), EXACT)


def test_an_unknown_goal_and_no_plan() -> None:
    with pytest.raises(ValueError, match="there is no goal 'honour'; the case has"):
        why(little(*offer()), "deal", SolveOptions(goal="honour"))
    with pytest.raises(Infeasible):
        why(little(*offer()), "deal", SolveOptions(goal="dependence", cap=0.1, budget=1.0))


def test_where_the_time_ends_what_is_left_is_unsettled() -> None:
    """The plan is found, and then the time is over: each number says so, and nothing is made up."""

    class Ending(Here):
        """Answers two questions, which find the plan."""

        @property
        def ended(self) -> bool:
            return self._answered >= 2

    case = little(*offer(signing_cost=S(10), fee=S(1)), years=2)
    found = why(case, "deal", EXACT, executor=Ending(Ground(case, EXACT)))
    assert found.in_plan
    assert found.status == "stopped"
    assert found.possible is None
    assert {p.verdict for p in found.breakpoints} == {"unsettled"}
    assert "not settled" in told.answer(found)


# ---- told


def several() -> Case:
    """A deal outside, one inside that must pay for its signing, one that is idle where it is dear, a late one."""
    return little(
        *offer(signing_cost=S(60), fee=S(1), most=S(3)), *offer(5, S(1), name="second", signing_cost=S(2)),
        *offer(7, S(1), name="third", fee=S(1)), *offer(6, S(1), name="fourth", window_from=2031, most=S(1)), years=2,
    )


def test_the_documents_hold_what_was_found() -> None:
    found = why_all(several(), EXACT)
    document = json.loads(json.dumps(told.data(found), allow_nan=False))
    assert [one["name"] for one in document["deals"]] == ["deal", "second", "third", "fourth"]
    fee = document["deals"][0]["breakpoints"]["signing_cost"]
    assert fee.keys() >= {"low", "high", "unit", "enters", "method"}
    assert fee["enters"] is True
    table = told.tables(found)["why"]
    assert list(table.columns[-2:]) == ["value", "unit"]
    assert not table["value"].isna().any()
    low = table[(table.name == "deal") & (table.parameter == "signing cost") & (table.bound == "low")]
    assert low["value"].iloc[0] == fee["low"]
    assert told.data(found[0]) == {**told.data(found)["deals"][0]}
    assert told.pictures(found) == ()


def test_the_page_answers_first_and_its_sentences_have_the_numbers_of_its_table() -> None:
    for found in why_all(several(), EXACT):
        heading, lead, bullets, _, table, *_ = told.page(found)
        assert isinstance(heading, Heading)
        assert heading.level == 2
        assert isinstance(lead, Paragraph)
        assert lead.text.startswith(found.name)
        assert isinstance(bullets, Bullets)
        assert isinstance(table, Table)
        assert len(bullets.items) == len(table.rows) == len(found.breakpoints)
        for text, row in zip(bullets.items, table.rows, strict=True):
            assert text.endswith(".")
            assert all(cell in text for cell in row[2:4] if cell)
            assert "None" not in text
            assert "nan" not in text


def test_the_page_of_all_has_a_row_for_each_deal() -> None:
    found = why_all(several(), EXACT)
    heading, lead, table, *_ = told.page(found)
    assert isinstance(heading, Heading)
    assert isinstance(lead, Paragraph)
    assert isinstance(table, Table)
    assert lead.text == f"{sum(one.in_plan for one in found)} of the 4 deals that can still be signed are in the plan."
    assert [row[0] for row in table.rows] == [one.name for one in found]
    assert all(len(row) == len(table.headers) for row in table.rows)
