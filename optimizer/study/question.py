"""What a study asks, one solve at a time, and what it is answered: plain values that can be stored and sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np

from optimizer.case.changes import Change
from optimizer.model.compiled import Floats, Name
from optimizer.runs import digest
from optimizer.solve.goals import Reached
from optimizer.study.portfolio import Choice, Portfolio

Outcome = Literal["proved", "stopped", "none", "nothing"]
"""``proved`` within the gap; a plan but ``stopped``; proved that there is ``none``; ``nothing`` found in the time."""


class AskedWrongly(ValueError):  # noqa: N818 - what was asked, not a fault
    """What was asked makes no question about this case; its text says why, in a sentence for the planner."""


Decided = tuple[tuple[Name, int], ...]
"""The whole numbers of a plan that are not 0, by column."""


@dataclass(frozen=True)
class Question:
    """One solve.

    Attributes:
        goals: goals in order, each pursued over all decisions.
        after: goals pursued then with the decisions held, over flows alone.
        changes: what is changed in the case of the study.
        caps: most that goals may come to: dependence as a fraction, cost in the case's currency.
        inside: choices that the plan must have: a deal signed so that it counts, a plant ordered.
        at_least: plants of which it must order so many modules.
        outside: choices that it must not have at all.
        unlike: portfolios of each of which it must drop something; more beside them is no difference.
        held: integer columns that stay at a number.
        any_plan: whether the first plan that meets it all will do.
        gap: relative gap at which a goal counts as proved; None for that of the study.
        known: decisions of plans of like questions, around which a plan to start from is looked for. They shorten the
            search and are part of the question, so that its answer is the same whatever was asked before.
    """

    goals: tuple[str, ...]
    after: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    caps: tuple[tuple[str, float], ...] = ()
    inside: tuple[Choice, ...] = ()
    at_least: tuple[tuple[str, int], ...] = ()
    outside: tuple[Choice, ...] = ()
    unlike: tuple[Portfolio, ...] = ()
    held: tuple[tuple[Name, int], ...] = ()
    any_plan: bool = False
    gap: float | None = None
    known: tuple[Decided, ...] = ()

    def on(self, *changes: Change) -> Question:
        """The same question on a case changed further."""
        return replace(self, changes=(*self.changes, *changes))

    def key(self, *rest: object) -> str:
        """A key that tells it from every other question, and from the same one asked of something else (`rest`)."""
        return digest(asdict(self), *rest)


@dataclass(frozen=True)
class Answer:
    """What one solve gave, in the units of the arrays that it was asked of.

    Attributes:
        outcome: how it ended.
        values: value of every column; empty without a plan.
        reached: what each goal came to.
        note: why nobody could answer, a sentence; empty where only the time was too short, or nothing was amiss.
    """

    outcome: Outcome
    values: Floats = field(default_factory=lambda: np.empty(0))
    reached: Mapping[str, Reached] = field(default_factory=dict)
    note: str = ""

    @property
    def found(self) -> bool:
        """Whether there is a plan."""
        return self.values.size > 0

    def to_json(self) -> dict[str, Any]:
        """As a document, nothing rounded."""
        at = np.flatnonzero(self.values)
        return {
            "outcome": self.outcome, "columns": len(self.values), "at": at.tolist(), "values": self.values[at].tolist(),
            "reached": {goal: [_plain(of.value), _plain(of.bound), _plain(of.root_bound), of.proved]
                        for goal, of in self.reached.items()},
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Answer:
        """What :meth:`to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is no such document.
        """
        values = np.zeros(int(document["columns"]))
        values[np.array(document["at"], dtype=np.intp)] = document["values"]
        reached = {
            goal: Reached(_number(value), _number(bound), None if root is None else _number(root), bool(proved))
            for goal, (value, bound, root, proved) in document["reached"].items()
        }
        return cls(document["outcome"], values, reached)


def _plain(value: float | None) -> float | str | None:
    """A number as JSON has it; infinity as a word."""
    return value if value is None or np.isfinite(value) else repr(float(value))


def _number(value: float | str) -> float:
    return float(value)
