"""The items of cost, one function each: which variable costs how much, under which heading, who pays, in which year.

Each enters whole families at once: columns as a grid with a last axis of years, or of years and classes, and amounts by
year beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from optimizer.case.schema import Plant, Series
from optimizer.model.blocks.deals import metered
from optimizer.model.blocks.incentives import plants_of, rows_of
from optimizer.model.building import Building
from optimizer.model.calendar import Operation, Signing, annuity_factor, falls_in
from optimizer.model.data import CLASSES, intervals, on_years
from optimizer.model.terms import NONE, Floats, Index, Ints, Terms

Charge = tuple[str, str, str]
"""An account: item, heading and payer."""

CONSTANT = np.iinfo(np.int32).max
"""Stands for a column where an amount is due whatever is decided."""


@dataclass
class Ledger:
    """Sums of money, in the model's unit of money.

    Attributes:
        b: the building whose columns they are of.
        accounts: number of each account.
        cash: terms of the cash of each account and year: row = account * years + year, both as numbers.
        charged: terms of what is charged by use: row = account.
        by_use: accounts that are charged by use; the others are charged as discounted cash.
    """

    b: Building
    accounts: dict[Charge, int] = field(default_factory=dict)
    cash: Terms = field(default_factory=Terms)
    charged: Terms = field(default_factory=Terms)
    by_use: set[int] = field(default_factory=set)

    def account(self, item: str, payer: str | None, heading: str | None = None) -> int:
        """The number of an account; the heading is the item, and the payer the first, unless given."""
        key = (item, heading or item, payer or self.b.data.first_payer)
        return self.accounts.setdefault(key, len(self.accounts))

    def pay(
        self, account: npt.ArrayLike, columns: npt.ArrayLike, amounts: npt.ArrayLike, years: npt.ArrayLike | None = None
    ) -> None:
        """Add an amount, in the case's currency, for each unit of some columns to the cash of years.

        Args:
            account: account of each.
            columns: columns, or CONSTANT.
            amounts: amount for one unit of each.
            years: number of the year of each, those outside the case left out; without, the last axis is of years.
        """
        count = len(self.b.data.years)
        year = np.arange(count) if years is None else np.asarray(years)
        rows = np.where((year >= 0) & (year < count), np.multiply(account, count) + year, NONE)
        self.cash.add(rows, columns, np.divide(amounts, self.b.data.money))

    def pay_by_class(self, accounts: Sequence[int], columns: Ints, amounts: Floats) -> None:
        """Add amounts [row, year] for columns [row, year, class]."""
        self.pay(np.reshape(accounts, (-1, 1, 1)), columns.transpose(0, 2, 1), amounts[:, None, :])

    def charge(self, account: int, columns: npt.ArrayLike, amounts: Floats) -> None:
        """Add a charge by use, in the case's currency, for each unit of some columns."""
        if amounts.size:
            self.by_use.add(account)
        self.charged.add(account, columns, amounts / self.b.data.money)


def ledger(b: Building) -> Ledger:
    """All items of cost of a model whose other variables are there."""
    of = Ledger(b)
    items: Iterable[Callable[[Building, Ledger], None]] = (
        _purchases, _lanes, _deals, _signing, _payments, _runs, _standing, _orders, _holding, _discarding, _sales,
        _shortage, _broken, _incentives,
    )
    for item in items:
        item(b, of)
    return of


def _by_year(b: Building, several: Iterable[Series | None]) -> Floats:
    """Series as [row, year], 0 where there is none."""
    return np.array([b.data.on_years(series, 0.0) for series in several]).reshape(-1, len(b.data.years))


def _heads(b: Building, family: str, parts: int) -> list[Index]:
    """The first parts of the indices of a family, each once."""
    return list(dict.fromkeys(key[:parts] for key in b.numbers[family]))


def _purchases(b: Building, of: Ledger) -> None:
    rows = b.data.supplies
    accounts = [of.account("purchases", row.payer) for row in rows.values()]
    columns = b.grid("buy", [(s,) for s in rows], b.data.years)
    of.pay(np.reshape(accounts, (-1, 1)), columns, _by_year(b, (row.price for row in rows.values())))


def _lanes(b: Building, of: Ledger) -> None:
    rows = list(b.data.lanes.values())
    columns = b.grid("ship", [(row.name,) for row in rows], b.data.years, CLASSES)
    freight = [of.account("freight", row.payer) for row in rows]
    of.pay_by_class(freight, columns, _by_year(b, (row.freight for row in rows)))
    taxed = [i for i, row in enumerate(rows) if row.duty is not None]
    items = ["duty" if rows[i].destination in b.data.home else "foreign duty" for i in taxed]
    duty = [of.account(item, rows[i].payer) for item, i in zip(items, taxed, strict=True)]
    prices = [b.data.price_at(rows[i].origin, rows[i].material) for i in taxed]
    rates = _by_year(b, (rows[i].duty for i in taxed)) * np.reshape(prices, (-1, len(b.data.years)))
    of.pay_by_class(duty, columns[taxed], rates)


def _deals(b: Building, of: Ledger) -> None:
    for name, deal in b.data.deals.items():
        if deal.fee is not None:
            of.pay(of.account("fees", deal.payer), metered(b, name), b.data.on_years(deal.fee, 0.0))
        if deal.yearly_cost is not None:
            yearly, account = b.data.on_years(deal.yearly_cost, 0.0), of.account("yearly", deal.payer, deal.heading)
            of.pay(account, b.signs[name][:, None], _in_part(yearly, b.data.phi[name]))
            of.pay(account, CONSTANT, _in_part(yearly, b.data.past_phi[name]))
    charged = _heads(b, "missed", 1)
    rows = [b.data.deals[name] for name, in charged]
    accounts = [of.account("missed takes", row.payer) for row in rows]
    columns = b.grid("missed", charged, b.data.years)
    of.pay(np.reshape(accounts, (-1, 1)), columns, _by_year(b, (row.missed_charge for row in rows)))


def _in_part(amounts: Floats, part: Floats) -> Floats:
    """Amounts by year for parts of them; nothing of one that is not given yet is nothing."""
    return np.multiply(amounts, part, out=np.zeros(part.shape), where=part > 0)


def _signing(b: Building, of: Ledger) -> None:
    for name, deal in b.data.deals.items():
        if deal.signing_cost is not None:
            _each_term(b, of, of.account("signing", deal.payer, deal.heading), name, 0.0, deal.signing_cost)


def _payments(b: Building, of: Ledger) -> None:
    for row in b.data.case.payments:
        if row.deal in b.data.deals:
            account = of.account("payments", row.payer or b.data.deals[row.deal].payer, row.heading)
            _each_term(b, of, account, row.deal, row.years_after, Series.of(row.amount), closed=True)


def _each_term(
    b: Building, of: Ledger, account: int, deal: str, after: float, amount: Series, *, closed: bool = False
) -> None:
    """Cash and charge of what is paid once a term, `after` years from its signing; `closed`: only where it closes.

    A term signed before the case is due whatever is decided, but for what fell before the first year.
    """
    due = np.array([s.closes or not closed for s in b.data.signings[deal]], dtype=bool)
    signed = [s for s, is_due in zip(b.data.signings[deal], due.tolist(), strict=True) if is_due]
    _paid(b, of, account, signed, b.signs[deal][due], after, amount)
    if deal in b.data.past and falls_in(b.data.calendar.decided(b.data.past[deal].year) + after) >= b.data.years[0]:
        _paid(b, of, account, (b.data.past[deal],), np.array([CONSTANT]), after, amount)


def _paid(
    b: Building, of: Ledger, account: int, several: Sequence[Signing], columns: Ints, after: float, amount: Series
) -> None:
    if not several:
        return
    terms, calendar = b.data.terms(several), b.data.calendar
    years = falls_in(terms.at + after)
    amounts = on_years(amount, np.maximum(years, calendar.first), 0.0)
    of.pay(account, columns[terms.signing], amounts, years - calendar.first)
    of.charge(account, columns[terms.signing], calendar.discount(years) * amounts * terms.used)


def _runs(b: Building, of: Ledger) -> None:
    runs = list(b.data.runs)
    plants = [b.data.plants[k] for k, _ in runs]
    columns = b.grid("run", runs, b.data.years, CLASSES)
    variable = _by_year(b, (run.variable_cost for run in b.data.runs.values()))
    of.pay_by_class([of.account("variable", row.payer) for row in plants], columns, variable)
    for i, (_, r) in enumerate(runs):
        if keeps := plants[i].partner_keeps:
            inputs = sum(b.data.price(m) * amount for m, amount in b.data.recipes[r].inputs.items())
            of.pay(of.account("partner credit", plants[i].payer), columns[i].T, -keeps * (variable[i] + inputs))


def _standing(b: Building, of: Ledger) -> None:
    """Fixed cost of what stands, and the annuity on a partner's share of the capital."""
    for name, row in b.data.plants.items():
        past = [b.data.past_orders[name, int(at)] for at, _ in row.ordered_in]
        if row.fixed_cost is not None:
            fixed, account = b.data.on_years(row.fixed_cost, 0.0), of.account("fixed", row.payer)
            of_module = fixed * (row.module or 0.0)
            of.pay(account, CONSTANT, fixed * b.data.on_years(row.capacity, 0.0))
            of.pay(account, b.modules[name][:, None], _in_part(of_module, b.data.standing(name)))
            for op, modules in past:
                of.pay(account, CONSTANT, _in_part(of_module, op.standing(np.array(b.data.years))) * modules)
        if row.partner_return is not None:
            _annuity(b, of, row, b.data.orders_of[name], b.modules[name], 1.0)
            for op, modules in past:
                _annuity(b, of, row, (op,), np.array([CONSTANT]), modules)


def _annuity(
    b: Building, of: Ledger, row: Plant, orders: Sequence[Operation], columns: Ints, modules: float
) -> None:
    years = np.array([max(op.year, b.data.years[0]) for op in orders], dtype=np.int64)
    principal = (1 - row.home_share) * on_years(row.capex, years, 0.0) * (row.module or 0.0)
    yearly = modules * principal * annuity_factor(row.partner_return or 0.0, row.life)
    standing = np.array([op.standing(np.array(b.data.years)) for op in orders]).reshape(-1, len(b.data.years))
    of.pay(of.account("annuity", row.payer), columns[:, None], yearly[:, None] * standing)


def _orders(b: Building, of: Ledger) -> None:
    calendar = b.data.calendar
    for name, orders in b.data.orders_of.items():
        row, years = b.data.plants[name], np.array([op.year for op in orders], dtype=np.int64)
        used = calendar.used_inside(*intervals(orders))
        capex = row.home_share * on_years(row.capex, years, 0.0) * (row.module or 0.0)
        if capex.any():
            due, payments = years[:, None] + np.arange(len(row.profile)), capex[:, None] * np.array(row.profile)
            account, columns = of.account("capex", row.payer), b.modules[name][:, None]
            of.pay(account, columns, payments, due - calendar.first)
            of.charge(account, columns, calendar.discount(due) * payments * used)
        if row.site_cost is not None:
            cost, account = on_years(row.site_cost, years, 0.0), of.account("site", row.payer)
            columns = b.grid("order", [(name, op.year) for op in orders])
            of.pay(account, columns, cost, years - calendar.first)
            of.charge(account, columns, calendar.discount(years) * cost * used[:, 0])


def _holding(b: Building, of: Ledger) -> None:
    rows = b.stock_rows
    columns = b.grid("stock", [(s,) for s in rows], b.data.years, CLASSES)
    accounts = [of.account("holding", row.payer) for row in rows.values()]
    of.pay_by_class(accounts, columns, _by_year(b, (row.holding_cost for row in rows.values())))


def _discarding(b: Building, of: Ledger) -> None:
    heads = _heads(b, "discard", 2)
    costs = np.array([b.data.discardable[m] for _, m in heads])
    columns = b.grid("discard", heads, b.data.years, CLASSES)
    of.pay(of.account("discarding", None), columns.transpose(0, 2, 1), costs.reshape(-1, 1, 1))


def _sales(b: Building, of: Ledger) -> None:
    heads = _heads(b, "sell", 2)
    prices = np.array([b.data.price(m) for _, m in heads]).reshape(-1, len(b.data.years))
    of.pay_by_class([of.account("sales", None)] * len(heads), b.grid("sell", heads, b.data.years, CLASSES), -prices)


def _shortage(b: Building, of: Ledger) -> None:
    rows = b.demand_lines
    columns = b.grid("short", [(q,) for q in rows], b.data.years)
    of.pay(of.account("shortage", None), columns, _by_year(b, (row.shortage_cost for row in rows.values())))


def _broken(b: Building, of: Ledger) -> None:
    for row in b.data.case.limits:
        scale = b.data.money if row.measure == "spend" else 1.0
        columns = b.grid("broken", [(row.name,)], b.data.years)
        of.pay(of.account("broken limits", None), columns, (row.price_of_breaking or 0.0) * scale)


def _incentives(b: Building, of: Ledger) -> None:
    """What is received for output and for capacity ordered, and who pays it; a grant is charged as what it is for."""
    for g, row in rows_of(b).items():
        for k in plants_of(b, row):
            to = row.to or b.data.plants[k].payer
            heads = [head for head in _heads(b, "paid_output", 3) if head[:2] == (g, k)]
            output, per_tonne = b.grid("paid_output", heads, b.data.years), b.data.on_years(row.per_tonne, 0.0)
            of.pay(of.account("incentives", to), output, -per_tonne)
            of.pay(of.account("incentives paid", row.payer), output, per_tonne)
            orders = [op for op in b.data.orders_of[k] if b.has("grant", (g, k, op.year))]
            years = np.array([op.year for op in orders], dtype=np.int64)
            grants = b.grid("grant", [(g, k, op.year) for op in orders])
            charged = b.data.calendar.discount(years) * b.data.calendar.used_inside(*intervals(orders))[:, 0]
            for sign, item, heading, who in (
                (-b.data.money, "grants", "incentives", to), (b.data.money, "grants paid", "incentives paid", row.payer)
            ):
                of.pay(of.account(item, who, heading), grants, sign, years - b.data.years[0])
                of.charge(of.account(item, who, heading), grants, sign * charged)
