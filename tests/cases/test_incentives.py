"""MODEL.md 4.9: what is paid for output and for capacity ordered."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Incentive, Material, Plant, Run, Stock
from tests.cases.little import FIRST, from_first, little, works
from tests.cases.world import Runner, S, proves

PLANT = works(module=5.0, capex=S(1), window_to=FIRST)
"""5 t from 2030 for 5; output costs 2 instead of 10."""


def pays(amount: float = 1.0, **terms: object) -> Incentive:
    return Incentive.model_validate({"name": "gift", "plants": ("works",), "per_tonne": S(amount), **terms})


@proves("incentives", "items")
def test_operating_years(run: Runner) -> None:
    """1 a tonne in the second operating year alone: 150 - 120 + 5 - 5 = 30; from the first on 20; none 35."""
    second = pays(first_operating_year=2, last_operating_year=2)
    assert run(little(*PLANT, second, years=3)).claims.cost == pytest.approx(30)
    assert run(little(*PLANT, pays(), years=3)).claims.cost == pytest.approx(20)
    assert run(little(*PLANT, years=3)).claims.cost == pytest.approx(35)


@proves("incentives")
def test_operating_years_lie_across_years(run: Runner) -> None:
    """From 2030.5 the first operating year lies half in 2030, half in 2031: 2.5 t each, 5 in all.

    2.5 + 5 t made: 100 - 60 + 5 - 5 = 40. By calendar year of the start, 2.5 t: 42.5.
    """
    rows = works(module=5.0, capex=S(1), lead=0.5, window_to=FIRST)
    plan = run(little(*rows, pays(last_operating_year=1), years=2))
    assert plan.claims.cost == pytest.approx(40)
    paid = {t: x for (_, _, _, t), x in plan.amounts.paid_output.items()}
    assert paid == pytest.approx({2030: 2.5, 2031: 2.5})


@proves("incentives")
@pytest.mark.parametrize(
    ("caps", "received"),
    [({}, 10), ({"cap_a_year": 3.0}, 6), ({"cap_per_order": 4.0}, 4), ({"cap_total": 7.0}, 7),
     ({"cap_a_year": 3.0, "cap_total": 5.0}, 5)],
)
def test_caps(run: Runner, caps: dict[str, object], received: float) -> None:
    """5 a year for two years, or less: 100 - 80 + 5 = 25 without the incentive."""
    plan = run(little(*PLANT, pays(**caps), years=2))
    assert plan.claims.cost == pytest.approx(25 - received)


@proves("incentives")
def test_the_rate_is_that_of_the_year(run: Runner) -> None:
    """1 in 2030 and 2 in 2031 on 5 t: 25 - 15 = 10; at the rate of the order 15."""
    gift = pays().model_copy(update={"per_tonne": from_first(1, 2)})
    assert run(little(*PLANT, gift, years=2)).claims.cost == pytest.approx(10)


@proves("incentives", "cost")
def test_capacity_ordered_is_charged_as_capex(run: Runner) -> None:
    """3 on each of 5 t ordered with two of four years inside: 7.5, as capex is 2.5: 100 - 80 + 2.5 - 7.5 = 15.

    In full it would be 15 and the plan cost 7.5. Capped at 8 an order, half of 8: 18.5. Cash in 2030 is 15.
    """
    rows = works(module=5.0, capex=S(1), life=4.0, window_to=FIRST)
    gift = Incentive(name="gift", plants=("works",), per_capacity=S(3))
    plan = run(little(*rows, gift, years=2))
    assert plan.claims.cost == pytest.approx(15)
    assert sum(x for (item, *_), x in plan.claims.cash.items() if item == "incentives") == pytest.approx(-15)
    capped = gift.model_copy(update={"cap_per_order": 8.0})
    assert run(little(*rows, capped, years=2)).claims.cost == pytest.approx(18.5)


@proves("incentives")
def test_output_not_capacity_is_paid(run: Runner) -> None:
    """3 t are made in 5 t of capacity: 6 + 5 - 3 = 8; paid on capacity 6."""
    assert run(little(*PLANT, pays(), need=3.0)).claims.cost == pytest.approx(8)


@proves("incentives")
def test_what_is_discarded_is_not_paid(run: Runner) -> None:
    """3 a tonne on the 3 t needed: 6 + 5 - 9 = 2. Paid on 2 t more, made for 4 and discarded for 0.2: 0.2."""
    thrown = Material(name="product", stage="product", price=S(10), discarding=0.1)
    assert run(little(*PLANT, pays(3), thrown, need=3.0)).claims.cost == pytest.approx(2)


@proves("incentives", "stocks")
def test_what_goes_into_stock_is_paid_when_it_leaves(run: Runner) -> None:
    """5 t made in 2030, of which 2 t for 2031, when the plant is gone: paid on 3 t, then on nothing.

    The plant's one year is 2030, so no order earns in 2031: 10 + 5 - 3 = 12 for needs of 3 and 2 t. Were what goes into
    stock paid: 10.
    """
    rows = works(module=5.0, capex=S(1), life=1.0, window_to=FIRST)
    stock = Stock(name="store", place="Home", material="product")
    plan = run(little(*rows, pays(), stock, need=from_first(3, 2), years=2))
    assert plan.claims.cost == pytest.approx(12)


@proves("incentives")
def test_a_tonne_is_paid_once(run: Runner) -> None:
    """Two orders of 3 t, free of charge, and a need of 3 t: 3 t are made in each year and paid once: 12 - 6 = 6.

    Were each order paid for the plant's output, 3 and 6 t: 12 - 9 = 3.
    """
    rows = works(module=3.0, orders_at_most=2)
    assert run(little(*rows, pays(), need=3.0, years=2)).claims.cost == pytest.approx(6)


@proves("incentives")
def test_capacity_used_and_ramp(run: Runner) -> None:
    """A tonne takes up 1.25 of 5 t of capacity, half ramped: 2 t made and paid: 50 - 16 + 5 - 2 = 37."""
    rows = works(module=5.0, capex=S(1), ramp=(0.5, 1.0), run={"capacity_used": 1.25})
    assert run(little(*rows, pays())).claims.cost == pytest.approx(37)


@proves("incentives", "cost")
def test_who_pays_and_who_receives(run: Runner) -> None:
    """5 paid by the state lower home's cost: 50 - 40 + 5 - 5 = 10; the national view leaves the transfer out: 15."""
    some = little(*PLANT, pays(payer="state"), payers=("home", "state"))
    plan = run(some)
    assert plan.claims.cost == pytest.approx(10)
    assert plan.claims.charged["incentives", "incentives", "home"] == pytest.approx(-5)
    assert plan.claims.charged["incentives paid", "incentives paid", "state"] == pytest.approx(5)
    national = little(*PLANT, pays(payer="state"), payers=("home", "state"), view="national")
    assert run(national).claims.cost == pytest.approx(15)


@proves("incentives")
def test_orders_before_the_case_earn_on_output_alone(run: Runner) -> None:
    """Ordered in 2029, in its second operating year: 1 a tonne in the second on 5 t, 10 - 5 = 5; in the first 10.

    For capacity ordered before the case nothing is paid: 10.
    """
    rows = works(module=5.0, capex=S(1), ordered_in=(("2029", 1.0),))
    assert run(little(*rows, pays(first_operating_year=2))).claims.cost == pytest.approx(5)
    assert run(little(*rows, pays(last_operating_year=1))).claims.cost == pytest.approx(10)
    grant = Incentive(name="gift", plants=("works",), per_capacity=S(3))
    assert run(little(*rows, grant)).claims.cost == pytest.approx(10)


@proves("incentives")
def test_incentives_add_up_and_plants_share(run: Runner) -> None:
    """Two plants of 3 t serve 5 t: 50 - 40 + 6 = 16, less 1 a tonne on 5 t; with a second incentive of 0.5, 2.5 more.

    Paid on capacity the first would be 6; were a tonne paid by one incentive alone, the second nothing.
    """
    rows = [*works(module=3.0, capex=S(1)), Plant(name="works 2", place="Home", module=3.0, capex=S(1)),
            Run(plant="works 2", recipe="make")]
    both = pays().model_copy(update={"plants": ("works*",)})
    assert run(little(*rows, both)).claims.cost == pytest.approx(11)
    more = pays(0.5).model_copy(update={"name": "more", "plants": ("works", "works 2")})
    assert run(little(*rows, both, more)).claims.cost == pytest.approx(8.5)


@proves("incentives", "balance")
def test_output_that_the_partner_keeps_is_paid_too(run: Runner) -> None:
    """1 a tonne on all 5 t made, of which the partner keeps 1: 10 - 2 + 10 + capex 5 - 5 = 18; without it 23."""
    rows = works(module=5.0, capex=S(1), partner_keeps=0.2)
    assert run(little(*rows, pays())).claims.cost == pytest.approx(18)
