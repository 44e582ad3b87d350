"""Numbers as a planner reads them."""

from __future__ import annotations

_SCALES = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))


def money(amount: float, currency: str) -> str:
    """Money with its currency, to three or four digits.

    >>> money(3.4312e9, "USD"), money(-2.5e6, "USD"), money(0, "USD")
    ('USD 3.431 bn', 'USD -2.5 m', 'USD 0')
    """
    for scale, word in _SCALES:
        if abs(amount) >= scale * 0.9995:
            digits = f"{amount / scale:,.3f}" if scale == 1e9 else f"{amount / scale:,.1f}"
            return f"{currency} {digits.rstrip('0').rstrip('.')} {word}"
    return f"{currency} {amount:,.0f}"


def tonnes(amount: float, unit: str = "t") -> str:
    """Tonnes: whole where there are many, with a digit or two where there are few.

    >>> tonnes(1100.4), tonnes(12.34), tonnes(0.256)
    ('1,100 t', '12.3 t', '0.26 t')
    """
    size = abs(amount)
    digits = 0 if size >= 100 or amount == 0 else 1 if size >= 1 else 2
    return f"{amount:,.{digits}f} {unit}"


def percent(share: float) -> str:
    """A share in percent, to a tenth of a point.

    >>> percent(0.50249), percent(1.0)
    ('50.2 %', '100.0 %')
    """
    return f"{100 * share + 0.0:.1f} %"


def points(difference: float) -> str:
    """A difference of shares in points, with its sign.

    >>> points(-0.497)
    '-49.7 points'
    """
    return f"{100 * difference + 0.0:+.1f} points"
