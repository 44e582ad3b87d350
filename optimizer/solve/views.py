"""The views of dependence beside the goal: direct, unmet, and by stage (MODEL.md 2, conventions 23 and 33)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from optimizer.case.case import Case
from optimizer.case.schema import Demand, Plant, Supply
from optimizer.solve.amounts import Amounts

Shares = dict[int, float]
"""Year -> share, a fraction."""


def exposed_share(case: Case, row: Plant | Supply) -> float:
    """Exposed share of what a row yields; where the workbook gives none, 1 in a place of concern, 0 elsewhere."""
    if row.exposed_share is not None:
        return row.exposed_share
    return float(any(place.concern for place in case.places if place.name == row.place))


def counted_demand(case: Case) -> dict[str, tuple[Demand, float]]:
    """Demand lines that count in dependence, with their weights."""
    home = {place.name for place in case.places if place.home}
    lines = {line.name: (line, float(line.place in home) if line.weight is None else line.weight)
             for line in case.demands}
    return {name: (line, weight) for name, (line, weight) in lines.items() if weight > 0}


def weighted_demand(case: Case) -> Shares:
    """Year -> weighted demand in t, for the years that have any."""
    lines = counted_demand(case).values()
    totals = {t: sum(weight * line.tonnes.at(t) for line, weight in lines) for t in case.years}
    return {t: total for t, total in totals.items() if total > 0}


def exposed(case: Case, dependent: Mapping[int, float]) -> Shares:
    """Share of demand served exposed or not at all."""
    return {t: dependent.get(t, 0.0) / total for t, total in weighted_demand(case).items()}


def unmet(case: Case, amounts: Amounts) -> Shares:
    """Share of demand not served."""
    lines, missing = counted_demand(case), defaultdict[int, float](float)
    for (name, t), tonnes in amounts.short.items():
        if name in lines:
            missing[t] += lines[name][1] * tonnes
    return {t: missing[t] / total for t, total in weighted_demand(case).items()}


def direct(case: Case, amounts: Amounts) -> Shares:
    """Share of demand that arrives as final product by lanes from places of concern."""
    concern = {place.name for place in case.places if place.concern}
    needed = {(line.place, line.material) for line, _ in counted_demand(case).values()}
    lanes = {lane.name: lane for lane in case.lanes}
    arriving: defaultdict[int, float] = defaultdict(float)
    for (name, t, _), tonnes in amounts.ship.items():
        lane = lanes[name]
        if lane.origin in concern and (lane.destination, lane.material) in needed:
            arriving[t] += tonnes * (1 - lane.loss)
    totals = {
        t: sum(line.tonnes.at(t) for line, _ in counted_demand(case).values()) for t in weighted_demand(case)
    }
    return {t: arriving[t] / total for t, total in totals.items()}


def by_stage(case: Case, amounts: Amounts) -> dict[str, Shares]:
    """Stage -> year -> share of what was made or embodied at the stage that lay in places of concern."""
    concern = {place.name for place in case.places if place.concern}
    whole: defaultdict[tuple[str, int], float] = defaultdict(float)
    there: defaultdict[tuple[str, int], float] = defaultdict(float)
    for stage, place, t, tonnes in _steps(case, amounts):
        whole[stage, t] += tonnes
        if place in concern:
            there[stage, t] += tonnes
    stages = dict.fromkeys(material.stage for material in case.materials)
    return {
        stage: shares
        for stage in stages
        if (shares := {t: there[stage, t] / whole[stage, t] for t in case.years if whole[stage, t] > 1e-9})
    }


def _steps(case: Case, amounts: Amounts) -> list[tuple[str, str, int, float]]:
    """Stage, place, year and tonnes of every step that was run, or that a purchase embodies."""
    materials = {material.name: material for material in case.materials}
    supplies = {supply.name: supply for supply in case.supplies}
    plants = {plant.name: plant for plant in case.plants}
    outputs = {line.recipe: line.material for line in case.recipe_lines if line.role == "output"}
    found = [
        (materials[outputs[recipe]].stage, plants[plant].place, t, tonnes)
        for (plant, recipe, t, _), tonnes in amounts.run.items()
    ]
    for (name, t), tonnes in amounts.buy.items():
        supply = supplies[name]
        material, made_at = materials[supply.material], dict(supply.made_at)
        for stage, need in ((material.stage, 1.0), *material.needs):
            found.append((stage, made_at.get(stage, supply.place), t, need * tonnes))
    return found
