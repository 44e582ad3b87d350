"""The checks across sheets: each one a function in a file on its topic, all registered here."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.case.case import Case
from optimizer.case.checks import (
    arrivals,
    deals,
    evidence,
    filters,
    limits,
    names,
    numbers,
    plants,
    prices,
    reach,
    recipes,
    scale,
    unlimited,
    unused,
)
from optimizer.case.checks.common import Faults
from optimizer.case.findings import Finding
from optimizer.case.schema import SHEETS

Check = Callable[[Case, Faults], None]

CHECKS: tuple[Check, ...] = (
    names.stages, names.duplicates, names.alike, names.characters, names.payers, names.repeated_deals, names.goals,
    recipes.outputs, recipes.yields,
    deals.required_off, deals.meter, deals.calendar, deals.takes,
    plants.order_terms, plants.ordered_before, plants.exposed_of_concern, plants.free_capital,
    prices.of_supply, prices.of_materials, prices.of_shortage,
    numbers.first_years, numbers.signs, numbers.shares, numbers.years_of_goal, numbers.exchange_rates, numbers.stocks,
    limits.belongs, limits.possible, limits.criterion, limits.headings, limits.crossed,
    filters.filters,
    evidence.addresses, evidence.ranges, evidence.scenarios, evidence.probabilities,
    scale.steps, scale.prices, scale.small_shares, unused.years, unused.demand, unused.choices,
)
"""Checks that every case goes through after the one for unknown names; each can stand names that are unknown."""

NAMES_KNOWN: tuple[Check, ...] = (deals.opens_nothing, plants.runs, reach.inputs, unused.outlets)
"""Checks that look for names that nothing refers to: behind a misspelt one they would tell the same fault again."""

SOUND_ONLY: tuple[Check, ...] = (arrivals.arrivals, unlimited.unlimited)
"""Checks that calculate, and so need a case in which the others find no error."""


def check_case(case: Case) -> tuple[Finding, ...]:
    """Every fault and warning of a case, each with its cell, in the order of the checks."""
    faults = Faults(case)
    names.unknown_names(case, faults)
    known = not faults.found
    for check in (*CHECKS, *(NAMES_KNOWN if known else ())):
        check(case, faults)
    if not any(finding.level == "error" for finding in faults.found):
        for check in SOUND_ONLY:
            check(case, faults)
    return tuple(dict.fromkeys(faults.found))


_FLOWS = ("Supply", "Lanes", "Plants")
_CHAIN = (*_FLOWS, "Materials", "Recipes", "Runs")
_ALL = tuple(sheet for sheet in SHEETS if sheet not in ("Scenarios", "Ranges", "Sources", "Evidence"))

BESIDE: dict[Check, tuple[str, ...]] = {
    names.stages: ("Materials",), names.alike: (), names.characters: (), names.payers: (), names.repeated_deals: (),
    names.goals: ("Criteria",), recipes.outputs: ("Recipes",), recipes.yields: ("Recipes", "Materials"),
    deals.required_off: ("Deals", "Plants"), deals.meter: ("Deals", *_CHAIN), deals.calendar: (),
    deals.takes: (), plants.order_terms: ("Plants",), plants.ordered_before: (),
    plants.exposed_of_concern: ("Places",), plants.free_capital: (), prices.of_supply: (),
    prices.of_materials: ("Materials", "Supply", "Recipes"), prices.of_shortage: (), numbers.first_years: (),
    numbers.signs: (), numbers.shares: (), numbers.years_of_goal: (), numbers.exchange_rates: (), numbers.stocks: (),
    limits.belongs: (), limits.possible: (), limits.criterion: ("Criteria",),
    limits.headings: ("Deals", "Payments"), limits.crossed: (),
    filters.filters: ("Places", "Demand", "Stocks", "Deals", *_CHAIN), evidence.addresses: _ALL, evidence.ranges: (),
    evidence.scenarios: ("Scenarios", *_ALL), evidence.probabilities: ("Scenarios",), scale.steps: (),
    unused.years: (), unused.demand: (), unused.choices: (),
    deals.opens_nothing: (*_FLOWS, "Rules", "Deals"), plants.runs: ("Runs",),
    reach.inputs: ("Stocks", *_CHAIN),
    unused.outlets: ("Stocks", "Demand", "Places", *_CHAIN),
}
"""Checks that can be made although some rows could not be read, with the sheets that must have been read whole.

A check also looks at the rows of its own sheet that could be read; a sheet stands here where a row missing from it
would make the check tell a fault that there is none.
"""

BLANKS_TELL: frozenset[Check] = frozenset({
    limits.belongs, plants.order_terms, plants.ordered_before, plants.free_capital, prices.of_supply,
    prices.of_shortage, deals.calendar, deals.takes, numbers.stocks, plants.exposed_of_concern, evidence.ranges,
})
"""Those that tell a blank cell, and so need headers that could all be understood."""


def check_readable(case: Case, unread: names.Unread) -> tuple[Finding, ...]:
    """The faults that can be told of a case of which some rows could not be read, without faults that follow from it.

    Args:
        case: what could be read.
        unread: names of the rows that could not, by sheet; None for a sheet of which they are not known. An empty
            name among them says that something else of the sheet, such as a header, could not be understood.
    """
    faults = Faults(case)
    names.unknown_names(case, faults, unread)
    known = not faults.found
    parts = {sheet for sheet, lost in unread.items() if lost is None or lost}
    odd = any(lost is None or "" in lost for lost in unread.values())
    for check, whole in BESIDE.items():
        if parts & set(whole) or (check in NAMES_KNOWN and not known) or (check in BLANKS_TELL and odd):
            continue
        check(case, faults)
    return tuple(dict.fromkeys(faults.found))


__all__ = ["BESIDE", "BLANKS_TELL", "CHECKS", "NAMES_KNOWN", "SOUND_ONLY", "Check", "check_case", "check_readable"]
