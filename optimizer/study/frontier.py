"""The trade-off of two criteria, exact: what less of the second costs in the first (MODEL.md 7).

Each point is the least of the first criterion with the second capped (epsilon-constraint); the ends are lexicographic.
With flows that may take any amount the frontier is made of segments, along each of which the decisions stay the same.
Between two neighbours i, j an unseen point can only lie where the first criterion is at least the bound proved at i and
at most what j takes, and the second between what was asked last and what i has; the largest such rectangles are
refined next, side by side, until none is left above the size asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from optimizer.case.case import Case
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.solve.events import OnEvent
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.goals import FRACTIONS, gap_of
from optimizer.solve.plan import Infeasibility, Infeasible, Plan, SolveOptions, Unsolved
from optimizer.study.executor import Executor, Here
from optimizer.study.ground import Ground, decided, value_of
from optimizer.study.portfolio import Portfolio
from optimizer.study.question import Answer, AskedWrongly, Decided, Question
from optimizer.study.segment import Pair, Spot, segment

AT_ONCE = 4
"""Most rectangles refined side by side: a fixed number, so that the points are the same with any number of workers."""

PART = 0.25
"""Part of the largest rectangle's area from which on another one is refined beside it."""

POINTS = 15
"""Points of a frontier of which neither points nor step are said."""

TIME = 1800.0
"""Seconds for a frontier of which no time is said."""

SAME = 1e-7
"""Part of a criterion's range below which two values are one."""

FINEST = 1e-8
"""Difference below which two values are one however close the ends lie: of fractions absolute, of others relative."""

SLIVER = 4
"""How many times that a rectangle must be high to be looked into, so that a point does not hide in its own rounding."""

EXACT = 1e-9
"""A gap below which points are proved lexicographically, each by a second search; above it the gap hides what that
would find, and the flows alone are improved."""


@dataclass(frozen=True)
class Point:
    """A plan that no other one found beats in both criteria.

    Attributes:
        plan: the plan, checked.
        goal: name of the first criterion.
        first: what the first criterion comes to.
        second: what the second one comes to.
        bound: no plan with at most `reach` of the second has less than this of the first.
        reach: the most of the second criterion for which that was proved.
        portfolio: deals and plants chosen.
        answer: the solver's numbers.
        segment: from this point on, the first against the second with its decisions held.
    """

    plan: Plan
    goal: str
    first: float
    second: float
    bound: float
    reach: float
    portfolio: Portfolio
    answer: Answer = field(repr=False, compare=False)
    segment: tuple[Spot, ...] = ()

    @property
    def gap(self) -> float:
        """How far the first criterion may be above the least for so much of the second: relative, of a share not."""
        return gap_of(self.goal, self.first, self.bound)

    def joined(self, other: Point) -> Point:
        """This point with what was proved of another one that it beats."""
        return replace(self, reach=max(self.reach, other.reach), bound=min(self.bound, other.bound))


@dataclass(frozen=True)
class Hidden:
    """Where an unseen point may lie between two neighbours.

    Attributes:
        between: positions of the neighbours among the points.
        first: least and most of the first criterion there.
        second: least and most of the second one.
    """

    between: tuple[int, int]
    first: tuple[float, float]
    second: tuple[float, float]


@dataclass(frozen=True)
class Frontier:
    """The trade-off of two criteria.

    Attributes:
        case: the case.
        criteria: names of the first and the second criterion.
        points: sorted by the first criterion, none beaten by another.
        hidden: where more may lie.
        status: ``proved`` where every point is, and it went as far as was asked.
        ended: why it ended before the size asked for: empty, ``points``, ``time``, ``interrupted`` or ``failed``.
        solves: searches made.
    """

    case: Case
    criteria: tuple[str, str]
    points: tuple[Point, ...]
    hidden: tuple[Hidden, ...]
    status: str
    ended: str
    solves: int

    @property
    def knee(self) -> int | None:
        """The point furthest below the straight line between the ends; None where none is below it."""
        if len(self.points) < 3:
            return None
        start, end = self.points[0], self.points[-1]
        wide, high = end.first - start.first, start.second - end.second
        if wide <= 0 or high <= 0:
            return None
        below = [1 - (p.first - start.first) / wide - (p.second - end.second) / high for p in self.points]
        at = max(range(len(below)), key=lambda i: below[i])
        return at if below[at] > SAME else None


def frontier(
    case: Case, options: SolveOptions | None = None, *, criteria: tuple[str, str] = (COST, DEPENDENCE),
    points: int | None = None, step: float | None = None, executor: Executor | None = None,
    on_event: OnEvent | None = None,
) -> Frontier:
    """The trade-off of two criteria.

    Budget and cap of the case are not looked at; those of the options bound what is searched.

    Args:
        case: a case that passed the checks.
        options: budget, cap, gap, time, threads and seed.
        criteria: the first, which is told per unit of the second, and the second.
        points: points after which it ends; :data:`POINTS` where neither it nor `step` is given.
        step: height of the rectangles that may be left, of dependence a fraction of demand, of other criteria a part of
            the range; 0 walks from point to point, for cases whose criteria take separate values.
        executor: where the solves run.
        on_event: told each solve and how it goes.

    Raises:
        AskedWrongly: a criterion that the case does not have, or twice the same; points or step that make no frontier.
        Infeasible: no plan meets the case, or none within budget and cap.
        Unsolved: not even the first end was found in the time.
        KeyboardInterrupt: the user stopped before there was a point.
    """
    options = options or SolveOptions(time=TIME)
    if points is None and step is None:
        points = POINTS
    ground = executor.ground if executor else Ground(case, options)
    _refuse(ground, criteria, points, step)
    most = {COST: options.budget, DEPENDENCE: options.cap}
    search = _Search(
        executor or Here(ground, seconds=options.time, on_event=on_event), criteria,
        {goal: level for goal, level in most.items() if level is not None}, points, step,
    )
    with ground.stop.listening():
        ended = search.run()
        return search.result(ended)


def _refuse(ground: Ground, criteria: tuple[str, str], points: int | None, step: float | None) -> None:
    known = ground.goals()
    for name in criteria:
        if name not in known:
            raise AskedWrongly(f"there is no criterion '{name}'; the case has {', '.join(known)}")
    if criteria[0] == criteria[1]:
        raise AskedWrongly(f"a frontier needs two criteria, and '{criteria[0]}' is given twice")
    if points is not None and points < 2:
        raise AskedWrongly(f"{points} points make no frontier: the least is 2")
    if step is not None and not 0 <= step <= 1:
        raise AskedWrongly(f"a step of {step:g} cannot be used: it is a part between 0 and 1, e.g. 0.01")


@dataclass
class _Search:
    executor: Executor
    criteria: tuple[str, str]
    most: Mapping[str, float]
    wanted: int | None
    step: float | None
    points: list[Point] = field(default_factory=list)
    solves: int = 0
    unproved: bool = False
    failed: set[float] = field(default_factory=set)

    def run(self) -> str:
        """Ends, then the largest rectangles again and again; gives why it ended before the size asked for."""
        first, second = self.criteria
        caps = tuple(sorted(self.most.items()))
        ends = self._asked([(Question((first, second), caps=caps), f"least {first}"),
                            (Question((second, first), caps=caps), f"least {second}")])
        start = self._end(*next(ends), f"least {first}")
        if start is None:
            raise KeyboardInterrupt
        self.points = [replace(start, reach=self.most.get(second, float("inf")))]
        question, answer = next(ends)
        end = self._end(question, answer, f"least {second}")
        if end is None:
            return "failed" if answer.note else self._why
        self._take(replace(end, bound=self.points[0].bound if end.bound == -float("inf") else end.bound))
        return self._refined()

    def _end(self, question: Question, answer: Answer, told: str) -> Point | None:
        """One end; None where the user, or with a point already known the time, has ended the search."""
        if answer.found:
            return self._point(question, answer)
        if answer.outcome == "none":
            raise Infeasible(Infeasibility())
        if not self.points and not self.executor.ground.stop.asked:
            raise Unsolved(answer.note or f"The time ran out before the {told} was found.")
        return None

    def _refined(self) -> str:
        while open_ := self._open():
            if self.wanted is not None and len(self.points) >= self.wanted:
                return "points"
            if self.executor.ended or not self._between(open_):
                return self._why
        return "failed" if self.failed else ""

    def _open(self) -> list[float]:
        """Where the largest rectangles are cut next, the largest first."""
        boxes = sorted((box for box in self.hidden() if self._open_still(box)), key=self._area, reverse=True)
        most = AT_ONCE if self.wanted is None else max(1, min(AT_ONCE, self.wanted - len(self.points)))
        return [self._cut(box) for box in boxes[:most] if self._area(box) >= PART * self._area(boxes[0])]

    def _open_still(self, box: Hidden) -> bool:
        return box.second[1] - box.second[0] > self._size * (1 + 1e-6) and self._cut(box) not in self.failed

    def _cut(self, box: Hidden) -> float:
        """A walk goes from point to point; else the rectangle is halved, and cut at the size where that is less."""
        low, high = box.second
        return high - self._size if self.step == 0 else min((low + high) / 2, high - min(self._size, high - low))

    def _between(self, cuts: Sequence[float]) -> bool:
        """The least of the first criterion with at most so much of the second; False where that is not answered."""
        first, second = self.criteria
        exact = self.executor.ground.options.gap <= EXACT
        free = Question((first, second) if exact else (first,), () if exact else (second,))
        caps = [tuple(sorted({**self.most, second: at}.items())) for at in cuts]
        asked = [
            (replace(free, caps=of, known=self._known(at)), f"{second} at most {_told(second, at)}")
            for of, at in zip(caps, cuts, strict=True)
        ]
        for at, (question, answer) in zip(cuts, self._asked(asked), strict=True):
            if answer.found:
                self._take(self._point(question, answer))
            elif answer.outcome == "none":
                # the neighbour has no more of the second than this, but for the solver's tolerance
                self._prove(at)
            elif answer.note:
                self.failed.add(at)
            else:
                return False
        return True

    def _known(self, at: float) -> tuple[Decided, ...]:
        """What the points next to a level of the second criterion decide: that above it, and that below."""
        below = next((i for i, point in enumerate(self.points) if point.second <= at), len(self.points))
        compiled = self.executor.ground.compiled
        return tuple(decided(compiled, point.answer) for point in self.points[max(below - 1, 0):below + 1])

    def _asked(self, asked: Sequence[tuple[Question, str]]) -> Iterator[tuple[Question, Answer]]:
        """Questions asked side by side, each with its answer; ``nothing`` where they are not answered any more."""
        ahead = max(len(asked), len(self.hidden()) if self.wanted is None else self.wanted - len(self.points))
        answers = self.executor.ask([question for question, _ in asked], [told for _, told in asked], ahead)
        for question, _ in asked:
            answer = next(answers, Answer("nothing"))
            self.solves += answer.outcome != "nothing"
            self.unproved |= answer.outcome == "stopped" or bool(answer.note)
            yield question, answer

    def _point(self, question: Question, answer: Answer) -> Point:
        first, second = self.criteria
        compiled = self.executor.ground.arrays(question.changes)
        reached, unit = answer.reached[first], compiled.money if first == COST else 1.0
        own = value_of(compiled, answer, second)
        # the least of the second, proved first, bounds the first only for those who have as little of it
        reach = dict(question.caps).get(second, own) if question.goals[0] == first else own
        return Point(
            self.executor.plan(question, answer), first, value_of(compiled, answer, first), own, reached.bound * unit,
            reach, self.executor.ground.portfolio(question, answer, plants=True), answer,
        )

    def _take(self, point: Point) -> None:
        """Takes a point in; of two of which one beats the other that one goes, and leaves what was proved of it."""
        others = []
        for other in self.points:
            if self._beats(other, point):
                point = other.joined(point)
            elif self._beats(point, other):
                point = point.joined(other)
            else:
                others.append(other)
        self.points = sorted([*others, point], key=lambda p: (p.first, -p.second))

    def _beats(self, one: Point, other: Point) -> bool:
        wide, high = self._same(one, other)
        return one.first <= other.first + wide and one.second <= other.second + high

    def _same(self, *more: Point) -> tuple[float, float]:
        """The difference below which two values are one, of each criterion."""
        points = (*self.points, *more)
        first, second = self.criteria
        return _finest(first, [p.first for p in points]), _finest(second, [p.second for p in points])

    def _prove(self, at: float) -> None:
        for i, point in enumerate(self.points):
            if point.second <= at:
                self.points[i] = replace(point, reach=max(point.reach, at))
                return

    def hidden(self) -> list[Hidden]:
        """Where more points may lie."""
        if len(self.points) < 2:
            return []
        found, (wide, high), least = [], self._same(), -float("inf")
        for i in range(len(self.points) - 1):
            one, other = self.points[i], self.points[i + 1]
            least = max(least, one.bound)
            low = min(max(other.second, other.reach), one.second)
            if one.second - low > SLIVER * high and other.first - least > wide:
                found.append(Hidden((i, i + 1), (min(least, other.first), other.first), (low, one.second)))
        return found

    def _area(self, box: Hidden) -> float:
        return (box.first[1] - box.first[0]) * (box.second[1] - box.second[0])

    @property
    def _size(self) -> float:
        """The height of a rectangle that may be left."""
        step, seconds = self.step or 0.0, [point.second for point in self.points]
        part = step if self.criteria[1] in FRACTIONS else step * (max(seconds) - min(seconds))
        return max(part, SLIVER * self._same()[1])

    @property
    def _why(self) -> str:
        return "interrupted" if self.executor.ground.stop.asked else "time"

    def result(self, ended: str) -> Frontier:
        """The frontier as far as it was found, each point with its segment to the next."""
        points, fixed = self.points, self._fixed()
        drawn = [replace(p, segment=self._segment(fixed, p, points[i + 1].second)) for i, p in enumerate(points[:-1])]
        whole = not self.unproved and ended in ("", "points")
        return Frontier(
            self.executor.ground.case, self.criteria, (*drawn, *points[-1:]), tuple(self.hidden()),
            "proved" if whole else "stopped", ended, self.solves,
        )

    def _fixed(self) -> FixedPlan:
        """The arrays with decisions held and the criteria bounded, for every segment."""
        compiled = self.executor.ground.compiled
        fixed = FixedPlan(compiled, self.points[0].answer.values)
        for goal, most in self.most.items():
            if (column := compiled.column("goal", (goal,))) is not None:
                level = most / compiled.money if goal == COST else most
                fixed.bound(column, upper=min(float(compiled.upper[column]), level))
        return fixed

    def _segment(self, fixed: FixedPlan, point: Point, least: float) -> tuple[Spot, ...]:
        compiled = fixed.compiled
        first, second = (compiled.column("goal", (name,)) for name in self.criteria)
        if first is None or second is None:
            return ()
        units = tuple(compiled.money if name == COST else 1.0 for name in self.criteria)
        fixed.hold(point.answer.values)
        return segment(fixed, Pair(first, second, (units[0], units[1])), point.second, least)


def _finest(goal: str, values: Sequence[float]) -> float:
    """The difference below which two values of a goal are one."""
    scale = 1.0 if goal in FRACTIONS else max(map(abs, values))
    return max(SAME * (max(values) - min(values)), FINEST * scale)


def _told(goal: str, level: float) -> str:
    return f"{100 * level:.4g} %" if goal in FRACTIONS else f"{level:.6g}"
