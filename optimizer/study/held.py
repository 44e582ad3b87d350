"""One plan held through many futures: what was signed and ordered stays, flows adapt, and what gives way has a price.

Each future is a linear program of the softened case (:mod:`optimizer.study.soft`). Its arrays come of those of a few
models (:mod:`optimizer.study.moving`) in place of a model of its own, and its program begins from where the plan stood,
so that what it answers depends on nothing but the future. A few futures are also built in full, in bounds of their own;
where a number shapes the model, or one of those differs, every future is built in full, which is slower and as exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import takewhile

import numpy as np
from scipy import sparse

from optimizer.case.case import Case
from optimizer.case.changes import apply_changes
from optimizer.model.assemble import build
from optimizer.model.blocks.cost import HIDDEN
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.bounds import Bounds, loosened, propagate, widest
from optimizer.model.compiled import Compiled, Floats, Name, compile_model
from optimizer.model.data import Data
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.session import Outcome
from optimizer.study.committed import holding
from optimizer.study.draws import Draws, changes_of
from optimizer.study.future import never_closes
from optimizer.study.moving import Axis, Moving, Shape, moving
from optimizer.study.prices import WIDE
from optimizer.study.soft import Soft
from optimizer.study.stages import DECIDED

LOOKED_AT = 3
"""Futures that are also built in full."""

AGREES = 1e-6
"""Part of the cost within which a future built in full must come out the same."""


@dataclass(frozen=True)
class Outcomes:
    """What a plan comes to in each of some futures; not a number where nothing meets its decisions there.

    Attributes:
        years: the years of the case.
        lines: the demand lines.
        limits: the planner's limits that may be broken.
        outcome: cost with what dependence above the plan's is priced at, in the case's currency: [future].
        cost: the same without that: [future].
        dependence: dependence on the glide path of the flows of least outcome, a fraction: [future].
        reach: the least dependence that any flows come to with what is decided, whatever they cost: [future].
        share: dependence of each year, a fraction; not a number without demand: [future, year].
        cash: cash of each year, in the case's currency: [future, year].
        short: tonnes not served: [future, line, year].
        needed: tonnes needed: [future, line, year].
        broken: by how much each limit is exceeded over all years (money in the model's unit): [future, limit].
        built: how many of the futures were built in full.
        why: why all of them were; empty where they were not.
    """

    years: tuple[int, ...]
    lines: tuple[str, ...]
    limits: tuple[str, ...]
    outcome: Floats = field(repr=False)
    cost: Floats = field(repr=False)
    dependence: Floats = field(repr=False)
    reach: Floats = field(repr=False)
    share: Floats = field(repr=False)
    cash: Floats = field(repr=False)
    short: Floats = field(repr=False)
    needed: Floats = field(repr=False)
    broken: Floats = field(repr=False)
    built: int = 0
    why: str = ""

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def shortage(self) -> Floats:
        """Tonnes not served over all lines and years: [future]."""
        return np.asarray(self.short.sum(axis=(1, 2)), dtype=np.float64)


_NUMBERS = tuple(one.name for one in fields(Outcomes) if one.name not in ("years", "lines", "limits", "built", "why"))


class Reader:
    """What is read off the columns of a future's program, in the order of :class:`Outcomes`.

    Attributes:
        years: the years of the case.
        lines: the demand lines with a need.
        limits: the planner's limits that may be broken.
    """

    def __init__(self, soft: Soft) -> None:
        data = Data(soft.case)
        self.years, self.glide = data.years, np.array([data.glide[t] for t in data.years])
        self.lines = tuple(row.name for row in soft.case.demands)
        own = soft.case.limits[:-1] if soft.cap is not None else soft.case.limits
        self.limits = tuple(row.name for row in own if row.price_of_breaking is not None)
        self.held = soft.case.limits[-1].name if soft.cap is not None else ""
        self.hidden = HIDDEN[soft.case.settings.view]
        self.priced = soft.tonne * data.calendar.discount(data.years)

    def read(
        self, compiled: Compiled, values: Floats, reach: float = np.nan, sums: sparse.csr_array | None = None
    ) -> dict[str, Floats]:
        """One future; each with a first axis of one.

        Args:
            compiled: its arrays.
            values: value of every column.
            reach: the least dependence with what is decided, where it was asked for.
            sums: :meth:`matrix` of the arrays, where it is known.
        """
        flat = (self.matrix(compiled) if sums is None else sums) @ values
        count, lines = len(self.years), len(self.lines)
        sizes = (1, count, count, lines * count, lines * count, count, len(self.limits))
        goal, share, cash, short, served, over, broken = np.split(flat, np.cumsum(sizes)[:-1])
        outcome = goal * compiled.money
        short = short.reshape(1, lines, count)
        there = np.array([compiled.column("share", (t,)) is not None for t in self.years])
        share = np.where(there, share, np.nan)
        return {
            "outcome": outcome, "cost": outcome - self.priced @ over, "share": share[None],
            "dependence": np.array([self._on_glide(share)]), "reach": np.array([reach]),
            "cash": cash[None] * compiled.money, "short": short,
            "needed": short + served.reshape(1, lines, count), "broken": broken[None],
        }

    def nothing(self) -> dict[str, Floats]:
        """A future in which nothing meets the decisions."""
        count, lines = len(self.years), len(self.lines)
        shapes = {
            "share": (1, count), "cash": (1, count), "short": (1, lines, count), "needed": (1, lines, count),
            "broken": (1, len(self.limits)),
        }
        return {name: np.full(shapes.get(name, (1,)), np.nan) for name in _NUMBERS}

    def together(self, ordered: Sequence[Mapping[str, Floats]], built: int = 0, why: str = "") -> Outcomes:
        """The outcomes of some futures, one after the other."""
        parts = [*ordered] or [{name: of[:0] for name, of in self.nothing().items()}]
        numbers = {name: np.concatenate([one[name] for one in parts]) for name in _NUMBERS}
        return Outcomes(self.years, self.lines, self.limits, **numbers, built=built, why=why)

    def _on_glide(self, share: Floats) -> float:
        """The least delta with ``share <= 1 - (1 - delta) glide`` in every year with demand."""
        counted = (self.glide > 0) & np.isfinite(share)
        delta = 1 - (1 - share[counted]) / self.glide[counted]
        return float(np.clip(delta.max(initial=0.0), 0.0, 1.0))

    def matrix(self, compiled: Compiled) -> sparse.csr_array:
        """Everything that is read as sums of columns."""
        known: list[list[Name]] = [
            [("goal", (COST,))],
            *([("share", (t,))] for t in self.years),
            *self._cash(compiled),
            *([("short", (q, t))] for q in self.lines for t in self.years),
            *([("serve", (q, t, c)) for c in ("clear", "exposed")] for q in self.lines for t in self.years),
            *([("broken", (self.held, t))] for t in self.years),
            *([("broken", (name, t)) for t in self.years] for name in self.limits),
        ]
        at = [(i, j) for i, of in enumerate(known) for name in of
              if (j := compiled.column_numbers.get(name)) is not None]
        rows, columns = (np.array(side, dtype=np.int64) for side in zip(*at, strict=True))
        return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(known), len(compiled.columns)))

    def _cash(self, compiled: Compiled) -> Iterator[list[Name]]:
        found: dict[int, list[Name]] = {t: [] for t in self.years}
        for family, index in compiled.columns:
            if family == "cash" and index[0] not in self.hidden:
                found[index[-1]].append((family, index))
        yield from found.values()


def held(
    soft: Soft, decided: Mapping[Name, int], draws: Draws, *, quick: bool = True,
    go_on: Callable[[int], bool] = lambda _: True,
) -> Outcomes:
    """A plan through futures: its decisions held, its flows of least cost in each.

    Args:
        soft: the case, softened.
        decided: the whole numbers of the plan by the names of their columns; others are 0. What comes into force only
            after the last year of a future is charged (:mod:`optimizer.study.committed`).
        draws: the futures.
        quick: whether arrays may be moved, and not only built in full.
        go_on: told how many futures are done; gives whether to go on. Those from the
            first that is not done are not among the outcomes.

    Raises:
        CaseError: an end of a range, or a future, makes a case that has faults.
        SolverError: the solver fails.
    """
    return _Holding(soft, decided, draws).outcomes(quick, go_on)


def kept_in(compiled: Compiled, decided: Mapping[Name, int]) -> tuple[Floats, float]:
    """A plan's whole numbers in arrays: the value of each whole column, the others 0, and what is charged beside them.

    Raises:
        Impossible: the arrays do not allow one of its decisions.
    """
    kept = holding(compiled, [(name, n) for name, n in decided.items() if name[0] in DECIDED])
    held = {**decided, **dict(kept.held)}
    if any(n and compiled.column(*name) is None for name, n in kept.held):
        raise Impossible
    whole = zip(compiled.columns, compiled.integer.tolist(), strict=True)
    values = np.array([held.get(name, 0) if integer else 0.0 for name, integer in whole], dtype=np.float64)
    return values, kept.charge


class Impossible(Exception):  # noqa: N818 - what a future allows, not a fault
    """A future does not allow what is decided."""


class _Holding:
    def __init__(self, soft: Soft, decided: Mapping[Name, int], draws: Draws) -> None:
        self.soft, self.decided, self.draws, self.reader = soft, decided, draws, Reader(soft)
        self.built, self.why = 0, ""
        signed = {name[1][0] for name, n in decided.items() if name[0] == "sign" and n}
        # what was not signed closes or does not, and nothing changes
        self.deals = [k for k, deal in enumerate(draws.deals) if deal in signed]

    def outcomes(self, quick: bool, go_on: Callable[[int], bool]) -> Outcomes:
        """Scenario by scenario where arrays are moved, in the order of the futures where they are built."""
        found: dict[int, dict[str, Floats]] = {}
        try:
            if not quick:
                raise Shape("")
            for i, one in self._moved():
                found[i] = one
                if not go_on(len(found)):
                    break
        except Shape as fault:
            self.why = str(fault)
            found = {}
            for i in range(len(self.draws)):
                found[i] = self._full(i)
                if not go_on(len(found)):
                    break
        ordered = [found[i] for i in takewhile(found.__contains__, range(len(self.draws)))]
        return self.reader.together(ordered, self.built, self.why)

    def _moved(self) -> Iterator[tuple[int, dict[str, Floats]]]:
        looked_at = set(np.linspace(0, len(self.draws) - 1, LOOKED_AT).round().astype(int).tolist())
        for scenario in range(len(self.draws.scenarios)):
            futures = np.flatnonzero(self.draws.scenario == scenario)
            if not len(futures):
                continue
            model, charge = self._model(scenario)
            fixed = FixedPlan(model.base, np.zeros(len(model.base.columns)))
            matrix = self.reader.matrix(model.base)
            goal = model.base.column_numbers["goal", (COST,)]
            fixed.minimise(goal)
            fixed.keep()
            for i, parts in zip(futures.tolist(), model.parts(self._points(futures)), strict=True):
                fixed.move(model.at(parts))
                fixed.start_again()
                one = _charged(self._solved(fixed, matrix), charge)
                if i in looked_at:
                    self._compare(i, one)
                yield i, one

    def _compare(self, i: int, one: Mapping[str, Floats]) -> None:
        full = self._full(i)["outcome"][0]
        mine = one["outcome"][0]
        if np.isnan(full) != np.isnan(mine) or abs(full - mine) > AGREES * max(1.0, abs(full)):
            raise Shape(f"future {i + 1} comes to {mine:.9g} where a model built for it comes to {full:.9g}")

    def _full(self, i: int) -> dict[str, Floats]:
        """One future, its model built in bounds of its own."""
        self.built += 1
        compiled = compile_model(build(apply_changes(self.soft.case, self.draws.changes(i))))
        try:
            values, charge = kept_in(compiled, self.decided)
        except Impossible:
            return self.reader.nothing()
        if compiled.settled:
            return self.reader.nothing()
        return _charged(self._solved(FixedPlan(compiled, values)), charge)

    def _solved(self, fixed: FixedPlan, sums: sparse.csr_array | None = None) -> dict[str, Floats]:
        """The flows of least outcome, and then the least dependence that any flows come to."""
        compiled = fixed.compiled
        result = fixed.minimise(compiled.column_numbers["goal", (COST,)])
        if result.outcome is not Outcome.PROVED:
            return self.reader.nothing()
        column = compiled.column("goal", (DEPENDENCE,))
        least = 0.0 if column is None else fixed.minimise(column).objective
        return self.reader.read(compiled, result.values, least, sums)

    def _axes(self) -> list[Axis]:
        found: list[Axis] = []
        for factor in self.draws.factors:
            ends = factor.values(np.array([0.0, 1.0]))
            found += [Axis(row.address, *ends[:, k].tolist()) for k, row in enumerate(factor.rows)]
        return found + [Axis(self.draws.deals[k], 0.0, 1.0, switch=True) for k in self.deals]

    def _points(self, futures: np.ndarray) -> Floats:
        return np.concatenate([self.draws.values[futures], self.draws.closes[futures][:, self.deals]], axis=1)

    def _model(self, scenario: int) -> tuple[Moving, float]:
        """The arrays of one scenario as a function of the numbers, and what is charged beside them."""
        on_top = self.draws.on_top[scenario]
        rows = self.draws.rows
        own = apply_changes(self.soft.case, on_top) if on_top else self.soft.case
        money, ends = Data(own).money, self.draws.ends()
        for corner in ends[-2:] if self.draws.factors else ():
            # where every number is at an end, a number that makes a fault does
            apply_changes(own, corner)
        failing = [(never_closes(self.draws.deals[k]),) for k in self.deals]
        bounds = _loose(own, [apply_changes(own, changes, checked=False) for changes in (*ends, *failing)])

        def built(point: Floats) -> tuple[Compiled, Floats]:
            numbers, closes = point[: len(rows)].tolist(), point[len(rows):]
            fail = [never_closes(self.draws.deals[k]) for k, at in zip(self.deals, closes, strict=True) if at < 1]
            case = apply_changes(own, [*changes_of(rows, numbers), *fail], checked=False)
            compiled = compile_model(build(case, bounds=bounds, money=money))
            if compiled.settled:
                raise Shape("a row without variables")
            return compiled, kept_in(compiled, self.decided)[0]

        try:
            model = moving(self._axes(), built)
            return model, kept_in(compile_model(build(own, bounds=bounds, money=money)), self.decided)[1]
        except Impossible:
            raise Shape("what was decided is not allowed everywhere") from None


def _charged(one: dict[str, Floats], charge: float) -> dict[str, Floats]:
    """A future with what is charged beside its flows."""
    return {**one, "outcome": one["outcome"] + charge, "cost": one["cost"] + charge} if charge else one


def _loose(own: Case, others: Iterable[Case]) -> Bounds:
    """Bounds that nothing can meet in any of some cases; what can flow in one of them has its columns in all."""
    bounds = widest(propagate(Data(case)) for case in (own, *others))
    most = max((float(v[np.isfinite(v)].max(initial=0.0)) for v in bounds.flow.values()), default=0.0)
    return loosened(bounds, WIDE * max(most, 1.0))
