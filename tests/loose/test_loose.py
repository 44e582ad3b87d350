"""That the second model is right itself: cases solved by hand, and plans that the independent check accepts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.case.case import Case, case_of
from optimizer.case.schema import (
    Deal,
    Demand,
    Filter,
    Incentive,
    Lane,
    Limit,
    Material,
    Payment,
    Place,
    Plant,
    RecipeLine,
    Row,
    Rule,
    Run,
    Series,
    Settings,
    Stock,
    Supply,
)
from optimizer.solve.check import check_plan
from tests.loose import LooseResult, loose_solve
from tests.random_cases import random_case


def case(*rows: Row, years: int = 2, **settings: object) -> Case:
    """Home, an ally and a place of concern; `product` costs 10 a tonne from concern, 5 t a year are needed."""
    fields = {"title": "t", "first_year": 2030, "last_year": 2029 + years, **settings}
    return case_of(
        Settings.model_validate(fields),
        Place(name="Home", home=True), Place(name="Ally"), Place(name="Concern", concern=True),
        Material(name="product", stage="product", price=Series.of(10.0)),
        Material(name="feed", stage="feed", price=Series.of(2.0)),
        Supply(name="exposed", place="Concern", material="product", price=Series.of(10.0)),
        Lane(name="from concern", material="product", origin="Concern", destination="Home"),
        Demand(name="need", sector="need", place="Home", material="product", tonnes=Series.of(5.0)),
        *rows,
    )


def offer(*, price: float = 12.0, limit: float = 4.0, **deal: object) -> list[Row]:
    """`limit` t a year of clear product from the ally under a deal."""
    return [
        Supply(name="clear", place="Ally", material="product", price=Series.of(price), limit=Series.of(limit),
               deals=(("deal",),)),
        Lane(name="from ally", material="product", origin="Ally", destination="Home"),
        Deal.model_validate({"name": "deal", **deal}),
    ]


def works(*recipe: RecipeLine, **plant: object) -> list[Row]:
    """A plant at home, with feed at home for 2 a tonne; one tonne of feed a tonne of product unless said."""
    lines = recipe or (RecipeLine(recipe="make", material="feed", role="input", amount=1.0),)
    return [
        *lines, RecipeLine(recipe="make", material="product", role="output", amount=1.0),
        Run(plant="works", recipe="make"), Plant.model_validate({"name": "works", "place": "Home", **plant}),
        Supply(name="feed", place="Home", material="feed", price=Series.of(2.0)),
    ]


def solved(some: Case, **options: object) -> LooseResult:
    """The plan, which the independent check accepts."""
    found = loose_solve(some, **options)  # type: ignore[arg-type]  # options by name, for short
    assert found is not None
    assert check_plan(some, found.amounts, found.claims) == ()
    return found


def test_nothing_but_concern() -> None:
    """5 t at 10 in two years: 100, and all of it dependent."""
    assert solved(case()).goals == pytest.approx({"dependence": 1.0, "mean dependence": 1.0, "cost": 100.0})


def test_discounting_is_at_mid_year() -> None:
    """50 (1.1^-0.5 + 1.1^-1.5) = 91.02."""
    assert solved(case(discount_rate=0.1)).goals["cost"] == pytest.approx(50 * (1.1**-0.5 + 1.1**-1.5))


def test_deal_in_force_for_half_a_year() -> None:
    """Signed in 2030 with lead 0.5: 2 t in 2030, 4 in 2031; dep 0.6 and 0.2, cost 100 + 6 x 2 + 3 = 115."""
    plan = solved(case(*offer(lead=0.5, signing_cost=Series.of(3.0))), goal="mean dependence")
    assert plan.amounts.sign == {("deal", 2030, 1): 1}
    assert plan.goals == pytest.approx({"dependence": 0.6, "mean dependence": 0.4, "cost": 115.0}, abs=2e-4, rel=1e-4)


def test_term_beyond_the_horizon_is_charged_by_use() -> None:
    """Two years of a term of four, no discount: half of 8 + 4, the second paid in 2032; the cash of 2030 is 8."""
    some = case(*offer(term=4.0, signing_cost=Series.of(8.0)), Payment(deal="deal", years_after=2.5, amount=4.0))
    plan = solved(some, then=())
    assert plan.claims.charged["signing", "signing", "home"] == pytest.approx(4.0)
    assert plan.claims.charged["payments", "payments", "home"] == pytest.approx(2.0)
    assert plan.claims.cash["signing", "signing", "home", 2030] == pytest.approx(8.0)
    assert not [key for key in plan.claims.cash if key[0] == "payments"]


def test_renewal() -> None:
    """Terms of one year in three years: one signing for three, or three; three signing costs in either case."""
    plan = solved(case(*offer(term=1.0, signing_cost=Series.of(3.0)), years=3))
    assert sum(n for _, _, n in plan.amounts.sign) == 3
    assert plan.goals["cost"] == pytest.approx(150 + 3 * 4 * 2 + 9, rel=1e-4)
    single = case(*offer(term=1.0, signing_cost=Series.of(3.0), signings_at_most=1), years=3)
    once = solved(single, goal="mean dependence")
    assert sum(n for _, _, n in once.amounts.sign) == 1
    assert once.goals["mean dependence"] == pytest.approx((1 + 1 + 0.2) / 3, abs=2e-4)


def test_a_plant_of_two_outputs_is_paid_for_what_is_not_thrown_away() -> None:
    """8 t of room: 5 t of product for 2 each and 20 received, -90. 3 t of ware more would bring 3 x 18 if thrown away.

    Paid together are the plants of a place that make the same outputs, for all of these less what is discarded of them.
    """
    rows = [
        *works(module=8.0), Material(name="ware", stage="ware", price=Series.of(1.0), discarding=0.0),
        RecipeLine(recipe="other", material="feed", role="input", amount=1.0),
        RecipeLine(recipe="other", material="ware", role="output", amount=1.0), Run(plant="works", recipe="other"),
        Incentive(name="aid", plants=("works",), per_tonne=Series.of(20.0)),
    ]
    assert solved(case(*rows, years=1), goal="cost").goals["cost"] == pytest.approx(-90.0)


def test_least_take_against_a_charge() -> None:
    """A clear tonne at 12 saves 10; the charge is 3, so missing costs more than taking: 3 t taken, 2 dearer each."""
    chosen = Rule(name="r", rule="at least", n=1, list=("deal",))
    for charge, dearer in ((3.0, 3 * 2), (1.0, 3 * 1)):
        rows = offer(least=Series.of(3.0), missed_charge=Series.of(charge))
        plan = solved(case(*rows, chosen, years=1), goal="cost")
        assert plan.goals["cost"] == pytest.approx(50 + dearer)


def test_signed_before_the_case() -> None:
    """Signed in 2029 for 1.5 years from 2029.5: in force all of 2030, nothing after, no signing cost."""
    rows = offer(price=9.0, signed_in=2029, lead=0.5, term=1.5, signings_at_most=1, signing_cost=Series.of(99.0))
    plan = solved(case(*rows), goal="cost")
    assert plan.goals["cost"] == pytest.approx(100 - 4)
    assert plan.amounts.buy["clear", 2030] == pytest.approx(4.0)


def test_order_with_lead_ramp_and_life() -> None:
    """4 t from 2030.5, half in the first operating year, life of 3: 1 t and 3 t; capex 24 x 1.5 / 3 = 12.

    Product for 2 instead of 10 saves 32; the plan pays 100 - 32 + 12 = 80.
    """
    rows = works(module=4.0, capex=Series.of(6.0), lead=0.5, ramp=(0.5, 1.0), life=3.0, window_to=2030)
    plan = solved(case(*rows), goal="cost")
    assert plan.goals["cost"] == pytest.approx(80.0)
    assert plan.amounts.run["works", "make", 2031, "clear"] == pytest.approx(3.0)


def test_qualification_delay() -> None:
    """A module of 4 t from 2030 that has to operate a year first makes 4 t in 2031 alone: saved 32, paid 24."""
    rows = works(module=4.0, capex=Series.of(6.0), window_to=2030)
    rows = [row if not isinstance(row, Run) else row.model_copy(update={"qualification_delay": 1.0}) for row in rows]
    assert solved(case(*rows), goal="cost").goals["cost"] == pytest.approx(100 - 32 + 24)


def test_partner_share() -> None:
    """The partner pays half of 24 and keeps a quarter of 4 t: saved 3 x 10 - 4 x 2 + credit 1 x 2 - 12 = 12."""
    rows = works(module=4.0, capex=Series.of(6.0), home_share=0.5, partner_keeps=0.25)
    assert solved(case(*rows, years=1), goal="cost").goals["cost"] == pytest.approx(50 - 12)


def test_annuity() -> None:
    """Half of 24 at 10 % for ever is 1.2 a year: 100 - 2 x 32 + 12 + 2.4 = 50.4."""
    rows = works(module=4.0, capex=Series.of(6.0), home_share=0.5, partner_return=0.1, window_to=2030)
    assert solved(case(*rows), goal="cost").goals["cost"] == pytest.approx(50.4)


def test_incentive_with_its_cap() -> None:
    """2 a tonne in the first operating year on 4 t, capped at 5 a year, shown as paid out by the state."""
    rows = works(module=4.0, capex=Series.of(6.0), window_to=2030)
    gift = Incentive(name="gift", plants=("wor*",), per_tonne=Series.of(2.0), last_operating_year=1, payer="state")
    some = case(*rows, gift, payers=("home", "state"))
    assert solved(some, goal="cost").goals["cost"] == pytest.approx(100 - 64 + 24 - 8)
    capped = case(*rows, gift.model_copy(update={"cap_a_year": 5.0}), payers=("home", "state"))
    plan = solved(capped, goal="cost")
    assert plan.goals["cost"] == pytest.approx(100 - 64 + 24 - 5)
    assert plan.claims.charged["incentives paid", "incentives paid", "state"] == pytest.approx(5.0)
    national = case(*rows, gift, payers=("home", "state"), view="national")
    assert solved(national, goal="cost").goals["cost"] == pytest.approx(100 - 64 + 24)


def test_grant_is_charged_by_use_as_capex_is() -> None:
    """3 a tonne a year ordered on 4 t, one year of a life of two: 24 / 2 - 12 / 2 on top of 50 - 32."""
    rows = works(module=4.0, capex=Series.of(6.0), life=2.0)
    gift = Incentive(name="gift", plants=("works",), per_capacity=Series.of(3.0))
    assert solved(case(*rows, gift, years=1), goal="cost").goals["cost"] == pytest.approx(50 - 32 + 12 - 6)


def test_output_that_goes_into_stock_earns_nothing() -> None:
    """4 t made for 8 and 24, of which 1 t must lie there at the end: paid on 3 t, 2 t bought for 20; 46."""
    rows = works(module=4.0, capex=Series.of(6.0))
    gift = Incentive(name="gift", plants=("works",), per_tonne=Series.of(2.0))
    stock = Stock(name="s", place="Home", material="product", closing_clear=1.0)
    assert solved(case(*rows, gift, stock, years=1), goal="cost").goals["cost"] == pytest.approx(46.0)


def test_one_exposed_input_makes_all_exposed() -> None:
    """Clear feed and exposed additive: the feed is used as exposed, and the product stays dependent."""
    lines = [RecipeLine(recipe="make", material=x, role="input", amount=1.0) for x in ("feed", "additive")]
    rows = [
        *works(*lines, capacity=Series.of(5.0)), Material(name="additive", stage="additive"),
        Supply(name="additive", place="Home", material="additive", price=Series.of(1.0), exposed_share=1.0),
    ]
    plan = solved(case(*rows, years=1))
    assert plan.goals == pytest.approx({"dependence": 1.0, "mean dependence": 1.0, "cost": 15.0}, rel=1e-3)
    assert plan.amounts.relabel["Home", "feed", 2030] == pytest.approx(5.0)


def test_exposed_share_of_a_plant() -> None:
    """A quarter of the lots of 5 t is exposed."""
    assert solved(case(*works(capacity=Series.of(5.0), exposed_share=0.25), years=1)).goals["dependence"] == (
        pytest.approx(0.25)
    )


def test_stock_reserve_and_closing() -> None:
    """1 t clear opens and closes; 73 days of 5 t is 1 t, of any class, so nothing more is bought."""
    stock = Stock(name="s", place="Home", material="product", opening_clear=1.0, holding_cost=Series.of(2.0),
                  reserve=Series.of(73.0), reserve_unit="days")
    assert solved(case(stock, years=1), goal="cost").goals["cost"] == pytest.approx(52.0)
    emptied = stock.model_copy(update={"reserve": Series.of(36.5), "closing_clear": 0.0})
    assert solved(case(emptied, years=1), goal="cost").goals["cost"] == pytest.approx(45 + 1)


def test_losses_and_duty() -> None:
    """20 % lost: 6.25 t shipped for 5; duty of 10 % on 10 where it is shipped from: 6.25 x 11."""
    lane = Lane(name="from concern", material="product", origin="Concern", destination="Home", loss=0.2,
                duty=Series.of(0.1))
    base = case(years=1)
    some = Case(base.settings, {**base.sheets, "Lanes": (lane,)})
    assert solved(some).goals["cost"] == pytest.approx(68.75)


def test_budget_above_least_cost() -> None:
    """A clear tonne costs 2 more; 5 above the least cost of 50 buys 2.5 t, half of the need."""
    plan = solved(case(*offer(), years=1, budget_above_least_cost=5.0))
    assert plan.budget == pytest.approx(55.0)
    assert plan.best["dependence"] == pytest.approx(0.5)


def test_cap_on_dependence() -> None:
    """At most 40 % dependent: 3 clear tonnes, 6 dearer."""
    assert solved(case(*offer(), years=1), goal="cost", then=(), cap=0.4).goals["cost"] == pytest.approx(56.0)


def test_glide() -> None:
    """A deal from 2031: dep 1 and 0.2; glide 0.5 then 1 allows no dep of 1 before delta is 1; 0 then 1 gives 0.2."""
    rows = offer(lead=1.0)
    half = Series(points=((2030, 0.5), (2031, 1.0)))
    assert solved(case(*rows, glide=half)).goals["dependence"] == pytest.approx(1.0)
    assert solved(case(*rows, full_from=2031)).best["dependence"] == pytest.approx(0.2)


def test_mean_dependence_counts_from_the_first_year_that_a_decision_moves() -> None:
    """The deal works from 2031 on: 2030 has no weight, the mean is that of 2031."""
    assert solved(case(*offer(lead=1.0)), goal="mean dependence").best["mean dependence"] == pytest.approx(0.2)


def test_broken_limit() -> None:
    """At most 3 t from concern at 4 a tonne over: 2 t of clear product cost 2 more each, so none is broken."""
    concern = Filter(terms=(("from", ("Concern",)),))
    cap = Limit(name="cap", measure="tonnes", filter=concern, sense="at most", value=Series.of(3.0),
                price_of_breaking=4.0)
    assert solved(case(*offer(), cap, years=1), goal="cost").goals["cost"] == pytest.approx(54.0)
    cheap = cap.model_copy(update={"price_of_breaking": 1.0})
    plan = solved(case(*offer(), cheap, years=1), goal="cost")
    assert plan.goals["cost"] == pytest.approx(52.0)
    assert plan.amounts.broken == pytest.approx({("cap", 2030): 2.0})
    assert loose_solve(case(cap.model_copy(update={"price_of_breaking": None}))) is None


def test_requires_and_excludes() -> None:
    """A deal that requires another pays for both; one that excludes the only other cannot have it."""
    other = Deal(name="other", signing_cost=Series.of(7.0))
    needs = Rule(name="r", rule="requires", list=("deal", "other"))
    plan = solved(case(*offer(price=5.0), other, needs, years=1), goal="cost")
    assert plan.goals["cost"] == pytest.approx(50 - 20 + 7)
    never = Rule(name="x", rule="excludes", list=("deal", "other"))
    assert solved(case(*offer(price=5.0), other, needs, never, years=1), goal="cost").goals["cost"] == (
        pytest.approx(50.0)
    )


def test_equal_seeds_give_equal_cases() -> None:
    assert random_case(11) == random_case(11)
    assert random_case(11) != random_case(12)


@pytest.mark.parametrize("seed", range(40))
def test_the_check_accepts_plans_of_random_cases(seed: int) -> None:
    some = random_case(seed)
    found = loose_solve(some)
    if found is not None:
        assert check_plan(some, found.amounts, found.claims, found.budget) == ()
        dearer = replace(found.claims, cost=found.claims.cost + 1 + abs(found.claims.cost))
        assert check_plan(some, found.amounts, dearer)


def test_most_random_cases_have_a_plan_and_some_have_none() -> None:
    plans = [loose_solve(random_case(seed), goal="cost", then=()) for seed in range(40)]
    assert 25 <= sum(plan is not None for plan in plans) < 40
