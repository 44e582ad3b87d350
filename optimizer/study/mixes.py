"""The cases between two, each in the common form, so that also one that cannot reach what is asked has a value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from optimizer.case.case import Case
from optimizer.case.difference import Part, mixed
from optimizer.case.findings import CaseError
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.runs import digest
from optimizer.solve.events import Event, OnEvent, Step
from optimizer.solve.plan import SolveOptions
from optimizer.solve.stopping import Stop
from optimizer.study.executor import Executor, ask
from optimizer.study.ground import Ground
from optimizer.study.question import Question

Maker = Callable[[Ground, str, OnEvent], Executor]
"""Makes what answers questions about a case, from a word that tells its answers from those about other cases."""


class Unfit(Exception):  # noqa: N818 - an outcome, not a fault
    """The groups taken over make no case that can be compared.

    Attributes:
        why: the reason, a sentence without its end.
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Ended(Exception):  # noqa: N818 - an outcome, not a fault
    """The time is over, or the user asked to stop."""


@dataclass(frozen=True)
class Value:
    """What one case comes to.

    Attributes:
        cost: in the case's currency.
        dependence: on the glide path, a fraction.
        excess: dependence above what was allowed, a fraction.
        open: by how much the least of each goal that was searched may lie lower, infinite where that is not known.
    """

    cost: float
    dependence: float
    excess: float = 0.0
    open: Mapping[str, float] = field(default_factory=dict, compare=False)

    def money(self, price: float) -> float:
        """``z = cost + pi excess``, `price` in the case's currency for all of dependence (MODEL.md 7)."""
        return self.cost + price * self.excess


@dataclass
class Mixes:
    """Answers questions about the first case, the second, and those between them.

    Attributes:
        before: the first case.
        after: the second case.
        every: all parts in which they differ that move a plan.
        options: gap, threads and seed.
        maker: makes the executors.
        on_event: told each solve, counted over all cases.
        ahead: about how many solves there will be in all.
        asked: solves begun.
        proved: whether every answer so far is proved.
    """

    before: Case
    after: Case
    every: frozenset[Part]
    options: tuple[SolveOptions, SolveOptions]
    maker: Maker
    on_event: OnEvent
    stop: Stop
    ahead: int = 0
    asked: int = 0
    proved: bool = True
    _sides: dict[int, Executor] = field(default_factory=dict)
    _between: dict[frozenset[Part], Executor] = field(default_factory=dict)
    _values: dict[tuple[str, frozenset[Part], float], Value] = field(default_factory=dict)

    def side(self, i: int) -> Executor:
        """Where the questions about the first case (0) or the second (1) are answered."""
        if i not in self._sides:
            self._sides[i] = self._made((self.before, self.after)[i], self.options[i])
        return self._sides[i]

    def executor(self, parts: frozenset[Part]) -> Executor:
        """Where the questions about a case are answered; no parts are the first case, all of them the second.

        Raises:
            Unfit: the parts make no sound case.
        """
        if not parts or parts == self.every:
            return self.side(int(bool(parts)))
        if parts not in self._between:
            self._between[parts] = self._made(self._case(parts), self.options[0])
        return self._between[parts]

    def _made(self, case: Case, options: SolveOptions) -> Executor:
        return self.maker(Ground(case, options, stop=self.stop), about(case), self.told)

    def _case(self, parts: frozenset[Part]) -> Case:
        try:
            return mixed(self.before, self.after, parts, f"{self.before.origin.name} and {self.after.origin.name}")
        except CaseError as fault:
            raise Unfit(fault.findings[0].message.rstrip(".")) from None

    def told(self, event: Event) -> None:
        """Passes an event on, steps counted over all cases."""
        if isinstance(event, Step):
            self.asked += 1
            event = replace(event, number=self.asked, ahead=max(self.ahead, self.asked))
        self.on_event(event)

    def money(self, parts: frozenset[Part], most: float, *, then: bool, told: str) -> Value:
        """The least cost with dependence at most `most`, or where that is out of reach at the least that there is.

        Args:
            parts: what is taken from the second case.
            most: most that dependence on the glide path may be; 1 for any.
            then: whether dependence is lowered as far as that costs nothing more.
            told: what it is for, in words.

        Raises:
            Unfit: the case is not sound, or no plan meets it.
            Ended: it was not answered.
        """
        if (known := self._values.get((COST, parts, most))) is None:
            caps = ((DEPENDENCE, most),) if most < 1 else ()
            known = self._asked(
                self.executor(parts), Question((COST, DEPENDENCE) if then else (COST,), caps=caps), told
            )
            if known is None:
                known = self._must(parts, Question((DEPENDENCE, COST)), told)
                known = replace(known, excess=max(0.0, known.dependence - most))
            self._values[COST, parts, most] = known
        return known

    def share(self, parts: frozenset[Part], most: float, *, told: str) -> Value:
        """The least dependence with cost at most `most`, or where that is too little money at the least cost there is.

        Args:
            parts: what is taken from the second case.
            most: most that it may cost, in the case's currency.
            told: what it is for, in words.

        Raises:
            Unfit: the case is not sound, or no plan meets it.
            Ended: it was not answered.
        """
        if (known := self._values.get((DEPENDENCE, parts, most))) is None:
            known = self._asked(self.executor(parts), Question((DEPENDENCE,), caps=((COST, most),)), told)
            if known is None:
                known = self._must(parts, Question((COST, DEPENDENCE)), told)
            self._values[DEPENDENCE, parts, most] = known
        return known

    def cost(self, executor: Executor, question: Question, told: str) -> float | None:
        """The cost that a question about a case comes to; None where no plan meets it.

        Raises:
            Ended: it was not answered.
        """
        value = self._asked(executor, question, told)
        return None if value is None else value.cost

    def _must(self, parts: frozenset[Part], question: Question, told: str) -> Value:
        value = self._asked(self.executor(parts), question, told)
        if value is None:
            raise Unfit("no plan meets the limits of the case")
        return value

    def _asked(self, executor: Executor, question: Question, told: str) -> Value | None:
        answer = ask(executor, question, told)
        if answer.outcome == "nothing":
            raise Ended
        if not answer.found:
            return None
        self.proved &= answer.outcome == "proved"
        claims = executor.plan(question, answer).claims
        return Value(claims.cost, claims.dependence, open={
            goal: (of.value - of.bound) * (executor.ground.compiled.money if goal == COST else 1.0)
            for goal, of in answer.reached.items()
        })


def about(case: Case) -> str:
    """A word that two cases share only where all their settings and rows are the same."""
    rows = {sheet: [row.model_dump(mode="json") for row in some] for sheet, some in case.sheets.items()}
    return digest(case.settings.model_dump(mode="json"), rows)


def union(groups: Collection[frozenset[Part]]) -> frozenset[Part]:
    """All parts of some groups."""
    return frozenset().union(*groups)
