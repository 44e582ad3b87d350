"""How the pictures look, and how one is drawn: fonts of the package, texts as paths, the same bytes each time."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from optimizer.report.glyphs import printable

INK, SOFT, RULE, PALE = "#17242B", "#5B6770", "#C9D3DA", "#EEF3F6"
EXPOSED, HOME = "#B83028", "#1F6F8B"
OTHERS = ("#5FA3BB", "#7B6BA8", "#4E8060", "#C79A3A", "#9CC3D2", "#B3A9D0", "#A5C4AE", "#8A6A2B")
REST = "#BFC7CC"

WIDTH = 6.7
"""Inches: the width of the text on a printed page."""

FAMILIES = ["Inter", "Noto Sans Devanagari", "Noto Sans JP", "Noto Sans KR"]


@lru_cache(maxsize=1)
def _fonts() -> None:
    """Makes the package's fonts known to matplotlib."""
    for font in sorted((Path(str(files("optimizer.report"))) / "fonts").glob("*.ttf")):
        font_manager.fontManager.addfont(str(font))


@contextmanager
def drawing() -> Iterator[None]:
    """The settings under which a picture is drawn; those of the host stay as they are."""
    _fonts()
    settings: dict[Any, Any] = {
        "font.family": FAMILIES, "font.size": 8, "text.parse_math": False, "svg.fonttype": "path",
        "svg.hashsalt": "optimizer", "axes.edgecolor": RULE, "axes.labelcolor": SOFT, "text.color": INK,
        "xtick.color": SOFT, "ytick.color": SOFT, "axes.unicode_minus": False, "hatch.linewidth": 0.6,
    }
    # one of the fonts has no bold cut, which matplotlib tells at every word
    log = logging.getLogger("matplotlib.font_manager")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with rc_context(settings):
            yield
    finally:
        log.setLevel(before)


def figure(height: float) -> tuple[Figure, Axes]:
    """A figure of the page's width with one pair of axes."""
    made = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = made.add_subplot()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    return made, axes


def svg(made: Figure) -> bytes:
    """The figure as SVG, with nothing in it that differs from run to run."""
    out = io.BytesIO()
    made.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def shortened(text: str, most: int = 34) -> str:
    """A name that fits, with what no font holds as numbers."""
    shown = " ".join(printable(text).split())
    return shown if len(shown) <= most else f"{shown[: most - 1].rstrip()}…"


def spread(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Positions as near to those wanted as they can be when each is at least `least` from the next.

    Positions and distances in the axes' unit; the order stays. Where there is no room for all, they are spread evenly.
    """
    if not wanted:
        return []
    if least * (len(wanted) - 1) > high - low:
        step = (high - low) / max(1, len(wanted) - 1)
        ranked = sorted(range(len(wanted)), key=lambda i: wanted[i])
        return [low + step * ranked.index(i) for i in range(len(wanted))]
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [wanted[i] for i in order]
    for i, place in enumerate(places):
        places[i] = max(place, low if i == 0 else places[i - 1] + least)
    for i in range(len(places) - 1, -1, -1):
        places[i] = min(places[i], high if i == len(places) - 1 else places[i + 1] - least)
    found = [0.0] * len(wanted)
    for i, place in zip(order, places, strict=True):
        found[i] = place
    return found


def thousands(value: float, _: object = None) -> str:
    """A tick in tonnes or millions."""
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:g}"
