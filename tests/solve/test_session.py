"""The session on HiGHS: outcomes told apart, 'infeasible' believed only twice, incumbents held against the arrays."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import pytest

from optimizer.case.case import Case, case_of
from optimizer.case.schema import (
    Deal,
    Demand,
    Lane,
    Limit,
    Material,
    Place,
    Series,
    Settings,
    Supply,
)
from optimizer.model.assemble import build
from optimizer.model.compiled import Compiled, compile_model
from optimizer.solve.events import Event, Incumbent, StageEnded, StageStarted
from optimizer.solve.plan import CheckRefused, Infeasible, SolveOptions, Unsolved
from optimizer.solve.session import Outcome, Result, Session, SolverError, violations
from optimizer.solve.solve import solve

S = Series.of


def choice(cap: float | None = None) -> Case:
    """100 t a year for one year: concern's at 10 a tonne, or a friend's at 12 under a deal that costs 100 to sign."""
    rows = [
        Place(name="home", home=True),
        Place(name="rival", concern=True),
        Place(name="friend"),
        Material(name="magnet", stage="magnet"),
        Supply(name="rival's", place="rival", material="magnet", price=S(10.0)),
        Supply(name="friend's", place="friend", material="magnet", price=S(12.0), limit=S(60.0), deals=(("toll",),)),
        Lane(name="from rival", material="magnet", origin="rival", destination="home"),
        Lane(name="from friend", material="magnet", origin="friend", destination="home"),
        Demand(name="cars", sector="cars", place="home", material="magnet", tonnes=S(100.0)),
        Deal(name="toll", signing_cost=S(100.0)),
    ]
    limits = [] if cap is None else [Limit(name="cap", measure="dependence", sense="at most", value=S(cap))]
    return case_of(Settings(title="choice", first_year=2030, last_year=2030), *rows, *limits)


@pytest.fixture
def compiled() -> Compiled:
    return compile_model(build(choice()))


def test_least_cost_and_least_dependence_by_hand() -> None:
    """All from the rival: 100 x 10 = 1,000. With the deal: 60 x 12 + 40 x 10 + 100 = 1,220 at 40 %."""
    cheap = solve(choice(), SolveOptions(goal="cost", gap=0.0))
    free = solve(choice(), SolveOptions(goal="dependence", gap=0.0))
    assert cheap.claims.cost == pytest.approx(1000.0)
    assert cheap.claims.dependence == pytest.approx(1.0)
    assert free.best["dependence"] == pytest.approx(0.4)
    assert free.claims.cost == pytest.approx(1220.0, rel=1e-3)
    assert free.as_now is not None
    assert free.as_now.claims.cost == pytest.approx(1000.0)
    assert free.unique_deals is True


def test_a_cap_that_nothing_meets_is_infeasible_and_told_so() -> None:
    with pytest.raises(Infeasible):
        solve(choice(cap=0.3), SolveOptions(goal="cost"))


def test_infeasible_is_believed_only_after_a_second_run_without_presolve(
    compiled: Compiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(compiled)
    real, calls = session._search, []

    def wrong_at_first(progress: object, start: object = None) -> Result:
        calls.append(session._highs.getOptionValue("presolve")[1])
        if len(calls) == 1:
            return Result(Outcome.INFEASIBLE, np.empty(0), 0.0, 0.0)
        return real(None)

    monkeypatch.setattr(session, "_search", wrong_at_first)
    column = compiled.column("goal", ("cost",))
    assert column is not None
    result = session.minimise(column, gap=0.0, absolute=1e-9, seconds=None)
    assert result.outcome is Outcome.PROVED
    assert calls == ["choose", "off"]
    assert session._highs.getOptionValue("presolve")[1] == "choose"


def test_each_kind_of_slip_is_seen_in_the_arrays(compiled: Compiled) -> None:
    session = Session(compiled)
    column = compiled.column("goal", ("dependence",))
    assert column is not None
    values = session.minimise(column, gap=0.0, absolute=1e-9, seconds=None).values
    assert violations(compiled, values) == []
    bought = compiled.column("buy", ("friend's", 2030))
    signed = compiled.column("sign", ("toll", 2030, 1))
    assert bought is not None
    assert signed is not None
    for j, value in ((bought, values[bought] * 1.01), (bought, -1.0), (signed, 0.5)):
        slipped = values.copy()
        slipped[j] = value
        assert violations(compiled, slipped)


def test_a_wrong_answer_of_the_solver_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Session.minimise

    def wrong(self: Session, column: int, **how: object) -> Result:
        result = real(self, column, **how)  # type: ignore[arg-type]  # handed through as it came
        values = result.values.copy()
        values[[j for j, (family, _) in enumerate(self.compiled.columns) if family == "ship"]] *= 1.5
        return replace(result, values=values)

    monkeypatch.setattr(Session, "minimise", wrong)
    with pytest.raises(CheckRefused, match="breaks"):
        solve(choice(), SolveOptions(goal="cost"))


def test_no_time_at_all_gives_neither_plan_nor_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """This case is solved before HiGHS first looks at its clock: what it would return later is put in its place."""
    nothing = Result(Outcome.NOTHING, np.empty(0), 0.0, 0.0)
    monkeypatch.setattr(Session, "_search", lambda self, progress, start=None: nothing)
    with pytest.raises(Unsolved, match="time ran out"):
        solve(choice(), SolveOptions(goal="dependence"))


def test_a_search_that_is_stopped_gives_the_best_plan_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Session._search

    def stopped(self: Session, progress: object, start: object = None) -> Result:
        return replace(real(self, None), outcome=Outcome.STOPPED, bound=0.1)

    monkeypatch.setattr(Session, "_search", stopped)
    plan = solve(choice(), SolveOptions(goal="dependence", then=()))
    assert plan.status == "stopped"
    assert plan.gap == pytest.approx(0.3)
    assert plan.unique_deals is None
    assert plan.checked


def test_progress_is_told_stage_by_stage() -> None:
    told: list[Event] = []
    solve(choice(), SolveOptions(goal="dependence"), on_event=told.append)
    started = [event.name for event in told if isinstance(event, StageStarted)]
    ended = [event.name for event in told if isinstance(event, StageEnded)]
    assert started[:3] == ["build", "compile", "solve"]
    assert sorted(started) == sorted(ended)
    assert all(event.goal in ("dependence", "cost") for event in told if isinstance(event, Incumbent))


def test_an_option_that_the_solver_does_not_know_is_an_error(compiled: Compiled) -> None:
    with pytest.raises(SolverError, match="no such option"):
        Session(compiled).option("no such option", 1)


def test_a_budget_holds_the_goal_back() -> None:
    """Budget 1,110: the deal (100) leaves 10 for 5 t at 2 more a tonne: 95 % dependent. Without it: 40 %."""
    plan = solve(choice(), SolveOptions(goal="dependence", budget=1110.0, gap=0.0))
    assert plan.best["dependence"] == pytest.approx(0.95, abs=1e-6)
    assert plan.budget == 1110.0


def test_a_budget_above_least_cost_is_measured_from_it() -> None:
    case = choice()
    above = case.settings.model_copy(update={"budget_above_least_cost": 110.0})
    plan = solve(Case(above, case.sheets, case.origin), SolveOptions(goal="dependence", gap=0.0))
    assert plan.least_cost == pytest.approx(1000.0)
    assert plan.budget == pytest.approx(1110.0)
    assert plan.best["dependence"] == pytest.approx(0.95, abs=1e-6)


def test_a_run_that_fails_is_tried_anew_and_then_without_presolve(
    compiled: Compiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HiGHS fails at once where the thread pool is another's, and where it finds its own optimum broken."""
    session, error = Session(compiled), highspy.HighsStatus.kError
    presolve: list[object] = []
    awaited = session._awaited

    def failing(*args: object, **named: object) -> object:
        presolve.append(session._highs.getOptionValue("presolve")[1])
        return error if len(presolve) < 3 else awaited()

    monkeypatch.setattr(session, "_awaited", failing)
    column = compiled.column("goal", ("cost",))
    assert column is not None
    result = session.minimise(column, gap=0.0, absolute=1e-9, seconds=None)
    assert result.outcome is Outcome.PROVED
    assert presolve == ["choose", "choose", "off"]
    assert session._highs.getOptionValue("presolve")[1] == "choose"


def test_a_solver_that_always_fails_is_told(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(compiled)
    monkeypatch.setattr(session, "_awaited", lambda *_, **__: highspy.HighsStatus.kError)
    with pytest.raises(SolverError, match="a run"):
        session.minimise(0, gap=0.0, absolute=1e-9, seconds=None)


def test_a_goal_that_the_case_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no goal 'jobs'; the case has dependence, mean dependence, cost"):
        solve(choice(), SolveOptions(goal="jobs"))
    with pytest.raises(ValueError, match="there is no goal 'x'"):
        solve(choice(), SolveOptions(goal="cost", then=("x",)))


@pytest.mark.parametrize("budget", [float("inf"), float("nan")])
def test_a_budget_is_a_number(budget: float) -> None:
    with pytest.raises(ValueError, match="is no amount of money"):
        SolveOptions(budget=budget)


def test_deals_that_do_as_well_are_named() -> None:
    """Two friends sell the same for the same: the plan signs one, and is told that the other does as well."""
    case = choice()
    twin = [
        Place(name="twin"), Deal(name="another toll", signing_cost=S(100.0)),
        Supply(name="twin's", place="twin", material="magnet", price=S(12.0), limit=S(60.0),
               deals=(("another toll",),)),
        Lane(name="from twin", material="magnet", origin="twin", destination="home"),
    ]
    sheets = {sheet: (*rows, *(row for row in twin if row.sheet == sheet)) for sheet, rows in case.sheets.items()}
    plan = solve(Case(case.settings, sheets, case.origin), SolveOptions(goal="dependence", budget=1221.0, gap=0.0))
    signed = {name for name, _, _ in plan.amounts.sign}
    assert len(signed) == 1
    assert plan.unique_deals is False
    assert set(plan.deals_without) == signed
    assert set(plan.deals_instead) == {"toll", "another toll"} - signed


def test_equal_sums_stand_in_for_columns_but_where_cost_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Least cost, then least dependence within a budget above it, then least cost with so little dependence."""
    told: list[bool] = []
    monkeypatch.setattr(Session, "aggregates", lambda _, on: told.append(on))
    case = choice()
    case = Case(case.settings.model_copy(update={"budget_above_least_cost": 300.0}), case.sheets, case.origin)
    solve(case, SolveOptions(goal="dependence", then=("cost",), gap=0.0, as_now=False, unique=False))
    assert told == [True, False, True]
