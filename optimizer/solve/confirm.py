"""A second solver's word on a plan: SCIP on the same arrays, beside the one that found it.

HiGHS and SCIP share no code, so that a wrong status, a wrong bound or a wrong incumbent of either is seen where the two
are laid side by side. The independent check asks whether a plan keeps the rules of the case; this asks whether it is
the best one, and whether there is none where it is said that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from optimizer.model.blocks.dependence import COST
from optimizer.model.compiled import Compiled, Floats
from optimizer.solve.goals import FRACTIONS, TIGHTEST, Reached
from optimizer.solve.session import STEP
from optimizer.solve.stopping import Stop

TOLERANCE = 1e-5
"""Part of a goal, or of 1 where it is smaller, by which two solvers may differ beyond their gaps: each meets its rows
within a tolerance of its own."""

Verdict = Literal["agrees", "contradicts", "open"]


@dataclass(frozen=True)
class Confirmation:
    """What a second solver found.

    Attributes:
        solver: its name and version.
        goal: the goal that it was asked for.
        verdict: ``agrees``; ``contradicts``; ``open`` where its time was not enough and nothing contradicts.
        value: its best value, in the case's currency or as a fraction; None where it found none.
        bound: its bound; None where it has none.
        reason: what contradicts, in a sentence; empty where nothing does.
    """

    solver: str
    goal: str
    verdict: Verdict
    value: float | None
    bound: float | None
    reason: str = ""


@dataclass(frozen=True)
class _Found:
    """What SCIP returned, in the units of the arrays."""

    status: str
    value: float
    bound: float


def confirmed(
    compiled: Compiled, goal: str, reached: Reached | None, most: Mapping[str, float], gap: float,
    seconds: float | None, stop: Stop | None = None,
) -> Confirmation:
    """Asks SCIP for the first goal of a solve.

    Args:
        compiled: the arrays.
        goal: the goal.
        reached: what it came to, in the units of the arrays; None where it is said that there is no plan.
        most: most that goals may come to, in the units of the arrays.
        gap: gap at which a goal counts as proved.
        seconds: time, None for no bound.
        stop: asks the search to end where it is; what it has by then is compared.
    """
    column = compiled.column("goal", (goal,))
    upper = compiled.upper.copy()
    for name, level in most.items():
        if (capped := compiled.column("goal", (name,))) is not None:
            upper[capped] = min(upper[capped], level)
    relative, absolute = (0.0, gap) if goal in FRACTIONS else (gap, 0.0)
    model = _scip(compiled, upper, column, relative, absolute, seconds)
    _run(model, stop or Stop())
    found = _found(model)
    unit = compiled.money if goal == COST else 1.0
    verdict, reason = _compared(found, reached, goal, gap, unit)
    value, bound = (number * unit if np.isfinite(number) else None for number in (found.value, found.bound))
    return Confirmation(_name(), goal, verdict, value, bound, reason)


def _compared(found: _Found, reached: Reached | None, goal: str, gap: float, unit: float) -> tuple[Verdict, str]:
    """The verdict on what the first solver said, and what contradicts it."""
    if found.status == "infeasible":
        return ("agrees", "") if reached is None else ("contradicts", "SCIP holds that there is no plan")
    if reached is None:
        if np.isfinite(found.value):
            return "contradicts", f"SCIP has a plan, of {goal} {found.value * unit:.9g}"
        return "open", ""
    slack = TOLERANCE * max(1.0, abs(reached.value))
    if found.bound > reached.value + slack:
        return "contradicts", (f"SCIP holds that {goal} comes to {found.bound * unit:.9g} at least, and the plan's is "
                               f"{reached.value * unit:.9g}")
    if found.value < reached.bound - slack:
        return "contradicts", (f"SCIP has a plan of {goal} {found.value * unit:.9g}, and "
                               f"{reached.bound * unit:.9g} was held to be the least possible")
    wide = gap * (1.0 if goal in FRACTIONS else max(abs(reached.value), TIGHTEST))
    settled = abs(found.value - reached.value) <= wide + slack and reached.value - found.bound <= 2 * wide + slack
    return ("agrees" if settled else "open"), ""


def _name() -> str:
    from pyscipopt import Model

    return f"SCIP {Model().version()}"


def _scip(
    compiled: Compiled, upper: Floats, goal: int | None, relative: float, absolute: float, seconds: float | None
) -> Any:
    """The arrays in SCIP, which is to find the least value of one column."""
    # the library is loaded for those who ask for a second word alone
    from pyscipopt import ExprCons, Model, quicksum

    model: Any = Model()
    model.hideOutput()
    # SCIP's own answer to Ctrl-C is a line on stdout, where documents for programs go
    model.setParam("misc/catchctrlc", False)
    model.setParam("limits/gap", relative)
    model.setParam("limits/absgap", max(absolute, TIGHTEST))
    if seconds is not None:
        model.setParam("limits/time", seconds)
    columns = [
        model.addVar(vtype="I" if whole else "C", lb=_side(low), ub=_side(high), obj=float(j == goal))
        for j, (whole, low, high) in enumerate(zip(compiled.integer, compiled.lower, upper, strict=True))
    ]
    for i, (low, high) in enumerate(zip(compiled.row_lower, compiled.row_upper, strict=True)):
        total = quicksum(float(compiled.values[place]) * columns[j] for j, place in compiled.entries_of(i).items())
        model.addCons(ExprCons(total, _side(low), _side(high)))
    return model


def _run(model: Any, stop: Stop) -> None:
    """Runs SCIP in a thread of its own, which leaves this one free for Ctrl-C."""
    with ThreadPoolExecutor(max_workers=1) as own:
        search = own.submit(model.optimizeNogil)
        try:
            while not search.done():
                wait((search,), STEP)
                if stop.asked:
                    model.interruptSolve()
        except BaseException:
            # the pool waits for its thread
            model.interruptSolve()
            raise
        search.result()


def _found(model: Any) -> _Found:
    value = float(model.getObjVal()) if model.getNSols() else np.inf
    bound = float(model.getDualbound())
    # SCIP's own infinity is a number
    return _Found(str(model.getStatus()), value, bound if abs(bound) < float(model.infinity()) else -np.inf)


def _side(bound: float) -> float | None:
    return float(bound) if np.isfinite(bound) else None
