"""Solving the loose model: goals in order, integers then fixed, and the plan read off."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pyomo.environ as pyo

from optimizer.case.case import Case
from optimizer.solve.amounts import Amounts, Claims
from tests.loose.decisions import (
    add_balance,
    add_deals,
    add_plants,
    add_rules,
    add_stocks,
    add_variables,
    add_world,
    hold,
)
from tests.loose.facts import Facts
from tests.loose.measures import (
    add_broken,
    add_limits,
    criterion,
    dependent,
    glide,
    mean_dependence,
    peak_dependence,
    weighted_demand,
)
from tests.loose.money import Item, add_incentives, cost, items

OPTIONS = {
    "mip_rel_gap": 0.0, "mip_abs_gap": 1e-9, "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9, "time_limit": 300.0, "threads": 1,
}
INTEGERS = ("sign", "orders", "modules", "chosen")
WHOLE = ("sign", "orders", "modules")


@dataclass(frozen=True)
class LooseResult:
    """The second model's plan.

    Attributes:
        goals: dependence, mean dependence, cost and every criterion at the plan.
        best: each goal's best value when it was solved.
        amounts: every decision that is not zero.
        claims: what the plan comes to.
        budget: the budget in force.
    """

    goals: dict[str, float]
    best: dict[str, float]
    amounts: Amounts
    claims: Claims
    budget: float | None = None


@dataclass
class Loose:
    """The second model, built: the Pyomo model, the facts, the items of cost."""

    f: Facts
    m: Any
    every: list[Item]
    goals: dict[str, Any] = field(default_factory=dict)


class Stuck(Exception):  # noqa: N818 - an outcome
    """HiGHS gave neither an optimum nor a proof that there is none."""


def build(case: Case) -> Loose:
    """The second model of a case, without budget or cap."""
    f, m = Facts(case), pyo.ConcreteModel()
    add_variables(m, f)
    add_deals(m, f)
    add_plants(m, f)
    add_world(m, f)
    add_balance(m, f)
    add_stocks(m, f)
    add_rules(m, f)
    add_incentives(m, f)
    add_broken(m, f)
    every = items(m, f)
    add_limits(m, f, every)
    m.delta = pyo.Var(bounds=(0, 1))
    tonnes = {t: dependent(m, f, t) for t in f.years}
    for t in f.years:
        if weighted_demand(f, t) > 0:
            hold(m, tonnes[t], "<=", weighted_demand(f, t) * (1 - (1 - m.delta) * glide(f, t)))
    goals = {"dependence": m.delta, "mean dependence": mean_dependence(f, tonnes), "cost": cost(f, every)}
    goals |= {name: criterion(m, f, name) for name in {row.criterion for row in case.criteria}}
    return Loose(f, m, every, goals)


def loose_solve(
    case: Case, goal: str | None = None, then: tuple[str, ...] | None = None,
    budget: float | None = None, cap: float | None = None,
) -> LooseResult | None:
    """Solve a case by the second model; None where it has no plan.

    Args:
        case: the case.
        goal: first goal, else the case's.
        then: goals after it, else the case's.
        budget: most cost, replacing the case's budget and budget above least cost.
        cap: most dependence on the glide path, else the case's.

    Raises:
        Stuck: HiGHS settled nothing.
    """
    settings = case.settings
    above = settings.budget_above_least_cost if budget is None else None
    budget = settings.budget if budget is None else budget
    if above is not None:
        cheapest = build(case)
        least = _minimise(cheapest.m, cheapest.goals["cost"])
        if least is None:
            return None
        budget = least + above
    model = build(case)
    m, cap = model.m, settings.dependence_cap if cap is None else cap
    if budget is not None:
        hold(m, model.goals["cost"], "<=", budget)
    if cap is not None:
        hold(m, m.delta, "<=", cap)
    best = {}
    for name in dict.fromkeys((goal or settings.goal, *(settings.then if then is None else then))):
        value = _minimise(m, model.goals[name])
        if value is None:
            return None
        best[name] = value
        slack = settings.cost_tolerance * abs(value)
        hold(m, model.goals[name], "<=", value + (settings.dependence_tolerance if "depend" in name else slack))
    return _read(model, best, budget)


def _minimise(m: Any, goal: Any) -> float | None:
    """The least value of a goal, the solution left in `m`; the integers are rounded and the rest solved again."""
    m.del_component("goal")
    m.goal = pyo.Objective(expr=goal + m.nothing)
    if not _run(m):
        return None
    fixed = [v for name in INTEGERS for v in getattr(m, name).values() if not v.fixed]
    for v in fixed:
        v.fix(round(v.value or 0))
    again = _run(m)
    for v in fixed:
        v.unfix()
    if not again:
        raise Stuck("the rounded plan has no solution")
    return float(pyo.value(goal))


def _run(m: Any) -> bool:
    """Whether there is a solution, loaded into `m`."""
    solver = pyo.SolverFactory("appsi_highs")
    solver.highs_options = OPTIONS
    done = solver.solve(m, load_solutions=False)
    ended = done.solver.termination_condition
    if ended == pyo.TerminationCondition.optimal:
        solver.load_vars()
        # a decision in no row is not handed to the solver
        for v in m.component_data_objects(pyo.Var):
            v.set_value(0.0 if v.value is None else v.value, skip_validation=True)
        return True
    if ended in (pyo.TerminationCondition.infeasible, pyo.TerminationCondition.infeasibleOrUnbounded):
        return False
    raise Stuck(str(ended))


# ---- reading


def _number(expression: Any) -> float:
    return float(pyo.value(expression))


def _amounts(m: Any) -> Amounts:
    found: dict[str, dict[Any, Any]] = {}
    for family in Amounts.families():
        values = {key: float(v.value or 0.0) for key, v in getattr(m, family).items()}
        if family in WHOLE:
            found[family] = {key: round(v) for key, v in values.items() if round(v)}
        else:
            found[family] = {key: v for key, v in values.items() if abs(v) > 1e-9}
    return Amounts(**found)


def _read(model: Loose, best: dict[str, float], budget: float | None) -> LooseResult:
    f, m = model.f, model.m
    tonnes = {t: _number(dependent(m, f, t)) for t in f.years}
    cash: dict[tuple[str, str, str, int], float] = defaultdict(float)
    charged: dict[tuple[str, str, str], float] = defaultdict(float)
    for i in model.every:
        charged[i.item, i.heading, i.payer] += _number(i.charged)
        for t, amount in i.cash.items():
            cash[i.item, i.heading, i.payer, t] += _number(amount)
    goals = {name: _number(goal) for name, goal in model.goals.items()}
    goals["dependence"] = peak_dependence(f, tonnes)
    claims = Claims(
        goals["dependence"], goals["mean dependence"], goals["cost"], tonnes,
        {key: v for key, v in cash.items() if v}, {key: v for key, v in charged.items() if v},
        {name: v for name, v in goals.items() if name not in ("dependence", "mean dependence", "cost")},
    )
    return LooseResult(goals, best, _amounts(m), claims, budget)
