"""Where the solves of a study run, which no study knows: here, one after the other, each noted as it is answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from optimizer.model.compiled import Compiled
from optimizer.runs.journal import Journal
from optimizer.solve.events import OnEvent, Step
from optimizer.solve.goals import Clock
from optimizer.solve.plan import Plan
from optimizer.study.ground import Ground, silent
from optimizer.study.question import Answer, Question

SHARE = 0.5
"""Part of the time left that one question may use, so that none leaves the others without any."""


class Executor(Protocol):
    """Answers questions, wherever that is done."""

    @property
    def ground(self) -> Ground:
        """What the questions are about."""
        ...

    @property
    def ended(self) -> bool:
        """Whether no further question is answered: the time is over, or the user asked to stop."""
        ...

    def ask(
        self, questions: Sequence[Question], told: Sequence[str] = (), ahead: int | None = None
    ) -> Iterator[Answer]:
        """The answers in the order of the questions; fewer where the time is over or the user asked to stop.

        Args:
            questions: the questions.
            told: what each is for, in words.
            ahead: about how many solves are still to come, these among them; None where these are all.
        """
        ...

    def plan(self, question: Question, answer: Answer) -> Plan:
        """The checked plan of an answer."""
        ...

    def on(self, ground: Ground, about: str) -> Executor:
        """The same place with the same clock and journal, for questions about something else.

        Args:
            ground: what they are about.
            about: a word for it, which tells its answers in the journal from others.
        """
        ...


class Here:
    """Answers in this process, one question after the other.

    Attributes:
        ground: what the questions are about.
        journal: answers known from before, and where new ones are noted.
    """

    def __init__(
        self, ground: Ground, *, seconds: float | None = None, journal: Journal | None = None,
        on_event: OnEvent | None = None, about: str = "",
    ) -> None:
        """Starts the clock.

        Args:
            ground: what the questions are about.
            seconds: time for all questions together; None for no bound.
            journal: answers known from before, and where new ones are noted.
            on_event: told each question and how its search goes.
            about: a word for the case where the journal holds answers about several, so that none is taken for another.
        """
        self._about = (about,) if about else ()
        self.ground, self.journal = ground, Journal() if journal is None else journal
        self._clock, self._on_event = Clock(seconds), on_event or silent
        self._answered = 0

    @property
    def ended(self) -> bool:
        """Whether no further question is answered."""
        return self.ground.stop.asked or self._clock.left == 0.0

    def ask(
        self, questions: Sequence[Question], told: Sequence[str] = (), ahead: int | None = None
    ) -> Iterator[Answer]:
        """The answers in order, from the journal where it has them."""
        left = len(questions) if ahead is None else ahead
        for i, question in enumerate(questions):
            words = told[i] if i < len(told) else ""
            self._on_event(Step(self._answered + 1, max(self._answered + left - i, self._answered + 1), words))
            answer = self._known(question)
            if answer is None:
                if self.ended:
                    return
                answer = self.ground.answer(question, self._clock.part(SHARE), self._on_event)
                # what the user or the time cut short is asked again when the study goes on
                whole = answer.outcome in ("proved", "none") or (question.any_plan and answer.found)
                if whole and not self.ground.stop.asked:
                    self.journal.put(self._key(question), answer.to_json())
            self._answered += 1
            yield answer

    def plan(self, question: Question, answer: Answer) -> Plan:
        """The checked plan of an answer."""
        return self.ground.plan(question, answer)

    def on(self, ground: Ground, about: str) -> Here:
        """The same with other questions; steps are counted over all of them."""
        other = Here(ground, journal=self.journal, on_event=self._on_event, about=" ".join((*self._about, about)))
        other._clock, other._answered = self._clock, self._answered
        return other

    def _key(self, question: Question) -> str:
        return question.key(self.ground.fingerprint, self.ground.options.gap, self.ground.options.seed, *self._about)

    def _known(self, question: Question) -> Answer | None:
        known = self.journal.get(self._key(question))
        if known is None:
            return None
        answer = Answer.from_json(known)
        arrays: Compiled = self.ground.arrays(question.changes)
        return answer if len(answer.values) in (0, len(arrays.columns)) else None


def ask(executor: Executor, question: Question, told: str = "", ahead: int | None = None) -> Answer:
    """One question; ``nothing`` where it is not answered any more."""
    return next(iter(executor.ask([question], [told], ahead)), Answer("nothing"))
