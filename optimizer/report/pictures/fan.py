"""The fan: dependence and cash of a plan held, by year, in bands that hold half and nine tenths of the futures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.ticker import FuncFormatter

from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import money, percent
from optimizer.report.pictures import style

BANDS = ((0.05, 0.95, "#C9DDE5", "9 in 10 futures"), (0.25, 0.75, "#7FB0C3", "half of the futures"))
"""Quantiles below and above, colour and words of each band, the widest first."""

MIDDLE = 0.5

Fan = Mapping[float, Sequence[float]]
"""Quantile -> its value in each year; not a number where there is none."""


@dataclass(frozen=True)
class Shown:
    """One quantity by year.

    Attributes:
        name: what it is.
        fan: its quantiles.
        told: a value in words.
        tick: a value beside the axis.
        limit: a level that it is to keep to, in words and as a number; None where there is none.
    """

    name: str
    fan: Fan
    told: Callable[[float], str]
    tick: Callable[[float], str]
    limit: tuple[str, float] | None = None


LEFT, APART, FOOT, HEIGHT = 0.55, 0.62, 0.5, 2.5
"""Inches: left of the first pair of axes, between the two, below, and in all."""


def fan(years: tuple[int, ...], shown: Sequence[Shown], title: str) -> Picture | None:
    """Two quantities beside each other; None where neither has a number."""
    shown = [one for one in shown if any(value == value for value in one.fan[MIDDLE])]
    if not shown:
        return None
    wide = (style.WIDTH - LEFT - 0.15 - APART * (len(shown) - 1)) / len(shown)
    with style.drawing():
        made = style.page(HEIGHT, LEFT, style.WIDTH - LEFT - wide, bottom=FOOT, top=0.3)
        for k, one in enumerate(shown):
            left = LEFT + k * (wide + APART)
            axes = made.axes if k == 0 else made.figure.add_axes((
                left / style.WIDTH, FOOT / HEIGHT, wide / style.WIDTH, 1 - (FOOT + 0.3) / HEIGHT,
            ))
            for side in ("top", "right", "left"):
                axes.spines[side].set_visible(False)
            axes.tick_params(length=0)
            axes.grid(axis="y", color=style.PALE)
            axes.set_axisbelow(True)
            for low, high, colour, _ in BANDS:
                axes.fill_between(years, one.fan[low], one.fan[high], color=colour, linewidth=0)
            marker = "o" if len(years) == 1 else None
            axes.plot(years, one.fan[MIDDLE], color=style.HOME, linewidth=2, marker=marker)
            if one.limit is not None:
                axes.axhline(one.limit[1], color=style.EXPOSED, linewidth=0.9, linestyle=(0, (6, 1.5, 1, 1.5)))
            axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
            axes.set_xticks(style.year_marks(years, wide))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _, tick=one.tick: tick(value)))
            axes.locator_params(axis="y", nbins=5)
            made.write(left, HEIGHT - 0.12, one.name, fontsize=style.SMALL, color=style.SOFT)
        _legend(made, shown)
        return Picture("fan", title.rstrip("."), _alt(years, shown), style.svg(made.figure))


def _legend(made: style.Page, shown: Sequence[Shown]) -> None:
    at = LEFT
    for words, colour, height in (
        ("the middle one", style.HOME, 0.02), *((words, colour, 0.08) for _, _, colour, words in reversed(BANDS)),
    ):
        place = (at / style.WIDTH, (0.1 - height / 2) / HEIGHT, 0.2 / style.WIDTH, height / HEIGHT)
        patch = made.figure.add_axes(place)
        patch.set_facecolor(colour)
        patch.set_xticks([])
        patch.set_yticks([])
        for spine in patch.spines.values():
            spine.set_visible(False)
        made.write(at + 0.27, 0.1, words, fontsize=style.SMALL, color=style.SOFT)
        at += 1.35
    for one in shown:
        if one.limit is not None:
            made.write(at, 0.1, f"red: {one.limit[0]}", fontsize=style.SMALL, color=style.SOFT)


def _alt(years: tuple[int, ...], shown: Sequence[Shown]) -> str:
    parts = [f"{one.name}: {'; '.join(_year(one, i, t) for i, t in enumerate(years))}" for one in shown]
    return f"By year, the middle future and in brackets 9 in 10 futures. {'. '.join(parts)}."


def _year(one: Shown, i: int, year: int) -> str:
    if one.fan[MIDDLE][i] != one.fan[MIDDLE][i]:
        return f"{year} none"
    low, high = (one.told(one.fan[q][i]) for q in (BANDS[0][0], BANDS[0][1]))
    return f"{year} {one.told(one.fan[MIDDLE][i])} ({low} to {high})"


def dependence_shown(fan_: Fan, cap: float | None) -> Shown:
    """Dependence by year, in percent of demand."""
    scaled = {q: [100 * value for value in of] for q, of in fan_.items()}
    limit = None if cap is None else ("the dependence held", 100 * cap)
    return Shown("Dependence, % of demand", scaled, lambda v: percent(v / 100), lambda v: f"{v:.0f} %", limit)


def cash_shown(fan_: Fan, currency: str) -> Shown:
    """Cash by year."""
    most = max((abs(v) for of in fan_.values() for v in of if v == v), default=0.0)
    each, word = next(((s, w) for s, w in ((1e9, " bn"), (1e6, " m"), (1e3, " k")) if most >= 2 * s), (1.0, ""))
    return Shown(f"Cash, {currency}{word}", fan_, lambda v: money(v, currency), lambda v: f"{v / each:,.4g}")
