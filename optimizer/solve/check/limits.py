"""The planner's limits and the other criteria (MODEL.md 4.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from optimizer.case.schema import Filter, Limit, matches
from optimizer.solve.check.book import CLASSES, Book
from optimizer.solve.check.deals import carried
from optimizer.solve.check.demand import weights

KIND = {
    "supply": "supply", "plant": "plants", "recipe": "plants", "lane": "lanes", "from": "lanes", "to": "lanes",
    "demand": "demand", "sector": "demand", "deal": "deals", "partner": "deals", "kind": "deals", "channel": "deals",
    "stock": "stocks",
}
Flow = tuple[dict[str, str | None], str, float]
"""Facts of a flow, its material, its tonnes."""


def check(book: Book) -> None:
    """Each limit in each year, and what the other criteria come to."""
    totals = criteria(book)
    for name, amount in totals.items():
        book.equal(f"criterion '{name}'", book.claims.criteria.get(name, 0.0), amount, [], _unit(book, name))
    for row in book.case.limits:
        by_year = row.measure in ("capacity", "dependence")
        whole = (row.over == "horizon" and not by_year) or row.measure == "criterion"
        for t in book.years[:1] if whole else book.years:
            _limit(book, row, t, totals)


def criteria(book: Book) -> dict[str, float]:
    """Criterion -> its total over the horizon."""
    found: dict[str, float] = {}
    for row in book.case.criteria:
        total = 0.0
        for (deal, _, terms), n in book.amounts.sign.items():
            total += row.per_signing * terms * n if matches(deal, row.applies_to) else 0.0
        for (plant, _), n in book.amounts.modules.items():
            total += row.per_module * n if matches(plant, row.applies_to) else 0.0
        for t in book.years:
            for deal in book.deals:
                total += row.per_tonne * book.volume(deal, t) if matches(deal, row.applies_to) else 0.0
            for sheet, names in (("Plants", book.plants), ("Lanes", book.lanes), ("Supply", book.supplies)):
                for name in (n for n in names if matches(n, row.applies_to)):
                    total += row.per_tonne * book.flow(sheet, name, t)
        found[row.criterion] = found.get(row.criterion, 0.0) + total
    return found


def _limit(book: Book, row: Limit, t: int, totals: Mapping[str, float]) -> None:
    years = book.years if row.over == "horizon" else (t,)
    right, level, unit = row.value.at(t), 0.0, "t"
    terms: list[float] = []
    broken = book.amounts.broken.get((row.name, t), 0.0)
    if row.measure == "spend":
        spent = _spend(book, row, t)
        level, unit, terms = sum(spent), book.currency, spent
    elif row.measure == "dependence":
        w = weights(book)
        level = book.claims.dependent.get(t, 0.0)
        right *= sum(w[n] * line.tonnes.at(t) for n, line in book.demands.items())
    elif row.measure == "capacity":
        level = sum(book.capacity(k, t) for k in _plants(book, row.filter))
    elif row.measure == "criterion":
        named = (row.filter.get("criterion") if row.filter else None) or ()
        level, unit = sum(totals.get(name, 0.0) for name in named), _unit(book, named[0] if named else "")
    else:
        level = sum(v / _needs(book, row, m) for y in years for _, m, v in _flows(book, row.filter, y))
        if row.measure == "share":
            right *= sum(v / _needs(book, row, m) for y in years for m, v in _whole(book, row, y))
    what = f"limit '{row.name}' in {t}"
    if broken and row.price_of_breaking is None:
        book.complaints.append(f"{what} is broken without a price")
    if row.sense == "at most":
        book.at_most(what, level - broken, right, [*terms, level, broken], unit)
    else:
        book.at_least(what, level + broken, right, [*terms, level, broken], unit)


def _unit(book: Book, criterion: str) -> str:
    return next((row.unit for row in book.case.criteria if row.criterion == criterion and row.unit), "of its unit")


def _spend(book: Book, row: Limit, t: int) -> list[float]:
    entries = [(i, h, p, v) for (i, h, p, y), v in book.claims.cash.items() if y == t]
    if row.over == "horizon":
        entries = [(i, h, p, v) for (i, h, p), v in book.claims.charged.items()]
    return [v for i, h, p, v in entries if _spent(row, i, h, p)]


def _spent(row: Limit, item: str, heading: str, payer: str) -> bool:
    if row.payer not in (None, payer):
        return False
    if row.heading:
        return any(matches(heading, pattern) for pattern in row.heading)
    if item in ("shortage", "broken limits"):
        return row.over == "horizon"
    return item != "incentives paid" or row.payer is not None


def _needs(book: Book, row: Limit, material: str) -> float:
    if row.converted_to is None:
        return 1.0
    product = book.materials[row.converted_to]
    return {**dict(product.needs), product.stage: 1.0}[book.materials[material].stage]


def _whole(book: Book, row: Limit, t: int) -> list[tuple[str, float]]:
    if row.of is not None:
        return [(m, v) for _, m, v in _flows(book, row.of, t)]
    w = weights(book)
    return [(line.material, line.tonnes.at(t)) for n, line in book.demands.items() if w[n] > 0]


def _plants(book: Book, given: Filter | None) -> list[str]:
    found = []
    for name, plant in book.plants.items():
        recipes = [r for k, r in book.runs if k == name]
        facts: list[dict[str, str | None]] = [
            {"plant": name, "place": plant.place, "recipe": r, **_of(book, book.output[r])} for r in recipes
        ] or [{"plant": name, "place": plant.place}]
        if given is None or any(_fits(given, one) for one in facts):
            found.append(name)
    return found


def _of(book: Book, material: str) -> dict[str, str | None]:
    return {"material": material, "stage": book.materials[material].stage}


def _fits(given: Filter, facts: Mapping[str, str | None]) -> bool:
    for key, patterns in given.terms:
        fact = facts.get(key)
        if key != "flow" and (fact is None or not any(matches(fact, p) for p in patterns)):
            return False
    return True


def _flows(book: Book, given: Filter | None, t: int) -> list[Flow]:
    if given is None:
        return []
    named = given.get("flow")
    kind = named[0] if named else next(KIND[key] for key, _ in given.terms if key in KIND)
    makers: dict[str, Callable[[Book, int], list[Flow]]] = {
        "supply": _supply, "plants": _made, "lanes": _shipped, "demand": _served, "short": _short, "deals": _deals,
        "stocks": _stocks,
    }
    if (kind, t) not in book.listed:
        book.listed[kind, t] = makers[kind](book, t)
    flows = [one for one in book.listed[kind, t] if _fits(given, one[0])]
    if kind != "deals":
        return flows
    # A lane, plant or supply on a meter counts once, whichever of its materials is picked.
    return list({(one[0]["deal"], one[0]["thing"]): one for one in reversed(flows)}.values())


def _supply(book: Book, t: int) -> list[Flow]:
    return [
        ({"supply": n, "place": s.place, **_of(book, s.material)}, s.material, book.flow("Supply", n, t))
        for n, s in book.supplies.items()
    ]


def _made(book: Book, t: int) -> list[Flow]:
    return [
        ({"plant": k, "recipe": r, "place": book.plants[k].place, "class": c, **_of(book, book.output[r])},
         book.output[r], v)
        for (k, r, y, c), v in book.amounts.run.items() if y == t
    ]


def _shipped(book: Book, t: int) -> list[Flow]:
    found: list[Flow] = []
    for (n, y, c), v in book.amounts.ship.items():
        x = book.lanes[n]
        if y == t:
            facts = {"lane": n, "from": x.origin, "to": x.destination, "class": c, **_of(book, x.material)}
            found.append((facts, x.material, v))
    return found


def _served(book: Book, t: int) -> list[Flow]:
    found: list[Flow] = []
    for n, d in book.demands.items():
        for c in CLASSES:
            facts = {"demand": n, "sector": d.sector, "place": d.place, "class": c, **_of(book, d.material)}
            found.append((facts, d.material, book.amounts.serve.get((n, t, c), 0.0)))
    return found


def _short(book: Book, t: int) -> list[Flow]:
    return [
        ({"demand": n, "sector": d.sector, "place": d.place, **_of(book, d.material)}, d.material,
         book.amounts.short.get((n, t), 0.0))
        for n, d in book.demands.items()
    ]


def _stocks(book: Book, t: int) -> list[Flow]:
    return [
        ({"stock": n, "place": s.place, "class": c, **_of(book, s.material)}, s.material,
         book.amounts.stock.get((n, t, c), 0.0))
        for n, s in book.stocks.items() for c in CLASSES
    ]


def _deals(book: Book, t: int) -> list[Flow]:
    found: list[Flow] = []
    for n, d in book.deals.items():
        for thing in book.meters[n]:
            for m in sorted(carried(book, thing)):
                facts = {"deal": n, "partner": d.partner, "kind": d.kind, "channel": d.channel,
                         "thing": "/".join(thing), **_of(book, m)}
                found.append((facts, m, book.volume(n, t, [thing])))
    return found
