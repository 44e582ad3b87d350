"""The model of a case: every block's variables, then every block's rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType

from pyomo.common.gc_manager import PauseGC

from optimizer.case.case import Case
from optimizer.model.blocks import (
    balance,
    capacity,
    cost,
    criteria,
    deals,
    demand,
    dependence,
    incentives,
    limits,
    orders,
    rules,
    signings,
    stocks,
)
from optimizer.model.bounds import Bounds, propagate, widest
from optimizer.model.building import Building
from optimizer.model.data import Data

BLOCKS: tuple[ModuleType, ...] = (
    signings, orders, capacity, balance, demand, stocks, deals, incentives, rules, dependence, limits, cost, criteria,
)
"""The blocks in the order in which their variables are added: each may use those of the blocks before it."""


@dataclass(frozen=True)
class Model:
    """A model as built; :func:`optimizer.model.compiled.compile_model` makes arrays of it.

    Attributes:
        building: variables, rows, addresses and contradictions.
    """

    building: Building


def build(
    case: Case, box: Iterable[Case] = (), *, templates: bool = True, bounds: Bounds | None = None,
    money: float | None = None,
) -> Model:
    """The model of `case`, its bounds wide enough for every case of a study `box`.

    Args:
        case: the case to model; it must have passed the checks.
        box: further cases that the same bounds must hold for: scenarios, ends of ranges, forcings of a study.
        templates: whether rows are templated (the same rows are made either way).
        bounds: bounds to use in place of the propagated ones, e.g. wider ones where prices and conflicts are read.
        money: the unit of money, where the arrays are to stand beside those of another case; None for the case's own.
    """
    data = Data(case, money)
    if bounds is None:
        bounds = widest([propagate(data), *(propagate(Data(other)) for other in box)])
    return filled(Building(data, bounds, templates=templates))


def filled(building: Building) -> Model:
    """The model of what every block adds to a building."""
    # nothing of a model is garbage before it is built, and looking for some takes a good part of the time
    with PauseGC():
        for block in BLOCKS:
            block.add_variables(building)
        for block in BLOCKS:
            block.add_rows(building)
    return Model(building)
