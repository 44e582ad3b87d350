r"""Goals over futures: the expected cost, the mean of its worst part, the worst, the largest regret (MODEL.md 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimizer.study.question import AskedWrongly

Kind = Literal["expected", "cvar", "worst", "regret"]

EXPECTED: Kind = "expected"
CVAR: Kind = "cvar"
WORST: Kind = "worst"
REGRET: Kind = "regret"

KINDS: tuple[Kind, ...] = (EXPECTED, CVAR, WORST, REGRET)

LEVEL = 0.8
"""The part of futures, by probability, that the tail leaves out where no level is said."""


@dataclass(frozen=True)
class Risk:
    """What is made least over the futures.

    Attributes:
        kind: ``expected`` cost; ``cvar``, the mean over the dearest part of the futures; ``worst`` cost; ``regret``,
            the most that any future costs above the least it can.
        level: of ``cvar``, the part of the futures by probability that lies below the tail, from 0 (all is tail: the
            expectation) to less than 1 (ever more the worst alone).
    """

    kind: Kind = EXPECTED
    level: float = LEVEL

    def __post_init__(self) -> None:
        """Refuses a level that leaves no tail.

        Raises:
            AskedWrongly: the level lies outside [0, 1).
        """
        if not 0 <= self.level < 1:
            raise AskedWrongly(f"a level of {self.level:g} leaves no tail: it is at least 0 and less than 1, e.g. 0.8")

    @classmethod
    def named(cls, text: str) -> Risk:
        """The goal that a text names: ``expected``, ``cvar:0.8``, ``cvar``, ``worst`` or ``regret``.

        Raises:
            AskedWrongly: it names none.
        """
        name, colon, level = text.partition(":")
        kind = next((one for one in KINDS if one == name.strip()), None)
        if kind is None or (colon and kind != CVAR):
            known = "expected, cvar:0.8, worst and regret"
            raise AskedWrongly(f"there is no goal '{text}' over futures; there are {known}")
        if not colon:
            return cls(kind)
        try:
            part = float(level)
        except ValueError:
            raise AskedWrongly(f"'{level}' is no level: write e.g. cvar:0.8") from None
        return cls(kind, part)

    def __str__(self) -> str:
        """As it is written on the command line."""
        return f"{self.kind}:{self.level:g}" if self.kind == CVAR else self.kind

    def of(self, probabilities: Sequence[float], costs: Sequence[float], least: Sequence[float]) -> float:
        """What the goal comes to.

        Args:
            probabilities: of the futures, which add up to 1.
            costs: what each future costs.
            least: the least that each can cost by itself, in the same unit.
        """
        if self.kind == EXPECTED:
            return float(np.dot(probabilities, costs))
        if self.kind == CVAR:
            return tail(probabilities, costs, self.level)
        return float(max(np.subtract(costs, least)) if self.kind == REGRET else max(costs))

    def weights(self, probabilities: Sequence[float]) -> list[float]:
        """The most that a unit of each future's cost can count in the goal."""
        if self.kind in (WORST, REGRET):
            return [1.0] * len(probabilities)
        most = 1.0 / (1.0 - self.level) if self.kind == CVAR else 1.0
        return [min(1.0, most * p) for p in probabilities]


def tail(probabilities: Sequence[float], costs: Sequence[float], level: float) -> float:
    """The mean cost of the dearest ``1 - level`` of the futures by probability, one of them counted in part.

    This is ``min over eta of eta + sum p max(0, z - eta) / (1 - level)`` (Rockafellar and Uryasev 2000, theorem 1),
    whose least lies at one of the costs.

    Args:
        probabilities: of the futures, which add up to 1.
        costs: what each future costs.
        level: from 0, the expectation, to less than 1.
    """
    p, z = np.asarray(probabilities, dtype=float), np.asarray(costs, dtype=float)
    return float(min(eta + np.dot(p, np.maximum(0.0, z - eta)) / (1.0 - level) for eta in z.tolist()))
