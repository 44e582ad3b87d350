"""The plan of a run folder, as far as its documents tell it: what was signed and what was ordered."""

from __future__ import annotations

from pathlib import Path

from optimizer.case.case import Case
from optimizer.model.compiled import Name
from optimizer.report.differences import Json
from optimizer.report.replay import stored_plan
from optimizer.runs import RunFault, command_of, read_manifest


def stored(run: Path) -> Json:
    """The document of a stored plan.

    Raises:
        RunFault: it is no run folder of a plan, or its documents cannot be read.
    """
    if command_of(read_manifest(run)) != "solve":
        raise RunFault(f"'{run}' answers a question: a plan is held from the run folder of a solve.")
    return stored_plan(run)


def decisions_of(run: Path, case: Case) -> dict[Name, int]:
    """Signings and orders of a stored plan, by the names of their columns.

    Of several orders of one plant in a year the documents tell the modules alone: they are the fewest that hold them.

    Args:
        run: the run folder of a solve.
        case: the case in which they are to be held.

    Raises:
        RunFault: it is no run folder of a plan, or its documents cannot be read.
    """
    document, plants = stored(run), {plant.name: plant for plant in case.plants}
    decided: dict[Name, int] = {}
    for deal in document["deals"]:
        decided["sign", (deal["name"], deal["signed"], deal["terms"])] = 1
        decided["chosen", ("Deals", deal["name"])] = 1
    for order in document["orders"]:
        name, modules = order["plant"], order["modules"]
        most = plants[name].most_modules if name in plants else 1
        decided["modules", (name, order["year"])] = modules
        decided["order", (name, order["year"])] = -(-modules // most)
        decided["chosen", ("Plants", name)] = 1
    return decided
