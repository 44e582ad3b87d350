"""The most that can flow where, found by passing limits along the chain until nothing changes.

Forward: what supply, plants, lanes and stocks can bring to a place. Backward: what demand, plants, lanes, stocks,
markets and discarding can take there. A flow's bound is the least of its own limit, what arrives upstream and what is
taken downstream (MODEL.md section 6). Both passes start from no bound at all and only ever lower it, so that each
round is valid, on chains with cycles too. On trees the bound is the largest value that the flow can take.

Classes are followed as yes or no only: a variable exists where its class can occur.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from optimizer.case.schema import Series
from optimizer.model.calendar import orders_left
from optimizer.model.data import CLASSES, CLEAR, EXPOSED, Data, Thing

Vector = npt.NDArray[np.float64]
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
    flows = _Flows(data)
    for _ in range(ROUNDS):
        if not flows.tighten():
            break
    reach = _Reach(data, flows)
    return Bounds(
        {**{("Supply", s): v for s, v in flows.buy.items()}, **{("Lanes", lane): v for lane, v in flows.ship.items()}},
        dict(flows.run), frozenset(reach.lanes), frozenset(reach.runs), frozenset(reach.at), dict(flows.up),
    )


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


class _Flows:
    """The bounds while they are tightened; every vector has one value a year."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.years = data.years
        self.buy = {name: self._own(("Supply", name), row.limit) for name, row in data.supplies.items()}
        for name, row in data.supplies.items():
            if row.total is not None:
                self.buy[name] = np.minimum(self.buy[name], row.total)
        self.ship = {name: self._own(("Lanes", name), row.limit) for name, row in data.lanes.items()}
        self.run = {key: self._capacity(*key) for key in data.runs}
        self.up: dict[Node, Vector] = {}
        self.stock_limit = self._stock_limits()
        self.opening: dict[Node, float] = defaultdict(float)
        for stock in data.case.stocks:
            self.opening[stock.place, stock.material] += stock.opening_clear + stock.opening_exposed

    def _vector(self, series: Series | None, blank: float) -> Vector:
        if series is None:
            return np.full(len(self.years), blank)
        return np.array(series.on(self.years), dtype=np.float64)

    def _own(self, thing: Thing, limit: Series | None) -> Vector:
        own = np.minimum(self._vector(limit, np.inf), self._taken(thing))
        return np.where([self.data.open(thing, year) for year in self.years], own, 0.0)

    def _taken(self, thing: Thing) -> Vector:
        """What the deals of each group may take at most, where each of them meters the thing and has a most."""
        bound = np.full(len(self.years), np.inf)
        for group in self.data.groups.get(thing, ()):
            deals = [self.data.deals[name] for name in group]
            if all(deal.most is not None and thing in self.data.meters[deal.name] for deal in deals):
                bound = np.minimum(bound, sum((self._vector(deal.most, np.inf) for deal in deals), np.float64(0.0)))
        return bound

    def _capacity(self, plant: str, recipe: str) -> Vector:
        data, row, run = self.data, self.data.plants[plant], self.data.runs[plant, recipe]
        most = float(row.most_modules * orders_left(row))
        after = run.qualification_delay
        bound = np.array([data.past_capacity(plant, year, after) for year in self.years])
        shares = list(data.available(plant, after).values())
        if shares:
            bound += (row.module or 0.0) * most * np.max(shares, axis=0)
        bound = np.minimum(bound / run.capacity_used, self._taken(("Plants", plant)))
        return np.where([data.open(("Plants", plant), year) for year in self.years], bound, 0.0)

    def _stock_limits(self) -> dict[Node, Vector]:
        limits: dict[Node, Vector] = {}
        for stock in self.data.case.stocks:
            node = (stock.place, stock.material)
            own = self._vector(stock.limit, np.inf)
            limits[node] = limits[node] + own if node in limits else own
        return limits

    def tighten(self) -> bool:
        """One round forward and backward; whether any bound fell."""
        before = [v.copy() for table in (self.buy, self.ship, self.run) for v in table.values()]
        self._forward()
        self._backward()
        after = [v for table in (self.buy, self.ship, self.run) for v in table.values()]
        return any(_fell(old, new) for old, new in zip(before, after, strict=True))

    def _forward(self) -> None:
        data, up = self.data, defaultdict[Node, Vector](lambda: np.zeros(len(self.years)))
        for name, supply in data.supplies.items():
            up[supply.place, supply.material] = up[supply.place, supply.material] + self.buy[name]
        for (plant, recipe), bound in self.run.items():
            row, made = data.plants[plant], data.recipes[recipe]
            for material, amount in made.yields.items():
                kept = row.partner_keeps if material == made.output else 0.0
                up[row.place, material] = up[row.place, material] + _times(bound, amount * (1 - kept))
        for name, lane in data.lanes.items():
            node = (lane.destination, lane.material)
            up[node] = up[node] + _times(self.ship[name], 1 - lane.loss)
        for node, limit in self.stock_limit.items():
            up[node] = self._carried(node, up[node], limit)
        for (plant, recipe), bound in self.run.items():
            place = data.plants[plant].place
            for material, amount in data.recipes[recipe].inputs.items():
                bound = np.minimum(bound, up[place, material] / amount)
            self.run[plant, recipe] = bound
        for name, lane in data.lanes.items():
            self.ship[name] = np.minimum(self.ship[name], up[lane.origin, lane.material])
        self.up = dict(up)

    def _carried(self, node: Node, inflow: Vector, limit: Vector) -> Vector:
        there, carried = np.zeros_like(inflow), self.opening[node]
        for i in range(len(inflow)):
            there[i] = inflow[i] + carried
            carried = min(limit[i], there[i])
        return there

    def _backward(self) -> None:
        data, down = self.data, defaultdict[Node, Vector](lambda: np.zeros(len(self.years)))
        for line in data.case.demands:
            down[line.place, line.material] = down[line.place, line.material] + self._vector(line.tonnes, 0.0)
        for material, places in data.sold_at.items():
            for place in places:
                down[place, material] = down[place, material] + self._vector(data.markets[material], 0.0)
        for (plant, recipe), bound in self.run.items():
            for material, amount in data.recipes[recipe].inputs.items():
                node = (data.plants[plant].place, material)
                down[node] = down[node] + _times(bound, amount)
        for name, lane in data.lanes.items():
            down[lane.origin, lane.material] = down[lane.origin, lane.material] + self.ship[name]
        for node, limit in self.stock_limit.items():
            down[node] = down[node] + limit
        self._cut(down)

    def _cut(self, down: Mapping[Node, Vector]) -> None:
        data, none = self.data, np.zeros(len(self.years))

        def taken(place: str, material: str) -> Vector:
            return none + np.inf if material in data.discardable else down.get((place, material), none)

        for name, supply in data.supplies.items():
            self.buy[name] = np.minimum(self.buy[name], taken(supply.place, supply.material))
        for name, lane in data.lanes.items():
            if lane.loss < 1:
                there = taken(lane.destination, lane.material) / (1 - lane.loss)
                self.ship[name] = np.minimum(self.ship[name], there)
        for (plant, recipe), bound in self.run.items():
            row = data.plants[plant]
            if row.partner_keeps < 1:
                there = taken(row.place, data.recipes[recipe].output) / (1 - row.partner_keeps)
                self.run[plant, recipe] = np.minimum(bound, there)


class _Reach:
    """In which class each flow can occur, given where anything can flow at all."""

    def __init__(self, data: Data, flows: _Flows) -> None:
        self.data = data
        self.flows = flows
        self.years = data.years
        self.at: set[tuple[str, str, int, str]] = set()
        self.lanes: set[tuple[str, int, str]] = set()
        self.runs: set[tuple[str, str, int, str]] = set()
        self._sources()
        size = -1
        while size != len(self.at):
            size = len(self.at)
            self._stocks()
            self._lanes()
            self._runs()

    def _sources(self) -> None:
        for name, supply in self.data.supplies.items():
            share = self.data.exposed_share(supply.place, supply.exposed_share)
            for i, year in enumerate(self.years):
                if self.flows.buy[name][i] > TINY:
                    self.at.update((supply.place, supply.material, year, c) for c in _classes(share))
        for stock in self.data.case.stocks:
            for amount, cls in ((stock.opening_clear, CLEAR), (stock.opening_exposed, EXPOSED)):
                if amount > 0:
                    self.at.update((stock.place, stock.material, year, cls) for year in self.years)

    def _stocks(self) -> None:
        for place, material in self.flows.stock_limit:
            for cls in CLASSES:
                first = min((y for p, m, y, c in self.at if (p, m, c) == (place, material, cls)), default=None)
                if first is not None:
                    self.at.update((place, material, year, cls) for year in self.years if year >= first)

    def _lanes(self) -> None:
        for name, lane in self.data.lanes.items():
            for i, year in enumerate(self.years):
                if self.flows.ship[name][i] <= TINY:
                    continue
                for cls in CLASSES:
                    if (lane.origin, lane.material, year, cls) in self.at:
                        self.lanes.add((name, year, cls))
                        if lane.loss < 1:
                            self.at.add((lane.destination, lane.material, year, cls))

    def _runs(self) -> None:
        for (plant, recipe), bound in self.flows.run.items():
            row, made = self.data.plants[plant], self.data.recipes[recipe]
            share = self.data.exposed_share(row.place, row.exposed_share)
            for i, year in enumerate(self.years):
                if bound[i] <= TINY:
                    continue
                for cls in self._run_classes(row.place, made.inputs, year):
                    self.runs.add((plant, recipe, year, cls))
                    yields = _classes(share) if cls == CLEAR else (EXPOSED,)
                    self.at.update((row.place, material, year, c) for material in made.yields for c in yields)

    def _run_classes(self, place: str, inputs: Mapping[str, float], year: int) -> tuple[str, ...]:
        """Clear where every input can be clear; exposed where one can be exposed and the others relabelled to it."""
        clear = [(place, material, year, CLEAR) in self.at for material in inputs]
        exposed = [(place, material, year, EXPOSED) in self.at for material in inputs]
        relabel = [(place, material) in self.data.relabelled_at for material in inputs]
        usable = [e or (c and r) for e, c, r in zip(exposed, clear, relabel, strict=True)]
        return ((CLEAR,) if all(clear) else ()) + ((EXPOSED,) if any(exposed) and all(usable) else ())


def _classes(exposed_share: float) -> tuple[str, ...]:
    return ((CLEAR,) if exposed_share < 1 else ()) + ((EXPOSED,) if exposed_share > 0 else ())


def _times(bound: Vector, factor: float) -> Vector:
    """A bound times a factor, nothing times an infinite bound being nothing."""
    return bound * factor if factor else np.zeros_like(bound)


def _fell(old: Vector, new: Vector) -> bool:
    return bool(np.any(np.where(np.isinf(old), np.isfinite(new), new < old * (1 - 1e-9) - TINY)))
