"""A second solver's word: where both agree, and a wrong bound, a wrong incumbent and a wrong status, each told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer import SolveOptions
from optimizer.model.assemble import build
from optimizer.model.compiled import Compiled, compile_model
from optimizer.solve.confirm import confirmed
from optimizer.solve.goals import Clock, NoPlan, Pursuit, Reached
from optimizer.solve.session import Session
from tests.cases.little import little, offer
from tests.random_cases import random_case


def _arrays(seed: int | None = None) -> Compiled:
    """A random case, or the one whose deal saves 16 of 50 by hand: least cost 34."""
    return compile_model(build(little(*offer()) if seed is None else random_case(seed)))


def _least(compiled: Compiled) -> Reached | None:
    pursuit = Pursuit(compiled.case, Session(compiled), SolveOptions(gap=0.0), Clock(60.0), lambda _: None)
    try:
        return pursuit.pursue(("cost",))[1]["cost"]
    except NoPlan:
        return None


@pytest.mark.parametrize("seed", range(8))
def test_both_solvers_agree_on_random_cases(seed: int) -> None:
    compiled = _arrays(seed)
    assert not compiled.settled
    told = confirmed(compiled, "cost", _least(compiled), {}, 0.0, 60.0)
    assert told.verdict == "agrees", told


def test_both_agree_that_there_is_no_plan() -> None:
    compiled = _arrays()
    most = {"dependence": 0.1}
    session = Session(compiled)
    session.bound(compiled.column_numbers["goal", ("dependence",)], upper=0.1)
    pursuit = Pursuit(compiled.case, session, SolveOptions(), Clock(60.0), lambda _: None)
    with pytest.raises(NoPlan):
        pursuit.pursue(("cost",))
    assert confirmed(compiled, "cost", None, most, 0.0, 60.0).verdict == "agrees"


@pytest.mark.parametrize(("value", "bound", "told"), [
    (34.0, 33.0, ""), (30.0, 29.0, "comes to 34 at least"), (40.0, 39.0, "was held to be the least possible"),
])
def test_a_wrong_incumbent_and_a_wrong_bound_are_told(value: float, bound: float, told: str) -> None:
    """By hand the least is 34: a plan of 30 breaks rows, and a bound of 39 leaves the best plan out."""
    compiled = _arrays()
    unit = compiled.money
    said = confirmed(compiled, "cost", Reached(value / unit, bound / unit, None, True), {}, 0.0, 60.0)
    assert said.verdict == ("contradicts" if told else "agrees")
    assert told in said.reason
    assert said.value == pytest.approx(34.0)


def test_a_wrong_status_is_told() -> None:
    compiled = _arrays()
    assert "SCIP has a plan" in confirmed(compiled, "cost", None, {}, 0.0, 60.0).reason
    closed = replace(compiled, upper=compiled.upper.copy())
    closed.upper[closed.column_numbers["goal", ("cost",)]] = 1.0 / closed.money
    found = confirmed(closed, "cost", Reached(34.0 / closed.money, 0.0, None, True), {}, 0.0, 60.0)
    assert (found.verdict, found.reason) == ("contradicts", "SCIP holds that there is no plan")


def test_where_the_time_is_not_enough_nothing_is_held() -> None:
    compiled = _arrays(3)
    reached = _least(compiled)
    assert reached is not None
    assert confirmed(compiled, "cost", reached, {}, 0.0, 0.0).verdict in ("open", "agrees")
