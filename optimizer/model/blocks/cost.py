r"""Cost (MODEL.md 5). What each item costs, in cash by year and as charged to the horizon.

.. math::
    cash_{i,t} = \sum price_t \cdot amount_t, \qquad charged_i = \sum_t df_t \, cash_{i,t}, \qquad
    goal_{cost} = \sum_{i \in view} charged_i

for each item `i` with its heading and payer, `df` the discount factor of the year. What serves for years (signing,
payments, site cost, capex, grants) is charged by its use inside the horizon, so that a plan does not shun what outlasts
the case:

.. math::
    charged_i = PV(\text{all payments}) \; \frac{\sum_{t \le T} df_t \, part_t}{\sum_t df_t \, part_t}

with `part` the part of year `t` in which the term or plant runs. Items, headings and payers are those of
docs/conventions.md 16. The payer's view has all that the home side pays and receives; the national view leaves out
duty and incentives, which stay in the country.
"""

from __future__ import annotations

from optimizer.model.blocks import items
from optimizer.model.blocks.dependence import COST
from optimizer.model.building import Building, Index, Linear

HIDDEN = {"payer": {"incentives paid", "grants paid"},
          "national": {"incentives paid", "grants paid", "duty", "incentives", "grants"}}
"""View -> items that it leaves out: transfers inside the home country."""


def add_variables(b: Building) -> None:
    """``cash[item, heading, payer, t]`` and ``charged[item, heading, payer]``; cost is positive."""
    b.ledger = items.ledger(b)
    b.variables("cash", list(b.ledger.cash), lower=None)
    b.variables("charged", list(b.ledger.charges()), lower=None)


def add_rows(b: Building) -> None:
    """Cash of each item and year, its charge to the horizon, and the cost."""
    cash: dict[Index, tuple[Linear, str, float]] = {}
    for key, total in b.ledger.cash.items():
        cash[key] = (Linear({"cash": {key: -1.0}}).plus(total), "==", 0.0)
    b.linear("cash_of", cash, ())
    charged: dict[Index, tuple[Linear, str, float]] = {}
    for key in b.ledger.charges():
        row = Linear({"charged": {key: -1.0}})
        if key in b.ledger.charged:
            row.plus(b.ledger.charged[key])
        else:
            for year in b.data.years:
                if b.has("cash", (*key, year)):
                    row.add("cash", (*key, year), b.data.calendar.discount(year))
        charged[key] = (row, "==", 0.0)
    b.linear("charged_of", charged, ())
    view = HIDDEN[b.data.case.settings.view]
    total = Linear({"goal": {(COST,): -1.0}})
    for key in b.ledger.charges():
        if key[0] not in view:
            total.add("charged", key, 1.0)
    b.linear("cost", {(COST,): (total, "==", 0.0)}, ())
