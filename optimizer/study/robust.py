r"""What to decide now when the future is not known, and what that is worth (MODEL.md 7, futures).

What is decided before the future is known (:mod:`optimizer.study.stages`) is the same in every future; the rest adapts
in each. What may have to give way in a bad future gives way at a price (:mod:`optimizer.study.soft`), so that the cost
`z` of a future is its outcome: unserved demand, missed takes, broken limits and dependence above that of the plan are
in it. The price of a point of dependence is that of :mod:`optimizer.study.point` unless it is given. MODEL.md adds the
excess of the worst year, ``pi max(0, excess)``; here it is paid by the tonne and year along the glide path, of which
``pi`` is the price for a point in all years.

Three searches, each proved or with its bound:

    by itself:  every future decided anew, ``z*_s``: what it would cost to know it (wait and see)
    base:       the first stage that is best in the base, answered in every future
    here and now:  the first stage that is best for the goal `F` over all futures, answered in every future

    value of the stochastic solution  = F(z of base) - F(z of here and now)
    value of perfect information      = F(z of here and now) - F(z*)

For the expectation these are VSS and EVPI of Birge and Louveaux (1997, chapter 4); for the other goals, which like it
never fall where a cost rises, both are the same differences in the goal, and neither is negative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.case.case import Case
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.compiled import Name
from optimizer.runs.journal import Journal
from optimizer.solve.events import Event, Note, OnEvent, Step
from optimizer.solve.goals import Clock
from optimizer.solve.plan import Infeasibility, Infeasible, Plan, SolveOptions, Unsolved
from optimizer.solve.stopping import Stop
from optimizer.study.decided import DecisionChange, decision_changes
from optimizer.study.decompose import decomposed
from optimizer.study.executor import Here
from optimizer.study.extensive import Found, Search
from optimizer.study.form import form_of
from optimizer.study.future import Future, futures_of
from optimizer.study.ground import Ground, silent
from optimizer.study.mixes import Maker
from optimizer.study.point import price_of_point
from optimizer.study.question import AskedWrongly
from optimizer.study.recourse import End, Late, Recourse
from optimizer.study.risk import REGRET, Risk
from optimizer.study.soft import Soft, softened
from optimizer.study.stages import commit_year
from optimizer.study.stamp import stamped

TIME = 3600.0
"""Seconds where the options do not say."""

WHOLE = 60_000
"""Columns of all futures together up to which they are searched as one extensive form: sixteen of India's. Twelve of
them came to 0.15 % as one in eight minutes; taken apart they had as good a bound after one, but not the best plan."""

GAP = 1e-3
"""Gap of the goal over all futures where none is said: a part of the cost."""

PART = 0.7
"""Part of the time left that the search over all futures may use; the rest is for answering what it decides."""

INFINITE = float("inf")


@dataclass(frozen=True)
class Interval:
    """A number of which only bounds are proved.

    Attributes:
        value: as the plans that were found have it.
        low: what it is at least.
        high: what it is at most.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Outcome:
    """What a first stage comes to in one future.

    Attributes:
        name: the future.
        probability: how likely it is.
        cost: what it costs with what is decided now held, in the case's currency.
        least: the least that it would cost if it were known now.
        base_cost: what it costs with what the base alone would decide now; None where that leaves no plan.
        regret: cost less least, at least 0.
        open: by how much cost and least may each be lower, in the case's currency.
        plan: the plan in this future, confirmed by the independent check.
        changes: where its decisions differ from those in the first future, the base where that is one.
    """

    name: str
    probability: float
    cost: float
    least: float
    base_cost: float | None
    regret: float
    open: tuple[float, float]
    plan: Plan = field(repr=False, compare=False)
    changes: tuple[DecisionChange, ...] = ()


@dataclass(frozen=True)
class Robust:
    """What to decide now over several futures.

    Attributes:
        risk: the goal.
        soft: the case in which what must be may give way, with its prices.
        point: what a point of dependence costs, in the case's currency; 0 where none is held.
        commit_year: the last year whose decisions are taken now.
        now: what is decided now: columns of the first stage with their numbers, those that are not 0.
        base_now: what the base alone would decide now.
        goal: what the goal comes to, and its bounds, in the case's currency.
        expected: the expected cost.
        tail: the mean cost of the dearest part of the futures, at the goal's level.
        worst: the highest cost of a future.
        regret: the largest regret.
        vss: what knowing all futures saves against deciding for the base alone, in the goal; None where what the base
            alone would decide leaves some future without any plan.
        evpi: what knowing the future in advance would save, in the goal.
        outcomes: the futures.
        left_out: futures that no plan meets, whatever is decided; they are not among the others.
        how: ``extensive`` form or ``decomposition``.
        gap: what is open of the goal, as a part of the cost.
        status: ``proved`` within the gap, else ``stopped``.
        solves: searches made.
    """

    risk: Risk
    soft: Soft = field(repr=False)
    point: float
    commit_year: int
    now: Mapping[Name, int]
    base_now: Mapping[Name, int]
    goal: Interval
    expected: float
    tail: float
    worst: float
    regret: float
    vss: Interval | None
    evpi: Interval
    outcomes: tuple[Outcome, ...]
    left_out: tuple[str, ...]
    how: str
    gap: float
    status: str
    solves: int = field(compare=False)


def robust(
    case: Case, options: SolveOptions | None = None, *, goal: str | Risk = "expected",
    futures: Sequence[Future] | None = None, point: float | None = None, plan: Plan | None = None,
    whole: int = WHOLE, executor: Maker | None = None, journal: Journal | None = None,
    on_event: OnEvent | None = None, stop: Stop | None = None,
) -> Robust:
    """What to decide now so that a goal over several futures is least, and what each future does next.

    Args:
        case: a case that passed the checks.
        options: goal, budget, cap of the plan whose dependence is held; gap, time, threads and seed.
        goal: ``expected``, ``cvar:0.8`` (any level from 0 to less than 1), ``worst`` or ``regret``.
        futures: the futures; those that the case names where None.
        point: what a point of dependence above that of the plan costs, in the case's currency.
        plan: the plan of the case, where it is known already.
        whole: columns of all futures together up to which they are searched as one extensive form; beyond, they are
            taken apart.
        executor: makes what answers the questions about a case; in this process where None.
        journal: answers known from before, and where new ones are noted; for the default executor.
        on_event: told each solve and how it goes.
        stop: set when the user asks to stop.

    Raises:
        AskedWrongly: there is no such goal, a level leaves no tail, a price is below 0, there is one future alone, or
            the probabilities do not add up.
        CaseError: a future makes no case that can be used.
        Infeasible: no plan meets the case, or several futures.
        Unsolved: the time ran out before there was an answer.
        CheckRefused: what the solver returned does not stand up to the independent check.
        KeyboardInterrupt: the user stopped before there was an answer.
    """
    risk = goal if isinstance(goal, Risk) else Risk.named(goal)
    if point is not None and not 0 <= point < INFINITE:
        raise AskedWrongly(f"a price of {point:g} for a point of dependence cannot be used: the least is 0")
    options = options or SolveOptions(time=TIME)
    known = tuple(futures_of(case) if futures is None else futures)
    _refuse(known)
    clock, noted, stop = Clock(options.time), Journal() if journal is None else journal, stop or Stop()

    def here(ground: Ground, about: str, told: OnEvent) -> Here:
        return Here(ground, seconds=clock.left, journal=noted, on_event=told, about=about)

    asking = _Asking(case, options, risk, known, point, plan, whole, executor or here, on_event or silent, stop, clock)
    with stop.listening():
        try:
            return asking.found()
        except Late as late:
            if stop.asked:
                raise KeyboardInterrupt from None
            raise Unsolved(f"The time ran out before {late}.") from None


def _refuse(futures: Sequence[Future]) -> None:
    """Refuses futures that make no question.

    Raises:
        AskedWrongly: there are fewer than two, two have one name, or the probabilities do not add up.
    """
    if len(futures) < 2:
        raise AskedWrongly("there is one future alone: what is best in it is what 'optimizer solve' answers")
    names = [future.name for future in futures]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise AskedWrongly(f"two futures have the name '{twice}'")
    total = sum(future.probability for future in futures)
    if abs(total - 1.0) > 1e-6 or min(future.probability for future in futures) < 0:
        raise AskedWrongly(f"the probabilities of the futures add up to {total:g}, not to 1")


@dataclass
class _Asking:
    case: Case
    options: SolveOptions
    risk: Risk
    futures: tuple[Future, ...]
    point: float | None
    known: Plan | None
    whole: int
    maker: Maker
    on_event: OnEvent
    stop: Stop
    clock: Clock
    solves: int = 0

    def found(self) -> Robust:
        """Each future by itself, the base in all of them, then all of them at once."""
        soft, point = self._softened()
        ground = Ground(soft.case, self._asked, [future.changes for future in self.futures], self.stop)
        ground.keep = len(self.futures) + 1
        on = Recourse(self.maker(ground, "futures", self.told), self.futures, self.options.gap / 4)
        left_out = on.alone()
        for name in left_out:
            self.on_event(Note(f"No plan meets the future '{name}', whatever is decided: it is left out."))
        if len(on.futures) < 2:
            raise Infeasible(Infeasibility(ground.compiled.settled))
        base_now = on.base()
        base = on.answered(base_now)
        if base is None:
            raise Late("what the base alone would decide was answered in every future")
        found, how = self._searched(on, base_now, base)
        if found.none:
            raise Infeasible(Infeasibility())
        return self._told(soft, point, on, left_out, base_now, found, how)

    @property
    def _asked(self) -> SolveOptions:
        return replace(self.options, goal=COST, then=(), budget=None, cap=None)

    def told(self, event: Event) -> None:
        """Passes an event on, solves counted over both cases."""
        if isinstance(event, Step):
            self.solves += 1
            event = replace(event, number=self.solves, ahead=max(self.solves, 3 + 3 * len(self.futures)))
        self.on_event(event)

    def _softened(self) -> tuple[Soft, float]:
        """The case in which what must be may give way, and the price of a point of dependence."""
        goals, cap = self.options.goals_of(self.case.settings), self.options.cap_of(self.case.settings)
        if goals[0] == COST and cap is None:
            return softened(self.case), 0.0
        executor = self.maker(Ground(self.case, self.options, stop=self.stop), "plan", self.told)
        form = form_of(executor, 3 * len(self.futures), self.known)
        held = dict(form.caps).get(DEPENDENCE)
        point = price_of_point(executor, form) if self.point is None else self.point
        return softened(self.case, held, point), point

    def _searched(self, on: Recourse, base_now: Mapping[Name, int], base: Sequence[End]) -> tuple[Found, str]:
        """The first stage that is best over all futures, with a bound; what the base alone would decide is known."""
        search = Search(self.risk, self._asked, on.scale, self.case.settings.currency, self.on_event, self.stop)
        clock = self.clock.part(PART)
        if sum(len(block.arrays.columns) for block in on.blocks) > self.whole:
            return decomposed(search, on.blocks, on.costs, clock, base_now), "decomposition"
        self.told(Step(0, 0, f"all {len(on.futures)} futures at once"))
        whole = stamped(on.blocks, self.risk)
        known = all(end.found for end in base)
        like = whole.decided_as(base_now, [end.answer.values for end in base]) if known else None
        return search.least(whole, clock, gap=self.options.gap / 2, like=like), "extensive form"

    def _told(
        self, soft: Soft, point: float, on: Recourse, left_out: tuple[str, ...], base_now: Mapping[Name, int],
        found: Found, how: str,
    ) -> Robust:
        base, tried = on.answered(base_now), None if found.decided is None else on.answered(found.decided)
        assert base is not None
        least = [star.value for star in on.stars]
        candidates = [(base, base_now), *([] if tried is None or found.decided is None else [(tried, found.decided)])]
        # what was found last goes before what does no better
        best, now = min(reversed(candidates), key=lambda one: self._value(on, one[0]))
        value = self._value(on, best)
        if value == INFINITE:
            raise Late("a decision was found that leaves every future a plan")
        bound = max(found.bound, self._of(on, [star.bound for star in on.stars], least))
        bound = min(bound, value)
        costs = [one.value for one in best]
        gap = (value - bound) / on.scale
        return Robust(
            risk=self.risk, soft=soft, point=point, commit_year=commit_year(self.case),
            now={name: n for name, n in now.items() if n}, base_now={name: n for name, n in base_now.items() if n},
            goal=Interval(value, bound, value), expected=float(np.dot(on.shares, costs)),
            tail=Risk("cvar", self.risk.level).of(on.shares, costs, least), worst=max(costs),
            regret=max(0.0, *np.subtract(costs, least).tolist()), vss=self._vss(on, base, value, bound),
            evpi=self._evpi(on, value, bound), outcomes=_outcomes(on, best, base), left_out=left_out, how=how, gap=gap,
            status="proved" if gap <= self.options.gap else "stopped", solves=self.solves,
        )

    def _of(self, on: Recourse, costs: Sequence[float], least: Sequence[float]) -> float:
        """The goal of some costs; regret is never below 0."""
        value = self.risk.of(on.shares, costs, least)
        return max(0.0, value) if self.risk.kind == REGRET else value

    def _value(self, on: Recourse, ends: Sequence[End], *, bound: bool = False) -> float:
        costs = [end.bound if bound else end.value for end in ends]
        # a first stage that leaves some future without a plan is none
        if not np.isfinite(costs).all():
            return INFINITE
        return self._of(on, costs, [star.value for star in on.stars])

    def _vss(self, on: Recourse, base: Sequence[End], value: float, bound: float) -> Interval | None:
        high = self._value(on, base)
        if high == INFINITE:
            return None
        return Interval(high - value, max(0.0, self._value(on, base, bound=True) - value), high - bound)

    def _evpi(self, on: Recourse, value: float, bound: float) -> Interval:
        known, lowest = self._value(on, on.stars), self._value(on, on.stars, bound=True)
        return Interval(max(0.0, value - known), max(0.0, bound - known), max(0.0, value - lowest))


def _outcomes(on: Recourse, ends: Sequence[End], base: Sequence[End]) -> tuple[Outcome, ...]:
    """Every future with its plan; decisions are told apart from those of the first."""
    plans = [on.plan(end) for end in ends]
    return tuple(
        Outcome(
            future.name, future.probability, end.value, star.value, held.value if held.found else None,
            max(0.0, end.value - star.value), (end.value - end.bound, star.value - star.bound), plan,
            decision_changes(plans[0], plan),
        )
        for future, end, star, held, plan in zip(on.futures, ends, on.stars, base, plans, strict=True)
    )
