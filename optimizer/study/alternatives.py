r"""The best sets of deals that differ, what each loses, and which deals every good plan has (MODEL.md 7).

All of it is asked in the common form, least cost with dependence at most that of the plan. The next set drops at least
one deal of each one seen, :math:`\sum_{d \in P} (1 - z_d) \ge 1`; a deal more beside them is no news. Each search is a
restriction of the one before, so that what is proved of one holds for all that follow. The list ends where the next set
is proved to lose more than asked about: that one still stands on it, for it shows how far the next is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from optimizer.case.case import Case
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.solve.events import OnEvent
from optimizer.solve.plan import Plan, SolveOptions
from optimizer.study.executor import Executor, Here, ask
from optimizer.study.form import Form, form_of
from optimizer.study.ground import Ground, value_of
from optimizer.study.portfolio import Choice, Portfolio, open_deals, open_plants
from optimizer.study.question import Answer, AskedWrongly, Question
from optimizer.study.roles import Role, RoleSearch, Uniqueness, Witness

SETS = 10
"""Sets of deals on the list, the plan's own among them, where nothing else is said."""

WITHIN = 0.01
"""Part of the least cost that a deal may be worth, where nothing else is said (MODEL.md 7)."""

TIME = 1800.0
"""Seconds for a study of which no time is said."""

Ended = Literal["count", "within", "none", "time", "interrupted", "failed"]
"""Why the list ended: it has as many as asked for; the last one loses more than asked about; no other set is possible;
the time was over; the user stopped; the search for the next one failed."""


@dataclass(frozen=True)
class Alternative:
    """One set of deals, or of deals and plants.

    Attributes:
        portfolio: the set.
        plan: the cheapest plan found with it, checked.
        cost: what that costs, discounted, in the case's currency.
        loss: by how much that is more than the plan that was asked about.
        least_loss: no plan unlike all sets before it loses less; for the plan itself, how far it may be from the best.
        without: what the plan has and this has not, each with by how many: 1 for a deal, modules for a plant.
        instead: what this has and the plan has not.
        tie: whether the solver's gap does not tell it from the plan, of which this is false itself.
        proved: whether the search for it went as far as the gap.
        over: by how much that plan exceeds the budget, in the case's currency; 0 where it does not.
        points: the loss where the budget is kept: by how much more it then depends, with what it signs and orders, a
            fraction. 0 where it keeps to it already; None where what it signs and orders is too dear for it.
    """

    portfolio: Portfolio
    plan: Plan
    cost: float
    loss: float
    least_loss: float
    without: Mapping[Choice, int]
    instead: Mapping[Choice, int]
    tie: bool
    proved: bool
    over: float = 0.0
    points: float | None = 0.0


@dataclass(frozen=True)
class Alternatives:
    """What could be done instead of a plan, and which choices all that is nearly as good has in common.

    Attributes:
        form: the plan in the common form.
        wanted: how many sets were asked for.
        within: part of the least cost within which roles are told.
        most: the most that a plan within it costs, in the case's currency.
        plants: whether plants are told apart too.
        portfolios: the plan's own set, then the others by what they lose.
        roles: each deal that can still be signed, then with `plants` each plant that can still be ordered.
        uniqueness: whether another set does as well but for a tie.
        ended: why the list ended.
        status: ``proved`` where each search went as far as the gap and each role is settled.
        solves: searches made.
    """

    form: Form
    wanted: int
    within: float
    most: float
    plants: bool
    portfolios: tuple[Alternative, ...]
    roles: tuple[Role, ...]
    uniqueness: Uniqueness
    ended: Ended
    status: Literal["proved", "stopped"]
    solves: int

    @property
    def cost(self) -> float:
        """What the plan costs, in the case's currency."""
        return self.portfolios[0].cost

    def share(self, loss: float) -> float:
        """A loss as a part of what the plan costs; 0 where that costs nothing."""
        return loss / abs(self.cost) if self.cost else 0.0


def alternatives(
    case: Case, options: SolveOptions | None = None, *, n: int = SETS, within: float = WITHIN, plants: bool = False,
    executor: Executor | None = None, on_event: OnEvent | None = None, plan: Plan | None = None,
) -> Alternatives:
    """The best sets of deals that differ, and the role of every deal that can still be signed.

    A deal is a must where no plan within the loss goes without it, never where none has it, optional where plans show
    both, and undecided where the time was not enough. It counts as had from half of a term inside the horizon on, and
    as gone without only where it is not signed at all.

    Args:
        case: a case that passed the checks.
        options: goal, budget, cap, gap, time, threads and seed; the case's own settings where they are None.
        n: how many sets, the plan's own among them.
        within: what a plan may cost more than the best one for the roles, a part of its cost; at least the gap.
        plants: whether plants are told apart too, each by the number of its modules.
        executor: where the solves run.
        on_event: told each solve and how it goes.
        plan: the plan of the case, where it is known already.

    Raises:
        AskedWrongly: `n` or `within` make no such question, or the options name a goal that the case does not have.
        Infeasible: no plan meets the case.
        Unsolved: the time ran out before the plan itself was found.
        CheckRefused: what the solver returned does not stand up to the independent check.
        KeyboardInterrupt: the user stopped before there was a plan, or a second time.
    """
    if n < 1:
        raise AskedWrongly(f"{n} sets of deals make no list: the least is 1, the plan's own")
    if not 0 <= within < math.inf:
        raise AskedWrongly(f"a loss within {within:g} cannot be used: it is a part of the cost from 0 on, e.g. 0.01")
    options = options or SolveOptions(time=TIME)
    if executor is None:
        executor = Here(Ground(case, options), seconds=options.time, on_event=on_event)
    with executor.ground.stop.listening():
        form = form_of(executor, ahead=n - 1, plan=plan)
        return _Search(executor, form, n, max(within, executor.ground.options.gap), plants).found()


@dataclass
class _Search:
    executor: Executor
    form: Form
    wanted: int
    within: float
    plants: bool
    portfolios: list[Alternative] = field(default_factory=list)
    solves: int = 0

    def found(self) -> Alternatives:
        """The list, then the roles that it leaves open, then whether there is a tie."""
        self.portfolios = [self._alternative(self.form.question, self.form.answer)]
        ended = self._listed()
        first, *others = self.portfolios
        self.portfolios = [first, *sorted(others, key=lambda one: one.cost)]
        search = RoleSearch(
            self.executor, self.form, first.portfolio, self.within, self._witnesses(), self._always(ended), self.plants
        )
        roles = search.roles(self._choices())
        uniqueness = search.uniqueness(roles, self._least_drop(ended))
        settled = ended not in ("time", "interrupted", "failed") and all(role.part != "undecided" for role in roles)
        whole = settled and uniqueness.unique is not None and all(one.proved for one in self.portfolios)
        return Alternatives(
            self.form, self.wanted, self.within, search.most(self.within), self.plants, tuple(self.portfolios), roles,
            uniqueness, ended, "proved" if whole else "stopped", self.form.solves + self.solves + search.solves,
        )

    def _listed(self) -> Ended:
        """Puts the next set on the list again and again; gives why it ended."""
        while len(self.portfolios) < self.wanted:
            seen = tuple(one.portfolio for one in self.portfolios)
            if not all(seen):
                return "none"  # every other set holds the empty one
            question = replace(self.form.question, unlike=seen)
            answer = ask(self.executor, question, f"set of deals {len(seen) + 1}", self.wanted - len(seen))
            self.solves += answer.outcome != "nothing"
            if answer.outcome == "none":
                return "none"
            if answer.note:
                return "failed"
            if not answer.found:
                return "interrupted" if self.executor.ground.stop.asked else "time"
            self.portfolios.append(self._alternative(question, answer))
            if self._beyond(self.portfolios[-1]):
                return "within"
        return "count"

    def _alternative(self, question: Question, answer: Answer) -> Alternative:
        ground, goal = self.executor.ground, self.form.goal
        portfolio = ground.portfolio(question, answer, plants=self.plants)
        cost, best = value_of(ground.compiled, answer, goal), value_of(ground.compiled, self.form.answer, goal)
        first = self.portfolios[0].portfolio if self.portfolios else portfolio
        plan = self.executor.plan(question, answer) if self.portfolios else self.form.plan
        bound = answer.reached[goal].bound * ground.compiled.money
        # the first bounds all plans, those after it only the ones unlike the sets before
        least = max([bound - best, *(one.least_loss for one in self.portfolios)])
        over = self.form.over(cost)
        return Alternative(
            portfolio, plan, cost, cost - best, least, first.without(portfolio), portfolio.without(first),
            bool(self.portfolios) and cost - best <= ground.options.gap * abs(best), answer.outcome == "proved",
            over, self._points(answer) if over else 0.0,
        )

    def _points(self, answer: Answer) -> float | None:
        """By how much more than the plan depends what an answer signs and orders, where the budget is kept."""
        compiled, budget = self.executor.ground.compiled, self.form.budget
        assert budget is not None
        held = tuple((compiled.columns[j], round(float(answer.values[j]))) for j in np.flatnonzero(compiled.integer))
        kept = ask(self.executor, Question((DEPENDENCE,), caps=((COST, budget),), held=held), "the same in the budget")
        self.solves += kept.outcome != "nothing"
        if not kept.found:
            return None
        return max(0.0, value_of(compiled, kept, DEPENDENCE) - self.form.plan.claims.dependence)

    def _beyond(self, one: Alternative) -> bool:
        """Whether all plans from this one on are proved to lose more than is asked about."""
        return one.least_loss > self.within * abs(self.portfolios[0].cost)

    def _witnesses(self) -> list[Witness]:
        return [Witness.of(one.plan, one.portfolio, one.cost, rank) for rank, one in enumerate(self.portfolios, 1)]

    def _always(self, ended: Ended) -> frozenset[Choice]:
        """What every plan within the loss has: where the list is whole, each one holds some set on it."""
        near = [one for one in self.portfolios if not self._beyond(one)]
        if ended != "none" and len(near) == len(self.portfolios):
            return frozenset()
        return frozenset(_common(one.portfolio for one in near))

    def _least_drop(self, ended: Ended) -> float | None:
        """No plan without something of the plan's set loses less; infinite where there is none, None if not known."""
        if len(self.portfolios) > 1:
            return min(one.least_loss for one in self.portfolios[1:])
        return math.inf if ended == "none" else None

    def _choices(self) -> tuple[Choice, ...]:
        compiled = self.executor.ground.compiled
        deals = tuple(("Deals", deal) for deal in open_deals(compiled))
        return (*deals, *(("Plants", plant) for plant in open_plants(compiled))) if self.plants else deals


def _common(portfolios: Iterable[Portfolio]) -> set[Choice]:
    sets = [set(portfolio.choices) for portfolio in portfolios]
    return set.intersection(*sets) if sets else set()
