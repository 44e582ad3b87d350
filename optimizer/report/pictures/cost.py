"""What it costs by heading, beside the plan as now."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from optimizer.report import story
from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import money
from optimizer.report.pictures import style
from optimizer.report.pictures.words import shortened, width_of
from optimizer.report.spent import by_heading, net_of
from optimizer.solve.plan import Plan

SHOWN = 10
"""Headings that have a bar of their own; the rest is summed."""

STEP, THICK = 0.25, 0.42
"""Inches from one heading to the next, and how much of that each of two bars takes."""

LOOKS = {"this plan": style.HOME, "as now": style.RULE}
"""What a bar tells of -> its colour."""


def cost(plan: Plan) -> Picture | None:
    """Bars by heading, discounted, of the plan and as now; None where nothing costs anything."""
    mine = by_heading(plan)
    now = by_heading(plan.as_now) if plan.as_now is not None else {}
    bars = _bars(mine, now)
    if not bars:
        return None
    currency, compared = plan.case.settings.currency, plan.as_now is not None
    with style.drawing():
        names = min(2.4, 0.15 + max(width_of(name) for name, _, _ in bars))
        numbers = 0.1 + max(width_of(money(amount, currency), style.SMALL) for _, *of in bars for amount in of)
        made = style.page(0.42 + (STEP if compared else 0.22) * len(bars), names, numbers, top=0.3, bottom=0.05)
        axes = made.axes
        axes.set_xlim(min(0.0, *(v for _, *of in bars for v in of)), max(1.0, *(v for _, *of in bars for v in of)))
        axes.set_ylim(-0.5, len(bars) - 0.5)
        for i, (name, amount, before) in zip(range(len(bars))[::-1], bars, strict=True):
            made.write(0.02, made.y(i), shortened(name, names - 0.1), color=style.INK)
            _bar(made, i + (THICK / 2 if compared else 0), amount, currency, LOOKS["this plan"])
            if compared:
                _bar(made, i - THICK / 2, before, currency, LOOKS["as now"])
        axes.axvline(0, color=style.INK, linewidth=0.6)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines["bottom"].set_visible(False)
        _legend(made, list(LOOKS) if compared else ["this plan"])
        return Picture("cost", _title(plan), _alt(bars, currency), style.svg(made.figure))


def _bar(made: style.Page, y: float, amount: float, currency: str, colour: str) -> None:
    """A bar with its number at its end; that of a bar to the left stands at the axis, clear of the names."""
    made.axes.barh(y, amount, THICK, color=colour, linewidth=0)
    made.write(made.x(max(0.0, amount)) + 0.05, made.y(y), money(amount, currency), fontsize=style.SMALL,
               color=style.INK if colour == LOOKS["this plan"] else style.SOFT)


def _legend(made: style.Page, shown: list[str]) -> None:
    x, y = made.left, made.height - 0.12
    for word in shown:
        made.figure.add_artist(Rectangle((x, y - 0.045), 0.2, 0.09, transform=made.figure.dpi_scale_trans,
                                         facecolor=LOOKS[word], linewidth=0))
        made.write(x + 0.25, y, word, color=style.INK, fontsize=style.SMALL)
        x += 0.25 + width_of(word, style.SMALL) + 0.25
    made.write(x, y, "discounted, by heading", color=style.SOFT, fontsize=style.SMALL)


def _bars(mine: dict[str, float], now: dict[str, float]) -> list[tuple[str, float, float]]:
    names = [n for n in dict.fromkeys([*mine, *now]) if round(mine.get(n, 0.0)) or round(now.get(n, 0.0))]
    names.sort(key=lambda n: (-max(abs(mine.get(n, 0.0)), abs(now.get(n, 0.0))), n))
    bars = [(n, mine.get(n, 0.0), now.get(n, 0.0)) for n in names]
    if len(bars) <= SHOWN:
        return bars
    rest = bars[SHOWN - 1 :]
    return [*bars[: SHOWN - 1], (f"{len(rest)} others", sum(b[1] for b in rest), sum(b[2] for b in rest))]


def _title(plan: Plan) -> str:
    told = [part for part in (net_of(plan), story.against(plan)) if part]
    return ", ".join([f"The plan costs {money(plan.claims.cost, plan.case.settings.currency)}", *told])


def _alt(bars: list[tuple[str, float, float]], currency: str) -> str:
    parts = [f"{name} {money(amount, currency)}, as now {money(before, currency)}" for name, amount, before in bars]
    return f"Discounted cost by heading. {'; '.join(parts)}."
