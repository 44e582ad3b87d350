"""The decisions of a plan that come first: what is to be signed and ordered now, and with how much money."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.report.numbers import span, tonnes, year
from optimizer.report.stakes import order_cost, signing_cost
from optimizer.solve.plan import Plan


@dataclass(frozen=True)
class FirstDecision:
    """One decision of the first years.

    Attributes:
        name: the deal or plant.
        kind: of the deal, or ``plant``.
        where: partner of a deal, place of a plant.
        when: the year in which it is taken.
        size: tonnes a year: the largest volume of a deal, the capacity of an order; empty where there is none.
        begins: when it begins to work.
        money: what signing or building costs, undiscounted, in the case's currency.
        signed: whether it is a deal.
    """

    name: str
    kind: str
    where: str
    when: int
    size: str
    begins: str
    money: float
    signed: bool


def decision_years(plan: Plan) -> list[int]:
    """The years in which something is signed or ordered, each once, in order."""
    return sorted({t for _, t, _ in plan.amounts.sign} | {t for _, t in plan.amounts.modules})


def first_until(plan: Plan) -> int:
    """The year up to which decisions are first ones: the commit year, at least that of the first decision."""
    settings = plan.case.settings
    return max([settings.commit_year or settings.first_year, *decision_years(plan)[:1]])


def first_decisions(plan: Plan) -> list[FirstDecision]:
    """What is signed and ordered up to :func:`first_until`, in order of year, deals first."""
    until = first_until(plan)
    return sorted(
        [*_signings(plan, until), *_orders(plan, until)], key=lambda one: (one.when, not one.signed, one.name)
    )


def _signings(plan: Plan, until: int) -> list[FirstDecision]:
    rows, found = {deal.name: deal for deal in plan.case.deals}, []
    for name, t, terms in plan.amounts.sign:
        if t > until:
            continue
        row = rows[name]
        volumes = [v for (d, _), v in plan.volume.items() if d == name]
        active = [at for (d, at), part in plan.active.items() if d == name and part > 0 and at >= t]
        found.append(FirstDecision(
            name, row.kind or "deal", row.partner or "", t, f"up to {tonnes(max(volumes))}" if volumes else "",
            span(active).partition("-")[0].partition(",")[0], signing_cost(plan, name, t, terms), signed=True,
        ))
    return found


def _orders(plan: Plan, until: int) -> list[FirstDecision]:
    rows, found = {plant.name: plant for plant in plan.case.plants}, []
    for (name, t), modules in plan.amounts.modules.items():
        if t > until:
            continue
        row = rows[name]
        start = t + plan.case.settings.deciding_point.at(t) + row.lead
        found.append(FirstDecision(
            name, "plant", row.place, t, f"{tonnes(modules * (row.module or 0.0))}/yr", year(start),
            order_cost(plan, name, t, modules), signed=False,
        ))
    return found
