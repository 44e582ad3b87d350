"""Published answers of two stages, each through a workbook of ours, searched as one and taken apart."""

from __future__ import annotations

import itertools
import random
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from optimizer.solve.plan import SolveOptions
from optimizer.study.robust import Robust, robust
from tests.reference.converters import FormatError, Reading, text_of
from tests.reference.formats.recourse import two_stage
from tests.reference.formats.smps import TwoStage
from tests.reference.registry import Futures
from tests.reference.test_published import least, lines, through_a_workbook

WAYS = (10**9, 0)
"""Columns of all futures up to which they are searched as one: all, none."""

BESIDE = 1e-4
"""Bar of what is printed beside the first number, relative: it is a difference, or moves by a module's step."""

DIFFERENCES = ("evpi", "vss")


def answered(reading: Reading, folder: Path, goal: str = "expected", whole: int = WAYS[0]) -> Robust:
    options = SolveOptions(gap=1e-9, time=None)
    return robust(through_a_workbook(reading, folder), options, goal=goal, whole=whole)


@pytest.mark.parametrize("whole", WAYS)
@pytest.mark.parametrize("line", lines(Futures))
def test_the_printed_number_comes_out(line: Futures, whole: int, tmp_path: Path) -> None:
    reading = line.reading()
    found = answered(reading, tmp_path, whole=whole)
    for number in (found.expected, found.goal.low):
        assert reading.printed(number) == pytest.approx(line.value, rel=line.tolerance)
    assert found.vss is not None
    told = {"evpi": found.evpi.value, "vss": found.vss.value}
    assert told == pytest.approx({name: line.more[name] for name in DIFFERENCES}, rel=BESIDE)
    if line.first is not None:
        size = {plant.name: plant.module or 0.0 for plant in reading.case.plants}
        built = {index[0]: size[index[0]] * n for (family, index), n in found.now.items() if family == "modules"}
        assert built == pytest.approx(dict(line.first))


@pytest.mark.parametrize(("line", "goal"), [
    pytest.param(*one.values[:1], goal, id=f"{one.id}-{goal}") for one in lines(Futures)
    for goal in one.values[0].more if goal not in (*DIFFERENCES, "base")
])
def test_other_goals_come_out_too(line: Futures, goal: str, tmp_path: Path) -> None:
    reading = line.reading()
    assert reading.printed(answered(reading, tmp_path, goal).goal.value) == pytest.approx(line.more[goal], rel=BESIDE)


@pytest.mark.parametrize("line", lines(Futures))
def test_a_second_solver_agrees_on_the_base(line: Futures, tmp_path: Path) -> None:
    reading = line.reading()
    plan = least(reading, tmp_path)
    if "base" in line.more:
        assert reading.printed(plan.claims.cost) == pytest.approx(line.more["base"], rel=line.tolerance)


def drawn_problem(seed: int) -> tuple[str, float]:
    """Two capacities, two goods of drawn demand, bought dear or made; its text in SMPS and its least by scipy.

    The first stage is whole, so that the answer does not turn on a module's size. Demands are independent of each
    other, or drawn together in blocks.
    """
    drawn = random.Random(seed)
    cost, short = [drawn.randrange(2, 9) for _ in range(2)], [drawn.randrange(12, 40) for _ in range(2)]
    run = [[drawn.randrange(1, 9) for _ in range(2)] for _ in range(2)]
    yields = [drawn.choice((1.0, 1.5, 2.0)) for _ in range(2)]
    levels, shares = [[drawn.randrange(1, 15) for _ in range(3)] for _ in range(2)], (0.2, 0.5, 0.3)
    most = drawn.randrange(8, 20)
    core = ["NAME drawn", "ROWS", " N COST", " L SPACE", " L USE0", " L USE1", " G NEED0", " E NEED1", "COLUMNS"]
    core += [f" X{i} COST {cost[i]} SPACE 1\n X{i} USE{i} -{yields[i]}" for i in range(2)]
    core += [f" Y{i}{j} COST {run[i][j]} USE{i} 1\n Y{i}{j} NEED{j} 1.D+00" for i in range(2) for j in range(2)]
    core += [f" B{j} COST {short[j]} NEED{j} 1" for j in range(2)]
    core += ["RHS", f" RHS SPACE {most}", *(f" RHS NEED{j} {levels[j][0]}" for j in range(2)), "BOUNDS",
             " UP BND X0 12", "ENDATA", "* the split", "TIME drawn", "PERIODS", " X0 SPACE ONE", " Y00 USE0 TWO",
             "ENDATA", "STOCH drawn"]
    together = seed % 2 == 1
    if together:
        core.append("BLOCKS DISCRETE")
        for k, share in enumerate(shares):
            core += [f" BL B TWO {share}", *(f" RHS NEED{j} {levels[j][k]}" for j in range(2))]
        scenarios = [(share, [levels[0][k], levels[1][k]]) for k, share in enumerate(shares)]
    else:
        core.append("INDEP DISCRETE")
        core += [f" RHS NEED{j} {levels[j][k]} TWO {share}" for j in range(2) for k, share in enumerate(shares)]
        scenarios = [(shares[a] * shares[b], [levels[0][a], levels[1][b]])
                     for a, b in itertools.product(range(3), repeat=2)]
    core.insert(core.index("RHS") + 1, " RHS COST 2.5")
    core.insert(3, " N IDLE")
    return "\n".join([*core, "ENDATA"]), _extensive(cost, short, run, yields, most, scenarios)


def _extensive(cost: list[int], short: list[int], run: list[list[int]], yields: list[float], most: int,
               scenarios: list[tuple[float, list[int]]]) -> float:
    """The least expected cost of every scenario's own columns beside one first stage, written out."""
    width = 2 + 6 * len(scenarios)
    goal, rows, low, high = np.zeros(width), [], [], []
    goal[:2] = cost
    rows.append(np.r_[1.0, 1.0, np.zeros(width - 2)])
    low.append(-np.inf)
    high.append(float(most))
    for s, (share, needs) in enumerate(scenarios):
        at = 2 + 6 * s
        goal[at: at + 6] = share * np.array([*run[0], *run[1], *short])
        for i in range(2):
            row = np.zeros(width)
            row[i], row[at + 2 * i: at + 2 * i + 2] = -yields[i], 1.0
            rows.append(row)
            low.append(-np.inf)
            high.append(0.0)
        for j in range(2):
            row = np.zeros(width)
            row[[at + j, at + 2 + j, at + 4 + j]] = 1.0
            rows.append(row)
            low.append(needs[j])
            high.append(np.inf if j == 0 else needs[j])
    whole, upper = np.r_[1, 1, np.zeros(width - 2)], np.r_[12.0, np.full(width - 1, np.inf)]
    found = milp(goal, constraints=LinearConstraint(np.array(rows), low, high), integrality=whole,
                 bounds=Bounds(0.0, upper), options={"mip_rel_gap": 0.0})
    assert found.success
    return float(found.fun)


@pytest.mark.parametrize("seed", range(4))
def test_programs_in_smps(seed: int, tmp_path: Path) -> None:
    text, known = drawn_problem(seed)
    reading = two_stage(text, most=30.0)
    found = answered(reading, tmp_path)
    # a constant of -2.5, as MPS has it: on the right-hand side of the objective
    assert reading.printed(found.expected) == pytest.approx(known - 2.5, rel=1e-6)


def test_scenarios_that_branch_from_another_take_its_numbers() -> None:
    head = text_of("lands.smps").partition("INDEP")[0]
    text = head + """SCENARIOS DISCRETE
 SC LOW ROOT 0.25 TIME2
 RHS S2C5 3.0 S2C6 2.5
 SC HIGH LOW 0.75 TIME2
 RHS S2C5 7.0
ENDATA
"""
    assert TwoStage.of(text).scenarios == [
        (0.25, {("", "S2C5"): 3.0, ("", "S2C6"): 2.5}), (0.75, {("", "S2C5"): 7.0, ("", "S2C6"): 2.5}),
    ]


@pytest.mark.parametrize(("was", "now", "words"), [
    ("RHS\n", "RANGES\n R S1C1 3\nRHS\n", "the section RANGES is not read here"),
    (" 12.0   S1C2 ", " twelve   S1C2 ", "'twelve' is no number"),
    ("    TIME2     0.3\nENDATA", "    TIME2     0.2\nENDATA", "probabilities add up to 0.9, not to 1"),
    ("INDEP         DISCRETE", "INDEP         NORMAL", "INDEP of the kind NORMAL are not read here"),
    ("RHS\n", "HRS\n", "there is no section 'HRS'"),
    ("S1C2            120.0", "S1C9            120.0", "there is no row 'S1C9'"),
    (" N  OBJ", " X  OBJ", "a row is written as N, L, G or E and a name"),
    ("    X1        S1C2             10.0   S2C1             -1.0", "    X1        S2C1  1.0", "'X1' is no capacity"),
    ("    Y11       S2C1                     TIME2\n", "", "no section PERIODS with two periods"),
    ("INDEP         DISCRETE\n", "INDEP         DISCRETE\n    X1        OBJ               3.0    TIME2     1.0\n",
     "column 'X1' of row 'OBJ' cannot be random here"),
    ("    Y11       S2C1                     TIME2", "    Y11       S2C0                     TIME2", "no row 'S2C0'"),
    ("TIME1\n", "TIME1\n    Y11       S2C1                     TIME2\n", "more than two periods are not read here"),
    ("    X1        S1C1                     TIME1\n", "    X1\n", "a line of the section PERIODS ends too early"),
    ("ENDATA\nTIME", "BOUNDS\n LO BND X1 2\nENDATA\nTIME", "a bound of the kind LO is not read here"),
])
def test_what_cannot_be_read_is_told(was: str, now: str, words: str) -> None:
    text = text_of("lands.smps")
    assert was in text
    with pytest.raises(FormatError) as fault:
        two_stage(text.replace(was, now, 1))
    assert words in str(fault.value)


def test_a_program_may_be_bound_to_a_module() -> None:
    sizes = {plant.module for plant in partial(two_stage, module=0.5)(text_of("lands.smps")).case.plants}
    assert sizes == {0.5, None}
