"""MODEL.md 4.8: limits of every measure."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Criterion, Demand, Limit, Material, Row, Series
from tests.cases.little import FIRST, filtered, from_first, little, offer, source, works
from tests.cases.world import Runner, S, proves


def limit(measure: str, value: object, sense: str = "at most", **terms: object) -> Limit:
    series = S(value) if isinstance(value, int | float) else value
    return Limit.model_validate({"name": "limit", "measure": measure, "sense": sense, "value": series, **terms})


MODULES = works(module=1.0, capex=S(1), most_modules=5, orders_at_most=5)
"""Modules of 1 t at 1 each, of which each saves 8 a year."""
IN_2030 = works(module=1.0, capex=S(1), most_modules=5, life=4.0, window_to=FIRST)
"""The same for four years, ordered in 2030."""


@proves("limits", "cost")
def test_spend_by_year_is_cash(run: Runner) -> None:
    """At most 3 of capex a year: 3 modules in 2030, 2 in 2031, 8 t made in all: 100 - 64 + 5 = 41; without it 25."""
    row = limit("spend", 3, heading=("capex",))
    assert run(little(*MODULES, row, years=2)).claims.cost == pytest.approx(41)


@proves("limits", "cost")
def test_spend_over_the_horizon_is_charged_by_use(run: Runner) -> None:
    """Two of four years are used, so a module counts 0.5: at most 2 are 4 modules, 100 - 64 + 2 = 38.

    Were cash counted, 2 modules: 100 - 32 + 1 = 69; by year the cash of 2030 is what counts: 69 too.
    """
    row = limit("spend", 2, heading=("capex",), over="horizon")
    assert run(little(*IN_2030, row, years=2)).claims.cost == pytest.approx(38)
    assert run(little(*IN_2030, limit("spend", 2, heading=("capex",)), years=2)).claims.cost == pytest.approx(69)


@proves("limits", "items")
@pytest.mark.parametrize(
    ("terms", "cost"),
    [
        ({"payer": "state"}, 50),
        ({"payer": "home"}, 37),
        ({"heading": ("agreement",)}, 50),
        ({"heading": ("agree*", "fees")}, 50),
        ({"heading": ("signing",)}, 37),
    ],
)
def test_spend_of_a_payer_or_under_a_heading(run: Runner, terms: dict[str, object], cost: float) -> None:
    """A deal of the state for 3 under the heading agreement: none of it fits under 2, and home spends no such money.

    50 - 16 + 3 = 37 where the limit does not catch it.
    """
    rows = offer(signing_cost=S(3), payer="state", heading="agreement")
    row = limit("spend", 2 if terms != {"payer": "home"} else 34, **terms)
    assert run(little(*rows, row, payers=("home", "state"))).claims.cost == pytest.approx(cost)


@proves("limits", "items")
def test_shortage_is_no_spending_of_a_year(run: Runner) -> None:
    """20 a year buy 2 of 5 t, 3 t go short at 12: 56; without the limit 50. Were shortage spent money: no plan."""
    soft = Demand(name="soft", sector="soft", place="Home", material="product", tonnes=S(5), floor=S(0),
                  shortage_cost=S(12))
    assert run(little(soft, limit("spend", 20), need=0.0)).claims.cost == pytest.approx(56)
    assert run(little(soft, need=0.0)).claims.cost == pytest.approx(50)


@proves("limits", "items")
def test_spend_of_at_least(run: Runner) -> None:
    """At least 7 of capex: 7 modules of which 5 are needed, 50 - 40 + 7 = 17; without it 15."""
    rows = works(module=1.0, capex=S(1), most_modules=9)
    row = limit("spend", 7, "at least", heading=("capex",))
    assert run(little(*rows, row)).claims.cost == pytest.approx(17)


@proves("limits")
@pytest.mark.parametrize(
    ("terms", "cost"),
    [
        ({"filter": filtered(origin="Concern")}, 104),
        ({"filter": filtered(flow="supply", place="Con*")}, 104),
        ({"filter": filtered(flow="demand", sector="need", cls="exposed")}, 104),
        ({"filter": filtered(origin="Concern"), "over": "horizon"}, 107),
        ({"filter": filtered(origin="Ally"), "sense": "at least"}, 106),
        ({"filter": filtered(origin="Ally"), "sense": "at least", "over": "horizon"}, 103),
        ({"filter": filtered(origin="Concern|Ally"), "sense": "at least"}, 100),
    ],
)
def test_tonnes(run: Runner, terms: dict[str, object], cost: float) -> None:
    """Clear product is 1 dearer than that of concern: at most 3 t a year of the latter 100 + 4, over both years 107.

    At least 3 t a year from the ally: 106, over both years 103. All together at least 3 t: 100, as without it.
    """
    row = limit("tonnes", 3, **{"sense": "at most", **terms})
    assert run(little(*source(11), row, years=2)).claims.cost == pytest.approx(cost)


@proves("limits")
def test_values_by_year(run: Runner) -> None:
    """At most 5 t in 2030 and 1 t in 2032, so 3 t in 2031: 0, 2 and 4 t at 1 more: 156; held at 5 t: 150."""
    series = Series(points=((2030, 5.0), (2032, 1.0)))
    row = limit("tonnes", series, filter=filtered(origin="Concern"))
    assert run(little(*source(11), row, years=3)).claims.cost == pytest.approx(156)


@proves("limits", "capacity")
def test_capacity(run: Runner) -> None:
    """At most 3 t a year of capacity at home: 50 - 24 + 3 = 29, without it 15. At least 7 t: 50 - 40 + 7 = 17."""
    rows = works(module=1.0, capex=S(1), most_modules=9)
    assert run(little(*rows, limit("capacity", 3, filter=filtered(place="Home")))).claims.cost == pytest.approx(29)
    floor = limit("capacity", 7, "at least", filter=filtered(plant="works"))
    assert run(little(*rows, floor)).claims.cost == pytest.approx(17)


@proves("limits")
def test_share_of_demand(run: Runner) -> None:
    """One partner at most 40 % of 5 t: 2 t under its deal, 50 - 8 = 42; without the limit 30."""
    rows = offer(limit=None, partner="A")
    row = limit("share", 0.4, filter=filtered(partner="A"))
    assert run(little(*rows, row)).claims.cost == pytest.approx(42)


@proves("limits")
def test_share_of_another_filter(run: Runner) -> None:
    """At most half of what is bought is the ally's: 2.5 of 5 t, 50 - 10 = 40.

    With 4 t standing at home only 1 t is bought, so 0.5 t: 8 + 3 + 5 = 16, where half of demand would allow all: 14.
    """
    row = limit("share", 0.5, filter=filtered(supply="clear"), of=filtered(flow="supply", material="product"))
    assert run(little(*source(), row)).claims.cost == pytest.approx(40)
    assert run(little(*source(), *works(capacity=S(4)), row)).claims.cost == pytest.approx(16)


@proves("limits")
def test_share_converted_to_product(run: Runner) -> None:
    """2 t of feed a tonne of product: 40 % of 5 t are 4 t of feed, so 2 t made for 8 and 3 t bought: 38.

    Without the limit 20; with feed counted as it weighs, 1 t of product: 4 + 40 = 44.
    """
    product = Material(name="product", stage="product", needs=(("feed", 2.0),))
    row = limit("share", 0.4, filter=filtered(supply="feed"), converted_to="product")
    assert run(little(*works(capacity=S(5), feed=2.0), product, row)).claims.cost == pytest.approx(38)


@proves("limits")
def test_share_over_the_horizon(run: Runner) -> None:
    """40 % of 10 t in two years, 4 t, all in the year in which the ally sells: 100 - 16 = 84; by year 92."""
    rows, terms = offer(limit=None, partner="A", lead=1.0), {"filter": filtered(partner="A")}
    assert run(little(*rows, limit("share", 0.4, over="horizon", **terms), years=2)).claims.cost == pytest.approx(84)
    assert run(little(*rows, limit("share", 0.4, **terms), years=2)).claims.cost == pytest.approx(92)


@proves("limits", "criteria")
def test_criterion(run: Runner) -> None:
    """Deals of an effort of 2 each, saving 7 and 5: at most 3 of effort is one of them, 43; without the limit 38.

    At least 3 of jobs, 2 a module: 2 modules although each costs 10 to save 8: 50 + 4 = 54; without it 50.
    """
    good, fair = offer(limit=2.0, name="good", signing_cost=S(1)), offer(limit=2.0, name="fair", signing_cost=S(3))
    effort = Criterion(criterion="effort", applies_to="*", per_signing=2.0)
    row = limit("criterion", 3, filter=filtered(criterion="effort"), over="horizon")
    assert run(little(*good, *fair, effort, row)).claims.cost == pytest.approx(43)
    jobs = Criterion(criterion="jobs", applies_to="works", per_module=2.0)
    floor = limit("criterion", 3, "at least", filter=filtered(criterion="jobs"), over="horizon")
    dear = works(module=1.0, capex=S(10), most_modules=5)
    assert run(little(*dear, jobs, floor)).claims.cost == pytest.approx(54)


@proves("limits", "dependence")
def test_dependence_of_a_year(run: Runner) -> None:
    """At most 40 % in 2031 alone: 3 t clear at 1 more: 103; in both years 106; without it 100."""
    row = limit("dependence", from_first(1, 0.4))
    assert run(little(*source(11), row, years=2)).claims.cost == pytest.approx(103)


@proves("limits", "items")
@pytest.mark.parametrize(
    ("row", "cost", "broken"),
    [
        (limit("tonnes", 3, filter=filtered(origin="Concern"), price_of_breaking=0.5), 51, 2),
        (limit("tonnes", 3, filter=filtered(origin="Concern"), price_of_breaking=4.0), 52, 0),
        (limit("tonnes", 3, "at least", filter=filtered(origin="Ally"), price_of_breaking=0.5), 51.5, 3),
        (limit("share", 0.4, "at least", filter=filtered(supply="clear"), price_of_breaking=0.5), 51, 2),
        (limit("dependence", 0.4, price_of_breaking=0.5), 51.5, 3),
        (limit("spend", 40, heading=("purchases",), price_of_breaking=2.0), 70, 10),
    ],
)
def test_price_of_breaking(run: Runner, row: Limit, cost: float, broken: float) -> None:
    """Clear product is 1 dearer: what a tonne of breach costs less is broken, what costs more is kept.

    2 t over at 0.5 (51) but not at 4 (52); 3 t under at 0.5 (51.5); 40 % are 2 t under (51); 3 t more dependent than
    2 t (51.5); purchases are 50 at least and 10 over at 2 (70). Never to be broken, the last would leave no plan.
    """
    plan = run(little(*source(11), row))
    assert plan.claims.cost == pytest.approx(cost)
    assert sum(plan.amounts.broken.values()) == pytest.approx(broken)


@proves("limits")
def test_two_limits_on_one_thing_both_hold(run: Runner) -> None:
    """At most 4 t and at most 3 t from concern: 3 t, 52; the first alone 51."""
    three = limit("tonnes", 3, filter=filtered(origin="Concern"))
    four = limit("tonnes", 4, filter=filtered(origin="Concern")).model_copy(update={"name": "other"})
    rows: list[Row] = [*source(11), three, four]
    assert run(little(*rows)).claims.cost == pytest.approx(52)
    assert run(little(*source(11), four)).claims.cost == pytest.approx(51)
