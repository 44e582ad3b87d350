"""A plan's decisions held, the flows free: a linear program that is solved again and again from where it stands.

Prices, switching points and changed numbers ask the same small question many times; each answer starts from the basis
of the one before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import highspy
import numpy as np

from optimizer.model.compiled import Compiled, Floats
from optimizer.solve.session import Outcome, Result, SolverError, program

_HIGHS: Any = highspy.Highs
"""The solver's class; its Python layer is not typed."""

TOLERANCES = (1e-9, 1e-7)
"""Feasibility and optimality, in the units of the arrays; the second where the first is too tight for the numbers."""

ATTEMPTS = ((TOLERANCES[0], False), (TOLERANCES[0], True), (TOLERANCES[1], True))
"""Tolerance, and whether to begin from nothing: rounding may lead nowhere from where the last answer stood."""


UNSCALED: Mapping[bool, tuple[tuple[str, int], ...]] = {True: (), False: (("simplex_scale_strategy", 0),)}
"""Whether the solver scales -> what it is told."""


class FixedPlan:
    """The arrays of a model with its integers as they are in a plan.

    Attributes:
        compiled: the arrays as they stand now.
    """

    def __init__(self, compiled: Compiled, values: Floats, *, scaled: bool = True) -> None:
        """Holds the integers.

        Args:
            compiled: the arrays.
            values: value of every column; those of integer ones are rounded and held.
            scaled: whether the solver scales rows and columns; without, many small answers take half the time.
        """
        self.compiled = compiled
        held = np.round(values)
        self._lower = np.where(compiled.integer, held, compiled.lower)
        self._upper = np.where(compiled.integer, held, compiled.upper)
        self._highs = _HIGHS()
        for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), *UNSCALED[scaled]):
            self._done(self._highs.setOptionValue(name, value), f"option {name}")
        self._done(self._highs.passModel(program(compiled, self._lower, self._upper)), "the model")
        self._goal: dict[int, float] = {}
        self._kept: Any = None
        self._sides: dict[int, tuple[float, float]] = {}

    def hold(self, values: Floats) -> None:
        """Hold the integers of another plan in place of those held: `values` has one for every column."""
        integers = np.flatnonzero(self.compiled.integer)
        held = np.round(values[integers])
        self._lower[integers], self._upper[integers] = held, held
        numbers = integers.astype(np.int32)
        self._done(self._highs.changeColsBounds(len(numbers), numbers, held, held), "other integers")

    def bound(self, column: int, lower: float | None = None, upper: float | None = None) -> None:
        """Move the bounds of one column; None keeps what is there."""
        if lower is not None:
            self._lower[column] = lower
        if upper is not None:
            self._upper[column] = upper
        self._done(self._highs.changeColBounds(column, self._lower[column], self._upper[column]), "a bound")

    def bound_row(self, row: int, lower: float, upper: float) -> None:
        """Move the sides of one row; they stay where they are put whatever the arrays become."""
        self._sides[row] = lower, upper
        self._done(self._highs.changeRowBounds(row, lower, upper), "a side of a row")

    def add_row(self, lower: float, upper: float, entries: Mapping[int, float]) -> None:
        """A new row ``lower <= sum of entries <= upper``; it stays as it is whatever the arrays become."""
        columns = np.array(list(entries), dtype=np.int32)
        values = np.array(list(entries.values()), dtype=np.float64)
        self._done(self._highs.addRow(lower, upper, len(columns), columns, values), "a row")

    def move(self, compiled: Compiled) -> None:
        """Take on other numbers of the same rows and columns, as :func:`optimizer.model.apply.apply` gives them.

        Raises:
            ValueError: they are arrays of another model.
        """
        before = self.compiled
        if compiled.rows != before.rows or compiled.columns != before.columns or not (
            np.array_equal(compiled.lower, before.lower) and np.array_equal(compiled.upper, before.upper)
        ):
            raise ValueError("these are arrays of another model")
        self.compiled = compiled
        for place in np.flatnonzero(compiled.values != before.values).tolist():
            column = int(np.searchsorted(compiled.starts, place, side="right")) - 1
            self._done(self._highs.changeCoeff(int(compiled.indices[place]), column, float(compiled.values[place])),
                       "a coefficient")
        sides = (compiled.row_lower != before.row_lower) | (compiled.row_upper != before.row_upper)
        rows = np.flatnonzero(sides).astype(np.int32)
        if len(rows):
            lower, upper = compiled.row_lower[rows], compiled.row_upper[rows]
            self._done(self._highs.changeRowsBounds(len(rows), rows, lower, upper), "sides of rows")
            for row, (low, high) in self._sides.items():
                self._done(self._highs.changeRowBounds(row, low, high), "a side of a row")

    def keep(self) -> None:
        """Keep where the last answer stood, for :meth:`start_again`."""
        self._kept = self._highs.getBasis()

    def start_again(self) -> None:
        """Let the next answer begin from where :meth:`keep` was called, so that it depends on no answer in between."""
        self._done(self._highs.clearSolver(), "a beginning from nothing")
        self._done(self._highs.setBasis(self._kept), "a basis")

    def minimise(self, goal: int | Mapping[int, float]) -> Result:
        """The least of one column, or of a sum of some, with the decisions held, from where the last answer stood.

        Args:
            goal: a column, or column -> weight.

        Raises:
            SolverError: the solver fails.
        """
        weights = {goal: 1.0} if isinstance(goal, int) else dict(goal)
        if weights != self._goal:
            for column, weight in {**dict.fromkeys(self._goal, 0.0), **weights}.items():
                self._done(self._highs.changeColCost(column, weight), "the goal")
            self._goal = weights
        for tolerance, afresh in ATTEMPTS:
            if afresh:
                self._done(self._highs.clearSolver(), "a beginning from nothing")
            for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
                self._done(self._highs.setOptionValue(name, tolerance), f"option {name}")
            self._run()
            result = self._result()
            if result.outcome is not Outcome.NOTHING:
                break
        return result

    def duals(self) -> Floats:
        """The dual of each row at the last answer: what its side is worth as far as the same basis holds."""
        return np.asarray(self._highs.getSolution().row_dual, dtype=np.float64)

    def slopes(self) -> Floats:
        """The reduced cost of each column at the last answer: what its bound is worth, as a subgradient."""
        return np.asarray(self._highs.getSolution().col_dual, dtype=np.float64)

    def _run(self) -> None:
        """Run; where it fails, the solver's pool of threads, one for the process, may be another's: once more."""
        if self._highs.run() == highspy.HighsStatus.kError:
            _HIGHS.resetGlobalScheduler(True)
            self._done(self._highs.run(), "a run")

    def _result(self) -> Result:
        status, known = self._highs.getModelStatus(), highspy.HighsModelStatus
        outcome = {known.kOptimal: Outcome.PROVED, known.kInfeasible: Outcome.INFEASIBLE,
                   known.kUnbounded: Outcome.UNBOUNDED}.get(status, Outcome.NOTHING)
        if outcome is not Outcome.PROVED:
            return Result(outcome, np.empty(0), np.inf, -np.inf)
        values = np.asarray(self._highs.getSolution().col_value, dtype=np.float64)
        objective = float(self._highs.getInfo().objective_function_value)
        return Result(outcome, values, objective, objective)

    @staticmethod
    def _done(status: Any, what: str) -> None:
        if status == highspy.HighsStatus.kError:
            raise SolverError(f"the solver refused {what}")
