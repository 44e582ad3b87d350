"""Process chains: recipes, capacities and markets in JSON, and plants of two sizes for five regions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from optimizer.case.case import case_of
from optimizer.case.schema import Demand, Lane, Material, Place, Plant, RecipeLine, Row, Run, Supply
from tests.reference.converters import FormatError, Reading, S, settings

MILLION = 1e6
"""A chain is printed in million tonnes and million of money, so that its prices are a tonne's."""

IMPORT, EXPORT = "import", "export"


def chain(text: str) -> Reading:
    """A chain of processes at plants that serves markets, as MEXSS prints it.

    ``io`` gives what a run of each process takes (below 0) and makes, ``unit_of_process`` the unit that it needs,
    ``capacity`` that of each unit at each plant, ``price_domestic`` what raw materials cost at every plant. Final
    products go to the markets at ``freight`` a tonne (``{from: {to: cost}}``; a pair that is missing costs nothing), or
    by ``rail_km`` and a rule ``a + b*km``. Needed is ``demand`` (``{market: {product: amount}}``), or shares of a
    total. Where there is ``price_export``, up to ``export_bound`` may be sold abroad: a soft demand, which adds the
    price of all of it. Where there is ``price_import``, the markets may buy abroad.

    Raises:
        FormatError: a process has no unit, no output or no main one, or the rule of freight cannot be read.
    """
    data = json.loads(text)
    rows: list[Row] = [Place(name=site, home=True) for site in (*data["plants"], *data["markets"])]
    materials = (*data.get("raw", ()), *data.get("intermediate", ()), *data["final"])
    rows += [Material(name=name, stage=name) for name in materials]
    rows += [*_processes(data), *_units(data), *_markets(data), *_abroad(data)]
    return Reading(case_of(settings("process chain"), *rows), MILLION, _unsold(data))


def _processes(data: Any) -> Iterator[Row]:
    """The first output of a process is its main one, of which its capacity is counted."""
    for process, parts in data["io"].items():
        if process not in data["unit_of_process"]:
            raise FormatError(f"the process '{process}' has no unit")
        outputs = [material for material, amount in parts.items() if amount > 0]
        if not outputs or parts[outputs[0]] != 1:
            raise FormatError(f"the process '{process}' is to make 1 of its first output")
        for material, amount in parts.items():
            role = "input" if amount < 0 else "output" if material == outputs[0] else "by-product"
            if amount:
                yield RecipeLine.model_validate(
                    {"recipe": process, "material": material, "role": role, "amount": abs(float(amount))}
                )


def _units(data: Any) -> Iterator[Row]:
    costs = data.get("process_cost", {})
    for unit, capacities in data["capacity"].items():
        for site, capacity in capacities.items():
            yield Plant(name=f"{unit} {site}", place=site, capacity=S(capacity * MILLION))
            for process, used in data["unit_of_process"].items():
                if used == unit:
                    yield Run(plant=f"{unit} {site}", recipe=process, variable_cost=S(float(costs.get(process, 0.0))))
    for site in data["plants"]:
        for material, price in data["price_domestic"].items():
            yield Supply(name=f"{material} {site}", place=site, material=material, price=S(float(price)))


def _markets(data: Any) -> Iterator[Row]:
    for market, needs in _demand(data).items():
        for product, amount in needs.items():
            yield Demand(name=f"{product} {market}", sector="home", place=market, material=product,
                         tonnes=S(amount * MILLION))
    for product in data["final"]:
        for a in data["plants"]:
            for b in data["markets"]:
                yield _lane(data, product, a, b)


def _demand(data: Any) -> dict[str, dict[str, float]]:
    if "demand" in data:
        return {market: dict(needs) for market, needs in data["demand"].items()}
    whole = data["total_demand"] * (1 + data.get("raw_steel_equivalence_pct", 0) / 100)
    return {market: {data["final"][0]: whole * share / 100} for market, share in data["demand_share_pct"].items()}


def _abroad(data: Any) -> Iterator[Row]:
    bought, sold = data.get("price_import", {}), data.get("price_export", {})
    yield from (Place(name=name) for name, used in ((IMPORT, bought), (EXPORT, sold)) if used)
    for product, price in bought.items():
        yield Supply(name=f"{product} {IMPORT}", place=IMPORT, material=product, price=S(float(price)))
        yield from (_lane(data, product, IMPORT, market) for market in data["markets"])
    for product, price in sold.items():
        yield Demand(name=f"{product} {EXPORT}", sector="abroad", place=EXPORT, material=product,
                     tonnes=S(data["export_bound"] * MILLION), weight=0.0, floor=S(0.0), shortage_cost=S(float(price)))
        yield from (_lane(data, product, plant, EXPORT) for plant in data["plants"])


def _unsold(data: Any) -> float:
    """What all that may be sold abroad would bring: our cost counts what of it is not sold."""
    return sum(float(price) * float(data["export_bound"]) for price in data.get("price_export", {}).values())


def _lane(data: Any, product: str, origin: str, destination: str) -> Lane:
    return Lane(name=f"{product} {origin} {destination}", material=product, origin=origin, destination=destination,
                freight=S(_freight(data, origin, destination)))


def _freight(data: Any, origin: str, destination: str) -> float:
    if "freight" in data:
        return float(data["freight"].get(origin, {}).get(destination, 0.0))
    rule = re.match(r"\s*([\d.]+)\s*\+\s*([\d.]+)\s*\*\s*km", data["transport_rule"])
    if rule is None:
        raise FormatError(f"'{data['transport_rule']}' is no rule of freight: write e.g. 2.48 + 0.0084*km")
    kilometres = data["rail_km"].get(origin, {}).get(destination)
    return 0.0 if kilometres is None else float(rule[1]) + float(rule[2]) * kilometres


def regions(text: str) -> Reading:
    """A plant of each of several sizes is possible in each region; freight is given per thousand units.

    What has arrived at a market goes no further, though two lanes may together cost less than one.
    """
    data = json.loads(text)
    rows: list[Row] = [Material(name="unit", stage="unit"),
                       RecipeLine(recipe="make", material="unit", role="output", amount=1.0)]
    for site in data["locations"]:
        need = S(float(data["demand"][site]))
        rows += [Place(name=site, home=True), Place(name=f"{site} market", home=True),
                 Demand(name=site, sector="market", place=f"{site} market", material="unit", tonnes=need)]
        for size, capacity in data["capacity_kunits"][site].items():
            plant = Plant(name=f"{site} {size}", place=site, module=capacity * 1e3,
                          site_cost=S(data["fixed_kusd"][site][size] * 1e3))
            rows += [plant, Run(plant=plant.name, recipe="make", variable_cost=S(data["variable_usd"][site]))]
        for other, freight in data["freight_usd_per_1000"][site].items():
            rows.append(Lane(name=f"{site} {other}", material="unit", origin=site, destination=f"{other} market",
                             freight=S(freight / 1e3)))
    return Reading(case_of(settings("regions"), *rows))
