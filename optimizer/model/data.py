"""The case in the form in which the blocks use it: blanks resolved, series by year, deals and calendars worked out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from optimizer.case.case import Case
from optimizer.case.schema import Deal, Groups, Lane, Plant, Run, Series, Supply, matches
from optimizer.model.calendar import (
    Calendar,
    Floats,
    Operation,
    Signing,
    available,
    operation,
    order_years,
    part,
    past_signing,
    signings,
)

Ints = npt.NDArray[np.int64]

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
class SignedTerms:
    """The terms of several signings.

    Attributes:
        signing: for each term, the number of its signing.
        at: the point in time at which each is signed.
        used: the share of the use of each that falls inside the horizon.
    """

    signing: Ints
    at: Floats
    used: Floats


@dataclass(frozen=True)
class Data:
    """A case resolved for the model; amounts in t, money in the case's currency, time in years.

    Attributes:
        case: the case.
        unit: the model's unit of money, where it is that of another model; None for the case's own.
    """

    case: Case
    unit: float | None = None

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
        if self.unit is not None:
            return self.unit
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

    def terms(self, several: Sequence[Signing]) -> SignedTerms:
        """Every term of some signings that is paid for."""
        count = np.array([s.terms_due for s in several])
        start, length = np.array([s.start for s in several]), np.array([s.length for s in several])
        at = np.array([self.calendar.decided(s.year) for s in several])
        signing = np.repeat(np.arange(len(several)), count)
        # a blank term runs to the end and is the only one
        j = np.arange(len(signing)) - np.repeat(np.cumsum(count) - count, count)
        shift = np.multiply(j, length[signing], out=np.zeros(len(j)), where=j > 0)
        begin = start[signing] + shift
        used = self.calendar.used_inside(begin, begin + length[signing])
        return SignedTerms(signing, at[signing] + shift, used)

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
    def orders_of(self) -> dict[str, tuple[Operation, ...]]:
        """Plant -> operation of each order that can still be made, in the order of years."""
        found: dict[str, list[Operation]] = {name: [] for name in self.plants}
        for (name, _), op in self.operations.items():
            found[name].append(op)
        return {name: tuple(of) for name, of in found.items()}

    @cached_property
    def _available(self) -> dict[tuple[str, float], Floats]:
        return {}

    def available(self, plant: str, after: float = 0.0) -> Floats:
        """Ramped share of the capacity of each order that can still be made, having operated `after`: [order, year]."""
        found = self._available.get((plant, after))
        if found is None:
            start, end = intervals(self.orders_of[plant])
            found = available(start, end, self.plants[plant].ramp, np.array(self.years), after)
            self._available[plant, after] = found
        return found

    def standing(self, plant: str) -> Floats:
        """The part of each year in which each order that can still be made operates, unramped: [order, year]."""
        return part(np.array(self.years), *intervals(self.orders_of[plant]))

    @cached_property
    def signed_over(self) -> dict[str, Floats]:
        """Deal -> the part of each year for which each of its signings is made, closing or not: [signing, year]."""
        years = np.array(self.years)
        return {name: part(years, *intervals(of)) for name, of in self.signings.items()}

    @cached_property
    def phi(self) -> dict[str, Floats]:
        """Deal -> the part of each year in which each of its signings is in force: [signing, year]."""
        closes = {name: np.array([[s.closes] for s in of], dtype=bool) for name, of in self.signings.items()}
        return {name: over * closes[name].reshape(-1, 1) for name, over in self.signed_over.items()}

    @cached_property
    def past_phi(self) -> dict[str, Floats]:
        """Deal -> the part of each year in which what was signed before the case is in force; 0 without."""
        none, years = np.zeros(len(self.years)), np.array(self.years)
        return {name: self.past[name].phi(years) if name in self.past else none for name in self.deals}

    @cached_property
    def in_force(self) -> dict[str, npt.NDArray[np.bool_]]:
        """Deal -> the years in which it can be in force, by the calendar alone.

        A deal that never closes has the columns and rows of one that does, all held to nothing: which of its terms are
        in force is a matter of coefficients, so that a future in which it fails is the same model with other numbers.
        """
        return {name: (over > 0).any(axis=0) | (self.past_phi[name] > 0) for name, over in self.signed_over.items()}

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
        return frozenset((name, self.years[i]) for name, of in self.in_force.items() for i in np.flatnonzero(of))

    def open(self, thing: Thing) -> npt.NDArray[np.bool_]:
        """The years in which deals can open a lane, plant or supply (all where none is asked for)."""
        years = np.array(self.years)
        found = np.ones(len(years), dtype=bool)
        if thing[0] == "Lanes":
            lane = self.lanes[thing[1]]
            found = (years >= (lane.from_year or years)) & (years <= (lane.to_year or years))
        for group in self.groups.get(thing, ()):
            found = found & np.any([self.in_force[deal] for deal in group], axis=0)
        return found

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

    def price(self, material: str) -> Floats:
        """List price of a material by year; the checks make sure that it has one where it is asked for."""
        return self.on_years(self._prices[material], 0.0)

    @cached_property
    def _prices(self) -> dict[str, Series | None]:
        return {material.name: material.price for material in self.case.materials}

    def price_at(self, place: str, material: str) -> Floats:
        """Price by year where it is shipped from: the lowest price of the supplies there, else its list price."""
        series = [s.price for s in self._supplies_at.get((place, material), ()) if s.price is not None]
        prices = [self.on_years(one, 0.0) for one in series]
        return np.min(prices, axis=0) if prices else self.price(material)

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
        """The first year in which something still to be decided can be in force or have capacity (convention 24).

        A deal that never closes counts as one that does: futures that differ in it count the same years.
        """
        parts = [*self.signed_over.values(), *(self.standing(plant) for plant in self.plants)]
        moved = np.any([(part > 0).any(axis=0) for part in parts], axis=0) if parts else np.zeros(1)
        return self.years[int(moved.argmax())] if moved.any() else None

    @cached_property
    def year_weights(self) -> dict[int, float]:
        """Year -> weight in mean dependence."""
        given = self.case.settings.weights
        if given is not None:
            return {year: given.at(year) for year in self.years}
        start = self.first_moved_year if self.first_moved_year is not None else self.years[0]
        return {year: float(year >= start) for year in self.years}

    def past_capacity(self, plant: str, after: float = 0.0) -> Floats:
        """Capacity by year of what stands or was ordered before the case, having operated for `after` if ordered."""
        row, total = self.plants[plant], self.on_years(self.plants[plant].capacity, 0.0)
        for at, _ in row.ordered_in:
            op, modules = self.past_orders[plant, int(at)]
            total = total + (row.module or 0.0) * modules * op.available(np.array(self.years), after)
        return total

    def on_years(self, series: Series | None, blank: float) -> Floats:
        """A series by year of the case; see :func:`on_years`."""
        return on_years(series, self.years, blank)


def on_years(series: Series | None, years: npt.ArrayLike, blank: float) -> Floats:
    """A series by year: `blank` where there is none, not a number before the first year that it is given for."""
    if series is None or series.constant is not None:
        return np.full(np.shape(years), blank if series is None else series.constant)
    given, values = zip(*series.points, strict=True)
    return np.asarray(np.interp(np.asarray(years), given, values, left=np.nan))


def value(series: Series | None, year: int, blank: float) -> float:
    """The value of a series in `year`, or what a blank one means."""
    return blank if series is None else series.at(year)


def intervals(several: Sequence[Operation] | Sequence[Signing]) -> tuple[Floats, Floats]:
    """Start and end of each, as columns: what stands beside years broadcasts to [one of them, year]."""
    return np.array([[x.start] for x in several]).reshape(-1, 1), np.array([[x.end] for x in several]).reshape(-1, 1)
