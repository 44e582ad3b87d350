"""The tables of a plan, and the views of dependence beside the goal, on the plan made by hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pandas as pd
import pytest

from optimizer.case.schema import Deal, Demand, Payment, Series, Stock
from optimizer.report.decisions import deal_lines
from optimizer.report.pictures.calendar import calendar
from optimizer.report.stakes import signing_cost
from optimizer.solve import views
from optimizer.solve.amounts import Amounts
from optimizer.solve.plan import Plan
from optimizer.solve.tables import TABLES, drawn_from_stock
from tests.case.small import changed_rows
from tests.report.plans import ODD, small_plan

NAMES = ("deals", "flows", "orders", "capacity", "balance", "stocks", "dependence", "cost", "limits")


def one(frame: pd.DataFrame, **wanted: object) -> pd.Series[float]:
    """The one row that has these values."""
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, frame
    return frame.iloc[0]


def test_every_table_of_the_run_folder_is_there() -> None:
    assert tuple(TABLES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_tidy(name: str) -> None:
    frame = small_plan().table(name)
    assert list(frame.columns[-4:]) == ["year", "value", "unit", "as_now"]
    names = [*frame.columns[:-4], "year", "unit"]
    assert not frame.duplicated(names).any()
    assert not frame[["value", "as_now"]].isna().any().any()
    assert "as_now" not in replace(small_plan(), as_now=None).table(name)


def test_what_is_signed_ordered_and_made_stands_beside_what_is_now() -> None:
    plan = small_plan()
    signed = one(plan.table("deals"), what="signed")
    assert (signed.deal, signed.year, signed.value, signed.as_now) == ("Ally toll", 2026, 1.0, 0.0)
    fee = one(plan.table("deals"), what="fee", year=2028)
    assert (fee.value, fee.unit) == (100.0 * 5000.0, "USD")
    assert one(plan.table("orders"), what="capacity ordered").value == 100.0
    bought = one(plan.table("flows"), flow="bought", name="farland magnets", year=2028)
    assert (bought.value, bought.as_now) == (100.0, 300.0)
    assert one(plan.table("capacity"), plant=ODD, what="capacity used").value == 100.0


def test_what_a_deal_costs_once_a_term_stands_in_its_year() -> None:
    plan = small_plan()
    deal = Deal(name="Ally toll", partner="Ally", term=1.0, signing_cost=Series(points=((2026, 10.0), (2027, 20.0))))
    payments = tuple(
        Payment(deal="Ally toll", heading=heading, amount=amount, years_after=after)
        for heading, amount, after in (("stake", 7.0, 0.0), ("bond", 100.0, 1.0), ("after the case", 9.0, 3.0))
    )
    case = replace(plan.case, sheets={**plan.case.sheets, "Deals": (deal,), "Payments": payments})
    plan = replace(plan, case=case, amounts=replace(plan.amounts, sign={("Ally toll", 2026, 2): 1}))
    frame = plan.table("deals")
    costs = {year: one(frame, what="signing cost", year=year).value for year in (2026, 2027)}
    assert costs == {2026: 10.0, 2027: 20.0}
    paid = {year: one(frame, what="payments", year=year).value for year in (2026, 2027, 2028)}
    assert paid == {2026: 7.0, 2027: 107.0, 2028: 100.0}
    assert one(frame, what="payments", year=2028).as_now == 0.0


def test_a_deal_that_never_closes_costs_its_signing_once_and_is_drawn_out_of_force() -> None:
    plan = small_plan()
    deal = Deal(name="Ally toll", partner="Ally", term=1.0, signing_cost=Series.of(10.0), chance=0.0)
    payment = Payment(deal="Ally toll", heading="stake", amount=7.0, years_after=0.0)
    case = replace(plan.case, sheets={**plan.case.sheets, "Deals": (deal,), "Payments": (payment,)})
    plan = replace(plan, case=case, active={}, volume={}, as_now=None,
                   amounts=replace(plan.amounts, sign={("Ally toll", 2026, 2): 1}, alloc={}))
    frame = plan.table("deals")
    assert [(row.what, row.year, row.value) for row in frame.itertuples() if row.unit == "USD"] == \
        [("signing cost", 2026, 10.0)]
    (line,) = deal_lines(plan)
    assert (line.in_force, signing_cost(plan, line.name, line.year, line.terms)) == ("-", 10.0)
    drawn = calendar(plan)
    assert drawn is not None
    assert "Ally toll signed 2026, never in force" in drawn.alt


def test_a_deal_signed_before_the_case_costs_what_is_still_to_be_paid() -> None:
    plan = small_plan()
    deal = Deal(name="Ally toll", partner="Ally", signed_in=2025, signing_cost=Series.of(10.0))
    payment = Payment(deal="Ally toll", heading="stake", amount=7.0, years_after=2.0)
    case = replace(plan.case, sheets={**plan.case.sheets, "Deals": (deal,), "Payments": (payment,)})
    plan = replace(plan, case=case, amounts=Amounts(), as_now=None)
    frame = plan.table("deals")
    assert "signing cost" not in set(frame.what)
    assert (one(frame, what="payments").year, one(frame, what="payments").value) == (2027, 7.0)


def test_what_stocks_give_to_demand() -> None:
    plan = small_plan()
    stocks = tuple(Stock(name=name, place="Home", material=name, opening_clear=50.0) for name in ("magnet", "ore"))
    case = replace(plan.case, sheets={**plan.case.sheets, "Stocks": stocks})
    held = {("magnet", t, "clear"): v for t, v in ((2026, 40.0), (2027, 60.0), (2028, 5.0))}
    plan = replace(plan, case=case, amounts=Amounts(stock={**held, ("ore", 2026, "clear"): 1.0}))
    assert drawn_from_stock(plan) == {2026: 10.0, 2027: 0.0, 2028: 55.0}


def test_everything_that_comes_goes() -> None:
    totals: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for row in small_plan().table("balance").itertuples():
        totals[str(row.place), str(row.material), str(row[3]), str(row.year)] += float(str(row.value))
    assert totals
    assert max(map(abs, totals.values())) < 1e-3


def test_cost_is_told_by_year_and_for_the_horizon() -> None:
    cost = small_plan().table("cost")
    charged = cost[cost.what == "charged"]
    assert charged.year.isna().all()
    assert charged.value.sum() == pytest.approx(small_plan().claims.cost, rel=1e-6)
    assert cost[cost.what == "cash"].value.sum() == pytest.approx(small_plan().claims.cost, rel=1e-6)


def test_limits_tell_where_they_bind() -> None:
    limits = small_plan().table("limits")
    assert one(limits, what="slack", year=2027).value == 0.0
    assert one(limits, what="slack", year=2026).value == 6e6
    binding = limits[limits.what == "binding"]
    assert list(binding.value) == [0.0, 1.0, 0.0]
    assert list(binding.as_now) == [0.0, 0.0, 0.0]


def noisy(plan: Plan) -> Plan:
    """The plan as another run of a solver might leave it."""
    amounts = plan.amounts
    return replace(plan, amounts=replace(
        amounts,
        buy={**{key: v * (1 + 1e-12) for key, v in amounts.buy.items()}, ("ore", 2026): 1e-11},
        sell={("Home", "ore", 2028, "clear"): 2e-12},
    ))


@pytest.mark.parametrize("name", NAMES)
def test_rounding_of_the_solver_does_not_show(name: str) -> None:
    pd.testing.assert_frame_equal(noisy(small_plan()).table(name), small_plan().table(name))


def test_views_by_hand() -> None:
    case, amounts = small_plan().case, small_plan().amounts
    third = pytest.approx(1 / 3)
    assert views.direct(case, amounts) == {2026: 1.0, 2027: pytest.approx(2 / 3), 2028: third}
    assert views.unmet(case, amounts) == {2026: 0.0, 2027: 0.0, 2028: 0.0}
    stages = views.by_stage(case, amounts)
    # 100 t of Farland's magnets embody 200 t of its ore; Ally's mine gives 200 t and 222.2 t before the loss on the way
    assert stages["ore"][2028] == pytest.approx(200 / (200 + 200 + 200 / 0.9))
    assert stages["magnet"] == {2026: 1.0, 2027: pytest.approx(2 / 3), 2028: third}


def test_a_shortage_counts_and_years_without_demand_are_left_out() -> None:
    points = Series(points=((2026, 0.0), (2027, 200.0), (2028, 400.0)))
    case = changed_rows(small_plan().case, Demand, "cars", tonnes=points, weight=2.0)
    amounts = Amounts(short={("cars", 2027): 50.0})
    assert views.unmet(case, amounts) == {2027: 0.25, 2028: 0.0}
    assert views.exposed(case, {2027: 100.0, 2028: 800.0}) == {2027: 0.25, 2028: 1.0}
    assert views.by_stage(case, amounts) == {}


def test_a_line_of_no_weight_does_not_count() -> None:
    case = changed_rows(small_plan().case, Demand, "cars", weight=0.0)
    assert views.counted_demand(case) == {}
    assert views.exposed(case, {}) == {}


def test_a_purchase_counts_where_its_stages_were_made() -> None:
    from optimizer.case.schema import Supply

    case = changed_rows(small_plan().case, Supply, "farland magnets", made_at=(("ore", "Ally"),))
    stages = views.by_stage(case, Amounts(buy={("farland magnets", 2026): 10.0}))
    assert stages == {"ore": {2026: 0.0}, "magnet": {2026: 1.0}}
