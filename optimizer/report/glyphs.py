"""Signs that the fonts of the package do not hold: they print as their number, and are told."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from fontTools.ttLib import TTFont
from pydantic import BaseModel

from optimizer.case.address import field_address
from optimizer.case.case import Case
from optimizer.case.schema import Settings
from optimizer.report.brief.blocks import Document, Image

T = TypeVar("T")

UNSHOWN = ("Cc", "Cn", "Co", "Cs")
"""Categories of code points that are no signs: control, unassigned, private, halves of pairs."""


@lru_cache(maxsize=1)
def held() -> frozenset[int]:
    """The code points that the fonts hold, blanks and line ends too; control signs print in none."""
    folder = Path(str(files("optimizer.report"))) / "fonts"
    known: set[int] = set()
    for font in sorted(folder.glob("*.ttf")):
        with TTFont(font, lazy=True) as open_font:
            known |= set(open_font.getBestCmap())
    shown = {code for code in known if unicodedata.category(chr(code)) not in UNSHOWN}
    return frozenset(shown | {ord(sign) for sign in "\n\r\t"})


def printable(text: str) -> str:
    """The text with each sign that no font holds as its number.

    >>> printable("a\U0001F600b")
    'aU+1F600b'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(sign if ord(sign) in held() else f"U+{ord(sign):04X}" for sign in text)


def printable_document(document: Document) -> Document:
    """The document with every text printable."""
    return each_text(document, printable)


def numbered(text: str) -> str:
    """The text with every sign beyond ASCII as its number."""
    return "".join(sign if sign.isascii() else f"U+{ord(sign):04X}" for sign in text)


def texts_of(document: Document) -> list[str]:
    """Every text of a document."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    each_text(document, note)
    return found


def each_text(value: T, change: Callable[[str], str]) -> T:
    """A document, or a part of one, with every text changed; its pictures, which are drawn, stay."""
    made: Any = value
    if isinstance(value, str):
        made = change(value)
    elif isinstance(value, Image):
        made = replace(value, title=change(value.title), alt=change(value.alt))
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(value, **{f.name: each_text(getattr(value, f.name), change) for f in fields(value)})
    elif isinstance(value, list | tuple):
        made = [each_text(one, change) for one in value]
    result: T = made
    return result


def unprintable(case: Case) -> list[str]:
    """Each sign of the case's texts that no font holds, with the first cell that has it, in words."""
    found: dict[str, str] = {}
    for address, text in _texts(case):
        for sign in text:
            if ord(sign) not in held():
                found.setdefault(sign, case.cell(address))
    return [f"U+{ord(sign):04X} in {cell}" for sign, cell in found.items()]


def _texts(case: Case) -> Iterator[tuple[str, str]]:
    """Every text of the settings and of every row, in lists, pairs and filters too, with its address."""
    for name, _ in case.settings:
        for text in _strings(getattr(case.settings, name)):
            yield field_address(Settings, "", name), text
    for rows in case.sheets.values():
        for row in rows:
            for name, value in row:
                for text in _strings(value):
                    yield field_address(type(row), row.key, name), text


def _strings(value: object) -> Iterator[str]:
    """The texts in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from _strings(pair)
    elif isinstance(value, BaseModel):
        for _, inner in value:
            yield from _strings(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _strings(inner)
