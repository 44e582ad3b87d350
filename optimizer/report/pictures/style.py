"""How the pictures look, and how one is drawn: fonts of the package, texts as paths, the same bytes each time."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from matplotlib import font_manager, rc_context, rcdefaults, rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, SOFT, RULE, PALE = "#17242B", "#5B6770", "#C9D3DA", "#E6EDF1"
EXPOSED, THROUGH, HOME, DEAL, AMBER = "#B83028", "#E9B3AD", "#1F6F8B", "#7B6BA8", "#A8791A"

WIDTH = 6.69
"""Inches: the width of the text on a printed page, so that a point here is a point there."""

SIZE, SMALL = 7.5, 7.0
"""Points: the size of names and numbers, and that of axes and notes."""

FAMILIES = tuple(f"optimizer {name}" for name in ("Inter", "Noto Sans Devanagari", "Noto Sans JP", "Noto Sans KR"))


@lru_cache(maxsize=1)
def _fonts() -> None:
    """Makes the package's fonts known to matplotlib, under names that no font of the machine has."""
    manager = font_manager.fontManager
    for font in sorted((Path(str(files("optimizer.report"))) / "fonts").glob("*.ttf")):
        known = len(manager.ttflist)
        manager.addfont(str(font))
        manager.ttflist[known:] = [replace(one, name=f"optimizer {one.name}") for one in manager.ttflist[known:]]


@contextmanager
def drawing() -> Iterator[None]:
    """The settings under which a picture is drawn, whatever those of the host are; these stay as they were."""
    _fonts()
    settings: dict[Any, Any] = {
        "font.family": list(FAMILIES), "font.size": SIZE, "text.parse_math": False, "svg.fonttype": "path",
        "svg.hashsalt": "optimizer", "axes.edgecolor": RULE, "text.color": INK, "xtick.color": SOFT,
        "ytick.color": SOFT, "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "axes.unicode_minus": False,
        "hatch.linewidth": 0.6,
    }
    # one of the fonts has no bold cut, which matplotlib tells at every word
    log = logging.getLogger("matplotlib.font_manager")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with rc_context():
            rcdefaults()
            rcParams.update(settings)
            yield
    finally:
        log.setLevel(before)


@dataclass(frozen=True)
class Page:
    """A picture in work: one pair of axes at a known place, lengths in inches from the lower left corner.

    Attributes:
        figure: the whole.
        axes: the axes in it.
        left: the left edge of the axes.
        right: their right edge.
        bottom: their lower edge.
        top: their upper edge.
    """

    figure: Figure
    axes: Axes
    left: float
    right: float
    bottom: float
    top: float

    @property
    def height(self) -> float:
        """The height of the whole."""
        return float(self.figure.get_size_inches()[1])

    def x(self, value: float) -> float:
        """Where a value of the horizontal axis lies."""
        low, high = self.axes.get_xlim()
        return self.left + (self.right - self.left) * (value - low) / (high - low)

    def y(self, value: float) -> float:
        """Where a value of the vertical axis lies."""
        low, high = self.axes.get_ylim()
        return self.bottom + (self.top - self.bottom) * (value - low) / (high - low)

    def write(self, x: float, y: float, text: str, **look: Any) -> None:
        """A text at a place of the page, centred on its line."""
        look = {"fontsize": SIZE, "va": "center_baseline", **look}
        self.figure.text(x / WIDTH, y / self.height, text, **look)


def page(height: float, left: float, right: float, bottom: float = 0.25, top: float = 0.1) -> Page:
    """A page with its axes, where `left`, `right`, `bottom` and `top` are the margins in inches."""
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((left / WIDTH, bottom / height, 1 - (left + right) / WIDTH, 1 - (bottom + top) / height))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    return Page(figure, axes, left, WIDTH - right, bottom, height - top)


def svg(made: Figure) -> bytes:
    """The figure as SVG, with nothing in it that differs from run to run."""
    out = io.BytesIO()
    made.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def year_marks(years: tuple[int, ...], wide: float) -> list[int]:
    """The years to write under an axis of `wide` inches: every one, or every 2nd, 5th, ... where there is no room."""
    step = next((n for n in (1, 2, 5, 10) if len(years) / n * 0.36 <= wide), 20)
    return [t for t in years if (t - years[0]) % step == 0] if step < 5 else [t for t in years if t % step == 0]


def plot_width(years: tuple[int, ...], room: float) -> float:
    """Inches for an axis of years: the room, or less where few years would be drawn out."""
    return min(room, max(1.1, 0.85 * len(years)))


def thousands(value: float, _: object = None) -> str:
    """A tick in tonnes."""
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:g}"
