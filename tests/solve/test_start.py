"""What a search starts from: a solution of the rows, no worse than the plans known, and without a trace afterwards."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.model.compiled import Floats
from optimizer.solve.goals import Clock
from optimizer.solve.session import Session, violations
from optimizer.solve.start import Start
from tests.study.brute import Brute
from tests.study.test_frontier import SEEDS, every

GAPS = (0.0, 1e-9)


def goal(brute: Brute, name: str) -> int:
    column = brute.compiled.column("goal", (name,))
    assert column is not None
    return column


def plans(brute: Brute) -> list[Floats]:
    """Every combination of decisions, with the flows of least cost."""
    found = [brute.least("cost", where=lambda held, mine=mine: held == mine) for mine in brute.feasible]
    return [best.numbers for best in found if best is not None]


def start(session: Session, brute: Brute, known: list[Floats]) -> Floats:
    return Start(session, goal(brute, "cost"), GAPS, Clock(None)).found(known)


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_one_plan_known_keeps_its_decisions_with_the_best_flows(seed: int) -> None:
    brute = every(seed)
    cost, session = goal(brute, "cost"), Session(brute.compiled)
    for numbers in plans(brute)[:12]:
        spoilt = np.where(brute.compiled.integer, numbers, 0.0)
        found = start(session, brute, [spoilt])
        assert found[cost] == pytest.approx(numbers[cost], rel=1e-7)
        assert np.round(found[brute.compiled.integer]).tolist() == np.round(numbers[brute.compiled.integer]).tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_between_plans_known_lies_no_worse_one(seed: int) -> None:
    """Half way between the ends of dependence, from both ends: within the cap, and not below the least there is."""
    brute = every(seed)
    cost, dependence = goal(brute, "cost"), goal(brute, "dependence")
    cheap, clear = brute.least("cost"), brute.least("dependence")
    assert cheap is not None
    assert clear is not None
    cap = (cheap.numbers[dependence] + clear.value) / 2
    least = brute.least("cost", {"dependence": cap})
    own = brute.least("cost", {"dependence": cap}, lambda held: held == clear.held)
    assert least is not None
    assert own is not None
    session = Session(brute.compiled)
    session.bound(dependence, upper=cap)
    found = start(session, brute, [cheap.numbers, clear.numbers])
    assert violations(brute.compiled, found) == []
    assert found[dependence] <= cap + 1e-7
    slack = 1e-6 * max(1.0, abs(own.value))
    assert least.value - slack <= found[cost] * brute.money <= own.value + slack
    # nothing that was held stays so
    whole = session.minimise(cost, gap=0.0, absolute=1e-9, seconds=None)
    assert whole.objective * brute.money == pytest.approx(least.value, rel=1e-6)


def test_a_plan_known_that_breaks_a_bound_or_a_row_is_no_start() -> None:
    brute = every(SEEDS[0])
    clear = brute.least("dependence")
    assert clear is not None
    signed = [brute.compiled.column_numbers[name] for name, number in clear.held.items() if number]
    barred, capped = Session(brute.compiled), Session(brute.compiled)
    barred.bound(signed[0], upper=0.0)
    capped.bound(goal(brute, "cost"), upper=float(clear.numbers[goal(brute, "cost")]) * 0.5)
    for session in (barred, capped):
        assert start(session, brute, [clear.numbers]).size == 0
        assert start(session, brute, [clear.numbers, clear.numbers]).size == 0
    assert start(Session(brute.compiled), brute, [clear.numbers]).size > 0
