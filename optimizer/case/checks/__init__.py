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
)
from optimizer.case.checks.common import Faults
from optimizer.case.findings import Finding

Check = Callable[[Case, Faults], None]

CHECKS: tuple[Check, ...] = (
    names.stages, names.duplicates, names.characters, names.payers, names.repeated_deals, names.goals,
    recipes.outputs, recipes.yields,
    deals.required_off, deals.meter, deals.calendar, deals.takes,
    plants.order_terms, plants.ordered_before, plants.exposed_of_concern, plants.free_capital,
    prices.of_supply, prices.of_materials, prices.of_shortage,
    numbers.first_years, numbers.signs, numbers.shares, numbers.years_of_goal, numbers.exchange_rates, numbers.stocks,
    limits.belongs, limits.criterion, limits.headings, limits.crossed, filters.filters,
    evidence.addresses, evidence.ranges, evidence.scenarios, evidence.probabilities,
    scale.steps, scale.prices, scale.small_shares,
)
"""Checks that every case goes through after the one for unknown names; each can stand names that are unknown."""

NAMES_KNOWN: tuple[Check, ...] = (deals.opens_nothing, plants.runs, reach.inputs)
"""Checks that look for names that nothing refers to: behind a misspelt one they would tell the same fault again."""

SOUND_ONLY: tuple[Check, ...] = (arrivals.arrivals,)
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


ROW_BY_ROW: tuple[Check, ...] = (names.characters, names.payers, numbers.first_years, numbers.signs, numbers.shares)
"""Checks that look at one row at a time, and so hold for those that could be read when others could not."""


def check_readable(case: Case, unread: names.Unread) -> tuple[Finding, ...]:
    """The faults that can be told of a case of which some rows could not be read, without faults that follow from it.

    Args:
        case: what could be read.
        unread: names of the rows that could not, by sheet; None for a sheet of which they are not known.
    """
    faults = Faults(case)
    names.unknown_names(case, faults, unread)
    for check in ROW_BY_ROW:
        check(case, faults)
    return tuple(dict.fromkeys(faults.found))


__all__ = ["CHECKS", "NAMES_KNOWN", "ROW_BY_ROW", "SOUND_ONLY", "Check", "check_case", "check_readable"]
