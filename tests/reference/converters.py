"""What every converter of published problems shares: a reading of a problem as a case, and the numbers of a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimizer.case.case import Case
from optimizer.case.schema import Series, Settings
from optimizer.model.blocks.dependence import COST, DEPENDENCE

DATA = Path(__file__).parent / "data"
S = Series.of
FIRST = 2001
"""The year that stands for period 1."""

Point = tuple[float, float]


def _as_they_are(first: float, second: float) -> Point:
    return first, second


@dataclass(frozen=True)
class Reading:
    """A published problem as a case of ours.

    Attributes:
        case: the case.
        unit: one of the printed number, in the case's currency.
        added: what our reading adds to the printed number, in its unit.
        criteria: the two criteria of a problem that has two.
        point: makes a printed point of values of the two criteria.
    """

    case: Case
    unit: float = 1.0
    added: float = 0.0
    criteria: tuple[str, str] = (COST, DEPENDENCE)
    point: Callable[[float, float], Point] = _as_they_are

    def printed(self, cost: float) -> float:
        """The printed number that a cost of ours is."""
        return cost / self.unit - self.added


Converter = Callable[[str], Reading]
"""Text of a published file -> its reading."""


class FormatError(ValueError):
    """A file is not as its format says; the message tells the line and what should stand there."""


def settings(title: str, years: int = 1, **more: object) -> Settings:
    """No discount, no lead, least cost."""
    given = {"title": title, "first_year": FIRST, "last_year": FIRST + years - 1, "goal": "cost", "then": (), **more}
    return Settings.model_validate(given)


def exact(title: str) -> Settings:
    """One year, least cost, and no tolerance by which a later goal may worsen an earlier one."""
    return settings(title, dependence_tolerance=0.0, cost_tolerance=0.0)


def text_of(name: str) -> str:
    """A published file as it is."""
    return (DATA / name).read_text(encoding="utf-8")


def read(name: str) -> Any:
    """A published problem of ours in JSON, as printed."""
    return json.loads(text_of(name))


_COMMENT = re.compile(r"(#|%|!|//).*")
_SEPARATOR = re.compile(r"[\s,;\[\]{}|]+")


class Tokens:
    """The words of a file in order, whatever lines they stand on.

    Blank lines, comments (from ``#``, ``%``, ``!`` or ``//`` to the end of the line), brackets and commas are passed
    over, and numbers may be written as Fortran writes them (``7500.``, ``.5``, ``1.5D+03``).
    """

    def __init__(self, text: str) -> None:
        lines = [_SEPARATOR.split(_COMMENT.sub("", line)) for line in text.lstrip("\ufeff").splitlines()]
        self._words = [(word, number) for number, line in enumerate(lines, start=1) for word in line if word]
        self._next = 0

    def __len__(self) -> int:
        """How many words are left."""
        return len(self._words) - self._next

    def word(self, what: str) -> str:
        """The next word.

        Raises:
            FormatError: the file has ended.
        """
        if not len(self):
            raise FormatError(f"the file ends where {what} should stand")
        self._next += 1
        return self._words[self._next - 1][0]

    def peek(self) -> str:
        """The next word, which stays; empty at the end."""
        return self._words[self._next][0] if len(self) else ""

    def number(self, what: str) -> float:
        """The next word, a finite number.

        Raises:
            FormatError: it is none, or the file has ended.
        """
        word = self.word(what)
        try:
            found = float(re.sub(r"(?<=[\d.])[dD](?=[+-]?\d)", "e", word))
        except ValueError:
            found = float("nan")
        if not abs(found) < float("inf"):
            raise FormatError(f"line {self._line}: '{word}' is no number, and {what} should stand there")
        return found

    def whole(self, what: str, least: int = 0) -> int:
        """The next word, a whole number of at least `least`.

        Raises:
            FormatError: it is none, or the file has ended.
        """
        number = self.number(what)
        if number != int(number) or number < least:
            raise FormatError(f"line {self._line}: {number:g} cannot be {what}: a whole number from {least}")
        return int(number)

    def numbers(self, count: int, what: str) -> list[float]:
        """The next `count` words, each a number; `what` names one of them.

        Raises:
            FormatError: one of them is none, or the file has ended.
        """
        return [self.number(f"{what} {i + 1}") for i in range(count)]

    def end(self) -> None:
        """Refuses what stands after the last word that belongs to the problem.

        Raises:
            FormatError: something does.
        """
        if len(self):
            word, line = self._words[self._next]
            raise FormatError(f"line {line}: '{word}' stands after the end of the problem")

    @property
    def _line(self) -> int:
        return self._words[self._next - 1][1]
