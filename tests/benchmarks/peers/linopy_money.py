"""Money of the linopy peer: every item of cost as flat entries (MODEL.md 5)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from tests.benchmarks.peers.linopy_terms import Floats, Ints, Peer
from tests.loose.facts import TINY, at
from tests.loose.money import annuity

UNIT = 1e6
"""Units of the case's currency in one unit of the model's money; fit for countries, too coarse for toy cases."""


class Ledger:
    """Items of cost as flat entries: account, variable, year, cash and charge of one unit of the variable.

    Cash and charge are in the case's currency; an account is an item, its heading and its payer.
    """

    def __init__(self, p: Peer) -> None:
        self.p = p
        self.df = np.array([p.f.df(t) for t in p.f.years])
        self.accounts: dict[tuple[str, str, str], int] = {}
        self.parts: list[tuple[ArrayLike, ...]] = []
        self.single: list[tuple[float, ...]] = []

    def account(self, item: str, payer: str | None, heading: str | None = None) -> int:
        """The number of an account; the heading is the item unless given."""
        return self.accounts.setdefault((item, heading or item, self.p.f.payer(payer)), len(self.accounts))

    def put(self, accounts: ArrayLike, labels: ArrayLike, years: ArrayLike, cash: ArrayLike, charge: ArrayLike) -> None:
        """Add entries, broadcast to one shape."""
        parts = np.broadcast_arrays(accounts, labels, years, cash, charge)
        self.parts.append(tuple(part.ravel() for part in parts))

    def flat(self, accounts: Sequence[int], labels: Ints, cash: Floats) -> None:
        """Add items charged as they are paid: labels [row, t] or [row, t, c], cash [row, t]."""
        more = (1,) * (labels.ndim - 2)
        cash = cash.reshape(*cash.shape, *more)
        by_year = (len(self.df), *more)
        first = np.array(accounts, int).reshape(-1, 1, *more)
        self.put(first, labels, self.p.years.reshape(by_year), cash, cash * self.df.reshape(by_year))

    def one(self, account: int, label: int, year: int, amount: float, ratio: float) -> None:
        """Add one payment charged by use inside the horizon."""
        if amount:
            self.single.append((account, label, year, amount, ratio * self.p.f.df(year) * amount))

    def entries(self) -> tuple[Ints, Ints, Ints, Floats, Floats]:
        """Account, label, year, cash and charge of every entry."""
        parts = [*self.parts, tuple(np.array(self.single).reshape(-1, 5).T)]
        account, label, year, cash, charge = (np.concatenate(column) for column in zip(*parts, strict=True))
        return account.astype(int), label.astype(int), year.astype(int), cash, charge


def cost(p: Peer, ledger: Ledger) -> tuple[Ints, Floats]:
    """Variables and their coefficients in the discounted cost of the case's view, in units of :data:`UNIT`."""
    out = {"incentives paid"} if p.f.case.settings.view == "payer" else {"incentives paid", "incentives", "duty"}
    account, label, _, _, charge = ledger.entries()
    counted = np.array([item not in out for item, _, _ in ledger.accounts])[account]
    total = np.bincount(label[counted], charge[counted]) / UNIT
    labels = np.flatnonzero(total)
    return labels, total[labels]


# ---- items


def enter(p: Peer, ledger: Ledger) -> None:
    """Every item of cost (conventions 16 to 20)."""
    for part in (_trade, _deals, _terms, _runs, _standing, _orders, _rest):
        part(p, ledger)


def _trade(p: Peer, ledger: Ledger) -> None:
    supplies, lanes = p.f.case.supplies, p.f.case.lanes
    price = p.by_year(row.price for row in supplies)
    ledger.flat([ledger.account("purchases", row.payer) for row in supplies], p.v["buy"], price)
    freight = p.by_year(row.freight for row in lanes)
    ledger.flat([ledger.account("freight", row.payer) for row in lanes], p.v["ship"], freight)
    taxed = [i for i, row in enumerate(lanes) if row.duty is not None]
    if not taxed:
        return
    cheapest: dict[tuple[str, str], Floats] = {}
    for i, row in enumerate(supplies):
        if row.price is not None:
            key = (row.place, row.material)
            cheapest[key] = np.minimum(cheapest.get(key, price[i]), price[i])
    listed = _list_prices(p)
    worth = [cheapest.get((lanes[i].origin, lanes[i].material), listed[lanes[i].material]) for i in taxed]
    items = ["duty" if lanes[i].destination in p.f.home else "foreign duty" for i in taxed]
    accounts = [ledger.account(item, lanes[i].payer) for item, i in zip(items, taxed, strict=True)]
    ledger.flat(accounts, p.v["ship"][taxed], p.by_year(lanes[i].duty for i in taxed) * np.array(worth))


def _list_prices(p: Peer) -> dict[str, Floats]:
    rows = p.f.case.materials
    return dict(zip((row.name for row in rows), p.by_year(row.price for row in rows), strict=True))


def _deals(p: Peer, ledger: Ledger) -> None:
    """Fees, charges for what is missed, yearly cost."""
    for d in p.f.case.deals:
        on_meter, of = p.v["alloc"][p.metered[d.name]], p.signings_of[d.name]
        if d.fee is not None:
            ledger.flat([ledger.account("fees", d.payer)], on_meter, p.by_year([d.fee]))
        if d.yearly_cost is not None:
            account = ledger.account("yearly", d.payer, d.heading)
            ledger.flat([account], np.repeat(p.v["sign"][of][:, None], len(p.years), 1),
                        p.by_year([d.yearly_cost]) * p.phi[of])
    charged = [d for d in p.f.case.deals if d.missed_charge is not None and d.least is not None]
    accounts = [ledger.account("missed takes", d.payer) for d in charged]
    ledger.flat(accounts, p.v["missed"], p.by_year(d.missed_charge for d in charged))


def _terms(p: Peer, ledger: Ledger) -> None:
    """Signing cost and payments of each term."""
    f, ratio_of = p.f, lru_cache(p.f.use_ratio)
    payments = {name: [row for row in f.case.payments if row.deal == name] for name in f.deals}
    for s, label in zip(p.signings, p.v["sign"].tolist(), strict=True):
        d = f.deals[s.deal]
        signing = ledger.account("signing", d.payer, d.heading)
        for j in range(s.terms):
            decided, ratio = s.decided + (j * s.length if j else 0.0), ratio_of(*s.term(j))
            year = math.floor(decided + TINY)
            ledger.one(signing, label, year, at(d.signing_cost, min(year, f.last)), ratio)
            for row in payments[s.deal]:
                account = ledger.account("payments", row.payer or d.payer, row.heading)
                ledger.one(account, label, math.floor(decided + row.years_after + TINY), row.amount, ratio)


def _runs(p: Peer, ledger: Ledger) -> None:
    """Variable cost, and the credit for what a partner keeps."""
    f, listed = p.f, _list_prices(p)
    plants = [f.plants[k] for k, _ in f.runs]
    own = p.by_year(run.variable_cost for run in f.runs.values())
    ledger.flat([ledger.account("variable", k.payer) for k in plants], p.v["run"], own)
    kept = np.array([k.partner_keeps for k in plants])
    bought = [sum((amount * listed[x] for x, amount in f.recipes[r].inputs.items()), 0 * p.years) for _, r in f.runs]
    some = np.flatnonzero(kept)
    if len(some):
        worth = own[some] + np.array(bought)[some]
        accounts = [ledger.account("partner credit", plants[i].payer) for i in some]
        ledger.flat(accounts, p.v["run"][some], -kept[some][:, None] * worth)


def _standing(p: Peer, ledger: Ledger) -> None:
    """Fixed cost of what stands, and the annuity on a partner's share of it."""
    f, years = p.f, len(p.years)
    every = np.full((1, years), p.v["one"][0])
    for k in f.case.plants:
        of, size = p.orders_of[k.name], k.module or 0.0
        modules = np.repeat(p.v["modules"][of][:, None], years, 1)
        if k.fixed_cost is not None:
            fixed, account = p.by_year([k.fixed_cost]), ledger.account("fixed", k.payer)
            ledger.flat([account], every, fixed * p.by_year([k.capacity]))
            ledger.flat([account], modules, fixed * size * p.standing[of])
        if k.partner_return is not None:
            capex = np.array([at(k.capex, p.orders[n].year) for n in of])
            yearly = (1 - k.home_share) * size * annuity(k.partner_return, k.life) * capex
            ledger.flat([ledger.account("annuity", k.payer)], modules, yearly[:, None] * p.standing[of])


def _orders(p: Peer, ledger: Ledger) -> None:
    """Site cost and capex of each order."""
    ratio_of = lru_cache(p.f.use_ratio)
    for o, order, modules in zip(p.orders, p.v["orders"].tolist(), p.v["modules"].tolist(), strict=True):
        k, ratio = p.f.plants[o.plant], ratio_of(o.start, o.end)
        ledger.one(ledger.account("site", k.payer), order, o.year, at(k.site_cost, o.year), ratio)
        capex = k.home_share * at(k.capex, o.year) * (k.module or 0.0)
        for j, share in enumerate(k.profile):
            ledger.one(ledger.account("capex", k.payer), modules, o.year + j, share * capex, ratio)


def _rest(p: Peer, ledger: Ledger) -> None:
    """Holding, discarding, sales, shortage."""
    case, listed = p.f.case, _list_prices(p)
    holding = p.by_year(row.holding_cost for row in case.stocks)
    ledger.flat([ledger.account("holding", row.payer) for row in case.stocks], p.v["stock"], holding)
    discarding = {row.name: row.discarding or 0.0 for row in case.materials}
    thrown = np.array([[discarding[x]] * len(p.years) for _, x in p.thrown]).reshape(-1, len(p.years))
    ledger.flat([ledger.account("discarding", None)], p.v["discard"], thrown)
    sold = -np.array([listed[x] for _, x in p.sold]).reshape(-1, len(p.years))
    ledger.flat([ledger.account("sales", None)], p.v["sell"], sold)
    shortage = p.by_year(row.shortage_cost for row in case.demands)
    ledger.flat([ledger.account("shortage", None)], p.v["short"], shortage)
