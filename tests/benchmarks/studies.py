"""Studies of India beside loops that write the plain model anew for every number, to equal answers.

What a study asks is noted and asked again of the plain model: the same caps, changes and held decisions, built from
nothing each time, to the same gap, in seconds of the processor, with one thread on either side. Where the number that a
deal switches at is looked for, the loop is a bisection to a bracket as narrow as ours. `search` is what either side
spends in branch-and-bound; all else is its own doing.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import process_time
from typing import Any
from unittest.mock import patch

import highspy
import pytest

from optimizer import SolveOptions, read_case, solve
from optimizer.case.case import Case
from optimizer.case.changes import apply_changes
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.solve.plan import Plan
from optimizer.solve.session import Session
from optimizer.study import tornado as ends
from optimizer.study import why as reasons
from optimizer.study.executor import Here
from optimizer.study.frontier import frontier
from optimizer.study.ground import Ground
from optimizer.study.levers import Lever, levers
from optimizer.study.portfolio import signings
from optimizer.study.question import Answer, Question
from tests.benchmarks.peers import plain

GAP = 1e-4
OPTIONS = SolveOptions(gap=GAP, time=None, as_now=False, unique=False)
TRIES = 3
"""Pyomo's interface now and then gives up on its own reading of the solver's output, on a busy machine."""

DEAL = "Korea toll"

Found = dict[str, Any]


def studies(points: int, keep: Callable[[list[Found]], object] = lambda _: None) -> list[Found]:
    """Seconds of each study and of its loop, whole and in branch-and-bound.

    Args:
        points: points of the frontier.
        keep: is handed all that was measured after each study.

    Raises:
        AssertionError: the two sides give different answers, which makes their times no comparison.
    """
    case, found = read_case("india"), list[Found]()
    plan = solve(case, OPTIONS)
    for study in (lambda: _frontier(case, points), lambda: _tornado(case, plan), lambda: _why(case, plan)):
        found.append(study())
        sys.stderr.write(f"{found[-1]}\n")
        keep(found)
    return found


class Noted(Here):
    """Answers in this process, and keeps what was asked and answered."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.asked: list[tuple[Question, Answer]] = []

    def ask(
        self, questions: Sequence[Question], told: Sequence[str] = (), ahead: int | None = None
    ) -> Iterator[Answer]:
        """The answers in order, each noted."""
        for question, answer in zip(questions, super().ask(questions, told, ahead), strict=False):
            self.asked.append((question, answer))
            yield answer


@dataclass
class Spent:
    """Seconds of one side.

    Attributes:
        whole: from its start to its end.
        lost: of that, on models that Pyomo's interface gave up on; they are made again and not counted.
        searches: of each run in branch-and-bound.
    """

    whole: float = 0.0
    lost: float = 0.0
    searches: list[float] = field(default_factory=list)

    def told(self) -> dict[str, float]:
        """As a document."""
        whole, search = self.whole - self.lost, sum(self.searches)
        return {"whole": whole, "search": search, "beside": whole - search, "searches": len(self.searches)}

    def solved(self, build: Callable[[], plain.Plain], gap: float = GAP) -> float:
        """The least value of a plain model, built for it.

        Raises:
            NoPlan: it has none.
            RuntimeError: Pyomo's interface gave up on it every time.
        """
        for _ in range(TRIES):
            began, before = process_time(), len(self.searches)
            try:
                return plain.solve(build(), gap=gap)
            except plain.NoPlan:
                raise
            except RuntimeError as fault:
                sys.stderr.write(f"made again: {fault}\n")
                self.lost += process_time() - began
                del self.searches[before:]
        raise RuntimeError(f"the plain model failed {TRIES} times")


@contextmanager
def spent(owner: type, name: str) -> Iterator[Spent]:
    """Times what runs inside, and every call of a method that searches."""
    found, search = Spent(), getattr(owner, name)

    def timed(*args: Any, **options: Any) -> Any:
        started = process_time()
        try:
            return search(*args, **options)
        finally:
            found.searches.append(process_time() - started)

    began = process_time()
    with patch.object(owner, name, timed):
        yield found
    found.whole = process_time() - began


def _ours() -> Any:
    return spent(Session, "minimise")


def _theirs() -> Any:
    return spent(highspy.Highs, "run")


def _frontier(case: Case, points: int) -> Found:
    with _ours() as ours:
        asked = Noted(Ground(case, OPTIONS))
        found = frontier(case, OPTIONS, points=points, executor=asked)
    with _theirs() as theirs:
        models = sum(_again(theirs, case, asked.ground, *one) for one in asked.asked)
    return _row(f"frontier, {len(found.points)} points", found.solves, models, ours, theirs)


def _tornado(case: Case, plan: Plan) -> Found:
    with _ours() as ours:
        asked = Noted(Ground(case, OPTIONS, ends.box(case, 0.1)))
        found = ends.tornado(case, OPTIONS, executor=asked, plan=plan)
    with _theirs() as theirs:
        models = sum(_again(theirs, case, asked.ground, *one) for one in asked.asked)
    return _row(f"tornado, {len(found.bars)} ranges", found.solves, models, ours, theirs)


def _again(theirs: Spent, case: Case, ground: Ground, question: Question, answer: Answer) -> int:
    """A question asked of the plain model, a model for each of its goals; gives how many were built."""
    unit = ground.arrays(question.changes).money
    held, caps = {name: float(number) for name, number in question.held}, dict(question.caps)
    for goal in question.goals:
        def build(goal: str = goal) -> plain.Plain:
            changed = apply_changes(case, question.changes) if question.changes else case
            return plain.build(changed, budget=caps.get(COST), cap=caps.get(DEPENDENCE), goal=goal, held=held)

        if not answer.found:
            with pytest.raises(plain.NoPlan):
                theirs.solved(build)
            return 1
        ours = answer.reached[goal].value * (unit if goal == COST else 1.0)
        _assert_equal(goal, ours, theirs.solved(build))
        # the next goal has what this one came to with us, and its tolerance, so that both search the same
        slack = max(case.settings.dependence_tolerance, 1e-9) if goal == DEPENDENCE else (
            max(case.settings.cost_tolerance * abs(ours), 1e-9 * unit))
        caps[goal] = ours + slack
    return len(question.goals)


def _assert_equal(goal: str, ours: float, theirs: float) -> None:
    """Each is within the gap of the best."""
    most = 2 * GAP * (1.0 if goal == DEPENDENCE else abs(ours))
    assert abs(ours - theirs) <= most, f"{goal}: {ours} with us, {theirs} by the plain model"


def _why(case: Case, plan: Plan) -> Found:
    choice = ("Deals", DEAL)

    def fee(*of: Any, **how: Any) -> tuple[Lever, ...]:
        return tuple(lever for lever in levers(*of, **how) if lever.parameter == "fee")

    with _ours() as ours, patch.object(reasons, "levers", fee):
        asked = Noted(Ground(case, OPTIONS, reasons.box(case, [choice])))
        found = reasons.why(case, DEAL, OPTIONS, executor=asked, plan=plan)
    (lever,) = fee(asked.ground.compiled.data, choice, found.in_plan)
    (low, high), most = found.breakpoints[0].canonical, found.budget if found.budget is not None else math.inf
    assert low is not None, f"{DEAL} does not switch at any fee"
    assert high is not None, f"{DEAL} does not switch at any fee"
    arrays = asked.ground.compiled
    counted = [arrays.columns[j] for j in signings(arrays, DEAL)]
    every = {arrays.columns[j]: 0.0 for j in signings(arrays, DEAL, counted=False)}
    with _theirs() as theirs:
        level = min(most, _least(theirs, lambda: plain.build(case, cap=found.capped, held=every)))
        inside, outside, models = _bisected(
            lambda at: _least(theirs, lambda: plain.build(
                apply_changes(case, lever.changes(at)), cap=found.capped, one_of=counted)),
            level, _ends(lever, found.in_plan), high - low,
        )
    # both brackets hold the number, but for what the gap hides of it on their side
    apart = max(low - outside, inside - high, 0.0)
    assert apart <= high - low, f"[{low}, {high}] with us, [{inside}, {outside}] by the plain model"
    return _row(f"why, the fee of {DEAL}", len(ours.searches), models + 1, ours, theirs)


def _ends(lever: Lever, in_plan: bool) -> tuple[float, float]:
    """Where a bisection begins, knowing on which side the number now is."""
    now = lever.easy if lever.now is None else lever.now
    return (now, lever.hard) if in_plan else (lever.easy, now)


def _least(theirs: Spent, build: Callable[[], plain.Plain]) -> float:
    try:
        return theirs.solved(build, reasons.GAP)
    except plain.NoPlan:
        return math.inf


def _bisected(
    cost: Callable[[float], float], level: float, ends: tuple[float, float], width: float
) -> tuple[float, float, int]:
    """The bracket of the number at which a cost passes a level, and how often the cost was asked."""
    (inside, outside), asked = ends, 1
    assert cost(inside) <= level, "it is not even in at the near end"
    while outside - inside > width:
        middle = (inside + outside) / 2
        asked += 1
        if cost(middle) <= level:
            inside = middle
        else:
            outside = middle
    return inside, outside, asked


def _row(study: str, solves: int, models: int, ours: Spent, theirs: Spent) -> Found:
    sides: Mapping[str, Any] = {"ours": ours.told(), "theirs": theirs.told()}
    return {"study": study, "solves": solves, "models": models, **sides}
