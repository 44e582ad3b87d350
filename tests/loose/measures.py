"""What limits and goals measure: filters, shares, spend, criteria, dependence (conventions 23 to 31)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyomo.environ as pyo

from optimizer.case.schema import Filter, Limit, matches
from tests.loose.decisions import capacity, entry, flow, hold, modules, output, signed, volume
from tests.loose.facts import CLASSES, Facts
from tests.loose.money import Item

OWN_KEYS = {
    "supply": "supply", "plant": "plants", "recipe": "plants", "lane": "lanes", "from": "lanes", "to": "lanes",
    "demand": "demand", "sector": "demand", "deal": "deals", "partner": "deals", "kind": "deals",
    "channel": "deals", "stock": "stocks",
}


def fits(chosen: Filter, **named: str | None) -> bool:
    """Whether every key of the filter but `flow` matches what is named."""
    for key, patterns in chosen.terms:
        value = named.get(key)
        if key != "flow" and (value is None or not any(matches(value, p) for p in patterns)):
            return False
    return True


def kind_of(chosen: Filter) -> str:
    """The kind of flow that a filter picks."""
    given = chosen.get("flow")
    if given is not None:
        return given[0]
    return next(OWN_KEYS[key] for key, _ in chosen.terms if key in OWN_KEYS)


def picked(m: Any, f: Facts, chosen: Filter, t: int) -> list[tuple[str, Any]]:
    """(material, tonnes in year t) of each flow that a filter picks."""
    kinds = {
        "supply": _supply, "plants": _plants, "lanes": _lanes, "demand": _demand, "short": _short,
        "deals": _deals, "stocks": _stocks,
    }
    found = []
    for named, amount in kinds[kind_of(chosen)](m, f, t):
        material = named["material"] or ""
        if fits(chosen, stage=f.stage.get(material), **named):
            found.append((material, amount))
    return found


Names = dict[str, str | None]
Flows = Iterator[tuple[Names, Any]]


def _supply(m: Any, f: Facts, t: int) -> Flows:
    for s in f.case.supplies:
        yield {"supply": s.name, "place": s.place, "material": s.material}, m.buy[s.name, t]


def _plants(m: Any, f: Facts, t: int) -> Flows:
    for k, r in f.runs:
        plant = f.plants[k]
        clear, exposed, e = m.run[k, r, t, "clear"], m.run[k, r, t, "exposed"], f.exposed_share(plant)
        for c, amount in (("clear", (1 - e) * clear), ("exposed", e * clear + exposed)):
            named: Names = {
                "plant": k, "recipe": r, "place": plant.place, "material": f.recipes[r].output, "class": c,
            }
            yield named, amount


def _lanes(m: Any, f: Facts, t: int) -> Flows:
    for x in f.case.lanes:
        for c in CLASSES:
            named: Names = {"lane": x.name, "from": x.origin, "to": x.destination, "material": x.material, "class": c}
            yield named, m.ship[x.name, t, c]


def _demand(m: Any, f: Facts, t: int) -> Flows:
    for q in f.case.demands:
        for c in CLASSES:
            named: Names = {"demand": q.name, "sector": q.sector, "place": q.place, "material": q.material, "class": c}
            yield named, m.serve[q.name, t, c]


def _short(m: Any, f: Facts, t: int) -> Flows:
    for q in f.case.demands:
        yield {"demand": q.name, "sector": q.sector, "place": q.place, "material": q.material}, m.short[q.name, t]


def _deals(m: Any, f: Facts, t: int) -> Flows:
    for d in f.case.deals:
        for sheet, name in f.meter(d):
            named: Names = {
                "deal": d.name, "partner": d.partner, "kind": d.kind, "channel": d.channel,
                "material": f.material_of(sheet, name),
            }
            yield named, m.alloc[d.name, sheet, name, t]


def _stocks(m: Any, f: Facts, t: int) -> Flows:
    for b in f.case.stocks:
        for c in CLASSES:
            named: Names = {"stock": b.name, "place": b.place, "material": b.material, "class": c}
            yield named, m.stock[b.name, t, c]


def demanded(f: Facts, t: int) -> list[tuple[str, float]]:
    """(material, tonnes) of the demand of weight above 0."""
    return [(q.material, q.tonnes.at(t)) for q in f.case.demands if weight(f, q) > 0]


def converted(f: Facts, limit: Limit, flows: list[tuple[str, Any]]) -> Any:
    """The sum of flows, each in tonnes of the product that a share is converted to."""
    if limit.converted_to is None:
        return sum(amount for _, amount in flows)
    (product,) = [x for x in f.case.materials if x.name == limit.converted_to]
    needs = {**dict(product.needs), product.stage: 1.0}
    return sum(amount / needs[f.stage[material]] for material, amount in flows)


def weight(f: Facts, q: Any) -> float:
    """The weight of a demand line."""
    return float(q.weight) if q.weight is not None else float(q.place in f.home)


def dependent(m: Any, f: Facts, t: int) -> Any:
    """Weighted tonnes served exposed or short."""
    return sum(weight(f, q) * (m.serve[q.name, t, "exposed"] + m.short[q.name, t]) for q in f.case.demands)


def weighted_demand(f: Facts, t: int) -> float:
    """Weighted demand of a year."""
    return sum(weight(f, q) * q.tonnes.at(t) for q in f.case.demands)


def glide(f: Facts, t: int) -> float:
    """How much of a year's dependence the goal counts."""
    settings = f.case.settings
    if settings.glide is not None:
        return settings.glide.at(t)
    return float(t >= (f.first if settings.full_from is None else settings.full_from))


def year_weights(f: Facts) -> dict[int, float]:
    """Weights of the years with demand in mean dependence (convention 24)."""
    given = f.case.settings.weights
    moved = [t for t in f.years if any(
        (not s.past and f.covers(s, t) > 0) for row in f.signings.values() for s in row
    ) or any(o.past is None and f.avail(o, t) > 0 for row in f.orders.values() for o in row)]
    begin = min(moved, default=f.first)
    years = [t for t in f.years if weighted_demand(f, t) > 0]
    return {t: float(t >= begin) if given is None else given.at(t) for t in years}


def criterion(m: Any, f: Facts, name: str) -> Any:
    """A criterion's total over the horizon."""
    total: Any = 0
    for row in (row for row in f.case.criteria if row.criterion == name):
        for d in (d for d in f.case.deals if matches(d.name, row.applies_to)):
            total += row.per_signing * sum(s.terms * signed(m, s) for s in f.signings[d.name] if not s.past)
            total += row.per_tonne * sum(volume(m, f, d, t) for t in f.years)
        for k in (k for k in f.case.plants if matches(k.name, row.applies_to)):
            total += row.per_module * sum(modules(m, o) for o in f.orders[k.name] if o.past is None)
            total += row.per_tonne * sum(output(m, f, k.name, t) for t in f.years)
        for sheet, rows in (("Lanes", f.case.lanes), ("Supply", f.case.supplies)):
            for x in (x for x in rows if matches(x.name, row.applies_to)):
                total += row.per_tonne * sum(flow(m, f, sheet, x.name, t) for t in f.years)
    return total


# ---- limits


def add_broken(m: Any, f: Facts) -> None:
    """The amounts by which limits with a price are broken."""
    m.broken = pyo.Var(
        [(x.name, t) for x in f.case.limits if x.price_of_breaking is not None for t in _when(f, x)],
        domain=pyo.NonNegativeReals,
    )


def _horizon(limit: Limit) -> bool:
    return limit.over == "horizon" or limit.measure == "criterion"


def _when(f: Facts, limit: Limit) -> tuple[int, ...]:
    return (f.first,) if _horizon(limit) else f.years


def add_limits(m: Any, f: Facts, every: list[Item]) -> None:
    """Each limit a row (4.8; conventions 26 to 29)."""
    for limit in f.case.limits:
        for t in _when(f, limit):
            over = f.years if _horizon(limit) else (t,)
            left, right = _sides(m, f, limit, limit.value.at(t), over, every)
            slack = entry(m.broken, (limit.name, t))
            if limit.sense == "at most":
                hold(m, left, "<=", right + slack)
            else:
                hold(m, left, ">=", right - slack)


def _sides(
    m: Any, f: Facts, limit: Limit, value: float, over: tuple[int, ...], every: list[Item]
) -> tuple[Any, Any]:
    chosen = limit.filter or Filter(terms=())
    if limit.measure == "spend":
        return _spent(limit, over, every), value
    if limit.measure == "capacity":
        return sum(capacity(m, f, k, t) for t in over for k in f.case.plants if _plant_fits(f, chosen, k)), value
    if limit.measure == "criterion":
        (name,) = chosen.get("criterion") or ("",)
        return criterion(m, f, name), value
    if limit.measure == "dependence":
        return sum(dependent(m, f, t) for t in over), value * sum(weighted_demand(f, t) for t in over)
    flows = [x for t in over for x in picked(m, f, chosen, t)]
    if limit.measure == "tonnes":
        return converted(f, limit, flows), value
    of = [x for t in over for x in (demanded(f, t) if limit.of is None else picked(m, f, limit.of, t))]
    return converted(f, limit, flows), value * converted(f, limit, of)


def _plant_fits(f: Facts, chosen: Filter, plant: Any) -> bool:
    runs = f.runs_of(plant.name)
    names = [(run.recipe, f.recipes[run.recipe].output) for run in runs] or [("", "")]
    return any(
        fits(chosen, plant=plant.name, place=plant.place, recipe=r, material=x, stage=f.stage.get(x))
        for r, x in names
    )


def _spent(limit: Limit, over: tuple[int, ...], every: list[Item]) -> Any:
    total: Any = 0
    for i in every:
        named = any(matches(i.heading, pattern) for pattern in limit.heading)
        if (limit.heading and not named) or (limit.payer is not None and i.payer != limit.payer):
            continue
        if i.item in ("shortage", "broken limits") and not (named or limit.over == "horizon"):
            continue
        if i.item == "incentives paid" and not (named or limit.payer is not None):
            continue
        total += i.charged if limit.over == "horizon" else sum(i.cash.get(t, 0) for t in over)
    return total


def peak_dependence(f: Facts, tonnes: dict[int, float]) -> float:
    """The least delta of the glide path (convention 23)."""
    delta = 0.0
    for t in f.years:
        need, g = weighted_demand(f, t), glide(f, t)
        if need > 0 and g > 0:
            delta = max(delta, 1 - (1 - tonnes[t] / need) / g)
    return delta


def mean_dependence(f: Facts, tonnes: dict[int, Any]) -> Any:
    """Weighted mean of yearly dependence (convention 24)."""
    weights = year_weights(f)
    total = sum(weights.values())
    return sum(w * tonnes[t] / weighted_demand(f, t) for t, w in weights.items()) / total if total > 0 else 0
