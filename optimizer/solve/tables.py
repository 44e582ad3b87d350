"""The tables of a plan: tidy, one number a row, with the figure of the plan as now beside it where there is one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

import pandas as pd

from optimizer.case.schema import Limit, Series
from optimizer.model.calendar import Calendar, falls_in, past_signing, signings
from optimizer.solve import views
from optimizer.solve.plan import LimitLevel, Plan

K = TypeVar("K")

Line = tuple[Any, ...]
"""The name columns of a row, then year (None: the horizon as a whole), value, unit."""

SIGNIFICANT = 1e-6
"""Amounts are rounded to this share of the largest of their unit in the table before they are written."""


def _table(
    plan: Plan, names: tuple[str, ...], lines: Callable[[Plan], Iterable[Line]], *, zeros: bool = False
) -> pd.DataFrame:
    """Names, year, value, unit; and as_now where the plan as now was solved.

    Args:
        plan: the plan.
        names: the name columns.
        lines: gives the rows of a plan; rows of one name, year and unit are added up.
        zeros: whether a row that is 0 in both plans says something; otherwise it is left out, so that what the
            solver's rounding leaves behind makes no row.
    """
    found: dict[tuple[Any, ...], list[float]] = {}
    for column, of in enumerate((plan, plan.as_now)):
        for line in lines(of) if of is not None else ():
            *key, value, unit = line
            found.setdefault((*key, unit), [0.0, 0.0])[column] += value
    places = _places(found)
    near = {key: [_near(value, places[key[-1]]) for value in values] for key, values in found.items()}
    told = [
        (*key[:-1], values[0], key[-1], values[1])
        for key, values in sorted(near.items(), key=lambda item: _order(item[0]))
        if zeros or any(values)
    ]
    frame = pd.DataFrame(told, columns=[*names, "year", "value", "unit", "as_now"])
    frame = frame.astype({"year": "Int64", "value": "float64", "as_now": "float64"})
    return frame if plan.as_now is not None else frame.drop(columns="as_now")


def _order(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Rows stand by name, then year; the horizon as a whole before its years."""
    *names, year, unit = key
    return (*names, -1 if year is None else year, unit)


def _places(found: Mapping[tuple[Any, ...], list[float]]) -> dict[str, int]:
    """Unit -> decimal places that leave a millionth of the largest number of that unit."""
    largest: dict[str, float] = {}
    for key, values in found.items():
        largest[key[-1]] = max(largest.get(key[-1], 0.0), *map(abs, values))
    return {unit: _places_of(top) for unit, top in largest.items()}


def _places_of(largest: float) -> int:
    return -math.floor(math.log10(largest * SIGNIFICANT)) if largest > 0 else 0


def _near(value: float, places: int) -> float:
    return round(value, places) + 0.0


def rounded(amounts: Mapping[K, float]) -> dict[K, float]:
    """Amounts of one unit, rounded as a table of them is."""
    places = _places_of(max(map(abs, amounts.values()), default=0.0))
    return {key: _near(value, places) for key, value in amounts.items()}


def deals(plan: Plan) -> pd.DataFrame:
    """Deals signed (terms), in force (part of the year), volumes, takes missed, and what each costs (cash)."""
    return _table(plan, ("deal", "partner", "what"), _deal_lines)


def _deal_lines(of: Plan) -> Iterable[Line]:
    rows = {row.name: row for row in of.case.deals}
    currency = of.case.settings.currency
    priced = (
        ("in force", "part of year", of.active, "yearly cost", "yearly_cost"),
        ("volume", "t", of.volume, "fee", "fee"),
        ("missed take", "t", of.amounts.missed, "charge for missed take", "missed_charge"),
    )
    for name, year, terms in of.amounts.sign:
        yield name, rows[name].partner or "", "signed", year, float(terms), "terms"
    yield from _signing_costs(of)
    for what, unit, amounts, charge, field in priced:
        for (name, year), amount in amounts.items():
            partner, price = rows[name].partner or "", getattr(rows[name], field)
            yield name, partner, what, year, amount, unit
            if price is not None:
                yield name, partner, charge, year, amount * price.at(year), currency


def _signing_costs(of: Plan) -> Iterable[Line]:
    """What is paid once a term, in the years of the case: signing cost and other payments (conventions 16 and 18)."""
    calendar, currency = Calendar.of(of.case.settings), of.case.settings.currency
    for deal in of.case.deals:
        past = past_signing(deal, calendar)
        made = [s for s in signings(deal, calendar) if (deal.name, s.year, s.terms) in of.amounts.sign]
        costs = [("signing cost", 0.0, deal.signing_cost)] if deal.signing_cost is not None else []
        costs += [("payments", p.years_after, Series.of(p.amount)) for p in of.case.payments if p.deal == deal.name]
        for what, after, amount in costs:
            for signing in [*made, *([past] if past is not None else [])]:
                if what == "payments" and not signing.closes:
                    continue
                for at, _, _ in signing.each_term(calendar):
                    if calendar.first <= (year := int(falls_in(at + after))) < calendar.end:
                        yield deal.name, deal.partner or "", what, year, amount.at(year), currency


def flows(plan: Plan) -> pd.DataFrame:
    """Every flow by name, material, places and class."""
    return _table(plan, ("flow", "name", "material", "from", "to", "class"), _flow_lines)


def _flow_lines(of: Plan) -> Iterable[Line]:
    case, amounts = of.case, of.amounts
    supplies, lanes = {s.name: s for s in case.supplies}, {lane.name: lane for lane in case.lanes}
    demands, places = {d.name: d for d in case.demands}, {k.name: k.place for k in case.plants}
    outputs = {line.recipe: line.material for line in case.recipe_lines if line.role == "output"}
    for (s, t), v in amounts.buy.items():
        yield "bought", s, supplies[s].material, supplies[s].place, supplies[s].place, "both", t, v, "t"
    for (k, r, t, c), v in amounts.run.items():
        yield "made", f"{k}/{r}", outputs[r], places[k], places[k], c, t, v, "t"
    for (x, t, c), v in amounts.ship.items():
        yield "shipped", x, lanes[x].material, lanes[x].origin, lanes[x].destination, c, t, v, "t"
    for (q, t, c), v in amounts.serve.items():
        yield "served", q, demands[q].material, demands[q].place, demands[q].place, c, t, v, "t"
    for (q, t), v in amounts.short.items():
        yield "short", q, demands[q].material, demands[q].place, demands[q].place, "both", t, v, "t"
    for name, family in (("sold", amounts.sell), ("discarded", amounts.discard)):
        for (p, m, t, c), v in family.items():
            yield name, m, m, p, p, c, t, v, "t"
    for (p, m, t), v in amounts.relabel.items():
        yield "relabelled", m, m, p, p, "clear", t, v, "t"


def orders(plan: Plan) -> pd.DataFrame:
    """Orders, modules and the capacity that they add."""

    def lines(of: Plan) -> Iterable[Line]:
        sizes = {plant.name: plant.module or 0.0 for plant in of.case.plants}
        for (k, t), number in of.amounts.orders.items():
            yield k, "orders", t, float(number), "orders"
        for (k, t), number in of.amounts.modules.items():
            yield k, "modules", t, float(number), "modules"
            yield k, "capacity ordered", t, number * sizes[k], "t"

    return _table(plan, ("plant", "what"), lines)


def capacity(plan: Plan) -> pd.DataFrame:
    """Capacity of each plant by year, the main output made there, and the capacity that this takes up."""

    def lines(of: Plan) -> Iterable[Line]:
        use = {(run.plant, run.recipe): run.capacity_used for run in of.case.runs}
        for (k, t), v in of.capacity.items():
            yield k, "capacity", t, v, "t"
        for (k, r, t, _), v in of.amounts.run.items():
            yield k, "made", t, v, "t"
            yield k, "capacity used", t, v * use[k, r], "t"

    return _table(plan, ("plant", "what"), lines)


def balance(plan: Plan) -> pd.DataFrame:
    """What comes and goes of each material at each place, by class; coming is positive."""

    def lines(of: Plan) -> Iterable[Line]:
        for *key, v in _balance_terms(of):
            yield (*key, v, "t")

    return _table(plan, ("place", "material", "class", "term"), lines)


def _balance_terms(of: Plan) -> Iterable[Line]:
    case, amounts = of.case, of.amounts
    plants = {k.name: k for k in case.plants}
    lines = case.recipe_lines
    for s in case.supplies:
        e = views.exposed_share(case, s)
        for t in case.years:
            v = amounts.buy.get((s.name, t), 0.0)
            for c, share in (("clear", 1 - e), ("exposed", e)):
                if v * share:
                    yield s.place, s.material, c, "bought", t, v * share
    for (k, r, t, c), v in amounts.run.items():
        plant = plants[k]
        e = views.exposed_share(case, plant)
        for line in (line for line in lines if line.recipe == r):
            if line.role == "input":
                yield plant.place, line.material, c, "used", t, -v * line.amount
                continue
            stays = line.amount * (1 - plant.partner_keeps if line.role == "output" else 1.0)
            for to, share in (("clear", 0.0 if c == "exposed" else 1 - e), ("exposed", 1.0 if c == "exposed" else e)):
                if share * stays:
                    yield plant.place, line.material, to, "made", t, v * stays * share
    yield from _balance_moves(of)


def _balance_moves(of: Plan) -> Iterable[Line]:
    case, amounts = of.case, of.amounts
    lanes, demands = {lane.name: lane for lane in case.lanes}, {d.name: d for d in case.demands}
    for (x, t, c), v in amounts.ship.items():
        lane = lanes[x]
        yield lane.origin, lane.material, c, "shipped", t, -v
        yield lane.destination, lane.material, c, "arrived", t, v * (1 - lane.loss)
    for b in case.stocks:
        for c, opening in (("clear", b.opening_clear), ("exposed", b.opening_exposed)):
            before = opening
            for t in case.years:
                after = amounts.stock.get((b.name, t, c), 0.0)
                if after - before:
                    yield b.place, b.material, c, "from stock", t, before - after
                before = after
    for (q, t, c), v in amounts.serve.items():
        yield demands[q].place, demands[q].material, c, "served", t, -v
    for term, family in (("sold", amounts.sell), ("discarded", amounts.discard)):
        for (p, m, t, c), v in family.items():
            yield p, m, c, term, t, -v
    for (p, m, t), v in amounts.relabel.items():
        yield p, m, "clear", "relabelled", t, -v
        yield p, m, "exposed", "relabelled", t, v


def stocks(plan: Plan) -> pd.DataFrame:
    """What lies in each stock at a year's end, by class."""

    def lines(of: Plan) -> Iterable[Line]:
        for (b, t, c), v in of.amounts.stock.items():
            yield b, c, t, v, "t"

    return _table(plan, ("stock", "class"), lines)


def drawn_from_stock(plan: Plan, only: Literal["clear", "exposed"] | None = None) -> dict[int, float]:
    """Year -> tonnes of the products at places with demand that stocks give; 0 in years in which they fill.

    Args:
        plan: the plan.
        only: the class that counts; both where None.
    """
    needed = {(line.place, line.material) for line, _ in views.counted_demand(plan.case).values()}
    found = dict.fromkeys(plan.case.years, 0.0)
    for place, material, c, term, year, amount in _balance_moves(plan):
        if term == "from stock" and (place, material) in needed and only in (None, c):
            found[year] += amount
    return {year: max(0.0, amount) for year, amount in found.items()}


def dependence(plan: Plan) -> pd.DataFrame:
    """Dependence by year: exposed, direct, unmet, and by stage."""

    def lines(of: Plan) -> Iterable[Line]:
        for view, shares in dependence_views(of).items():
            for t, share in shares.items():
                yield view, t, share, "fraction"

    return _table(plan, ("view",), lines, zeros=True)


def dependence_views(plan: Plan) -> dict[str, views.Shares]:
    """View -> year -> share; stages under ``stage: NAME``."""
    case, amounts = plan.case, plan.amounts
    found = {
        "exposed": views.exposed(case, plan.claims.dependent),
        "direct": views.direct(case, amounts),
        "unmet": views.unmet(case, amounts),
    }
    found.update({f"stage: {stage}": shares for stage, shares in views.by_stage(case, amounts).items()})
    return found


def cost(plan: Plan) -> pd.DataFrame:
    """Cash of each item by heading, payer and year; without a year, what is charged to the horizon, discounted."""

    def lines(of: Plan) -> Iterable[Line]:
        unit = of.case.settings.currency
        for (item, heading, payer, t), v in of.claims.cash.items():
            yield item, heading, payer, "cash", t, v, unit
        for (item, heading, payer), v in of.claims.charged.items():
            yield item, heading, payer, "charged", None, v, unit

    return _table(plan, ("item", "heading", "payer", "what"), lines)


def limits(plan: Plan) -> pd.DataFrame:
    """Where the plan stands against each limit: level, value, slack, by how much it is broken, 1 where it binds."""

    def lines(of: Plan) -> Iterable[Line]:
        rows = {row.name: row for row in of.case.limits}
        for (name, t), at in of.limits.items():
            unit = _limit_unit(of, rows[name])
            for what, v in (("level", at.level), ("value", at.value), ("slack", slack(at)), ("broken", at.broken)):
                yield name, at.sense, what, t, v, unit
            yield name, at.sense, "binding", t, float(binds(at)), "1 or 0"

    return _table(plan, ("limit", "sense", "what"), lines, zeros=True)


def slack(at: LimitLevel) -> float:
    """What is left before a limit holds, in its own unit; negative where it is broken."""
    return at.value - at.level if at.sense == "at most" else at.level - at.value


def binds(at: LimitLevel) -> bool:
    """Whether a limit leaves less than a millionth of its value."""
    return slack(at) <= SIGNIFICANT * max(1.0, abs(at.value))


def _limit_unit(plan: Plan, row: Limit) -> str:
    if row.measure == "spend":
        return plan.case.settings.currency
    if row.measure != "criterion":
        return "t"
    named = row.filter.get("criterion") if row.filter is not None else None
    units = {line.unit for line in plan.case.criteria if named and line.criterion in named}
    return units.pop() if len(units) == 1 else ""


TABLES: dict[str, Callable[[Plan], pd.DataFrame]] = {
    "deals": deals, "flows": flows, "orders": orders, "capacity": capacity, "balance": balance, "stocks": stocks,
    "dependence": dependence, "cost": cost, "limits": limits,
}
"""Name of a table -> the function that makes it."""
