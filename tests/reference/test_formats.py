"""Each converter on instances drawn here: written as untidy as such files are, and answered by another method."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from optimizer.solve.plan import SolveOptions
from optimizer.study.frontier import frontier
from tests.reference import direct
from tests.reference.converters import Converter, FormatError, Reading, Tokens
from tests.reference.formats.chains import chain, regions
from tests.reference.formats.criteria import assignment, covering, knapsack
from tests.reference.formats.location import capacitated, median, simple, transport, uncapacitated
from tests.reference.formats.lots import lots
from tests.reference.test_published import least, points_of, through_a_workbook

NEAR = 1e-7
SEEDS = range(3)


def untidy(numbers: Iterable[object], drawn: random.Random) -> str:
    """Numbers as such files hold them: wrapped anywhere, blank lines, comments, tabs, and Fortran's ways of writing."""
    parts = []
    for number in numbers:
        whole = isinstance(number, int) or (isinstance(number, float) and number == int(number))
        ways = [f"{number}"] if isinstance(number, str) else [
            repr(number), *([f"{int(number)}", f"{int(number)}."] if whole else []),  # type: ignore[call-overload]
            f"{number:.9e}".replace("e", drawn.choice("eEdD")),
        ]
        parts += [drawn.choice(ways), drawn.choice((" ", " ", "  ", "\t", "\n", "\r\n", "\n\n", " # a note: 7\n"))]
    return drawn.choice(("", "\n", "\ufeff", "# a title, 3 x 4\n")) + "".join(parts)


def draw_sites(drawn: random.Random) -> tuple[list[int], list[int], list[int], list[list[float]]]:
    """Capacities, fixed costs, demands and the costs of whole customers, some of them shared in the best plan."""
    m, n = drawn.randrange(3, 6), drawn.randrange(4, 8)
    demands = [drawn.randrange(1, 40) for _ in range(n)]
    capacities = [drawn.randrange(sum(demands) // 2, sum(demands)) for _ in range(m)]
    fixed = [drawn.randrange(0, 300) for _ in range(m)]
    return capacities, fixed, demands, [[round(drawn.uniform(1, 9) * need, 3) for _ in range(m)] for need in demands]


def or_library(capacities: Iterable[object], fixed: list[int], demands: list[int], costs: list[list[float]]) -> Any:
    yield from (len(fixed), len(demands))
    for pair in zip(capacities, fixed, strict=True):
        yield from pair
    for need, row in zip(demands, costs, strict=True):
        yield from (need, *row)


@pytest.mark.parametrize("seed", SEEDS)
def test_warehouses_with_capacities(seed: int, tmp_path: Path) -> None:
    drawn = random.Random(seed)
    capacities, fixed, demands, costs = draw_sites(drawn)
    reading = capacitated(untidy(or_library(capacities, fixed, demands, costs), drawn))
    known = direct.location(fixed, costs, demands, capacities)
    assert reading.printed(least(reading, tmp_path).claims.cost) == pytest.approx(known, rel=NEAR)


def test_capacities_left_open_with_a_word(tmp_path: Path) -> None:
    drawn = random.Random(11)
    _, fixed, demands, costs = draw_sites(drawn)
    text = untidy(or_library(["capacity"] * len(fixed), fixed, demands, costs), drawn)
    for part in (0.4, 0.8):
        most = part * sum(demands)
        reading = capacitated(text, capacity=most)
        known = direct.location(fixed, costs, demands, [most] * len(fixed))
        assert reading.printed(least(reading, tmp_path / str(part)).claims.cost) == pytest.approx(known, rel=NEAR)
    with pytest.raises(FormatError, match="leaves the capacity open"):
        capacitated(text)


@pytest.mark.parametrize("seed", SEEDS)
def test_warehouses_without_capacities(seed: int, tmp_path: Path) -> None:
    """Both formats; in OR-Library's, capacities and demands stand in the file and do not count, be they 0."""
    drawn = random.Random(100 + seed)
    _, fixed, demands, costs = draw_sites(drawn)
    known = direct.location(fixed, costs, demands, None)
    ours = uncapacitated(untidy(or_library([0, "capacity", 3, 4, 5][: len(fixed)], fixed, [0] * len(demands), costs),
                                drawn))
    by_site = [(i, cost, *column) for i, (cost, *column) in enumerate(zip(fixed, *costs, strict=True), start=1)]
    body = untidy((len(fixed), len(demands), 0, *(x for row in by_site for x in row)), drawn)
    for number, reading in enumerate((ours, simple("FILE: drawn.txt 1\n" + body.lstrip("\ufeff")))):
        assert reading.printed(least(reading, tmp_path / str(number)).claims.cost) == pytest.approx(known, rel=NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_medians(seed: int, tmp_path: Path) -> None:
    """A ring with chords, one of its edges given twice: the last length counts."""
    drawn = random.Random(200 + seed)
    n, most = 7, 2 + seed % 2
    edges = [(i, (i + 1) % n, drawn.randrange(1, 30)) for i in range(n)]
    edges += [(*drawn.sample(range(n), 2), drawn.randrange(1, 30)) for _ in range(4)]  # type: ignore[misc]
    edges.append((edges[0][1], edges[0][0], 5))
    text = untidy((n, len(edges), most, *(x for a, b, far in edges for x in (a + 1, b + 1, far))), drawn)
    reading = median(text)
    known = direct.median(n, edges, most)
    assert reading.printed(least(reading, tmp_path).claims.cost) == pytest.approx(known, rel=NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_transport(seed: int, tmp_path: Path) -> None:
    drawn = random.Random(300 + seed)
    m, n = 3, 5
    demands = [drawn.randrange(5, 40) for _ in range(n)]
    supplies = [sum(demands) / m + drawn.randrange(0, 10) * (seed > 0) for _ in range(m)]
    costs = [[drawn.randrange(1, 20) for _ in range(n)] for _ in range(m)]
    reading = transport(untidy((m, n, *supplies, *demands, *(x for row in costs for x in row)), drawn))
    known = direct.transport(supplies, demands, costs)
    assert reading.printed(least(reading, tmp_path).claims.cost) == pytest.approx(known, rel=NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_lots(seed: int, tmp_path: Path) -> None:
    drawn = random.Random(400 + seed)
    n = 7
    data: dict[str, Any] = {
        "demand": [drawn.randrange(0, 60) for _ in range(n)], "setup": [drawn.randrange(20, 120) for _ in range(n)],
        "holding": 1.5 if seed == 0 else [drawn.randrange(0, 3) for _ in range(n)],
    }
    if seed == 2:
        data["unit_cost"] = [drawn.randrange(1, 6) for _ in range(n)]
    holding = data["holding"] if seed else [1.5] * n
    for periods in (n, 4):
        known = direct.lots(data["demand"][:periods], data["setup"], holding, data.get("unit_cost", [0] * n))
        reading = lots(json.dumps(data), periods=periods)
        assert reading.printed(least(reading, tmp_path / str(periods)).claims.cost) == pytest.approx(known, rel=NEAR)


def draw_chain(drawn: random.Random) -> dict[str, Any]:
    """Ore to metal by two processes, metal to two products, one with a by-product that is the other product."""
    plants, markets = ["a", "b"], ["x", "y", "z"]
    freight = {p: {m: drawn.randrange(1, 9) for m in (*markets, "export")} for p in (*plants, "import")}
    return {
        "plants": plants, "markets": markets, "raw": ["ore", "power"], "intermediate": ["metal"],
        "final": ["bar", "sheet"],
        "io": {
            "smelt": {"ore": -1.5, "power": -2, "metal": 1}, "refine": {"ore": -1.1, "power": -4, "metal": 1.0},
            "cast": {"metal": -1.05, "bar": 1}, "roll": {"metal": -1.3, "sheet": 1, "bar": 0.2},
        },
        "unit_of_process": {"smelt": "furnace", "refine": "cell", "cast": "hall", "roll": "hall"},
        "process_cost": {"smelt": 3, "roll": 2.5},
        "capacity": {"furnace": {"a": 4.0}, "cell": {"a": 1.0, "b": 3.0}, "hall": {"a": 5.0, "b": 2.5}},
        "price_domestic": {"ore": drawn.randrange(5, 30), "power": drawn.randrange(1, 9)},
        "demand": {m: {"bar": drawn.randrange(1, 10) / 10, "sheet": drawn.randrange(1, 10) / 10} for m in markets},
        "freight": freight, "price_import": {"bar": 60}, "price_export": {"sheet": drawn.randrange(40, 99)},
        "export_bound": 0.7,
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_chains(seed: int, tmp_path: Path) -> None:
    data = draw_chain(random.Random(500 + seed))
    reading = chain(json.dumps(data))
    assert reading.printed(least(reading, tmp_path).claims.cost) == pytest.approx(direct.chain(data), rel=NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_regions(seed: int, tmp_path: Path) -> None:
    """Each size at each place is a site of its own; freight and variable cost together are what a customer costs."""
    drawn = random.Random(600 + seed)
    names = ["North", "South", "East"]
    data: dict[str, Any] = {
        "locations": names, "demand": {a: drawn.randrange(50, 400) * 1000 for a in names},
        "capacity_kunits": {a: {"Low": 300.0, "High": 900.0} for a in names},
        "fixed_kusd": {a: {"Low": drawn.randrange(500, 999), "High": drawn.randrange(1000, 1900)} for a in names},
        "freight_usd_per_1000": {a: {b: drawn.randrange(500, 6000) * (a != b) for b in names} for a in names},
        "variable_usd": {a: drawn.randrange(1, 9) for a in names},
    }
    sites = [(a, size) for a in names for size in ("Low", "High")]
    costs = [[data["demand"][b] * (data["freight_usd_per_1000"][a][b] / 1e3 + data["variable_usd"][a])
              for a, _ in sites] for b in names]
    known = direct.location([data["fixed_kusd"][a][size] * 1e3 for a, size in sites], costs,
                            [data["demand"][b] for b in names],
                            [data["capacity_kunits"][a][size] * 1e3 for a, size in sites])
    reading = regions(json.dumps(data))
    assert reading.printed(least(reading, tmp_path).claims.cost) == pytest.approx(known, rel=NEAR)


def front(reading: Reading, folder: Path) -> list[tuple[float, float]]:
    case = through_a_workbook(reading, folder)
    found = frontier(case, SolveOptions(gap=0.0, time=None), criteria=reading.criteria, step=0.0)
    return points_of(reading, found)


def alike(found: list[tuple[float, float]], known: list[tuple[float, float]]) -> bool:
    return found == [pytest.approx(point, abs=1e-5) for point in known]


@pytest.mark.parametrize("seed", SEEDS)
def test_knapsacks(seed: int, tmp_path: Path) -> None:
    drawn = random.Random(700 + seed)
    first, second, weights = ([drawn.randrange(1, 40) for _ in range(8)] for _ in range(3))
    capacity = sum(weights) // 2
    reading = knapsack(untidy((8, 2, 1, *first, *second, *weights, capacity), drawn))
    known = sorted((-a, -b) for a, b in direct.knapsack(first, second, weights, capacity))
    assert len(known) > 1
    assert alike(front(reading, tmp_path), known)


@pytest.mark.parametrize(("seed", "head"), [(0, (5,)), (1, (2, 5)), (2, (5, 2))])
def test_assignments(seed: int, head: tuple[int, ...], tmp_path: Path) -> None:
    """The size stands alone, after the number of objectives or before it; one is a table in brackets."""
    drawn = random.Random(800 + seed)
    first, second = ([[drawn.randrange(0, 20) for _ in range(5)] for _ in range(5)] for _ in range(2))
    body = f"{first}\n{second}" if seed == 1 else untidy((x for row in (*first, *second) for x in row), drawn)
    reading = assignment(" ".join(map(str, head)) + "\n" + body.lstrip("\ufeff"))
    known = direct.assignment(first, second)
    assert len(known) > 1
    assert alike(front(reading, tmp_path), known)


@pytest.mark.parametrize("seed", SEEDS)
def test_coverings(seed: int, tmp_path: Path) -> None:
    drawn = random.Random(900 + seed)
    first = [drawn.randrange(1, 20) for _ in range(8)]
    second = [21 - cost + drawn.randrange(5) for cost in first]
    rows = [sorted(drawn.sample(range(1, 9), drawn.randrange(2, 6))) for _ in range(6)]
    reading = covering(untidy((6, 8, *first, *second, *(x for row in rows for x in (len(row), *row))), drawn))
    known = direct.covering(first, second, rows)
    assert len(known) > 1
    assert alike(front(reading, tmp_path), known)


@pytest.mark.parametrize(("converter", "text", "words"), [
    (capacitated, "2 1\n 10 5\n 10 five\n 3 1 1", "line 3: 'five' is no number, and the fixed cost of site 2 should"),
    (capacitated, "2 1 10 5 10 5 3 1", "the file ends where the cost of customer 1 at site 2 should stand"),
    (capacitated, "1 1 10 5 3 1\n 8", "line 2: '8' stands after the end of the problem"),
    (capacitated, "1 1 10 5 0 1", "customer 1 has a demand of 0"),
    (capacitated, "1.5 1 10 5 3 1", "line 1: 1.5 cannot be the number of sites: a whole number from 1"),
    (capacitated, "1 1 10 inf 3 1", "'inf' is no number"),
    (capacitated, "", "the file ends where the number of sites should stand"),
    (simple, "FILE: x\n1 1 0 one 5 3", "'one' is no number, and the number of site 1 should stand there"),
    (median, "3 1 1\n1 2 5", "a node cannot be reached"),
    (median, "2 1 1\n1 4 5", "edge 1 ends at node 4, and there are 2"),
    (knapsack, "1 3 1 4 5 6 7 8", "3 objectives and 1 constraints"),
    (assignment, "2\n1 2 3 4\n5 6 7", "two tables of 2 x 2 costs are wanted, and 7 numbers follow"),
    (assignment, "1\n1\n-5", "a cost is below 0"),
    (covering, "1 2 1 1 1 1 1 3", "row 1 is covered by column 3, and there are 2"),
    (covering, "1 2 1 1 1 1 0", "0 cannot be how many columns cover row 1: a whole number from 1"),
    (lots, '{"demand": [1, 2], "setup": [3]}', "'setup' has 1 periods, and the demand has 2"),
    (chain, '{"plants": [], "markets": [], "final": [], "io": {"p": {}}, "unit_of_process": {}}', "'p' has no unit"),
    (chain, '{"plants": [], "markets": [], "final": [], "io": {"p": {"a": 2}}, "unit_of_process": {"p": "u"}}',
     "'p' is to make 1 of its first output"),
])
def test_what_is_not_as_its_format_says_is_told(converter: Converter, text: str, words: str) -> None:
    with pytest.raises(FormatError) as fault:
        converter(text)
    assert words in str(fault.value)


def test_numbers_are_read_as_fortran_writes_them() -> None:
    words = Tokens("7500. .5 -1.5D+03 2d2 1E-3 +4 % 9\n// 8\n[6, 5;4]|3")
    assert words.numbers(6, "number") == [7500.0, 0.5, -1500.0, 200.0, 0.001, 4.0]
    assert words.numbers(4, "number") == [6.0, 5.0, 4.0, 3.0]
    words.end()


def test_a_converter_may_be_bound_to_what_a_file_leaves_open() -> None:
    bound: Converter = partial(capacitated, capacity=9.0)
    assert [plant.module for plant in bound("1 1 capacity 5 3 1").case.plants] == [9.0]
