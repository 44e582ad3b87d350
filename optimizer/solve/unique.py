"""Whether another set of deals does as well: one search for any plan with other deals and no worse goals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from optimizer.model.compiled import Compiled, Floats
from optimizer.solve.goals import Pursuit, Reached
from optimizer.solve.session import Outcome


@dataclass(frozen=True)
class Others:
    """Whether other deals do as well, and which.

    Attributes:
        unique: whether no other set of deals reaches every goal within its tolerance; None where it is not settled.
        without: deals of the plan that the other set leaves out.
        instead: deals that it has and the plan has not.
    """

    unique: bool | None
    without: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()


def other_deals(pursuit: Pursuit, values: Floats, reached: dict[str, Reached]) -> Others:
    """One search for another set of deals that does as well.

    A set differs where a deal of the plan is dropped, ``sum sign <= N (1 - y)``, or another one signed,
    ``y <= sum sign``; ``sum y >= 1``. The rows stay in the session, which must not be used again.
    """
    compiled, session = pursuit.compiled, pursuit.session
    signs = _signs(compiled)
    if not signs:
        return Others(unique=True)
    chosen = _chosen(signs, values)
    differing: dict[int, float] = {}
    for deal, columns in signs.items():
        y = session.add_column(integer=True)
        differing[y] = 1.0
        ones = dict.fromkeys(columns, 1.0)
        if deal in chosen:
            session.add_row(float("-inf"), float(len(columns)), {**ones, y: float(len(columns))})
        else:
            session.add_row(0.0, float("inf"), {**ones, y: -1.0})
    session.add_row(1.0, float("inf"), differing)
    unique, found = _settled(pursuit, reached)
    if not found.size:
        return Others(unique)
    others = _chosen(signs, found)
    without, instead = (tuple(deal for deal in signs if deal in some) for some in (chosen - others, others - chosen))
    return Others(unique, without, instead)


def _chosen(signs: dict[str, list[int]], values: Floats) -> set[str]:
    return {deal for deal, columns in signs.items() if any(values[j] > 0.5 for j in columns)}


def _settled(pursuit: Pursuit, reached: dict[str, Reached]) -> tuple[bool | None, Floats]:
    """Whether the plan's deals are the only ones, and another plan where one was found."""
    goals = [(goal, column) for goal in reached if (column := pursuit.column(goal)) is not None]
    for goal, column in goals:
        best = reached[goal].value
        slack = max(pursuit.tolerance(goal, best), pursuit.options.gap * max(1.0, abs(best)))
        pursuit.session.bound(column, upper=min(float(pursuit.session.upper[column]), best + slack))
    if not goals:
        return None, np.empty(0)
    result = pursuit.minimise(*goals[-1], first_found=True)
    if result.outcome is Outcome.INFEASIBLE:
        return True, np.empty(0)
    return (False if result.values.size else None), result.values


def _signs(compiled: Compiled) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for j, (family, index) in enumerate(compiled.columns):
        if family == "sign":
            found[str(index[0])].append(j)
    return dict(found)
