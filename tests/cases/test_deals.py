"""MODEL.md 4.2: what a deal opens, takes and costs."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Deal, Lane, Material, Place, Plant, RecipeLine, Row, Rule, Run, Supply
from tests.cases.little import little, offer, works
from tests.cases.world import Runner, S, proves

SIGNED = Rule(name="signed", rule="at least", n=1, list=("deal",))
"""The deal must be signed, wanted or not."""


def opened(*groups: tuple[str, ...], price: float = 6.0) -> list[Row]:
    """Clear product from the ally without a limit, opened by deals."""
    return [
        Supply(name="clear", place="Ally", material="product", price=S(price), deals=groups),
        Lane(name="from ally", material="product", origin="Ally", destination="Home"),
    ]


@proves("deals")
@pytest.mark.parametrize(("signing", "cost"), [(10, 44), (20, 50)])
def test_nothing_flows_without_the_deal(run: Runner, signing: float, cost: float) -> None:
    """The deal saves 16: signed for 10 the plan costs 50 - 16 + 10 = 44, for 20 it is left out and nothing flows.

    Were the supply open without it, the plan would cost 34 at either price.
    """
    assert run(little(*offer(signing_cost=S(signing)))).claims.cost == pytest.approx(cost)


@proves("deals")
def test_least_take_is_taken(run: Runner) -> None:
    """Signed by rule, at least 3 t must really come at 12 instead of 10: 56.

    Could the take be met with allocated air, the plan would cost 50.
    """
    plan = run(little(*offer(12, least=S(3)), SIGNED))
    assert plan.claims.cost == pytest.approx(56)
    assert plan.volume == pytest.approx({("deal", 2030): 3})


@proves("deals")
def test_most(run: Runner) -> None:
    """At most 2 of the 4 t may come under the deal: 50 - 2 x 4 = 42; without the band 34."""
    assert run(little(*offer(most=S(2)))).claims.cost == pytest.approx(42)


@proves("deals")
@pytest.mark.parametrize(("charge", "cost", "missed"), [(1, 53, 3), (3, 56, 0)])
def test_missed_take(run: Runner, charge: float, cost: float, missed: float) -> None:
    """3 t at 2 dearer each, or a charge: missed at 1 (50 + 3), taken at 3 (50 + 6). Without a charge always 56."""
    plan = run(little(*offer(12, least=S(3), missed_charge=S(charge)), SIGNED))
    assert plan.claims.cost == pytest.approx(cost)
    assert sum(plan.amounts.missed.values()) == pytest.approx(missed)


@proves("deals", "items")
@pytest.mark.parametrize(("fee", "cost"), [(1, 38), (5, 50)])
def test_fee_is_on_volume(run: Runner, fee: float, cost: float) -> None:
    """4 t save 4 each less a fee: 50 - 4 x 3 = 38 at a fee of 1, and nothing is taken at 5. Without a fee 34."""
    assert run(little(*offer(fee=S(fee)))).claims.cost == pytest.approx(cost)


@proves("deals")
def test_band_of_a_part_of_a_year(run: Runner) -> None:
    """In force from the middle of the year, half of a least take of 3 t at 12 is due: 50 + 3 = 53, in full 56.

    Half of a most of 2 t at 6 may come: 50 - 4 = 46, in full 42.
    """
    assert run(little(*offer(12, lead=0.5, least=S(3)), SIGNED)).claims.cost == pytest.approx(53)
    assert run(little(*offer(6, None, lead=0.5, most=S(2)))).claims.cost == pytest.approx(46)


@proves("deals")
def test_limit_of_a_part_of_a_year(run: Runner) -> None:
    """In force from the middle of the year, half of the 4 t that the supply has: 50 - 2 x 4 = 42, in full 34."""
    assert run(little(*offer(lead=0.5))).claims.cost == pytest.approx(42)


@proves("deals", "items")
def test_yearly_cost_of_a_part_of_a_year(run: Runner) -> None:
    """Half a year of 2 a year on top of 42: 43. In full it would be 44."""
    assert run(little(*offer(lead=0.5, yearly_cost=S(2)))).claims.cost == pytest.approx(43)


@proves("deals")
def test_any_of_a_group_adds_up(run: Runner) -> None:
    """One supply opened by A (5, at most 2 t) or B (3, at most 1 t): 50 - 8 + 5 - 4 + 3 = 46 with both signed.

    Were either enough to open all of it, B alone would bring 5 t: 50 - 20 + 3 = 33.
    """
    deals = [Deal(name="A", signing_cost=S(5), most=S(2)), Deal(name="B", signing_cost=S(3), most=S(1))]
    plan = run(little(*opened(("A", "B")), *deals))
    assert plan.claims.cost == pytest.approx(46)
    assert plan.volume == pytest.approx({("A", 2030): 2, ("B", 2030): 1})


@proves("deals")
def test_all_of_several_groups(run: Runner) -> None:
    """Opened by A (5) and B (3) together, at most 4 t under A: 50 - 16 + 8 = 42. Were A enough: 39."""
    deals = [Deal(name="A", signing_cost=S(5), most=S(4)), Deal(name="B", signing_cost=S(3))]
    assert run(little(*opened(("A",), ("B",)), *deals)).claims.cost == pytest.approx(42)
    assert run(little(*opened(("A",)), deals[0])).claims.cost == pytest.approx(39)


@proves("deals", "capacity")
def test_deals_share_a_plant(run: Runner) -> None:
    """A plant of 4 t run under A or B, each for 1 and at most 3 t: 50 - 4 x 8 + 2 = 20.

    Were its capacity there for each deal anew, it would make 5 t: 12. With A alone 50 - 24 + 1 = 27.
    """
    deals = [Deal(name=name, signing_cost=S(1), most=S(3)) for name in ("A", "B")]
    plan = run(little(*works(capacity=S(4), deals_to_run=(("A", "B"),)), *deals))
    assert plan.claims.cost == pytest.approx(20)
    alone = run(little(*works(capacity=S(4), deals_to_run=(("A",),)), deals[0]))
    assert alone.claims.cost == pytest.approx(27)


def tolling(meter: str | None) -> list[Row]:
    """5 t of product made by the ally from 2 t each of feed from home, both ways under one deal with a fee of 0.1."""
    return [
        Deal(name="toll", fee=S(0.1), meter=meter),
        *(Material(name=name, stage=name, basis="metal", price=S(2)) for name in ("product", "feed")),
        Plant(name="toller", place="Ally", capacity=S(9)),
        Run(plant="toller", recipe="make", variable_cost=S(1)),
        RecipeLine(recipe="make", material="product", role="output", amount=1.0),
        RecipeLine(recipe="make", material="feed", role="input", amount=2.0),
        Supply(name="feed", place="Home", material="feed", price=S(2)),
        Lane(name="out", material="feed", origin="Home", destination="Ally", deals=(("toll",),)),
        Lane(name="back", material="product", origin="Ally", destination="Home", deals=(("toll",),)),
    ]


@proves("deals")
@pytest.mark.parametrize(("meter", "fee"), [("lanes: product", 0.5), ("lanes: feed", 1.0), (None, 1.5)])
def test_meter(run: Runner, meter: str | None, fee: float) -> None:
    """5 t x (4 + 1) = 25; 0.1 on 5 t of product, on 10 t of feed, or on all 15 t that the deal opens."""
    assert run(little(*tolling(meter))).claims.cost == pytest.approx(25 + fee)


@proves("deals")
def test_meter_on_a_plant_to_run(run: Runner) -> None:
    """A licence of 1 a tonne of output: 5 t x (2 + 1) = 15; without the royalty 10."""
    licence = Deal(name="licence", fee=S(1))
    plan = run(little(*works(capacity=S(5), deals_to_run=(("licence",),)), licence))
    assert plan.claims.cost == pytest.approx(15)


@proves("deals")
def test_a_deal_switched_off_is_dropped(run: Runner) -> None:
    """Of A or B with A off, B opens the supply (46 at 1 t); of A alone, off, nothing does (50); with A on 30."""
    off = Deal(name="A", use=False)
    one = run(little(*opened(("A", "B")), off, Deal(name="B", most=S(1))))
    assert one.claims.cost == pytest.approx(46)
    assert run(little(*opened(("A",)), off)).claims.cost == pytest.approx(50)


@proves("deals", "capacity")
def test_plant_to_run_in_force_for_a_part_of_a_year(run: Runner) -> None:
    """A plant of 5 t has no limit but its capacity: a deal in force for half the year opens all of it, 10 for 50.

    The part of the year scales limits of supplies and lanes (as in 42 above), not what a plant can do.
    """
    licence = Deal(name="licence", lead=0.5)
    plan = run(little(*works(capacity=S(5), deals_to_run=(("licence",),)), licence))
    assert plan.claims.cost == pytest.approx(10)


@proves("deals")
def test_a_deal_opens_a_lane(run: Runner) -> None:
    """A lane of 3 t opened by a deal, the supply itself open: 50 - 3 x 4 = 38; without the lane's own limit 30."""
    rows: list[Row] = [
        Place(name="Port"), Deal(name="deal"),
        Supply(name="clear", place="Port", material="product", price=S(6)),
        Lane(name="ferry", material="product", origin="Port", destination="Home", limit=S(3), deals=(("deal",),)),
    ]
    assert run(little(*rows)).claims.cost == pytest.approx(38)
