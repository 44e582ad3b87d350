"""Numbers: series that start in time, signs, shares between 0 and 1, the years of the goal."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.case.case import Case
from optimizer.case.checks.common import Faults, columns, highest, lowest
from optimizer.case.schema import Column, Row, Series, Settings

_MAY_BE_NEGATIVE = frozenset({"price", "fee", "discarding", "variable_cost"})
"""Fields whose numbers can be negative in earnest (a gate fee, a by-product's credit), and then are told."""


def _series(case: Case) -> Iterator[tuple[Row | Settings, str, Column, Series]]:
    owners: list[Row | Settings] = [case.settings, *(row for rows in case.sheets.values() for row in rows if row.use)]
    for row in owners:
        for field, column, _ in columns(type(row)):
            value = getattr(row, field)
            if isinstance(value, Series):
                yield row, field, column, value


def first_years(case: Case, faults: Faults) -> None:
    """Every series has a value for the first year."""
    start = case.settings.first_year
    for row, field, _, series in _series(case):
        if series.first is not None and series.first > start:
            faults.add(row, field, f"the first value is for {series.first} and the case begins in {start}.",
                       f"Give a value for {start}; 0 where there is nothing yet.", found="blank", year=None)


def signs(case: Case, faults: Faults) -> None:
    """Amounts are never negative, prices only in earnest."""
    for row, field, column, series in _series(case):
        low = lowest(series, case.years)
        if low is not None and low[1] < 0:
            _negative(faults, row, field, column, low)
    for rows in case.sheets.values():
        for row in (row for row in rows if row.use):
            for field, column, _ in columns(type(row)):
                value = getattr(row, field)
                if column.kind == "number" and isinstance(value, float) and value < 0:
                    if column.dimension in ("money", "money per mass"):
                        faults.warn(row, field, "the amount is negative.", "Make sure that money is received here.")
                elif column.kind == "mapping" and any(isinstance(n, float) and n < 0 for _, n in value):
                    faults.add(row, field, "a number of the list is negative.", "Numbers here are 0 or more.")


def _negative(faults: Faults, row: Row | Settings, field: str, column: Column, low: tuple[int, float]) -> None:
    year, _ = low
    if field in _MAY_BE_NEGATIVE:
        faults.add(row, field, f"the amount is negative in {year}.", "Make sure that money is received here.",
                   year=year, level="warning")
    elif column.dimension != "by measure":
        faults.add(row, field, f"the number is negative in {year}.", "It must be 0 or more.", year=year)


def shares(case: Case, faults: Faults) -> None:
    """Shares lie between 0 and 1; only duty may be above."""
    for row, field, column, series in _series(case):
        top = highest(series, case.years)
        if column.dimension == "share" and field != "duty" and top is not None and top[1] > 1 + 1e-9:
            amount, suggestion = _share(faults, row, field, top)
            faults.add(row, field, f"the share is {amount} in {top[0]}.", suggestion, year=top[0])


def _share(faults: Faults, row: Row | Settings, field: str, top: tuple[int, float]) -> tuple[str, str]:
    """A share above 1 in the unit of its cell, and what would be right."""
    amount = faults.amount(row, field, top[1], top[0])
    if not amount.endswith("fraction"):
        return f"{top[1]:.0%}", "It must lie between 0 % and 100 %."
    number = amount.removesuffix(" fraction")
    meant = f" Write {top[1] / 100:g} if {number} % is meant." if top[1] <= 100 else ""
    return f"{number} as a fraction", f"A fraction lies between 0 and 1.{meant}"


def years_of_goal(case: Case, faults: Faults) -> None:
    """The glide path is full in some year, the weights are above 0 in some, named years lie in the case."""
    settings = case.settings
    first, last = settings.first_year, settings.last_year
    top = highest(settings.glide, case.years)
    if top is not None and top[1] < 1 - 1e-9:
        faults.add(settings, "glide", f"the glide path is never full: {top[1]:.0%} at most.",
                   "It must be 100 % in some year.", found=faults.amount(settings, "glide", top[1], top[0]))
    for field in ("full_from", "commit_year"):
        year = getattr(settings, field)
        if year is not None and not first <= year <= last:
            faults.add(settings, field, f"the year {year} lies outside the case, which runs from {first} to {last}.",
                       "Name a year inside it.")
    weight = highest(settings.weights, case.years)
    if weight is not None and weight[1] <= 0:
        faults.add(settings, "weights", "no year has a weight above 0.", "Give one a weight.")


def exchange_rates(case: Case, faults: Faults) -> None:
    """Exchange rates are above 0 and not of the case's own currency."""
    settings = case.settings
    for name, rate in settings.exchange_rates:
        if rate <= 0:
            faults.add(settings, "exchange_rates", f"the rate of {name} must be above 0.", "Correct it.",
                       found=f"{name}={rate:g}")
        if name == settings.currency and rate != 1:
            faults.add(settings, "exchange_rates", f"{name} is the case's own currency, its rate is 1.",
                       "Leave it out.", found=f"{name}={rate:g}")


def stocks(case: Case, faults: Faults) -> None:
    """What a stock opens and closes with, and its reserve, fit into it."""
    first, last = case.settings.first_year, case.settings.last_year
    for stock in case.stocks:
        if stock.limit is None or (stock.limit.first is not None and stock.limit.first > first):
            continue
        opening = stock.opening_clear + stock.opening_exposed
        if opening > stock.limit.at(first) + 1e-9:
            field = "opening_clear" if stock.opening_clear >= stock.opening_exposed else "opening_exposed"
            faults.add(stock, field, f"{opening:,g} t lie there at the start and at most "
                       f"{stock.limit.at(first):,g} t fit ({faults.cell(stock, 'limit', first)}).",
                       "Lower the opening or raise the limit.")
            continue
        closing = (stock.opening_clear if stock.closing_clear is None else stock.closing_clear) + (
            stock.opening_exposed if stock.closing_exposed is None else stock.closing_exposed
        )
        if closing > stock.limit.at(last) + 1e-9:
            field = "closing_clear" if stock.closing_clear is not None else "limit"
            faults.add(stock, field, f"{closing:,g} t must lie there at the end of {last} and at most "
                       f"{stock.limit.at(last):,g} t fit.", "Lower the closing or raise the limit.")
        if stock.reserve is not None and stock.reserve_unit == "t" and stock.reserve.first is None:
            low = lowest(stock.limit, case.years)
            if low is not None and stock.reserve.at(low[0]) > low[1] + 1e-9:
                faults.add(stock, "reserve", f"the reserve is above what fits in {low[0]}, {low[1]:,g} t.",
                           "Lower the reserve or raise the limit.", year=low[0])
