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

from collections.abc import Iterator
from typing import Any

from optimizer.model.bounds import TINY
from optimizer.model.building import Building, Index
from optimizer.model.data import CLEAR, EXPOSED, value

WIDTHS = {
    "bought_at": 1, "made_at": 3, "used_at": 2, "leaving": 1, "arriving_at": 1, "served_at": 1, "sold_here": 4,
    "discarded_here": 4, "relabelled_from": 3, "relabelled_to": 3, "stock_from": 2, "stock_to": 1,
}
"""What a balance sums over -> parts of its index."""


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


def split(b: Building, supply: str) -> dict[str, float]:
    """Class -> share of a supply in it."""
    row = b.data.supplies[supply]
    exposed = b.data.exposed_share(row.place, row.exposed_share)
    return {c: share for c, share in ((CLEAR, 1 - exposed), (EXPOSED, exposed)) if share > 0}


def made(b: Building, plant: str, recipe: str, cls: str) -> Iterator[tuple[str, str, float]]:
    """Material, class and tonnes that stay in the case of a tonne run in class `cls`."""
    row, of = b.data.plants[plant], b.data.recipes[recipe]
    exposed = 1.0 if cls == EXPOSED else b.data.exposed_share(row.place, row.exposed_share)
    for material, amount in of.yields.items():
        stays = amount * (1 - row.partner_keeps if material == of.output else 1.0)
        for c, share in ((CLEAR, 1 - exposed), (EXPOSED, exposed)):
            if share * stays > 0:
                yield material, c, share * stays


def _balance(b: Building) -> None:
    terms = _Terms(b)
    rows = terms.rows()
    for name, pairs in terms.pairs.items():
        b.members(name, rows, pairs, WIDTHS[name])
    b.parameter("bought_share", {(s, c): e for s in b.data.supplies for c, e in split(b, s).items()})
    b.parameter("output_of", terms.output)
    b.parameter("input_of", {(r, m): a for r, of in b.data.recipes.items() for m, a in of.inputs.items()})
    b.parameter("arriving_share", {(name,): 1 - lane.loss for name, lane in b.data.lanes.items()})
    b.parameter("opening", {row: terms.opening.get(row, 0.0) for row in rows})

    def balance(m: Any, p: Any, g: Any, t: Any, c: Any) -> Any:
        came = (
            sum(m.bought_share[s, c] * m.buy[s, t] for s in m.bought_at[p, g, t, c])
            + sum(m.output_of[k, r, g, e, c] * m.run[k, r, t, e] for k, r, e in m.made_at[p, g, t, c])
            + sum(m.arriving_share[x] * m.ship[x, t, c] for x in m.arriving_at[p, g, t, c])
            + sum(m.stock[s, y, c] for s, y in m.stock_from[p, g, t, c])
            + sum(m.relabel[q, h, y] for q, h, y in m.relabelled_to[p, g, t, c])
        )
        went = (
            sum(m.input_of[r, g] * m.run[k, r, t, c] for k, r in m.used_at[p, g, t, c])
            + sum(m.ship[x, t, c] for x in m.leaving[p, g, t, c])
            + sum(m.stock[s, t, c] for s in m.stock_to[p, g, t, c])
            + sum(m.serve[q, t, c] for q in m.served_at[p, g, t, c])
            + sum(m.sell[i] for i in m.sold_here[p, g, t, c])
            + sum(m.discard[i] for i in m.discarded_here[p, g, t, c])
            + sum(m.relabel[q, h, y] for q, h, y in m.relabelled_from[p, g, t, c])
        )
        return came - went == -m.opening[p, g, t, c]

    b.rows("balance", rows, balance, ("Places[{0}]", "Materials[{1}]"))


class _Terms:
    """What each balance sums over, gathered by family of variables."""

    def __init__(self, b: Building) -> None:
        self.b = b
        self.output: dict[Index, float] = {}
        self.opening: dict[Index, float] = {}
        self.pairs: dict[str, list[tuple[Index, Index]]] = {
            "bought_at": [
                ((b.data.supplies[s].place, b.data.supplies[s].material, t, c), (s,))
                for s, t in b.numbers["buy"]
                for c in split(b, s)
            ],
            "made_at": list(self._made()),
            "used_at": [
                ((b.data.plants[k].place, m, t, c), (k, r)) for k, r, t, c in b.numbers["run"] for m in b.data.recipes[r].inputs
            ],
            "leaving": [((b.data.lanes[x].origin, b.data.lanes[x].material, t, c), (x,)) for x, t, c in b.numbers["ship"]],
            "arriving_at": [
                ((b.data.lanes[x].destination, b.data.lanes[x].material, t, c), (x,))
                for x, t, c in b.numbers["ship"]
                if b.data.lanes[x].loss < 1
            ],
            "served_at": [((*self._demanded(q), t, c), (q,)) for q, t, c in b.numbers["serve"]],
            "sold_here": [(i, i) for i in b.numbers["sell"]],
            "discarded_here": [(i, i) for i in b.numbers["discard"]],
            "relabelled_from": [((p, m, t, CLEAR), (p, m, t)) for p, m, t in b.numbers["relabel"]],
            "relabelled_to": [((p, m, t, EXPOSED), (p, m, t)) for p, m, t in b.numbers["relabel"]],
            **self._stocks(),
        }

    def rows(self) -> list[Index]:
        """Every place, material, year and class in which something comes or goes."""
        return list(dict.fromkeys(row for pairs in self.pairs.values() for row, _ in pairs))

    def _made(self) -> Iterator[tuple[Index, Index]]:
        for k, r, t, e in self.b.numbers["run"]:
            for material, c, amount in made(self.b, k, r, e):
                self.output[k, r, material, e, c] = amount
                yield (self.b.data.plants[k].place, material, t, c), (k, r, e)

    def _demanded(self, line: str) -> tuple[str, str]:
        return self.b.demand_lines[line].place, self.b.demand_lines[line].material

    def _stocks(self) -> dict[str, list[tuple[Index, Index]]]:
        before: list[tuple[Index, Index]] = []
        after: list[tuple[Index, Index]] = []
        for s, t, c in self.b.numbers["stock"]:
            row = self.b.stock_rows[s]
            node = (row.place, row.material)
            after.append(((*node, t, c), (s,)))
            if t == self.b.data.years[0]:
                key = (*node, t, c)
                opening = row.opening_clear if c == CLEAR else row.opening_exposed
                self.opening[key] = self.opening.get(key, 0.0) + opening
            if t < self.b.data.years[-1]:
                before.append(((*node, t + 1, c), (s, t)))
        return {"stock_from": before, "stock_to": after}


def _limits(b: Building) -> None:
    buy = {key: b.data.supplies[key[0]].limit for key in b.numbers["buy"]}
    limited = [key for key, limit in buy.items() if limit is not None]
    b.parameter("supply_limits", {key: value(buy[key], key[1], 0.0) for key in limited})
    b.rows("supply_limit", limited, lambda m, s, t: m.buy[s, t] <= m.supply_limits[s, t], ("Supply[{0}].limit.{1}",))

    totals = {(name,): row.total for name, row in b.data.supplies.items() if row.total is not None}
    totalled = [key for key in totals if any(s == key[0] for s, _ in b.numbers["buy"])]
    b.members("bought_ever", totalled, (((s,), (s, t)) for s, t in b.numbers["buy"]), 2)
    b.parameter("supply_totals", {key: float(totals[key]) for key in totalled})

    def total(m: Any, s: Any) -> Any:
        return sum(m.buy[x, t] for x, t in m.bought_ever[s]) <= m.supply_totals[s]

    b.rows("supply_total", totalled, total, ("Supply[{0}].total",))

    shipped: dict[Index, list[str]] = {}
    for x, t, c in b.numbers["ship"]:
        if b.data.lanes[x].limit is not None:
            shipped.setdefault((x, t), []).append(c)
    b.members("classes_shipped", list(shipped), ((key, (c,)) for key, of in shipped.items() for c in of))
    b.parameter("lane_limits", {key: value(b.data.lanes[key[0]].limit, key[1], 0.0) for key in shipped})

    def lane(m: Any, x: Any, t: Any) -> Any:
        return sum(m.ship[x, t, c] for c in m.classes_shipped[x, t]) <= m.lane_limits[x, t]

    b.rows("lane_limit", list(shipped), lane, ("Lanes[{0}].limit.{1}",))

    sold = list(dict.fromkeys((m, t) for _, m, t, _ in b.numbers["sell"]))
    b.members("sold_of", sold, (((m, t), (p, m, t, c)) for p, m, t, c in b.numbers["sell"]), 4)
    b.parameter("market_limits", {(m, t): value(b.data.markets[m], t, 0.0) for m, t in sold})

    def market(m: Any, g: Any, t: Any) -> Any:
        return sum(m.sell[i] for i in m.sold_of[g, t]) <= m.market_limits[g, t]

    b.rows("market", sold, market, ("Materials[{0}].market.{1}",))
