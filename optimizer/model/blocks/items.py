"""The items of cost, one function each: which variable costs how much, under which heading, who pays, in which year."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from optimizer.case.schema import Payment, Plant, Series
from optimizer.model.blocks.deals import active, volume
from optimizer.model.blocks.incentives import money, plants_of, rows_of
from optimizer.model.building import Building, Index, Linear
from optimizer.model.calendar import Operation, Signing, annuity_factor, charge, falls_in
from optimizer.model.data import value

Cash = tuple[str, str, str, int]
Charge = tuple[str, str, str]


@dataclass
class Ledger:
    """Sums of money, in the model's unit of money.

    Attributes:
        money: the model's unit of money, in the case's currency.
        cash: (item, heading, payer, year) -> cash.
        charged: (item, heading, payer) -> charge, for items charged by use; the others are discounted cash.
    """

    money: float
    cash: dict[Cash, Linear] = field(default_factory=dict)
    charged: dict[Charge, Linear] = field(default_factory=dict)

    def pay(self, key: Cash, total: Linear, rate: float = 1.0) -> None:
        """Add a multiple, in the case's currency, of a sum to the cash of a year."""
        if rate and (total.constant or total.families):
            self.cash.setdefault(key, Linear()).plus(total, rate / self.money)

    def pay_for(self, key: Cash, family: str, index: Index, rate: float) -> None:
        """Add so much, in the case's currency, for each unit of one variable to the cash of a year."""
        if rate:
            self.cash.setdefault(key, Linear()).add(family, index, rate / self.money)

    def charge(self, key: Charge, total: Linear, amount: float) -> None:
        """Add a charge by use, in the case's currency, for each unit of a sum."""
        self.charged.setdefault(key, Linear())
        if amount:
            self.charged[key].plus(total, amount / self.money)

    def charges(self) -> list[Charge]:
        """Every item, heading and payer."""
        return list(dict.fromkeys([*((i, h, p) for i, h, p, _ in self.cash), *self.charged]))


def ledger(b: Building) -> Ledger:
    """All items of cost of a model whose other variables are there."""
    of = Ledger(b.data.money)
    items: Iterable[Callable[[Building, Ledger], None]] = (
        _purchases, _lanes, _deals, _signing, _payments, _runs, _standing, _orders, _holding, _discarding, _sales,
        _shortage, _broken, _incentives,
    )
    for item in items:
        item(b, of)
    return of


def _unit(family: str, index: tuple[object, ...]) -> Linear:
    return Linear({family: {index: 1.0}})


def _purchases(b: Building, of: Ledger) -> None:
    for s, t in b.m.buy:
        row = b.data.supplies[s]
        key = ("purchases", "purchases", row.payer or b.data.first_payer, t)
        of.pay_for(key, "buy", (s, t), value(row.price, t, 0.0))


def _lanes(b: Building, of: Ledger) -> None:
    for x, t, c in b.m.ship:
        row = b.data.lanes[x]
        payer, flow = row.payer or b.data.first_payer, (x, t, c)
        of.pay_for(("freight", "freight", payer, t), "ship", flow, value(row.freight, t, 0.0))
        if row.duty is not None:
            item = "duty" if row.destination in b.data.home else "foreign duty"
            rate = row.duty.at(t) * b.data.price_at(row.origin, row.material, t)
            of.pay_for((item, item, payer, t), "ship", flow, rate)


def _deals(b: Building, of: Ledger) -> None:
    for name, deal in b.data.deals.items():
        payer = deal.payer or b.data.first_payer
        for t in b.data.years:
            if fee := value(deal.fee, t, 0.0):
                of.pay(("fees", "fees", payer, t), volume(b, name, t), fee)
            if yearly := value(deal.yearly_cost, t, 0.0):
                of.pay(("yearly", deal.heading or "yearly", payer, t), active(b, name, t), yearly)
            if b.has("missed", (name, t)):
                charged = value(deal.missed_charge, t, 0.0)
                of.pay_for(("missed takes", "missed takes", payer, t), "missed", (name, t), charged)


def _made(b: Building, name: str) -> list[tuple[Signing, Linear]]:
    """Each way in which a deal is or was signed, with how often (a constant 1 where it was)."""
    ways = [(s, _unit("sign", (name, s.year, s.terms))) for s in b.data.signings[name]]
    past = b.data.past.get(name)
    return ways if past is None else [*ways, (past, Linear(constant=1.0))]


def _signing(b: Building, of: Ledger) -> None:
    for name, deal in b.data.deals.items():
        if deal.signing_cost is not None:
            key = ("signing", deal.heading or "signing", deal.payer or b.data.first_payer)
            for s, total in _made(b, name):
                _each_term(b, of, key, s, total, 0.0, deal.signing_cost)


def _payments(b: Building, of: Ledger) -> None:
    for row in b.data.case.payments:
        if row.deal in b.data.deals:
            for s, total in _made(b, row.deal):
                _each_term(b, of, _payment_key(b, row), s, total, row.years_after, Series.of(row.amount))


def _payment_key(b: Building, row: Payment) -> Charge:
    return "payments", row.heading, row.payer or b.data.deals[row.deal].payer or b.data.first_payer


def _each_term(
    b: Building, of: Ledger, key: Charge, s: Signing, total: Linear, after: float, amount: Series
) -> None:
    """Cash and charge of what is paid once a term, `after` years from its signing."""
    calendar = b.data.calendar
    for at, begin, end in s.each_term(calendar):
        year = falls_in(at + after)
        if s.past and year < calendar.first:
            continue
        paid = amount.at(max(year, calendar.first))
        if year < calendar.end:
            of.pay((*key, year), total, paid)
        of.charge(key, total, charge(calendar, [(year, paid)], begin, end))


def _runs(b: Building, of: Ledger) -> None:
    for k, r, t, c in b.m.run:
        row, run = b.data.plants[k], b.data.runs[k, r]
        payer, total = row.payer or b.data.first_payer, _unit("run", (k, r, t, c))
        variable = value(run.variable_cost, t, 0.0)
        of.pay(("variable", "variable", payer, t), total, variable)
        if row.partner_keeps:
            inputs = sum(b.data.price(m, t) * amount for m, amount in b.data.recipes[r].inputs.items())
            credit = -row.partner_keeps * (variable + inputs)
            of.pay(("partner credit", "partner credit", payer, t), total, credit)


def _every_order(b: Building) -> list[tuple[Plant, Operation, Linear, bool]]:
    """Every order with its modules, and whether it was made before the case."""
    open_ = [
        (b.data.plants[k], op, _unit("modules", (k, a)), False)
        for (k, a), op in b.data.operations.items()
        if b.has("modules", (k, a))
    ]
    past = [(b.data.plants[k], op, Linear(constant=n), True) for (k, _), (op, n) in b.data.past_orders.items()]
    return open_ + past


def _standing(b: Building, of: Ledger) -> None:
    """Fixed cost of what stands, and the annuity on a partner's share of the capital."""
    for row in b.data.plants.values():
        for t in b.data.years:
            key = ("fixed", "fixed", row.payer or b.data.first_payer, t)
            of.pay(key, Linear(constant=value(row.capacity, t, 0.0)), value(row.fixed_cost, t, 0.0))
    for row, op, total, _ in _every_order(b):
        payer, size = row.payer or b.data.first_payer, row.module or 0.0
        principal = (1 - row.home_share) * value(row.capex, max(op.year, b.data.years[0]), 0.0) * size
        annuity = 0.0 if row.partner_return is None else principal * annuity_factor(row.partner_return, row.life)
        for t in b.data.years:
            of.pay(("fixed", "fixed", payer, t), total, value(row.fixed_cost, t, 0.0) * size * op.standing(t))
            of.pay(("annuity", "annuity", payer, t), total, annuity * op.standing(t))


def _orders(b: Building, of: Ledger) -> None:
    calendar = b.data.calendar
    for row, op, total, past in _every_order(b):
        if past:
            continue
        payer = row.payer or b.data.first_payer
        capex = row.home_share * value(row.capex, op.year, 0.0) * (row.module or 0.0)
        payments = [(op.year + j, capex * share) for j, share in enumerate(row.profile)]
        if capex:
            for year, amount in payments:
                if year < calendar.end:
                    of.pay(("capex", "capex", payer, year), total, amount)
            of.charge(("capex", "capex", payer), total, charge(calendar, payments, op.start, op.end))
        if row.site_cost is not None:
            cost, ordered = row.site_cost.at(op.year), _unit("order", (row.name, op.year))
            of.pay(("site", "site", payer, op.year), ordered, cost)
            of.charge(("site", "site", payer), ordered, charge(calendar, [(op.year, cost)], op.start, op.end))


def _holding(b: Building, of: Ledger) -> None:
    for s, t, c in b.m.stock:
        row = b.stock_rows[s]
        key = ("holding", "holding", row.payer or b.data.first_payer, t)
        of.pay_for(key, "stock", (s, t, c), value(row.holding_cost, t, 0.0))


def _discarding(b: Building, of: Ledger) -> None:
    for p, m, t, c in b.m.discard:
        key = ("discarding", "discarding", b.data.first_payer, t)
        of.pay_for(key, "discard", (p, m, t, c), b.data.discardable[m])


def _sales(b: Building, of: Ledger) -> None:
    for p, m, t, c in b.m.sell:
        key = ("sales", "sales", b.data.first_payer, t)
        of.pay_for(key, "sell", (p, m, t, c), -b.data.price(m, t))


def _shortage(b: Building, of: Ledger) -> None:
    for q, t in b.m.short:
        cost = value(b.demand_lines[q].shortage_cost, t, 0.0)
        of.pay_for(("shortage", "shortage", b.data.first_payer, t), "short", (q, t), cost)


def _broken(b: Building, of: Ledger) -> None:
    prices = {row.name: row for row in b.data.case.limits}
    for name, t in b.m.broken:
        row = prices[name]
        scale = b.data.money if row.measure == "spend" else 1.0
        key = ("broken limits", "broken limits", b.data.first_payer, t)
        of.pay_for(key, "broken", (name, t), (row.price_of_breaking or 0.0) * scale)


def _incentives(b: Building, of: Ledger) -> None:
    calendar = b.data.calendar
    for g, row in rows_of(b).items():
        payer = row.payer or b.data.first_payer
        for k in plants_of(b, row):
            to = row.to or b.data.plants[k].payer or b.data.first_payer
            for sign, item, who in ((-b.data.money, "incentives", to), (b.data.money, "incentives paid", payer)):
                for t in b.data.years:
                    of.pay((item, item, who, t), _of_plant(money(b, g, t)[0], "paid_output", k), sign)
        for g2, k, a in b.m.grant:
            if g2 != g:
                continue
            op = b.data.operations[k, a]
            to, total = row.to or b.data.plants[k].payer or b.data.first_payer, _unit("grant", (g, k, a))
            value_ = charge(calendar, [(a, b.data.money)], op.start, op.end)
            for sign, item, head, who in (
                (-1.0, "grants", "incentives", to), (1.0, "grants paid", "incentives paid", payer)
            ):
                of.pay((item, head, who, a), total, sign * b.data.money)
                of.charge((item, head, who), total, sign * value_)


def _of_plant(total: Linear, family: str, plant: str) -> Linear:
    return Linear({family: {i: c for i, c in total.terms.get(family, {}).items() if i[1] == plant}})
