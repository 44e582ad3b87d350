"""MODEL.md 4.3: what a plant can make."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Demand, Lane, Material, RecipeLine, Run, Supply
from tests.cases.little import FIRST, from_first, little, works
from tests.cases.world import Runner, S, proves


@proves("capacity")
def test_standing_capacity_by_year(run: Runner) -> None:
    """3 t in 2030 and 4 t in 2031 at 2 instead of 10: 100 - 7 x 8 = 44; without a bound 20."""
    assert run(little(*works(capacity=from_first(3, 4)), years=2)).claims.cost == pytest.approx(44)


@proves("capacity")
def test_capacity_used(run: Runner) -> None:
    """Each tonne takes up 1.5 of a capacity of 3: 2 t, 50 - 16 = 34; at 1 a tonne 26."""
    assert run(little(*works(capacity=S(3), run={"capacity_used": 1.5}))).claims.cost == pytest.approx(34)


@proves("capacity")
def test_qualification_delay(run: Runner) -> None:
    """1 t stands, 4 t are ordered and must operate for 1.5 years: 1, 1 + 2 and 1 + 4 t; 150 - 9 x 8 + 4 = 82.

    Without the delay 5 t in each year: 34.
    """
    rows = {"capacity": S(1), "module": 4.0, "capex": S(1), "window_to": FIRST}
    late = run(little(*works(**rows, run={"qualification_delay": 1.5}), years=3))
    assert late.claims.cost == pytest.approx(82)
    assert run(little(*works(**rows), years=3)).claims.cost == pytest.approx(34)


@proves("capacity")
def test_recipes_share_what_is_qualified(run: Runner) -> None:
    """3 t each of product and fine product; a plant of 4 t may make the fine one after a year.

    2030: 3 t of product alone; 2031: 4 t of the two. 7 t save 8 each: 2 x 60 - 56 + 4 = 68; without the delay 8 t: 60.
    """
    rows = [
        Material(name="fine", stage="product"),
        Demand(name="fine", sector="need", place="Home", material="fine", tonnes=S(3)),
        Supply(name="fine", place="Concern", material="fine", price=S(10)),
        Lane(name="fine", material="fine", origin="Concern", destination="Home"),
        RecipeLine(recipe="refine", material="fine", role="output", amount=1.0),
        RecipeLine(recipe="refine", material="feed", role="input", amount=1.0),
    ]
    plant = works(module=4.0, capex=S(1), window_to=FIRST)
    late = Run(plant="works", recipe="refine", qualification_delay=1.0)
    assert run(little(*rows, *plant, late, years=2, need=3.0)).claims.cost == pytest.approx(68)
    soon = Run(plant="works", recipe="refine")
    assert run(little(*rows, *plant, soon, years=2, need=3.0)).claims.cost == pytest.approx(60)
