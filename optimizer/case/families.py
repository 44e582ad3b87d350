"""Kinds of inputs in the planner's words, by which changes of a case are told together: 'fees of deals', 'demand'."""

from __future__ import annotations

ROWS = ""
"""Stands for the rows of a sheet themselves, where a field's name would stand."""

GOALS = "goal, budget and cap"
"""Settings that say what is asked for, not what the world is like."""

ASIDE = "sources, notes and what-ifs"
"""What moves no plan."""

SHEET_WORDS = {
    "Case": "settings", "Places": "places", "Materials": "materials", "Recipes": "recipes",
    "Runs": "recipes at plants", "Supply": "supplies", "Lanes": "lanes", "Demand": "demand", "Stocks": "stocks",
    "Deals": "deals", "Payments": "payments of deals", "Plants": "plants", "Rules": "rules", "Limits": "limits",
    "Incentives": "incentives", "Criteria": "criteria",
}
"""What the rows of a sheet are."""

_ASIDE_SHEETS = frozenset({"Scenarios", "Ranges", "Sources", "Evidence"})
_ASIDE_FIELDS = frozenset({"source", "confidence", "note"})

_FAMILIES: dict[str, dict[str, tuple[str, ...]]] = {
    "Case": {
        GOALS: ("goal", "then", "budget", "budget_above_least_cost", "dependence_cap", "dependence_tolerance",
                "cost_tolerance"),
        "how dependence is counted": ("glide", "full_from", "weights"),
        "discount rate": ("discount_rate",),
        ASIDE: ("title", "confidential", "commit_year", "base_probability", "currency", "exchange_rates"),
    },
    "Materials": {"prices of materials": ("price", "market", "discarding")},
    "Supply": {"supply limits": ("limit", "total"), "supply prices": ("price",)},
    "Lanes": {"freight and duty": ("freight", "duty"), "lane limits": ("limit",)},
    "Deals": {
        "fees of deals": ("fee", "signing_cost", "yearly_cost", "missed_charge"),
        "volumes of deals": ("least", "most"),
        "calendar of deals": ("window_from", "window_to", "lead", "term", "signings_at_most", "signed_in"),
    },
    "Payments": {"fees of deals": ("amount", "years_after", "heading", "payer")},
    "Plants": {
        "costs of plants": ("capex", "profile", "site_cost", "fixed_cost"),
        "capacity of plants": ("capacity", "module", "least_modules", "most_modules", "orders_at_most", "ordered_in"),
        "calendar of plants": ("window_from", "window_to", "lead", "ramp", "life"),
    },
}
"""Sheet -> family -> its fields; fields of no family go under what the rows of their sheet are."""

_OF_FIELD = {
    (sheet, field): family for sheet, families in _FAMILIES.items() for family, fields in families.items()
    for field in fields
}

CHAIN = "deals, plants and trade added or removed"
"""Rows of the chain that come and go: a deal, what it opens and the way home are worth little one by one."""

_CHAIN_SHEETS = frozenset({
    "Places", "Materials", "Recipes", "Runs", "Supply", "Lanes", "Deals", "Payments", "Plants",
})


def family_of(sheet: str, field: str) -> str:
    """The family of a field, or for :data:`ROWS` and the switch ``use`` that of rows that come and go."""
    if sheet in _ASIDE_SHEETS or field in _ASIDE_FIELDS:
        return ASIDE
    if field in (ROWS, "use"):
        return CHAIN if sheet in _CHAIN_SHEETS else f"{SHEET_WORDS[sheet]} added or removed"
    return _OF_FIELD.get((sheet, field), SHEET_WORDS[sheet])


def in_order() -> tuple[str, ...]:
    """Every family in the order in which changes are made: rows that come and go first, then sheet by sheet."""
    come_and_go = [CHAIN, *(family_of(sheet, ROWS) for sheet in SHEET_WORDS)]
    by_sheet = [
        family for sheet, words in SHEET_WORDS.items() for family in (*_FAMILIES.get(sheet, ()), words)
    ]
    last = (GOALS, ASIDE)
    return (*dict.fromkeys([*come_and_go, *(f for f in by_sheet if f not in last)]), *last)


