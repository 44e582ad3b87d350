"""Every combination of a small model's integers, one after the other: what a study says is held against this.

Nothing of the studies is used, and no search: only linear programs with the integers held.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.case.case import Case
from optimizer.model.assemble import build
from optimizer.model.compiled import Floats, Name, compile_model
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.session import Outcome

MOST = 256
"""Most combinations of a case that is tried out: those of eight binaries."""

Held = Mapping[Name, int]
"""An integer column -> the number that it is held at."""


@dataclass(frozen=True)
class Best:
    """The least of a goal, and the decisions and numbers that give it."""

    value: float
    held: Held
    numbers: Floats


class Brute:
    """The combinations of a case that leave any plan at all.

    Attributes:
        compiled: the model.
        feasible: the combinations.
    """

    def __init__(self, case: Case) -> None:
        self.compiled = compile_model(build(case))
        self._integers = np.flatnonzero(self.compiled.integer).tolist()
        self._fixed = FixedPlan(self.compiled, self.compiled.lower)
        self._at = self.compiled.lower.copy()
        self.feasible = [] if self.compiled.settled else [
            held for held in self._all() if self._lp({self._column("cost"): 1.0}, held) is not None
        ]

    @property
    def money(self) -> float:
        """The unit of money of the arrays."""
        return self.compiled.money

    def least(
        self, goal: str, caps: Mapping[str, float] | None = None, where: Callable[[Held], bool] = lambda _: True
    ) -> Best | None:
        """The least of a goal over all combinations that `where` allows; None where none keeps to the caps.

        Args:
            goal: name of the goal.
            caps: most that goals may come to: cost in the case's currency.
            where: tells combinations apart.
        """
        bounds = {self._column(name): most / self._unit(name) for name, most in (caps or {}).items()}
        before = {column: float(self.compiled.upper[column]) for column in bounds}
        for column, most in bounds.items():
            self._fixed.bound(column, upper=min(most, before[column]))
        found: Best | None = None
        for held in filter(where, self.feasible):
            numbers = self._lp({self._column(goal): 1.0}, held)
            value = np.inf if numbers is None else float(numbers[self._column(goal)]) * self._unit(goal)
            if numbers is not None and (found is None or value < found.value):
                found = Best(value, held, numbers)
        for column, most in before.items():
            self._fixed.bound(column, upper=most)
        return found

    def _lp(self, goal: Mapping[int, float], held: Held) -> Floats | None:
        for name, number in held.items():
            column = self.compiled.column_numbers[name]
            if self._at[column] != number:
                self._fixed.bound(column, lower=float(number), upper=float(number))
                self._at[column] = number
        result = self._fixed.minimise(goal)
        assert result.outcome in (Outcome.PROVED, Outcome.INFEASIBLE), result.outcome
        return result.values if result.outcome is Outcome.PROVED else None

    def _all(self) -> Iterator[Held]:
        names = [self.compiled.columns[j] for j in self._integers]
        ranges = [range(int(self.compiled.lower[j]), int(self.compiled.upper[j]) + 1) for j in self._integers]
        for numbers in itertools.product(*ranges):
            yield dict(zip(names, numbers, strict=True))

    def _column(self, goal: str) -> int:
        found = self.compiled.column("goal", (goal,))
        assert found is not None, goal
        return found

    def _unit(self, goal: str) -> float:
        return self.money if goal == "cost" else 1.0


def combinations(case: Case) -> int:
    """How many combinations of integers a case has; 0 where it is settled without any search."""
    compiled = compile_model(build(case))
    if compiled.settled:
        return 0
    of = compiled.integer
    return round(float(np.prod(compiled.upper[of] - compiled.lower[of] + 1)))
