"""Heat maps of stops: what each costs by the year in which it begins, and which sectors go short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import bare
from optimizer.report.pictures import style
from optimizer.report.pictures.words import shortened, width_of

STEP = 0.22
"""Inches from one row to the next."""

NAMES = 1.9
"""Inches that names may take."""

CELL = 0.34
"""Least inches of a cell: of more years every second, third, ... is drawn."""

DARK = 0.78
"""Part of the deepest colour from which on a number is written in white."""

_HEAT = LinearSegmentedColormap.from_list("stops", ["#FFFFFF", style.THROUGH, style.EXPOSED])


@dataclass(frozen=True)
class Row:
    """A row of a heat map: its name and a number for each year; None where none is known."""

    name: str
    values: Sequence[float | None]


def heat(name: str, title: str, alt: str, unit: str, years: Sequence[int], rows: Sequence[Row]) -> Picture | None:
    """A heat map with its numbers in it, so that it can be read without colour; None without rows.

    Args:
        name: of the picture.
        title: what it shows, in a sentence.
        alt: for those who cannot see it.
        unit: what the numbers are, written above it.
        years: its columns.
        rows: its rows, from the top.
    """
    if not rows or not years:
        return None
    with style.drawing():
        names = min(NAMES, 0.2 + max(width_of(shortened(row.name, NAMES - 0.2)) for row in rows))
        each = max(1, -(-len(years) * CELL // (style.WIDTH - names - 0.1)))
        shown = [i for i in range(len(years)) if i % int(each) == 0]
        wide = style.plot_width(tuple(years[i] for i in shown), style.WIDTH - names - 0.1)
        made = style.page(0.55 + STEP * len(rows), names, style.WIDTH - names - wide, bottom=0.28, top=0.27)
        _cells(made.axes, [[row.values[i] for i in shown] for row in rows])
        made.axes.set_xticks([i + 0.5 for i in range(len(shown))], [str(years[i]) for i in shown])
        for i, row in enumerate(rows):
            made.write(0.02, made.y(len(rows) - i - 0.5), shortened(row.name, names - 0.1))
        made.write(names, made.height - 0.12, unit, fontsize=style.SMALL, color=style.SOFT)
        return Picture(name, title.rstrip("."), alt, style.svg(made.figure))


def _cells(axes: Axes, values: Sequence[Sequence[float | None]]) -> None:
    most = max((value for row in values for value in row if value is not None), default=0.0) or 1.0
    axes.set_xlim(0, len(values[0]))
    axes.set_ylim(0, len(values))
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            depth = 0.0 if value is None else max(0.0, value / most)
            y = len(values) - 1 - i
            axes.add_patch(Rectangle((j, y), 1, 1, facecolor=_HEAT(depth), edgecolor=style.RULE, linewidth=0.5))
            axes.text(j + 0.5, y + 0.5, "-" if value is None else bare(value), ha="center", va="center_baseline",
                      fontsize=style.SMALL, color="white" if depth > DARK else style.INK)
