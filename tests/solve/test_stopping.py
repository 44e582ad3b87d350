"""Stopping early: Ctrl-C in every stage, a limit in time shared by the goals, and what is then said of the plan."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizer.case.case import Case
from optimizer.report.document import plan_data
from optimizer.solve.events import Event, Incumbent, Stages, StageStarted, Stopping
from optimizer.solve.goals import Clock, Pursuit
from optimizer.solve.plan import Plan, SolveOptions, Unsolved
from optimizer.solve.session import Outcome, Result, Session
from optimizer.solve.solve import solve
from tests.solve.test_session import choice

STAGES = ("build", "compile", "least cost", "dependence", "cost", "check", "as now", "unique")


def budgeted() -> Case:
    """The choice with a budget of 220 above its least cost: 1,220, for which the deal can be had; 40 % dependent."""
    case = choice()
    settings = case.settings.model_copy(update={"budget_above_least_cost": 220.0, "then": ("cost",)})
    return replace(case, settings=settings)


def pressed(stage: str, times: int = 1) -> tuple[list[Event], Callable[[Event], None]]:
    """What is told, and a listener that presses Ctrl-C when a stage begins."""
    told: list[Event] = []

    def listen(event: Event) -> None:
        told.append(event)
        if event == StageStarted(stage):
            for _ in range(times):
                os.kill(os.getpid(), signal.SIGINT)

    return told, listen


def stopped_at(stage: str) -> tuple[Plan, list[Event]]:
    told, listen = pressed(stage)
    return solve(budgeted(), SolveOptions(gap=0.0), listen), told


def test_the_stages_are_told_in_order() -> None:
    told: list[Event] = []
    solve(budgeted(), SolveOptions(gap=0.0), told.append)
    assert told[0] == Stages(STAGES)
    started = [event.name for event in told if isinstance(event, StageStarted) and event.name != "solve"]
    assert tuple(started) == STAGES


def test_incumbents_are_told_in_the_unit_of_their_goal() -> None:
    told: list[Event] = []
    solve(budgeted(), SolveOptions(gap=0.0), told.append)
    last = {event.goal: event for event in told if isinstance(event, Incumbent)}
    first_cost = next(event for event in told if isinstance(event, Incumbent))
    assert (first_cost.goal, first_cost.unit) == ("cost", "USD")
    assert first_cost.value == pytest.approx(1000.0)
    assert last["dependence"].unit == "share"


@pytest.mark.parametrize("stage", ["build", "compile", "least cost"])
def test_before_there_is_a_plan_ctrl_c_gives_up(stage: str) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        stopped_at(stage)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("stage", ["dependence", "cost"])
def test_in_a_goal_ctrl_c_gives_the_best_plan_so_far(stage: str) -> None:
    plan, told = stopped_at(stage)
    assert plan.status == "stopped"
    assert plan.checked
    assert told.count(Stopping()) == 1
    assert plan.unique_deals is None
    assert plan.as_now is not None
    assert plan.as_now.claims.cost == pytest.approx(1000.0)
    assert math.isfinite(plan.gap)
    assert plan_data(plan)["gap"] is not None
    assert plan.bound <= 0.4 + 1e-9 <= plan.best["dependence"] + 2e-9


def test_what_was_proved_before_stays_proved() -> None:
    plan, _ = stopped_at("cost")
    assert plan.best["dependence"] == pytest.approx(0.4)
    assert plan.bound == pytest.approx(0.4)
    assert plan.claims.cost <= 1220.0 + 1e-3


def test_the_plan_of_least_cost_serves_where_nothing_else_was_found() -> None:
    """No deal is signed in it, so that nothing but the rival's is left, whatever the budget."""
    plan, _ = stopped_at("dependence")
    assert plan.goals["dependence"] == pytest.approx(1.0)
    assert plan.claims.cost == pytest.approx(1000.0)
    assert not plan.amounts.sign


@pytest.mark.parametrize("stage", ["check", "as now", "unique"])
def test_after_the_goals_ctrl_c_takes_nothing_from_the_proof(stage: str) -> None:
    plan, _ = stopped_at(stage)
    assert plan.status == "proved"
    assert plan.best["dependence"] == pytest.approx(0.4)
    assert (plan.as_now is None) == (stage == "as now")
    assert any("as now" in note for note in plan.notes) == (stage == "as now")
    if stage != "unique":
        assert plan.unique_deals is None


@pytest.mark.parametrize("stage", STAGES[3:])
def test_a_second_ctrl_c_gives_up(stage: str) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        solve(budgeted(), SolveOptions(gap=0.0), pressed(stage, times=2)[1])
    assert signal.getsignal(signal.SIGINT) is before


def test_a_search_that_runs_ends_at_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver is asked to stop, and a run after it that has to end by itself is not stopped too."""
    real, seen = Session._awaited, []

    def awaited(self: Session, tell: Callable[[], None] | None = None, *, stoppable: bool = False) -> object:
        if stoppable and not self.stop.asked and not seen:
            os.kill(os.getpid(), signal.SIGINT)
        status = real(self, tell, stoppable=stoppable)
        seen.append((stoppable, self.stop.asked))
        return status

    monkeypatch.setattr(Session, "_awaited", awaited)
    try:
        plan = solve(choice(), SolveOptions(then=("cost",), gap=0.0))
    except KeyboardInterrupt:
        assert seen == [(True, True)]  # the solver looked whether it shall stop before it had a plan
    else:
        assert plan.checked
        assert plan.status == "stopped"
        assert (False, True) in seen


def test_elsewhere_than_in_the_main_thread_ctrl_c_is_left_alone() -> None:
    plans: list[Plan] = []
    thread = threading.Thread(target=lambda: plans.append(solve(choice(), SolveOptions(gap=0.0))))
    thread.start()
    thread.join()
    assert plans[0].status == "proved"


def test_a_clock_shares_what_is_left() -> None:
    half = Clock(100.0).part(0.5)
    assert half.left == pytest.approx(50.0, abs=1.0)
    assert Clock(None).part(0.5).left is None
    assert Clock(1.0, time.monotonic() - 5.0).part(0.5).left == 0.0


def test_a_goal_leaves_time_for_those_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real, given = Session.minimise, []

    def noted(self: Session, column: int, **how: object) -> Result:
        given.append(how["seconds"])
        return real(self, column, **how)  # type: ignore[arg-type]  # handed through as it came

    monkeypatch.setattr(Session, "minimise", noted)
    solve(budgeted(), SolveOptions(gap=0.0, time=1000.0, as_now=False, unique=False))
    least_cost, first, last = given
    assert least_cost < 0.3 * 1000
    assert first < 0.7 * 0.9 * 1000
    assert first < last < 0.9 * 1000


def test_a_goal_after_one_that_was_not_proved_is_searched_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    real, goals = Pursuit.minimise, []

    def first_stopped(self: Pursuit, goal: str, column: int, **how: object) -> Result:
        result = real(self, goal, column, **how)  # type: ignore[arg-type]  # handed through as it came
        goals.append(goal)
        return replace(result, outcome=Outcome.STOPPED, bound=0.1) if goal == "dependence" else result

    monkeypatch.setattr(Pursuit, "minimise", first_stopped)
    plan = solve(choice(), SolveOptions(then=("cost",), gap=0.0, as_now=False))
    assert goals == ["dependence", "cost"]
    assert plan.status == "stopped"
    assert plan.gap == pytest.approx(0.3)


def test_where_no_search_gave_a_bound_there_is_one_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the second goal the time finds nothing; without the integers cost cannot be below 1,000 + 120 + 60."""
    real = Pursuit.minimise

    def nothing_later(self: Pursuit, goal: str, column: int, **how: object) -> Result:
        if goal == "cost":
            return Result(Outcome.NOTHING, np.empty(0), 0.0, float("-inf"))
        return real(self, goal, column, **how)  # type: ignore[arg-type]  # handed through as it came

    monkeypatch.setattr(Pursuit, "minimise", nothing_later)
    plan = solve(choice(), SolveOptions(then=("cost",), gap=0.0, as_now=False))
    assert plan.status == "stopped"
    assert plan.goals["dependence"] == pytest.approx(0.4, abs=1e-3)
    assert 0.0 <= plan.gap < 0.1
    assert math.isfinite(plan.gap)


def test_no_plan_in_the_time_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = Result(Outcome.NOTHING, np.empty(0), 0.0, float("-inf"))
    monkeypatch.setattr(Session, "_search", lambda self, progress, start=None: nothing)
    with pytest.raises(Unsolved, match=r"^The time ran out .*\.$"):
        solve(choice(), SolveOptions(goal="dependence"))


def test_a_listener_that_fails_ends_the_solve_with_its_fault() -> None:
    def failing(event: Event) -> None:
        if isinstance(event, Incumbent):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        solve(choice(), SolveOptions(gap=0.0), failing)


def test_nothing_costs_minus_zero_and_dust_is_left_out() -> None:
    plan = solve(budgeted(), SolveOptions(gap=0.0))
    numbers = [*plan.claims.cash.values(), *plan.claims.charged.values(), plan.claims.cost, *plan.goals.values()]
    assert all(math.copysign(1.0, number) > 0 for number in numbers if number == 0)
    for family in plan.amounts.families():
        amounts = [abs(float(v)) for v in getattr(plan.amounts, family).values()]
        assert all(v >= 1e-6 * max(amounts) for v in amounts)


@pytest.mark.parametrize("options", [{"gap": -1.0}, {"time": -1.0}, {"threads": 0}, {"cap": 30.0}])
def test_options_that_no_search_can_use_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        SolveOptions(**options)
