"""MODEL.md 5: dependence over time, and goals with budgets, caps and tolerances."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Criterion, Series
from tests.cases.little import from_first, little, offer, source
from tests.cases.world import Runner, S, proves

RISING = source(12, limit=from_first(1, 4))
"""1 t clear in 2030, 4 t in 2031: dependence of 0.8, then 0.2 at least."""


@proves("dependence")
@pytest.mark.parametrize(
    ("settings", "dependence"),
    [
        ({}, 0.8),
        ({"full_from": 2031}, 0.2),
        ({"glide": from_first(1, 1)}, 0.8),
        ({"glide": from_first(0, 1)}, 0.2),
        ({"glide": from_first(0.5, 1)}, 0.6),
        ({"glide": from_first(0.25, 1)}, 0.2),
        ({"glide": from_first(1, 0)}, 0.8),
    ],
)
def test_glide_path(run: Runner, settings: dict[str, object], dependence: float) -> None:
    """0.8 and 0.2. The glide of 2030 at 0.5 asks 0.8 <= 1 - 0.5 (1 - delta): delta is 0.6; at 0.25 it is 0.2.

    At 1, the default from the first year, 0.8; at 0, left out, the 0.2 of 2031. A plain mean would be 0.5 in all.
    """
    plan = run(little(*RISING, goal="dependence", years=2, **settings))
    assert plan.claims.dependence == pytest.approx(dependence)


@proves("dependence")
def test_years_without_demand_are_left_out(run: Runner) -> None:
    """Nothing is needed in 2030: 0.2 on the glide path and in the mean; as a year of 0 or 1 it would halve or raise it.

    No cost arises in 2030 either: 4 x 12 + 10 = 58 where dependence is least.
    """
    plan = run(little(*RISING, goal="dependence", years=2, need=from_first(0, 5)))
    assert plan.claims.dependence == pytest.approx(0.2)
    assert plan.claims.mean_dependence == pytest.approx(0.2)
    assert plan.claims.cost == pytest.approx(58)


@proves("dependence")
@pytest.mark.parametrize(
    ("weights", "mean"),
    [(None, 0.2), (from_first(1, 1), 0.6), (from_first(1, 3), 0.4), (from_first(1, 0), 1.0)],
)
def test_mean_dependence(run: Runner, weights: Series | None, mean: float) -> None:
    """A deal from 2031 on: dependence of 1 and 0.2. 2030, which nothing can move, has no weight unless given one."""
    case = little(*offer(12, lead=1.0), goal="mean dependence", weights=weights, years=2)
    plan = run(case)
    assert plan.claims.mean_dependence == pytest.approx(mean)
    assert plan.first_moved_year == 2031


@proves("dependence", "cost")
@pytest.mark.parametrize("settings", [{"budget": 54.0}, {"budget_above_least_cost": 4.0}])
def test_budget(run: Runner, settings: dict[str, float]) -> None:
    """Clear product is 2 dearer: 4 above the least cost of 50 buy 2 of 5 t, 0.6; without a budget 0."""
    plan = run(little(*source(12), goal="dependence", **settings))
    assert plan.claims.dependence == pytest.approx(0.6)
    assert plan.claims.cost == pytest.approx(54)
    assert plan.budget == pytest.approx(54)


@proves("dependence", "cost")
def test_cap_on_dependence(run: Runner) -> None:
    """Least cost with dependence at most 0.4: 3 t at 2 more, 56; without the cap 50."""
    assert run(little(*source(12), dependence_cap=0.4)).claims.cost == pytest.approx(56)


@proves("dependence", "cost")
@pytest.mark.parametrize(("tolerance", "cost"), [(0.0, 58), (0.1, 57)])
def test_tolerance_of_dependence(run: Runner, tolerance: float, cost: float) -> None:
    """First dependence, 0.2 with 4 t clear at 2 more: 58. Allowed to rise by 0.1, half a tonne less is bought: 57.

    In the other order the cost would be 50.
    """
    rows = source(12, limit=S(4))
    case = little(*rows, goal="dependence", then=("cost",), dependence_tolerance=tolerance)
    assert run(case).claims.cost == pytest.approx(cost)


@proves("dependence", "cost")
@pytest.mark.parametrize(("tolerance", "dependence"), [(0.0, 1.0), (0.1, 0.5)])
def test_tolerance_of_cost(run: Runner, tolerance: float, dependence: float) -> None:
    """First cost, 50 with all from concern. Allowed to rise by a tenth, 5 buy 2.5 t clear at 2 more: 0.5."""
    case = little(*source(12), then=("dependence",), cost_tolerance=tolerance)
    assert run(case).claims.dependence == pytest.approx(dependence)


@proves("criteria", "dependence")
def test_a_criterion_as_goal(run: Runner) -> None:
    """Least effort with dependence at most 0.2: the deal at 14 with an effort of 1, not that at 12 with 3.

    66; with cost as the goal 58.
    """
    rows = [*offer(12, name="near"), *offer(14, name="far")]
    efforts = [Criterion(criterion="effort", applies_to="near", per_signing=3.0),
               Criterion(criterion="effort", applies_to="far", per_signing=1.0)]
    plan = run(little(*rows, *efforts, goal="effort", then=("cost",), dependence_cap=0.2))
    assert plan.claims.criteria["effort"] == pytest.approx(1)
    assert plan.claims.cost == pytest.approx(66)
    assert run(little(*rows, *efforts, dependence_cap=0.2)).claims.cost == pytest.approx(58)


@proves("dependence")
def test_exposure_of_what_is_bought(run: Runner) -> None:
    """A quarter of what the ally sells is exposed: 0.25; were its own place all that counts, 0."""
    assert run(little(*source(12, exposed_share=0.25), goal="dependence")).claims.dependence == pytest.approx(0.25)
