"""What a solve tells while it goes; `report` draws it. All of it is told in the thread that called the solve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SHARE = "share"
"""The unit of dependence: a fraction of demand."""


@dataclass(frozen=True)
class Stages:
    """What lies ahead, told first: the names of the stages in order; one that is not needed is left out when due."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class StageStarted:
    """A stage begins; ``solve`` holds others, ``least cost`` and each goal, and is not among those told at first."""

    name: str


@dataclass(frozen=True)
class StageEnded:
    """A stage has ended after so many seconds."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Incumbent:
    """Where the search for one goal stands.

    Attributes:
        goal: the goal.
        value: the best plan so far, in the unit; infinite while there is none.
        bound: the best bound, in the unit; infinite while there is none.
        gap: how far the two are apart: relative, of dependence absolute; infinite while one of them is missing.
        seconds: since the search began.
        unit: ``share``, the case's currency, or the unit of a criterion.
    """

    goal: str
    value: float
    bound: float
    gap: float
    seconds: float
    unit: str = ""


@dataclass(frozen=True)
class Stopping:
    """Ctrl-C was seen: the search ends, and the best plan so far follows."""


@dataclass(frozen=True)
class Note:
    """Something that the reader must be told."""

    text: str


@dataclass(frozen=True)
class Step:
    """One of a study's solves begins.

    Attributes:
        number: which one it is, from 1.
        ahead: about how many there will be in all.
        text: what it is for, in words.
    """

    number: int
    ahead: int
    text: str


Event = Step | Stages | StageStarted | StageEnded | Incumbent | Stopping | Note
OnEvent = Callable[[Event], None]
