"""MODEL.md 4.4: orders of capacity and the deals that they need."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Deal, Row
from tests.cases.little import FIRST, from_first, little, works
from tests.cases.world import Runner, S, proves


@proves("orders")
@pytest.mark.parametrize(("orders", "cost"), [(1, 29), (2, 15)])
def test_most_modules_and_orders_at_most(run: Runner, orders: int, cost: float) -> None:
    """At most 3 modules of 1 t an order: one order 50 - 24 + 3 = 29, two 50 - 40 + 5 = 15 (as without a bound)."""
    rows = works(module=1.0, capex=S(1), least_modules=2, most_modules=3, orders_at_most=orders)
    assert run(little(*rows)).claims.cost == pytest.approx(cost)


@proves("orders")
def test_least_modules(run: Runner) -> None:
    """1 t is needed and an order has at least 2 modules at 5: 10 for a saving of 8 is left alone, 10.

    Could one be ordered: 10 - 8 + 5 = 7.
    """
    rows = {"module": 1.0, "capex": S(5), "most_modules": 3}
    assert run(little(*works(**rows, least_modules=2), need=1.0)).claims.cost == pytest.approx(10)
    assert run(little(*works(**rows), need=1.0)).claims.cost == pytest.approx(7)


@proves("orders", "items")
def test_site_cost_of_each_order(run: Runner) -> None:
    """At 15 an order, one of 3 modules (50 - 24 + 3 + 15 = 44) beats two (50 - 40 + 5 + 30 = 45).

    Paid once a plant, two orders would cost 30.
    """
    rows = works(module=1.0, capex=S(1), site_cost=S(15), most_modules=3, orders_at_most=2)
    plan = run(little(*rows))
    assert plan.claims.cost == pytest.approx(44)
    assert sum(plan.amounts.orders.values()) == 1


@proves("orders", "items")
def test_capex_of_the_year_of_the_order(run: Runner) -> None:
    """At 10 in 2030 and 1 in 2031: waiting costs 100 - 32 + 4 = 72, building at once 100 - 64 + 40 = 76.

    At the price of 2030 in both years one would build at once, at that of 2031 for 40.
    """
    assert run(little(*works(module=4.0, capex=from_first(10, 1)), years=2)).claims.cost == pytest.approx(72)


def licensed(*groups: tuple[str, ...], plant: dict[str, object] | None = None, **deal: object) -> list[Row]:
    """A plant of 5 t for 5 that may be ordered under A (3) or B (2)."""
    costs = {"A": S(3), "B": S(2)}
    named = {name for group in groups for name in group}
    deals = [
        Deal.model_validate({"name": name, "signing_cost": cost, "use": name in named, **deal})
        for name, cost in costs.items()
    ]
    return [*works(module=5.0, capex=S(1), deals_to_order=groups, **(plant or {})), *deals]


@proves("orders")
def test_deals_to_order_any_and_all(run: Runner) -> None:
    """A or B: the cheaper, 50 - 40 + 5 + 2 = 17. A and B: both, 20. Without groups: 15."""
    assert run(little(*licensed(("A", "B")))).claims.cost == pytest.approx(17)
    assert run(little(*licensed(("A",), ("B",)))).claims.cost == pytest.approx(20)
    assert run(little(*licensed())).claims.cost == pytest.approx(15)


@proves("orders")
def test_in_force_by_the_start_of_the_plant(run: Runner) -> None:
    """Signed in 2030 with lead 2, B is in force in 2032: ordered then, 5 t for a year, 150 - 40 + 5 + 2 = 117.

    With a plant that takes 2 years itself the order may be made in 2030 and starts in 2032 as well; with one that
    takes 1, in 2031. Were the signing enough, an order of 2030 would cost 150 - 120 + 7 = 37.
    """
    at_once = run(little(*licensed(("B",), lead=2.0), years=3))
    assert at_once.claims.cost == pytest.approx(117)
    assert list(at_once.amounts.orders) == [("works", 2032)]
    slow = run(little(*licensed(("B",), plant={"lead": 2.0, "window_to": FIRST}, lead=2.0), years=3))
    assert slow.claims.cost == pytest.approx(117)
    early = run(little(*licensed(("B",), plant={"lead": 1.0, "window_to": FIRST}, lead=2.0), years=3))
    assert early.claims.cost == pytest.approx(150)


@proves("orders")
@pytest.mark.parametrize(("signings", "cost"), [(1, 100), (2, 69)])
def test_not_expired_at_the_order(run: Runner, signings: int, cost: float) -> None:
    """Signed in 2030 for a year, B is over when the plant may be ordered in 2031: nothing, 100.

    Renewed once it holds: 100 - 40 + 5 + 2 x 2 = 69. Could an expired deal count: 67.
    """
    rows = licensed(("B",), plant={"window_from": 2031}, term=1.0, window_to=FIRST, signings_at_most=signings)
    assert run(little(*rows, years=2)).claims.cost == pytest.approx(cost)


@proves("orders", "deals")
def test_the_plant_outlives_the_deal_unless_it_is_to_run(run: Runner) -> None:
    """Ordered under a year of B, the plant runs on: 100 - 80 + 5 + 2 = 27; to run under it too, one year: 67."""
    terms = {"term": 1.0, "window_to": FIRST, "signings_at_most": 1}
    assert run(little(*licensed(("B",), **terms), years=2)).claims.cost == pytest.approx(27)
    bound = licensed(("B",), plant={"deals_to_run": (("B",),)}, **terms)
    assert run(little(*bound, years=2)).claims.cost == pytest.approx(67)


@proves("orders")
def test_signed_before_the_case_counts(run: Runner) -> None:
    """B was signed in 2029 and costs nothing more: 50 - 40 + 5 = 15; it would cost 17."""
    assert run(little(*licensed(("B",), signed_in=2029, signings_at_most=1))).claims.cost == pytest.approx(15)


@proves("orders")
def test_orders_before_the_case_count_in_orders_at_most(run: Runner) -> None:
    """One of one order of 3 t was made in 2029: no more, 50 - 24 = 26. With a second allowed 50 - 40 + 3 = 13."""
    rows = {"module": 3.0, "capex": S(1), "ordered_in": (("2029", 1.0),)}
    assert run(little(*works(**rows))).claims.cost == pytest.approx(26)
    assert run(little(*works(**rows, orders_at_most=2))).claims.cost == pytest.approx(13)
