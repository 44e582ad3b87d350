"""A stop of places: what comes from them no longer comes, from the beginning of a year for a time (MODEL.md 7)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.case.address import did_you_mean
from optimizer.case.case import Case


@dataclass(frozen=True)
class Stop:
    """Places from which nothing comes, and to which nothing goes, for a time.

    Attributes:
        places: the places that stop together.
        start: the year at whose beginning they stop.
        length: for how many years; a part of one too.
    """

    places: tuple[str, ...]
    start: int
    length: float

    def part(self, year: int) -> float:
        """The part of a year that the stop takes."""
        return max(0.0, min(year + 1.0, self.start + self.length) - max(float(year), float(self.start)))

    @property
    def last(self) -> int:
        """The last year that it takes some of."""
        return self.start + math.ceil(self.length - 1e-9) - 1


def stopping(case: Case, names: Sequence[str] = ()) -> tuple[str, ...]:
    """The places that stop together: those named, else every place of concern.

    Raises:
        ValueError: a name is no place of the case or lies at home, or none is named and none is of concern.
    """
    known = {place.name: place for place in case.places}
    for name in names:
        if name not in known:
            raise ValueError(f"there is no place '{name}'. {did_you_mean(name, known)}".rstrip())
        if known[name].home:
            raise ValueError(f"'{name}' lies at home: only a place abroad can stop")
    found = tuple(dict.fromkeys(names)) or tuple(place.name for place in case.places if place.concern)
    if not found:
        raise ValueError("the case has no place of concern: name a place that stops")
    return found
