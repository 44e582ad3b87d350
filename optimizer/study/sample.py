r"""A thousand futures: what one plan comes to in all of them, or what would be decided in each.

The plan is taken in the common form and the case is softened around it (:mod:`optimizer.study.soft`), so that

.. math::
    outcome_i = cost_i + point \cdot (\text{points of dependence above the plan's, by tonne and year})

is what future `i` comes to. *Held*, a plan keeps its signings and orders and its flows adapt. *Decided anew*,
everything is decided knowing the future. Where both are known,

.. math::
    regret_i = held_i - anew_i,

and the plan is *another* in a future whose regret is more than a tie. Against plans drawn by hand the regret of each is
what its outcome exceeds the best of all of them by, future by future.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from optimizer.case.case import Case
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.compiled import Floats, Name
from optimizer.solve.events import OnEvent
from optimizer.solve.plan import Plan, SolveOptions
from optimizer.study.byhand import Drawn, decided_of, drawn, ideas
from optimizer.study.draws import Draws, Method, draw
from optimizer.study.drivers import Driver, drivers, features
from optimizer.study.executor import Executor, Here, ask
from optimizer.study.form import Form, form_of
from optimizer.study.ground import Ground, value_of
from optimizer.study.held import Outcomes, Reader, held
from optimizer.study.point import price_of_point
from optimizer.study.portfolio import Choice, Portfolio
from optimizer.study.question import Answer, AskedWrongly, Question
from optimizer.study.signposts import Signpost, signpost
from optimizer.study.soft import Soft, softened
from optimizer.study.stages import DECIDED

Flags = npt.NDArray[np.bool_]

FUTURES = 1000
"""Futures that are drawn where nobody says how many."""

TIME = 3600.0
"""Seconds where the options do not say."""

TAU = 0.005
"""Part of the cost within which another plan is a tie (MODEL.md 7)."""

COMMON = 0.9
"""Part of the futures in whose best plan a decision must be to be common to all good plans."""

NEVER, ALWAYS = 0.05, 0.95
"""Shares of the futures below and above which what happens needs no signpost."""

TOLD = 3
"""Deals whose place in the best plan is told by a signpost, the most undecided first."""

STORED = 1e-5
"""Dependence above that of a stored plan, whose numbers were rounded, that it may have when it is held again."""

EXCEEDED = 1e-6
"""Part of a target by which it may be exceeded and still be met."""


@dataclass(frozen=True)
class Target:
    """What a planner asked for, and how often it is missed.

    Attributes:
        what: the target, in words.
        kind: what it is of; ``reach`` is dependence, whatever that costs.
        missed: in which futures it is missed: [future].
    """

    what: str
    kind: Literal["flows", "dependence", "reach", "budget", "floor", "limit"]
    missed: Flags = field(repr=False)

    @property
    def chance(self) -> float:
        """Part of the futures in which it is missed."""
        return float(self.missed.mean())


@dataclass(frozen=True)
class Anew:
    """What is best in each future, decided knowing it.

    Attributes:
        outcomes: what it comes to; not a number where nothing was found.
        portfolios: deals and plants of each; None where nothing was found.
        regret: what the plan held comes to above it, at least 0, in the case's currency: [future].
        another: whether that is more than a tie: [future].
        proved: whether each is proved within the gap: [future].
    """

    outcomes: Outcomes
    portfolios: tuple[Portfolio | None, ...]
    regret: Floats = field(repr=False)
    another: Flags = field(repr=False)
    proved: Flags = field(repr=False)

    def often(self) -> dict[Choice, float]:
        """Each deal and plant with the part of the futures in whose best plan it is, the most frequent first."""
        known = [one for one in self.portfolios if one is not None]
        every = [choice for one in known for choice in one.choices]
        counts = {choice: every.count(choice) for choice in sorted(set(every))}
        return {choice: n / len(known) for choice, n in sorted(counts.items(), key=lambda item: -item[1])}


@dataclass(frozen=True)
class Rival:
    """A plan drawn by hand, held through the same futures.

    Attributes:
        drawn: the plan.
        outcomes: what it comes to; None where it was not found.
        regret: what its outcome exceeds the best of all plans compared by, future by future: [future].
    """

    drawn: Drawn
    outcomes: Outcomes | None
    regret: Floats = field(repr=False)


@dataclass(frozen=True)
class Common:
    """A decision that is common to good plans.

    Attributes:
        choice: the deal or plant.
        share: part of the futures decided anew in whose best plan it is.
        always: whether every plan within a tie of the plan has it; None where that was not settled in the time.
    """

    choice: Choice
    share: float
    always: bool | None


@dataclass(frozen=True)
class Sample:
    """What was found.

    Attributes:
        plan: the plan that was held, checked.
        soft: the case, softened around it.
        point: what a point of dependence above the plan's is priced at, in the case's currency.
        draws: the futures, those alone in which the plan was held.
        held: what the plan comes to in each.
        regret: what its outcome exceeds the best of the plans drawn by hand and itself by: [future].
        targets: what was asked for, and how often it is missed.
        drivers: what the uncertain numbers do, the strongest first.
        anew: what is best in each of the first futures; None where nothing was decided anew.
        asked: futures that were to be decided anew.
        rivals: plans drawn by hand.
        common: decisions common to all good plans.
        signposts: what points to other plans and to missed targets.
        status: ``proved`` where nothing is missing and all is within its gap.
        ended: why something is missing: empty, ``time`` or ``interrupted``.
        solves: searches made.
    """

    plan: Plan
    soft: Soft
    point: float
    draws: Draws
    held: Outcomes
    regret: Floats = field(repr=False)
    targets: tuple[Target, ...]
    drivers: tuple[Driver, ...]
    anew: Anew | None
    asked: int
    rivals: tuple[Rival, ...]
    common: tuple[Common, ...]
    signposts: tuple[Signpost, ...]
    status: str
    ended: str
    solves: int = field(compare=False)


def sample(
    case: Case, options: SolveOptions | None = None, *, n: int = FUTURES, anew: int | None = None,
    decided: Mapping[Name, int] | None = None, point: float | None = None, method: Method = "lhs",
    scenarios: bool = False, by_hand: bool = True, seed: int | None = None, executor: Executor | None = None,
    on_event: OnEvent | None = None, plan: Plan | None = None,
) -> Sample:
    """A plan held through futures, and what would be decided in each of them.

    Args:
        case: a case that passed the checks.
        options: goal, budget, cap, gap, time, threads and seed; the case's own settings where they are None.
        n: futures drawn.
        anew: of how many of them the best plan is looked for too; None for all, or for none where `decided` is given.
        decided: signings and orders of the plan that is held, by the names of their columns; None for the plan that
            the case asks for.
        point: what a point of dependence above the plan's costs, in the case's currency; None for what it costs at the
            plan (:func:`optimizer.study.point.price_of_point`).
        method: ``lhs`` or ``sobol``.
        scenarios: whether each future has one of the case's scenarios too.
        by_hand: whether plans are drawn by hand to compare with.
        seed: of the draw; None for that of the options.
        executor: where the solves run, on a ground of the case.
        on_event: told each solve and how it goes.
        plan: the plan of the case, where it is known already.

    Raises:
        AskedWrongly: nothing is uncertain, a range cannot be used, or the plan given cannot be held in the case.
        CaseError: an end of a range makes a case that has faults.
        Infeasible: no plan meets the case as it is.
        Unsolved: the plan was not found in the time.
        KeyboardInterrupt: the user stopped before it was found.
    """
    options = options or SolveOptions(time=TIME)
    draws = draw(case, n, seed=options.seed if seed is None else seed, method=method, scenarios=scenarios)
    if point is not None and not (np.isfinite(point) and point >= 0):
        raise AskedWrongly(f"a point of dependence cannot cost {point:g}: it is an amount of money, 0 or more")
    count = (n if decided is None else 0) if anew is None else min(anew, n)
    if count < 0:
        raise AskedWrongly(f"{count} futures cannot be decided anew: the least is 0")
    if executor is None:
        executor = Here(Ground(case, options), seconds=options.time, on_event=on_event)
    with executor.ground.stop.listening():
        form = form_of(executor, count, plan) if decided is None else _stored(executor, decided)
        return _Sampling(executor, form, draws, count, point, by_hand=by_hand).found()


def _stored(executor: Executor, decided: Mapping[Name, int]) -> Form:
    """A plan that was decided before, in the common form: its decisions with the cheapest flows.

    Raises:
        AskedWrongly: its decisions cannot be held in the case.
    """
    compiled = executor.ground.compiled
    # what is chosen follows from what is signed and ordered, and has a column only where a rule asks for it
    decided = {name: n for name, n in decided.items() if name[0] in DECIDED or compiled.column(*name) is not None}
    unknown = [name for name, number in decided.items() if number and compiled.column(*name) is None]
    if unknown:
        raise AskedWrongly(f"the plan has '{unknown[0][1][0]}', which this case cannot decide so")
    every = {compiled.columns[j]: 0 for j in np.flatnonzero(compiled.integer)}
    question = Question((DEPENDENCE,), (COST,), held=tuple({**every, **decided}.items()))
    answer = ask(executor, question, "the plan as it was decided", 1)
    if not answer.found:
        raise AskedWrongly("the decisions of the plan leave no flows that meet this case")
    caps = ((DEPENDENCE, min(1.0, value_of(compiled, answer, DEPENDENCE) + STORED)),)
    question = Question((COST,), caps=caps, held=question.held)
    answer = ask(executor, question, "its cheapest flows", 0)
    if not answer.found:
        raise AskedWrongly("the cheapest flows of the plan were not found in the time")
    currency = executor.ground.case.settings.currency
    plan = executor.plan(replace(question, held=()), answer)
    return Form(plan, COST, caps, answer, replace(question, held=()), currency, 2)


class _Sampling:
    def __init__(
        self, executor: Executor, form: Form, draws: Draws, count: int, point: float | None, *, by_hand: bool
    ) -> None:
        self.executor, self.form, self.count, self.by_hand = executor, form, count, by_hand
        self.draws, self.solves, self.missing, self.proved = draws, form.solves, False, True
        ground = executor.ground
        self.tau = max(TAU, ground.options.gap)
        self.decided = decided_of(ground.compiled, form.answer)
        self.mine = ground.portfolio(form.question, form.answer, plants=True)
        self.point = price_of_point(executor, form) if point is None else point
        # where cost alone is pursued, the column of dependence may stand above what it comes to
        self.soft = softened(ground.case, form.plan.claims.dependence, self.point)

    def found(self) -> Sample:
        """Held, then decided anew, then by hand."""
        mine = held(self.soft, self.decided, self.draws, go_on=self._go_on)
        self._short(mine, len(self.draws))
        draws = self.draws.first(len(mine))
        anew = self._anew(mine) if self.count else None
        rivals = self._rivals(draws) if self.by_hand else ()
        best = np.fmin.reduce([mine.outcome, *(one.outcomes.outcome for one in rivals if one.outcomes is not None)])
        rivals = tuple(
            one if one.outcomes is None else replace(one, regret=_regret(one.outcomes.outcome, best)) for one in rivals
        )
        targets = tuple(self._targets(mine))
        common = tuple(self._common(anew)) if anew is not None else ()
        proved = self.form.answer.outcome == "proved" and self.proved and not self.missing
        return Sample(
            self.form.plan, self.soft, self.point, draws, mine, _regret(mine.outcome, best), targets,
            drivers(draws, mine), anew, self.count, rivals, common,
            tuple(self._signposts(draws, targets, anew)), "proved" if proved else "stopped", self._why, self.solves,
        )

    @property
    def _why(self) -> str:
        if not self.missing:
            return ""
        return "interrupted" if self.executor.ground.stop.asked else "time"

    def _go_on(self, _: int) -> bool:
        return not self.executor.ended

    def _short(self, found: Outcomes, of: int) -> None:
        self.missing |= len(found) < of

    # ---- decided anew

    def _anew(self, mine: Outcomes) -> Anew | None:
        """The best plan of each of the first futures, as far as the time allows."""
        ground = Ground(self.soft.case, self.executor.ground.options, self.draws.box(), self.executor.ground.stop)
        executor, reader = self.executor.on(ground, "softened"), Reader(self.soft)
        questions = [Question((COST,), changes=self.draws.changes(i)) for i in range(min(self.count, len(mine)))]
        told = [f"future {i + 1}, decided anew" for i in range(len(questions))]
        read: list[Mapping[str, Floats]] = []
        portfolios: list[Portfolio | None] = []
        proved: list[bool] = []
        for question, answer in zip(questions, executor.ask(questions, told), strict=False):
            there = answer.found
            read.append(reader.read(ground.arrays(question.changes), answer.values) if there else reader.nothing())
            portfolios.append(ground.portfolio(question, answer, plants=True) if there else None)
            proved.append(answer.outcome in ("proved", "none"))
        self.solves += len(read)
        self.missing |= len(read) < len(questions)
        self.proved &= all(proved)
        if not read:
            return None
        outcomes = reader.together(read)
        regret = np.maximum(0.0, mine.outcome[: len(read)] - outcomes.outcome)
        # what cannot be held at all where something can be decided is no tie
        stuck = np.isnan(mine.outcome[: len(read)]) & ~np.isnan(outcomes.outcome)
        another = stuck | (np.nan_to_num(regret) > self.tau * np.maximum(1.0, np.abs(np.nan_to_num(outcomes.outcome))))
        return Anew(outcomes, tuple(portfolios), regret, another, np.array(proved, dtype=bool))

    # ---- plans drawn by hand

    def _rivals(self, draws: Draws) -> tuple[Rival, ...]:
        plain = softened(self.executor.ground.case)
        ground = Ground(plain.case, self.executor.ground.options, (), self.executor.ground.stop)
        executor = self.executor.on(ground, "by hand")
        every = ideas(ground.compiled, self.mine)
        cost = value_of(self.executor.ground.compiled, self.form.answer, COST)
        found: list[Rival] = []
        for k, idea in enumerate(every):
            one = drawn(executor, idea, cost, len(every) - k - 1)
            self.solves += 1
            outcomes = None
            if one.cost is not None:
                outcomes = held(self.soft, one.decided, draws, go_on=self._go_on)
                self._short(outcomes, len(draws))
                outcomes = outcomes if len(outcomes) == len(draws) else None
            self.missing |= not one.answered
            found.append(Rival(one, outcomes, np.empty(0)))
        return tuple(found)

    # ---- what is told of it

    def _targets(self, mine: Outcomes) -> Iterator[Target]:
        """The plan's dependence, its budget, floors of demand and the planner's limits that have no price."""
        case, caps = self.executor.ground.case, dict(self.form.caps)
        stuck = np.isnan(mine.outcome)
        if stuck.any():
            yield Target("flows that meet what is decided", "flows", stuck)
        # the plan's own dependence is held, unless a cap was asked for
        cap = self.executor.ground.options.cap_of(case.settings)
        most = cap if cap is not None else self.soft.cap
        if most is not None:
            whose = "the dependence asked for" if cap is not None else "its dependence"
            words = f"{whose}, at most {100 * most:.1f} %"
            yield Target(words, "dependence", stuck | (mine.dependence > most + STORED))
            yield Target(f"{words}, whatever that costs", "reach", stuck | (mine.reach > most + STORED))
        budget = caps.get(COST, self.form.plan.budget)
        if budget is not None:
            yield Target("the budget", "budget", stuck | (mine.cost > budget * (1 + EXCEEDED)))
        for k, name in enumerate(mine.lines):
            (line,) = (row for row in case.demands if row.name == name)
            floor = np.array([1.0 if line.floor is None else line.floor.at(t) for t in mine.years])
            allowed = (1 - floor) * mine.needed[:, k] + EXCEEDED * np.maximum(1.0, mine.needed[:, k])
            if (floor > 0).any():
                short = (mine.short[:, k] > allowed).any(axis=1)
                yield Target(f"what must be served of {name}", "floor", stuck | short)
        own = {row.name for row in case.limits if row.price_of_breaking is None}
        for k, name in enumerate(mine.limits):
            if name in own:
                yield Target(f"the limit '{name}'", "limit", stuck | (mine.broken[:, k] > EXCEEDED))

    def _common(self, anew: Anew) -> Iterator[Common]:
        """Deals and plants of the plan that are in nearly every best plan; of each, whether a tie goes without it."""
        cost = value_of(self.executor.ground.compiled, self.form.answer, COST)
        caps = dict(self.form.caps)
        caps[COST] = min(caps.get(COST, np.inf), cost + self.tau * abs(cost))
        mine = self.mine.choices
        chosen = [(choice, share) for choice, share in anew.often().items() if share >= COMMON and choice in mine]
        questions = [
            replace(self.form.question, outside=(choice,), caps=tuple(sorted(caps.items())), any_plan=True)
            for choice, _ in chosen
        ]
        answers = self.executor.ask(questions, [f"a plan within a tie without {name}" for (_, name), _ in chosen])
        for (choice, share), answer in zip(chosen, self._filled(answers), strict=False):
            self.solves += answer.outcome != "nothing"
            self.missing |= answer.outcome == "nothing"
            yield Common(choice, share, None if answer.outcome == "nothing" else answer.outcome == "none")

    @staticmethod
    def _filled(answers: Iterator[Answer]) -> Iterator[Answer]:
        """The answers, and nothing for those that the time leaves out."""
        yield from answers
        while True:
            yield Answer("nothing")

    def _signposts(self, draws: Draws, targets: tuple[Target, ...], anew: Anew | None) -> Iterator[Signpost]:
        names, numbers = features(draws)
        for k, target in enumerate(targets):
            told = any(np.array_equal(target.missed, other.missed) for other in targets[:k])
            if NEVER <= target.chance <= ALWAYS and not told:
                yield signpost(f"the plan misses {target.what}", names, numbers, target.missed)
        if anew is None:
            return
        known = np.array([one is not None for one in anew.portfolios])
        first = numbers[: len(known)]
        if NEVER <= anew.another[known].mean() <= ALWAYS:
            yield signpost("another plan is better by more than a tie", names, first[known], anew.another[known])
        doubtful = sorted((abs(share - 0.5), choice) for choice, share in anew.often().items()
                          if NEVER <= share <= ALWAYS)
        for _, choice in doubtful[:TOLD]:
            has = np.array([choice in one.choices for one in anew.portfolios if one is not None])
            yield signpost(f"{choice[1]} is in the best plan", names, first[known], has)


def _regret(outcome: Floats, best: Floats) -> Floats:
    return np.asarray(np.maximum(0.0, outcome - best), dtype=np.float64)
