"""Hand-solved: signings, deals, orders, rules, criteria."""

from __future__ import annotations

import pytest

from optimizer.case.case import Case
from optimizer.case.schema import (
    Criterion,
    Deal,
    Lane,
    Payment,
    Plant,
    RecipeLine,
    Row,
    Rule,
    Run,
    Supply,
)
from optimizer.solve.plan import Infeasible
from tests.cases.world import Runner, S, proves, world


def tolled(*rows: Row, years: int = 1, limit: float = 60.0, **settings: object) -> Case:
    """The friend sells at 5 under a deal named toll (to be given), at most `limit` t a year."""
    friends = Supply(
        name="friend's", place="friend", material="magnet", price=S(5.0), limit=S(limit), deals=(("toll",),)
    )
    own = () if any(row.key == friends.key and isinstance(row, Supply) for row in rows) else (friends,)
    lane = Lane(name="from friend", material="magnet", origin="friend", destination="home")
    return world(*own, lane, *rows, years=years, **settings)


@proves("signings", "deals")
def test_a_deal_is_signed_where_it_pays(run: Runner) -> None:
    """60 t at 5 in place of 10 save 300: signed at 200 (40 x 10 + 60 x 5 + 200 = 900), not at 400 (1,000)."""
    assert run(tolled(Deal(name="toll", signing_cost=S(200.0)))).claims.cost == pytest.approx(900.0)
    plan = run(tolled(Deal(name="toll", signing_cost=S(400.0))))
    assert plan.claims.cost == pytest.approx(1000.0)
    assert not plan.amounts.sign


@proves("signings", "deals")
def test_part_of_a_year_is_part_of_the_limit(run: Runner) -> None:
    """Decided at 0.25 of 2030, lead half a year: in force for a quarter of it, 15 of 60 t: 15 x 5 + 85 x 10 = 925.
    With the whole year 700.
    """
    assert run(tolled(Deal(name="toll", lead=0.5), deciding_point=S(0.25))).claims.cost == pytest.approx(925.0)


@proves("signings")
def test_terms_are_renewed_back_to_back_each_for_its_price(run: Runner) -> None:
    """Three years, a term of one: each year saves 300 for 100: 3 x (700 + 100) = 2,400. Only one signing: 2,800."""
    renewed = Deal(name="toll", term=1.0, signing_cost=S(100.0))
    once = Deal(name="toll", term=1.0, signing_cost=S(100.0), signings_at_most=1)
    assert run(tolled(renewed, years=3)).claims.cost == pytest.approx(2400.0)
    assert run(tolled(once, years=3)).claims.cost == pytest.approx(2800.0)


@proves("signings")
def test_what_was_signed_before_is_data(run: Runner) -> None:
    """Signed in 2029 for two years: in force in 2030 at no choice and no cost. Renewed in 2031 for 100 and two years,
    of which one lies inside: 700 + 700 + 50 = 1,450. Were it not signed, one term would cover both years: 1,500.
    """
    past = Deal(name="toll", term=2.0, lead=0.0, signed_in=2029, signing_cost=S(100.0), signings_at_most=2)
    assert run(tolled(past, years=2)).claims.cost == pytest.approx(1450.0)
    fresh = Deal(name="toll", term=2.0, signing_cost=S(100.0))
    assert run(tolled(fresh, years=2)).claims.cost == pytest.approx(1500.0)


@proves("deals")
def test_take_or_pay_binds_and_its_charge_frees(run: Runner) -> None:
    """In force already; the friend at 5 becomes dear by a fee of 8. A least take of 50 t: 50 x 13 + 50 x 10 = 1,150.
    With a charge of 2 for each tonne not taken: 1,000 + 100 = 1,100. Without a least take 1,000.
    """
    deal = {"name": "toll", "signed_in": 2029, "fee": S(8.0)}
    assert run(tolled(Deal(**deal, least=S(50.0)))).claims.cost == pytest.approx(1150.0)
    charged = run(tolled(Deal(**deal, least=S(50.0), missed_charge=S(2.0))))
    assert charged.claims.cost == pytest.approx(1100.0)
    assert charged.amounts.missed == {("toll", 2030): pytest.approx(50.0)}


@proves("deals")
def test_any_of_a_group_opens_and_the_most_of_each_binds(run: Runner) -> None:
    """Two deals open the friend's 60 t, 20 t at most under one, 15 t under the other: 35 x 5 + 65 x 10 = 825.
    With one alone 900.
    """
    supply = Supply(name="friend's", place="friend", material="magnet", price=S(5.0), limit=S(60.0),
                    deals=(("toll", "other"),))
    both = run(tolled(supply, Deal(name="toll", most=S(20.0)), Deal(name="other", most=S(15.0))))
    assert both.claims.cost == pytest.approx(825.0)
    alone = run(tolled(supply, Deal(name="toll", most=S(20.0)), Deal(name="other", use=False)))
    assert alone.claims.cost == pytest.approx(900.0)


WORKS = (
    RecipeLine(recipe="make", material="magnet", role="output", amount=1.0),
    Run(plant="works", recipe="make"),
)


@proves("orders")
def test_orders_have_a_least_and_a_most(run: Runner) -> None:
    """Modules of 10 t at 20 a tonne a year of capacity, 3 to 6 an order, two orders; output is free for two years. A
    module costs 200 and saves 2 x 10 x 10 = 200: a tie broken by 1 a tonne less. 10 modules would do, 12 may be: all
    100 t are made: 10 x 190 = 1,900 against 2,000. With a least of 7 an order and one order: 10 modules need most 10.
    """
    plant = {"name": "works", "place": "home", "module": 10.0, "capex": S(19.0)}
    two = Plant(**plant, least_modules=3, most_modules=6, orders_at_most=2)
    assert run(world(*WORKS, two, years=2)).claims.cost == pytest.approx(1900.0)
    one = Plant(**plant, least_modules=3, most_modules=6)
    assert run(world(*WORKS, one, years=2)).claims.cost == pytest.approx(6 * 190 + 2 * 40 * 10)


@proves("orders")
def test_an_order_needs_its_deal_in_force(run: Runner) -> None:
    """A free works of 100 t needs a licence (300) to be ordered: 300 in place of 1,000. A licence that starts two
    years after signing comes too late for a plant that starts at once: 1,000.
    """
    works = Plant(name="works", place="home", module=100.0, deals_to_order=(("licence",),))
    assert run(world(*WORKS, works, Deal(name="licence", signing_cost=S(300.0)))).claims.cost == pytest.approx(300.0)
    late = Deal(name="licence", signing_cost=S(300.0), lead=2.0)
    assert run(world(*WORKS, works, late)).claims.cost == pytest.approx(1000.0)


@pytest.mark.parametrize(
    ("rule", "n", "listed", "cost"),
    [("at most", 0, ("toll",), 1000.0), ("at least", 2, ("toll", "works"), 950.0),
     ("exactly", 1, ("toll", "works"), 750.0), ("requires", None, ("toll", "works"), 950.0),
     ("excludes", None, ("toll", "works"), 750.0)],
)
@proves("rules")
def test_rules(run: Runner, rule: str, n: int | None, listed: tuple[str, ...], cost: float) -> None:
    """The toll (50) saves 300: 750 without a rule. Works of 1 t cost 210 and save 10: 950 with both."""
    rows = (
        Deal(name="toll", signing_cost=S(50.0)),
        Plant(name="works", place="home", module=1.0, site_cost=S(210.0)),
        *WORKS,
        Rule.model_validate({"name": "r", "rule": rule, "n": n, "list": listed}),
    )
    assert run(tolled(*rows)).claims.cost == pytest.approx(cost)


def test_rules_that_contradict_each_other_leave_no_plan(run: Runner) -> None:
    """The toll must be signed exactly 0 and exactly 1 times: no plan. With one of the two rules there is one."""
    rules = [Rule(name=f"r{n}", rule="exactly", n=n, list=("toll",)) for n in (0, 1)]
    with pytest.raises(Infeasible):
        run(tolled(Deal(name="toll"), *rules))


@proves("criteria")
def test_another_criterion_counts_signings_modules_and_tonnes(run: Runner) -> None:
    """Effort: 5 for the toll signed twice, 0.1 a tonne of it in two years: 10 + 0.1 x 120 = 22 at the least cost;
    least effort is 0, at 2,000.
    """
    rows = (
        Deal(name="toll", term=1.0, signing_cost=S(10.0)),
        Criterion(criterion="effort", applies_to="toll", per_signing=5.0, per_tonne=0.1),
    )
    assert run(tolled(*rows, years=2)).claims.criteria["effort"] == pytest.approx(22.0)
    least = run(tolled(*rows, years=2), goal="effort", then=("cost",))
    assert least.claims.criteria["effort"] == pytest.approx(0.0)
    assert least.claims.cost == pytest.approx(2000.0)


@proves("cost")
def test_payments_follow_each_term(run: Runner) -> None:
    """A term of two years, 100 due a year after signing: three years need 2030-31 and 2032-33: 2 x 100, the second
    term used in one of its two years and its payment due in 2033: half of it is charged: 3 x 700 + 100 + 50 = 2,250.
    """
    rows = (Deal(name="toll", term=2.0), Payment(deal="toll", years_after=1.0, amount=100.0))
    assert run(tolled(*rows, years=3)).claims.cost == pytest.approx(2250.0)
