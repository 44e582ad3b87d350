"""Published answers of two stages, each through a workbook of ours, searched as one and taken apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer.case.case import Case
from optimizer.case.read import read_case
from optimizer.case.write import write_csv
from optimizer.solve.plan import SolveOptions
from optimizer.study.robust import Robust, robust
from tests.reference.converters import DATA
from tests.reference.futures import farmer, farmer_offset, lands

EXPECTED = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))

WAYS = (10**9, 0)
"""Columns of all futures up to which they are searched as one: all, none."""

NEAR = 1e-6
"""Bar of the published numbers, relative."""


def value(name: str) -> float:
    return float(EXPECTED[name]["value"])


def through_a_workbook(make: Callable[[], Case], folder: Path, goal: str, whole: int) -> Robust:
    """What to decide now in a case that was written as a workbook and read back."""
    write_csv(make(), folder)
    return robust(read_case(folder), SolveOptions(gap=1e-9, time=None), goal=goal, whole=whole)


@pytest.mark.parametrize("whole", WAYS)
def test_the_farmer(whole: int, tmp_path: Path) -> None:
    found = through_a_workbook(farmer, tmp_path, "expected", whole)
    assert found.expected - farmer_offset() == pytest.approx(value("farmer_rp"), rel=NEAR)
    assert found.goal.low - farmer_offset() == pytest.approx(value("farmer_rp"), rel=NEAR)
    assert found.vss is not None
    assert found.vss.value == pytest.approx(value("farmer_vss"), rel=1e-4)
    assert found.evpi.value == pytest.approx(value("farmer_evpi"), rel=1e-4)
    acres = {index[0]: 5 / 3 * n for (family, index), n in found.now.items() if family == "modules"}
    assert acres == {"wheat": pytest.approx(170), "corn": pytest.approx(80), "beets": pytest.approx(250)}


@pytest.mark.parametrize(("goal", "name"), [("cvar:0.6666666666666667", "farmer_cvar_2/3"),
                                           ("cvar:0.3333333333333333", "farmer_cvar_1/3")])
def test_the_farmer_who_looks_at_the_worst_years(goal: str, name: str, tmp_path: Path) -> None:
    found = through_a_workbook(farmer, tmp_path, goal, WAYS[0])
    # the smallest step of a field moves the tail by a little more than the numbers printed
    assert found.goal.value - farmer_offset() == pytest.approx(value(name), rel=1e-4)


@pytest.mark.parametrize("whole", WAYS)
def test_lands(whole: int, tmp_path: Path) -> None:
    found = through_a_workbook(lands, tmp_path, "expected", whole)
    assert found.expected == pytest.approx(value("lands_rp"), rel=NEAR)
    known = sum(one.probability * one.least for one in found.outcomes)
    assert known == pytest.approx(value("lands_ws"), rel=NEAR)
    assert found.outcomes[0].least == pytest.approx(value("lands_ev"), rel=NEAR)
    assert found.vss is not None
    assert found.vss.value == pytest.approx(value("lands_eev") - value("lands_rp"), rel=1e-4)
    units = [found.now["modules", (f"plant {i}", 2001)] / 6 for i in (1, 2, 3, 4)]
    assert units == pytest.approx(EXPECTED["lands_rp"]["decisions"])


def test_lands_at_its_worst(tmp_path: Path) -> None:
    found = through_a_workbook(lands, tmp_path, "worst", WAYS[0])
    assert found.worst == pytest.approx(value("lands_worst_case"), rel=NEAR)
