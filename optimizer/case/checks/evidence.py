"""What-ifs and evidence: addresses that mean something, values that can be set, probabilities that add up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from optimizer.case.address import AddressFault, Target, has_number, parse_address, parse_years, resolve
from optimizer.case.case import Case
from optimizer.case.changes import Change, try_change
from optimizer.case.checks.common import Faults, place_of
from optimizer.case.findings import Finding
from optimizer.case.schema import Deal, Plant, Range, Row, ScenarioChange, Series

BASE = "base"
"""The scenario that is the case as its sheets say it."""

SLIP = 1e-9
"""What sums of probabilities may be off by rounding."""

FAILING = {
    Deal.sheet: "Set its chance of closing to 0: then it is paid for where it was signed, and gives nothing.",
    Plant.sheet: "Lengthen its lead: then it is paid for where it was ordered, and gives nothing in the years before.",
}
"""Sheet -> how a future is written in which what was decided fails."""

SURE = {"times": 1.0, "plus": 0.0}
"""What leaves a number as it is, by how a range is given."""


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
    """A range runs upward and has a width, a lognormal one lies above 0."""
    for row in case.ranges:
        if row.low > row.high:
            faults.add(row, "low", f"low is above high, {faults.shown(row, 'high')}.", "Exchange the two.")
        elif row.low == row.high:
            faults.add(row, "low", "low and high are the same, so nothing is uncertain.",
                       "Give the two ends, or switch the row off.")
        elif row.shape == "lognormal" and row.low <= 0:
            faults.add(row, "low", "a lognormal number is above 0.", "Give a low end above 0, or another shape.")


def modes(case: Case, faults: Faults) -> None:
    """A triangular or PERT number is likeliest where the case has it, and so between its low and its high."""
    for row in case.ranges:
        if row.shape not in ("triangular", "PERT") or row.low >= row.high:
            continue
        outside = next((value for value in _own(case, row) if not row.low <= value <= row.high), None)
        if outside is not None:
            own = f"{outside:g} times it" if row.how == "times" else f"{faults.amount(row, 'low', outside)}"
            faults.add(row, "shape", f"the case's own value, {own}, lies outside low and high, and a {row.shape} "
                       "number is likeliest there.", "Widen the range, or take another shape.")


def _own(case: Case, row: Range) -> Iterator[float]:
    """The case's own values of what a range moves, as the range counts them."""
    if row.how in SURE:
        yield SURE[row.how]
        return
    try:
        targets = resolve(case, row.address)
    except AddressFault:
        return
    for target in (target for target in targets if target.field and has_number(case, target)):
        yield from _numbers(case, target)


def _numbers(case: Case, target: Target) -> Iterator[float]:
    value = target.value(case)
    if isinstance(value, Series):
        yield from (value.at(year) for year in ([target.year] if target.year is not None else case.years))
    elif isinstance(value, int | float):
        yield float(value)


def scenarios(case: Case, faults: Faults) -> None:
    """Every change of a scenario can be made, after those that stand above it."""
    cases: dict[str, Case] = {}
    likely = {row.scenario for row in case.scenarios if row.probability}
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
        if row.scenario in likely:
            _switched_off(faults, row, before, cases[row.scenario])


def _switched_off(faults: Faults, row: ScenarioChange, before: Case, after: Case) -> None:
    """Warns of a future in which a deal or plant does not exist: what was decided of it cannot be held there."""
    for sheet, instead in FAILING.items():
        still = {one.key for one in after.sheets.get(sheet, ()) if one.use}
        gone = [one.key for one in before.sheets.get(sheet, ()) if one.use and one.key not in still]
        if gone:
            faults.warn(row, "value", f"'{gone[0]}' is switched off in a future in which it may be decided already.",
                        instead)


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
    """Each scenario has one probability; all add up to at most 1, and to 1 where that of the base is given too."""
    given: dict[str, float] = {}
    last = None
    for row in case.scenarios:
        if row.probability is None:
            continue
        if given.setdefault(row.scenario, row.probability) != row.probability:
            faults.add(row, "probability", f"the scenario '{row.scenario}' has another probability above.",
                       "Give it on one row.")
        last = row
    own = case.settings.base_probability
    if last is None:
        return
    if own is not None and BASE in given:
        faults.add(case.settings, "base_probability", "the scenario 'base' has a probability too.", "Give it once.")
        return
    total = sum(given.values()) + (own or 0.0)
    if total > 1 + SLIP:
        faults.add(last, "probability", f"the probabilities add up to {total:.0%}.",
                   "They may add up to 100 % at most.")
    elif total < 1 - SLIP and (own is not None or BASE in given):
        faults.add(last, "probability", f"the probabilities add up to {total:.0%}, that of the base among them.",
                   "Let them add up to 100 %, or leave that of the base blank: it is then what the others leave.")
