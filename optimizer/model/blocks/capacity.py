r"""Capacity of plants (MODEL.md 4.3).

.. math::
    \sum_{r,c} use_{k,r} \, run_{k,r,t,c} \le existing_{k,t} + \sum_a size_k \, avail_{k,a,t} \, modules_{k,a}

A tonne of recipe `r` uses `use` of the plant's capacity; a module adds `size` tonnes a year, as far as it has been
built, ramped up and not retired (`avail`). For each qualification delay `D` the same row stands again over the recipes
with that delay or longer, and counts of new capacity only what has operated for `D`.
"""

from __future__ import annotations

from typing import Any

from optimizer.model.building import Building, Linear
from optimizer.model.data import CLASSES


def add_variables(b: Building) -> None:
    """``run[k, r, t, c]``: main output of recipe `r` at plant `k`."""
    keys = sorted(b.bounds.run_classes)
    b.variables("run", keys, addresses=("Runs[{0}/{1}]",))


def capacity(b: Building, plant: str, year: int, delay: float = 0.0) -> Linear:
    """Capacity of `plant` in `year`, or of what has operated there for `delay`."""
    size, i = b.data.plants[plant].module or 0.0, b.data.year_number[year]
    total = Linear(constant=float(b.data.past_capacity(plant, delay)[i]))
    for op, share in zip(b.data.orders_of[plant], b.data.available(plant, delay)[:, i].tolist(), strict=True):
        total.add("modules", (plant, op.year), size * share)
    return total


def add_rows(b: Building) -> None:
    """What a plant makes stays inside its capacity, and inside its qualified capacity."""
    rows = [
        (plant, delay, year)
        for plant in b.data.plants
        for delay in _delays(b, plant)
        for year in b.data.years
        if any(b.has("run", (plant, r, year, c)) for r in _recipes(b, plant, delay) for c in CLASSES)
    ]
    capacities = {row: capacity(b, row[0], row[2], row[1]) for row in rows}
    orders = {(*row, *i): c for row, total in capacities.items() for i, c in total.terms.get("modules", {}).items()}
    b.members("recipes_under", rows, (
        (row, (r, c)) for row in rows for r in _recipes(b, row[0], row[1]) for c in CLASSES
        if b.has("run", (row[0], r, row[2], c))
    ), 2)
    b.members("orders_giving", rows, ((row[:3], (row[4],)) for row in orders))
    b.parameter("capacity_used", {key: run.capacity_used for key, run in b.data.runs.items()})
    b.parameter("capacity_standing", {row: total.constant for row, total in capacities.items()})
    b.parameter("capacity_of_module", {(k, d, t, a): c for (k, d, t, _, a), c in orders.items()})

    def within(m: Any, k: Any, d: Any, t: Any) -> Any:
        used = sum(m.capacity_used[k, r] * m.run[k, r, t, c] for r, c in m.recipes_under[k, d, t])
        ordered = sum(m.capacity_of_module[k, d, t, a] * m.modules[k, a] for a in m.orders_giving[k, d, t])
        return used - ordered <= m.capacity_standing[k, d, t]

    b.rows("capacity", rows, within, ("Plants[{0}].capacity.{2}", "Plants[{0}].module", "Plants[{0}].lead"))


def _recipes(b: Building, plant: str, delay: float) -> tuple[str, ...]:
    return tuple(r for r in b.data.runs_of[plant] if b.data.runs[plant, r].qualification_delay >= delay)


def _delays(b: Building, plant: str) -> tuple[float, ...]:
    return tuple(sorted({0.0, *(b.data.runs[plant, r].qualification_delay for r in b.data.runs_of[plant])}))
