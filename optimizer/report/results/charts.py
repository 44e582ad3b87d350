"""Native charts: stacked columns and lines over the years, in one palette that the colour-blind can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.report.results.book import INK, MUTED, Book, Sheet

EXPOSED, HOME, NONE = "#B83028", "#1F6F8B", "#8A949E"
"""What comes from places of concern, what is made at home, and what is not there."""

BEFORE = "#D9A21B"
"""The plan as now as a line over columns: seen on dark and on light."""

OTHERS = ("#27496D", "#8FB3D9", "#59636E", "#C3CAD1", "#6B5B95", "#C9BFE0", "#8C7A5B", "#DCCFB4")
"""Everything else, light beside dark so that neighbours differ in grey too."""

LINES = ("#0072B2", "#D55E00", "#009E73", "#222B33", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F")
SIGNS = ("circle", "square", "diamond", "triangle", "x", "star", "plus", "long_dash")
"""Lines of a kind, told apart by colour, which the colour-blind can too, and by the sign at each year."""

HOMES = (HOME, "#6FA9BD", "#0F4558", "#A9CBD7")
CONCERNS = (EXPOSED, "#E08A80", "#7A1B16", "#F0BDB6")
"""Several of a kind: shades of its colour."""

MOST = len(OTHERS)
"""Stacks that a chart shows; the rest are added up."""

WIDTH, HEIGHT = 920, 400
GRID = "#E3E7EA"


@dataclass(frozen=True)
class Trace:
    """One series of a chart.

    Attributes:
        row: row of its numbers in the sheet, from 0.
        colour: its colour.
        line: whether it is a line, else a part of the stack.
        dashed: whether the line is dashed.
        hatched: whether its part of the stack is hatched: what is missing.
        sign: form of the sign at each year of a line, empty for none.
    """

    row: int
    colour: str
    line: bool = False
    dashed: bool = False
    hatched: bool = False
    sign: str = ""


@dataclass(frozen=True)
class Picture:
    """A chart over the years of a table whose names stand in column 0 and whose years stand from column 1 on.

    Attributes:
        title: what it shows, with its unit.
        axis: title of the vertical axis: the unit.
        head: row of the years.
        years: number of years.
        traces: its series, the stack from below first.
        number: format of the vertical axis.
        least: least value of the axis, None where the numbers say it.
        most: greatest value of the axis, None where the numbers say it.
    """

    title: str
    axis: str
    head: int
    years: int
    traces: Sequence[Trace]
    number: str = "#,##0"
    least: float | None = None
    most: float | None = None


def draw(sheet: Sheet, row: int, picture: Picture) -> None:
    """Put a chart into a sheet, its upper edge at `row`; nothing where there is nothing to draw."""
    stack = [trace for trace in picture.traces if not trace.line]
    lines = [trace for trace in picture.traces if trace.line]
    parts = [part for part in (_stacked(sheet, picture, stack), _lines(sheet, picture, lines)) if part is not None]
    if not parts:
        return
    main = parts[0]
    for other in parts[1:]:
        main.combine(other)
    _dress(main, picture)
    sheet.place.insert_chart(row, 0, main, {"x_offset": 4, "object_position": 2, "description": picture.title})


def _stacked(sheet: Sheet, picture: Picture, traces: Sequence[Trace]) -> Any:
    if not traces:
        return None
    chart = _chart(sheet.book, {"type": "column", "subtype": "stacked"})
    for trace in traces:
        look: dict[str, object] = {"fill": {"color": trace.colour}, "border": {"color": "#FFFFFF", "width": 0.5}}
        if trace.hatched:
            pattern = {"pattern": "wide_upward_diagonal", "fg_color": trace.colour, "bg_color": "#FFFFFF"}
            look = {"pattern": pattern, "border": {"color": trace.colour, "width": 0.75}}
        chart.add_series({**_ranges(sheet, picture, trace), **look, "gap": 45})
    return chart


def _lines(sheet: Sheet, picture: Picture, traces: Sequence[Trace]) -> Any:
    if not traces:
        return None
    chart = _chart(sheet.book, {"type": "line"})
    for trace in traces:
        look = {"color": trace.colour, "width": 1.5 if trace.dashed else 2.5}
        if trace.dashed:
            look["dash_type"] = "dash"
        fill = {"fill": {"color": trace.colour}, "border": {"color": trace.colour}}
        marker = {"type": trace.sign, "size": 6, **fill} if trace.sign else {"type": "none"}
        chart.add_series({**_ranges(sheet, picture, trace), "line": look, "marker": marker, "smooth": False})
    return chart


def _chart(book: Book, kind: dict[str, str]) -> Any:
    return book.book.add_chart(kind)


def _ranges(sheet: Sheet, picture: Picture, trace: Trace) -> dict[str, object]:
    last = picture.years
    return {
        "name": [sheet.name, trace.row, 0],
        "categories": [sheet.name, picture.head, 1, picture.head, last],
        "values": [sheet.name, trace.row, 1, trace.row, last],
    }


def _dress(chart: Any, picture: Picture) -> None:
    text = {"name": "Calibri", "size": 9, "color": MUTED, "bold": False}
    chart.set_title({
        "name": picture.title, "overlay": False, "layout": {"x": 0.01, "y": 0.02},
        "name_font": {"name": "Calibri", "size": 12, "color": INK, "bold": True},
    })
    chart.set_x_axis({
        "num_font": text, "line": {"color": MUTED, "width": 0.75}, "major_tick_mark": "none", "num_format": "0",
        "label_position": "low", "name": "year", "name_font": text,
    })
    bounds = {"min": picture.least, "max": picture.most}
    chart.set_y_axis({
        "name": picture.axis, "name_font": text, "num_font": text, "num_format": picture.number,
        "line": {"none": True}, "major_gridlines": {"visible": True, "line": {"color": GRID, "width": 0.75}},
        "major_tick_mark": "none", **{end: value for end, value in bounds.items() if value is not None},
    })
    chart.set_legend({"position": "right", "font": text})
    chart.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
    chart.show_blanks_as("gap")
    chart.set_size({"width": WIDTH, "height": HEIGHT})
