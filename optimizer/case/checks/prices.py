"""Prices: that there is one wherever the model multiplies by it."""

from __future__ import annotations

from optimizer.case.case import Case
from optimizer.case.checks.chain import recipes
from optimizer.case.checks.common import Faults, highest, values


def of_supply(case: Case, faults: Faults) -> None:
    """What can be bought has a price."""
    for supply in case.supplies:
        if supply.price is None:
            faults.add(supply, "price", "what is bought needs a price.", "Give one; 0 where it is free.", found="blank")


def of_materials(case: Case, faults: Faults) -> None:
    """Materials have a list price where duty, a market or a partner's credit asks for it."""
    reasons: dict[str, str] = {}
    for material in case.materials:
        if material.market is not None:
            reasons.setdefault(material.name, f"it can be sold ({faults.cell(material, 'market')})")
    bought = {(supply.place, supply.material) for supply in case.supplies}
    for lane in case.lanes:
        top = highest(lane.duty, case.years)
        if top is not None and top[1] > 0 and (lane.origin, lane.material) not in bought:
            reasons.setdefault(lane.material, f"duty is paid on it ({faults.cell(lane, 'duty')})")
    known = recipes(case)
    keeps = {plant.name: plant for plant in case.plants if plant.partner_keeps > 0}
    for run in case.runs:
        if run.plant in keeps and run.recipe in known:
            for name in known[run.recipe].inputs:
                cell = faults.cell(keeps[run.plant], "partner_keeps")
                reasons.setdefault(name, f"a partner is credited with it ({cell})")
    for material in case.materials:
        if material.price is None and material.name in reasons:
            faults.add(material, "price", f"a list price is needed: {reasons[material.name]}.", "Give one.",
                       found="blank")


def of_shortage(case: Case, faults: Faults) -> None:
    """Where demand may go short, a tonne not served has a cost."""
    for line in case.demands:
        low = [(year, value) for year, value in values(line.floor, case.years) if value < 1]
        if low and line.shortage_cost is None:
            faults.add(line, "shortage_cost",
                       f"the floor is {low[0][1]:.0%} in {low[0][0]} ({faults.cell(line, 'floor', low[0][0])}), "
                       "so going short needs a cost.", "Give one; 0 would make going short free.", found="blank")
