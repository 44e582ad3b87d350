"""Hand-solved: a deal that is signed and never closes (MODEL.md 7: ``active_s = closes active``)."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Criterion, Deal, Limit, Payment, Row, Rule
from tests.cases.little import filtered, little, offer, works
from tests.cases.test_deals import SIGNED
from tests.cases.world import Runner, S, proves


def agreed(chance: float = 1.0) -> list[Row]:
    """A deal of two years that costs 3 to sign, 2 a year, 1 a tonne, and 7 at its signing and a year after it."""
    payments = (Payment(deal="deal", years_after=after, amount=7) for after in (0.0, 1.0))
    return [*offer(signing_cost=S(3), yearly_cost=S(2), fee=S(1), least=S(2), chance=chance), *payments]


@proves("deals", "items")
def test_signed_before_the_future_is_known(run: Runner) -> None:
    """Signed by rule and never in force, it costs its signing alone: 2 x 50 + 3 = 103, and its least take is not due.

    Closing, it brings 4 t in each year: 100 - 8 x 4 + 3 + 2 x 2 + 8 x 1 + 2 x 7 = 97. Not forced, it is left out: 100.
    """
    plan = run(little(*agreed(0.0), SIGNED, years=2))
    assert plan.claims.cost == pytest.approx(103)
    assert [name for name, _, _ in plan.amounts.sign] == ["deal"]
    assert (plan.active, plan.volume) == ({}, {})
    assert run(little(*agreed(), SIGNED, years=2)).claims.cost == pytest.approx(97)
    assert run(little(*agreed(0.0), years=2)).claims.cost == pytest.approx(100)


@proves("deals")
def test_a_chance_above_nothing_plays_no_part_in_one_plan(run: Runner) -> None:
    """At a chance of 10 % the plan is that of a deal that closes: 50 - 16 + 10 = 44; in expectation it would be 50."""
    assert run(little(*offer(signing_cost=S(10), chance=0.1))).claims.cost == pytest.approx(44)


@proves("deals")
def test_what_was_signed_before_the_case_has_closed(run: Runner) -> None:
    """Signed in 2029, 4 t come at 6: 50 - 16 = 34; were it lost by its chance, 50."""
    assert run(little(*offer(signed_in=2029, chance=0.0))).claims.cost == pytest.approx(34)


@proves("items", "criteria", "limits")
def test_no_renewal_is_paid_for(run: Runner) -> None:
    """Two terms of a year are asked for: signed at once for both they cost 3 once, 103; each by itself 106.

    Closing, both terms are paid for and bring 4 t each: 100 - 32 + 6 = 74.
    """
    counted: list[Row] = [
        Criterion(criterion="talks", applies_to="deal", per_signing=1.0),
        Limit(name="both", measure="criterion", filter=filtered(criterion="talks"), sense="at least", value=S(2)),
    ]
    lost = run(little(*offer(term=1.0, signing_cost=S(3), chance=0.0), *counted, years=2))
    assert lost.claims.cost == pytest.approx(103)
    assert set(lost.amounts.sign) == {("deal", 2030, 2)}
    assert run(little(*offer(term=1.0, signing_cost=S(3)), *counted, years=2)).claims.cost == pytest.approx(74)


@proves("orders", "deals")
@pytest.mark.parametrize(("to_run", "cost"), [(False, 18), (True, 53)])
def test_what_it_lets_be_ordered_was_ordered_in_good_faith(run: Runner, to_run: bool, cost: float) -> None:
    """A plant of 5 t for 5 saves 8 a tonne, its licence costs 3 and is signed by rule: 50 - 40 + 5 + 3 = 18.

    Where the licence is to run as well, nothing can be made, and nothing is ordered: 50 + 3 = 53.
    """
    licence = Deal(name="deal", signing_cost=S(3), chance=0.0)
    plant = works(module=5.0, capex=S(1), deals_to_order=(("deal",),), deals_to_run=(("deal",),) if to_run else ())
    assert run(little(*plant, licence, SIGNED)).claims.cost == pytest.approx(cost)


@proves("rules")
def test_rules_count_it_as_signed(run: Runner) -> None:
    """A deal that requires another costs that one's signing too: 50 - 16 + 2 = 36, without the rule 34."""
    first = offer(name="first", signing_cost=S(2), chance=0.0)
    after = Rule(name="after", rule="requires", list=("deal", "first"))
    assert run(little(*offer(), *first, after)).claims.cost == pytest.approx(36)
    assert run(little(*offer(), *first)).claims.cost == pytest.approx(34)
