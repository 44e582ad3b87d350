r"""What deals open (MODEL.md 4.2).

.. math::
    flow_{x,t} = \sum_{d \in G} alloc_{d,x,t} \quad \text{for each group } G \text{ that opens } x

    alloc_{d,x,t} \le \sum_{(a,n): \varphi > 0} \min(M_{x,t}, \varphi \, most) \, sign_{d,a,n}, \qquad
    alloc_{d,x,t} \le limit_{x,t} \, active_{d,t}

    least_{d,t} \, active_{d,t} \le volume_{d,t} + missed_{d,t}, \quad
    volume_{d,t} \le most_{d,t} \, active_{d,t}, \quad missed_{d,t} \le least_{d,t} \, active_{d,t}

with :math:`active_{d,t} = \sum_{a,n} \varphi_{d,a,n,t} \, sign_{d,a,n}`, the part of the year in force. For a deal
that never closes :math:`\varphi` is 0: it keeps its columns and rows, and nothing flows. A lane, plant or supply `x`
that deals open has no other flow than theirs. `M` is the most that can flow there, `limit` its own limit where it has
one. `volume` is the sum of `alloc` over the deal's meter, and `least` and `most` are its band; what is missed of the
least is paid for, and nothing may be missed where no charge is agreed.
"""

from __future__ import annotations

import numpy as np

from optimizer.model.building import Building, Linear
from optimizer.model.data import CLASSES, Thing
from optimizer.model.terms import NONE, Floats, Ints, Terms, numbered

Opened = tuple[str, str, str]
"""A deal and what it opens: its sheet and its name."""


def add_variables(b: Building) -> None:
    """``alloc[d, sheet, x, t]``: flow of `x` under `d`; ``missed[d, t]``: take missed against a charge."""
    keys = [
        (deal, *thing, b.data.years[i])
        for thing, groups in b.data.groups.items()
        for i in np.flatnonzero((flow(b, thing) != NONE).any(axis=0)).tolist()
        for deal in dict.fromkeys(deal for group in groups for deal in group)
        if b.data.in_force[deal][i]
    ]
    b.variables("alloc", keys, addresses=("{1}[{2}].deals", "Deals[{0}]"))
    missed = [
        (name, b.data.years[i])
        for name, deal in b.data.deals.items()
        if deal.missed_charge is not None and deal.least is not None
        for i in np.flatnonzero(b.data.in_force[name] & (b.data.on_years(deal.least, 0.0) > 0)).tolist()
    ]
    b.variables("missed", missed, addresses=("Deals[{0}].missed-take charge",))


def flow(b: Building, thing: Thing) -> Ints:
    """Columns of what flows through a lane, plant or supply, over recipes and both classes: [one of them, year]."""
    sheet, name = thing
    if sheet == "Supply":
        return b.grid("buy", [(name,)], b.data.years)
    if sheet == "Lanes":
        columns = b.grid("ship", [(name,)], b.data.years, CLASSES)
    else:
        columns = b.grid("run", [(name, recipe) for recipe in b.data.runs_of[name]], b.data.years, CLASSES)
    return columns.transpose(0, 2, 1).reshape(-1, len(b.data.years))


def metered(b: Building, deal: str, things: tuple[Thing, ...] | None = None) -> Ints:
    """Columns of what counts on the meter of a deal, or on the part `things` of it: [one of them, year]."""
    counted = b.data.meters[deal] if things is None else things
    return b.grid("alloc", [(deal, *thing) for thing in counted], b.data.years)


def active(b: Building, deal: str, year: int) -> Linear:
    """The part of `year` in which `deal` is in force."""
    i = b.data.year_number[year]
    return b.total(b.signs[deal], b.data.phi[deal][:, i], float(b.data.past_phi[deal][i]))


def volume(b: Building, deal: str, year: int, things: tuple[Thing, ...] | None = None) -> Linear:
    """Tonnes on the meter of `deal` in `year`, or over the part `things` of it."""
    return b.total(metered(b, deal, things)[:, b.data.year_number[year]])


def most_flow(b: Building, thing: Thing) -> Floats:
    """``M`` by year: the most that can flow, as propagated; a plant's is also what its capacity gives."""
    if thing[0] != "Plants":
        return b.bounds.flow[thing]
    return np.zeros(len(b.data.years)) + b.bounds.plant(thing[1], b.data.runs_of[thing[1]])


def add_rows(b: Building) -> None:
    """What deals open flows through them, while they are in force, inside their bands."""
    _opened(b)
    _linked(b)
    _bands(b)


def _opened(b: Building) -> None:
    groups = [(thing, g, group) for thing, of in b.data.groups.items() for g, group in enumerate(of)]
    keys = [(*thing, g, year) for thing, g, _ in groups for year in b.data.years]
    terms = Terms()
    for i, (thing, _, group) in enumerate(groups):
        rows = i * len(b.data.years) + np.arange(len(b.data.years))
        terms.add(rows, flow(b, thing))
        terms.add(rows, b.grid("alloc", [(deal, *thing) for deal in dict.fromkeys(group)], b.data.years), -1.0)
    b.family("opened_by_deals", keys, terms, "==", 0.0, ("{0}[{1}].deals",))


def _linked(b: Building) -> None:
    opened: list[Opened] = list(dict.fromkeys(key[:3] for key in b.numbers["alloc"]))
    alloc = b.grid("alloc", opened, b.data.years)
    most = np.array([most_flow(b, (sheet, name)) for _, sheet, name in opened]).reshape(alloc.shape)
    limit = np.array([_limit(b, (sheet, name)) for _, sheet, name in opened]).reshape(alloc.shape)
    in_force = np.minimum(limit, np.array([_own_most(b, *key) for key in opened]).reshape(alloc.shape))
    bounded = np.isfinite(np.minimum(most, in_force))
    for i, j in np.argwhere((alloc != NONE) & ~bounded).tolist():
        _unbounded(b, opened[i], b.data.years[j])

    links, parts = numbered((alloc != NONE) & bounded), numbered((alloc != NONE) & bounded & np.isfinite(limit))
    reach, part, past, past_part = Terms(), Terms(), np.zeros(alloc.shape), np.zeros(alloc.shape)
    reach.add(links, alloc)
    part.add(parts, alloc)
    for i, (deal, _, _) in enumerate(opened):
        signs, phi, past_phi = b.signs[deal][:, None], b.data.phi[deal], b.data.past_phi[deal]
        reach.add(links[i], signs, -_reach(phi, most[i], in_force[i]))
        past[i] = _reach(past_phi, most[i], in_force[i])
        part.add(parts[i], signs, -_reach(phi, np.inf, limit[i]))
        past_part[i] = _reach(past_phi, np.inf, limit[i])
    b.family("only_when_signed", _keys(b, opened, links), reach, "<=", 0.0, ("Deals[{0}]", "{1}[{2}].deals"),
             constant=-past[links != NONE])
    b.family("part_of_limit", _keys(b, opened, parts), part, "<=", 0.0, ("{1}[{2}].limit.{3}",),
             constant=-past_part[parts != NONE])


def _keys(b: Building, heads: list[Opened] | list[tuple[str]], rows: Ints) -> list[tuple[object, ...]]:
    """Index of each row of a grid of them by year."""
    return [(*heads[i], b.data.years[j]) for i, j in np.argwhere(rows != NONE).tolist()]


def _reach(phi: Floats, most: Floats | float, in_force: Floats) -> Floats:
    """The most each signing lets flow: ``min(M, phi * most)``.

    Tighter than ``M`` alone where a term covers part of the year, and valid where two terms share it:
    ``min(M, x + y) <= min(M, x) + min(M, y)``.
    """
    # what may be taken in a whole year can be without end, of which a year outside the term has nothing
    taken = np.multiply(phi, in_force, out=np.zeros(phi.shape), where=phi > 0)
    return np.minimum(most, taken)


def _own_most(b: Building, deal: str, sheet: str, name: str) -> Floats:
    most = b.data.deals[deal].most
    return b.data.on_years(most if (sheet, name) in b.data.meters[deal] else None, np.inf)


def _limit(b: Building, thing: Thing) -> Floats:
    """The limit by year of a lane or supply, infinite without one."""
    sheet, name = thing
    if sheet == "Plants":
        return b.data.on_years(None, np.inf)
    row = b.data.lanes[name] if sheet == "Lanes" else b.data.supplies[name]
    return b.data.on_years(row.limit, np.inf)


def _unbounded(b: Building, opened: Opened, year: int) -> None:
    deal, sheet, name = opened
    b.contradict(
        f"What {sheet}[{name}] can carry in {year} under '{deal}' is bounded by nothing", float("inf"), "<=", 0.0,
        (f"{sheet}[{name}].limit", f"Deals[{deal}].most"),
        "Give it a limit, or the deal a most.",
    )


def _bands(b: Building) -> None:
    deals = [(name,) for name in b.data.deals if b.data.meters[name]]
    shape = (len(deals), len(b.data.years))
    force = np.array([b.data.in_force[name] for name, in deals], dtype=bool).reshape(shape)
    lower, upper = (
        np.array([b.data.on_years(getattr(b.data.deals[name], band), blank) for name, in deals]).reshape(shape)
        for band, blank in (("least", 0.0), ("most", np.inf))
    )
    past = np.array([b.data.past_phi[name] for name, in deals]).reshape(shape)
    missed = b.grid("missed", deals, b.data.years)
    taken = [metered(b, name) for name, in deals]
    some = np.array([(columns != NONE).any(axis=0) for columns in taken], dtype=bool).reshape(shape)
    least, most = numbered(force & (lower > 0)), numbered(force & np.isfinite(upper) & some)
    charged = numbered(force & (missed != NONE))
    upper = np.where(np.isfinite(upper), upper, 0.0)
    below, above, paid = Terms(), Terms(), Terms()
    below.add(least, missed)
    paid.add(charged, missed)
    for i, (name,) in enumerate(deals):
        signs, phi = b.signs[name][:, None], b.data.phi[name]
        below.add(least[i], taken[i])
        below.add(least[i], signs, -lower[i] * phi)
        above.add(most[i], taken[i])
        above.add(most[i], signs, -upper[i] * phi)
        paid.add(charged[i], signs, -lower[i] * phi)
    for block, rows, terms, sense, band, column in (
        ("least_take", least, below, ">=", lower, "least take"), ("most_taken", most, above, "<=", upper, "most"),
        ("missed_take", charged, paid, "<=", lower, "least take"),
    ):
        there = rows != NONE
        b.family(block, _keys(b, deals, rows), terms, sense, 0.0, (f"Deals[{{0}}].{column}.{{1}}",),
                 constant=-band[there] * past[there],
                 told="The least take of {} in {}".format if block == "least_take" else None)
