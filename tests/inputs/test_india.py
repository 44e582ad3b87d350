"""India's case holds what it must, each findable by name; each moves the plan or is told as not binding.

What is taken away is held against the least cost at half the dependence, in the relaxation of the model (seconds, not
minutes): where that moves, the item matters to the plan's bound.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from optimizer.case.case import Case
from optimizer.case.changes import apply_changes, parse_set
from optimizer.case.read import read_case
from optimizer.model.assemble import build
from optimizer.model.compiled import compile_model
from optimizer.solve.session import Outcome, Session
from optimizer.study.future import Future, futures_of
from optimizer.study.soft import softened

FOLDER = Path(__file__).parents[2] / "inputs" / "india"
CASE = read_case(FOLDER)

MOVES: dict[str, tuple[str, ...]] = {
    "IREL's oxide as a ramp": ("Supply[IREL NdPr oxide].limit=200 t",),
    "more oxide if a deal allows": ("Supply[IREL NdPr oxide, if a deal allows].limit=500 t",),
    "mining and separation expanded": ("Plants[IREL mine expansion].orders at most=0",),
    "new separation": ("Plants[IREL separation, new].orders at most=0",),
    "oxide kept for the atomic department": ("Demand[Atomic department and defence, oxide].tonnes=0 t",),
    "the award pool": ("Lanes[IREL oxide to the award pool].limit=0 t",),
    "tolling by Japan, government": ("Deals[Japan toll, government].use=no", "Deals[Japan toll].use=no"),
    "tolling in Vietnam and by Korea": (
        "Deals[Vietnam toll].use=no", "Deals[Korea toll, government].use=no", "Deals[Korea toll].use=no",
    ),
    "tolling in Malaysia": ("Deals[Malaysia toll].use=no",),
    "technology licences": ("Deals[Licence, Germany].use=no", "Deals[Licence, Japan].use=no"),
    "the scheme's awards": ("Plants[Scheme award*].orders at most=0",),
    "the capital subsidy": ("Incentives[Scheme, capital subsidy].use=no",),
    "the sales incentive": ("Incentives[Scheme, sales incentive].use=no",),
    "its cap and total": ("Incentives[Scheme, sales incentive].cap total=1000 INR crore",),
    "feed from Australia": ("Supply[Australian NdPr oxide].limit=0 t",),
    "feed from Malawi": ("Supply[Kangankunde concentrate].limit=0 t",),
    "feed from Brazil": ("Supply[Brazilian carbonate].limit=0 t",),
    "heavy rare earths from abroad": ("Supply[Dy-Tb oxide outside China].limit=5 t",),
    "Chinese Dy and Tb": ("Supply[Chinese Dy-Tb oxide].limit=0 t",),
    "qualification delays": ("Runs[Scheme award*/make high-temperature magnets*].qualification delay=0 years",),
    "defence, free of China in part": ("Demand[Defence and aerospace].clear share=0 %",),
    "price of Chinese magnets": ("Supply[Chinese magnets*].price=70 USD/kg",),
    "recycling": ("Plants[Recycling plant].orders at most=0",),
    "La and Ce as a by-product": ("Materials[La-Ce oxide].market=0 t",),
    "largest share from one partner": ("Limits[Largest share, Vietnam].value=3 %",),
    "capital a year": ("Limits[Capital spending a year].value=20 USD m",),
    "tollers' exposed shares": ("Plants[Korean-owned magnet works].exposed share=50 %",),
}
"""Item -> changes that take it away or move it: each moves the plan."""

AT = {"feed from Malawi": 0.24, "defence, free of China in part": 1.0}
"""Item -> the dependence at which it is held, where that is not a half."""

STILL: dict[str, tuple[str, ...]] = {
    "a stake in Argentina": ("Deals[Argentina exploration stake].use=no",),
    "the corridor from Myanmar": ("Deals[Kachin corridor].use=no",),
    "oxide for keeps": ("Materials[NdPr oxide].market=0 t",),
    "the national stockpile": ("Stocks[National stockpile, oxide].limit=100 t",),
}
"""Item -> changes that leave the plan where it is: not binding in the base case, and told so in docs/india.md."""


@cache
def relaxed_cost(*changes: str, cap: float = 0.5) -> float:
    """Least cost in USD at a dependence of at most `cap`, with integers relaxed; infinite where there is none."""
    case = apply_changes(CASE, [parse_set(change) for change in changes], checked=False) if changes else CASE
    return bound(case, cap)


def bound(case: Case, cap: float) -> float:
    """The relaxed least cost of a case at a dependence of at most `cap`."""
    compiled = compile_model(build(case))
    session = Session(replace(compiled, integer=np.zeros(len(compiled.columns), dtype=np.bool_)))
    dependence, cost = compiled.column("goal", ("dependence",)), compiled.column("goal", ("cost",))
    assert dependence is not None
    assert cost is not None
    session.bound(dependence, upper=cap)
    result = session.minimise(cost, gap=0.0, absolute=1e-9, seconds=60.0)
    return result.objective * 1e6 if result.outcome is Outcome.PROVED else float("inf")


@pytest.mark.parametrize("item", MOVES)
def test_each_item_moves_the_plan(item: str) -> None:
    cap = AT.get(item, 0.5)
    assert abs(relaxed_cost(*MOVES[item], cap=cap) - relaxed_cost(cap=cap)) > 1000.0


@pytest.mark.parametrize("item", STILL)
def test_what_is_not_binding_is_told_so(item: str) -> None:
    assert relaxed_cost(*STILL[item]) == pytest.approx(relaxed_cost(), abs=1000.0)
    text = (FOLDER.parents[1] / "docs" / "india.md").read_text(encoding="utf-8")
    assert item in text


FUTURES = futures_of(CASE)


def test_the_futures_are_those_that_the_page_tells() -> None:
    """30 % are left for the base, shared out by the joint ventures' 60 and 70 %: 12.6, 8.4, 5.4 and 3.6 %."""
    told = (FOLDER.parents[1] / "docs" / "india.md").read_text(encoding="utf-8")
    chances = {future.name: future.probability for future in FUTURES}
    assert sum(chances.values()) == pytest.approx(1.0)
    assert [chances[name] for name in ("base", "Japan joint venture never closes", "Korea joint venture never closes",
                                       "Japan joint venture and Korea joint venture never close")] == pytest.approx(
        [0.126, 0.084, 0.054, 0.036])
    named = {row.scenario for row in CASE.scenarios}
    assert {name for name in chances if name in named} == {
        row.scenario for row in CASE.scenarios if row.probability is not None}
    for name in named & chances.keys():
        assert f"| {name} | {100 * chances[name]:g} % |" in told


def test_every_chance_is_marked_as_the_judgement_that_it_is() -> None:
    for row in CASE.scenarios:
        assert (row.source, row.confidence) in {(("Planning judgement",), c) for c in ("low", "assumption")}, row.key
        assert row.probability is None or "judgement" in (row.note or "")


@pytest.mark.parametrize("future", FUTURES, ids=[future.name for future in FUTURES])
def test_every_future_has_a_plan_where_what_must_be_may_give_way(future: Future) -> None:
    soft = softened(CASE, cap=0.232, point=10e6).case
    assert bound(apply_changes(soft, future.changes), cap=1.0) < float("inf")


def test_years_sectors_products_and_questions() -> None:
    assert CASE.years == tuple(range(2026, 2037))
    assert {line.sector for line in CASE.demands} >= {
        "Two- and three-wheelers", "Cars and buses", "Combustion-car auxiliaries", "Wind",
        "Electronics and semiconductors", "Industry", "Defence and aerospace",
    }
    assert CASE.settings.goal == "dependence"
    assert CASE.settings.budget_above_least_cost is not None
    assert CASE.settings.deciding_point.at(2026) == 0.9
    glide = CASE.settings.glide
    assert glide is not None
    assert glide.on(CASE.years)[4:] == (1.0,) * 7


def test_oxide_that_leaves_india_comes_back_as_magnets() -> None:
    """Every lane of oxide out of India is opened by tolling deals, which also open a lane of magnets back."""
    home = {place.name for place in CASE.places if place.home}
    out = [lane for lane in CASE.lanes if lane.origin in home and lane.destination not in home]
    assert out
    for lane in out:
        deals = {deal for group in lane.deals for deal in group}
        assert deals
        back = [one for one in CASE.lanes if one.origin == lane.destination and one.destination in home]
        assert any(deals == {deal for group in one.deals for deal in group} for one in back)
        assert all(one.material.startswith("magnet") for one in back)


def test_plants_of_one_owner_count_once() -> None:
    works = next(plant for plant in CASE.plants if plant.name == "Korean-owned magnet works")
    assert works.deals_to_run == (("Korea toll, government", "Korea toll", "Vietnam toll"),)


def test_the_awards_are_as_the_scheme_says() -> None:
    awards = [plant for plant in CASE.plants if plant.name.startswith("Scheme award")]
    assert sum(plant.orders_at_most for plant in awards) == 5
    assert {(plant.module, plant.least_modules, plant.most_modules) for plant in awards} == {(100.0, 6, 12)}


def test_every_number_has_a_source_and_a_confidence() -> None:
    for sheet in ("Materials", "Recipes", "Runs", "Supply", "Lanes", "Demand", "Stocks", "Deals", "Plants", "Limits",
                  "Incentives", "Payments"):
        for row in CASE.sheets[sheet]:
            assert row.source, f"{sheet}[{row.key}] names no source"
            assert row.confidence, f"{sheet}[{row.key}] states no confidence"
