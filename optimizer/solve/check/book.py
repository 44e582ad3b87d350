"""The case, the amounts and the complaints: what every block of the check reads and writes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from optimizer.case.case import Case
from optimizer.case.schema import Deal, Lane, Plant, Series, Supply
from optimizer.solve.amounts import Amounts, Claims

RELATIVE = 1e-6
"""Slack of a row, of its largest term."""

TONNES = 1e-6
"""Least slack of a row in tonnes."""

MOST_MONEY = 0.5
"""What the least slack of a row of money may be at most, in the case's currency."""

SHARE = "of 1"
"""The unit of dependence."""

EPS = 1e-9
CLASSES = ("clear", "exposed")


class Book:
    """One plan under check.

    Attributes:
        case: the case.
        amounts: the plan's decisions.
        claims: what is said of it.
        complaints: what does not hold, in words.
        listed: kind and year -> facts, material and tonnes of its flows, as far as some limit has asked for them.
    """

    def __init__(self, case: Case, amounts: Amounts, claims: Claims) -> None:
        self.case, self.amounts, self.claims = case, amounts, claims
        self.complaints: list[str] = []
        self.listed: dict[tuple[str, int], list[tuple[dict[str, str | None], str, float]]] = {}
        self.years = case.years
        self.first, self.end = case.years[0], case.years[-1] + 1
        self.home = {p.name for p in case.places if p.home}
        self.concern = {p.name for p in case.places if p.concern}
        self.plants = {p.name: p for p in case.plants}
        self.lanes = {x.name: x for x in case.lanes}
        self.supplies = {s.name: s for s in case.supplies}
        self.demands = {d.name: d for d in case.demands}
        self.stocks = {s.name: s for s in case.stocks}
        self.deals = {d.name: d for d in case.deals}
        self.materials = {m.name: m for m in case.materials}
        self.runs = {(r.plant, r.recipe): r for r in case.runs if r.plant in self.plants}
        self.orders_before = {p.name: [(int(year), size) for year, size in p.ordered_in] for p in case.plants}
        self.payer = case.settings.payers[0]
        self.output: dict[str, str] = {}
        self.inputs: dict[str, dict[str, float]] = defaultdict(dict)
        self.beside: dict[str, dict[str, float]] = defaultdict(dict)
        for line in case.recipe_lines:
            if line.role == "output":
                self.output[line.recipe] = line.material
            else:
                (self.inputs if line.role == "input" else self.beside)[line.recipe][line.material] = line.amount

    # --- rows

    @cached_property
    def currency(self) -> str:
        """The unit of money."""
        return self.case.settings.currency

    @cached_property
    def _floors(self) -> dict[str, float]:
        """Unit -> the least slack of a row in it; that of money follows the case, so that no case is too small."""
        cash = [abs(v) for v in (*self.claims.cash.values(), *self.claims.charged.values())]
        return {self.currency: min(MOST_MONEY, RELATIVE * max(cash, default=0.0)), SHARE: 1e-7}

    def at_most(self, what: str, left: float, right: float, terms: Iterable[float], unit: str = "t") -> None:
        """Complain where left is above right by more than the row's slack."""
        if not left <= right + self._slack(left, right, terms, unit):
            self.complaints.append(f"{what}: {left:,.6f} {unit} is above {right:,.6f} {unit}")

    def at_least(self, what: str, left: float, right: float, terms: Iterable[float], unit: str = "t") -> None:
        """Complain where left is below right by more than the row's slack."""
        if not left >= right - self._slack(left, right, terms, unit):
            self.complaints.append(f"{what}: {left:,.6f} {unit} is below {right:,.6f} {unit}")

    def equal(self, what: str, left: float, right: float, terms: Iterable[float], unit: str = "t") -> None:
        """Complain where the two differ by more than the row's slack."""
        if not abs(left - right) <= self._slack(left, right, terms, unit):
            self.complaints.append(f"{what}: {left:,.6f} {unit} is not {right:,.6f} {unit}")

    def _slack(self, left: float, right: float, terms: Iterable[float], unit: str) -> float:
        largest = max((abs(t) for t in (left, right, *terms) if math.isfinite(t)), default=0.0)
        return max(self._floors.get(unit, TONNES), RELATIVE * largest)

    # --- calendar

    def decided(self, year: int) -> float:
        """The point at which the decisions of a year fall."""
        inside = self.first <= year < self.end
        return year + (self.case.settings.deciding_point.at(year) if inside else 0.0)

    def discount(self, year: int) -> float:
        """Discount factor of the middle of a year."""
        return float((1 + self.case.settings.discount_rate) ** -(year - self.first + 0.5))

    def span(self, deal: Deal, year: int, terms: int) -> tuple[float, float]:
        """The interval in which a signing is in force."""
        start = self.decided(year) + deal.lead
        return start, math.inf if deal.term is None else start + terms * deal.term

    def life(self, plant: Plant, year: int) -> tuple[float, float]:
        """The interval in which what was ordered in a year operates."""
        start = self.decided(year) + plant.lead
        return start, math.inf if plant.life is None else start + plant.life

    @cached_property
    def signed(self) -> dict[str, list[tuple[int, int, float, float, bool]]]:
        """Deal -> year, terms, start, end of every signing, and whether it lies before the case."""
        found: dict[str, list[tuple[int, int, float, float, bool]]] = defaultdict(list)
        for (name, year, terms), number in self.amounts.sign.items():
            if number:
                found[name].append((year, terms, *self.span(self.deals[name], year, terms), False))
        for name, deal in self.deals.items():
            if deal.signed_in is not None:
                found[name].append((deal.signed_in, 1, *self.span(deal, deal.signed_in, 1), True))
        return found

    @cached_property
    def orders(self) -> dict[str, list[tuple[int, float, float, float, bool]]]:
        """Plant -> year, modules, start, end of every order, and whether it lies before the case."""
        found: dict[str, list[tuple[int, float, float, float, bool]]] = defaultdict(list)
        for (name, year), modules in self.amounts.modules.items():
            found[name].append((year, float(modules), *self.life(self.plants[name], year), False))
        for name, plant in self.plants.items():
            for before, size in self.orders_before[name]:
                found[name].append((before, size, *self.life(plant, before), True))
        return found

    def active(self, deal: str, year: int) -> float:
        """The part of a year in which a deal is in force: what was signed before the case, and what closes."""
        closes = self.deals[deal].chance > 0
        return sum(inside(year, start, end) for _, _, start, end, past in self.signed[deal] if past or closes)

    def operating(self, plant: str, begin: float, end: float, year: int, after: float = 0.0,
                  first: int = 1, last: int | None = None) -> float:
        """Ramped part of a year in which one order operates, what is younger than `after` left out."""
        ramp, total, i = self.plants[plant].ramp, 0.0, 0
        while begin + i < year + 1:
            if i + 1 >= first and (last is None or i + 1 <= last):
                low, high = max(begin + i, begin + after), min(begin + i + 1, end)
                total += ramp[min(i, len(ramp) - 1)] * inside(year, low, high)
            i += 1
        return total

    def capacity(self, plant: str, year: int, after: float = 0.0) -> float:
        """Capacity of a plant in a year."""
        row = self.plants[plant]
        built = sum(
            (row.module or 0.0) * n * self.operating(plant, s, e, year, after) for _, n, s, e, _ in self.orders[plant]
        )
        return value(row.capacity, year, 0.0) + built

    # --- flows

    def flow(self, sheet: str, name: str, year: int) -> float:
        """What flows through a lane, plant or supply in a year, both classes."""
        if sheet == "Supply":
            return self.amounts.buy.get((name, year), 0.0)
        if sheet == "Lanes":
            return sum(self.amounts.ship.get((name, year, c), 0.0) for c in CLASSES)
        return self.made.get((name, year), 0.0)

    @cached_property
    def made(self) -> dict[tuple[str, int], float]:
        """(plant, year) -> main output of all its runs."""
        found: dict[tuple[str, int], float] = defaultdict(float)
        for (plant, _, year, _), tonnes in self.amounts.run.items():
            found[plant, year] += tonnes
        return found

    @cached_property
    def meters(self) -> dict[str, list[tuple[str, str]]]:
        """Deal -> what its volume is measured on."""
        from optimizer.solve.check.deals import metered

        return {name: metered(self, deal) for name, deal in self.deals.items()}

    def volume(self, deal: str, year: int, things: Sequence[tuple[str, str]] | None = None) -> float:
        """Tonnes on the meter of a deal in a year."""
        some = self.meters[deal] if things is None else things
        return sum(self.amounts.alloc.get((deal, *thing, year), 0.0) for thing in some)

    def exposed(self, row: Supply | Plant, year: int) -> float:
        """The exposed share of what a supply or plant gives in a year, its blank read."""
        return row.exposed_share if row.exposed_share is not None else (1.0 if row.place in self.concern else 0.0)

    def room(self, row: Supply | Plant | Lane | Deal, year: int, most: float, level: Callable[[Book], float]) -> float:
        """What a limit of a row of the case leaves in a year: as much as it says.

        Args:
            row: what is limited.
            year: the year.
            most: what the limit says.
            level: how much of it a plan uses.
        """
        return most


def inside(year: int, begin: float, end: float) -> float:
    """The part of a year inside an interval."""
    length = min(year + 1.0, end) - max(float(year), begin)
    return length if length > EPS else 0.0


def value(series: Series | None, year: int, blank: float) -> float:
    """A series in a year, or what a blank means."""
    return blank if series is None else series.at(year)


def times(series: Series | None, year: int, amount: float) -> float:
    """A series in a year times an amount; a series need not begin before there is any amount."""
    return 0.0 if series is None or amount == 0 else series.at(year) * amount
