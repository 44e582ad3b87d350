"""Hand-solved: cost, limits, incentives, goals in order."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Filter, Incentive, Lane, Limit, Material, Plant, RecipeLine, Row, Run, Supply
from tests.cases.test_flows import FRIEND
from tests.cases.world import Runner, S, proves, world

MAKE = (
    RecipeLine(recipe="make", material="magnet", role="output", amount=1.0),
    Run(plant="works", recipe="make"),
)


def works(**fields: object) -> tuple[Row, ...]:
    """A works of one module of 100 t at home."""
    return (*MAKE, Plant(name="works", place="home", module=100.0, **fields))


@proves("cost")
def test_discounting_is_from_the_start_of_the_first_year(run: Runner) -> None:
    """At 21 %: 1,000 / 1.21**0.5 + 1,000 / 1.21**1.5 = 909.0909 + 751.3148 = 1,660.4057. Undiscounted 2,000."""
    assert run(world(years=2, discount_rate=0.21)).claims.cost == pytest.approx(1660.4057, abs=1e-3)


@proves("cost")
def test_capex_is_charged_by_use_inside_the_horizon(run: Runner) -> None:
    """100 t at 6 a tonne for a life of 4 years, 2 of them inside: half of 600 is charged, 300 in place of 2,000.
    Fixed cost of 1 a tonne a year adds 2 x 100. Charged whole it would be 800.
    """
    plan = run(world(*works(capex=S(6.0), life=4.0, fixed_cost=S(1.0)), years=2))
    assert plan.claims.cost == pytest.approx(500.0)
    assert plan.claims.cash["capex", "capex", "home", 2030] == pytest.approx(600.0)


@proves("cost")
def test_a_partner_pays_its_share_and_earns_an_annuity_or_keeps_output(run: Runner) -> None:
    """Capex 600 for 2 years, home pays half: 300 and an annuity at 0 % of 150 a year: 600 over both years. A partner
    that keeps a quarter leaves 75 t a year: 300 + 2 x 25 x 10 = 800, its credit being nothing (no variable cost).
    """
    annuity = run(world(*works(capex=S(6.0), life=2.0, home_share=0.5, partner_return=0.0), years=2))
    assert annuity.claims.cost == pytest.approx(600.0)
    keeps = run(world(*works(capex=S(6.0), life=2.0, home_share=0.5, partner_keeps=0.25), years=2))
    assert keeps.claims.cost == pytest.approx(800.0)


@proves("cost")
def test_the_national_view_leaves_transfers_out(run: Runner) -> None:
    """Duty of 20 % on the rival's 10 is 2 a tonne: 1,200 to the payer, 1,000 to the nation; with the friend at 11 and
    duty free the payer buys there (60 x 11 + 40 x 12 = 1,140), the nation does not.
    """
    taxed = Lane(name="from rival", material="magnet", origin="rival", destination="home", duty=S(0.2))
    friend = Supply(name="friend's", place="friend", material="magnet", price=S(11.0), limit=S(60.0))
    assert run(world(taxed, friend, FRIEND[1])).claims.cost == pytest.approx(1140.0)
    assert run(world(taxed, friend, FRIEND[1], view="national")).claims.cost == pytest.approx(1000.0)


def limit(measure: str, sense: str, value: float, *terms: tuple[str, str], **fields: object) -> Limit:
    """A limit on a filter of single patterns."""
    given = Filter(terms=tuple((key, (pattern,)) for key, pattern in terms)) if terms else None
    return Limit.model_validate(
        {"name": "cap", "measure": measure, "sense": sense, "value": S(value), "filter": given, **fields}
    )


@pytest.mark.parametrize(
    ("row", "cost"),
    [
        (limit("spend", "at most", 1080.0), 1080.0),
        (limit("tonnes", "at least", 25.0, ("lane", "from friend")), 1100.0),
        (limit("share", "at most", 0.7, ("lane", "from rival")), 1120.0),
        (limit("dependence", "at most", 0.5), 1200.0),
        (limit("dependence", "at most", 0.5, price_of_breaking=3.0), 1150.0),
        (limit("tonnes", "at least", 25.0, ("supply", "friend's"), over="horizon"), 1100.0),
    ],
)
@proves("limits")
def test_limits(run: Runner, row: Limit, cost: float) -> None:
    """All from the rival is 1,000; each tonne from the friend 4 more. Spending at most 1,080 binds only a goal that
    would spend more: here dependence is least within it, 20 t from the friend. 25 t: 1,100. At most 70 % from the
    rival: 30 t, 1,120. Dependence at most 50 %: 1,200, or broken at 3 a tonne for 50 t: 1,150.
    """
    goal = "dependence" if row.measure == "spend" else "cost"
    then = ("cost",) if row.measure == "spend" else ()
    assert run(world(*FRIEND, row), goal=goal, then=then).claims.cost == pytest.approx(cost, rel=1e-5)


@proves("limits")
def test_capacity_and_converted_tonnes_are_limited(run: Runner) -> None:
    """A free works of 100 t saves 1,000 unless capacity at home is held to 50 t, when it cannot be had: 1,000. Oxide
    for 40 % of a magnet: at most 30 t of magnets converted is at most 12 t of oxide.
    """
    capped = limit("capacity", "at most", 50.0, ("place", "home"))
    assert run(world(*works())).claims.cost == pytest.approx(0.0, abs=1e-6)
    assert run(world(*works(), capped)).claims.cost == pytest.approx(1000.0)
    rows = (
        Material(name="oxide", stage="oxide"),
        Material(name="magnet", stage="magnet", needs=(("oxide", 0.4),)),
        RecipeLine(recipe="make", material="oxide", role="input", amount=0.4),
        Supply(name="oxide", place="home", material="oxide", price=S(0.0)),
        limit("tonnes", "at most", 30.0, ("supply", "oxide"), converted_to="magnet"),
    )
    plan = run(world(*works(), *rows))
    assert plan.amounts.buy["oxide", 2030] == pytest.approx(12.0)
    assert plan.claims.cost == pytest.approx(700.0)


@proves("incentives")
def test_incentives_pay_for_output_and_capacity_up_to_their_caps(run: Runner) -> None:
    """Works of 100 t at 15 a tonne: 1,500 against 2 x 1,000. Output is paid 4 a tonne in its first year, at most 300:
    1,500 - 300; capacity 2 a tonne: 1,500 - 300 - 200 = 1,000. Without caps 900; without incentives 1,500.
    """
    output = {"name": "output", "plants": ("works",), "per_tonne": S(4.0), "last_operating_year": 1}
    capacity = Incentive(name="capacity", plants=("works",), per_capacity=S(2.0))
    capped = Incentive(**output, cap_total=300.0)
    plan = run(world(*works(capex=S(15.0)), capped, capacity, years=2))
    assert plan.claims.cost == pytest.approx(1000.0)
    free = run(world(*works(capex=S(15.0)), Incentive(**output), capacity, years=2))
    assert free.claims.cost == pytest.approx(900.0)
    assert sum(free.amounts.paid_output.values()) == pytest.approx(100.0)


@proves("dependence", "cost")
def test_goals_in_order_hold_what_was_reached(run: Runner) -> None:
    """Least dependence first: 40 %, at the least cost for it: 60 x 14 + 40 x 10 = 1,240. Cost alone: 1,000 at 100 %.
    A budget of 1,100 allows 25 t: 75 %; so does one of 100 above least cost. A cap of 70 % costs 1,120.
    """
    case = world(*FRIEND)
    plan = run(case, goal="dependence", then=("cost",))
    assert (plan.claims.dependence, plan.claims.cost) == (pytest.approx(0.4), pytest.approx(1240.0))
    assert run(case, goal="dependence", then=(), budget=1100.0).claims.dependence == pytest.approx(0.75)
    above = world(*FRIEND, budget_above_least_cost=100.0)
    assert run(above, goal="dependence", then=()).claims.dependence == pytest.approx(0.75)
    assert run(case, cap=0.7).claims.cost == pytest.approx(1120.0)
