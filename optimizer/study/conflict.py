"""Why there is no plan, and what would have to change for one; for a case with a plan, which numbers leave no slack."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from optimizer.case.case import Case
from optimizer.case.checks.arrivals import cannot_arrive
from optimizer.case.findings import Finding
from optimizer.model.blocks.dependence import COST
from optimizer.model.elastic import Asked, Elastic, elastic
from optimizer.solve.conflict import Judge
from optimizer.solve.events import OnEvent, StageEnded, StageStarted
from optimizer.solve.goals import Clock
from optimizer.solve.plan import Infeasible, Plan, SolveOptions
from optimizer.study.clash import Clash, clash_of
from optimizer.study.executor import Executor, Here, ask
from optimizer.study.form import form_of
from optimizer.study.ground import Ground, silent, value_of
from optimizer.study.near import Near, near
from optimizer.study.question import Question
from optimizer.study.repair import Repair, repairs
from optimizer.study.trial import above_least

TIME = 1800.0
"""Seconds for a study where none are said."""


@dataclass(frozen=True)
class Conflict:
    """Why a case has no plan, or how near it is to having none.

    Attributes:
        case: the case.
        status: ``infeasible``; ``proved`` or ``stopped`` where there is a plan.
        clash: the irreducible conflict; None where there is a plan, or where none was found in the time.
        repairs: ways out, the cheapest first; each leaves a plan.
        settled: what reach, capacity and calendar settle without a solve, in words.
        asked: cap and budget.
        plan: the plan, where there is one.
        near: its numbers without slack.
    """

    case: Case
    status: str
    clash: Clash | None = None
    repairs: tuple[Repair, ...] = ()
    settled: tuple[Finding, ...] = ()
    asked: Asked = field(default_factory=Asked)
    plan: Plan | None = None
    near: tuple[Near, ...] = ()


def conflict(
    case: Case, options: SolveOptions | None = None, *, executor: Executor | None = None,
    on_event: OnEvent | None = None, plan: Plan | None = None, hopeless: bool = False,
) -> Conflict:
    """Why there is no plan, or which numbers of the plan leave no slack.

    Args:
        case: a case that passed the checks, but for those of what can arrive.
        options: goal, budget, cap, gap, time, threads and seed; the case's own settings where they are None.
        executor: where the solves run.
        on_event: told each solve and how it goes.
        plan: the plan, where it is known already.
        hopeless: whether it is known already that there is none.

    Raises:
        CaseError: the case has faults other than that too little can arrive.
        ValueError: the options name a goal that the case does not have.
        Unsolved: the time ran out with neither a plan nor a proof that there is none.
        KeyboardInterrupt: the user stopped before either.
    """
    options = options or SolveOptions(time=TIME)
    if executor is None:
        executor = Here(Ground(case, options), seconds=options.time, on_event=on_event)
    with executor.ground.stop.listening():
        return _Asking(executor, on_event or silent, plan, hopeless).found()


class _Asking:
    def __init__(self, executor: Executor, on_event: OnEvent, plan: Plan | None, hopeless: bool) -> None:
        self.executor, self.ground, self.on_event = executor, executor.ground, on_event
        self.case, self.options = executor.ground.case, executor.ground.options
        self.clock, self.plan, self.hopeless = Clock(self.options.time), plan, hopeless
        self.command = frozenset(
            kind for kind, said in (("cap", self.options.cap), ("budget", self.options.budget)) if said is not None
        )

    def found(self) -> Conflict:
        """The conflict, or the numbers without slack."""
        asked = self._asked()
        missing = cannot_arrive(self.case)
        arrays = elastic(self.case, asked)
        if missing or Judge(arrays, whole=False).infeasible(()):
            return self._explained(asked, arrays, missing)
        if not self.hopeless:
            try:
                return self._near(asked, self.plan or form_of(self.executor).plan)
            except Infeasible:
                pass
        asked = self._with_least(asked)
        return self._explained(asked, elastic(self.case, asked), ())

    def _asked(self) -> Asked:
        """Cap and budget as they are known before any solve; a budget above the least cost is not."""
        settings, cap = self.case.settings, self.options.cap_of(self.case.settings)
        budget = settings.budget if self.options.budget is None else self.options.budget
        return Asked(None if cap is None or cap >= 1 else cap, budget)

    def _with_least(self, asked: Asked) -> Asked:
        """Cap and budget, the one above the least cost among them; without it where there is no least cost."""
        above = above_least(self.case, self.options)
        if asked.budget is not None or above is None:
            return asked
        cheapest = ask(self.executor, Question((COST,)), "least cost")
        if not cheapest.found:
            return asked
        return Asked(asked.cap, above, value_of(self.ground.compiled, cheapest, COST))

    def _explained(self, asked: Asked, arrays: Elastic, missing: tuple[Finding, ...]) -> Conflict:
        began = time.monotonic()
        self.on_event(StageStarted("conflict"))
        settled = (*missing, *(() if missing else self.ground.compiled.settled))
        clash = clash_of(self.case, asked, arrays, self.clock.part(0.5), seed=self.options.seed,
                         stop=self.ground.stop, command=self.command)
        self.on_event(StageEnded("conflict", time.monotonic() - began))
        if clash is None:
            return Conflict(self.case, "infeasible", settled=settled, asked=asked)
        # a budget above the least cost is no part of a conflict without it, but every way out must keep within it
        whole = self._with_least(asked)
        whole_arrays = arrays if whole == asked else elastic(self.case, whole)
        found = repairs(self.executor, whole, whole_arrays, clash, self.clock, self.command)
        return Conflict(self.case, "infeasible", clash, found, settled, asked)

    def _near(self, asked: Asked, plan: Plan) -> Conflict:
        above = above_least(self.case, self.options)
        known = asked.budget is None and above is not None and plan.least_cost is not None
        asked = Asked(asked.cap, above, plan.least_cost) if known else self._with_least(asked)
        return Conflict(self.case, plan.status, asked=asked, plan=plan, near=near(plan, asked, self.command))
