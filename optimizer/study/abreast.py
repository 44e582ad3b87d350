"""Searches that do not depend on each other, gone through side by side: what they ask at a time is asked at once.

Each search is written as if it were alone, asking one question after the other. It runs in a thread of its own, and one
thread at a time: until it asks. When all have asked, their questions go to the executor together. So nothing that they
share is touched by two at once, and what each finds is what it would have found alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from threading import Semaphore, Thread
from typing import Generic, TypeVar

from optimizer.solve.events import OnEvent
from optimizer.solve.plan import Plan
from optimizer.study.executor import Executor
from optimizer.study.ground import Ground
from optimizer.study.question import Answer, Question
from optimizer.study.task import P, R, Task

T = TypeVar("T")

Search = Callable[[Executor], T]
"""A search: from where it asks to what it found."""


def abreast(executor: Executor, searches: Sequence[Search[T]]) -> list[T]:
    """What each search found, in their order.

    Args:
        executor: where the solves run; it says how many searches go side by side.
        searches: each is handed an executor to ask.

    Raises:
        BaseException: what one of them raised.
    """
    if executor.abreast < 2 or len(searches) < 2:
        return [search(executor) for search in searches]
    lanes = [_Lane(executor, search) for search in searches]
    waiting, active = iter(lanes), list[_Lane[T]]()
    try:
        while True:
            active = [lane for lane in active if not lane.done]
            for lane in islice(waiting, executor.abreast - len(active)):
                lane.step()
                active.append(lane)
            if not active:
                return [result for lane in lanes for result in lane.found]
            _ask(executor, [lane for lane in active if not lane.done])
    finally:
        for lane in lanes:
            lane.leave()


def _ask(executor: Executor, lanes: Sequence[_Lane[T]]) -> None:
    """Asks at once what the searches ask; each goes on as it is answered, while what others asked is solved."""
    counts = [len(lane.questions) for lane in lanes]
    answers = iter(executor.ask(
        [question for lane in lanes for question in lane.questions], [words for lane in lanes for words in lane.told],
        max([sum(counts), *(lane.ahead for lane in lanes)]),
    ))
    for lane, count in zip(lanes, counts, strict=True):
        lane.answers = list(islice(answers, count))
        lane.step()


class _Left(BaseException):
    """Nobody waits any more for the search in which this is raised."""


class _Lane(Generic[T]):
    """A search in its thread, and the executor that it asks."""

    abreast = 1

    def __init__(self, executor: Executor, search: Search[T]) -> None:
        self.questions: Sequence[Question] = ()
        self.told: Sequence[str] = ()
        self.ahead = 0
        self.answers: list[Answer] = []
        self.done, self.found = False, list[T]()
        self._executor, self._search, self._left = executor, search, False
        self._fault: BaseException | None = None
        self._mine, self._theirs = Semaphore(0), Semaphore(0)
        self._thread = Thread(target=self._run, daemon=True)

    @property
    def ground(self) -> Ground:
        return self._executor.ground

    @property
    def ended(self) -> bool:
        return self._executor.ended

    def run(
        self, task: Task[P, R], payloads: Sequence[P], keys: Sequence[str], told: Sequence[str] = (),
        ahead: int | None = None,
    ) -> Iterator[R]:
        """Other work is no question; it is done at once, while the other searches wait."""
        return self._executor.run(task, payloads, keys, told, ahead)

    def ask(
        self, questions: Sequence[Question], told: Sequence[str] = (), ahead: int | None = None
    ) -> Iterator[Answer]:
        """Lays the questions down and waits for its turn."""
        self.questions, self.ahead = questions, len(questions) if ahead is None else ahead
        self.told = [*told, *[""] * (len(questions) - len(told))]
        self._theirs.release()
        self._mine.acquire()
        if self._left:
            raise _Left
        return iter(self.answers)

    def plan(self, question: Question, answer: Answer) -> Plan:
        return self._executor.plan(question, answer)

    def on(self, ground: Ground, about: str, on_event: OnEvent | None = None) -> Executor:
        """What is asked about something else is answered at once, while the other searches wait."""
        return self._executor.on(ground, about, on_event)

    def step(self) -> None:
        """Lets the search go on until it asks or ends.

        Raises:
            BaseException: what it raised.
        """
        if self._thread.ident is None:
            self._thread.start()
        self._mine.release()
        self._theirs.acquire()
        if self._fault is not None:
            raise self._fault

    def leave(self) -> None:
        """Ends a search that waits for an answer which nobody gives any more."""
        if self._thread.ident is not None and not self.done:
            self._left = True
            self._mine.release()

    def _run(self) -> None:
        self._mine.acquire()
        try:
            self.found.append(self._search(self))
        except _Left:
            pass
        except BaseException as fault:  # raised again in the thread that waits
            self._fault = fault
        self.done = True
        self._theirs.release()
