"""The network's least cost is the product's, on the shipped case and on random ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from optimizer import Case, Infeasible, Plan, SolveOptions, read_case
from optimizer import solve as product_solve
from tests.random_cases import random_case

pytest.importorskip("pypsa")
pytest.importorskip("linopy")

from tests.benchmarks.peers.pypsa_india import build, cut_down, solve

pytestmark = pytest.mark.filterwarnings("ignore:pandas infers the `str` dtype:FutureWarning")
LEAST_COST = SolveOptions(goal="cost", then=(), unique=False, as_now=False)
SAME = 1e-6


@pytest.fixture(scope="module")
def india() -> Case:
    return read_case("india")


@pytest.fixture(scope="module")
def network_cost(india: Case) -> float:
    return solve(build(cut_down(india)))


def least_cost(case: Case) -> float:
    return product_solve(case, LEAST_COST).best["cost"]


def test_the_network_costs_what_the_product_says_of_the_case_cut_down(india: Case, network_cost: float) -> None:
    assert network_cost == pytest.approx(least_cost(cut_down(india)), rel=SAME)


def test_nothing_that_was_cut_out_of_india_is_felt_without_deals(india: Case, network_cost: float) -> None:
    plan = product_solve(india, replace(LEAST_COST, as_now=True))
    assert isinstance(plan.as_now, Plan)
    # what least cost came to, before dependence was made least within its tolerance
    assert network_cost == pytest.approx(plan.as_now.best["cost"], rel=SAME)


def test_cutting_down_leaves_no_choice_and_cuts_nothing_twice(india: Case) -> None:
    cut = cut_down(india)
    assert not any((cut.deals, cut.rules, cut.limits, cut.incentives, cut.criteria))
    assert all(k.module is None and not k.ordered_in for k in cut.plants)
    assert not any(row.deals for row in (*cut.lanes, *cut.supplies))
    assert cut_down(cut) == cut


def outcomes(case: Case) -> Iterable[float | None]:
    """Least cost of network and product, None where there is no plan."""
    try:
        yield solve(build(case))
    except RuntimeError:
        yield None
    try:
        yield least_cost(case)
    except Infeasible:
        yield None


@pytest.mark.parametrize("seed", range(8))
def test_random_cases_cost_the_same_or_have_no_plan_either_way(seed: int) -> None:
    network, product = outcomes(cut_down(random_case(seed)))
    assert network == (product if product is None else pytest.approx(product, rel=SAME))
