"""Why a deal or plant is in the plan or out of it: the numbers at which it would switch, and the plans on either side.

All of it in the common form: least cost with dependence at most that of the plan. `V_in(f)` is the least cost with the
choice, `V_out` without it; the switching point of a number `f` is the furthest at which `V_in(f) <= V_out`, or, where
the plan keeps to a budget that is less than `V_out`, at which `V_in(f)` comes to the budget (MODEL.md 7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import numpy as np

from optimizer.case.address import did_you_mean
from optimizer.case.case import Case
from optimizer.case.changes import Change
from optimizer.case.units import Money
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.data import Data
from optimizer.solve.events import OnEvent
from optimizer.solve.plan import Plan, SolveOptions
from optimizer.study.abreast import abreast
from optimizer.study.executor import Executor, Here, ask
from optimizer.study.form import form_of
from optimizer.study.ground import Ground, decided, value_of
from optimizer.study.levers import Lever, Parameter, levers
from optimizer.study.portfolio import HALF, Choice, Portfolio, modules, signings
from optimizer.study.question import Answer, AskedWrongly, Question
from optimizer.study.switch import EXACT, Edge, Switch, Track, span, whole_edge

TIME = 1800.0
"""Seconds for the study where no time is said."""

GAP = 1e-5
"""Relative gap of the searches, where that of the study is wider: a switching point divides a small difference of two
costs by the tonnes it is about, and the last part of a search takes little of its time."""

SEARCHES = 3
"""Searches that a switching point takes, about."""

Verdict = Literal["switches", "out", "in", "same", "unsettled", "past"]
"""It ``switches`` inside the bracket; it stays ``out``, or ``in``, whatever the number; it is the ``same`` to the plan;
``unsettled`` in the time; paid already, as it was signed or ordered in the ``past``, so that no one number decides."""


@dataclass(frozen=True)
class Breakpoint:
    """The number at which a choice switches, and how that is known.

    Attributes:
        parameter: what is moved: ``fee``, ``signing cost``, ``capex``, ``site cost``, ``most``, ``most modules`` or
            ``start year``.
        address: where it stands in the case.
        verdict: whether there is such a number.
        low: lower end of the bracket that holds it, in `unit`; None where there is none or it is not known.
        high: upper end of the bracket; None where there is none or it is not known.
        unit: unit of the cell; ``times`` for what varies by year and is multiplied in every year; ``year``;
            ``modules``.
        now: the number now, 1 for what is multiplied; None where the cell is blank.
        end: the number up to which it was looked at, on the side where the choice goes on as it is now.
        canonical: the bracket in the case's canonical units (t, the case's currency).
        below: whether the choice is in the plan below the number, as with a cost, or above it, as with a volume.
        enters: whether it enters the plan at the number, or leaves it.
        idle: whether beyond it the choice may be had without use at no cost, so that it makes no difference.
        method: how it was found.
        come: deals and modules that the plan at the number has and the plan now has not.
        go: deals and modules that the plan now has and the plan at the number has not.
        plan: the best plan found with the choice in at the number, checked; None where none was asked for.
        solves: searches made for it.
    """

    parameter: Parameter
    address: str
    verdict: Verdict
    low: float | None
    high: float | None
    unit: str
    now: float | None
    end: float
    canonical: tuple[float | None, float | None]
    below: bool
    enters: bool
    idle: bool
    method: str
    come: tuple[tuple[str, int], ...] = ()
    go: tuple[tuple[str, int], ...] = ()
    plan: Plan | None = field(default=None, repr=False, compare=False)
    solves: int = 0


@dataclass(frozen=True)
class Why:
    """Why a deal or plant is in the plan or out of it.

    Attributes:
        case: the case.
        choice: sheet and name of what is asked about.
        in_plan: whether the plan has it: a plant ordered, a deal in force for half of a term.
        plan: the plan, checked.
        other: the best plan on the other side, checked: without it where the plan has it, with it where not; None where
            there is none or none was found.
        possible: whether there is a plan on the other side; None where it was not settled in the time.
        loss: least and most by which the other side costs more than the plan, in the case's currency; None without it.
        come: deals and modules that the other plan has and the plan has not: what replaces it.
        go: deals and modules that the plan has and the other has not.
        budget: the budget that the plan keeps to, None without one.
        over: by how much the other plan exceeds it, in the case's currency; 0 where it does not.
        capped: the most that dependence may come to, a fraction; None where it is not held.
        breakpoints: the numbers at which it switches, one for each parameter.
        status: ``proved``, or ``stopped`` where the time or the user ended it before all was settled.
        solves: searches made, those for the plan left out.
    """

    case: Case
    choice: Choice
    in_plan: bool
    plan: Plan
    other: Plan | None
    possible: bool | None
    loss: tuple[float, float] | None
    come: tuple[tuple[str, int], ...]
    go: tuple[tuple[str, int], ...]
    budget: float | None
    over: float
    capped: float | None
    breakpoints: tuple[Breakpoint, ...]
    status: Literal["proved", "stopped"]
    solves: int

    @property
    def name(self) -> str:
        """The name of what is asked about."""
        return self.choice[1]

    @property
    def briefly(self) -> bool:
        """Whether the plan signs the deal, but for less than half of a term, so that it does not count as in it."""
        signed = self.choice[0] == "Deals" and any(deal == self.name for deal, _, _ in self.plan.amounts.sign)
        return signed and not self.in_plan


class Reasons(tuple[Why, ...]):
    """What is said of several choices of one case, as a tuple that knows how far it is proved."""

    @property
    def status(self) -> Literal["proved", "stopped"]:
        """``proved`` where all of it is."""
        return "proved" if all(one.status == "proved" for one in self) else "stopped"


def why(
    case: Case, name: str, options: SolveOptions | None = None, *, executor: Executor | None = None,
    on_event: OnEvent | None = None, plan: Plan | None = None,
) -> Why:
    """Why a deal or plant is in the plan or out of it, and at which numbers that would change.

    For a choice outside the plan the numbers at which it would enter: fee and signing cost (capex and site cost of a
    plant), largest volume (modules) and first year of its window; for one inside, those at which it would leave, and
    what replaces it. Each number is moved alone. A series that varies is multiplied in every year. It counts as in only
    where it is in force for half of a term inside the horizon.

    Args:
        case: a case that passed the checks.
        name: a deal or plant that can still be signed or ordered.
        options: goal, budget, cap, gap, time, threads and seed; the case's own settings where they are None.
        executor: where the solves run, on a ground that announced :func:`box`; in this process where it is None.
        on_event: told each solve and how it goes; not looked at with an executor.
        plan: the plan of the case, where it is known already.

    Returns:
        The switching points, each with its bracket, in the unit of its cell. Where the time ends, or the user stops,
        what is proved until then.

    Raises:
        AskedWrongly: nothing of this name can be chosen, or the options name a goal that the case does not have.
        Infeasible: no plan meets the case.
        Unsolved: the time ran out before there was a plan.
        CheckRefused: what the solver returned does not stand up to the independent check.
        KeyboardInterrupt: the user stopped before there was a plan.
    """
    options = options or SolveOptions(time=TIME)
    choice = _choice(case, name)
    executor = executor or Here(Ground(case, options, box(case, [choice])), seconds=options.time, on_event=on_event)
    with executor.ground.stop.listening():
        asking = _Asking(executor, 1, plan)
        if not _columns(executor.ground, choice):
            raise AskedWrongly(f"'{name}' makes no difference: it opens nothing, costs nothing, and no rule names it")
        return asking.why(choice, 0, executor)


def why_all(
    case: Case, options: SolveOptions | None = None, *, executor: Executor | None = None,
    on_event: OnEvent | None = None, plan: Plan | None = None,
) -> Reasons:
    """What :func:`why` says of every deal that can still be signed, in the order of the workbook.

    The plan is found once for all. Where the time ends, or the user stops, deals not yet looked at are told as
    ``unsettled``. A deal that opens nothing, costs nothing and stands in no rule is left out.

    Args:
        case: a case that passed the checks.
        options: as for :func:`why`.
        executor: where the solves run, on a ground that announced :func:`box`; in this process where it is None.
        on_event: told each solve and how it goes; not looked at with an executor.
        plan: the plan of the case, where it is known already.

    Raises:
        AskedWrongly: the case has no deal that can still be signed, or the options name a goal that it does not have.
        Infeasible: no plan meets the case.
        Unsolved: the time ran out before there was a plan.
        CheckRefused: what the solver returned does not stand up to the independent check.
        KeyboardInterrupt: the user stopped before there was a plan.
    """
    options = options or SolveOptions(time=TIME)
    choices: list[Choice] = [("Deals", name) for name, ways in Data(case).signings.items() if ways]
    if not choices:
        raise AskedWrongly("the case has no deal that can still be signed")
    executor = executor or Here(Ground(case, options, box(case, choices)), seconds=options.time, on_event=on_event)
    with executor.ground.stop.listening():
        asking = _Asking(executor, len(choices), plan)
        asked = [choice for choice in choices if _columns(executor.ground, choice)]
        each = 1 + 3 * SEARCHES
        return Reasons(abreast(executor, [
            partial(asking.why, choice, each * (len(asked) - 1 - i)) for i, choice in enumerate(asked)
        ]))


def box(case: Case, choices: Iterable[Choice] | None = None) -> tuple[tuple[Change, ...], ...]:
    """The changes that the study will make and that let more flow: each volume at its largest.

    Args:
        case: the case.
        choices: what is asked about; None for every deal.
    """
    data = Data(case)
    asked = [("Deals", name) for name in data.deals] if choices is None else list(choices)
    found = (lever for choice in asked for lever in levers(data, choice, inside=True))
    return tuple(lever.changes(lever.easy) for lever in found if lever.parameter == "most")


def _columns(ground: Ground, choice: Choice) -> list[int]:
    """The columns that a choice is made by."""
    sheet, name = choice
    return signings(ground.compiled, name, counted=False) if sheet == "Deals" else modules(ground.compiled, name)


def _choice(case: Case, name: str) -> Choice:
    """The deal or plant of a name.

    Raises:
        AskedWrongly: there is none, or it is not open.
    """
    data = Data(case)
    deals = [deal for deal, ways in data.signings.items() if ways]
    plants = list(dict.fromkeys(plant for plant, _ in data.operations))
    if name in deals:
        return "Deals", name
    if name in plants:
        return "Plants", name
    if name in data.deals:
        raise AskedWrongly(f"the deal '{name}' cannot be signed any more: its window leaves no year, or all its terms "
                         "are signed")
    if name in data.plants:
        raise AskedWrongly(f"nothing can be ordered of the plant '{name}': it has no module, or its window leaves no "
                         "year")
    raise AskedWrongly(f"there is no deal or plant '{name}'. {did_you_mean(name, [*deals, *plants])}".rstrip())


class _Asking:
    """What is asked of one executor about some choices.

    Attributes:
        executor: where the solves run.
        form: the plan in the common form.
        own: what the plan decides.
        budget: the budget that it keeps to.
        cap: the most that dependence may come to.
    """

    def __init__(self, executor: Executor, ahead: int, plan: Plan | None = None) -> None:
        self.executor = executor
        self.form = form_of(executor, ahead * (1 + 3 * SEARCHES), plan)
        self.own = executor.ground.portfolio(self.form.question, self.form.answer, plants=True)
        self.budget = self.form.budget
        self.cap = dict(self.form.caps).get(DEPENDENCE)
        self.gap = min(GAP, executor.ground.options.gap)
        self.least = self._least()

    def _least(self) -> dict[frozenset[Choice], tuple[float, float]]:
        """What the least cost may be, at least and at most, by the choices of the plan that shows it."""
        known = (decided(self.executor.ground.compiled, self.form.answer),)
        question = Question((COST,), caps=self.form.caps, gap=self.gap, known=known)
        closer, unit = ask(self.executor, question, "the least cost more closely"), self.executor.ground.compiled.money
        low, high = span(unit, self.form.answer)
        if not closer.found:
            return {frozenset(self.own.choices): (low, high)}
        low = max(low, span(unit, closer)[0])
        others = self.executor.ground.portfolio(question, closer, plants=True)
        found = {frozenset(others.choices): (low, span(unit, closer)[1])}
        mine = frozenset(self.own.choices)
        found[mine] = low, min(high, found.get(mine, (low, high))[1])
        return found

    def without(self, choice: Choice) -> tuple[float, float]:
        """What the least cost without a choice may be that the plan has not, at least and at most."""
        return min((of for choices, of in self.least.items() if choice not in choices), key=lambda of: of[1])

    def why(self, choice: Choice, ahead: int, executor: Executor) -> Why:
        """What is found about one choice, with about so many searches to come after it."""
        return _One(self, choice, ahead, executor).why()


class _One:
    """One choice: the plan on its other side, then each of its numbers."""

    def __init__(self, asking: _Asking, choice: Choice, ahead: int, executor: Executor) -> None:
        self.asking, self.choice, self.inside = asking, choice, (inside := choice in asking.own.choices)
        self.executor, self.ground = executor, executor.ground
        self.levers = levers(self.ground.compiled.data, choice, inside)
        self.ahead = ahead + SEARCHES * len(self.levers)
        self.within = Question((COST,), caps=asking.form.caps, inside=(choice,), gap=asking.gap)
        without = replace(self.within, inside=(), outside=(choice,))
        self.aside = without if inside else self.within
        words = f"the best plan {'without' if inside else 'with'} {choice[1]}"
        self.other = ask(self.executor, self.aside, words, self.ahead + 1)
        self.level = self._level()

    def why(self) -> Why:
        form, own = self.asking.form, self.asking.own
        points = abreast(self.executor, [partial(self._point, lever, i) for i, lever in enumerate(self.levers)])
        found = self.other.found
        theirs = self.ground.portfolio(self.aside, self.other, plants=True) if found else own
        settled = form.answer.outcome == "proved" and self.other.outcome in ("proved", "none")
        return Why(
            self.ground.case, self.choice, self.inside, form.plan,
            self.executor.plan(self.aside, self.other) if found else None,
            None if self.other.outcome == "nothing" else found, self._loss(), _more(theirs, own), _more(own, theirs),
            self.asking.budget, self._over(), self.asking.cap, tuple(points),
            "proved" if settled and all(p.verdict != "unsettled" for p in points) else "stopped",
            int(self.other.outcome != "nothing") + sum(p.solves for p in points),
        )

    def _over(self) -> float:
        """By how much the plan on the other side exceeds the budget, in the case's currency."""
        if not self.other.found:
            return 0.0
        return self.asking.form.over(value_of(self.ground.compiled, self.other, COST))

    def _loss(self) -> tuple[float, float] | None:
        """What the other side costs more than the plan, at least and at most."""
        if not self.other.found:
            return None
        unit = self.ground.compiled.money
        (low, high), (least, most) = span(unit, self.other), span(unit, self.asking.form.answer)
        return max(0.0, low - most), max(0.0, high - least)

    def _level(self) -> tuple[float, float] | None:
        """Least and most that the least cost without the choice may be, and no more than the budget; None unknown."""
        low, high = np.inf, np.inf
        if not self.inside:
            low, high = self.asking.without(self.choice)
        elif self.other.found:
            low, high = span(self.ground.compiled.money, self.other)
        elif self.other.outcome == "nothing":
            return None
        most = np.inf if self.asking.budget is None else self.asking.budget
        return min(low, most), min(high, most)

    def _point(self, lever: Lever, place: int, executor: Executor) -> Breakpoint:
        data, (sheet, name) = self.ground.compiled.data, self.choice
        signed = name in data.past if sheet == "Deals" else bool(data.plants[name].ordered_in)
        if signed and lever.straight:
            return self._found(lever, "past")
        if lever.now == (lever.hard if self.inside else lever.easy):
            return self._found(lever, "in" if self.inside else "out")
        if self.level is None or executor.ended:
            return self._found(lever, "unsettled")
        track = Track(self.ground, lever, dict(self.asking.form.caps))
        words = f"{name}: {lever.parameter}"
        switch = Switch(executor, self.within, track, words, self.ahead - SEARCHES * place)
        return self._whole(switch) if lever.whole else self._moved(switch)

    @property
    def _with(self) -> tuple[Question, Answer]:
        """The best plan with the choice at the numbers of the case."""
        form = self.asking.form
        return (form.question, form.answer) if self.inside else (self.aside, self.other)

    def _moved(self, switch: Switch) -> Breakpoint:
        """A number of any size: how far it goes within the level at its most, and how far for certain."""
        assert self.level is not None
        track, (low, high), idle = switch.track, self.level, False
        if self._with[1].found:
            track.add(*self._with)
        edge = switch.edge(high)
        sure = track.reach(low)
        if not edge.ended and edge.last is not None and np.isfinite(low) and (sure is None or edge.out is None):
            # no worse with than without, though maybe no better: left to ask is how far it saves more than the gap
            low -= (2 * self.asking.gap + EXACT) * max(abs(low), abs(high), EXACT)
            edge, idle = switch.edge(low), True
            sure = track.reach(low)
        near = None if sure is None else sure[0]
        return self._judged(switch, edge, near, idle=idle)

    def _whole(self, switch: Switch) -> Breakpoint:
        """A year or a number of modules."""
        assert self.level is not None
        lever, (low, high), answer = switch.track.lever, self.level, self._with[1]
        known: dict[float, bool] = {}
        least, most = span(self.ground.compiled.money, answer) if answer.found else (np.inf, np.inf)
        if answer.found and most <= low:
            known[self._as_decided(lever)] = True
        if lever.now is not None and (answer.outcome == "none" or (answer.found and least > high)):
            known[lever.now] = False
        edge, near = whole_edge(switch, self.level, known)
        return self._judged(switch, edge, near, idle=False)

    def _as_decided(self, lever: Lever) -> float:
        """The least favourable number of a lever that still allows what the plan with the choice decides."""
        arrays, values = self.ground.compiled, self._with[1].values
        sheet, name = self.choice
        columns = signings(arrays, name) if sheet == "Deals" else modules(arrays, name)
        taken = [(int(arrays.columns[j][1][1]), float(values[j])) for j in columns if values[j] > HALF]
        if lever.parameter == "start year":
            return float(min(max(min(year for year, _ in taken), lever.easy), lever.hard))
        return float(max(max(round(number) for _, number in taken), lever.hard))

    def _judged(self, switch: Switch, edge: Edge, near: float | None, *, idle: bool) -> Breakpoint:
        lever = switch.track.lever
        if edge.ended:
            verdict: Verdict = "unsettled"
        elif near is None:
            verdict = "same" if idle or edge.last is not None else "out"
        else:
            verdict = "in" if edge.out is None else "switches"
        found = self._found(lever, verdict, near, edge.out, solves=switch.solves)
        return replace(self._beside(found, switch, near), idle=idle and verdict == "switches")

    def _beside(self, found: Breakpoint, switch: Switch, near: float | None) -> Breakpoint:
        """A switching point with the best plan found that has the choice there, checked at that number."""
        if near is None or found.verdict != "switches":
            return found
        lever, plans = switch.track.lever, switch.track.plans
        if lever.whole:
            question, answer = switch.found.get(near, self._with)
        else:
            question, answer = plans[min(range(len(plans)), key=lambda i: switch.track.cost(i, near))]
        arrays = self.ground.arrays(question.changes)
        held = tuple((arrays.columns[j], round(float(answer.values[j]))) for j in np.flatnonzero(arrays.integer))
        there = replace(self.within, held=held).on(*lever.changes(near))
        held_there = ask(switch.executor, there, switch.told, switch.ahead)
        if not held_there.found:
            return found
        theirs, own = self.ground.portfolio(there, held_there, plants=True), self.asking.own
        return replace(found, plan=self.executor.plan(there, held_there), come=_more(theirs, own),
                       go=_more(own, theirs), solves=found.solves + 1)

    def _found(
        self, lever: Lever, verdict: Verdict, near: float | None = None, far: float | None = None, *, solves: int = 0
    ) -> Breakpoint:
        money = Money.of(self.ground.case.settings)
        ends = (near, far) if lever.rising else (far, near)
        ends = ends if verdict in ("switches", "unsettled") else (None, None)
        low, high = (None if at is None else lever.told(at, money) for at in ends)
        return Breakpoint(
            lever.parameter, lever.address, verdict, low, high, lever.unit,
            None if lever.now is None else lever.told(lever.now, money),
            lever.told(lever.hard if self.inside else lever.easy, money), ends, lever.rising, not self.inside, False,
            self._method(lever), solves=solves,
        )

    def _method(self, lever: Lever) -> str:
        """How a number was looked for, in words."""
        way = "a search a number" if lever.whole else "along plans found, each with its decisions held, Newton's method"
        if not lever.straight and not lever.whole:
            way = "along plans found, each with its decisions held, bisection"
        return f"least cost with it against {self._against}; {way}"

    @property
    def _against(self) -> str:
        if self.level is None:
            return "least cost without it"
        if np.isinf(self.level[1]):
            return "no plan without it"
        return "the budget" if self.level[0] == self.asking.budget else "least cost without it"


def _more(one: Portfolio, other: Portfolio) -> tuple[tuple[str, int], ...]:
    """Names that one portfolio has and the other has not, with by how many."""
    return tuple((name, number) for (_, name), number in one.without(other).items())
