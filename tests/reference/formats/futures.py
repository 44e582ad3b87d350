"""Published problems of two stages as cases in our format: what is decided first, and the futures that answer it."""

from __future__ import annotations

import json
from typing import Any

from optimizer.case.case import case_of
from optimizer.case.schema import (
    Demand,
    Filter,
    Lane,
    Limit,
    Material,
    Place,
    Plant,
    RecipeLine,
    Row,
    Run,
    ScenarioChange,
    Supply,
)
from tests.reference.converters import Reading, S, settings

DEAR = 1e4
"""What a unit not served, or over a limit that must hold, costs: more than any plan that serves it."""

PART = 5.0 / 3.0
"""Acres of a module, of which the best areas of every single future are whole numbers too."""


def farmer(text: str) -> Reading:
    """Birge and Louveaux, section 1.1: a field is a plant, its yield the capacity that a tonne uses.

    A sale is a demand that may go short at the selling price: the cost is above theirs by what all sales would bring.
    """
    data = json.loads(text)
    average = data["scenarios"][1]["yield"]
    rows: list[Row] = [
        Place(name="farm", home=True), Place(name="market"),
        Limit(name="land", measure="capacity", filter=Filter(terms=(("plant", ("*",)),)), sense="at most",
              value=S(float(data["acres"])), price_of_breaking=DEAR),
    ]
    for crop in data["crops"]:
        rows += [
            Material(name=crop, stage=crop), RecipeLine(recipe=crop, material=crop, role="output", amount=1.0),
            Plant(name=crop, place="farm", module=PART, most_modules=300, capex=S(float(data["plant_cost"][crop]))),
            Run(plant=crop, recipe=crop, capacity_used=1.0 / average[crop]),
            Lane(name=f"{crop} to market", material=crop, origin="farm", destination="market"),
        ]
        rows += [Demand(name=f"{crop} {tier}", sector="sale", place="market", material=crop, tonnes=S(tonnes),
                        floor=S(0.0), shortage_cost=S(price)) for tier, tonnes, price in _sales(data, crop)]
        if data["requirement"][crop]:
            need, price = float(data["requirement"][crop]), float(data["buy_price"][crop])
            rows += [
                Demand(name=f"{crop} fed", sector="feed", place="farm", material=crop, tonnes=S(need),
                       shortage_cost=S(DEAR)),
                Place(name=f"{crop} seller"),
                Supply(name=f"{crop} bought", place=f"{crop} seller", material=crop, price=S(price)),
                Lane(name=f"{crop} bought", material=crop, origin=f"{crop} seller", destination="farm"),
            ]
    rows += [
        ScenarioChange(scenario=one["name"], probability=one["prob"], address=f"Runs[{crop}/{crop}].capacity used",
                       how="set", value=repr(1.0 / one["yield"][crop]))
        for one in data["scenarios"] if one["name"] != "average" for crop in data["crops"]
    ]
    offset = sum(tonnes * price for crop in data["crops"] for _, tonnes, price in _sales(data, crop))
    return Reading(case_of(settings("the farmer"), *rows), added=offset)


def _sales(data: Any, crop: str) -> list[tuple[str, float, float]]:
    """Tiers of what can be sold: name, tonnes and price. All that can grow can be sold."""
    most = max(one["yield"][crop] for one in data["scenarios"]) * data["acres"]
    price, quota, over = (data[key][crop] for key in ("sell_price", "quota", "over_quota_price"))
    if quota is None:
        return [("sold", most, float(price))]
    return [("sold", float(quota), float(price)), ("over quota", most - quota, float(over))]


def lands(text: str) -> Reading:
    """Louveaux and Smeers: four plants ordered in sixths of a unit, three modes as products, demand of one of them."""
    data = json.loads(text)
    modes = range(3)
    rows: list[Row] = [
        Place(name="grid", home=True),
        Limit(name="least capacity", measure="capacity", filter=Filter(terms=(("plant", ("*",)),)), sense="at least",
              value=S(float(data["min_capacity"])), price_of_breaking=DEAR),
        Limit(name="budget", measure="spend", heading=("capex",), over="horizon", sense="at most",
              value=S(float(data["budget"])), price_of_breaking=DEAR),
    ]
    for j in modes:
        need = float(data["demand_mode1"][1] if j == 0 else data["demand_fixed"][j - 1])
        rows += [
            Material(name=f"mode {j + 1}", stage=f"mode {j + 1}"),
            RecipeLine(recipe=f"mode {j + 1}", material=f"mode {j + 1}", role="output", amount=1.0),
            Demand(name=f"mode {j + 1}", sector="load", place="grid", material=f"mode {j + 1}", tonnes=S(need),
                   shortage_cost=S(DEAR)),
        ]
    for i, capex in enumerate(data["capex"]):
        rows.append(Plant(name=f"plant {i + 1}", place="grid", module=1.0 / 6.0, most_modules=120,
                          capex=S(float(capex))))
        rows += [Run(plant=f"plant {i + 1}", recipe=f"mode {j + 1}", variable_cost=S(float(data["opcost"][i][j])))
                 for j in modes]
    rows += [
        ScenarioChange(scenario=name, probability=data["prob"][i], address="Demand[mode 1].tonnes", how="set",
                       value=repr(float(data["demand_mode1"][i])))
        for i, name in ((0, "low"), (2, "high"))
    ]
    return Reading(case_of(settings("lands"), *rows))
