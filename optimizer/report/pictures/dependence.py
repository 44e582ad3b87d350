"""Dependence by year: of the plan, by what comes directly, by what is not served, and as now."""

from __future__ import annotations

from typing import Any

from matplotlib.ticker import FuncFormatter

from optimizer.report import story
from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import percent
from optimizer.report.pictures import style
from optimizer.solve.plan import Plan

LOOKS: dict[str, dict[str, Any]] = {
    "exposed, as now": {"color": style.SOFT, "linewidth": 1.3, "linestyle": (0, (4, 2))},
    "direct": {"color": style.HOME, "linewidth": 1.4, "marker": "s", "markersize": 2.8},
    "unmet": {"color": "#C79A3A", "linewidth": 1.4, "linestyle": (0, (1, 1.2))},
    "exposed": {"color": style.EXPOSED, "linewidth": 2.2, "marker": "o", "markersize": 3.5},
}
"""Lines that differ without colour too."""


def dependence(plan: Plan) -> Picture | None:
    """Lines by year in percent of demand; None where nothing is needed."""
    rows = {name: of for name, of in story.dependence_rows(plan).items() if name in LOOKS and of}
    if "exposed" not in rows:
        return None
    if not any(rows.get("unmet", {}).values()):
        rows.pop("unmet", None)
    years = list(plan.case.years)
    with style.drawing():
        made, axes = style.figure(2.5)
        for name, look in LOOKS.items():
            if name in rows:
                axes.plot(list(rows[name]), [100 * v for v in rows[name].values()], clip_on=False, **look)
        ends = {name: 100 * list(of.values())[-1] for name, of in rows.items()}
        places = style.spread(list(ends.values()), 7.5, 0, 102)
        for (name, end), place in zip(ends.items(), places, strict=True):
            axes.annotate(
                f"{name} {end:.0f} %", (years[-1] + 0.25, place), va="center", ha="left", fontsize=7.5,
                color=LOOKS[name]["color"], fontweight=700 if name == "exposed" else 400, annotation_clip=False,
            )
        axes.set_ylim(0, 102)
        axes.set_xlim(years[0] - 0.3, years[-1] + 0.2)
        axes.set_xticks(years)
        axes.tick_params(axis="x", labelsize=7, rotation=0 if len(years) <= 16 else 90)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
        axes.set_ylabel("share of demand")
        axes.grid(axis="y", color=style.PALE)
        axes.set_axisbelow(True)
        return Picture("dependence", _title(plan), _alt(rows), style.svg(made))


def _title(plan: Plan) -> str:
    shares, at = story.shares_of(plan), story.focus_year(plan)
    before = "" if plan.as_now is None else f", {percent(story.shares_of(plan.as_now)[at])} as now"
    return f"Dependence on {story.concern(plan)}: {percent(shares[at])} in {at}{before}"


def _alt(rows: dict[str, dict[int, float]]) -> str:
    parts = [f"{name}: {', '.join(f'{t} {percent(v)}' for t, v in of.items())}" for name, of in rows.items()]
    return f"Share of demand that depends on places of concern. {'; '.join(parts)}."
