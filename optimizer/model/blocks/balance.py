r"""Balance of every place, material, year and class (MODEL.md 4.5).

.. math::
    \begin{array}{l}
    \sum_s e_{s,c} \, buy_{s,t} + \sum_{k,r,c'} out_{k,r,m,c'c} \, run_{k,r,t,c'}
    + \sum_{l \text{ to } p} (1 - loss_l) \, ship_{l,t,c} + \sum_b stock_{b,t-1,c} + relabelled_{p,m,t,c} \\
    \quad = \sum_{k,r} in_{r,m} \, run_{k,r,t,c} + \sum_{l \text{ from } p} ship_{l,t,c} + \sum_b stock_{b,t,c}
    + \sum_q serve_{q,t,c} + sell_{p,m,t,c} + discard_{p,m,t,c}
    \end{array}

What comes is bought, made, arriving, or from last year's stock; what goes is used, shipped, put into stock, served,
sold or discarded. `out` is what stays of a tonne run in class `c'` as material `m` in class `c`, less what the partner
keeps, and `in` what a tonne needs. A supply splits into `1 - e` clear and `e` exposed; a clear run yields `1 - e` clear
and `e` exposed, an exposed run exposed only. `relabelled` takes clear material into the exposed class, never back.

.. math::
    buy_{s,t} \le limit_{s,t}, \quad \sum_t buy_{s,t} \le total_s, \quad \sum_c ship_{l,t,c} \le limit_{l,t}, \quad
    \sum_{p,c} sell_{p,m,t,c} \le market_{m,t}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from optimizer.model.bounds import TINY, Node
from optimizer.model.building import Building
from optimizer.model.data import CLASSES, CLEAR, EXPOSED, value
from optimizer.model.terms import NONE, Floats, Index, Ints, Terms, numbered

At = Callable[[Iterable[Node]], Ints]
"""Cells of the balance at some nodes: [node, year, class]."""


def add_variables(b: Building) -> None:
    """``buy[s, t]``, ``ship[l, t, c]``, ``relabel[p, m, t]``, ``sell`` and ``discard[p, m, t, c]``."""
    bought = (
        (name, year)
        for name in b.data.supplies
        for i, year in enumerate(b.data.years)
        if b.bounds.flow["Supply", name][i] > TINY
    )
    b.variables("buy", bought, addresses=("Supply[{0}].limit.{1}",))
    b.variables("ship", sorted(b.bounds.flow_classes), addresses=("Lanes[{0}].limit.{1}",))
    at = sorted(b.bounds.at)
    exposed_inputs = {
        (b.data.plants[k].place, material, t)
        for k, r, t, c in b.bounds.run_classes
        if c == EXPOSED
        for material in b.data.recipes[r].inputs
    }
    relabelled = (
        (p, m, t) for p, m, t, c in at
        if c == CLEAR and (p, m) in b.data.relabelled_at and (p, m, t) in exposed_inputs
    )
    b.variables("relabel", relabelled, addresses=("Materials[{1}]",))
    sold = (
        (p, m, t, c) for p, m, t, c in at
        if p in b.data.sold_at.get(m, ()) and value(b.data.markets[m], t, 0.0) > 0
    )
    b.variables("sell", sold, addresses=("Materials[{1}].market.{2}",))
    b.variables(
        "discard", ((p, m, t, c) for p, m, t, c in at if m in b.data.discardable),
        addresses=("Materials[{1}].cost of discarding",),
    )


def add_rows(b: Building) -> None:
    """The balance, and what supplies, lanes and markets can take."""
    _balance(b)
    _limits(b)


def _balance(b: Building) -> None:
    """Rows are cells [node, year, class], a node being a place and a material; those without terms are no rows."""
    nodes = list(dict.fromkeys((p, m) for p, m, _, _ in sorted(b.bounds.at)))
    years, terms = b.data.years, Terms()
    cells = np.arange(len(nodes) * len(years) * len(CLASSES)).reshape(len(nodes), len(years), len(CLASSES))
    number = {node: i for i, node in enumerate(nodes)}
    every = np.concatenate([cells, np.full((1, *cells.shape[1:]), NONE)])

    def at(pairs: Iterable[Node]) -> Ints:
        """Cells of some nodes, NONE of those where nothing can be."""
        return every[[number.get(pair, -1) for pair in pairs]]

    _traded(b, terms, at)
    _made_and_used(b, terms, at)
    _left(b, terms, at)
    opening = _stocked(b, terms, at, cells.size)
    row, column, amount = terms.joined()
    there = np.zeros(cells.size, dtype=bool)
    there[row] = True
    keys = [(*nodes[i], years[t], CLASSES[c]) for i, t, c in np.argwhere(there.reshape(cells.shape)).tolist()]
    b.family("balance", keys, Terms([(numbered(there)[row].astype(np.int32), column, amount)]), "==", 0.0,
             ("Places[{0}]", "Materials[{1}]"), constant=opening[there])


def _traded(b: Building, terms: Terms, at: At) -> None:
    """What is bought, split into classes, and what is shipped, less what is lost on the way."""
    supplies, lanes = b.data.supplies.values(), b.data.lanes.values()
    exposed = np.array([b.data.exposed_share(row.place, row.exposed_share) for row in supplies])
    buy = b.grid("buy", [(row.name,) for row in supplies], b.data.years)
    split = np.stack([1 - exposed, exposed], axis=1)
    terms.add(at((row.place, row.material) for row in supplies), buy[:, :, None], split[:, None, :])
    ship = b.grid("ship", [(row.name,) for row in lanes], b.data.years, CLASSES)
    arriving = np.array([1 - row.loss for row in lanes])
    terms.add(at((row.destination, row.material) for row in lanes), ship, arriving[:, None, None])
    terms.add(at((row.origin, row.material) for row in lanes), ship, -1.0)


def _made_and_used(b: Building, terms: Terms, at: At) -> None:
    """What runs need and give, less what a partner keeps; an exposed run gives exposed material alone."""
    runs = b.grid("run", list(b.data.runs), b.data.years, CLASSES)
    of = [(i, b.data.plants[k], b.data.recipes[r]) for i, (k, r) in enumerate(b.data.runs)]
    used = [(i, (row.place, m), amount) for i, row, recipe in of for m, amount in recipe.inputs.items()]
    needed = np.array([amount for _, _, amount in used])
    terms.add(at(node for _, node, _ in used), runs[[i for i, _, _ in used]], -needed[:, None, None])
    made = [
        (i, (row.place, m), amount * (1 - row.partner_keeps if m == recipe.output else 1.0))
        for i, row, recipe in of for m, amount in recipe.yields.items()
    ]
    share = np.array([b.data.exposed_share(row.place, row.exposed_share) for _, row, _ in of])
    numbers = [i for i, _, _ in made]
    cells, run, exposed = at(node for _, node, _ in made), runs[numbers], share[numbers][:, None]
    stays = np.array([amount for _, _, amount in made])[:, None]
    clear_run, exposed_run = run[:, :, 0], run[:, :, 1]
    terms.add(cells[:, :, 0], clear_run, stays * (1 - exposed))
    terms.add(cells[:, :, 1], clear_run, stays * exposed)
    terms.add(cells[:, :, 1], exposed_run, stays)


def _left(b: Building, terms: Terms, at: At) -> None:
    """What is served, sold or discarded, and what goes from the clear class into the exposed one."""
    lines = b.demand_lines.values()
    serve = b.grid("serve", [(row.name,) for row in lines], b.data.years, CLASSES)
    terms.add(at((row.place, row.material) for row in lines), serve, -1.0)
    for family in ("sell", "discard"):
        heads = list(dict.fromkeys(key[:2] for key in b.numbers[family]))
        terms.add(at(heads), b.grid(family, heads, b.data.years, CLASSES), -1.0)
    heads = list(dict.fromkeys(key[:2] for key in b.numbers["relabel"]))
    terms.add(at(heads), b.grid("relabel", heads, b.data.years)[:, :, None], np.array([-1.0, 1.0]))


def _stocked(b: Building, terms: Terms, at: At, count: int) -> Floats:
    """What goes into stock and comes from last year's; gives the opening amounts by cell."""
    rows = b.stock_rows.values()
    cells = at((row.place, row.material) for row in rows)
    stock = b.grid("stock", [(row.name,) for row in rows], b.data.years, CLASSES)
    terms.add(cells, stock, -1.0)
    terms.add(cells[:, 1:], stock[:, :-1])
    opening = np.zeros(count)
    amounts = np.array([(row.opening_clear, row.opening_exposed) for row in rows]).reshape(-1, len(CLASSES))
    held = stock[:, 0] != NONE
    np.add.at(opening, cells[:, 0][held], amounts[held])
    return opening


def _limits(b: Building) -> None:
    buy = {key: b.data.supplies[key[0]].limit for key in b.numbers["buy"]}
    limited = [key for key, limit in buy.items() if limit is not None]
    b.parameter("supply_limits", {key: value(buy[key], key[1], 0.0) for key in limited})

    def supply(m: Any, s: Any, t: Any) -> Any:
        return m.buy[s, t] <= m.supply_limits[s, t]

    b.rows("supply_limit", limited, supply, ("Supply[{0}].limit.{1}",), ["buy"])

    totals = {(name,): row.total for name, row in b.data.supplies.items() if row.total is not None}
    totalled = [key for key in totals if any(s == key[0] for s, _ in b.numbers["buy"])]
    b.members("bought_ever", totalled, (((s,), (s, t)) for s, t in b.numbers["buy"]), 2)
    b.parameter("supply_totals", {key: float(totals[key]) for key in totalled})

    def total(m: Any, s: Any) -> Any:
        return sum(m.buy[x, t] for x, t in m.bought_ever[s]) <= m.supply_totals[s]

    b.rows("supply_total", totalled, total, ("Supply[{0}].total",), ["buy"])

    shipped: dict[Index, list[str]] = {}
    for x, t, c in b.numbers["ship"]:
        if b.data.lanes[x].limit is not None:
            shipped.setdefault((x, t), []).append(c)
    b.members("classes_shipped", list(shipped), ((key, (c,)) for key, of in shipped.items() for c in of))
    b.parameter("lane_limits", {key: value(b.data.lanes[key[0]].limit, key[1], 0.0) for key in shipped})

    def lane(m: Any, x: Any, t: Any) -> Any:
        return sum(m.ship[x, t, c] for c in m.classes_shipped[x, t]) <= m.lane_limits[x, t]

    b.rows("lane_limit", list(shipped), lane, ("Lanes[{0}].limit.{1}",), ["ship"])

    sold = list(dict.fromkeys((m, t) for _, m, t, _ in b.numbers["sell"]))
    b.members("sold_of", sold, (((m, t), (p, m, t, c)) for p, m, t, c in b.numbers["sell"]), 4)
    b.parameter("market_limits", {(m, t): value(b.data.markets[m], t, 0.0) for m, t in sold})

    def market(m: Any, g: Any, t: Any) -> Any:
        return sum(m.sell[i] for i in m.sold_of[g, t]) <= m.market_limits[g, t]

    b.rows("market", sold, market, ("Materials[{0}].market.{1}",), ["sell"])
