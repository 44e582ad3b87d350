r"""Cost (MODEL.md 5): what each item costs, in cash by year and as charged to the horizon.

.. math::
    cash_{i,h,p,t} = \sum \text{price}_t \cdot \text{amount}_t, \qquad
    charged_{i,h,p} = \sum_t df_t \, cash_{i,h,p,t}

and for what is charged by use inside the horizon (signing, payments, site cost, capex, grants)

.. math::
    charged = PV(\text{all payments}) \; \frac{\sum_{t \le T} df_t \, part_t}{\sum_t df_t \, part_t}, \qquad
    goal_{cost} = \sum_{i \in view} charged_{i,h,p}

Items, headings and payers are those of docs/conventions.md 16. Money stands in the model's unit.
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
