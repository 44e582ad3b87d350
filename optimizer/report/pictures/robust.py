"""Futures one below the other: what each costs with what is decided now, and the least that it could."""

from __future__ import annotations

from matplotlib.axes import Axes

from optimizer.report.brief.blocks import Picture
from optimizer.report.pictures import style
from optimizer.report.pictures.words import shortened
from optimizer.study.robust import Outcome, Robust

SHOWN = 24
"""Futures that are drawn, the dearest first; the table has them all."""

STEP = 0.22
"""Inches from one future to the next."""

LEFT, RIGHT = 2.3, 0.25
"""Inches for names, and beside the axes."""

SCALES = ((1e9, " bn"), (1e6, " m"), (1e3, " k"))


def futures_drawn(found: Robust, title: str, alt: str) -> Picture:
    """A filled mark for the cost, a hollow one for the least, a cross for what the base alone would decide."""
    shown = sorted(found.outcomes, key=lambda one: -one.cost)[:SHOWN]
    currency = shown[0].plan.case.settings.currency
    each, word = next(((e, w) for e, w in SCALES if max(abs(one.cost) for one in shown) >= 2 * e), (1.0, ""))
    with style.drawing():
        made = style.page(0.75 + STEP * len(shown), LEFT, RIGHT, bottom=0.42, top=0.28)
        axes = made.axes
        for i, one in enumerate(shown):
            _row(axes, len(shown) - 1 - i, one, each)
        axes.set_ylim(-0.6, len(shown) - 0.4)
        axes.set_yticks([])
        axes.margins(x=0.05)
        axes.grid(axis="x", color=style.PALE, linewidth=0.6)
        axes.locator_params(axis="x", nbins=6)
        for i, one in enumerate(shown):
            made.write(0.02, made.y(len(shown) - 1 - i), shortened(one.name, LEFT - 0.15))
        made.write(LEFT, made.height - 0.12, f"Cost, {currency}{word}", fontsize=style.SMALL, color=style.SOFT)
        made.write(0.02, 0.1, "filled: decided now; hollow: least, if it were known; cross: decided for the base alone",
                   fontsize=style.SMALL, color=style.SOFT)
        return Picture("robust", title, alt, style.svg(made.figure))


def _row(axes: Axes, y: int, one: Outcome, each: float) -> None:
    axes.plot([one.least / each, one.cost / each], [y, y], color=style.RULE, linewidth=2.0, zorder=1)
    if one.base_cost is not None:
        axes.plot([one.base_cost / each], [y], "x", color=style.SOFT, markersize=5, zorder=2)
    axes.plot([one.least / each], [y], "o", markerfacecolor="white", markeredgecolor=style.HOME, markersize=5.5,
              zorder=3)
    axes.plot([one.cost / each], [y], "o", color=style.HOME, markersize=4, zorder=4)
