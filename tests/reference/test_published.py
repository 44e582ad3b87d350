"""Published answers, each through a workbook of ours: written, read back, solved with gap 0."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer.case.case import Case
from optimizer.case.read import read_case
from optimizer.case.write import write_csv
from optimizer.solve.plan import Plan, SolveOptions
from optimizer.solve.solve import solve
from tests.reference.converters import DATA, MILLION, lots, regions, steel, warehouses

EXPECTED = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))

CASES: dict[str, tuple[Callable[[], Case], float, float]] = {
    "cflp/cap41": (warehouses, 1.0, 0.0),
    "five_regions": (regions, 1.0, 0.0),
    "wagner_whitin_12": (lots, 1.0, 0.0),
    "wagner_whitin_11": (lambda: lots(11), 1.0, 0.0),
    "mexss": (steel, MILLION, 140.0),
}
"""Name in expected.json -> the case, the unit of the printed number, and what our reading adds to it."""


def through_a_workbook(case: Case, folder: Path) -> Plan:
    """The plan of a case that was written as a workbook and read back."""
    write_csv(case, folder)
    return solve(read_case(folder), SolveOptions(gap=0.0, as_now=False, unique=False))


@pytest.mark.parametrize("name", CASES)
def test_the_printed_number_comes_out(name: str, tmp_path: Path) -> None:
    make, unit, added = CASES[name]
    plan = through_a_workbook(make(), tmp_path)
    # Our own bar is relative; the last digits printed are all that is known of MEXSS.
    tolerance = max(EXPECTED[name]["rel_tol"], 1e-8)
    assert plan.claims.cost / unit == pytest.approx(EXPECTED[name]["value"] + added, rel=tolerance)
    assert plan.status == "proved"


def test_the_printed_plants_are_built(tmp_path: Path) -> None:
    plan = through_a_workbook(regions(), tmp_path)
    built = {name.rpartition(" ")[0]: name.rpartition(" ")[2] for name, _ in plan.amounts.orders}
    assert built == EXPECTED["five_regions"]["decisions"]
