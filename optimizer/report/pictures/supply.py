"""Where the products come from, year by year, against what is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.ticker import FuncFormatter

from optimizer.report import story
from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import bare, tonnes
from optimizer.report.pictures import style
from optimizer.report.pictures.words import Note, margin_for, margin_notes
from optimizer.solve.plan import Plan

SHOWN = 8
"""Origins that have a part of their own; the rest is summed."""

SEEN = 1e-6
"""Tonnes over all years below which an origin is the solver's rounding."""

HOMES = ("#1F6F8B", "#2F8AA8", "#174F64", "#4B9DB8")
OTHERS = ("#7B6BA8", "#4E8060", "#C79A3A", "#9CC3D2", "#B3A9D0", "#A5C4AE", "#8A6A2B")
REST = "#BFC7CC"

Side = Literal["home", "other", "through", "concern"]


@dataclass(frozen=True)
class Part:
    """A part of the columns: tonnes by year, whose they are, and how they are drawn."""

    tonnes: Mapping[int, float]
    side: Side
    look: Mapping[str, Any]


def supply(plan: Plan) -> Picture | None:
    """Stacked columns by origin with the demand as a line; None where nothing is needed or supplied."""
    years, needed = plan.case.years, story.demand_of(plan)
    parts = ranked(plan)
    if not any(needed.values()) or not parts:
        return None
    high = max(*(sum(part.tonnes[t] for part in parts.values()) for t in years), *needed.values()) * 1.05
    with style.drawing():
        left = 0.6
        margin = margin_for([(name, bare(part.tonnes[years[-1]]), False) for name, part in parts.items()]
                            + [("demand", bare(needed[years[-1]]), True)], 2.2)
        wide = style.plot_width(years, style.WIDTH - left - margin)
        made = style.page(2.7, left, style.WIDTH - left - wide, top=0.3)
        made.axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
        made.axes.set_ylim(0, high)
        notes = _columns(made, years, parts)
        line = {"color": style.INK, "linewidth": 1.3, "linestyle": (0, (4, 2))}
        _demand(made, years, needed, line)
        notes.append(Note("demand", bare(needed[years[-1]]), needed[years[-1]], line, line=True, strong=True))
        margin_notes(made, notes, years[-1] + 0.4)
        made.axes.set_xticks(style.year_marks(years, wide))
        made.axes.yaxis.set_major_formatter(FuncFormatter(style.thousands))
        made.axes.grid(axis="y", color=style.PALE)
        made.write(0.02, made.height - 0.12, f"tonnes a year; numbers at the right: {years[-1]}", color=style.SOFT,
                   fontsize=style.SMALL)
        return Picture("supply", title(plan), alt(plan, parts, needed), style.svg(made.figure))


def _columns(made: style.Page, years: tuple[int, ...], parts: Mapping[str, Part]) -> list[Note]:
    """Draws the columns and tells the names of their parts."""
    bottom, notes = np.zeros(len(years)), []
    for name, part in parts.items():
        heights = np.array([part.tonnes[t] for t in years])
        made.axes.bar(years, heights, 0.76, bottom=bottom, **part.look)
        bottom += heights
        notes.append(Note(name, bare(heights[-1]), float(bottom[-1] - heights[-1] / 2), dict(part.look)))
    return notes


def _demand(made: style.Page, years: tuple[int, ...], needed: Mapping[int, float], look: Mapping[str, Any]) -> None:
    """The demand, level over each year, as the columns are."""
    xs = [x for t in years for x in (t - 0.5, t + 0.5)]
    made.axes.plot(xs, [needed[t] for t in years for _ in range(2)], **look)


def ranked(plan: Plan) -> dict[str, Part]:
    """Origin -> its part: home first, then others, what comes through a place of concern, and places of concern.

    What an origin elsewhere gives counts as its own only where it is clear; the exposed rest is one part.
    """
    every = {name: of for name, of in story.served_by_origin(plan).items() if sum(of.values()) > SEEN}
    concern = {name: of for name, of in every.items() if is_concern(plan, name)}
    exposed = {name: story.exposed_elsewhere(plan, name) for name in every if name not in concern}
    clear = {name: of for name in exposed if sum((of := _less(every[name], exposed[name])).values()) > SEEN}
    home = {name: of for name, of in clear.items() if is_home(plan, name)}
    others = {name: of for name, of in clear.items() if name not in home}
    room = max(1, SHOWN - len(home) - len(concern))
    found = {name: Part(of, "home", _plain(HOMES[i % len(HOMES)])) for i, (name, of) in enumerate(home.items())}
    for i, (name, of) in enumerate(list(others.items())[:room]):
        found[name] = Part(of, "other", _plain(OTHERS[i % len(OTHERS)]))
    rest = list(others.values())[room:]
    if rest:
        found[f"{len(rest)} others"] = Part(_sum(plan, rest), "other", _plain(REST))
    through = _sum(plan, exposed.values())
    if sum(through.values()) > SEEN:
        look = {"facecolor": style.THROUGH, "edgecolor": style.EXPOSED, "hatch": "////", "linewidth": 0}
        found[f"elsewhere, through {story.concern(plan)}"] = Part(through, "through", look)
    for name, of in concern.items():
        found[name] = Part(of, "concern", _plain(style.EXPOSED))
    return found


def _plain(colour: str) -> dict[str, Any]:
    return {"facecolor": colour, "edgecolor": "white", "linewidth": 0.4}


def _less(whole: Mapping[int, float], part: Mapping[int, float]) -> dict[int, float]:
    return {t: max(0.0, amount - part[t]) for t, amount in whole.items()}


def _sum(plan: Plan, some: Iterable[Mapping[int, float]]) -> dict[int, float]:
    found = dict.fromkeys(plan.case.years, 0.0)
    for of in some:
        for t, amount in of.items():
            found[t] += amount
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


def title(plan: Plan) -> str:
    """What the picture shows, in a sentence that holds for this plan."""
    parts, concern = ranked(plan), story.concern(plan)
    years = list(plan.case.years)
    theirs = {t: sum(part.tonnes[t] for part in parts.values() if part.side == "concern") for t in years}
    others = {t: sum(part.tonnes[t] for part in parts.values()) - theirs[t] for t in years}
    passed = [t for t in years if others[t] > theirs[t] and all(others[u] > theirs[u] for u in years if u >= t)]
    if passed and passed[0] > years[0]:
        return f"From {passed[0]} more comes from elsewhere than from {concern}"
    if not passed:
        return f"Most comes from {concern} to the end"
    return f"More comes from elsewhere than from {concern} in every year"


def alt(plan: Plan, parts: Mapping[str, Part], needed: Mapping[int, float]) -> str:
    """The picture in words: first and last year, by origin."""
    years = plan.case.years
    told = [
        f"in {t} demand {tonnes(needed[t])}: "
        + ", ".join(f"{name} {tonnes(part.tonnes[t])}" for name, part in parts.items() if round(part.tonnes[t], 1))
        for t in (years[0], years[-1])
    ]
    return f"Supply by origin against demand; {'; '.join(told)}."
