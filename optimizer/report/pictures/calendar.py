"""When deals are signed and in force, when plants are ordered, built and at work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from optimizer.report import story
from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import tonnes
from optimizer.report.pictures import style
from optimizer.solve.plan import Plan

ROWS = 26
"""Lines that a page holds; of more, those with most tonnes are shown."""

DEAL, WAIT, BUILD, RAMP, FULL = "#7B6BA8", "#D9D3EA", "#FFFFFF", "#8FBFD0", style.HOME


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
        made, axes = style.figure(0.75 + 0.21 * len(kept))
        for i, line in enumerate(reversed(kept)):
            # a term that is renewed early stays in force
            for span in sorted(line.spans, key=lambda span: span.state != "signed"):
                _bar(axes, i, span, end)
            last = max(line.spans, key=lambda span: span.end)
            axes.annotate(
                line.told, (min(max(last.start, first) + 0.08, end), i), va="center", fontsize=6.3, color="white",
                annotation_clip=True,
            )
        commit = plan.case.settings.commit_year
        if commit is not None and commit < end - 1:
            axes.axvline(commit + 1, color=style.EXPOSED, linewidth=0.9, zorder=0.5)
            axes.annotate(f"decided by the end of {commit}", (commit + 1, len(kept) - 0.35), xytext=(3, 0),
                          textcoords="offset points", fontsize=6.5, color=style.EXPOSED, annotation_clip=False)
        axes.set_yticks(range(len(kept)), [style.shortened(line.name, 36) for line in reversed(kept)])
        axes.tick_params(axis="y", labelsize=7, labelcolor=style.INK)
        axes.set_xlim(first, end)
        axes.set_ylim(-0.6, len(kept) - 0.1)
        axes.set_xticks(range(first, end + 1, 1 if end - first <= 16 else 2))
        axes.tick_params(axis="x", labelsize=7)
        axes.grid(axis="x", color=style.PALE)
        axes.set_axisbelow(True)
        _legend(axes, every)
        return Picture("calendar", _title(plan, len(every) - len(kept)), _alt(kept), style.svg(made))


def _bar(axes: Axes, row: int, span: Span, end: int) -> None:
    looks: dict[str, dict[str, Any]] = {
        "signed": {"facecolor": WAIT, "edgecolor": DEAL, "hatch": "////"},
        "in force": {"facecolor": DEAL},
        "build": {"facecolor": BUILD, "edgecolor": FULL, "hatch": "////"},
        "ramp": {"facecolor": RAMP},
        "full": {"facecolor": FULL},
    }
    stop = min(span.end, end)
    if stop > span.start:
        axes.barh(row, stop - span.start, 0.62, left=span.start, linewidth=0.5, **looks[span.state])


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


def _legend(axes: Axes, lines: list[Line]) -> None:
    marks = []
    if any(line.deal for line in lines):
        marks += [Patch(facecolor=WAIT, edgecolor=DEAL, hatch="////", linewidth=0.5, label="deal signed"),
                  Patch(facecolor=DEAL, label="deal in force")]
    if any(not line.deal for line in lines):
        marks += [Patch(facecolor=BUILD, edgecolor=FULL, hatch="////", linewidth=0.5, label="plant being built"),
                  Patch(facecolor=RAMP, label="starting up"), Patch(facecolor=FULL, label="full output")]
    axes.legend(handles=marks, loc="upper center", bbox_to_anchor=(0.4, -0.04 - 0.5 / max(4, len(axes.get_yticks()))),
                ncols=5, frameon=False, fontsize=6.8, handlelength=1.6, columnspacing=1.2)


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
