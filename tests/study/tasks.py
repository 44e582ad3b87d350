"""Tasks for the tests of executors, in a file of their own, as workers find them by name."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimizer.solve.events import OnEvent
from optimizer.solve.goals import Clock
from optimizer.solve.plan import CheckRefused
from optimizer.study.ground import Ground, silent
from optimizer.study.question import Answer, Question
from optimizer.study.task import Task


@dataclass(frozen=True)
class Job:
    """What a task is to do.

    Attributes:
        number: its number, which it gives back.
        log: a file to which it writes its number and process when it begins.
        seconds: how long it sleeps.
        dies: how often the process that works on it is killed, as by ``kill -9``.
        fails: how often it is refused.
        waits: whether it goes on until it is asked to stop.
        raises: whether it has a fault that is none of its own.
    """

    number: int
    log: str
    seconds: float = 0.0
    dies: int = 0
    fails: int = 0
    waits: bool = False
    raises: bool = False


def begun(log: Path) -> list[int]:
    """The numbers of the jobs, each time that one began."""
    return [int(line.split()[0]) for line in log.read_text().splitlines()] if log.exists() else []


def work(ground: Ground, job: Job, clock: Clock, on_event: OnEvent) -> tuple[int, int]:
    """The number of the job, and how many arrays the ground has."""
    with Path(job.log).open("a") as log:
        log.write(f"{job.number} {os.getpid()}\n")
    before = begun(Path(job.log)).count(job.number)
    if before <= job.dies:
        os.kill(os.getpid(), signal.SIGKILL)
    if before <= job.fails:
        raise CheckRefused((f"row {job.number} is broken", "and another"))
    if job.raises:
        raise ZeroDivisionError("1/0")
    time.sleep(job.seconds)
    until = time.monotonic() + 30.0
    while job.waits and not ground.stop.asked and time.monotonic() < until:
        time.sleep(0.01)
    return job.number, len(ground.compiled.columns)


def to_json(result: tuple[int, int]) -> Mapping[str, Any]:
    return {"result": list(result)}


def from_json(document: Mapping[str, Any]) -> tuple[int, int]:
    number, columns = document["result"]
    return number, columns


def failed(sentence: str) -> tuple[int, int]:
    return -1, len(sentence)


JOB: Task[Job, tuple[int, int]] = Task("job", work, to_json, from_json, failed)


class Logged(Ground):
    """A ground that writes down each question when its search begins, and takes its time over it."""

    log = ""
    seconds = 0.15

    def answer(self, question: Question, clock: Clock, on_event: OnEvent = silent) -> Answer:
        with Path(self.log).open("a") as log:
            log.write(f"{question.key()}\n")
        time.sleep(self.seconds)
        return super().answer(question, clock, on_event)
