"""The common form of the studies: least cost with dependence at most that of the plan (MODEL.md 7)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.model.assemble import build
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.compiled import compile_model
from optimizer.solve.goals import Reached, gap_of
from optimizer.solve.plan import Infeasibility, Infeasible, Plan, Unsolved
from optimizer.study.executor import Executor, ask
from optimizer.study.ground import decided, value_of
from optimizer.study.question import Answer, AskedWrongly, Question

SLACK = 1e-7
"""Dependence by which the cap stands above that of the plan, so that the plan itself meets it to the last digit; and
the part of a budget by which it may be exceeded, for the same reason."""


@dataclass(frozen=True)
class Form:
    """A plan in the common form.

    Attributes:
        plan: the plan that is asked about, checked; its flows are those of least cost.
        goal: what is least: cost.
        caps: most that goals may come to: dependence as a fraction, cost in the case's currency.
        answer: the plan's numbers on the arrays of the case, and what is proved of its goal.
        question: what it answers.
        loss_unit: the unit of a loss, the case's currency.
        budget: the budget that the plan keeps to, in the case's currency; None without one.
        solves: questions that were asked for it.
    """

    plan: Plan
    goal: str
    caps: tuple[tuple[str, float], ...]
    answer: Answer = field(repr=False, compare=False)
    question: Question
    loss_unit: str
    budget: float | None = None
    solves: int = 0

    def over(self, cost: float) -> float:
        """By how much a cost exceeds the budget, in the case's currency; 0 where it does not, or there is none."""
        if self.budget is None or cost <= self.budget + SLACK * max(1.0, abs(self.budget)):
            return 0.0
        return cost - self.budget


def form_of(executor: Executor, ahead: int = 0, plan: Plan | None = None) -> Form:
    """The plan that a case asks for, in the common form.

    Where cost comes first, the plan's own cap and budget are held; else dependence at most that of the plan, whose cost
    is compared with the least there: the plan is the one asked for where it is within the gap of the least cost, else
    the cheaper one.

    Args:
        executor: where the solves run, on a ground whose options say what is asked for; None in them leaves the
            case's own setting.
        ahead: about how many solves will follow.
        plan: the plan, where it is known already: then it is not looked for.

    Raises:
        AskedWrongly: the options name a goal that the case does not have.
        Infeasible: no plan meets the case.
        Unsolved: the time ran out with neither a plan nor a proof.
        CheckRefused: what the solver returned does not stand up to the independent check.
        KeyboardInterrupt: the user stopped before there was any plan.
    """
    return _Forming(executor, ahead, plan).form()


@dataclass
class _Forming:
    executor: Executor
    ahead: int
    plan: Plan | None
    solves: int = 0

    def form(self) -> Form:
        goals = self._goals()
        compiled = self.executor.ground.compiled
        own = self._known()
        caps = self._caps(goals)
        budget = dict(caps).get(COST)
        if own is None:
            own = self._must(Question(goals, caps=caps), "the plan", 2)
        if goals[0] == COST:
            least = own if COST in own.reached else self._ask(Question((COST,), caps=caps), "least cost", 1)
        else:
            caps = ((DEPENDENCE, min(1.0, value_of(compiled, own, DEPENDENCE) + SLACK)),)
            least = self._ask(
                Question((COST,), caps=caps, known=(decided(compiled, own),)), "least cost with as little dependence", 1
            )
        question = Question((COST,), caps=caps)
        answer = self._base(question, own, least)
        plan = self.executor.plan(question, answer)
        currency = self.executor.ground.case.settings.currency
        return Form(plan, COST, caps, answer, question, currency, budget, self.solves)

    def _known(self) -> Answer | None:
        """The plan that was given, on the arrays of the study, which may have more columns than its own."""
        if self.plan is None or self.plan.values is None:
            return None
        compiled, values = self.executor.ground.compiled, np.zeros(len(self.executor.ground.compiled.columns))
        own = compile_model(build(self.plan.case)).columns
        for name, value in zip(own, self.plan.values.tolist(), strict=True):
            values[compiled.column_numbers[name]] = value
        return Answer("stopped", values)

    def _base(self, question: Question, own: Answer, least: Answer) -> Answer:
        """The plan's own numbers, else its decisions with the cheapest flows, else those of another, cheaper plan."""
        compiled, gap = self.executor.ground.compiled, self.executor.ground.options.gap
        column = compiled.column("goal", (COST,))
        if column is None:
            return replace(own, reached={COST: Reached(0.0, 0.0, None, True)})
        bound = least.reached[COST].bound if least.found else float(compiled.lower[column])
        proved = least.found and least.reached[COST].proved
        best = min(least.reached[COST].value if least.found else np.inf, float(own.values[column]))
        if gap_of(COST, float(own.values[column]), best) > gap:
            held = tuple((compiled.columns[j], round(float(own.values[j]))) for j in np.flatnonzero(compiled.integer))
            cheaper = self._ask(replace(question, held=held), "the plan's decisions at least cost", 0)
            own = cheaper if cheaper.found else own
        if gap_of(COST, float(own.values[column]), best) > gap:
            own = least
        value = float(own.values[column])
        reached = {COST: Reached(value, min(bound, value), None, proved)}
        return Answer("proved" if proved else "stopped", own.values, reached)

    def _goals(self) -> tuple[str, ...]:
        """The goals in order, as a solve pursues them."""
        ground = self.executor.ground
        goals, known = ground.options.goals_of(ground.case.settings), ground.goals()
        unknown = [goal for goal in goals if goal not in known]
        if unknown:
            raise AskedWrongly(f"there is no goal '{unknown[0]}'; the case has {', '.join(known)}")
        return goals

    def _caps(self, goals: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
        """Budget and cap in force, as a solve has them."""
        settings, options = self.executor.ground.case.settings, self.executor.ground.options
        budget = settings.budget if options.budget is None else options.budget
        if self.plan is not None:
            budget = self.plan.budget
        cap = options.cap_of(settings)
        if self.plan is None and budget is None and goals[0] != COST and settings.budget_above_least_cost is not None:
            cheapest = self._must(Question((COST,)), "the least cost", 3)
            budget = value_of(self.executor.ground.compiled, cheapest, COST) + settings.budget_above_least_cost
        most = {COST: budget, DEPENDENCE: None if cap is None else min(1.0, cap)}
        return tuple(sorted((goal, level) for goal, level in most.items() if level is not None))

    def _must(self, question: Question, told: str, more: int) -> Answer:
        """An answer with a plan, without which there is no form."""
        answer = self._ask(question, told, more)
        if answer.found:
            return answer
        if answer.outcome == "none":
            raise Infeasible(Infeasibility(self.executor.ground.compiled.settled))
        if self.executor.ground.stop.asked:
            raise KeyboardInterrupt
        raise Unsolved(answer.note or f"The time ran out before {told} was found.")

    def _ask(self, question: Question, told: str, more: int) -> Answer:
        answer = ask(self.executor, question, told, more + 1 + self.ahead)
        self.solves += answer.outcome != "nothing"
        return answer
