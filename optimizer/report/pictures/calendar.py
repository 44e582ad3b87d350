"""When deals are signed and in force, when plants are ordered, built and at work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from optimizer.report import story
from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import moment, tonnes
from optimizer.report.pictures import style
from optimizer.report.pictures.words import shortened, width_of
from optimizer.solve.plan import Plan

STEP = 0.17
"""Inches from one line to the next."""

ROWS = 26
"""Lines that a page holds; of more, those with most tonnes are shown."""

LONGEST = 60
"""Letters of a name in the words for those who cannot see it."""

TOLD = 6
"""Lines that the words for those who cannot see it name; of more, those with most tonnes."""

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
        made = style.page(0.62 + STEP * len(kept), names, told, bottom=0.42, top=0.2)
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
        return Picture("calendar", _title(plan, len(every) - len(kept)), _alt(plan, every), style.svg(made.figure))


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
                force = length if row.chance > 0 else 0.0
                spans += [Span(signed, start, "signed"), Span(start, start + force, "in force")]
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


def _counted(plan: Plan) -> str:
    deals, orders = len({name for name, _, _ in plan.amounts.sign}), len(plan.amounts.modules)
    return " and ".join(
        f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((deals, "deal"), (orders, "plant order")) if n
    )


def _title(plan: Plan, hidden: int) -> str:
    rest, when = f"; {hidden} smaller ones not shown" if hidden else "", story.calendar(plan)
    return f"Calendar of {_counted(plan)}{rest}; {when[:1].lower()}{when[1:-1]}"


def _alt(plan: Plan, lines: list[Line]) -> str:
    """The calendar in words: what there is, and of the largest when they begin to work."""
    largest = sorted(lines, key=lambda line: -line.size)[:TOLD]
    told = "; ".join(map(_told, sorted(largest, key=lambda line: line.begins)))
    rest = f"; and {len(lines) - len(largest)} smaller ones" if len(lines) > len(largest) else ""
    return f"Calendar of {_counted(plan)}. {told}{rest}."


def _told(line: Line) -> str:
    """A line in words: when it is decided, and from when to when it works."""
    name = shortened_name(line.name)
    works = [span for span in line.spans if span.state not in ("signed", "build") and span.end > span.start]
    if not works:
        return f"{name} signed {moment(line.begins)}, never in force"
    ends = max(span.end for span in works)
    until = "the end" if ends == float("inf") else moment(ends)
    decided = "signed" if line.deal else "ordered"
    return f"{name} {decided} {moment(line.begins)}, at work {moment(min(span.start for span in works))} to {until}"


def shortened_name(name: str) -> str:
    """A name of which nobody wants to hear more than this."""
    return name if len(name) <= LONGEST else f"{name[:LONGEST].rstrip()}…"
