"""What-ifs and evidence: addresses that mean something, values that can be set, probabilities that add up."""

from __future__ import annotations

from dataclasses import replace

from optimizer.case.address import AddressFault, has_number, parse_address, parse_years, resolve
from optimizer.case.case import Case
from optimizer.case.changes import Change, try_change
from optimizer.case.checks.common import Faults, place_of
from optimizer.case.findings import Finding
from optimizer.case.schema import Row, ScenarioChange


def addresses(case: Case, faults: Faults) -> None:
    """Evidence and ranges speak of something that is there; ranges of numbers."""
    for row in case.evidence:
        _resolves(case, faults, row, "address", row.address)
    for given in case.ranges:
        if _resolves(case, faults, given, "address", given.address) and not _unsure(faults, given.address):
            targets = resolve(case, given.address)
            if not any(target.field and has_number(case, target) for target in targets):
                faults.add(given, "address", "no number stands at this address.", "Name a cell that holds one.")
        if given.moves_with is not None:
            _resolves(case, faults, given, "moves_with", given.moves_with)


def _resolves(case: Case, faults: Faults, row: Row, field: str, address: str) -> bool:
    try:
        resolve(case, address)
    except AddressFault as fault:
        if not _hidden(faults, address):
            faults.add(row, field, fault.message, fault.suggestion)
        return False
    return True


def _hidden(faults: Faults, address: str) -> bool:
    """Whether what an address means may be something that could not be read."""
    try:
        parsed = parse_address(address)
    except AddressFault:
        return False
    return faults.hides(parsed.sheet, parsed.key)


def _unsure(faults: Faults, address: str) -> bool:
    """Whether what stands at an address may not have been read."""
    odd = "" in (faults.unread.get(address.partition("[")[0]) or ())
    return odd or _hidden(faults, address)


def ranges(case: Case, faults: Faults) -> None:
    """A range runs upward, a lognormal one above 0."""
    for row in case.ranges:
        if row.low > row.high:
            faults.add(row, "low", f"low is above high, {faults.shown(row, 'high')}.", "Exchange the two.")
        elif row.shape == "lognormal" and row.low <= 0:
            faults.add(row, "low", "a lognormal number is above 0.", "Give a low end above 0, or another shape.")


def scenarios(case: Case, faults: Faults) -> None:
    """Every change of a scenario can be made, after those that stand above it."""
    cases: dict[str, Case] = {}
    for row in case.scenarios:
        try:
            years = parse_years(row.years)
        except ValueError as unread:
            faults.add(row, "years", f"{unread}.", "Write 2028 or 2028-2029, or nothing for every year.")
            continue
        change = Change(row.address, row.how, row.value, years, row.unit, place_of(row, ""))
        before = cases.get(row.scenario, case)
        if _unsure(faults, row.address):
            continue
        cases[row.scenario], met = try_change(before, change)
        for fault in met:
            faults.add(row, _blamed(before, row, change, fault), fault.message, fault.suggestion)


def _blamed(case: Case, row: ScenarioChange, change: Change, fault: Finding) -> str:
    """The field of a change that cannot be made: the one without which it could."""
    if fault.found == row.address:
        return "address"
    if change.years is not None and not try_change(case, replace(change, years=None))[1]:
        return "years"
    if change.unit and not try_change(case, replace(change, unit=None))[1]:
        return "unit"
    return "value"


def probabilities(case: Case, faults: Faults) -> None:
    """Each scenario has one probability, and all of them add up to at most 1."""
    given: dict[str, float] = {}
    last = None
    for row in case.scenarios:
        if row.probability is None:
            continue
        if given.setdefault(row.scenario, row.probability) != row.probability:
            faults.add(row, "probability", f"the scenario '{row.scenario}' has another probability above.",
                       "Give it on one row.")
        last = row
    base = case.settings.base_probability or 0.0
    total = sum(given.values()) + base
    if last is not None and total > 1 + 1e-9:
        faults.add(last, "probability", f"the probabilities add up to {total:.0%}.",
                   "They may add up to 100 % at most.")
