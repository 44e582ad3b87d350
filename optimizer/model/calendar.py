"""When what is decided takes effect, and how its cost is charged to the horizon; all of it is data.

A deal signed in year ``a`` for ``n`` terms of ``N`` years runs over ``[s, s + n N)`` with ``s = a + sigma[a] + lead``;
``phi`` is the part of a year inside. Capacity ordered in ``a`` operates over ``[s, s + life)``; ``avail`` weighs the
parts of a year by the ramp. (MODEL.md 4.1 and 5; docs/conventions.md 1 to 7 and 18 to 20.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.case.schema import Deal, Plant, Settings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SLIP = 1e-9
"""Lengths of time below this, in years, are rounding and not time."""


@dataclass(frozen=True)
class Calendar:
    """The years of a case, its deciding points and its discounting.

    Attributes:
        first: first year.
        end: the point at which the last year ends.
        rate: discount rate a year.
        sigma: deciding point of each year of the case.
    """

    first: int
    end: int
    rate: float
    sigma: dict[int, float]

    @classmethod
    def of(cls, settings: Settings) -> Calendar:
        """The calendar of a case."""
        sigma = {year: settings.deciding_point.at(year) for year in settings.years}
        return cls(settings.first_year, settings.last_year + 1, settings.discount_rate, sigma)

    @property
    def years(self) -> range:
        """The years of the case."""
        return range(self.first, self.end)

    def discount(self, years: npt.ArrayLike) -> Floats:
        """Discount factor of flows in each year, from the start of the first year to the middle of it."""
        return (1 + self.rate) ** -(np.subtract(years, self.first) + 0.5)

    def decided(self, year: int) -> float:
        """The point in time at which decisions of `year` fall; years before the case decide at their start."""
        return year + self.sigma.get(year, 0.0)

    def used_inside(self, begin: npt.ArrayLike, end: npt.ArrayLike) -> Floats:
        """The share of the use over each ``[begin, end)`` that falls inside the horizon; 1 without an end.

        Use is the sum of the discount factors over the parts of years inside: what their running sum, a line within
        each year, rises by from one point to the other. What began before the case counts from its first year on.
        """
        endless = np.isinf(end)
        start = np.maximum(begin, float(self.first))
        stop = np.where(endless, start, end)
        points = np.arange(self.first, max(self.end, math.ceil(np.max(stop, initial=self.end))) + 1)
        running = np.concatenate([[0.0], np.cumsum(self.discount(points[:-1]))])

        def use(before: float) -> Floats:
            from_start: Floats = np.interp(np.minimum(start, before), points, running)
            to_stop: Floats = np.interp(np.minimum(stop, before), points, running)
            return to_stop - from_start

        whole, inside = use(math.inf), use(self.end)
        share = np.divide(inside, whole, out=np.zeros_like(whole), where=stop - start > SLIP)
        return np.where(endless, 1.0, share)


def part(year: npt.ArrayLike, begin: npt.ArrayLike, end: npt.ArrayLike) -> Floats:
    """The part of each year inside ``[begin, end)``, from 0 to 1; shape as the three broadcast."""
    length = np.minimum(np.add(year, 1.0), end) - np.maximum(year, begin)
    return np.where(length > SLIP, length, 0.0)


@dataclass(frozen=True)
class Signing:
    """A way to sign a deal: in `year` for `terms` back-to-back terms, in force over ``[start, end)``.

    Attributes:
        year: the year of signing.
        terms: number of terms.
        start: when the first term starts.
        end: when the last term ends; infinite with a blank term.
        length: length of one term.
        past: whether it was signed before the case begins.
        closes: whether it comes into force at all; one that does not is paid for once, and never renewed.
    """

    year: int
    terms: int
    start: float
    end: float
    length: float
    past: bool = False
    closes: bool = True

    @property
    def terms_due(self) -> int:
        """Terms whose signing is paid for."""
        return self.terms if self.closes else 1

    def phi(self, years: npt.ArrayLike) -> Floats:
        """The part of each year in force."""
        return part(years, self.start, self.end) * self.closes

    def overlaps(self, other: Signing) -> bool:
        """Whether the two are in force at the same time."""
        return min(self.end, other.end) - max(self.start, other.start) > SLIP

    def each_term(self, calendar: Calendar) -> Iterator[tuple[float, float, float]]:
        """Each term whose signing is paid for: the point of its signing, its start and its end."""
        at = calendar.decided(self.year)
        for j in range(self.terms_due):
            shift = j * self.length if j else 0.0
            yield at + shift, self.start + shift, self.start + shift + self.length


def signings(deal: Deal, calendar: Calendar) -> tuple[Signing, ...]:
    """Every way to sign `deal` inside window and horizon that starts before the end (conventions 2 and 3)."""
    past = past_signing(deal, calendar)
    left = signings_left(deal)
    first = max(calendar.first, deal.window_from or calendar.first)
    last = min(calendar.end - 1, calendar.end - 1 if deal.window_to is None else deal.window_to)
    found = []
    for year in range(first, last + 1):
        start = calendar.decided(year) + deal.lead
        if start >= calendar.end - SLIP:
            continue
        length = math.inf if deal.term is None else deal.term
        fit = 1 if deal.term is None else math.ceil((calendar.end - start) / deal.term - SLIP)
        for terms in range(1, (fit if left is None else min(fit, left)) + 1):
            signing = Signing(year, terms, start, start + terms * length, length, closes=deal.chance > 0)
            if past is None or not signing.overlaps(past):
                found.append(signing)
    return tuple(found)


def signings_left(deal: Deal) -> int | None:
    """Most terms that may still be signed, None for as many as fit; one signed before the case counts as one."""
    most = deal.signings_at_most
    if most is None:
        most = 1 if deal.term is None else None
    return None if most is None else max(0, most - (deal.signed_in is not None))


def past_signing(deal: Deal, calendar: Calendar) -> Signing | None:
    """The term of `deal` signed before the case begins, if there is one."""
    if deal.signed_in is None:
        return None
    start = calendar.decided(deal.signed_in) + deal.lead
    length = math.inf if deal.term is None else deal.term
    return Signing(deal.signed_in, 1, start, start + length, length, past=True)


@dataclass(frozen=True)
class Operation:
    """The operation of what one order adds: over ``[start, end)`` with a ramp.

    Attributes:
        year: year of the order.
        start: first output.
        end: end of life, infinite without one.
        ramp: share of capacity in each operating year, the last one held.
    """

    year: int
    start: float
    end: float
    ramp: tuple[float, ...]

    def available(
        self, years: npt.ArrayLike, after: float = 0.0, first: int = 1, last: int | None = None
    ) -> Floats:
        """Ramped share of a module's capacity in each year; see :func:`available`."""
        return available(self.start, self.end, self.ramp, years, after, first, last)

    def standing(self, years: npt.ArrayLike) -> Floats:
        """The part of each year in which it operates, the ramp not counted."""
        return part(years, self.start, self.end)


def available(
    start: npt.ArrayLike, end: npt.ArrayLike, ramp: tuple[float, ...], years: npt.ArrayLike, after: float = 0.0,
    first: int = 1, last: int | None = None,
) -> Floats:
    """Ramped share of the capacity of what operates over ``[start, end)``, by year; shape as the three broadcast.

    Args:
        start: first output of each.
        end: end of life of each, infinite without one.
        ramp: share of capacity in each operating year, the last one held.
        years: the years.
        after: only what has operated for so long counts (qualification delay).
        first: first operating year that counts, from 1.
        last: last operating year that counts, None for all.
    """
    final = math.inf if last is None else float(last)
    reached = np.maximum(0.0, np.floor(np.subtract(years, start) + SLIP))
    total = np.zeros(reached.shape)
    # a year holds parts of two operating years at most
    for operating in (reached, reached + 1):
        share = np.take(ramp, np.minimum(operating, len(ramp) - 1).astype(np.int64))
        begin = np.add(start, np.maximum(operating, after))
        length = part(years, begin, np.minimum(np.add(start, operating + 1), end))
        total += np.where((first <= operating + 1) & (operating + 1 <= final), share * length, 0.0)
    return total


def operation(plant: Plant, year: int, calendar: Calendar) -> Operation:
    """The operation of an order of `plant` made in `year`."""
    start = calendar.decided(year) + plant.lead
    end = math.inf if plant.life is None else start + plant.life
    return Operation(year, start, end, plant.ramp)


def order_years(plant: Plant, calendar: Calendar) -> tuple[int, ...]:
    """The years in which `plant` can be ordered: in window and horizon, with output before the end."""
    if plant.module is None or not orders_left(plant):
        return ()
    first = max(calendar.first, plant.window_from or calendar.first)
    last = min(calendar.end - 1, calendar.end - 1 if plant.window_to is None else plant.window_to)
    return tuple(
        year for year in range(first, last + 1) if operation(plant, year, calendar).start < calendar.end - SLIP
    )


def orders_left(plant: Plant) -> int:
    """Orders that may still be made; those made before the case count, one for each year named."""
    return max(0, plant.orders_at_most - len(plant.ordered_in))


def cliques(deal_signings: Sequence[Signing]) -> tuple[tuple[Signing, ...], ...]:
    """The largest sets of signings that are in force at one point of time: at most one of each may be made.

    An interval graph is perfect: its maximal cliques stand at the starts of intervals, and one row for each says all
    that the pairs say, and more for the relaxation.
    """
    found: list[frozenset[int]] = []
    for point in sorted({signing.start for signing in deal_signings}):
        members = frozenset(
            i for i, other in enumerate(deal_signings) if other.start <= point + SLIP and point < other.end - SLIP
        )
        if len(members) > 1 and not any(members <= other for other in found):
            found = [other for other in found if not other <= members] + [members]
    return tuple(tuple(deal_signings[i] for i in sorted(members)) for members in found)


def annuity_factor(rate: float, life: float | None) -> float:
    """Yearly payment per unit of capital at return `rate` over `life` years, for ever without one.

    The level payment of an annuity-immediate, ``i / (1 - (1 + i)**-n)``.
    """
    if life is None:
        return rate
    return 1 / life if rate == 0 else rate / (1 - (1 + rate) ** -life)


def falls_in(point: npt.ArrayLike) -> Ints:
    """The year in which each payment falls, from its point in time."""
    return np.floor(np.add(point, SLIP)).astype(np.int64)
