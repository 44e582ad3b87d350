"""A kind of work that a study has done for many values, wherever that is: a function of a ground and a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from optimizer.solve.events import OnEvent
from optimizer.solve.goals import Clock
from optimizer.solve.plan import CheckRefused
from optimizer.solve.session import SolverError
from optimizer.study.ground import Ground

P = TypeVar("P")
R = TypeVar("R")

ATTEMPTS = 3
"""Times that a task is tried before it is told as failed."""

FAILURES = (CheckRefused, SolverError, MemoryError)
"""What fails one task and leaves the others as they are; anything else is a fault of the case or of the program, and
ends the study."""

Work = Callable[[Ground, P, Clock, OnEvent], R]
"""Ground, payload, the time that it may take and who is told how it goes, to the result. A function of a module, which
workers find by its name. What it gives must not depend on what the ground was asked before."""


def _always(*_: object) -> bool:
    return True


@dataclass(frozen=True)
class Task(Generic[P, R]):
    """A kind of work. Payloads are plain values that can be pickled, and so are results, none of which is None.

    Attributes:
        name: name of the kind; it tells the keys of one from those of others.
        work: does it for one payload.
        to_json: a result as a document for the journal, nothing rounded.
        from_json: the result of a document.
        failed: what stands for the result where it failed :data:`ATTEMPTS` times, from the sentence that says why.
        whole: whether a result is final; what the time cut short is not noted, and is asked again when a study goes on.
        fits: whether a noted result can be one of this ground.
    """

    name: str
    work: Work[P, R]
    to_json: Callable[[R], Mapping[str, Any]]
    from_json: Callable[[Mapping[str, Any]], R]
    failed: Callable[[str], R]
    whole: Callable[[P, R], bool] = _always
    fits: Callable[[Ground, P, R], bool] = _always


@dataclass(frozen=True)
class Failure:
    """What came of an attempt that failed.

    Attributes:
        why: the reason, without a full stop.
    """

    why: str


def attempt(work: Work[P, R], ground: Ground, payload: P, clock: Clock, on_event: OnEvent) -> R | Failure:
    """The result of one payload, or why there is none.

    Raises:
        Exception: anything but :data:`FAILURES`.
    """
    try:
        return work(ground, payload, clock, on_event)
    except FAILURES as fault:
        return Failure(str(fault).partition("\n")[0].rstrip(".") or type(fault).__name__)


def failed_words(told: str, why: str) -> str:
    """The sentence for a task that failed as often as it was tried."""
    return f"{told or 'One of the solves'} failed {ATTEMPTS} times and is left out: {why}."
