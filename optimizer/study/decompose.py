r"""Many futures apart: a master problem that knows most of them by cuts alone (MODEL.md 7).

The master is the extensive form with some futures whole and the others as *skeletons*: their first stage, and one
column for their cost, bounded by what the future costs at least by itself and by the cuts of multi-cut Benders

.. math::
    \theta_s \ge v_s + g_s (x - \hat x)

with `v` the least cost of the future's linear relaxation where the first stage is :math:`\hat x`, `g` its reduced
costs there (Birge and Louveaux 1988). Where what comes later is continuous the cuts are exact. Where it is not, they
are exact of its relaxation only, and what they leave open shows when :math:`\hat x` is answered in every future whole:
then the future with the largest part of what is open is put into the master as it is. So the master's bound is never
below both that of the cuts and that of the futures by themselves, every first stage tried gives an upper one, and the
search ends with the extensive form at the latest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.model.blocks.dependence import COST
from optimizer.model.compiled import Compiled, Floats, Name
from optimizer.solve.events import Incumbent
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.goals import Clock
from optimizer.solve.session import Outcome, Session, SolverError
from optimizer.study.extensive import Found, Search, costs_in
from optimizer.study.risk import Risk
from optimizer.study.stages import first_stage
from optimizer.study.stamp import Block, Stamped, stamped

INFINITE = float("inf")

ROUNDS = 30
"""Rounds of cuts on the master's relaxation, before its integers count."""

SHARE = 0.25
"""Part of the time left for one search of the master."""

LOOSE, PART = 0.002, 0.3
"""Gap of the master while much is open, and the part of what is open that it is at most."""

SAME = 1e-7
"""Part of a cost by which a cut must be violated to be added."""

Answered = Callable[[Mapping[Name, int]], Sequence[float] | None]
"""A first stage -> the cost of each future that answers it, in the case's currency, infinite where nothing does; None
where the time is over."""


@dataclass(frozen=True)
class Cut:
    """A cut, in the units of its future's arrays.

    Attributes:
        at: value of the relaxation where it was taken; how much is broken at least, of a future without any answer.
        slopes: for each column of the first stage what one more of it changes.
        point: where it was taken, column by column.
        feasible: whether the future answers there at all.
    """

    at: float
    slopes: Mapping[Name, float]
    point: Mapping[Name, float]
    feasible: bool

    def value(self, values: Mapping[Name, float]) -> float:
        """What it says of another first stage."""
        return self.at + sum(slope * (values[name] - self.point[name]) for name, slope in self.slopes.items())


class Relaxed:
    """The linear relaxation of a future with its first stage held: it gives cuts, warm from one to the next."""

    def __init__(self, arrays: Compiled) -> None:
        """Puts it into the solver.

        Args:
            arrays: the future's arrays.
        """
        self._arrays = arrays
        self._now = {arrays.columns[j]: int(j) for j in np.flatnonzero(first_stage(arrays))}
        self._loose = replace(arrays, integer=np.zeros(len(arrays.columns), dtype=bool))
        self._fixed = FixedPlan(self._loose, np.zeros(len(arrays.columns)))
        self._elastic: FixedPlan | None = None
        self._goal = arrays.column("goal", (COST,))

    def cut(self, point: Mapping[Name, float]) -> Cut:
        """The cut where the first stage is `point`.

        Raises:
            SolverError: the solver gives neither a value nor a proof that there is none.
        """
        own = {name: min(max(point[name], float(self._arrays.lower[j])), float(self._arrays.upper[j]))
               for name, j in self._now.items()}
        if self._goal is None:
            return Cut(0.0, {}, {}, True)
        result, slopes = self._solved(self._fixed, own, {self._goal: 1.0})
        if result is not None:
            return Cut(result, slopes, own, True)
        if self._elastic is None:
            self._elastic = FixedPlan(elastic(self._loose), np.zeros(len(self._arrays.columns) + 2 * self._rows))
        broken = {len(self._arrays.columns) + i: 1.0 for i in range(2 * self._rows)}
        result, slopes = self._solved(self._elastic, own, broken)
        if result is None:
            raise SolverError("the solver gives no cut for a future that leaves nothing to do")
        return Cut(result, slopes, own, False)

    @property
    def _rows(self) -> int:
        return len(self._arrays.rows)

    def _solved(
        self, fixed: FixedPlan, point: Mapping[Name, float], goal: Mapping[int, float]
    ) -> tuple[float | None, dict[Name, float]]:
        for name, j in self._now.items():
            fixed.bound(j, lower=point[name], upper=point[name])
        result = fixed.minimise(goal)
        if result.outcome is Outcome.INFEASIBLE:
            return None, {}
        if result.outcome is not Outcome.PROVED:
            raise SolverError("the solver gives no value for the relaxation of a future")
        slopes = fixed.slopes()
        return result.objective, {name: float(slopes[j]) for name, j in self._now.items() if slopes[j]}


def elastic(arrays: Compiled) -> Compiled:
    """The arrays with two more columns for each row, by which it can be broken upward and downward."""
    rows, entries = len(arrays.rows), len(arrays.values)
    both = np.arange(2 * rows, dtype=np.int32)
    return replace(
        arrays,
        starts=np.concatenate([arrays.starts, entries + 1 + both]).astype(np.int32),
        indices=np.concatenate([arrays.indices, both % max(rows, 1)]).astype(np.int32),
        values=np.concatenate([arrays.values, np.ones(rows), -np.ones(rows)]),
        lower=np.concatenate([arrays.lower, np.zeros(2 * rows)]),
        upper=np.concatenate([arrays.upper, np.full(2 * rows, INFINITE)]),
        integer=np.concatenate([arrays.integer, np.zeros(2 * rows, dtype=bool)]),
        columns=(*arrays.columns, *(("broken", (i,)) for i in range(2 * rows))),
    )


def skeleton(arrays: Compiled, least: float) -> Compiled:
    """The first stage of a future alone: its columns, the rows that hold no other, and a column for the cost.

    Args:
        arrays: the future's arrays.
        least: what the future costs at least, in the case's currency.
    """
    now = first_stage(arrays)
    column = np.repeat(np.arange(len(now)), np.diff(arrays.starts))
    others = np.bincount(arrays.indices, ~now[column], minlength=len(arrays.rows))
    rows = np.flatnonzero(others == 0)
    number = np.full(len(arrays.rows), -1, dtype=np.int32)
    number[rows] = np.arange(len(rows), dtype=np.int32)
    kept = now[column] & (number[arrays.indices] >= 0)
    columns = np.flatnonzero(now)
    counts = np.bincount(column[kept], minlength=len(now))[columns]
    return replace(
        arrays,
        starts=np.concatenate([[0], np.cumsum(counts), [counts.sum()]]).astype(np.int32),
        indices=number[arrays.indices[kept]], values=arrays.values[kept],
        row_lower=arrays.row_lower[rows], row_upper=arrays.row_upper[rows],
        lower=np.append(arrays.lower[columns], least / arrays.money), upper=np.append(arrays.upper[columns], INFINITE),
        integer=np.append(arrays.integer[columns], False),
        rows=tuple(arrays.rows[i] for i in rows), columns=(*(arrays.columns[j] for j in columns), ("goal", (COST,))),
    )


def decomposed(
    search: Search, blocks: Sequence[Block], answered: Answered, clock: Clock, first: Mapping[Name, int],
) -> Found:
    """The best first stage that is found, what it comes to with every future answered, and a bound.

    Args:
        search: the goal, the gap and who is told.
        blocks: the futures, that of the base first.
        answered: answers a first stage in every future.
        clock: the time that it may take.
        first: a first stage to begin with.
    """
    return _Decomposing(search, blocks, answered, clock, first).found()


class _Decomposing:
    def __init__(
        self, search: Search, blocks: Sequence[Block], answered: Answered, clock: Clock, first: Mapping[Name, int]
    ) -> None:
        self.search, self.blocks, self.answered, self.clock = search, tuple(blocks), answered, clock
        self.first = first
        self.best = Found(None, -INFINITE)
        self._whole = {0}
        self._cuts: list[list[Cut]] = [[] for _ in blocks]
        self._relaxed: dict[int, Relaxed] = {}
        self._bones = [skeleton(block.arrays, block.floor) for block in self.blocks]

    def found(self) -> Found:
        """Cuts on the relaxation first, then with integers, then futures put in whole, until the gap is reached."""
        self._tried(self.first)
        self._relaxation()
        while not self.over:
            master = self._master()
            session = self.search.session(master)
            for i, cut in self._outside():
                session.add_row(*_row(master, i, cut))
            last = self._converged(master, session)
            if last.none:
                return last
            if last.decided is None or self.over or not self._put_in(last, self._tried(last.decided)):
                break
        return self.best

    @property
    def over(self) -> bool:
        """Whether the gap is reached, the time is over or the user asked to stop."""
        return self.best.proved or self.search.stop.asked or self.clock.left == 0.0

    def _outside(self) -> Iterator[tuple[int, Cut]]:
        return ((i, cut) for i, cuts in enumerate(self._cuts) if i not in self._whole for cut in cuts)

    def _master(self) -> Stamped:
        """Some futures whole and the others as skeletons."""
        return stamped([
            block if i in self._whole else replace(block, arrays=self._bones[i]) for i, block in enumerate(self.blocks)
        ], self.search.risk)

    def _relaxation(self) -> None:
        """Cuts where the master's relaxation is least, until there are no more."""
        master = self._master()
        loose = replace(master.compiled, integer=np.zeros(len(master.compiled.columns), dtype=bool))
        fixed, goal = FixedPlan(loose, np.zeros(len(loose.columns))), _goal(master, self.search.risk)
        for _ in range(ROUNDS):
            result = fixed.minimise(goal)
            if result.outcome is not Outcome.PROVED or self.over:
                return
            self._bounded(result.bound * loose.money)
            new = list(self._violated(master, result.values))
            for i, cut in new:
                fixed.add_row(*_row(master, i, cut))
            if not new:
                return

    def _converged(self, master: Stamped, session: Session) -> Found:
        """The master's least when no cut is violated any more; every first stage on the way is answered.

        Where the same first stage comes again, the cuts there say no more than the solver's tolerance.
        """
        seen: set[frozenset[tuple[Name, int]]] = set()
        least = self.search.options.gap / 2
        loose = LOOSE
        while True:
            gap = max(least, min(loose, PART * (self.best.value - self.best.bound) / self.search.scale))
            found = self.search.least(master, self.clock.part(SHARE), session, gap)
            if found.none:
                return found
            self._bounded(found.bound)
            if found.decided is None or self.over:
                return found
            self._tried(found.decided)
            if self.over:
                return found
            point = {name: float(number) for name, number in found.decided.items()}
            new = list(self._cuts_at(point, found.costs))
            for i, cut in new:
                session.add_row(*_row(master, i, cut))
            at = frozenset(found.decided.items())
            if not new or at in seen:
                if gap <= least:
                    return found
                loose = least
            seen.add(at)

    def _violated(self, master: Stamped, values: Floats) -> Iterator[tuple[int, Cut]]:
        """New cuts at a solution of the master's relaxation."""
        point = {name: float(values[j]) for j, name in enumerate(master.shared)}
        return self._cuts_at(point, costs_in(master, values))

    def _cuts_at(self, point: Mapping[Name, float], costs: Sequence[float]) -> Iterator[tuple[int, Cut]]:
        """Cuts of the futures outside that say more than their costs there, in the case's currency."""
        for i, block in enumerate(self.blocks):
            if i in self._whole:
                continue
            if i not in self._relaxed:
                self._relaxed[i] = Relaxed(block.arrays)
            cut = self._relaxed[i].cut(point)
            known = costs[i] / block.arrays.money
            if cut.at > (known + SAME * max(1.0, abs(known)) if cut.feasible else SAME):
                self._cuts[i].append(cut)
                yield i, cut

    def _bounded(self, bound: float) -> None:
        if bound > self.best.bound:
            self.best = replace(self.best, bound=min(bound, self.best.value))
            self._judged()

    def _tried(self, decided: Mapping[Name, int]) -> Sequence[float] | None:
        """The costs of every future that answers a first stage; the best so far is kept."""
        costs = self.answered(decided)
        if costs is None:
            return None
        of = [block.probability for block in self.blocks], costs, [block.least for block in self.blocks]
        value = self.search.risk.of(*of) if np.isfinite(costs).all() else INFINITE
        if value < self.best.value:
            self.best = replace(self.best, decided=decided, value=value, costs=tuple(costs))
            self._judged()
        return costs

    def _judged(self) -> None:
        """Whether the gap is reached, and tells how far it is."""
        best, scale = self.best, self.search.scale
        gap = max(0.0, best.value - best.bound) / scale
        self.best = replace(best, proved=gap <= self.search.options.gap)
        self.search.on_event(Incumbent(f"{self.search.risk}, all futures", best.value, best.bound, gap, 0.0,
                                       self.search.currency))

    def _put_in(self, last: Found, costs: Sequence[float] | None) -> bool:
        """Puts the futures in whole that leave most open, half of it in all; False where none leaves anything."""
        if costs is None:
            return False
        weights = self.search.risk.weights([block.probability for block in self.blocks])
        open_ = {
            i: weights[i] * (costs[i] - last.costs[i]) for i in range(len(self.blocks)) if i not in self._whole
        }
        ranked = [i for i in sorted(open_, key=lambda i: -open_[i]) if open_[i] > SAME * self.search.scale]
        half, taken = sum(min(open_[i], self.search.scale) for i in ranked) / 2, 0.0
        for i in ranked:
            if taken >= half:
                break
            self._whole.add(i)
            taken += min(open_[i], self.search.scale)
        return bool(ranked)


def _goal(of: Stamped, risk: Risk) -> int:
    return of.compiled.column_numbers["goal", (risk.kind,)]


def _row(of: Stamped, future: int, cut: Cut) -> tuple[float, float, dict[int, float]]:
    """A cut as a row of the master: ``cost - g x >= at - g point``, or ``g x <= g point - at``."""
    number = of.compiled.column_numbers
    slopes = {number[name]: -slope for name, slope in cut.slopes.items()}
    right = cut.at - sum(slope * cut.point[name] for name, slope in cut.slopes.items())
    cost = of.cost(future) if cut.feasible else None
    # a little below what it says, as the solver's duals are not exact
    safe = right - 1e-9 * max(1.0, abs(right))
    return safe, INFINITE, slopes if cost is None else {**slopes, cost: 1.0}
