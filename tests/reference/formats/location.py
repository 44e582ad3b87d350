"""Where to open: OR-Library's warehouse files, UflLib's simple format, OR-Library's p-median; and transport."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.case.case import case_of
from optimizer.case.schema import Deal, Demand, Lane, Material, Place, Plant, RecipeLine, Row, Rule, Run, Supply
from tests.reference.converters import FormatError, Reading, S, Tokens, settings

WORD = "capacity"
"""What stands for every capacity in capa, capb and capc, which are solved for several."""


@dataclass(frozen=True)
class Sites:
    """Sites that may be opened for customers.

    Attributes:
        capacities: of each site, infinite where it has none.
        fixed: cost of opening each site.
        demands: of each customer.
        costs: of each customer, what serving all of its demand from each site costs.
    """

    capacities: tuple[float, ...]
    fixed: tuple[float, ...]
    demands: tuple[float, ...]
    costs: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, text: str, capacity: float = math.inf) -> Sites:
        """OR-Library: ``m n``, then capacity and fixed cost of each site, then of each customer demand and m costs.

        Args:
            text: the file.
            capacity: what the word 'capacity' stands for.

        Raises:
            FormatError: it is no such file.
        """
        words = Tokens(text)
        count, customers = words.whole("the number of sites", 1), words.whole("the number of customers", 1)
        capacities, fixed = [], []
        for i in range(1, count + 1):
            capacities.append(_capacity(words, f"the capacity of site {i}", capacity))
            fixed.append(words.number(f"the fixed cost of site {i}"))
        demands, costs = [], []
        for j in range(1, customers + 1):
            demands.append(words.number(f"the demand of customer {j}"))
            costs.append(tuple(words.numbers(count, f"the cost of customer {j} at site")))
        words.end()
        return cls(tuple(capacities), tuple(fixed), tuple(demands), tuple(costs))


def _capacity(words: Tokens, what: str, capacity: float) -> float:
    if words.peek().lower() != WORD:
        return words.number(what)
    words.word(what)
    return capacity


def capacitated(text: str, capacity: float | None = None) -> Reading:
    """Capacitated warehouse location, deliveries split: a plant of one module at each site, customers of hard demand.

    Args:
        text: a file of OR-Library: cap41 to cap134, capa, capb, capc.
        capacity: what the word 'capacity' stands for in capa, capb and capc.

    Raises:
        FormatError: it is no such file, names no capacity where none is given, or a customer has no demand.
    """
    sites = Sites.of(text, math.inf if capacity is None else capacity)
    if math.inf in sites.capacities:
        raise FormatError("the file leaves the capacity open with the word 'capacity': give one")
    rows: list[Row] = [Material(name="goods", stage="goods"),
                       RecipeLine(recipe="serve", material="goods", role="output", amount=1.0)]
    for i, (most, fixed) in enumerate(zip(sites.capacities, sites.fixed, strict=True)):
        rows.append(Place(name=f"w{i}", home=True))
        if most > 0:
            rows += [Plant(name=f"w{i}", place=f"w{i}", module=most, site_cost=S(fixed)),
                     Run(plant=f"w{i}", recipe="serve")]
    for j, (need, costs) in enumerate(zip(sites.demands, sites.costs, strict=True)):
        if need <= 0:
            raise FormatError(f"customer {j + 1} has a demand of {need:g}: what a tonne of it costs is not known")
        rows += _customer(j, need)
        rows += [Lane(name=f"w{i} c{j}", material="goods", origin=f"w{i}", destination=f"c{j}", freight=S(cost / need))
                 for i, cost in enumerate(costs)]
    return Reading(case_of(settings("capacitated warehouses"), *rows))


def _customer(j: int, need: float) -> tuple[Row, ...]:
    return (Place(name=f"c{j}", home=True),
            Demand(name=f"c{j}", sector="customers", place=f"c{j}", material="goods", tonnes=S(need)))


def uncapacitated(text: str) -> Reading:
    """Uncapacitated warehouse location: capacities and demands of the same files do not count.

    Raises:
        FormatError: it is no such file.
    """
    sites = Sites.of(text)
    return Reading(case_of(settings("uncapacitated warehouses"), *_opened(sites.fixed, sites.costs)))


def simple(text: str) -> Reading:
    """UflLib's simple format: ``FILE: name``, ``n m 0``, then of each site its number, fixed cost and m costs.

    Raises:
        FormatError: it is no such file.
    """
    words = Tokens("\n".join(line for line in text.splitlines() if not line.lstrip().upper().startswith("FILE")))
    count, customers = words.whole("the number of sites", 1), words.whole("the number of customers", 1)
    words.number("the 0 after the numbers of sites and customers")
    fixed, by_site = [], []
    for i in range(1, count + 1):
        words.whole(f"the number of site {i}")
        fixed.append(words.number(f"the fixed cost of site {i}"))
        by_site.append(words.numbers(customers, f"the cost of site {i} for customer"))
    words.end()
    return Reading(case_of(settings("uncapacitated sites"), *_opened(fixed, list(zip(*by_site, strict=True)))))


def _opened(fixed: Sequence[float], costs: Sequence[Sequence[float]]) -> Iterator[Row]:
    """A site is a deal that opens its lanes, of which each takes a customer's whole demand, a tonne."""
    yield Material(name="goods", stage="goods")
    for i, cost in enumerate(fixed):
        yield from (
            Place(name=f"w{i}", home=True),
            Supply(name=f"w{i}", place=f"w{i}", material="goods", price=S(0.0)),
            Deal(name=f"open w{i}", signings_at_most=1, signing_cost=S(cost)),
        )
    for j, row in enumerate(costs):
        yield from _customer(j, 1.0)
        for i, cost in enumerate(row):
            yield Lane(name=f"w{i} c{j}", material="goods", origin=f"w{i}", destination=f"c{j}", freight=S(cost),
                       deals=((f"open w{i}",),))


def median(text: str) -> Reading:
    """OR-Library, p-median: ``n edges p``, then the edges with their length; the last of equal edges counts.

    Raises:
        FormatError: it is no such file, or a node cannot be reached.
    """
    words = Tokens(text)
    count, edges = words.whole("the number of nodes", 1), words.whole("the number of edges")
    most = words.whole("the number of medians", 1)
    far = np.full((count, count), np.inf)
    for e in range(1, edges + 1):
        a, b = (words.whole(f"a node of edge {e}", 1) - 1 for _ in range(2))
        if max(a, b) >= count:
            raise FormatError(f"edge {e} ends at node {max(a, b) + 1}, and there are {count}")
        far[a, b] = far[b, a] = words.number(f"the length of edge {e}")
    words.end()
    np.fill_diagonal(far, 0.0)
    for k in range(count):
        far = np.minimum(far, far[:, k, None] + far[None, k])
    if not np.isfinite(far).all():
        raise FormatError("a node cannot be reached from all others")
    rule = Rule(name="medians", rule="at most", n=most, list=("open *",))
    return Reading(case_of(settings("p-median"), *_opened([0.0] * count, far.tolist()), rule))


def transport(text: str) -> Reading:
    """Transport: ``m n``, m supplies, n demands, then of each source its n costs a unit.

    Raises:
        FormatError: it is no such file.
    """
    words = Tokens(text)
    sources, sinks = words.whole("the number of sources", 1), words.whole("the number of sinks", 1)
    supplies, demands = words.numbers(sources, "supply"), words.numbers(sinks, "demand")
    rows: list[Row] = [Material(name="goods", stage="goods")]
    for j, need in enumerate(demands):
        rows += _customer(j, need)
    for i, most in enumerate(supplies):
        rows += [Place(name=f"w{i}", home=True),
                 Supply(name=f"w{i}", place=f"w{i}", material="goods", price=S(0.0), limit=S(most))]
        rows += [Lane(name=f"w{i} c{j}", material="goods", origin=f"w{i}", destination=f"c{j}", freight=S(cost))
                 for j, cost in enumerate(words.numbers(sinks, f"the cost from source {i + 1} to sink"))]
    words.end()
    return Reading(case_of(settings("transport"), *rows))
