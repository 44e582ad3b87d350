"""Texts in a picture: as long as their room, and none over another."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from optimizer.report.glyphs import printable
from optimizer.report.pictures.style import FAMILIES, INK, RULE, SIZE, Page

LINE = 0.15
"""Inches from one name in the margin to the next."""

MOST = 160
"""Letters beyond which no name fits anywhere, so that the rest need not be measured."""

JOINERS = "\u200c\u200d"
"""Signs that stand between letters and end none."""


@lru_cache(maxsize=4096)
def width_of(text: str, size: float = SIZE, weight: int = 400) -> float:
    """How wide a text is drawn, in inches; only while a picture is drawn."""
    figure = Figure(figsize=(1, 1), dpi=100)
    canvas: Any = FigureCanvasAgg(figure)
    drawn = figure.text(0, 0, text, fontsize=size, fontweight=weight, family=list(FAMILIES))
    return float(drawn.get_window_extent(canvas.get_renderer()).width) / 100


def shortened(text: str, room: float, size: float = SIZE, weight: int = 400) -> str:
    """A name that fits `room` inches, on one line, with what no font holds as numbers."""
    whole = " ".join(printable(text).split())
    shown = whole[:MOST]
    if shown == whole and width_of(shown, size, weight) <= room:
        return shown
    low, high = 1, len(shown)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width_of(_cut(shown, middle), size, weight) <= room else (low, middle - 1)
    return _cut(shown, low)


def _cut(text: str, at: int) -> str:
    """The first letters of a text and a sign that there were more; no letter is parted from its marks."""
    while 1 < at < len(text) and _goes_on(text, at):
        at -= 1
    return f"{text[:at].rstrip()}…"


def _goes_on(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    joined = before in JOINERS or unicodedata.combining(before) == VIRAMA
    return joined or after in JOINERS or unicodedata.category(after).startswith("M")


VIRAMA = 9
"""Class of the signs of Indian scripts that tie a consonant to the next."""


def spread(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Positions as near to those wanted as they can be when each is at least `least` from the next.

    Positions and distances in one unit; the order stays. Where there is no room for all, they are spread evenly.
    """
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    if least * (len(wanted) - 1) > high - low:
        step = (high - low) / max(1, len(wanted) - 1)
        return [low + step * order.index(i) for i in range(len(wanted))]
    # those too near move apart around the middle of what they wanted
    groups: list[tuple[list[float], float]] = []
    for i in order:
        groups.append(([wanted[i]], 0.0))
        while True:
            members = groups[-1][0]
            half = least * (len(members) - 1) / 2
            centre = sum(members) / len(members)
            groups[-1] = (members, min(max(centre, low + half), high - half))
            if len(groups) == 1 or groups[-1][1] - half - _end(groups[-2], least) >= least:
                break
            groups[-2:] = [(groups[-2][0] + members, 0.0)]
    places = [
        centre - least * (len(members) - 1) / 2 + least * n for members, centre in groups for n in range(len(members))
    ]
    found = [0.0] * len(wanted)
    for i, place in zip(order, places, strict=True):
        found[i] = place
    return found


def _end(group: tuple[list[float], float], least: float) -> float:
    members, centre = group
    return centre + least * (len(members) - 1) / 2


@dataclass(frozen=True)
class Note:
    """What stands in the right margin at a line or a part of a column.

    Attributes:
        text: the name.
        number: what stands behind it.
        y: the value that it belongs to, on the vertical axis.
        look: how the line or part is drawn: that of a line where `line` holds, else that of an area.
        line: whether it is a line.
        strong: whether it stands out.
    """

    text: str
    number: str
    y: float
    look: dict[str, Any]
    line: bool = False
    strong: bool = False


def margin_notes(page: Page, notes: Sequence[Note], at: float) -> None:
    """Names at the right of the axes, each with its look, tied to its part, none over another.

    Args:
        page: the page, its axes with their limits.
        notes: the names.
        at: the value of the horizontal axis from which the ties go out.
    """
    begins, text_at = page.right + 0.16, page.right + 0.36
    places = spread([page.y(note.y) for note in notes], LINE, 0.08, page.height - 0.08)
    for note, place in zip(notes, places, strict=True):
        start = page.x(at)
        _line(page, [start, start + 0.05, begins - 0.05, begins - 0.02], [page.y(note.y)] * 2 + [place] * 2,
              color=RULE, linewidth=0.6, zorder=0)
        if note.line:
            _line(page, [begins, begins + 0.16], [place, place], **note.look)
        else:
            page.figure.add_artist(Rectangle((begins, place - 0.04), 0.16, 0.08, transform=page.figure.dpi_scale_trans,
                                             **note.look))
        weight = 700 if note.strong else 400
        number = f" {note.number}" if note.number else ""
        room = page.figure.get_size_inches()[0] - text_at - 0.03 - width_of(number, SIZE, weight)
        page.write(text_at, place, shortened(note.text, room, SIZE, weight) + number, color=INK, fontweight=weight)


def _line(page: Page, xs: Sequence[float], ys: Sequence[float], **look: Any) -> None:
    page.figure.add_artist(Line2D(list(xs), list(ys), transform=page.figure.dpi_scale_trans, **look))


def margin_for(notes: Sequence[tuple[str, str, bool]], most: float) -> float:
    """Inches that the right margin needs for names, numbers and whether they stand out; `most` at most."""
    wide = [
        width_of(" ".join(printable(text)[:MOST].split()) + f" {number}", SIZE, 700 if strong else 400)
        for text, number, strong in notes
    ]
    return min(most, 0.42 + max(wide, default=0.0))
