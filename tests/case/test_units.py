"""Units: what each is worth, what is refused and how, and that every number survives the way there and back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.case.faults import UnitFault
from optimizer.case.schema import Dimension, Settings
from optimizer.case.units import Money, convert, express

MONEY = Money("USD", (("INR", 95.0), ("EUR", 0.9)))

KNOWN: list[tuple[str, Dimension, float]] = [
    ("t", "mass", 1.0), ("kg", "mass", 1e-3), ("g", "mass", 1e-6), ("kt", "mass", 1e3), ("Mt", "mass", 1e6),
    ("unit", "mass", 1.0), ("units", "mass", 1.0), ("t/yr", "mass", 1.0), ("kt/a", "mass", 1e3), ("t/year", "mass",
     1.0),
    ("t a year", "mass", 1.0), ("kg/y", "mass", 1e-3), ("T", "mass", 1.0),
    ("USD", "money", 1.0), ("usd", "money", 1.0), ("USD k", "money", 1e3), ("USD m", "money", 1e6),
    ("million USD", "money", 1e6), ("USD bn", "money", 1e9), ("billion USD", "money", 1e9), ("INR", "money", 1 / 95),
    ("INR lakh", "money", 1e5 / 95), ("INR crore", "money", 1e7 / 95), ("INR lakh crore", "money", 1e12 / 95),
    ("EUR m/yr", "money", 1e6 / 0.9),
    ("USD/kg", "money per mass", 1e3), ("USD/t", "money per mass", 1.0), ("INR lakh/t", "money per mass", 1e5 / 95),
    ("USD/(t/yr)", "money per mass", 1.0), ("USD/(t a year)", "money per mass", 1.0), ("USD m/kt", "money per mass",
     1e3),
    ("USD per t", "money per mass", 1.0), ("USD/kg/yr", "money per mass", 1e3), ("USD/unit", "money per mass", 1.0),
    ("%", "share", 0.01), ("fraction", "share", 1.0), ("1", "share", 1.0),
    ("years", "time", 1.0), ("year", "time", 1.0), ("months", "time", 1 / 12), ("days", "time", 1 / 365),
    ("t/t", "mass per mass", 1.0), ("kg/t", "mass per mass", 1e-3), ("1", "mass per mass", 1.0),
    ("%", "mass per mass", 0.01), ("degrees", "coordinate", 1.0), ("jobs", "criterion", 1.0), ("1", "none", 1.0),
]


@pytest.mark.parametrize(("unit", "dimension", "worth"), KNOWN)
def test_one_of_each_unit(unit: str, dimension: Dimension, worth: float) -> None:
    assert convert(1.0, unit, dimension, MONEY) == pytest.approx(worth, rel=1e-15)


@pytest.mark.parametrize(("unit", "dimension", "message", "suggestion"), [
    ("USD/kg", "mass", "'USD/kg' is not a unit of mass.", "Write t, kg or kt."),
    ("kg", "money", "'kg' is not a unit of money.", "Write USD m or USD."),
    ("MT", "mass", "'MT' may mean a tonne or a million tonnes.", "Write t or Mt."),
    ("GBP", "money", "no exchange rate is given for the currency 'GBP'.",
     "Write GBP=... under 'exchange rates' on the sheet Case (how many GBP one USD buys), or use USD."),
    ("USD", "money per mass", "'USD' is not a unit of money per mass.", "Write USD/kg or USD/t."),
    ("USD/week", "money per mass", "'USD/week' is not a unit of money per mass.", "Write USD/kg or USD/t."),
    ("USD m bn", "money", "'USD m bn' is not a unit of money.", "Write USD m or USD."),
    ("percentage", "share", "'percentage' is not a unit of share.", "Write % or fraction."),
    ("weeks", "time", "'weeks' is not a unit of time.", "Write years, months or days."),
    ("t", "mass per mass", "'t' is not a unit of mass per mass.", "Write t/t or kg/t."),
    ("t", "none", "'t' is given as a unit of a number that takes none.", "Leave the unit out."),
])
def test_refused(unit: str, dimension: Dimension, message: str, suggestion: str) -> None:
    with pytest.raises(UnitFault) as fault:
        convert(1.0, unit, dimension, MONEY)
    assert (fault.value.message, fault.value.suggestion) == (message, suggestion)


def test_decimals_stay_as_written() -> None:
    assert convert(12.3, "%", "share", MONEY) == 0.123
    assert convert(28.1, "USD/kg", "money per mass", MONEY) == 28100.0
    assert convert(0.07, "kt", "mass", MONEY) == 70.0


def test_too_large_a_number_is_refused() -> None:
    with pytest.raises(UnitFault, match="too large"):
        convert(1e308, "USD bn", "money", MONEY)


def test_a_rate_of_zero_gives_no_worth() -> None:
    with pytest.raises(UnitFault, match="no exchange rate"):
        convert(1.0, "INR", "money", Money("USD", (("INR", 0.0),)))


def test_money_of_settings() -> None:
    settings = Settings(title="x", first_year=2026, last_year=2027, currency="EUR", exchange_rates=(("USD", 1.1),))
    assert Money.of(settings) == Money("EUR", (("USD", 1.1),))
    assert convert(11.0, "USD", "money", Money.of(settings)) == 10.0


@given(st.sampled_from(KNOWN), st.floats(-1e12, 1e12, allow_nan=False))
def test_there_and_back(known: tuple[str, Dimension, float], value: float) -> None:
    unit, dimension, _ = known
    there = convert(value, unit, dimension, MONEY)
    assert math.isclose(express(there, unit, dimension, MONEY), value, rel_tol=1e-14, abs_tol=1e-300)


@given(st.sampled_from(KNOWN), st.integers(-10**9, 10**9), st.integers(0, 6))
def test_short_decimals_come_back_exactly(known: tuple[str, Dimension, float], digits: int, places: int) -> None:
    unit, dimension, _ = known
    value = float(f"{digits}e-{places}")
    assert convert(express(value, unit, dimension, MONEY), unit, dimension, MONEY) == pytest.approx(value, rel=1e-15)


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_the_currency_of_the_case_makes_no_difference(value: float) -> None:
    swapped = Money("INR", (("USD", 1 / 95),))
    rupees = convert(value, "USD/kg", "money per mass", swapped)
    assert rupees == pytest.approx(95 * convert(value, "USD/kg", "money per mass", MONEY))
