"""Goals in order: each is proved, then held while the next is improved (MODEL.md 5, convention 32)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from optimizer.case.case import Case
from optimizer.model.blocks.dependence import COST, DEPENDENCE, MEAN
from optimizer.model.compiled import Compiled, Floats
from optimizer.solve.events import SHARE, Incumbent, OnEvent, StageEnded, StageStarted, Stopping
from optimizer.solve.plan import CheckRefused, SolveOptions, Unsolved
from optimizer.solve.session import Outcome, Result, Session, violations

FRACTIONS = (DEPENDENCE, MEAN)
"""Goals whose gap and tolerance are absolute."""

TIGHTEST = 1e-9
"""Absolute gap below which numbers of the solver are not told apart."""


FIRST = 0.7
"""Part of the time left that a goal may use where others come after it."""

RELAXING = 10.0
"""Seconds for a bound on a goal that was not searched."""

NONE: Floats = np.empty(0)
"""No solution."""

NOTHING_FOUND = "The time ran out before any plan was found, and before it was shown that there is none."


class NoPlan(Exception):  # noqa: N818 - an outcome, not a fault
    """The solver has proved twice, with and without presolve, that nothing meets the rows."""


class Cancelled(Exception):  # noqa: N818 - an outcome, not a fault
    """The user stopped the search before it had found any plan."""


@dataclass(frozen=True)
class Reached:
    """What a goal came to, in the model's unit.

    Attributes:
        value: the goal at the plan.
        bound: best bound.
        root_bound: the bound at the root of the search, where there was one.
        proved: whether the gap was reached.
    """

    value: float
    bound: float
    root_bound: float | None
    proved: bool


@dataclass
class Clock:
    """The time that is left of a bound given in seconds, None for no bound."""

    seconds: float | None
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float | None:
        """Seconds left, None without a bound."""
        return None if self.seconds is None else max(0.0, self.seconds - (time.monotonic() - self.started))

    def part(self, share: float) -> Clock:
        """A clock for a share of the time left; it starts now."""
        return Clock(None if self.left is None else share * self.left)


@dataclass
class Pursuit:
    """The pursuit of goals on one session.

    Attributes:
        case: the case, for its tolerances.
        session: the arrays in the solver.
        options: gap and time.
        clock: time left.
        on_event: told how the search goes.
        known: a solution found before with other bounds; empty without one. It serves where nothing better is found.
        floors: goal -> a bound known from before.
    """

    case: Case
    session: Session
    options: SolveOptions
    clock: Clock
    on_event: OnEvent
    known: Floats = field(default_factory=lambda: NONE)
    floors: dict[str, float] = field(default_factory=dict)
    _told: bool = False

    @property
    def compiled(self) -> Compiled:
        """The arrays."""
        return self.session.compiled

    def column(self, goal: str) -> int | None:
        """The column of a goal; None for one that nothing can move."""
        return self.compiled.column("goal", (goal,))

    def pursue(
        self, goals: tuple[str, ...], *, staged: bool = False, start: Floats = NONE
    ) -> tuple[Floats, dict[str, Reached]]:
        """Each goal in turn, the ones before it held to their tolerance.

        A goal that others come after uses a part of the time left at most: the later ones always have some, and where
        a search finds nothing better, the plan of the goals before is improved with its decisions as they are.

        Args:
            goals: the goals in order.
            staged: whether each goal is told as a stage.
            start: a solution of the rows that the first search starts from; empty without one.

        Returns:
            The value of every column, and what each goal came to.

        Raises:
            NoPlan: nothing meets the rows.
            Unsolved: no solution was found in the time.
            Cancelled: the user stopped the search before there was a solution.
        """
        reached: dict[str, Reached] = {}
        values = start
        held: dict[int, float] = {}
        last = [goal for goal in goals if self.column(goal) is not None][-1:]
        for goal in goals:
            column = self.column(goal)
            if column is None:
                reached[goal] = Reached(0.0, 0.0, None, True)
                continue
            clock = self.clock if [goal] == last else self.clock.part(FIRST)
            began = time.monotonic()
            if staged:
                self.on_event(StageStarted(goal))
            values, reached[goal] = self._searched(goal, column, values, clock)
            if staged:
                self.on_event(StageEnded(goal, time.monotonic() - began))
            held[column] = float(self.session.upper[column])
            best = reached[goal].value
            self.session.bound(column, upper=min(held[column], best + self.tolerance(goal, best)))
        values = self._transfers(values if values.size else self._anything(), reached)
        for column, upper in held.items():
            self.session.bound(column, upper=upper)
        return values, reached

    def _transfers(self, values: Floats, reached: Mapping[str, Reached]) -> Floats:
        """In the national view, what incentives pay moves no goal: then all that is due is paid, rather than any.

        The last goal is held where it is: its tolerance is for the planner's later goals, and there are none.
        """
        if self.case.settings.view != "national" or not reached:
            return values
        last = list(reached)[-1]
        if (column := self.column(last)) is not None:
            best = reached[last].value
            self.session.bound(column, upper=best + TIGHTEST * max(1.0, abs(best)))
        due = {
            j: 1.0
            for j, (family, index) in enumerate(self.compiled.columns)
            if family == "charged" and index[0] in ("incentives", "grants")
        }
        paid = self.session.polish(due, values) if due else None
        return paid.values if paid is not None and paid.outcome is Outcome.PROVED else values

    def tolerance(self, goal: str, best: float) -> float:
        """How much a later goal may worsen one that came to `best`."""
        settings = self.case.settings
        if goal in FRACTIONS:
            return max(settings.dependence_tolerance, TIGHTEST)
        return max(settings.cost_tolerance * abs(best), TIGHTEST)

    def _searched(self, goal: str, column: int, before: Floats, clock: Clock) -> tuple[Floats, Reached]:
        if self.session.cancelled:
            return self._kept(goal, column, before)
        result = self.minimise(goal, column, start=before if before.size else None, clock=clock)
        if result.outcome is Outcome.INFEASIBLE and not before.size:
            raise NoPlan
        if result.outcome is Outcome.UNBOUNDED:
            raise Unsolved(f"The goal '{goal}' has no end: some limit of the case is missing.")
        if result.outcome in (Outcome.NOTHING, Outcome.INFEASIBLE):
            # the goals before leave a plan by construction: where none is left it is the tolerance that was lost
            return self._kept(goal, column, before, result.bound if result.outcome is Outcome.NOTHING else -np.inf)
        broken = violations(self.compiled, result.values[: len(self.compiled.columns)])
        if broken:
            raise CheckRefused(tuple(f"the solver's answer breaks {what}" for what in broken))
        exact = self._polished(goal, column, result.values)
        proved = result.outcome is Outcome.PROVED
        bound = result.bound if proved or np.isfinite(result.bound) else self._floor(goal, column)
        return exact.values, Reached(exact.objective, min(bound, exact.objective), result.root_bound, proved)

    def _kept(
        self, goal: str, column: int, before: Floats, bound: float = -np.inf
    ) -> tuple[Floats, Reached]:
        """The best for a goal with the decisions of a plan that is known already."""
        self._heard()
        values = before if before.size else self.known
        if values.size == 0:
            raise self._nothing()
        exact = self.session.polish({column: 1.0}, values)
        if exact.outcome is not Outcome.PROVED and not before.size:
            raise self._nothing()
        if exact.outcome is not Outcome.PROVED:
            raise CheckRefused((f"no flows fit the decisions that were found before '{goal}'",))
        bound = max(bound, self._floor(goal, column))
        return exact.values, Reached(exact.objective, min(bound, exact.objective), None, False)

    def _floor(self, goal: str, column: int) -> float:
        """A bound on a goal that no search gave one for."""
        return max(self.session.relaxed(column, RELAXING), self.floors.get(goal, -np.inf))

    def _polished(self, goal: str, column: int, values: Floats) -> Result:
        """The same integers, rounded, with the best flows for them; an integrality slip leaks none."""
        exact = self.session.polish({column: 1.0}, values)
        if exact.outcome is not Outcome.PROVED:
            raise CheckRefused((f"no flows fit the decisions that the solver rounded for '{goal}'",))
        return exact

    def _nothing(self) -> Exception:
        """What is to be raised where the search ended without any plan."""
        return Cancelled() if self.session.cancelled else Unsolved(NOTHING_FOUND)

    def _heard(self) -> None:
        """Tells once that Ctrl-C was seen."""
        if self.session.cancelled and not self._told:
            self._told = True
            self.on_event(Stopping())

    def minimise(
        self, goal: str, column: int, *, first_found: bool = False, start: Floats | None = None,
        clock: Clock | None = None,
    ) -> Result:
        """One search for the least value of a goal; `start` is a solution known to meet the rows."""
        relative, absolute = self.gaps(goal)
        self.session.aggregates(not self._costs_at_most(goal))
        scale, unit = self.compiled.money if goal == COST else 1.0, self.unit(goal)

        def told(value: float, bound: float, seconds: float) -> None:
            self._heard()
            gap = gap_of(goal, value, bound)
            self.on_event(Incumbent(goal, value * scale, bound * scale, gap, seconds, unit))

        return self.session.minimise(
            column, gap=relative, absolute=absolute, seconds=(clock or self.clock).left, progress=told,
            first_found=first_found, start=start,
        )

    def _costs_at_most(self, goal: str) -> bool:
        """Whether another goal is searched with a bound on cost."""
        column = self.column(COST)
        return goal != COST and column is not None and bool(np.isfinite(self.session.upper[column]))

    def gaps(self, goal: str) -> tuple[float, float]:
        """Relative and absolute gap at which a goal counts as proved."""
        gap = self.options.gap
        return (0.0, max(gap, TIGHTEST)) if goal in FRACTIONS else (gap, TIGHTEST)

    def unit(self, goal: str) -> str:
        """The unit of a goal: ``share``, the case's currency, or what the criterion's rows say."""
        if goal in FRACTIONS:
            return SHARE
        if goal == COST:
            return self.case.settings.currency
        return next((row.unit for row in self.case.criteria if row.criterion == goal and row.unit), "")

    def _anything(self) -> Floats:
        """A plan where no goal can be moved at all: any column serves."""
        result = self.session.minimise(0, gap=0.0, absolute=TIGHTEST, seconds=self.clock.left)
        if result.outcome is Outcome.INFEASIBLE:
            raise NoPlan
        if result.values.size == 0:
            raise self._nothing()
        return self.session.polish({0: 1.0}, result.values).values


def gap_of(goal: str, value: float, bound: float) -> float:
    """The gap between a value and its bound: relative, absolute for dependence and for values near 0."""
    if not np.isfinite(value) or not np.isfinite(bound):
        return float("inf")
    distance = max(0.0, value - bound)
    return distance if goal in FRACTIONS or abs(value) < TIGHTEST else distance / max(abs(value), 1e-6)


def worst_gap(reached: Mapping[str, Reached]) -> float:
    """The largest gap left over all goals."""
    return max((gap_of(goal, of.value, of.bound) for goal, of in reached.items()), default=0.0)
