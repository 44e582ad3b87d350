"""What is filled in and can never count: years outside the case, demand of nothing, what nobody takes."""

from __future__ import annotations

from optimizer.case.address import address_of, field_address
from optimizer.case.case import Case
from optimizer.case.checks.chain import recipes, rows_of
from optimizer.case.checks.common import Faults, columns, place_of, values
from optimizer.case.checks.reach import Node
from optimizer.case.findings import Finding
from optimizer.case.schema import Demand, Lane, Material, Place, Plant, Row, Run, Series, Settings, Stock


def years(case: Case, faults: Faults) -> None:
    """The years of the columns lie in the case; told once a column."""
    first, last = case.settings.first_year, case.settings.last_year
    told: set[tuple[str, str, int]] = set()
    owners: list[Row | Settings] = [case.settings, *(row for rows in case.sheets.values() for row in rows if row.use)]
    for row in owners:
        for field, _, _ in columns(type(row)):
            value = getattr(row, field)
            for year, _ in value.points if isinstance(value, Series) else ():
                column = (type(row).sheet, field if type(row).sheet != "Case" else "", year)
                if not first <= year <= last and column not in told:
                    told.add(column)
                    # of every row, so it is told at the header
                    header = _header(row, field, year)
                    header = header if header in case.origin.cells else place_of(row, field, year)
                    faults.found.append(Finding(
                        case.cell(header), header, str(year),
                        f"the year {year} lies outside the case, which runs from {first} to {last}.",
                        "Check the years of the columns, or those of the sheet Case.", "warning",
                    ))


def _header(row: Row | Settings, field: str, year: int) -> str:
    """The address under which the header of a year is known."""
    if isinstance(row, Settings):
        return address_of(row.sheet, "*", "value", year)
    return field_address(type(row), "*", field, year)


def demand(case: Case, faults: Faults) -> None:
    """A demand line needs something in some year."""
    for line in case.demands:
        if not any(amount for _, amount in values(line.tonnes, case.years)):
            faults.warn(line, "tonnes", "nothing is needed in any year.", "Fill in the need, or switch the row off.")


def choices(case: Case, faults: Faults) -> None:
    """A deal or plant that may be chosen no times is none."""
    for deal in case.deals:
        if deal.signings_at_most == 0 and deal.signed_in is None:
            faults.warn(deal, "signings_at_most", "the deal may never be signed.",
                        "Raise the number, or switch the deal off.")
    for plant in case.plants:
        if plant.module is not None and plant.orders_at_most == 0:
            faults.warn(plant, "orders_at_most", "a module is given, and it may never be ordered.",
                        "Raise the number, or leave the module blank.")


def outlets(case: Case, faults: Faults) -> None:
    """What is bought or shipped somewhere can be used, shipped on, kept, sold or discarded there."""
    takers = _takers(case)
    for supply in case.supplies:
        if (supply.place, supply.material) not in takers:
            faults.warn(supply, "place", f"nothing takes '{supply.material}' from '{supply.place}', so it is never "
                        "bought.", f"Add a lane that starts at '{supply.place}', or switch the row off.")
    for lane in case.lanes:
        if (lane.destination, lane.material) not in takers:
            faults.warn(lane, "destination", f"nothing takes '{lane.material}' at '{lane.destination}', so the lane "
                        "is never used.", "Check the place and the material, or switch the row off.")


def _takers(case: Case) -> frozenset[Node]:
    """The places and materials from which something takes; what is switched off or limited to 0 counts here."""
    places = {plant.name: plant.place for plant in rows_of(case, Plant, every=True)}
    known = recipes(case, every=True)
    found: set[Node] = {(lane.origin, lane.material) for lane in rows_of(case, Lane, every=True)}
    found |= {(line.place, line.material) for line in rows_of(case, Demand, every=True)}
    found |= {(stock.place, stock.material) for stock in rows_of(case, Stock, every=True)}
    for run in rows_of(case, Run, every=True):
        if run.plant in places and run.recipe in known:
            found |= {(places[run.plant], material) for material in known[run.recipe].inputs}
    by_products = {m for recipe in known.values() for m in recipe.made if m != recipe.output}
    every = [place.name for place in rows_of(case, Place, every=True)]
    home = [place.name for place in rows_of(case, Place, every=True) if place.home]
    for material in rows_of(case, Material, every=True):
        if material.discarding is not None or material.name in by_products:
            found |= {(place, material.name) for place in every}
        if material.market is not None:
            found |= {(place, material.name) for place in material.sold_at or home}
    return frozenset(found)


