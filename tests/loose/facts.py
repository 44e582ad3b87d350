"""What the loose model reads off a case: recipes, calendar, groups. Written from the text alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from optimizer.case.case import Case
from optimizer.case.schema import Deal, Lane, Plant, Run, Series, Stock, Supply, matches

CLASSES = ("clear", "exposed")
TINY = 1e-9


@dataclass(frozen=True)
class Recipe:
    """Inputs and by-products per tonne of `output`."""

    inputs: dict[str, float]
    output: str
    by_products: dict[str, float]


@dataclass(frozen=True)
class Signing:
    """A deal signed in `year` for `terms` terms, in force over [start, end); `past` ones are data."""

    deal: str
    year: int
    terms: int
    decided: float
    start: float
    length: float
    past: bool = False

    @property
    def end(self) -> float:
        return self.start + self.terms * self.length

    def term(self, j: int) -> tuple[float, float]:
        """The interval of term j."""
        begin = self.start + j * self.length if j else self.start
        return begin, begin + self.length


@dataclass(frozen=True)
class Order:
    """Modules of a plant ordered in `year`, standing over [start, end); `past` is their number where it is data."""

    plant: str
    year: int
    start: float
    end: float
    past: float | None = None


def part(t: int, begin: float, end: float) -> float:
    """The part of year t inside [begin, end)."""
    return max(0.0, min(t + 1.0, end) - max(float(t), begin))


def at(series: Series | None, year: int, otherwise: float = 0.0) -> float:
    """The value of a year; of the first year given where the year lies before it."""
    if series is None:
        return otherwise
    return series.at(year if series.first is None else max(year, series.first))


@dataclass(frozen=True)
class Facts:
    """A case with the look-ups of the loose model."""

    case: Case

    @cached_property
    def years(self) -> tuple[int, ...]:
        return self.case.years

    @property
    def first(self) -> int:
        return self.years[0]

    @property
    def last(self) -> int:
        return self.years[-1]

    @property
    def end(self) -> int:
        return self.last + 1

    def sigma(self, year: int) -> float:
        """The deciding point of a year."""
        return self.case.settings.deciding_point.at(year) if year >= self.first else 0.0

    def df(self, year: int) -> float:
        """The discount factor of a year."""
        return float((1 + self.case.settings.discount_rate) ** -(year - self.first + 0.5))

    def payer(self, name: str | None) -> str:
        """The payer of a row."""
        return name or self.case.settings.payers[0]

    @cached_property
    def home(self) -> set[str]:
        return {p.name for p in self.case.places if p.home}

    @cached_property
    def concern(self) -> set[str]:
        return {p.name for p in self.case.places if p.concern}

    def exposed_share(self, row: Plant | Supply) -> float:
        """The exposed share of a plant or supply."""
        if row.exposed_share is not None:
            return row.exposed_share
        return 1.0 if row.place in self.concern else 0.0

    @cached_property
    def stage(self) -> dict[str, str]:
        return {m.name: m.stage for m in self.case.materials}

    @cached_property
    def plants(self) -> dict[str, Plant]:
        return {k.name: k for k in self.case.plants}

    @cached_property
    def deals(self) -> dict[str, Deal]:
        return {d.name: d for d in self.case.deals}

    @cached_property
    def recipes(self) -> dict[str, Recipe]:
        found: dict[str, Recipe] = {}
        for name in dict.fromkeys(line.recipe for line in self.case.recipe_lines):
            lines = [line for line in self.case.recipe_lines if line.recipe == name]
            (output,) = [line.material for line in lines if line.role == "output"]
            found[name] = Recipe(
                {line.material: line.amount for line in lines if line.role == "input"}, output,
                {line.material: line.amount for line in lines if line.role == "by-product"},
            )
        return found

    @cached_property
    def runs(self) -> dict[tuple[str, str], Run]:
        return {(r.plant, r.recipe): r for r in self.case.runs if r.plant in self.plants}

    def runs_of(self, plant: str) -> list[Run]:
        """The recipes of a plant."""
        return [run for (k, _), run in self.runs.items() if k == plant]

    def outputs_of(self, plant: str) -> set[str]:
        """The main outputs of a plant."""
        return {self.recipes[run.recipe].output for run in self.runs_of(plant)}

    def least_use(self, plant: str) -> float:
        """The least capacity that a tonne of a plant's main output takes."""
        return min((run.capacity_used for run in self.runs_of(plant)), default=math.inf)

    # ---- calendar

    def past_signing(self, deal: Deal) -> Signing | None:
        """The signing before the case begins."""
        if deal.signed_in is None:
            return None
        year = deal.signed_in
        return Signing(deal.name, year, 1, float(year), year + deal.lead, deal.term or math.inf, past=True)

    def open_signings(self, deal: Deal) -> list[Signing]:
        """The signings that can be decided, those that the past leaves no room for left out."""
        past, found = self.past_signing(deal), []
        most = deal.signings_at_most
        if deal.term is None and most is None:
            most = 1
        room = math.inf if most is None else most - (past is not None)
        for year in self._window(deal.window_from, deal.window_to):
            decided = year + self.sigma(year)
            start = decided + deal.lead
            if start >= self.end - TINY:
                continue
            fits = 1 if deal.term is None else math.ceil((self.end - start) / deal.term - TINY)
            for n in range(1, fits + 1):
                new = Signing(deal.name, year, n, decided, start, deal.term or math.inf)
                if n <= room and not (past and overlapping(past, new)):
                    found.append(new)
        return found

    def open_orders(self, plant: Plant) -> list[Order]:
        """The years in which a plant can be ordered."""
        if plant.module is None or plant.orders_at_most <= len(plant.ordered_in):
            return []
        found = []
        for year in self._window(plant.window_from, plant.window_to):
            start = year + self.sigma(year) + plant.lead
            if start < self.end - TINY:
                found.append(Order(plant.name, year, start, start + (plant.life or math.inf)))
        return found

    def past_orders(self, plant: Plant) -> list[Order]:
        """The orders made before the case begins."""
        found = []
        for year, modules in plant.ordered_in:
            start = int(year) + plant.lead
            found.append(Order(plant.name, int(year), start, start + (plant.life or math.inf), modules))
        return found

    @cached_property
    def signings(self) -> dict[str, list[Signing]]:
        """Every signing of each deal, the past one included."""
        return {
            d.name: self.open_signings(d) + [s for s in (self.past_signing(d),) if s] for d in self.case.deals
        }

    @cached_property
    def orders(self) -> dict[str, list[Order]]:
        """Every order of each plant, the past ones included."""
        return {k.name: self.open_orders(k) + self.past_orders(k) for k in self.case.plants}

    def _window(self, begin: int | None, end: int | None) -> Iterator[int]:
        for year in self.years:
            if (begin is None or year >= begin) and (end is None or year <= end):
                yield year

    def covers(self, signing: Signing, t: int) -> float:
        """The part of year t that a signing covers."""
        return part(t, signing.start, signing.end)

    def fails(self, signing: Signing) -> bool:
        """Whether it is of a deal that never closes."""
        return not signing.past and self.deals[signing.deal].chance <= 0

    def phi(self, signing: Signing, t: int) -> float:
        """The part of year t that a signing is in force."""
        return 0.0 if self.fails(signing) else self.covers(signing, t)

    def avail(
        self, order: Order, t: int, *, after: float = 0.0, years: tuple[int, float] = (1, math.inf)
    ) -> float:
        """Ramped part of year t in operating years `years` (from 1) and at least `after` years from the start."""
        ramp, total = self.plants[order.plant].ramp, 0.0
        for i in range(max(0, math.ceil(t + 1 - order.start) + 1)):
            begin, end = order.start + i, min(order.start + i + 1, order.end)
            if years[0] <= i + 1 <= years[1]:
                total += ramp[min(i, len(ramp) - 1)] * part(t, max(begin, order.start + after), end)
        return total

    def standing(self, order: Order, t: int) -> float:
        """The part of year t in which what was ordered stands, unramped."""
        return part(t, order.start, order.end)

    def use_ratio(self, begin: float, end: float) -> float:
        """Discounted use inside the horizon over that of the whole life, both from the first year on."""
        if math.isinf(end):
            return 1.0
        begin = max(begin, float(self.first))
        worth = {t: self.df(t) * part(t, begin, end) for t in range(math.floor(begin), math.ceil(end) + 1)}
        whole = sum(worth.values())
        # a term that ran out before the case has no use inside it
        return sum(w for t, w in worth.items() if t < self.end) / whole if whole > 0 else 0.0

    # ---- deals

    def groups(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """(sheet, name, deals in use of one group) for all that deals open."""
        rows: list[tuple[str, Lane | Plant | Supply]] = [("Lanes", lane) for lane in self.case.lanes]
        rows += [("Plants", plant) for plant in self.case.plants] + [("Supply", s) for s in self.case.supplies]
        for sheet, row in rows:
            groups = row.deals_to_run if isinstance(row, Plant) else row.deals
            for group in groups:
                yield sheet, row.name, tuple(d for d in group if d in self.deals)

    @cached_property
    def opened(self) -> list[tuple[str, str, str]]:
        """(deal, sheet, name): what each deal opens."""
        return [(d, sheet, name) for sheet, name, group in self.groups() for d in group]

    def material_of(self, sheet: str, name: str) -> str | None:
        """What flows on a lane, from a supply or out of a plant of one main output."""
        if sheet == "Plants":
            outputs = self.outputs_of(name)
            return next(iter(outputs)) if len(outputs) == 1 else None
        rows: dict[str, str] = {row.name: row.material for row in self.case.lanes} if sheet == "Lanes" else {
            row.name: row.material for row in self.case.supplies}
        return rows[name]

    def meter(self, deal: Deal) -> list[tuple[str, str]]:
        """(sheet, name) of what is metered under a deal."""
        mine = [(sheet, name) for d, sheet, name in self.opened if d == deal.name]
        if deal.meter is None:
            return mine
        word, _, patterns = deal.meter.partition(":")
        wanted = {"lanes": "Lanes", "plants": "Plants", "supply": "Supply"}[word.strip().lower()]
        kept = [(sheet, name) for sheet, name in mine if sheet == wanted]
        if not patterns.strip():
            return kept
        texts = [text.strip() for text in patterns.split("|")]
        return [x for x in kept if any(matches(self.material_of(*x) or "", text) for text in texts)]

    def ship_price(self, place: str, material: str, t: int) -> float:
        """The price where it is shipped from."""
        prices = [s.price.at(t) for s in self.case.supplies
                  if s.place == place and s.material == material and s.price is not None]
        if prices:
            return min(prices)
        (price,) = [m.price for m in self.case.materials if m.name == material]
        return at(price, t)

    def list_price(self, material: str, t: int) -> float:
        """The list price of a material."""
        (price,) = [m.price for m in self.case.materials if m.name == material]
        return at(price, t)

    def relabels(self) -> list[tuple[str, str]]:
        """(place, material) at which clear may be used as exposed."""
        return list(dict.fromkeys(
            (self.plants[k].place, material)
            for k, r in self.runs if len(self.recipes[r].inputs) >= 2 for material in self.recipes[r].inputs
        ))

    def stocks_at(self, place: str, material: str) -> list[Stock]:
        """The stocks of a material at a place."""
        return [b for b in self.case.stocks if b.place == place and b.material == material]


def overlapping(one: Signing, other: Signing) -> bool:
    """Whether two intervals have time in common."""
    return min(one.end, other.end) - max(one.start, other.start) > TINY
