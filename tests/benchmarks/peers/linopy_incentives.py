"""Incentives of the linopy peer (MODEL.md 4.9; convention 22)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from tests.benchmarks.peers.linopy_money import UNIT, Ledger
from tests.benchmarks.peers.linopy_terms import Peer, Terms, grid, positions
from tests.loose.facts import at
from tests.loose.money import receivers


class Incentives:
    """What incentives pay: families `paid` [flat] of tonnes and `grant` [flat] of money in units of :data:`UNIT`.

    Attributes:
        paid: (incentive, order, t, tonnes that one module lets be paid) of each member of `paid output`.
        grants: (incentive, order, units of money that one module lets be paid) of each member of `grant`.
    """

    def __init__(self, p: Peer) -> None:
        self.rows = p.f.case.incentives
        self.paid: list[tuple[int, int, int, float]] = []
        self.grants: list[tuple[int, int, float]] = []
        self.plants = [[k.name for k in receivers(p.f, g)] for g in self.rows]
        for i, g in enumerate(self.rows):
            orders = [n for k in self.plants[i] for n in p.orders_of[k].tolist()]
            part = p.avail(first=g.first_operating_year, last=g.last_operating_year or math.inf)
            for n in orders:
                size, year = p.f.plants[p.orders[n].plant].module or 0.0, p.orders[n].year
                if g.per_tonne is not None:
                    use = p.f.least_use(p.orders[n].plant)
                    self.paid += [(i, n, t, size * some / use) for t, some in enumerate(part[n].tolist()) if some > 0]
                if g.per_capacity is not None:
                    self.grants.append((i, n, at(g.per_capacity, year) * size / UNIT))

    def names(self, p: Peer, members: Sequence[tuple[int | float, ...]]) -> list[str]:
        """A name of each member of a family."""
        return [f"{self.rows[int(i)].name}, {p.orders[int(n)].plant}, {p.orders[int(n)].year}, {more}"
                for i, n, more, *_ in members]


def add_incentives(p: Peer) -> Incentives:
    """Variables and rows of incentives (convention 22)."""
    g = Incentives(p)
    p.add("paid output", pd.Index(g.names(p, g.paid), name="paid output"), lower=0.0)
    p.add("grant", pd.Index(g.names(p, g.grants), name="grant"), lower=0.0)
    for family, orders, most in (
        ("paid output", [n for _, n, _, _ in g.paid], [tonnes for *_, tonnes in g.paid]),
        ("grant", [n for _, n, _ in g.grants], [money for *_, money in g.grants]),
    ):
        terms, rows = Terms(), grid(len(orders))
        terms.add(rows, p.v[family])
        terms.add(rows, p.v["modules"][orders], -np.array(most))
        terms.hold(p.m, f"{family} of an order", "<=", np.zeros(rows.size))
    _by_plant(p, g)
    _by_place(p, g)
    _caps(p, g)
    return g


def _by_plant(p: Peer, g: Incentives) -> None:
    """No more tonnes are paid than a plant makes."""
    keys = positions(dict.fromkeys((i, p.orders[n].plant) for i, n, _, _ in g.paid))
    terms, rows = Terms(), grid(len(keys), len(p.years))
    for (_, plant), row in keys.items():
        terms.add(rows[row][:, None], p.output(p.runs_of[plant]), -1.0)
    for label, (i, n, t, _) in zip(p.v["paid output"], g.paid, strict=True):
        terms.add(rows[keys[i, p.orders[n].plant], t], label)
    terms.hold(p.m, "paid output of a plant", "<=", np.zeros(rows.size))


def _by_place(p: Peer, g: Incentives) -> None:
    """No more tonnes are paid at a place than are made there and neither stocked nor discarded."""
    f, outputs = p.f, {k: frozenset(p.f.outputs_of(k)) for k in p.f.plants}
    owner = [(i, f.plants[p.orders[n].plant].place, outputs[p.orders[n].plant]) for i, n, _, _ in g.paid]
    keys = positions(dict.fromkeys(owner))
    terms, rows = Terms(), grid(len(keys), len(p.years))
    right = np.zeros(rows.shape)
    for (_, place, materials), row in keys.items():
        made = [r for r, (k, of) in enumerate(f.runs) if f.plants[k].place == place
                and f.recipes[of].output in materials]
        terms.add(rows[row][:, None], p.output(np.array(made, int)), -1.0)
        for b, stock in enumerate(f.case.stocks):
            if stock.place == place and stock.material in materials:
                terms.add(rows[row][:, None], p.v["stock"][b])
                terms.add(rows[row][1:, None], p.v["stock"][b, :-1], -1.0)
                right[row, 0] += stock.opening_clear + stock.opening_exposed
        thrown = [w for w, (at_place, x) in enumerate(p.thrown) if at_place == place and x in materials]
        terms.add(rows[row][:, None], p.v["discard"][thrown])
    paid = np.zeros(rows.shape, bool)
    for label, key, (_, _, t, _) in zip(p.v["paid output"], owner, g.paid, strict=True):
        terms.add(rows[keys[key], t], label)
        paid[keys[key], t] = True
    # a year in which nothing can be paid needs no row, which would forbid to stock what was bought
    terms.hold(p.m, "paid output of a place", "<=", np.where(paid, right, np.inf).ravel())


def _caps(p: Peer, g: Incentives) -> None:
    """Most paid for an order, and in all."""
    if not g.paid and not g.grants:
        return
    rate = p.by_year(row.per_tonne for row in g.rows) / UNIT
    keys = positions(dict.fromkeys((i, n) for i, n, *_ in [*g.paid, *g.grants]))
    owner = np.array([keys[i, n] for i, n, *_ in [*g.paid, *g.grants]])
    labels = np.concatenate([p.v["paid output"], p.v["grant"]])
    worth = np.array([rate[i, t] for i, _, t, _ in g.paid] + [1.0] * len(g.grants))
    of, orders = np.array(list(keys)).T
    cap, total = (np.array([np.inf if x is None else x / UNIT for x in caps]) for caps in (
        [row.cap_per_order for row in g.rows], [row.cap_total for row in g.rows]))
    capped, terms = np.isfinite(cap[of]), Terms()
    terms.add(owner, labels, worth)
    terms.add(grid(len(keys)), p.v["orders"][orders], np.where(capped, -cap[of], 0.0))
    terms.hold(p.m, "cap per order", "<=", np.where(capped, 0.0, np.inf))
    terms = Terms()
    terms.add(of[owner], labels, worth)
    terms.hold(p.m, "cap in all", "<=", total)


def enter_incentives(p: Peer, ledger: Ledger, g: Incentives) -> None:
    """What is received, and the same amount paid out."""
    rate = p.by_year(row.per_tonne for row in g.rows)
    for item, sign in (("incentives", -1.0), ("incentives paid", 1.0)):
        def account(i: int, n: int, item: str = item) -> int:
            row, plant = g.rows[i], p.f.plants[p.orders[n].plant]
            return ledger.account(item, row.payer if item == "incentives paid" else row.to or plant.payer)

        if g.paid:
            t = np.array([t for _, _, t, _ in g.paid])
            cash = sign * rate[[i for i, *_ in g.paid], t]
            accounts = [account(i, n) for i, n, *_ in g.paid]
            ledger.put(accounts, p.v["paid output"], p.years[t], cash, cash * ledger.df[t])
        for (i, n, _), label in zip(g.grants, p.v["grant"].tolist(), strict=True):
            o = p.orders[n]
            ledger.one(account(i, n), label, o.year, sign * UNIT, p.f.use_ratio(o.start, o.end))
