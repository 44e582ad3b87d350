"""Whether anything meets rows of which some give way, which of them stand in the way, and the least that must give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np

from optimizer.model.compiled import Compiled, Floats
from optimizer.model.elastic import Elastic
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.session import Outcome, Session, program
from optimizer.solve.stopping import Stop

_HIGHS: Any = highspy.Highs
"""The solver's class; its Python layer is not typed."""

STRATEGY = 6
"""How the solver looks for an irreducible set: from the rays of an elastic program (2), reduced until it is (4)."""

GAP = 1e-4
"""Relative gap at which the least that must give counts as found."""

INFINITE = float("inf")


def relaxed(compiled: Compiled) -> Compiled:
    """The same arrays without whole numbers."""
    return replace(compiled, integer=np.zeros(len(compiled.columns), dtype=bool))


def core(elastic: Elastic) -> frozenset[int] | None:
    """Members that the solver finds to stand in each other's way, whole numbers left aside; None where it does not.

    What it says is where a search begins, and no proof: of a program that is infeasible through whole numbers alone it
    gives a set that is not valid, and its sets are irreducible in rows and bounds, of which a number may have several.
    """
    compiled = elastic.compiled
    highs = _HIGHS()
    for name, value in (("output_flag", False), ("threads", 1), ("iis_strategy", STRATEGY)):
        highs.setOptionValue(name, value)
    highs.passModel(program(compiled, compiled.lower, compiled.upper))
    status, found = highs.getIis()
    if status == highspy.HighsStatus.kError or not found.valid_:
        return None
    first = elastic.column(0)
    return frozenset(int(column) - first for column in found.col_index_ if column >= first)


@dataclass(frozen=True)
class Missing:
    """By how much a member must give way where the others do not.

    Attributes:
        least: the least, in the unit of its elastic column.
        each: member -> how much less for one more of its own giving; empty where whole numbers decide.
        values: value of every column there.
    """

    least: float
    each: Mapping[int, float]
    values: Floats


class Judge:
    """Answers whether anything meets the rows while some members give way.

    Attributes:
        elastic: the arrays.
        whole: whether whole numbers are kept; a linear program is answered a hundred times as fast.
    """

    def __init__(self, elastic: Elastic, *, whole: bool, seed: int = 0, stop: Stop | None = None) -> None:
        self.elastic, self.whole = elastic, whole
        self._giving: frozenset[int] = frozenset()
        if whole:
            self._session = Session(elastic.compiled, seed=seed, stop=stop)
            self._idle = self._session.add_column(integer=False)
            self._session.bound(self._idle, upper=0.0)
        else:
            compiled = relaxed(elastic.compiled)
            self._linear = FixedPlan(compiled, np.zeros(len(compiled.columns)))

    def infeasible(self, giving: Collection[int], seconds: float | None = None) -> bool | None:
        """Whether nothing meets the rows although some members give way without end; None where it is not settled.

        Args:
            giving: the members that give way.
            seconds: most time; None for no bound. A linear program takes none that matters.
        """
        self._give(giving)
        if not self.whole:
            outcome = self._linear.minimise({}).outcome
            return {Outcome.INFEASIBLE: True, Outcome.PROVED: False}.get(outcome)
        result = self._session.minimise(self._idle, gap=0.0, absolute=1e-9, seconds=seconds, first_found=True)
        if result.outcome is Outcome.INFEASIBLE:
            return True
        # whole numbers that are whole within a tolerance may let a little through: rounded, they count
        if result.values.size and self._session.polish({}, result.values).outcome is Outcome.PROVED:
            return False
        return None

    def missing(self, member: int, giving: Collection[int], seconds: float | None = None) -> Missing | None:
        """By how much a member must give way at least while some others do without end; None where it is not found."""
        self._give({*giving, member})
        column = self.elastic.column(member)
        if self.whole:
            result = self._session.minimise(column, gap=GAP, absolute=1e-7, seconds=seconds)
            if not result.values.size or result.outcome is not Outcome.PROVED:
                return None
            exact = self._session.polish({column: 1.0}, result.values)
            return Missing(exact.objective, {}, exact.values) if exact.outcome is Outcome.PROVED else None
        result = self._linear.minimise(column)
        if result.outcome is not Outcome.PROVED:
            return None
        duals = self._linear.duals()
        each = {
            other: sum(amount * float(duals[row]) for row, amount in of.entries.items())
            for other, of in enumerate(self.elastic.members) if other != member and other not in giving
        }
        return Missing(result.objective, each, result.values)

    def _give(self, giving: Collection[int]) -> None:
        wanted = frozenset(giving)
        for member in wanted ^ self._giving:
            upper = INFINITE if member in wanted else 0.0
            column = self.elastic.column(member)
            if self.whole:
                self._session.bound(column, upper=upper)
            else:
                self._linear.bound(column, upper=upper)
        self._giving = wanted


@dataclass(frozen=True)
class Giver:
    """A cell of the workbook that may give way.

    Attributes:
        weight: what one unit of it counts.
        parts: its members, and how much each gives where the cell gives one unit.
    """

    weight: float
    parts: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Given:
    """The cheapest way for some cells to give.

    Attributes:
        amounts: how much each cell gives, in its unit; 0 for those that stay.
        weighed: what it counts in all.
        proved: whether nothing cheaper was left open.
        values: value of every column of the elastic arrays.
    """

    amounts: Floats
    weighed: float
    proved: bool
    values: Floats


class Repairer:
    """Finds the cheapest way for cells to give until something meets all rows."""

    def __init__(self, elastic: Elastic, givers: Sequence[Giver], *, seed: int = 0, stop: Stop | None = None) -> None:
        self._elastic = elastic
        self._session = session = Session(elastic.compiled, seed=seed, stop=stop)
        self._columns = [session.add_column(integer=False) for _ in givers]
        self._total = session.add_column(integer=False)
        session.bound(self._total, upper=INFINITE)
        shares: dict[int, dict[int, float]] = {}
        for column, giver in zip(self._columns, givers, strict=True):
            for member, share in giver.parts:
                shares.setdefault(member, {})[column] = share
        for member, of in shares.items():
            session.bound(elastic.column(member), upper=INFINITE)
            session.add_row(0.0, 0.0, {elastic.column(member): -1.0, **of})
        weighed = {column: giver.weight for column, giver in zip(self._columns, givers, strict=True)}
        session.add_row(0.0, 0.0, {self._total: -1.0, **weighed})

    def cheapest(self, kept: Iterable[int], seconds: float | None) -> Given | None:
        """The cheapest way, cells among `kept` left as they are; None where there is none or none was found.

        Args:
            kept: numbers of cells that stay.
            seconds: most time.
        """
        stay = frozenset(kept)
        for i, column in enumerate(self._columns):
            self._session.bound(column, upper=0.0 if i in stay else INFINITE)
        result = self._session.minimise(self._total, gap=GAP, absolute=1e-7, seconds=seconds)
        if not result.values.size:
            return None
        exact = self._session.polish({self._total: 1.0}, result.values)
        if exact.outcome is not Outcome.PROVED:
            return None
        amounts = exact.values[self._columns]
        count = len(self._elastic.compiled.columns)
        return Given(amounts, exact.objective, result.outcome is Outcome.PROVED, exact.values[:count])


def tightest(elastic: Elastic, values: Floats, members: Iterable[int]) -> dict[int, float | None]:
    """How far numbers can be drawn in with the whole numbers of a plan held; None where nothing ends it.

    Args:
        elastic: the arrays.
        values: value of every column of a plan on them.
        members: the numbers that are looked at, each alone.

    Returns:
        Member -> the most that its number can be drawn in, in the unit of its elastic column.
    """
    held = FixedPlan(elastic.compiled, values)
    found: dict[int, float | None] = {}
    for member in members:
        column, of = elastic.column(member), elastic.members[member]
        held.bound(column, lower=-(of.now or 0.0) if of.more and not of.by_row else -INFINITE)
        result = held.minimise(column)
        found[member] = max(0.0, -result.objective) if result.outcome is Outcome.PROVED else None
        held.bound(column, lower=0.0)
    return found
