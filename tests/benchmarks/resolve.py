"""A changed budget, price, demand or fee on a plan whose decisions are held, beside the solver's own warm run."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import highspy
import numpy as np

from optimizer import read_case
from optimizer.case.case import Case
from optimizer.case.changes import Change, apply_changes
from optimizer.model.apply import Shift, apply
from optimizer.model.assemble import build
from optimizer.model.compiled import Compiled, Floats, compile_model
from optimizer.solve.fixed import TOLERANCES, FixedPlan
from optimizer.solve.session import Session
from tests.benchmarks.one import peak

ROOT = Path(__file__).parents[2]
RUNS = 25
PARTS = (1.0, 0.5, 0.0, 0.75)

CHANGES = {
    "price": ("Supply[Chinese magnets, standard].price", 0.95, 1.05),
    "demand": ("Demand[Industry].tonnes", 0.98, 1.02),
    "fee": ("Deals[Vietnam toll].fee", 0.9, 1.1),
}


def resolved() -> dict[str, dict[str, float]]:
    """Kind of change -> seconds of ours, of the solver alone, their ratio; and a worker's memory in MiB.

    `first` is what it takes to make a change on the arrays that was not made before, without the run.
    """
    case = read_case("india")
    ends = {kind: [_times(case, address, by) for by in factors] for kind, (address, *factors) in CHANGES.items()}
    arrays = compile_model(build(case, box=[one for of in ends.values() for one in of]))
    values = Session(arrays).minimise(_column(arrays, "cost"), gap=1e-3, absolute=1e-9, seconds=120).values
    found = {kind: _moved(arrays, values, *of) for kind, of in ends.items()}
    found["budget"] = _budget(arrays, values)
    told = subprocess.run([sys.executable, "-m", "tests.benchmarks.resolve"], cwd=ROOT, capture_output=True, check=True)
    found["worker"] = json.loads(told.stdout)
    return found


def _times(case: Case, address: str, by: float) -> Case:
    return apply_changes(case, [Change(address, "times", by)], checked=False)


def _column(arrays: Compiled, goal: str) -> int:
    column = arrays.column("goal", (goal,))
    assert column is not None
    return column


def _applied(arrays: Compiled, case: Case) -> Compiled:
    found = apply(arrays, case)
    assert isinstance(found, Compiled), found
    return found


class _Bare:
    """The solver with the same program and nothing of ours around it; what is to change lies ready as arrays."""

    def __init__(self, arrays: Compiled, values: Floats, goal: int) -> None:
        held = np.round(values)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(arrays.columns), len(arrays.rows)
        costs = np.zeros(len(arrays.columns))
        costs[goal] = 1.0
        lp.col_cost_ = costs
        lp.col_lower_ = np.where(arrays.integer, held, arrays.lower)
        lp.col_upper_ = np.where(arrays.integer, held, arrays.upper)
        lp.row_lower_, lp.row_upper_ = arrays.row_lower, arrays.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = arrays.starts, arrays.indices, arrays.values
        self.highs: Any = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"),
                            ("primal_feasibility_tolerance", TOLERANCES[0]),
                            ("dual_feasibility_tolerance", TOLERANCES[0])):
            self.highs.setOptionValue(name, value)
        self.highs.passModel(lp)
        self.columns = np.repeat(np.arange(len(arrays.columns)), np.diff(arrays.starts))
        self.highs.run()

    def moved(self, before: Compiled, after: Compiled) -> tuple[float, float]:
        """Seconds of changing what differs and running, and the objective."""
        places = np.flatnonzero(before.values != after.values)
        entries = list(zip(after.indices[places].tolist(), self.columns[places].tolist(), after.values[places].tolist(),
                           strict=True))
        sides = (before.row_lower != after.row_lower) | (before.row_upper != after.row_upper)
        rows = np.flatnonzero(sides).astype(np.int32)
        lower, upper = after.row_lower[rows], after.row_upper[rows]
        began = perf_counter()
        for row, column, value in entries:
            self.highs.changeCoeff(row, column, value)
        if len(rows):
            self.highs.changeRowsBounds(len(rows), rows, lower, upper)
        self.highs.run()
        return perf_counter() - began, float(self.highs.getInfo().objective_function_value)


def _moved(arrays: Compiled, values: Floats, low: Case, high: Case) -> dict[str, float]:
    """To and fro between two ends: our way, and the solver's with the numbers ready to hand, each first in turn."""
    began = perf_counter()
    start = _applied(arrays, low)
    first = perf_counter() - began
    end, goal = _applied(arrays, high), _column(arrays, "cost")
    shift = Shift.between(start, end)
    ours, bare = FixedPlan(start, values), _Bare(start, values, goal)
    ours.minimise(goal)
    mine, theirs, now = [], [], start
    for step in range(RUNS):
        target = shift.on(start, PARTS[step % 4])
        bare_first = bool(step % 2)
        if bare_first:
            spent, objective = bare.moved(now, target)
        began = perf_counter()
        ours.move(shift.on(start, PARTS[step % 4]))
        answer = ours.minimise(goal)
        mine.append(perf_counter() - began)
        if not bare_first:
            spent, objective = bare.moved(now, target)
        theirs.append(spent)
        assert abs(answer.objective - objective) <= 1e-7 * abs(objective)
        now = target
    return {**_told(mine, theirs), "first": first}


def _budget(arrays: Compiled, values: Floats) -> dict[str, float]:
    """Least dependence with the budget moved by a percent to and fro."""
    dependence, cost = _column(arrays, "dependence"), _column(arrays, "cost")
    ours, bare = FixedPlan(arrays, values), _Bare(arrays, values, dependence)
    least = ours.minimise(cost).objective
    mine, theirs = [], []
    for step in range(RUNS):
        most = least * (1.02 if step % 2 else 1.01)
        began = perf_counter()
        ours.bound(cost, upper=most)
        ours.minimise(dependence)
        mine.append(perf_counter() - began)
        began = perf_counter()
        bare.highs.changeColBounds(cost, float(arrays.lower[cost]), most)
        bare.highs.run()
        theirs.append(perf_counter() - began)
    return _told(mine, theirs)


def _told(mine: list[float], theirs: list[float]) -> dict[str, float]:
    ratio = statistics.median(a / b for a, b in zip(mine[1:], theirs[1:], strict=True))
    return {"ours": statistics.median(mine), "solver": statistics.median(theirs), "ratio": ratio}


def worker() -> None:
    """A process that does nothing but hold India as a study's worker does; prints the most memory that it held."""
    arrays = compile_model(build(read_case("india")))
    plan = FixedPlan(arrays, np.zeros(len(arrays.columns)))
    plan.minimise(_column(arrays, "cost"))
    sys.stdout.write(json.dumps({"memory": peak()}))


if __name__ == "__main__":
    worker()
