"""What no case can do without: a home, something that is of concern, and decisions in time to matter."""

from __future__ import annotations

import math
from collections.abc import Iterator

from optimizer.case.case import Case
from optimizer.case.checks.chain import can_sign, first_start
from optimizer.case.checks.common import Faults
from optimizer.case.findings import Finding
from optimizer.case.grammar import CURRENCIES
from optimizer.case.schema import Deal, Place, Plant, Supply
from optimizer.case.units import is_code


def home(case: Case, faults: Faults) -> None:
    """Some place is home."""
    if not any(place.home for place in case.places):
        faults.found.append(Finding(
            Place.sheet, "", "", "no place is home.", "Write yes in the column 'home' of the places of the country.",
        ))


def concern(case: Case, faults: Faults) -> None:
    """Something can be exposed, so that there is dependence to lower."""
    made: tuple[Supply | Plant, ...] = (*case.supplies, *case.plants)
    exposed = any(row.exposed_share for row in made) or any(stock.opening_exposed > 0 for stock in case.stocks)
    # without any place that of home is told
    if case.places and not exposed and not any(place.concern for place in case.places):
        faults.found.append(Finding(
            Place.sheet, "", "", "no place is of concern, so nothing is exposed and dependence counts only what goes "
            "short.", "Write yes in the column 'concern' of the places on which you do not want to depend.", "warning",
        ))


def currency(case: Case, faults: Faults) -> None:
    """The currency is told by its code."""
    code = case.settings.currency
    if not is_code(code):
        meant = CURRENCIES.get(code.casefold(), "USD")
        faults.add(case.settings, "currency", f"'{code}' is not the code of a currency.",
                   f"Write its code of three letters, e.g. {meant}.")


def decided_in_time(case: Case, faults: Faults) -> None:
    """The years whose dependence is counted are not all before the first one that a decision can move."""
    settings = case.settings
    counted = "dependence" in (settings.goal, *settings.then) or settings.dependence_cap is not None
    if settings.glide is not None or not counted:
        return
    full = settings.first_year if settings.full_from is None else settings.full_from
    starts = sorted(_starts(case))
    if not starts or starts[0][0] <= full or starts[0][0] > settings.last_year:
        return
    year, name = starts[0]
    faults.add(
        settings, "full_from", f"dependence is counted from {full} on, and no deal or plant can start before {year} "
        f"({name}): what it is until then no decision can change.", f"Write {year}.",
        found="blank" if settings.full_from is None else None, level="warning",
    )


def _starts(case: Case) -> Iterator[tuple[int, str]]:
    """The first year in which each deal and plant that is still to be decided can be there, with its name."""
    rows: tuple[Deal | Plant, ...] = (
        *(deal for deal in case.deals if deal.signed_in is None and can_sign(case, deal)),
        *(plant for plant in case.plants if plant.module is not None and plant.orders_at_most > len(plant.ordered_in)),
    )
    for row in rows:
        start = first_start(case, row)
        if start is not None:
            yield math.floor(start + 1e-9), row.name
