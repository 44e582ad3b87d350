"""When deals are signed and in force, when plants are ordered, built and at work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from optimizer.report import story
from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import tonnes
from optimizer.report.pictures import style
from optimizer.report.pictures.words import shortened, width_of
from optimizer.solve.plan import Plan

ROWS = 26
"""Lines that a page holds; of more, those with most tonnes are shown."""

LOOKS: dict[str, dict[str, Any]] = {
    "signed": {"facecolor": "#D9D3EA", "edgecolor": style.DEAL, "hatch": "////"},
    "in force": {"facecolor": style.DEAL},
    "build": {"facecolor": "#FFFFFF", "edgecolor": style.HOME, "hatch": "////"},
    "ramp": {"facecolor": "#8FBFD0"},
    "full": {"facecolor": style.HOME},
}
"""How a stretch of time is drawn, by its state."""

WORDS = {"signed": "deal signed", "in force": "deal in force", "build": "plant being built", "ramp": "starting up",
         "full": "full output"}
"""What a state is called."""


@dataclass(frozen=True)
class Span:
    """A stretch of time in one state: from, to, and its look."""

    start: float
    end: float
    state: str


@dataclass(frozen=True)
class Line:
    """A line of the calendar: a deal or the orders of a plant."""

    name: str
    spans: tuple[Span, ...]
    told: str
    size: float
    deal: bool

    @property
    def begins(self) -> float:
        """The moment at which its first stretch starts."""
        return min(span.start for span in self.spans)


def calendar(plan: Plan) -> Picture | None:
    """A line a deal and a line an order; None where nothing is signed or ordered."""
    every = [*_deals(plan), *_orders(plan)]
    if not every:
        return None
    kept = sorted(sorted(every, key=lambda x: -x.size)[:ROWS], key=lambda x: (not x.deal, x.begins, x.name))
    first, end = plan.case.years[0], plan.case.years[-1] + 1
    with style.drawing():
        names = min(2.2, 0.15 + max(width_of(shortened(line.name, 2.1)) for line in kept))
        told = 0.1 + max(width_of(line.told, style.SMALL) for line in kept)
        keys = _keys(every)
        made = style.page(0.62 + 0.19 * len(kept), names, told, bottom=0.42, top=0.2)
        axes = made.axes
        axes.set_xlim(first, end)
        axes.set_ylim(-0.6, len(kept) - 0.4)
        for i, line in enumerate(reversed(kept)):
            # a term that is renewed early stays in force
            for span in sorted(line.spans, key=lambda span: span.state != "signed"):
                _bar(axes, i, span, end)
            made.write(0.02, made.y(i), shortened(line.name, names - 0.1), color=style.INK)
            made.write(made.right + 0.08, made.y(i), line.told, color=style.INK, fontsize=style.SMALL)
        commit = plan.case.settings.commit_year
        if commit is not None and first <= commit < end - 1:
            _commit(made, commit)
        axes.set_yticks([])
        axes.set_xticks(style.year_marks(tuple(range(first, end)), made.right - made.left))
        axes.grid(axis="x", color=style.PALE)
        _legend(made, keys)
        return Picture("calendar", _title(plan, len(every) - len(kept)), _alt(kept), style.svg(made.figure))


def _commit(made: style.Page, commit: int) -> None:
    """The line up to which the workbook asks for decisions."""
    made.axes.axvline(commit + 1, color=style.EXPOSED, linewidth=0.9, zorder=0.9)
    text = f"decided by the end of {commit}"
    room = made.right - made.x(commit + 1) > width_of(text, style.SMALL) + 0.05
    made.write(made.x(commit + 1) + (0.04 if room else -0.04), made.height - 0.1, text, color=style.EXPOSED,
               fontsize=style.SMALL, ha="left" if room else "right")


def _bar(axes: Axes, row: int, span: Span, end: int) -> None:
    stop = min(span.end, end)
    if stop > span.start:
        axes.barh(row, stop - span.start, 0.62, left=span.start, linewidth=0.5, **LOOKS[span.state])


def _deals(plan: Plan) -> list[Line]:
    deciding = plan.case.settings.deciding_point
    rows = {deal.name: deal for deal in plan.case.deals}
    found = []
    for name in dict.fromkeys(name for name, _, _ in sorted(plan.amounts.sign, key=lambda key: (key[1], key[0]))):
        row, spans = rows[name], []
        for other, t, terms in plan.amounts.sign:
            if other == name:
                signed = t + deciding.at(t)
                start = signed + row.lead
                length = row.term * terms if row.term is not None else float("inf")
                spans += [Span(signed, start, "signed"), Span(start, start + length, "in force")]
        most = max((v for (d, _), v in plan.volume.items() if d == name), default=0.0)
        found.append(Line(name, tuple(spans), f"to {tonnes(most)}" if most else "", most, deal=True))
    return found


def _orders(plan: Plan) -> list[Line]:
    deciding = plan.case.settings.deciding_point
    rows = {plant.name: plant for plant in plan.case.plants}
    found = []
    for (name, t), modules in plan.amounts.modules.items():
        row = rows[name]
        ordered = t + deciding.at(t)
        start = ordered + row.lead
        full = start + max(0, sum(1 for share in row.ramp if share < 1))
        ends = start + row.life if row.life is not None else float("inf")
        size = modules * (row.module or 0.0)
        stop = min(full, ends)
        spans = (Span(ordered, start, "build"), Span(start, stop, "ramp"), Span(stop, ends, "full"))
        found.append(Line(name, spans, f"{tonnes(size)}/yr", size, deal=False))
    return found


def _keys(lines: list[Line]) -> list[tuple[dict[str, Any], str]]:
    """What each look of a bar means, of those that are drawn."""
    states = {span.state for line in lines for span in line.spans if span.end > span.start}
    return [(LOOKS[state], WORDS[state]) for state in LOOKS if state in states]


def _legend(made: style.Page, keys: list[tuple[dict[str, Any], str]]) -> None:
    x = made.left
    for look, word in keys:
        made.figure.add_artist(Rectangle((x, 0.06), 0.2, 0.09, transform=made.figure.dpi_scale_trans,
                                         linewidth=0.5, **look))
        made.write(x + 0.25, 0.1, word, color=style.SOFT, fontsize=style.SMALL)
        x += 0.25 + width_of(word, style.SMALL) + 0.2


def _title(plan: Plan, hidden: int) -> str:
    deals, orders = len({name for name, _, _ in plan.amounts.sign}), len(plan.amounts.modules)
    parts = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((deals, "deal"), (orders, "plant order")) if n]
    rest = f"; {hidden} smaller ones not shown" if hidden else ""
    return f"Calendar of {' and '.join(parts)}{rest}; {story.calendar(plan)[:1].lower()}{story.calendar(plan)[1:-1]}"


def _alt(lines: list[Line]) -> str:
    def year(moment: float) -> str:
        return f"{moment:.1f}".removesuffix(".0") if moment != float("inf") else "the end"

    parts = [
        f"{line.name}: " + ", ".join(f"{span.state} {year(span.start)} to {year(span.end)}" for span in line.spans)
        for line in lines
    ]
    return f"Calendar. {'; '.join(parts)}."
