"""Deals, orders, capacity and rules of the linopy peer (MODEL.md 4.1 to 4.4, 4.7)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from optimizer.case.schema import matches
from tests.benchmarks.peers.linopy_terms import Floats, Ints, Peer, Terms, grid, positions
from tests.loose.decisions import largest_flow, largest_output
from tests.loose.facts import TINY


def add_choices(p: Peer) -> None:
    """Every variable of deals and plants: signings, orders, modules, what deals carry."""
    f = p.f
    p.add("sign", pd.Index([f"{s.deal}, {s.year}, {s.terms}" for s in p.signings], name="signing"), binary=True)
    ordered = pd.Index([f"{o.plant}, {o.year}" for o in p.orders], name="order")
    room = np.array([f.plants[o.plant].orders_at_most for o in p.orders], float)
    most = np.array([f.plants[o.plant].most_modules for o in p.orders], float)
    p.add("orders", ordered, lower=0.0, upper=room, integer=True)
    p.add("modules", ordered, lower=0.0, upper=room * most, integer=True)
    p.add_flows("alloc", [" / ".join(key) for key in f.opened], classes=False)
    charged = [d.name for d in f.case.deals if d.missed_charge is not None and d.least is not None]
    p.add_flows("missed", charged, classes=False)


def add_choice_rows(p: Peer) -> None:
    """Every row of deals and plants."""
    for part in (_apart, _signings_at_most, _opened, _limited, _linked, _bands, _orders, _deals_to_order,
                 _capacity, _rules):
        part(p)


# ---- deals


def _apart(p: Peer) -> None:
    """Terms of a deal never overlap: at most one signing covers the start of each."""
    terms, row = Terms(), 0
    for of in p.signings_of.values():
        start = np.array([p.signings[n].start for n in of])
        end = np.array([p.signings[n].end for n in of])
        for point in np.unique(start):
            members = of[(start <= point + TINY) & (end > point + TINY)]
            terms.add(row, p.v["sign"][members])
            row += 1
    terms.hold(p.m, "terms apart", "<=", np.ones(row))


def _signings_at_most(p: Peer) -> None:
    bounded = [d for d in p.f.case.deals if d.signings_at_most is not None or d.term is None]
    terms = Terms()
    for i, deal in enumerate(bounded):
        of = p.signings_of[deal.name]
        terms.add(i, p.v["sign"][of], np.array([p.signings[n].terms for n in of], float))
    right = [1.0 if d.signings_at_most is None else float(d.signings_at_most) for d in bounded]
    terms.hold(p.m, "signings at most", "<=", np.array(right))


def _opened(p: Peer) -> None:
    """What is opened by deals flows through them alone."""
    groups, terms, used = list(p.f.groups()), Terms(), 0
    rows = grid(len(groups), len(p.years))
    for g, (sheet, name, deals) in enumerate(groups):
        terms.add(rows[g][:, None], p.flow(sheet, name))
        # the family of `alloc` goes through the groups in this order
        terms.add(rows[g], p.v["alloc"][used:used + len(deals)], -1.0)
        used += len(deals)
    terms.hold(p.m, "through deals", "=", np.zeros(rows.size))


def _own_limits(p: Peer) -> Floats:
    """The limit of what each `alloc` flows on, infinite where it has none, [alloc, t]."""
    supplies = p.by_year((row.limit for row in p.f.case.supplies), np.inf)
    lanes = p.by_year((row.limit for row in p.f.case.lanes), np.inf)
    found = np.full(p.v["alloc"].shape, np.inf)
    for j, (_, sheet, name) in enumerate(p.f.opened):
        if sheet != "Plants":
            found[j] = (supplies if sheet == "Supply" else lanes)[p.at[sheet][name]]
    return found


def _limited(p: Peer) -> None:
    """Part of a year in force, part of the limit."""
    limits = _own_limits(p)
    some = np.flatnonzero(np.isfinite(limits[:, :1]).ravel())
    terms, rows = Terms(), grid(len(some), len(p.years))
    terms.add(rows, p.v["alloc"][some])
    _take_off(p, terms, rows, [p.f.opened[j][0] for j in some], limits[some], p.phi)
    terms.hold(p.m, "limits under deals", "<=", np.zeros(rows.size))


def _linked(p: Peer) -> None:
    """Nothing flows under a deal not in force; where a limit or a most says so already, no row is needed."""
    limits = _own_limits(p)
    for name, on_meter in p.metered.items():
        if p.f.deals[name].most is not None:
            limits[on_meter] = 0.0
    some, big = np.flatnonzero(np.isinf(limits[:, :1]).ravel()), largest_flow(p.f)
    terms, rows = Terms(), grid(len(some), len(p.years))
    terms.add(rows, p.v["alloc"][some])
    opened = [p.f.opened[j] for j in some]
    most = [largest_output(p.f, p.f.plants[name]) if sheet == "Plants" else big for _, sheet, name in opened]
    values = np.broadcast_to(np.array(most)[:, None], rows.shape)
    _take_off(p, terms, rows, [deal for deal, _, _ in opened], values, p.in_force)
    terms.hold(p.m, "links", "<=", np.zeros(rows.size))


def _take_off(p: Peer, terms: Terms, rows: Ints, deals: Sequence[str], values: Floats, part: Floats) -> None:
    """Take value x part of the year x signing off row (i, t), for every signing of the deal of i."""
    of = [p.signings_of[deal] for deal in deals]
    if of:
        i, n = np.repeat(np.arange(len(of)), [len(one) for one in of]), np.concatenate(of)
        terms.add(rows[i], p.v["sign"][n][:, None], -values[i] * part[n])


def _bands(p: Peer) -> None:
    """Least and most taken under a deal in force, and what is missed of the least at a charge."""
    metered = [d for d in p.f.case.deals if len(p.metered[d.name])]
    least, most = [d for d in metered if d.least is not None], [d for d in metered if d.most is not None]
    charged = [d for d in least if d.missed_charge is not None]
    for name, deals, values, sense in (
        ("least", least, p.by_year(d.least for d in least), ">="),
        ("most", most, p.by_year(d.most for d in most), "<="),
        ("missed at most", charged, p.by_year(d.least for d in charged), "<="),
    ):
        terms, rows = Terms(), grid(len(deals), len(p.years))
        place = positions(d.name for d in p.f.case.deals if d.missed_charge is not None and d.least is not None)
        for i, deal in enumerate(deals):
            if name != "missed at most":
                terms.add(rows[i], p.v["alloc"][p.metered[deal.name]])
            if name != "most" and deal.name in place:
                terms.add(rows[i], p.v["missed"][place[deal.name]])
        _take_off(p, terms, rows, [d.name for d in deals], values, p.phi)
        terms.hold(p.m, name, sense, np.zeros(rows.size))


# ---- plants


def _orders(p: Peer) -> None:
    """Least and most modules of an order, and orders in all."""
    rows, plants = grid(len(p.orders)), [p.f.plants[o.plant] for o in p.orders]
    for name, bound, sense in (
        ("least modules", [k.least_modules for k in plants], ">="),
        ("most modules", [k.most_modules for k in plants], "<="),
    ):
        terms = Terms()
        terms.add(rows, p.v["modules"])
        terms.add(rows, p.v["orders"], -np.array(bound, float))
        terms.hold(p.m, name, sense, np.zeros(rows.size))
    terms = Terms()
    for i, of in enumerate(p.orders_of.values()):
        terms.add(i, p.v["orders"][of])
    terms.hold(p.m, "orders at most", "<=", np.array([p.f.plants[k].orders_at_most for k in p.orders_of], float))


def _deals_to_order(p: Peer) -> None:
    """An order needs, of each group, a signing made by then and in force by the plant's start."""
    terms, row = Terms(), 0
    year, start = (np.array([getattr(s, name) for s in p.signings]) for name in ("year", "start"))
    end = np.array([s.end for s in p.signings])
    for i, o in enumerate(p.orders):
        plant = p.f.plants[o.plant]
        for group in plant.deals_to_order:
            of = np.concatenate([p.signings_of.get(d, np.zeros(0, int)) for d in group])
            decided = o.year + p.f.sigma(o.year)
            counted = of[(year[of] <= o.year) & (start[of] <= o.start + TINY) & (decided < end[of] - TINY)]
            terms.add(row, p.v["orders"][i])
            terms.add(row, p.v["sign"][counted], -float(plant.orders_at_most))
            row += 1
    terms.hold(p.m, "deals to order", "<=", np.zeros(row))


def _capacity(p: Peer) -> None:
    """Runs with a qualification delay or a longer one use what has operated for that long; what stands has."""
    runs = list(p.f.runs.values())
    delay = np.array([run.qualification_delay for run in runs])
    uses = np.array([run.capacity_used for run in runs])
    queues = [(k, after) for k in p.f.case.plants for after in sorted({0.0, *delay[p.runs_of[k.name]]})]
    terms, rows = Terms(), grid(len(queues), len(p.years))
    avail = {after: p.avail(after) for after in {after for _, after in queues}}
    for q, (k, after) in enumerate(queues):
        waiting, built = p.runs_of[k.name], p.orders_of[k.name]
        waiting = waiting[delay[waiting] >= after - TINY]
        terms.add(rows[q][:, None], p.v["run"][waiting], uses[waiting][:, None, None])
        terms.add(rows[q], p.v["modules"][built][:, None], -(k.module or 0.0) * avail[after][built])
    terms.hold(p.m, "capacity", "<=", p.by_year(k.capacity for k, _ in queues).ravel())


# ---- rules


def _rules(p: Peer) -> None:
    """At most n of a list, of what is signed or ordered in any year."""
    names = [*p.f.deals, *p.f.plants]
    lists = [[x for x in names if any(matches(x, text) for text in rule.list)] for rule in p.f.case.rules]
    chosen = list(dict.fromkeys(x for found in lists for x in found))
    p.add("chosen", pd.Index(chosen, name="chosen"), binary=True)
    place, row, links, terms = positions(chosen), 0, Terms(), Terms()
    for name in chosen:
        plant = p.f.plants.get(name)
        picks = p.v["sign"][p.signings_of[name]] if plant is None else p.v["orders"][p.orders_of[name]]
        most = 1.0 if plant is None else float(plant.orders_at_most)
        links.add(row + grid(len(picks)), picks)
        links.add(row + grid(len(picks)), p.v["chosen"][place[name]], -most)
        row += len(picks)
    links.hold(p.m, "chosen", "<=", np.zeros(row))
    for i, found in enumerate(lists):
        terms.add(i, p.v["chosen"][[place[name] for name in found]])
    terms.hold(p.m, "rules", "<=", np.array([rule.n for rule in p.f.case.rules], float))
