"""Documents for programs: the JSON of INTERFACES, the same in `plan.json` and on stdout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from optimizer.case.findings import Finding
from optimizer.solve.plan import Plan
from optimizer.solve.tables import dependence_views

SCHEMA = 1


def envelope(
    command: str, status: str, code: int, data: Mapping[str, Any], findings: Sequence[Finding] = ()
) -> dict[str, Any]:
    """The one document that a command prints with ``--json``."""
    told = [{key: value for key, value in asdict(f).items()} for f in findings]
    return {"schema": SCHEMA, "command": command, "status": status, "exit": code, "data": dict(data), "findings": told}


def plan_data(plan: Plan, run: str | None = None) -> dict[str, Any]:
    """The data of ``solve``."""
    found = {
        "gap": _number(plan.gap),
        "bound": _number(plan.bound),
        "run": run,
        "goals": {goal: _number(value) for goal, value in plan.goals.items()},
        "currency": plan.case.settings.currency,
        "dependence": _dependence(plan),
        "deals": _deals(plan),
        "orders": [
            {"plant": plant, "year": year, "modules": modules}
            for (plant, year), modules in sorted(plan.amounts.modules.items())
        ],
        "cost": _cost(plan),
        "budget": plan.budget,
        "least_cost": plan.least_cost,
        "unique_deals": plan.unique_deals,
        "checked": plan.checked,
        "notes": list(plan.notes),
    }
    if plan.as_now is not None:
        now = plan.as_now
        goals = {goal: _number(value) for goal, value in now.goals.items()}
        found["as_now"] = {"goals": goals, "dependence": _dependence(now), "cost": _cost(now)}
    return found


def _number(value: float) -> float | None:
    """A number that JSON can hold; an infinite one is none."""
    return None if value in (float("inf"), float("-inf")) else _short(value)


def _short(value: float) -> float:
    """Ten digits: what the solver's rounding leaves is no information."""
    return float(f"{value:.10g}") + 0.0


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
    found = []
    for name, year, terms in sorted(plan.amounts.sign):
        years = [t for (d, t), part in plan.active.items() if d == name and part > 0]
        volume = {str(t): round(v, 3) for (d, t), v in sorted(plan.volume.items()) if d == name}
        active = [min(years), max(years)] if years else []
        found.append({"name": name, "signed": year, "terms": terms, "active": active, "volume": volume})
    return found


def _cost(plan: Plan) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for (_, heading, _, year), amount in sorted(plan.claims.cash.items()):
        of = found.setdefault(heading, {})
        of[str(year)] = of.get(str(year), 0.0) + amount
    return {h: {t: round(v, 2) + 0.0 for t, v in of.items()} for h, of in found.items()}
