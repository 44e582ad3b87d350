"""What a plan says, as facts in words: one source for the terminal, the brief and every later page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from optimizer.report.numbers import money, money_difference, percent, points, span, tonnes, year
from optimizer.solve.plan import Plan
from optimizer.solve.tables import binds, dependence_views, drawn_from_stock
from optimizer.solve.views import counted_demand, exposed, exposed_share, weighted_demand

NAMED = 3
"""Places of concern that a sentence names; more are called by that word."""

NO_GAP = 1e-6
"""Percent below which a gap is what the solver's arithmetic leaves."""

FRACTIONS = ("dependence", "mean dependence")
"""Goals whose gap is told in percentage points."""


@dataclass(frozen=True)
class DealLine:
    """One signing of a plan in words."""

    name: str
    partner: str
    kind: str
    signed: str
    in_force: str
    volume: str


@dataclass(frozen=True)
class OrderLine:
    """One order of a plan in words."""

    plant: str
    place: str
    year: int
    modules: int
    capacity: str
    first_output: str


@dataclass(frozen=True)
class Figure:
    """A number of the plan beside the one as now."""

    name: str
    plan: str
    as_now: str
    difference: str


def headline(plan: Plan) -> str:
    """The result in one sentence, with its year and its money."""
    spent = money(plan.claims.cost, plan.case.settings.currency)
    shares = shares_of(plan)
    if not shares:
        return f"The plan costs {spent}."
    at = focus_year(plan)
    told = f"Dependence on {concern(plan)} {_moves(plan, at)} {percent(shares[at])} in {at}"
    return f"{told}, at a cost of {spent}{against(plan)}."


def _moves(plan: Plan, at: int) -> str:
    """How dependence moves: from what it is that year as now, else from the first year."""
    shares = shares_of(plan)
    before = next(iter(shares.values())) if plan.as_now is None else shares_of(plan.as_now)[at]
    change = round(100 * (shares[at] - before), 1)
    if change == 0:
        return "stays at"
    return f"comes {'down' if change < 0 else 'up'} from {percent(before)}{' as now' if plan.as_now else ''} to"


def against(plan: Plan) -> str:
    """How much more or less the plan costs than as now, as the end of a sentence; empty without the plan as now."""
    if plan.as_now is None:
        return ""
    more = plan.claims.cost - plan.as_now.claims.cost
    if _equal(plan, more):
        return ", as much as now"
    return f", {money(abs(more), plan.case.settings.currency)} {'more' if more > 0 else 'less'} than as now"


def _equal(plan: Plan, more: float) -> bool:
    """Whether a difference of cost is no more than what a later goal may have used of it."""
    cost = max(abs(plan.claims.cost), abs(plan.as_now.claims.cost) if plan.as_now is not None else 0.0)
    return abs(more) <= max(0.5, 1.5 * plan.case.settings.cost_tolerance * cost)


def concern(plan: Plan) -> str:
    """The places of concern by name, or by that word where they are many."""
    names = [place.name for place in plan.case.places if place.concern]
    if not names or len(names) > NAMED:
        return "places of concern"
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def shares_of(plan: Plan) -> dict[int, float]:
    """Year -> share of demand served exposed or short."""
    return exposed(plan.case, plan.claims.dependent)


def focus_year(plan: Plan) -> int:
    """The year that the headline names: the first in which the glide path is full, else the last with demand."""
    years, settings = list(weighted_demand(plan.case)), plan.case.settings
    if settings.glide is not None:
        glide = settings.glide
        full = [t for t in years if (glide.first is None or t >= glide.first) and glide.at(t) >= 1]
    else:
        full = [t for t in years if t >= (settings.full_from or settings.first_year)]
    return full[0] if full else years[-1]


def proof(plan: Plan) -> str:
    """How sure the plan is: proved, or the best one found, whether another set of deals does as well, and the check."""
    if plan.status == "proved":
        sure = f"{_proved(plan)}{_unique(plan)}."
    else:
        sure = f"Best plan found, {_distance(plan)}; the search was stopped early."
    return f"{sure} Checked independently against the case." if plan.checked else sure


def _proved(plan: Plan) -> str:
    gap = 100 * max(plan.gap, plan.options.gap)
    if gap < NO_GAP:
        return "Proved: nothing better is possible"
    in_points = f" (dependence: {gap:.2g} point{'' if f'{gap:.2g}' == '1' else 's'})"
    return f"Proved within {gap:.2g} % of the best possible{in_points if set(plan.goals) & set(FRACTIONS) else ''}"


def _unique(plan: Plan) -> str:
    if plan.unique_deals is None:
        return "; whether another set of deals does as well was not settled" if plan.options.unique else ""
    return "; no other set of deals does as well" if plan.unique_deals else "; another set of deals does as well"


def _distance(plan: Plan) -> str:
    """How far the plan may be from the best: of the first goal, or of a later one where the first is proved."""
    first = next(iter(plan.goals), None)
    if first is None or not math.isfinite(plan.bound):
        return "how far from the best possible is not known"
    best = plan.best.get(first, plan.goals[first])
    open_gap = max(0.0, best - plan.bound)
    if first not in FRACTIONS:
        open_gap /= max(abs(best), 1e-6)
    if open_gap > plan.options.gap:
        return f"within {100 * open_gap:.2g} {'points' if first in FRACTIONS else '%'} of the best possible {first}"
    if not math.isfinite(plan.gap):
        return f"{first} proved, how far the goals after it are from the best possible is not known"
    return f"{first} proved, the goals after it within {100 * plan.gap:.2g} % of the best possible"


def deal_lines(plan: Plan) -> list[DealLine]:
    """The signings, in order of year."""
    rows = {row.name: row for row in plan.case.deals}
    found = []
    for name, signed, terms in sorted(plan.amounts.sign, key=lambda key: (key[1], key[0])):
        later = [t for d, t, _ in plan.amounts.sign if d == name and t > signed]
        until = min(later, default=plan.case.settings.last_year + 1)
        years = [t for (d, t), part in plan.active.items() if d == name and part > 0 and t >= signed]
        volumes = [v for (d, t), v in plan.volume.items() if d == name and signed <= t]
        found.append(
            DealLine(
                name, rows[name].partner or "", rows[name].kind or "",
                f"{signed}" + (f", {terms} terms" if terms > 1 else ""),
                span([t for t in years if t <= until]),
                f"up to {tonnes(max(volumes))}" if volumes else "-",
            )
        )
    return found


def order_lines(plan: Plan) -> list[OrderLine]:
    """The orders made, in order of year."""
    rows = {row.name: row for row in plan.case.plants}
    found = []
    for (name, at), modules in sorted(plan.amounts.modules.items(), key=lambda item: (item[0][1], item[0][0])):
        row = rows[name]
        start = at + plan.case.settings.deciding_point.at(at) + row.lead
        size = tonnes(modules * (row.module or 0.0))
        found.append(OrderLine(name, row.place, at, int(modules), f"{size}/yr", year(start)))
    return found


def signed_by_year(plan: Plan) -> dict[int, str]:
    """Year -> the deals signed in it, with their terms where there are several."""
    found: dict[int, list[str]] = {}
    for name, at, terms in sorted(plan.amounts.sign, key=lambda key: (key[1], key[0])):
        found.setdefault(at, []).append(f"{name} ({terms} terms)" if terms > 1 else name)
    return {at: "; ".join(names) for at, names in found.items()}


def ordered_by_year(plan: Plan) -> dict[int, str]:
    """Year -> the plants ordered in it, with their capacity."""
    found: dict[int, list[str]] = {}
    for line in order_lines(plan):
        found.setdefault(line.year, []).append(f"{line.plant} ({line.capacity})")
    return {at: "; ".join(names) for at, names in found.items()}


def figures(plan: Plan) -> list[Figure]:
    """The numbers that answer the question, each against the plan as now: dependence now, then, at the end; money."""
    currency, now, shares = plan.case.settings.currency, plan.as_now, shares_of(plan)
    found = []
    if shares:
        last, focus = list(shares)[-1], focus_year(plan)
        for at in sorted({next(iter(shares)), focus, last}):
            other = None if now is None else shares_of(now)[at]
            found.append(_figure(f"Dependence in {at}", shares[at], other, percent, points))

    def told(amount: float) -> str:
        return money(amount, currency)

    def difference(amount: float) -> str:
        return "none" if _equal(plan, amount) else money_difference(amount, currency)

    other = None if now is None else now.claims.cost
    found.append(_figure("Cost, discounted", plan.claims.cost, other, told, difference))
    other = None if now is None else capital(now)
    found.append(_figure("Capital, cash", capital(plan), other, told, difference))
    return found


Words = Callable[[float], str]


def _figure(name: str, value: float, other: float | None, told: Words, difference: Words) -> Figure:
    if other is None:
        return Figure(name, told(value), "-", "")
    return Figure(name, told(value), told(other), difference(value - other))


def capital(plan: Plan) -> float:
    """Capital and site cost, cash of all years."""
    return sum(amount for (item, _, _, _), amount in plan.claims.cash.items() if item in ("capex", "site"))


def calendar(plan: Plan) -> str:
    """When to decide, and when it tells: one line."""
    lower = relieved(plan)
    relief = f"; dependence is below as now from {lower[0]} on" if lower else ""
    return f"{_decided(plan)}{relief}."


def relieved(plan: Plan) -> list[int]:
    """The years in which dependence is lower than as now."""
    shares = shares_of(plan)
    before = shares if plan.as_now is None else shares_of(plan.as_now)
    return [t for t in shares if before[t] - shares[t] > 0.0005]


def _decided(plan: Plan) -> str:
    years = [t for _, t, _ in plan.amounts.sign] + [t for _, t in plan.amounts.modules]
    if not years:
        return "No deal is signed and no plant ordered"
    first, last = min(years), max(years)
    return f"Decide in {first}" if first == last else f"Decide from {first} to {last}"


def budget(plan: Plan) -> str:
    """The budget that the plan keeps to and the least cost, as far as they are known; empty where neither is."""
    currency, told = plan.case.settings.currency, []
    if plan.budget is not None:
        told.append(f"budget {money(plan.budget, currency)}")
    if plan.least_cost is not None:
        told.append(f"least cost {money(plan.least_cost, currency)}")
    text = ", ".join(told)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def left_out(plan: Plan) -> set[str]:
    """Items of cost that the case's view does not count."""
    return {"incentives paid"} | ({"duty", "incentives"} if plan.case.settings.view == "national" else set())


def by_heading(plan: Plan) -> dict[str, float]:
    """Heading -> discounted cost as the case's view counts it, largest first."""
    without = left_out(plan)
    found: dict[str, float] = {}
    for (item, heading, _), amount in plan.claims.charged.items():
        if item not in without:
            found[heading] = found.get(heading, 0.0) + amount
    return dict(sorted(found.items(), key=lambda entry: (-abs(entry[1]), entry[0])))


def cost_lines(plan: Plan) -> list[tuple[str, str, str]]:
    """Heading, cost of the plan, cost as now; the total last."""
    currency, mine = plan.case.settings.currency, by_heading(plan)
    now = by_heading(plan.as_now) if plan.as_now is not None else None
    names = dict.fromkeys([*mine, *(now or {})])
    lines = [
        (name, mine.get(name, 0.0), now.get(name, 0.0) if now is not None else None)
        for name in names
        if round(mine.get(name, 0.0)) or round((now or {}).get(name, 0.0))
    ]
    lines.append(("total", plan.claims.cost, None if plan.as_now is None else plan.as_now.claims.cost))
    return [(name, money(a, currency), "-" if b is None else money(b, currency)) for name, a, b in lines]


def served_by_origin(plan: Plan) -> dict[str, dict[int, float]]:
    """Where the products at places with demand come from, in t: made or bought there, or by lane from a place."""
    found: dict[str, dict[int, float]] = {}
    for origin, t, amount, _ in _arrivals(plan):
        found.setdefault(origin, dict.fromkeys(plan.case.years, 0.0))[t] += amount
    stock = drawn_from_stock(plan)
    if any(round(tonnes, 6) for tonnes in stock.values()):
        found["from stock"] = stock
    return dict(sorted(found.items(), key=lambda entry: (-sum(entry[1].values()), entry[0])))


def exposed_elsewhere(plan: Plan, origin: str) -> dict[int, float]:
    """Year -> exposed tonnes of what :func:`served_by_origin` tells of an origin."""
    found = dict.fromkeys(plan.case.years, 0.0)
    for name, t, _, exposed_part in _arrivals(plan):
        if name == origin:
            found[t] += exposed_part
    if origin == "from stock":
        found = drawn_from_stock(plan, "exposed")
    return found


def _arrivals(plan: Plan) -> Iterable[tuple[str, int, float, float]]:
    """Origin, year, tonnes and exposed tonnes of each arrival of a product at a place with demand."""
    needed = {(line.place, line.material) for line, _ in counted_demand(plan.case).values()}
    lanes, plants = {x.name: x for x in plan.case.lanes}, {k.name: k for k in plan.case.plants}
    supplies = {s.name: s for s in plan.case.supplies}
    outputs = {line.recipe: line.material for line in plan.case.recipe_lines if line.role == "output"}
    for (name, t, c), v in plan.amounts.ship.items():
        lane = lanes[name]
        if (lane.destination, lane.material) in needed and (lane.origin, lane.material) not in needed:
            amount = v * (1 - lane.loss)
            yield f"from {lane.origin}", t, amount, amount if c == "exposed" else 0.0
    for (s, t), v in plan.amounts.buy.items():
        if (supplies[s].place, supplies[s].material) in needed:
            yield s, t, v, v * exposed_share(plan.case, supplies[s])
    for (k, r, t, c), v in plan.amounts.run.items():
        if (plants[k].place, outputs[r]) in needed:
            amount = v * (1 - plants[k].partner_keeps)
            yield k, t, amount, amount * (1.0 if c == "exposed" else exposed_share(plan.case, plants[k]))


def demand_of(plan: Plan) -> dict[int, float]:
    """Year -> tonnes needed, of the demand that counts in dependence."""
    lines = [line for line, _ in counted_demand(plan.case).values()]
    return {t: sum(line.tonnes.at(t) for line in lines) for t in plan.case.years}


def dependence_rows(plan: Plan) -> dict[str, dict[int, float]]:
    """Name of a view -> year -> share, with the exposed share as now beside that of the plan."""
    found: dict[str, dict[int, float]] = {}
    for view, shares in dependence_views(plan).items():
        found[view] = shares
        if view == "exposed" and plan.as_now is not None:
            found["exposed, as now"] = shares_of(plan.as_now)
    return found


def volumes(plan: Plan) -> dict[str, dict[int, float]]:
    """Deal -> year -> tonnes on its meter."""
    found: dict[str, dict[int, float]] = {}
    for (deal, t), v in sorted(plan.volume.items()):
        found.setdefault(deal, {})[t] = v
    return found


def capacities(plan: Plan) -> dict[str, dict[int, float]]:
    """Plant ordered -> year -> its capacity in t a year."""
    ordered = {name for name, _ in plan.amounts.modules}
    found: dict[str, dict[int, float]] = {}
    for (name, t), v in sorted(plan.capacity.items()):
        if name in ordered:
            found.setdefault(name, {})[t] = v
    return found


def cash_by_payer(plan: Plan) -> dict[str, dict[int, float]]:
    """Payer -> year -> cash, cost positive."""
    found: dict[str, dict[int, float]] = {}
    for (_, _, payer, t), amount in sorted(plan.claims.cash.items()):
        of = found.setdefault(payer, dict.fromkeys(plan.case.years, 0.0))
        of[t] += amount
    return found


def binding(plan: Plan) -> Mapping[str, list[int]]:
    """Limit -> years in which it leaves no slack; all years for a limit over the horizon."""
    whole = {row.name for row in plan.case.limits if row.over == "horizon"}
    found: dict[str, list[int]] = {}
    for (name, t), at in plan.limits.items():
        if binds(at):
            found.setdefault(name, []).extend(plan.case.years if name in whole else [t])
    return {name: sorted(years) for name, years in found.items()}
