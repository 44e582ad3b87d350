"""Brute force: every combination of the whole numbers of a small model, the flows of each at least cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from optimizer.model.compiled import Compiled
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.session import Outcome
from optimizer.study.portfolio import Choice, counts


@dataclass(frozen=True)
class Combination:
    """One combination of whole numbers that has a plan.

    Attributes:
        cost: the least cost with it, in the case's currency.
        has: each choice that counts with its number, 1 for a deal, modules for a plant.
        touched: whatever is signed or ordered.
    """

    cost: float
    has: dict[Choice, int]
    touched: frozenset[Choice]

    def holds(self, other: dict[Choice, int]) -> bool:
        """Whether it has all of another set, maybe more."""
        return all(self.has.get(choice, 0) >= number for choice, number in other.items())


def combinations(compiled: Compiled) -> int:
    """How many combinations there are."""
    integers = np.flatnonzero(compiled.integer)
    return int(np.prod([compiled.upper[j] - compiled.lower[j] + 1 for j in integers], initial=1.0))


def every(compiled: Compiled, goal: str = "cost", caps: Sequence[tuple[str, float]] = ()) -> Iterator[Combination]:
    """Every combination that has a plan; `cost` is the goal's least value, money in the case's currency."""
    fixed = FixedPlan(compiled, np.zeros(len(compiled.columns)))
    for name, most in caps:
        column = compiled.column("goal", (name,))
        if column is not None:
            level = most / compiled.money if name == "cost" else most
            fixed.bound(column, upper=min(level, float(compiled.upper[column])))
    column = compiled.column("goal", (goal,))
    unit = compiled.money if goal == "cost" else 1.0
    integers = np.flatnonzero(compiled.integer).tolist()
    ranges = [range(int(compiled.lower[j]), int(compiled.upper[j]) + 1) for j in integers]
    for numbers in product(*ranges):
        for j, number in zip(integers, numbers, strict=True):
            fixed.bound(j, lower=float(number), upper=float(number))
        result = fixed.minimise(0 if column is None else column)
        if result.outcome is Outcome.PROVED:
            chosen = {compiled.columns[j]: number for j, number in zip(integers, numbers, strict=True) if number}
            yield _combination(compiled, 0.0 if column is None else result.objective * unit, chosen)


def _combination(compiled: Compiled, cost: float, chosen: dict[tuple[str, tuple[object, ...]], int]) -> Combination:
    has: dict[Choice, int] = {}
    touched: set[Choice] = set()
    for (family, index), number in chosen.items():
        if family == "sign":
            deal, year, terms = index
            touched.add(("Deals", str(deal)))
            if counts(compiled.data, str(deal), int(str(year)), int(str(terms))):
                has["Deals", str(deal)] = 1
        elif family == "modules":
            plant = ("Plants", str(index[0]))
            touched.add(plant)
            has[plant] = has.get(plant, 0) + number
    return Combination(cost, has, frozenset(touched))
