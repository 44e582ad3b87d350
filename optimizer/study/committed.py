"""What is decided now, held in a case in which some of it comes too late to be of use.

A longer lead may put all of what was signed or ordered behind the last year, and the model then has no column for it.
It stays decided: it takes no part in what flows, and its price is charged as any other (docs/conventions.md 18), by use
inside the horizon. Of one without an end that is all of it, of one with an end nothing, as it serves the years after.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from optimizer.case.schema import Series
from optimizer.model.calendar import SLIP, falls_in, operation
from optimizer.model.compiled import Compiled, Name
from optimizer.model.data import Data, on_years

Numbered = tuple[Name, int]
"""An integer column and the number that it is held at."""


@dataclass(frozen=True)
class Holding:
    """Decisions as arrays can hold them.

    Attributes:
        held: columns and the numbers at which they stay.
        late: names of the deals and plants that come into force only after the last year.
        charge: what is charged for those, discounted, in the case's currency.
    """

    held: tuple[Numbered, ...]
    late: tuple[str, ...] = ()
    charge: float = 0.0


def holding(arrays: Compiled, decided: Iterable[Numbered]) -> Holding:
    """Decisions as the arrays of another case can hold them.

    A signing of which only the further terms come too late is held for those that do not. What makes no difference in
    the other case is left out, as it has no column. What the other case does not allow, as outside of a window, is
    kept: no plan has it.

    Args:
        arrays: those of the other case.
        decided: integer columns of the first case and their numbers.
    """
    held: dict[Name, int] = {}
    late: dict[str, None] = {}
    charge = 0.0
    for name, number in decided:
        if arrays.column(*name) is not None or not number:
            held[name] = number
        elif _begins(arrays.data, name) >= arrays.data.calendar.end - SLIP:
            late[str(name[1][0])] = None
            charge += number * _charged(arrays.data, name)
        elif (fitting := _fitting(arrays.data, name)) is None:
            held[name] = number
        elif arrays.column(*fitting) is not None:
            held[fitting] = number
    return Holding(tuple(held.items()), tuple(late), charge)


def _begins(data: Data, name: Name) -> float:
    """When what is signed or ordered comes into force."""
    family, (row, year, *_) = name
    if family == "sign":
        return data.calendar.decided(year) + data.deals[row].lead
    return operation(data.plants[row], year, data.calendar).start


def _fitting(data: Data, name: Name) -> Name | None:
    """The decision, of a signing with the terms that begin inside the horizon; None where it is not allowed."""
    family, (row, year, *terms) = name
    if family != "sign":
        return name if (row, year) in data.operations else None
    most = max((s.terms for s in data.signings[row] if s.year == year and s.terms <= terms[0]), default=None)
    return None if most is None else (family, (row, year, most))


def _charged(data: Data, name: Name) -> float:
    """What one unit of a decision is charged that comes too late."""
    family, (row, year, *_) = name
    if family == "sign":
        deal = data.deals[row]
        if deal.term is not None:
            return 0.0
        signed = data.calendar.decided(year)
        payments = data.case.payments if deal.chance > 0 else ()
        paid = [(p.years_after, Series.of(p.amount)) for p in payments if p.deal == row]
        return sum(_paid(data, signed + after, amount) for after, amount in [(0.0, deal.signing_cost), *paid])
    plant = data.plants[row]
    if plant.life is not None:
        return 0.0
    if family == "order":
        return _paid(data, year, plant.site_cost)
    capex = plant.home_share * float(on_years(plant.capex, year, 0.0)) * (plant.module or 0.0)
    due = year + np.arange(len(plant.profile))
    return capex * float(data.calendar.discount(due) @ np.array(plant.profile))


def _paid(data: Data, point: float, amount: Series | None) -> float:
    """An amount paid at a point in time, discounted."""
    year = falls_in(point)
    return float(data.calendar.discount(year) * on_years(amount, np.maximum(year, data.calendar.first), 0.0))
