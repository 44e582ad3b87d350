"""The frontier: the second criterion against the first, points, segments, and where more may be hidden."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from optimizer.report.brief.blocks import Picture
from optimizer.report.pictures import style
from optimizer.report.pictures.words import LINE, shortened, spread, width_of
from optimizer.solve.goals import FRACTIONS
from optimizer.study.frontier import Frontier

Words = Callable[[float], str]

HEIGHT = 3.1
LEFT, RIGHT = 0.75, 0.35


def draw(found: Frontier, first: Words, second: Words, alt: str) -> Picture | None:
    """The picture; None where there is but one point.

    Args:
        found: the frontier.
        first: a value of the first criterion in words.
        second: a value of the second one.
        alt: text for those who cannot see it.
    """
    if len(found.points) < 2:
        return None
    with style.drawing():
        made = style.page(HEIGHT, LEFT, RIGHT, bottom=0.45, top=0.35)
        _limits(found, made)
        _hidden(found, made)
        _curve(found, made)
        _labels(found, made, second)
        _axes(found, made, first, second)
        title = f"{found.criteria[1].capitalize()} against {found.criteria[0]}"
        return Picture("frontier", title, f"{title}. {alt}", style.svg(made.figure))


def _limits(found: Frontier, made: style.Page) -> None:
    xs = [point.first for point in found.points]
    ys = [point.second for point in found.points]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    made.axes.set_xlim(min(xs) - 0.04 * wide, max(xs) + 0.06 * wide)
    low = 0.0 if found.criteria[1] in FRACTIONS else min(ys) - 0.1 * high
    made.axes.set_ylim(low, max(ys) + 0.08 * high)


def _hidden(found: Frontier, made: style.Page) -> None:
    """Where an unseen point may lie: pale boxes."""
    for box in found.hidden:
        (left, right), (low, high) = box.first, box.second
        box_of = Rectangle((left, low), right - left, high - low, facecolor=style.PALE, linewidth=0, zorder=0)
        made.axes.add_patch(box_of)


def _curve(found: Frontier, made: style.Page) -> None:
    for point in found.points:
        if len(point.segment) > 1:
            made.axes.plot([x for x, _ in point.segment], [y for _, y in point.segment], color=style.HOME,
                           linewidth=1.0, alpha=0.7, zorder=2)
    made.axes.plot([p.first for p in found.points], [p.second for p in found.points], color=style.INK, linewidth=0,
                   marker="o", markersize=4.2, zorder=3, clip_on=False)
    if found.knee is not None:
        knee = found.points[found.knee]
        made.axes.plot([knee.first], [knee.second], color=style.EXPOSED, linewidth=0, marker="o", markersize=7.5,
                       markerfacecolor="none", markeredgewidth=1.4, zorder=4)


def _labels(found: Frontier, made: style.Page, second: Words) -> None:
    """What each point comes to, at its right, none over another; the knee by name."""
    shown = found.points
    rooms = [made.y(point.second) + 0.07 for point in shown]
    taken: list[tuple[float, float, float]] = []
    places = spread(rooms, LINE * 0.8, made.bottom + 0.05, made.top)
    for i, (point, at) in enumerate(zip(shown, places, strict=True)):
        name = "knee, " if i == found.knee else ""
        text = shortened(f"{name}{second(point.second)}", 1.4, style.SMALL)
        x, wide = made.x(point.first) + 0.09, width_of(text, style.SMALL)
        if abs(at - rooms[i]) > 0.12 or x + wide > style.WIDTH or any(
            abs(at - y) < LINE * 0.8 and x < end and start < x + wide for start, end, y in taken
        ):
            continue
        taken.append((x, x + wide, at))
        made.write(x, at, text, fontsize=style.SMALL, color=style.EXPOSED if i == found.knee else style.SOFT)


def _axes(found: Frontier, made: style.Page, first: Words, second: Words) -> None:
    axes = made.axes
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: first(value)))
    share = found.criteria[1] in FRACTIONS
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:.0f} %" if share else second(v)))
    axes.grid(axis="y", color=style.PALE)
    made.write(0.05, made.height - 0.12, shortened(found.criteria[1], 2.5, style.SMALL), fontsize=style.SMALL,
               color=style.SOFT)
    made.write(made.right, 0.1, shortened(found.criteria[0], 2.5, style.SMALL), fontsize=style.SMALL,
               color=style.SOFT, ha="right")
