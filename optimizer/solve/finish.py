"""From the solver's numbers to a plan: what they decide, read off the arrays and confirmed by the independent check."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from optimizer.model.apply import standing
from optimizer.model.blocks.capacity import capacity
from optimizer.model.blocks.deals import active, volume
from optimizer.model.blocks.dependence import COST, DEPENDENCE, MEAN
from optimizer.model.building import Building, Linear
from optimizer.model.compiled import Compiled, Floats
from optimizer.solve.amounts import Claims
from optimizer.solve.check import check_plan
from optimizer.solve.extract import SWEPT, amounts_of, claims_of, evaluate, limit_levels, settle
from optimizer.solve.goals import Reached, gap_of, worst_gap
from optimizer.solve.plan import CheckRefused, Plan, SolveOptions


def checked_plan(
    compiled: Compiled, values: Floats, reached: Mapping[str, Reached], options: SolveOptions,
    budget: float | None = None, cap: float | None = None,
) -> Plan:
    """The plan that a solution is, with the goals that were pursued.

    Args:
        compiled: the arrays.
        values: value of every column.
        reached: what each goal came to, in the order pursued.
        options: how it was solved.
        budget: most that it may cost, in the case's currency.
        cap: most that its dependence on the glide path may be.

    Raises:
        CheckRefused: the solution does not stand up to the independent check.
    """
    # what is next to nothing is left out only where the plan stands without it
    for swept in (SWEPT, None):
        exact = settle(compiled, values, swept=swept)
        amounts, claims = amounts_of(compiled, exact), claims_of(compiled, exact)
        complaints = check_plan(compiled.case, amounts, claims, budget, cap)
        if not complaints:
            break
    if complaints:
        raise CheckRefused(complaints)
    building, of = standing(compiled), evaluate(compiled, exact)
    first = next(iter(reached), None)
    root = None if first is None else reached[first].root_bound
    return Plan(
        case=compiled.case,
        options=options,
        status="proved" if all(r.proved for r in reached.values()) else "stopped",
        goals={goal: at_plan(claims, goal) for goal in reached},
        best={goal: r.value * (compiled.money if goal == COST else 1.0) for goal, r in reached.items()},
        gap=worst_gap(reached),
        bound=0.0 if first is None else reached[first].bound * (compiled.money if first == COST else 1.0),
        root_gap=None if first is None or root is None else gap_of(first, reached[first].value, root),
        amounts=amounts,
        claims=claims,
        active=_by_deal(building, of, active),
        volume=_by_deal(building, of, volume),
        capacity={
            (k, t): level
            for k in building.data.plants
            for t in building.data.years
            if (level := of(capacity(building, k, t))) > 0
        },
        limits=limit_levels(compiled, exact),
        budget=budget,
        first_moved_year=building.data.first_moved_year,
        checked=True,
        size=compiled.size,
        values=values,
    )


def at_plan(claims: Claims, goal: str) -> float:
    """The value of a goal at a plan: dependence as a fraction, cost in the case's currency."""
    known = {DEPENDENCE: claims.dependence, MEAN: claims.mean_dependence, COST: claims.cost}
    return known[goal] if goal in known else claims.criteria[goal]


def _by_deal(
    building: Building, of: Callable[[Linear], float], linear: Callable[[Building, str, int], Linear]
) -> dict[tuple[str, int], float]:
    found = {
        (d, t): of(linear(building, d, t))
        for d in building.data.deals
        for t in building.data.years
        if (d, t) in building.data.possible
    }
    return {key: level for key, level in found.items() if not np.isclose(level, 0.0, atol=1e-9)}
