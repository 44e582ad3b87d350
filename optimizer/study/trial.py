"""Whether a case has a plan after changes, within cap and budget: one search for any plan, and the check of it."""

from __future__ import annotations

from dataclasses import replace

from optimizer.case.case import Case
from optimizer.case.changes import Change
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.elastic import Asked
from optimizer.solve.plan import CheckRefused, SolveOptions
from optimizer.study.executor import Executor, ask
from optimizer.study.ground import value_of
from optimizer.study.question import Question


def above_least(case: Case, options: SolveOptions) -> float | None:
    """The budget above the least cost, where one is in force; money in the case's currency."""
    settings = case.settings
    asked = options.budget is None and options.goals_of(settings)[0] != COST
    return settings.budget_above_least_cost if asked else None


class Trial:
    """Tries changes of a case.

    Attributes:
        executor: where the solves run.
    """

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def above(self, asked: Asked) -> float | None:
        """The budget above the least cost that is asked for, known or not; None where there is none."""
        if asked.least is not None:
            return asked.budget
        return above_least(self.executor.ground.case, self.executor.ground.options) if asked.budget is None else None

    def least_cost(self, changes: tuple[Change, ...]) -> float | None:
        """The least cost after changes, in the case's currency; None where there is no plan or none was found."""
        if not self.executor.ground.possible(changes):
            return None
        cheapest = ask(self.executor, Question((COST,), changes=changes), "the least cost of a way out")
        return value_of(self.executor.ground.arrays(changes), cheapest, COST) if cheapest.found else None

    def plan(self, changes: tuple[Change, ...], asked: Asked) -> bool:
        """Whether there is a plan after changes that stands up to the independent check.

        The least cost, above which a budget may stand, is found anew.
        """
        ground = self.executor.ground
        if not ground.possible(changes):
            return False
        above = self.above(asked)
        if above is not None:
            least = self.least_cost(changes)
            if least is None:
                return False
            asked = replace(asked, budget=above, least=least)
        most = {COST: asked.most, DEPENDENCE: asked.cap}
        caps = tuple(sorted((goal, level) for goal, level in most.items() if level is not None))
        goal = ground.options.goals_of(ground.case.settings)[0]
        question = Question((goal,), caps=caps, changes=changes, any_plan=True)
        answer = ask(self.executor, question, "a plan after a way out")
        if not answer.found:
            return False
        try:
            self.executor.plan(question, answer)
        except CheckRefused:
            # a plan that the independent check refuses is none
            return False
        return True
