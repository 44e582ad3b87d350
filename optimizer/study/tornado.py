"""The tornado: each uncertain number at its low and high end, and what it costs to have decided on the middle one.

At each end two questions are asked in the common form of the studies (least cost with dependence at most that of the
plan) within the budget that the plan keeps to: once with everything decided anew, and once with what the plan decides
here and now held, so that only the rest adapts. The difference is the *regret* of having decided on the middle value,

    regret = least cost with the decisions held - least cost deciding anew,

and a change of deals whose regret is within tau is a tie and no change (MODEL.md 7). Where an end puts the plan's
dependence out of reach within the budget, dependence is made least there first, and the regret is told in points of it;
where only the decisions held put it out of reach, it is the points by which they miss it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from optimizer.case.case import Case
from optimizer.case.changes import Change
from optimizer.case.findings import CaseError
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.compiled import Name
from optimizer.solve.events import OnEvent
from optimizer.solve.plan import Plan, SolveOptions
from optimizer.study.abreast import abreast
from optimizer.study.committed import Holding, holding
from optimizer.study.executor import Executor, Here, ask
from optimizer.study.form import SLACK, Form, form_of
from optimizer.study.ground import Ground, decided, value_of
from optimizer.study.question import Answer, AskedWrongly, Question
from optimizer.study.ranges import Uncertain, uncertain
from optimizer.study.stages import commit_year, decided_now, held_in

TAU = 0.005
"""Part of the cost, and of demand where dependence comes first, within which another set of deals is a tie."""

TIME = 3600.0
"""Seconds for a tornado where the options do not say."""

WEAK = ("assumption", "low", None)
"""Confidence that makes an input worth finding out."""

How = Literal["cap", "dependence first", "no plan", "no case", "not asked"]
"""How an end was asked: within the plan's dependence; with dependence made least first because that is out of reach;
no plan meets it at all; the change makes no case that can be used; or the time was over."""


CAP: How = "cap"
FIRST: How = "dependence first"


@dataclass(frozen=True)
class End:
    """An uncertain number at one of its ends.

    Attributes:
        told: the end in words, ``0.6 times``.
        how: how it was asked.
        cost: least cost deciding anew, in the case's currency; None without an answer.
        dependence: dependence of that plan, a fraction.
        held_cost: least cost with what is decided here and now held; None where that leaves no plan, or no answer.
        held_dependence: dependence of that plan.
        regret: held_cost less cost, at least 0; None where the decisions held leave no plan (infinite) or no answer.
        regret_points: the same of dependence, a fraction, where it was made least first, deciding anew or with the
            decisions held; 0 elsewhere.
        stuck: whether the decisions held leave no plan: within the budget, and without one within the dependence that
            deciding anew keeps to.
        late: deals and plants of the decisions held that come into force only after the last year; what is charged for
            them is part of held_cost.
        changes: whether other decisions are better by more than a tie; None where it is not known.
        adds: deals of the plan decided anew that the middle plan has not.
        drops: deals of the middle plan that it has not.
        proved: whether both answers are proved within the gap.
        why: why there is no case, in words.
    """

    told: str
    how: How
    cost: float | None = None
    dependence: float | None = None
    held_cost: float | None = None
    held_dependence: float | None = None
    regret: float | None = None
    regret_points: float = 0.0
    stuck: bool = False
    late: tuple[str, ...] = ()
    changes: bool | None = None
    adds: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    proved: bool = False
    why: str = ""


@dataclass(frozen=True)
class Bar:
    """Numbers that move together, at both ends.

    Attributes:
        of: the numbers, with what is known of them.
        low: their low end.
        high: their high end.
    """

    of: Uncertain
    low: End
    high: End

    @property
    def ends(self) -> tuple[End, End]:
        """Low and high."""
        return self.low, self.high

    @property
    def changes(self) -> bool | None:
        """Whether an end changes the decision; None where neither does and one is not known."""
        found = [end.changes for end in self.ends]
        return True if True in found else None if None in found else False

    @property
    def weight(self) -> tuple[bool, bool, float, float, float]:
        """What bars are sorted by: no plan, more than a tie, regret in points, in money, how far the cost moves."""
        costs = [end.cost for end in self.ends if end.cost is not None]
        return (
            any(end.stuck for end in self.ends), bool(self.changes), max(end.regret_points for end in self.ends),
            max(end.regret or 0.0 for end in self.ends), max(costs) - min(costs) if costs else 0.0,
        )


@dataclass(frozen=True)
class Tornado:
    """Every uncertain number at its ends, sorted by the regret of having decided on the middle value.

    Attributes:
        plan: the middle plan, checked.
        cost: its cost, in the case's currency.
        dependence: its dependence, a fraction.
        cap: most that dependence may be; None where nothing caps it.
        budget: most that cost may be, in the case's currency; None without a budget.
        tau: part of the cost, or of demand where dependence came first, within which other deals are a tie.
        commit_year: last year whose decisions are held.
        held: the decisions that are held, and their numbers.
        spread: part by which numbers were moved where the case has no ranges; None where it has.
        bars: the numbers, the most regret first.
        status: ``proved`` where every answer is and none is missing.
        ended: why answers are missing: empty, ``time`` or ``interrupted``.
        solves: searches made.
    """

    plan: Plan
    cost: float
    dependence: float
    cap: float | None
    budget: float | None
    tau: float
    commit_year: int
    held: tuple[tuple[Name, int], ...]
    spread: float | None
    bars: tuple[Bar, ...]
    status: str
    ended: str
    solves: int = field(compare=False)

    @property
    def find_out(self) -> tuple[Bar, ...]:
        """What to find out first: numbers of low confidence whose range changes the decision."""
        return tuple(bar for bar in self.bars if bar.changes and bar.of.confidence in WEAK)


def tornado(
    case: Case, options: SolveOptions | None = None, *, spread: float = 0.1, executor: Executor | None = None,
    on_event: OnEvent | None = None, plan: Plan | None = None,
) -> Tornado:
    """Each uncertain number at its low and its high end: cost, dependence, and whether the decision changes.

    Args:
        case: a case that passed the checks.
        options: goal, budget, cap, gap, time, threads and seed; the case's own settings where they are None.
        spread: part by which each number of confidence below high is moved where the sheet Ranges has no row.
        executor: where the solves run; its ground should announce the ends as its box.
        on_event: told each solve and how it goes.
        plan: the plan of the case, where it is known already.

    Raises:
        AskedWrongly: a range runs downward, there is no uncertain number, or `spread` is none.
        Infeasible: no plan meets the case as it is.
        Unsolved: the middle plan was not found in the time.
        KeyboardInterrupt: the user stopped before the middle plan was found.
    """
    if not 0 < spread < 1:
        raise AskedWrongly(f"a spread of {spread:g} cannot be used: it is a part between 0 and 1, e.g. 0.1")
    options = options or SolveOptions(time=TIME)
    given = uncertain(case, spread)
    if not given:
        raise AskedWrongly(
            "the sheet Ranges has no row and no number has a confidence below high: nothing is uncertain"
        )
    if executor is None:
        executor = Here(Ground(case, options, box(case, spread)), seconds=options.time, on_event=on_event)
    with executor.ground.stop.listening():
        return _Asking(executor, given, None if case.ranges else spread, plan).found()


def box(case: Case, spread: float) -> tuple[tuple[Change, ...], ...]:
    """The changes that the study will make: each end that makes a case without faults.

    Args:
        case: the case.
        spread: part by which each number of confidence below high is moved where the sheet Ranges has no row.
    """
    trial = Ground(case, SolveOptions())
    ends = (changes for one in uncertain(case, spread) for changes in (one.low, one.high))
    return tuple(changes for changes in ends if trial.possible(changes))


class _Asking:
    def __init__(
        self, executor: Executor, given: tuple[Uncertain, ...], spread: float | None, plan: Plan | None
    ) -> None:
        self.executor, self.given, self.spread = executor, given, spread
        self.form: Form = form_of(executor, 4 * len(given), plan)
        self.ground = executor.ground
        self.cap = dict(self.form.caps).get(DEPENDENCE)
        self.tau = max(TAU, self.ground.options.gap)
        self.commit = commit_year(self.ground.case)
        self.held = tuple(decided_now(self.ground.compiled, self.form.answer.values).items())
        self.mine = decided(self.ground.compiled, self.form.answer)
        self.deals = self.ground.portfolio(self.form.question, self.form.answer)
        self.solves, self.missing, self.left = self.form.solves, False, 4 * len(given)

    def found(self) -> Tornado:
        """Every bar, sorted."""
        ends = abreast(self.executor, [
            partial(self.end, told, changes, f"{of.name} {side}")
            for of in self.given
            for told, changes, side in zip(of.told, (of.low, of.high), ("low", "high"), strict=True)
        ])
        bars = [Bar(of, low, high) for of, low, high in zip(self.given, ends[::2], ends[1::2], strict=True)]
        whole = all(end.proved or end.how in ("no plan", "no case") for bar in bars for end in bar.ends)
        compiled, answer = self.ground.compiled, self.form.answer
        return Tornado(
            plan=self.form.plan, cost=value_of(compiled, answer, COST),
            dependence=value_of(compiled, answer, DEPENDENCE), cap=self.cap, budget=self.form.budget, tau=self.tau,
            commit_year=self.commit, held=self.held, spread=self.spread, bars=tuple(sorted(bars, key=_order)),
            status="proved" if whole and answer.outcome == "proved" else "stopped", ended=self._why, solves=self.solves,
        )

    @property
    def _why(self) -> str:
        if not self.missing:
            return ""
        return "interrupted" if self.ground.stop.asked else "time"

    def end(self, told: str, changes: tuple[Change, ...], name: str, executor: Executor) -> End:
        """One end, decided anew and with what is decided now held."""
        def asked(question: Question, words: str) -> Answer:
            return self._ask(executor, question, f"{name}, {words}")

        try:
            self.ground.changed(changes)
        except CaseError as fault:
            return End(told, "no case", changes=None, why=fault.findings[0].message)
        question, how = replace(self.form.question.on(*changes), caps=self._caps(changes), known=(self.mine,)), CAP
        anew = asked(question, "decided anew")
        if anew.outcome == "none":
            question, how = _least_dependence(question), FIRST
            anew = asked(question, "least dependence")
        if anew.outcome == "none":
            return End(told, "no plan", proved=True, changes=None)
        if not anew.found:
            self.missing = True
            return End(told, "not asked")
        kept = self._held(changes)
        left = tuple((goal, most - kept.charge if goal == COST else most) for goal, most in question.caps)
        stays = replace(question, held=kept.held, caps=left)
        held = asked(stays, "as decided")
        if held.outcome == "none" and how == CAP and {COST, DEPENDENCE} <= dict(question.caps).keys():
            # money is what they lack: by how much they then miss the dependence
            held = asked(_least_dependence(stays), "as decided, least dependence")
        return self._compared(End(told, how, late=kept.late), question, anew, held, kept.charge)

    def _caps(self, changes: tuple[Change, ...]) -> tuple[tuple[str, float], ...]:
        """The caps of the form, and the budget: what the plan keeps to, moved by as much as a change moves it."""
        caps, budget = dict(self.form.caps), self.form.budget
        if budget is not None:
            if self.ground.options.budget is None:
                now, then = self.ground.changed(changes).settings, self.ground.case.settings
                budget += (now.budget or 0.0) - (then.budget or 0.0)
                budget += (now.budget_above_least_cost or 0.0) - (then.budget_above_least_cost or 0.0)
            caps[COST] = budget + SLACK * max(1.0, abs(budget))
        return tuple(sorted(caps.items()))

    def _held(self, changes: tuple[Change, ...]) -> Holding:
        """What is decided now; what only the changed case could decide now, as with a shorter lead, was not decided."""
        arrays = self.ground.arrays(changes)
        kept = holding(arrays, self.held)
        return replace(kept, held=tuple({**dict(held_in(arrays, {})), **dict(kept.held)}.items()))

    def _compared(self, end: End, question: Question, anew: Answer, held: Answer, charge: float) -> End:
        """An end with what both answers say; `charge` is of decisions that the second one has no columns for."""
        arrays = self.ground.arrays(question.changes)
        cost, dependence = (value_of(arrays, anew, goal) for goal in (COST, DEPENDENCE))
        deals = set(self.ground.portfolio(question, anew).deals)
        mine = set(self.deals.deals)
        end = replace(
            end, cost=cost, dependence=dependence, adds=tuple(sorted(deals - mine)), drops=tuple(sorted(mine - deals)),
            proved=anew.outcome == "proved" and held.outcome in ("proved", "none"),
        )
        if not held.found:
            self.missing |= held.outcome == "nothing"
            stuck = held.outcome == "none"
            return replace(end, stuck=stuck, changes=True if stuck else None)
        held_cost, held_dependence = value_of(arrays, held, COST) + charge, value_of(arrays, held, DEPENDENCE)
        # where dependence came first, cost alone says nothing: less of the one is more of the other
        wanted = dependence if end.how == FIRST else 1.0 if self.cap is None else self.cap
        points = max(0.0, held_dependence - wanted)
        regret = max(0.0, held_cost - cost)
        same = self.ground.case.settings.dependence_tolerance + self.ground.options.gap
        points = points if points > same else 0.0
        return replace(
            end, held_cost=held_cost, held_dependence=held_dependence, regret=regret, regret_points=points,
            changes=points > self.tau or regret > self.tau * max(1.0, abs(cost)),
        )

    def _ask(self, executor: Executor, question: Question, told: str) -> Answer:
        answer = ask(executor, question, told, max(1, self.left))
        self.left -= 1
        self.solves += answer.outcome != "nothing"
        return answer


def _least_dependence(question: Question) -> Question:
    """As little dependence as there can be within the other caps, then cost."""
    caps = tuple((goal, most) for goal, most in question.caps if goal != DEPENDENCE)
    return replace(question, goals=(DEPENDENCE, COST), caps=caps)


def _order(bar: Bar) -> tuple[float, ...]:
    return tuple(-part for part in bar.weight)
