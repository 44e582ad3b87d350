r"""Where a choice switches: how far one number of it can move before the best plan with it is no better than without.

With `level` the cost that a plan with the choice may have, the switching point is the furthest number, from where the
choice is most worth having, at which `least cost with it <= level` (MODEL.md 7). The least cost with it only rises on
the way. A plan found keeps its decisions: what it costs as the number moves is a warm linear program, and where that
meets the level is a number up to which the choice is in, proved by that plan. Just beyond, a search for the least cost
either proves that it is above the level, and the choice out, or finds a plan that reaches further. For a fee, in which
the least cost is concave, this is Newton's method with each tangent bent to the best flows for its decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.case.findings import CaseError
from optimizer.model.apply import Shift
from optimizer.model.blocks.dependence import COST
from optimizer.model.compiled import Compiled, Floats, Name
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.session import Outcome
from optimizer.study.executor import Executor, ask
from optimizer.study.ground import Ground, decided
from optimizer.study.levers import Lever
from optimizer.study.question import Answer, Decided, Question

PART = 0.005
"""Part of a number to which its switching point is bracketed, where the gap of the solves allows."""

ROUNDS = 30
"""Searches after which a bracket is left as it is."""

HALVINGS = 60
"""Steps after which the number at which a plan meets a level is exact enough."""

EXACT = 1e-9
"""Part of a level that the arithmetic of a linear program may be off."""

Plan = tuple[Question, Answer]
"""A question and the answer that has a plan for it."""


@dataclass(frozen=True)
class Edge:
    """How far a choice is in.

    Attributes:
        last: the furthest number at which some plan with it is within the level; None where there is none.
        out: a number beyond, at which there is proved to be none; None where it was not found or does not exist.
        ended: whether the time was over, or the user stopped, before it was settled.
    """

    last: float | None
    out: float | None
    ended: bool = False


class Track:
    """What plans with a choice cost as one number of it moves, their decisions held.

    Attributes:
        lever: the number that moves.
        plans: the plans, in the order found.
    """

    def __init__(self, ground: Ground, lever: Lever, caps: Mapping[str, float]) -> None:
        """Without any plan.

        Args:
            ground: what the questions are about.
            lever: the number.
            caps: most that other goals than cost may come to.
        """
        self.lever, self.plans = lever, list[Plan]()
        self._ground, self._caps = ground, {goal: most for goal, most in caps.items() if goal != COST}
        self._numbers = _numbers(ground, lever)
        self._fixed: list[FixedPlan] = []
        self._costs: dict[tuple[int, float], float] = {}
        self._reaches: dict[tuple[int, float], float | None] = {}

    def add(self, question: Question, answer: Answer) -> None:
        """Takes a plan in."""
        self.plans.append((question, answer))
        arrays = self._numbers(self.lever.easy)
        own = self._ground.arrays(question.changes) if arrays is None else arrays
        self._fixed.append(self._held(len(self.plans) - 1, own))

    def _held(self, number: int, arrays: Compiled) -> FixedPlan:
        """A plan's decisions held on arrays."""
        question, answer = self.plans[number]
        fixed = FixedPlan(arrays, _on(self._ground.arrays(question.changes), answer.values, arrays))
        for goal, most in self._caps.items():
            if (column := arrays.column("goal", (goal,))) is not None:
                fixed.bound(column, upper=min(float(arrays.upper[column]), most))
        return fixed

    def cost(self, number: int, at: float) -> float:
        """What a plan costs with the lever at a number, flows free, in the case's currency; infinite if impossible."""
        if (number, at) not in self._costs:
            self._costs[number, at] = self._cost(number, self._numbers(at))
        return self._costs[number, at]

    def _cost(self, number: int, arrays: Compiled | None) -> float:
        if arrays is None:
            return float("inf")
        if arrays.columns is self._fixed[number].compiled.columns:
            self._fixed[number].move(arrays)
        else:
            self._fixed[number] = self._held(number, arrays)
        result = self._fixed[number].minimise(arrays.column_numbers["goal", (COST,)])
        return result.objective * arrays.money if result.outcome is Outcome.PROVED else float("inf")

    def known(self, at: float) -> tuple[Decided, ...]:
        """What the plan decides that is the cheapest with the lever at a number; nothing where no plan is possible."""
        costs = [self.cost(i, at) for i in range(len(self.plans))]
        if not np.isfinite(costs).any():
            return ()
        question, answer = self.plans[int(np.argmin(costs))]
        return (decided(self._ground.arrays(question.changes), answer),)

    def reach(self, level: float) -> tuple[float, int] | None:
        """The furthest number at which some plan costs at most `level`, and which one; None where none does."""
        for i in range(len(self.plans)):
            if (i, level) not in self._reaches:
                self._reaches[i, level] = self._reached(i, level)
        found = [(at, i) for i in range(len(self.plans)) if (at := self._reaches[i, level]) is not None]
        return max(found, key=lambda one: one[0] if self.lever.rising else -one[0], default=None)

    def _reached(self, number: int, level: float) -> float | None:
        if level == -np.inf:
            return None
        limit = level + EXACT * max(1.0, abs(level)) if np.isfinite(level) else np.finfo(np.float64).max
        inside, outside = self.lever.easy, self.lever.hard
        below, above = self.cost(number, inside) - limit, self.cost(number, outside) - limit
        if below > 0:
            return None
        if above <= 0:
            return outside
        for turn in range(HALVINGS):
            # the chord finds the end of a straight piece at once, halving what bends much
            straight = turn % 2 == 0 and np.isfinite(above)
            at = inside + (outside - inside) * (below / (below - above) if straight else 0.5)
            if abs(outside - inside) <= EXACT * max(abs(inside), abs(outside)) or at in (inside, outside):
                break
            over = self.cost(number, at) - limit
            if over <= 0:
                inside, below = at, over
            else:
                outside, above = at, over
            if -EXACT * max(1.0, abs(limit)) <= over <= 0:
                break
        return inside


def _numbers(ground: Ground, lever: Lever) -> Callable[[float], Compiled | None]:
    """The arrays for a number of the lever: in proportion where they follow it so, else of the case changed.

    None stands for a number at which the case is not sound, as where too little could arrive: no plan meets it.
    """
    if not lever.straight:
        known: dict[float, Compiled | None] = {}

        def changed(at: float) -> Compiled | None:
            if at not in known:
                try:
                    known[at] = ground.arrays(lever.changes(at))
                except CaseError:
                    known[at] = None
            return known[at]

        return changed
    # at nothing the model has no such item of cost, so the two numbers that the rest is in proportion to are others
    first = lever.now or lever.hard / 2
    one = ground.arrays(lever.changes(first))
    # a number doubled or halved may be in another unit of money, never both
    second, other = next(
        (at, arrays) for at in (2 * first, first / 2)
        if (arrays := ground.arrays(lever.changes(at))).money == one.money
    )
    shift = Shift.between(one, other)
    return lambda at: shift.on(one, (at - first) / (second - first))


def _on(arrays: Compiled, values: Floats, others: Compiled) -> Floats:
    """Values of columns as other arrays have them; a column that is not there has none."""
    if arrays.columns == others.columns:
        return values
    found: Mapping[Name, float] = dict(zip(arrays.columns, values.tolist(), strict=True))
    return np.array([found.get(name, 0.0) for name in others.columns])


@dataclass
class Switch:
    """The search for one switching point.

    Attributes:
        executor: where the solves run.
        question: least cost with the choice in, at the case's own numbers.
        track: the plans found on the way.
        told: what a search is for, in words.
        ahead: about how many searches come after this point.
        solves: searches made.
        found: number -> the plan last found there.
        unit: the unit of money of the arrays that were asked last, in the case's currency.
    """

    executor: Executor
    question: Question
    track: Track
    told: str
    ahead: int
    solves: int = 0
    found: dict[float, Plan] = field(default_factory=dict)
    unit: float = 1.0

    def edge(self, level: float) -> Edge:
        """How far the choice is in at a level, in the case's currency, to :data:`PART` of the number."""
        lever, reached = self.track.lever, self._reach(level)
        if reached is None:
            first = self.ask(lever.easy)
            if not self.inside(first, level):
                return Edge(None, lever.easy if self.beyond(first, level) else None, first.outcome == "nothing")
            reached = self._further(lever.easy, level)
        seen, out, step = reached, None, lever.step(reached, PART)
        for _ in range(ROUNDS):
            at = self._toward(seen, step, out)
            if at in (seen, out):
                break
            answer = self.ask(at)
            if answer.outcome == "nothing":
                return Edge(reached, out, ended=True)
            # every plan found tells something of the numbers before the one that it was found for, too
            reached = self._further(reached, level)
            if self.beyond(answer, level):
                out, step = at, lever.step(seen, PART)
            else:
                seen, step = self._furthest(at, reached), 2 * step
        return Edge(reached, out)

    def _toward(self, reached: float, step: float, out: float | None) -> float:
        """Where to look next: a step beyond what is reached, at most half of the way to what is out."""
        hard, rising = self.track.lever.hard, self.track.lever.rising
        nearer = min if rising else max
        if out is None:
            return nearer(reached + step, hard)
        if abs(out - reached) <= 1.01 * abs(self.track.lever.step(reached, PART)):
            return out
        return nearer(reached + step, (reached + out) / 2)

    def _further(self, at: float, level: float) -> float:
        """How far the plans reach, or `at` where that is further."""
        reached = self._reach(level)
        return at if reached is None else self._furthest(reached, at)

    def _furthest(self, one: float, other: float) -> float:
        return max(one, other) if self.track.lever.rising else min(one, other)

    def _reach(self, level: float) -> float | None:
        found = self.track.reach(level)
        return None if found is None else found[0]

    def inside(self, answer: Answer, level: float) -> bool:
        """Whether an answer has a plan that costs at most a level."""
        return answer.found and span(self.unit, answer)[1] <= level + EXACT * max(1.0, abs(level))

    def beyond(self, answer: Answer, level: float) -> bool:
        """Whether an answer proves that there is no plan that costs at most a level."""
        return answer.outcome == "none" or (answer.found and span(self.unit, answer)[0] > level)

    def ask(self, at: float) -> Answer:
        """The least cost with the choice in and a number moved, kept; an unsound case has none."""
        question = replace(self.question, known=self.track.known(at)).on(*self.track.lever.changes(at))
        if not self.executor.ground.possible(question.changes):
            return Answer("none")
        answer = ask(self.executor, question, self.told, self.ahead + 1)
        self.solves += answer.outcome != "nothing"
        self.unit = self.executor.ground.arrays(question.changes).money
        if answer.found:
            self.found[at] = question, answer
            if not self.track.lever.whole:
                self.track.add(question, answer)
        return answer


def span(unit: float, answer: Answer) -> tuple[float, float]:
    """Least and most that the least cost may be after an answer with a plan, in the case's currency.

    Args:
        unit: the unit of money of the arrays that were asked.
        answer: an answer to a question whose first goal is cost.
    """
    return answer.reached[COST].bound * unit, answer.reached[COST].value * unit


def whole_edge(
    switch: Switch, level: tuple[float, float], known: Mapping[float, bool]
) -> tuple[Edge, float | None]:
    """How far a choice is in as a whole number moves: halving, a search for each number looked at.

    Args:
        switch: the search.
        level: least and most that the level may be; a plan within the first is in for certain, none within the second
            is out for certain.
        known: number -> whether the choice is in there, where it is known; it is so on the way from the easy end to a
            number where it is in, and from one where it is out on.

    Returns:
        How far it is in at the higher level, and the furthest number at which it is in for certain.
    """
    lever = switch.track.lever
    steps = range(round(abs(lever.hard - lever.easy)) + 1)
    numbers = [lever.easy + (i if lever.rising else -i) for i in steps]
    last = max((i for i in steps if known.get(numbers[i]) is True), default=-1)
    out, certain = min((i for i in steps if known.get(numbers[i]) is False), default=len(numbers)), last
    while out - last > 1:
        middle = (last + out) // 2
        answer = switch.ask(numbers[middle])
        if answer.outcome == "nothing":
            return Edge(_at(numbers, last), _at(numbers, out), ended=True), _at(numbers, certain)
        if switch.beyond(answer, level[1]):
            out = middle
            continue
        last = middle
        if switch.inside(answer, level[0]):
            certain = middle
    return Edge(_at(numbers, last), _at(numbers, out)), _at(numbers, certain)


def _at(numbers: list[float], place: int) -> float | None:
    """The number at a place; None beside the list."""
    return numbers[place] if 0 <= place < len(numbers) else None
