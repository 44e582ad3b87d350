"""One way through: a case in, a checked plan out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from optimizer.case.case import Case
from optimizer.model.assemble import build
from optimizer.model.blocks.dependence import COST, DEPENDENCE, MEAN
from optimizer.model.compiled import Compiled, Floats, compile_model
from optimizer.solve.confirm import Confirmation, confirmed
from optimizer.solve.events import Event, Note, OnEvent, StageEnded, Stages, StageStarted
from optimizer.solve.finish import checked_plan
from optimizer.solve.goals import Cancelled, Clock, NoPlan, Pursuit, Reached
from optimizer.solve.plan import CheckRefused, Infeasibility, Infeasible, Plan, SolveOptions, Unsolved
from optimizer.solve.session import Session
from optimizer.solve.stopping import Stop
from optimizer.solve.unique import other_deals

LEAST_COST = 0.3
"""Part of the time left that the search for the least cost may use."""

GOALS = 0.9
"""Part of the time that the search for the plan may use; what is left of it is for the plan as now and what follows."""

BRIEFLY = 10.0
"""Seconds for the plan as now once the user has stopped the search."""


def solve(case: Case, options: SolveOptions | None = None, on_event: OnEvent | None = None) -> Plan:
    """The best plan for a case, proved within the gap and checked against the case.

    Ctrl-C ends the search, in the main thread: the best plan so far is given, with status ``stopped`` unless all of its
    goals were proved before. A second Ctrl-C gives up.

    Args:
        case: a case that passed the checks.
        options: goal, budget, gap, time; the case's own settings where they are None.
        on_event: told the stages and how the search goes.

    Raises:
        ValueError: the options name a goal that the case does not have.
        Infeasible: no plan meets the case.
        Unsolved: the time ran out with neither a plan nor a proof.
        CheckRefused: what the solver returned does not stand up to the independent check, or, where one is asked, to
            a second solver.
        KeyboardInterrupt: the user stopped before there was any plan, or a second time.
    """
    return _Solve(case, options or SolveOptions(), on_event or _silent).plan()


def _silent(_: Event) -> None:
    """Nobody listens."""


@dataclass
class _Solve:
    case: Case
    options: SolveOptions
    on_event: OnEvent
    seconds: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    least_cost: float | None = None
    most: dict[str, float] = field(default_factory=dict)
    stop: Stop = field(default_factory=Stop)

    def plan(self) -> Plan:
        known = (DEPENDENCE, MEAN, COST, *dict.fromkeys(row.criterion for row in self.case.criteria))
        unknown = [goal for goal in self.goals if goal not in known]
        if unknown:
            raise ValueError(f"there is no goal '{unknown[0]}'; the case has {', '.join(known)}")
        clock = Clock(self.options.time)
        self.on_event(Stages(self._ahead()))
        with self._stage("build"):
            model = build(self.case)
        if model.building.settled:
            raise Infeasible(Infeasibility(tuple(model.building.settled)))
        with self._stage("compile"):
            compiled = compile_model(model)
        try:
            with self.stop.listening():
                return self._planned(compiled, clock)
        except Cancelled:
            raise KeyboardInterrupt from None

    def _planned(self, compiled: Compiled, clock: Clock) -> Plan:
        try:
            with self._stage("solve"):
                session = self._session(compiled, self.stop)
                pursuit = Pursuit(self.case, session, self.options, clock.part(GOALS), self.on_event)
                budget = self._bounded(pursuit)
                values, reached = self._pursued(pursuit)
        except Infeasible as none:
            raise Infeasible(replace(none.reason, confirmed=self._second(compiled, None, clock))) from None
        plan = self._checked(compiled, values, reached, budget)
        if self.options.as_now:
            plan = replace(plan, as_now=self._as_now(compiled, clock))
        if self.options.unique and plan.status == "proved" and not self.stop.asked:
            with self._stage("unique"):
                pursuit.clock = clock
                others = other_deals(pursuit, values, reached)
                plan = replace(
                    plan, unique_deals=others.unique, deals_without=others.without, deals_instead=others.instead
                )
        plan = replace(plan, confirmed=self._second(compiled, reached[self.goals[0]], clock))
        return replace(plan, seconds=dict(self.seconds), notes=tuple(self.notes))

    def _second(self, compiled: Compiled, reached: Reached | None, clock: Clock) -> Confirmation | None:
        """What a second solver makes of the first goal, or of there being no plan; None where it is not asked.

        Raises:
            CheckRefused: it contradicts the first one.
        """
        if not self.options.confirm or self.stop.asked:
            return None
        with self._stage("confirm"):
            found = confirmed(
                compiled, self.goals[0], reached, self.most, self.options.gap, clock.left, self.stop
            )
        if found.verdict == "contradicts":
            raise CheckRefused((f"{found.reason}.",), f"A second solver ({found.solver})")
        return found

    def _session(self, compiled: Compiled, stop: Stop) -> Session:
        return Session(compiled, threads=self.options.threads, seed=self.options.seed, stop=stop)

    def _ahead(self) -> tuple[str, ...]:
        """The stages in order."""
        found = ["build", "compile", *(["least cost"] if self._from_least_cost else []), *self.goals, "check"]
        asked = {"as now": self.options.as_now, "unique": self.options.unique, "confirm": self.options.confirm}
        return (*found, *(name for name, wanted in asked.items() if wanted))

    @property
    def _from_least_cost(self) -> bool:
        """Whether the budget stands above the least cost, which then comes first."""
        settings = self.case.settings
        asked = self.options.budget is None and settings.budget is None and self.goals[0] != COST
        return asked and settings.budget_above_least_cost is not None

    @property
    def cap(self) -> float | None:
        return self.options.cap_of(self.case.settings)

    @property
    def goals(self) -> tuple[str, ...]:
        return self.options.goals_of(self.case.settings)

    def _bounded(self, pursuit: Pursuit) -> float | None:
        """Cap and budget as bounds of their goals; gives the budget in the case's currency."""
        settings = self.case.settings
        budget = self.options.budget if self.options.budget is not None else settings.budget
        if self._from_least_cost and settings.budget_above_least_cost is not None:
            budget = self._least_cost(pursuit) + settings.budget_above_least_cost
        if self.cap is not None:
            self.most[DEPENDENCE] = min(1.0, self.cap)
        if budget is not None:
            self.most[COST] = budget / pursuit.compiled.money
        for goal, most in self.most.items():
            if (column := pursuit.column(goal)) is not None:
                pursuit.session.bound(column, upper=most)
        return budget

    def _least_cost(self, pursuit: Pursuit) -> float:
        whole, pursuit.clock = pursuit.clock, pursuit.clock.part(LEAST_COST)
        with self._stage("least cost"):
            try:
                pursuit.known, reached = pursuit.pursue((COST,))
            except NoPlan:
                raise Infeasible(Infeasibility()) from None
        pursuit.clock = whole
        pursuit.floors[COST] = reached[COST].bound
        if not reached[COST].proved:
            self._note("The budget stands above the least cost found before that search ended, "
                       "which is not proved to be the least.")
        self.least_cost = reached[COST].value * pursuit.compiled.money
        return self.least_cost

    def _pursued(self, pursuit: Pursuit) -> tuple[Floats, dict[str, Reached]]:
        try:
            return pursuit.pursue(self.goals, staged=True)
        except NoPlan:
            raise Infeasible(Infeasibility()) from None

    def _as_now(self, compiled: Compiled, clock: Clock) -> Plan | None:
        """The least cost without any new deal or plant, beside which every figure is shown.

        A search that was stopped before has left its word: this one is short, and only giving up ends it.
        """
        stopped = self.stop.asked
        with self._stage("as now"):
            session = self._session(compiled, Stop() if stopped else self.stop)
            for j, (family, _) in enumerate(compiled.columns):
                if family in ("sign", "order"):
                    session.bound(j, upper=0.0)
            pursuit = Pursuit(self.case, session, self.options, Clock(BRIEFLY) if stopped else clock, self.on_event)
            try:
                values, reached = pursuit.pursue((COST, DEPENDENCE))
            except NoPlan:
                self._note("Without any new deal or plant there is no plan that meets the case.")
                return None
            except (Cancelled, Unsolved):
                self._note("No plan without any new deal or plant was found before the search ended: "
                           "nothing is compared with as now.")
                return None
        if not reached[COST].proved:
            self._note("The plan as now is the best one found before the search ended: "
                       "its cost is not proved to be the least.")
        return self._checked(compiled, values, reached, None, as_now=True)

    def _checked(
        self, compiled: Compiled, values: Floats, reached: Mapping[str, Reached], budget: float | None, *,
        as_now: bool = False,
    ) -> Plan:
        with self._stage("check", quiet=as_now):
            plan = checked_plan(compiled, values, reached, self.options, budget, None if as_now else self.cap)
        return replace(plan, least_cost=self.least_cost)

    def _note(self, text: str) -> None:
        self.notes.append(text)
        self.on_event(Note(text))

    @contextmanager
    def _stage(self, name: str, *, quiet: bool = False) -> Iterator[None]:
        if not quiet:
            self.on_event(StageStarted(name))
        started = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - started
            self.seconds[name] = self.seconds.get(name, 0.0) + spent
            if not quiet:
                self.on_event(StageEnded(name, spent))
