"""Which choices every plan within a loss has, which none has, and how each of it is known (MODEL.md 7).

A plan that is known already settles one side of each choice: it has it, or goes without. Where a side is open, one
search looks for any plan within the loss with the choice forced in, or forced out; what it finds settles sides of other
choices too, and where it proves that there is none, the choice is never had, or never missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from optimizer.model.blocks.dependence import COST
from optimizer.solve.plan import Plan
from optimizer.study.executor import Executor, ask
from optimizer.study.form import Form
from optimizer.study.ground import value_of
from optimizer.study.portfolio import Choice, Portfolio, modules, signings
from optimizer.study.question import Question

TAU = 0.005
"""Part of the least cost below which two sets of deals are a tie (MODEL.md 7)."""

Part = Literal["must", "optional", "never", "undecided"]
"""The role of a choice."""

How = Literal["plan", "search", "list", "term", "time"]
"""How a side is known: a plan within the loss shows it; a search over all of them has found none; every plan within the
loss holds a set on the list, and each of these has the choice; it cannot be in force for half a term; not settled."""


@dataclass(frozen=True)
class Side:
    """Whether a plan within the loss has a choice, or goes without it.

    Attributes:
        possible: whether there is such a plan; None where it is not settled.
        how: how that is known.
        rank: place on the list, from 1, of the plan that shows it; None for a plan found for the question.
        loss: what that plan costs more, in the case's currency; None where no plan shows it.
    """

    possible: bool | None
    how: How
    rank: int | None = None
    loss: float | None = None


OPEN = Side(None, "time")
"""A side that is not settled."""


@dataclass(frozen=True)
class Role:
    """The role of a choice within the loss.

    Attributes:
        choice: a deal, or a plant.
        planned: whether the plan has it.
        having: whether a plan within the loss has it: a deal in force for half a term, a plant ordered.
        lacking: whether a plan within the loss goes without it altogether.
    """

    choice: Choice
    planned: bool
    having: Side
    lacking: Side

    @property
    def part(self) -> Part:
        """The role itself; what cannot count is never had, even where every plan signs it for what is left of it."""
        if self.having.how == "term":
            return "never"
        if self.lacking.possible is False:
            return "must"
        if self.having.possible is False:
            return "never"
        return "optional" if self.having.possible and self.lacking.possible else "undecided"


@dataclass(frozen=True)
class Uniqueness:
    """Whether another set of deals does as well but for a tie: by dropping something of the plan's, or by having more.

    Attributes:
        tau: part of the least cost below which two sets are a tie.
        unique: whether none does; None where it is not settled.
        rival: the cheapest other set found within it; None where none was.
        loss: what the rival costs more, in the case's currency.
    """

    tau: float
    unique: bool | None
    rival: Portfolio | None = None
    loss: float | None = None


@dataclass(frozen=True)
class Witness:
    """A checked plan, as what it says of each choice.

    Attributes:
        portfolio: what it has.
        touched: what it does not go without altogether: signed or ordered, if ever so late.
        cost: what it costs, in the case's currency.
        rank: its place on the list, None for one that is not on it.
    """

    portfolio: Portfolio
    touched: frozenset[Choice]
    cost: float
    rank: int | None = None

    @classmethod
    def of(cls, plan: Plan, portfolio: Portfolio, cost: float, rank: int | None = None) -> Witness:
        """What a plan shows."""
        signed = {("Deals", deal) for deal, _, _ in plan.amounts.sign}
        return cls(portfolio, frozenset(signed | {("Plants", plant) for plant, _ in plan.amounts.modules}), cost, rank)

    def shows(self, choice: Choice, having: bool) -> bool:
        """Whether it has a choice, or goes without it altogether."""
        return choice in self.portfolio.choices if having else choice not in self.touched


@dataclass
class RoleSearch:
    """The search for roles, from what is known already.

    Attributes:
        executor: where the solves run.
        form: the plan in the common form.
        planned: the plan's own set.
        within: part of its cost that a plan may cost more.
        witnesses: plans that are known; those found are put to them.
        always: choices that every plan within the loss is known to have.
        plants: whether plants are told apart too.
        solves: searches made.
    """

    executor: Executor
    form: Form
    planned: Portfolio
    within: float
    witnesses: list[Witness]
    always: frozenset[Choice] = frozenset()
    plants: bool = False
    solves: int = field(default=0, init=False)
    _none: set[tuple[Choice, bool]] = field(default_factory=set, init=False)

    @property
    def best(self) -> float:
        """What the plan costs, in the case's currency."""
        return value_of(self.executor.ground.compiled, self.form.answer, COST)

    def most(self, part: float) -> float:
        """What a plan costs at most that loses no more than a part of the plan's cost, in the case's currency."""
        return self.best + part * abs(self.best)

    def roles(self, choices: Sequence[Choice]) -> tuple[Role, ...]:
        """The role of each choice, in their order; one search for each side that is open."""
        sides = [(choice, having) for choice in choices for having in (True, False) if self._can_count(choice)]
        for at, (choice, having) in enumerate(sides):
            if self._side(choice, having) == OPEN:
                self._settle(choice, having, sum(self._side(*side) == OPEN for side in sides[at:]))
        return tuple(
            Role(choice, choice in self.planned.choices, self._side(choice, True), self._side(choice, False))
            for choice in choices
        )

    def _side(self, choice: Choice, having: bool) -> Side:
        """What is known of a side."""
        shown = [one for one in self.witnesses
                 if one.cost <= self.most(self.within) and one.shows(choice, having)]
        if shown:
            cheapest = min(shown, key=lambda one: one.cost)
            return Side(True, "plan", cheapest.rank, cheapest.cost - self.best)
        if having and not self._can_count(choice):
            return Side(False, "term")
        if not having and choice in self.always:
            return Side(False, "list")
        return Side(False, "search") if (choice, having) in self._none else OPEN

    def _can_count(self, choice: Choice) -> bool:
        compiled, (sheet, name) = self.executor.ground.compiled, choice
        return bool(signings(compiled, name) if sheet == "Deals" else modules(compiled, name))

    def _settle(self, choice: Choice, having: bool, left: int) -> None:
        """Searches for any plan within the loss with a choice, or without it."""
        question = self._any(self.within)
        question = replace(question, inside=(choice,)) if having else replace(question, outside=(choice,))
        if self._exists(question, f"any plan {'with' if having else 'without'} {choice[1]}", left) is False:
            self._none.add((choice, having))

    def _any(self, part: float) -> Question:
        """Any plan that loses no more than a part of the plan's cost."""
        most = self.most(part)
        caps = {COST: most, **dict(self.form.caps)}
        caps[COST] = min(caps[COST], most)
        return Question((COST,), caps=tuple(sorted(caps.items())), any_plan=True)

    def _exists(self, question: Question, told: str, left: int) -> bool | None:
        """Whether a question has a plan, which then is a witness; None where the time was not enough."""
        answer = ask(self.executor, question, told, left)
        self.solves += answer.outcome != "nothing"
        if answer.outcome == "none":
            return False
        if not answer.found:
            return None
        ground = self.executor.ground
        portfolio = ground.portfolio(question, answer, plants=self.plants)
        cost = value_of(ground.compiled, answer, COST)
        self.witnesses.append(Witness.of(self.executor.plan(question, answer), portfolio, cost))
        return True

    def uniqueness(self, roles: Sequence[Role], least_drop: float | None) -> Uniqueness:
        """Whether another set does as well but for a tie.

        Args:
            roles: the roles, as found.
            least_drop: no plan without something of the plan's set is known to lose less; None where nothing is known.
        """
        tau = max(TAU, self.executor.ground.options.gap)
        unique: bool | None = self._rival(tau) is None
        if unique:
            unique = self._proved_unique(tau, roles, least_drop)
        rival = self._rival(tau)
        if rival is None:
            return Uniqueness(tau, unique)
        return Uniqueness(tau, False, rival.portfolio, rival.cost - self.best)

    def _rival(self, tau: float) -> Witness | None:
        others = (one for one in self.witnesses if one.portfolio != self.planned and one.cost <= self.most(tau))
        return min(others, key=lambda one: one.cost, default=None)

    def _proved_unique(self, tau: float, roles: Sequence[Role], least_drop: float | None) -> bool | None:
        """Asks what is still open of a tie, until one is found."""
        questions = []
        if least_drop is None or least_drop <= tau * abs(self.best):
            questions.append((replace(self._any(tau), unlike=(self.planned,)), "any tie without a deal of the plan"))
        for role in roles:
            closed = role.having.possible is False and (role.having.how == "term" or self.within >= tau)
            if not role.planned and not closed:
                questions.append((replace(self._any(tau), inside=(role.choice,)), f"any tie with {role.choice[1]}"))
        for plant, number in self.planned.plants:
            more = replace(self._any(tau), at_least=((plant, number + 1),))
            questions.append((more, f"any tie with more modules of {plant}"))
        found: list[bool | None] = []
        for at, (question, told) in enumerate(questions):
            found.append(self._exists(question, told, len(questions) - at))
            if found[-1]:
                return False
        return None if None in found else True
