"""An executor that keeps what it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.study.executor import Here
from optimizer.study.ground import Ground
from optimizer.study.question import Answer, Decided, Question


class Noted(Here):
    """Answers in this process, and keeps the questions."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, seconds=None)
        self.asked: list[Question] = []

    def ask(
        self, questions: Sequence[Question], told: Sequence[str] = (), ahead: int | None = None
    ) -> Iterator[Answer]:
        """The answers in order."""
        self.asked.extend(questions)
        return super().ask(questions, told, ahead)


def deals_of(plan: Decided) -> list[str]:
    """The deals that a plan known signs."""
    return [index[0] for (family, index), _ in plan if family == "sign"]
