"""Documents for programs: the JSON of INTERFACES, the same in `plan.json` and on stdout."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from optimizer.case.findings import Finding
from optimizer.solve.confirm import Confirmation
from optimizer.solve.plan import Plan
from optimizer.solve.tables import dependence_views, rounded

SCHEMA = 1


def envelope(
    command: str, status: str, code: int, data: Mapping[str, Any], findings: Sequence[Finding] = ()
) -> dict[str, Any]:
    """The one document that a command prints with ``--json``."""
    told = [asdict(f) for f in findings]
    return {"schema": SCHEMA, "command": command, "status": status, "exit": code, "data": dict(data), "findings": told}


def plan_data(plan: Plan, run: str | None = None) -> dict[str, Any]:
    """The data of ``solve``.

    Args:
        plan: the plan.
        run: where it was written: the run folder's path, or in the folder itself the run's id.
    """
    found = {
        "gap": _number(plan.gap),
        "bound": _number(plan.bound),
        "run": run,
        "goals": _goals(plan),
        "currency": plan.case.settings.currency,
        "dependence": _dependence(plan),
        "deals": _deals(plan),
        "orders": _orders(plan),
        "cost": _cost(plan),
        "budget": _number(plan.budget),
        "least_cost": _number(plan.least_cost),
        "unique_deals": plan.unique_deals,
        "other_deals": None if plan.unique_deals is not False else {
            "without": list(plan.deals_without), "instead": list(plan.deals_instead),
        },
        "checked": plan.checked,
        "confirmed": _confirmed(plan.confirmed),
        "notes": list(plan.notes),
        "as_now": None,
    }
    if plan.as_now is not None:
        now = plan.as_now
        found["as_now"] = {"goals": _goals(now), "dependence": _dependence(now), "cost": _cost(now)}
    return found


def _confirmed(found: Confirmation | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "solver": found.solver, "goal": found.goal, "verdict": found.verdict, "value": _number(found.value),
        "bound": _number(found.bound),
    }


def _number(value: float | None) -> float | None:
    """A number that JSON can hold, to seven digits: more is the solver's rounding; an infinite one is none."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.7g}") + 0.0


def _goals(plan: Plan) -> dict[str, float | None]:
    return {goal: _number(value) for goal, value in plan.goals.items()}


def _dependence(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = {"by_stage": {}}
    for view, shares in dependence_views(plan).items():
        told = {str(t): round(v, 6) + 0.0 for t, v in shares.items()}
        stage = view.removeprefix("stage: ")
        if stage != view:
            found["by_stage"][stage] = told
        else:
            found[view] = told
    return found


def _deals(plan: Plan) -> list[dict[str, Any]]:
    volumes, found = rounded(plan.volume), []
    for name, year, terms in sorted(plan.amounts.sign):
        years = [t for (d, t), part in plan.active.items() if d == name and part > 0]
        volume = {str(t): v for (d, t), v in sorted(volumes.items()) if d == name}
        active = [min(years), max(years)] if years else []
        found.append({"name": name, "signed": year, "terms": terms, "active": active, "volume": volume})
    return found


def _orders(plan: Plan) -> list[dict[str, Any]]:
    return [
        {"plant": plant, "year": year, "modules": int(modules)}
        for (plant, year), modules in sorted(plan.amounts.modules.items())
    ]


def _cost(plan: Plan) -> dict[str, dict[str, float]]:
    sums: dict[tuple[str, int], float] = {}
    for (_, heading, _, year), amount in plan.claims.cash.items():
        sums[heading, year] = sums.get((heading, year), 0.0) + amount
    found: dict[str, dict[str, float]] = {}
    for (heading, year), amount in sorted(rounded(sums).items()):
        found.setdefault(heading, {})[str(year)] = amount
    return found
