"""A stop of places: what comes from them no longer comes, from the beginning of a year for a time (MODEL.md 7)."""

from __future__ import annotations

import math
from dataclasses import dataclass


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
