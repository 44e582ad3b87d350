"""The independent check of deals, orders, rules, limits, incentives and charges, on plans made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from optimizer.case.case import Case
from optimizer.case.schema import Criterion, Deal, Incentive, Lane, Limit, Payment, Plant, Row, Rule, Supply
from optimizer.solve.amounts import Amounts, Claims
from optimizer.solve.check import check_plan
from tests.cases.little import S, filtered, little, offer, works
from tests.solve.test_check import Y0, Y1, Y2, claimed, plain, refused

Plan = tuple[Amounts, Claims]

# --- deals: half of the first and half of the second year in force, 4 t a year, 6 a tonne and 1 of fee

TERMS: dict[str, Any] = {
    "lead": 0.5, "term": 1.0, "fee": S(1.0), "least": S(2.0), "most": S(6.0),
    "signing_cost": S(10.0),
}


def tolled(tonnes: float = 2.0, missed: float = 0.0, signed: tuple[int, int] = (Y0, 1)) -> Plan:
    """`tonnes` under the deal in its two years, the rest from the place of concern; a tonne missed costs 3."""
    under, rest = (Y0, Y1), {Y0: 5.0 - tonnes, Y1: 5.0 - tonnes, Y2: 5.0}
    amounts = Amounts(
        sign={("deal", *signed): 1},
        buy={("of deal", t): tonnes for t in under} | {("exposed", t): v for t, v in rest.items()},
        ship={("by deal", t, "clear"): tonnes for t in under}
        | {("from concern", t, "exposed"): v for t, v in rest.items()},
        alloc={("deal", "Supply", "of deal", t): tonnes for t in under},
        serve={("need", t, "clear"): tonnes for t in under} | {("need", t, "exposed"): v for t, v in rest.items()},
        missed={("deal", t): missed for t in under} if missed else {},
    )
    cash = {("purchases", t): 6.0 * (5.0 - v) + 10.0 * v for t, v in rest.items()}
    cash |= {("fees", t): tonnes for t in under} | {("signing", Y0): 10.0}
    if missed:
        cash |= {("missed takes", t): 3.0 * missed for t in under}
    return amounts, claimed(cash, rest, 1.0, sum(rest.values()) / 15.0)


def deal_case(*rows: Row, **deal: Any) -> Case:
    """Three years with the deal, some of its terms changed."""
    return little(*offer(**{**TERMS, **deal}), *rows, years=3)


def test_a_deal_in_force_in_parts_of_years_is_accepted() -> None:
    assert check_plan(deal_case(), *tolled()) == ()


@pytest.mark.parametrize("family", ["buy", "ship", "alloc", "serve"])
def test_every_flow_of_a_deal_moved_by_a_hundredth_is_refused(family: str) -> None:
    amounts, claims = tolled()
    for key, amount in getattr(amounts, family).items():
        wrong = replace(amounts, **{family: {**getattr(amounts, family), key: amount * 1.01}})
        assert check_plan(deal_case(), wrong, claims), key


@pytest.mark.parametrize(
    ("deal", "tonnes", "words"),
    [
        ({}, 2.2, (f"Supply[of deal] in {Y0} under 'deal'", "2.200000 t is above 2.000000 t")),
        ({}, 0.9, (f"least take of 'deal' in {Y1}", "0.900000 t is below 1.000000 t")),
        ({"most": S(3.0)}, 2.0, (f"most of 'deal' in {Y0}", "2.000000 t is above 1.500000 t")),
        ({"fee": S(2.0)}, 2.0, (f"cash of fees of 'home' in {Y0}", "2.000000 USD is not 4.000000 USD")),
        ({"signing_cost": S(11.0)}, 2.0, ("cash of signing",)),
        ({"heading": "agreements"}, 2.0, ("cash of signing under 'agreements'",)),
        ({"yearly_cost": S(8.0)}, 2.0, ("cash of yearly", "0.000000 USD is not 4.000000 USD")),
        ({"lead": 1.5}, 2.0, ("Supply[of deal]", f"in {Y0} while 'deal' is not in force")),
        ({"window_to": Y0 - 1}, 2.0, ("'deal' signed in 2030", "its window is 2030 to 2029")),
        ({"window_from": Y1}, 2.0, ("'deal' signed in 2030", "its window is 2031 to 2032")),
        ({"use": False}, 2.0, ("no deal 'deal'",)),
        ({"lead": 3.0}, 2.0, ("it starts at 2033.00, after the end",)),
        ({"signings_at_most": 0}, 2.0, ("signed for 1 terms, at most 0",)),
        ({"signed_in": 2029, "lead": 0.5, "term": 2.0}, 2.0, ("signed in 2030 and in 2029 is in force twice",)),
        ({"meter": "lanes"}, 2.0, ("cash of fees", "2.000000 USD is not 0.000000 USD")),
    ],
)
def test_deals_keep_to_their_terms(deal: dict[str, Any], tonnes: float, words: tuple[str, ...]) -> None:
    refused(deal_case(**deal), *tolled(tonnes), *words)


def test_a_deal_of_the_past_runs_out_before_it_is_signed_anew() -> None:
    """Signed in 2029 it is in force to 2030.6, its cost of signing past; signed in 2030 it goes on from there."""
    assert check_plan(deal_case(signed_in=2029, lead=0.6), *tolled()) == ()


@pytest.mark.parametrize(
    ("signed", "words"),
    [
        ((Y1, 1), ("while 'deal' is not in force",)),
        ((Y0, 4), ("for 4 terms: the last one starts after the end",)),
        ((Y0, 2), ("cash of signing", f"in {Y1}")),
    ],
)
def test_a_signing_moved_or_renewed_is_refused(signed: tuple[int, int], words: tuple[str, ...]) -> None:
    refused(deal_case(), *tolled(signed=signed), *words)


def test_a_deal_that_never_closes_is_signed_and_no_more() -> None:
    """Nothing is due under it but the cost of signing it once; whatever flows under it is refused."""
    paid = Payment(deal="deal", years_after=1.0, amount=5.0)
    lost = deal_case(paid, chance=0.0)
    for terms in (1, 2):
        assert check_plan(lost, *tolled(0.0, signed=(Y0, terms))) == ()
    refused(lost, *tolled(), f"2.000 t go through Supply[of deal] in {Y0} while 'deal' is not in force")
    closing = deal_case(paid, chance=0.1)
    refused(closing, *tolled(0.0), f"least take of 'deal' in {Y0}", "0.000000 t is below 1.000000 t")
    refused(closing, *tolled(), f"cash of payments of 'home' in {Y1}", "0.000000 USD is not 5.000000 USD")


def test_the_intervals_of_a_deal_do_not_overlap() -> None:
    amounts, claims = tolled()
    twice = replace(amounts, sign={("deal", Y0, 1): 1, ("deal", Y0, 2): 1})
    refused(deal_case(), twice, claims, "signed in 2030 and in 2030 is in force twice at a time")
    refused(deal_case(), replace(amounts, sign={("deal", Y0, 1): 2}), claims, "neither 0 nor 1")
    refused(deal_case(term=None), *tolled(signed=(Y0, 2)), "a term without end")


def test_a_take_is_missed_against_its_charge_only() -> None:
    case = deal_case(missed_charge=S(3.0))
    assert check_plan(case, *tolled(0.6, 0.4)) == ()
    refused(case, *tolled(0.6, 0.3), "least take of 'deal'", "0.900000 t is below 1.000000 t")
    refused(case, *tolled(0.6, 1.1), "missed take of 'deal'", "1.100000 t is above 1.000000 t")
    refused(deal_case(), *tolled(0.6, 0.4), "misses take", "without a charge")
    refused(deal_case(missed_charge=S(4.0)), *tolled(0.6, 0.4), "cash of missed takes")


def test_flow_beside_the_deals_is_refused() -> None:
    amounts, claims = tolled()
    refused(deal_case(), replace(amounts, alloc={}), claims, "Supply[of deal]", "0.000000 t is not 2.000000 t")
    beside = {**amounts.alloc, ("deal", "Lanes", "by deal", Y0): 2.0}
    refused(deal_case(), replace(amounts, alloc=beside), claims, "'deal' does not open Lanes[by deal]")
    closed = deal_case(Deal(name="other", use=False))
    shut = {**closed.sheets, "Supply": tuple(
        row.model_copy(update={"deals": (("other",),)}) if row.key == "of deal" else row
        for row in closed.sheets["Supply"]
    )}
    refused(Case(closed.settings, shut, closed.origin), *tolled(), "Supply[of deal]", "is not 2.000000 t")


def test_the_deciding_point_moves_the_start() -> None:
    """Decisions late in the year: in force from 2031.4, not in 2030."""
    case = little(*offer(**TERMS), years=3, deciding_point=S(0.9))
    refused(case, *tolled(), f"in {Y0} while 'deal' is not in force")


# --- charged by use, discounting


def test_a_signing_is_charged_by_its_use_inside_the_horizon() -> None:
    """In one year of a two years' term from 2030 on: half of 10 is charged. In force 2030 alone."""
    rows = offer(term=2.0, signing_cost=S(10.0), limit=None)
    amounts = Amounts(
        sign={("deal", Y0, 1): 1}, buy={("of deal", Y0): 5.0}, ship={("by deal", Y0, "clear"): 5.0},
        alloc={("deal", "Supply", "of deal", Y0): 5.0}, serve={("need", Y0, "clear"): 5.0},
    )
    cash = {("purchases", Y0): 30.0, ("signing", Y0): 10.0}
    right = claimed(cash, {Y0: 0.0}, 0.0, 0.0, {"signing": 5.0})
    assert check_plan(little(*rows), amounts, right) == ()
    refused(little(*rows), amounts, claimed(cash, {Y0: 0.0}, 0.0, 0.0), "charge of signing", "5.000000 USD")


def test_a_payment_after_the_horizon_is_charged_and_no_cash() -> None:
    """8 paid a year after signing, of which the only year of the horizon uses half of the term."""
    rows = [*offer(term=2.0, limit=None), Payment(deal="deal", years_after=1.0, amount=8.0)]
    amounts = Amounts(
        sign={("deal", Y0, 1): 1}, buy={("of deal", Y0): 5.0}, ship={("by deal", Y0, "clear"): 5.0},
        alloc={("deal", "Supply", "of deal", Y0): 5.0}, serve={("need", Y0, "clear"): 5.0},
    )
    cash = {("purchases", Y0): 30.0}
    assert check_plan(little(*rows), amounts, claimed(cash, {Y0: 0.0}, 0.0, 0.0, {"payments": 4.0})) == ()
    refused(little(*rows), amounts, claimed(cash, {Y0: 0.0}, 0.0, 0.0), "charge of payments", "4.000000 USD")


def test_flows_are_discounted_to_the_start_of_the_first_year() -> None:
    """At 21 % the middle of the first year stands at 1 / 1.1: 50 of cash are charged as 45.4545."""
    amounts, _ = plain(1)
    case, cash = little(discount_rate=0.21), {("purchases", Y0): 50.0}
    assert check_plan(case, amounts, claimed(cash, {Y0: 5.0}, charged={"purchases": 50.0 / 1.1})) == ()
    refused(case, amounts, claimed(cash, {Y0: 5.0}), "charge of purchases", "45.454545 USD")


@pytest.mark.parametrize(("view", "cost"), [("payer", 55.0), ("national", 50.0)])
def test_duty_counts_in_the_payers_view_alone(view: str, cost: float) -> None:
    """10 % of 10 a tonne, on 5 t."""
    lane = Lane(name="taxed", material="product", origin="Concern", destination="Home", duty=S(0.1))
    amounts = replace(plain(1)[0], ship={("taxed", Y0, "exposed"): 5.0})
    claims = claimed({("purchases", Y0): 50.0, ("duty", Y0): 5.0}, {Y0: 5.0})
    case = little(lane, view=view)
    assert check_plan(case, amounts, replace(claims, cost=cost)) == ()
    refused(case, amounts, replace(claims, cost=105.0 - cost), "cost:")
    low = Supply(name="cheaper", place="Concern", material="product", price=S(4.0), limit=S(0.0))
    refused(little(lane, low, view=view), amounts, replace(claims, cost=cost), "cash of duty", "2.000000 USD")


# --- plants: 2 modules of 2 t ordered in 2030, from 2031, half in the first year, for 4 years

BUILT: dict[str, Any] = {
    "module": 2.0, "most_modules": 3, "capex": S(10.0), "lead": 1.0, "life": 4.0, "ramp": (0.5, 1.0),
    "fixed_cost": S(1.0), "site_cost": S(5.0),
}


def built(orders: Any = None, modules: Any = None, runs: tuple[float, float] = (2.0, 4.0), **families: Any) -> Plan:
    """The plant runs as it ramps; half of capex (40) and site cost (5) is used inside the horizon."""
    made = dict(zip((Y0, Y1, Y2), (0.0, *runs), strict=True))
    rest = {t: 5.0 - v for t, v in made.items()}
    amounts = Amounts(
        orders=orders or {("works", Y0): 1}, modules=modules or {("works", Y0): 2},
        run={("works", "make", t, "clear"): v for t, v in made.items() if v},
        buy={("feed", t): v for t, v in made.items() if v} | {("exposed", t): v for t, v in rest.items()},
        ship={("from concern", t, "exposed"): v for t, v in rest.items()},
        serve={("need", t, "clear"): v for t, v in made.items() if v}
        | {("need", t, "exposed"): v for t, v in rest.items()},
        **families,
    )
    cash = {("purchases", t): 2.0 * made[t] + 10.0 * rest[t] for t in made}
    cash |= {("fixed", Y1): 4.0, ("fixed", Y2): 4.0, ("capex", Y0): 40.0, ("site", Y0): 5.0}
    mean = (rest[Y1] + rest[Y2]) / 10.0
    return amounts, claimed(cash, rest, 1.0, mean, {"capex": 20.0, "site": 2.5})


def plant_case(*rows: Row, run: dict[str, object] | None = None, **plant: Any) -> Case:
    """Three years with the plant, some of its data changed."""
    return little(*works(*rows, run=run, **{**BUILT, **plant}), years=3)


def added(plan: Plan, cash: dict[tuple[str, int], float], charged: dict[str, float] | None = None) -> Plan:
    """The plan with more items of cash, charged as they are unless said otherwise."""
    amounts, claims = plan
    more = claimed(cash, {}, charged=charged)
    return amounts, replace(
        claims, cost=claims.cost + more.cost, cash={**claims.cash, **more.cash},
        charged={**claims.charged, **more.charged},
    )


def test_a_plant_that_is_built_and_ramps_is_accepted() -> None:
    assert check_plan(plant_case(), *built()) == ()


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        ({"ramp": (0.4, 1.0)}, (f"capacity of 'works' in {Y1}", "2.000000 t is above 1.600000 t")),
        ({"lead": 1.5}, (f"capacity of 'works' in {Y1}", "2.000000 t is above 1.000000 t")),
        ({"life": 1.5}, (f"capacity of 'works' in {Y2}", "4.000000 t is above 2.000000 t")),
        ({"run": {"qualification_delay": 1.0}}, ("qualified for 1 years", "2.000000 t is above 0.000000 t")),
        ({"window_from": Y1}, ("'works' ordered in 2030", "its window is 2031 to 2032")),
        ({"lead": 3.0}, ("it starts at 2033.00, after the end",)),
        ({"most_modules": 1}, ("2 modules in 1 orders, where 1 to 1 would fit",)),
        ({"least_modules": 3}, ("2 modules in 1 orders, where 3 to 3 would fit",)),
        ({"orders_at_most": 0}, ("ordered 1 times, at most 0",)),
        ({"ordered_in": (("2028", 0.0),)}, ("ordered 2 times, at most 1",)),
        ({"module": None}, ("it has no modules to order",)),
        ({"capex": S(11.0)}, ("cash of capex", "40.000000 USD is not 44.000000 USD")),
        ({"life": 8.0}, ("charge of capex", "20.000000 USD is not 10.000000 USD")),
        ({"profile": (0.5, 0.5)}, ("cash of capex", f"in {Y1}", "20.000000 USD")),
        ({"site_cost": S(6.0)}, ("cash of site",)),
        ({"fixed_cost": S(2.0)}, ("cash of fixed",)),
        ({"home_share": 0.5}, ("cash of capex", "40.000000 USD is not 20.000000 USD")),
        ({"home_share": 0.5, "partner_return": 0.0}, ("cash of annuity", "0.000000 USD is not 5.000000 USD")),
        ({"run": {"variable_cost": S(1.0)}}, ("cash of variable", f"in {Y2}", "4.000000 USD")),
    ],
)
def test_plants_keep_to_their_data(plant: dict[str, Any], words: tuple[str, ...]) -> None:
    refused(plant_case(**plant), *built(), *words)


def test_an_order_moved_by_a_year_is_refused() -> None:
    refused(plant_case(), *built(orders={("works", Y1): 1}), "2 modules in 0 orders")
    later = built(orders={("works", Y1): 1}, modules={("works", Y1): 2})
    refused(plant_case(), *later, f"capacity of 'works' in {Y1}", "2.000000 t is above 0.000000 t")
    refused(plant_case(), *later, "cash of capex", f"in {Y0}")


@pytest.mark.parametrize(
    ("permit", "signed", "accepted"),
    [
        ({}, (Y0, 1), True),
        ({}, None, False),
        ({}, (Y1, 1), False),
        ({"lead": 1.0}, (Y0, 1), True),
        ({"lead": 1.5}, (Y0, 1), False),
        ({"signed_in": 2029}, None, True),
        ({"signed_in": 2029, "term": 1.0}, None, False),
        ({"use": False}, None, False),
    ],
)
def test_an_order_needs_its_deals_in_force(
    permit: dict[str, Any], signed: tuple[int, int] | None, accepted: bool
) -> None:
    """Signed by the order, in force by the start in 2031, not expired at the order."""
    case = plant_case(Deal.model_validate({"name": "permit", **permit}), deals_to_order=(("permit",),))
    # years that nothing moves are left out of the mean: a permit moves 2030 already
    case = Case(case.settings.model_copy(update={"weights": S(1.0)}), case.sheets, case.origin)
    amounts, claims = built(sign={("permit", *signed): 1} if signed else {})
    claims = replace(claims, mean_dependence=9.0 / 15.0)
    if accepted:
        assert check_plan(case, amounts, claims) == ()
    else:
        refused(case, amounts, claims, "'works' is ordered in 2030 without permit in force")


def test_a_plant_runs_under_its_deals_only() -> None:
    case = plant_case(Deal(name="licence", signed_in=2029), deals_to_run=(("licence",),))
    through = {("licence", "Plants", "works", Y1): 2.0, ("licence", "Plants", "works", Y2): 4.0}
    assert check_plan(case, *built(alloc=through)) == ()
    refused(case, *built(), f"Plants[works] in {Y1}", "0.000000 t is not 2.000000 t")


# --- rules


@pytest.mark.parametrize(
    ("rule", "n", "names", "signed", "words"),
    [
        ("at most", 1, ("A", "B"), {"A": Y0, "B": Y1}, ("2 are chosen (A, B), at most 1",)),
        ("at least", 2, ("A", "B"), {"A": Y0}, ("1 are chosen (A), at least 2",)),
        ("exactly", 1, ("A", "B"), {}, ("0 are chosen, exactly 1",)),
        ("excludes", None, ("A", "B"), {"A": Y0, "B": Y1}, ("'A' and 'B' exclude each other",)),
        ("requires", None, ("A", "B"), {"A": Y0}, ("'A' is chosen in 2030 without 'B' by then",)),
        ("requires", None, ("A", "B"), {"A": Y0, "B": Y1}, ("'A' is chosen in 2030 without 'B' by then",)),
        ("requires", None, ("A", "off"), {"A": Y0}, ("'A' is chosen in 2030 without 'off' by then",)),
        ("excludes", None, ("A*", "B"), {"A2": Y0, "B": Y1}, ("'A2' and 'B' exclude each other",)),
        ("at most", 1, ("A", "B"), {"A": Y0}, ()),
        ("requires", None, ("A", "B"), {"A": Y1, "B": Y0}, ()),
        ("requires", None, ("A", "B"), {"B": Y0}, ()),
        ("excludes", None, ("A", "B"), {"B": Y0}, ()),
        ("excludes", None, ("off", "A", "B"), {"A": Y0, "B": Y0}, ()),
        ("excludes", None, ("off", "off"), {}, ()),
    ],
)
def test_rules_are_kept(
    rule: Any, n: int | None, names: tuple[str, ...], signed: dict[str, int], words: tuple[str, ...]
) -> None:
    """Deals without price or flow, so that nothing but the rule speaks of them."""
    rows = [Deal(name=name, use=name != "off") for name in ("A", "A2", "B", "off")]
    case = little(*rows, Rule(name="the rule", rule=rule, n=n, list=names), years=2)
    amounts, claims = plain()
    amounts = replace(amounts, sign={(name, year, 1): 1 for name, year in signed.items()})
    if words:
        refused(case, amounts, claims, "rule 'the rule'", *words)
    else:
        assert check_plan(case, amounts, claims) == ()


def test_plants_ordered_before_the_case_are_chosen() -> None:
    old = Plant(name="old", place="Home", module=1.0, ordered_in=(("2028", 1.0),))
    case = little(old, Rule(name="none", rule="at most", n=0, list=("old",)))
    refused(case, *plain(1), "rule 'none'", "1 are chosen (old)")


# --- incentives


def paid(tonnes: dict[int, float], rate: float = 1.0) -> Plan:
    """An incentive for the output of some years, as cash to the plant and from the state, both home."""
    plan = built(paid_output={("aid", "works", Y0, t): v for t, v in tonnes.items()})
    cash = {("incentives", t): -rate * v for t, v in tonnes.items()}
    return added(plan, cash | {("incentives paid", t): rate * v for t, v in tonnes.items()})


def aid(**incentive: Any) -> Case:
    """The plant's case with an incentive of 1 a tonne of the first operating year."""
    given = {"name": "aid", "plants": ("works",), "per_tonne": S(1.0), "last_operating_year": 1, **incentive}
    return plant_case(Incentive.model_validate(given))


@pytest.mark.parametrize(
    ("incentive", "tonnes", "words"),
    [
        ({}, {Y1: 2.0}, ()),
        ({}, {Y1: 2.1}, ("on the order of 'works' of 2030 in 2031", "2.100000 t is above 2.000000 t")),
        ({}, {Y1: 2.0, Y2: 1.0}, ("on the order of 'works' of 2030 in 2032", "1.000000 t is above 0.000000 t")),
        ({"first_operating_year": 2, "last_operating_year": None}, {Y2: 4.0}, ()),
        ({"cap_a_year": 1.0}, {Y1: 2.0}, ("cap a year of 'aid' in 2031", "2.000000 USD is above 1.000000 USD")),
        ({"cap_per_order": 1.0}, {Y1: 2.0}, ("cap of 'aid' on 'works' of 2030",)),
        ({"cap_total": 1.5}, {Y1: 2.0}, ("total cap of 'aid'", "2.000000 USD is above 1.500000 USD")),
        ({"per_tonne": S(2.0)}, {Y1: 2.0}, ("cash of incentives", "-2.000000 USD is not -4.000000 USD")),
        ({"plants": ("other",)}, {Y1: 2.0}, ("pays for output of 'works' in 2031, which it may not",)),
    ],
)
def test_incentives_keep_to_output_and_caps(
    incentive: dict[str, Any], tonnes: dict[int, float], words: tuple[str, ...]
) -> None:
    if words:
        refused(aid(**incentive), *paid(tonnes), *words)
    else:
        assert check_plan(aid(**incentive), *paid(tonnes)) == ()


def test_a_tonne_that_is_not_made_is_not_paid() -> None:
    """Of the 2 t that it could make, the plant makes 1 t."""
    amounts, claims = built(runs=(1.0, 4.0), paid_output={("aid", "works", Y0, Y1): 2.0})
    refused(aid(), amounts, claims, "incentive 'aid' on 'works' in 2031", "2.000000 t is above 1.000000 t")
    refused(aid(), amounts, claims, "incentive 'aid' at 'Home' in 2031", "2.000000 t is above 1.000000 t")


def test_a_grant_is_paid_by_size_and_charged_as_capex_is() -> None:
    """2 for each of 4 t a year: 8 in 2030, half of it charged."""
    def plan(money: float) -> Plan:
        cash = {("incentives", Y0): -money, ("incentives paid", Y0): money}
        charged = {"incentives": -money / 2, "incentives paid": money / 2}
        return added(built(grant={("aid", "works", Y0): money}), cash, charged)

    case = aid(per_tonne=None, per_capacity=S(2.0))
    assert check_plan(case, *plan(8.0)) == ()
    refused(case, *plan(8.1), "grant of 'aid' to 'works' in 2030", "8.100000 USD is above 8.000000 USD")
    refused(aid(), *plan(8.0), "grant of 'aid'", "above 0.000000 USD")


# --- limits and criteria


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"measure": "spend", "value": S(50.0)}, ()),
        ({"measure": "spend", "value": S(49.0)}, ("50.000000 USD is above 49.000000 USD",)),
        ({"measure": "spend", "value": S(49.0), "payer": "state"}, ()),
        ({"measure": "spend", "value": S(49.0), "heading": ("cap*",)}, ()),
        ({"measure": "spend", "value": S(49.0), "heading": ("pur*",)}, ("is above 49.000000 USD",)),
        ({"measure": "spend", "value": S(99.0), "over": "horizon"}, ("100.000000 USD is above 99.000000 USD",)),
        ({"measure": "spend", "value": S(51.0), "sense": "at least"}, ("is below 51.000000 USD",)),
        ({"measure": "tonnes", "value": S(4.0), "filter": filtered(lane="from*")}, ("5.000000 t is above 4.0",)),
        ({"measure": "tonnes", "value": S(4.0), "filter": filtered(lane="to*")}, ()),
        ({"measure": "tonnes", "value": S(9.0), "filter": filtered(supply="*"), "over": "horizon"},
         ("10.000000 t is above 9.000000 t",)),
        ({"measure": "tonnes", "value": S(4.0), "filter": filtered(demand="*", cls="exposed")}, ("is above 4.0",)),
        ({"measure": "tonnes", "value": S(4.0), "filter": filtered(demand="*", cls="clear")}, ()),
        ({"measure": "tonnes", "value": S(1.0), "filter": filtered(flow="short")}, ()),
        ({"measure": "share", "value": S(0.9), "filter": filtered(origin="Concern")}, ("5.000000 t is above 4.5",)),
        ({"measure": "share", "value": S(1.0), "filter": filtered(origin="Concern")}, ()),
        ({"measure": "share", "value": S(0.5), "filter": filtered(supply="*"), "of": filtered(destination="Home")},
         ("5.000000 t is above 2.500000 t",)),
        ({"measure": "dependence", "value": S(0.9)}, ("5.000000 t is above 4.500000 t",)),
        ({"measure": "capacity", "value": S(0.0)}, ()),
        ({"measure": "criterion", "value": S(0.0), "filter": filtered(criterion="jobs")}, ("10.000000 jobs is above",)),
    ],
)
def test_limits_of_every_measure(limit: dict[str, Any], words: tuple[str, ...]) -> None:
    """5 t a year for 50 from the place of concern, for two years; a job for every tonne bought."""
    row = Limit.model_validate({"name": "the limit", "sense": "at most", **limit})
    case = little(row, Criterion(criterion="jobs", unit="jobs", applies_to="exposed", per_tonne=1.0), years=2,
                  payers=("home", "state"))
    amounts, claims = plain()
    claims = replace(claims, criteria={"jobs": 10.0})
    if words:
        refused(case, amounts, claims, "limit 'the limit'", *words)
    else:
        assert check_plan(case, amounts, claims) == ()


def test_a_limit_is_broken_at_its_price_only() -> None:
    """5 t where 4 t may come: 1 t above, at 2 a tonne."""
    def case(price: float | None) -> Case:
        return little(Limit(name="cap", measure="tonnes", sense="at most", value=S(4.0), filter=filtered(lane="*"),
                            price_of_breaking=price))

    amounts = replace(plain(1)[0], broken={("cap", Y0): 1.0})
    claims = claimed({("purchases", Y0): 50.0, ("broken limits", Y0): 2.0}, {Y0: 5.0})
    assert check_plan(case(2.0), amounts, claims) == ()
    refused(case(3.0), amounts, claims, "cash of broken limits", "2.000000 USD is not 3.000000 USD")
    refused(case(None), amounts, claims, "limit 'cap' in 2030 is broken without a price")
    refused(case(2.0), replace(amounts, broken={("cap", Y0): 0.5}), claims, "limit 'cap'", "4.500000 t is above")


def test_capacity_and_criteria_of_a_plant() -> None:
    """4 t a year ramp from 2 t; 3 jobs a module and 1 a tonne make 6 + 6."""
    jobs = Criterion(criterion="jobs", unit="jobs", applies_to="works", per_module=3.0, per_tonne=1.0)
    amounts, claims = built()
    assert check_plan(plant_case(jobs), amounts, replace(claims, criteria={"jobs": 12.0})) == ()
    refused(plant_case(jobs), amounts, replace(claims, criteria={"jobs": 11.9}), "criterion 'jobs'", "12.000000 jobs")
    limit = Limit(name="size", measure="capacity", sense="at most", value=S(3.0), filter=filtered(plant="works"))
    refused(plant_case(limit), amounts, claims, "limit 'size' in 2032", "4.000000 t is above 3.000000 t")


def test_a_limit_on_a_deal_counts_its_meter() -> None:
    limit = Limit(name="partner", measure="share", sense="at most", value=S(0.3), filter=filtered(partner="Ally"))
    refused(deal_case(limit, partner="Ally"), *tolled(), "limit 'partner' in 2030", "2.000000 t is above 1.500000 t")
    refused(deal_case(limit, partner="Ally", meter="supply: prod*"), *tolled(), "limit 'partner' in 2030")
    assert check_plan(deal_case(limit, partner="Other"), *tolled()) == ()
