"""A case in which what must be may give way at a price, and the futures that a case names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer import Infeasible, SolveOptions, read_case, solve
from optimizer.case.case import Case
from optimizer.case.changes import Change, apply_changes
from optimizer.case.checks import check_case
from optimizer.case.findings import CaseError
from optimizer.case.schema import ScenarioChange
from optimizer.study.future import futures_of, never_closes
from optimizer.study.soft import DEPENDENCE_HELD, softened
from tests.cases.little import FIRST, S, little, offer


def test_where_demand_cannot_be_met_the_rest_goes_short_at_its_cost() -> None:
    """Home needs 5 t, all of which must be served, and the lane is cut to 2 t: no plan. Softened, 3 t go short at ten
    times the dearest price: 2 x 10 + 3 x 100 by hand.
    """
    cut = [Change("Lanes[from concern].limit", "set", 2.0, unit="")]
    with pytest.raises(CaseError):
        apply_changes(little(), cut)
    soft = softened(apply_changes(little(), cut, checked=False))
    assert soft.shortage == pytest.approx(100.0)
    assert solve(soft.case, SolveOptions(gap=0.0)).goals["cost"] == pytest.approx(2 * 10 + 3 * 100)


def test_dependence_above_what_is_held_is_paid_by_the_tonne() -> None:
    """All 5 t of the one year are exposed and 30 % are held: 3.5 t are above. A point is 0.05 t, and costs 2, so that a
    tonne costs 40; without a discount 5 x 10 + 3.5 x 40 = 190 by hand.
    """
    soft = softened(little(), cap=0.3, point=2.0)
    assert soft.tonne == pytest.approx(40.0)
    assert solve(soft.case, SolveOptions(gap=0.0)).goals["cost"] == pytest.approx(50 + 140)


def test_a_least_take_that_is_missed_is_paid_at_the_fee() -> None:
    """4 t must be taken for a fee of 3, and the ally's supply is cut to 1 t: 3 t are missed, at 3 each. The deal was
    signed before: 1 x (6 + 3) + 3 x 3 + 4 x 10 = 58 by hand.
    """
    case = little(*offer(limit=1.0, least=S(4.0), fee=S(3.0), signed_in=FIRST - 1))
    with pytest.raises(Infeasible):
        solve(case)
    assert solve(softened(case).case, SolveOptions(gap=0.0)).goals["cost"] == pytest.approx(58.0)


@pytest.mark.parametrize("name", ["india", "first_steps"])
def test_a_softened_case_passes_the_checks_and_keeps_what_it_was_given(name: str) -> None:
    case = read_case(name)
    soft = softened(case, 0.4, 1e6)
    assert [one for one in check_case(soft.case) if one.level == "error"] == []
    assert soft.case.limits[-1].name == DEPENDENCE_HELD
    kept = {row.name: row.shortage_cost for row in case.demands if row.shortage_cost is not None}
    assert {row.name: row.shortage_cost for row in soft.case.demands if row.name in kept} == kept
    assert all(limit.price_of_breaking is not None for limit in soft.case.limits if limit.measure != "criterion")


def _with(case: Case, *rows: ScenarioChange) -> Case:
    return replace(case, sheets={**case.sheets, "Scenarios": rows})


def _row(name: str, probability: float | None) -> ScenarioChange:
    return ScenarioChange(
        scenario=name, probability=probability, address="Demand[*].tonnes", how="times", value="1.1", unit=None,
    )


def test_futures_are_the_scenarios_with_a_probability_and_the_base_has_the_rest() -> None:
    case = _with(little(), _row("more", 0.25), _row("tried by name", None))
    assert [(one.name, one.probability) for one in futures_of(case)] == [("base", 0.75), ("more", 0.25)]
    assert apply_changes(case, futures_of(case)[1].changes).demands[0].tonnes.at(case.years[0]) == pytest.approx(5.5)


def test_a_deal_that_may_not_close_takes_its_future_out_of_the_base() -> None:
    case = _with(little(*offer()), _row("more", 0.2))
    deal = case.deals[0].name
    case = apply_changes(case, [replace(never_closes(deal), value=0.75)])
    found = {one.name: one.probability for one in futures_of(case)}
    assert found == pytest.approx({"base": 0.6, "more": 0.2, f"{deal} never closes": 0.2})


def test_deals_close_independently_of_each_other_in_what_the_base_says() -> None:
    """With chances of 80 and 40 %, both close at 32 %, A alone fails at 8, B at 48, both at 12; the base has half."""
    rows = (_row("base", 0.5), _row("more", 0.5))
    deals = (*offer(name="A", chance=0.8), *offer(name="B", chance=0.4), *offer(name="C", signed_in=2029, chance=0.1))
    case = _with(little(*deals), *rows)
    found = futures_of(case)
    assert {one.name: one.probability for one in found} == pytest.approx(
        {"base": 0.16, "more": 0.5, "A never closes": 0.04, "B never closes": 0.24, "A and B never close": 0.06}
    )
    assert found[0].name == "base"
    lost = apply_changes(case, next(one.changes for one in found if one.name == "A and B never close"))
    assert [deal.chance for deal in lost.deals] == [0.0, 0.0, 0.1]
    # what the base changes holds where its deals fail
    assert lost.demands[0].tonnes.at(case.years[0]) == pytest.approx(5.5)


def test_of_many_unsure_deals_there_are_too_many_futures() -> None:
    rows = [row for name in "ABCDE" for row in offer(name=name, chance=0.5)]
    with pytest.raises(ValueError, match="5 deals have a chance of closing below 1, and at most 4 may"):
        futures_of(_with(little(*rows), _row("more", 0.2)))


def test_one_future_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="one future alone"):
        futures_of(_with(little(), _row("tried by name", None)))
