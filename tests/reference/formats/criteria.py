"""Problems of two criteria: vOptLib's knapsack, assignment and set covering, and fuels for three loads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from optimizer.case.case import case_of
from optimizer.case.schema import Criterion, Deal, Demand, Filter, Lane, Limit, Material, Place, Row, Supply
from optimizer.model.blocks.dependence import COST
from tests.reference.converters import FormatError, Point, Reading, S, Tokens, exact

HOME, ABROAD = "home", "abroad"
SECOND = "second"
"""The criterion that stands for the second objective where it is no dependence."""


@dataclass(frozen=True)
class Knapsack:
    """A knapsack problem with two profits, as vOptLib prints it.

    Attributes:
        profits: of each objective, the profit of each item.
        weights: weight of each item.
        capacity: most that the items taken may weigh.
    """

    profits: tuple[tuple[int, ...], tuple[int, ...]]
    weights: tuple[int, ...]
    capacity: int

    @classmethod
    def of(cls, text: str) -> Knapsack:
        """The problem of a file: ``n 2 1``, the profits of each objective, the weights and the capacity.

        Raises:
            FormatError: it is no such file, or has other than two objectives and one constraint.
        """
        words = Tokens(text)
        n = words.whole("the number of items", 1)
        objectives, constraints = words.whole("the number of objectives"), words.whole("the number of constraints")
        if (objectives, constraints) != (2, 1):
            raise FormatError(f"{objectives} objectives and {constraints} constraints, and two and one can be read")
        first, second, weights = (
            tuple(words.whole(f"{what} of item {i + 1}") for i in range(n))
            for what in ("the first profit", "the second profit", "the weight")
        )
        capacity = words.whole("the capacity")
        words.end()
        return cls((first, second), weights, capacity)

    @property
    def totals(self) -> tuple[int, int]:
        """The profit of all items together, by objective."""
        return sum(self.profits[0]), sum(self.profits[1])

    def point(self, cost: float, dependence: float) -> Point:
        """The profits of what is taken: cost and dependence are those of what is not."""
        return self.totals[0] - cost, self.totals[1] * (1 - dependence)


def knapsack(text: str) -> Reading:
    """Item i is a product of which a tonne is needed, dependence counting it c2_i times.

    Taking it is a deal at home, at no cost and of an effort of w_i; leaving it is importing it at a cost of c1_i.

    Raises:
        FormatError: it is no such file.
    """
    problem = Knapsack.of(text)
    rows: list[Row] = [Place(name=HOME, home=True), Place(name=ABROAD, concern=True)]
    for i, (cost, count, weight) in enumerate(zip(*problem.profits, problem.weights, strict=True), start=1):
        name, deal = f"item {i}", f"take {i}"
        rows += [
            Material(name=name, stage=name),
            Demand(name=name, sector=name, place=HOME, material=name, tonnes=S(1.0), weight=float(count)),
            Deal(name=deal, signings_at_most=1),
            Supply(name=f"own {i}", place=HOME, material=name, price=S(0.0), limit=S(1.0), deals=((deal,),)),
            Supply(name=f"import {i}", place=ABROAD, material=name, price=S(float(cost))),
            Lane(name=f"import {i}", material=name, origin=ABROAD, destination=HOME),
            Criterion(criterion="effort", applies_to=deal, per_signing=float(weight)),
        ]
    rows.append(Limit(
        name="effort", measure="criterion", filter=Filter(terms=(("criterion", ("effort",)),)), sense="at most",
        value=S(float(problem.capacity)), over="horizon",
    ))
    return Reading(case_of(exact("bi-objective knapsack"), *rows), point=problem.point)


def assignment(text: str) -> Reading:
    """Bi-objective assignment: ``n``, the costs of the first objective row by row, then those of the second.

    Agents hold a tonne each and tasks need one; giving a task to an agent is a deal at its first cost, which opens the
    lane between them. Costs fall on deals, none on flows, so that a task shared by two agents pays for both.

    Raises:
        FormatError: it is no such file, or a cost is below 0.
    """
    words = Tokens(text)
    n = _size(words)
    first, second = ([words.numbers(n, f"the {k} cost of row {i + 1} and column") for i in range(n)]
                     for k in ("first", "second"))
    words.end()
    _not_below_zero([*first, *second])
    rows: list[Row] = [Material(name="work", stage="work")]
    for i in range(1, n + 1):
        rows += [
            Place(name=f"agent {i}", home=True), Place(name=f"task {i}", home=True),
            Supply(name=f"agent {i}", place=f"agent {i}", material="work", price=S(0.0), limit=S(1.0)),
            Demand(name=f"task {i}", sector="tasks", place=f"task {i}", material="work", tonnes=S(1.0)),
        ]
    for i in range(n):
        for j in range(n):
            deal = f"{i + 1} to {j + 1}"
            rows += _choice(deal, first[i][j], second[i][j])
            rows.append(Lane(name=deal, material="work", origin=f"agent {i + 1}", destination=f"task {j + 1}",
                             deals=((deal,),)))
    return Reading(case_of(exact("bi-objective assignment"), *rows), criteria=(COST, SECOND))


def _size(words: Tokens) -> int:
    """The size of an assignment; a number of objectives may stand before or after it."""
    n = words.whole("the number of rows", 1)
    if len(words) == 2 * n * n:
        return n
    other = words.whole("the number of rows, or of objectives", 1)
    for size, objectives in ((n, other), (other, n)):
        if objectives == 2 and len(words) == 2 * size * size:
            return size
    raise FormatError(f"after {n} two tables of {n} x {n} costs are wanted, and {len(words) + 1} numbers follow")


def covering(text: str) -> Reading:
    """Bi-objective set covering: ``m n``, n costs of each objective, then of each row how many columns cover it, which.

    A row is a place that needs a tonne; a column is a deal at its first cost, which opens one at each row it covers. A
    column that covers none is left out.

    Raises:
        FormatError: it is no such file, a cost is below 0, or a row is covered by none or by an unknown column.
    """
    words = Tokens(text)
    count, columns = words.whole("the number of rows", 1), words.whole("the number of columns", 1)
    first, second = (words.numbers(columns, f"the {k} cost of column") for k in ("first", "second"))
    _not_below_zero((first, second))
    rows: list[Row] = [Material(name="cover", stage="cover")]
    used: set[int] = set()
    for i in range(1, count + 1):
        name = f"row {i}"
        rows += [Place(name=name, home=True),
                 Demand(name=name, sector="rows", place=name, material="cover", tonnes=S(1.0))]
        covers = {words.whole(f"a column that covers row {i}", 1)
                  for _ in range(words.whole(f"how many columns cover row {i}", 1))}
        if max(covers) > columns:
            raise FormatError(f"row {i} is covered by column {max(covers)}, and there are {columns}")
        rows += [Supply(name=f"column {j} for row {i}", place=name, material="cover", price=S(0.0), limit=S(1.0),
                        deals=((f"column {j}",),)) for j in sorted(covers)]
        used |= covers
    words.end()
    for j in sorted(used):
        rows += _choice(f"column {j}", first[j - 1], second[j - 1])
    return Reading(case_of(exact("bi-objective set covering"), *rows), criteria=(COST, SECOND))


def _choice(deal: str, first: float, second: float) -> Iterator[Row]:
    """A choice as a deal: its first cost is paid at signing, its second one counted."""
    yield Deal(name=deal, signings_at_most=1, signing_cost=S(first))
    yield Criterion(criterion=SECOND, applies_to=deal, per_signing=second)


def _not_below_zero(costs: Iterable[Sequence[float]]) -> None:
    if any(cost < 0 for row in costs for cost in row):
        raise FormatError("a cost is below 0: what is not needed would be chosen too")


def energy(text: str) -> Reading:
    """Fuels for loads, imported ones from the place of concern; the third criterion is carbon dioxide.

    Each load is a place, because not every fuel can serve each: lanes lead from a fuel to the loads that it serves.
    Printed are the cost and the imports, in units of fuel.
    """
    data = json.loads(text)
    demand = float(sum(load["demand"] for load in data["loads"].values()))
    rows: list[Row] = [Material(name="energy", stage="energy")]
    for name, fuel in data["fuels"].items():
        rows += [
            Place(name=name, concern=bool(fuel["imported"]), home=not fuel["imported"]),
            Supply(name=name, place=name, material="energy", price=S(float(fuel["cost"])), limit=S(float(fuel["cap"]))),
            Criterion(criterion="carbon", applies_to=name, per_tonne=float(fuel["co2"])),
        ]
    for load, needs in data["loads"].items():
        rows += [Place(name=load, home=True), Demand(name=load, sector=load, place=load, material="energy",
                                                     tonnes=S(float(needs["demand"])))]
        rows += [Lane(name=f"{fuel} for {load}", material="energy", origin=fuel, destination=load)
                 for fuel in needs["fuels"]]
    return Reading(case_of(exact("energy imports"), *rows), point=lambda cost, dependence: (cost, dependence * demand))
