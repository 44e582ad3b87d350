"""Whether a plant's inputs can be there at all: a walk along supply, stocks, plants and lanes.

What is switched off, closed by a deal or limited to 0 still counts here: the walk asks whether the case says where a
material comes from, not whether a plan may use it. Amounts are the business of :mod:`arrivals`.
"""

from __future__ import annotations

from optimizer.case.case import Case
from optimizer.case.checks.chain import recipes, rows_of
from optimizer.case.checks.common import Faults
from optimizer.case.schema import Lane, Plant, Run, Stock, Supply

Node = tuple[str, str]
"""A place and a material."""


def obtainable(case: Case) -> frozenset[Node]:
    """The places and materials that something brings, makes or holds."""
    known = recipes(case, every=True)
    places = {row.name: row.place for row in rows_of(case, Plant, every=True)}
    runs = [
        (places[run.plant], known[run.recipe])
        for run in rows_of(case, Run, every=True)
        if run.plant in places and run.recipe in known
    ]
    lanes = rows_of(case, Lane, every=True)
    found: set[Node] = {(row.place, row.material) for row in rows_of(case, Supply, every=True)}
    for stock in rows_of(case, Stock, every=True):
        if stock.opening_clear + stock.opening_exposed > 0:
            found.add((stock.place, stock.material))
    while True:
        new = {(lane.destination, lane.material) for lane in lanes if (lane.origin, lane.material) in found}
        for place, recipe in runs:
            if all((place, material) in found for material in recipe.inputs):
                new |= {(place, material) for material in recipe.made}
        if new <= found:
            return frozenset(found)
        found |= new


def inputs(case: Case, faults: Faults) -> None:
    """Every recipe of a plant that stands or can be ordered finds its inputs at the plant's place."""
    there = obtainable(case)
    known = recipes(case)
    plants = {plant.name: plant for plant in case.plants if plant.capacity is not None or plant.module is not None}
    for run in case.runs:
        if run.plant not in plants or run.recipe not in known:
            continue
        place = plants[run.plant].place
        for material in known[run.recipe].inputs:
            if (place, material) not in there:
                faults.add(run, "recipe", f"nothing brings '{material}' to '{place}', where '{run.plant}' needs it.",
                           f"Add a lane or a supply of '{material}' to '{place}', or take the row out.")
