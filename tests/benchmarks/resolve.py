"""A changed budget, price, demand or fee on a plan whose decisions are held, beside the solver's own warm run."""

from __future__ import annotations

import resource
import statistics
from collections.abc import Callable
from time import perf_counter

import numpy as np

from optimizer import read_case
from optimizer.case.case import Case
from optimizer.model.apply import Shift, apply
from optimizer.model.assemble import build
from optimizer.model.compiled import Compiled, compile_model
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.session import Session

RUNS = 15

CHANGES: dict[str, tuple[str, str, str]] = {
    "price": ("Supply[Chinese magnets, standard].price", "1.05", "0.95"),
    "demand": ("Demand[Industry].tonnes", "1.02", "0.98"),
    "fee": ("Deals[Vietnam toll].fee", "1.1", "0.9"),
}


def resolved() -> dict[str, dict[str, float]]:
    """Kind of change -> seconds of ours, of the solver alone, their ratio; and a worker's memory in MiB.

    `first` is what it takes to make a change on the arrays that was not made before, without the run.
    """
    case = read_case("india")
    variants = {kind: [_times(case, address, by) for by in factors] for kind, (address, *factors) in CHANGES.items()}
    arrays = compile_model(build(case, box=[one for of in variants.values() for one in of]))
    values = _plan(arrays)
    found = {kind: _moved(arrays, values, of) for kind, of in variants.items()}
    found["budget"] = _budget(arrays, values)
    found["worker"] = {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    return found


def _times(case: Case, address: str, by: str) -> Case:
    from optimizer.case.changes import Change, apply_changes

    return apply_changes(case, [Change(address, "times", float(by))], checked=False)


def _column(arrays: Compiled) -> int:
    column = arrays.column("goal", ("cost",))
    assert column is not None
    return column


def _plan(arrays: Compiled) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return Session(arrays).minimise(_column(arrays), gap=1e-3, absolute=1e-9, seconds=120).values


def _moved(
    arrays: Compiled, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], variants: list[Case]
) -> dict[str, float]:
    """To and fro between the case and its variants: our way, and the solver's with the numbers ready to hand."""
    ours, bare = FixedPlan(arrays, values), FixedPlan(arrays, values)
    goal = _column(arrays)
    for plan in (ours, bare):
        plan.minimise(goal)
    began = perf_counter()
    after = apply(arrays, variants[0])
    first = perf_counter() - began
    assert isinstance(after, Compiled), after
    shift, mine, theirs = Shift.between(arrays, after), [], []
    for step in range(RUNS):
        part = (1.0, 0.0, -1.0, 0.5)[step % 4]
        began = perf_counter()
        ours.move(shift.on(arrays, part))
        answer = ours.minimise(goal)
        mine.append(perf_counter() - began)
        ready = ours.compiled
        began = perf_counter()
        bare.move(ready)
        same = bare.minimise(goal)
        theirs.append(perf_counter() - began)
        assert abs(answer.objective - same.objective) <= 1e-7 * abs(same.objective)
    return {**_told(mine, theirs), "first": first}


def _budget(arrays: Compiled, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> dict[str, float]:
    """Least dependence with the budget moved by a percent to and fro."""
    dependence, cost = arrays.column("goal", ("dependence",)), _column(arrays)
    assert dependence is not None
    ours, bare = FixedPlan(arrays, values), FixedPlan(arrays, values)
    least = ours.minimise(cost).objective
    mine, theirs = [], []
    move: list[tuple[FixedPlan, list[float], Callable[[], float]]] = [(ours, mine, perf_counter),
                                                                     (bare, theirs, perf_counter)]
    for step in range(RUNS):
        for plan, seconds, clock in move:
            began = clock()
            plan.bound(cost, upper=least * (1.02 if step % 2 else 1.01))
            plan.minimise(dependence)
            seconds.append(clock() - began)
    return _told(mine, theirs)


def _told(mine: list[float], theirs: list[float]) -> dict[str, float]:
    ratio = statistics.median(a / b for a, b in zip(mine[1:], theirs[1:], strict=True))
    return {"ours": statistics.median(mine), "solver": statistics.median(theirs), "ratio": ratio}
