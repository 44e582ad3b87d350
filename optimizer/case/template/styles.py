"""Colours and number formats of the workbook; each format made once a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from optimizer.case.schema import SHEETS, Settings
from optimizer.case.template.sheets import Entry, Percent

GROUPS = {
    "case": "#DDE3EA", "world": "#D5E8D4", "needs": "#FFF2CC", "choices": "#DAE8FC", "money": "#E1D5E7",
    "what-ifs": "#FFE6CC", "evidence": "#E6E6E6",
}
"""Colour of each group of sheets: of its tabs, headers and its line in the guide."""

OFF = {"font_color": "#9AA0A6", "font_strikeout": True}
"""A row that is switched off."""

ASSUMPTION = {"bg_color": "#F8D7C4", "font_color": "#7A2E0E"}
LOW = {"bg_color": "#FFF0C2", "font_color": "#6B4E00"}
"""Confidence that a reader should know of."""

INTERPOLATED = {"bg_color": "#E8F1F8"}
"""A year left blank between two filled ones."""

FAULT = "#F4B6B0"
WARNING = "#FFE28A"
"""Cells that a copy marks."""

LINK = {"font_color": "#1F5FA8", "underline": 1}

WHOLE = "#,##0"
BROKEN = "#,##0.0###"
"""Numbers of a column that holds thousands, and how one among them is shown that is not whole."""


def group_of(sheet: str) -> str:
    """The group of a sheet; empty for one that belongs to no case."""
    return SHEETS[sheet].group if sheet in SHEETS else Settings.group if sheet == Settings.sheet else ""


def colour_of(sheet: str) -> str:
    """The colour of a sheet's group, white for a sheet of none."""
    return GROUPS.get(group_of(sheet), "#FFFFFF")


def number_format(entries: Iterable[Entry]) -> str:
    """The format of a column: with separators where it holds thousands, else as each number is."""
    numbers = [entry for entry in entries if isinstance(entry, int | float) and not isinstance(entry, bool)]
    return WHOLE if any(abs(number) >= 1000 for number in numbers) else "General"


def percent_format(value: Percent) -> str:
    """As many decimals as the percentage has, at most four."""
    digits = f"{100 * value.value:.4f}".rstrip("0").partition(".")[2]
    return f"0.{'0' * len(digits)}%" if digits else "0%"


class Styles:
    """The formats of one workbook, each made when it is first asked for."""

    def __init__(self, book: Any) -> None:
        """Formats for an XlsxWriter workbook."""
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        """The format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]
