"""Items of cost of the loose model, in cash by year and as charged to the horizon; incentives (4.9, 5)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from optimizer.case.schema import Incentive, Plant, Series, matches
from tests.loose.decisions import active, entry, flow, hold, modules, output, signed, volume
from tests.loose.facts import CLASSES, TINY, Facts, Order, at


@dataclass(frozen=True)
class Item:
    """One item of cost under a heading and payer: year -> cash, and what is charged, discounted."""

    item: str
    heading: str
    payer: str
    cash: dict[int, Any]
    charged: Any


# ---- incentives


def receivers(f: Facts, g: Incentive) -> list[Plant]:
    """The plants that may receive an incentive."""
    return [k for k in f.case.plants if any(matches(k.name, pattern) for pattern in g.plants)]


def paid_part(f: Facts, g: Incentive, order: Order, t: int) -> float:
    """Ramped part of year t in the operating years that earn an incentive."""
    last = math.inf if g.last_operating_year is None else g.last_operating_year
    return f.avail(order, t, years=(g.first_operating_year, last))


def add_incentives(m: Any, f: Facts) -> None:
    """Tonnes paid for, grants and caps (4.9; convention 22)."""
    pairs = [(g, k, o) for g in f.case.incentives for k in receivers(f, g) for o in f.orders[k.name]]
    m.paid_output = pyo.Var(
        [(g.name, k.name, o.year, t) for g, k, o in pairs if g.per_tonne is not None
         for t in f.years if paid_part(f, g, o, t) > 0],
        domain=pyo.NonNegativeReals,
    )
    m.grant = pyo.Var(
        [(g.name, k.name, o.year) for g, k, o in pairs if g.per_capacity is not None and o.past is None],
        domain=pyo.NonNegativeReals,
    )
    for g, k, o in pairs:
        size = k.module or 0.0
        if (g.name, k.name, o.year) in m.grant:
            worth = at(g.per_capacity, o.year) * size * modules(m, o)
            hold(m, m.grant[g.name, k.name, o.year], "<=", worth)
        for t in f.years:
            if (g.name, k.name, o.year, t) in m.paid_output:
                tonnes = size * paid_part(f, g, o, t) / f.least_use(k.name) * modules(m, o)
                hold(m, m.paid_output[g.name, k.name, o.year, t], "<=", tonnes)
    for g in f.case.incentives:
        for t in f.years:
            _paid_once(m, f, g, t)
        _caps(m, f, g)


def paid(m: Any, f: Facts, g: Incentive, plant: str, t: int) -> Any:
    """The tonnes of a plant's output that an incentive pays for."""
    keys = [(g.name, plant, o.year, t) for o in f.orders[plant]]
    return sum(m.paid_output[key] for key in keys if key in m.paid_output)


def _paid_once(m: Any, f: Facts, g: Incentive, t: int) -> None:
    for k in receivers(f, g):
        hold(m, paid(m, f, g, k.name, t), "<=", output(m, f, k.name, t))
    for place, outputs in {(k.place, frozenset(f.outputs_of(k.name))) for k in receivers(f, g)}:
        mine = [k for k in receivers(f, g) if k.place == place and frozenset(f.outputs_of(k.name)) == outputs]
        made = sum(
            m.run[k, r, t, c] for k, r in f.runs for c in CLASSES
            if f.plants[k].place == place and f.recipes[r].output in outputs
        )
        for x in sorted(outputs):
            for b in f.stocks_at(place, x):
                before = b.opening_clear + b.opening_exposed
                made += before if t == f.first else sum(m.stock[b.name, t - 1, c] for c in CLASSES)
                made -= sum(m.stock[b.name, t, c] for c in CLASSES)
            made -= sum(m.discard[place, x, t, c] for c in CLASSES if (place, x, t, c) in m.discard)
        # where nothing can be paid for the row would forbid to stock what was bought
        if any((g.name, k.name, o.year, t) in m.paid_output for k in mine for o in f.orders[k.name]):
            hold(m, sum(paid(m, f, g, k.name, t) for k in mine), "<=", made)


def received(m: Any, f: Facts, g: Incentive, k: Plant, o: Order, t: int) -> Any:
    """What an order of a plant receives in a year for its output."""
    key = (g.name, k.name, o.year, t)
    return at(g.per_tonne, t) * m.paid_output[key] if key in m.paid_output else 0


def _caps(m: Any, f: Facts, g: Incentive) -> None:
    orders = [(k, o) for k in receivers(f, g) for o in f.orders[k.name]]

    def grant(k: Plant, o: Order) -> Any:
        return entry(m.grant, (g.name, k.name, o.year))

    if g.cap_a_year is not None:
        for t in f.years:
            now = sum(received(m, f, g, k, o, t) + (grant(k, o) if o.year == t else 0) for k, o in orders)
            hold(m, now, "<=", g.cap_a_year)
    of_order = [(o, grant(k, o) + sum(received(m, f, g, k, o, t) for t in f.years)) for k, o in orders]
    if g.cap_per_order is not None:
        for o, total in of_order:
            number = 1 if o.past is not None else m.orders[o.plant, o.year]
            hold(m, total, "<=", g.cap_per_order * number)
    if g.cap_total is not None:
        hold(m, sum(total for _, total in of_order), "<=", g.cap_total)


# ---- items


def items(m: Any, f: Facts) -> list[Item]:
    """Every item of cost (conventions 16 to 20), zeros included."""
    parts = (_trade, _deals, _terms, _plants, _orders, _rest, _incentive_items, _broken)
    return [item for of in parts for item in of(m, f)]


def _flat(f: Facts, item: str, payer: str | None, cash: dict[int, Any], heading: str | None = None) -> Item:
    charged = sum(f.df(t) * cash[t] for t in cash)
    return Item(item, heading or item, f.payer(payer), cash, charged)


def _by_use(
    f: Facts, item: str, heading: str, payer: str | None, paid_in: list[tuple[int, Any]], ratio: float
) -> Item:
    cash: dict[int, Any] = {}
    for t, amount in paid_in:
        if f.first <= t <= f.last:
            cash[t] = cash.get(t, 0) + amount
    return Item(item, heading, f.payer(payer), cash, ratio * sum(f.df(t) * amount for t, amount in paid_in))


def _trade(m: Any, f: Facts) -> Iterator[Item]:
    for s in f.case.supplies:
        yield _flat(f, "purchases", s.payer, {t: at(s.price, t) * m.buy[s.name, t] for t in f.years})
    for lane in f.case.lanes:
        shipped = {t: flow(m, f, "Lanes", lane.name, t) for t in f.years}
        yield _flat(f, "freight", lane.payer, {t: at(lane.freight, t) * shipped[t] for t in f.years})
        if lane.duty is not None:
            price = {t: f.ship_price(lane.origin, lane.material, t) for t in f.years}
            item = "duty" if lane.destination in f.home else "foreign duty"
            yield _flat(f, item, lane.payer, {t: lane.duty.at(t) * price[t] * shipped[t] for t in f.years})


def _deals(m: Any, f: Facts) -> Iterator[Item]:
    for d in f.case.deals:
        yield _flat(f, "fees", d.payer, {t: at(d.fee, t) * volume(m, f, d, t) for t in f.years})
        missed = {t: at(d.missed_charge, t) * m.missed[d.name, t] for t in f.years if (d.name, t) in m.missed}
        yield _flat(f, "missed takes", d.payer, missed)
        yearly = {t: at(d.yearly_cost, t) * active(m, f, d.name, t) for t in f.years}
        yield _flat(f, "yearly", d.payer, yearly, d.heading)


def _held(series: Series | None, f: Facts, t: int) -> float:
    return at(series, min(t, f.last))


def _terms(m: Any, f: Facts) -> Iterator[Item]:
    for d in f.case.deals:
        payments = [p for p in f.case.payments if p.deal == d.name]
        for s in f.signings[d.name]:
            for j in range(1 if f.fails(s) else s.terms):
                decided = s.decided + (j * s.length if j else 0.0)
                ratio = f.use_ratio(*s.term(j))
                t = math.floor(decided + TINY)
                paid_in = [(t, _held(d.signing_cost, f, t) * signed(m, s))] if t >= f.first else []
                yield _by_use(f, "signing", d.heading or "signing", d.payer, paid_in, ratio)
                for p in () if f.fails(s) else payments:
                    t = math.floor(decided + p.years_after + TINY)
                    paid_in = [(t, p.amount * signed(m, s))] if t >= f.first else []
                    yield _by_use(f, "payments", p.heading, p.payer or d.payer, paid_in, ratio)


def _plants(m: Any, f: Facts) -> Iterator[Item]:
    for k in f.case.plants:
        variable: dict[int, Any] = dict.fromkeys(f.years, 0)
        credit: dict[int, Any] = dict.fromkeys(f.years, 0)
        for run in f.runs_of(k.name):
            inputs = f.recipes[run.recipe].inputs
            for t in f.years:
                tonnes = sum(m.run[k.name, run.recipe, t, c] for c in CLASSES)
                own = at(run.variable_cost, t)
                variable[t] += own * tonnes
                if k.partner_keeps:
                    worth = own + sum(amount * f.list_price(x, t) for x, amount in inputs.items())
                    credit[t] -= k.partner_keeps * worth * tonnes
        yield _flat(f, "variable", k.payer, variable)
        yield _flat(f, "partner credit", k.payer, credit)
        size, orders = k.module or 0.0, f.orders[k.name]
        fixed = {
            t: at(k.fixed_cost, t) * (
                at(k.capacity, t) + sum(size * f.standing(o, t) * modules(m, o) for o in orders)
            ) for t in f.years
        }
        yield _flat(f, "fixed", k.payer, fixed)
        if k.partner_return is not None:
            factor = annuity(k.partner_return, k.life)
            yearly = {
                t: sum((1 - k.home_share) * at(k.capex, o.year) * size * factor * f.standing(o, t) * modules(m, o)
                       for o in orders) for t in f.years
            }
            yield _flat(f, "annuity", k.payer, yearly)


def annuity(rate: float, life: float | None) -> float:
    """The yearly payment on a principal of 1 (convention 20)."""
    if life is None:
        return rate
    return 1 / life if rate == 0 else float(rate / (1 - (1 + rate) ** -life))


def _orders(m: Any, f: Facts) -> Iterator[Item]:
    for k in f.case.plants:
        for o in f.orders[k.name]:
            if o.past is not None:
                continue
            ratio = f.use_ratio(o.start, o.end)
            site = at(k.site_cost, o.year) * m.orders[k.name, o.year]
            yield _by_use(f, "site", "site", k.payer, [(o.year, site)], ratio)
            capex = k.home_share * at(k.capex, o.year) * (k.module or 0.0) * m.modules[k.name, o.year]
            paid_in = [(o.year + j, share * capex) for j, share in enumerate(k.profile)]
            yield _by_use(f, "capex", "capex", k.payer, paid_in, ratio)


def _rest(m: Any, f: Facts) -> Iterator[Item]:
    for b in f.case.stocks:
        held = {t: at(b.holding_cost, t) * sum(m.stock[b.name, t, c] for c in CLASSES) for t in f.years}
        yield _flat(f, "holding", b.payer, held)
    for x in f.case.materials:
        thrown = {t: (x.discarding or 0.0) * _over(m.discard, x.name, t) for t in f.years}
        yield _flat(f, "discarding", None, thrown)
        if x.market is not None:
            sold = {t: -f.list_price(x.name, t) * _over(m.sell, x.name, t) for t in f.years}
            yield _flat(f, "sales", None, sold)
    for q in f.case.demands:
        yield _flat(f, "shortage", None, {t: at(q.shortage_cost, t) * m.short[q.name, t] for t in f.years})


def _over(family: Any, material: str, t: int) -> Any:
    return sum(v for (_, x, u, _), v in family.items() if (x, u) == (material, t))


def _incentive_items(m: Any, f: Facts) -> Iterator[Item]:
    for g in f.case.incentives:
        for k in receivers(f, g):
            sides = (("incentives", g.to or k.payer, -1), ("incentives paid", g.payer, 1))
            for item, payer, sign in sides:
                for o in f.orders[k.name]:
                    yield _flat(f, item, payer, {t: sign * received(m, f, g, k, o, t) for t in f.years})
                    key = (g.name, k.name, o.year)
                    if key in m.grant:
                        ratio = f.use_ratio(o.start, o.end)
                        yield _by_use(f, item, item, payer, [(o.year, sign * m.grant[key])], ratio)


def _broken(m: Any, f: Facts) -> Iterator[Item]:
    for limit in f.case.limits:
        if limit.price_of_breaking is not None:
            broken = {t: limit.price_of_breaking * m.broken[n, t] for n, t in m.broken if n == limit.name}
            yield _flat(f, "broken limits", None, broken)


def cost(f: Facts, every: list[Item]) -> Any:
    """Discounted cost in the case's view (convention 19)."""
    out = {"incentives paid"} if f.case.settings.view == "payer" else {"incentives paid", "incentives", "duty"}
    return sum(i.charged for i in every if i.item not in out)
