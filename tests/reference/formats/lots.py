"""When to make how much: lot sizing as Wagner and Whitin put it."""

from __future__ import annotations

import json

from optimizer.case.case import case_of
from optimizer.case.schema import Deal, Demand, Material, Place, Row, Series, Stock, Supply
from tests.reference.converters import FIRST, FormatError, Reading, S, settings


def lots(text: str, periods: int | None = None) -> Reading:
    """One deal a period, usable in that period only, its signing cost the set-up; stock is paid at a period's end.

    Args:
        text: JSON: ``demand`` and ``setup`` by period, ``holding`` a unit (one, or by period), ``unit_cost`` likewise.
        periods: the first periods alone; all of them where None.

    Raises:
        FormatError: a list is not as long as the demand.
    """
    data = json.loads(text)
    demand = [float(need) for need in data["demand"]][:periods]
    setup, holding, unit = (_by_period(data, key, len(demand)) for key in ("setup", "holding", "unit_cost"))
    names = tuple(f"set-up {t}" for t in range(1, len(demand) + 1))
    rows: list[Row] = [
        Place(name="works", home=True),
        Material(name="part", stage="part"),
        Supply(name="lot", place="works", material="part", price=_series(unit), limit=S(sum(demand)), deals=(names,)),
        Demand(name="need", sector="need", place="works", material="part", tonnes=_series(demand)),
        Stock(name="store", place="works", material="part", holding_cost=_series(holding)),
    ]
    for t, (name, cost) in enumerate(zip(names, setup, strict=True), start=FIRST):
        rows.append(Deal(name=name, window_from=t, window_to=t, term=1.0, signings_at_most=1, signing_cost=S(cost)))
    return Reading(case_of(settings("lot sizing", len(demand)), *rows))


def _by_period(data: dict[str, object], key: str, count: int) -> list[float]:
    given = data.get(key, 0.0)
    if not isinstance(given, list):
        return [float(str(given))] * count
    if len(given) < count:
        raise FormatError(f"'{key}' has {len(given)} periods, and the demand has {count}")
    return [float(one) for one in given[:count]]


def _series(values: list[float]) -> Series:
    return Series(points=tuple(enumerate(values, start=FIRST)))
