"""Prices: what one unit more and one unit less of each number that bounds a plan is worth (MODEL.md 7).

The plan's whole numbers are held and the linear program of its flows is solved again from where it stands, once with a
unit more and once with a unit less: duals of such a program are arbitrary where several bases give the same plan, and
what is lost by a unit less is seldom what is gained by one more. Two programs are asked:

    money:  the least cost with dependence at most that of the plan
    points: the least dependence with cost at most that of the plan

A number that has slack is worth nothing and is not among the prices; one that the plan falls short of by no more than a
hundredth of a unit, or than a later goal may have used of the tolerance of dependence, counts as without.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from optimizer.case.case import Case
from optimizer.case.schema import Dimension
from optimizer.case.units import Money, convert
from optimizer.model.apply import Shift
from optimizer.model.assemble import build
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.bounds import Bounds, loosened, propagate
from optimizer.model.compiled import Compiled, Floats, compile_model
from optimizer.model.data import Data
from optimizer.model.held import Number, numbers, trimmed
from optimizer.solve.events import OnEvent, StageEnded, StageStarted
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.plan import Plan
from optimizer.solve.session import Outcome, SolverError
from optimizer.study.ground import silent

MILLION = 1e6
"""One unit of money, in the case's currency, where the workbook has no unit of its own."""

POINT = 0.01
"""One unit of a share, a percentage point, where the workbook has no unit of its own."""

STEPS = (1.0, 0.1, 0.01)
"""Parts of a unit that are tried until the change leaves a plan."""

LEVEL = 1e-9
"""Part by which cost or dependence of the plan may be exceeded, so that the plan meets its own level."""

NOTHING = {COST: 1e-9, DEPENDENCE: 1e-11}
"""Changes of a goal, relative to it or absolute, that are the solver's tolerance."""

OPEN = ("supply limit", "lane limit", "market", "capacity", "stock limit")
"""Kinds of numbers that are not there where they are 0."""

IDLE = 1e-12
"""Dual of a row, in the units of the arrays, that is none."""

BINDS = 1e-7
"""Slack, relative to a row's side, that is none."""

WIDE = 1e3
"""How many times what can flow at most the bounds are widened to."""

LABEL = "valid while the chosen deals stay"
"""What prices hold for."""


@dataclass(frozen=True)
class Worth:
    """What a change of a number changes, for each unit of it.

    Attributes:
        each: change of the goal for each unit: money in the case's currency, dependence as a fraction. Below 0 is a
            gain. None where no plan is left.
        step: part of a unit that was changed; less than 1 where a whole one leaves no plan.
    """

    each: float | None
    step: float = 1.0


@dataclass(frozen=True)
class Price:
    """What one unit of a number of the workbook is worth, the deals and orders of the plan held.

    Attributes:
        what: what it is: supply limit, supply total, lane limit, market, capacity, most taken, least take, stock limit,
            demand, limit, dependence allowed or cost allowed.
        name: row of the workbook, by its name; empty for dependence and cost allowed.
        year: the year; None for the horizon as a whole.
        address: its address; empty for what the plan's own level is.
        cell: its cell.
        unit: what one unit of it is, as in the workbook: ``t``, ``USD m``, ``%``.
        more_money: change of the least cost with one unit more.
        less_money: change of the least cost with one unit less.
        more_points: change of the least dependence with one unit more.
        less_points: change of the least dependence with one unit less.
    """

    what: str
    name: str
    year: int | None
    address: str
    cell: str
    unit: str
    more_money: Worth
    less_money: Worth
    more_points: Worth
    less_points: Worth


@dataclass(frozen=True)
class Prices:
    """The prices of a plan, :data:`LABEL`.

    Attributes:
        plan: the plan.
        cost: the least cost with the plan's decisions and at most its dependence, in the case's currency.
        dependence: the least dependence with the plan's decisions and at most its cost, a fraction.
        capped: most that dependence may be where money is asked for; None where nothing caps it.
        spent: most that cost may be where points are asked for, in the case's currency.
        prices: the numbers without slack, by kind in the order of the sheets.
        solves: linear programs solved.
    """

    plan: Plan
    cost: float
    dependence: float
    capped: float | None
    spent: float
    prices: tuple[Price, ...]
    solves: int = field(default=0, compare=False)


def prices(plan: Plan, *, on_event: OnEvent | None = None) -> Prices:
    """What one unit more and one unit less of everything that bounds a plan is worth.

    Args:
        plan: a checked plan.
        on_event: told that the stage begins and ends.

    Raises:
        SolverError: the solver finds no flows with the plan's decisions, or cheaper ones than the plan that was proved
            to be cheapest.
    """
    tell, began = on_event or silent, time.monotonic()
    tell(StageStarted("prices"))
    found = _Pricing(plan).prices()
    tell(StageEnded("prices", time.monotonic() - began))
    return found


def untightened(case: Case) -> Compiled:
    """The arrays of a case whose bounds are far beyond what can flow: no row is there that the planner did not give."""
    bounds = propagate(Data(case))
    return compile_model(build(case, bounds=loosened(bounds, WIDE * _largest(bounds))))


def _largest(bounds: Bounds) -> float:
    finite = [vector[np.isfinite(vector)] for table in (bounds.flow, bounds.run) for vector in table.values()]
    return max((float(vector.max()) for vector in finite if vector.size), default=1.0) or 1.0


def decided(compiled: Compiled, plan: Plan) -> Floats:
    """The whole numbers of a plan as columns of arrays, by their names; the flows are 0."""
    amounts = plan.amounts
    families: Mapping[str, Mapping[Any, int]] = {
        "sign": amounts.sign, "order": amounts.orders, "modules": amounts.modules,
    }
    chosen = {("Deals", deal) for deal, _, _ in amounts.sign} | {("Plants", plant) for plant, _ in amounts.orders}
    values = np.zeros(len(compiled.columns))
    for j in np.flatnonzero(compiled.integer):
        family, index = compiled.columns[j]
        values[j] = index in chosen if family == "chosen" else families[family].get(index, 0)
    return values


FREE = (Worth(0.0), Worth(0.0))
"""What a unit more and a unit less is worth to a goal that is not there, or that it is held at."""

DIMENSIONS: dict[str, Dimension] = {"mass": "mass", "money": "money", "share": "share"}
"""Dimensions of numbers that have units."""


class _Program:
    """The least of one goal with the other held, as numbers move.

    Attributes:
        goal: the goal, cost or dependence.
        base: what it comes to as the numbers are, in its column's unit.
        solves: programs solved.
    """

    def __init__(self, compiled: Compiled, goal: str, held: tuple[str, float] | None) -> None:
        self.goal, self.solves = goal, 0
        self._compiled, self._fixed = compiled, FixedPlan(compiled, np.zeros(len(compiled.columns)), scaled=False)
        self._column = compiled.column_numbers["goal", (goal,)]
        if held is not None:
            self.hold(*held)
        first = self._fixed.minimise(self._column)
        if first.outcome is not Outcome.PROVED:
            raise SolverError(f"no flows meet the plan's decisions where the least {goal} is asked for")
        self.base, self._values, self._duals = first.objective, first.values, self._fixed.duals()

    def hold(self, goal: str, most: float) -> None:
        """The other goal at most so much, in its column's unit."""
        self._fixed.bound(self._compiled.column_numbers["goal", (goal,)], upper=most)

    def moved(self, shift: Shift, size: float, part: float) -> float | None:
        """The least of the goal with a part of a unit of `size` more; None where nothing is possible."""
        if self._idle(shift, part):
            return self.base
        self._fixed.move(shift.on(self._compiled, part * size))
        return self.value()

    def _idle(self, shift: Shift, part: float) -> bool:
        """Whether more room is worth nothing: its rows have a dual of 0, which bounds what any more room can gain."""
        rows, lower, upper = shift.rows
        relaxes = not len(shift.places[0]) and bool(np.all(part * lower <= 0) and np.all(part * upper >= 0))
        return relaxes and bool(np.all(np.abs(self._duals[rows]) <= IDLE))

    def reset(self) -> None:
        """The numbers as they are."""
        self._fixed.move(self._compiled)

    def value(self) -> float | None:
        """The least of the goal as the numbers stand; None where nothing is possible."""
        self.solves += 1
        result = self._fixed.minimise(self._column)
        return result.objective if result.outcome is Outcome.PROVED else None

    def slacks(self) -> Floats:
        """How far each row is from its nearest side where the goal is least, the numbers as they are."""
        c = self._compiled
        columns = np.repeat(np.arange(len(c.columns)), np.diff(c.starts))
        level = np.bincount(c.indices, c.values * self._values[columns], minlength=len(c.rows))
        return np.minimum(level - c.row_lower, c.row_upper - level)


class _Pricing:
    """Asks for the worth of every number without slack."""

    def __init__(self, plan: Plan) -> None:
        self.plan, case = plan, plan.case
        loose = untightened(case)
        values = decided(loose, plan)
        unlinked, given = numbers(loose, values)
        self.compiled, self.numbers = trimmed(unlinked, values, given)
        self.money = Money.of(case.settings)
        self.capped = _cap(plan)
        self.level = plan.claims.cost / loose.money
        self.programs: dict[str, _Program] = {}
        if loose.column("goal", (COST,)) is not None:
            dependence = loose.column("goal", (DEPENDENCE,)) is not None
            held = None if self.capped is None or not dependence else (DEPENDENCE, self.capped)
            self.programs[COST] = _Program(self.compiled, COST, held)
            self.level = _above(max(self.level, self.programs[COST].base))
            if dependence:
                self.programs[DEPENDENCE] = _Program(self.compiled, DEPENDENCE, (COST, self.level))
        self._refuse()

    def _refuse(self) -> None:
        """Wide bounds must not change the plan: its flows are those of least cost, where cost was pursued."""
        if COST not in self.programs or COST not in self.plan.goals:
            return
        cost, claimed = self.programs[COST].base * self.compiled.money, self.plan.claims.cost
        part = max(self.plan.gap, self.plan.case.settings.cost_tolerance, 1e-6)
        if cost > claimed + part * max(1.0, abs(claimed)):
            raise SolverError(f"the plan costs {claimed:.6g}, and its decisions {cost:.6g} without tightened bounds")

    def prices(self) -> Prices:
        """Every number that binds in either program."""
        found = tuple(self._priced())
        base = {goal: program.base for goal, program in self.programs.items()}
        return Prices(
            self.plan, base.get(COST, 0.0) * self.compiled.money, base.get(DEPENDENCE, 0.0), self.capped,
            self.level * self.compiled.money, found,
            sum(program.solves for program in self.programs.values()),
        )

    def _priced(self) -> Iterator[Price]:
        """The numbers that bind where either goal is least, goal by goal: each program then only takes small steps."""
        slacks = {goal: program.slacks() for goal, program in self.programs.items()}
        several = [(n, *self._unit(n)) for n in self.numbers if not self._nothing(n)]
        tight = [any(self._tight(slack)[list(n.rows)].any() for slack in slacks.values()) for n, _, _ in several]
        near = [binds or any(self._near(slack, n, size) for slack in slacks.values())
                for (n, _, size), binds in zip(several, tight, strict=True)]
        asked = [(*one, binds) for one, binds, close in zip(several, tight, near, strict=True) if close]
        worth = {
            # of what falls a little short, a part of a unit may be less than that
            goal: [self._both(program, partial(program.moved, n.shift, size), STEPS if binds else STEPS[:1])
                   for n, _, size, binds in asked]
            for goal, program in self.programs.items()
        }
        none = [FREE] * len(asked)
        pairs = zip(worth.get(COST, none), worth.get(DEPENDENCE, none), strict=True)
        for (n, unit, _, binds), (money, points) in zip(asked, pairs, strict=True):
            if binds or any(of.each for of in (*money, *points)):
                yield Price(n.what, n.name, n.year, n.address, self.plan.case.cell(n.address), unit, *money, *points)
        yield from self._levels()

    def _near(self, slack: Floats, number: Number, size: float) -> bool:
        """Whether a number falls short of binding by no more than what makes no difference to a planner.

        That is a hundredth of a unit, and of tonnes what the tolerance of dependence leaves of a year's demand.
        """
        short = STEPS[-1] * size
        data, goals = self.compiled.data, list(self.plan.goals)
        if number.dimension == "mass" and DEPENDENCE in goals[:-1]:
            short = max(short, data.case.settings.dependence_tolerance * max(data.demand.values()))
        rows, lower, upper = number.shift.rows
        moves = dict(zip(rows.tolist(), np.maximum(np.abs(lower), np.abs(upper)).tolist(), strict=True))
        return any(slack[i] <= short * moves.get(i, 0.0) * (1 + BINDS) for i in number.rows)

    def _nothing(self, number: Number) -> bool:
        """Whether a number leaves no room at all: a unit more of a plant or a trade that is not there has no price."""
        return number.what in OPEN and bool(np.all(self.compiled.row_upper[list(number.rows)] <= 0))

    def _tight(self, slack: Floats) -> npt.NDArray[np.bool_]:
        """Whether each row has no slack."""
        sides = np.stack([self.compiled.row_lower, self.compiled.row_upper])
        scale = np.where(np.isfinite(sides), np.abs(sides), 0.0).max(axis=0)
        return np.asarray(slack <= BINDS * np.maximum(1.0, scale))

    def _both(
        self, program: _Program, value: Callable[[float], float | None], steps: Sequence[float] = STEPS
    ) -> tuple[Worth, Worth]:
        """What a unit more and a unit less is worth."""
        return self._worth(program, value, 1.0, steps), self._worth(program, value, -1.0, steps)

    def _worth(
        self, program: _Program, value: Callable[[float], float | None], sign: float, steps: Sequence[float]
    ) -> Worth:
        """The worth of a whole unit, or of the largest part of it that leaves a plan."""
        for step in steps:
            level = value(sign * step)
            if level is not None:
                return self._told(program, level - program.base, step)
        return Worth(None)

    def _told(self, program: _Program, change: float, step: float) -> Worth:
        scale = self.compiled.money if program.goal == COST else 1.0
        return Worth(0.0 if abs(change) <= self._same(program) else change * scale / step, step)

    @staticmethod
    def _same(program: _Program) -> float:
        """A change of a goal that is none."""
        return NOTHING[program.goal] * max(1.0, abs(program.base))

    def _levels(self) -> Iterator[Price]:
        """What a point of dependence costs, and what a sum of money buys of it."""
        if self.capped is not None and DEPENDENCE in self.programs:
            yield self._level("dependence allowed", COST, DEPENDENCE, self.capped, "%", POINT)
        if DEPENDENCE in self.programs:
            unit = f"{self.plan.case.settings.currency} m"
            yield self._level("cost allowed", DEPENDENCE, COST, self.level, unit, MILLION / self.compiled.money)

    def _level(self, what: str, goal: str, held: str, at: float, unit: str, size: float) -> Price:
        program = self.programs[goal]

        def value(part: float) -> float | None:
            program.hold(held, at + part * size)
            return program.value()

        program.reset()
        more, less = self._both(program, value)
        program.hold(held, at)
        worth = (more, less, *FREE) if goal == COST else (*FREE, more, less)
        return Price(what, "", None, "", "", unit, *worth)

    def _unit(self, number: Number) -> tuple[str, float]:
        """The unit that a number is written in, and what one of it is in canonical units."""
        units = self.plan.case.origin.units
        own = units.get(number.address) or units.get(number.address.rpartition(".")[0]) or ""
        dimension = DIMENSIONS.get(number.dimension)
        if own and dimension is not None:
            return own, convert(1.0, own, dimension, self.money)
        canonical = {"mass": ("t", 1.0), "share": ("%", POINT), "criterion": ("unit", 1.0)}
        return canonical.get(number.dimension, (f"{self.plan.case.settings.currency} m", MILLION))


def _above(level: float) -> float:
    return level + LEVEL * max(1.0, abs(level))


def _cap(plan: Plan) -> float | None:
    """Most that dependence may be where money is asked for (the common form): the plan's own, or its cap if any."""
    if next(iter(plan.goals), COST) == COST:
        return plan.options.cap_of(plan.case.settings)
    return plan.claims.dependence + LEVEL
