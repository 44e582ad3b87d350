"""What a solve tells while it goes; `report` draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class StageStarted:
    """A stage begins: ``build``, ``compile``, ``least cost``, a goal, ``as now``, ``unique``, ``check``."""

    name: str


@dataclass(frozen=True)
class StageEnded:
    """A stage has ended after so many seconds."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Incumbent:
    """Where the search for one goal stands; value and bound in the goal's unit, infinite while there is none."""

    goal: str
    value: float
    bound: float
    gap: float
    seconds: float


@dataclass(frozen=True)
class Note:
    """Something that the reader must be told."""

    text: str


Event = StageStarted | StageEnded | Incumbent | Note
OnEvent = Callable[[Event], None]
