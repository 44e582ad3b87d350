"""The checks across sheets: each one a function in a file on its topic, all registered here."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.case.case import Case
from optimizer.case.checks import (
    arrivals, deals, evidence, filters, limits, names, numbers, plants, prices, reach, recipes,
)
from optimizer.case.checks.common import Faults
from optimizer.case.findings import Finding

Check = Callable[[Case, Faults], None]

CHECKS: tuple[Check, ...] = (
    names.unknown_names, names.duplicates, names.characters, names.payers, names.repeated_deals, names.goals,
    recipes.outputs, recipes.yields,
    deals.opens_nothing, deals.required_off, deals.meter, deals.calendar, deals.takes,
    plants.runs, plants.order_terms, plants.ordered_before, plants.exposed_of_concern, plants.free_capital,
    prices.of_supply, prices.of_materials, prices.of_shortage,
    numbers.first_years, numbers.signs, numbers.shares, numbers.years_of_goal, numbers.exchange_rates, numbers.stocks,
    limits.belongs, limits.criterion, limits.headings, limits.crossed, filters.filters,
    evidence.addresses, evidence.ranges, evidence.scenarios, evidence.probabilities,
    reach.inputs,
)
"""Checks that every case goes through; each can stand names that are unknown."""

SOUND_ONLY: tuple[Check, ...] = (arrivals.arrivals,)
"""Checks that calculate, and so need a case in which the others find no error."""


def check_case(case: Case) -> tuple[Finding, ...]:
    """Every fault and warning of a case, each with its cell, in the order of the checks."""
    faults = Faults(case)
    for check in CHECKS:
        check(case, faults)
    if not any(finding.level == "error" for finding in faults.found):
        for check in SOUND_ONLY:
            check(case, faults)
    return tuple(dict.fromkeys(faults.found))


__all__ = ["CHECKS", "SOUND_ONLY", "Check", "check_case"]
