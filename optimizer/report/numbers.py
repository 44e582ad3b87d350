"""Numbers as a planner reads them."""

from __future__ import annotations

from collections.abc import Iterable

_SCALES = ((1e9, "bn", 2), (1e6, "m", 1), (1e3, "k", 0))


def money(amount: float, currency: str) -> str:
    """Money with its currency, to three or four digits.

    >>> money(3.4312e9, "USD"), money(-2.5e6, "USD"), money(999_960_000, "USD"), money(0, "USD")
    ('USD 3.43 bn', '-USD 2.5 m', 'USD 1 bn', 'USD 0')
    """
    sign = "-" if round(amount) < 0 else ""
    for scale, word, digits in _SCALES:
        if abs(amount) >= scale * 0.9995:
            number = f"{abs(amount) / scale:,.{digits}f}"
            return f"{sign}{currency} {number.rstrip('0').rstrip('.') if '.' in number else number} {word}"
    return f"{sign}{currency} {abs(amount):,.0f}"


def money_difference(amount: float, currency: str) -> str:
    """A difference of money, with its sign.

    >>> money_difference(4.2e6, "USD"), money_difference(-0.2, "USD")
    ('+USD 4.2 m', 'none')
    """
    if round(amount) == 0:
        return "none"
    return f"{'+' if amount > 0 else ''}{money(amount, currency)}"


def tonnes(amount: float) -> str:
    """Tonnes: whole where there are many, with a digit or two where there are few.

    >>> tonnes(1100.4), tonnes(12.34), tonnes(0.256)
    ('1,100 t', '12.3 t', '0.26 t')
    """
    return f"{bare(amount)} t"


def bare(amount: float) -> str:
    """An amount without its unit, for tables whose title gives it.

    >>> bare(1100.4), bare(-0.001), bare(0.256)
    ('1,100', '0', '0.26')
    """
    size = abs(amount)
    if size < 0.005:
        return "0"
    return f"{amount:,.{0 if size >= 99.95 else 1 if size >= 1 else 2}f}"


def percent(share: float) -> str:
    """A share in percent, to a tenth of a point.

    >>> percent(0.50249), percent(1.0), percent(-1e-9)
    ('50.2 %', '100.0 %', '0.0 %')
    """
    return f"{tenths(share)} %"


def short_percent(share: float) -> str:
    """A share in percent for a sentence: to a tenth of a point, without one where it is whole.

    >>> short_percent(0.2315), short_percent(1.0), short_percent(-1e-9)
    ('23.2 %', '100 %', '0 %')
    """
    return f"{tenths(share).removesuffix('.0')} %"


def tenths(share: float) -> str:
    """A share in percent without the sign, for tables whose title gives it."""
    return f"{round(100 * share, 1) + 0.0:.1f}"


def points(difference: float) -> str:
    """A difference of shares in percentage points, with its sign.

    >>> points(-0.497), points(1e-6)
    ('-49.7 points', 'none')
    """
    rounded = round(100 * difference, 1)
    return f"{rounded:+.1f} points" if rounded else "none"


def moment(time: float) -> str:
    """A point in time as a planner says it: the year where it is the year's start, else the third of the year.

    A tenth of a year is as exact as any lead is known, so a point nearer than half of one to a start is that start.

    >>> moment(2028.0), moment(2031.1), moment(2028.5), moment(2031.9), moment(2027.98)
    ('2028', 'early 2031', 'mid-2028', 'late 2031', '2028')
    """
    at = round(time, 1)
    year = int(at // 1)
    part = round(at - year, 1)
    if not part:
        return str(year)
    return f"early {year}" if part <= 0.3 else f"mid-{year}" if part <= 0.6 else f"late {year}"


def span(years: list[int]) -> str:
    """Years in as few words as they need.

    >>> span([2028, 2029, 2030, 2033]), span([])
    ('2028-2030, 2033', '-')
    """
    runs: list[list[int]] = []
    for one in sorted(set(years)):
        if runs and one == runs[-1][-1] + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs) or "-"


def unlike(name: str, taken: Iterable[str]) -> str:
    """A name for a row of our own that no row of the planner's has.

    >>> unlike("total", ["a", "total"])
    'total (all)'
    """
    known = set(taken)
    while name in known:
        name = f"{name} (all)"
    return name
