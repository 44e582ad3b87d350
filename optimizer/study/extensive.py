"""The futures as one search: the extensive form, or a part of it with what stands for the rest (MODEL.md 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.model.compiled import Floats, Name
from optimizer.solve.events import Incumbent, OnEvent
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.goals import Clock
from optimizer.solve.plan import SolveOptions
from optimizer.solve.session import Outcome, Session
from optimizer.solve.stopping import Stop
from optimizer.study.risk import EXPECTED, Risk
from optimizer.study.stamp import Stamped

FIRST = 0.8
"""Part of the time that the goal may use where the expectation is made least after it."""


@dataclass(frozen=True)
class Found:
    """What a search over the futures gave.

    Attributes:
        decided: columns of the first stage with their numbers; None without a solution.
        bound: what the goal cannot be below, in the case's currency.
        value: what it comes to there, as far as this search knows; infinite without a solution.
        costs: cost of each future there, in the case's currency, as far as this search knows.
        proved: whether the gap was reached.
        none: whether it is proved that nothing meets every future.
    """

    decided: Mapping[Name, int] | None
    bound: float
    value: float = float("inf")
    costs: tuple[float, ...] = ()
    proved: bool = False
    none: bool = False


@dataclass(frozen=True)
class Search:
    """How a search over the futures is made.

    Attributes:
        risk: the goal.
        options: gap, threads and seed.
        scale: what the gap is a part of, in the case's currency: regret may well be 0.
        currency: the case's currency.
        on_event: told how it goes.
        stop: whether the user asked to stop.
    """

    risk: Risk
    options: SolveOptions
    scale: float
    currency: str
    on_event: OnEvent
    stop: Stop

    def session(self, of: Stamped) -> Session:
        """The whole in the solver."""
        return Session(of.compiled, threads=self.options.threads, seed=self.options.seed, stop=self.stop)

    def least(
        self, of: Stamped, clock: Clock, session: Session | None = None, gap: float | None = None, *,
        second: bool = True, like: Floats | None = None,
    ) -> Found:
        """The first stage that is best for the goal and, among those, for the expectation.

        Args:
            of: the futures as one model.
            clock: the time that it may take.
            session: the whole in the solver, where rows were added to it; they stay.
            gap: part of the scale that may stay open; that of the options where None.
            second: whether the expectation is made least among what is best for the goal.
            like: values of the whole, of which the integers are a solution that is known; without one the solver is
                long in finding a first.
        """
        session = session or self.session(of)
        money, gap = of.compiled.money, self.options.gap if gap is None else gap
        absolute = max(gap * self.scale / money, 1e-9)
        goal = of.compiled.column_numbers["goal", (self.risk.kind,)]
        others = second and self.risk.kind != EXPECTED
        seconds = clock.part(FIRST if others else 1.0).left
        first = session.minimise(
            goal, gap=0.0, absolute=absolute, seconds=seconds, progress=self._told(str(self.risk), money),
            start=None if like is None else _start(of, like, goal),
        )
        if first.outcome is Outcome.INFEASIBLE:
            return Found(None, float("inf"), none=True)
        if not first.values.size:
            return Found(None, first.bound * money)
        values = first.values
        if others:
            before = float(session.upper[goal])
            session.bound(goal, upper=min(before, first.objective + max(0.1 * absolute, 1e-9)))
            column = of.compiled.column_numbers["goal", (EXPECTED,)]
            then = session.minimise(column, gap=0.0, absolute=absolute, seconds=clock.left, start=values,
                                    progress=self._told(EXPECTED, money))
            values = then.values if then.values.size else values
            session.bound(goal, upper=before)
        return Found(
            {name: round(float(values[j])) for j, name in enumerate(of.shared)}, first.bound * money,
            first.objective * money, costs_in(of, values), first.outcome is Outcome.PROVED,
        )

    def _told(self, goal: str, money: float) -> Callable[[float, float, float], None]:
        def tell(value: float, bound: float, seconds: float) -> None:
            known = np.isfinite(value) and np.isfinite(bound)
            gap = max(0.0, value - bound) * money / self.scale if known else float("inf")
            self.on_event(Incumbent(goal, value * money, bound * money, gap, seconds, self.currency))

        return tell


def _start(of: Stamped, like: Floats, goal: int) -> Floats | None:
    """The best solution with the integers of another; None where they leave none."""
    result = FixedPlan(of.compiled, like).minimise(goal)
    return result.values if result.outcome is Outcome.PROVED else None


def costs_in(of: Stamped, values: Floats) -> tuple[float, ...]:
    """What each future costs in a solution of the whole, in the case's currency."""
    columns = [of.cost(i) for i in range(len(of.blocks))]
    return tuple(
        0.0 if column is None else float(values[column]) * block.arrays.money
        for column, block in zip(columns, of.blocks, strict=True)
    )
