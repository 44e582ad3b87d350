"""The tables of a plan: tidy, one number a row, with the figure of the plan as now beside it where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from optimizer.solve import views
from optimizer.solve.plan import Plan

Line = tuple[Any, ...]

SIGNIFICANT = 1e-6
"""Amounts are rounded to this share of the largest of their unit in the table before they are written."""


def _table(plan: Plan, names: tuple[str, ...], lines: Callable[[Plan], Iterable[Line]]) -> pd.DataFrame:
    """Names, year, value, unit; and as_now where the plan as now was solved."""
    index = [*names, "year", "unit"]
    frame = _frame(lines(plan), names)
    if plan.as_now is not None:
        now = _frame(lines(plan.as_now), names).rename(columns={"value": "as_now"})
        frame = frame.merge(now, on=index, how="outer").fillna({"value": 0.0, "as_now": 0.0})
    numbers = [column for column in ("value", "as_now") if column in frame]
    for column in numbers:
        frame[column] = _rounded(frame, column)
    order = [*names, "year", "value", "unit", *numbers[1:]]
    return frame.sort_values([*names, "year"], kind="stable", ignore_index=True)[order]


def _frame(lines: Iterable[Line], names: tuple[str, ...]) -> pd.DataFrame:
    columns = [*names, "year", "value", "unit"]
    frame = pd.DataFrame(list(lines), columns=columns)
    return frame.astype({"year": "int64", "value": "float64"}) if len(frame) else frame


def _rounded(frame: pd.DataFrame, column: str) -> pd.Series[float]:
    """Each number rounded to a power of ten below a millionth of the largest of its unit."""
    scale = frame.groupby("unit")[column].transform(lambda of: of.abs().max())
    digits = [max(0, 6 - len(str(int(largest)))) + 1 if largest >= 1 else 9 for largest in scale.fillna(0.0)]
    rounded = [round(float(number), n) + 0.0 for number, n in zip(frame[column], digits, strict=True)]
    return pd.Series(rounded, index=frame.index, dtype="float64")


def deals(plan: Plan) -> pd.DataFrame:
    """Deals signed (terms), in force (part of the year), volumes and takes missed."""

    def lines(of: Plan) -> Iterable[Line]:
        rows = {row.name: row for row in of.case.deals}
        for (name, year, terms), _ in of.amounts.sign.items():
            yield name, rows[name].partner or "", "signed", year, float(terms), "terms"
        for (name, year), part in of.active.items():
            yield name, rows[name].partner or "", "in force", year, part, "year"
        for (name, year), tonnes in of.volume.items():
            yield name, rows[name].partner or "", "volume", year, tonnes, "t"
        for (name, year), tonnes in of.amounts.missed.items():
            yield name, rows[name].partner or "", "missed take", year, tonnes, "t"

    return _table(plan, ("deal", "partner", "what"), lines)


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
    """Capacity of each plant by year, and what was made there."""

    def lines(of: Plan) -> Iterable[Line]:
        made: dict[tuple[str, int], float] = {}
        for (k, _, t, _), v in of.amounts.run.items():
            made[k, t] = made.get((k, t), 0.0) + v
        for (k, t), v in of.capacity.items():
            yield k, "capacity", t, v, "t"
        for (k, t), v in made.items():
            yield k, "made", t, v, "t"

    return _table(plan, ("plant", "what"), lines)


def balance(plan: Plan) -> pd.DataFrame:
    """What comes and goes of each material at each place, by class; coming is positive."""

    def lines(of: Plan) -> Iterable[Line]:
        found: dict[Line, float] = {}
        for place, material, cls, term, t, v in _balance_terms(of):
            key = (place, material, cls, term, t)
            found[key] = found.get(key, 0.0) + v
        for key, v in found.items():
            yield (*key, v, "t")

    return _table(plan, ("place", "material", "class", "term"), lines)


def _balance_terms(of: Plan) -> Iterable[Line]:
    case, amounts = of.case, of.amounts
    plants = {k.name: k for k in case.plants}
    concern = {place.name for place in case.places if place.concern}
    lines = case.recipe_lines
    for s in case.supplies:
        e = s.exposed_share if s.exposed_share is not None else float(s.place in concern)
        for t in case.years:
            v = amounts.buy.get((s.name, t), 0.0)
            for c, share in (("clear", 1 - e), ("exposed", e)):
                if v * share:
                    yield s.place, s.material, c, "bought", t, v * share
    for (k, r, t, c), v in amounts.run.items():
        plant = plants[k]
        e = plant.exposed_share if plant.exposed_share is not None else float(plant.place in concern)
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


def dependence(plan: Plan) -> pd.DataFrame:
    """Dependence by year: exposed, direct, unmet, and by stage."""

    def lines(of: Plan) -> Iterable[Line]:
        for view, shares in dependence_views(of).items():
            for t, share in shares.items():
                yield view, t, share, "fraction"

    return _table(plan, ("view",), lines)


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
    """Cash of each item by heading, payer and year, and under year 0 what is charged to the horizon, discounted."""

    def lines(of: Plan) -> Iterable[Line]:
        unit = of.case.settings.currency
        for (item, heading, payer, t), v in of.claims.cash.items():
            if v:
                yield item, heading, payer, "cash", t, v, unit
        for (item, heading, payer), v in of.claims.charged.items():
            if v:
                yield item, heading, payer, "charged to the horizon", 0, v, unit

    return _table(plan, ("item", "heading", "payer", "what"), lines)


def limits(plan: Plan) -> pd.DataFrame:
    """Where the plan stands against each limit: level, value, slack, by how much it is broken."""

    def lines(of: Plan) -> Iterable[Line]:
        rows = {row.name: row for row in of.case.limits}
        for (name, t), at in of.limits.items():
            slack = at.value - at.level if at.sense == "at most" else at.level - at.value
            unit = of.case.settings.currency if rows[name].measure == "spend" else "t"
            unit = "criterion" if rows[name].measure == "criterion" else unit
            for what, v in (("level", at.level), ("value", at.value), ("slack", slack), ("broken", at.broken)):
                yield name, at.sense, what, t, v, unit

    return _table(plan, ("limit", "sense", "what"), lines)


TABLES: dict[str, Callable[[Plan], pd.DataFrame]] = {
    "deals": deals, "flows": flows, "orders": orders, "capacity": capacity, "balance": balance, "stocks": stocks,
    "dependence": dependence, "cost": cost, "limits": limits,
}
"""Name of a table -> the function that makes it."""
