"""MODEL.md 4.5 and 2: what comes and goes at a place, in two classes."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Deal, Demand, Lane, Material, Place, RecipeLine, Row, Run, Supply
from tests.cases.little import from_first, little, offer, source, works
from tests.cases.world import Runner, S, proves

SLAG = RecipeLine(recipe="make", material="slag", role="by-product", amount=0.5)


def slag(**terms: object) -> Material:
    return Material.model_validate({"name": "slag", "stage": "slag", **terms})


@proves("balance")
def test_loss_on_a_lane(run: Runner) -> None:
    """20 % of what the ally sends at 6 is lost: 6.25 t for 37.50 instead of 5 t for 30."""
    rows = [source()[0], Lane(name="l", material="product", origin="Ally", destination="Home", loss=0.2)]
    plan = run(little(*rows))
    assert plan.claims.cost == pytest.approx(37.5)
    assert plan.amounts.ship["l", 2030, "clear"] == pytest.approx(6.25)


@proves("balance")
def test_limits_of_supply_by_year_and_in_total(run: Runner) -> None:
    """2 t and 4 t a year at 6: 100 - 24 = 76; with 5 t in all 100 - 20 = 80; unlimited 60."""
    assert run(little(*source(limit=from_first(2, 4)), years=2)).claims.cost == pytest.approx(76)
    assert run(little(*source(limit=from_first(2, 4), total=5.0), years=2)).claims.cost == pytest.approx(80)


@proves("balance")
def test_years_and_limit_of_a_lane(run: Runner) -> None:
    """Open from 2031 to 2031 for 3 t at 6: 150 - 12 = 138; without the limit 130, without the years 114."""
    lane = {"name": "l", "material": "product", "origin": "Ally", "destination": "Home"}
    supply = source()[0]
    narrow = Lane.model_validate({**lane, "limit": S(3), "from_year": 2031, "to_year": 2031})
    assert run(little(supply, narrow, years=3)).claims.cost == pytest.approx(138)
    once = Lane.model_validate({**lane, "from_year": 2031, "to_year": 2031})
    assert run(little(supply, once, years=3)).claims.cost == pytest.approx(130)


@proves("balance", "items")
def test_by_product_sold_and_the_rest_discarded(run: Runner) -> None:
    """5 t of product for 10 leave 2.5 t of slag: 2 t sold at 3, 0.5 t discarded at 1: 10 - 6 + 0.5 = 4.5.

    Discarded free of charge without a price for it: 4. Without a market 10.
    """
    rows = works(SLAG, capacity=S(5))
    sold = {"price": S(3), "market": S(2)}
    assert run(little(*rows, slag(**sold, discarding=1.0))).claims.cost == pytest.approx(4.5)
    assert run(little(*rows, slag(**sold))).claims.cost == pytest.approx(4)
    assert run(little(*rows, slag())).claims.cost == pytest.approx(10)


@proves("balance")
def test_by_product_used(run: Runner) -> None:
    """2.5 t of slag, needed at home and dear to buy at 9, come free with 5 t of product: 10.

    Were it lost, 2.5 x 9 more: 32.50.
    """
    rows = [
        slag(), Supply(name="slag", place="Home", material="slag", price=S(9)),
        Demand(name="slag", sector="need", place="Home", material="slag", tonnes=S(2.5)),
    ]
    assert run(little(*works(SLAG, capacity=S(5)), *rows)).claims.cost == pytest.approx(10)
    assert run(little(*works(capacity=S(5)), *rows)).claims.cost == pytest.approx(32.5)


@proves("balance", "items")
def test_what_the_partner_keeps(run: Runner) -> None:
    """It keeps 1 of 5 t and pays its feed (2) and variable cost (1): 15 - 3 + 10 = 22; without a partner 15.

    By-products are not kept: 2.5 t of slag, all sold at 1, give 19.5; were a fifth kept, 20.
    """
    plant = {"capacity": S(5), "run": {"variable_cost": S(1)}}
    plan = run(little(*works(**plant, partner_keeps=0.2)))
    assert plan.claims.cost == pytest.approx(22)
    assert plan.claims.charged["partner credit", "partner credit", "home"] == pytest.approx(-3)
    assert run(little(*works(**plant))).claims.cost == pytest.approx(15)
    sold = slag(price=S(1), market=S(9))
    assert run(little(*works(SLAG, **plant, partner_keeps=0.2), sold)).claims.cost == pytest.approx(19.5)


@proves("balance", "items")
def test_market_over_all_home_places(run: Runner) -> None:
    """Capacity for 11 t; a market of 3 t at 10 over two home places: 8 t made for 16, less 30: -14.

    Were the market there for each place, 11 t would be made and 6 t sold: 22 - 60 = -38. Sold abroad alone: 10.
    """
    product = {"name": "product", "stage": "product", "price": S(10), "market": S(3)}
    town = [Place(name="Town", home=True), Lane(name="t", material="product", origin="Home", destination="Town")]
    plant = works(capacity=S(11))
    assert run(little(*plant, *town, Material.model_validate(product))).claims.cost == pytest.approx(-14)
    abroad = Material.model_validate({**product, "sold_at": ("Ally",)})
    assert run(little(*plant, *town, abroad)).claims.cost == pytest.approx(10)


@proves("balance")
def test_nothing_is_thrown_away_unasked(run: Runner) -> None:
    """A deal makes one take 7 t at 4 where 5 t are needed: with discarding at 1, 28 + 2 = 30.

    What may not be discarded cannot be taken, and the deal is left out: 50.
    """
    rows = offer(4, 9.0, least=S(7))
    thrown = Material(name="product", stage="product", price=S(10), discarding=1.0)
    assert run(little(*rows, thrown)).claims.cost == pytest.approx(30)
    assert run(little(*rows)).claims.cost == pytest.approx(50)


def feed_of(exposed: float) -> Supply:
    return Supply(name="ore", place="Home", material="feed", price=S(1), exposed_share=exposed)


def mixed(*rows: Row, exposed: float | None, feed: float) -> list[Row]:
    """A plant of 5 t on feed of which a share is exposed."""
    plant = works(*rows, capacity=S(5), exposed_share=exposed)
    return [feed_of(feed) if isinstance(row, Supply) else row for row in plant]


@proves("balance", "dependence")
@pytest.mark.parametrize(("plant", "feed", "dependence"), [(0.5, 0.2, 0.6), (0.0, 0.2, 0.2), (0.5, 0.0, 0.5)])
def test_two_classes(run: Runner, plant: float, feed: float, dependence: float) -> None:
    """1 of 5 t of feed is exposed; the clear 4 t give 2 t clear and 2 t exposed: 3 of 5 t exposed, 0.6.

    With nothing exposed at the plant 0.2, with clear feed 0.5; by content 0.5 x 0.2 would be 0.1.
    """
    plan = run(little(*mixed(exposed=plant, feed=feed), goal="dependence"))
    assert plan.claims.dependence == pytest.approx(dependence)


@proves("balance", "dependence")
def test_by_products_split_as_the_main_output(run: Runner) -> None:
    """Half exposed at the plant: 2.5 of 5 t of product and 1.25 of 2.5 t of slag, 3.75 of 7.5 t in all: 0.5.

    Were by-products clear, 2.5 of 7.5 t: 0.333.
    """
    rows = [slag(), Demand(name="slag", sector="need", place="Home", material="slag", tonnes=S(2.5))]
    plan = run(little(*mixed(SLAG, exposed=0.5, feed=0.0), *rows, goal="dependence"))
    assert plan.claims.dependence == pytest.approx(0.5)


@proves("balance", "dependence")
def test_all_is_exposed_in_a_place_of_concern(run: Runner) -> None:
    """Clear feed made up there for 3 comes back exposed: 1; at home it would be 0."""
    rows = [row for row in works(capacity=S(5), place="Concern") if not isinstance(row, Supply)]
    feed = [feed_of(0.0), Lane(name="f", material="feed", origin="Home", destination="Concern")]
    plan = run(little(*rows, *feed))
    assert plan.claims.dependence == pytest.approx(1)
    assert plan.claims.cost == pytest.approx(5)
    assert run(little(*mixed(exposed=None, feed=0.0))).claims.dependence == pytest.approx(0)


@proves("balance")
def test_relabelling_where_two_inputs_meet(run: Runner) -> None:
    """Clear feed (2) and exposed additive (1) give 5 t of exposed product for 15, the feed used as exposed.

    Without relabelling nothing could be made: 50. The reverse, which would make it clear, does not exist.
    """
    additive = [
        RecipeLine(recipe="make", material="additive", role="input", amount=1.0),
        Material(name="additive", stage="additive"),
        Supply(name="additive", place="Home", material="additive", price=S(1), exposed_share=1.0),
    ]
    plan = run(little(*works(*additive, capacity=S(5)), goal="dependence", then=("cost",)))
    assert plan.claims.cost == pytest.approx(15)
    assert plan.claims.dependence == pytest.approx(1)
    assert plan.amounts.relabel == pytest.approx({("Home", "feed", 2030): 5})


@proves("balance")
def test_a_chain_of_two_plants(run: Runner) -> None:
    """2 t of feed (2) a tonne of metal (1), 1.5 t of metal a tonne of product: 5 x 1.5 x (4 + 1) = 37.50.

    The plant of metal has 6 t, enough for 4 t of product: 4 x 7.5 + 10 = 40.
    """
    rows: list[Row] = [
        Material(name="metal", stage="metal"),
        *works(capacity=S(6), feed=2.0, run={"variable_cost": S(1)}),
        Run(plant="mill", recipe="roll"),
        RecipeLine(recipe="roll", material="product", role="output", amount=1.0),
        RecipeLine(recipe="roll", material="metal", role="input", amount=1.5),
    ]
    chain = [row.model_copy(update={"material": "metal"}) if _makes(row) else row for row in rows]
    mill = [row.model_copy(update={"name": "mill", "capacity": S(9)}) for row in rows[1:2]]
    plan = run(little(*chain, *mill))
    assert plan.claims.cost == pytest.approx(40)


def _makes(row: Row) -> bool:
    return isinstance(row, RecipeLine) and row.recipe == "make" and row.role == "output"


@proves("balance", "deals")
def test_a_supply_under_two_all_of_deals_is_bought_once(run: Runner) -> None:
    """4 t at 6 under A and B, a fee of 1 under each: 50 - 16 + 8 = 42; the tonnes themselves are paid once."""
    rows = offer(name="A", fee=S(1))
    both = [row.model_copy(update={"deals": (("A",), ("B",))}) if isinstance(row, Supply) else row for row in rows]
    assert run(little(*both, Deal(name="B", fee=S(1)))).claims.cost == pytest.approx(42)
