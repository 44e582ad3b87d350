"""Ways out of a conflict: the cheapest changes of cells after which a case has a plan, each of them tried.

What a change counts is the planner's, where she gave a price of breaking a limit: that price times the change, 1 for
each 1 % of the budget. Everything else counts 1 for each 1 % of the number, and a year of a lead or window as much as
it is of the horizon in per cent. Rows marked as law stay. The first way is the least weighted sum of elastic columns
over all rows of the case; each next one leaves all cells alone that those before it changed, or, where that leaves
none, one of them. Cap and budget are tried by themselves, leads, windows and whole numbers one step after the other.
Every way is solved for a plan, in the model itself and in numbers as they are told, before it is offered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.case.case import Case
from optimizer.case.changes import Change, apply_changes
from optimizer.case.schema import Limit
from optimizer.model.apply import standing
from optimizer.model.blocks.deals import active
from optimizer.model.compiled import Floats
from optimizer.model.elastic import Asked, Elastic, Member, elastic
from optimizer.solve.conflict import Given, Giver, Repairer
from optimizer.solve.extract import evaluate
from optimizer.solve.goals import Clock
from optimizer.study.cells import COMMAND, Cell, Units, cells_of, changes_to, row_of, scale_of, with_number
from optimizer.study.clash import Clash
from optimizer.study.executor import Executor
from optimizer.study.stepping import STEPS, Stepping, Steps
from optimizer.study.steps import Stepwise
from optimizer.study.trial import Trial

WAYS, TRIED = 3, 6
"""Ways by amounts that are enough, and those that are tried for them."""

BRANCHES = 8
"""Cells of an earlier way that are left alone by themselves where to leave all of them alone is none."""

DIGITS = 4
"""Digits of a number that is offered."""

WIDER = (0.0, 0.0, 1e-4, 1e-3, 1e-2)
"""Parts by which the changes of a way are made larger each time that it leaves no plan as it was worked out."""

SMALL = 1e-9
"""Amounts that are none."""

NOTHING = 1e-5
"""What a change counts that is none."""

SHARE = 0.2
"""Part of the time left that one search may use."""


@dataclass(frozen=True)
class Move:
    """A cell and what would stand in it.

    Attributes:
        what: what it is, in the planner's words.
        sheet: its sheet.
        name: name of its row.
        address: its address.
        cell: its cell, or the option of the command line that stands in its place.
        old: what stands there, in `unit`; None where it is blank.
        new: what would stand there, in `unit`; ``no`` switches a row off.
        unit: the unit of both; empty where they have none.
    """

    what: str
    sheet: str
    name: str
    address: str
    cell: str
    old: float | None
    new: float | str
    unit: str


@dataclass(frozen=True)
class Repair:
    """A way out, after which the case has a plan.

    Attributes:
        weighed: what it counts.
        moves: the cells that change.
        case: the case after them.
    """

    weighed: float
    moves: tuple[Move, ...]
    case: Case


@dataclass(frozen=True)
class _Way:
    """A way that is still to be tried: cells and their new numbers, or steps."""

    weighed: float
    numbers: tuple[tuple[Cell, float], ...] = ()
    steps: Steps = ()

    @property
    def cells(self) -> frozenset[str]:
        """The addresses that it changes."""
        return frozenset([*(cell.address for cell, _ in self.numbers), *(one.address for one, _ in self.steps)])


def repairs(
    executor: Executor, asked: Asked, arrays: Elastic, clash: Clash, clock: Clock,
    command: frozenset[str] = frozenset(),
) -> tuple[Repair, ...]:
    """Ways out of a conflict, the cheapest first.

    Args:
        executor: where they are tried.
        asked: cap and budget.
        arrays: the elastic arrays of the case.
        clash: the conflict.
        clock: the time that the searches may take together.
        command: kinds of members (``cap``, ``budget``) that the command line asked for in place of the case.
    """
    return tuple(_Repairing(executor, asked, arrays, clash, clock, command).found())


def _asked_with(asked: Asked, cell: Cell, number: float) -> Asked:
    """Cap and budget with another number in a cell, where it is one of theirs."""
    if cell.sheet != "Case":
        return asked
    return replace(asked, cap=min(1.0, number)) if cell.what == "cap" else replace(asked, budget=number)


def _factor(arrays: Elastic, cell: Cell, values: Floats) -> float:
    """How far the number of a cell moves for one unit of its elastic columns, where these are of another kind."""
    factors = [
        _of_member(arrays, arrays.members[i], given, values)
        for i, _ in cell.parts if (given := float(values[arrays.column(i)])) > SMALL
    ]
    return max(factors, default=1.0)


def _of_member(arrays: Elastic, member: Member, given: float, values: Floats) -> float:
    compiled = arrays.compiled
    of = evaluate(compiled, values)
    if member.sheet == "Deals" and member.year is not None:
        # a band counts for the part of the year in which the deal is in force
        part = of(active(standing(compiled), member.name, member.year))
        return 1 / part if part > SMALL else 1.0
    if not member.by_row or not member.now:
        return 1.0
    if member.what == "limit":
        row = compiled.limits[member.name, member.year or compiled.data.years[0]]
        whole = of(row.against) / member.now
        return abs(of(row.level) / whole - member.now) / given if whole > SMALL else 1.0
    (at,) = member.entries
    used = -sum(compiled.values[place] * values[column] for column, place in compiled.entries_of(at).items()
                if compiled.columns[column][0] in ("run", "serve"))
    return member.now / float(used) if used > SMALL else 1.0


class _Repairing:
    def __init__(
        self, executor: Executor, asked: Asked, arrays: Elastic, clash: Clash, clock: Clock, command: frozenset[str]
    ) -> None:
        self.executor, self.asked, self.arrays, self.clash = executor, asked, arrays, clash
        self.clock, self.command = clock, command
        self.case, self.options = executor.ground.case, executor.ground.options
        self.units, self.stop, self.trial = Units(self.case), executor.ground.stop, Trial(executor)
        giving = [(i, member) for i, member in enumerate(arrays.members) if member.gives and not self._law(member)]
        self.cells = cells_of(self.case, giving)
        # what the command line asks for stands in the workbook of a way out, or that would be a way out of less
        said = {"dependence_cap": asked.cap} if "cap" in command else {}
        bought = {"budget": asked.budget, "budget_above_least_cost": None} if "budget" in command else {}
        settings = self.case.settings.model_copy(update={**said, **bought})
        self.base = replace(self.case, settings=settings)
        self.weights = [self._weight(cell) for cell in self.cells]

    def _law(self, member: Member) -> bool:
        return bool(getattr(row_of(self.case, member.sheet, member.name), "law", False))

    def _weight(self, cell: Cell) -> float:
        """What one unit of a cell counts: of its number, or tonnes of its row."""
        row, first = row_of(self.case, cell.sheet, cell.name), self.arrays.members[cell.parts[0][0]]
        scale = scale_of(self.case, cell)
        if isinstance(row, Limit) and row.price_of_breaking is not None and self.asked.most:
            tonnes = 1.0 if row.measure == "spend" else abs(next(iter(first.entries.values())))
            return 100.0 * row.price_of_breaking * tonnes / self.asked.most
        if first.by_row:
            # of what the number is a share, or the days, is open: taken is what is needed in a year
            per = 365.0 if first.what == "reserve" else 1.0
            needed = max((sum(line.tonnes.at(t) for line in self.case.demands) for t in self.case.years), default=1.0)
            scale *= max(needed, 1.0) / per
        return 100.0 / scale

    def found(self) -> Iterator[Repair]:
        """Those that leave a plan, the cheapest first."""
        good: dict[frozenset[str], Repair] = {}
        for ways, enough in ((self._by_amounts(), WAYS), (self._by_steps(), STEPS)):
            known = len(good)
            for way in ways:
                if way.cells not in good and (tried := self._tried(way)) is not None:
                    good[way.cells] = tried
                if len(good) - known >= enough:
                    break
        for cells, repair in sorted(good.items(), key=lambda pair: (pair[1].weighed, len(pair[0]))):
            # one that changes all that a cheaper one does, and more, is no other way
            if not any(other < cells and of.weighed <= repair.weighed for other, of in good.items()):
                yield repair

    # ---- amounts

    def _by_amounts(self) -> Iterator[_Way]:
        """The cheapest way, then ways without the cells of those before."""
        givers = [Giver(weight, cell.parts) for weight, cell in zip(self.weights, self.cells, strict=True)]
        repairer = Repairer(self.arrays, givers, seed=self.options.seed, stop=self.stop)
        seen: list[frozenset[int]] = []
        for alone in self._asked_of_plan():
            given = repairer.cheapest(set(range(len(self.cells))) - {alone}, self._seconds)
            if given is not None and (support := self._support(given)):
                yield self._way(given, support)
        while len(seen) < TRIED and not self._ended:
            given = self._next(repairer, seen)
            if given is None:
                return
            support = self._support(given)
            if not support or support in seen:
                return
            seen.append(support)
            yield self._way(given, support)

    def _asked_of_plan(self) -> list[int]:
        """Cap and budget, each by itself: what is asked of a plan gives way most easily."""
        return [i for i, cell in enumerate(self.cells) if cell.sheet == "Case"]

    def _next(self, repairer: Repairer, seen: Sequence[frozenset[int]]) -> Given | None:
        """The cheapest way unlike those seen: without all of their cells, else without one of the last one's."""
        every = frozenset[int]().union(*seen)
        given = repairer.cheapest(every, self._seconds)
        if given is not None or not seen:
            return given
        dearest = sorted(seen[-1], key=lambda i: -self.weights[i])[:BRANCHES]
        branches = [repairer.cheapest({i}, self._seconds) for i in dearest if not self._ended]
        unlike = [one for one in branches if one is not None and self._support(one) not in seen]
        return min(unlike, key=lambda one: one.weighed, default=None)

    def _support(self, given: Given) -> frozenset[int]:
        """Cells that give more than next to nothing beside what they are measured by."""
        least = np.array([NOTHING / weight if weight > 0 else NOTHING for weight in self.weights])
        return frozenset(np.flatnonzero(given.amounts > least).tolist())

    def _way(self, given: Given, support: frozenset[int]) -> _Way:
        numbers = []
        for i in sorted(support):
            cell, amount = self.cells[i], float(given.amounts[i])
            moved = amount * _factor(self.arrays, cell, given.values)
            numbers.append((cell, cell.now + moved if cell.more else max(0.0, cell.now - moved)))
        return _Way(given.weighed, tuple(numbers))

    # ---- steps

    def _by_steps(self) -> Iterator[_Way]:
        """Leads, windows, delays and whole numbers of the conflict."""
        stepping = Stepping(self.case, self.asked, self.clash, self.clock, self.options.seed, self.stop)
        for steps in stepping.ways():
            yield _Way(sum(one.weight(at, len(self.case.years)) for one, at in steps), steps=steps)

    # ---- trying

    def _tried(self, way: _Way) -> Repair | None:
        """A way in numbers as they are told, after which there is a plan; None where there is none."""
        if way.steps:
            return self._stepped(way.steps)
        numbers = way.numbers
        for wider in WIDER:
            told = [(cell, self._readable(cell, cell.now + (number - cell.now) * (1 + wider)))
                    for cell, number in numbers]
            if self._ended:
                return None
            if self._feasible(told):
                return self._repair(told)
            numbers = self._mended(told)
        return None

    def _mended(self, numbers: Sequence[tuple[Cell, float]]) -> tuple[tuple[Cell, float], ...]:
        """The same cells with what is still missing: two numbers that multiply each other move together in steps.

        A cap on dependence stands beside the need that it is a share of, and the least cost, above which a budget
        stands, falls with what is needed.
        """
        case, asked, changes = self.case, self.asked, list[Change]()
        for cell, number in numbers:
            asked = _asked_with(asked, cell, number)
            if cell.sheet != "Case":
                changes += changes_to(case, cell, number)
                case = with_number(case, cell, number)
        above = self.trial.above(asked)
        if above is not None:
            cheapest = self.trial.least_cost(tuple(changes))
            asked = asked if cheapest is None else replace(asked, budget=above, least=cheapest)
        arrays = elastic(case, asked)
        wanted = {(cell.address, cell.more): (cell, number) for cell, number in numbers}
        moving = [cell for cell in cells_of(case, enumerate(arrays.members)) if (cell.address, cell.more) in wanted]
        givers = [Giver(100.0 / scale_of(self.case, wanted[cell.address, cell.more][0]), cell.parts) for cell in moving]
        given = Repairer(arrays, givers, seed=self.options.seed, stop=self.stop).cheapest((), self._seconds)
        if given is None:
            return tuple(numbers)
        for cell, amount in zip(moving, given.amounts.tolist(), strict=True):
            of, number = wanted[cell.address, cell.more]
            moved = amount * _factor(arrays, cell, given.values)
            wanted[cell.address, cell.more] = of, number + moved if of.more else max(0.0, number - moved)
        return tuple(wanted.values())

    def _stepped(self, steps: Steps) -> Repair | None:
        """Steps after which there is a plan; of one that stands alone, more where the first are too few."""
        (first, at), *others = steps
        further = [] if others else [(first, value) for value in first.values()
                                     if abs(value - first.now) > abs(at - first.now)]
        for some in (steps, *((one,) for one in further[:STEPS])):
            if self._ended:
                return None
            changes = tuple(one.change(to) for one, to in some)
            if self.trial.plan(changes, self.asked):
                weighed = sum(one.weight(to, len(self.case.years)) for one, to in some)
                moves = tuple(self._step(one, to) for one, to in some)
                return Repair(weighed, moves, apply_changes(self.base, changes))
        return None

    def _step(self, one: Stepwise, at: float) -> Move:
        off = one.field == "use"
        return Move(one.what, one.row.sheet, one.row.key, one.address, self.case.cell(one.address),
                    None if one.blank or off else one.now, "no" if off else at, self._step_unit(one))

    @staticmethod
    def _step_unit(one: Stepwise) -> str:
        return "years" if one.field in ("lead", "qualification_delay") else ""

    def _readable(self, cell: Cell, number: float) -> float:
        """A number of few digits in the unit of its cell, no less of a change than asked for."""
        number = number if cell.more else max(0.0, number)
        told = self.units.told(cell.address, number, cell.now)
        if told == 0 or not math.isfinite(told):
            return number
        step = 10.0 ** (math.floor(math.log10(abs(told))) + 1 - DIGITS)
        # what is whole but for the solver's tolerance is whole
        near = round(told / step) * step
        if abs(near - told) <= 1e-6 * abs(told):
            rounded = near
        else:
            rounded = (math.ceil(told / step) if cell.more else math.floor(told / step)) * step
        return self.units.read(cell.address, float(f"{rounded:.12g}"), cell.now)

    def _feasible(self, numbers: Iterable[tuple[Cell, float]]) -> bool:
        changes: list[Change] = []
        case, asked = self.case, self.asked
        for cell, number in numbers:
            asked = _asked_with(asked, cell, number)
            if cell.sheet != "Case":
                changes += changes_to(case, cell, number)
                case = with_number(case, cell, number)
        return self.trial.plan(tuple(changes), asked)

    def _repair(self, numbers: Sequence[tuple[Cell, float]]) -> Repair:
        case, moves, weighed = self.base, [], 0.0
        for cell, number in numbers:
            case = with_number(case, cell, number)
            blank = getattr(row_of(self.case, cell.sheet, cell.name), cell.field) is None and not self._commanded(cell)
            moves.append(Move(
                cell.what, cell.sheet, cell.name, cell.address,
                COMMAND[cell.what] if self._commanded(cell) else self.case.cell(cell.address),
                None if blank else self.units.told(cell.address, cell.now, cell.now),
                self.units.told(cell.address, number, cell.now),
                self.units.unit(cell.address, cell.now),
            ))
            by_row = self.arrays.members[cell.parts[0][0]].by_row
            unit = 100.0 / scale_of(self.case, cell) if by_row else self._weight(cell)
            weighed += unit * abs(number - cell.now)
        return Repair(weighed, tuple(moves), case)

    def _commanded(self, cell: Cell) -> bool:
        return cell.what in self.command

    @property
    def _ended(self) -> bool:
        return self.stop.asked or self.clock.left == 0.0 or self.executor.ended

    @property
    def _seconds(self) -> float | None:
        left = self.clock.left
        return None if left is None else max(1.0, SHARE * left)
