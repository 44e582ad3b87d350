"""A second solver's word: where both agree, and a wrong bound, a wrong incumbent and a wrong status, each told."""

from __future__ import annotations

import os
import random
import signal
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from optimizer import SolveOptions, read_case
from optimizer.case.schema import Criterion, Deal, Filter, Limit, Row, Series
from optimizer.model.assemble import build
from optimizer.model.compiled import Compiled, compile_model
from optimizer.report.story import proof
from optimizer.solve import confirm
from optimizer.solve.confirm import confirmed
from optimizer.solve.events import Event, StageStarted
from optimizer.solve.goals import Clock, NoPlan, Pursuit, Reached
from optimizer.solve.plan import CheckRefused, Infeasible
from optimizer.solve.session import Session
from optimizer.solve.solve import solve
from optimizer.solve.stopping import Stop
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


CONFIRMED = SolveOptions(gap=0.0, as_now=False, unique=False, confirm=True)


def test_a_plan_bears_what_the_second_solver_made_of_it() -> None:
    found = solve(little(*offer()), CONFIRMED).confirmed
    assert found is not None
    assert (found.goal, found.verdict) == ("cost", "agrees")
    assert (found.value, found.bound) == (pytest.approx(34.0), pytest.approx(34.0))
    assert solve(little(*offer()), replace(CONFIRMED, confirm=False)).confirmed is None


@pytest.mark.parametrize("options", [{"goal": "dependence", "budget": 54.0}, {"goal": "cost", "cap": 0.4}])
def test_the_second_solver_keeps_to_the_budget_and_the_cap(options: dict[str, object]) -> None:
    """The deal is dear, 12 a tonne: 54 pays for two tonnes of five, 40 % want three. Unbounded, there is better."""
    plan = solve(little(*offer(12.0)), replace(CONFIRMED, **options))  # type: ignore[arg-type]  # of many types
    assert plan.confirmed is not None
    assert plan.confirmed.verdict == "agrees"
    assert plan.confirmed.value == pytest.approx({"dependence": 0.6, "cost": 56.0}[str(options["goal"])])


def test_that_there_is_no_plan_is_confirmed_too() -> None:
    with pytest.raises(Infeasible) as none:
        solve(little(*offer()), replace(CONFIRMED, cap=0.1))
    assert none.value.reason.confirmed is not None
    assert none.value.reason.confirmed.verdict == "agrees"
    with pytest.raises(Infeasible) as unasked:
        solve(little(*offer()), replace(CONFIRMED, cap=0.1, confirm=False))
    assert unasked.value.reason.confirmed is None


@pytest.mark.parametrize("cap", [None, 0.1])
def test_a_contradiction_leaves_no_plan(cap: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second solver that finds 30 where 34 is the least, with a plan and where there is none."""
    monkeypatch.setattr(confirm, "_found", lambda _: confirm._Found("optimal", 30.0, 30.0))
    with pytest.raises(CheckRefused, match=r"SCIP has a plan,? of cost 30") as refused:
        solve(little(*offer()), replace(CONFIRMED, cap=cap))
    assert refused.value.by.startswith("A second solver (SCIP ")


def split(deals: int = 40) -> tuple[Row, ...]:
    """Deals of which three criteria are each to come to half of their sum: no solver of today settles it soon."""
    drawn = random.Random(5)
    rows: list[Row] = [Deal(name=f"d{i}", signings_at_most=1, window_from=2030, window_to=2030) for i in range(deals)]
    for k in ("a", "b", "c", "d"):
        weights = [drawn.randrange(1, 100) for _ in range(deals)]
        rows += [Criterion(criterion=k, applies_to=f"d{i}", per_signing=float(w)) for i, w in enumerate(weights)]
        for sense in ("at most", "at least"):
            rows.append(Limit.model_validate({
                "name": f"{k} {sense}", "measure": "criterion", "filter": Filter(terms=(("criterion", (k,)),)),
                "sense": sense, "value": Series.of(float(sum(weights) // 2)), "over": "horizon",
            }))
    return tuple(rows)


def test_the_user_may_stop_the_second_solver() -> None:
    """Without time to end it, it runs on for hours: what ends it is the wish to stop."""
    compiled = compile_model(build(little(*split())))
    stop = Stop()
    timer = threading.Timer(1.0, lambda: setattr(stop, "asked", True))
    timer.start()
    found = confirmed(compiled, "cost", None, {}, 0.0, None, stop)
    timer.join()
    assert (found.verdict, found.value) == ("open", None)


def test_a_search_that_was_stopped_is_put_to_nobody() -> None:
    def press(event: Event) -> None:
        if event == StageStarted("check"):
            os.kill(os.getpid(), signal.SIGINT)

    plan = solve(little(*offer()), CONFIRMED, press)
    assert plan.confirmed is None
    assert "The search was stopped before a second solver was asked." in proof(plan)


def test_both_solvers_agree_on_india() -> None:
    india = read_case(Path(__file__).parents[2] / "inputs" / "india.xlsx")
    plan = solve(india, replace(CONFIRMED, gap=0.05, time=None))
    assert plan.confirmed is not None
    assert (plan.confirmed.goal, plan.confirmed.verdict) == ("dependence", "agrees")
