"""One cell: from what stands in it to the value of its field, in canonical units."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

from optimizer.case.faults import CellFault, UnitFault
from optimizer.case.grammar import (
    looks_like_date,
    read_filter,
    read_groups,
    read_list,
    read_mapping,
    read_number,
    read_profile,
)
from optimizer.case.schema import Column, Dimension
from optimizer.case.units import Money, convert

__all__ = ["CellFault", "UnitFault", "own_unit", "parse_cell", "said"]

_FISCAL = re.compile(r"(?:FY ?)?(\d{4}) ?[-/\u2013] ?(?:\d{2}|\d{4})", re.IGNORECASE)
"""A fiscal year, ``2036-37``, which a case names by its first calendar year."""

_YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def parse_cell(
    column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension | None = None
) -> object:
    """The value of a field from one cell.

    Args:
        column: how the column is declared; of a series one number is read.
        raw: text, number, truth value, date or None as it stands in the cell.
        unit: the unit of the number where the cell's text gives none; None for the canonical one.
        money: currencies of the case.
        dimension: the dimension where the column's depends on another cell, as that of a limit on its measure.

    Returns:
        The value in canonical units; None for a blank cell.

    Raises:
        CellFault: the cell cannot be used; says what would be right.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    measured = column.dimension if dimension is None else dimension
    return _PARSERS[column.kind](column, raw, unit, money, measured)


def own_unit(column: Column, raw: object) -> str:
    """The unit that the text of a cell carries itself; empty where it carries none or cannot be read."""
    if not isinstance(raw, str):
        return ""
    try:
        if column.kind == "profile":
            return read_profile(raw)[1]
        if column.kind in ("number", "series"):
            return read_number(raw)[1]
    except CellFault:
        return ""
    return ""


def _text(column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension) -> str:
    if isinstance(raw, bool):
        raise CellFault(f"{said(raw)} stands where a text belongs.", "Write the text.")
    if isinstance(raw, dt.datetime | dt.date):
        if column.kind != "text":
            raise CellFault(f"the date {said(raw)} stands where a name belongs.", "Format the cell as text.")
        return said(raw)
    return said(raw).strip()


def _choice(column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension) -> str:
    text = " ".join(said(raw).split())
    known = {choice.casefold(): choice for choice in column.choices}
    if text.casefold() not in known:
        raise CellFault(f"'{text}' is not one of the words allowed here.", f"Write {_or(column.choices)}.")
    return known[text.casefold()]


def _yes_no(column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension) -> bool:
    if isinstance(raw, bool):
        return raw
    if not isinstance(raw, str) or raw.strip().casefold() not in _YES:
        raise CellFault(f"'{said(raw)}' is neither yes nor no.", "Write yes or no.")
    return _YES[raw.strip().casefold()]


def _number(column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension) -> float:
    value, own = _plain_number(raw)
    given = own or unit
    return convert(value, given, dimension, money) if given else value


def _integer(column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension) -> int:
    value, own = _plain_number(raw)
    if own or value != int(value):
        raise CellFault(f"'{said(raw)}' is not a whole number.", "Write a whole number such as 3, without a unit.")
    return int(value)


def _year(column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension) -> int:
    if isinstance(raw, dt.datetime | dt.date):
        raise CellFault(f"the date {said(raw)} stands where a year belongs.", f"Write the year, e.g. {raw.year}.")
    if isinstance(raw, str) and looks_like_date(raw.strip()):
        raise CellFault(f"the date {raw.strip()} stands where a year belongs.", "Write the year alone, e.g. 2030.")
    if isinstance(raw, str) and (span := _FISCAL.fullmatch(raw.strip())):
        raise CellFault(f"'{raw.strip()}' is not a year.", f"Write {span[1]}.")
    value, own = _plain_number(raw)
    if own or value != int(value) or not 1000 <= value <= 9999:
        raise CellFault(f"'{said(raw)}' is not a year.", "Write a year of four digits such as 2030.")
    return int(value)


def _profile(column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension) -> tuple[float, ...]:
    numbers, own = read_profile(raw) if isinstance(raw, str) else ((_plain_number(raw)[0],), "")
    given = own or unit
    return tuple(convert(v, given, dimension, money) for v in numbers) if given else numbers


def _mapping(column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension) -> object:
    pairs = read_mapping(said(raw))
    if column.refers:
        return pairs
    return tuple((name, _number(column, text, unit, money, dimension)) for name, text in pairs)


def _names(column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension) -> object:
    text = _text(column, raw, unit, money, dimension)
    return () if column.may_be_none and text.casefold() == "none" else read_list(text)


def _groups(column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension) -> object:
    return read_groups(_text(column, raw, unit, money, dimension))


def _filter(column: Column, raw: object, unit: str | None, money: Money, dimension: Dimension) -> object:
    return read_filter(_text(column, raw, unit, money, dimension))


def _plain_number(raw: object) -> tuple[float, str]:
    if isinstance(raw, bool):
        raise CellFault(f"{said(raw)} stands where a number belongs.", "Write a number.")
    if isinstance(raw, dt.datetime | dt.date | dt.time | dt.timedelta):
        raise CellFault(
            f"the date or time {said(raw)} stands where a number belongs.",
            "Format the cell as a number and write the number anew.",
        )
    if isinstance(raw, int | float):
        if not math.isfinite(raw):
            raise CellFault(f"{raw} is not a finite number.", "Write a plain number.")
        return float(raw), ""
    return read_number(said(raw))


def said(raw: object) -> str:
    """What stands in a cell, as a planner would write it."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, dt.datetime) and raw.time() == dt.time():
        return raw.date().isoformat()
    if isinstance(raw, dt.datetime | dt.date | dt.time):
        return raw.isoformat()
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    return str(raw)


def _or(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


_Parser = Callable[[Column, Any, "str | None", Money, Dimension], object]
_PARSERS: dict[str, _Parser] = {
    "text": _text, "name": _text, "address": _text, "choice": _choice, "yes_no": _yes_no, "names": _names,
    "groups": _groups, "number": _number, "series": _number, "integer": _integer, "year": _year,
    "profile": _profile, "mapping": _mapping, "filter": _filter,
}
