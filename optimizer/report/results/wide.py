"""Sheets with the years across, each with its chart: supply, dependence, cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from optimizer.report import spent, story
from optimizer.report.numbers import unlike
from optimizer.report.results.book import INK, MUTED, RESULT_TAB, RULE, WORDS, Book, Sheet, Value, target
from optimizer.report.results.charts import (
    BEFORE,
    CONCERNS,
    EXPOSED,
    HEIGHT,
    HOMES,
    MOST,
    NONE,
    OTHERS,
    Picture,
    Trace,
    draw,
)
from optimizer.report.results.tidy import FEW
from optimizer.report.supplied import Side, demand_of, not_served, origins
from optimizer.solve.plan import Plan
from optimizer.solve.tables import dependence_views, rounded

SUMMARY = "Summary"
SUPPLY, DEPENDENCE, COST = "Supply by origin", "Dependence by year", "Cost by heading"
ABOUT = {
    SUPPLY: "where the products come from each year, against demand; chart",
    DEPENDENCE: "dependence seen three ways and by stage, the plan and as now; chart",
    COST: "cash by heading and year, and what is charged to the horizon; chart",
}
"""Sheet -> what is on it."""

TOP = 4
"""Row of the chart's upper edge."""
BELOW = TOP + HEIGHT // 20 + 2
"""Row of the first table under a chart; a row is 20 pixels high."""

Rows = Mapping[str, Mapping[int, float]]
"""Name -> year -> number."""


@dataclass(frozen=True)
class Grid:
    """A table with the years across.

    Attributes:
        title: over it.
        label: header of its names: the unit of its numbers.
        rows: its numbers.
        number: their format.
        after: further columns by header, each a number or text by name of the row.
        bold: names of rows that stand out.
    """

    title: str
    label: str
    rows: Rows
    number: str
    after: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    bold: Sequence[str] = ()


def write_wide(book: Book, plan: Plan) -> None:
    """Write the sheets with the years across."""
    _supply(book, plan)
    _dependence(book, plan)
    _cost(book, plan)


def titled(book: Book, name: str, title: str, about: str) -> Sheet:
    """A sheet with its title, what is on it, and the way back to the summary."""
    sheet = book.sheet(name, RESULT_TAB)
    sheet.place.hide_gridlines(2)
    sheet.place.set_row(0, 22)
    sheet.put(0, 0, title, bold=True, font_size=14)
    sheet.put(1, 0, about, font_color=MUTED)
    sheet.link(2, 0, target(SUMMARY), "Back to the summary")
    return sheet


def write_grid(sheet: Sheet, row: int, years: Sequence[int], grid: Grid) -> dict[str, int]:
    """Write a table from `row` on; gives the row of each name, and that of the years under the empty name."""
    sheet.put(row, 0, grid.title, bold=True, font_size=11)
    head = row + 1
    look = {"bold": True, "bottom": 1, "bottom_color": RULE}
    sheet.put(head, 0, grid.label, **look)
    sheet.line(head, 1, list(years), num_format="0", align="right", **look)
    for j, (header, column) in enumerate(grid.after.items(), start=1 + len(years)):
        worded = any(isinstance(value, str) for value in column.values())
        sheet.put(head, j, header, **(WORDS if worded else {"align": "right"}), **look)
    at = {"": head}
    for i, (name, numbers) in enumerate(grid.rows.items(), start=head + 1):
        at[name] = i
        shown = {"num_format": grid.number, "bold": name in grid.bold}
        sheet.put(i, 0, name, bold=name in grid.bold)
        sheet.line(i, 1, [numbers.get(t) for t in years], **shown)
        for j, column in enumerate(grid.after.values(), start=1 + len(years)):
            value = column.get(name)
            sheet.put(i, j, value, **(WORDS if isinstance(value, str) else shown))
    return at


def columns(sheet: Sheet, names: Sequence[str], years: int, after: int = 0, width: float = 11) -> None:
    """Set the widths of a sheet with the years across; `after` counts the columns after them."""
    longest = max(map(len, names), default=0)
    sheet.widths([max(26.0, min(44.0, longest + 2.0)), *([width] * years), *([18.0] * after)])
    sheet.place.freeze_panes(0, 1)


def clean(rows: Rows) -> dict[str, dict[int, float]]:
    """The rows without what the solver's rounding leaves behind, and without those that are 0 throughout."""
    every = rounded({(name, t): v for name, of in rows.items() for t, v in of.items()})
    found = {name: {t: every[name, t] for t in of} for name, of in rows.items()}
    return {name: of for name, of in found.items() if any(of.values())}


def folded(rows: Rows, most: int = MOST) -> tuple[dict[str, Mapping[int, float]], dict[str, dict[int, float]]]:
    """The rows that a chart shows, the largest first, and the row that adds up the others where there are too many."""
    ordered = sorted(rows, key=lambda name: (-sum(map(abs, rows[name].values())), name))
    if len(ordered) <= most:
        return {name: rows[name] for name in ordered}, {}
    rest = ordered[most - 1:]
    years = sorted({t for name in rest for t in rows[name]})
    name = f"the other {len(rest)} together"
    other = {name: {t: sum(rows[one].get(t, 0.0) for one in rest) for t in years}}
    return {one: rows[one] for one in ordered[: most - 1]}, other


def tonnes_format(rows: Rows) -> str:
    """How the tonnes of a table are shown."""
    largest = max((abs(v) for of in rows.values() for v in of.values()), default=0.0)
    return _dashed("#,##0.0" if largest >= FEW else "#,##0.000")


def _dashed(number: str) -> str:
    """A format that shows 0 as a dash, so that the years in which something happens stand out."""
    return f'{number};-{number};"-"'


def supply_rows(plan: Plan) -> dict[str, dict[int, float]]:
    """Origin -> year -> tonnes of the products at places with demand, in the categories of the brief."""
    return clean({name: origin.tonnes for name, origin in origins(plan, story.concern(plan)).items()})


def _supply(book: Book, plan: Plan) -> None:
    years = plan.case.years
    sheet = titled(
        book, SUPPLY, "Where the products come from",
        "Tonnes that reach the places with demand, by origin. Columns above the line go to stock, are sold or go on. "
        "Through a place of concern: from home, elsewhere or stock, with a step there.",
    )
    sides, every = {n: o.side for n, o in origins(plan, story.concern(plan)).items()}, supply_rows(plan)
    # what the question is about has a part of its own, however small
    asked = {name: of for name, of in every.items() if sides[name] in ("concern", "through")}
    rest_of = {name: of for name, of in every.items() if name not in asked}
    shown, other = folded(rest_of, max(1, MOST - len(asked)))
    shown |= asked
    stack = {**dict(sorted(shown.items(), key=lambda item: STACKED.index(sides[item[0]]))), **other}
    short, demand = (unlike(name, every) for name in ("not served", "demand"))
    missing = clean({short: not_served(plan)})
    rows = {**stack, **missing, demand: demand_of(plan)}
    at = write_grid(sheet, BELOW, years, Grid("This plan", "t", rows, tonnes_format(rows), bold=[demand]))
    colours = origin_colours(sides, [*stack])
    traces = [Trace(at[name], colours[name], hatched=sides.get(name) == "through") for name in stack]
    traces += [Trace(at[name], NONE, hatched=True) for name in missing]
    traces.append(Trace(at[demand], INK, line=True))
    draw(sheet, TOP, Picture("Supply by origin against demand, t", "tonnes (t)", at[""], len(years), traces,
                             axis_of(rows), least=0.0))
    rest = {name: of for name, of in every.items() if name not in shown}
    below = BELOW + len(rows) + 3
    if rest:
        write_grid(sheet, below, years, Grid("The others, one by one", "t", rest, tonnes_format(rest)))
        below += len(rest) + 3
    now = {}
    if plan.as_now is not None:
        now = {**supply_rows(plan.as_now), **clean({short: not_served(plan.as_now)}), demand: demand_of(plan)}
        write_grid(sheet, below, years, Grid("As now", "t", now, tonnes_format(now), bold=[demand]))
    columns(sheet, [*rows, *rest, *now], len(years))


def axis_of(rows: Rows) -> str:
    """Format of an axis of tonnes: whole where there are many."""
    return "#,##0" if tonnes_format(rows).startswith("#,##0.0;") else "#,##0.0"


STACKED: tuple[Side, ...] = ("concern", "through", "home", "other")
"""Whose an origin is, as they stand in a stack from below."""

SHADES: Mapping[Side, Sequence[str]] = {"concern": CONCERNS, "through": (EXPOSED,), "home": HOMES, "other": OTHERS}


def origin_colours(sides: Mapping[str, Side], names: Sequence[str]) -> dict[str, str]:
    """Origin -> colour: red from or through a place of concern, teal made at home, else greys and blues."""
    used, found = dict.fromkeys(STACKED, 0), {}
    for name in names:
        side = sides.get(name, "other")
        found[name] = SHADES[side][used[side] % len(SHADES[side])]
        used[side] += 1
    return found


def _dependence(book: Book, plan: Plan) -> None:
    years = plan.case.years
    sheet = titled(
        book, DEPENDENCE, "Dependence by year",
        "Exposed: any step in a place of concern, and what is not served. Direct: shipped from there. "
        "Unmet: not served. A stage: the share of its tonnes made there.",
    )
    views = {name: dependence_views(of) for name, of in (("", plan), (", as now", plan.as_now)) if of is not None}
    rows = {f"{view}{now}": of[view] for view in views[""] for now, of in views.items() if view in of}
    rows = {name: {t: round(share, 9) + 0.0 for t, share in of.items()} for name, of in rows.items()}
    at = write_grid(sheet, BELOW, years, Grid(
        "This plan and as now", "share of demand, or of a stage", rows, "0.0 %", bold=("exposed",),
    ))
    colours = {"unmet": NONE, "direct": OTHERS[0], "exposed": EXPOSED}
    traces = [
        Trace(at[name], colour, line=True, dashed=bool(now))
        for now in views for view, colour in colours.items() if (name := f"{view}{now}") in at
    ]
    draw(sheet, TOP, Picture("Dependence, % of demand", "% of demand", at[""], len(years), traces, "0 %", 0.0, 1.0))
    columns(sheet, [*rows], len(years))


def cash_by_heading(plan: Plan) -> dict[str, dict[int, float]]:
    """Heading -> year -> cash in the case's currency, of the items that the case's view counts."""
    without = spent.left_out(plan)
    found: dict[str, dict[int, float]] = {}
    for (item, heading, _, t), amount in plan.claims.cash.items():
        if item not in without:
            of = found.setdefault(heading, dict.fromkeys(plan.case.years, 0.0))
            of[t] += amount
    return {name: {t: round(v) + 0.0 for t, v in of.items()} for name, of in found.items()
            if any(round(v) for v in of.values())}


def _total(rows: Rows, years: Sequence[int]) -> dict[int, float]:
    return {t: sum(of.get(t, 0.0) for of in rows.values()) for t in years}


def _cost(book: Book, plan: Plan) -> None:
    years, currency = plan.case.years, plan.case.settings.currency
    sheet = titled(
        book, COST, "What it costs, by heading",
        "By year: cash. Charged: discounted, and for deals and plants only the use inside the horizon; this is the "
        "cost that goals and budgets count.",
    )
    charges = {"charged": spent.by_heading(plan)}
    if plan.as_now is not None:
        charges["charged, as now"] = spent.by_heading(plan.as_now)
    cash = cash_by_heading(plan)
    for name, amount in (entry for of in charges.values() for entry in of.items()):
        if round(amount):
            cash.setdefault(name, dict.fromkeys(years, 0.0))
    shown, other = folded(cash)
    total, before = unlike("total", cash), unlike("total, as now", cash)
    rows: dict[str, Mapping[int, float]] = {**shown, **other, total: _total(cash, years)}
    after = {header: _charged(of, shown, other) for header, of in charges.items()}
    after["charged"][total] = plan.claims.cost
    if plan.as_now is not None:
        rows[before] = _total(cash_by_heading(plan.as_now), years)
        after["charged"][before] = after["charged, as now"][total] = plan.as_now.claims.cost
    number = _dashed("#,##0")
    at = write_grid(sheet, BELOW, years, Grid("This plan", currency, rows, number, after, [total]))
    traces = [Trace(at[name], OTHERS[i % MOST]) for i, name in enumerate((*shown, *other))]
    traces.append(Trace(at[total], INK, line=True))
    traces += [Trace(at[name], BEFORE, line=True, dashed=True) for name in (before,) if name in rows]
    axis, unit = _scaled(rows, currency)
    # columns mean something only from 0 on; where some are below it, the program finds the lower end
    least = None if any(v < 0 for of in rows.values() for v in of.values()) else 0.0
    draw(sheet, TOP, Picture(f"Cash by heading, {unit}", unit, at[""], len(years), traces, axis, least))
    if other:
        rest = {name: of for name, of in cash.items() if name not in shown}
        apart = {header: _charged(of, rest, {}) for header, of in charges.items()}
        write_grid(sheet, BELOW + len(rows) + 3, years, Grid("The others, one by one", currency, rest, number, apart))
    columns(sheet, [*rows], len(years), len(after), width=13)


def _charged(charged: Mapping[str, float], shown: Rows, other: Rows) -> dict[str, Value]:
    """What is charged under each heading shown, and under the others together."""
    found: dict[str, Value] = {name: float(round(charged.get(name, 0.0))) for name in shown}
    rest = sum(amount for name, amount in charged.items() if name not in shown)
    return {**found, **dict.fromkeys(other, float(round(rest)))}


def _scaled(rows: Rows, currency: str) -> tuple[str, str]:
    """Format and unit of an axis of money."""
    largest = max((abs(v) for of in rows.values() for v in of.values()), default=0.0)
    if largest >= 1e6:
        return ("#,##0,," if largest >= 1e7 else "#,##0.0,,"), f"{currency} m"
    return "#,##0", currency
