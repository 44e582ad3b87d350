"""Filters of limits: keys, values, the kind of flow meant, and tonnes of one basis (conventions 26 to 28)."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.case.address import did_you_mean
from optimizer.case.case import Case
from optimizer.case.checks.chain import recipes, rows_of
from optimizer.case.checks.common import Faults, any_match
from optimizer.case.checks.deals import metered
from optimizer.case.schema import Deal, Demand, Filter, Lane, Limit, Material, Plant, Row, Run, Stock, Supply, matches

KEYS: dict[str, tuple[str, ...]] = {
    "supply": ("supply", "place", "material", "stage"),
    "plants": ("plant", "recipe", "place", "material", "stage", "class"),
    "lanes": ("lane", "from", "to", "material", "stage", "class"),
    "demand": ("demand", "sector", "place", "material", "stage", "class"),
    "short": ("demand", "sector", "place", "material", "stage"),
    "deals": ("deal", "partner", "kind", "channel", "material", "stage"),
    "stocks": ("stock", "place", "material", "stage", "class"),
    "capacity": ("plant", "recipe", "place", "material", "stage"),
}
"""Kind of flow -> the keys that a filter on it may have; ``capacity`` for limits on capacity."""

_SAYS: dict[str, str] = {
    "supply": "supply", "plant": "plants", "recipe": "plants", "lane": "lanes", "from": "lanes", "to": "lanes",
    "demand": "demand", "sector": "demand", "deal": "deals", "partner": "deals", "kind": "deals", "channel": "deals",
    "stock": "stocks",
}
_EVERY_KEY = ("flow", *dict.fromkeys(key for keys in KEYS.values() for key in keys))

Facts = dict[str, str | None]


_SEEN_IN: dict[str, tuple[str, ...]] = {
    "supply": ("Supply",), "plants": ("Plants", "Runs", "Recipes"), "lanes": ("Lanes",), "demand": ("Demand",),
    "short": ("Demand",), "deals": ("Deals", "Lanes", "Supply", "Plants", "Runs", "Recipes"), "stocks": ("Stocks",),
    "capacity": ("Plants", "Runs", "Recipes"),
}
"""Kind of flow -> the sheets in which a filter looks, beside Materials for the stages."""

_LOOKED_AT = frozenset({
    "name", "place", "material", "stage", "plant", "recipe", "role", "origin", "destination", "sector", "partner",
    "kind", "channel", "deals", "deals_to_run", "meter", "use", "basis", "needs",
})
"""Fields that decide what a filter picks."""


def filters(case: Case, faults: Faults) -> None:
    """The filters of limits on tonnes, shares and capacity pick something, and say which kind of flow."""
    for limit in case.limits:
        if limit.measure in ("tonnes", "share"):
            bases = [_checked(case, faults, limit, field) for field in ("filter", "of")]
            if not _hidden(faults, ("Materials",)):
                _one_basis(case, faults, limit, bases)
        elif limit.measure == "capacity" and limit.filter is not None:
            _terms(case, faults, limit, "filter", limit.filter, "capacity")


def _hidden(faults: Faults, sheets: tuple[str, ...]) -> bool:
    """Whether something that a filter would look at could not be read."""
    odd = any((lost := faults.unread.get(sheet, frozenset())) is None or "" in lost for sheet in sheets)
    return odd or any(sheet in sheets and field in _LOOKED_AT for sheet, field in faults.lost)


def _checked(case: Case, faults: Faults, limit: Limit, field: str) -> frozenset[str]:
    """The materials that a filter picks, after telling its faults."""
    given: Filter | None = getattr(limit, field)
    if given is None:
        if field == "of" and limit.measure == "share":
            return frozenset(line.material for line in weighted(case))
        return frozenset()
    kind = kind_of(faults, limit, field, given)
    if kind is None or not _terms(case, faults, limit, field, given, kind):
        return frozenset()
    used = facts(case, kind, every=False)
    # a plant without a recipe makes no material
    return frozenset(material for f in used if (material := f.get("material")) is not None and _fits(given, f))


def weighted(case: Case) -> tuple[Demand, ...]:
    """The demand lines of weight above 0."""
    home = {place.name for place in case.places if place.home}
    return tuple(
        line for line in case.demands if (line.weight if line.weight is not None else float(line.place in home)) > 0
    )


def kind_of(faults: Faults, limit: Limit, field: str, given: Filter) -> str | None:
    """The kind of flow that a filter means; None, after saying so, where it does not say."""
    named = given.get("flow")
    kinds = [kind for kind in KEYS if kind != "capacity"]
    if named is not None:
        if len(named) != 1 or named[0] not in kinds:
            faults.add(limit, field, f"'{'|'.join(named)}' is not a kind of flow.",
                       did_you_mean(named[0], kinds) or f"Write one of {', '.join(kinds)}.")
            return None
        return named[0]
    for key, _ in given.terms:
        if key in _SAYS:
            return _SAYS[key]
    if all(key in _EVERY_KEY for key, _ in given.terms):
        faults.add(limit, field, "the filter does not say which kind of flow it means.",
                   f"Add flow= and one of {', '.join(kinds)}.")
    else:
        _unknown_keys(faults, limit, field, given, _EVERY_KEY)
    return None


def _unknown_keys(faults: Faults, limit: Limit, field: str, given: Filter, known: tuple[str, ...]) -> bool:
    unknown = [key for key, _ in given.terms if key not in known and key != "flow"]
    for key in unknown:
        faults.add(limit, field, f"'{key}' is not something to filter by here.",
                   did_you_mean(key, known) or f"Known: {', '.join(known)}.", found=key)
    return bool(unknown)


def _terms(case: Case, faults: Faults, limit: Limit, field: str, given: Filter, kind: str) -> bool:
    if _unknown_keys(faults, limit, field, given, KEYS[kind]):
        return False
    if _hidden(faults, (*_SEEN_IN[kind], "Materials")):
        return False
    # what is switched off still counts as known: switching an option off must not break a limit on it
    known = facts(case, kind, every=True)
    good = True
    for key, patterns in given.terms:
        values = sorted({f[key] or "" for f in known if f.get(key)})
        for pattern in patterns:
            if key != "flow" and not any_match(pattern, values):
                good = False
                faults.add(limit, field, f"nothing among {_called(kind)} has {key} '{pattern}'.",
                           _by_commas(key, pattern, values) or did_you_mean(pattern.replace("*", ""), values),
                           found=f"{key}={pattern}")
    if good and not any(_fits(given, f) for f in known):
        faults.add(limit, field, f"nothing among {_called(kind)} fits all of this.", "Loosen one of its parts.")
        return False
    return good


def _by_commas(key: str, pattern: str, values: list[str]) -> str:
    """What to write where values stand with commas between; empty where they are no such list."""
    parts = [part.strip() for part in pattern.split(",") if part.strip()]
    listed = len(parts) > 1 and all(any_match(part, values) for part in parts)
    return f"Write {key}={'|'.join(parts)}: either of several is told by '|'." if listed else ""


def _called(kind: str) -> str:
    return {"capacity": "the plants", "short": "the demand", "supply": "the supplies"}.get(kind, f"the {kind}")


def _fits(given: Filter, of: Facts) -> bool:
    return all(
        (fact := of.get(key)) is not None and any(matches(fact, pattern) for pattern in patterns)
        for key, patterns in given.terms
        if key != "flow"
    )


def facts(case: Case, kind: str, *, every: bool) -> list[Facts]:
    """What a filter can see of each flow of a kind; `every`: of rows switched off too."""
    stages = {row.name: row.stage for row in rows_of(case, Material, every=True)}
    found: list[Facts] = []
    for one in _facts(case, kind, every):
        one["stage"] = stages.get(one.get("material") or "")
        classes: tuple[str | None, ...] = ("clear", "exposed") if "class" in KEYS[kind] else (None,)
        found.extend({**one, "class": c} for c in classes)
    return found


def _facts(case: Case, kind: str, every: bool) -> Iterator[Facts]:
    if kind in ("plants", "capacity"):
        yield from _of_plants(case, every)
    elif kind == "deals":
        yield from _of_deals(case, every)
    else:
        sheets: dict[str, type[Row]] = {
            "supply": Supply, "lanes": Lane, "demand": Demand, "short": Demand, "stocks": Stock,
        }
        for row in rows_of(case, sheets[kind], every=every):
            if isinstance(row, Lane):
                yield {"lane": row.name, "from": row.origin, "to": row.destination, "material": row.material}
            elif isinstance(row, Demand):
                yield {"demand": row.name, "sector": row.sector, "place": row.place, "material": row.material}
            elif isinstance(row, (Supply, Stock)):
                name = "supply" if isinstance(row, Supply) else "stock"
                yield {name: row.name, "place": row.place, "material": row.material}


def _of_plants(case: Case, every: bool) -> Iterator[Facts]:
    known = recipes(case, every=every)
    runs = [run for run in rows_of(case, Run, every=every) if run.recipe in known]
    for plant in rows_of(case, Plant, every=every):
        base: Facts = {"plant": plant.name, "place": plant.place}
        mine = [run.recipe for run in runs if run.plant == plant.name]
        for recipe in mine:
            yield {**base, "recipe": recipe, "material": known[recipe].output}
        if not mine:
            yield base


def _of_deals(case: Case, every: bool) -> Iterator[Facts]:
    known = recipes(case, every=every)
    runs = [run for run in rows_of(case, Run, every=every) if run.recipe in known]
    carried: dict[tuple[str, str], set[str]] = {}
    shipped: tuple[Lane | Supply, ...] = (*rows_of(case, Lane, every=every), *rows_of(case, Supply, every=every))
    for row in shipped:
        carried[type(row).sheet, row.name] = {row.material}
    for run in runs:
        carried.setdefault((Plant.sheet, run.plant), set()).add(known[run.recipe].output)
    for deal in rows_of(case, Deal, every=every):
        base: Facts = {"deal": deal.name, "partner": deal.partner, "kind": deal.kind, "channel": deal.channel}
        things = metered(case, deal, every=every)
        for material in sorted({m for thing in things for m in carried.get(thing, set())}):
            yield {**base, "material": material}
        if not things:
            yield base


def _one_basis(case: Case, faults: Faults, limit: Limit, sides: list[frozenset[str]]) -> None:
    known = {material.name: material for material in case.materials}
    if limit.converted_to is not None:
        product = known.get(limit.converted_to)
        if product is None:
            return
        has = {product.stage, *(stage for stage, tonnes in product.needs if tonnes > 0)}
        missing = sorted({known[m].stage for side in sides for m in side if m in known} - has)
        if missing:
            faults.add(limit, "converted_to",
                       f"'{product.name}' has no needs of {' and '.join(missing)} ({faults.cell(product, 'needs')}).",
                       f"Add e.g. {missing[0]}=1.2 to its needs.")
        return
    for field, side in zip(("filter", "of"), sides, strict=True):
        bases = sorted({known[m].basis or known[m].stage for m in side if m in known})
        if len(bases) > 1:
            faults.add(limit, field, f"this adds up tonnes of {' and '.join(bases)}.",
                       "Narrow the filter to one of them, or say the product in 'converted to'.")
