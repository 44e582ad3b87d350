"""That the linopy peer is the same model: its optimum equals the product's, and what it leaves out it refuses."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from optimizer import Case, Plan, SolveOptions, read_case
from optimizer import solve as solve_product
from optimizer.case.schema import Lane, Limit, Row, Series
from tests.benchmarks.worlds import Size, world

pytest.importorskip("linopy")
peer: Any = import_module("tests.benchmarks.peers.linopy_model")

TINY = Size(places=5, stages=4, years=6, deals=5)
GAP = 1e-6
SEEDS = range(3)


def product(case: Case, goal: str, **options: Any) -> Plan:
    """The product's plan for one goal alone."""
    return solve_product(case, SolveOptions(goal=goal, then=(), unique=False, gap=GAP, **options))


def with_row(case: Case, row: Row) -> Case:
    """The case with one more row."""
    return Case(case.settings, {**case.sheets, row.sheet: (*case.sheets.get(row.sheet, ()), row)})


@pytest.mark.parametrize("seed", SEEDS)
def test_least_cost_is_the_products(seed: int) -> None:
    case = world(TINY, seed)
    plan = product(case, "cost", as_now=False)
    assert peer.solve(peer.build(case), gap=GAP) == pytest.approx(plan.goals["cost"], rel=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_any_new_deal_or_plant_least_cost_is_that_of_the_plan_as_now(seed: int) -> None:
    """No choice is left, so both are the optimum of one linear program."""
    case = world(TINY, seed)
    plan = product(case, "cost").as_now
    assert plan is not None
    model = peer.build(case)
    for family in ("sign", "orders", "modules"):
        model.variables[family].update(upper=0)
    assert peer.solve(model, gap=GAP) == pytest.approx(plan.best["cost"], rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_least_dependence_within_a_budget_is_the_products(seed: int) -> None:
    case = world(TINY, seed)
    plan = product(case, "dependence", as_now=False)
    model = peer.build(case, goal="dependence", budget=plan.budget)
    assert peer.solve(model, gap=GAP) == pytest.approx(plan.best["dependence"], abs=1e-4)


def test_a_cap_on_dependence_costs_what_it_costs_the_product() -> None:
    case = world(TINY, 0)
    plan = product(case, "cost", cap=0.8, as_now=False)
    assert peer.solve(peer.build(case, cap=0.8), gap=GAP) == pytest.approx(plan.goals["cost"], rel=1e-5)


def test_the_shipped_case_is_covered() -> None:
    """About 4,000 rows: rules, incentives, shares, caps on spending, by-products and qualification among them."""
    model = peer.build(read_case("india"))
    assert model.ncons > 3_500
    assert {"rules", "limits", "markets", "cap per order", "paid output of a place"} <= set(model.constraints)


def test_what_is_left_out_is_refused_by_name() -> None:
    case = world(TINY, 0)
    late = Lane(name="late", material="product", origin="rival", destination="home", from_year=2028)
    with pytest.raises(ValueError, match="the years of a lane"):
        peer.build(with_row(case, late))
    cap = Limit(name="cap", measure="dependence", sense="at most", value=Series.of(0.9), over="horizon")
    with pytest.raises(ValueError, match="limits on dependence; limits over the horizon"):
        peer.build(with_row(case, cap))
    with pytest.raises(ValueError, match="budget above least cost"):
        peer.build(case, goal="dependence")
    with pytest.raises(ValueError, match="goal 'jobs'"):
        peer.build(case, goal="jobs")


def test_no_plan_is_said() -> None:
    with pytest.raises(RuntimeError, match="infeasible"):
        peer.solve(peer.build(world(TINY, 0), budget=1.0), gap=GAP)
