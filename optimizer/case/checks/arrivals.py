"""A demand that more is asked of than can arrive: the arithmetic, from above.

For each place, material and year an amount is worked out that no plan can exceed: supply within its limits, plants at
the most capacity that they can have by then and at what their inputs allow, lanes within their limits after loss, and
what may lie in stock. It starts with "no limit" everywhere and is drawn in round by round; after every round it is
still an upper bound, so it may stop at any. What all sources of a material together give bounds each place too, which
keeps lanes that run in a circle from feeding themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from optimizer.case.case import Case
from optimizer.case.checks.chain import Recipe, Thing, in_force, may_close, most_capacity, openers, recipes
from optimizer.case.checks.common import Faults
from optimizer.case.checks.deals import metered
from optimizer.case.checks.reach import Node, obtainable
from optimizer.case.findings import Finding
from optimizer.case.schema import Deal, Demand, Lane, Plant, Run, Series, Stock, Supply

INF = math.inf
Source = tuple[str, float, str]
"""What brings something (``lane X``), how much of it at most, and its address."""
T = TypeVar("T")
_ROUNDS = 60


@dataclass
class Bounds:
    """Upper bounds on what can be at a place in a year.

    Attributes:
        case: the case.
        clear: whether only clear material counts.
        most: place and material -> year -> tonnes at most.
    """

    case: Case
    clear: bool
    most: dict[Node, dict[int, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        case = self.case
        self.recipes: dict[str, Recipe] = recipes(case)
        self.plants = {plant.name: plant for plant in case.plants}
        self.deals = {deal.name: deal for deal in case.deals}
        self.concern = {place.name for place in case.places if place.concern}
        self.supplies = _by_node(((s.place, s.material), s) for s in case.supplies)
        self.lanes = _by_node(((lane.destination, lane.material), lane) for lane in case.lanes)
        self.stocks = _by_node(((s.place, s.material), s) for s in case.stocks)
        self.runs = {
            name: [r for r in case.runs if r.plant == name and r.recipe in self.recipes] for name in self.plants
        }
        self.makers = _by_node(
            ((plant.place, material), plant)
            for name, plant in self.plants.items()
            for material in dict.fromkeys(m for run in self.runs[name] for m in self.recipes[run.recipe].made)
        )
        self.meters = {deal.name: metered(case, deal) for deal in case.deals}
        self.capacity = {
            (name, year): most_capacity(case, plant, year) for name, plant in self.plants.items() for year in case.years
        }
        self.force = {
            (d.name, year): in_force(case, d, year) if may_close(d) else 0.0 for d in case.deals for year in case.years
        }
        self.inflow: dict[tuple[str, str, int], float] = {}
        self.most = {node: dict.fromkeys(case.years, INF) for node in sorted(obtainable(case))}
        # a chain settles after as many rounds as it is long; circles may go on for ever, and need not
        for _ in range(_ROUNDS):
            if not self._draw_in():
                break

    def at(self, place: str, material: str, year: int) -> float:
        """The most that can be at a place in a year, t."""
        return self.most.get((place, material), {}).get(year, 0.0)

    def sources(self, place: str, material: str, year: int, *, lanes: bool = True) -> Iterator[Source]:
        """Everything that brings a material to a place in a year, with how much of it at most."""
        yield from self._supplied(place, material, year)
        yield from self._made(place, material, year)
        if lanes:
            yield from self._arriving(place, material, year)
        for stock in self.stocks.get((place, material), ()):
            yield f"stock '{stock.name}'", self._held(stock, year), _at(stock)

    def _arriving(self, place: str, material: str, year: int) -> Iterator[Source]:
        for lane in self.lanes.get((place, material), ()):
            if (lane.from_year or year) <= year <= (lane.to_year or year):
                amount = min(self._through(lane, lane.limit, year), self.at(lane.origin, material, year))
                yield f"lane '{lane.name}'", amount * (1 - lane.loss) if amount and lane.loss < 1 else 0.0, _at(lane)

    def _draw_in(self) -> bool:
        """One round over all years; whether anything became smaller."""
        places: dict[str, list[str]] = {}
        for place, material in self.most:
            places.setdefault(material, []).append(place)
        drawn = False
        for year in self.case.years:
            for material, those in places.items():
                everywhere = sum(
                    amount for place in those for _, amount, _ in self.sources(place, material, year, lanes=False)
                )
                for place in those:
                    held = sum(self._held(s, year) for s in self.stocks.get((place, material), ()))
                    came = sum(a for _, a, _ in self.sources(place, material, year)) - held if held < INF else INF
                    self.inflow[place, material, year] = min(came, everywhere)
                    new = min(came + held, everywhere)
                    if new < self.most[place, material][year] - 1e-9:
                        self.most[place, material][year] = new
                        drawn = True
        return drawn

    def _supplied(self, place: str, material: str, year: int) -> Iterator[Source]:
        for supply in self.supplies.get((place, material), ()):
            amount = min(self._through(supply, supply.limit, year), INF if supply.total is None else supply.total)
            share = self._clear_share(supply)
            yield f"supply '{supply.name}'", amount * share if share else 0.0, _at(supply)

    def _made(self, place: str, material: str, year: int) -> Iterator[Source]:
        for plant in self.makers.get((place, material), ()):
            runs = [run for run in self.runs[plant.name] if material in self.recipes[run.recipe].made]
            apart = sum(self._from_run(plant, run, material, year) for run in runs)
            # the recipes share the plant's capacity: together no more than the best of them alone
            best = max(self.recipes[run.recipe].made[material] / run.capacity_used for run in runs)
            yield f"plant '{plant.name}'", min(apart, self.capacity[plant.name, year] * best), _at(plant)

    def _from_run(self, plant: Plant, run: Run, material: str, year: int) -> float:
        recipe = self.recipes[run.recipe]
        amount = min(self._through(plant, None, year), self.capacity[plant.name, year] / run.capacity_used)
        for used, tonnes in recipe.inputs.items():
            amount = min(amount, self.at(plant.place, used, year) / tonnes)
        share = self._clear_share(plant)
        kept = plant.partner_keeps if material == recipe.output else 0.0
        factor = recipe.made[material] * share * (1 - kept)
        return amount * factor if factor else 0.0

    def _clear_share(self, row: Supply | Plant) -> float:
        if not self.clear:
            return 1.0
        exposed = row.exposed_share if row.exposed_share is not None else float(row.place in self.concern)
        return 1 - exposed

    def _held(self, stock: Stock, year: int) -> float:
        opening = stock.opening_clear + (0.0 if self.clear else stock.opening_exposed)
        if year == self.case.years[0]:
            return opening
        # what came in in each year before, of which the round has already noted the total
        node = (stock.place, stock.material)
        came = sum(self.inflow.get((*node, past), INF) for past in range(self.case.years[0], year))
        limit = INF if stock.limit is None else stock.limit.at(year - 1)
        return min(limit, opening + came)

    def _through(self, row: Lane | Supply | Plant, limit: Series | None, year: int) -> float:
        """The most that deals and its own limit let through a lane, supply or plant in a year."""
        own = INF if limit is None else limit.at(year)
        most: float = own
        thing: Thing = (type(row).sheet, row.name)
        for group in openers(row):
            through = 0.0
            for name in group:
                deal = self.deals.get(name)
                if deal is not None and self.force[name, year] > 0:
                    through += self._by_deal(deal, thing, own, year)
            most = min(most, through)
        return most

    def _by_deal(self, deal: Deal, thing: Thing, own: float, year: int) -> float:
        part = self.force[deal.name, year]
        most = own * part
        if deal.most is not None and thing in self.meters[deal.name]:
            most = min(most, deal.most.at(year) * part)
        return most


def _by_node(pairs: Iterable[tuple[Node, T]]) -> dict[Node, list[T]]:
    found: dict[Node, list[T]] = {}
    for node, row in pairs:
        found.setdefault(node, []).append(row)
    return found


def _at(row: Lane | Supply | Plant | Stock) -> str:
    return f"{type(row).sheet}[{row.key}]"


def arrivals(case: Case, faults: Faults) -> None:
    """What must be served of a product at a place can arrive there."""
    lines: dict[Node, list[Demand]] = {}
    for line in case.demands:
        lines.setdefault((line.place, line.material), []).append(line)
    for clear in (False, True):
        if any(_must(line, year, clear) > 0 for line in case.demands for year in case.years):
            bounds = Bounds(case, clear)
            for node, those in lines.items():
                _compare(case, faults, bounds, node, those)


def cannot_arrive(case: Case) -> tuple[Finding, ...]:
    """What must be served and cannot arrive, by arithmetic alone; empty where all can."""
    faults = Faults(case)
    arrivals(case, faults)
    return tuple(faults.found)


def _must(line: Demand, year: int, clear: bool) -> float:
    """What must be served, t; of clear material: what neither exposed material nor going short may cover."""
    floor = line.floor.at(year) if line.floor is not None else 1.0
    share = line.clear_share.at(year) if line.clear_share is not None else 0.0
    return line.tonnes.at(year) * (max(0.0, share + floor - 1) if clear else floor)


def _compare(case: Case, faults: Faults, bounds: Bounds, node: Node, lines: list[Demand]) -> None:
    short = []
    for year in case.years:
        needed = sum(_must(line, year, bounds.clear) for line in lines)
        if needed > bounds.at(*node, year) * (1 + 1e-9) + 1e-6:
            short.append((year, needed))
    if not short:
        return
    year, needed = short[0]
    place, material = node
    most = bounds.at(*node, year)
    parts = sorted((s for s in bounds.sources(place, material, year) if s[1] > 0), key=lambda s: -s[1])
    listed = ", ".join(f"{tonnes(amount)} by {name} ({case.cell(address)})" for name, amount, address in parts)
    line = max(lines, key=lambda line: _must(line, year, bounds.clear))
    kind = "clear " if bounds.clear else ""
    later = f" So it is in {len(short)} years, {short[0][0]} to {short[-1][0]}." if len(short) > 1 else ""
    others = f" by {len(lines)} demand lines" if len(lines) > 1 else ""
    faults.add(
        line, "tonnes",
        f"{tonnes(needed)} of {kind}'{material}' are needed at '{place}' in {year}{others}, at most {tonnes(most)} can "
        f"arrive: {listed or 'nothing brings any'}.{later}",
        "Add or widen a lane, supply or plant, or lower the floor" + (" or the clear share." if bounds.clear else "."),
        year=year,
    )


def tonnes(amount: float) -> str:
    """An amount for a message, as ``7,120 t``."""
    if math.isinf(amount):
        return "any amount"
    return f"{amount:,.0f} t" if amount >= 100 else f"{amount:,.3g} t"
