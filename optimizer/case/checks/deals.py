"""Deals: that they open something, that their meter is clear, that their calendar can be kept."""

from __future__ import annotations

from optimizer.case.address import did_you_mean
from optimizer.case.case import Case
from optimizer.case.checks.chain import Thing, main_outputs, may_close, opened
from optimizer.case.checks.common import Faults, any_match, groups_of, values
from optimizer.case.schema import Deal, Lane, Plant, Supply, matches

_KINDS = {"lanes": "Lanes", "plants": "Plants", "supply": "Supply"}


def opens_nothing(case: Case, faults: Faults) -> None:
    """Each deal is named by a lane, supply or plant, or required by a rule."""
    named = {deal for _, _, groups in groups_of(case, every=True) for group in groups for deal in group}
    required = [p for rule in case.rules if rule.rule == "requires" for p in rule.list[1:]]
    for deal in case.deals:
        if deal.name not in named and not any(matches(deal.name, pattern) for pattern in required):
            faults.add(deal, "name", "the deal opens nothing: no lane, supply or plant names it.",
                       "Name it in a column of deals (Lanes, Supply, Plants), or switch it off.")


def required_off(case: Case, faults: Faults) -> None:
    """What a rule requires can still be chosen."""
    known = [row.name for row in (*case.deals, *case.plants)]
    for rule in case.rules:
        if rule.rule != "requires" or not any_match(rule.list[0], known):
            continue
        for name in rule.list[1:]:
            off = not any_match(name, known)
            if off and any(row.key == name for sheet in ("Deals", "Plants") for row in case.sheets.get(sheet, ())):
                faults.add(rule, "list", f"'{name}' is required and switched off.",
                           f"Switch it on, or switch off '{rule.list[0]}' or this rule.", found=name)


def meter(case: Case, faults: Faults) -> None:
    """The meter names one kind of thing among what the deal opens; fee and takes have one."""
    for deal in case.deals:
        # with things switched off a meter may be empty: nothing flows, nothing is due
        things = opened(case, deal.name, every=True)
        sheets = sorted({sheet for sheet, _ in things})
        if deal.meter is not None:
            _meter_named(case, faults, deal, things)
        elif len(sheets) > 1:
            faults.add(deal, "meter", f"the deal opens {_and(sheets)}, so its tonnes could be counted at either.",
                       "Say which: " + ", ".join(f"'{k}'" for k, s in _KINDS.items() if s in sheets) + ".")
        if not things:
            for field in ("fee", "least", "most", "missed_charge"):
                if getattr(deal, field) is not None:
                    faults.add(deal, field, "nothing flows through this deal, so there is nothing to meter.",
                               "Name it in 'deals' of a lane or supply or in 'deals to run' of a plant.")
        if deal.meter is not None or len(sheets) == 1:
            _one_basis(case, faults, deal, metered(case, deal, every=True))


def _meter_named(case: Case, faults: Faults, deal: Deal, things: tuple[Thing, ...]) -> None:
    kind, _, rest = (deal.meter or "").partition(":")
    kind = kind.strip().lower()
    if kind not in _KINDS:
        faults.add(deal, "meter", f"'{kind}' is not something to meter.", "Write lanes, plants or supply.")
        return
    if not any(sheet == _KINDS[kind] for sheet, _ in things):
        faults.add(deal, "meter", f"the deal opens no {kind}.",
                   f"It opens {_and(sorted({s for s, _ in things})) or 'nothing'}.")
        return
    materials = {m for thing in things if thing[0] == _KINDS[kind] for m in _materials(case, thing)}
    for pattern in _patterns(rest):
        if not any_match(pattern, materials):
            faults.add(deal, "meter", f"the {kind} that the deal opens carry no '{pattern}'.",
                       did_you_mean(pattern.replace("*", ""), sorted(materials)), found=pattern)


def _one_basis(case: Case, faults: Faults, deal: Deal, things: tuple[Thing, ...]) -> None:
    basis = {m.name: m.basis or m.stage for m in case.materials}
    found = sorted({basis.get(m, "") for thing in things for m in _materials(case, thing)})
    if len(found) > 1:
        faults.add(deal, "meter", f"the meter would add up tonnes of {_and(found)}.",
                   "Name materials of one basis, e.g. 'lanes: magnet*'.")


def metered(case: Case, deal: Deal, *, every: bool = False) -> tuple[Thing, ...]:
    """The things on the meter of a deal; nothing where the meter cannot be understood."""
    things = opened(case, deal.name, every=every)
    if deal.meter is None:
        return things
    kind, _, rest = deal.meter.partition(":")
    sheet = _KINDS.get(kind.strip().lower())
    wanted = _patterns(rest) or ["*"]
    return tuple(
        t for t in things if t[0] == sheet and any(matches(m, w) for m in _materials(case, t) for w in wanted)
    )


def _patterns(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _materials(case: Case, thing: Thing) -> frozenset[str]:
    sheet, name = thing
    for row in case.sheets.get(sheet, ()):
        if row.key == name and isinstance(row, (Lane, Supply)):
            return frozenset([row.material])
    return main_outputs(case, name)


def _and(words: list[str]) -> str:
    return " and ".join(words)


def calendar(case: Case, faults: Faults) -> None:
    """Windows run forward and meet the horizon; what is signed before the case lies before it."""
    first, last = case.settings.first_year, case.settings.last_year
    for deal in case.deals:
        _window(case, faults, deal, "signed")
        if deal.signed_in is not None and deal.signed_in >= first:
            faults.add(deal, "signed_in", f"this is for deals signed before the case begins in {first}.",
                       "Give an earlier year, or leave it blank and let the plan decide.")
        if _too_late(case, deal.window_from, deal.window_to, deal.lead) and deal.signed_in is None:
            faults.warn(deal, "lead", f"whenever it is signed, the deal starts after {last}.",
                        "Shorten the lead, or switch the deal off.")
    for plant in case.plants:
        if plant.module is not None:
            _window(case, faults, plant, "ordered")
            if _too_late(case, plant.window_from, plant.window_to, plant.lead):
                faults.warn(plant, "lead", f"whenever it is ordered, the plant starts after {last}.",
                            "Shorten the lead, or leave the module blank.")
    for lane in case.lanes:
        if lane.from_year is not None and lane.to_year is not None and lane.from_year > lane.to_year:
            faults.add(lane, "from_year", f"the lane opens in {lane.from_year} and closes in {lane.to_year}.",
                       "The first year may not lie after the last.")
        elif (lane.from_year or first) > last or (lane.to_year or last) < first:
            faults.warn(lane, "from_year" if lane.from_year is not None else "to_year",
                        f"the lane is never open from {first} to {last}.", "Give years of the case.")


def _window(case: Case, faults: Faults, row: Deal | Plant, verb: str) -> None:
    first, last = case.settings.first_year, case.settings.last_year
    if row.window_from is not None and row.window_to is not None and row.window_from > row.window_to:
        faults.add(row, "window_to", f"the window runs from {row.window_from} ({faults.cell(row, 'window_from')}) to "
                   f"{row.window_to}.", "The first year may not lie after the last.")
    elif (row.window_from or first) > last or (row.window_to or last) < first:
        field = "window_from" if (row.window_from or first) > last else "window_to"
        faults.warn(row, field, f"it can never be {verb}: the case runs from {first} to {last}.",
                    "Give years of the case.")


def _too_late(case: Case, window_from: int | None, window_to: int | None, lead: float) -> bool:
    first, end = case.settings.first_year, case.settings.last_year + 1
    begin = max(first, window_from or first)
    # where the window itself misses the horizon another finding says so
    possible = begin < end and (window_to is None or window_to >= begin)
    return possible and begin + lead >= end


def takes(case: Case, faults: Faults) -> None:
    """The least take of a year is not above the most."""
    for deal in case.deals:
        most = dict(values(deal.most, case.years))
        for year, least in values(deal.least, case.years):
            if year in most and least > most[year] + 1e-9:
                text = f"in {year} at least {least:g} t and at most {most[year]:g} t are to be taken."
                faults.add(deal, "least", text, "The least may not be above the most.", year=year)
                break



def never_closes(case: Case, faults: Faults) -> None:
    """Warns of a deal that can be signed and has no chance."""
    for deal in case.deals:
        if not may_close(deal):
            faults.warn(deal, "chance", "the deal never closes: signing it costs, and brings nothing.",
                        "Give it a chance, or switch it off; what a scenario is to take away it takes itself.")
