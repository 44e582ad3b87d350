"""What drives a plan held through futures: by rank, how its cost and its dependence follow each uncertain number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.model.compiled import Floats
from optimizer.study.draws import Draws
from optimizer.study.held import Outcomes


@dataclass(frozen=True)
class Driver:
    """What moves with an uncertain number.

    Attributes:
        name: the number, or deal that may not close.
        cost: rank correlation of the plan's cost with it, from -1 to 1; None where either does not vary.
        dependence: the same of its dependence.
    """

    name: str
    cost: float | None
    dependence: float | None


def features(draws: Draws) -> tuple[tuple[str, ...], Floats]:
    """The numbers of the futures by their names: one of each factor, deals that close, scenarios: [future, number]."""
    first = np.cumsum([0, *(len(factor.rows) for factor in draws.factors)])[:-1]
    scenarios = [name for name in draws.scenarios if len(draws.scenarios) > 1]
    names = (*(factor.name for factor in draws.factors), *draws.deals, *scenarios)
    there = np.array([draws.scenario == k for k in range(len(scenarios))]).reshape(len(scenarios), len(draws)).T
    return names, np.concatenate([draws.values[:, first], draws.closes, there], axis=1)


def drivers(draws: Draws, mine: Outcomes) -> tuple[Driver, ...]:
    """Each number by how strongly cost or dependence of a plan held follows it, the strongest first."""
    names, numbers = features(draws)
    found = [
        Driver(name, _ranked(numbers[:, k], mine.cost), _ranked(numbers[:, k], mine.dependence))
        for k, name in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda one: -max(abs(one.cost or 0.0), abs(one.dependence or 0.0))))


def _ranked(one: Floats, other: Floats) -> float | None:
    """Spearman's rank correlation, ties at their mean rank; futures without a plan are left out."""
    known = np.isfinite(other)
    ranks = np.stack([_ranks(side[known]) for side in (one, other)])
    if ranks.shape[1] < 2 or (np.ptp(ranks, axis=1) == 0).any():
        return None
    return float(np.asarray(np.corrcoef(ranks))[0, 1])


def _ranks(values: Floats) -> Floats:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[places], dtype=np.float64)
