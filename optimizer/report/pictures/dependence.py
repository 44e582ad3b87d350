"""Dependence by year: of the plan, by what comes directly, by what is not served, and as now."""

from __future__ import annotations

from typing import Any

from matplotlib.ticker import FuncFormatter

from optimizer.report import story
from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import percent
from optimizer.report.pictures import style
from optimizer.report.pictures.words import Note, margin_for, margin_notes
from optimizer.solve.plan import Plan

LOOKS: dict[str, dict[str, Any]] = {
    "exposed, as now": {"color": style.SOFT, "linewidth": 1.2, "linestyle": (0, (4, 2))},
    "direct": {"color": style.HOME, "linewidth": 1.3, "marker": "s", "markersize": 2.6},
    "unmet": {"color": style.AMBER, "linewidth": 1.6, "linestyle": (0, (1, 1.2))},
    "cap": {"color": style.INK, "linewidth": 0.9, "linestyle": (0, (6, 1.5, 1, 1.5))},
    "exposed": {"color": style.EXPOSED, "linewidth": 2.2, "marker": "o", "markersize": 3.6},
}
"""Lines that differ without colour too, in the order in which they are drawn."""


def dependence(plan: Plan) -> Picture | None:
    """Lines by year in percent of demand; None where nothing is needed."""
    rows = lines(plan)
    if not rows:
        return None
    years = plan.case.years
    told = {name: (name, percent(list(of.values())[-1]), name == "exposed") for name, of in rows.items()}
    with style.drawing():
        margin = margin_for(list(told.values()), 2.2)
        room = style.WIDTH - 0.55 - margin
        wide = style.plot_width(years, room)
        made = style.page(2.4, 0.55, style.WIDTH - 0.55 - wide, top=0.3)
        axes = made.axes
        axes.set_ylim(0, max(100.0, *(100 * v for of in rows.values() for v in of.values())) * 1.02)
        axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
        _goal(plan, made)
        for name, look in LOOKS.items():
            if name in rows:
                alone = len(rows[name]) == 1 and "marker" not in look
                shown = {**look, "marker": "_", "markersize": 9} if alone else look
                axes.plot(list(rows[name]), [100 * v for v in rows[name].values()], clip_on=False, **shown)
        axes.set_xticks(style.year_marks(years, wide))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
        axes.grid(axis="y", color=style.PALE)
        margin_notes(made, [
            Note(*told[name][:2], 100 * list(of.values())[-1], LOOKS[name], line=True, strong=name == "exposed")
            for name, of in rows.items()
        ], max(t for of in rows.values() for t in of))
        return Picture("dependence", _title(plan), _alt(plan, rows), style.svg(made.figure))


def lines(plan: Plan) -> dict[str, dict[int, float]]:
    """Name -> year -> share, of what the picture shows; empty where nothing is needed."""
    found = {name: dict(of) for name, of in story.dependence_rows(plan).items() if name in LOOKS and of}
    if "exposed" not in found:
        return {}
    if max(found.get("unmet", {}).values(), default=0.0) < 0.0005:
        found.pop("unmet", None)
    limit = cap(plan)
    return {**found, **({"cap": limit} if limit else {})}


def counted(plan: Plan) -> dict[int, float]:
    """Year -> how much of its dependence the goal counts."""
    settings = plan.case.settings
    if settings.glide is not None:
        begins = settings.glide.first
        return {t: settings.glide.at(t) if begins is None or t >= begins else 0.0 for t in plan.case.years}
    full = settings.full_from or settings.first_year
    return {t: float(t >= full) for t in plan.case.years}


def cap(plan: Plan) -> dict[int, float]:
    """Year -> most that its dependence may be under the cap on the glide path, where that is less than all of it."""
    most = plan.options.cap_of(plan.case.settings)
    if most is None:
        return {}
    shares = story.shares_of(plan)
    return {t: most / part for t, part in counted(plan).items() if part > most and t in shares}


def _goal(plan: Plan, made: style.Page) -> None:
    """The years that the goal counts, shaded by how much of them; and from when in full, where that is not all."""
    parts = counted(plan)
    for t, part in parts.items():
        if part > 0:
            made.axes.axvspan(t - 0.5, t + 0.5, facecolor="#EAF2F5", alpha=min(1.0, part), linewidth=0, zorder=0)
    full = [t for t in parts if all(parts[u] >= 1 for u in parts if u >= t)]
    if full and full[0] > plan.case.years[0]:
        right = made.x(full[0]) > (made.left + made.right) / 2
        made.write(made.x(full[0] + (0.5 if right and len(full) == 1 else -0.5)), made.height - 0.12,
                   f"the goal counts each year from {full[0]}", color=style.SOFT, fontsize=style.SMALL,
                   ha="right" if right and len(full) == 1 else "left")


def _title(plan: Plan) -> str:
    shares, at = story.shares_of(plan), story.focus_year(plan)
    told = f"Dependence on {story.concern(plan)} is {percent(shares[at])} in {at}"
    if plan.as_now is None:
        return told
    before = percent(story.shares_of(plan.as_now)[at])
    return f"{told}, the same as now" if before == percent(shares[at]) else f"{told}; as now it is {before}"


def _alt(plan: Plan, rows: dict[str, dict[int, float]]) -> str:
    parts = [f"{name}: {', '.join(f'{t} {percent(v)}' for t, v in of.items())}" for name, of in rows.items()]
    return f"Share of demand that depends on {story.concern(plan)}, by year. {'; '.join(parts)}."
