r"""Two cases beside each other: what changed in the inputs, in the decisions, and which inputs moved the numbers.

The inputs that differ are put into groups, and cases between the two take over some of them. Two waterfalls lead from
the numbers of the first plan to those of the second (MODEL.md 7). Each part is the mean of what its group does when
the groups come first to last and when they come last to first, so that the parts add up to the whole:

.. math::
    part_g = \tfrac12 \big(v(1..g) - v(1..g-1)\big) + \tfrac12 \big(v(g..n) - v(g+1..n)\big)

*Cost*: ``v`` is the least cost with dependence at most that of the plan (the cap where cost comes first; none is 1). A
case that cannot come so low is taken at the least dependence that it can reach, and each point too much counts with
the price of a point: ``z = cost + pi * excess``. *Dependence*: ``v`` is the least dependence with cost at most that of
the plan, or where that is too little money for any plan, with the least cost that there is; where cost comes first in
both cases, it is the dependence of the plans of least cost. Where the two plans allow different dependence or money,
going from one level to the other is a part of its own: the last one of the forward order, the first one of the
reverse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from optimizer.case.case import Case
from optimizer.case.difference import InputChange, OtherMoney, Part, differences, refuse_other_money
from optimizer.case.families import GOALS
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.runs.journal import Journal
from optimizer.solve.events import OnEvent
from optimizer.solve.goals import Clock
from optimizer.solve.plan import Plan, SolveOptions, Unsolved
from optimizer.solve.stopping import Stop
from optimizer.study.decided import DecisionChange, VolumeChange, decision_changes, held, volume_changes
from optimizer.study.executor import Here
from optimizer.study.form import SLACK, form_of
from optimizer.study.ground import Ground, silent
from optimizer.study.mixes import Ended, Maker, Mixes, Unfit, Value, union
from optimizer.study.question import AskedWrongly, Question

TAU = 0.005
"""Part of cost, or of demand, within which two plans are a tie (MODEL.md 7)."""

TIME = 1800.0
"""Seconds for a comparison of which no time is said."""

POINT = 0.01
"""A point of dependence, as a fraction."""

DEPENDENCE_ALLOWED, MONEY_ALLOWED = "dependence allowed", "money allowed"
"""Names of the parts that are no inputs: going from the level of the first plan to that of the second."""

LEFT_OPEN = "left open by the gap"
"""Name of the part where no input moves a plan and two searches still ended a little apart."""

SAME, TINY = 1e-6, 1e-9
"""Dependence, or part of a cost, below which two levels are one; the same for parts of a waterfall."""


@dataclass(frozen=True)
class Contribution:
    """What one group of changed inputs does.

    Attributes:
        group: the group, in the planner's words; several joined where one makes no case without the other.
        effect: mean of the two orders: cost in the case's currency, dependence as a fraction.
        forward: its effect when the groups come first to last.
        reverse: its effect when they come last to first.
        tie: whether it is too small to be told from what the gap leaves open.
    """

    group: str
    effect: float
    forward: float
    reverse: float
    tie: bool


@dataclass(frozen=True)
class Waterfall:
    """How a number goes from that of the first plan to that of the second.

    Attributes:
        measure: ``cost`` or ``dependence``.
        start: the number of the first plan: cost in the case's currency, dependence as a fraction.
        end: that of the second.
        parts: what each group does, in the order in which they were changed; they add up to the difference.
        tie: whether the whole difference is only a tie.
    """

    measure: Literal["cost", "dependence"]
    start: float
    end: float
    parts: tuple[Contribution, ...]
    tie: bool

    @property
    def whole(self) -> float:
        """The whole difference."""
        return self.end - self.start


@dataclass(frozen=True)
class Comparison:
    """Two cases beside each other.

    Attributes:
        before: the plan of the first case.
        after: the plan of the second case.
        inputs: every input that differs, by group.
        decisions: deals and plants that are decided differently.
        volumes: volumes of deals in both plans that differ by more than rounding.
        keeping: what the second case costs more when the decisions of the first plan are kept, at the dependence of
            the second, in the case's currency; None where the decisions are the same, or where keeping them is not
            possible, or where it was not found out in the time.
        kept: whether the second case has a plan with the decisions of the first; None where that was not asked.
        waterfalls: of cost and of dependence; none where the search ended before.
        price: the price of a point of dependence where a case between had to be valued with it, in the case's
            currency; else None.
        notes: what the reader must be told about how the parts came about, sentences.
        tau: part within which two plans are a tie.
        status: ``proved`` where every number is within the gap, and nothing is missing.
        ended: why it ended before: empty, ``time`` or ``interrupted``.
        solves: searches made.
    """

    before: Plan
    after: Plan
    inputs: tuple[InputChange, ...]
    decisions: tuple[DecisionChange, ...]
    volumes: tuple[VolumeChange, ...]
    keeping: float | None
    kept: bool | None
    waterfalls: tuple[Waterfall, ...]
    price: float | None
    notes: tuple[str, ...]
    tau: float
    status: str
    ended: str
    solves: int

    @property
    def decisions_tie(self) -> bool:
        """Whether other decisions are only a tie: those of the first plan would do as well in the second case."""
        scale = max(abs(self.after.claims.cost), 1e-9)
        return self.keeping is not None and self.keeping <= max(self.tau, self.after.options.gap) * scale


def compare(
    before: Case | Plan, after: Case | Plan, options: SolveOptions | None = None, *, price: float | None = None,
    executor: Maker | None = None, journal: Journal | None = None, on_event: OnEvent | None = None,
    stop: Stop | None = None,
) -> Comparison:
    """What changed between two cases, in inputs and decisions, and what each group of changed inputs does.

    A case is solved first, a plan is taken as it is; of a plan whose cost or dependence was no goal, and so is not the
    least, the number from which its waterfall goes out is looked for anew. With n groups it takes at most 2n searches
    for each of the two waterfalls. A case between two that is not sound, or that no plan meets even with any
    dependence, is not valued: the two groups that it parts are then told together. The formulas stand on top of
    :mod:`optimizer.study.compare`. Ctrl-C ends the search, and what was found is kept.

    Args:
        before: the first case, or its plan.
        after: the second case, or its plan.
        options: goal, budget, cap, gap, time, threads and seed of both; a plan keeps the goal, budget and cap with
            which it was solved.
        price: what a point of dependence counts where a case cannot come as low as is asked, in the case's currency
            per point; the larger one of the two plans where None: what a point less costs with all signings and orders
            as they are, or where that cannot be, what a point more saves; where both are nothing, a hundredth of the
            cost of the dearer plan.
        executor: makes what answers the questions about a case; in this process where None.
        journal: answers known from before, and where new ones are noted; for the default executor.
        on_event: told each solve and how it goes.
        stop: set when the user asks to stop.

    Raises:
        AskedWrongly: currency or base year of the two differ; a price below 0; a goal that a case does not have.
        Infeasible: no plan meets the first or the second case.
        Unsolved: a plan was not found in the time.
        CheckRefused: what the solver returned does not stand up to the independent check.
        KeyboardInterrupt: the user stopped before both plans were found, or a second time.
    """
    if price is not None and not 0 <= price < float("inf"):
        raise AskedWrongly(f"a price of {price:g} for a point of dependence cannot be used: the least is 0")
    options = options or SolveOptions(time=TIME)
    sides = (_Side.of(before, options), _Side.of(after, options))
    try:
        refuse_other_money(sides[0].case, sides[1].case)
    except OtherMoney as fault:
        raise AskedWrongly(str(fault)) from None
    inputs = differences(sides[0].case, sides[1].case)
    clock, noted = Clock(options.time), Journal() if journal is None else journal

    def here(ground: Ground, about: str, told: OnEvent) -> Here:
        return Here(ground, seconds=clock.left, journal=noted, on_event=told, about=about)

    stop = stop or Stop()
    groups = _groups(inputs)
    mixes = Mixes(
        sides[0].case, sides[1].case, union([g.parts for g in groups]), (sides[0].asked, sides[1].asked),
        executor or here, on_event or silent, stop,
    )
    with stop.listening():
        return _Comparing(sides, inputs, groups, mixes, price).run()


@dataclass
class _Side:
    """One of the two: its case, how it is asked, and its plan once that is known."""

    case: Case
    options: SolveOptions
    given: Plan | None

    @classmethod
    def of(cls, side: Case | Plan, options: SolveOptions) -> _Side:
        if isinstance(side, Case):
            return cls(side, options, None)
        own = side.options
        kept = replace(options, goal=own.goal, then=own.then, budget=own.budget, cap=own.cap)
        return cls(side.case, kept, side)

    @property
    def first(self) -> str:
        """The first goal."""
        return self.options.goal or self.case.settings.goal

    @property
    def asked(self) -> SolveOptions:
        """The options, with dependence lowered as far as the least cost allows where cost comes first."""
        then = self.case.settings.then if self.options.then is None else self.options.then
        if self.first != COST:
            return self.options
        then = () if self.options.goal is not None and self.options.then is None else then
        return replace(self.options, then=tuple(dict.fromkeys((*then, DEPENDENCE))))

    @property
    def cap(self) -> float:
        """Most that dependence may be where cost comes first, 1 for any."""
        cap = self.options.cap_of(self.case.settings)
        return 1.0 if cap is None else cap


@dataclass(frozen=True)
class _Group:
    name: str
    parts: frozenset[Part]

    def with_next(self, other: _Group) -> _Group:
        return _Group(f"{self.name} and {other.name}", self.parts | other.parts)


def _groups(inputs: Iterable[InputChange]) -> list[_Group]:
    """The groups that move a plan, in the order of the inputs; what is asked for moves it by its level alone."""
    found: dict[str, set[Part]] = {}
    for one in inputs:
        if one.moves and one.group != GOALS:
            # rows come and go as a whole, by their switch too
            found.setdefault(one.group, set()).add(one.part)
    return [_Group(name, frozenset(parts)) for name, parts in found.items()]


Walk = tuple[list[_Group], list[Value]]
"""The groups in the order in which they are changed, and the values before the first and after each."""

Walks = tuple[tuple[Walk, Walk], tuple[Walk, Walk]]
"""Of cost and of dependence: first to last, and last to first."""

Valued = Callable[[frozenset[Part], int, str], Value]
"""The value of the first case with some parts of the second, at the level of the first plan (0) or the second (1)."""


class _Parted(Exception):  # noqa: N818 - an outcome, not a fault
    """Two groups cannot be parted: those before and behind a place in their order."""

    def __init__(self, at: int, why: str) -> None:
        self.at, self.why = at, why
        super().__init__(why)


@dataclass
class _Comparing:
    sides: tuple[_Side, _Side]
    inputs: tuple[InputChange, ...]
    groups: list[_Group]
    mixes: Mixes
    price: float | None
    plans: tuple[Plan, Plan] | None = None
    notes: list[str] = field(default_factory=list)

    def run(self) -> Comparison:
        """Plans, then decisions, then waterfalls, as far as the time goes."""
        # of each plan the least cost, the plan, and its cost in the common form
        self.mixes.ahead = sum(3 for side in self.sides if side.given is None) + 4 * len(self.groups)
        before, after = self.plans = self._planned()
        decisions, ended = decision_changes(before, after), ""
        self.mixes.ahead = self.mixes.asked + bool(decisions) + 4 * len(self.groups)
        keeping: float | None = None
        kept: bool | None = None
        waterfalls: tuple[Waterfall, ...] = ()
        try:
            if decisions:
                keeping = self._keeping()
                kept = keeping is not None
            waterfalls = self._waterfalls()
        except Ended:
            ended = "interrupted" if self.mixes.stop.asked else "time"
        proved = self.mixes.proved and not ended and before.status == after.status == "proved"
        return Comparison(
            before, after, self.inputs, decisions, volume_changes(before, after), keeping, kept, waterfalls,
            self.price, tuple(self.notes), TAU, "proved" if proved else "stopped", ended, self.mixes.asked,
        )

    def _planned(self) -> tuple[Plan, Plan]:
        one, other = self.sides
        before = one.given or form_of(self.mixes.side(0), self.mixes.ahead).plan
        same = not any(change.moves for change in self.inputs) and one.given is other.given is None
        if same:
            return before, replace(before, case=other.case)
        return before, other.given or form_of(self.mixes.side(1), self.mixes.ahead).plan

    def _own(self, i: int) -> Plan:
        assert self.plans is not None
        return self.plans[i]

    # ---- levels

    def _dependence_allowed(self, i: int) -> float:
        side = self.sides[i]
        return min(1.0, (side.cap if side.first == COST else self._own(i).claims.dependence) + SLACK)

    def _money_allowed(self, i: int) -> float:
        cost = self._own(i).claims.cost
        return cost + SAME * max(1.0, abs(cost))

    def _levels(self, allowed: Callable[[int], float], least: float) -> tuple[tuple[float, float], bool]:
        """The levels of the two plans and whether they differ; where not, the wider one is that of both."""
        one, other = allowed(0), allowed(1)
        if abs(one - other) > least:
            return (one, other), True
        return (max(one, other), max(one, other)), False

    # ---- waterfalls

    @property
    def _cost_first(self) -> bool:
        return all(side.first == COST for side in self.sides)

    def _waterfalls(self) -> tuple[Waterfall, ...]:
        costs, shares = self._fitting(self._walks)
        self._priced(any(value.excess > 0 for _, values in costs for value in values))
        price = (self.price or 0.0) / POINT
        return (
            self._waterfall("cost", costs, lambda value: value.money(price)),
            self._waterfall("dependence", shares, lambda value: value.dependence),
        )

    def _priced(self, needed: bool) -> None:
        """Finds the price of a point where some case needs it and none is given."""
        if not needed:
            self.price = None
        elif self.price is None:
            self.price = max(self._price_of(0), self._price_of(1))
            if self.price <= TINY:
                self.price = POINT * max(abs(self._own(i).claims.cost) for i in (0, 1))
                self.notes.append(
                    "With the decisions of the plans a point of dependence more saves nothing, and none less can be "
                    "had: its price was taken to be a hundredth of the cost of the dearer plan."
                )

    def _fitting(self, walks: Callable[[], Walks]) -> Walks:
        """The walks over groups that can be parted; those that cannot are joined, one pair after the other."""
        while True:
            try:
                self._look()
                return walks()
            except _Parted as parted:
                at = parted.at
                one, other = self.groups[at - 1 : at + 1]
                self.groups[at - 1 : at + 1] = [one.with_next(other)]
                self.notes.append(f"'{one.name}' and '{other.name}' are told together: a case with only one of them "
                                  f"has no value, because {parted.why}.")

    def _look(self) -> None:
        """Makes every case between the two, before any of them is solved."""
        for at in range(1, len(self.groups)):
            for some in (self.groups[:at], self.groups[at:]):
                try:
                    self.mixes.executor(union([group.parts for group in some]))
                except Unfit as unfit:
                    raise _Parted(at, unfit.why) from None

    def _walks(self) -> Walks:
        levels, apart = self._levels(self._dependence_allowed, SAME)

        def money(parts: frozenset[Part], i: int, told: str) -> Value:
            return self.mixes.money(parts, levels[i], then=self._cost_first, told=told)

        costs = self._both_ways(COST, money, _Group(DEPENDENCE_ALLOWED, frozenset()) if apart else None)
        if self._cost_first:
            return costs, self._both_ways(DEPENDENCE, money, _Group(DEPENDENCE_ALLOWED, frozenset()) if apart else None)
        scale = max(1.0, *(abs(self._own(i).claims.cost) for i in (0, 1)))
        budgets, richer = self._levels(self._money_allowed, SAME * scale)

        def share(parts: frozenset[Part], i: int, told: str) -> Value:
            return self.mixes.share(parts, budgets[i], told=told)

        return costs, self._both_ways(DEPENDENCE, share, _Group(MONEY_ALLOWED, frozenset()) if richer else None)

    def _both_ways(self, goal: str, valued: Valued, level: _Group | None) -> tuple[Walk, Walk]:
        order = [*self.groups, *([level] if level else [])]
        return self._walk(goal, valued, level, order), self._walk(goal, valued, level, order[::-1])

    def _walk(self, goal: str, valued: Valued, level: _Group | None, order: list[_Group]) -> Walk:
        values = []
        for n in range(len(order) + 1):
            taken = [group for group in order[:n] if group != level]
            own = self._end(goal, n > 0) if n in (0, len(order)) else None
            values.append(own or self._between(goal, valued, taken, int(level in order[:n])))
        return order, values

    def _end(self, goal: str, last: bool) -> Value | None:
        """The numbers of a plan; None where they are not the least, as the goal was none of its own."""
        plan = self._own(int(last))
        if self.sides[int(last)].given is not None and goal not in plan.goals:
            return None
        return Value(plan.claims.cost, plan.claims.dependence, open={
            COST: plan.gap * abs(plan.claims.cost), DEPENDENCE: plan.gap
        } if plan.status == "stopped" else {})

    def _between(self, goal: str, valued: Valued, taken: list[_Group], i: int) -> Value:
        names = ", ".join(group.name for group in taken)
        told = f"{goal} of the first case{f' with {names} of the second' if taken else ''}"
        try:
            return valued(union([group.parts for group in taken]), i, told)
        except Unfit as unfit:
            at = len(taken) if taken == self.groups[: len(taken)] else len(self.groups) - len(taken)
            if not 0 < at < len(self.groups):
                raise Unsolved(f"One of the two cases was not solved again, although it has a plan: {unfit}.") from None
            raise _Parted(at, unfit.why) from None

    def _waterfall(
        self, measure: Literal["cost", "dependence"], walks: tuple[Walk, Walk], number: Callable[[Value], float]
    ) -> Waterfall:
        (order, values), (_, back) = walks
        start, end = number(values[0]), number(self._end(measure, True) or values[-1])
        gap = self.mixes.options[0].gap
        scale = max(abs(start), abs(end), SAME) if measure == COST else 1.0
        ahead, behind = _steps(values, number), _steps(back, number)[::-1]
        # what two searches leave open can make a part of nothing
        loose = [max(2 * max(gap, TINY) * scale, (one + other) / 2) for one, other in
                 zip(_loose(values, measure), _loose(back, measure)[::-1], strict=True)]
        parts = [
            Contribution(group.name, (one + other) / 2, one, other, abs(one + other) / 2 <= most)
            for group, one, other, most in zip(order, ahead, behind, loose, strict=True)
        ]
        if not order and end != start:
            parts.append(Contribution(LEFT_OPEN, end - start, end - start, end - start, True))
        return Waterfall(measure, start, end, tuple(parts), abs(end - start) <= max(TAU, gap) * scale)

    # ---- decisions held

    def _keeping(self) -> float | None:
        """What the second case costs more with the decisions of the first plan; None where it has no such plan."""
        settings, level = self.sides[1].case.settings, self._dependence_allowed(1)
        most = level + max(settings.dependence_tolerance, self.mixes.options[1].gap)
        cost = self._held(1, 0, most, "the second case with the decisions of the first plan")
        return None if cost is None else max(0.0, cost - self._own(1).claims.cost)

    def _price_of(self, i: int) -> float:
        """What a point of dependence less costs at a plan with its decisions held, or a point more saves."""
        claims, told = self._own(i).claims, "the price of a point of dependence"
        less = self._held(i, i, claims.dependence - POINT, told) if claims.dependence >= POINT else None
        if less is not None:
            return max(0.0, less - claims.cost)
        more = self._held(i, i, claims.dependence + POINT, told)
        return 0.0 if more is None else max(0.0, claims.cost - more)

    def _held(self, i: int, whose: int, most: float, told: str) -> float | None:
        """The least cost of a case with dependence at most `most` and the decisions of a plan."""
        arrays = self.mixes.side(i).ground.compiled
        caps = ((DEPENDENCE, most),) if most < 1 else ()
        question = Question((COST,), caps=caps, held=held(arrays, self._own(whose).amounts))
        return self.mixes.cost(self.mixes.side(i), question, told)


def _steps(values: list[Value], number: Callable[[Value], float]) -> list[float]:
    return [number(values[i + 1]) - number(values[i]) for i in range(len(values) - 1)]


def _loose(values: list[Value], measure: str) -> list[float]:
    """By how much each step may be off, from what the searches on both sides leave open."""
    left = [value.open.get(measure, 0.0) for value in values]
    return [left[i] + left[i + 1] for i in range(len(left) - 1)]
