"""How much of a plan's money rests on each row of the workbook: which weak input to look at first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from optimizer.report.evidence import RANK, Assumption, assumptions
from optimizer.solve.plan import Plan

WEAK = ("assumption", "low")
"""Confidence that makes an input weak."""


@dataclass(frozen=True)
class WeakRow:
    """A row of the workbook with weak numbers that a plan rests on.

    Attributes:
        row: its address without a column, ``Deals[Japan toll]``.
        cell: cell of its first weak number.
        columns: the weak columns.
        confidence: the weakest of their confidences.
        money: cash of the plan that runs through the row, over all years, in the case's currency.
    """

    row: str
    cell: str
    columns: tuple[str, ...]
    confidence: str
    money: float


def weakest(plan: Plan) -> list[WeakRow]:
    """The rows with weak numbers, those through which most money runs first."""
    stakes = row_stakes(plan)
    weak: dict[str, list[Assumption]] = defaultdict(list)
    for one in assumptions(plan):
        if one.confidence in WEAK:
            weak[one.row].append(one)
    found = [
        WeakRow(
            row, some[0].cell, tuple(one.column for one in some),
            str(min((one.confidence for one in some), key=RANK.__getitem__)), stakes.get(row, 0.0),
        )
        for row, some in weak.items()
    ]
    return sorted(found, key=lambda one: (-round(one.money), one.row))


def row_stakes(plan: Plan) -> dict[str, float]:
    """Cash, signs aside, that runs through each row over all years; a demand has its share of what serving costs."""
    found: dict[str, float] = defaultdict(float)
    for part in (_bought, _made, _under_deals, _built, _needed):
        for row, money in part(plan).items():
            found[row] += abs(money)
    return dict(found)


def _bought(plan: Plan) -> dict[str, float]:
    amounts, found = plan.amounts, defaultdict[str, float](float)
    supplies, lanes = {s.name: s for s in plan.case.supplies}, {x.name: x for x in plan.case.lanes}
    stocks = {b.name: b for b in plan.case.stocks}
    for (s, t), tonnes in amounts.buy.items():
        price = supplies[s].price
        found[f"Supply[{s}]"] += tonnes * price.at(t) if price is not None else 0.0
    for (x, t, _), tonnes in amounts.ship.items():
        freight = lanes[x].freight
        found[f"Lanes[{x}]"] += tonnes * freight.at(t) if freight is not None else 0.0
    for (b, t, _), tonnes in amounts.stock.items():
        holding = stocks[b].holding_cost
        found[f"Stocks[{b}]"] += tonnes * holding.at(t) if holding is not None else 0.0
    return found


def _made(plan: Plan) -> dict[str, float]:
    found = defaultdict[str, float](float)
    runs = {(r.plant, r.recipe): r for r in plan.case.runs}
    for (k, r, t, _), tonnes in plan.amounts.run.items():
        cost = runs[k, r].variable_cost
        found[f"Runs[{k}/{r}]"] += tonnes * cost.at(t) if cost is not None else 0.0
    for (g, _, _), money in plan.amounts.grant.items():
        found[f"Incentives[{g}]"] += money
    rates = {g.name: g.per_tonne for g in plan.case.incentives}
    for (g, _, _, t), tonnes in plan.amounts.paid_output.items():
        rate = rates[g]
        found[f"Incentives[{g}]"] += tonnes * rate.at(t) if rate is not None else 0.0
    return found


def _under_deals(plan: Plan) -> dict[str, float]:
    found = defaultdict[str, float](float)
    rows = {deal.name: deal for deal in plan.case.deals}
    for (d, t), tonnes in plan.volume.items():
        fee = rows[d].fee
        found[f"Deals[{d}]"] += tonnes * fee.at(t) if fee is not None else 0.0
    for (d, t), part in plan.active.items():
        yearly = rows[d].yearly_cost
        found[f"Deals[{d}]"] += part * yearly.at(t) if yearly is not None else 0.0
    for d, t, terms in plan.amounts.sign:
        found[f"Deals[{d}]"] += signing_cost(plan, d, t, terms)
        for payment in plan.case.payments:
            if payment.deal == d and rows[d].chance > 0:
                found[f"Payments[{payment.key}]"] += terms * payment.amount
    return found


def _built(plan: Plan) -> dict[str, float]:
    found = defaultdict[str, float](float)
    rows = {plant.name: plant for plant in plan.case.plants}
    for (k, t), modules in plan.amounts.modules.items():
        found[f"Plants[{k}]"] += order_cost(plan, k, t, modules)
    for (k, t), tonnes in plan.capacity.items():
        fixed = rows[k].fixed_cost
        found[f"Plants[{k}]"] += tonnes * fixed.at(t) if fixed is not None else 0.0
    return found


def order_cost(plan: Plan, plant: str, year: int, modules: float) -> float:
    """What home pays to build the orders of a plant in a year, site included, undiscounted."""
    row = next(k for k in plan.case.plants if k.name == plant)
    capex = row.capex.at(year) if row.capex is not None else 0.0
    site = row.site_cost.at(year) if row.site_cost is not None else 0.0
    return row.home_share * modules * (row.module or 0.0) * capex + site * plan.amounts.orders.get((plant, year), 1)


def signing_cost(plan: Plan, deal: str, year: int, terms: int) -> float:
    """What the signing of a deal costs, undiscounted; no renewal is paid for where it never closes."""
    row = next(d for d in plan.case.deals if d.name == deal)
    due = terms if row.chance > 0 else 1
    return due * row.signing_cost.at(year) if row.signing_cost is not None else 0.0


def _needed(plan: Plan) -> dict[str, float]:
    spent = sum(plan.claims.cash.values())
    tonnes = {line.name: sum(line.tonnes.on(plan.case.years)) for line in plan.case.demands}
    total = sum(tonnes.values())
    return {f"Demand[{name}]": spent * some / total for name, some in tonnes.items()} if total else {}
