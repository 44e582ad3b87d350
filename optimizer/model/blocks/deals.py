r"""What deals open (MODEL.md 4.2).

.. math::
    flow_{x,t} = \sum_{d \in G} alloc_{d,x,t} \quad \text{for each group } G \text{ that opens } x

    alloc_{d,x,t} \le \sum_{(a,n): \varphi > 0} \min(M_{x,t}, \varphi \, most) \, sign_{d,a,n}, \qquad
    alloc_{d,x,t} \le limit_{x,t} \, active_{d,t}

    least_{d,t} \, active_{d,t} \le volume_{d,t} + missed_{d,t}, \quad
    volume_{d,t} \le most_{d,t} \, active_{d,t}, \quad missed_{d,t} \le least_{d,t} \, active_{d,t}

with :math:`active_{d,t} = \sum_{a,n} \varphi_{d,a,n,t} \, sign_{d,a,n}`, the part of the year in force. A lane, plant
or supply `x` that deals open has no other flow than theirs. `M` is the most that can flow there, `limit` its own limit
where it has one. `volume` is the sum of `alloc` over the deal's meter, and `least` and `most` are its band; what is
missed of the least is paid for, and nothing may be missed where no charge is agreed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.model.building import Building, Index, Linear
from optimizer.model.data import CLASSES, Thing, value


def add_variables(b: Building) -> None:
    """``alloc[d, sheet, x, t]``: flow of `x` under `d`; ``missed[d, t]``: take missed against a charge."""
    keys = [
        (deal, *thing, year)
        for thing, groups in b.data.groups.items()
        for year in b.data.years
        if flow(b, thing, year).families
        for deal in dict.fromkeys(deal for group in groups for deal in group)
        if (deal, year) in b.data.possible
    ]
    b.variables("alloc", keys, addresses=("{1}[{2}].deals", "Deals[{0}]"))
    missed = [
        (name, year)
        for name, deal in b.data.deals.items()
        if deal.missed_charge is not None and deal.least is not None
        for year in b.data.years
        if (name, year) in b.data.possible and value(deal.least, year, 0.0) > 0
    ]
    b.variables("missed", missed, addresses=("Deals[{0}].missed-take charge",))


def flow(b: Building, thing: Thing, year: int) -> Linear:
    """What flows through a lane, plant or supply in `year`, over both classes."""
    total, (sheet, name) = Linear(), thing
    if sheet == "Supply":
        if b.has("buy", (name, year)):
            total.add("buy", (name, year), 1.0)
    elif sheet == "Lanes":
        for cls in CLASSES:
            if b.has("ship", (name, year, cls)):
                total.add("ship", (name, year, cls), 1.0)
    else:
        for recipe in b.data.runs_of[name]:
            for cls in CLASSES:
                if b.has("run", (name, recipe, year, cls)):
                    total.add("run", (name, recipe, year, cls), 1.0)
    return total


def active(b: Building, deal: str, year: int) -> Linear:
    """The part of `year` in which `deal` is in force."""
    total = Linear()
    for s, part in b.data.in_force[deal, year]:
        total.add("sign", (deal, s.year, s.terms), part)
    if deal in b.data.past:
        total.constant = b.data.past[deal].phi(year)
    return total


def volume(b: Building, deal: str, year: int, things: tuple[Thing, ...] | None = None) -> Linear:
    """Tonnes on the meter of `deal` in `year`, or over the part `things` of it."""
    total = Linear()
    for thing in b.data.meters[deal] if things is None else things:
        if b.has("alloc", (deal, *thing, year)):
            total.add("alloc", (deal, *thing, year), 1.0)
    return total


def most_flow(b: Building, thing: Thing, year: int) -> float:
    """``M``: the most that can flow, as propagated; a plant's is also what its capacity gives."""
    i = b.data.year_number[year]
    if thing[0] != "Plants":
        return float(b.bounds.flow[thing][i])
    return float(np.asarray(b.bounds.plant(thing[1], b.data.runs_of[thing[1]]))[i])


def add_rows(b: Building) -> None:
    """What deals open flows through them, while they are in force, inside their bands."""
    _opened(b)
    _linked(b)
    _bands(b)


def _opened(b: Building) -> None:
    rows: dict[Index, tuple[Linear, str, float]] = {}
    for (sheet, name), groups in b.data.groups.items():
        for g, group in enumerate(groups):
            for year in b.data.years:
                total = flow(b, (sheet, name), year)
                if not total.families:
                    continue
                for deal in group:
                    if b.has("alloc", (deal, sheet, name, year)):
                        total.add("alloc", (deal, sheet, name, year), -1.0)
                rows[sheet, name, g, year] = (total, "==", 0.0)
    b.linear("opened_by_deals", rows, ("{0}[{1}].deals",))


def _linked(b: Building) -> None:
    links: dict[Index, tuple[Linear, str, float]] = {}
    parts: dict[Index, tuple[Linear, str, float]] = {}
    for key in b.m.alloc:
        deal, sheet, name, year = key
        flow_most, own = most_flow(b, (sheet, name), year), _limit(b, (sheet, name), year)
        in_force = min(_own_most(b, deal, (sheet, name), year), np.inf if own is None else own)
        if np.isinf(min(flow_most, in_force)):
            _unbounded(b, deal, (sheet, name), year)
            continue
        link = Linear({"alloc": {key: 1.0}}).plus(_reach(b, deal, year, flow_most, in_force), -1.0)
        links[key] = (link, "<=", 0.0)
        if own is not None:
            parts[key] = (Linear({"alloc": {key: 1.0}}).plus(active(b, deal, year), -own), "<=", 0.0)
    b.linear("only_when_signed", links, ("Deals[{0}]", "{1}[{2}].deals"))
    b.linear("part_of_limit", parts, ("{1}[{2}].limit.{3}",))


def _reach(b: Building, deal: str, year: int, flow_most: float, in_force: float) -> Linear:
    """The most each signing lets flow: ``min(M, phi * most)``.

    Tighter than ``M`` alone where a term covers part of the year, and valid where two terms share it:
    ``min(M, x + y) <= min(M, x) + min(M, y)``.
    """
    total = Linear()
    for s, part in b.data.in_force[deal, year]:
        total.add("sign", (deal, s.year, s.terms), min(flow_most, part * in_force))
    if deal in b.data.past and (phi := b.data.past[deal].phi(year)) > 0:
        total.constant = min(flow_most, phi * in_force)
    return total


def _own_most(b: Building, deal: str, thing: Thing, year: int) -> float:
    most = b.data.deals[deal].most
    return value(most, year, np.inf) if thing in b.data.meters[deal] else np.inf


def _limit(b: Building, thing: Thing, year: int) -> float | None:
    sheet, name = thing
    if sheet == "Plants":
        return None
    row = b.data.lanes[name] if sheet == "Lanes" else b.data.supplies[name]
    return None if row.limit is None else row.limit.at(year)


def _unbounded(b: Building, deal: str, thing: Thing, year: int) -> None:
    sheet, name = thing
    b.contradict(
        f"What {sheet}[{name}] can carry in {year} under '{deal}' is bounded by nothing", float("inf"), "<=", 0.0,
        (f"{sheet}[{name}].limit", f"Deals[{deal}].most"),
        "Give it a limit, or the deal a most.",
    )


def _bands(b: Building) -> None:
    least: dict[Index, tuple[Linear, str, float]] = {}
    most: dict[Index, tuple[Linear, str, float]] = {}
    charged: dict[Index, tuple[Linear, str, float]] = {}
    for name, year in _metered_years(b):
        deal = b.data.deals[name]
        lower, upper = value(deal.least, year, 0.0), value(deal.most, year, np.inf)
        missed = Linear({"missed": {(name, year): 1.0}}) if b.has("missed", (name, year)) else Linear()
        taken = volume(b, name, year)
        if lower > 0:
            below = Linear().plus(taken).plus(missed).plus(active(b, name, year), -lower)
            least[name, year] = (below, ">=", 0.0)
        if np.isfinite(upper) and taken.families:
            most[name, year] = (Linear().plus(taken).plus(active(b, name, year), -upper), "<=", 0.0)
        if missed.families:
            charged[name, year] = (missed.plus(active(b, name, year), -lower), "<=", 0.0)
    b.linear("least_take", least, ("Deals[{0}].least take.{1}",), "The least take of {} in {}".format)
    b.linear("most_taken", most, ("Deals[{0}].most.{1}",))
    b.linear("missed_take", charged, ("Deals[{0}].least take.{1}",))


def _metered_years(b: Building) -> Iterator[tuple[str, int]]:
    for name in b.data.deals:
        if b.data.meters[name]:
            yield from ((name, year) for year in b.data.years if (name, year) in b.data.possible)
