"""Limits and dependence of the linopy peer (MODEL.md 4.8, 5; conventions 23, 26 to 29)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.case.schema import Filter, Limit, matches
from tests.benchmarks.peers.linopy_money import UNIT, Ledger
from tests.benchmarks.peers.linopy_terms import Ints, Peer, Terms, grid
from tests.loose.facts import CLASSES
from tests.loose.measures import fits, glide, kind_of, weight, weighted_demand


def add_limits(p: Peer, ledger: Ledger) -> None:
    """Each limit a row a year, in tonnes or units of money; those of the sense 'at least' with the sign turned."""
    limits = p.f.case.limits
    rows, terms, value = grid(len(limits), len(p.years)), Terms(), p.by_year(limit.value for limit in limits)
    needed = sum(p.by_year([q.tonnes])[0] for q in p.f.case.demands if weight(p.f, q) > 0) + 0 * p.years
    turned = np.array([1.0 if limit.sense == "at most" else -1.0 for limit in limits])
    for i, limit in enumerate(limits):
        if limit.measure == "spend":
            _spent(ledger, limit, terms, rows[i], turned[i])
            value[i] /= UNIT
            continue
        value[i] *= needed if limit.measure == "share" else 1.0
        for labels in _picked(p, limit.filter or Filter(terms=())):
            terms.add(rows[i][:, None], labels, turned[i])
    terms.hold(p.m, "limits", "<=", (value * turned[:, None]).ravel())


def _spent(ledger: Ledger, limit: Limit, terms: Terms, rows: Ints, turned: float) -> None:
    """Cash of a year under the accounts that a limit names."""
    chosen = []
    for item, heading, payer in ledger.accounts:
        named = any(matches(heading, pattern) for pattern in limit.heading)
        counts = (named or not limit.heading) and limit.payer in (None, payer)
        counts &= named or item != "shortage"
        chosen.append(counts and (named or limit.payer is not None or item != "incentives paid"))
    account, label, year, cash, _ = ledger.entries()
    t = year - ledger.p.f.first
    kept = np.array(chosen, bool)[account] & (t < len(rows))
    terms.add(rows[t[kept]], label[kept], turned * cash[kept] / UNIT)


def _picked(p: Peer, chosen: Filter) -> Iterator[Ints]:
    """The variables [t, any] of the flows of deals or lanes that a filter picks."""
    f = p.f
    if kind_of(chosen) == "deals":
        for d in f.case.deals:
            for j in p.metered[d.name]:
                x = f.material_of(*f.opened[j][1:])
                if fits(chosen, deal=d.name, partner=d.partner, kind=d.kind, channel=d.channel, material=x,
                        stage=f.stage.get(x or "")):
                    yield p.v["alloc"][j][:, None]
        return
    for i, lane in enumerate(f.case.lanes):
        for c, name in enumerate(CLASSES):
            named = {"lane": lane.name, "from": lane.origin, "to": lane.destination, "material": lane.material}
            if fits(chosen, stage=f.stage[lane.material], **named, **{"class": name}):
                yield p.v["ship"][i, :, c][:, None]


def add_dependence(p: Peer, cap: float | None) -> None:
    """``delta``: dependence on the glide path, at most the cap, and its row of every year with demand, in tonnes."""
    p.add("delta", lower=0.0, upper=1.0 if cap is None else cap)
    need = np.array([weighted_demand(p.f, t) for t in p.f.years])
    path = np.array([glide(p.f, t) for t in p.f.years])
    weights = np.array([weight(p.f, q) for q in p.f.case.demands]).reshape(-1, 1)
    terms, rows = Terms(), grid(len(p.years))
    terms.add(rows, p.v["serve"][:, :, 1], weights)
    terms.add(rows, p.v["short"], weights)
    terms.add(rows, p.v["delta"], -need * path)
    terms.hold(p.m, "dependence", "<=", np.where(need > 0, need * (1 - path), np.inf))
