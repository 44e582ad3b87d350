"""Hand-solved: balance, capacity, demand, stocks, dependence."""

from __future__ import annotations

import pytest

from optimizer.case.schema import (
    Demand,
    Lane,
    Material,
    Plant,
    RecipeLine,
    Run,
    Stock,
    Supply,
)
from tests.cases.world import Runner, S, by_year, proves, world

FRIEND = (
    Supply(name="friend's", place="friend", material="magnet", price=S(14.0), limit=S(60.0)),
    Lane(name="from friend", material="magnet", origin="friend", destination="home"),
)


@proves("balance")
def test_what_is_lost_on_the_way_is_bought_too(run: Runner) -> None:
    """100 t must arrive, a fifth is lost: 125 t x 10 = 1,250. Without the loss 1,000."""
    lossy = Lane(name="from rival", material="magnet", origin="rival", destination="home", loss=0.2)
    assert run(world(lossy)).claims.cost == pytest.approx(1250.0)


@proves("balance")
def test_a_total_binds_over_the_years(run: Runner) -> None:
    """Two years of 100 t; the friend at 5 a tonne has 120 t in all: 120 x 5 + 80 x 10 = 1,400. Without it: 1,000."""
    mine = Supply(name="friend's", place="friend", material="magnet", price=S(5.0), limit=S(100.0), total=120.0)
    assert run(world(mine, FRIEND[1], years=2)).claims.cost == pytest.approx(1400.0)


RECIPE = (
    Material(name="oxide", stage="oxide", price=S(3.0)),
    Material(name="swarf", stage="scrap", price=S(2.0), market=S(15.0)),
    RecipeLine(recipe="sinter", material="oxide", role="input", amount=0.5),
    RecipeLine(recipe="sinter", material="magnet", role="output", amount=1.0),
    RecipeLine(recipe="sinter", material="swarf", role="by-product", amount=0.25),
    Supply(name="oxide", place="home", material="oxide", price=S(3.0)),
)


@proves("balance", "capacity")
def test_a_recipe_uses_makes_and_sells(run: Runner) -> None:
    """A works of 80 t: 40 t of oxide x 3 + 80 x 4 variable - 15 t of swarf x 2 (5 of 20 t discarded) + 20 t from the
    rival x 10 = 120 + 320 - 30 + 200 = 610. Without the market 640; without the works 1,000.
    """
    works = (Plant(name="works", place="home", capacity=S(80.0)),
             Run(plant="works", recipe="sinter", variable_cost=S(4.0)))
    plan = run(world(*RECIPE, *works))
    assert plan.claims.cost == pytest.approx(610.0)
    assert sum(plan.amounts.discard.values()) == pytest.approx(5.0)


@proves("capacity")
def test_a_ramp_and_a_qualification_delay_hold_capacity_back(run: Runner) -> None:
    """One module of 100 t ordered in 2030 runs at 50 % in 2030 and 100 % from 2031; the recipe needs a year of
    operation: nothing in 2030, 100 t in 2031 free of charge. Cost 1,000 for 2030. Without the delay 500; without the
    ramp too 0.
    """
    rows = (
        RecipeLine(recipe="make", material="magnet", role="output", amount=1.0),
        Plant(name="works", place="home", module=100.0, ramp=(0.5, 1.0)),
    )
    late = Run(plant="works", recipe="make", qualification_delay=1.0)
    assert run(world(*rows, late, years=2)).claims.cost == pytest.approx(1000.0)
    assert run(world(*rows, Run(plant="works", recipe="make"), years=2)).claims.cost == pytest.approx(500.0)


@proves("balance", "dependence")
def test_one_exposed_input_makes_the_product_exposed(run: Runner) -> None:
    """Magnets from oxide of home and a heavy oxide, half of it clear: 50 t of magnets are clear, 50 t exposed however
    little of the heavy oxide they hold: dependence 50 %. Counted by content it would be far less.
    """
    rows = (
        *RECIPE[:4],
        RECIPE[5],
        Material(name="heavy", stage="heavy"),
        RecipeLine(recipe="sinter", material="heavy", role="input", amount=0.01),
        Supply(name="heavy", place="home", material="heavy", price=S(0.0), exposed_share=0.5),
        Plant(name="works", place="home", capacity=S(100.0)),
        Run(plant="works", recipe="sinter"),
    )
    plan = run(world(*rows), goal="dependence", then=())
    assert plan.claims.dependence == pytest.approx(0.5)
    assert sum(plan.amounts.relabel.values()) == pytest.approx(25.0)


@proves("demand")
def test_a_floor_lets_the_rest_go_short(run: Runner) -> None:
    """A tonne short costs 8, a tonne bought 10, 70 % must be served: 70 x 10 + 30 x 8 = 940. Without the floor 800."""
    soft = Demand(name="need", sector="need", place="home", material="magnet", tonnes=S(100.0), floor=S(0.7),
                  shortage_cost=S(8.0))
    plan = run(world(soft))
    assert plan.claims.cost == pytest.approx(940.0)
    assert plan.claims.dependence == pytest.approx(1.0)


@proves("demand")
def test_a_clear_share_is_bought_where_it_is_clear(run: Runner) -> None:
    """40 % must be clear: 40 x 14 + 60 x 10 = 1,160. Without it 1,000."""
    strict = Demand(name="need", sector="need", place="home", material="magnet", tonnes=S(100.0), clear_share=S(0.4))
    plan = run(world(strict, *FRIEND))
    assert plan.claims.cost == pytest.approx(1160.0)
    assert plan.claims.dependence == pytest.approx(0.6)


@proves("stocks")
def test_a_stock_carries_what_is_cheap_now(run: Runner) -> None:
    """Price 10 in 2030, 20 in 2031, room for 30 t at 1 a tonne: 130 x 10 + 30 x 1 + 70 x 20 = 2,730. Without: 3,000."""
    dear = Supply(name="rival's", place="rival", material="magnet", price=by_year(y2030=10, y2031=20))
    pile = Stock(name="pile", place="home", material="magnet", limit=S(30.0), holding_cost=S(1.0))
    assert run(world(dear, pile, years=2)).claims.cost == pytest.approx(2730.0)


@proves("stocks")
def test_reserve_and_closing_must_be_held(run: Runner) -> None:
    """A reserve of 73 days of next year's 100 t is 20 t, bought in 2030 and still there at the end: 120 x 10 + 100 x 10
    = 2,200. Without the reserve 2,000. A closing of 50 t: 2,500.
    """
    pile = {"name": "pile", "place": "home", "material": "magnet"}
    reserve = Stock(**pile, reserve=S(73.0), reserve_unit="days")
    closing = Stock(**pile, closing_exposed=50.0)
    assert run(world(reserve, years=2)).claims.cost == pytest.approx(2200.0)
    assert run(world(closing, years=2)).claims.cost == pytest.approx(2500.0)


@proves("dependence")
def test_the_glide_path_counts_each_year_in_part(run: Runner) -> None:
    """The friend has 60 t in 2031 only. Glide 0.5 then 1: 2030 asks 1 <= 1 - (1 - d) 0.5, so d = 1 whatever 2031 does.
    Glide 0 then 1: d = 40 %. The mean over both years is (1 + 0.4) / 2 = 70 %.
    """
    later = Supply(name="friend's", place="friend", material="magnet", price=S(14.0), limit=by_year(y2030=0, y2031=60))
    for glide, wanted in ((by_year(y2030=0.5, y2031=1), 1.0), (by_year(y2030=0, y2031=1), 0.4)):
        plan = run(world(later, FRIEND[1], years=2, glide=glide), goal="dependence", then=())
        assert plan.claims.dependence == pytest.approx(wanted)
    plan = run(world(later, FRIEND[1], years=2, weights=S(1.0)), goal="mean dependence", then=())
    assert plan.claims.mean_dependence == pytest.approx(0.7)
