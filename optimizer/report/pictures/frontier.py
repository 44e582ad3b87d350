"""The frontier: the second criterion against the first, points, segments, and where more may be hidden."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from optimizer.report.brief.blocks import Picture
from optimizer.report.pictures import style
from optimizer.report.pictures.words import shortened, width_of
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
        return Picture("frontier", title(found), f"{title(found)}. {alt}", style.svg(made.figure))


def title(found: Frontier) -> str:
    """What the picture shows."""
    return f"{found.criteria[1].capitalize()} against {found.criteria[0]}"


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
    """What each point comes to, beside it, where there is room; knee and ends before the others."""
    last = len(found.points) - 1
    order = sorted(range(last + 1), key=lambda i: (i != found.knee, i not in (0, last), i))
    dots = [_box(made.x(p.first) - DOT, made.y(p.second), 2 * DOT, 2 * DOT) for p in found.points]
    taken: list[Box] = []
    for i in order:
        point = found.points[i]
        name = "knee, " if i == found.knee else ""
        text = shortened(f"{name}{second(point.second)}", 1.6, style.SMALL)
        wide, x, y = width_of(text, style.SMALL), made.x(point.first), made.y(point.second)
        others = [box for j, box in enumerate(dots) if j != i]
        for left, middle in ((x + 0.09, y + 0.09), (x + 0.09, y - 0.1), (x - 0.09 - wide, y - 0.1),
                             (x - wide / 2, y + 0.14), (x - wide / 2, y - 0.16)):
            box = _box(left, middle, wide, TALL)
            inside = box[0] >= 0 and box[1] <= style.WIDTH and box[2] >= made.bottom and box[3] <= made.height - 0.2
            if inside and not any(_over(box, other) for other in (*taken, *others)):
                taken.append(box)
                made.write(left, middle, text, fontsize=style.SMALL,
                           color=style.EXPOSED if i == found.knee else style.SOFT)
                break


Box = tuple[float, float, float, float]
"""Left, right, bottom and top, in inches."""

DOT, TALL = 0.05, 0.12
"""Half the width of a point, and the height of a line of text, in inches."""


def _box(left: float, middle: float, wide: float, tall: float) -> Box:
    return left, left + wide, middle - tall / 2, middle + tall / 2


def _over(one: Box, other: Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


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
    made.write(made.right, 0.08, shortened(found.criteria[0], 2.5, style.SMALL), fontsize=style.SMALL,
               color=style.SOFT, ha="right")
