"""The trade-off of two criteria along which a plan's decisions stay the same: a convex line of straight pieces."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.solve.fixed import FixedPlan
from optimizer.solve.session import Outcome

Spot = tuple[float, float]
"""What the first and the second criterion come to."""

FLAT = 1e-6
"""Part of the line's extent by which a corner must stand out from it to be one."""

CORNERS = 40
"""Most corners of one line."""


@dataclass(frozen=True)
class Pair:
    """Two criteria as columns.

    Attributes:
        first: column of the first.
        second: column of the second.
        units: what one of each column's unit is in the units told.
    """

    first: int
    second: int
    units: tuple[float, float]


def segment(fixed: FixedPlan, pair: Pair, most: float, least: float) -> tuple[Spot, ...]:
    """The least of the first criterion against the second, from `most` of it down to `least`, decisions held.

    The corners come from minimising weighted sums, the weights those at which both ends of a piece are equally good
    (Aneja and Nair, Management Science 1979): exact for linear programs.

    Args:
        fixed: the plan with its decisions held; the upper bounds of both columns are moved.
        pair: the criteria.
        most: where the line begins.
        least: where it ends, or earlier, where the decisions allow no less.

    Returns:
        Its corners, the second criterion falling; empty where not even `most` is possible.
    """
    start = _least(fixed, pair, most)
    if start is None:
        return ()
    end = _least(fixed, pair, least)
    if end is None:
        fixed.bound(pair.second, upper=most / pair.units[1])
        lowest = fixed.minimise(pair.second)
        if lowest.outcome is not Outcome.PROVED:
            return (start,)
        end = _least(fixed, pair, float(lowest.values[pair.second]) * pair.units[1] * (1 + 1e-9))
    if end is None or start[1] - end[1] <= FLAT * max(abs(start[1]), FLAT):
        return (start,)
    fixed.bound(pair.second, upper=most / pair.units[1])
    corners = [start, end]
    _between(fixed, pair, start, end, corners)
    return tuple(sorted(corners, key=lambda spot: -spot[1]))


def _least(fixed: FixedPlan, pair: Pair, most: float) -> Spot | None:
    fixed.bound(pair.second, upper=most / pair.units[1])
    return _spot(fixed, pair, {pair.first: 1.0})


def _spot(fixed: FixedPlan, pair: Pair, goal: dict[int, float]) -> Spot | None:
    result = fixed.minimise(goal)
    if result.outcome is not Outcome.PROVED:
        return None
    return float(result.values[pair.first]) * pair.units[0], float(result.values[pair.second]) * pair.units[1]


def _between(fixed: FixedPlan, pair: Pair, start: Spot, end: Spot, corners: list[Spot]) -> None:
    """Adds the corners between two spots of the line, if any stands out from the straight piece between them."""
    wide, high = end[0] - start[0], start[1] - end[1]
    if len(corners) >= CORNERS or wide <= 0 or high <= 0:
        return
    found = _spot(fixed, pair, {pair.first: pair.units[0] / wide, pair.second: pair.units[1] / high})
    if found is None:
        return
    gained = start[0] / wide + start[1] / high - found[0] / wide - found[1] / high
    if gained > FLAT and start[0] < found[0] < end[0]:
        corners.append(found)
        _between(fixed, pair, start, found, corners)
        _between(fixed, pair, found, end, corners)
