"""Where the products come from: one set of categories for pictures, tables, terminal and workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from optimizer.case.case import Case
from optimizer.solve.plan import Plan
from optimizer.solve.tables import drawn_from_stock
from optimizer.solve.views import counted_demand, exposed_share

SEEN = 1e-6
"""Tonnes over all years below which an origin is the solver's rounding."""

Side = Literal["home", "other", "through", "concern"]
"""Whose an origin is: of home, of a place elsewhere, of such a place but exposed, or of a place of concern."""


@dataclass(frozen=True)
class Origin:
    """What comes from one origin: tonnes by year, and whose it is."""

    tonnes: Mapping[int, float]
    side: Side


def origins(plan: Plan, concern: str) -> dict[str, Origin]:
    """Origin -> its tonnes: home first, then others, what comes through a place of concern, and places of concern.

    What an origin at home or elsewhere gives counts as its own only where it is clear; the exposed rest is one.

    Args:
        plan: the plan.
        concern: what the places of concern are called.
    """
    every = {name: of for name, of in served_by_origin(plan).items() if sum(of.values()) > SEEN}
    theirs = {name: of for name, of in every.items() if is_concern(plan.case, name)}
    parts, none = exposed_by_origin(plan), dict.fromkeys(plan.case.years, 0.0)
    exposed = {name: parts.get(name, none) for name in every if name not in theirs}
    clear = {name: of for name in exposed if sum((of := _less(every[name], exposed[name])).values()) > SEEN}
    home = {name: of for name, of in clear.items() if is_home(plan.case, name)}
    found = {name: Origin(of, "home") for name, of in home.items()}
    found |= {name: Origin(of, "other") for name, of in clear.items() if name not in home}
    through = summed(plan.case.years, exposed.values())
    if sum(through.values()) > SEEN:
        found[f"through {concern}"] = Origin(through, "through")
    return {**found, **{name: Origin(of, "concern") for name, of in theirs.items()}}


def _less(whole: Mapping[int, float], part: Mapping[int, float]) -> dict[int, float]:
    return {t: max(0.0, amount - part[t]) for t, amount in whole.items()}


def summed(years: Iterable[int], some: Iterable[Mapping[int, float]]) -> dict[int, float]:
    """Year -> the sum of several amounts."""
    found = dict.fromkeys(years, 0.0)
    for of in some:
        for t, amount in of.items():
            found[t] += amount
    return found


def is_concern(case: Case, origin: str) -> bool:
    """Whether an origin lies in a place of concern."""
    return _lies_in(case, origin, {place.name for place in case.places if place.concern})


def is_home(case: Case, origin: str) -> bool:
    """Whether an origin lies at home."""
    return _lies_in(case, origin, {place.name for place in case.places if place.home})


def _lies_in(case: Case, origin: str, places: set[str]) -> bool:
    rows = {k.name for k in case.plants if k.place in places} | {s.name for s in case.supplies if s.place in places}
    return origin in rows or origin.removeprefix("from ") in places


def served_by_origin(plan: Plan) -> dict[str, dict[int, float]]:
    """Where the products at places with demand come from, in t: made or bought there, or by lane from a place."""
    found: dict[str, dict[int, float]] = {}
    for origin, t, amount, _ in _arrivals(plan):
        found.setdefault(origin, dict.fromkeys(plan.case.years, 0.0))[t] += amount
    stock = drawn_from_stock(plan)
    if any(round(tonnes, 6) for tonnes in stock.values()):
        found["from stock"] = stock
    return dict(sorted(found.items(), key=lambda entry: (-sum(entry[1].values()), entry[0])))


def exposed_by_origin(plan: Plan) -> dict[str, dict[int, float]]:
    """Origin -> year -> exposed tonnes of what :func:`served_by_origin` tells."""
    found: dict[str, dict[int, float]] = {"from stock": drawn_from_stock(plan, "exposed")}
    for origin, t, _, amount in _arrivals(plan):
        found.setdefault(origin, dict.fromkeys(plan.case.years, 0.0))[t] += amount
    return found


def _arrivals(plan: Plan) -> Iterable[tuple[str, int, float, float]]:
    """Origin, year, tonnes and exposed tonnes of each arrival of a product at a place with demand."""
    case = plan.case
    needed = {(line.place, line.material) for line, _ in counted_demand(case).values()}
    lanes, plants = {x.name: x for x in case.lanes}, {k.name: k for k in case.plants}
    supplies, outputs, sole = {s.name: s for s in case.supplies}, _outputs(case), _sole_makers(case)
    for (name, t, c), v in plan.amounts.ship.items():
        lane = lanes[name]
        if (lane.destination, lane.material) in needed and (lane.origin, lane.material) not in needed:
            amount = v * (1 - lane.loss)
            origin = sole.get((lane.origin, lane.material), f"from {lane.origin}")
            yield origin, t, amount, amount if c == "exposed" else 0.0
    for (s, t), v in plan.amounts.buy.items():
        if (supplies[s].place, supplies[s].material) in needed:
            yield s, t, v, v * exposed_share(case, supplies[s])
    for (k, r, t, c), v in plan.amounts.run.items():
        if (plants[k].place, outputs[r]) in needed:
            amount = v * (1 - plants[k].partner_keeps)
            yield k, t, amount, amount * (1.0 if c == "exposed" else exposed_share(case, plants[k]))


def _outputs(case: Case) -> dict[str, str]:
    """Recipe -> its main output."""
    return {line.recipe: line.material for line in case.recipe_lines if line.role == "output"}


def _sole_makers(case: Case) -> dict[tuple[str, str], str]:
    """Place at home and material -> the plant, where all that can be there of it is made by that one plant.

    Such a plant is called by its own name, as plants at the places with demand are.
    """
    outputs, home = _outputs(case), {place.name for place in case.places if place.home}
    plants = {k.name: k.place for k in case.plants}
    makers: dict[tuple[str, str], set[str]] = {}
    for run in case.runs:
        if plants.get(run.plant) in home and run.recipe in outputs:
            makers.setdefault((plants[run.plant], outputs[run.recipe]), set()).add(run.plant)
    brought = {(s.place, s.material) for s in case.supplies} | {(x.destination, x.material) for x in case.lanes}
    return {at: next(iter(of)) for at, of in makers.items() if len(of) == 1 and at not in brought}


def demand_of(plan: Plan) -> dict[int, float]:
    """Year -> tonnes needed, of the demand that counts in dependence."""
    lines = [line for line, _ in counted_demand(plan.case).values()]
    return {t: sum(line.tonnes.at(t) for line in lines) for t in plan.case.years}


def not_served(plan: Plan) -> dict[int, float]:
    """Year -> tonnes of the demand that counts which are not served."""
    names = counted_demand(plan.case)
    return {t: sum(plan.amounts.short.get((name, t), 0.0) for name in names) for t in plan.case.years}


def supply_rows(plan: Plan, concern: str) -> dict[str, Mapping[int, float]]:
    """Origin -> year -> tonnes, and below them what is not served, of the plan and as now, where there is any."""
    rows: dict[str, Mapping[int, float]] = {name: origin.tonnes for name, origin in origins(plan, concern).items()}
    missing = {"not served": not_served(plan)}
    if plan.as_now is not None:
        missing["not served, as now"] = not_served(plan.as_now)
    return {**rows, **{name: of for name, of in missing.items() if sum(of.values()) > SEEN}}
