"""Where the products come from, year by year, against what is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter

from optimizer.report import story
from optimizer.report.brief.blocks import Picture
from optimizer.report.numbers import bare, tonnes
from optimizer.report.pictures import style
from optimizer.report.pictures.words import Note, margin_for, margin_notes
from optimizer.report.supplied import Side, demand_of, origins, summed
from optimizer.solve.plan import Plan

SHOWN = 8
"""Origins that have a part of their own; the rest is summed."""

HOMES = ("#1F6F8B", "#2F8AA8", "#174F64", "#4B9DB8")
OTHERS = ("#7B6BA8", "#4E8060", "#C79A3A", "#9CC3D2", "#B3A9D0", "#A5C4AE", "#8A6A2B")
REST = "#BFC7CC"

@dataclass(frozen=True)
class Part:
    """A part of the columns: tonnes by year, whose they are, and how they are drawn."""

    tonnes: Mapping[int, float]
    side: Side
    look: Mapping[str, Any]


def supply(plan: Plan) -> Picture | None:
    """Stacked columns by origin with the demand as a line; None where nothing is needed or supplied."""
    years, needed = plan.case.years, demand_of(plan)
    parts = ranked(plan)
    if not any(needed.values()) or not parts:
        return None
    high = max(*(sum(part.tonnes[t] for part in parts.values()) for t in years), *needed.values()) * 1.05
    with style.drawing():
        left = 0.6
        margin = margin_for([(name, number(part.tonnes), False) for name, part in parts.items()]
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
        notes.append(Note(name, number(part.tonnes), float(bottom[-1] - heights[-1] / 2), dict(part.look)))
    return notes


def _demand(made: style.Page, years: tuple[int, ...], needed: Mapping[int, float], look: Mapping[str, Any]) -> None:
    """The demand, level over each year, as the columns are."""
    xs = [x for t in years for x in (t - 0.5, t + 0.5)]
    made.axes.plot(xs, [needed[t] for t in years for _ in range(2)], **look)


def number(tonnes_of: Mapping[int, float]) -> str:
    """The tonnes of the last year; of an origin that gives nothing then those of the year in which it gives most.

    >>> number({2026: 5.0, 2027: 7.0, 2028: 0.0}), number({2026: 5.0, 2027: 7.0})
    ('7.0 in 2027', '7.0')
    """
    last = list(tonnes_of.values())[-1]
    if bare(last) != "0":
        return bare(last)
    most = max(tonnes_of, key=tonnes_of.__getitem__)
    return f"{bare(tonnes_of[most])} in {most}"


def ranked(plan: Plan) -> dict[str, Part]:
    """Origin -> its part of the columns, in the order of :func:`optimizer.report.supplied.origins`.

    Where there are more others than there is room for, the least of them are one part.
    """
    every = origins(plan, story.concern(plan))
    of_side: dict[Side, list[str]] = {"home": [], "other": [], "through": [], "concern": []}
    for name, origin in every.items():
        of_side[origin.side].append(name)
    room = max(1, SHOWN - len(of_side["home"]) - len(of_side["concern"]))
    kept, rest = of_side["other"][:room], of_side["other"][room:]
    found = {name: Part(every[name].tonnes, "home", _plain(HOMES[i % len(HOMES)]))
             for i, name in enumerate(of_side["home"])}
    found |= {name: Part(every[name].tonnes, "other", _plain(OTHERS[i % len(OTHERS)])) for i, name in enumerate(kept)}
    if rest:
        others = summed(plan.case.years, (every[name].tonnes for name in rest))
        found[f"{len(rest)} others"] = Part(others, "other", _plain(REST))
    look = {"facecolor": style.THROUGH, "edgecolor": style.EXPOSED, "hatch": "////", "linewidth": 0}
    found |= {name: Part(every[name].tonnes, "through", look) for name in of_side["through"]}
    return found | {name: Part(every[name].tonnes, "concern", _plain(style.EXPOSED)) for name in of_side["concern"]}


def _plain(colour: str) -> dict[str, Any]:
    return {"facecolor": colour, "edgecolor": "white", "linewidth": 0.4}


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
