"""Text for an output that does not hold every sign: what it cannot print is replaced by what can be read."""

from __future__ import annotations

import codecs
import unicodedata

SPELLED = {
    "₹": "Rs", "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "元": "CNY", "→": "->", "←": "<-", "…": "...",
    "≤": "<=", "≥": ">=", "≠": "!=", "÷": "/", "·": ".", "•": "*", "±": "+/-", "≈": "~", "µ": "u", "Δ": "delta ",
    "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "đ": "d",
    "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{MINUS SIGN}": "-", "\N{MULTIPLICATION SIGN}": "x",
    "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'", "“": '"', "”": '"', "✓": "yes",
}
"""Signs and what is written for them where they cannot be printed."""

LOST = "?"
"""What stands for a sign that nothing can be written for."""

JOINERS = "\u200c\u200d"
"""Signs without a shape of their own that some scripts need."""


def readable(text: str, encoding: str) -> str:
    r"""The text as an output of this encoding can show it; control signs, which could steer a terminal, as ``?``.

    >>> readable("₹ 5 → café", "ascii"), readable("₹ 5 → café", "cp1252"), readable("a\x1b[31mb", "utf-8")
    ('Rs 5 -> cafe', 'Rs 5 -> café', 'a?[31mb')
    """
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(_shown(sign, encoding) for sign in text)
    return shown.replace("Rs  ", "Rs") if shown != text else text


def unicode(encoding: str) -> bool:
    """Whether an output holds every sign."""
    return _encodes("⠋", encoding)


def _shown(sign: str, encoding: str) -> str:
    if sign in "\n\t":
        return sign
    kind = unicodedata.category(sign)
    if kind in ("Cc", "Cs") or (kind == "Cf" and sign not in JOINERS):
        return LOST
    if _encodes(sign, encoding):
        return sign
    if sign in SPELLED:
        return SPELLED[sign]
    plain = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    return plain if plain and _encodes(plain, encoding) else LOST


def _encodes(text: str, encoding: str) -> bool:
    try:
        codecs.encode(text, encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
