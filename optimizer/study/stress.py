"""Stress: the plan held while places of concern stop, from each year in turn (MODEL.md 7, cut-off loss).

    loss[t0, n] = cost with nothing from the places in [t0, t0 + n) - cost without the stop,

signings and orders as planned, flows as planned before t0, for the stop is not foreseen, and free from then on. On both
sides of the difference the same gives way: floors, shares and least takes at their prices, reserves and closing stocks
as a whole, so that only what the stop takes is counted. Flows keep the plan's dependence as far as a tonne above it is
no dearer than one not served.

The same is asked of the plan as now, without any new deal or plant. With `p` the chance of a stop a year, the first one
falls on year t0 with the probability ``p (1 - p)^(t0 - first year)``; what it then costs less under the plan than as
now is what independence is worth against stops, beside what a point of it costs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from optimizer.case.address import did_you_mean
from optimizer.case.case import Case
from optimizer.case.stop import Stop
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.solve.events import OnEvent
from optimizer.solve.plan import Plan, SolveOptions
from optimizer.study.executor import Executor, Here, ask
from optimizer.study.form import SLACK, Form, form_of
from optimizer.study.ground import Ground
from optimizer.study.point import price_of_point
from optimizer.study.question import Answer, AskedWrongly, Question
from optimizer.study.stages import DECIDED
from optimizer.study.standing import Met, Standing

LENGTHS = (1.0, 2.0)
"""Years that a stop lasts where nothing else is asked."""

CHANCE = 0.2
"""Chance of a stop in a year where the case does not say."""

TIME = 1800.0
"""Seconds where the options do not say."""


@dataclass(frozen=True)
class Held:
    """Stops that one plan meets.

    Attributes:
        plan: the plan, checked.
        cost: its cost, in the case's currency.
        dependence: its dependence, a fraction.
        stops: each stop, by start and length in the order asked; what the time cut short is missing.
        cover: (sector, start) -> months for which it is served in full while a stop that begins then goes on; None
            where it is to the end of the case.
    """

    plan: Plan
    cost: float
    dependence: float
    stops: tuple[Met, ...]
    cover: Mapping[tuple[str, int], float | None] = field(default_factory=dict)

    def loss(self, start: int, length: float) -> float | None:
        """What a stop costs, in the case's currency; None where it is not known."""
        return next((met.loss for met in self.stops if (met.stop.start, met.stop.length) == (start, length)), None)


@dataclass(frozen=True)
class Stress:
    """What stops do to a plan, and to the plan as now.

    Attributes:
        places: the places that stop, together.
        starts: years at whose beginning a stop begins.
        lengths: years that it lasts.
        chance: chance that a stop begins in a year, a fraction.
        given: whether the case or the user says so.
        held: the plan under each stop.
        as_now: the same without any new deal or plant; None where there is no such plan.
        point: what a point of dependence costs at the plan, in the case's currency; 0 where that is not known.
        status: ``proved`` where every answer is there, else ``stopped``.
        ended: why answers are missing: empty, ``time`` or ``interrupted``.
        solves: programs solved.
    """

    places: tuple[str, ...]
    starts: tuple[int, ...]
    lengths: tuple[float, ...]
    chance: float
    given: bool
    held: Held
    as_now: Held | None
    point: float
    status: str
    ended: str
    solves: int = field(compare=False)

    def expected(self, held: Held, length: float) -> float | None:
        """What the first stop of a length costs, weighed by the chance that it begins in each of the years asked.

        In the case's currency; None where a loss is not known.
        """
        losses = [held.loss(start, length) for start in self.starts]
        first = self.held.plan.case.years[0]
        weights = [self.chance * (1 - self.chance) ** (start - first) for start in self.starts]
        known = [weight * loss for weight, loss in zip(weights, losses, strict=True) if loss is not None]
        return sum(known) if len(known) == len(losses) else None

    def worth(self, length: float) -> float | None:
        """What the plan saves of that against as now, in the case's currency; None where it is not known."""
        if self.as_now is None:
            return None
        ours, theirs = self.expected(self.held, length), self.expected(self.as_now, length)
        return None if ours is None or theirs is None else theirs - ours


def stress(
    case: Case, options: SolveOptions | None = None, *, places: Sequence[str] = (),
    lengths: Sequence[float] = LENGTHS, starts: Sequence[int] = (), chance: float | None = None,
    executor: Executor | None = None, on_event: OnEvent | None = None, plan: Plan | None = None,
) -> Stress:
    """The plan of a case, held while places stop from each year in turn.

    Args:
        case: a case that passed the checks.
        options: goal, budget, cap, gap, time, threads and seed; the case's own settings where they are None.
        places: the places that stop, together; every place of concern where none is named.
        lengths: for how many years; parts of one too.
        starts: years at whose beginning a stop begins; every year of the case where none is named.
        chance: chance that one begins in a year; the case's, else :data:`CHANCE`, where it is None.
        executor: where the searches run.
        on_event: told each search and how it goes.
        plan: the plan of the case, where it is known already.

    Raises:
        AskedWrongly: a place, start, length or chance cannot be used.
        Infeasible: no plan meets the case as it is.
        Unsolved: the plan was not found in the time.
        CheckRefused: what the solver returned does not stand up to the independent check.
        KeyboardInterrupt: the user stopped before there was any plan.
    """
    asked = _asked(case, places, lengths, starts)
    given = case.settings.stop_chance if chance is None else chance
    if given is not None and not 0 <= given <= 1:
        raise AskedWrongly(f"a chance of {given:g} cannot be used: it is a part between 0 and 1, e.g. 0.2")
    options = options or SolveOptions(time=TIME)
    if executor is None:
        executor = Here(Ground(case, options), seconds=options.time, on_event=on_event)
    with executor.ground.stop.listening():
        return _Stressing(executor, asked, given, plan).found()


@dataclass(frozen=True)
class _Asked:
    places: tuple[str, ...]
    lengths: tuple[float, ...]
    starts: tuple[int, ...]


def _asked(case: Case, places: Sequence[str], lengths: Sequence[float], starts: Sequence[int]) -> _Asked:
    wrong = [length for length in lengths if not (math.isfinite(length) and length > 0)]
    if wrong or not lengths:
        raise AskedWrongly(f"a stop of {wrong[0] if wrong else 'no'} years is none: give a length above 0, e.g. 1")
    first, last = case.years[0], case.years[-1]
    outside = [start for start in starts if not first <= start <= last]
    if outside:
        raise AskedWrongly(f"a stop cannot begin in {outside[0]}: the case runs from {first} to {last}")
    return _Asked(stopping(case, places), tuple(sorted(set(lengths))), tuple(sorted(set(starts))) or case.years)


def stopping(case: Case, names: Sequence[str] = ()) -> tuple[str, ...]:
    """The places that stop together: those named, else every place of concern.

    Raises:
        AskedWrongly: a name is no place of the case or lies at home, or none is named and none is of concern.
    """
    known = {place.name: place for place in case.places}
    for name in names:
        if name not in known:
            raise AskedWrongly(f"there is no place '{name}'. {did_you_mean(name, known)}".rstrip())
        if known[name].home:
            raise AskedWrongly(f"'{name}' lies at home: only a place abroad can stop")
    found = tuple(dict.fromkeys(names)) or tuple(place.name for place in case.places if place.concern)
    if not found:
        raise AskedWrongly("the case has no place of concern: name a place that stops")
    return found


class _Stressing:
    def __init__(self, executor: Executor, asked: _Asked, chance: float | None, plan: Plan | None) -> None:
        self.executor, self.asked, self.chance = executor, asked, chance
        self.ground = executor.ground
        self.form: Form = form_of(executor, 2, plan)
        self.solves, self.missing = self.form.solves, False

    def found(self) -> Stress:
        """Every stop of both plans, and what a point costs."""
        answer = self.form.answer
        # the column of a goal that is only bounded may stand above what the flows come to
        held = self._held(self.form.plan, answer, self.form.plan.claims.dependence)
        as_now = self._as_now()
        ended = "" if not self.missing else "interrupted" if self.ground.stop.asked else "time"
        return Stress(
            places=self.asked.places, starts=self.asked.starts, lengths=self.asked.lengths,
            chance=CHANCE if self.chance is None else self.chance, given=self.chance is not None, held=held,
            as_now=as_now, point=price_of_point(self.executor, self.form),
            status="stopped" if self.missing or answer.outcome != "proved" else "proved", ended=ended,
            solves=self.solves,
        )

    def _as_now(self) -> Held | None:
        """The plan of least cost without any new deal or plant, under the same stops."""
        columns = self.ground.compiled.columns
        none = tuple((name, 0) for name in columns if name[0] in DECIDED)
        question = Question((COST, DEPENDENCE), held=none)
        answer = ask(self.executor, question, "as now", 1)
        self.solves += answer.outcome != "nothing"
        self.missing |= answer.outcome == "nothing"
        if not answer.found:
            return None
        return self._held(self.executor.plan(question, answer), answer, None)

    def _held(self, plan: Plan, answer: Answer, dependence: float | None) -> Held:
        """Each stop that a plan meets; dependence is kept where it is given."""
        compiled = self.ground.compiled
        cap = None if dependence is None else min(1.0, dependence + SLACK)
        standing = Standing(self.ground.case, cap, compiled.columns, answer.values)
        stops: list[Met] = []
        cover: dict[tuple[str, int], float | None] = {}
        for stop in self._stops():
            if self.executor.ended:
                self.missing = True
                break
            stops.append(standing.meets(stop))
            if stop.length == self.asked.lengths[-1]:
                lasting = standing.lasts(stop)
                cover.update({(sector, stop.start): months for sector, months in lasting.items()})
        self.solves += standing.solves
        return Held(plan, plan.claims.cost, plan.claims.dependence, tuple(stops), cover)

    def _stops(self) -> Iterator[Stop]:
        """Each stop asked, year by year: what is held before it only grows."""
        for start in self.asked.starts:
            for length in self.asked.lengths:
                yield Stop(self.asked.places, start, length)
