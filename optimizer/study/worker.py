"""What runs on a worker: the grounds that it was sent, and the batches of tasks that it works through on them."""

from __future__ import annotations

import pickle
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from time import perf_counter
from typing import Any, Generic

from distributed import WorkerPlugin

from optimizer.solve.goals import Clock
from optimizer.solve.stopping import Stop
from optimizer.study.ground import Ground, silent
from optimizer.study.task import Failure, P, R, Work, attempt

_PARCELS: dict[str, bytes] = {}
"""Token of a ground -> the ground, pickled."""

_GROUNDS: dict[str, Ground] = {}
"""Token of a ground -> the ground, from the first of its batches on."""

_STOPS: dict[str, Stop] = {}
"""Batch -> whether it was asked to stop, which may be known before it begins."""

_ONE = threading.Lock()
"""Held while a batch is worked on: models are built, and grounds used, by one thread of a process at a time."""


@dataclass(frozen=True)
class Ending(Generic[R]):
    """How a task ended.

    Attributes:
        result: the result, or why there is none.
        cut: whether it was asked to stop while it went.
        seconds: wall-clock seconds that it took.
    """

    result: R | Failure
    cut: bool
    seconds: float


class Stage(WorkerPlugin):
    """Brings a ground to every worker, those that come later too."""

    def __init__(self, token: str, ground: Ground, *, own: bool) -> None:
        """Pickles the ground once.

        Args:
            token: what its batches call it.
            ground: the ground.
            own: whether the workers are this process's own, which Ctrl-C reaches as well: it is left to this process.
        """
        self.name = f"optimizer-{token}"
        self._token, self._own, self._parcel = token, own, pickle.dumps(ground.sent())

    def setup(self, worker: Any) -> None:
        """Keeps the ground where batches find it."""
        _PARCELS[self._token] = self._parcel
        if self._own and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def teardown(self, worker: Any) -> None:
        """Forgets the ground."""
        _PARCELS.pop(self._token, None)
        _GROUNDS.pop(self._token, None)


def program() -> str:
    """The version of this program where it is called."""
    return version("partnership-optimizer")


def perform(
    token: str, batch: str, work: Work[P, R], payloads: Sequence[P], seconds: float | None, share: float
) -> list[Ending[R]]:
    """Works through a batch; fewer endings than payloads where the time is over or it was asked to stop.

    Args:
        token: the ground.
        batch: name of the batch.
        work: what is done for each payload.
        payloads: the payloads.
        seconds: time left for all of the study; None for no bound.
        share: part of the time left that one may use.
    """
    clock, endings = Clock(seconds), list[Ending[R]]()
    with _ONE:
        if token not in _GROUNDS:
            _GROUNDS[token] = pickle.loads(_PARCELS[token])
        ground = _GROUNDS[token]
        ground.stop = stop = _STOPS.setdefault(batch, Stop())
        try:
            for payload in payloads:
                if stop.asked or clock.left == 0.0:
                    break
                began = perf_counter()
                result = attempt(work, ground, payload, clock.part(share), silent)
                endings.append(Ending(result, stop.asked, perf_counter() - began))
        finally:
            del _STOPS[batch]
    return endings


def stop(batches: Sequence[str]) -> None:
    """Asks batches to stop, those too that have not begun."""
    for batch in batches:
        _STOPS.setdefault(batch, Stop()).asked = True
