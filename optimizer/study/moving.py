r"""Arrays of a plan held, as a function of all uncertain numbers at once.

With signings and orders held, a number of the workbook stands in the rows in proportion: a price in the cost of what is
bought, a limit on a side, a share among the coefficients of a balance. A term that has two of them is their product.
So the arrays at a point `x` of the numbers are

.. math::
    A(x) = A^0 + \sum_i t_i A_i + \sum_{i < j} t_i t_j A_{ij}, \qquad t_i = \frac{x_i - x_i^0}{x_i^1 - x_i^0}

with :math:`x^0` inside every range and :math:`x^1` at one of its ends. Each :math:`A_i` is what a model built at
:math:`x^1_i` has more than the one built at :math:`x^0`, and :math:`A_{ij}` is asked only for numbers that meet in some
row: beside :math:`x^0` one or two models a number and one a pair are built, whatever is drawn. At :math:`x^0` no number
is at an end, where it may be 0 and hide what it is multiplied by. A number at its other end must come out as foretold,
else it does not stand in proportion (:class:`Shape`), and so must products at the opposite corner; where three numbers
are multiplied, or a corner deceives, whoever uses the arrays finds it by models built for some futures in full.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from optimizer.model.apply import Shift
from optimizer.model.compiled import Compiled, Floats, Ints64
from optimizer.model.held import LINKS, Flags, Number, trimmed

INSIDE = 0.4
"""Part of its range at which a number stands where all others are moved alone."""

SAME = 1e-9
"""Difference of two numbers of the arrays, relative to the larger or 1, that is rounding."""

OPEN = 2.0**30
"""Side of a row that ties flows to a signing in force, in tonnes: what it says its limits and its band say too."""


class Shape(ValueError):  # noqa: N818 - what a number does, not a fault
    """A number that does more to the arrays than stand in them in proportion; its text says which."""


@dataclass(frozen=True)
class Axis:
    """One number that moves.

    Attributes:
        name: what it is, in words.
        low: its least.
        high: its most.
        switch: whether it is at either end and never between them.
    """

    name: str
    low: float
    high: float
    switch: bool = False

    @property
    def inside(self) -> float:
        """Where it stands while others move: inside its range, a switch at its high end."""
        return self.high if self.switch else self.low + INSIDE * (self.high - self.low)

    @property
    def end(self) -> float:
        """Where it is moved to, further from where it stands than its other end."""
        return self.low if self.switch else self.high

    def part(self, values: Floats) -> Floats:
        """``t`` of some of its values."""
        width = self.end - self.inside
        return np.zeros(len(values)) if width == 0 else (values - self.inside) / width


@dataclass(frozen=True)
class Moving:
    """The arrays of a plan held, at any point of the numbers.

    Attributes:
        axes: the numbers.
        base: the arrays where every number stands inside its range; of no case, and without whole numbers.
        shifts: what each number, or pair of them, moved to its end does to the arrays.
        of: for each shift the axes that it is of, one or two.
        builds: models that were built for it.
    """

    axes: tuple[Axis, ...]
    base: Compiled
    shifts: tuple[Shift, ...]
    of: tuple[tuple[int, ...], ...]
    builds: int

    def parts(self, points: Floats) -> Floats:
        """How much of each shift there is at some points [point, axis]: [point, shift]."""
        parts = [axis.part(points[:, i]) for i, axis in enumerate(self.axes)]
        each = [np.prod([parts[i] for i in of], axis=0) for of in self.of]
        return np.array(each).reshape(len(self.of), len(points)).T

    def at(self, parts: Floats) -> Compiled:
        """The arrays with so much of each shift."""
        values, lower, upper = self.base.values.copy(), self.base.row_lower.copy(), self.base.row_upper.copy()
        for part, shift in zip(parts.tolist(), self.shifts, strict=True):
            if part:
                values[shift.places[0]] += part * shift.places[1]
                lower[shift.rows[0]] += part * shift.rows[1]
                upper[shift.rows[0]] += part * shift.rows[2]
        return self.base.moved(values=values, row_lower=lower, row_upper=upper)


Built = Callable[[Floats], tuple[Compiled, Floats]]
"""A point of the numbers to the arrays of a model built there, in bounds that are the same everywhere and wider than
anything can flow, and the value of each of its columns, of which those of integer ones are held."""


def moving(axes: Sequence[Axis], built: Built) -> Moving:
    """The arrays of a plan held as a function of its numbers.

    Args:
        axes: the numbers.
        built: builds a model at a point of them.

    Raises:
        Shape: some number adds or removes rows or columns, or does not stand in proportion.
    """
    return _Asking(tuple(axes), built).moving()


@dataclass(frozen=True)
class _Folded:
    """Arrays with whole numbers held: keys of entries (column and row as one number, rising), values, sides."""

    keys: Ints64
    values: Floats
    lower: Floats
    upper: Floats


class _Asking:
    def __init__(self, axes: tuple[Axis, ...], built: Built) -> None:
        self.axes, self.built, self.builds = axes, built, 0
        self.inside = np.array([axis.inside for axis in axes])
        self.compiled, _ = built(self.inside)
        self.links = np.array([block == LINKS for block, _ in self.compiled.rows], dtype=bool)
        self.keys = np.empty(0, dtype=np.int64)
        self.tied: Flags = np.zeros(len(self.compiled.rows), dtype=bool)
        self.fails: dict[int, Flags] = {}
        self.tied = self.links & (self._folded({}).upper > 0)
        self.base = self._folded({})

    def moving(self) -> Moving:
        """Numbers alone, then pairs that meet in a row."""
        moved = [i for i, axis in enumerate(self.axes) if axis.high > axis.low]
        ends = {i: self._folded({i: self.axes[i].end}) for i in moved}
        others = {i: self._folded({i: self.axes[i].low}) for i in moved if not self.axes[i].switch}
        every = [self.base, *ends.values(), *others.values()]
        self.keys = np.unique(np.concatenate([one.keys for one in every]))
        start = self._vector(self.base)
        alone = {i: self._vector(one) - start for i, one in ends.items()}
        for i, one in others.items():
            self._proportional(start, alone[i], self._vector(one), i)
        rows = {i: self._rows(step) for i, step in alone.items()}
        steps: dict[tuple[int, ...], Floats] = {(i,): step for i, step in alone.items()}
        for i, j in combinations(moved, 2):
            if np.any(rows[i] & rows[j]):
                steps[i, j] = self._pair(start, alone, i, j)
        kept = {of: step for of, step in steps.items() if np.any(step)}
        base, shifts = self._trimmed(start, list(kept.values()))
        return Moving(self.axes, base, shifts, tuple(kept), self.builds)

    def _folded(self, at: dict[int, float]) -> _Folded:
        """The arrays with some numbers elsewhere, their whole numbers moved into the sides."""
        point = self.inside.copy()
        point[list(at)] = list(at.values())
        compiled, values = self.built(point)
        self.builds += 1
        names = " and ".join(self.axes[i].name for i in at)
        if (compiled.rows, compiled.columns) != (self.compiled.rows, self.compiled.columns) or not (
            np.array_equal(compiled.lower, self.compiled.lower) and np.array_equal(compiled.upper, self.compiled.upper)
        ):
            raise Shape(f"{names} shapes the model")
        columns = np.repeat(np.arange(len(compiled.columns)), np.diff(compiled.starts))
        held = np.where(compiled.integer, np.round(values), 0.0)
        fixed = np.bincount(compiled.indices, compiled.values * held[columns], minlength=len(compiled.rows))
        entries = ~compiled.integer[columns]
        keys = columns[entries].astype(np.int64) * len(compiled.rows) + compiled.indices[entries]
        upper = compiled.row_upper - fixed
        # a deal in force ties nothing, so that the least of its limits and bands is in no row; one that fails ties all
        failing = [i for i in at if self.axes[i].switch]
        for i in failing:
            self.fails.setdefault(i, self.tied & (upper <= 0))
        upper[self.tied] = OPEN
        for i in failing:
            upper[self.fails[i]] = 0.0
        return _Folded(keys, compiled.values[entries], compiled.row_lower - fixed, upper)

    def _vector(self, one: _Folded) -> Floats:
        """Entries, then lower and upper sides; an infinite side is 0, and must be infinite everywhere."""
        values = np.zeros(len(self.keys))
        at = np.minimum(np.searchsorted(self.keys, one.keys), len(self.keys) - 1)
        if not np.array_equal(self.keys[at], one.keys):
            raise Shape("two numbers together add to a row what neither does alone")
        values[at] = one.values
        for mine, its in ((self.base.lower, one.lower), (self.base.upper, one.upper)):
            if not np.array_equal(np.isfinite(mine), np.isfinite(its)):
                raise Shape("a limit comes or goes")
        sides = (np.where(np.isfinite(side), side, 0.0) for side in (one.lower, one.upper))
        return np.concatenate([values, *sides])

    def _proportional(self, start: Floats, step: Floats, other: Floats, i: int) -> None:
        axis = self.axes[i]
        part = float(axis.part(np.array([axis.low]))[0])
        if not _same(start + part * step, other):
            raise Shape(f"{axis.name} does not move the model in proportion")

    def _pair(self, start: Floats, alone: dict[int, Floats], i: int, j: int) -> Floats:
        """What two numbers moved together do beyond what each does alone."""
        both = self._vector(self._folded({i: self.axes[i].end, j: self.axes[j].end}))
        step = both - start - alone[i] - alone[j]
        step[_near(both, start + alone[i] + alone[j])] = 0.0
        if np.any(step) and not (self.axes[i].switch and self.axes[j].switch):
            self._corner(start, alone, step, i, j)
        return step

    def _corner(self, start: Floats, alone: dict[int, Floats], step: Floats, i: int, j: int) -> None:
        at = {k: self.axes[k].end if self.axes[k].switch else self.axes[k].low for k in (i, j)}
        first, second = (float(self.axes[k].part(np.array([at[k]]))[0]) for k in (i, j))
        foretold = start + first * alone[i] + second * alone[j] + first * second * step
        if not _same(foretold, self._vector(self._folded(at))):
            raise Shape(f"{self.axes[i].name} and {self.axes[j].name} together do not move the model in proportion")

    def _rows(self, step: Floats) -> Flags:
        """Which rows a step touches."""
        count, entries = len(self.compiled.rows), len(self.keys)
        touched = np.zeros(count, dtype=bool)
        touched[self.keys[np.flatnonzero(step[:entries])] % count] = True
        lower, upper = step[entries : entries + count], step[entries + count :]
        return np.asarray(touched | (lower != 0) | (upper != 0), dtype=bool)

    def _trimmed(self, start: Floats, steps: list[Floats]) -> tuple[Compiled, tuple[Shift, ...]]:
        """The arrays and shifts without what the held whole numbers leave no room."""
        count, entries = len(self.compiled.rows), len(self.keys)
        columns, rows = np.divmod(self.keys, count)
        starts = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=len(self.compiled.columns)))])
        whole = replace(
            self.compiled, starts=starts.astype(np.int32), indices=rows.astype(np.int32), values=start[:entries],
            row_lower=np.where(np.isfinite(self.base.lower), start[entries : entries + count], self.base.lower),
            row_upper=np.where(np.isfinite(self.base.upper), start[entries + count :], self.base.upper), shifted=True,
        )
        numbers = tuple(self._number(k, step) for k, step in enumerate(steps))
        base, placed = trimmed(whole, np.zeros(len(whole.columns)), numbers)
        known = {number.name: number.shift for number in placed}
        none = np.empty(0, dtype=np.int32)
        nothing = Shift((none, np.empty(0)), (none, np.empty(0), np.empty(0)), bounding=False)
        return base, tuple(known.get(str(k), nothing) for k in range(len(steps)))

    def _number(self, k: int, step: Floats) -> Number:
        count, entries = len(self.compiled.rows), len(self.keys)
        at, rows = np.flatnonzero(step[:entries]).astype(np.int32), np.flatnonzero(self._rows(step)).astype(np.int32)
        sides = np.flatnonzero((step[entries : entries + count] != 0) | (step[entries + count :] != 0)).astype(np.int32)
        shift = Shift(
            (at, step[at]), (sides, step[entries + sides], step[entries + count + sides]), bounding=False
        )
        return Number("uncertain", str(k), None, "", "", tuple(rows.tolist()), shift)


def _near(one: Floats, other: Floats) -> Flags:
    most = np.maximum(1.0, np.maximum(np.abs(one), np.abs(other)))
    return np.asarray(np.abs(one - other) <= SAME * most, dtype=bool)


def _same(one: Floats, other: Floats) -> bool:
    return bool(_near(one, other).all())
