"""Plans that a person would draw by hand: one idea each, as good as that idea can be for the same money.

Nothing here knows a case. The ideas are read off the columns `kind` and `partner` of its deals and the places of its
plants: nothing new at all, the home plants alone, one kind of deal alone, one partner alone. Each is the plan of least
dependence among those that keep to the idea and cost no more than the plan asked about; an idea that needs more is the
cheapest that there is, and its cost is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

import numpy as np

from optimizer.case.schema import Plant
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.compiled import Compiled, Name
from optimizer.study.executor import Executor, ask
from optimizer.study.ground import value_of
from optimizer.study.portfolio import Choice, Portfolio, open_deals, open_plants
from optimizer.study.question import Answer, Question

KINDS = 4
"""Kinds of deals of which a plan is drawn, the commonest first."""

GAP = 1e-3
"""Gap at which such a plan counts as the best of its kind: it is there to be compared with, and not to be signed."""


NONE = Portfolio(())
"""Nothing signed and nothing ordered."""


@dataclass(frozen=True)
class Idea:
    """What a plan drawn by hand may use.

    Attributes:
        name: what a person would call it.
        deals: deals that it may sign.
        plants: plants that it may order.
    """

    name: str
    deals: frozenset[str]
    plants: frozenset[str]


@dataclass(frozen=True)
class Drawn:
    """The best plan of an idea.

    Attributes:
        idea: the idea.
        decided: its whole numbers by the names of their columns; empty where it was not found.
        portfolio: its deals and plants.
        cost: its cost in the case as it is, shortage at its price, in the case's currency; None where not found.
        dependence: its dependence there, a fraction.
        dearer: what it costs above the plan asked about where it needs more; 0 where it does not.
        answered: whether there is an answer; else the time was over.
    """

    idea: Idea
    decided: Mapping[Name, int] = field(default_factory=dict, repr=False)
    portfolio: Portfolio = NONE
    cost: float | None = None
    dependence: float | None = None
    dearer: float = 0.0
    answered: bool = False


def ideas(compiled: Compiled, mine: Portfolio) -> tuple[Idea, ...]:
    """The ideas that a case has deals and plants for, each another one.

    Args:
        compiled: the arrays of the case.
        mine: the plan asked about, whose partner of most deals is the one partner.
    """
    return tuple(_Ideas(compiled, mine).found())


class _Ideas:
    def __init__(self, compiled: Compiled, mine: Portfolio) -> None:
        self.data, self.mine = compiled.data, mine
        self.deals = {name: self.data.deals[name] for name in open_deals(compiled)}
        self.plants = {name: self.data.plants[name] for name in open_plants(compiled)}

    def found(self) -> Iterator[Idea]:
        seen: set[tuple[frozenset[str], frozenset[str]]] = set()
        for idea in self._every():
            if (idea.deals, idea.plants) not in seen:
                seen.add((idea.deals, idea.plants))
                yield idea

    def _every(self) -> Iterator[Idea]:
        yield Idea("Nothing new", frozenset(), frozenset())
        own = self._own_plants()
        for_own = frozenset(
            deal for name in own for group in self._groups(self.plants[name]) for deal in group if deal in self.deals
        )
        if own:
            yield Idea("Home plants alone", for_own, own)
        kinds = Counter(deal.kind for name, deal in self.deals.items() if deal.kind and name not in for_own)
        for kind, _ in kinds.most_common(KINDS):
            yield self._of(f"Kind '{kind}' alone", {name for name, deal in self.deals.items() if deal.kind == kind})
        if partner := self._partner():
            yield self._of(f"{partner} alone", {name for name, deal in self.deals.items() if deal.partner == partner})

    def _own_plants(self) -> frozenset[str]:
        """Plants at home that no partner has a share in."""
        return frozenset(
            name for name, row in self.plants.items() if row.place in self.data.home and row.home_share >= 1
        )

    @staticmethod
    def _groups(plant: Plant) -> tuple[tuple[str, ...], ...]:
        return (*plant.deals_to_order, *plant.deals_to_run)

    def _of(self, name: str, deals: Set[str]) -> Idea:
        """Some deals, and the plants that need no others."""
        known = deals | self.data.past.keys()
        plants = frozenset(
            plant for plant, row in self.plants.items() if all(known & set(group) for group in self._groups(row))
        )
        return Idea(name, frozenset(deals), plants)

    def _partner(self) -> str:
        """The partner of most deals of the plan, then of most deals that can be signed; empty where none is named."""
        abroad = {name: row.partner for name, row in self.deals.items() if row.partner not in (None, *self.data.home)}
        mine = Counter(abroad[name] for name in self.mine.deals if name in abroad)
        every = Counter(abroad.values())
        return max(sorted(map(str, every)), key=lambda name: (mine[name], every[name]), default="")


def drawn(executor: Executor, idea: Idea, most: float, ahead: int = 0) -> Drawn:
    """The best plan of an idea.

    Args:
        executor: where the solves run, on the softened case in which dependence is not priced.
        idea: the idea.
        most: what it may cost, in the case's currency.
        ahead: about how many solves will follow.
    """
    compiled = executor.ground.compiled
    outside: tuple[Choice, ...] = (
        *(("Deals", name) for name in open_deals(compiled) if name not in idea.deals),
        *(("Plants", name) for name in open_plants(compiled) if name not in idea.plants),
    )
    question = Question((DEPENDENCE,), (COST,), caps=((COST, most),), outside=outside, gap=GAP)
    answer = ask(executor, question, f"{idea.name}, within the money of the plan", 1 + ahead)
    if answer.outcome == "none":
        question = Question((COST,), (DEPENDENCE,), outside=outside, gap=GAP)
        answer = ask(executor, question, f"{idea.name}, whatever it costs", 1 + ahead)
    if not answer.found:
        return Drawn(idea, answered=answer.outcome == "none")
    cost = value_of(compiled, answer, COST)
    return Drawn(
        idea, decided_of(compiled, answer), executor.ground.portfolio(question, answer, plants=True), cost,
        value_of(compiled, answer, DEPENDENCE), max(0.0, cost - most) if question.goals[0] == COST else 0.0, True,
    )


def decided_of(compiled: Compiled, answer: Answer) -> dict[Name, int]:
    """The whole numbers of an answer that are not 0, by the names of their columns."""
    whole = np.flatnonzero(compiled.integer)
    return {compiled.columns[j]: n for j in whole.tolist() if (n := round(float(answer.values[j])))}
