"""What a filter of the workbook picks: ``place=Japan|Korea; material=magnet*`` as sums of variables (convention 26)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from optimizer.case.schema import Filter, matches
from optimizer.model.blocks.deals import volume
from optimizer.model.building import Building, Linear
from optimizer.model.data import CLASSES

OWN_KEYS: dict[str, str] = {
    "supply": "supply", "plant": "plants", "recipe": "plants", "lane": "lanes", "from": "lanes", "to": "lanes",
    "demand": "demand", "sector": "demand", "deal": "deals", "partner": "deals", "kind": "deals", "channel": "deals",
    "stock": "stocks",
}
"""Key of a filter -> the one kind of flow it belongs to."""

Part = tuple[str, Linear]
"""A material and a sum of its tonnes."""


def kind_of(given: Filter) -> str:
    """The kind of flow that a filter picks.

    Raises:
        ValueError: the filter does not say (the checks report it with its cell).
    """
    named = given.get("flow")
    if named:
        return named[0]
    for key, _ in given.terms:
        if key in OWN_KEYS:
            return OWN_KEYS[key]
    raise ValueError(f"'{given}' does not say which kind of flow it means")


def parts(b: Building, given: Filter, year: int) -> list[Part]:
    """The flows that a filter picks in `year`, each with its material."""
    pick = {
        "supply": _supply, "plants": _plants, "lanes": _lanes, "demand": _demand, "short": _short, "deals": _deals,
        "stocks": _stocks,
    }[kind_of(given)]
    return [(material, total) for material, total in pick(b, given, year) if total.families or total.constant]


def fits(given: Filter, facts: Mapping[str, str | None]) -> bool:
    """Whether something with these facts is picked; a key without a fact picks nothing."""
    return all(
        (fact := facts.get(key)) is not None and any(matches(fact, pattern) for pattern in patterns)
        for key, patterns in given.terms
        if key != "flow"
    )


def stage_of(b: Building, material: str) -> str:
    """The stage of a material."""
    return next(row.stage for row in b.data.case.materials if row.name == material)


def plants_in(b: Building, given: Filter | None) -> list[str]:
    """The plants that a filter on capacity picks: by plant, place, recipe, material or stage of a main output."""
    found = []
    for name, plant in b.data.plants.items():
        facts = [
            {"plant": name, "place": plant.place, "recipe": r, **_of_material(b, b.data.recipes[r].output)}
            for r in b.data.runs_of[name]
        ] or [{"plant": name, "place": plant.place}]
        if given is None or any(fits(given, of) for of in facts):
            found.append(name)
    return found


def _of_material(b: Building, material: str) -> dict[str, str | None]:
    return {"material": material, "stage": stage_of(b, material)}


def _one(b: Building, family: str, index: tuple[object, ...]) -> Linear:
    return Linear({family: {index: 1.0}}) if b.has(family, index) else Linear()


def _supply(b: Building, given: Filter, year: int) -> Iterator[Part]:
    for name, row in b.data.supplies.items():
        if fits(given, {"supply": name, "place": row.place, **_of_material(b, row.material)}):
            yield row.material, _one(b, "buy", (name, year))


def _plants(b: Building, given: Filter, year: int) -> Iterator[Part]:
    for plant, recipe in b.data.runs:
        output = b.data.recipes[recipe].output
        facts = {"plant": plant, "recipe": recipe, "place": b.data.plants[plant].place, **_of_material(b, output)}
        for c in CLASSES:
            if fits(given, {**facts, "class": c}):
                yield output, _one(b, "run", (plant, recipe, year, c))


def _lanes(b: Building, given: Filter, year: int) -> Iterator[Part]:
    for name, row in b.data.lanes.items():
        facts = {"lane": name, "from": row.origin, "to": row.destination, **_of_material(b, row.material)}
        for c in CLASSES:
            if fits(given, {**facts, "class": c}):
                yield row.material, _one(b, "ship", (name, year, c))


def _demand(b: Building, given: Filter, year: int) -> Iterator[Part]:
    for name, row in b.demand_lines.items():
        facts = {"demand": name, "sector": row.sector, "place": row.place, **_of_material(b, row.material)}
        for c in CLASSES:
            if fits(given, {**facts, "class": c}):
                yield row.material, _one(b, "serve", (name, year, c))


def _short(b: Building, given: Filter, year: int) -> Iterator[Part]:
    for name, row in b.demand_lines.items():
        if fits(given, {"demand": name, "sector": row.sector, "place": row.place, **_of_material(b, row.material)}):
            yield row.material, _one(b, "short", (name, year))


def _stocks(b: Building, given: Filter, year: int) -> Iterator[Part]:
    for name, row in b.stock_rows.items():
        for c in CLASSES:
            if fits(given, {"stock": name, "place": row.place, "class": c, **_of_material(b, row.material)}):
                yield row.material, _one(b, "stock", (name, year, c))


def _deals(b: Building, given: Filter, year: int) -> Iterator[Part]:
    for name, deal in b.data.deals.items():
        facts = {"deal": name, "partner": deal.partner, "kind": deal.kind, "channel": deal.channel}
        for thing in b.data.meters[name]:
            for material in sorted(b.data.materials_of(thing)):
                if fits(given, {**facts, **_of_material(b, material)}):
                    yield material, volume(b, name, year, (thing,))
                    break
