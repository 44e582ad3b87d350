"""One plan of India held through 1,000 futures, beside a loop that writes the plain model anew for each.

The loop has each future's case, its signings and orders held at those of the plan, through Pyomo's `appsi_highs`, and
gives the same costs. It is measured on a few futures and scaled; our side is measured whole, with the models that its
arrays come of and with those that it builds in full to look after itself. Seconds of the processor, one thread each.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from time import process_time
from typing import Any

from optimizer import SolveOptions, read_case
from optimizer.case.case import Case
from optimizer.case.changes import Change, apply_changes
from optimizer.model.assemble import build
from optimizer.model.compiled import Name, compile_model
from optimizer.study.byhand import decided_of
from optimizer.study.draws import draw
from optimizer.study.executor import Here
from optimizer.study.form import form_of
from optimizer.study.ground import Ground
from optimizer.study.held import held
from optimizer.study.point import price_of_point
from optimizer.study.soft import softened
from optimizer.study.stages import DECIDED
from tests.benchmarks.peers import plain

FUTURES = 1000
LOOPED = 10
"""Futures for which the plain model is written."""

OPTIONS = SolveOptions(gap=1e-3, time=None, as_now=False, unique=False)
GAP = 1e-9
SAME = 1e-5
"""Part of the cost within which both sides must agree: the loop's solver stops at its own tolerances."""

TRIES = 3
"""Pyomo's interface now and then gives up on its own reading of the solver's output, on a busy machine."""


def through_futures(futures: int = FUTURES) -> dict[str, Any]:
    """Seconds of a plan held through futures and of the loop, for each future, and their ratio.

    Raises:
        AssertionError: the two sides give different costs.
    """
    case = read_case("india")
    executor = Here(Ground(case, OPTIONS))
    form = form_of(executor)
    decided = decided_of(executor.ground.compiled, form.answer)
    soft = softened(case, form.plan.claims.dependence, price_of_point(executor, form))
    draws = draw(case, futures)
    began = process_time()
    found = held(soft, decided, draws)
    ours = process_time() - began
    theirs = 0.0
    for i in range(min(LOOPED, futures)):
        seconds, cost = _written(soft.case, draws.changes(i), decided)
        assert abs(cost - found.outcome[i]) <= SAME * abs(cost), f"{found.outcome[i]} with us, {cost} in the loop"
        theirs += seconds
    each = theirs / min(LOOPED, futures)
    return {
        "futures": futures, "looped": min(LOOPED, futures), "ours": ours, "ours_each": ours / futures,
        "theirs_each": each, "ratio": each * futures / ours, "built": found.built,
    }


def _written(case: Case, changes: Sequence[Change], decided: Mapping[Name, int]) -> tuple[float, float]:
    """Seconds and cost of one future's plain model, built and solved."""
    whole = compile_model(build(case))
    held = {name: float(decided.get(name, 0)) for name in whole.columns if name[0] in DECIDED}
    for _ in range(TRIES):
        began = process_time()
        try:
            cost = plain.solve(plain.build(apply_changes(case, changes), held=held), gap=GAP)
        except plain.NoPlan:
            raise
        except RuntimeError as fault:
            sys.stderr.write(f"made again: {fault}\n")
        else:
            return process_time() - began, cost
    raise RuntimeError(f"the plain model failed {TRIES} times")
