"""Where the solves of a study run, which no study knows: here, one after the other, each noted as it is answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from optimizer.runs import digest
from optimizer.runs.journal import Journal
from optimizer.solve.events import Note, OnEvent, Step
from optimizer.solve.goals import Clock
from optimizer.solve.plan import Plan
from optimizer.study.ground import Ground, silent
from optimizer.study.question import Answer, Question
from optimizer.study.task import ATTEMPTS, Failure, P, R, Task, attempt, failed_words

SHARE = 0.5
"""Part of the time left that one question may use, so that none leaves the others without any."""


class Executor(Protocol):
    """Does the work of studies, wherever that is."""

    @property
    def ground(self) -> Ground:
        """What the questions are about."""
        ...

    @property
    def ended(self) -> bool:
        """Whether nothing further is worked on: the time is over, or the user asked to stop."""
        ...

    @property
    def abreast(self) -> int:
        """How many searches, each of which asks one question after the other, best go side by side."""
        ...

    def run(
        self, task: Task[P, R], payloads: Sequence[P], keys: Sequence[str], told: Sequence[str] = (),
        ahead: int | None = None,
    ) -> Iterator[R]:
        """The results in the order of the payloads; fewer where the time is over or the user asked to stop.

        Each is noted as it ends, in whichever order that is, and what is noted is not worked on again.

        Args:
            task: the kind of work.
            payloads: what it is done for.
            keys: a key for each payload, equal for equal payloads alone.
            told: what each is for, in words.
            ahead: about how many are still to come, these among them; None where these are all.
        """
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

    def on(self, ground: Ground, about: str, on_event: OnEvent | None = None) -> Executor:
        """The same place with the same clock and journal, for questions about something else.

        Args:
            ground: what they are about.
            about: a word for it, which tells its answers in the journal from others.
            on_event: told each task in place of who is told now.
        """
        ...


class Here:
    """Works in this process, one thing after the other.

    Attributes:
        ground: what the questions are about.
        journal: results known from before, and where new ones are noted.
        abreast: searches go one by one, so that what is stopped has found the most of them.
    """

    abreast: int = 1

    def __init__(
        self, ground: Ground, *, seconds: float | None = None, journal: Journal | None = None,
        on_event: OnEvent | None = None, about: str = "",
    ) -> None:
        """Starts the clock.

        Args:
            ground: what the questions are about.
            seconds: time for all of it together; None for no bound.
            journal: results known from before, and where new ones are noted.
            on_event: told each task and how its search goes.
            about: a word that tells these questions from equal ones that the journal holds answers to.
        """
        self._about = (about,) if about else ()
        self.ground, self.journal = ground, Journal() if journal is None else journal
        self._clock, self._on_event = Clock(seconds), on_event or silent
        self._answered = 0

    @property
    def ended(self) -> bool:
        """Whether nothing further is worked on."""
        return self.ground.stop.asked or self._clock.left == 0.0

    def run(
        self, task: Task[P, R], payloads: Sequence[P], keys: Sequence[str], told: Sequence[str] = (),
        ahead: int | None = None,
    ) -> Iterator[R]:
        """The results in order, from the journal where it has them."""
        left = len(payloads) if ahead is None else ahead
        for i, (payload, key) in enumerate(zip(payloads, keys, strict=True)):
            words = told[i] if i < len(told) else ""
            self._step(self._answered + 1, self._answered + left - i, words)
            result = self._known(task, payload, key)
            if result is None:
                if self.ended:
                    return
                result = self._done(task, payload, key, words)
            self._answered += 1
            yield result

    def ask(
        self, questions: Sequence[Question], told: Sequence[str] = (), ahead: int | None = None
    ) -> Iterator[Answer]:
        """The answers in order, from the journal where it has them."""
        return self.run(QUESTION, questions, [question.key() for question in questions], told, ahead)

    def plan(self, question: Question, answer: Answer) -> Plan:
        """The checked plan of an answer."""
        return self.ground.plan(question, answer)

    def on(self, ground: Ground, about: str, on_event: OnEvent | None = None) -> Here:
        """The same with other questions; steps are counted over all of them."""
        told = self._on_event if on_event is None else on_event
        other = Here(ground, journal=self.journal, on_event=told, about=" ".join((*self._about, about)))
        other._clock, other._answered = self._clock, self._answered
        return other

    def _done(self, task: Task[P, R], payload: P, key: str, words: str) -> R:
        """The result of one payload, worked on here."""
        failure = Failure("")
        for _ in range(ATTEMPTS):
            result = attempt(task.work, self.ground, payload, self._clock.part(SHARE), self._on_event)
            if not isinstance(result, Failure):
                # what the user or the time cut short is asked again when the study goes on
                if task.whole(payload, result) and not self.ground.stop.asked:
                    self.journal.put(self._key(task, key), task.to_json(result))
                return result
            failure = result
        return self._failed(task, words, failure)

    def _failed(self, task: Task[P, R], words: str, failure: Failure) -> R:
        sentence = failed_words(words, failure.why)
        self._on_event(Note(sentence))
        return task.failed(sentence)

    def _step(self, number: int, ahead: int, words: str) -> None:
        self._on_event(Step(number, max(ahead, number), words))

    def _key(self, task: Task[Any, Any], key: str) -> str:
        """The key in the journal: it holds everything that the result depends on."""
        options = self.ground.options
        return digest(task.name, key, self.ground.fingerprint, options.gap, options.seed, *self._about)

    def _known(self, task: Task[P, R], payload: P, key: str) -> R | None:
        document = self.journal.get(self._key(task, key))
        if document is None:
            return None
        result = task.from_json(document)
        return result if task.fits(self.ground, payload, result) else None


def ask(executor: Executor, question: Question, told: str = "", ahead: int | None = None) -> Answer:
    """One question; ``nothing`` where it is not answered any more."""
    return next(iter(executor.ask([question], [told], ahead)), Answer("nothing"))


def _answer(ground: Ground, question: Question, clock: Clock, on_event: OnEvent) -> Answer:
    return ground.answer(question, clock, on_event)


def _to_json(answer: Answer) -> Mapping[str, Any]:
    return answer.to_json()


def _failed(sentence: str) -> Answer:
    return Answer("nothing", note=sentence)


def _whole(question: Question, answer: Answer) -> bool:
    return answer.outcome in ("proved", "none") or (question.any_plan and answer.found)


def _fits(ground: Ground, question: Question, answer: Answer) -> bool:
    return len(answer.values) in (0, len(ground.arrays(question.changes).columns))


QUESTION: Task[Question, Answer] = Task(
    "question", _answer, _to_json, Answer.from_json, _failed, whole=_whole, fits=_fits
)
"""One search, as :meth:`Ground.answer` does it."""
