r"""Futures drawn from what a case says of its uncertain numbers: its sheet Ranges, and the chances of its deals.

Each number has a quantile between 0 and 1, and numbers that move together share one. Quantiles are spread over the unit
cube by a Latin hypercube, in which each of `n` equal parts of every quantile is met exactly once, or by Sobol's
sequence, scrambled (`scipy.stats.qmc`); either repeats with its seed. A shape turns a quantile `q` into a value:

.. math::
    \text{uniform: } a + q (b - a), \qquad
    \text{triangular: } \begin{cases} a + \sqrt{q (b-a)(c-a)} & q \le \frac{c-a}{b-a} \\
                                      b - \sqrt{(1-q)(b-a)(b-c)} & \text{else} \end{cases}

    \text{PERT: } a + (b-a) \, B^{-1}(q; \; 1 + 4 \tfrac{c-a}{b-a}, \; 1 + 4 \tfrac{b-c}{b-a}), \qquad
    \text{lognormal: } \exp(\mu + \sigma \Phi^{-1}(q))

`a` and `b` are low and high, `c` the value that the case itself has, and `B^{-1}` the quantile of a beta distribution
(Malcolm and others 1959). A lognormal number has low and high as its 5 % and 95 % quantiles, and is cut at those of
:data:`TAILS`, so that a model can be built for all that it may be.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from optimizer.case.address import has_number, resolve
from optimizer.case.case import Case
from optimizer.case.changes import Change, scenario_changes
from optimizer.case.schema import Range, Series
from optimizer.model.compiled import Floats
from optimizer.study.future import BASE, LEAST, never_closes
from optimizer.study.question import AskedWrongly
from optimizer.study.ranges import together

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

Method = Literal["lhs", "sobol"]
"""Latin hypercube, or Sobol's sequence."""

TAILS = (0.001, 0.999)
"""Quantiles at which a lognormal number is cut."""

TAIL = 0.05
"""Quantile of the low end of a lognormal number; that of the high end is 1 less it."""


@dataclass(frozen=True)
class Factor:
    """An uncertain number, or several that move together.

    Attributes:
        name: their addresses, joined.
        rows: their rows of the sheet Ranges.
        modes: what each is in the case itself, in the terms of its row: a factor, an amount added, or a value.
    """

    name: str
    rows: tuple[Range, ...]
    modes: tuple[float, ...]

    def values(self, quantiles: npt.ArrayLike) -> Floats:
        """The number of each row at some quantiles: [quantile, row]."""
        at = np.atleast_1d(np.asarray(quantiles, dtype=np.float64))
        return np.stack([value_at(row, mode, at) for row, mode in zip(self.rows, self.modes, strict=True)], axis=1)


def value_at(row: Range, mode: float, quantiles: Floats) -> Floats:
    """A number at some quantiles of its shape; `mode` is what the case itself has."""
    a, b, c = row.low, row.high, mode
    if row.shape == "lognormal":
        from scipy.special import ndtri

        middle, width = (math.log(a) + math.log(b)) / 2, math.log(b) - math.log(a)
        cut = np.clip(quantiles, *TAILS)
        return np.asarray(np.exp(middle + width * ndtri(cut) / (2 * ndtri(1 - TAIL))), dtype=np.float64)
    if b == a or row.shape == "uniform":
        return a + quantiles * (b - a)
    if row.shape == "triangular":
        below = a + np.sqrt(quantiles * (b - a) * (c - a))
        above = b - np.sqrt((1 - quantiles) * (b - a) * (b - c))
        return np.where(quantiles <= (c - a) / (b - a), below, above)
    from scipy.special import betaincinv

    left = (c - a) / (b - a)
    return np.asarray(a + (b - a) * betaincinv(1 + 4 * left, 5 - 4 * left, quantiles), dtype=np.float64)


def changes_of(rows: Sequence[Range], values: Sequence[float]) -> tuple[Change, ...]:
    """The changes that take numbers to their values."""
    return tuple(
        Change(row.address, row.how, float(value), unit="", said_at=f"Ranges[{row.key}]")
        for row, value in zip(rows, values, strict=True)
    )


@dataclass(frozen=True)
class Draws:
    """Futures that were drawn.

    Attributes:
        factors: the uncertain numbers.
        deals: deals that may never close.
        scenarios: names of the scenarios on top, the base first; the base alone where they are left out.
        quantiles: [future, factor].
        closes: whether each deal closes: [future, deal].
        scenario: number of the scenario of each future.
        seed: of the draw.
        method: of the draw.
        on_top: changes of each scenario.
    """

    factors: tuple[Factor, ...]
    deals: tuple[str, ...]
    scenarios: tuple[str, ...]
    quantiles: Floats
    closes: Flags
    scenario: Ints
    seed: int
    method: Method
    on_top: tuple[tuple[Change, ...], ...]

    def __len__(self) -> int:
        return len(self.scenario)

    @property
    def rows(self) -> tuple[Range, ...]:
        """The rows of the sheet Ranges in the order of the factors."""
        return tuple(row for factor in self.factors for row in factor.rows)

    @cached_property
    def values(self) -> Floats:
        """The value of each row of :attr:`rows`: [future, row]."""
        parts = [factor.values(self.quantiles[:, j]) for j, factor in enumerate(self.factors)]
        return np.concatenate([np.empty((len(self), 0)), *parts], axis=1)

    def changes(self, i: int) -> tuple[Change, ...]:
        """What future `i` changes in the case: its scenario, then the numbers, then what does not close."""
        failing = (never_closes(deal) for deal, closes in zip(self.deals, self.closes[i], strict=True) if not closes)
        return (*self.on_top[self.scenario[i]], *changes_of(self.rows, self.values[i].tolist()), *failing)

    def first(self, n: int) -> Draws:
        """The first `n` of the futures."""
        return replace(self, quantiles=self.quantiles[:n], closes=self.closes[:n], scenario=self.scenario[:n])

    def ends(self) -> tuple[tuple[Change, ...], ...]:
        """What takes each factor to its low and its high end alone; at last all of them to the low, then the high."""
        ends = [factor.values(np.array([0.0, 1.0])) for factor in self.factors]
        alone = [
            changes_of(factor.rows, end.tolist()) for factor, of in zip(self.factors, ends, strict=True) for end in of
        ]
        corners = [changes_of(self.rows, np.concatenate([of[k] for of in ends]).tolist()) for k in (0, 1) if ends]
        return (*alone, *corners)

    def box(self) -> tuple[tuple[Change, ...], ...]:
        """What bounds must be wide enough for: each scenario, on each the ends of all numbers, and deals that fail."""
        failing = ((never_closes(deal),) for deal in self.deals)
        every = ((), *self.ends(), *failing)
        return tuple((*top, *changes) for top in self.on_top for changes in every if top or changes)


def draw(case: Case, n: int, *, seed: int = 0, method: Method = "lhs", scenarios: bool = False) -> Draws:
    """Futures of a case.

    Scenarios are left out unless asked for: what a scenario moves is mostly what a range moves too, and would then be
    counted twice. Asked for, each future has one of those with a probability, or the base with what they leave, and
    its numbers are laid on that; a range that sets a value has the last word.

    Args:
        case: a case that passed the checks.
        n: how many.
        seed: equal seeds give equal futures.
        method: ``lhs`` or ``sobol``.
        scenarios: whether each future has one of the case's scenarios too.

    Raises:
        AskedWrongly: `n` is below 1, nothing is uncertain, or a row of Ranges cannot be used.
    """
    if n < 1:
        raise AskedWrongly(f"{n} futures cannot be drawn: the least is 1")
    factors = tuple(_factor(case, rows) for rows in together(case.ranges))
    open_ = tuple(deal for deal in case.deals if deal.chance < 1 and deal.signed_in is None)
    names, shares = _scenarios(case) if scenarios else ((BASE,), np.ones(1))
    if not factors and not open_ and len(names) < 2:
        raise AskedWrongly(
            "nothing is uncertain: the sheet Ranges has no row, and no deal has a chance of closing below 1"
        )
    cube = _cube(n, len(factors) + len(open_) + 1, seed, method)
    quantiles, chances, which = np.split(cube, [len(factors), len(factors) + len(open_)], axis=1)
    until = np.cumsum(shares)
    return Draws(
        factors, tuple(deal.name for deal in open_), names, quantiles,
        chances < np.array([deal.chance for deal in open_]),
        np.minimum(np.searchsorted(until, which[:, 0], side="right"), len(names) - 1), seed, method,
        tuple(scenario_changes(case, name) for name in names),
    )


def _cube(n: int, width: int, seed: int, method: Method) -> Floats:
    """Points of the unit cube: [point, axis]."""
    from scipy.stats import qmc

    if method == "lhs":
        return np.asarray(qmc.LatinHypercube(width, seed=np.random.default_rng(seed)).random(n), dtype=np.float64)
    engine: Any = qmc.Sobol(width, seed=np.random.default_rng(seed))
    with warnings.catch_warnings():
        # a number that is no power of two is balanced a little less, which is not worth a warning to a planner
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(engine.random(n), dtype=np.float64)


def _scenarios(case: Case) -> tuple[tuple[str, ...], Floats]:
    """The base and the scenarios with a probability, with their probabilities.

    Raises:
        AskedWrongly: no scenario has one, or they add up to more than 1.
    """
    given = {row.scenario: row.probability for row in case.scenarios if row.probability is not None}
    own = given.pop(BASE, case.settings.base_probability)
    total = sum(given.values())
    if not given:
        raise AskedWrongly("no scenario of the sheet Scenarios has a probability")
    if total > 1 + LEAST:
        raise AskedWrongly(f"the probabilities of the scenarios add up to {total:g}, more than 1")
    shares = np.array([max(0.0, 1 - total) if own is None else own, *given.values()])
    return (BASE, *given), shares / shares.sum()


def _factor(case: Case, rows: Sequence[Range]) -> Factor:
    for row in rows:
        if row.low > row.high:
            ends = f"its low end {row.low:g} above its high end {row.high:g}"
            raise AskedWrongly(f"the range of {row.address} has {ends}")
        if row.shape == "lognormal" and row.low <= 0:
            raise AskedWrongly(f"the range of {row.address} is lognormal, and its low end {row.low:g} is not above 0")
    return Factor(" and ".join(row.address for row in rows), tuple(rows), tuple(_mode(case, row) for row in rows))


def _mode(case: Case, row: Range) -> float:
    """What a number is in the case itself, in the terms of its range; the middle where a range sets several to one.

    Raises:
        AskedWrongly: a shape that has its peak there does not reach so far.
    """
    mode = {"times": 1.0, "plus": 0.0}.get(row.how)
    if mode is None:
        own = set(_own(case, row.address))
        mode = own.pop() if len(own) == 1 else (row.low + row.high) / 2
    if row.shape in ("triangular", "PERT") and not row.low <= mode <= row.high:
        raise AskedWrongly(
            f"the range of {row.address} is {row.shape}, with its peak at the case's own value {mode:g}, which is not "
            f"between {row.low:g} and {row.high:g}"
        )
    return mode


def _own(case: Case, address: str) -> Iterator[float]:
    """The numbers that an address stands for, in canonical units."""
    for target in resolve(case, address):
        value = target.value(case) if has_number(case, target) else None
        if isinstance(value, Series):
            yield from (value.constant,) if value.constant is not None else (number for _, number in value.points)
        elif isinstance(value, int | float):
            yield float(value)
