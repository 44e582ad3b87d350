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

import numpy as np

from optimizer.model.blocks import items
from optimizer.model.blocks.dependence import COST
from optimizer.model.building import Building, Linear
from optimizer.model.terms import NONE, Ints, Terms, numbered

HIDDEN = {"payer": {"incentives paid", "grants paid"},
          "national": {"incentives paid", "grants paid", "duty", "incentives", "grants"}}
"""View -> items that it leaves out: transfers inside the home country."""


def add_variables(b: Building) -> None:
    """``cash[item, heading, payer, t]`` and ``charged[item, heading, payer]``; cost is positive."""
    b.ledger = items.ledger(b)
    accounts = list(b.ledger.accounts)
    paid, _, _ = b.ledger.cash.joined()
    cash = [(*accounts[i], b.data.years[t]) for i, t in zip(*divmod(np.unique(paid), len(b.data.years)), strict=True)]
    charged = sorted({*(paid // len(b.data.years)).tolist(), *b.ledger.by_use})
    b.variables("cash", cash, lower=None)
    b.variables("charged", [accounts[i] for i in charged], lower=None)


def add_rows(b: Building) -> None:
    """Cash of each item and year, its charge to the horizon, and the cost."""
    years, accounts = b.data.years, list(b.ledger.accounts)
    cash, charged = b.grid("cash", accounts, years), b.grid("charged", accounts)
    _sums(b, "cash_of", cash.ravel(), b.ledger.cash)
    as_paid = np.where(np.isin(np.arange(len(accounts)), list(b.ledger.by_use)), NONE, np.arange(len(accounts)))
    b.ledger.charged.add(as_paid[:, None], cash, b.data.calendar.discount(years))
    _sums(b, "charged_of", charged, b.ledger.charged)
    view = HIDDEN[b.data.case.settings.view]
    total = Linear({"goal": {(COST,): -1.0}})
    for key in b.numbers["charged"]:
        if key[0] not in view:
            total.add("charged", key, 1.0)
    b.linear("cost", {(COST,): (total, "==", 0.0)}, ())


def _sums(b: Building, name: str, columns: Ints, money: Terms) -> None:
    """Each of some columns is the sum of its terms, by row."""
    row, column, amount = money.joined()
    rows, fixed = numbered(columns != NONE), column == items.CONSTANT
    terms = Terms()
    terms.add(rows, columns, -1.0)
    terms.add(rows[row[~fixed]], column[~fixed], amount[~fixed])
    constant = np.bincount(row[fixed], amount[fixed], minlength=len(columns))[columns != NONE]
    keys = [b.names[j][1] for j in columns[columns != NONE].tolist()]
    b.family(name, keys, terms, "==", 0.0, (), constant=constant)
