r"""Dependence on the places of concern (MODEL.md 5).

.. math::
    dependent_t = \sum_q w_q \, (serve_{q,t,exposed} + short_{q,t}), \qquad
    dependent_t \le D_t \, (1 - (1 - \delta) \, glide_t)

    D_t \, share_t = dependent_t, \qquad mean = \sum_t \omega_t \, share_t \; \Big/ \; \sum_t \omega_t

`w` is the weight of a demand line, `D` the weighted demand in tonnes. What is not served counts as dependent. The goal
`dependence` is the least :math:`\delta` between 0 and 1: in a year with `glide` 1 at most that share of demand may be
dependent, in a year with `glide` 0 all of it may. The goal `mean dependence` weighs the years by :math:`\omega`, by
default 1 from the first year that a decision can still move.
"""

from __future__ import annotations

from optimizer.model.building import Building, Linear
from optimizer.model.data import EXPOSED
from optimizer.model.terms import Index

DEPENDENCE, MEAN, COST = "dependence", "mean dependence", "cost"
"""Names of the goals that every case has."""


def add_variables(b: Building) -> None:
    """``dependent[t]`` tonnes, ``share[t]`` of demand, and ``goal[...]``: dependence as fractions, and the others."""
    years = [(t,) for t in b.data.years if b.data.demand[t] > 0]
    b.variables("dependent", years, addresses=("Demand",))
    others = dict.fromkeys(row.criterion for row in b.data.case.criteria)
    b.variables("share", years, addresses=("Demand",))
    names = [(DEPENDENCE,), (MEAN,), (COST,), *((name,) for name in others)]
    b.variables("goal", names, lower=None, addresses=("Case[goal]",))
    for name in (DEPENDENCE, MEAN):
        b.bound("goal", (name,), 0.0, 1.0)


def add_rows(b: Building) -> None:
    """Tonnes dependent, the glide path, the mean."""
    tonnes: dict[Index, tuple[Linear, str, float]] = {}
    glide: dict[Index, tuple[Linear, str, float]] = {}
    for t, in b.numbers["dependent"]:
        total = Linear({"dependent": {(t,): -1.0}})
        for q, weight in b.data.weights.items():
            if b.has("serve", (q, t, EXPOSED)):
                total.add("serve", (q, t, EXPOSED), weight)
            if b.has("short", (q, t)):
                total.add("short", (q, t), weight)
        tonnes[t,] = (total, "==", 0.0)
        demand, share = b.data.demand[t], b.data.glide[t]
        if share > 0:
            below = Linear({"dependent": {(t,): 1.0}, "goal": {(DEPENDENCE,): -demand * share}})
            glide[t,] = (below, "<=", demand * (1 - share))
    b.linear("dependent_tonnes", tonnes, ("Demand",))
    shares = {
        (t,): (Linear({"dependent": {(t,): 1.0}, "share": {(t,): -b.data.demand[t]}}), "==", 0.0)
        for t, in b.numbers["dependent"]
    }
    b.linear("share_dependent", shares, ("Demand",))
    b.linear("glide_path", glide, ("Case[glide].value.{0}",))
    _mean(b)


def _mean(b: Building) -> None:
    weights = {t: b.data.year_weights[t] for t in b.data.years if b.data.demand[t] > 0}
    total = sum(weights.values())
    if total > 0:
        row = Linear({"goal": {(MEAN,): -total}})
        for t, weight in weights.items():
            row.add("share", (t,), weight)
        b.linear("mean_dependence", {(MEAN,): (row, "==", 0.0)}, ("Case[weights].value",))
