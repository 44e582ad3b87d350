"""Published trade-offs beside those of the list: what a point is made of, segments between points, a payoff table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimizer.solve.plan import SolveOptions
from optimizer.study.frontier import Frontier, frontier
from tests.reference.converters import read, text_of
from tests.reference.formats.criteria import Knapsack, energy, knapsack
from tests.reference.test_published import through_a_workbook

EXPECTED = json.loads(text_of("expected.json"))
EXACT = SolveOptions(gap=0.0, time=None)


def test_the_knapsack_is_read_as_printed() -> None:
    problem, known = Knapsack.of(text_of("2KP50-92.dat")), EXPECTED["front/2KP50-92"]
    assert (*problem.totals, problem.capacity) == (known["sum_c1"], known["sum_c2"], known["capacity"])


def test_each_knapsack_point_takes_what_it_says(tmp_path: Path) -> None:
    """The deals of a point are the items taken: they weigh no more than allowed and their profits are the point."""
    problem, reading = Knapsack.of(text_of("2KP50-92.dat")), knapsack(text_of("2KP50-92.dat"))
    for point in frontier(through_a_workbook(reading, tmp_path), EXACT, points=2).points:
        taken = [int(deal.removeprefix("take ")) - 1 for deal in point.portfolio.deals]
        assert sum(problem.weights[i] for i in taken) <= problem.capacity
        assert problem.totals[0] - sum(problem.profits[0][i] for i in taken) == pytest.approx(point.first, abs=1e-6)


@pytest.fixture(scope="module")
def imports(tmp_path_factory: pytest.TempPathFactory) -> Frontier:
    """Cost against imports, its ends and the three points that halve what lies between them."""
    reading = energy(text_of("energy_imports.json"))
    return frontier(through_a_workbook(reading, tmp_path_factory.mktemp("energy")), EXACT, points=5)


def demand() -> float:
    return float(sum(load["demand"] for load in read("energy_imports.json")["loads"].values()))


def test_the_cost_at_every_cap_on_imports_comes_out(imports: Frontier) -> None:
    known = EXPECTED["energy_cost_at_import_cap"]
    costs = {round(point.second * demand(), 3): point.first for point in imports.points}
    assert costs == {float(cap): pytest.approx(cost, rel=known["rel_tol"]) for cap, cost in known["value"].items()}
    assert all(point.gap == pytest.approx(0.0, abs=1e-9) for point in imports.points)


def test_between_the_points_it_is_the_straight_line_of_the_paper(imports: Frontier) -> None:
    """The segment of the first point: 15 a unit all the way, whatever cap is asked for between the ends."""
    spots = [spot for point in imports.points for spot in point.segment]
    assert len(spots) >= 2 * (len(imports.points) - 1)
    for cost, share in spots:
        assert cost == pytest.approx(3_075_000 + 15 * (33_000 - share * demand()), rel=1e-8)
    whole = [min(spots, key=lambda spot: spot[0]), max(spots, key=lambda spot: spot[0])]
    assert [share * demand() for _, share in whole] == pytest.approx([33_000, 23_000])


ORDER = ("cost", "carbon", "dependence")
"""The criteria of the payoff table, in the order of its rows and columns."""


@pytest.mark.parametrize("criteria", [("cost", "carbon"), ("cost", "dependence"), ("carbon", "dependence"),
                                      ("dependence", "cost")])
def test_the_ends_are_the_payoff_table(criteria: tuple[str, str], tmp_path: Path) -> None:
    """An end is lexicographic: the least of one criterion, and of the other what is least then."""
    table, columns = EXPECTED["energy_payoff"], [ORDER.index(name) for name in criteria]
    units = [demand() if name == "dependence" else 1.0 for name in criteria]
    case = through_a_workbook(energy(text_of("energy_imports.json")), tmp_path)
    found = frontier(case, EXACT, criteria=criteria, points=2)
    ends = [[point.first * units[0], point.second * units[1]] for point in found.points]
    for end, row in zip(ends, columns, strict=True):
        assert end == pytest.approx([table["value"][row][column] for column in columns], rel=table["rel_tol"])
