"""Cash of every item, what is charged to the horizon, and the cost (MODEL.md 5, conventions 16 to 20)."""

from __future__ import annotations

import math
from collections import defaultdict

from optimizer.case.schema import Plant, matches
from optimizer.solve.check.book import EPS, Book, inside, times, value

Charge = tuple[str, str, str]


class _Till:
    """Cash by item, heading, payer and year, and the charges by use."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.cash: dict[tuple[str, str, str, int], float] = defaultdict(float)
        self.used: dict[Charge, float] = defaultdict(float)

    def pay(self, item: str, year: int, amount: float, payer: str | None, heading: str | None = None) -> None:
        self.cash[item, heading or item, payer or self.book.payer, year] += amount

    def by_use(
        self, item: str, payments: list[tuple[int, float]], begin: float, end: float, payer: str | None,
        heading: str | None = None,
    ) -> None:
        """Cash of payments inside the horizon; their present value charged by the use inside it."""
        book, value_ = self.book, 0.0
        for year, amount in payments:
            value_ += book.discount(year) * amount
            if book.first <= year < book.end:
                self.pay(item, year, amount, payer, heading)
        self.used[item, heading or item, payer or book.payer] += value_ * _share(book, begin, end)

    def charged(self, by_use: set[str]) -> dict[Charge, float]:
        found: dict[Charge, float] = defaultdict(float)
        for (item, heading, payer, t), amount in self.cash.items():
            if item not in by_use:
                found[item, heading, payer] += self.book.discount(t) * amount
        for key, amount in self.used.items():
            found[key] += amount
        return found


def _share(book: Book, begin: float, end: float) -> float:
    if math.isinf(end):
        return 1.0
    begin = max(begin, float(book.first))
    years = range(math.floor(begin), math.ceil(end) + 1)
    whole = sum(book.discount(t) * inside(t, begin, end) for t in years)
    held = sum(book.discount(t) * inside(t, begin, min(end, float(book.end))) for t in years)
    return held / whole if whole else 0.0


def check(book: Book) -> None:
    """Every item against what is claimed, and the cost as their sum."""
    till = _Till(book)
    for part in (_flows, _deals, _plants, _rest):
        part(book, till)
    _granted(book, till)
    charged = till.charged({"signing", "payments", "site", "capex"})
    for key in {*till.cash, *book.claims.cash}:
        book.equal(f"cash of {_told(key)}", book.claims.cash.get(key, 0.0), till.cash.get(key, 0.0), [], book.currency)
    for charge in {*charged, *book.claims.charged}:
        terms = [v for key, v in till.cash.items() if key[:3] == charge]
        said = book.claims.charged.get(charge, 0.0)
        book.equal(f"charge of {_told(charge)}", said, charged.get(charge, 0.0), terms, book.currency)
    hidden = {"incentives paid"}
    if book.case.settings.view == "national":
        hidden |= {"duty", "incentives"}
    total = sum(v for key, v in charged.items() if key[0] not in hidden)
    book.equal("cost", book.claims.cost, total, list(charged.values()), book.currency)


def _told(key: tuple[str, str, str] | tuple[str, str, str, int]) -> str:
    item, heading, payer, *year = key
    under = f" under '{heading}'" if heading != item else ""
    return f"{item}{under} of '{payer}'" + "".join(f" in {t}" for t in year)


def _flows(book: Book, till: _Till) -> None:
    for (s, t), tonnes in book.amounts.buy.items():
        till.pay("purchases", t, times(book.supplies[s].price, t, tonnes), book.supplies[s].payer)
    for (x, t, _), tonnes in book.amounts.ship.items():
        lane = book.lanes[x]
        till.pay("freight", t, times(lane.freight, t, tonnes), lane.payer)
        if lane.duty is not None:
            prices = [
                s.price.at(t) for s in book.supplies.values()
                if (s.place, s.material) == (lane.origin, lane.material) and s.price is not None
            ]
            price = min(prices) if prices else value(book.materials[lane.material].price, t, 0.0)
            item = "duty" if lane.destination in book.home else "foreign duty"
            till.pay(item, t, lane.duty.at(t) * price * tonnes, lane.payer)
    for (k, r, t, _), tonnes in book.amounts.run.items():
        plant, variable = book.plants[k], value(book.runs[k, r].variable_cost, t, 0.0)
        till.pay("variable", t, variable * tonnes, plant.payer)
        if plant.partner_keeps:
            inputs = sum(value(book.materials[m].price, t, 0.0) * q for m, q in book.inputs[r].items())
            till.pay("partner credit", t, -plant.partner_keeps * (variable + inputs) * tonnes, plant.payer)


def _deals(book: Book, till: _Till) -> None:
    for name, deal in book.deals.items():
        for t in book.years:
            till.pay("fees", t, times(deal.fee, t, book.volume(name, t)), deal.payer)
            yearly = times(deal.yearly_cost, t, book.active(name, t))
            till.pay("yearly", t, yearly, deal.payer, deal.heading)
            missed = book.amounts.missed.get((name, t), 0.0)
            till.pay("missed takes", t, times(deal.missed_charge, t, missed), deal.payer)
        for year, terms, start, end, past in book.signed[name]:
            # A deal that never closes is paid for at its signing; no renewal falls due, and nothing after it.
            failed = deal.chance == 0 and not past
            for j in range(1 if failed else terms):
                shift = 0.0 if deal.term is None else j * deal.term
                stop = end if deal.term is None else start + shift + deal.term
                at = book.decided(year) + shift
                if deal.signing_cost is not None:
                    paid = _paid(book, at, 0.0, past)
                    costs = [(y, deal.signing_cost.at(max(y, book.first))) for y in paid]
                    till.by_use("signing", costs, start + shift, stop, deal.payer, deal.heading)
                for row in (p for p in book.case.payments if p.deal == name and not failed):
                    costs = [(y, row.amount) for y in _paid(book, at, row.years_after, past)]
                    till.by_use("payments", costs, start + shift, stop, row.payer or deal.payer, row.heading)


def _paid(book: Book, at: float, after: float, past: bool) -> list[int]:
    """The year of a payment, none where it lies before the case."""
    year = math.floor(at + after + EPS)
    return [] if past and year < book.first else [year]


def _plants(book: Book, till: _Till) -> None:
    for name, plant in book.plants.items():
        size = plant.module or 0.0
        for t in book.years:
            standing = value(plant.capacity, t, 0.0)
            built = sum(size * n * inside(t, s, e) for _, n, s, e, _ in book.orders[name])
            till.pay("fixed", t, times(plant.fixed_cost, t, standing + built), plant.payer)
        for year, n, start, end, past in book.orders[name]:
            capex = value(plant.capex, max(year, book.first), 0.0) * size * n
            if plant.partner_return is not None:
                yearly = (1 - plant.home_share) * capex * _annuity(plant)
                for t in book.years:
                    till.pay("annuity", t, yearly * inside(t, start, end), plant.payer)
            if not past:
                parts = [(year + j, plant.home_share * capex * p) for j, p in enumerate(plant.profile)]
                till.by_use("capex", parts, start, end, plant.payer)
                site = value(plant.site_cost, year, 0.0) * book.amounts.orders.get((name, year), 0)
                till.by_use("site", [(year, site)], start, end, plant.payer)


def _annuity(plant: Plant) -> float:
    rate, life = plant.partner_return or 0.0, plant.life
    if life is None:
        return rate
    return 1 / life if rate == 0 else rate / (1 - (1 + rate) ** -life)


def _rest(book: Book, till: _Till) -> None:
    a = book.amounts
    for (s, t, _), tonnes in a.stock.items():
        till.pay("holding", t, times(book.stocks[s].holding_cost, t, tonnes), book.stocks[s].payer)
    for (_, m, t, _), tonnes in a.discard.items():
        till.pay("discarding", t, (book.materials[m].discarding or 0.0) * tonnes, None)
    for (_, m, t, _), tonnes in a.sell.items():
        till.pay("sales", t, -times(book.materials[m].price, t, tonnes), None)
    for (q, t), tonnes in a.short.items():
        till.pay("shortage", t, times(book.demands[q].shortage_cost, t, tonnes), None)
    prices = {row.name: row.price_of_breaking or 0.0 for row in book.case.limits}
    for (name, t), amount in a.broken.items():
        till.pay("broken limits", t, prices[name] * amount, None)


def _granted(book: Book, till: _Till) -> None:
    for row in book.case.incentives:
        for (g, k, _, t), tonnes in book.amounts.paid_output.items():
            if g == row.name:
                money = times(row.per_tonne, t, tonnes)
                till.pay("incentives", t, -money, row.to or book.plants[k].payer)
                till.pay("incentives paid", t, money, row.payer)
        for (g, k, a), money in book.amounts.grant.items():
            if g == row.name and any(matches(k, p) for p in row.plants):
                start, end = book.life(book.plants[k], a)
                _charge_grant(book, till, "incentives", row.to or book.plants[k].payer, a, -money, start, end)
                _charge_grant(book, till, "incentives paid", row.payer, a, money, start, end)


def _charge_grant(
    book: Book, till: _Till, item: str, payer: str | None, year: int, money: float, start: float, end: float
) -> None:
    """A grant is cash in the year of its order, charged by the same ratio as the order's capex."""
    till.pay(item, year, money, payer)
    who = payer or book.payer
    # Incentives are discounted cash otherwise: what that would add for a grant is taken back here.
    till.used[item, item, who] += book.discount(year) * money * (_share(book, start, end) - 1)
