"""How a number goes from that of one plan to that of another, group by group of changed inputs."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import money, money_difference, percent, points
from optimizer.report.pictures import style
from optimizer.report.pictures.words import shortened, width_of
from optimizer.study.compare import Comparison, Waterfall

STEP, THICK = 0.24, 0.6
"""Inches from one bar to the next, and the part of that which it takes."""

COLOURS = {"level": style.HOME, "more": style.EXPOSED, "less": style.DEAL}
"""What a bar tells of -> its colour; its number has a sign too, so that no one needs the colour."""


@dataclass(frozen=True)
class _Bar:
    name: str
    begin: float
    end: float
    number: str
    look: str


def drawn(found: Comparison, fall: Waterfall) -> Picture:
    """Bars from the number of the first plan to that of the second, each part where the ones before it end."""
    bars = _bars(found, fall)
    with style.drawing():
        names = min(2.6, 0.15 + max(width_of(bar.name) for bar in bars))
        numbers = 0.12 + max(width_of(bar.number, style.SMALL) for bar in bars)
        made = style.page(0.2 + STEP * len(bars), names, numbers, top=0.1, bottom=0.1)
        axes = made.axes
        axes.set_xlim(*_room(bars))
        axes.set_ylim(-0.5, len(bars) - 0.5)
        rows = list(range(len(bars)))[::-1]
        for row, bar in zip(rows, bars, strict=True):
            made.write(0.02, made.y(row), shortened(bar.name, names - 0.1), color=style.INK,
                       fontweight=700 if bar.look == "level" else 400)
            low = axes.get_xlim()[0] if bar.look == "level" else bar.begin
            axes.barh(row, bar.end - low, THICK, left=low, color=COLOURS[bar.look], linewidth=0)
            made.write(made.x(max(low, bar.end)) + 0.05, made.y(row), bar.number, fontsize=style.SMALL,
                       color=style.INK)
        for row, bar in zip(rows[:-1], bars[:-1], strict=True):
            axes.plot([bar.end] * 2, [row - THICK / 2, row - 1 + THICK / 2], color=style.SOFT, linewidth=0.6)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines["bottom"].set_visible(False)
        return Picture(f"compare-{fall.measure}", waterfall_title(found, fall), waterfall_alt(found, fall),
                       style.svg(made.figure))


def _bars(found: Comparison, fall: Waterfall) -> list[_Bar]:
    at = fall.start
    bars = [_Bar("before", 0.0, at, _level(found, fall, at), "level")]
    for one in fall.parts:
        look = "less" if one.effect < 0 else "more"
        bars.append(_Bar(one.group, at, at + one.effect, _effect(found, fall, one.effect), look))
        at += one.effect
    return [*bars, _Bar("after", 0.0, fall.end, _level(found, fall, fall.end), "level")]


def _room(bars: list[_Bar]) -> tuple[float, float]:
    """The ends of the axis: cut below where the parts are small beside the whole, so that they can be seen."""
    ends = [bar.end for bar in bars]
    low, high = min(ends), max(ends)
    wide = max(high - low, 1e-3 * max(abs(low), abs(high)), 1e-9)
    if low >= 0 and low < 2 * wide:
        return 0.0, high + 0.02 * wide
    return low - 0.5 * wide, high + 0.02 * wide


def waterfall_title(found: Comparison, fall: Waterfall) -> str:
    """What the picture shows, in a sentence."""
    name = "Cost" if fall.measure == "cost" else "Dependence"
    told = f"{name} goes from {_level(found, fall, fall.start)} to {_level(found, fall, fall.end)}"
    return f"{told}: only a tie" if fall.tie else told


def waterfall_alt(found: Comparison, fall: Waterfall) -> str:
    """The picture's text for those who cannot see it."""
    parts = [f"{one.group} {_effect(found, fall, one.effect)}" for one in fall.parts]
    return f"{waterfall_title(found, fall)}. {'; '.join(parts)}. The bars of the two plans may be cut below."


def _level(found: Comparison, fall: Waterfall, value: float) -> str:
    return money(value, found.before.case.settings.currency) if fall.measure == "cost" else percent(value)


def _effect(found: Comparison, fall: Waterfall, value: float) -> str:
    if fall.measure == "dependence":
        return points(value)
    return money_difference(value, found.before.case.settings.currency)
