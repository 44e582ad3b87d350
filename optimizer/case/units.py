"""Units: every number is converted here when it is read, and nowhere else.

Factors are exact fractions and numbers are taken as the decimals they were written as, so that 12.3 % is 0.123 and a
number written in another unit and read again is the same number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from optimizer.case.faults import CurrencyFault, UnitFault
from optimizer.case.schema import Dimension, Settings

UNITLESS: frozenset[Dimension] = frozenset({"none", "criterion", "coordinate"})
"""Dimensions whose numbers need no unit."""

_MASS = {
    "t": Fraction(1), "tonne": Fraction(1), "tonnes": Fraction(1), "unit": Fraction(1), "units": Fraction(1),
    "kg": Fraction(1, 1000), "g": Fraction(1, 10**6), "kt": Fraction(1000), "Mt": Fraction(10**6),
}
_SCALE = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6, "bn": 10**9, "billion": 10**9,
    "lakh": 10**5, "lakhs": 10**5, "crore": 10**7, "crores": 10**7,
}
_SHARE = {
    "%": Fraction(1, 100), "percent": Fraction(1, 100), "per cent": Fraction(1, 100), "fraction": Fraction(1),
    "1": Fraction(1),
}
_TIME = {
    "years": Fraction(1), "year": Fraction(1), "yr": Fraction(1), "months": Fraction(1, 12), "month": Fraction(1, 12),
    "days": Fraction(1, 365), "day": Fraction(1, 365),
}
_A_YEAR = re.compile(r"\s*(?:/\s*|\s(?:a|per)\s+)(?:yr|y|a|year)$", re.IGNORECASE)
_PER = re.compile(r"\s*/\s*|\s+per\s+", re.IGNORECASE)


def is_code(text: str) -> bool:
    """Whether a text can be the code of a currency, such as USD."""
    return re.fullmatch(r"[A-Za-z]{3}", text) is not None


@dataclass(frozen=True)
class Money:
    """The currency of a case and what others are worth.

    Attributes:
        currency: code of the case's currency.
        rates: for each other currency, how many of it one of the case's buys: ``(("INR", 95.0),)``.
        known: whether all rates could be read; where not, any other code is taken for a currency, so that one fault
            in the sheet Case does not bring a hundred elsewhere.
    """

    currency: str = "USD"
    rates: tuple[tuple[str, float], ...] = ()
    known: bool = True

    @staticmethod
    def of(settings: Settings) -> Money:
        """The money of a case."""
        return Money(settings.currency, settings.exchange_rates)

    def worth(self, code: str) -> Fraction | None:
        """What one of the currency `code` is worth in the case's; None where no rate is given."""
        if code.casefold() == self.currency.casefold():
            return Fraction(1)
        rates = {name.casefold(): rate for name, rate in self.rates}
        rate = rates.get(code.casefold(), 0.0)
        if rate > 0:
            return 1 / Fraction(repr(rate))
        return None if self.known else Fraction(1)


def convert(value: float, unit_text: str, dimension: Dimension, money: Money) -> float:
    """A number in canonical units (see ``CANONICAL``).

    Args:
        value: the number as written.
        unit_text: its unit as written, e.g. ``USD/kg``.
        dimension: what it measures.
        money: currencies of the case.

    Raises:
        UnitFault: the unit is unknown or of another dimension, or the number is too large.
    """
    return _scaled(value, factor(unit_text, dimension, money))


def express(value: float, unit_text: str, dimension: Dimension, money: Money) -> float:
    """A number in canonical units written in another unit: the inverse of :func:`convert`.

    Raises:
        UnitFault: the unit is unknown or of another dimension, or the number is too large.
    """
    return _scaled(value, 1 / factor(unit_text, dimension, money))


def _scaled(value: float, by: Fraction) -> float:
    if by == 1:
        return float(value)
    if not math.isfinite(value):
        raise UnitFault(f"{value} is not a finite number.", "Write a plain number.")
    try:
        return float(Fraction(repr(float(value))) * by)
    except OverflowError:
        message = f"{value!r} is too large for a number in this unit."
        raise UnitFault(message, "Check the number and its unit.") from None


@lru_cache(maxsize=4096)
def factor(unit_text: str, dimension: Dimension, money: Money) -> Fraction:
    """How many canonical units one of `unit_text` is.

    Raises:
        UnitFault: the unit is unknown or of another dimension.
    """
    text = " ".join(unit_text.split())
    if dimension == "criterion":
        return Fraction(1)
    if dimension not in _READERS:
        return _no_unit(text, dimension)
    return _READERS[dimension](text, money)


def example(dimension: Dimension, money: Money) -> str:
    """Units to suggest for a dimension, the likeliest first; empty where none is needed."""
    code = money.currency
    return {
        "mass": "t, kg or kt", "money": f"{code} m or {code}", "money per mass": f"{code}/kg or {code}/t",
        "share": "% or fraction", "time": "years, months or days", "mass per mass": "t/t or kg/t",
    }.get(dimension, "")


def _no_unit(text: str, dimension: Dimension) -> Fraction:
    if text == "1" or (dimension == "coordinate" and text in ("degrees", "deg", "°")):
        return Fraction(1)
    raise UnitFault(f"'{text}' is given as a unit of a number that takes none.", "Leave the unit out.")


def _mass(text: str, money: Money) -> Fraction:
    bare = _A_YEAR.sub("", text)
    if bare.startswith("(") and bare.endswith(")"):
        bare = _A_YEAR.sub("", bare[1:-1].strip())
    if bare in _MASS:
        return _MASS[bare]
    if bare.lower() == "mt":
        raise UnitFault(f"'{bare}' may mean a tonne or a million tonnes.", "Write t or Mt.")
    if bare.lower() in _MASS:
        return _MASS[bare.lower()]
    raise _unknown(text, "mass", money)


def _money(text: str, money: Money) -> Fraction:
    words = _A_YEAR.sub("", text).split()
    scales = [word for word in words if word.lower() in _SCALE]
    codes = [word for word in words if word.lower() not in _SCALE]
    names = [word.lower().rstrip("s") for word in scales]
    if len(codes) != 1 or (len(scales) > 1 and names != ["lakh", "crore"]):
        raise _unknown(text, "money", money)
    worth = money.worth(codes[0])
    if worth is None:
        raise _unknown_currency(text, codes[0], money)
    return worth * math.prod(_SCALE[word.lower()] for word in scales)


def _unknown_currency(text: str, code: str, money: Money) -> UnitFault:
    if not is_code(code):
        return _unknown(text, "money", money)
    rate = f"{code.upper()}=... under 'exchange rates' on the sheet Case"
    worth = f"how many {code.upper()} one {money.currency} buys"
    message = f"no exchange rate is given for the currency '{code}'."
    return CurrencyFault(code.upper(), message, f"Write {rate} ({worth}), or use {money.currency}.")


def _money_per_mass(text: str, money: Money) -> Fraction:
    parts = _PER.split(_A_YEAR.sub("", text), maxsplit=1)
    if len(parts) != 2:
        raise _unknown(text, "money per mass", money)
    try:
        mass = _mass(parts[1], money)
    except UnitFault:
        raise _unknown(text, "money per mass", money) from None
    return _money(parts[0], money) / mass


def _share(text: str, money: Money) -> Fraction:
    return _listed(_SHARE, text, "share", money)


def _time(text: str, money: Money) -> Fraction:
    return _listed(_TIME, text, "time", money)


def _mass_per_mass(text: str, money: Money) -> Fraction:
    if text.lower() in _SHARE:
        return _SHARE[text.lower()]
    parts = _PER.split(text)
    if len(parts) != 2:
        raise _unknown(text, "mass per mass", money)
    return _mass(parts[0], money) / _mass(parts[1], money)


def _listed(known: dict[str, Fraction], text: str, dimension: Dimension, money: Money) -> Fraction:
    if text.lower() not in known:
        raise _unknown(text, dimension, money)
    return known[text.lower()]


_READERS: dict[Dimension, Callable[[str, Money], Fraction]] = {
    "mass": _mass, "money": _money, "money per mass": _money_per_mass, "share": _share, "time": _time,
    "mass per mass": _mass_per_mass,
}


def _unknown(text: str, dimension: Dimension, money: Money) -> UnitFault:
    return UnitFault(f"'{text}' is not a unit of {dimension}.", f"Write {example(dimension, money)}.")
