"""Two cases beside each other: waterfalls by hand and against brute force, ties, cases that cannot be parted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from optimizer.case.case import Case
from optimizer.case.changes import Change, apply_changes
from optimizer.case.families import CHAIN
from optimizer.case.findings import CaseError
from optimizer.case.schema import Deal, Limit
from optimizer.model.assemble import build
from optimizer.model.compiled import compile_model
from optimizer.report.brief.blocks import Heading, Paragraph, Table
from optimizer.report.numbers import money_difference
from optimizer.report.studies import compare as report
from optimizer.runs.journal import Journal
from optimizer.solve.events import OnEvent, Step
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.plan import Infeasible, SolveOptions
from optimizer.solve.session import Outcome
from optimizer.solve.solve import solve
from optimizer.study.compare import (
    DEPENDENCE_ALLOWED,
    MONEY_ALLOWED,
    Comparison,
    Waterfall,
    compare,
)
from optimizer.study.executor import Here
from optimizer.study.form import SLACK
from optimizer.study.ground import Ground
from optimizer.study.question import Answer, Question
from tests.cases.little import S, little, offer, source
from tests.random_cases import random_case

EXACT = SolveOptions(gap=0.0, as_now=False, unique=False)


def falls(found: Comparison) -> tuple[Waterfall, Waterfall]:
    """The waterfalls of cost and of dependence; each adds up to its whole."""
    cost, dependence = found.waterfalls
    for fall in (cost, dependence):
        for of in ("effect", "forward", "reverse"):
            assert sum(getattr(one, of) for one in fall.parts) == pytest.approx(fall.whole, abs=1e-12 * 1e3)
    return cost, dependence


def effects(fall: Waterfall) -> dict[str, tuple[float, float, float]]:
    """Group -> effect, forward, reverse."""
    return {one.group: (one.effect, one.forward, one.reverse) for one in fall.parts}


def near(*numbers: float) -> object:
    return pytest.approx(numbers, abs=1e-4)


# ---- by hand


def test_one_group_gives_the_whole() -> None:
    """4 t under the deal, for 7 in place of 6: 4 dearer, and nothing of it depends on anything else."""
    before = little(*offer())
    cost, dependence = falls(compare(before, before.change("Supply[of deal].price", 7), EXACT))
    assert (cost.start, cost.end, dependence.whole) == near(34.0, 38.0, 0.0)
    assert effects(cost) == {"supply prices": near(4.0, 4.0, 4.0)}
    assert not cost.tie
    assert dependence.tie


def test_the_mean_of_two_orders() -> None:
    """The deal costs 3 and saves 0.5 on each of 2 t: not signed, 50. For 8 and 4 t it saves 8: 45.

    With 4 t alone it still saves too little (50), at 8 alone it saves 4 on 2 t: 49. The limit does 0 where it comes
    first and -4 where it comes last, the price -5 where it comes last and -1 where it comes first.
    """
    before = little(*offer(9.5, 2.0, signing_cost=S(3.0)))
    after = before.change("Supply[of deal].price", 8).change("Supply[of deal].limit", 4)
    found = compare(before, after, EXACT)
    cost, dependence = falls(found)
    assert effects(cost) == {"supply limits": near(-2.0, 0.0, -4.0), "supply prices": near(-3.0, -5.0, -1.0)}
    # all of it exposed; with the deal 1 t of 5; at 8 alone 3 t of 5
    assert effects(dependence) == {"supply limits": near(-0.2, 0.0, -0.4), "supply prices": near(-0.6, -0.8, -0.4)}
    assert [(one.name, one.what, one.before, one.after) for one in found.decisions] == [
        ("deal", "signed", (), ((2030, 1),))
    ]
    # not to sign it costs 50 in place of 45
    assert (found.kept, found.keeping, found.decisions_tie) == (True, pytest.approx(5.0), False)


def test_levels_are_parts_of_their_own() -> None:
    """58 buys 4 t at 12 in place of 10 (20 % exposed), and at 14 only 2 t (60 %).

    As little exposed as before would cost 66: the price does +8 at 20 % and +4 at 60 %; to allow 60 % in place of 20 %
    does -8 at 14 and -4 at 12. For the same 58 the price is all that moves dependence.
    """
    before = little(*offer(12.0), goal="dependence", budget=58.0)
    after = before.change("Supply[of deal].price", 14)
    cost, dependence = falls(compare(before, after, EXACT))
    assert effects(cost) == {"supply prices": near(6.0, 8.0, 4.0), DEPENDENCE_ALLOWED: near(-6.0, -8.0, -4.0)}
    assert effects(dependence) == {"supply prices": near(0.4, 0.4, 0.4)}
    assert (cost.whole, dependence.start, dependence.end) == near(0.0, 0.2, 0.6)


def test_money_allowed_is_a_part_of_dependence() -> None:
    """A budget of 54 in place of 58 buys 2 t in place of 4; no input of the world differs."""
    before = little(*offer(12.0), goal="dependence", budget=58.0)
    cost, dependence = falls(compare(before, before.change("Case[budget].value", 54), EXACT))
    assert effects(cost) == {DEPENDENCE_ALLOWED: near(-4.0, -4.0, -4.0)}
    assert effects(dependence) == {MONEY_ALLOWED: near(0.4, 0.4, 0.4)}


@pytest.mark.parametrize(("given", "point"), [(1.0, 1.0), (None, 0.1)])
def test_a_level_out_of_reach_has_a_value(given: float | None, point: float) -> None:
    """At most 20 %, and only 2 t to be had: 60 % at 54, which counts 40 points too much.

    With the deal as it is no point less can be had (4 t is all), and a point more, 0.05 t at 10 for 12, saves 0.1.
    """
    before = little(*offer(12.0), dependence_cap=0.2)
    after = before.change("Supply[of deal].limit", 2).change("Case[dependence cap].value", "60 %")
    found = compare(before, after, EXACT, price=given)
    cost, _ = falls(found)
    forced = 54.0 + 40 * point
    assert found.price == pytest.approx(point, abs=1e-4)
    assert effects(cost) == {
        "supply limits": near((forced - 58.0) / 2, forced - 58.0, 0.0),
        DEPENDENCE_ALLOWED: near((54.0 - forced - 4.0) / 2, 54.0 - forced, -4.0),
    }
    assert "a point of dependence" in text(found)


def test_no_price_is_told_where_none_was_needed() -> None:
    before = little(*offer())
    assert compare(before, before.change("Supply[of deal].price", 7), EXACT, price=3.0).price is None


# ---- against brute force


def least(case: Case, goal: str, caps: Sequence[tuple[str, float]] = ()) -> float | None:
    """The least of a goal over every combination of whole numbers; None where nothing meets the caps."""
    arrays = compile_model(build(case))
    if arrays.settled:
        return None
    fixed = FixedPlan(arrays, np.zeros(len(arrays.columns)))
    units = {"cost": arrays.money, "dependence": 1.0}
    for name, most in caps:
        column = arrays.column("goal", (name,))
        if column is not None:
            fixed.bound(column, upper=min(most / units[name], float(arrays.upper[column])))
    target = arrays.column("goal", (goal,))
    assert target is not None
    whole = np.flatnonzero(arrays.integer).tolist()
    found = []
    for numbers in product(*(range(int(arrays.lower[j]), int(arrays.upper[j]) + 1) for j in whole)):
        for j, number in zip(whole, numbers, strict=True):
            fixed.bound(j, lower=float(number), upper=float(number))
        result = fixed.minimise(target)
        if result.outcome is Outcome.PROVED:
            found.append(result.objective * units[goal])
    return min(found, default=None)


def combinations(case: Case) -> int:
    arrays = compile_model(build(case))
    whole = np.flatnonzero(arrays.integer)
    return int(np.prod(arrays.upper[whole] - arrays.lower[whole] + 1))


PRICES = Change("Supply[*].price", "times", 1.25)
DEMAND = Change("Demand[*].tonnes", "times", 0.8)
BLOCKS = ("bands", "orders", "limits", "discounting", "payments", "exposed shares")


def pairs(*seeds: int, goal: str) -> Iterator[tuple[Case, Case]]:
    """Random cases of at most 128 combinations, each with other prices and demand."""
    for seed in seeds:
        case = random_case(seed, BLOCKS)
        case = replace(case, settings=case.settings.model_copy(update={"goal": goal}))
        try:
            other = apply_changes(case, (PRICES, DEMAND))
        except CaseError:
            continue
        if combinations(case) <= 128:
            yield case, other


def value(case: Case, goal: str, level: float, price: float) -> float:
    """The value of a case by brute force: ``z``, or dependence with at least as much money as some plan needs."""
    other = {"cost": "dependence", "dependence": "cost"}[goal]
    found = least(case, goal, ((other, level),))
    if found is not None:
        return found
    beyond = least(case, other)
    assert beyond is not None
    reached = least(case, goal, ((other, beyond + 1e-4 * max(1.0, abs(beyond))),))
    assert reached is not None
    return reached + (100 * price * (beyond - level) if goal == "cost" else 0.0)


def test_every_part_is_the_mean_of_two_orders_by_brute_force() -> None:
    """Six values of each waterfall, each the best of every combination of whole numbers."""
    looked = levels = priced = 0
    for before, after in pairs(*range(12), goal="dependence"):
        try:
            found = compare(before, after, EXACT)
        except Infeasible:
            continue
        cost, dependence = falls(found)
        plans, price = (found.before.claims, found.after.claims), found.price or 1.0
        for fall, goal, of in ((cost, "cost", "dependence"), (dependence, "dependence", "cost")):
            level = [getattr(plan, of) for plan in plans]
            slack = SLACK if goal == "cost" else 1e-6 * max(1.0, *map(abs, level))
            apart = abs(level[0] - level[1]) > slack * 10
            level = [most + slack for most in level] if apart else [max(level) + slack] * 2
            mixes = [before, apply_changes(before, (PRICES,)), apply_changes(before, (DEMAND,)), after]
            one = [value(case, goal, level[0], price) for case in mixes]
            two = [value(case, goal, level[1], price) for case in mixes]
            by_hand = {
                "supply prices": ((one[1] - one[0]) + (two[3] - two[2])) / 2,
                "demand": ((one[3] - one[1]) + (two[2] - two[0])) / 2,
            }
            scale = max(abs(fall.start), abs(fall.end), 1.0)
            for group, effect in by_hand.items():
                assert effects(fall)[group][0] == pytest.approx(effect, abs=5e-4 * scale), (before, goal, group)
            levels += apart
        looked += 1
        priced += found.price is not None
    assert looked >= 5
    assert levels >= 4
    assert priced >= 2


# ---- properties


@pytest.mark.parametrize("goal", ["dependence", "cost"])
def test_swapped_cases_flip_the_signs(goal: str) -> None:
    looked = 0
    for before, after in pairs(*range(6), goal=goal):
        try:
            there, back = compare(before, after, EXACT), compare(after, before, EXACT)
        except Infeasible:
            continue
        for fall, other in zip(falls(there), falls(back), strict=True):
            scale = max(abs(fall.start), abs(fall.end), 1.0)
            for group, (effect, forward, reverse) in effects(fall).items():
                swapped = effects(other)[group]
                assert (-swapped[0], -swapped[2], -swapped[1]) == pytest.approx(
                    (effect, forward, reverse), abs=5e-4 * scale
                )
        looked += 1
    assert looked >= 2


def test_plans_are_taken_as_they_are() -> None:
    before = little(*offer(12.0), goal="dependence", budget=58.0)
    after = before.change("Supply[of deal].price", 14)
    plans = (solve(before, EXACT), solve(after, EXACT))
    found, solved = compare(*plans, EXACT), compare(before, after, EXACT)
    assert (found.before, found.after) == plans
    assert found.solves < solved.solves
    for fall, other in zip(falls(found), falls(solved), strict=True):
        assert [one.effect for one in fall.parts] == near(*(one.effect for one in other.parts))


def test_a_plan_whose_dependence_was_no_goal_starts_from_the_least() -> None:
    """At the same price any mix of the two sources is cheapest; the least dependence among these plans is 20 %."""
    before = little(*offer(10.0), then=())
    after = before.change("Demand[need].tonnes", 6)
    given = compare(solve(before, EXACT), solve(after, EXACT), EXACT)
    assert "dependence" not in given.before.goals
    _, dependence = falls(given)
    assert (dependence.start, dependence.end) == near(0.2, 1 / 3)


def test_answers_from_a_journal_are_not_asked_again_and_not_mixed_up() -> None:
    before = little(*offer(9.5, 2.0, signing_cost=S(3.0)))
    after = before.change("Supply[of deal].price", 8).change("Supply[of deal].limit", 4)
    journal = Journal()
    first = compare(before, after, EXACT, journal=journal)
    known = len(journal)
    again = compare(before, after, replace(EXACT, time=0.0), journal=journal)
    assert len(journal) == known >= 4
    assert again.waterfalls == first.waterfalls
    assert again.solves == first.solves


def test_the_steps_are_counted_over_all_cases() -> None:
    before, told = little(*offer()), []
    after = before.change("Supply[of deal].price", 7).change("Demand[need].tonnes", 6)
    found = compare(before, after, EXACT, on_event=lambda event: told.append(event))
    steps = [event for event in told if isinstance(event, Step)]
    assert [step.number for step in steps] == list(range(1, found.solves + 1))
    assert all(step.ahead >= step.number and step.text for step in steps)


class _Short(Here):
    """Answers so many questions about all cases together and no more."""

    left = 0

    def ask(
        self, questions: Sequence[Question], told: Sequence[str] = (), ahead: int | None = None
    ) -> Iterator[Answer]:
        type(self).left -= 1
        return super().ask(questions, told, ahead) if self.left >= 0 else iter(())


def test_what_is_cut_off_keeps_inputs_and_decisions() -> None:
    before = little(*offer(9.5, 2.0, signing_cost=S(3.0)))
    after = before.change("Supply[of deal].price", 8).change("Supply[of deal].limit", 4)
    _Short.left = 3

    def maker(ground: Ground, about: str, on_event: OnEvent) -> Here:
        return _Short(ground, about=about, on_event=on_event)

    found = compare(before, after, EXACT, executor=maker)
    assert (found.status, found.ended, found.waterfalls) == ("stopped", "time", ())
    assert len(found.inputs) == 2
    assert len(found.decisions) == 1
    assert "was not found out: the time ran out" in text(found)
    assert report.pictures(found) == ()
    json.dumps(report.data(found), allow_nan=False)


# ---- ties


def test_what_a_search_leaves_open_is_a_tie() -> None:
    """A part of 4 is one as long as no search on either side leaves more than that open."""
    before = little(*offer())
    plans = [solve(case, EXACT) for case in (before, before.change("Supply[of deal].price", 7))]
    for gap, tie in ((0.02, False), (0.5, True)):
        loose = [replace(plan, status="stopped", gap=gap) for plan in plans]
        found = compare(*loose, EXACT)
        assert [one.tie for one in falls(found)[0].parts] == [tie]
        assert found.status == "stopped"
        assert "Not every search was finished" in text(found)


@pytest.mark.parametrize(("price", "tie"), [(6.03, True), (7.0, False)])
def test_other_decisions_that_do_as_well_are_a_tie(price: float, tie: bool) -> None:
    """One of two like deals becomes dearer than the other: with 6.03 to keep it would cost 0.08 more of 34."""
    rule = [*offer(6.0, name="one", signing_cost=S(1.0)), *offer(6.01, name="two", signing_cost=S(1.0))]
    before = little(*rule, need=4.0)
    found = compare(before, before.change("Supply[of one].price", price), EXACT)
    assert [(one.name, one.what) for one in found.decisions] == [("one", "dropped"), ("two", "signed")]
    assert found.keeping == pytest.approx(4 * (price - 6.01))
    assert found.decisions_tie is tie
    # the other deal costs 0.04 more than the first did
    assert all(fall.tie for fall in falls(found))
    assert ("only a tie: the decisions" in text(found)) is tie


def test_no_change_at_all() -> None:
    case = little(*offer())
    found = compare(case, case, EXACT)
    assert (found.inputs, found.decisions, found.volumes) == ((), (), ())
    assert [(fall.whole, fall.parts, fall.tie) for fall in found.waterfalls] == [(0.0, (), True)] * 2
    assert "No input differs between the two cases." in text(found)
    assert found.solves <= 2


# ---- cases that cannot be parted


def test_a_deal_comes_with_what_it_opens() -> None:
    """Deal, supply and lane are one part: 4 t at 6 in place of 10, whether 5 t are needed or 6."""
    before, after = little(), little(*offer(), need=6.0)
    found = compare(before, after, EXACT)
    cost, dependence = falls(found)
    assert effects(cost) == {CHAIN: near(-16.0, -16.0, -16.0), "demand": near(10.0, 10.0, 10.0)}
    # of five tonnes one stays exposed, of six two; without the deal all of them
    assert effects(dependence) == {
        CHAIN: near(-(0.8 + 4 / 6) / 2, -0.8, -4 / 6), "demand": near((2 / 6 - 0.2) / 2, 2 / 6 - 0.2, 0.0)
    }
    assert {one.kind for one in found.inputs} == {"added", "changed"}
    assert found.notes == ()


def test_groups_without_which_there_is_no_case_are_told_together() -> None:
    """The lane from the ally comes under a new deal: without the deal's row there is no such case. It costs 3 more."""
    before = little(*source(limit=S(4.0)))
    deal = Deal(name="deal", signing_cost=S(3.0))
    lanes = tuple(
        row.model_copy(update={"deals": (("deal",),)}) if row.key == "from ally" else row
        for row in before.sheets["Lanes"]
    )
    after = replace(before, sheets={**before.sheets, "Lanes": lanes, "Deals": (deal,)})
    found = compare(before, after, EXACT)
    cost, _ = falls(found)
    assert effects(cost) == {f"{CHAIN} and lanes": near(3.0, 3.0, 3.0)}
    assert len(found.notes) == 1
    assert "are told together" in found.notes[0]
    assert found.notes[0] in text(found)


def test_groups_whose_mix_no_plan_meets_are_told_together() -> None:
    """Twice the need costs 100, more than may be spent before: with the need alone there is no plan at all."""
    most = Limit(name="purse", measure="spend", sense="at most", value=S(60.0))
    before = little(most)
    after = before.change("Limits[purse].value", 120).change("Demand[need].tonnes", 10)
    found = compare(before, after, EXACT)
    cost, _ = falls(found)
    assert effects(cost) == {"demand and limits": near(50.0, 50.0, 50.0)}
    assert found.notes == (
        "'demand' and 'limits' are told together: a case with only one of them has no value, because no plan meets the "
        "limits of the case.",
    )


# ---- what is told


def text(found: Comparison) -> str:
    """All texts of the page."""
    told = []
    for block in report.page(found):
        if isinstance(block, Heading | Paragraph):
            told.append(block.text)
        elif isinstance(block, Table):
            told += ["\t".join(row) for row in (block.headers, *block.rows)]
    return "\n".join(told)


def test_the_page_has_the_numbers_of_the_tables() -> None:
    before = little(*offer(12.0), goal="dependence", budget=58.0)
    found = compare(before, before.change("Supply[of deal].price", 14), EXACT)
    page, tables = list(report.page(found)), report.tables(found)
    assert page[0] == Heading("What changed")
    assert isinstance(page[1], Paragraph)
    assert page[1].style == "lead"
    assert "Cost stays at USD 58; dependence rises from 20.0 % to 60.0 %." in page[1].text
    fall = tables["waterfall"]
    parts = fall[(fall["measure"] == "cost") & (fall["what"] == "effect")].set_index("part")["value"]
    for group, effect in parts.items():
        assert f"{group}\t{money_difference(effect, 'USD')}\t" in text(found)
    starts = fall[(fall["measure"] == "cost") & (fall["what"] == "level")].set_index("part")["value"]
    assert parts.sum() == pytest.approx(starts["after"] - starts["before"])
    assert list(tables["inputs"]["value"]) == [12.0, 14.0]
    assert json.loads(json.dumps(report.data(found), allow_nan=False))["waterfall"]["cost"]["parts"]


def test_the_pictures_are_the_same_each_time() -> None:
    before = little(*offer(12.0), goal="dependence", budget=58.0)
    found = compare(before, before.change("Supply[of deal].price", 14), EXACT)
    first, again = report.pictures(found), report.pictures(found)
    assert [picture.name for picture in first] == ["compare-cost", "compare-dependence"]
    assert [picture.svg for picture in first] == [picture.svg for picture in again]
    assert "supply prices +USD 6" in first[0].alt


def test_volumes_beyond_rounding() -> None:
    before = little(*offer())
    found = compare(before, before.change("Supply[of deal].limit", 3), EXACT)
    assert [(one.deal, one.year, one.before, one.after) for one in found.volumes] == [
        ("deal", 2030, pytest.approx(4.0), pytest.approx(3.0))
    ]
    assert found.decisions == ()


# ---- bad input


@pytest.mark.parametrize(("settings", "told"), [
    ({"currency": "EUR"}, "one is in USD, the other in EUR"),
    ({"base_year": 2025}, "one is in USD of 2030, the other of 2025"),
])
def test_other_money_is_refused(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        compare(little(), little(**settings), EXACT)


@pytest.mark.parametrize("price", [-1.0, float("inf"), float("nan")])
def test_a_price_that_is_none_is_refused(price: float) -> None:
    with pytest.raises(ValueError, match="price of"):
        compare(little(), little(), EXACT, price=price)


def test_a_case_without_a_plan() -> None:
    with pytest.raises(Infeasible):
        compare(little(), little(dependence_cap=0.5), EXACT)
