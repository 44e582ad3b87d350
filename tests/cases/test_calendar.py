"""MODEL.md 4.1: when what is signed or ordered works."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Payment
from optimizer.solve.plan import Plan
from tests.cases.little import FIRST, from_first, little, offer, works
from tests.cases.world import Runner, S, proves


def signed(plan: Plan) -> dict[tuple[str, int, int], int]:
    return dict(plan.amounts.sign)


@proves("signings", "deals")
def test_lead(run: Runner) -> None:
    """Signed in 2030 with lead 1.25 a deal starts in 2031.25: three quarters of 4 t in 2031, saving 3 x 4 of 100.

    Without the lead it would save 2 x 16 and cost 68.
    """
    plan = run(little(*offer(lead=1.25), years=2))
    assert plan.claims.cost == pytest.approx(88)
    assert plan.active == pytest.approx({("deal", 2031): 0.75})
    assert run(little(*offer(), years=2)).claims.cost == pytest.approx(68)


@proves("signings", "deals")
def test_deciding_point_of_a_deal(run: Runner) -> None:
    """The decisions of 2030 fall in its middle: 2 t in 2030 and 4 t in 2031, saving 24, for 3: 100 - 24 + 3 = 79.

    Were they to fall at its start, the deal would save 32 and the plan cost 71.
    """
    rows = offer(signing_cost=S(3), window_to=FIRST)
    assert run(little(*rows, years=2, deciding_point=from_first(0.5, 0))).claims.cost == pytest.approx(79)
    assert run(little(*rows, years=2)).claims.cost == pytest.approx(71)


@proves("capacity", "orders")
def test_deciding_point_of_an_order(run: Runner) -> None:
    """Ordered at 2030.5 with lead 0.5, a plant of 4 t starts in 2031: 100 - 4 x 8 + 4 = 72 with capex of 4.

    Were the order to fall at the start of 2030, 2 t more would be made in 2030: 56.
    """
    rows = works(module=4.0, capex=S(1), lead=0.5, window_to=FIRST)
    assert run(little(*rows, years=2, deciding_point=from_first(0.5, 0))).claims.cost == pytest.approx(72)
    assert run(little(*rows, years=2)).claims.cost == pytest.approx(56)


@proves("signings")
def test_terms_and_renewals(run: Runner) -> None:
    """Terms of a year at 3 each are renewed twice: 150 - 3 x 16 + 9 = 111.

    With one signing at most there is one year of it: 150 - 16 + 3 = 137.
    """
    renewed = run(little(*offer(term=1.0, signing_cost=S(3)), years=3))
    assert renewed.claims.cost == pytest.approx(111)
    assert sum(terms * times for (_, _, terms), times in signed(renewed).items()) == 3
    once = run(little(*offer(term=1.0, signing_cost=S(3), signings_at_most=1), years=3))
    assert once.claims.cost == pytest.approx(137)


@proves("signings", "items")
def test_each_term_has_the_signing_cost_of_its_own_year(run: Runner) -> None:
    """Signed for 3, 5 and 20, a term saves 16: the third is left out, 150 - 32 + 8 = 126.

    Were every term paid at the price of the first signing, all three would be signed: 150 - 48 + 9 = 111.
    """
    rows = offer(term=1.0, signing_cost=from_first(3, 5, 20), window_to=FIRST)
    plan = run(little(*rows, years=3))
    assert plan.claims.cost == pytest.approx(126)
    assert signed(plan) == {("deal", FIRST, 2): 1}


@proves("signings")
def test_terms_of_one_deal_do_not_overlap(run: Runner) -> None:
    """At most 2 t a year in force for terms of two years: 2 t in each of two years, 100 - 16 = 84.

    Could 2031 lie in a term of 2030 and in one of 2031 too, 4 t would come in 2031: 76.
    """
    assert run(little(*offer(term=2.0, most=S(2)), years=2)).claims.cost == pytest.approx(84)


@proves("signings", "deals")
def test_signed_before_the_case(run: Runner) -> None:
    """Signed in 2028 for three years, it is in force in 2030 at no new signing cost, and over in 2031: 100 - 16 = 84.

    As an offer that must be signed for 99 it would be left out: 100.
    """
    rows = offer(signed_in=2028, term=3.0, signings_at_most=1, signing_cost=S(99))
    assert run(little(*rows, years=2)).claims.cost == pytest.approx(84)
    fresh = offer(term=3.0, signings_at_most=1, signing_cost=S(99))
    assert run(little(*fresh, years=2)).claims.cost == pytest.approx(100)


@proves("signings")
def test_signed_again_after_a_term_from_before_the_case(run: Runner) -> None:
    """Signed in 2028 for two years it is over in 2030 and may be signed again for 3: 100 - 32 + 3 = 71.

    Where one signing is allowed, the old one was it: 100. Signed in 2029 it lasts through 2030, and a second term may
    start in 2031, one of its two years inside: 100 - 32 + 1.5 = 69.5.
    """
    terms = {"term": 2.0, "signing_cost": S(3)}
    assert run(little(*offer(signed_in=2028, signings_at_most=2, **terms), years=2)).claims.cost == pytest.approx(71)
    assert run(little(*offer(signed_in=2028, signings_at_most=1, **terms), years=2)).claims.cost == pytest.approx(100)
    assert run(little(*offer(signed_in=2029, signings_at_most=2, **terms), years=2)).claims.cost == pytest.approx(69.5)


@proves("signings", "items")
def test_terms_shorter_than_a_year(run: Runner) -> None:
    """Terms of half a year at 1 in 2030 and 3 in 2031: all four, 100 - 32 + 2 + 6 = 76; at 3 in both years 80.

    With one signing at most, one half year: 100 - 8 + 1 = 93.
    """
    rows = offer(term=0.5, signing_cost=from_first(1, 3), window_to=FIRST)
    assert run(little(*rows, years=2)).claims.cost == pytest.approx(76)
    once = offer(term=0.5, signing_cost=from_first(1, 3), signings_at_most=1)
    assert run(little(*once, years=2)).claims.cost == pytest.approx(93)


@proves("signings", "items")
def test_a_term_across_two_years(run: Runner) -> None:
    """A term of a year from 2030.5 is half of 2030 and half of 2031: 2 t each.

    In 2032 it is over: 150 - 16 + 3 = 137, and with a second term 150 - 32 + 6 = 124.
    """
    terms = {"lead": 0.5, "term": 1.0, "signing_cost": S(3), "window_to": FIRST}
    once = run(little(*offer(signings_at_most=1, **terms), years=3))
    assert once.claims.cost == pytest.approx(137)
    assert once.active == pytest.approx({("deal", 2030): 0.5, ("deal", 2031): 0.5})
    assert run(little(*offer(signings_at_most=2, **terms), years=3)).claims.cost == pytest.approx(124)


@proves("signings", "items")
@pytest.mark.parametrize(("after", "paid"), [(1.0, 0.0), (2.0, 4.0)])
def test_payments_of_what_was_signed_before(run: Runner, after: float, paid: float) -> None:
    """8 paid in 2029 is past; 8 paid in 2030 is charged by half, one year of the two left of a term to 2032.

    50 - 16 + 0 or 4. Counted from the signing, the year inside would be one of four: 36.
    """
    rows = offer(signed_in=2028, term=4.0, signings_at_most=1)
    plan = run(little(*rows, Payment(deal="deal", years_after=after, amount=8.0)))
    assert plan.claims.cost == pytest.approx(34 + paid)


@proves("signings")
def test_window(run: Runner) -> None:
    """A deal that can be signed from 2031 on works from 2031 on: 100 - 16 = 84; without the window 68."""
    plan = run(little(*offer(window_from=2031), years=2))
    assert plan.claims.cost == pytest.approx(84)
    assert signed(plan) == {("deal", 2031, 1): 1}


@proves("capacity")
def test_lead_ramp_and_life(run: Runner) -> None:
    """4 t from 2030.5 at half for a year, full for a second, then gone: 1, 3 and 2 t; 150 - 6 x 8 + 4 = 106.

    Without the ramp 2, 4 and 2 t (90); without the end of life 1, 3 and 4 t (90); without the lead 2, 4 and 0 t (106,
    told by the years).
    """
    rows = works(module=4.0, capex=S(1), lead=0.5, ramp=(0.5, 1.0), life=2.0, window_to=FIRST)
    plan = run(little(*rows, years=3))
    assert plan.claims.cost == pytest.approx(106)
    made = {t: x for (_, _, t, _), x in plan.amounts.run.items()}
    assert made == pytest.approx({2030: 1, 2031: 3, 2032: 2})


@proves("capacity", "orders", "items")
def test_ordered_before_the_case(run: Runner) -> None:
    """Ordered in 2029, 4 t are in their second operating year in 2030: full, paid for, and 0.5 a tonne fixed cost.

    50 - 32 + 2 = 20. Ordered in 2030 they would be half ramped and paid: 50 - 16 + 2 + 4 = 40.
    """
    terms = {"module": 4.0, "capex": S(1), "ramp": (0.5, 1.0), "fixed_cost": S(0.5)}
    assert run(little(*works(**terms, ordered_in=(("2029", 1.0),)))).claims.cost == pytest.approx(20)
    assert run(little(*works(**terms))).claims.cost == pytest.approx(40)
