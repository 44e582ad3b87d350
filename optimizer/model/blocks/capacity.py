r"""Capacity of plants (MODEL.md 4.3).

.. math::
    \sum_{r,c} use_{k,r} \, run_{k,r,t,c} \le existing_{k,t} + \sum_a size_k \, avail_{k,a,t} \, modules_{k,a}

A tonne of recipe `r` uses `use` of the plant's capacity; a module adds `size` tonnes a year, as far as it has been
built, ramped up and not retired (`avail`). For each qualification delay `D` the same row stands again over the recipes
with that delay or longer, and counts of new capacity only what has operated for `D`.
"""

from __future__ import annotations

import numpy as np

from optimizer.model.building import Building, Linear
from optimizer.model.data import CLASSES
from optimizer.model.terms import NONE, Index, Terms, numbered


def add_variables(b: Building) -> None:
    """``run[k, r, t, c]``: main output of recipe `r` at plant `k`."""
    keys = sorted(b.bounds.run_classes)
    b.variables("run", keys, addresses=("Runs[{0}/{1}]",))


def capacity(b: Building, plant: str, year: int, delay: float = 0.0) -> Linear:
    """Capacity of `plant` in `year`, or of what has operated there for `delay`."""
    size, i = b.data.plants[plant].module or 0.0, b.data.year_number[year]
    ordered = size * b.data.available(plant, delay)[:, i]
    return b.total(b.modules[plant], ordered, float(b.data.past_capacity(plant, delay)[i]))


def add_rows(b: Building) -> None:
    """What a plant makes stays inside its capacity, and inside its qualified capacity."""
    keys: list[Index] = []
    terms, standing = Terms(), [np.zeros(0)]
    for plant, row in b.data.plants.items():
        for delay in _delays(b, plant):
            recipes = _recipes(b, plant, delay)
            runs = b.grid("run", [(plant, recipe) for recipe in recipes], b.data.years, CLASSES)
            there = (runs != NONE).any(axis=(0, 2))
            rows = np.where(there, len(keys) + numbered(there), NONE)
            use = np.array([b.data.runs[plant, recipe].capacity_used for recipe in recipes])
            terms.add(rows[:, None], runs, use[:, None, None])
            terms.add(rows, b.modules[plant][:, None], -(row.module or 0.0) * b.data.available(plant, delay))
            keys += [(plant, delay, b.data.years[i]) for i in np.flatnonzero(there).tolist()]
            standing.append(b.data.past_capacity(plant, delay)[there])
    b.family("capacity", keys, terms, "<=", np.concatenate(standing),
             ("Plants[{0}].capacity.{2}", "Plants[{0}].module", "Plants[{0}].lead"))


def _recipes(b: Building, plant: str, delay: float) -> tuple[str, ...]:
    return tuple(r for r in b.data.runs_of[plant] if b.data.runs[plant, r].qualification_delay >= delay)


def _delays(b: Building, plant: str) -> tuple[float, ...]:
    return tuple(sorted({0.0, *(b.data.runs[plant, r].qualification_delay for r in b.data.runs_of[plant])}))
