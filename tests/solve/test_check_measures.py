"""The independent check of meters, filters, reserves on use and other measures, on plans made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from optimizer.case.case import Case
from optimizer.case.schema import Criterion, Incentive, Limit, Material, Row, Series, Stock
from optimizer.solve.check import check_plan
from tests.cases.little import S, filtered, little, works
from tests.solve.test_check import Y0, Y1, demanding, made, refused, short_of, stocked
from tests.solve.test_check_choices import BUILT, built, deal_case, plant_case, tolled


def capped(most: float, **limit: Any) -> Limit:
    """A cap on tonnes by year, some of its terms changed."""
    return Limit.model_validate({"name": "cap", "measure": "tonnes", "sense": "at most", "value": S(most), **limit})


def with_rows(case: Case, *rows: Row) -> Case:
    """The case with more rows."""
    sheets = dict(case.sheets)
    for row in rows:
        sheets[row.sheet] = (*sheets.get(row.sheet, ()), row)
    return Case(case.settings, sheets, case.origin)


def with_lane_opened(case: Case) -> Case:
    """The deal opens its lane as well as its supply."""
    lanes = tuple(
        row.model_copy(update={"deals": (("deal",),)}) if row.key == "by deal" else row for row in case.sheets["Lanes"]
    )
    return Case(case.settings, {**case.sheets, "Lanes": lanes}, case.origin)


@pytest.mark.parametrize("meter", ["lanes", "lanes: prod*", "supply: feed|product"])
def test_a_deal_is_metered_once_on_what_its_meter_names(meter: str) -> None:
    """2 t a year come through supply and lane of the deal; the fee is on 2 t, not on 4 t."""
    amounts, claims = tolled()
    both = {**amounts.alloc, **{("deal", "Lanes", "by deal", t): 2.0 for t in (Y0, Y1)}}
    case = with_lane_opened(deal_case(meter=meter))
    assert check_plan(case, replace(amounts, alloc=both), claims) == ()
    refused(case, amounts, claims, f"Lanes[by deal] in {Y0}", "0.000000 t is not 2.000000 t")
    none = with_lane_opened(deal_case(meter="lanes: feed"))
    refused(none, replace(amounts, alloc=both), claims, "cash of fees", "2.000000 USD is not 0.000000 USD")


def test_nothing_is_missed_where_nothing_must_be_taken() -> None:
    case = deal_case(least=None, missed_charge=S(3.0))
    refused(case, *tolled(2.0, 0.4), f"'deal' misses take in {Y0} without a least take")


def test_a_series_may_begin_when_the_deal_is_in_force() -> None:
    """No least take is asked for in the year before the deal, so none need be given."""
    late = Series(points=((Y1, 2.0),))
    case = deal_case(least=late, window_from=Y1)
    complaints = check_plan(case, *tolled(signed=(Y1, 1)))
    assert not any(f"least take of 'deal' in {Y0}" in sentence for sentence in complaints)


def test_criteria_count_terms_and_tonnes_of_a_deal() -> None:
    """2 for the term signed and 1 for each of 2 x 2 t."""
    effort = Criterion(criterion="effort", applies_to="deal", per_signing=2.0, per_tonne=1.0)
    amounts, claims = tolled()
    assert check_plan(deal_case(effort), amounts, replace(claims, criteria={"effort": 6.0})) == ()
    refused(deal_case(effort), amounts, claims, "criterion 'effort'", "is not 6.000000")


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({}, ()),
        ({"heading": ("shortage",), "value": S(10.0)}, ("14.000000 USD is above 10.000000 USD",)),
        ({"over": "horizon"}, ("44.000000 USD is above 30.000000 USD",)),
        ({"payer": "home"}, ()),
    ],
)
def test_shortage_counts_as_spending_where_named_or_over_the_horizon(
    limit: dict[str, Any], words: tuple[str, ...]
) -> None:
    """Purchases of 30 and shortage of 14."""
    case = with_rows(demanding(floor=S(0.5), shortage_cost=S(7.0)), capped(30.0, **{"measure": "spend", **limit}))
    if words:
        refused(case, *short_of(2.0), "limit 'cap'", *words)
    else:
        assert check_plan(case, *short_of(2.0)) == ()


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"filter": filtered(plant="works")}, ("4.000000 t is above 3.000000 t",)),
        ({"filter": filtered(recipe="make", cls="exposed")}, ()),
        ({"filter": filtered(flow="supply", stage="feed")}, ("4.000000 t is above 3.000000 t",)),
        ({"filter": filtered(flow="supply", place="Concern")}, ()),
        ({"measure": "share", "value": S(0.3), "filter": filtered(supply="feed"), "converted_to": "product"},
         ("2.000000 t is above 1.500000 t",)),
        ({"measure": "share", "value": S(0.4), "filter": filtered(supply="feed"), "converted_to": "product"}, ()),
        ({"measure": "share", "value": S(0.5), "filter": filtered(flow="plants", place="Home"),
          "of": filtered(demand="need")}, ("4.000000 t is above 2.500000 t",)),
    ],
)
def test_filters_pick_flows(limit: dict[str, Any], words: tuple[str, ...]) -> None:
    """The plant makes 4 of 5 t from 4 t of feed; a tonne of product stands for 2 t of feed where converted."""
    product = Material(name="product", stage="product", price=S(10.0), needs=(("feed", 2.0),))
    case = little(product, *works(capacity=S(4.0)), capped(3.0, **limit))
    if words:
        refused(case, *made(4.0, 0.0), "limit 'cap'", *words)
    else:
        assert check_plan(case, *made(4.0, 0.0)) == ()


def test_a_limit_on_what_is_held() -> None:
    stock = Stock(name="pile", place="Home", material="product", opening_exposed=2.0, holding_cost=S(1.0))
    case = little(stock, capped(2.5, filter=filtered(stock="pile")), years=2)
    refused(case, *stocked(3.0, 2.0), f"limit 'cap' in {Y0}", "3.000000 t is above 2.500000 t")


def test_a_reserve_in_days_covers_what_plants_use() -> None:
    """A year's use of feed, 4 t, of the last year itself."""
    stock = Stock(name="feed pile", place="Home", material="feed", reserve=S(365.0), reserve_unit="days")
    case = little(*works(stock, capacity=S(4.0)))
    refused(case, *made(4.0, 0.0), f"reserve of Stocks[feed pile] in {Y0}", "0.000000 t is below 4.000000 t")


def test_a_tonne_that_is_stocked_is_not_paid_yet() -> None:
    """Of 2 t made in 2031 one goes into stock."""
    stock = Stock(name="pile", place="Home", material="product")
    aid = Incentive(name="aid", plants=("works",), per_tonne=S(1.0))
    paid = {("aid", "works", Y0, Y1): 2.0}
    amounts, claims = built(paid_output=paid, stock={("pile", Y1, "clear"): 1.0})
    refused(plant_case(stock, aid), amounts, claims, f"incentive 'aid' at 'Home' in {Y1}",
            "2.000000 t is above 1.000000 t")


def test_an_annuity_without_end_is_the_return() -> None:
    """The partner paid 20 and earns 10 % of it a year."""
    case = plant_case(life=None, home_share=0.5, partner_return=0.1)
    refused(case, *built(), f"cash of annuity of 'home' in {Y1}", "0.000000 USD is not 2.000000 USD")
    finite = plant_case(**{**BUILT, "life": 2.0, "home_share": 0.5, "partner_return": 0.1})
    refused(finite, *built(), "cash of annuity", "0.000000 USD is not 11.523810 USD")
