r"""Several futures as one model: their blocks side by side, sharing what is decided before the future is known.

Each future's arrays come from the one :class:`~optimizer.model.compiled.Compiled` of a ground (moved, or built anew
where a change shapes the model) and are put side by side as they are, with numpy alone: no future passes through Pyomo
because there are others. Columns of the first stage stand once, shared by name; all others belong to one future, whose
name becomes the first part of their index. To the blocks come the rows of the goals (MODEL.md 7), with `z` the cost of
a future, `p` its probability, `z*` the least it can come to by itself:

.. math::
    expected = \sum_s p_s z_s, \qquad worst \ge z_s, \qquad regret \ge z_s - z^*_s

    cvar = \eta + \sum_s p_s u_s / (1 - \alpha), \qquad u_s \ge z_s - \eta, \quad u_s \ge 0, \quad \eta \ge \min_s z^*_s
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from optimizer.model.blocks.dependence import COST
from optimizer.model.compiled import Compiled, Floats, Ints, Name
from optimizer.study.committed import holding
from optimizer.study.risk import CVAR, EXPECTED, REGRET, Risk
from optimizer.study.stages import Flags, first_stage

INFINITE = float("inf")

COST_ROW: Name = ("cost_equal", (COST,))
"""The row that adds up the cost."""


@dataclass(frozen=True)
class Block:
    """A future as arrays.

    Attributes:
        name: its name.
        probability: how likely it is.
        arrays: its arrays.
        least: the least that it can cost by itself, against which regret is counted, in the case's currency.
        floor: a bound on that: what it costs at least, whatever is decided.
    """

    name: str
    probability: float
    arrays: Compiled
    least: float = 0.0
    floor: float = -INFINITE


@dataclass(frozen=True)
class Stamped:
    """The futures as one model.

    Attributes:
        compiled: its arrays: columns of the first stage, then those of each future, then those of the goals.
        blocks: the futures.
        places: for each future the number, in the whole, of each of its own columns.
        shared: names of the columns of the first stage, which are the first columns of the whole.
    """

    compiled: Compiled
    blocks: tuple[Block, ...]
    places: tuple[Ints, ...]
    shared: tuple[Name, ...]

    def values_of(self, future: int, values: Floats) -> Floats:
        """The values of a future's own columns, read off those of the whole."""
        return np.asarray(values[self.places[future]])

    def decided_as(self, decided: Mapping[Name, int], answers: Sequence[Floats]) -> Floats:
        """Values of the whole in which each future does what an answer to the same first stage does.

        Those of the goals' own columns are 0: the solver makes them what they are.

        Args:
            decided: columns of the first stage with their numbers.
            answers: for each future the values of its columns, but those that were only added to share the first stage.
        """
        values = np.zeros(len(self.compiled.columns))
        for places, answer in zip(self.places, answers, strict=True):
            values[places[: len(answer)]] = answer
        values[: len(self.shared)] = [decided.get(name, 0) for name in self.shared]
        return values

    def cost(self, future: int) -> int | None:
        """The column, in the whole, of a future's cost; None where nothing costs anything."""
        own = self.blocks[future].arrays.column("goal", (COST,))
        return None if own is None else int(self.places[future][own])


def stamped(blocks: Sequence[Block], risk: Risk | None = None) -> Stamped:
    """The blocks side by side, with the columns ``goal[expected]`` and that of another goal.

    A column of the first stage that a future does not have is free there: nothing of it falls inside that future's
    horizon. One that several have is bounded by all of them.

    Args:
        blocks: the futures; none of their arrays is settled.
        risk: the goal besides the expectation; None for the blocks alone, without any goal.

    Raises:
        ValueError: two futures bound a shared column so that no number is left.
    """
    with _unwatched():
        return _stamped(blocks, risk)


@contextmanager
def _unwatched() -> Iterator[None]:
    """Looks for no garbage among names by the hundred thousand, which live on: a third of the time goes for it."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _stamped(blocks: Sequence[Block], risk: Risk | None) -> Stamped:
    base = blocks[0].arrays
    masks = _masks(blocks)
    shared = tuple(dict.fromkeys(
        block.arrays.columns[j] for block, mask in zip(blocks, masks, strict=True) for j in np.flatnonzero(mask)
    ))
    places = _places(blocks, masks, {name: j for j, name in enumerate(shared)})
    whole = _Whole(blocks, masks, places, len(shared))
    rows = np.cumsum([0, *(len(block.arrays.rows) for block in blocks)])
    goals = _Goals(blocks, places, whole.count, int(rows[-1]))
    if risk is not None:
        goals.expected()
        goals.of(risk)
    starts, indices, values = whole.entries(rows, goals)
    lower, upper, integer = whole.sides(shared)
    names = (*shared, *whole.names(), *goals.columns)
    compiled = Compiled(
        starts=starts, indices=indices, values=values,
        row_lower=np.concatenate([*(block.arrays.row_lower for block in blocks), goals.row_lower]),
        row_upper=np.concatenate([*(block.arrays.row_upper for block in blocks), goals.row_upper]),
        lower=np.concatenate([lower, goals.lower]), upper=np.concatenate([upper, np.full(len(goals.lower), INFINITE)]),
        integer=np.concatenate([integer, np.zeros(len(goals.lower), dtype=bool)]),
        rows=(*(name for block in blocks for name in _named(block, block.arrays.rows)), *goals.rows),
        columns=names, addresses={}, limits={}, settled=(), money=base.money, case=base.case, bounds=base.bounds,
        shifted=True,
    )
    return Stamped(compiled, tuple(blocks), tuple(places), shared)


def completed(arrays: Compiled, shared: Sequence[Name]) -> Compiled:
    """The arrays of a future with a column for each that is decided before it, as it is carried into it.

    What comes into force too late there is charged for and no more; of terms of which only the further ones come too
    late, the others are in force; what is not allowed there comes to nothing (:func:`optimizer.study.stages.carried`).

    Args:
        arrays: the future's own.
        shared: columns that are decided before any future is known.
    """
    missing = [name for name in shared if arrays.column(*name) is None]
    if not missing:
        return arrays
    entries: list[tuple[Ints, Floats]] = []
    for name in missing:
        kept = holding(arrays, [(name, 1)])
        like = [column for other, _ in kept.held if (column := arrays.column(*other)) is not None]
        parts = [slice(arrays.starts[j], arrays.starts[j + 1]) for j in like]
        cost = arrays.row_numbers.get(COST_ROW) if kept.charge else None
        charge = ([], []) if cost is None else ([cost], [kept.charge / arrays.money])
        rows = np.concatenate([*(arrays.indices[part] for part in parts), np.array(charge[0], dtype=np.int32)])
        entries.append((rows, np.concatenate([*(arrays.values[part] for part in parts), charge[1]])))
    sizes = np.cumsum([len(rows) for rows, _ in entries])
    none = np.zeros(len(missing))
    return replace(
        arrays,
        starts=np.concatenate([arrays.starts, arrays.starts[-1] + sizes]).astype(np.int32),
        indices=np.concatenate([arrays.indices, *(rows for rows, _ in entries)]).astype(np.int32),
        values=np.concatenate([arrays.values, *(values for _, values in entries)]),
        lower=np.concatenate([arrays.lower, none]), upper=np.concatenate([arrays.upper, none + INFINITE]),
        integer=np.concatenate([arrays.integer, np.ones(len(missing), dtype=bool)]),
        columns=(*arrays.columns, *missing),
    )


def _named(block: Block, names: Sequence[Name]) -> list[Name]:
    """Names of rows or columns with that of their future first."""
    future = block.name
    return [(family, (future, *index)) for family, index in names]


def _masks(blocks: Sequence[Block]) -> list[Flags]:
    """What is decided first of each block; it is worked out once for arrays that were moved and not built anew."""
    known: dict[int, Flags] = {}
    for block in blocks:
        if id(block.arrays.columns) not in known:
            known[id(block.arrays.columns)] = first_stage(block.arrays)
    return [known[id(block.arrays.columns)] for block in blocks]


def _places(blocks: Sequence[Block], masks: Sequence[Flags], shared: dict[Name, int]) -> list[Ints]:
    """For each block the number in the whole of each of its columns."""
    found, next_ = [], len(shared)
    for block, mask in zip(blocks, masks, strict=True):
        places = np.empty(len(mask), dtype=np.int32)
        places[mask] = [shared[block.arrays.columns[j]] for j in np.flatnonzero(mask)]
        own = int((~mask).sum())
        places[~mask] = np.arange(next_, next_ + own, dtype=np.int32)
        next_ += own
        found.append(places)
    return found


class _Whole:
    """The blocks as arrays of one model.

    Attributes:
        count: columns, without those of the goals.
    """

    def __init__(
        self, blocks: Sequence[Block], masks: Sequence[Flags], places: Sequence[Ints], shared: int
    ) -> None:
        self._blocks, self._masks, self._places, self._shared = blocks, masks, places, shared
        self.count = shared + sum(int((~mask).sum()) for mask in masks)

    def names(self) -> Iterator[Name]:
        """Names of the columns of single futures."""
        for block, mask in zip(self._blocks, self._masks, strict=True):
            own = zip(block.arrays.columns, mask.tolist(), strict=True)
            yield from _named(block, [name for name, now in own if not now])

    def sides(self, shared: Sequence[Name]) -> tuple[Floats, Floats, Flags]:
        """Bounds and integrality of the columns.

        Raises:
            ValueError: a shared column is left without a number.
        """
        lower, upper = np.full(self.count, -INFINITE), np.full(self.count, INFINITE)
        integer = np.zeros(self.count, dtype=bool)
        for block, places in zip(self._blocks, self._places, strict=True):
            lower[places] = np.maximum(lower[places], block.arrays.lower)
            upper[places] = np.minimum(upper[places], block.arrays.upper)
            integer[places] = block.arrays.integer
        for j in np.flatnonzero(lower[: self._shared] > upper[: self._shared])[:1].tolist():
            told = ", ".join(map(str, shared[j][1]))
            raise ValueError(f"no number of {shared[j][0]} [{told}] fits every future, and it is decided before them")
        return lower, upper, integer

    def entries(self, rows: Ints, goals: _Goals) -> tuple[Ints, Ints, Floats]:
        """Starts, rows and values by columns, those of the goals among them.

        The columns of a future stand together and in order already: only the entries of shared columns and of goals,
        few beside the others, are sorted.
        """
        counts = np.zeros(self.count + len(goals.columns), dtype=np.int64)
        loose: list[tuple[Ints, Ints, Floats]] = [goals.entries()]
        solid: list[tuple[Ints, Ints, Floats]] = []
        for block, mask, places, first in zip(self._blocks, self._masks, self._places, rows[:-1].tolist(), strict=True):
            arrays = block.arrays
            column = np.repeat(np.arange(len(mask), dtype=np.int32), np.diff(arrays.starts))
            together = mask[column]
            one = (places[column], (arrays.indices + first).astype(np.int32), arrays.values)
            loose.append((one[0][together], one[1][together], one[2][together]))
            solid.append((one[0][~together], one[1][~together], one[2][~together]))
        few = [np.concatenate(part) for part in zip(*loose, strict=True)]
        order = np.lexsort((few[1], few[0]))
        column, row, value = (part[order] for part in few)
        # the few stand before the rest or, in the cost column of a future and those of the goals, within and after it
        many = [np.concatenate(part) for part in zip(*solid, strict=True)]
        at = np.searchsorted(many[0], column, side="right")
        np.add.at(counts, many[0], 1)
        np.add.at(counts, column, 1)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return starts, np.insert(many[1], at, row), np.insert(many[2], at, value)


class _Goals:
    """Columns and rows of the goals.

    Attributes:
        columns: names of the columns.
        rows: names of the rows.
        lower: lower bound of each column; none has an upper one.
        row_lower: lower side of each row.
        row_upper: upper side of each row.
    """

    def __init__(self, blocks: Sequence[Block], places: Sequence[Ints], columns: int, rows: int) -> None:
        self._blocks, self._first_column, self._first_row = blocks, columns, rows
        self._money = blocks[0].arrays.money
        self.columns: list[Name] = []
        self.rows: list[Name] = []
        self.lower: list[float] = []
        self.row_lower: list[float] = []
        self.row_upper: list[float] = []
        self._entries: list[tuple[int, int, float]] = []
        # column of each future's cost, and what one of its unit is in that of the whole; None where nothing costs
        self._cost: list[tuple[int, float] | None] = []
        for block, of in zip(blocks, places, strict=True):
            own = block.arrays.column("goal", (COST,))
            self._cost.append(None if own is None else (int(of[own]), block.arrays.money / self._money))

    def entries(self) -> tuple[Ints, Ints, Floats]:
        """Column, row and value of each entry."""
        found = np.array(self._entries, dtype=np.float64).reshape(-1, 3)
        return found[:, 0].astype(np.int32), found[:, 1].astype(np.int32), found[:, 2]

    def expected(self) -> None:
        """``sum p z - expected = 0``."""
        row = self._row((EXPECTED, ()), 0.0, 0.0)
        for block, cost in zip(self._blocks, self._cost, strict=True):
            self._costs(cost, row, block.probability)
        self._entries.append((self._column(("goal", (EXPECTED,))), row, -1.0))

    def of(self, risk: Risk) -> None:
        """The rows of another goal than the expectation."""
        if risk.kind == EXPECTED:
            return
        goal = self._column(("goal", (risk.kind,)))
        if risk.kind == CVAR:
            self._tail(goal, risk.level)
            return
        for block, cost in zip(self._blocks, self._cost, strict=True):
            most = block.least / self._money if risk.kind == REGRET else 0.0
            row = self._row((risk.kind, (block.name,)), -INFINITE, most)
            self._costs(cost, row, 1.0)
            self._entries.append((goal, row, -1.0))

    def _tail(self, goal: int, level: float) -> None:
        """``eta + sum p u / (1 - level) - cvar = 0`` and ``z - eta - u <= 0``."""
        eta = self._column(("tail from", ()), min(block.floor for block in self._blocks) / self._money)
        total = self._row((CVAR, ()), 0.0, 0.0)
        self._entries += [(goal, total, -1.0), (eta, total, 1.0)]
        for block, cost in zip(self._blocks, self._cost, strict=True):
            above = self._column(("above", (block.name,)), 0.0)
            row = self._row((CVAR, (block.name,)), -INFINITE, 0.0)
            self._costs(cost, row, 1.0)
            self._entries += [(eta, row, -1.0), (above, row, -1.0), (above, total, block.probability / (1.0 - level))]

    def _costs(self, cost: tuple[int, float] | None, row: int, factor: float) -> None:
        if cost is not None:
            self._entries.append((cost[0], row, factor * cost[1]))

    def _column(self, name: Name, lower: float = -INFINITE) -> int:
        self.columns.append(name)
        self.lower.append(lower)
        return self._first_column + len(self.columns) - 1

    def _row(self, name: Name, lower: float, upper: float) -> int:
        self.rows.append(name)
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        return self._first_row + len(self.rows) - 1
