from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from optimizer.case.findings import Finding
from optimizer.report.document import envelope, plan_data
from optimizer.solve.confirm import Confirmation
from optimizer.solve.plan import Plan
from tests.report.plans import ODD, small_plan
from tests.report.schema import faults


def whole(plan: Plan) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(envelope("solve", plan.status, 0, plan_data(plan, "reports/x"))))
    return document


def test_a_plan_keeps_to_the_schema() -> None:
    assert faults(whole(small_plan())) == []


@pytest.mark.parametrize("plan", [
    replace(small_plan(), as_now=None, unique_deals=None, budget=None, least_cost=None),
    replace(small_plan(), confirmed=Confirmation("SCIP 10.0", "dependence", "open", None, 0.1)),
    replace(small_plan(), status="stopped", gap=float("inf"), bound=float("-inf")),
], ids=["bare", "confirmed", "no bound"])
def test_so_does_one_of_which_less_is_known(plan: Plan) -> None:
    assert faults(whole(plan)) == []


def test_a_failure_keeps_to_the_schema() -> None:
    finding = Finding("Deals!H7", "Deals[x].fee", "abc", "'abc' is no number.", "Write 28 USD/kg.")
    document = envelope("solve", "bad input", 5, {"message": "no"}, (finding,))
    assert faults(document) == []
    assert document["findings"][0] == {
        "level": "error", "cell": "Deals!H7", "address": "Deals[x].fee", "found": "abc",
        "message": "'abc' is no number.", "suggestion": "Write 28 USD/kg.",
    }


@pytest.mark.parametrize(("path", "value"), [
    (("status",), "fine"), (("exit",), 8), (("data", "gap"), "small"), (("data", "goals"), []),
    (("data", "deals", 0, "signed"), 2026.5), (("data", "dependence", "exposed"), {"then": 1.0}),
    (("data", "as_now", "goals"), None), (("data", "checked"), 1),
])
def test_the_schema_refuses_what_is_not_as_it_says(path: tuple[str | int, ...], value: object) -> None:
    document: Any = whole(small_plan())
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert faults(document)


def test_the_numbers_are_those_of_the_plan() -> None:
    data = plan_data(small_plan(), "here")
    assert data["run"] == "here"
    assert data["goals"] == {"dependence": 0.3333333, "cost": 40811110.0}
    assert data["dependence"]["exposed"] == {"2026": 1.0, "2027": 0.666667, "2028": 0.333333}
    assert data["deals"] == [{
        "name": "Ally toll", "signed": 2026, "terms": 1, "active": [2027, 2028],
        "volume": {"2027": 100.0, "2028": 100.0},
    }]
    assert data["orders"] == [{"plant": ODD, "year": 2027, "modules": 2}]
    assert data["cost"]["capex"] == {"2027": 6000000.0}
    assert data["as_now"]["goals"] == {"cost": 4.5e7, "dependence": 1.0}
    assert data["as_now"]["dependence"]["exposed"]["2028"] == 1.0


def test_what_a_solver_leaves_behind_does_not_show() -> None:
    plan = small_plan()
    volume = {key: v + 3e-13 for key, v in plan.volume.items()}
    goals = {"dependence": 1 / 3 + 2e-13, "cost": plan.goals["cost"] - 1e-7}
    assert plan_data(replace(plan, volume=volume, goals=goals)) == plan_data(plan)
