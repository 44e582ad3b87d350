"""A case in which what may have to give way in a bad future gives way at a price (MODEL.md 7, futures).

A plan is held, or its first decisions are, through futures that it was not made for. There floors of demand, caps,
shares and least takes may be out of reach, and a plain model would answer that there is no plan, where a planner wants
to know how much is missing and what that costs. All of it stays in the ordinary form of a case: what is priced is a
column of the workbook, so that the model, the check and every table work as they do for any case, and `cost` is the
outcome of a future, the penalties included.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from optimizer.case.case import Case
from optimizer.case.schema import Deal, Demand, Limit, Row, Series
from optimizer.model.data import Data

DEPENDENCE_HELD = "Dependence of the plan"
"""Name of the limit under which dependence above that of the plan is paid for."""

OVERSPENT = 1.0
"""What a unit of money over a limit on spending costs besides itself."""

DEAREST = 10.0
"""How many times the dearest list price a tonne not served costs, where no demand line has a cost of shortage."""


@dataclass(frozen=True)
class Soft:
    """A case that always has a plan for what the future brings, as far as prices can make it so.

    Attributes:
        case: the case; its cost contains what gives way at its price.
        shortage: the cost of a tonne not served where a line has none of its own, in the case's currency.
        tonne: the cost of a tonne dependent above the plan's dependence; 0 where none is held.
        cap: the dependence that is held, a fraction; None where none is.
        priced: addresses that were given a price, with what they were given, in words.
    """

    case: Case
    shortage: float
    tonne: float
    cap: float | None
    priced: tuple[str, ...]


def softened(case: Case, cap: float | None = None, point: float = 0.0) -> Soft:
    """The case with a price on whatever may have to give way.

    - Floors of demand go to 0: what is not served is paid as shortage, at the line's cost, else at the case's highest.
    - Limits without a price of breaking get one: a tonne costs as much as one not served, money over a limit on
      spending as much again as itself. Limits on criteria stay: what a unit of them is worth is not known.
    - A least take without a charge is paid at the deal's fee where it is missed, else at the cost of a shortage.
    - Dependence above `cap` is paid by the tonne, year by year along the glide path, so that `point` is paid for one
      point above it in all years: ``tonne = 100 point / sum of df[t] glide[t] demand[t]``. MODEL.md prices the excess
      of the worst year alone, after which a plan would have no reason to mend the others.

    Budget, cap and goals of the case are dropped: its goal is cost.

    Args:
        case: a case that passed the checks.
        cap: dependence on the glide path that is held, a fraction.
        point: what a point of dependence above it costs, in the case's currency.
    """
    data = Data(case)
    shortage = _shortage(case)
    priced: list[str] = []
    rows: dict[str, tuple[Row, ...]] = {
        **case.sheets,
        Demand.sheet: tuple(_served(row, shortage, priced) for row in case.sheets.get(Demand.sheet, ())),
        Deal.sheet: tuple(_taken(row, shortage, priced) for row in case.sheets.get(Deal.sheet, ())),
        Limit.sheet: tuple(_kept(row, shortage, priced) for row in case.sheets.get(Limit.sheet, ())),
    }
    tonne = 0.0
    if cap is not None:
        discount = data.calendar.discount(data.years)
        over = sum(df * data.glide[t] * data.demand[t] for t, df in zip(data.years, discount.tolist(), strict=True))
        tonne = 100.0 * point / over if over > 0 else 0.0
        rows[Limit.sheet] = (*rows[Limit.sheet], dependence_held(data, cap, tonne))
    settings = case.settings.model_copy(update={
        "goal": "cost", "then": (), "budget": None, "budget_above_least_cost": None, "dependence_cap": None,
    })
    return Soft(replace(case, settings=settings, sheets=rows), shortage, tonne, cap, tuple(priced))


def _shortage(case: Case) -> float:
    """What a tonne not served costs where its line does not say."""
    known = [max(_numbers(row.shortage_cost)) for row in case.demands if row.shortage_cost is not None]
    if known and max(known) > 0:
        return max(known)
    series = [*(row.price for row in case.materials), *(row.price for row in case.supplies)]
    prices = [max(_numbers(one)) for one in series if one is not None]
    return DEAREST * max(prices, default=1.0)


def _numbers(series: Series) -> tuple[float, ...]:
    """The numbers that a series was given."""
    return (series.constant,) if series.constant is not None else tuple(value for _, value in series.points)


def _served(row: Row, shortage: float, priced: list[str]) -> Row:
    """A line of demand of which nothing must be served."""
    if not isinstance(row, Demand) or not row.use:
        return row
    if row.shortage_cost is None:
        priced.append(f"Demand[{row.name}].shortage cost: {shortage:g}")
        row = row.model_copy(update={"shortage_cost": Series.of(shortage)})
    return row.model_copy(update={"floor": Series.of(0.0)})


def _taken(row: Row, shortage: float, priced: list[str]) -> Row:
    """A deal whose least take can be missed at a charge."""
    if not isinstance(row, Deal) or not row.use or row.least is None or row.missed_charge is not None:
        return row
    charge = Series.of(shortage) if row.fee is None or max(_numbers(row.fee)) <= 0 else row.fee
    priced.append(f"Deals[{row.name}].missed-take charge: {max(_numbers(charge)):g}")
    return row.model_copy(update={"missed_charge": charge})


def _kept(row: Row, shortage: float, priced: list[str]) -> Row:
    """A limit that can be broken at a price."""
    if not isinstance(row, Limit) or not row.use or row.price_of_breaking is not None or row.measure == "criterion":
        return row
    price = OVERSPENT if row.measure == "spend" else shortage
    priced.append(f"Limits[{row.name}].price of breaking: {price:g}")
    return row.model_copy(update={"price_of_breaking": price})


def dependence_held(data: Data, cap: float, tonne: float) -> Limit:
    """Dependence at most ``1 - (1 - cap) glide[t]`` in each year, at a price for each tonne above."""
    levels = tuple((t, 1.0 - (1.0 - cap) * data.glide[t]) for t in data.years)
    return Limit(
        name=_free(data, DEPENDENCE_HELD), measure="dependence", sense="at most", value=Series(points=levels),
        price_of_breaking=tonne,
    )


def _free(data: Data, name: str) -> str:
    """The name, or the first with a number behind it that no limit has."""
    taken = {row.key for row in data.case.sheets.get(Limit.sheet, ())}
    names = (name, *(f"{name} {number}" for number in range(2, len(taken) + 3)))
    return next(one for one in names if one not in taken)
