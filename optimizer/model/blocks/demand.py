r"""Demand (MODEL.md 4.6).

.. math::
    \sum_c serve_{q,t,c} + short_{q,t} = demand_{q,t}

    short_{q,t} \le (1 - floor_{q,t}) \, demand_{q,t}, \qquad
    serve_{q,t,exposed} \le (1 - clear\,share_{q,t}) \, demand_{q,t}

The floor is the share that must be served (all, unless a line says otherwise), the clear share what must be served
from clear material.
"""

from __future__ import annotations

from optimizer.model.building import Building, Linear
from optimizer.model.data import CLASSES, EXPOSED, value
from optimizer.model.terms import Index


def add_variables(b: Building) -> None:
    """``serve[q, t, c]`` served from each class, ``short[q, t]`` not served."""
    needed = {(q, t): line.tonnes.at(t) for q, line in b.demand_lines.items() for t in b.data.years}
    served = (
        (q, t, c)
        for (q, t), tonnes in needed.items()
        if tonnes > 0
        for c in CLASSES
        if (b.demand_lines[q].place, b.demand_lines[q].material, t, c) in b.bounds.at
    )
    b.variables("serve", served, addresses=("Demand[{0}].tonnes.{1}",))
    short = (key for key, tonnes in needed.items() if tonnes > 0 and value(b.demand_lines[key[0]].floor, key[1], 1) < 1)
    b.variables("short", short, addresses=("Demand[{0}].floor.{1}",))


def add_rows(b: Building) -> None:
    """What is needed is served or short; the hard part is served; the exposed part is bounded."""
    whole: dict[Index, tuple[Linear, str, float]] = {}
    floors: dict[Index, tuple[Linear, str, float]] = {}
    clear: dict[Index, tuple[Linear, str, float]] = {}
    for q, line in b.demand_lines.items():
        for t in b.data.years:
            tonnes = line.tonnes.at(t)
            if tonnes <= 0:
                continue
            total = Linear()
            for c in CLASSES:
                if b.has("serve", (q, t, c)):
                    total.add("serve", (q, t, c), 1.0)
            if b.has("short", (q, t)):
                total.add("short", (q, t), 1.0)
                floors[q, t] = (Linear({"short": {(q, t): 1.0}}), "<=", (1 - value(line.floor, t, 1.0)) * tonnes)
            whole[q, t] = (total, "==", tonnes)
            share = value(line.clear_share, t, 0.0)
            if share > 0 and b.has("serve", (q, t, EXPOSED)):
                clear[q, t] = (Linear({"serve": {(q, t, EXPOSED): 1.0}}), "<=", (1 - share) * tonnes)
    told = "What reaches Demand[{}] in {}".format
    b.linear("demand", whole, ("Demand[{0}].tonnes.{1}",), told)
    b.linear("floor", floors, ("Demand[{0}].floor.{1}", "Demand[{0}].tonnes.{1}"))
    b.linear("clear_share", clear, ("Demand[{0}].clear share.{1}", "Demand[{0}].tonnes.{1}"))
