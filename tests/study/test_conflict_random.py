"""Conflicts and ways out of random cases, held against solves of the case itself and against brute force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from optimizer.case.case import Case
from optimizer.case.changes import apply_changes
from optimizer.case.checks import check_case
from optimizer.case.schema import Demand, Lane, Supply
from optimizer.model.elastic import Asked, Member, elastic
from optimizer.solve.conflict import Judge
from optimizer.solve.goals import Clock
from optimizer.solve.plan import Infeasible, SolveOptions
from optimizer.solve.solve import solve
from optimizer.study.clash import Clash
from optimizer.study.conflict import Conflict, conflict
from optimizer.study.ground import Ground
from optimizer.study.question import Question
from optimizer.study.steps import calendar
from tests.cases.little import FIRST, S, little, source
from tests.random_cases import random_case

CAPS = st.sampled_from([None, None, 0.05, 0.3, 0.6])
BUDGETS = st.sampled_from([None, None, 500.0, 1500.0, 3000.0])
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A case of a seed is no simpler for a smaller one, and each is solved a dozen times."""

SEEDS = st.integers(0, 5000)


def feasible(case: Case, asked: Asked) -> bool:
    """Whether the model itself has a plan, in bounds of its own."""
    given_ = (("dependence", asked.cap), ("cost", asked.most))
    caps = tuple((goal, most) for goal, most in given_ if most is not None)
    answer = Ground(case, SolveOptions()).answer(Question(("dependence",), caps=caps, any_plan=True), Clock(None))
    assert answer.outcome in ("none", "stopped")
    return answer.found


def tightened(seed: int, cap: float | None, budget: float | None) -> tuple[Case, Asked]:
    """A random case with cap and budget, which the case itself then has none of."""
    case = random_case(seed)
    assume(not [finding for finding in check_case(case) if finding.level == "error"])
    none = {"dependence_cap": None, "budget": None, "budget_above_least_cost": None}
    return replace(case, settings=case.settings.model_copy(update=none)), Asked(cap, budget)


@settings(max_examples=20, deadline=None, phases=UNSHRUNK)
@given(seed=SEEDS, cap=CAPS, budget=BUDGETS)
def test_elastic_columns_at_nothing_are_the_model_itself(seed: int, cap: float | None, budget: float | None) -> None:
    case, asked = tightened(seed, cap, budget)
    verdict = Judge(elastic(case, asked), whole=True).infeasible(())
    assert verdict is not feasible(case, asked)


def without(case: Case, asked: Asked, clash: Clash, left_out: int | None, *, whole: bool) -> bool | None:
    """Whether members and steps of a conflict are infeasible by themselves, all else given way, one of them out."""
    members: list[Member] = list(clash.members)
    steps = list(clash.steps)
    out = None
    if left_out is not None and left_out < len(members):
        out = members[left_out]
    elif left_out is not None:
        del steps[left_out - len(members)]
    stays = {one.address for one in steps}
    gone = [one.change(one.end) for one in calendar(case) if one.address not in stays]
    case = apply_changes(case, gone, checked=False)
    held = {member for member in members if member is not out}
    arrays = elastic(case, asked)
    giving = [i for i, member in enumerate(arrays.members) if member not in held]
    return Judge(arrays, whole=whole).infeasible(giving)


@settings(max_examples=6, deadline=None, phases=UNSHRUNK)
@given(seed=SEEDS, cap=CAPS, budget=BUDGETS)
def test_a_conflict_is_infeasible_alone_and_feasible_without_any_one_of_it(
    seed: int, cap: float | None, budget: float | None
) -> None:
    case, asked = tightened(seed, cap, budget)
    assume(not feasible(case, asked))
    found = conflict(case, SolveOptions(cap=cap, budget=budget, time=60.0))
    assert found.status == "infeasible"
    assert found.clash is not None
    assert all(part.decided for part in found.clash.parts)
    assert without(case, asked, found.clash, None, whole=True) is True
    for i in range(len(found.clash.members) + len(found.clash.steps)):
        # a conflict of a linear program leaves a solution of the linear program without any one of it
        assert without(case, asked, found.clash, i, whole=found.clash.whole) is False
    _ways_leave_plans(found)


def _ways_leave_plans(found: Conflict) -> None:
    """Every way out, solved in its own case; none changes what another does and costs more."""
    seen = [frozenset(move.address for move in repair.moves) for repair in found.repairs]
    assert len(set(seen)) == len(seen)
    for repair in found.repairs:
        assert not [finding for finding in check_case(repair.case) if finding.level == "error"]
        solve(repair.case, SolveOptions(as_now=False, unique=False, gap=0.5))


def grid() -> Iterator[tuple[float, float, float]]:
    """Supply, lane and need that the case can be changed to, in steps of one."""
    return product(range(1, 7), range(2, 7), range(7))  # type: ignore[return-value]


@pytest.mark.parametrize(("supply", "lane", "tonnes"), [(1.0, 2.0, 6.0), (2.0, 2.0, 4.0), (3.0, 5.0, 6.0)])
def test_the_cheapest_way_out_against_brute_force(supply: float, lane: float, tonnes: float) -> None:
    """Clear product through a lane for a need that must be clear: every combination of whole tonnes is solved."""
    def at(bought: float, shipped: float, asked: float) -> Case:
        rows = source(limit=S(bought))
        rows[1] = Lane(name="from ally", material="product", origin="Ally", destination="Home", limit=S(shipped))
        line = Demand(name="need", sector="need", place="Home", material="product", tonnes=S(asked),
                      clear_share=S(1.0), law=False)
        case = little(*rows)
        return replace(case, sheets={**case.sheets, "Demand": (line,)})

    def weighs(bought: float, shipped: float, asked: float) -> float:
        return 100 * ((bought - supply) / supply + (shipped - lane) / lane + (tonnes - asked) / tonnes)

    found = conflict(at(supply, lane, tonnes), SolveOptions(gap=0.0))
    cheapest = min(
        weighs(*numbers) for numbers in grid()
        if numbers[0] >= supply and numbers[1] >= lane and numbers[2] <= tonnes and _has_plan(at(*numbers))
    )
    # what must be clear may be a smaller share, too: by as much as the need may be less
    assert found.repairs[0].weighed == pytest.approx(cheapest)


def _has_plan(case: Case) -> bool:
    try:
        solve(case, SolveOptions(as_now=False, unique=False, gap=0.5))
    except Infeasible:
        return False
    return True


def test_an_interval_between_cells_of_two_years_is_found() -> None:
    """One supply over two years with a total of 7 t against 5 t a year: the total and both needs, or one need less."""
    total = Supply(name="exposed", place="Concern", material="product", price=S(10), total=7.0)
    case = little(years=2)
    found = conflict(replace(case, sheets={**case.sheets, "Supply": (total,)}), SolveOptions(gap=0.0))
    assert found.clash is not None
    assert [(part.address, part.year) for part in found.clash.parts] == [
        ("Demand[need].tonnes", FIRST), ("Demand[need].tonnes", FIRST + 1), ("Supply[exposed].total", None)]
    # the need is one cell for both years: 1.5 t less of 5 are 30 %, 3 t more of 7 are 42.9 %
    assert [(round(repair.weighed, 1), repair.moves[0].new) for repair in found.repairs] == [(30.0, 3.5), (42.9, 10.0)]
