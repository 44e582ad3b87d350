"""The named decisions of a plan: which deals are signed, and how many modules of which plants are ordered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from optimizer.model.calendar import cliques
from optimizer.model.compiled import Compiled
from optimizer.model.data import Data
from optimizer.solve.amounts import Amounts

Choice = tuple[str, str]
"""Sheet (``Deals`` or ``Plants``) and name of what can be chosen."""

HALF = 0.5
"""Part of its term inside the horizon for which a deal must be in force to count (MODEL.md 7)."""


@dataclass(frozen=True)
class Portfolio:
    """What was chosen: deals, and of plants, equal ones as one class, the number of modules.

    Attributes:
        deals: names of the deals signed, sorted.
        plants: name and modules of the plants ordered, sorted; empty where only deals are told apart.
    """

    deals: tuple[str, ...]
    plants: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, data: Data, amounts: Amounts, *, plants: bool = False) -> Portfolio:
        """The portfolio of a plan; a deal counts that is in force for half its term inside the horizon.

        Args:
            data: the case, resolved.
            amounts: what the plan decides.
            plants: whether plants are told apart too.
        """
        deals = sorted({deal for deal, year, terms in amounts.sign if counts(data, deal, year, terms)})
        modules: defaultdict[str, int] = defaultdict(int)
        for (plant, _), number in amounts.modules.items() if plants else ():
            modules[plant] += round(number)
        return cls(tuple(deals), tuple(sorted((plant, number) for plant, number in modules.items() if number)))

    @property
    def choices(self) -> Mapping[Choice, int]:
        """Each choice with its number, 1 for a deal."""
        return {**{("Deals", deal): 1 for deal in self.deals}, **{("Plants", k): n for k, n in self.plants}}

    def __bool__(self) -> bool:
        return bool(self.deals or self.plants)

    def without(self, other: Portfolio) -> dict[Choice, int]:
        """What this one has and the other has not: by how many."""
        theirs = other.choices
        return {choice: n - theirs.get(choice, 0) for choice, n in self.choices.items() if n > theirs.get(choice, 0)}


def counts(data: Data, deal: str, year: int, terms: int) -> bool:
    """Whether a deal signed so is in force for half of a term inside the horizon; one without an end always is."""
    for signing in data.signings[deal]:
        if (signing.year, signing.terms) == (year, terms):
            inside = sum(signing.phi(t) for t in data.years)
            return signing.closes and bool(signing.end == float("inf") or inside >= HALF * signing.length - 1e-9)
    return False


def signings(compiled: Compiled, deal: str, *, counted: bool = True) -> list[int]:
    """The columns ``sign`` of a deal, by default those alone under which it counts."""
    data = compiled.data
    return [
        column
        for s in data.signings[deal]
        if (column := compiled.column("sign", (deal, s.year, s.terms))) is not None
        and (not counted or counts(data, deal, s.year, s.terms))
    ]


def exclusive(compiled: Compiled, deal: str) -> list[tuple[int, ...]]:
    """The columns of :func:`signings` in groups of which at most one can be chosen; each stands in some group."""
    wanted = set(signings(compiled, deal))
    columns = {
        s: column for s in compiled.data.signings[deal]
        if (column := compiled.column("sign", (deal, s.year, s.terms))) is not None and column in wanted
    }
    groups = [tuple(columns[s] for s in clique) for clique in cliques(tuple(columns))]
    grouped = {column for group in groups for column in group}
    return groups + [(column,) for column in columns.values() if column not in grouped]


def modules(compiled: Compiled, plant: str) -> list[int]:
    """The columns ``modules`` of a plant."""
    found = (compiled.column("modules", (plant, year)) for year in compiled.data.years)
    return [column for column in found if column is not None]


def open_deals(compiled: Compiled) -> tuple[str, ...]:
    """The deals that the model can still sign, in the order of the workbook."""
    return tuple(deal for deal in compiled.data.deals if signings(compiled, deal, counted=False))


def open_plants(compiled: Compiled) -> tuple[str, ...]:
    """The plants that the model can still order, in the order of the workbook."""
    return tuple(plant for plant in compiled.data.plants if modules(compiled, plant))


def named(choices: Iterable[Choice]) -> str:
    """Choices in a list of words."""
    return ", ".join(name for _, name in choices)
