"""The most that can flow where, found by passing limits along the chain until nothing changes.

Forward: what supply, plants, lanes and stocks can bring to a place. Backward: what demand, plants, lanes, stocks,
markets and discarding can take there. A flow's bound is the least of its own limit, what arrives upstream and what is
taken downstream (MODEL.md section 6). Both passes start from no bound at all and only ever lower it, so that each
round is valid, on chains with cycles too. On trees the bound is the largest value that the flow can take.

Classes are followed as yes or no only: a variable exists where its class can occur.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse

from optimizer.case.schema import Series
from optimizer.model.calendar import orders_left
from optimizer.model.data import CLASSES, CLEAR, EXPOSED, Data, Thing

Vector = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Node = tuple[str, str]
K = TypeVar("K")

ROUNDS = 60
"""Rounds after which passing on stops; a bound not yet settled is valid, only wider than it could be."""

TINY = 1e-9
"""Tonnes below which nothing flows."""


@dataclass(frozen=True)
class Bounds:
    """The most that can flow, and in which class.

    Attributes:
        flow: (sheet, name) of a lane or supply -> most a year, one value a year; infinite where nothing bounds it.
        run: (plant, recipe) -> most main output a year.
        flow_classes: (lane, year, class) that can occur.
        run_classes: (plant, recipe, year, class) that can occur.
        at: (place, material, year, class) that can occur.
        brought: (place, material) -> most that can be there in a year, stocks included.
    """

    flow: Mapping[Thing, Vector]
    run: Mapping[tuple[str, str], Vector]
    flow_classes: frozenset[tuple[str, int, str]]
    run_classes: frozenset[tuple[str, str, int, str]]
    at: frozenset[tuple[str, str, int, str]]
    brought: Mapping[Node, Vector]

    def plant(self, plant: str, recipes: Iterable[str]) -> Vector | float:
        """The most main output a year of all recipes of a plant together, as far as the recipes alone say."""
        return sum((self.run[plant, recipe] for recipe in recipes), start=np.float64(0.0))


def propagate(data: Data) -> Bounds:
    """Bounds of one case; see the module's text for the method."""
    chain = _Chain(data)
    flows = _Flows(chain)
    for _ in range(ROUNDS):
        if not flows.tighten():
            break
    reach = _Reach(chain, flows)
    flow = {**_named(data.supplies, flows.buy, "Supply"), **_named(data.lanes, flows.ship, "Lanes")}
    return Bounds(
        flow, dict(zip(data.runs, flows.run, strict=True)),
        frozenset(_occurring([(name,) for name in data.lanes], data.years, reach.lanes)),
        frozenset(_occurring(list(data.runs), data.years, reach.runs)),
        frozenset(_occurring(list(chain.nodes), data.years, reach.at)),
        dict(zip(chain.nodes, flows.up, strict=True)),
    )


def _named(names: Iterable[str], flows: Vector, sheet: str) -> dict[Thing, Vector]:
    return {(sheet, name): most for name, most in zip(names, flows, strict=True)}


def _occurring(heads: list[tuple[str, ...]], years: tuple[int, ...], found: Flags) -> Iterator[Any]:
    """The index of everything that occurs, of flags by head, year and class."""
    for i, t, c in zip(*(axis.tolist() for axis in np.nonzero(found)), strict=True):
        yield *heads[i], years[t], CLASSES[c]


def widest(several: Iterable[Bounds]) -> Bounds:
    """The bounds that hold for each of several cases: those of a study box."""
    first, *rest = several
    if not rest:
        return first
    return Bounds(
        _widest([b.flow for b in (first, *rest)]),
        _widest([b.run for b in (first, *rest)]),
        first.flow_classes.union(*(b.flow_classes for b in rest)),
        first.run_classes.union(*(b.run_classes for b in rest)),
        first.at.union(*(b.at for b in rest)),
        _widest([b.brought for b in (first, *rest)]),
    )


def loosened(bounds: Bounds, most: float) -> Bounds:
    """The same bounds with `most` wherever anything can flow: a model built with them is not tightened."""

    def loose(table: Mapping[K, Vector]) -> dict[K, Vector]:
        return {key: np.where(bound > TINY, most, 0.0) for key, bound in table.items()}

    return replace(bounds, flow=loose(bounds.flow), run=loose(bounds.run))


def _widest(several: list[Mapping[K, Vector]]) -> dict[K, Vector]:
    found: dict[K, Vector] = {}
    for bounds in several:
        for key, bound in bounds.items():
            found[key] = np.maximum(found[key], bound) if key in found else bound
    return found


@dataclass(frozen=True)
class _Links:
    """Links between flows and nodes.

    Attributes:
        nodes: number of the node of each link.
        flows: number of the flow of each link.
        tonnes: tonnes at the node for each tonne of the flow.
        matrix: tonnes by node and flow; times flows by year it gives what they bring to, or take from, each node.
    """

    nodes: Ints
    flows: Ints
    tonnes: Vector
    matrix: sparse.csr_array

    def cut(self, flows: Vector, most: Vector) -> Vector:
        """Flows by year, lowered to what the nodes of each allow; `most` by node and year."""
        with np.errstate(divide="ignore", invalid="ignore"):  # a link without tonnes allows everything
            allowed = np.where(self.tonnes[:, None] > 0, most[self.nodes] / self.tonnes[:, None], np.inf)
        lowered = flows.copy()
        np.minimum.at(lowered, self.flows, allowed)
        return lowered


class _Chain:
    """A case in numbers: its nodes (place and material), and the links of supplies, lanes, runs and others to them."""

    def __init__(self, data: Data) -> None:
        supplies, lanes = data.supplies.values(), data.lanes.values()
        stocks, lines = data.case.stocks, data.case.demands
        runs = [(data.plants[plant], data.recipes[recipe]) for plant, recipe in data.runs]
        links: dict[str, tuple[int, list[tuple[int, Node, float]]]] = {
            "bought": (len(supplies), [(i, (row.place, row.material), 1.0) for i, row in enumerate(supplies)]),
            "arriving": (
                len(lanes), [(i, (row.destination, row.material), 1 - row.loss) for i, row in enumerate(lanes)]
            ),
            "leaving": (len(lanes), [(i, (row.origin, row.material), 1.0) for i, row in enumerate(lanes)]),
            "used": (len(runs), [
                (i, (row.place, m), amount) for i, (row, of) in enumerate(runs) for m, amount in of.inputs.items()
            ]),
            "made": (len(runs), [
                (i, (row.place, m), amount * (1 - row.partner_keeps if m == of.output else 1.0))
                for i, (row, of) in enumerate(runs) for m, amount in of.yields.items()
            ]),
            "output": (len(runs), [
                (i, (row.place, of.output), 1 - row.partner_keeps) for i, (row, of) in enumerate(runs)
            ]),
            "stocked": (len(stocks), [(i, (row.place, row.material), 1.0) for i, row in enumerate(stocks)]),
            "demanded": (len(lines), [(i, (row.place, row.material), 1.0) for i, row in enumerate(lines)]),
            "sold": (len(data.sold_at), [
                (i, (place, m), 1.0) for i, (m, places) in enumerate(data.sold_at.items()) for place in places
            ]),
        }
        every = dict.fromkeys(node for _, of in links.values() for _, node, _ in of)
        self.data = data
        self.nodes: dict[Node, int] = {node: i for i, node in enumerate(every)}
        self.links = {name: self._linked(count, of) for name, (count, of) in links.items()}

    def _linked(self, count: int, links: list[tuple[int, Node, float]]) -> _Links:
        """The links of so many flows."""
        nodes = np.array([self.nodes[node] for _, node, _ in links], dtype=np.int64)
        flows = np.array([i for i, _, _ in links], dtype=np.int64)
        tonnes = np.array([amount for _, _, amount in links], dtype=np.float64)
        some = tonnes > 0  # nothing of an infinite flow is nothing
        matrix = sparse.csr_array((tonnes[some], (nodes[some], flows[some])), shape=(len(self.nodes), count))
        return _Links(nodes, flows, tonnes, matrix)

    def marked(self, nodes: Iterable[Node]) -> Flags:
        """Which nodes are among some."""
        found = np.zeros(len(self.nodes), dtype=bool)
        found[[self.nodes[node] for node in nodes if node in self.nodes]] = True
        return found


class _Flows:
    """The bounds while they are tightened: matrices by supply, lane or run and year."""

    def __init__(self, chain: _Chain) -> None:
        self.data, self.links, data = chain.data, chain.links, chain.data
        self.buy = self._rows(self._own(("Supply", name), row.limit, row.total) for name, row in data.supplies.items())
        self.ship = self._rows(self._own(("Lanes", name), row.limit, None) for name, row in data.lanes.items())
        self.run = self._rows(self._capacity(*key) for key in data.runs)
        stocks = data.case.stocks
        self.up = np.zeros((len(chain.nodes), len(data.years)))
        self.held = self._at("stocked", self._by_year((row.limit for row in stocks), np.inf))
        self.opening = self.links["stocked"].matrix @ np.array([x.opening_clear + x.opening_exposed for x in stocks])
        # what is taken of a material that may be discarded, without end, or else by demand and markets
        self.wanted = self._at("demanded", self._by_year(row.tonnes for row in data.case.demands))
        self.wanted += self._at("sold", self._by_year(data.markets.values()))
        self.wanted[chain.marked(node for node in chain.nodes if node[1] in data.discardable)] = np.inf

    def _rows(self, rows: Iterable[Vector]) -> Vector:
        return np.array([*rows]).reshape(-1, len(self.data.years))

    def _by_year(self, several: Iterable[Series | None], blank: float = 0.0) -> Vector:
        return self._rows(self.data.on_years(series, blank) for series in several)

    def _at(self, link: str, flows: Vector) -> Vector:
        """What flows bring to each node or take from it, by node and year."""
        found: Vector = self.links[link].matrix @ flows
        return found

    def _own(self, thing: Thing, limit: Series | None, total: float | None) -> Vector:
        own = np.minimum(self.data.on_years(limit, np.inf), np.inf if total is None else total)
        return np.where(self.data.open(thing), np.minimum(own, self._taken(thing)), 0.0)

    def _taken(self, thing: Thing) -> Vector:
        """What the deals of each group may take at most, where each of them meters the thing and has a most."""
        bound = np.full(len(self.data.years), np.inf)
        for group in self.data.groups.get(thing, ()):
            deals = [self.data.deals[name] for name in group]
            if all(deal.most is not None and thing in self.data.meters[deal.name] for deal in deals):
                # in years before a most is given the deals are not in force
                bound = np.fmin(bound, self._by_year(deal.most for deal in deals).sum(axis=0))
        return bound

    def _capacity(self, plant: str, recipe: str) -> Vector:
        data, row, run = self.data, self.data.plants[plant], self.data.runs[plant, recipe]
        most = float(row.most_modules * orders_left(row))
        shares = data.available(plant, run.qualification_delay).max(axis=0, initial=0.0)
        bound = data.past_capacity(plant, run.qualification_delay) + (row.module or 0.0) * most * shares
        bound = np.minimum(bound / run.capacity_used, self._taken(("Plants", plant)))
        return np.where(data.open(("Plants", plant)), bound, 0.0)

    def tighten(self) -> bool:
        """One round forward and backward; whether any bound fell."""
        before = (self.buy, self.ship, self.run)
        self._forward()
        self._backward()
        return any(_fell(old, new) for old, new in zip(before, (self.buy, self.ship, self.run), strict=True))

    def _forward(self) -> None:
        """What reaches each node, and what can leave it for that."""
        inflow = self._at("bought", self.buy) + self._at("made", self.run) + self._at("arriving", self.ship)
        self.up = self._carried(inflow)
        self.run = self.links["used"].cut(self.run, self.up)
        self.ship = self.links["leaving"].cut(self.ship, self.up)

    def _carried(self, inflow: Vector) -> Vector:
        """What is there in a year, with what the stocks of the year before may hold of it."""
        there, carried = np.empty_like(inflow), self.opening
        for i in range(inflow.shape[1]):
            there[:, i] = inflow[:, i] + carried
            carried = np.minimum(self.held[:, i], there[:, i])
        return there

    def _backward(self) -> None:
        """What can leave each node, and what need reach it for that."""
        down = self.wanted + self._at("used", self.run) + self._at("leaving", self.ship) + self.held
        self.buy = self.links["bought"].cut(self.buy, down)
        self.ship = self.links["arriving"].cut(self.ship, down)
        self.run = self.links["output"].cut(self.run, down)


class _Reach:
    """In which class each flow can occur, given where anything can flow at all: flags by node or flow, year, class."""

    def __init__(self, chain: _Chain, flows: _Flows) -> None:
        self.data, self.links = chain.data, chain.links
        self.buy, self.ship, self.run = ((x > TINY)[:, :, None] for x in (flows.buy, flows.ship, flows.run))
        self.at = np.zeros((*flows.up.shape, len(CLASSES)), dtype=bool)
        self.relabelled = chain.marked(self.data.relabelled_at)[:, None]
        self.lanes, self.runs = (np.repeat(x, len(CLASSES), axis=2) for x in (self.ship, self.run))
        self._sources()
        size = -1
        while size != (size := int(self.at.sum())):
            self._stocks()
            self._lanes()
            self._runs()

    def _reached(self, link: str, flows: Flags) -> Flags:
        """The nodes that flows bring something to, by year."""
        found: Flags = self.links[link].matrix @ flows.astype(np.float64) > 0
        return found

    def _sources(self) -> None:
        data = self.data
        shares = [data.exposed_share(row.place, row.exposed_share) for row in data.supplies.values()]
        for c, cls in enumerate(CLASSES):
            split = np.array([cls in _classes(share) for share in shares], dtype=bool).reshape(-1, 1)
            self.at[:, :, c] |= self._reached("bought", self.buy[:, :, 0] & split)
            opening = [row.opening_clear if cls == CLEAR else row.opening_exposed for row in data.case.stocks]
            self.at[:, :, c] |= (self.links["stocked"].matrix @ np.array(opening) > 0)[:, None]

    def _stocks(self) -> None:
        """What can be in stock once can be there in every later year."""
        nodes = self.links["stocked"].nodes
        self.at[nodes] = np.logical_or.accumulate(self.at[nodes], axis=1)

    def _lanes(self) -> None:
        self.lanes = self.ship & self.at[self.links["leaving"].nodes]
        for c in range(len(CLASSES)):
            self.at[:, :, c] |= self._reached("arriving", self.lanes[:, :, c])

    def _runs(self) -> None:
        """Clear where every input can be clear; exposed where one can be exposed and the others relabelled to it."""
        clear, exposed = self.at[:, :, 0], self.at[:, :, 1]
        usable = exposed | (clear & self.relabelled)
        some_exposed = self._inputs(exposed) > 0
        self.runs = self.run & np.stack(
            [self._inputs(~clear) == 0, some_exposed & (self._inputs(~usable) == 0)], axis=2
        )
        shares = [self.data.exposed_share(row.place, row.exposed_share) for row in
                  (self.data.plants[plant] for plant, _ in self.data.runs)]
        for c, cls in enumerate(CLASSES):
            split = np.array([cls in _classes(share) for share in shares], dtype=bool).reshape(-1, 1)
            gives = self.runs[:, :, 0] & split
            self.at[:, :, c] |= self._reached("made", gives if cls == CLEAR else gives | self.runs[:, :, 1])

    def _inputs(self, flags: Flags) -> Ints:
        """How many inputs of each run lie at a node with a flag, by run and year."""
        used = self.links["used"]
        found = np.zeros(self.run.shape[:2], dtype=np.int64)
        np.add.at(found, used.flows, flags[used.nodes])
        return found


def _classes(exposed_share: float) -> tuple[str, ...]:
    return ((CLEAR,) if exposed_share < 1 else ()) + ((EXPOSED,) if exposed_share > 0 else ())


def _fell(old: Vector, new: Vector) -> bool:
    return bool(np.any(np.where(np.isinf(old), np.isfinite(new), new < old * (1 - 1e-9) - TINY)))
