"""Values that a cell or a row of year columns holds, once read: series, filters, groups of names."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, model_validator


class Frozen(BaseModel):
    """Base of all values and rows: immutable, strict, no unknown fields, no infinite or undefined numbers."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class Series(Frozen):
    """A number by year: the years given, or one number for every year.

    Between two given years a value is interpolated linearly, after the last it is held; before the first there is
    none (the reader reports a case that asks for one).

    Attributes:
        points: ``(year, value)`` in rising order of year; empty if `constant` is given.
        constant: the value of every year.
    """

    points: tuple[tuple[int, float], ...] = ()
    constant: float | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Series:
        years = [year for year, _ in self.points]
        if (self.constant is None) == (not self.points):
            raise ValueError("a series is either one number for every year or numbers by year")
        if years != sorted(set(years)):
            raise ValueError("the years of a series must rise")
        return self

    @classmethod
    def of(cls, value: float) -> Series:
        """The series that has `value` in every year."""
        return cls(constant=float(value))

    @property
    def first(self) -> int | None:
        """The first year given, None for one number for every year."""
        return self.points[0][0] if self.points else None

    def at(self, year: int) -> float:
        """The value in `year`: given, interpolated, or the last one held.

        Raises:
            ValueError: `year` lies before the first year given.
        """
        if self.constant is not None:
            return self.constant
        before = [(y, v) for y, v in self.points if y <= year]
        if not before:
            raise ValueError(f"no value for {year}: the first one is for {self.first}")
        (y0, v0) = before[-1]
        later = [(y, v) for y, v in self.points if y > year]
        if y0 == year or not later:
            return v0
        (y1, v1) = later[0]
        return v0 + (v1 - v0) * (year - y0) / (y1 - y0)

    def given(self, year: int) -> bool:
        """Whether the planner gave the value of `year`, rather than it being interpolated or held."""
        return self.constant is not None or any(y == year for y, _ in self.points)

    def on(self, years: Iterable[int]) -> tuple[float, ...]:
        """The values of several years."""
        return tuple(self.at(year) for year in years)

    def replaced(self, values: dict[int, float]) -> Series:
        """The series with the values of some years set anew, the others kept where they were given."""
        return Series(points=tuple(sorted({**dict(self.points), **values}.items())))


class Filter(Frozen):
    """``place=Japan|Korea; material=magnet*``: every key must match one of its patterns (``*`` the only wildcard)."""

    terms: tuple[tuple[str, tuple[str, ...]], ...]

    def get(self, key: str) -> tuple[str, ...] | None:
        """The patterns of `key`, None where the filter does not speak of it."""
        return dict(self.terms).get(key)

    def __str__(self) -> str:
        return "; ".join(f"{key}={'|'.join(patterns)}" for key, patterns in self.terms)


def matches(name: str, pattern: str) -> bool:
    """Whether `name` matches `pattern`, in which ``*`` stands for any text and nothing else is special.

    >>> matches("magnet, standard", "magnet*"), matches("a[b]", "a[b]")
    (True, True)
    """
    literal = pattern.replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(name, literal)


Groups = tuple[tuple[str, ...], ...]
"""``A|B; C``: all of the groups, any name of each."""
