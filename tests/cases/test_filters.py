"""MODEL.md 4.8: what a filter picks (docs/conventions.md 26)."""

from __future__ import annotations

import pytest

from optimizer.case.schema import (
    Deal,
    Demand,
    Filter,
    Lane,
    Limit,
    Plant,
    RecipeLine,
    Row,
    Run,
    Stock,
    Supply,
)
from tests.cases.little import filtered, little, source
from tests.cases.world import Runner, S, proves

TOLLED: list[Row] = [
    Deal(name="toll", partner="A", kind="tolling", channel="company", meter="lanes: product"),
    Plant(name="toller", place="Ally", capacity=S(9)),
    Run(plant="toller", recipe="make", variable_cost=S(1)),
    RecipeLine(recipe="make", material="product", role="output", amount=1.0),
    RecipeLine(recipe="make", material="feed", role="input", amount=1.0),
    Supply(name="feed", place="Home", material="feed", price=S(2)),
    Lane(name="out", material="feed", origin="Home", destination="Ally", deals=(("toll",),)),
    Lane(name="back", material="product", origin="Ally", destination="Home", deals=(("toll",),)),
]
"""Feed for 2 sent out, tolled for 1, sent back: 3 a tonne, all clear; each tonne passes every filter below once."""


def at_most(value: float, found: Filter, sense: str = "at most") -> Limit:
    terms = {"name": "limit", "measure": "tonnes", "filter": found, "sense": sense, "value": S(value)}
    return Limit.model_validate(terms)


@proves("limits")
@pytest.mark.parametrize(
    "found",
    [
        filtered(supply="feed"),
        filtered(flow="supply", place="Home"),
        filtered(flow="supply", stage="feed"),
        filtered(flow="supply", material="fe*"),
        filtered(plant="toller"),
        filtered(recipe="make"),
        filtered(flow="plants", place="Ally", material="product"),
        filtered(flow="plants", stage="product", cls="clear"),
        filtered(lane="out"),
        filtered(lane="back"),
        filtered(origin="Home"),
        filtered(destination="Ally"),
        filtered(destination="Home", cls="clear"),
        filtered(origin="Ally", destination="Hom*"),
        filtered(flow="lanes", stage="feed"),
        filtered(demand="need", cls="clear"),
        filtered(sector="need", cls="clear"),
        filtered(deal="toll"),
        filtered(partner="A"),
        filtered(kind="tolling"),
        filtered(channel="company"),
        filtered(flow="deals", material="product"),
        filtered(flow="deals", stage="product"),
    ],
    ids=str,
)
def test_each_filter_finds_the_tolled_tonnes(run: Runner, found: Filter) -> None:
    """At most 2 t are tolled at 3, the others bought at 10: 6 + 30 = 36; a filter that misses them leaves 15.

    One that caught what is bought too would leave no plan.
    """
    assert run(little(*TOLLED, at_most(2, found))).claims.cost == pytest.approx(36)


@proves("limits")
@pytest.mark.parametrize(
    "found", [filtered(cls="exposed", flow="plants"), filtered(origin="Con*"), filtered(cls="exposed", sector="need")],
    ids=str,
)
def test_other_filters_do_not_find_them(run: Runner, found: Filter) -> None:
    """No run is exposed, nothing need come from concern or be served exposed: 15 as without the limit."""
    assert run(little(*TOLLED, at_most(0, found))).claims.cost == pytest.approx(15)


@proves("limits", "demand")
def test_filter_of_what_goes_short(run: Runner) -> None:
    """5 t go short for 1 each; at most 2 t may: 3 x 10 + 2 = 32."""
    soft = Demand(name="soft", sector="soft", place="Home", material="product", tonnes=S(5), floor=S(0),
                  shortage_cost=S(1))
    assert run(little(soft, need=0.0)).claims.cost == pytest.approx(5)
    row = at_most(2, filtered(flow="short", sector="soft"))
    assert run(little(soft, row, need=0.0)).claims.cost == pytest.approx(32)


@proves("limits", "stocks")
@pytest.mark.parametrize(
    ("found", "cost"),
    [(filtered(stock="store"), 70), (filtered(flow="stocks", place="Home", cls="clear"), 74)], ids=str,
)
def test_filter_of_stocks(run: Runner, found: Filter, cost: float) -> None:
    """2 t held at the year's end, at 10, or clear at 12; without the limit 50."""
    store = Stock(name="store", place="Home", material="product")
    assert run(little(*source(12), store, at_most(2, found, "at least"))).claims.cost == pytest.approx(cost)
