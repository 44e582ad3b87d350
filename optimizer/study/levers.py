"""What can be moved about a deal or plant to bring it into the plan or out of it: one number of its row each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from optimizer.case.address import field_address
from optimizer.case.case import Case
from optimizer.case.changes import Change
from optimizer.case.schema import SHEETS, Deal, Dimension, Plant, Series, column_of
from optimizer.case.units import Money, express
from optimizer.model.data import Data
from optimizer.study.portfolio import Choice

TIMES = 100.0
"""Times its number now, or the dearest price of the case, up to which a cost is raised before it counts as any."""

LARGER = 10.0
"""Times its number now up to which a volume or a number of modules is raised before it counts as any."""

Parameter = Literal["fee", "signing cost", "capex", "site cost", "most", "most modules", "start year"]

COSTS: Mapping[str, Mapping[str, Parameter]] = {
    "Deals": {"fee": "fee", "signing_cost": "signing cost"}, "Plants": {"capex": "capex", "site_cost": "site cost"},
}
"""Sheet -> field that is paid, the more the worse -> what it is called."""


@dataclass(frozen=True)
class Lever:
    """A number of a row that is moved, from where the choice is most worth having (`easy`) to where it is least.

    Attributes:
        parameter: what it is, in the planner's words.
        address: where it stands.
        how: whether it is set, or every year's number multiplied.
        now: the number now: canonical, or 1 of what is multiplied; None where the cell is blank.
        easy: the number at which the choice is most worth having.
        hard: the number at which it is least worth having.
        whole: whether only whole numbers make sense.
        unit: the unit in which it is told: that of the cell, ``times`` of what is multiplied, ``year``, ``modules``.
        dimension: what it measures, ``none`` for what is told as it is.
    """

    parameter: Parameter
    address: str
    how: Literal["set", "times"]
    now: float | None
    easy: float
    hard: float
    whole: bool
    unit: str
    dimension: Dimension = "none"

    def changes(self, at: float) -> tuple[Change, ...]:
        """The change of the case that puts the number at `at`; none where it stands there."""
        if at == self.now:
            return ()
        return (Change(self.address, self.how, int(at) if self.whole else at, unit=""),)

    def told(self, at: float, money: Money) -> float:
        """The number in the unit told."""
        return at if self.dimension == "none" else express(at, self.unit, self.dimension, money)

    @property
    def rising(self) -> bool:
        """Whether more of it makes the choice less worth having, as more of a cost does."""
        return self.hard > self.easy

    @property
    def straight(self) -> bool:
        """Whether the arrays follow it in proportion (see :class:`optimizer.model.apply.Shift`)."""
        return self.parameter in ("fee", "signing cost", "capex", "site cost")

    def step(self, at: float, part: float) -> float:
        """The step that is `part` of the number at `at`, towards `hard`; of the number now where `at` is nothing."""
        if self.whole:
            return 1.0 if self.rising else -1.0
        size = part * max(abs(at), part * abs(self.now or 0.0), part * part * abs(self.hard - self.easy))
        return size if self.rising else -size


def levers(data: Data, choice: Choice, inside: bool) -> tuple[Lever, ...]:
    """What can be moved about a choice.

    A cost that is blank is nothing already: of a choice outside the plan there is no less of it, and so it is left out;
    of one inside, it is what the choice could bear. A volume that is blank has no limit and is left out.

    Args:
        data: the case, resolved.
        choice: a deal or plant.
        inside: whether it is in the plan.
    """
    sheet, name = choice
    row: Deal | Plant = data.deals[name] if sheet == "Deals" else data.plants[name]
    costs = [field for field in COSTS[sheet] if field != "fee" or data.meters[name]]
    found = [_cost(data.case, row, field, inside) for field in costs]
    found.append(_most(data.case, row) if isinstance(row, Deal) else _modules(row))
    found.append(_start(data.case, row))
    return tuple(lever for lever in found if lever is not None)


def _cost(case: Case, row: Deal | Plant, field: str, inside: bool) -> Lever | None:
    series: Series | None = getattr(row, field)
    if series is None and not inside:
        return None
    parameter, address = COSTS[row.sheet][field], field_address(type(row), row.key, field)
    dimension = column_of(type(row).model_fields[field]).dimension
    numbers = {0.0} if series is None else set(_by_year(case, series).values())
    if len(numbers) > 1:
        return Lever(parameter, address, "times", 1.0, 0.0, TIMES, False, "times")
    now = None if series is None else numbers.pop()
    top = TIMES * max(now or 0.0, _dearest(case, dimension))
    return Lever(parameter, address, "set", now, 0.0, top, False, _unit(case, address, dimension), dimension)


def _by_year(case: Case, series: Series) -> dict[int, float]:
    """The numbers of the years that a series speaks of; of one that begins after the case, its first."""
    years = [t for t in case.years if series.first is None or t >= series.first] or [series.first or case.years[0]]
    return dict(zip(years, series.on(years), strict=True))


def _dearest(case: Case, dimension: Dimension) -> float:
    """The largest number of its kind in the case: a price of a tonne, or an amount paid once."""
    if dimension == "money per mass":
        some = [*(row.price for row in case.supplies), *(row.price for row in case.materials),
                *(row.capex for row in case.plants)]
    else:
        some = [*(row.signing_cost for row in case.deals), *(row.site_cost for row in case.plants)]
        some += [Series.of(row.amount) for row in case.payments]
    last = case.years[-1]
    return max((series.at(last) for series in some if series is not None), default=1.0) or 1.0


def _unit(case: Case, address: str, dimension: Dimension) -> str:
    """The unit of the cell, or of its first year; the case's own where none is known."""
    units = case.origin.units
    known = (units[at] for at in (address, *(f"{address}.{year}" for year in case.years)) if units.get(at))
    code = case.settings.currency
    return next(known, {"money per mass": f"{code}/t", "money": code, "mass": "t"}.get(dimension, ""))


def _most(case: Case, row: Deal) -> Lever | None:
    if row.most is None:
        return None
    address, numbers = field_address(Deal, row.key, "most"), _by_year(case, row.most)
    now = max(numbers.values())
    if now <= 0:
        return None
    least = {} if row.least is None else _by_year(case, row.least)
    # below the least take the number has no meaning
    floor = max((least.get(t, 0.0) / most for t, most in numbers.items() if most > 0), default=0.0)
    if len(set(numbers.values())) > 1:
        return Lever("most", address, "times", 1.0, LARGER, floor, False, "times")
    return Lever("most", address, "set", now, LARGER * now, floor * now, False, _unit(case, address, "mass"), "mass")


def _modules(row: Plant) -> Lever | None:
    if row.module is None:
        return None
    address = field_address(Plant, row.key, "most_modules")
    now, least = float(row.most_modules), float(max(row.least_modules, 1))
    return Lever("most modules", address, "set", now, round(LARGER * now), least, True, "modules")


def _start(case: Case, row: Deal | Plant) -> Lever:
    """The first year of its window, from the first of the case to the last that the window leaves."""
    first, last = case.years[0], case.years[-1]
    now = max(first, row.window_from or first)
    address = field_address(SHEETS[row.sheet], row.key, "window_from")
    end = min(last, last if row.window_to is None else row.window_to)
    return Lever("start year", address, "set", float(now), float(first), float(max(end, now)), True, "year")
