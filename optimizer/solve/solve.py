"""One way through: a case in, a checked plan out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.case.case import Case
from optimizer.model.assemble import build
from optimizer.model.blocks.capacity import capacity
from optimizer.model.blocks.deals import active, volume
from optimizer.model.blocks.dependence import COST, DEPENDENCE, MEAN
from optimizer.model.building import Building, Linear
from optimizer.model.compiled import Compiled, Floats, compile_model
from optimizer.solve.amounts import Claims
from optimizer.solve.check import check_plan
from optimizer.solve.events import Event, Note, OnEvent, StageEnded, StageStarted
from optimizer.solve.extract import amounts_of, claims_of, evaluate, limit_levels, settle
from optimizer.solve.goals import Clock, NoPlan, Pursuit, Reached, gap_of, worst_gap
from optimizer.solve.plan import CheckRefused, Infeasibility, Infeasible, Plan, SolveOptions, Unsolved
from optimizer.solve.session import Session
from optimizer.solve.unique import unique_deals


def solve(case: Case, options: SolveOptions | None = None, on_event: OnEvent | None = None) -> Plan:
    """The best plan for a case, proved within the gap and checked against the case.

    Args:
        case: a case that passed the checks.
        options: goal, budget, gap, time; the case's own settings where they are None.
        on_event: told the stages and how the search goes.

    Raises:
        Infeasible: no plan meets the case.
        Unsolved: the time ran out with neither a plan nor a proof.
        CheckRefused: what the solver returned does not stand up to the independent check.
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

    def plan(self) -> Plan:
        clock = Clock(self.options.time)
        with self._stage("build"):
            model = build(self.case)
        building = model.building
        if building.settled:
            raise Infeasible(Infeasibility(tuple(building.settled)))
        with self._stage("compile"):
            compiled = compile_model(model)
        with self._stage("solve"):
            session = self._session(compiled)
            pursuit = Pursuit(self.case, session, self.options, clock, self.on_event)
            budget = self._bounded(pursuit)
            values, reached = self._pursued(pursuit)
        plan = self._checked(building, compiled, values, reached, budget)
        if self.options.as_now:
            plan = replace(plan, as_now=self._as_now(building, compiled))
        if self.options.unique and plan.status == "proved":
            with self._stage("unique"):
                plan = replace(plan, unique_deals=unique_deals(pursuit, values, reached))
        return replace(plan, seconds=dict(self.seconds), notes=tuple(self.notes))

    def _session(self, compiled: Compiled) -> Session:
        return Session(compiled, threads=self.options.threads, seed=self.options.seed)

    @property
    def cap(self) -> float | None:
        return self.options.cap if self.options.cap is not None else self.case.settings.dependence_cap

    @property
    def goals(self) -> tuple[str, ...]:
        settings = self.case.settings
        first = self.options.goal or settings.goal
        then = settings.then if self.options.then is None else self.options.then
        if self.options.goal is not None and self.options.then is None and first == COST:
            then = ()
        return tuple(dict.fromkeys((first, *then)))

    def _bounded(self, pursuit: Pursuit) -> float | None:
        """Cap and budget as bounds of their goals; gives the budget in the case's currency."""
        settings = self.case.settings
        budget = self.options.budget if self.options.budget is not None else settings.budget
        if budget is None and settings.budget_above_least_cost is not None and self.goals[0] != COST:
            budget = self._least_cost(pursuit) + settings.budget_above_least_cost
        column = pursuit.column(DEPENDENCE)
        if self.cap is not None and column is not None:
            pursuit.session.bound(column, upper=min(1.0, self.cap))
        column = pursuit.column(COST)
        if budget is not None and column is not None:
            pursuit.session.bound(column, upper=budget / pursuit.compiled.money)
        return budget

    def _least_cost(self, pursuit: Pursuit) -> float:
        with self._stage("least cost"):
            try:
                _, reached = pursuit.pursue((COST,))
            except NoPlan:
                raise Infeasible(Infeasibility()) from None
        if not reached[COST].proved:
            self._note("The budget stands above the least cost found in the time, which is not proved to be the least.")
        self.least_cost = reached[COST].value * pursuit.compiled.money
        return self.least_cost

    def _pursued(self, pursuit: Pursuit) -> tuple[Floats, dict[str, Reached]]:
        try:
            return pursuit.pursue(self.goals)
        except NoPlan:
            raise Infeasible(Infeasibility()) from None

    def _as_now(self, building: Building, compiled: Compiled) -> Plan | None:
        """The least cost without any new deal or plant, beside which every figure is shown."""
        with self._stage("as now"):
            session = self._session(compiled)
            for j, (family, _) in enumerate(compiled.columns):
                if family in ("sign", "order"):
                    session.bound(j, upper=0.0)
            pursuit = Pursuit(self.case, session, self.options, Clock(self.options.time), self.on_event)
            try:
                values, reached = pursuit.pursue((COST, DEPENDENCE))
            except (NoPlan, Unsolved):
                self._note("Without any new deal or plant there is no plan that meets the case.")
                return None
        return self._checked(building, compiled, values, reached, None, as_now=True)

    def _checked(
        self, building: Building, compiled: Compiled, values: Floats, reached: Mapping[str, Reached],
        budget: float | None, *, as_now: bool = False,
    ) -> Plan:
        exact = settle(compiled, values)
        amounts, claims = amounts_of(compiled, exact), claims_of(self.case, compiled, exact)
        with self._stage("check", quiet=as_now):
            complaints = check_plan(self.case, amounts, claims, budget=budget, cap=None if as_now else self.cap)
        if complaints:
            raise CheckRefused(complaints)
        of = evaluate(compiled, exact)
        first = next(iter(reached), None)
        root = None if first is None else reached[first].root_bound
        return Plan(
            case=self.case,
            options=self.options,
            status="proved" if all(r.proved for r in reached.values()) else "stopped",
            goals={goal: _at_plan(claims, goal) for goal in reached},
            best={goal: r.value * (compiled.money if goal == COST else 1.0) for goal, r in reached.items()},
            gap=worst_gap(reached),
            bound=0.0 if first is None else reached[first].bound * (compiled.money if first == COST else 1.0),
            root_gap=None if first is None or root is None else gap_of(first, reached[first].value, root),
            amounts=amounts,
            claims=claims,
            active=_by_deal(building, of, active),
            volume=_by_deal(building, of, volume),
            capacity={
                (k, t): level
                for k in building.data.plants
                for t in building.data.years
                if (level := of(capacity(building, k, t))) > 0
            },
            limits=limit_levels(compiled, exact),
            budget=budget,
            least_cost=self.least_cost,
            first_moved_year=building.data.first_moved_year,
            checked=True,
            size=compiled.size,
        )

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


def _at_plan(claims: Claims, goal: str) -> float:
    known = {DEPENDENCE: claims.dependence, MEAN: claims.mean_dependence, COST: claims.cost}
    return known[goal] if goal in known else claims.criteria[goal]


def _by_deal(
    building: Building, of: Callable[[Linear], float], linear: Callable[[Building, str, int], Linear]
) -> dict[tuple[str, int], float]:
    found = {
        (d, t): of(linear(building, d, t))
        for d in building.data.deals
        for t in building.data.years
        if (d, t) in building.data.possible
    }
    return {key: level for key, level in found.items() if not np.isclose(level, 0.0, atol=1e-9)}
