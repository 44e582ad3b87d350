"""Published answers, each through a workbook of ours: written, read back, solved with gap 0, put to a second solver."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from optimizer.case.case import Case
from optimizer.case.read import read_case
from optimizer.case.write import write_csv
from optimizer.solve.plan import Plan, SolveOptions
from optimizer.solve.solve import solve
from optimizer.study.frontier import Frontier, frontier
from tests.reference.converters import Reading, read, text_of
from tests.reference.registry import CASES, Front, Least

CONFIRMED = SolveOptions(gap=0.0, time=None, as_now=False, unique=False, confirm=True)

NEAR, SLIVER = 1e-6, 1e-3
"""What a search may leave beside a known point: the whole number next to it lies further off."""


def through_a_workbook(reading: Reading, folder: Path) -> Case:
    """The case of a reading, written as a workbook and read back."""
    write_csv(reading.case, folder)
    return read_case(folder)


def least(reading: Reading, folder: Path, goal: str = "cost") -> Plan:
    """The plan of the least of a goal, to which a second solver agrees."""
    plan = solve(through_a_workbook(reading, folder), SolveOptions(**{**vars(CONFIRMED), "goal": goal}))
    assert plan.status == "proved"
    assert plan.confirmed is not None
    assert plan.confirmed.verdict == "agrees"
    return plan


def points_of(reading: Reading, found: Frontier) -> list[tuple[float, float]]:
    """The points of a frontier as printed, sorted: whole numbers, of which none is left where more could lie."""
    assert (found.status, found.ended) == ("proved", "")
    for left in found.hidden:
        low, high = (abs(reading.point(left.first[0], at)[1]) for at in left.second)
        assert math.ceil(min(low, high) - NEAR) > max(low, high) - SLIVER, left
    return sorted(reading.point(point.first, point.second) for point in found.points)


def lines(cls: type) -> list[Any]:
    """The lines of one kind, each as a parameter of a test under its name."""
    return [pytest.param(line, id=line.name) for line in CASES if isinstance(line, cls)]


@pytest.mark.parametrize("line", lines(Least))
def test_the_printed_number_comes_out(line: Least, tmp_path: Path) -> None:
    reading = line.reading()
    plan = least(reading, tmp_path)
    assert reading.printed(plan.claims.cost) == pytest.approx(line.value, rel=line.tolerance)
    if line.built is not None:
        assert {name for name, _ in plan.amounts.orders} == line.built


@pytest.mark.parametrize("line", lines(Front))
def test_every_printed_point_comes_out_and_no_other(line: Front, tmp_path: Path) -> None:
    reading = line.reading()
    found = frontier(through_a_workbook(reading, tmp_path), SolveOptions(gap=0.0, time=None),
                     criteria=reading.criteria, step=0.0)
    printed = sorted(tuple(map(float, one.split())) for one in text_of(line.points).splitlines() if one.strip())
    assert points_of(reading, found) == [pytest.approx(point, rel=1e-8, abs=1e-5) for point in printed]


@pytest.mark.parametrize("line", lines(Front))
def test_a_second_solver_agrees_on_both_ends(line: Front, tmp_path: Path) -> None:
    reading = line.reading()
    for number, goal in enumerate(reading.criteria):
        least(reading, tmp_path / str(number), goal)


def test_the_lines_hold_the_numbers_that_came_with_their_sources() -> None:
    known = read("expected.json")
    told = {line.name: line.value for line in CASES if not isinstance(line, Front) and line.name in known}
    assert told == {name: known[name]["value"] for name in told}
    assert len(told) >= 7


def test_names_are_told_apart() -> None:
    names = [line.name for line in CASES]
    assert len(names) == len(set(names))
