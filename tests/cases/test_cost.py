"""MODEL.md 5: what is paid, when, by whom, and how much of it is charged to the horizon."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Lane, Payment, Plant, RecipeLine, Row, Run, Series, Supply
from optimizer.solve.plan import Plan
from tests.cases.little import FIRST, little, offer, source, works
from tests.cases.world import Runner, S, proves


def charged(plan: Plan, item: str) -> float:
    return sum(x for (name, _, _), x in plan.claims.charged.items() if name == item)


def cash(plan: Plan, item: str) -> dict[int, float]:
    return {year: x for (name, _, _, year), x in plan.claims.cash.items() if name == item and abs(x) > 1e-9}


@proves("cost")
def test_flows_fall_in_the_middle_of_the_year(run: Runner) -> None:
    """50 / 1.21^0.5 + 50 / 1.21^1.5 = 50 / 1.1 + 50 / 1.331 = 83.02; undiscounted 100, at the year's start 91.32."""
    plan = run(little(years=2, discount_rate=0.21))
    assert plan.claims.cost == pytest.approx(50 / 1.1 + 50 / 1.331)


@proves("items", "cost")
def test_purchase_freight_variable_and_fixed_cost(run: Runner) -> None:
    """2 t stand and 3 t are ordered, half ramped: 3.5 t made for 7 + 10.5; 1.5 t come from the ally at 6 + 1: 10.5.

    Fixed cost of 0.5 is on all 5 t, 2.5, and capex 0.6: 31.1. With fixed cost on ramped capacity 30.35.
    """
    plant = works(capacity=S(2), module=3.0, capex=S(0.2), fixed_cost=S(0.5), ramp=(0.5, 1.0),
                  run={"variable_cost": S(3)})
    rows = source()
    rows[1] = rows[1].model_copy(update={"freight": S(1)})
    plan = run(little(*plant, *rows))
    assert plan.claims.cost == pytest.approx(31.1)
    assert {item: charged(plan, item) for item in ("purchases", "freight", "variable", "fixed", "capex")} == (
        pytest.approx({"purchases": 16, "freight": 1.5, "variable": 10.5, "fixed": 2.5, "capex": 0.6})
    )


@proves("items")
def test_fixed_cost_of_a_part_of_a_year(run: Runner) -> None:
    """5 t from 2030.5 for 5: half of a fixed cost of 1 a tonne, 2.5; 50 - 20 + 5 + 2.5 = 37.5. In full 40."""
    rows = works(module=5.0, capex=S(1), fixed_cost=S(1), lead=0.5)
    assert run(little(*rows)).claims.cost == pytest.approx(37.5)


@proves("cost", "items")
def test_capex_and_site_cost_are_charged_by_use(run: Runner) -> None:
    """4 t from 2030.5 to 2033.5 for 24 and a site of 6: half of it inside, 15; 100 - 48 + 15 = 67. In full 82.

    Without an end of life all is charged: 82.
    """
    terms = {"module": 4.0, "capex": S(6), "site_cost": S(6), "lead": 0.5, "window_to": FIRST}
    plan = run(little(*works(**terms, life=3.0), years=2))
    assert plan.claims.cost == pytest.approx(67)
    assert cash(plan, "capex") == pytest.approx({2030: 24})
    assert run(little(*works(**terms), years=2)).claims.cost == pytest.approx(82)


@proves("cost")
def test_use_is_discounted(run: Runner) -> None:
    """A life of two years, one inside: of 21 of capex the part 1 / (1 + 1 / 1.1) = 1.1 / 2.1 is charged, 11.

    (10 + 8 + 11) / 1.1^0.5; by calendar alone half of it, 10.5.
    """
    plan = run(little(*works(module=4.0, capex=S(5.25), life=2.0), discount_rate=0.1))
    assert plan.claims.cost == pytest.approx(29 / 1.1**0.5)


@proves("cost", "items")
def test_payment_profile_beyond_the_horizon(run: Runner) -> None:
    """Half of 20 in 2030, half in 2031, after the end, discounted as it falls; with one of two years inside.

    (10 + 10 / 1.1) x 1.1 / 2.1 = 10, on top of 18, all at mid-2030. Charged inside alone it would be 5.24.
    """
    rows = works(module=4.0, capex=S(5), profile=(0.5, 0.5), life=2.0)
    plan = run(little(*rows, discount_rate=0.1))
    assert plan.claims.cost == pytest.approx(28 / 1.1**0.5)
    assert cash(plan, "capex") == pytest.approx({2030: 10})


@proves("cost", "items")
def test_signing_and_payments_are_charged_by_use(run: Runner) -> None:
    """Two of four years inside: half of 8 at signing, and of 4 paid in 2032 after the end; 100 - 32 + 4 + 2 = 74.

    For a deal without an end all of it: 80. Counted inside the horizon alone: 76 as cash, 72 as charged.
    """
    late = Payment(deal="deal", years_after=2.5, amount=4.0)
    terms = {"signing_cost": S(8), "window_to": FIRST}
    plan = run(little(*offer(**terms, term=4.0), late, years=2))
    assert plan.claims.cost == pytest.approx(74)
    assert cash(plan, "signing") == pytest.approx({2030: 8})
    assert cash(plan, "payments") == {}
    assert run(little(*offer(**terms), late, years=2)).claims.cost == pytest.approx(80)


@proves("items")
def test_a_payment_falls_in_the_year_that_its_moment_lies_in(run: Runner) -> None:
    """Signed at 2030.5, a payment after 0.5 falls in 2031; signed at the start of 2030, in 2030."""
    rows: list[Row] = [*offer(window_to=FIRST), Payment(deal="deal", years_after=0.5, amount=4.0)]
    assert cash(run(little(*rows, years=2, deciding_point=S(0.5))), "payments") == pytest.approx({2031: 4})
    assert cash(run(little(*rows, years=2)), "payments") == pytest.approx({2030: 4})


@proves("items")
def test_payments_of_each_term(run: Runner) -> None:
    """Terms of a year, each with 2 paid half a year in: three of them, 150 - 48 + 6 = 108; once for all 104."""
    rows: list[Row] = [*offer(term=1.0, window_to=FIRST), Payment(deal="deal", years_after=0.5, amount=2.0)]
    plan = run(little(*rows, years=3))
    assert plan.claims.cost == pytest.approx(108)
    assert cash(plan, "payments") == pytest.approx({2030: 2, 2031: 2, 2032: 2})


@proves("items", "cost")
def test_what_is_left_of_a_deal_signed_before(run: Runner) -> None:
    """Signed in 2029 for three years: 8 paid in 2031, after the end, charged by 2030 of 2030 and 2031, 1.1 / 2.1.

    8 / 1.1 x 1.1 / 2.1 at mid-2030, on top of 50 - 16. Counted from 2029, before the case, it would be a third.
    """
    rows: list[Row] = [*offer(signed_in=2029, term=3.0, signings_at_most=1),
                       Payment(deal="deal", years_after=2.0, amount=8.0)]
    plan = run(little(*rows, discount_rate=0.1))
    assert plan.claims.cost == pytest.approx((34 + 8 / 2.1) / 1.1**0.5)


@proves("items")
@pytest.mark.parametrize(
    ("terms", "annuity"),
    [
        ({"partner_return": 0.1}, 1.2),
        ({"partner_return": 0.0, "life": 2.0}, 6.0),
        ({"partner_return": 0.1, "life": 2.0}, 12 * 0.1 / (1 - 1.1**-2)),
    ],
)
def test_annuity(run: Runner, terms: dict[str, float], annuity: float) -> None:
    """The partner pays 12 of 24 and earns 10 % for ever (1.2), nothing over two years (6), 10 % over two (6.91).

    100 - 64 + 12 for home's half and two years of it; free capital would leave 48.
    """
    plan = run(little(*works(module=4.0, capex=S(6), home_share=0.5, window_to=FIRST, **terms), years=2))
    assert plan.claims.cost == pytest.approx(48 + 2 * annuity)


@proves("items", "cost")
def test_annuity_runs_with_the_plant(run: Runner) -> None:
    """From 2030.5, over two years at no return: 3 and 6 of 12; home's 12 charged by 1.5 of 2; 100 - 48 + 9 + 9 = 70."""
    terms = {"home_share": 0.5, "partner_return": 0.0, "life": 2.0, "lead": 0.5, "window_to": FIRST}
    plan = run(little(*works(module=4.0, capex=S(6), **terms), years=2))
    assert plan.claims.cost == pytest.approx(70)
    assert cash(plan, "annuity") == pytest.approx({2030: 3, 2031: 6})


@proves("items")
def test_duty_is_on_the_lowest_price_where_it_is_shipped_from(run: Runner) -> None:
    """10 % on the ally's 6, not on the list price of 10: 5 x 6.6 = 33; on the list price 35.

    Of two sources there, 6 and 7 with 3 t at 6: both pay 0.6 a tonne, 18 + 14 + 3 = 35.
    """
    lane = Lane(name="l", material="product", origin="Ally", destination="Home", duty=S(0.1))
    assert run(little(source()[0], lane)).claims.cost == pytest.approx(33)
    second = source(7, name="second")[0]
    assert run(little(source(limit=S(3))[0], second, lane)).claims.cost == pytest.approx(35)


def toller() -> list[Row]:
    """Feed (2) out with a foreign duty of 50 %, tolled for 1, product back with a duty of 10 % on its list price."""
    return [
        Plant(name="toller", place="Ally", capacity=S(9)),
        Run(plant="toller", recipe="make", variable_cost=S(1)),
        RecipeLine(recipe="make", material="product", role="output", amount=1.0),
        RecipeLine(recipe="make", material="feed", role="input", amount=1.0),
        Supply(name="feed", place="Home", material="feed", price=S(2)),
        Lane(name="out", material="feed", origin="Home", destination="Ally", duty=S(0.5)),
        Lane(name="back", material="product", origin="Ally", destination="Home", duty=S(0.1)),
    ]


@proves("items", "cost")
def test_views_and_foreign_duty(run: Runner) -> None:
    """2 + 1 + 1 + 1 a tonne: 25 as paid. The national view leaves out home's own duty, not the foreign one: 20."""
    plan = run(little(*toller()))
    assert plan.claims.cost == pytest.approx(25)
    assert (charged(plan, "duty"), charged(plan, "foreign duty")) == pytest.approx((5, 5))
    assert run(little(*toller(), view="national")).claims.cost == pytest.approx(20)


@proves("cost", "dependence")
def test_the_view_decides(run: Runner) -> None:
    """Clear at 10.5, or 10 and 10 % duty from concern: the payer buys clear, 52.5, the nation the other, 50.

    The duty is home's own money; in the payer's view both would buy clear.
    """
    base = little(*source(10.5))
    first, *others = base.sheets["Lanes"]
    lanes = (first.model_copy(update={"duty": S(0.1)}), *others)
    payer = type(base)(base.settings, {**base.sheets, "Lanes": lanes}, base.origin)
    plan = run(payer)
    assert (plan.claims.cost, plan.claims.dependence) == pytest.approx((52.5, 0))
    settings = base.settings.model_copy(update={"view": "national"})
    plan = run(type(base)(settings, payer.sheets, base.origin))
    assert (plan.claims.cost, plan.claims.dependence) == pytest.approx((50, 1))


@proves("items")
def test_payers_and_headings(run: Runner) -> None:
    """Signing of 3 and 1 a year stand under the deal's heading and payer, a payment of 2 under its own."""
    rows: list[Row] = [
        *offer(signing_cost=S(3), yearly_cost=S(1), heading="agreement", payer="state"),
        Payment(deal="deal", years_after=0.0, amount=2.0, heading="credit", payer="bank"),
    ]
    plan = run(little(*rows, payers=("home", "state", "bank")))
    assert plan.claims.cost == pytest.approx(40)
    assert plan.claims.charged["signing", "agreement", "state"] == pytest.approx(3)
    assert plan.claims.charged["yearly", "agreement", "state"] == pytest.approx(1)
    assert plan.claims.charged["payments", "credit", "bank"] == pytest.approx(2)


@proves("items")
def test_prices_by_year(run: Runner) -> None:
    """6 in 2030, 12 in 2032, so 9 in 2031: 30 + 45 + 50; held at 6 it would be 90."""
    rows = source()
    rows[0] = rows[0].model_copy(update={"price": Series(points=((2030, 6.0), (2032, 12.0)))})
    assert run(little(*rows, years=3)).claims.cost == pytest.approx(125)
