"""A HiGHS session on the arrays of a model: one object, solved again and again with other goals and bounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

import highspy
import numpy as np

from optimizer.model.compiled import Compiled, Floats, Ints64
from optimizer.solve.stopping import Stop

_HIGHS: Any = highspy.Highs
"""The solver's class; its Python layer is not typed."""

Progress = Callable[[float, float, float], None]
"""Called with incumbent, bound and seconds while a search runs, in the thread that asked for it."""

STEP = 0.1
"""Seconds between looks at a search that runs."""

AGGREGATOR = 1 << 12
"""The solver's bit for its rule of presolve that puts equal sums in place of columns."""

PATIENCE = 5.0
"""Seconds that a search which is given up has to end by itself."""


class Outcome(Enum):
    """How a run of the solver ended."""

    PROVED = "proved within the gap"
    STOPPED = "stopped with a solution"
    INFEASIBLE = "no solution exists"
    UNBOUNDED = "the goal has no end"
    NOTHING = "stopped with neither a solution nor a proof"


@dataclass(frozen=True)
class Result:
    """What one run gave.

    Attributes:
        outcome: how it ended.
        values: value of every column; empty without a solution.
        objective: value of the goal at `values`.
        bound: best bound on the goal.
        root_bound: the bound when the search left the root; None where it did not branch or is no search.
    """

    outcome: Outcome
    values: Floats
    objective: float
    bound: float
    root_bound: float | None = None


class SolverError(RuntimeError):
    """The solver refused a call or returned something that the arrays contradict."""


class Session:
    """A HiGHS object that holds the arrays of one model.

    Bounds of columns may be moved and rows added between runs; every search starts from nothing, so that its result
    does not depend on the runs before it.
    """

    def __init__(self, compiled: Compiled, *, threads: int = 1, seed: int = 0, stop: Stop | None = None) -> None:
        self.compiled = compiled
        self.stop = stop or Stop()
        self.lower = compiled.lower.copy()
        self.upper = compiled.upper.copy()
        self._highs = _HIGHS()
        options = {"output_flag": False, "threads": threads, "random_seed": seed, "mip_feasibility_tolerance": 1e-7}
        # Sub-searches cost more than they find here: without these three India takes 0.6 to 0.75 of the time.
        searches = {f"mip_heuristic_run_{name}": False for name in ("rins", "rens", "root_reduced_cost")}
        for name, value in {**options, **searches}.items():
            self.option(name, value)
        self.option("parallel", "off" if threads == 1 else "choose")
        self._load()
        self._root: float | None = None
        self._latest = (np.inf, -np.inf)
        self._until: float | None = None

    def option(self, name: str, value: object) -> None:
        """Set one option of the solver.

        Raises:
            SolverError: the solver does not take it.
        """
        self._done(self._highs.setOptionValue(name, value), f"option {name}")

    def aggregates(self, on: bool) -> None:
        """Whether presolve may put equal sums in place of columns.

        A bound on cost then becomes one row with everything that costs in it, on which every round of cuts takes long:
        without, searches for another goal within such a bound take 0.4 to 0.7 of the time, and others more.
        """
        self.option("presolve_rule_off", 0 if on else AGGREGATOR)

    def _load(self) -> None:
        c = self.compiled
        lp = program(c, c.lower, c.upper)
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(flag)] for flag in c.integer]
        self._done(self._highs.passModel(lp), "the model")

    def bound(self, column: int, lower: float | None = None, upper: float | None = None) -> None:
        """Move the bounds of one column; None keeps what is there."""
        if lower is not None:
            self.lower[column] = lower
        if upper is not None:
            self.upper[column] = upper
        self._done(self._highs.changeColBounds(column, self.lower[column], self.upper[column]), "a bound")

    def add_column(self, *, integer: bool) -> int:
        """A new column between 0 and 1; gives its number."""
        self._done(self._highs.addCol(0.0, 0.0, 1.0, 0, np.empty(0, dtype=np.int32), np.empty(0)), "a column")
        number = int(self._highs.getNumCol()) - 1
        if integer:
            self._done(self._highs.changeColIntegrality(number, highspy.HighsVarType.kInteger), "an integer column")
        self.lower, self.upper = np.append(self.lower, 0.0), np.append(self.upper, 1.0)
        return number

    def add_row(self, lower: float, upper: float, entries: Mapping[int, float]) -> None:
        """A new row ``lower <= sum of entries <= upper``."""
        index = np.array(list(entries), dtype=np.int32)
        values = np.array(list(entries.values()), dtype=np.float64)
        self._done(self._highs.addRow(lower, upper, len(index), index, values), "a row")

    def minimise(
        self, column: int, *, gap: float, absolute: float, seconds: float | None, progress: Progress | None = None,
        first_found: bool = False, start: Floats | None = None, nodes: int | None = None,
    ) -> Result:
        """Search for the least value of one column over the integers.

        Args:
            column: the goal.
            gap: relative gap at which it counts as proved.
            absolute: absolute gap at which it counts as proved.
            seconds: most time, None for no bound.
            progress: told incumbent, bound and seconds as it goes.
            first_found: whether any solution ends the search.
            start: a solution to start from, where one is known.
            nodes: most nodes of a search that is there to find something and proves nothing; None for no bound.

        Raises:
            KeyboardInterrupt: the user gave up.
        """
        self._goal({column: 1.0})
        self.option("mip_max_nodes", highspy.kHighsIInf if nodes is None else nodes)
        self.option("mip_rel_gap", gap)
        self.option("mip_abs_gap", absolute)
        self._until = None if seconds is None else time.monotonic() + seconds
        self.option("mip_max_improving_sols", 1 if first_found else highspy.kHighsIInf)
        result = self._search(progress, start)
        if result.outcome is Outcome.INFEASIBLE and nodes is None:
            result = self._believed(result)
        return result

    def _believed(self, first: Result) -> Result:
        """'Infeasible' is believed only after a second run without presolve: it has been wrong before."""
        with self._without_presolve():
            second = self._search(None)
        return first if second.outcome is Outcome.INFEASIBLE else second

    @contextmanager
    def _without_presolve(self) -> Iterator[None]:
        before = self._highs.getOptionValue("presolve")[1]
        self.option("presolve", "off")
        try:
            yield
        finally:
            self.option("presolve", before)

    @contextmanager
    def holding(self, columns: Ints64, values: Floats) -> Iterator[None]:
        """Columns at numbers while it lasts; whatever bounds they had, or were given meanwhile, hold again after it."""
        count, numbers = len(columns), columns.astype(np.int32)
        self._done(self._highs.changeColsBounds(count, numbers, values, values), "columns to hold")
        try:
            yield
        finally:
            lower, upper = self.lower[columns], self.upper[columns]
            self._done(self._highs.changeColsBounds(count, numbers, lower, upper), "columns to free")

    def polish(self, goal: dict[int, float], values: Floats) -> Result:
        """The least value of a sum of columns with the integers fixed at those of `values`, rounded: an LP, exact."""
        integers = np.flatnonzero(self.compiled.integer)
        with self.holding(integers, np.round(values[integers])):
            self._relax(highspy.HighsVarType.kContinuous)
            self._until = None
            self._goal(goal)
            # The tighter tolerance leaves cleaner amounts; where it is too tight for the numbers, the usual one serves.
            for tolerance in (1e-9, 1e-7):
                self.option("primal_feasibility_tolerance", tolerance)
                self.option("dual_feasibility_tolerance", tolerance)
                self._fresh()
                self._run(self._awaited)
                result = self._result()
                if result.outcome is Outcome.PROVED:
                    break
            self.option("primal_feasibility_tolerance", 1e-7)
            self.option("dual_feasibility_tolerance", 1e-7)
            self._relax(highspy.HighsVarType.kInteger)
        return result

    def relaxed(self, column: int, seconds: float) -> float:
        """A bound on the least value of one column: its least value without the integers.

        Args:
            column: the goal.
            seconds: most time.

        Returns:
            The bound; the column's own where the time is not enough.
        """
        result, own = self.relaxation(column, seconds), float(self.lower[column])
        return max(own, result.objective) if result.outcome is Outcome.PROVED else own

    def relaxation(self, column: int, seconds: float) -> Result:
        """The least value of one column without the integers, in at most so many seconds: a linear program."""
        self._relax(highspy.HighsVarType.kContinuous)
        self._goal({column: 1.0})
        self._until = time.monotonic() + seconds
        self._fresh()
        self._run(self._awaited)
        result = self._result()
        self._relax(highspy.HighsVarType.kInteger)
        return result

    def _relax(self, kind: Any) -> None:
        integers = np.flatnonzero(self.compiled.integer).astype(np.int32)
        if len(integers):
            kinds = np.full(len(integers), int(kind), dtype=np.uint8)
            self._done(self._highs.changeColsIntegrality(len(integers), integers, kinds), "integrality")

    def _goal(self, goal: dict[int, float]) -> None:
        costs = np.zeros(self._highs.getNumCol())
        costs[list(goal)] = list(goal.values())
        self._done(self._highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs), "the goal")

    def _search(self, progress: Progress | None, start: Floats | None = None) -> Result:
        began = time.monotonic()
        self._root, self._latest = None, (np.inf, -np.inf)
        self._fresh()
        if start is not None:
            known = highspy.HighsSolution()
            known.col_value = start
            self._done(self._highs.setSolution(known), "a start")

        def watch(event: Any) -> None:
            out = event.data_out
            self._latest = float(out.mip_primal_bound), float(out.mip_dual_bound)
            if out.mip_node_count <= 1:
                self._root = self._latest[1]

        def tell() -> None:
            if progress is not None:
                progress(*self._latest, time.monotonic() - began)

        self._highs.cbMipInterrupt += watch
        try:
            self._run(lambda: self._awaited(tell, stoppable=True))
        finally:
            self._highs.cbMipInterrupt -= watch
        result = self._result()
        if result.values.size:
            self._latest = result.objective, result.bound
            tell()
        return result

    def _fresh(self) -> None:
        """Forget the last solution: results then do not depend on the runs before."""
        self._highs.clearSolver()

    def _run(self, attempt: Callable[[], Any]) -> None:
        """Run the solver; where it fails, make its thread pool anew, then do without presolve.

        The pool is one for the process: whatever solved before with other threads leaves `run` to fail at once. And
        what presolve gives back may break the rows it came from by more than the solver itself allows.
        """
        if attempt() != highspy.HighsStatus.kError:
            return
        _HIGHS.resetGlobalScheduler(True)
        if attempt() != highspy.HighsStatus.kError:
            return
        with self._without_presolve():
            self._done(attempt(), "a run")

    def _awaited(self, tell: Callable[[], None] | None = None, *, stoppable: bool = False) -> Any:
        """Run in a thread of the solver's own, which leaves this one free for Ctrl-C and for telling how it goes."""
        left = highspy.kHighsInf if self._until is None else max(self._until - time.monotonic(), 0.0)
        self.option("time_limit", left)
        # once asked to stop, the solver would stop every later run too: those that must end by themselves do not ask
        self._highs.HandleUserInterrupt = stoppable
        ended, status = False, None
        try:
            self._highs.startSolve()
            while not ended:
                ended, status = self._highs.wait(STEP)
                if stoppable and self.stop.asked:
                    self._highs.cancelSolve()
                if tell is not None and not ended:
                    tell()
        except BaseException:
            # the solver's object must not go while its thread still works on it
            self._highs.cancelSolve()
            self._highs.wait(PATIENCE)
            raise
        self._highs.HandleUserInterrupt = False
        return status

    def _result(self) -> Result:
        status = self._highs.getModelStatus()
        info, solution = self._highs.getInfo(), self._highs.getSolution()
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.asarray(solution.col_value, dtype=np.float64) if found else np.empty(0)
        outcome = _outcome(status, found)
        bound = float(info.mip_dual_bound) if info.valid and np.isfinite(info.mip_dual_bound) else -np.inf
        if not self.compiled.integer.any() and found:
            bound = float(info.objective_function_value)
        return Result(outcome, values, float(info.objective_function_value), bound, self._root)

    @property
    def cancelled(self) -> bool:
        """Whether the user asked to stop."""
        return self.stop.asked

    @staticmethod
    def _done(status: Any, what: str) -> None:
        if status == highspy.HighsStatus.kError:
            raise SolverError(f"the solver refused {what}")


def program(compiled: Compiled, lower: Floats, upper: Floats) -> Any:
    """The arrays as the solver takes them, without a goal and without integers.

    Args:
        compiled: the arrays.
        lower: lower bound of each column.
        upper: upper bound of each column.
    """
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(compiled.columns), len(compiled.rows)
    lp.col_cost_ = np.zeros(len(compiled.columns))
    lp.col_lower_, lp.col_upper_ = lower, upper
    lp.row_lower_, lp.row_upper_ = compiled.row_lower, compiled.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = compiled.starts, compiled.indices
    lp.a_matrix_.value_ = compiled.values
    return lp


def _outcome(status: Any, found: bool) -> Outcome:
    known = highspy.HighsModelStatus
    if status == known.kOptimal and found:
        return Outcome.PROVED
    if status in (known.kInfeasible,):
        return Outcome.INFEASIBLE
    if status in (known.kUnbounded, known.kUnboundedOrInfeasible):
        return Outcome.UNBOUNDED
    return Outcome.STOPPED if found else Outcome.NOTHING


def violations(compiled: Compiled, values: Floats, tolerance: float = 1e-6) -> list[str]:
    """What a solution breaks of the arrays: rows, bounds and integers beyond `tolerance` of each row's largest term.

    The first of the two checks of every incumbent; the second one recomputes the plan from the case.
    """
    activity = np.zeros(len(compiled.rows))
    scale = np.ones(len(compiled.rows))
    columns = np.repeat(np.arange(len(compiled.columns)), np.diff(compiled.starts))
    terms = compiled.values * values[columns]
    np.add.at(activity, compiled.indices, terms)
    np.maximum.at(scale, compiled.indices, np.abs(terms))
    for side in (compiled.row_lower, compiled.row_upper):
        np.maximum(scale, np.where(np.isfinite(side), np.abs(side), 0.0), out=scale)
    slack = tolerance * scale
    broken = (activity < compiled.row_lower - slack) | (activity > compiled.row_upper + slack)
    found = [f"row {compiled.rows[i]}: {activity[i]:.9g}" for i in np.flatnonzero(broken)]
    reach = tolerance * np.maximum(1.0, np.abs(values))
    outside = (values < compiled.lower - reach) | (values > compiled.upper + reach)
    found += [f"bound of {compiled.columns[j]}: {values[j]:.9g}" for j in np.flatnonzero(outside)]
    slips = compiled.integer & (np.abs(values - np.round(values)) > 1e-5)
    return found + [f"integer {compiled.columns[j]}: {values[j]:.9g}" for j in np.flatnonzero(slips)]
