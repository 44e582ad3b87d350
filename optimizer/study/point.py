"""What a point of dependence costs at a plan: the price of what a bad future adds to it (MODEL.md 7, futures)."""

from __future__ import annotations

import numpy as np

from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.compiled import Floats
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.session import Outcome
from optimizer.study.executor import Executor, ask
from optimizer.study.form import Form
from optimizer.study.ground import decided, value_of
from optimizer.study.question import Question

POINT = 0.01
"""A point of dependence, as a fraction."""

ROUNDING = 1e-9
"""Dependence by which the plan's own is exceeded, so that its flows meet it."""

SAME = 1e-6
"""Part of the cost that is none."""


def price_of_point(executor: Executor, form: Form) -> float:
    """What one point less of dependence costs at a plan, in the case's currency.

    The greatest of three, so that in a future that is as planned nothing cheaper is better than the plan: what its
    flows cost more with its decisions held and a point less allowed; what its last point costs, by which a plan with a
    point more is cheaper, all decided anew; and what it costs above the least cost for each point that it saves. On a
    frontier that bends the first two are the dearer ones, and the last is where a signing buys many points at once.
    0 where no dependence is held, or where the plan of least cost depends no more.

    Args:
        executor: where the solves run, on the ground of the plan.
        form: the plan in the common form.
    """
    if DEPENDENCE not in dict(form.caps):
        return 0.0
    return max(_held(executor, form), _last(executor, form), _average(executor, form))


def _held(executor: Executor, form: Form) -> float:
    """The cost of a point less with the decisions held; 0 where it cannot be had so."""
    compiled = executor.ground.compiled
    cost, dependence = compiled.column("goal", (COST,)), compiled.column("goal", (DEPENDENCE,))
    if cost is None or dependence is None:
        return 0.0
    fixed = FixedPlan(compiled, form.answer.values)
    at = float(form.answer.values[dependence])
    found: list[Floats] = []
    for most in (at + ROUNDING, at - POINT):
        if most < 0:
            return 0.0
        fixed.bound(dependence, upper=most)
        result = fixed.minimise(cost)
        if result.outcome is not Outcome.PROVED:
            return 0.0
        found.append(result.values)
    now, less = (float(values[cost]) for values in found)
    return (less - now) * compiled.money if less - now > SAME * max(1.0, abs(now)) else 0.0


def _last(executor: Executor, form: Form) -> float:
    """What would be saved with a point more; 0 where nothing beyond the gap is."""
    compiled, caps = executor.ground.compiled, dict(form.caps)
    caps[DEPENDENCE] = min(1.0, caps[DEPENDENCE] + POINT)
    question = Question((COST,), caps=tuple(sorted(caps.items())), known=(decided(compiled, form.answer),))
    answer = ask(executor, question, "least cost with a point more of dependence", 1)
    if not answer.found:
        return 0.0
    now = value_of(compiled, form.answer, COST)
    saved = now - value_of(compiled, answer, COST)
    return saved if saved > max(SAME, executor.ground.options.gap) * max(1.0, abs(now)) else 0.0


def _average(executor: Executor, form: Form) -> float:
    """What the plan costs above the least cost, for each point that it saves."""
    compiled = executor.ground.compiled
    budget = tuple((goal, most) for goal, most in form.caps if goal != DEPENDENCE)
    least = ask(executor, Question((COST,), caps=budget, after=(DEPENDENCE,)), "least cost, whatever the dependence", 1)
    if not least.found:
        return 0.0
    dearer = value_of(compiled, form.answer, COST) - value_of(compiled, least, COST)
    saved = value_of(compiled, least, DEPENDENCE) - value_of(compiled, form.answer, DEPENDENCE)
    return dearer / (saved / POINT) if dearer > 0 and saved > np.sqrt(SAME) * POINT else 0.0
