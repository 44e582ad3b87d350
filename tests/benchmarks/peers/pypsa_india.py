"""A case without deals and without new plants as a PyPSA network: a linear program of least discounted cost.

A snapshot is a year. A bus is a place, a material and a class, in tonnes a year. What the case has becomes:

- supply: a generator; where a part of it is exposed, one on a bus of its own, with a link that splits it;
- lane: a link for each class, loss as efficiency, freight and duty as cost;
- plant: a bus of capacity, fed by a generator, one for each of its runs and classes a link from there, which takes
  inputs (efficiencies below 0) and gives output and by-products of both classes;
- a limit that both classes share (lane, market): a bus of room, fed by a generator, off which the links take;
- demand: a load on a bus of its own, with a link from each class (the exposed one up to what the clear share leaves)
  and a generator for what goes short;
- clear material used as exposed: a link; discarding and sales: generators that take;
- stock: a store for each class, holding cost on what lies there at the year's end.

Two things are no component and stand as rows of the model: the limit of a stock over both classes, and its closing of
both. The fixed cost of standing capacity is a constant, added to the objective.

Left out of both sides by `cut_down`:

- deals with their payments and rules, and what only a deal opens: they are signed or not, and a network without
  whole numbers cannot say so;
- orders, of the past too, with incentives, which only orders earn: the network holds what stands;
- limits on spending, shares, tonnes and the like, and criteria: rows over filters have no place in a network, and they
  would be the product's rows written a second time;
- reserves, which may be asked in days of next year's use;
- budget, cap on dependence and other goals than cost; scenarios, ranges, sources and evidence, which no plan needs.

The shipped case of India has no reserves and without deals feels none of its limits, so that the network's cost is also
that of the whole case as now.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import pypsa

from optimizer import Case
from optimizer.case.schema import Lane, Plant, Row, Run, Series, Stock, Supply
from tests.loose.facts import CLASSES, Facts, at

KEPT = ("Places", "Materials", "Recipes", "Runs", "Supply", "Lanes", "Demand", "Stocks", "Plants")
BY_YEAR = ("p_max_pu", "marginal_cost", "marginal_cost_storage", "e_min_pu", "p_set")
BLANK = {"p_max_pu": 1.0, "sign": 1.0, "e_sum_max": math.inf}
OPTIONS = {"solver_name": "highs", "io_api": "direct", "set_names": False, "threads": 1, "output_flag": False}


# ---- the case


def cut_down(case: Case) -> Case:
    """The case without deals, orders, limits and reserves: what both the product and the network hold."""
    none = {"budget": None, "budget_above_least_cost": None, "dependence_cap": None, "goal": "cost", "then": ()}
    standing = {k.name for k in case.plants if k.capacity is not None and not k.deals_to_run}
    sheets = {
        sheet: tuple(_cut(row) for row in case.sheets.get(sheet, ()) if row.use and not _closed(row, standing))
        for sheet in KEPT
    }
    return replace(case, settings=case.settings.model_copy(update=none), sheets=sheets)


def _closed(row: Row, standing: set[str]) -> bool:
    if isinstance(row, Plant):
        return row.name not in standing
    if isinstance(row, Run):
        return row.plant not in standing
    return isinstance(row, Lane | Supply) and bool(row.deals)


def _cut(row: Row) -> Row:
    update: dict[str, Any] = {"source": ()}
    if isinstance(row, Plant):
        update |= {"module": None, "ordered_in": (), "deals_to_order": ()}
    if isinstance(row, Stock):
        update |= {"reserve": None}
    return row.model_copy(update=update)


# ---- the network


@dataclass
class _Parts:
    """Components by kind and name, gathered so that all of a kind are added at once."""

    f: Facts
    kinds: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {"Bus": {}, "Generator": {}, "Link": {}, "Load": {}, "Store": {}}
    )

    def bus(self, *names: str) -> str:
        """The bus of a place, material and class, or of something else named; made when first asked for."""
        name = " / ".join(names)
        self.kinds["Bus"].setdefault(name, {})
        return name

    def money(self, series: Series | None) -> tuple[float, ...]:
        """A price by year, discounted."""
        return self.discounted(at(series, t) for t in self.f.years)

    def discounted(self, values: Iterable[float]) -> tuple[float, ...]:
        """Money by year, discounted."""
        return tuple(self.f.df(t) * value for t, value in zip(self.f.years, values, strict=True))

    def upto(self, limit: Series | None) -> dict[str, Any]:
        """The bound of a flow: tonnes by year, or none."""
        return {"p_nom": math.inf} if limit is None else {"p_nom": 1.0, "p_max_pu": limit.on(self.f.years)}

    def generator(self, name: str, bus: str, **attributes: Any) -> None:
        """A source, or with ``sign=-1`` a sink."""
        self.kinds["Generator"][name] = {"bus": bus, **attributes}

    def link(self, name: str, origin: str, ports: Mapping[str, float], **attributes: Any) -> None:
        """What a tonne off `origin` puts on each other bus (below 0: takes)."""
        made: dict[str, Any] = {"bus0": origin, "p_nom": math.inf, **attributes}
        for i, (bus, amount) in enumerate((x for x in ports.items() if x[1]), start=1):
            made |= {f"bus{i}": bus, "efficiency" if i == 1 else f"efficiency{i}": amount}
        self.kinds["Link"][name] = made

    def room(self, name: str, limit: Series) -> str:
        """A bus of room for what several links share, tonnes by year."""
        self.generator(f"room of {name}", self.bus("room", name), **self.upto(limit))
        return self.bus("room", name)

    def network(self) -> pypsa.Network:
        """The network of all that was gathered."""
        network = pypsa.Network(snapshots=pd.Index(self.f.years))
        network.add("Carrier", "tonnes")
        for kind, rows in self.kinds.items():
            if rows:
                network.add(kind, list(rows), carrier="tonnes", **self._columns(rows))
        return network

    def _columns(self, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        for name in dict.fromkeys(name for row in rows.values() for name in row):
            blank = "" if name.startswith("bus") else BLANK.get(name, 0.0)
            values = {key: row.get(name, blank) for key, row in rows.items()}
            by_year = pd.DataFrame(values, index=list(self.f.years)) if name in BY_YEAR else None
            columns[name] = list(values.values()) if by_year is None else by_year
        return columns


def build(case: Case) -> pypsa.Network:
    """The network of a case that was cut down, its linear program made and in `network.model`.

    Tonnes a year, money in the case's currency discounted to the start of the first year.
    """
    parts = _Parts(Facts(case))
    for gather in (_supplies, _lanes, _plants, _relabels, _markets, _discards, _demands, _stocks):
        gather(parts)
    network = parts.network()
    network.meta["constant"] = sum(
        parts.f.df(t) * at(k.fixed_cost, t) * at(k.capacity, t) for k in case.plants for t in case.years
    )
    network.optimize.create_model(include_objective_constant=False)
    for stock in case.stocks:
        _both_classes(network, stock)
    return network


def solve(network: pypsa.Network) -> float:
    """The least discounted cost in the case's currency, constants included.

    The flows stay in `network.model`; `network.optimize.assign_solution()` puts them on the components.

    Raises:
        RuntimeError: there is no optimum.
    """
    # not the network's own call, which goes on to look for circuits and angles that tonnes do not have
    status, condition = network.model.solve(**OPTIONS)
    if (status, condition) != ("ok", "optimal"):
        raise RuntimeError(f"no optimum: {condition}")
    return float(network.model.objective.value) + float(network.meta["constant"])


def _supplies(parts: _Parts) -> None:
    for s in parts.f.case.supplies:
        share = parts.f.exposed_share(s)
        ports = {parts.bus(s.place, s.material, c): part for c, part in zip(CLASSES, (1 - share, share), strict=True)}
        (bus, *_) = [bus for bus, part in ports.items() if part == 1] or [parts.bus("supply", s.name)]
        total = math.inf if s.total is None else s.total
        parts.generator(s.name, bus, marginal_cost=parts.money(s.price), e_sum_max=total, **parts.upto(s.limit))
        if bus not in ports:
            parts.link(f"split of {s.name}", bus, ports)


def _lanes(parts: _Parts) -> None:
    for lane in parts.f.case.lanes:
        cost = parts.discounted(at(lane.freight, t) + _duty(parts.f, lane, t) for t in parts.f.years)
        is_open = [float((lane.from_year or t) <= t <= (lane.to_year or t)) for t in parts.f.years]
        room = {} if lane.limit is None else {parts.room(lane.name, lane.limit): -1.0}
        for c in CLASSES:
            origin, to = (parts.bus(place, lane.material, c) for place in (lane.origin, lane.destination))
            parts.link(
                f"{lane.name}, {c}", origin, {to: 1 - lane.loss, **room}, p_max_pu=is_open, marginal_cost=cost
            )


def _duty(f: Facts, lane: Lane, year: int) -> float:
    """Duty on a tonne shipped; in the national view that of home is no cost."""
    if lane.duty is None or (f.case.settings.view == "national" and lane.destination in f.home):
        return 0.0
    return lane.duty.at(year) * f.ship_price(lane.origin, lane.material, year)


def _plants(parts: _Parts) -> None:
    for plant in parts.f.case.plants:
        capacity = parts.bus("capacity", plant.name)
        parts.generator(f"capacity of {plant.name}", capacity, **parts.upto(plant.capacity))
        for run in parts.f.runs_of(plant.name):
            cost = parts.discounted(_run_cost(parts.f, plant, run, t) / run.capacity_used for t in parts.f.years)
            for c in CLASSES if parts.f.recipes[run.recipe].inputs else ("clear",):
                ports = _ports(parts, plant, run, c)
                parts.link(f"{plant.name}, {run.recipe}, {c}", capacity, ports, marginal_cost=cost)


def _run_cost(f: Facts, plant: Plant, run: Run, year: int) -> float:
    """Cost of a tonne of main output beside its inputs, less what the partner is charged for the part it keeps."""
    own = at(run.variable_cost, year)
    if not plant.partner_keeps:
        return own
    inputs = f.recipes[run.recipe].inputs.items()
    return own - plant.partner_keeps * (own + sum(amount * f.list_price(x, year) for x, amount in inputs))


def _ports(parts: _Parts, plant: Plant, run: Run, c: str) -> dict[str, float]:
    """What a tonne of capacity taken by a run of a class puts on each bus, what it takes in below 0."""
    recipe, share = parts.f.recipes[run.recipe], parts.f.exposed_share(plant) if c == "clear" else 1.0
    made = {recipe.output: 1 - plant.partner_keeps, **recipe.by_products}
    ports = {parts.bus(plant.place, x, c): -amount / run.capacity_used for x, amount in recipe.inputs.items()}
    for x, amount in made.items():
        for out, part in zip(CLASSES, (1 - share, share), strict=True):
            ports[parts.bus(plant.place, x, out)] = part * amount / run.capacity_used
    return ports


def _relabels(parts: _Parts) -> None:
    for place, x in parts.f.relabels():
        clear, exposed = (parts.bus(place, x, c) for c in CLASSES)
        parts.link(f"{place}, {x}, clear as exposed", clear, {exposed: 1.0})


def _markets(parts: _Parts) -> None:
    for x in parts.f.case.materials:
        if x.market is None:
            continue
        market = parts.bus("market", x.name)
        revenue = parts.discounted(-at(x.price, t) for t in parts.f.years)
        parts.generator(f"sale of {x.name}", market, sign=-1.0, marginal_cost=revenue, **parts.upto(x.market))
        for place in x.sold_at or sorted(parts.f.home):
            for c in CLASSES:
                parts.link(f"sale of {x.name}, {place}, {c}", parts.bus(place, x.name, c), {market: 1.0})


def _discards(parts: _Parts) -> None:
    by_products = {x for recipe in parts.f.recipes.values() for x in recipe.by_products}
    for x in parts.f.case.materials:
        if x.discarding is None and x.name not in by_products:
            continue
        cost = parts.discounted((x.discarding or 0.0) for _ in parts.f.years)
        for place in parts.f.case.places:
            for c in CLASSES:
                name, bus = f"discarding of {x.name}, {place.name}, {c}", parts.bus(place.name, x.name, c)
                parts.generator(name, bus, sign=-1.0, marginal_cost=cost, p_nom=math.inf)


def _demands(parts: _Parts) -> None:
    for q in parts.f.case.demands:
        bus, tonnes = parts.bus("demand", q.name), q.tonnes.on(parts.f.years)
        parts.kinds["Load"][q.name] = {"bus": bus, "p_set": tonnes}
        exposed = [(1 - at(q.clear_share, t)) * q.tonnes.at(t) for t in parts.f.years]
        short = [(1 - at(q.floor, t, 1.0)) * q.tonnes.at(t) for t in parts.f.years]
        for c, most in zip(CLASSES, (tonnes, exposed), strict=True):
            parts.link(f"{q.name}, {c}", parts.bus(q.place, q.material, c), {bus: 1.0}, p_nom=1.0, p_max_pu=most)
        cost = parts.money(q.shortage_cost)
        parts.generator(f"short of {q.name}", bus, p_nom=1.0, p_max_pu=short, marginal_cost=cost)


def _stocks(parts: _Parts) -> None:
    for b in parts.f.case.stocks:
        for c, opening in zip(CLASSES, (b.opening_clear, b.opening_exposed), strict=True):
            parts.kinds["Store"][f"{b.name}, {c}"] = {
                "bus": parts.bus(b.place, b.material, c), "e_nom": math.inf, "e_initial": opening,
                "marginal_cost_storage": parts.money(b.holding_cost),
            }


def _both_classes(network: pypsa.Network, b: Stock) -> None:
    """The rows of a stock: limit of both classes, closing of the clear one and of both."""
    clear, exposed = (network.model["Store-e"].sel(name=f"{b.name}, {c}", drop=True) for c in CLASSES)
    last, closing = network.snapshots[-1], _closing(b)
    if b.limit is not None:
        most = pd.Series(b.limit.on(network.snapshots), index=network.snapshots).to_xarray()
        network.model.add_constraints(clear + exposed <= most, name=f"limit of {b.name}")
    network.model.add_constraints(clear.sel(snapshot=last) >= closing[0], name=f"closing clear of {b.name}")
    both = clear.sel(snapshot=last) + exposed.sel(snapshot=last)
    network.model.add_constraints(both >= sum(closing), name=f"closing of {b.name}")


def _closing(b: Stock) -> tuple[float, float]:
    """Least that lies there at the end, clear and exposed; the opening unless given."""
    clear = b.opening_clear if b.closing_clear is None else b.closing_clear
    return clear, b.opening_exposed if b.closing_exposed is None else b.closing_exposed
