"""What it costs by heading, beside the plan as now."""

from __future__ import annotations

from optimizer.report import story
from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import money
from optimizer.report.pictures import style
from optimizer.report.pictures.words import shortened, width_of
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
        names = min(2.4, 0.15 + max(width_of(name) for name, _, _ in bars))
        numbers = 0.1 + max(width_of(_numbers(bar, currency, bool(now))) for bar in bars)
        made = style.page(0.45 + 0.27 * len(bars), names, numbers, top=0.25, bottom=0.05)
        axes = made.axes
        axes.set_xlim(min(0.0, *(v for _, *of in bars for v in of)), max(1.0, *(v for _, *of in bars for v in of)))
        axes.set_ylim(-0.5, len(bars) - 0.5)
        thick = 0.36 if now else 0.6
        for i, (name, amount, before) in zip(range(len(bars))[::-1], bars, strict=True):
            axes.barh(i + (thick / 2 if now else 0), amount, thick, color=style.HOME, linewidth=0)
            if now:
                axes.barh(i - thick / 2, before, thick, color=style.RULE, linewidth=0)
            made.write(0.02, made.y(i), shortened(name, names - 0.1), color=style.INK)
            made.write(made.right + 0.08, made.y(i), _numbers((name, amount, before), currency, bool(now)))
        axes.axvline(0, color=style.INK, linewidth=0.6)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines["bottom"].set_visible(False)
        told = "teal: this plan; grey, and in brackets: as now" if now else "discounted, by heading"
        made.write(0.02, made.height - 0.12, told, color=style.SOFT, fontsize=style.SMALL)
        return Picture("cost", _title(plan), _alt(bars, currency), style.svg(made.figure))


def _numbers(bar: tuple[str, float, float], currency: str, compared: bool) -> str:
    _, amount, before = bar
    return money(amount, currency) + (f"  ({money(before, currency)})" if compared else "")


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
