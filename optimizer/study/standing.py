"""A plan that stands while places stop: its decisions held, its flows free from the stop on (MODEL.md 7)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from optimizer.case.case import Case
from optimizer.case.schema import Limit, Row, Stock
from optimizer.case.stop import Stop
from optimizer.model.assemble import build
from optimizer.model.blocks.dependence import COST
from optimizer.model.compiled import Compiled, Floats, Name, compile_model
from optimizer.model.data import EXPOSED, Data
from optimizer.model.stop import Cut, cut
from optimizer.solve.amounts import Amounts
from optimizer.solve.check import check_plan
from optimizer.solve.check.stop import Halt
from optimizer.solve.extract import amounts_of, claims_of, settle
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.plan import CheckRefused
from optimizer.solve.session import Outcome
from optimizer.study.even import alike, evenly
from optimizer.study.soft import dependence_held, softened

FLOWS = ("run", "buy", "ship", "stock", "relabel", "alloc", "serve", "sell", "discard")
"""Families of columns that are held before a stop; what is short, missed, paid or broken follows from them."""

EXACT = 1e-7
"""Tonnes within which a flow before a stop is held, for the rounding of the solver."""


SHORT = 1e-5
"""Tonnes not served that are the solver's tolerance."""


DIGITS = 4
"""Digits of months that are told: the rest is the solver's tolerance."""


@dataclass(frozen=True)
class Met:
    """How a plan meets one stop.

    Attributes:
        stop: the stop.
        loss: what it costs, discounted to the start of the case, in its currency; None where no flows meet what is
            decided.
        unmet: (sector, year) -> tonnes not served that would be without the stop.
        drawn: stock -> the most that is drawn of it at the end of a year of the stop, in t.
    """

    stop: Stop
    loss: float | None
    unmet: Mapping[tuple[str, int], float] = field(default_factory=dict)
    drawn: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Flows:
    """Flows of least cost, confirmed by the independent check."""

    cost: float
    amounts: Amounts
    unserved: Mapping[tuple[str, int], float]


def relaxed(case: Case, cap: float | None) -> Case:
    """The case as a stop is met in it: floors, shares and takes give way at a price, and every stock may be used.

    Args:
        case: a case that passed the checks.
        cap: dependence that the flows keep to, a fraction; None where they are those of least cost. A tonne above it
            costs what a tonne not served does, so that what is planned is given up last.
    """
    soft = softened(case)
    rows: dict[str, tuple[Row, ...]] = {
        **soft.case.sheets, Stock.sheet: tuple(_usable(row) for row in soft.case.sheets.get(Stock.sheet, ()))
    }
    data = Data(soft.case)
    if cap is not None and any(data.demand.values()):
        held = dependence_held(data, cap, soft.shortage)
        rows[Limit.sheet] = (*rows.get(Limit.sheet, ()), held)
    return replace(soft.case, sheets=rows)


def _usable(row: Row) -> Row:
    """A stock of which nothing must be kept."""
    if not isinstance(row, Stock):
        return row
    return row.model_copy(update={"reserve": None, "closing_clear": 0.0, "closing_exposed": 0.0})


class Standing:
    """A plan whose decisions stand whatever stops.

    Attributes:
        case: the case as a stop is met in it.
        solves: linear programs solved.
    """

    def __init__(self, case: Case, cap: float | None, names: Sequence[Name], values: Floats) -> None:
        """Builds the model once, and holds what is decided.

        Args:
            case: the case of the plan.
            cap: dependence that the flows keep to, a fraction; None where they are those of least cost.
            names: names of columns.
            values: what each is in the plan.
        """
        self.case, self.solves = relaxed(case, cap), 0
        self._compiled = compile_model(build(self.case))
        self._planned = np.zeros(len(self._compiled.columns))
        for name, value in zip(names, values.tolist(), strict=True):
            if (column := self._compiled.column(*name)) is not None:
                self._planned[column] = value
        self._amounts = amounts_of(self._compiled, settle(self._compiled, self._planned))
        self._fixed = FixedPlan(self._compiled, self._planned)
        self._cost = self._compiled.column_numbers["goal", (COST,)]
        self._alike = alike(self._compiled)
        self._flows, self._year = _flows(self._compiled)
        self._before = self.case.years[0]
        self._without: tuple[int | None, _Flows | None] = None, None
        self._known: dict[tuple[int, int], tuple[Cut, Floats] | None] = {}
        self._sector = {line.name: line.sector for line in self.case.demands}

    def meets(self, stop: Stop) -> Met:
        """How the plan meets a stop.

        Raises:
            CheckRefused: the flows do not stand up to the independent check.
        """
        without, under = self._base(stop), self._found(stop)
        if without is None or under is None:
            return Met(stop, None)
        unmet = {key: more for key, tonnes in under.unserved.items()
                 if (more := tonnes - without.unserved.get(key, 0.0)) > SHORT}
        return Met(stop, max(0.0, under.cost - without.cost), unmet, self._drawn(stop, under.amounts))

    def lasts(self, stop: Stop) -> dict[str, float | None]:
        """Sector -> for how many months of a stop that goes on it is served as without it; None to the end.

        A stop is made longer month by month until a sector goes short, and from what it is short of in that month and
        the next one the point between them follows on a straight line: a balance by year knows no months, and stocks
        serve evenly what falls away evenly.
        """
        months = 12 * (self.case.years[-1] + 1 - stop.start)
        sectors = dict.fromkeys(self._sector.values())
        known: dict[int, dict[str, float]] = {}

        def short(after: int, sector: str) -> float:
            if after not in known:
                known[after] = self._short(Stop(stop.places, stop.start, after / 12))
            return known[after].get(sector, 0.0)

        def lasting(sector: str) -> float | None:
            if short(months, sector) <= 0:
                return None
            first = bisect_left(range(1, months), True, key=lambda after: short(after, sector) > 0) + 1
            more = short(first + 1, sector) - short(first, sector) if first < months else 0.0
            return round(first - (min(1.0, short(first, sector) / more) if more > 0 else 1.0), DIGITS)

        return {sector: lasting(sector) for sector in sectors}

    def _base(self, stop: Stop) -> _Flows | None:
        """The flows without the stop, what was before its start held all the same."""
        if self._without[0] != stop.start:
            self._without = stop.start, self._found(Stop(stop.places, stop.start, 0.0))
        return self._without[1]

    def _short(self, stop: Stop) -> dict[str, float]:
        """Sector -> tonnes that a stop leaves it short of."""
        without, solved = self._base(stop), self._solved(stop)
        if without is None or solved is None:
            return {}
        found: dict[str, float] = defaultdict(float)
        for (sector, year), tonnes in self._unserved(solved[1]).items():
            found[sector] += max(0.0, tonnes - without.unserved.get((sector, year), 0.0))
        return {sector: tonnes for sector, tonnes in found.items() if tonnes > SHORT}

    def _found(self, stop: Stop) -> _Flows | None:
        """The flows of least cost under a stop, checked."""
        solved = self._solved(stop)
        if solved is None:
            return None
        cut_, values = solved
        exact = settle(cut_.compiled, values)
        amounts, claims = amounts_of(cut_.compiled, exact), claims_of(cut_.compiled, exact)
        halt = Halt(frozenset(stop.places), stop.start, stop.start + stop.length, self._amounts, self._otherwise(stop))
        complaints = check_plan(self.case, amounts, claims, halt=halt)
        if complaints:
            raise CheckRefused(complaints)
        return _Flows(claims.cost, amounts, self._unserved(values))

    def _solved(self, stop: Stop) -> tuple[Cut, Floats] | None:
        """Flows of least cost under a stop; of a part of a year, the rest is as if the stop had ended before it."""
        whole = int(stop.length + EXACT)
        if stop.length - whole <= EXACT:
            if (stop.start, whole) not in self._known:
                self._known = {key: flows for key, flows in self._known.items() if key[0] == stop.start}
                self._known[stop.start, whole] = self._run(Stop(stop.places, stop.start, whole), (self._planned,))
            return self._known[stop.start, whole]
        before = self._solved(Stop(stop.places, stop.start, whole))
        return None if before is None else self._run(stop, (self._planned, before[1]))

    def _otherwise(self, stop: Stop) -> Amounts:
        """What flows where a stop has ended with its last whole year."""
        before = self._solved(Stop(stop.places, stop.start, int(stop.length + EXACT)))
        return self._amounts if before is None else amounts_of(self._compiled, settle(self._compiled, before[1]))

    def _run(self, stop: Stop, otherwise: Sequence[Floats]) -> tuple[Cut, Floats] | None:
        self._hold(stop.start)
        under = cut(self._compiled, stop, otherwise)
        self._fixed.move(under.compiled)
        for column, most in under.most.items():
            self._fixed.bound(column, upper=min(most, float(self._compiled.upper[column])))
        result = self._fixed.minimise(self._cost)
        self.solves += 1
        for column in under.most:
            self._fixed.bound(column, upper=float(self._compiled.upper[column]))
        if result.outcome is not Outcome.PROVED:
            return None
        return under, evenly(result.values, self._alike, stop.start)

    def _hold(self, start: int) -> None:
        """Holds every flow before a year as planned, and frees those from it on."""
        low, high = self._compiled.lower, self._compiled.upper
        moved = (self._year >= min(start, self._before)) & (self._year < max(start, self._before))
        for column, year in zip(self._flows[moved].tolist(), self._year[moved].tolist(), strict=True):
            at, least, most = float(self._planned[column]), float(low[column]), float(high[column])
            held = year < start
            self._fixed.bound(
                column, lower=max(least, at - EXACT) if held else least,
                upper=max(least, min(most, at + EXACT)) if held else most,
            )
        self._before = start

    def _unserved(self, values: Floats) -> dict[tuple[str, int], float]:
        """(sector, year) -> tonnes not served, of numbers of the arrays."""
        found: dict[tuple[str, int], float] = defaultdict(float)
        for (family, index), value in zip(self._compiled.columns, values.tolist(), strict=True):
            if family == "short" and value > 0:
                found[self._sector[index[0]], index[1]] += value
        return dict(found)

    def _drawn(self, stop: Stop, amounts: Amounts) -> dict[str, float]:
        """Stock -> the most that lies there less at the end of a year of the stop than at its start."""
        found = {}
        for row in self.case.stocks:
            def held(year: int, of: Amounts, name: str = row.name) -> float:
                return of.stock.get((name, year, "clear"), 0.0) + of.stock.get((name, year, EXPOSED), 0.0)

            opening = row.opening_clear + row.opening_exposed
            at = opening if stop.start == self.case.years[0] else held(stop.start - 1, self._amounts)
            taken = [at - held(year, amounts) for year in self.case.years if stop.start <= year <= stop.last]
            if max(taken, default=0.0) > EXACT:
                found[row.name] = max(taken)
        return found


def _flows(compiled: Compiled) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Columns that are flows, and the year of each."""
    found = [
        (j, next(part for part in reversed(index) if isinstance(part, int)))
        for j, (family, index) in enumerate(compiled.columns) if family in FLOWS and not compiled.integer[j]
    ]
    columns = np.array(found, dtype=np.int64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]
