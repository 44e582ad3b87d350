"""What it costs by heading, beside the plan as now."""

from __future__ import annotations

from matplotlib.ticker import FuncFormatter

from optimizer.report import story
from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import money
from optimizer.report.pictures import style
from optimizer.solve.plan import Plan

SHOWN = 10
"""Headings that have a bar of their own; the rest is summed."""


def cost(plan: Plan) -> Picture | None:
    """Bars by heading, discounted, of the plan and as now; None where nothing costs anything."""
    mine = story.by_heading(plan)
    now = story.by_heading(plan.as_now) if plan.as_now is not None else {}
    bars = _bars(mine, now)
    if not bars:
        return None
    currency = plan.case.settings.currency
    with style.drawing():
        made, axes = style.figure(0.5 + 0.27 * len(bars))
        places = list(range(len(bars)))[::-1]
        thick = 0.36 if now else 0.6
        for i, (name, amount, before) in zip(places, bars, strict=True):
            axes.barh(i + (thick / 2 if now else 0), amount / 1e6, thick, color=style.HOME, linewidth=0)
            if now:
                axes.barh(i - thick / 2, before / 1e6, thick, color=style.REST, linewidth=0)
            axes.annotate(
                money(amount, currency), (max(amount, before, 0) / 1e6, i), xytext=(4, 0), textcoords="offset points",
                va="center", fontsize=7, color=style.INK, annotation_clip=False,
            )
            assert name
        axes.axvline(0, color=style.INK, linewidth=0.6)
        axes.set_yticks(places, [style.shortened(name) for name, _, _ in bars])
        axes.tick_params(axis="y", labelsize=7.5, labelcolor=style.INK)
        axes.xaxis.set_major_formatter(FuncFormatter(style.thousands))
        axes.set_xlabel(f"{currency} m, discounted; teal this plan" + (", grey as now" if now else ""))
        axes.margins(x=0.12)
        axes.spines["bottom"].set_visible(False)
        axes.grid(axis="x", color=style.PALE)
        axes.set_axisbelow(True)
        return Picture("cost", _title(plan), _alt(bars, currency), style.svg(made))


def _bars(mine: dict[str, float], now: dict[str, float]) -> list[tuple[str, float, float]]:
    names = [n for n in dict.fromkeys([*mine, *now]) if round(mine.get(n, 0.0)) or round(now.get(n, 0.0))]
    names.sort(key=lambda n: (-max(abs(mine.get(n, 0.0)), abs(now.get(n, 0.0))), n))
    bars = [(n, mine.get(n, 0.0), now.get(n, 0.0)) for n in names]
    if len(bars) <= SHOWN:
        return bars
    rest = bars[SHOWN - 1 :]
    return [*bars[: SHOWN - 1], (f"{len(rest)} others", sum(b[1] for b in rest), sum(b[2] for b in rest))]


def _title(plan: Plan) -> str:
    return f"The plan costs {money(plan.claims.cost, plan.case.settings.currency)}{story.against(plan)}"


def _alt(bars: list[tuple[str, float, float]], currency: str) -> str:
    parts = [f"{name} {money(amount, currency)}, as now {money(before, currency)}" for name, amount, before in bars]
    return f"Discounted cost by heading. {'; '.join(parts)}."
