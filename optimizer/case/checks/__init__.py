"""The checks across sheets: each one a function in a file on its topic, all registered here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from optimizer.case.case import Case
from optimizer.case.checks import (
    arrivals,
    deals,
    essentials,
    evidence,
    filters,
    limits,
    missing,
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
from optimizer.case.checks.common import Faults, Unread
from optimizer.case.findings import Finding
from optimizer.case.layout import NUMERIC, fields_of
from optimizer.case.schema import SHEETS, Row
from optimizer.case.spots import Partial

Check = Callable[[Case, Faults], None]

CHECKS: tuple[Check, ...] = (
    essentials.home, essentials.concern, essentials.currency, essentials.decided_in_time,
    names.stages, names.duplicates, names.alike, names.characters, names.payers, names.repeated_deals, names.goals,
    names.unlike_filters, recipes.outputs, recipes.yields,
    deals.required_off, deals.meter, deals.calendar, deals.takes, deals.never_closes,
    plants.order_terms, plants.ordered_before, plants.exposed_of_concern, plants.free_capital,
    prices.of_supply, prices.of_materials, prices.of_shortage,
    numbers.first_years, numbers.signs, numbers.shares, numbers.years_of_goal, numbers.exchange_rates, numbers.stocks,
    limits.belongs, limits.possible, limits.criterion, limits.headings, limits.crossed,
    filters.filters,
    evidence.addresses, evidence.ranges, evidence.modes, evidence.scenarios, evidence.probabilities,
    scale.steps, scale.prices, scale.sums, scale.small_shares, unused.years, unused.demand, unused.choices,
)
"""Checks that every case goes through after the ones for names; each can stand names that are unknown."""

NAMES_KNOWN: tuple[Check, ...] = (deals.opens_nothing, plants.runs, reach.inputs, unused.outlets)
"""Checks that look for names that nothing refers to: behind a misspelt one they would tell the same fault again."""

SOUND_ONLY: tuple[Check, ...] = (arrivals.arrivals, unlimited.unlimited)
"""Checks that calculate, and so need a case in which the others find no error."""

REST = Finding(
    "elsewhere", "", "", "what hangs on cells that could not be read is not checked.",
    "More may show once they are mended.", "warning",
)
"""Told last where some of the checks could not be made."""


def check_case(case: Case) -> tuple[Finding, ...]:
    """Every fault and warning of a case, each with its cell, in the order of the checks."""
    faults = Faults(case)
    known = _names_known(case, faults)
    if faults.unread:
        _make_beside(faults, case, case, known=known)
        return tuple(dict.fromkeys(faults.found))
    for check in (*CHECKS, *(NAMES_KNOWN if known else ())):
        check(case, faults)
    if not any(finding.level == "error" for finding in faults.found):
        for check in SOUND_ONLY:
            check(case, faults)
    return tuple(dict.fromkeys(faults.found))


def _names_known(case: Case, faults: Faults) -> bool:
    """Tells of missing sheets and unknown names; whether every name that says how the case hangs together is known."""
    missing.missing_sheets(case, faults)
    before = len(faults.found)
    names.unknown_names(case, faults)
    return all(finding.address.endswith("].source") for finding in faults.found[before:])


_FLOWS = ("Supply", "Lanes", "Plants")
_CHAIN = (*_FLOWS, "Materials", "Recipes", "Runs")
_YEARS = ("Case[first year]", "Case[last year]")
_MONEY = ("Case[currency]", "Case[exchange rates]")

BESIDE: dict[Check, tuple[str, ...]] = {
    essentials.home: ("Places",),
    essentials.concern: ("Places", "Supply", "Plants", "Stocks", "Supply.exposed_share", "Plants.exposed_share",
                         "Stocks.opening_exposed"),
    essentials.currency: ("Case[currency]",),
    essentials.decided_in_time: ("Deals.*", "Plants.*", *_YEARS, "Case[goal]", "Case[glide]", "Case[full from]",
                                 "Case[deciding point]"),
    names.stages: ("Materials",), names.alike: (), names.characters: (), names.payers: ("Case[payers]",),
    names.repeated_deals: (), names.goals: ("Criteria",), names.unlike_filters: ("Deals", "Limits"),
    recipes.outputs: ("Recipes",), recipes.yields: ("Recipes", "Materials", "Recipes.amount"),
    deals.required_off: ("Deals", "Plants"), deals.meter: ("Deals", *_CHAIN), deals.calendar: _YEARS,
    deals.takes: (), deals.never_closes: (), plants.order_terms: ("Plants",), plants.ordered_before: _YEARS,
    plants.exposed_of_concern: ("Places",), plants.free_capital: (), prices.of_supply: (),
    prices.of_materials: ("Materials", "Supply", "Recipes"), prices.of_shortage: (), numbers.first_years: _YEARS,
    numbers.signs: (), numbers.shares: (), numbers.years_of_goal: _YEARS, numbers.exchange_rates: ("Case[currency]",),
    numbers.stocks: _YEARS, limits.belongs: (), limits.possible: (), limits.criterion: ("Criteria",),
    limits.headings: ("Deals", "Payments", "Deals.heading", "Payments.heading"), limits.crossed: (),
    filters.filters: (), evidence.addresses: (), evidence.ranges: (), evidence.scenarios: (*_YEARS, *_MONEY),
    evidence.probabilities: ("Scenarios",), scale.steps: _MONEY,
    unused.years: _YEARS, unused.demand: _YEARS, unused.choices: (),
    deals.opens_nothing: (*_FLOWS, "Rules", "Deals"),
    plants.runs: ("Runs", "Plants", "Plants.capacity", "Plants.module"),
    reach.inputs: ("Stocks", "Stocks.opening_clear", "Stocks.opening_exposed", *_CHAIN),
    unused.outlets: ("Stocks", "Demand", "Places", "Materials.discarding", "Materials.market", *_CHAIN),
}
"""Checks that can be made although some cells could not be read, with those that must have been read.

``Deals`` stands for all in the sheet that holds no numbers, ``Deals.lead`` for a column, ``Deals.*`` for the whole
sheet, ``Case[goal]`` for a setting. A check also looks at its own rows that could be read; something stands here where
the lack of it would make the check tell a fault that there is none.
"""

BLANKS_TELL: frozenset[Check] = frozenset({
    limits.belongs, plants.order_terms, plants.ordered_before, plants.free_capital, prices.of_supply,
    prices.of_shortage, deals.calendar, deals.takes, numbers.stocks, plants.exposed_of_concern, evidence.ranges,
})
"""Those that tell a blank cell, and so need headers that could all be understood."""

OF_PARTS: frozenset[Check] = frozenset({
    essentials.home, essentials.concern, names.stages, names.alike, names.characters, names.payers,
    names.repeated_deals, names.goals, names.unlike_filters, recipes.outputs, deals.required_off, deals.meter,
    deals.never_closes,
    deals.opens_nothing, plants.runs, reach.inputs, unused.outlets, unused.years, numbers.first_years, numbers.signs,
    numbers.shares, limits.possible, limits.headings, limits.criterion, filters.filters, evidence.addresses,
    evidence.scenarios, evidence.probabilities, scale.steps,
})
"""Those that also look at rows of which some cells could not be read, as they take each cell by itself."""


def check_readable(
    case: Case, unread: Unread, partial: Collection[Partial] = (), torn: Iterable[str] = ()
) -> tuple[Finding, ...]:
    """The faults that can be told of a case that could not be read as a whole, without faults that follow from it.

    Args:
        case: the rows that could be read.
        unread: names of the rows that could not, by sheet; None for a sheet of which they are not known. An empty
            name among them says that something else of the sheet, such as a header, could not be understood. Under
            ``Case`` the settings that could not.
        partial: rows of which some cells could be read.
        torn: sheets with rows of which nothing is known but a name.
    """
    wide = _joined(case, partial)
    faults = Faults(wide, unread, partial)
    faults.lost |= {(sheet, SHEETS[sheet].keys[0]) for sheet in torn}
    known = _names_known(wide, faults)
    skipped = _make_beside(faults, wide, case, known=known)
    return tuple(dict.fromkeys([*faults.found, *([REST] if skipped else [])]))


def _joined(case: Case, partial: Iterable[Partial]) -> Case:
    sheets: dict[str, tuple[Row, ...]] = dict(case.sheets)
    for row, _ in partial:
        sheets[row.sheet] = (*sheets.get(row.sheet, ()), row)
    return replace(case, sheets=sheets)


def _make_beside(faults: Faults, wide: Case, whole: Case, *, known: bool) -> bool:
    """Makes the checks that can be made; whether some could not."""
    parts = _parts(faults)
    odd = any(lost is None or "" in lost for lost in faults.unread.values())
    skipped = False
    for check, needed in BESIDE.items():
        if check in NAMES_KNOWN and not known:
            continue
        # to look at whole rows only is to miss those that lack a cell
        wanted = set(needed) if check in OF_PARTS else {n if set(n) & set(".[") else f"{n}.*" for n in needed}
        if parts & wanted or (check in BLANKS_TELL and odd):
            skipped = True
        else:
            check(wide if check in OF_PARTS else whole, faults)
    return skipped


def _parts(faults: Faults) -> set[str]:
    """What could not be read, as it is named in :data:`BESIDE`."""
    parts = {f"Case[{name}]" for name in faults.unread.get("Case") or ()}
    for sheet, lost in faults.unread.items():
        if lost is None or "" in lost:
            parts |= {sheet, f"{sheet}.*"} | {f"{sheet}.{f.name}" for f in fields_of(SHEETS[sheet])}
    for sheet, field in faults.lost:
        kind = next(f.column.kind for f in fields_of(SHEETS[sheet]) if f.name == field)
        parts |= {f"{sheet}.{field}", f"{sheet}.*"}
        if kind not in _COUNTED and field not in _ASIDE:
            parts.add(sheet)
    return parts


_COUNTED = NUMERIC - {"mapping"} | {"integer", "year"}
_ASIDE = frozenset({"source", "confidence", "note", "payer", "counterparty", "heading"})
"""Fields on which nothing hangs how the case hangs together."""


__all__ = ["BESIDE", "BLANKS_TELL", "CHECKS", "NAMES_KNOWN", "OF_PARTS", "REST", "SOUND_ONLY", "Check", "check_case",
           "check_readable"]
