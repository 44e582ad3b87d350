"""The tornado: cost and regret at the ends of a range, by hand and against every choice of random cases."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest

from optimizer.case.case import Case
from optimizer.case.changes import apply_changes
from optimizer.case.schema import Payment, Range, Row, Series
from optimizer.model.assemble import build
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.compiled import Compiled, compile_model
from optimizer.report.brief.blocks import Heading, Image, Paragraph, Table
from optimizer.report.pictures.tornado import bars_drawn
from optimizer.report.studies import tornado as teller
from optimizer.report.studies.told import Told
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.plan import CheckRefused, Infeasible, SolveOptions, Unsolved
from optimizer.solve.session import Outcome
from optimizer.study.committed import holding
from optimizer.study.form import SLACK
from optimizer.study.ground import Ground
from optimizer.study.ranges import uncertain
from optimizer.study.tornado import Bar, Tornado, tornado
from tests.cases.little import little, offer, works
from tests.random_cases import random_case
from tests.study.noted import Noted, deals_of

EXACT = SolveOptions(gap=1e-9)


def having(case: Case, *rows: Row) -> Case:
    """The case with more rows of the sheet Ranges."""
    return replace(case, sheets={**case.sheets, "Ranges": rows})


def ranged(address: str, low: float, high: float, **more: object) -> Range:
    return Range.model_validate({"address": address, "how": "times", "low": low, "high": high, **more})


def one(case: Case, *rows: Row) -> Bar:
    (bar,) = tornado(having(case, *rows), EXACT).bars
    return bar


def test_the_regret_of_a_deal_that_is_signed_too_soon() -> None:
    """4 t at 6 a tonne under a deal that costs 10 to sign: 34 of the 40 that the place of concern takes, so it is
    signed. At double the price it would cost 58: not signing costs 50 in all, signing 60 for idle paper, regret 10.
    """
    case = little(*offer(price=6.0, signing_cost=Series.of(10.0)))
    bar = one(case, ranged("Supply[of deal].price", 0.5, 2.0, confidence="low"))
    assert (bar.low.cost, bar.high.cost) == (pytest.approx(5 * 10 - 4 * 7 + 10), pytest.approx(50.0))
    assert bar.low.regret == pytest.approx(0.0)
    assert bar.high.regret == pytest.approx(10.0)
    assert (bar.low.changes, bar.high.changes) == (False, True)
    assert (bar.high.adds, bar.high.drops) == ((), ("deal",))
    assert bar.of.confidence == "low"


def test_every_end_is_asked_with_what_the_plan_decides() -> None:
    """The deal is signed at its price now, and that is known at half and at double of it, where it is not."""
    case = having(little(*offer(price=6.0, signing_cost=Series.of(10.0))), ranged("Supply[of deal].price", 0.5, 2.0))
    noted = Noted(Ground(case, EXACT))
    tornado(case, EXACT, executor=noted)
    ends = [question for question in noted.asked if question.changes]
    assert [[deals_of(plan) for plan in question.known] for question in ends] == 4 * [[["deal"]]]


def test_a_number_that_never_changes_the_choice_is_told_so() -> None:
    bar = one(little(*offer(price=6.0)), ranged("Supply[of deal].price", 0.9, 1.1))
    assert bar.changes is False


def test_a_decision_that_can_wait_adapts_without_regret() -> None:
    """The same deal signed from the second year on: the commit year is the first, so nothing of it is held."""
    case = little(*offer(price=6.0, signing_cost=Series.of(10.0), window_from=2031, decide="later"), years=2)
    bar = one(case, ranged("Supply[of deal].price", 0.5, 2.0))
    assert bar.high.regret == pytest.approx(0.0)
    assert bar.changes is False
    assert bar.high.drops == ("deal",)


def test_what_only_the_changed_case_could_decide_now_was_not_decided() -> None:
    """With a lead of a year the deal comes too late to be signed; at once it saves 16 for 10, and nobody signed."""
    case = little(*offer(price=6.0, signing_cost=Series.of(10.0), lead=1.0))
    bar = one(case, ranged("Deals[deal].lead", -1.0, 0.0, how="plus"))
    assert (bar.low.cost, bar.low.held_cost) == (pytest.approx(44.0), pytest.approx(50.0))
    assert bar.low.regret == pytest.approx(6.0)
    assert (bar.low.changes, bar.low.adds) == (True, ("deal",))
    assert bar.high.regret == pytest.approx(0.0)


@pytest.mark.parametrize(("term", "charge"), [(None, 10.0), (2.0, 0.0)])
def test_what_was_signed_and_comes_too_late_is_idle_paper(term: float | None, charge: float) -> None:
    """Signed for 10, all of it charged, or half of it for the year of two. A year later nothing of it is left to use.

    Without an end it is charged all the same; with one it serves the years after the last, and they bear it.
    """
    case = little(*offer(price=6.0, signing_cost=Series.of(10.0), term=term))
    bar = one(case, ranged("Deals[deal].lead", 0.0, 1.0, how="plus"))
    assert (bar.high.stuck, bar.high.late, bar.low.late) == (False, ("deal",), ())
    assert (bar.high.cost, bar.high.held_cost) == (pytest.approx(50.0), pytest.approx(50.0 + charge))
    assert bar.high.regret == pytest.approx(charge)
    assert bar.high.changes is bool(charge)


@pytest.mark.parametrize(("chance", "charge"), [(1.0, 17.0), (0.0, 10.0)])
def test_what_comes_too_late_and_never_closes_is_charged_its_signing_alone(chance: float, charge: float) -> None:
    """Signed for 10 with 7 due at once where it closes."""
    paid = Payment(deal="deal", years_after=0.0, amount=7.0)
    arrays = compile_model(build(little(*offer(signing_cost=Series.of(10), lead=3.0, chance=chance), paid)))
    found = holding(arrays, [(("sign", ("deal", 2030, 1)), 1)])
    assert (found.late, found.charge) == (("deal",), pytest.approx(charge))


@pytest.mark.parametrize(("life", "charge"), [(None, 8.0), (5.0, 0.0)])
def test_what_was_ordered_and_comes_too_late_stands_idle(life: float | None, charge: float) -> None:
    """A module of 5 t for 1 a tonne on a site for 3; a year later it gives nothing before the end."""
    rows = works(module=5.0, capex=Series.of(1.0), site_cost=Series.of(3.0), life=life)
    bar = one(little(*rows), ranged("Plants[works].lead", 0.0, 1.0, how="plus"))
    assert (bar.high.stuck, bar.high.late) == (False, ("works",))
    assert bar.high.held_cost == pytest.approx(50.0 + charge)


def test_terms_that_begin_inside_the_horizon_are_held_where_further_ones_come_too_late() -> None:
    """Two terms of a year for 2 each save 16 each. A year later one is left, as deciding anew would have it too."""
    case = little(*offer(price=6.0, signing_cost=Series.of(2.0), term=1.0, window_to=2030), years=2)
    bar = one(case, ranged("Deals[deal].lead", 0.0, 1.0, how="plus"))
    assert bar.low.cost == pytest.approx(72.0)
    assert (bar.high.cost, bar.high.held_cost) == (pytest.approx(86.0), pytest.approx(86.0))
    assert (bar.high.stuck, bar.high.late) == (False, ())


def test_what_may_not_be_signed_at_all_leaves_no_plan() -> None:
    """The window opens a year later than the signing that is held."""
    case = little(*offer(price=6.0, window_from=2030), years=2)
    bar = one(case, ranged("Deals[deal].window from", 2030, 2031, how="set"))
    assert bar.high.stuck


def test_an_end_keeps_to_the_budget_of_the_plan() -> None:
    """4 t at 12 in place of 10 take all of 58. At 14 the budget buys 2 t and 60 % is the least, whatever is decided."""
    case = little(*offer(price=12.0), goal="dependence", then=("cost",), budget=58.0)
    found = tornado(having(case, ranged("Supply[of deal].price", 0.5, 14 / 12)), EXACT)
    (bar,) = found.bars
    assert found.budget == pytest.approx(58.0)
    assert (bar.low.how, bar.low.cost) == ("cap", pytest.approx(4 * 6 + 10))
    assert (bar.high.how, bar.high.cost) == ("dependence first", pytest.approx(58.0))
    assert bar.high.dependence == pytest.approx(0.6)
    assert (bar.high.regret_points, bar.changes) == (pytest.approx(0.0), False)


def test_decisions_that_the_budget_no_longer_pays_for_lose_points() -> None:
    """Deal a, 4 t at 12, for 58; b, 4 t at 11.75 and 3 to sign, takes 60, the budget.

    At 18 a tonne the budget buys 1.25 t of a: 75 %. Deciding anew signs b and stays at 20 %: 55 points are lost.
    """
    case = little(*offer(12.0, name="a"), *offer(11.75, name="b", signing_cost=Series.of(3.0)), goal="dependence",
                  then=("cost",), budget=60.0)
    bar = one(case, ranged("Supply[of a].price", 1.0, 1.5))
    assert (bar.high.how, bar.high.stuck, bar.high.adds) == ("cap", False, ("b",))
    assert bar.high.dependence == pytest.approx(0.2)
    assert bar.high.held_dependence == pytest.approx(0.75)
    assert (bar.high.regret_points, bar.high.changes) == (pytest.approx(0.55, abs=1e-6), True)


def test_a_range_of_the_budget_itself_moves_it() -> None:
    case = little(*offer(price=12.0), goal="dependence", then=("cost",), budget=58.0)
    bar = one(case, ranged("Case[budget].value", 54 / 58, 2.0))
    assert (bar.low.how, bar.high.how) == ("dependence first", "cap")
    assert bar.low.dependence == pytest.approx(0.6)


def test_a_tie_is_no_change() -> None:
    """At 9.99 a tonne, signed for 0.04 more than it saves: 0.08 % of 50, less than tau."""
    case = little(*offer(price=6.0, signing_cost=Series.of(0.08)))
    bar = one(case, ranged("Supply[of deal].price", 1.0, 9.99 / 6))
    assert 0 < (bar.high.regret or 0) < 0.005 * 50
    assert bar.high.changes is False


def test_dependence_out_of_reach_is_made_least_first() -> None:
    """Dependence 20 % with 4 of 5 t under the deal; at half the limit it is 60 % whatever is done, and told so."""
    case = little(*offer(price=12.0), goal="dependence", then=("cost",))
    bar = one(case, ranged("Supply[of deal].limit", 0.5, 1.25))
    assert (bar.low.how, bar.high.how) == ("dependence first", "cap")
    assert bar.low.dependence == pytest.approx(0.6)
    assert bar.low.regret_points == pytest.approx(0.0)


def test_what_was_decided_may_leave_no_plan() -> None:
    """The deal takes at least 4 t; a need of 3 t has no place for them once it is signed: no plan, and first of all."""
    case = little(*taking(4.0))
    rows = (ranged("Demand[need].tonnes", 0.6, 1.0), ranged("Supply[exposed].price", 0.9, 1.1))
    bars = tornado(having(case, *rows), EXACT).bars
    assert [bar.of.name for bar in bars] == ["Demand[need].tonnes", "Supply[exposed].price"]
    assert bars[0].low.stuck
    assert (bars[0].low.regret, bars[0].low.changes) == (None, True)


def taking(least: float) -> list[Row]:
    return offer(price=6.0, limit=5.0, least=Series.of(least))


def test_numbers_that_move_with_each_other_are_one_bar() -> None:
    case = little(*offer(price=6.0))
    bar = one(
        case, ranged("Supply[of deal].price", 0.5, 2.0),
        ranged("Supply[exposed].price", 0.5, 2.0, moves_with="Supply[of deal].price"),
    )
    assert bar.of.addresses == ("Supply[of deal].price", "Supply[exposed].price")
    assert (bar.low.cost, bar.high.cost) == (pytest.approx(17.0), pytest.approx(68.0))


def test_without_ranges_the_numbers_below_high_confidence_are_spread() -> None:
    case = little(*offer(price=6.0))
    rows = tuple(row.model_copy(update={"confidence": "low" if row.key == "of deal" else "high"})
                 for row in case.sheets["Supply"])
    found = tornado(replace(case, sheets={**case.sheets, "Supply": rows}), EXACT, spread=0.5)
    assert found.spread == 0.5
    assert {bar.of.name for bar in found.bars} == {"Supply[of deal].price", "Supply[of deal].limit"}
    assert found.find_out == ()


def test_a_range_that_runs_downward_is_refused() -> None:
    with pytest.raises(ValueError, match="low end 2 above its high end 1"):
        tornado(having(little(), ranged("Supply[exposed].price", 2.0, 1.0)))


def test_bad_input_is_one_sentence() -> None:
    with pytest.raises(ValueError, match="nothing is uncertain"):
        tornado(little())
    with pytest.raises(ValueError, match=r"a spread of 1\.5 cannot be used"):
        tornado(little(), spread=1.5)


def told() -> Tornado:
    rows = (ranged("Demand[need].tonnes", 0.6, 1.2), ranged("Supply[of deal].price", 0.5, 2.0, confidence="low"))
    return tornado(having(little(*taking(4.0)), *rows), EXACT)


def test_what_is_told_is_one_answer_everywhere() -> None:
    """The numbers of page, table and document are the same, and what has no end is told in words or as null."""
    found = told()
    document, table = teller.data(found), teller.tables(found)["tornado"]
    json.dumps(document, allow_nan=False)
    assert document["bars"][0]["low"]["no_plan"]
    assert document["find_out"] == ["Supply[of deal].price"] or "Demand[need].tonnes" in document["find_out"]
    (own,) = table[(table["number"] == "Supply[of deal].price") & (table["end"] == "high")
                   & (table["what"] == "regret")]["value"]
    assert own == pytest.approx(found.bars[1].high.regret)
    assert np.isfinite(table["value"]).all()
    heading, lead, *rest = teller.page(found)
    assert isinstance(heading, Heading)
    assert isinstance(lead, Paragraph)
    assert "leaves no plan" in lead.text
    rows = [row for block in rest if isinstance(block, Table) for row in block.rows]
    assert any("no plan" in row for row in rows)


def test_the_picture_is_the_same_each_time_and_names_every_number() -> None:
    (one_,), (other,) = teller.pictures(told()), teller.pictures(told())
    assert one_.svg == other.svg
    assert "Supply[of deal].price" in one_.alt


def test_the_picture_is_drawn_once_and_the_page_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Tornado] = []
    monkeypatch.setattr(teller, "bars_drawn", lambda found, title: drawn.append(found) or bars_drawn(found, title))
    of = Told.of("tornado", teller, told())
    assert len(drawn) == 1
    ((name, title, alt),) = [(one.name, one.title, one.alt) for one in of.page if isinstance(one, Image)]
    assert [(one.name, one.title, one.alt) for one in of.pictures] == [(name, title, alt)]


# ---- against every choice


CHOICES = 300
"""Most combinations of whole numbers that are gone through."""


def combinations(arrays: Compiled) -> list[np.ndarray] | None:
    """Every value of the integer columns, others 0; None where there are too many."""
    at = np.flatnonzero(arrays.integer)
    spans = [range(int(arrays.lower[j]), int(arrays.upper[j]) + 1) for j in at]
    if np.prod([len(span) for span in spans], dtype=float) > CHOICES:
        return None
    found = []
    for numbers in itertools.product(*spans):
        values = np.zeros(len(arrays.columns))
        values[at] = numbers
        found.append(values)
    return found


def least(
    case: Case, found: Tornado, held: dict[object, int] | None = None, *, points: bool = False
) -> float | None:
    """The least cost over every choice with dependence at most that of the plan, in its budget, `held` kept.

    With `points` the least dependence in the budget.
    """
    arrays = compile_model(build(case))
    dependence, cost = arrays.column("goal", (DEPENDENCE,)), arrays.column("goal", (COST,))
    if arrays.settled or cost is None or dependence is None:
        return None
    best = None
    for values in combinations(arrays) or ():
        if any(values[arrays.column_numbers[name]] != n for name, n in (held or {}).items()):  # type: ignore[index]
            continue
        fixed = FixedPlan(arrays, values)
        if found.cap is not None and not points:
            fixed.bound(dependence, upper=min(1.0, found.cap))
        if found.budget is not None:
            fixed.bound(cost, upper=(found.budget + SLACK * max(1.0, abs(found.budget))) / arrays.money)
        result = fixed.minimise(dependence if points else cost)
        if result.outcome is Outcome.PROVED:
            unit = 1.0 if points else arrays.money
            best = min(result.objective * unit, np.inf if best is None else best)
    return best


SMALL = ("terms", "payments", "bands", "discounting", "floors", "totals")


@pytest.mark.parametrize("seed", [s for s in range(60) if s % 3 == 0])
def test_costs_at_the_ends_equal_every_choice_gone_through(seed: int) -> None:
    case = random_case(seed, SMALL)
    arrays = compile_model(build(case))
    every = combinations(arrays)
    if arrays.settled or every is None or len(every) < 2:
        pytest.skip("too many choices, or none")
    case = having(case, ranged("Demand[*].tonnes", 0.8, 1.1))
    try:
        found = tornado(case, EXACT)
    except (Infeasible, Unsolved, CheckRefused):
        pytest.skip("no plan")
    (bar,) = found.bars
    (of,) = uncertain(case, 0.1)
    held = {name: n for name, n in found.held if name in arrays.column_numbers}
    for end, changes in ((bar.low, of.low), (bar.high, of.high)):
        changed = apply_changes(case, changes)
        within = least(changed, found)
        assert (within is None) == (end.how in ("dependence first", "no plan"))
        if within is None:
            # as cost, made least second, may use the tolerance of dependence
            most = case.settings.dependence_tolerance + 1e-6
            assert end.dependence == pytest.approx(least(changed, found, points=True), abs=most)
            continue
        assert end.cost == pytest.approx(within, rel=1e-6)
        stays = least(changed, found, held)
        if stays is None:
            missed = least(changed, found, held, points=True) if found.budget is not None else None
            assert end.stuck == (missed is None)
            if missed is not None:
                most = case.settings.dependence_tolerance + 1e-6
                assert end.held_dependence == pytest.approx(missed, abs=most)
                assert end.regret_points == pytest.approx(missed - (found.cap or 0.0), abs=most)
        else:
            assert not end.stuck
            assert end.held_cost == pytest.approx(stays, rel=1e-6)
            assert end.regret == pytest.approx(stays - (end.cost or 0.0), abs=1e-5 * abs(stays))
