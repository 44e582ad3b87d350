"""Plants: that they can run, that orders make sense, and that nobody's capital is free."""

from __future__ import annotations

from optimizer.case.case import Case
from optimizer.case.checks.common import Faults
from optimizer.case.schema import Plant, Run, Supply


def runs(case: Case, faults: Faults) -> None:
    """A plant has a recipe to run, and something to run it with."""
    running = {row.plant for row in case.sheets.get(Run.sheet, ()) if isinstance(row, Run)}
    for plant in case.plants:
        if plant.name not in running:
            faults.warn(plant, "name", "no row of Runs names this plant, so it makes nothing.", "Add one to Runs.")
        if plant.module is None and plant.capacity is None:
            faults.warn(plant, "module", "the plant neither stands nor can be ordered.",
                        "Give its capacity, or a module.")


def order_terms(case: Case, faults: Faults) -> None:
    """What is said about orders belongs to a plant that can be ordered."""
    blank = Plant.model_fields
    for plant in case.plants:
        if plant.module is not None:
            continue
        for field in ("capex", "site_cost", "deals_to_order", "window_from", "window_to"):
            if getattr(plant, field) != blank[field].default:
                faults.warn(plant, field, "this is about orders, and without a module nothing can be ordered.",
                            f"Give the module in {faults.cell(plant, 'module')}, or leave this blank.")


def ordered_before(case: Case, faults: Faults) -> None:
    """Orders made before the case lie before it, in whole modules within the bounds of an order."""
    first = case.settings.first_year
    for plant in case.plants:
        if not plant.ordered_in:
            continue
        if plant.module is None:
            faults.add(plant, "ordered_in", "modules were ordered and no module size is given.", "Give the module.")
        if len(plant.ordered_in) > plant.orders_at_most:
            faults.add(plant, "ordered_in",
                       f"{len(plant.ordered_in)} orders were made and at most {plant.orders_at_most} may be.",
                       "Raise 'orders at most': orders made before the case count.")
        for year, modules in plant.ordered_in:
            text = f"{year}={modules:g}"
            if not (year.isdigit() and len(year) == 4):
                faults.add(plant, "ordered_in", f"'{year}' is not a year.", "Write e.g. 2024=6.", found=text)
            elif int(year) >= first:
                faults.add(plant, "ordered_in", f"{year} is not before the case, which begins in {first}.",
                           "Only orders already made stand here.", found=text)
            if modules != round(modules) or not plant.least_modules <= modules <= plant.most_modules:
                faults.add(plant, "ordered_in",
                           f"an order has {plant.least_modules} to {plant.most_modules} whole modules.",
                           "Correct the number, or the bounds of an order.", found=text)


def exposed_of_concern(case: Case, faults: Faults) -> None:
    """What comes from a place of concern is exposed, all of it."""
    concern = {place.name for place in case.places if place.concern}
    made: tuple[Supply | Plant, ...] = (*case.supplies, *case.plants)
    for row in made:
        if row.place in concern and row.exposed_share not in (None, 1.0):
            faults.add(row, "exposed_share", f"'{row.place}' is a place of concern, where all is exposed.",
                       "Leave it blank or give 100 %.")


def free_capital(case: Case, faults: Faults) -> None:
    """A partner that pays capital keeps output or earns a return."""
    for plant in case.plants:
        ordered = plant.module is not None and plant.capex is not None
        if ordered and plant.home_share < 1 and plant.partner_keeps == 0 and plant.partner_return is None:
            faults.add(plant, "home_share",
                       f"the partner pays {1 - plant.home_share:.0%} of the capital and receives nothing.",
                       "Say what it keeps ('partner keeps') or earns ('partner return').")
