"""The case in the form in which the blocks use it: blanks resolved, series by year, deals and calendars worked out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from optimizer.case.case import Case
from optimizer.case.schema import Deal, Groups, Lane, Plant, Run, Series, Supply, matches
from optimizer.model.calendar import (
    Calendar,
    Operation,
    Signing,
    operation,
    order_years,
    past_signing,
    signings,
)

CLEAR, EXPOSED = "clear", "exposed"
CLASSES = (CLEAR, EXPOSED)

Thing = tuple[str, str]
"""A lane, plant or supply that a deal can open: its sheet (Lanes, Plants, Supply) and its name."""


@dataclass(frozen=True)
class Recipe:
    """A recipe: tonnes per tonne of main output.

    Attributes:
        output: the main output.
        inputs: material -> tonnes used.
        by_products: material -> tonnes that come beside it.
    """

    output: str
    inputs: dict[str, float]
    by_products: dict[str, float]

    @property
    def yields(self) -> dict[str, float]:
        """Material -> tonnes made, the main output's one among them."""
        return {self.output: 1.0, **self.by_products}


@dataclass(frozen=True)
class Data:
    """A case resolved for the model; amounts in t, money in the case's currency, time in years."""

    case: Case

    @cached_property
    def calendar(self) -> Calendar:
        """Years, deciding points, discounting."""
        return Calendar.of(self.case.settings)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years of the case."""
        return tuple(self.calendar.years)

    @cached_property
    def money(self) -> float:
        """The model's unit of money, in the case's currency: a power of ten, so that amounts stand beside tonnes.

        Money enters rows whose tolerances are absolute: what a case turns over in a year, or pays at once, should be a
        few hundred units. Countries come out at millions.
        """
        prices = [series.at(self.years[-1]) for series in self._all_prices() if series is not None]
        tonnes = [max(line.tonnes.on(self.years)) for line in self.case.demands]
        turnover = max(prices, default=0.0) * max(tonnes, default=0.0)
        signings = (deal.signing_cost for deal in self.case.deals)
        orders = (plant.site_cost for plant in self.case.plants)
        once = [series.at(self.years[-1]) for series in (*signings, *orders) if series is not None]
        largest = max(turnover, *once, 1.0)
        return float(10 ** min(6, max(0, math.floor(math.log10(largest)) - 2)))

    def _all_prices(self) -> Iterable[Series | None]:
        yield from (supply.price for supply in self.case.supplies)
        yield from (run.variable_cost for run in self.case.runs)
        yield from (lane.freight for lane in self.case.lanes)
        yield from (deal.fee for deal in self.case.deals)

    @cached_property
    def first_payer(self) -> str:
        """Who pays where a row does not say."""
        return self.case.settings.payers[0]

    @cached_property
    def home(self) -> frozenset[str]:
        """Places at home."""
        return frozenset(place.name for place in self.case.places if place.home)

    @cached_property
    def concern(self) -> frozenset[str]:
        """Places of concern."""
        return frozenset(place.name for place in self.case.places if place.concern)

    @cached_property
    def recipes(self) -> dict[str, Recipe]:
        """Recipes by name."""
        lines = defaultdict(list)
        for line in self.case.recipe_lines:
            lines[line.recipe].append(line)
        return {
            name: Recipe(
                next(line.material for line in of if line.role == "output"),
                {line.material: line.amount for line in of if line.role == "input"},
                {line.material: line.amount for line in of if line.role == "by-product"},
            )
            for name, of in lines.items()
        }

    @cached_property
    def plants(self) -> dict[str, Plant]:
        """Plants by name."""
        return {plant.name: plant for plant in self.case.plants}

    @cached_property
    def lanes(self) -> dict[str, Lane]:
        """Lanes by name."""
        return {lane.name: lane for lane in self.case.lanes}

    @cached_property
    def supplies(self) -> dict[str, Supply]:
        """Supplies by name."""
        return {supply.name: supply for supply in self.case.supplies}

    @cached_property
    def deals(self) -> dict[str, Deal]:
        """Deals by name."""
        return {deal.name: deal for deal in self.case.deals}

    @cached_property
    def runs(self) -> dict[tuple[str, str], Run]:
        """Recipes at plants by (plant, recipe)."""
        return {(run.plant, run.recipe): run for run in self.case.runs if run.plant in self.plants}

    @cached_property
    def runs_of(self) -> dict[str, tuple[str, ...]]:
        """Plant -> recipes that it can run."""
        found: dict[str, list[str]] = {name: [] for name in self.plants}
        for plant, recipe in self.runs:
            found[plant].append(recipe)
        return {plant: tuple(recipes) for plant, recipes in found.items()}

    @cached_property
    def signings(self) -> dict[str, tuple[Signing, ...]]:
        """Deal -> every way in which it can still be signed."""
        return {name: signings(deal, self.calendar) for name, deal in self.deals.items()}

    @cached_property
    def past(self) -> dict[str, Signing]:
        """Deal -> the term signed before the case begins, for those that have one."""
        found = {name: past_signing(deal, self.calendar) for name, deal in self.deals.items()}
        return {name: signing for name, signing in found.items() if signing is not None}

    @cached_property
    def operations(self) -> dict[tuple[str, int], Operation]:
        """(plant, year) -> operation of an order that can still be made."""
        return {
            (name, year): operation(plant, year, self.calendar)
            for name, plant in self.plants.items()
            for year in order_years(plant, self.calendar)
        }

    @cached_property
    def _available(self) -> dict[tuple[str, float], dict[int, tuple[float, ...]]]:
        return {}

    def available(self, plant: str, after: float = 0.0) -> dict[int, tuple[float, ...]]:
        """Year of an order that can still be made -> ramped share of its capacity by year, having operated `after`."""
        found = self._available.get((plant, after))
        if found is None:
            orders = {year: self.operations[plant, year] for year in order_years(self.plants[plant], self.calendar)}
            found = {at: tuple(op.available(year, after) for year in self.years) for at, op in orders.items()}
            self._available[plant, after] = found
        return found

    @cached_property
    def in_force(self) -> dict[tuple[str, int], tuple[tuple[Signing, float], ...]]:
        """(deal, year) -> the signings in force in it, each with the part of the year; none where there is none."""
        found: dict[tuple[str, int], list[tuple[Signing, float]]] = {
            (name, year): [] for name in self.deals for year in self.years
        }
        for name, of in self.signings.items():
            for s in of:
                last = self.calendar.end if math.isinf(s.end) else min(self.calendar.end, math.ceil(s.end))
                for year in range(max(self.calendar.first, math.floor(s.start)), last):
                    if (part := s.phi(year)) > 0:
                        found[name, year].append((s, part))
        return {key: tuple(parts) for key, parts in found.items()}

    @cached_property
    def year_number(self) -> dict[int, int]:
        """Year -> its place among the years of the case, from 0."""
        return {year: i for i, year in enumerate(self.years)}

    @cached_property
    def past_orders(self) -> dict[tuple[str, int], tuple[Operation, float]]:
        """(plant, year) -> operation and modules of an order made before the case begins."""
        return {
            (name, int(year)): (operation(plant, int(year), self.calendar), modules)
            for name, plant in self.plants.items()
            for year, modules in plant.ordered_in
        }

    @cached_property
    def groups(self) -> dict[Thing, Groups]:
        """What deals open -> its groups of deals in use (any of each, all of the groups)."""
        named: list[tuple[Thing, Groups]] = [
            *((("Lanes", lane.name), lane.deals) for lane in self.case.lanes),
            *((("Supply", supply.name), supply.deals) for supply in self.case.supplies),
            *((("Plants", plant.name), plant.deals_to_run) for plant in self.case.plants),
        ]
        return {
            thing: tuple(tuple(deal for deal in group if deal in self.deals) for group in groups)
            for thing, groups in named
            if groups
        }

    @cached_property
    def possible(self) -> frozenset[tuple[str, int]]:
        """(deal, year) in which the deal can be in force."""
        return frozenset(
            (name, year)
            for name in self.deals
            for year in self.years
            if self.in_force[name, year]
            or (name in self.past and self.past[name].phi(year) > 0)
        )

    def open(self, thing: Thing, year: int) -> bool:
        """Whether deals can open a lane, plant or supply in `year` (open where none is asked for)."""
        if thing[0] == "Lanes":
            lane = self.lanes[thing[1]]
            if not (lane.from_year or year) <= year <= (lane.to_year or year):
                return False
        groups = self.groups.get(thing, ())
        return all(any((deal, year) in self.possible for deal in group) for group in groups)

    def materials_of(self, thing: Thing) -> frozenset[str]:
        """What flows through a lane or supply, or the main outputs of a plant."""
        sheet, name = thing
        if sheet == "Lanes":
            return frozenset([self.lanes[name].material])
        if sheet == "Supply":
            return frozenset([self.supplies[name].material])
        return frozenset(self.recipes[recipe].output for recipe in self.runs_of[name])

    @cached_property
    def opened(self) -> dict[str, tuple[Thing, ...]]:
        """Deal -> what it opens."""
        found: dict[str, list[Thing]] = {name: [] for name in self.deals}
        for thing, groups in self.groups.items():
            for deal in {deal for group in groups for deal in group}:
                found[deal].append(thing)
        return {deal: tuple(sorted(things)) for deal, things in found.items()}

    @cached_property
    def meters(self) -> dict[str, tuple[Thing, ...]]:
        """Deal -> the lanes, plants or supplies on its meter (convention 15)."""
        return {name: self._meter(deal) for name, deal in self.deals.items()}

    def _meter(self, deal: Deal) -> tuple[Thing, ...]:
        things = self.opened[deal.name]
        if deal.meter is None:
            return things
        kind, _, patterns = deal.meter.partition(":")
        sheet = {"lanes": "Lanes", "plants": "Plants", "supply": "Supply"}[kind.strip().lower()]
        wanted = [pattern.strip() for pattern in patterns.split("|") if pattern.strip()] or ["*"]
        return tuple(
            thing
            for thing in things
            if thing[0] == sheet
            and any(matches(material, pattern) for material in self.materials_of(thing) for pattern in wanted)
        )

    def exposed_share(self, place: str, given: float | None) -> float:
        """An exposed share with its blank resolved: 1 in a place of concern, else 0."""
        return given if given is not None else float(place in self.concern)

    def price(self, material: str, year: int) -> float:
        """List price of a material; the checks make sure that it has one where it is asked for."""
        return value(self._prices[material], year, 0.0)

    @cached_property
    def _prices(self) -> dict[str, Series | None]:
        return {material.name: material.price for material in self.case.materials}

    def price_at(self, place: str, material: str, year: int) -> float:
        """Price where it is shipped from: the lowest price of the supplies there, else its list price."""
        supplies = [s.price.at(year) for s in self._supplies_at.get((place, material), ()) if s.price is not None]
        return min(supplies) if supplies else self.price(material, year)

    @cached_property
    def _supplies_at(self) -> dict[tuple[str, str], list[Supply]]:
        found = defaultdict(list)
        for supply in self.case.supplies:
            found[supply.place, supply.material].append(supply)
        return dict(found)

    @cached_property
    def discardable(self) -> dict[str, float]:
        """Material -> cost of discarding, for what may be discarded (convention 10)."""
        by_products = {m for recipe in self.recipes.values() for m in recipe.by_products}
        return {
            material.name: material.discarding or 0.0
            for material in self.case.materials
            if material.discarding is not None or material.name in by_products
        }

    @cached_property
    def sold_at(self) -> dict[str, tuple[str, ...]]:
        """Material with a market -> places that may sell it."""
        home = tuple(place.name for place in self.case.places if place.home)
        return {m.name: m.sold_at or home for m in self.case.materials if m.market is not None}

    @cached_property
    def markets(self) -> dict[str, Series]:
        """Material -> the most that can be sold a year, for those with a market."""
        return {m.name: m.market for m in self.case.materials if m.market is not None}

    @cached_property
    def relabelled_at(self) -> frozenset[tuple[str, str]]:
        """(place, material) where clear material may be used as exposed (convention 9)."""
        return frozenset(
            (self.plants[plant].place, material)
            for plant, recipe in self.runs
            if len(self.recipes[recipe].inputs) >= 2
            for material in self.recipes[recipe].inputs
        )

    @cached_property
    def weights(self) -> dict[str, float]:
        """Demand line -> weight in dependence."""
        return {
            line.name: line.weight if line.weight is not None else float(line.place in self.home)
            for line in self.case.demands
        }

    @cached_property
    def demand(self) -> dict[int, float]:
        """Year -> weighted demand."""
        return {
            year: sum(self.weights[line.name] * line.tonnes.at(year) for line in self.case.demands)
            for year in self.years
        }

    @cached_property
    def glide(self) -> dict[int, float]:
        """Year -> how much of its dependence the goal counts."""
        settings = self.case.settings
        if settings.glide is not None:
            return {year: settings.glide.at(year) for year in self.years}
        start = settings.full_from or settings.first_year
        return {year: float(year >= start) for year in self.years}

    @cached_property
    def first_moved_year(self) -> int | None:
        """The first year in which something still to be decided can be in force or have capacity (convention 24)."""
        signed = (year for (_, year), parts in self.in_force.items() if parts)
        built = (y for op in self.operations.values() for y in self.years if op.standing(y) > 0)
        return min((*signed, *built), default=None)

    @cached_property
    def year_weights(self) -> dict[int, float]:
        """Year -> weight in mean dependence."""
        given = self.case.settings.weights
        if given is not None:
            return {year: given.at(year) for year in self.years}
        start = self.first_moved_year if self.first_moved_year is not None else self.years[0]
        return {year: float(year >= start) for year in self.years}

    def past_capacity(self, plant: str, year: int, after: float = 0.0) -> float:
        """Capacity in `year` of what stands or was ordered before the case, having operated for `after` if ordered."""
        row = self.plants[plant]
        made = (self.past_orders[plant, int(at)] for at, _ in row.ordered_in)
        ordered = sum((row.module or 0.0) * modules * op.available(year, after) for op, modules in made)
        return value(row.capacity, year, 0.0) + ordered


def value(series: Series | None, year: int, blank: float) -> float:
    """The value of a series in `year`, or what a blank one means."""
    return blank if series is None else series.at(year)


def by(pairs: Iterable[tuple[tuple[object, ...], object]]) -> dict[tuple[object, ...], list[object]]:
    """Pairs gathered by their first part, in order: what an indexed set of a block is made of."""
    found: dict[tuple[object, ...], list[object]] = {}
    for key, item in pairs:
        found.setdefault(key, []).append(item)
    return found
