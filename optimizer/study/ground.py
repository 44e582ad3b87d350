"""The case that a study stands on, as arrays that its changes are made on: it answers one question at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from optimizer.case.case import Case
from optimizer.case.changes import Change, apply_changes
from optimizer.case.findings import CaseError
from optimizer.model.apply import Rebuild, apply
from optimizer.model.assemble import build
from optimizer.model.blocks.dependence import COST, DEPENDENCE, MEAN
from optimizer.model.compiled import Compiled, Floats, compile_model
from optimizer.runs import digest
from optimizer.solve.events import Event, OnEvent
from optimizer.solve.finish import checked_plan
from optimizer.solve.goals import NONE, Cancelled, Clock, NoPlan, Pursuit, Reached
from optimizer.solve.plan import Plan, SolveOptions, Unsolved
from optimizer.solve.session import Outcome, Session
from optimizer.solve.start import Start
from optimizer.solve.stopping import Stop
from optimizer.study.portfolio import Portfolio, exclusive, modules, signings
from optimizer.study.question import Answer, Decided, Question

T = TypeVar("T")

INFINITE = float("inf")

KEPT = 8
"""Arrays of changed cases that are kept at hand."""

CASES = 64
"""Changed cases that are kept at hand: each is checked whole when it is made, and asked for several times."""


def silent(_: Event) -> None:
    """Nobody listens."""


class Ground:
    """Answers questions about one case.

    Attributes:
        case: the case.
        options: gap, threads and seed of every solve.
        stop: whether the user asked to stop.
        rebuilt: reasons for which a model was built anew, each with how often.
        keep: arrays of changed cases that are kept at hand.
    """

    def __init__(
        self, case: Case, options: SolveOptions, box: Iterable[tuple[Change, ...]] = (), stop: Stop | None = None
    ) -> None:
        """Builds the model once, in bounds that hold for every change announced.

        Args:
            case: a case that passed the checks.
            options: gap, threads and seed.
            box: the changes that the study will make; others can be asked too, and cost a model built anew.
            stop: set when the user asks to stop.
        """
        self.case, self.options, self.stop = case, options, stop or Stop()
        self.rebuilt: dict[str, int] = {}
        self.keep = KEPT
        self._box = tuple(box)
        self._arrays: dict[tuple[Change, ...], Compiled] = {}
        self._cases: dict[tuple[Change, ...], Case] = {}
        self._kept: dict[Hashable, Any] = {}

    def sent(self) -> Ground:
        """A copy for another process, where every solve has one thread: the arrays of the case, and no more."""
        base, other = self.compiled, copy(self)
        other.options, other.stop, other.rebuilt = replace(self.options, threads=1), Stop(), {}
        other._arrays, other._cases, other._kept = {(): base}, {}, {}
        return other

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What tasks make once and use again, such as the arrays in the solver with decisions held.

        Args:
            key: what tells it from everything else that is kept; the last :data:`KEPT` are.
            make: makes it where it is not there.
        """
        if key not in self._kept:
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    @property
    def compiled(self) -> Compiled:
        """The arrays of the case itself."""
        return self.arrays(())

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the case, so that an answer about one is never taken for one about another.

        It is that of what the model is made from, not of the arrays: these differ by the changes that a study
        announces, and two studies of one case share their answers.
        """
        case = self.case
        rows = {sheet: [row.model_dump(mode="json") for row in of] for sheet, of in case.sheets.items()}
        return digest(case.settings.model_dump(mode="json"), rows)

    def goals(self) -> tuple[str, ...]:
        """Every goal that the case has."""
        return (DEPENDENCE, MEAN, COST, *dict.fromkeys(row.criterion for row in self.case.criteria))

    def arrays(self, changes: tuple[Change, ...]) -> Compiled:
        """The arrays of the changed case: moved where only numbers move, else of a model built anew.

        Raises:
            CaseError: some change cannot be made, or the case that results has faults.
        """
        if not self._arrays:
            self._arrays[()] = compile_model(build(self.case, [self.changed(one) for one in self._box]))
        if changes not in self._arrays:
            moved = apply(self._arrays[()], changed := self.changed(changes))
            if isinstance(moved, Rebuild):
                self.rebuilt[moved.reason] = self.rebuilt.get(moved.reason, 0) + 1
                moved = compile_model(build(changed))
            while len(self._arrays) >= self.keep:
                # the first is of the case itself
                del self._arrays[list(self._arrays)[1]]
            self._arrays[changes] = moved
        return self._arrays[changes]

    def changed(self, changes: tuple[Change, ...]) -> Case:
        """The case after changes.

        Raises:
            CaseError: some change cannot be made, or the case that results has faults.
        """
        if not changes:
            return self.case
        if changes not in self._cases:
            made = apply_changes(self.case, changes)
            while len(self._cases) >= CASES:
                del self._cases[next(iter(self._cases))]
            self._cases[changes] = made
        return self._cases[changes]

    def possible(self, changes: tuple[Change, ...]) -> bool:
        """Whether the changes make a case without faults."""
        try:
            self.changed(changes)
        except CaseError:
            return False
        return True

    def answer(self, question: Question, clock: Clock, on_event: OnEvent = silent) -> Answer:
        """One solve.

        Args:
            question: what is asked.
            clock: the time that it may take.
            on_event: told how the search goes.

        Raises:
            CaseError: some change cannot be made.
            CheckRefused: the solver's answer breaks its own rows.
            KeyboardInterrupt: the user gave up.
        """
        compiled = self.arrays(question.changes)
        if compiled.settled:
            return Answer("none")
        session = Session(compiled, threads=self.options.threads, seed=self.options.seed, stop=self.stop)
        if not _restricted(session, question):
            return Answer("none")
        options = self.options if question.gap is None else replace(self.options, gap=question.gap)
        pursuit = Pursuit(compiled.case, session, options, clock, on_event)
        if question.any_plan:
            return _any_plan(pursuit, question.goals[0])
        try:
            values, reached = pursuit.pursue(question.goals, start=_start(pursuit, question))
        except NoPlan:
            return Answer("none")
        except (Unsolved, Cancelled):
            return Answer("nothing")
        values, reached = _afterwards(pursuit, question, values, dict(reached))
        proved = all(of.proved for of in reached.values())
        return Answer("proved" if proved else "stopped", values[: len(compiled.columns)], reached)

    def plan(self, question: Question, answer: Answer) -> Plan:
        """The plan that an answer is, confirmed by the independent check.

        Raises:
            CheckRefused: it does not stand up to the check.
            ValueError: the answer has no plan.
        """
        if not answer.found:
            raise ValueError("there is no plan in this answer")
        caps = dict(question.caps)
        goal, cap = question.goals[0], caps.get(DEPENDENCE)
        options = replace(
            self.options, goal=goal, then=(*question.goals[1:], *question.after), budget=caps.get(COST),
            # a study may ask for as much as another plan has, and a little for rounding: a share is at most all of it
            cap=None if cap is None else min(cap, 1.0), as_now=False, unique=False,
            confirm=False,
        )
        arrays = self.arrays(question.changes)
        return checked_plan(arrays, answer.values, answer.reached, options, options.budget, options.cap)

    def portfolio(self, question: Question, answer: Answer, *, plants: bool = False) -> Portfolio:
        """The named decisions of an answer."""
        compiled = self.arrays(question.changes)
        found = [(name, round(value)) for name, value in zip(compiled.columns, answer.values, strict=True)
                 if name[0] in ("sign", "modules") and value > 0.5]
        deals = {str(index[0]) for (family, index), _ in found
                 if family == "sign" and compiled.column(family, index) in signings(compiled, str(index[0]))}
        ordered: dict[str, int] = {}
        for (family, index), number in found if plants else ():
            if family == "modules":
                ordered[index[0]] = ordered.get(index[0], 0) + number
        return Portfolio(tuple(sorted(deals)), tuple(sorted(ordered.items())))


def _restricted(session: Session, question: Question) -> bool:
    """Puts what a question asks beside the rows; False where that cannot hold, whatever is decided."""
    compiled = session.compiled
    for goal, most in question.caps:
        column = compiled.column("goal", (goal,))
        level = most / compiled.money if goal == COST else most
        if column is None:
            if level < 0:
                return False
            continue
        if level < session.lower[column]:
            return False
        session.bound(column, upper=min(float(session.upper[column]), level))
    for (family, index), number in question.held:
        column = compiled.column(family, index)
        if column is not None and session.lower[column] <= number <= session.upper[column]:
            session.bound(column, lower=float(number), upper=float(number))
        elif column is not None or number:
            return False
    for sheet, name in question.outside:
        for column in signings(compiled, name, counted=False) if sheet == "Deals" else modules(compiled, name):
            session.bound(column, upper=0.0)
    least = [*((choice, 1) for choice in question.inside), *((("Plants", k), n) for k, n in question.at_least)]
    return all(_inside(session, *choice, number) for choice, number in least) and all(
        _unlike(session, portfolio) for portfolio in question.unlike
    )


def _inside(session: Session, sheet: str, name: str, number: int) -> bool:
    """``sum sign >= 1`` over the signings that count, or ``sum modules >= number``."""
    columns = signings(session.compiled, name) if sheet == "Deals" else modules(session.compiled, name)
    if columns:
        session.add_row(float(number), INFINITE, dict.fromkeys(columns, 1.0))
    return bool(columns)


def _unlike(session: Session, portfolio: Portfolio) -> bool:
    r"""Something of a portfolio is dropped: ``sum drop >= 1``.

    Of a deal ``sum sign + drop <= 1`` over signings that count and exclude each other: with one row for each of them a
    relaxation would drop a deal by spreading it over the years. Of a plant ordered with `n` modules
    ``sum modules <= n - 1 + M (1 - drop)``, M what may be ordered beyond.
    """
    drops: dict[int, float] = {}
    for deal in portfolio.deals:
        drop = session.add_column(integer=False)
        for group in exclusive(session.compiled, deal):
            session.add_row(-INFINITE, 1.0, {**dict.fromkeys(group, 1.0), drop: 1.0})
        drops[drop] = 1.0
    for plant, number in portfolio.plants:
        columns = modules(session.compiled, plant)
        beyond = max(float(session.upper[columns].sum()) - number + 1.0, 0.0)
        drop = session.add_column(integer=True)
        session.add_row(-INFINITE, number - 1.0 + beyond, {**dict.fromkeys(columns, 1.0), drop: beyond})
        drops[drop] = 1.0
    if drops:
        session.add_row(1.0, INFINITE, drops)
    return bool(drops)


def _start(pursuit: Pursuit, question: Question) -> Floats:
    """A solution to start from, near the plans that the question knows; empty where it knows none that leads to one."""
    goal = next((goal for goal in question.goals if pursuit.column(goal) is not None), None)
    if not question.known or goal is None:
        return NONE
    known = [np.zeros(len(pursuit.compiled.columns)) for _ in question.known]
    for values, decided in zip(known, question.known, strict=True):
        for (family, index), number in decided:
            # the arrays of a changed case may be without it
            if (column := pursuit.compiled.column(family, index)) is not None:
                values[column] = number
    column = pursuit.column(goal)
    assert column is not None
    return Start(pursuit.session, column, pursuit.gaps(goal), pursuit.clock).found(known)


def decided(compiled: Compiled, answer: Answer) -> Decided:
    """What the plan of an answer decides, for a like question to know."""
    return tuple(
        (compiled.columns[j], round(float(answer.values[j])))
        for j in np.flatnonzero(compiled.integer & (answer.values > 0.5)).tolist()
    )


def _any_plan(pursuit: Pursuit, goal: str) -> Answer:
    """Whether anything meets the rows; the search for the goal ends with the first plan."""
    column = pursuit.column(goal)
    if column is None:
        column = 0
    result = pursuit.minimise(goal, column, first_found=True)
    if result.outcome is Outcome.INFEASIBLE:
        return Answer("none")
    if not result.values.size:
        return Answer("nothing")
    exact = pursuit.session.polish({column: 1.0}, result.values)
    if exact.outcome is not Outcome.PROVED:
        return Answer("nothing")
    reached = {goal: Reached(exact.objective, min(result.bound, exact.objective), result.root_bound, False)}
    return Answer("stopped", exact.values[: len(pursuit.compiled.columns)], reached)


def _afterwards(
    pursuit: Pursuit, question: Question, values: Floats, reached: dict[str, Reached]
) -> tuple[Floats, dict[str, Reached]]:
    """The goals that come after with the decisions held; the goals before keep what they came to, to the last digit."""
    session = pursuit.session
    for goal in reached:
        if (column := pursuit.column(goal)) is not None and question.after:
            best = reached[goal].value
            most = best + 1e-9 * max(1.0, abs(best))
            session.bound(column, upper=min(float(session.upper[column]), most))
    for goal in question.after:
        column = pursuit.column(goal)
        if column is None or goal in reached:
            continue
        exact = session.polish({column: 1.0}, values)
        if exact.outcome is Outcome.PROVED:
            values = exact.values
            session.bound(column, upper=min(float(session.upper[column]), exact.objective + 1e-9))
    return values, reached


Ask = Callable[[Question], Answer]
"""Something that answers a question."""


def value_of(compiled: Compiled, answer: Answer, goal: str) -> float:
    """What a goal comes to in an answer: dependence as a fraction, cost in the case's currency."""
    column = compiled.column("goal", (goal,))
    if column is None:
        return 0.0
    return float(np.asarray(answer.values)[column]) * (compiled.money if goal == COST else 1.0)
