"""Variables and physical rows of the loose model: deals, orders, capacity, balance, demand, stocks, rules."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from optimizer.case.schema import Deal, Lane, Plant, Supply, matches
from tests.loose.facts import CLASSES, TINY, Facts, Signing, at, overlapping


def hold(m: Any, left: Any, sense: str, right: Any) -> None:
    """Add the row `left` sense `right`; a row without variables becomes one on `nothing`, which is 0."""
    body = left - right + m.nothing
    m.rows.add(body <= 0 if sense == "<=" else body >= 0 if sense == ">=" else body == 0)


def add_variables(m: Any, f: Facts) -> None:
    """Every decision but broken limits and incentives."""
    case, years, real = f.case, list(f.years), pyo.NonNegativeReals
    m.nothing = pyo.Var(bounds=(0, 0))
    m.rows = pyo.ConstraintList()
    signs = [(s.deal, s.year, s.terms) for row in f.signings.values() for s in row if not s.past]
    orders = [(o.plant, o.year) for row in f.orders.values() for o in row if o.past is None]
    m.sign = pyo.Var(signs, domain=pyo.Binary)
    m.orders = pyo.Var(orders, domain=pyo.NonNegativeIntegers)
    m.modules = pyo.Var(orders, domain=pyo.NonNegativeIntegers)
    m.run = pyo.Var([(k, r, t, c) for k, r in f.runs for t in years for c in CLASSES], domain=real)
    m.buy = pyo.Var([(s.name, t) for s in case.supplies for t in years], domain=real)
    m.ship = pyo.Var([(x.name, t, c) for x in case.lanes for t in years for c in CLASSES], domain=real)
    m.stock = pyo.Var([(b.name, t, c) for b in case.stocks for t in years for c in CLASSES], domain=real)
    m.relabel = pyo.Var([(p, x, t) for p, x in f.relabels() for t in years], domain=real)
    m.alloc = pyo.Var([(*x, t) for x in f.opened for t in years], domain=real)
    m.serve = pyo.Var([(q.name, t, c) for q in case.demands for t in years for c in CLASSES], domain=real)
    m.short = pyo.Var([(q.name, t) for q in case.demands for t in years], domain=real)
    charged = [d.name for d in case.deals if d.missed_charge is not None and d.least is not None]
    m.missed = pyo.Var([(d, t) for d in charged for t in years], domain=real)
    sold = [(p, x.name) for x in case.materials if x.market is not None for p in x.sold_at or sorted(f.home)]
    m.sell = pyo.Var([(*x, t, c) for x in sold for t in years for c in CLASSES], domain=real)
    by_products = {x for recipe in f.recipes.values() for x in recipe.by_products}
    thrown = [x.name for x in case.materials if x.discarding is not None or x.name in by_products]
    m.discard = pyo.Var(
        [(p.name, x, t, c) for p in case.places for x in thrown for t in years for c in CLASSES], domain=real
    )


# ---- what other modules read off the variables


def entry(family: Any, key: Any) -> Any:
    """A variable of a family, 0 where it has none of that key."""
    if key not in family:
        return 0
    return family[key]

def signed(m: Any, s: Signing) -> Any:
    """1 where signed."""
    return 1 if s.past else m.sign[s.deal, s.year, s.terms]


def active(m: Any, f: Facts, deal: str, t: int) -> Any:
    """The part of year t in which a deal is in force."""
    return sum(f.phi(s, t) * signed(m, s) for s in f.signings[deal])


def modules(m: Any, order: Any) -> Any:
    """The modules of an order."""
    return order.past if order.past is not None else m.modules[order.plant, order.year]


def capacity(m: Any, f: Facts, plant: Plant, t: int, after: float = 0.0) -> Any:
    """The capacity in year t that has operated for `after` years; what stands has."""
    size = plant.module or 0.0
    built = sum(size * f.avail(o, t, after=after) * modules(m, o) for o in f.orders[plant.name])
    return at(plant.capacity, t) + built


def output(m: Any, f: Facts, plant: str, t: int) -> Any:
    """The main output of a plant, both classes."""
    return sum(m.run[plant, run.recipe, t, c] for run in f.runs_of(plant) for c in CLASSES)


def flow(m: Any, f: Facts, sheet: str, name: str, t: int) -> Any:
    """The flow of a lane, plant or supply."""
    if sheet == "Supply":
        return m.buy[name, t]
    if sheet == "Plants":
        return output(m, f, name, t)
    return sum(m.ship[name, t, c] for c in CLASSES)


def volume(m: Any, f: Facts, deal: Deal, t: int) -> Any:
    """The tonnes on a deal's meter."""
    return sum(m.alloc[(deal.name, *x, t)] for x in f.meter(deal))


# ---- rows


def largest_flow(f: Facts) -> float:
    """More than any flow that a sensible plan holds: all that can be wanted over the horizon, through every loss."""
    wanted = 1.0
    for t in f.years:
        wanted += sum(q.tonnes.at(t) for q in f.case.demands) + sum(at(x.market, t) for x in f.case.materials)
        wanted += sum(at(d.least, t) for d in f.case.deals)
        wanted += sum(max(at(b.reserve, t), 0.0) for b in f.case.stocks)
        wanted += sum(x.value.at(t) for x in f.case.limits if x.measure == "tonnes" and x.sense == "at least")
    for b in f.case.stocks:
        wanted += b.opening_clear + b.opening_exposed + (b.closing_clear or 0) + (b.closing_exposed or 0)
    for k, r in f.runs:
        recipe = f.recipes[r]
        tonnes = 1 + sum(recipe.inputs.values()) + sum(recipe.by_products.values())
        wanted += tonnes * len(f.years) * largest_output(f, f.plants[k])
    for lane in f.case.lanes:
        wanted /= max(1 - lane.loss, 0.5)
    return 2 * wanted


def largest_output(f: Facts, plant: Plant) -> float:
    """More than a plant can make in a year."""
    size = plant.module or 0.0
    built = size * (plant.most_modules * plant.orders_at_most + sum(n for _, n in plant.ordered_in))
    return float((max(at(plant.capacity, t) for t in f.years) + built) / f.least_use(plant.name))


def add_deals(m: Any, f: Facts) -> None:
    """Signings, what deals open, meters and bands (4.1, 4.2; conventions 2, 3, 14, 15)."""
    for deal in f.case.deals:
        every = f.signings[deal.name]
        if deal.signings_at_most is not None or deal.term is None:
            most = 1 if deal.signings_at_most is None else deal.signings_at_most
            past = sum(s.past for s in every)
            hold(m, sum(s.terms * signed(m, s) for s in every if not s.past), "<=", max(0, most - past))
        for i, one in enumerate(every):
            for other in every[:i]:
                if overlapping(one, other):
                    hold(m, signed(m, one) + signed(m, other), "<=", 1)
    big = largest_flow(f)
    for t in f.years:
        for sheet, name, group in f.groups():
            hold(m, flow(m, f, sheet, name, t), "==", sum(m.alloc[d, sheet, name, t] for d in group))
            for d in group:
                _link(m, f, (d, sheet, name, t), big)
        for deal in f.case.deals:
            _band(m, f, deal, t)


def _link(m: Any, f: Facts, key: tuple[str, str, str, int], big: float) -> None:
    deal, sheet, name, t = key
    limit = None
    if sheet == "Plants":
        big = largest_output(f, f.plants[name])
    elif sheet == "Lanes":
        limit = f.case.row(Lane, name).limit
    else:
        limit = f.case.row(Supply, name).limit
    hold(m, m.alloc[key], "<=", big * sum(signed(m, s) for s in f.signings[deal] if f.phi(s, t) > TINY))
    if limit is not None:
        hold(m, m.alloc[key], "<=", limit.at(t) * active(m, f, deal, t))


def _band(m: Any, f: Facts, deal: Deal, t: int) -> None:
    if not f.meter(deal):
        return
    in_force, taken = active(m, f, deal.name, t), volume(m, f, deal, t)
    missed = entry(m.missed, (deal.name, t))
    if deal.least is not None:
        hold(m, taken + missed, ">=", deal.least.at(t) * in_force)
        hold(m, missed, "<=", deal.least.at(t) * in_force)
    if deal.most is not None:
        hold(m, taken, "<=", deal.most.at(t) * in_force)


def add_plants(m: Any, f: Facts) -> None:
    """Orders, deals to order, capacity with qualification (4.3, 4.4; conventions 4 to 6)."""
    for plant in f.case.plants:
        opened = [o for o in f.orders[plant.name] if o.past is None]
        for o in opened:
            n, orders = m.modules[o.plant, o.year], m.orders[o.plant, o.year]
            hold(m, n, ">=", plant.least_modules * orders)
            hold(m, n, "<=", plant.most_modules * orders)
            for group in plant.deals_to_order:
                counted = [
                    signed(m, s) for d in group if d in f.deals for s in f.signings[d]
                    if s.year <= o.year and s.start <= o.start + TINY and o.year + f.sigma(o.year) < s.end - TINY
                ]
                hold(m, orders, "<=", plant.orders_at_most * sum(counted))
        if opened:
            room = plant.orders_at_most - len(plant.ordered_in)
            hold(m, sum(m.orders[o.plant, o.year] for o in opened), "<=", room)
        runs = f.runs_of(plant.name)
        for t in f.years:
            for delay in {0.0, *(run.qualification_delay for run in runs)}:
                used = sum(
                    run.capacity_used * m.run[plant.name, run.recipe, t, c]
                    for run in runs if run.qualification_delay >= delay - TINY for c in CLASSES
                )
                hold(m, used, "<=", capacity(m, f, plant, t, delay))
            for run in runs:
                if not f.recipes[run.recipe].inputs:
                    hold(m, m.run[plant.name, run.recipe, t, "exposed"], "<=", 0)


def add_world(m: Any, f: Facts) -> None:
    """Limits of supplies, lanes and markets; demand (4.5, 4.6; conventions 7, 11, 25)."""
    for s in f.case.supplies:
        if s.total is not None:
            hold(m, sum(m.buy[s.name, t] for t in f.years), "<=", s.total)
    for t in f.years:
        for s in f.case.supplies:
            if s.limit is not None:
                hold(m, m.buy[s.name, t], "<=", s.limit.at(t))
        for lane in f.case.lanes:
            shipped = flow(m, f, "Lanes", lane.name, t)
            if lane.limit is not None:
                hold(m, shipped, "<=", lane.limit.at(t))
            if (lane.from_year or t) > t or (lane.to_year or t) < t:
                hold(m, shipped, "<=", 0)
        for x in f.case.materials:
            if x.market is not None:
                hold(m, sum(v for (_, y, u, _), v in m.sell.items() if (y, u) == (x.name, t)), "<=", x.market.at(t))
        for q in f.case.demands:
            tonnes, clear, exposed = q.tonnes.at(t), m.serve[q.name, t, "clear"], m.serve[q.name, t, "exposed"]
            hold(m, clear + exposed + m.short[q.name, t], "==", tonnes)
            hold(m, m.short[q.name, t], "<=", (1 - at(q.floor, t, 1.0)) * tonnes)
            hold(m, exposed, "<=", (1 - at(q.clear_share, t)) * tonnes)


def made(m: Any, f: Facts, key: tuple[str, str], material: str, t: int, c: str) -> Any:
    """What a recipe at a plant adds of a material in a class, the partner's part taken off."""
    plant, recipe = f.plants[key[0]], f.recipes[key[1]]
    tonnes = (1 - plant.partner_keeps) * (recipe.output == material) + recipe.by_products.get(material, 0.0)
    share = f.exposed_share(plant)
    clear, exposed = m.run[(*key, t, "clear")], m.run[(*key, t, "exposed")]
    return tonnes * ((1 - share) * clear if c == "clear" else share * clear + exposed)


def used(m: Any, f: Facts, place: str, material: str, t: int, c: str) -> Any:
    """What runs at a place take in of a material."""
    return sum(
        f.recipes[r].inputs.get(material, 0.0) * m.run[k, r, t, c] for k, r in f.runs if f.plants[k].place == place
    )


def served(m: Any, f: Facts, place: str, material: str, t: int, c: str) -> Any:
    """What is served of a material at a place."""
    return sum(m.serve[q.name, t, c] for q in f.case.demands if (q.place, q.material) == (place, material))


def add_balance(m: Any, f: Facts) -> None:
    """Every tonne of every class at every place goes somewhere (4.5; conventions 8 to 12)."""
    for place in f.case.places:
        for x in f.case.materials:
            for t in f.years:
                for c in CLASSES:
                    hold(m, _comes(m, f, place.name, x.name, t, c), "==", _goes(m, f, place.name, x.name, t, c))


def _comes(m: Any, f: Facts, p: str, x: str, t: int, c: str) -> Any:
    total: Any = 0
    for s in f.case.supplies:
        if (s.place, s.material) == (p, x):
            share = f.exposed_share(s)
            total += (share if c == "exposed" else 1 - share) * m.buy[s.name, t]
    total += sum(made(m, f, key, x, t, c) for key in f.runs if f.plants[key[0]].place == p)
    total += sum(
        (1 - lane.loss) * m.ship[lane.name, t, c] for lane in f.case.lanes
        if (lane.destination, lane.material) == (p, x)
    )
    for b in f.stocks_at(p, x):
        opening = b.opening_clear if c == "clear" else b.opening_exposed
        total += (opening if t == f.first else m.stock[b.name, t - 1, c]) - m.stock[b.name, t, c]
    if (p, x, t) in m.relabel:
        total += m.relabel[p, x, t] * (1 if c == "exposed" else -1)
    return total


def _goes(m: Any, f: Facts, p: str, x: str, t: int, c: str) -> Any:
    total = used(m, f, p, x, t, c) + served(m, f, p, x, t, c)
    total += sum(m.ship[lane.name, t, c] for lane in f.case.lanes if (lane.origin, lane.material) == (p, x))
    for family in (m.sell, m.discard):
        if (p, x, t, c) in family:
            total += family[p, x, t, c]
    return total


def add_stocks(m: Any, f: Facts) -> None:
    """Limit, closing and reserve (4.10; convention 13)."""
    for b in f.case.stocks:
        closing_clear = b.opening_clear if b.closing_clear is None else b.closing_clear
        closing_exposed = b.opening_exposed if b.closing_exposed is None else b.closing_exposed
        hold(m, m.stock[b.name, f.last, "clear"], ">=", closing_clear)
        hold(m, sum(m.stock[b.name, f.last, c] for c in CLASSES), ">=", closing_clear + closing_exposed)
        kinds = ("clear",) if b.reserve_class == "clear" else CLASSES
        for t in f.years:
            if b.limit is not None:
                hold(m, sum(m.stock[b.name, t, c] for c in CLASSES), "<=", b.limit.at(t))
            if b.reserve is not None:
                nxt = min(t + 1, f.last)
                needed = 1.0 if b.reserve_unit == "t" else sum(
                    used(m, f, b.place, b.material, nxt, c) + served(m, f, b.place, b.material, nxt, c)
                    for c in kinds) / 365
                hold(m, sum(m.stock[b.name, t, c] for c in kinds), ">=", b.reserve.at(t) * needed)


def add_rules(m: Any, f: Facts) -> None:
    """At most, at least, exactly n of a list; requires; excludes (4.7; convention 30)."""
    names = [*f.deals, *f.plants]
    m.chosen = pyo.Var(names, domain=pyo.Binary)
    for name in names:
        picks = _picks(m, f, name, f.last)
        past = any(p is True for p, _ in picks)
        for pick, most in picks:
            if pick is not True:
                hold(m, pick, "<=", most * m.chosen[name])
        hold(m, m.chosen[name], "<=", 1 if past else sum(pick for pick, _ in picks))
        if past:
            hold(m, m.chosen[name], ">=", 1)
    for rule in f.case.rules:
        lists = [[n for n in names if matches(n, pattern)] for pattern in rule.list]
        if rule.n is not None:
            sense = {"at most": "<=", "at least": ">=", "exactly": "=="}[rule.rule]
            hold(m, sum(m.chosen[n] for n in sorted({n for found in lists for n in found})), sense, rule.n)
            continue
        for a in lists[0]:
            for b in (b for found in lists[1:] for b in found if b != a):
                if rule.rule == "excludes":
                    hold(m, m.chosen[a] + m.chosen[b], "<=", 1)
                else:
                    _requires(m, f, a, b)


def _picks(m: Any, f: Facts, name: str, until: int) -> list[tuple[Any, int]]:
    """(signing or order made by `until`, its largest value) of a deal or plant; True for those of the past."""
    if name in f.deals:
        return [(True if s.past else signed(m, s), 1) for s in f.signings[name] if s.year <= until]
    most = f.plants[name].orders_at_most
    return [
        (True if o.past is not None else m.orders[o.plant, o.year], most)
        for o in f.orders[name] if o.year <= until
    ]


def _requires(m: Any, f: Facts, a: str, b: str) -> None:
    for t in f.years:
        before = sum(1 if pick is True else pick for pick, _ in _picks(m, f, b, t))
        if a in f.deals:
            mine = [(signed(m, s), 1) for s in f.signings[a] if not s.past and s.year == t]
        else:
            most = f.plants[a].orders_at_most
            mine = [(m.orders[a, t], most)] if (a, t) in m.orders else []
        for pick, most in mine:
            hold(m, pick, "<=", most * before)
