"""Tasks sent to the workers of a pool, in batches of about a second, each noted as it ends.

Results are equal to those of one process, whatever the number of workers and the order in which they end: a task
depends on its ground and its payload alone. A worker that dies costs nothing but what it was at, which is sent again.

Starting workers takes longer than many a study: work begins in this process, and goes to the workers when what is left
of it, at the seconds that such a task was seen to take, is at least :data:`PAYS`. Where nothing is known of a task yet,
the first is tried here for :data:`PROBE` seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any, Generic
from uuid import uuid4

from optimizer.runs.journal import Journal
from optimizer.solve.events import OnEvent, Stopping
from optimizer.solve.goals import Clock
from optimizer.study.executor import SHARE, Here
from optimizer.study.ground import Ground
from optimizer.study.pool import Pool
from optimizer.study.task import ATTEMPTS, Failure, P, R, Task, attempt

if TYPE_CHECKING:
    from optimizer.study.worker import Ending

PROBE = 1.0
"""Seconds that the first task of a kind may take in this process before it is left to the workers."""

PAYS = 4.0
"""Seconds of work for which workers are started: on two cores half of it is gained, and starting takes 1 to 1.5."""

ALREADY = 0.05
"""Seconds of work that are sent to workers which are there already: the way there and back takes 0.01."""

ABREAST = 8
"""Searches that go side by side: more keep more workers at work, and more arrays of changed cases at hand."""

BATCH = 1.0
"""Seconds of work in one batch."""

LEAST = 0.1
"""Seconds of work in one batch at least, while there is as much: the way there, back and to the disk takes 0.02."""

MOST = 1000
"""Most tasks in one batch."""

STEP = 0.1
"""Seconds between looks at whether the user asked to stop."""

PATIENCE = 5.0
"""Seconds that searches which are asked to stop have for it."""

WEIGHT = {False: 0.3, True: 0.7}
"""Weight of the latest batch in what a task is thought to take; the greater where it took less, as the first of a kind
often makes what the others use."""


@dataclass
class _Item(Generic[P]):
    """One payload on its way; `at` is its place, `noted` its key in the journal."""

    at: int
    payload: P
    noted: str
    words: str
    attempts: int = 0


@dataclass
class _Batch(Generic[P]):
    items: list[_Item[P]]
    name: str = field(default_factory=lambda: uuid4().hex)
    future: Any = None  # held here: one that nobody holds is given up


@dataclass
class _Round(Generic[P, R]):
    """One call of `run` as far as the workers do it."""

    task: Task[P, R]
    total: int
    begun: int
    waiting: deque[_Item[P]] = field(default_factory=deque)
    flying: dict[str, _Batch[P]] = field(default_factory=dict)
    landed: SimpleQueue[tuple[str, Sequence[Ending[R]] | BaseException]] = field(default_factory=SimpleQueue)
    results: dict[int, R] = field(default_factory=dict)
    twins: dict[int, int] = field(default_factory=dict)
    stopped: float | None = None


class Cluster(Here):
    """Works on a pool's workers where that pays, else in this process."""

    def __init__(
        self, ground: Ground, pool: Pool, *, seconds: float | None = None, journal: Journal | None = None,
        on_event: OnEvent | None = None, about: str = "",
    ) -> None:
        """Starts the clock, but no workers.

        Args:
            ground: what the questions are about.
            pool: the workers; several executors may use one, in turn. Whoever made it closes it.
            seconds: time for all of it together; None for no bound.
            journal: results known from before, and where new ones are noted.
            on_event: told each task, and how its search goes where that is here.
            about: a word that tells these questions from equal ones that the journal holds answers to.
        """
        super().__init__(ground, seconds=seconds, journal=journal, on_event=on_event, about=about)
        self._pool, self._token = pool, ""
        self._seconds: dict[str, float] = {}
        self.abreast = 1 if pool.alone else ABREAST

    def on(self, ground: Ground, about: str, on_event: OnEvent | None = None) -> Cluster:
        """The same with other questions, on the same workers; steps are counted over all of them."""
        told = self._on_event if on_event is None else on_event
        other = Cluster(
            ground, self._pool, journal=self.journal, on_event=told, about=" ".join((*self._about, about))
        )
        other._clock, other._answered = self._clock, self._answered
        return other

    def run(
        self, task: Task[P, R], payloads: Sequence[P], keys: Sequence[str], told: Sequence[str] = (),
        ahead: int | None = None,
    ) -> Iterator[R]:
        """The results in order, from the journal where it has them.

        Raises:
            PoolFault: the workers cannot be reached.
        """
        left = len(payloads) if ahead is None else ahead
        fresh = [self.journal.get(self._key(task, key)) is None for key in keys]
        for i in range(len(payloads)):
            count = sum(fresh[i:]) if fresh[i] else 0
            if count > 1 and task.name not in self._seconds and not self._remote and self._pool.size > 1:
                self._probe(task, payloads[i], keys[i])
            if count and not self.ended and self._pays(task, count, left - i):
                yield from self._sent(task, payloads[i:], keys[i:], told[i:], left - i)
                return
            found = list(super().run(task, payloads[i : i + 1], keys[i : i + 1], told[i : i + 1], left - i))
            if not found:
                return
            yield found[0]

    @property
    def _remote(self) -> bool:
        return self._pool.scheduler is not None

    def _pays(self, task: Task[P, R], count: int, ahead: int) -> bool:
        """Whether workers are ahead of this process with so many new tasks; those of a scheduler always serve."""
        if self._remote:
            return True
        if count < 2 or self._pool.size < 2:
            return False
        each = self._seconds.get(task.name, 0.0)
        return each * count >= ALREADY if self._pool.running else each * max(count, ahead) >= PAYS

    def _probe(self, task: Task[P, R], payload: P, key: str) -> None:
        """Tries the first task of a kind briefly; what it gives is noted where it is final."""
        began, clock = perf_counter(), self._clock.part(SHARE)
        if self.ended:
            return
        if clock.left is None or clock.left > PROBE:
            clock = Clock(PROBE)
        result = attempt(task.work, self.ground, payload, clock, self._on_event)
        whole = not isinstance(result, Failure) and task.whole(payload, result) and not self.ground.stop.asked
        self._measured(task, perf_counter() - began if whole else PAYS)
        if whole and not isinstance(result, Failure):
            self.journal.put(self._key(task, key), task.to_json(result))

    def _done(self, task: Task[P, R], payload: P, key: str, words: str) -> R:
        began = perf_counter()
        result = super()._done(task, payload, key, words)
        self._measured(task, perf_counter() - began)
        return result

    def _measured(self, task: Task[P, R], seconds: float) -> None:
        before = self._seconds.get(task.name, seconds)
        self._seconds[task.name] = before + WEIGHT[seconds < before] * (seconds - before)

    def _sent(
        self, task: Task[P, R], payloads: Sequence[P], keys: Sequence[str], told: Sequence[str], ahead: int
    ) -> Iterator[R]:
        """The results in order, those that are not known worked on by the workers."""
        if not self._token:
            self._token = self._pool.stage(self.ground)
        round_ = _Round(task, self._answered + ahead, self._answered)
        self._sorted(round_, payloads, keys, told)
        try:
            for i in range(len(payloads)):
                at = round_.twins.get(i, i)
                while at not in round_.results:
                    self._send(round_)
                    if not round_.flying and not (round_.waiting and not self.ended):
                        return
                    self._receive(round_)
                # the workers go on while the study looks at this one
                self._send(round_)
                self._answered += 1
                yield round_.results[at]
        finally:
            self._recall(round_)

    def _sorted(
        self, round_: _Round[P, R], payloads: Sequence[P], keys: Sequence[str], told: Sequence[str]
    ) -> None:
        """What is known, what is asked for twice, and what is to be sent."""
        first: dict[str, int] = {}
        for i, (payload, key) in enumerate(zip(payloads, keys, strict=True)):
            noted, words = self._key(round_.task, key), told[i] if i < len(told) else ""
            if (at := first.setdefault(noted, i)) != i:
                round_.twins[i] = at
                continue
            known = self._known(round_.task, payload, key)
            if known is None:
                round_.waiting.append(_Item(i, payload, noted, words))
                continue
            round_.results[i] = known
            self._tell(round_, words)

    def _tell(self, round_: _Round[P, R], words: str) -> None:
        round_.begun += 1
        self._step(round_.begun, round_.total, words)

    def _send(self, round_: _Round[P, R]) -> None:
        """Keeps every worker at work, each with one batch: so its time begins when it is sent."""
        while round_.waiting and not self.ended and len(round_.flying) < self._pool.size:
            batch = _Batch([round_.waiting.popleft() for _ in range(self._batch(round_))])
            for item in batch.items:
                if not item.attempts:
                    self._tell(round_, item.words)
            round_.flying[batch.name] = batch
            batch.future = self._pool.submit(
                partial(self._landed, round_, batch), batch.name, self._token, round_.task.work,
                [item.payload for item in batch.items], self._clock.left, SHARE,
            )

    def _landed(self, round_: _Round[P, R], batch: _Batch[P], future: Any) -> None:
        """Notes the final results of a batch, in a thread that waits for nothing else, and hands over all of it."""
        task = round_.task
        try:
            endings: Sequence[Ending[R]] = future.result()
            self.journal.put_all({
                item.noted: task.to_json(ending.result) for item, ending in zip(batch.items, endings, strict=False)
                if not isinstance(ending.result, Failure) and not ending.cut
                and task.whole(item.payload, ending.result)
            })
        except BaseException as fault:  # whatever it is, the study waits for it
            round_.landed.put((batch.name, fault))
        else:
            round_.landed.put((batch.name, endings))

    def _batch(self, round_: _Round[P, R]) -> int:
        """How many go next: about a second's work, and near the end less, so that all workers end together."""
        each = self._seconds.get(round_.task.name)
        if each is None or round_.waiting[0].attempts:
            return 1
        each = max(each, BATCH / MOST)
        fair = max(-(-len(round_.waiting) // (2 * self._pool.size)), int(LEAST / each))
        most = max(1, min(int(BATCH / each), fair, len(round_.waiting)))
        # one that failed before goes alone
        return next((i for i in range(1, most) if round_.waiting[i].attempts), most)

    def _receive(self, round_: _Round[P, R]) -> None:
        """Takes in the next batch that has ended, if one does within a moment."""
        try:
            name, endings = round_.landed.get(timeout=STEP)
        except Empty:
            self._pool.watch()
            self._heed(round_)
            return
        batch = round_.flying.pop(name)
        if isinstance(endings, BaseException):
            self._lost(round_, batch, endings)
        else:
            self._take(round_, batch, endings)

    def _heed(self, round_: _Round[P, R]) -> None:
        """Once the user has asked to stop, the workers are, and what they have is waited for briefly."""
        if not self.ground.stop.asked:
            return
        if round_.stopped is None:
            round_.stopped = monotonic()
            self._on_event(Stopping())
            self._pool.stop(list(round_.flying))
        elif monotonic() - round_.stopped > PATIENCE:
            round_.flying.clear()

    def _take(self, round_: _Round[P, R], batch: _Batch[P], endings: Sequence[Ending[R]]) -> None:
        """Results of a batch; what failed is sent again."""
        for item, ending in zip(batch.items, endings, strict=False):
            if isinstance(ending.result, Failure):
                self._again(round_, item, ending.result)
            else:
                round_.results[item.at] = ending.result
        # those that the time or the user kept it from
        round_.waiting.extendleft(reversed(batch.items[len(endings):]))
        if endings:
            self._measured(round_.task, sum(ending.seconds for ending in endings) / len(endings))

    def _lost(self, round_: _Round[P, R], batch: _Batch[P], fault: BaseException) -> None:
        """A batch whose worker died: each of its tasks goes again, and alone.

        Raises:
            BaseException: what a task raised that is no failure of its own, or why its results cannot be noted.
        """
        from distributed import KilledWorker

        if not isinstance(fault, KilledWorker):
            self._pool.watch()
            raise fault
        self._pool.recount()
        for item in reversed(batch.items):
            self._again(round_, item, Failure("the process that worked on it died"))

    def _again(self, round_: _Round[P, R], item: _Item[P], failure: Failure) -> None:
        item.attempts += 1
        if item.attempts < ATTEMPTS:
            round_.waiting.appendleft(item)
        else:
            round_.results[item.at] = self._failed(round_.task, item.words, failure)

    def _recall(self, round_: _Round[P, R]) -> None:
        """Nobody waits for what is still under way: its searches are stopped."""
        if round_.flying and self._pool.running:
            self._pool.stop(list(round_.flying))
