"""Where the products come from, year by year, against what is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from optimizer.report import story
from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import tonnes
from optimizer.report.pictures import style
from optimizer.solve.plan import Plan

SHOWN = 8
"""Origins that have a colour of their own; the rest is summed."""


def supply(plan: Plan) -> Picture | None:
    """Stacked columns by origin with the demand as a line; None where nothing is needed or supplied."""
    years, needed = list(plan.case.years), story.demand_of(plan)
    origins = ranked(plan)
    if not any(needed.values()) or not origins:
        return None
    with style.drawing():
        made, axes = style.figure(3.1)
        bottom = np.zeros(len(years))
        tops = []
        for name, values in origins.items():
            heights = np.array([values[t] for t in years])
            axes.bar(years, heights, 0.72, bottom=bottom, color=colour(plan, name, list(origins)), linewidth=0)
            bottom += heights
            tops.append(float(bottom[-1] - heights[-1] / 2))
        axes.plot(years, [needed[t] for t in years], color=style.INK, linewidth=1.3, linestyle=(0, (4, 2)))
        high = max(float(bottom.max()), *needed.values()) * 1.05
        axes.set_ylim(0, high)
        _labels(plan, list(origins), [*tops], needed[years[-1]], years[-1], high, axes)
        axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
        axes.set_xticks(years)
        axes.tick_params(axis="x", labelsize=7, rotation=0 if len(years) <= 16 else 90)
        axes.set_ylabel("t a year")
        axes.yaxis.set_major_formatter(FuncFormatter(style.thousands))
        axes.grid(axis="y", color=style.PALE)
        axes.set_axisbelow(True)
        return Picture("supply", title(plan), alt(plan, origins, needed), style.svg(made))


def ranked(plan: Plan) -> dict[str, Mapping[int, float]]:
    """Origin -> year -> tonnes: home first, the rest summed, places of concern last."""
    every = {name: of for name, of in story.served_by_origin(plan).items() if sum(of.values()) > 1e-6}
    concern = [name for name in every if is_concern(plan, name)]
    home = [name for name in every if is_home(plan, name)]
    others = [name for name in every if name not in concern and name not in home]
    room = max(1, SHOWN - len(home) - len(concern))
    found: dict[str, Mapping[int, float]] = {name: every[name] for name in home + others[:room]}
    rest = others[room:]
    if rest:
        found[f"{len(rest)} others"] = {t: sum(every[name][t] for name in rest) for t in plan.case.years}
    found.update({name: every[name] for name in concern})
    return found


def is_concern(plan: Plan, origin: str) -> bool:
    """Whether an origin lies in a place of concern."""
    places = {place.name for place in plan.case.places if place.concern}
    supplies = {supply.name for supply in plan.case.supplies if supply.place in places}
    return origin in supplies or origin.removeprefix("from ") in places


def is_home(plan: Plan, origin: str) -> bool:
    """Whether an origin lies at home."""
    places = {place.name for place in plan.case.places if place.home}
    rows = {k.name for k in plan.case.plants if k.place in places} | {
        s.name for s in plan.case.supplies if s.place in places
    }
    return origin in rows or origin.removeprefix("from ") in places


def colour(plan: Plan, name: str, every: Sequence[str]) -> str:
    """Red for concern, blue-greens for home, the others in an order of their own."""
    if is_concern(plan, name):
        return style.EXPOSED
    homes = [one for one in every if is_home(plan, one)]
    if name in homes:
        return ("#1F6F8B", "#2F8AA8", "#174F64", "#4B9DB8")[homes.index(name) % 4]
    others = [one for one in every if one not in homes and not is_concern(plan, one)]
    if name not in others or name.endswith(" others"):
        return style.REST
    return style.OTHERS[others.index(name) % len(style.OTHERS)]


def _labels(
    plan: Plan, names: Sequence[str], tops: Sequence[float], needed: float, last: int, high: float, axes: Axes
) -> None:
    """Names at the right, each as near to the middle of its part as the others let it be."""
    wanted = [*tops, needed * 1.02]
    places = style.spread(wanted, high * 0.062, high * 0.02, high * 0.99)
    for name, place in zip([*names, "demand"], places, strict=True):
        tint = style.INK if name == "demand" else colour(plan, name, names)
        dark = style.SOFT if tint in (style.REST, "#9CC3D2", "#B3A9D0", "#A5C4AE") else tint
        axes.annotate(
            style.shortened(name, 30), (last + 0.5, place), xycoords="data", va="center", ha="left", fontsize=7,
            color=dark, fontweight=700 if name == "demand" else 400, annotation_clip=False,
        )


def title(plan: Plan) -> str:
    """What the picture shows, in a sentence that holds for this plan."""
    origins, concern = ranked(plan), story.concern(plan)
    years = list(plan.case.years)
    theirs = {t: sum(of[t] for name, of in origins.items() if is_concern(plan, name)) for t in years}
    others = {t: sum(of[t] for name, of in origins.items()) - theirs[t] for t in years}
    passed = [t for t in years if others[t] > theirs[t] and all(others[u] > theirs[u] for u in years if u >= t)]
    if passed and passed[0] > years[0]:
        return f"From {passed[0]} more comes from elsewhere than from {concern}"
    if not passed:
        return f"Most comes from {concern} to the end"
    return f"More comes from elsewhere than from {concern} in every year"


def alt(plan: Plan, origins: Mapping[str, Mapping[int, float]], needed: Mapping[int, float]) -> str:
    """The picture in words: first and last year, by origin."""
    years = plan.case.years
    parts = [
        f"in {t} demand {tonnes(needed[t])}: "
        + ", ".join(f"{name} {tonnes(of[t])}" for name, of in origins.items() if round(of[t], 1))
        for t in (years[0], years[-1])
    ]
    return f"Supply by origin against demand; {'; '.join(parts)}."
