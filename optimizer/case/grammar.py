"""The grammar of headers and cells: numbers with units, lists, groups, profiles, mappings and filters; both ways."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from optimizer.case.faults import CellFault
from optimizer.case.schema import Filter, Groups

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_RUN = re.compile(r"[+-]?\d[\d.,'\u2019 ]*")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?P<sep>[,.'\u2019 ])\d{2,3}(?:(?P=sep)\d{2,3})*")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}([./-])\d{1,2}\1\d{2}(?:\d{2})?|\d{1,2}[- ]?[A-Za-z]{3}[- ]\d{2,4}")
_YEAR = re.compile(r"(?:^|\s)((?:19|20|21)\d\d)$")


_MONEY_FIRST = re.compile(
    r"([A-Za-z]{3}|Rs\.?|US\$|[$€£¥₹])\s*(\d[\d.,]*)\s*((?:/|m\b|bn\b|lakh|crore|per\b).*|)", re.IGNORECASE
)

CURRENCIES = {
    "₹": "INR", "rs": "INR", "rs.": "INR", "rupee": "INR", "rupees": "INR", "$": "USD", "us$": "USD", "dollar": "USD",
    "dollars": "USD", "€": "EUR", "euro": "EUR", "euros": "EUR", "¥": "JPY", "yen": "JPY", "£": "GBP", "pounds": "GBP",
}
"""Signs and words of money, and the codes that are likely meant by them."""


@dataclass(frozen=True)
class Header:
    """A header taken apart: ``limit 2030 (t)`` is ``limit``, 2030 and ``t``.

    Attributes:
        name: the column, empty for a year alone.
        year: the year, None where there is none.
        unit: the unit, None where there is none.
    """

    name: str
    year: int | None = None
    unit: str | None = None


def read_header(text: str) -> Header:
    """Takes a header apart.

    Raises:
        CellFault: a bracket stands alone or empty.
    """
    rest, unit = " ".join(text.split()), None
    if "(" in rest:
        rest, _, tail = rest.partition("(")
        if not tail.endswith(")") or not tail[:-1].strip():
            raise CellFault(f"the unit in the header '{text}' is not closed.", "Write it as in 'limit 2030 (t)'.")
        rest, unit = rest.strip(), tail[:-1].strip()
    found = _YEAR.search(rest)
    if found is None:
        return Header(rest, None, unit)
    return Header(rest[: found.start()].strip(), int(found.group(1)), unit)


def write_header(header: Header) -> str:
    """The text of a header."""
    words = [header.name] if header.name else []
    words += [str(header.year)] if header.year is not None else []
    words += [f"({header.unit})"] if header.unit else []
    return " ".join(words)


def looks_like_date(text: str) -> bool:
    """Whether a text is likely a date, ``2026-03-01``, ``1.3.2026`` or ``1-Mar-26``, and surely no number."""
    return _DATE.fullmatch(text) is not None


def read_number(text: str) -> tuple[float, str]:
    """A number and the unit written behind it, empty if there is none.

    Raises:
        CellFault: it is not a number, or it is written with separators or a decimal comma.
    """
    text = text.strip()
    if looks_like_date(text):
        raise CellFault(
            f"'{text}' looks like a date, and a number belongs here.",
            "Format the cell as a number and write the number anew.",
        )
    _refuse_separators(text)
    found = _NUMBER.match(text)
    rest = text[found.end():].strip() if found else ""
    if found is None or (rest and not (rest[0].isalpha() or rest[0] == "%")):
        raise CellFault(f"'{text}' is not a number.", _turned(text) or "Write a number such as 1234.5.")
    value = float(found.group())
    if not math.isfinite(value):
        raise CellFault(f"'{text}' is too large for a number.", "Check the number.")
    return value, rest


def _turned(text: str) -> str:
    """What to write where the currency stands before the number; empty where it does not."""
    found = _MONEY_FIRST.fullmatch(text)
    if found is None:
        return ""
    sign, number, rest = found.groups()
    code = CURRENCIES.get(sign.casefold(), sign.upper())
    plain = number if _NUMBER.fullmatch(number) else _plain(number)
    unit = f"{code}{rest}" if rest.startswith("/") else f"{code} {rest}".strip()
    return f"Write {plain} {unit}, or {plain} alone where the header gives the unit." if plain else ""


def _refuse_separators(text: str) -> None:
    found = _RUN.match(text)
    run = found.group().strip(" ,") if found else ""
    if found is None or _NUMBER.fullmatch(run) or not any(sign in run for sign in ",.'\u2019 "):
        return
    plain = _plain(run)
    if plain is None:
        raise CellFault(f"'{text}' is not one number.", "Write one number such as 1234.5.")
    right = text.replace(run, plain, 1)
    raise CellFault(f"'{text}' is written with separators that can be misread.", f"Write {right}.")


def _plain(run: str) -> str | None:
    """What a number with separators is likely meant to be; None where that cannot be told."""
    last = max(run.rfind(","), run.rfind("."))
    both = "," in run and "." in run
    if both and run.count(run[last]) == 1:
        whole = re.sub(r"[,.'\u2019 ]", "", run[:last])
        return f"{whole}.{run[last + 1:]}"
    if _GROUPED.fullmatch(run) and (run.count(",") != 1 or len(run) - last == 4):
        return re.sub(r"[,.'\u2019 ]", "", run)
    if run.count(",") == 1 and not both and " " not in run:
        return run.replace(",", ".")
    return None


def number_text(value: float) -> str:
    """The shortest text that is read as `value` again: ``5`` for 5.0."""
    whole = value == int(value) and abs(value) < 1e15 and not (value == 0 and math.copysign(1, value) < 0)
    return str(int(value)) if whole else repr(float(value))


def read_list(text: str) -> tuple[str, ...]:
    """``A; B``: names by semicolon.

    Raises:
        CellFault: a name is empty or stands twice.
    """
    return _items(text, ";", "names by ';', e.g. A; B")


def write_list(names: tuple[str, ...]) -> str:
    """Names by semicolon."""
    return "; ".join(names)


def read_groups(text: str) -> Groups:
    """``A|B; C``: all of the groups by semicolon, any name of each by bar.

    Raises:
        CellFault: a name or group is empty or stands twice.
    """
    shape = "groups by ';' of names by '|', e.g. A|B; C"
    return tuple(_items(group, "|", shape) for group in _items(text, ";", shape))


def write_groups(groups: Groups) -> str:
    """Groups by semicolon, their names by bar."""
    return "; ".join("|".join(group) for group in groups)


def read_mapping(text: str) -> tuple[tuple[str, str], ...]:
    """``a=1; b=2``: pairs by semicolon, both sides as text.

    Raises:
        CellFault: a pair lacks a side, or a name stands twice.
    """
    shape = "pairs by ';', e.g. a=1; b=2"
    pairs = tuple(_pair(item, shape) for item in _items(text, ";", shape))
    for name, value in pairs:
        if "," in value and "=" in value:
            raise CellFault(f"'{name}={value}' is several pairs with commas between.", f"Write {shape}.")
    _refuse_twice([name for name, _ in pairs], shape)
    return pairs


def write_mapping(pairs: tuple[tuple[str, object], ...]) -> str:
    """Pairs by semicolon."""
    return "; ".join(f"{name}={number_text(v) if isinstance(v, float) else v}" for name, v in pairs)


def read_filter(text: str) -> Filter:
    """``place=Japan|Korea; material=magnet*``.

    Raises:
        CellFault: a term lacks a key or patterns, or a key stands twice.
    """
    shape = "terms by ';' of a key and patterns, e.g. place=Japan|Korea; material=magnet*"
    terms = [_pair(item, shape) for item in _items(text, ";", shape)]
    for key, patterns in terms:
        if "=" in patterns:
            raise CellFault(f"'{key}={patterns}' holds a second '='.", f"Write {shape}.")
    _refuse_twice([key for key, _ in terms], shape)
    return Filter(terms=tuple((key, _items(patterns, "|", shape)) for key, patterns in terms))


def read_profile(text: str) -> tuple[tuple[float, ...], str]:
    """``30 50 20 %``: numbers by blanks and their unit, empty if there is none.

    Raises:
        CellFault: it holds anything else.
    """
    words = text.replace("%", " % ").split()
    unit = words[-1] if words and words[-1] in ("%", "fraction") else ""
    signs = words.count("%")
    numbers = [word for word in words if word not in ("%", "fraction")]
    if not numbers or signs not in (0, 1, len(numbers)) or (signs and unit != "%"):
        raise CellFault(f"'{text}' is not a list of shares.", "Write numbers with blanks between, e.g. 30 50 20 %.")
    if not all(_NUMBER.fullmatch(word) for word in numbers):
        raise CellFault(f"'{text}' is not a list of shares.", "Write numbers with blanks between, e.g. 30 50 20 %.")
    return tuple(float(word) for word in numbers), unit


def _pair(item: str, shape: str) -> tuple[str, str]:
    name, sign, value = (part.strip() for part in item.partition("="))
    if not (name and sign and value):
        raise CellFault(f"'{item}' is not a name, '=' and a value.", f"Write {shape}.")
    return name, value


def _items(text: str, separator: str, shape: str) -> tuple[str, ...]:
    items = tuple(item.strip() for item in text.split(separator))
    if separator == ";" and len(items) > 1 and not items[-1]:
        items = items[:-1]
    if not all(items):
        raise CellFault(f"'{text}' holds an empty entry.", f"Write {shape}.")
    _refuse_twice(list(items), shape)
    return items


def _refuse_twice(names: list[str], shape: str) -> None:
    twice = [name for i, name in enumerate(names) if name in names[:i]]
    if twice:
        raise CellFault(f"'{twice[0]}' stands twice.", f"Name each once: {shape}.")
