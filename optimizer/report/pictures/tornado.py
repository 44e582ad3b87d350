"""The tornado: what each uncertain number does to cost, and beside it to dependence, the most regret on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import money_difference, points
from optimizer.report.pictures import style
from optimizer.report.pictures.words import shortened
from optimizer.study.tornado import Bar, End, Tornado

SHOWN = 15
"""Bars that are drawn; the table has them all."""

STEP = 0.3
"""Inches from one bar to the next."""

LEFT, MIDDLE, NARROW = 2.1, 0.3, 1.2
"""Inches for names, between the two pairs of axes, and for dependence."""

LOOKS: dict[str, dict[str, Any]] = {
    "low": {"facecolor": "white", "edgecolor": style.HOME, "hatch": "//////", "linewidth": 0.8},
    "high": {"facecolor": style.HOME, "edgecolor": style.HOME, "linewidth": 0.8},
}
"""Ends of a range: hatched and filled, so that they differ without colour."""


def bars_told(found: Tornado) -> tuple[Bar, ...]:
    """The bars that the picture shows: those of which an end has an answer."""
    return tuple(bar for bar in found.bars if any(end.cost is not None for end in bar.ends))[:SHOWN]


def bars_alt(found: Tornado) -> str:
    """What the picture shows, in words."""
    parts = [f"{bar.of.name}: {_said(found, bar.low)}; {_said(found, bar.high)}" for bar in bars_told(found)]
    return f"Cost and dependence at both ends of each uncertain number, from those of the plan. {'. '.join(parts)}."


def bars_drawn(found: Tornado, title: str) -> Picture | None:
    """Bars around the plan; None where no end has an answer."""
    bars = bars_told(found)
    if not bars:
        return None
    with style.drawing():
        made = style.page(0.85 + STEP * len(bars), LEFT, MIDDLE + NARROW + 0.1, bottom=0.4, top=0.3)
        beside = made.figure.add_axes((
            (made.right + MIDDLE) / style.WIDTH, made.bottom / made.height, NARROW / style.WIDTH,
            (made.top - made.bottom) / made.height,
        ))
        currency = found.plan.case.settings.currency
        each, word = _scale([_from(end.cost, found.cost) for bar in bars for end in bar.ends])
        _bars(made.axes, [[_from(end.cost, found.cost) / each for end in bar.ends] for bar in bars])
        _bars(beside, [[100 * _from(end.dependence, found.dependence) for end in bar.ends] for bar in bars])
        for i, bar in enumerate(bars):
            strong = 700 if bar.changes else 400
            made.write(0.02, made.y(len(bars) - 1 - i), shortened(bar.of.name, LEFT - 0.12, weight=strong),
                       fontweight=strong)
        made.write(LEFT, made.height - 0.12, f"Cost, {currency}{word} from the plan", fontsize=style.SMALL,
                   color=style.SOFT)
        made.write(made.right + MIDDLE, made.height - 0.12, "Dependence, points", fontsize=style.SMALL,
                   color=style.SOFT)
        made.write(0.02, 0.1, "hatched low, filled high; bold: changes the decision",
                   fontsize=style.SMALL, color=style.SOFT)
        return Picture("tornado", title, bars_alt(found), style.svg(made.figure))


def _scale(amounts: Sequence[float]) -> tuple[float, str]:
    """The unit of money of the axis, and its word."""
    widest = max(map(abs, amounts))
    scales = ((1e9, " bn"), (1e6, " m"), (1e3, " k"))
    return next(((each, word) for each, word in scales if widest >= 2 * each), (1.0, ""))


def _from(value: float | None, middle: float) -> float:
    return 0.0 if value is None else value - middle


def _bars(axes: Axes, pairs: Sequence[Sequence[float]]) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    count, widest = len(pairs), max(max(map(abs, pair)) for pair in pairs)
    for i, pair in enumerate(pairs):
        for (_, look), value, up in zip(LOOKS.items(), pair, (0.17, -0.17), strict=True):
            axes.barh(count - 1 - i + up, value, 0.3, **look)
    axes.axvline(0, color=style.INK, linewidth=0.8)
    axes.set_ylim(-0.6, count - 0.4)
    reach = 1.08 * widest if widest > 1e-6 else 1.0
    axes.set_xlim(-reach, reach)
    axes.set_yticks([])
    axes.tick_params(length=0)
    axes.locator_params(axis="x", nbins=4)


def _said(found: Tornado, end: End) -> str:
    if end.cost is None or end.dependence is None:
        return f"at {end.told} no answer"
    cost = money_difference(end.cost - found.cost, found.plan.case.settings.currency)
    return f"at {end.told} cost {cost}, dependence {points(end.dependence - found.dependence)}"
