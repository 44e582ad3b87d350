"""A stop of places, read a second time: what can still be used, and what was done before it began (MODEL.md 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from optimizer.case.case import Case
from optimizer.case.schema import Deal, Lane, Plant, Supply
from optimizer.solve.amounts import Amounts, Claims
from optimizer.solve.check.book import CLASSES, RELATIVE, Book

PHYSICAL = {"run": 2, "buy": 1, "ship": 1, "stock": 1, "relabel": 2, "alloc": 3, "serve": 1, "sell": 2, "discard": 2}
"""Families of flows, and where the year stands in their keys."""

DECIDED = ("sign", "orders", "modules")

HELD = 1e-5
"""Tonnes by which a flow before the stop may differ from the plan's."""


@dataclass(frozen=True)
class Halt:
    """A stop that a plan meets.

    Attributes:
        places: the places that stop.
        start: when, in years; what was done before is as planned.
        end: until when.
        planned: what was planned.
        otherwise: what flows where it has ended with its last whole year; of a year that it takes in part, the rest may
            be as planned or as there, whichever is more.
    """

    places: frozenset[str]
    start: float
    end: float
    planned: Amounts
    otherwise: Amounts

    def part(self, year: int) -> float:
        """The part of a year in which the places stand still."""
        both = min(self.end, year + 1) - max(self.start, year)
        return both if both > 0 else 0.0


class Stopped(Book):
    """A plan under check that meets a stop.

    Attributes:
        halt: the stop.
    """

    def __init__(self, case: Case, amounts: Amounts, claims: Claims, halt: Halt) -> None:
        super().__init__(case, amounts, claims)
        self.halt = halt
        self.rest = tuple(Book(case, amounts, claims) for amounts in (halt.planned, halt.otherwise))

    def exposed(self, row: Supply | Plant, year: int) -> float:
        """What is exposed of what still comes: in the part of the year that is cut, nothing."""
        share, cut = self.share(row), self.halt.part(year)
        if cut <= 0 or not 0 < share < 1:
            return super().exposed(row, year)
        with_them, without = (1 - cut) * share, 1 - share
        return with_them / (with_them + without)

    def room(self, row: Supply | Plant | Lane | Deal, year: int, most: float, level: Callable[[Book], float]) -> float:
        """As much as otherwise in the rest of the year; in the part that is cut, what can be had without the places."""
        cut = self.halt.part(year)
        without = most * (1 - self.share(row))
        return most if cut <= 0 else without if cut >= 1 else cut * without + (1 - cut) * max(map(level, self.rest))

    def share(self, row: Supply | Plant | Lane | Deal) -> float:
        """The exposed share that the stop cuts: of supplies and plants, outside places of concern."""
        if not isinstance(row, (Supply, Plant)) or not self.halt.places & self.concern or row.place in self.concern:
            return 0.0
        return super().exposed(row, self.first)


def check(book: Stopped) -> None:
    """Nothing is decided anew, nothing before the stop is other than planned, and lanes carry what they still can."""
    for family in DECIDED:
        if getattr(book.amounts, family) != getattr(book.halt.planned, family):
            book.complaints.append(f"{family}: what was decided is not as planned")
    for family, at in PHYSICAL.items():
        mine, theirs = getattr(book.amounts, family), getattr(book.halt.planned, family)
        for key in {*mine, *theirs}:
            now, then = mine.get(key, 0.0), theirs.get(key, 0.0)
            if key[at] < book.halt.start and abs(now - then) > HELD + RELATIVE * abs(then):
                book.complaints.append(f"{family} of {', '.join(map(str, key))}: not as planned before the stop")
    for what, tonnes, planned in _cut_flows(book):
        book.at_most(what, tonnes, planned, [])


def _cut_flows(book: Stopped) -> Iterator[tuple[str, float, float]]:
    """What a flow that the stop cuts as a whole carries in a year, and what is left of what it carries otherwise."""
    cut = [
        *(("Lanes", name) for name, row in book.lanes.items() if {row.origin, row.destination} & book.halt.places),
        *(("Supply", name) for name, row in book.supplies.items() if book.share(row) >= 1),
        *(("Plants", name) for name, row in book.plants.items() if book.share(row) >= 1),
    ]
    for t in book.years:
        rest = 1 - book.halt.part(t)
        for sheet, name in cut if rest < 1 else ():
            most = sum(max(parts) for parts in zip(*(_parts(of, sheet, name, t) for of in book.rest), strict=True))
            yield f"{sheet}[{name}] in {t} under the stop", book.flow(sheet, name, t), rest * most


def _parts(book: Book, sheet: str, name: str, year: int) -> list[float]:
    """What flows through a lane or supply, by class, or out of a plant, by recipe and class."""
    if sheet == "Lanes":
        return [book.amounts.ship.get((name, year, c), 0.0) for c in CLASSES]
    if sheet == "Supply":
        return [book.flow(sheet, name, year)]
    recipes = [recipe for plant, recipe in book.runs if plant == name]
    return [book.amounts.run.get((name, recipe, year, c), 0.0) for recipe in recipes for c in CLASSES]
