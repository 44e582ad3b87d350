"""Published problems as cases in our format; one function a problem, plain data in, rows out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from optimizer.case.case import Case, case_of
from optimizer.case.schema import (
    Deal,
    Demand,
    Lane,
    Material,
    Place,
    Plant,
    RecipeLine,
    Row,
    Run,
    Series,
    Settings,
    Stock,
    Supply,
)

DATA = Path(__file__).parent / "data"
S = Series.of
FIRST = 2001
"""The year that stands for period 1."""


def settings(title: str, years: int = 1) -> Settings:
    """No discount, no lead, least cost."""
    return Settings(title=title, first_year=FIRST, last_year=FIRST + years - 1, goal="cost", then=())


def read(name: str) -> Any:
    """A published problem as printed."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def warehouses(name: str = "cap41.txt") -> Case:
    """OR-Library, capacitated warehouse location: plants of one module, customers of hard demand, split deliveries."""
    numbers = iter((DATA / name).read_text(encoding="utf-8").split())
    count, customers = int(next(numbers)), int(next(numbers))
    sites = [(float(next(numbers)), float(next(numbers))) for _ in range(count)]
    rows: list[Row] = [Material(name="goods", stage="goods")]
    rows.append(RecipeLine(recipe="serve", material="goods", role="output", amount=1.0))
    for i, (capacity, fixed) in enumerate(sites):
        rows += [
            Place(name=f"w{i}", home=True),
            Plant(name=f"w{i}", place=f"w{i}", module=capacity, site_cost=S(fixed)),
            Run(plant=f"w{i}", recipe="serve"),
        ]
    for j in range(customers):
        need = float(next(numbers))
        rows += [
            Place(name=f"c{j}", home=True),
            Demand(name=f"c{j}", sector="customers", place=f"c{j}", material="goods", tonnes=S(need)),
        ]
        for i in range(count):
            freight = S(float(next(numbers)) / need)
            lane = Lane(name=f"w{i} c{j}", material="goods", origin=f"w{i}", destination=f"c{j}", freight=freight)
            rows.append(lane)
    return case_of(settings(name), *rows)


def regions() -> Case:
    """Five regions: a low and a high plant possible at each, freight per thousand units."""
    data = read("five_regions.json")
    rows: list[Row] = [Material(name="unit", stage="unit")]
    rows.append(RecipeLine(recipe="make", material="unit", role="output", amount=1.0))
    for site in data["locations"]:
        need = S(float(data["demand"][site]))
        rows += [Place(name=site, home=True),
                 Demand(name=site, sector="market", place=site, material="unit", tonnes=need)]
        for size in ("Low", "High"):
            module, fixed = data["capacity_kunits"][site][size] * 1e3, S(data["fixed_kusd"][site][size] * 1e3)
            plant = Plant(name=f"{site} {size}", place=site, module=module, site_cost=fixed)
            rows += [plant, Run(plant=plant.name, recipe="make", variable_cost=S(data["variable_usd"][site]))]
        for other, freight in data["freight_usd_per_1000"][site].items():
            if other != site:
                rows.append(Lane(name=f"{site} {other}", material="unit", origin=site, destination=other,
                                 freight=S(freight / 1e3)))
    return case_of(settings("five regions"), *rows)


def lots(periods: int = 12) -> Case:
    """Wagner and Whitin: one deal a period, usable in that period only, its signing cost the set-up."""
    data = read("wagner_whitin.json")
    names = [f"set-up {t}" for t in range(1, periods + 1)]
    needed = Series(points=tuple((t, float(n)) for t, n in enumerate(data["demand"][:periods], start=FIRST)))
    rows: list[Row] = [
        Place(name="works", home=True),
        Material(name="part", stage="part"),
        Supply(name="lot", place="works", material="part", price=S(0.0), limit=S(float(sum(data["demand"]))),
               deals=(tuple(names),)),
        Demand(name="need", sector="need", place="works", material="part", tonnes=needed),
        Stock(name="store", place="works", material="part", holding_cost=S(float(data["holding"]))),
    ]
    for t, name in enumerate(names, start=1):
        year, cost = FIRST + t - 1, S(float(data["setup"][t - 1]))
        rows.append(Deal(name=name, window_from=year, window_to=year, term=1.0, signings_at_most=1,
                         signing_cost=cost))
    return case_of(settings("Wagner and Whitin", periods), *rows)


MILLION = 1e6
"""MEXSS prints million tonnes and million dollars."""


def steel() -> Case:
    """MEXSS: Mexican steel, exports as soft demand of 1.0 million tonnes with shortage cost 140."""
    data = read("mexss.json")
    rows: list[Row] = [Place(name=site, home=True) for site in (*data["plants"], *data["markets"])]
    rows += [Place(name="import"), Place(name="export")]
    materials = (*data["raw"], *data["intermediate"], *data["final"])
    rows += [Material(name=m, stage=m) for m in materials]
    for process, parts in data["io"].items():
        for material, amount in parts.items():
            role = "output" if amount > 0 else "input"
            rows.append(RecipeLine(recipe=process, material=material, role=role, amount=abs(amount)))
    for unit, capacities in data["capacity"].items():
        for site, capacity in capacities.items():
            rows.append(Plant(name=f"{unit} {site}", place=site, capacity=S(capacity * MILLION)))
            for process, used in data["unit_of_process"].items():
                if used == unit:
                    rows.append(Run(plant=f"{unit} {site}", recipe=process))
    for site in data["plants"]:
        for material, price in data["price_domestic"].items():
            rows.append(Supply(name=f"{material} {site}", place=site, material=material, price=S(price)))
    rows.append(Supply(name="imports", place="import", material="steel", price=S(data["price_import"]["steel"])))
    rows += _steel_needs(data)
    rows += [
        Lane(name=f"{a} {b}", material="steel", origin=a, destination=b, freight=S(_freight(data, a, b)))
        for a in (*data["plants"], "import")
        for b in (*data["markets"], "export")
        if (a, b) != ("import", "export")
    ]
    return case_of(settings("MEXSS"), *rows)


def _steel_needs(data: Any) -> Iterator[Row]:
    whole = data["total_demand"] * (1 + data["raw_steel_equivalence_pct"] / 100) * MILLION
    for market, share in data["demand_share_pct"].items():
        yield Demand(name=market, sector="home", place=market, material="steel", tonnes=S(whole * share / 100))
    yield Demand(
        name="export", sector="abroad", place="export", material="steel", tonnes=S(data["export_bound"] * MILLION),
        weight=0.0, floor=S(0.0), shortage_cost=S(data["price_export"]["steel"]),
    )


def _freight(data: Any, origin: str, destination: str) -> float:
    kilometres = data["rail_km"][origin].get(destination)
    return 0.0 if kilometres is None else 2.48 + 0.0084 * kilometres
