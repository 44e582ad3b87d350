"""The sheet of limits: where the plan stands against each, which bind, and the cell where each is set."""

from __future__ import annotations

from optimizer.report import story
from optimizer.report.numbers import span
from optimizer.report.results.book import NUMBER, WORDS, Book
from optimizer.report.results.inputs import Inputs
from optimizer.report.results.tidy import number_format
from optimizer.report.results.wide import titled
from optimizer.solve.plan import Plan
from optimizer.solve.tables import binds, slack

LIMITS = "Limits and cells"
ABOUT = "where the plan stands against each limit, and the input cell that sets it"

BINDS = "#FBE9E7"
"""Behind a limit that leaves nothing."""

WHOLE = "all years"
"""In place of a year, for a limit over the horizon."""

HEADERS = ("limit", "sense", "year", "level", "allowed", "left", "broken by", "unit", "binds", "input cell")


def write_limits(book: Book, plan: Plan, inputs: Inputs) -> None:
    """Write every limit and year, those that bind marked; the cell named is that of the planner's own workbook."""
    sheet = titled(
        book, LIMITS, "Limits",
        "A limit binds where it leaves nothing, so that another value may change the plan. Limits on shares are told "
        "in tonnes. The input cell is that of your workbook; its link leads to the copy in this file.",
    )
    if not plan.limits:
        sheet.put(4, 0, "The case has no limits.")
        return
    binding, units, whole = story.binding(plan), limit_units(plan), over_horizon(plan)
    order = {name: i for i, name in enumerate(binding)}
    lines = sorted(plan.limits.items(), key=lambda item: (order.get(item[0][0], len(order)), item[0]))
    for i, ((name, year), at) in enumerate(lines, start=5):
        unit = units[name]
        number = number_format(unit, max(abs(at.value), abs(at.level)), plan.case.settings.currency)
        look: dict[str, object] = {"bg_color": BINDS} if binds(at) else {}
        sheet.line(i, 0, [name, at.sense], **look)
        sheet.put(i, 2, WHOLE if name in whole else year, num_format="0", **NUMBER, **look)
        sheet.line(i, 3, [at.level, at.value, slack(at), at.broken or None], num_format=number, **NUMBER, **look)
        sheet.line(i, 7, [unit, "yes" if binds(at) else None], **WORDS, **look)
        sheet.link(i, 9, inputs.where("Limits", name, "value", [year]), limit_cell(plan, name, year), **look)
    sheet.table(4, 0, HEADERS, len(lines), "limits_and_cells", None, HEADERS[2:7])
    sheet.widths([max(26, *(len(name) + 2 for name, _ in plan.limits)), 9, 9, 16, 16, 16, 16, 12, 12, 18])
    sheet.place.freeze_panes(5, 1)


def over_horizon(plan: Plan) -> set[str]:
    """The limits that hold over the whole horizon, whose one level stands at its first year."""
    return {row.name for row in plan.case.limits if row.over == "horizon"}


def limit_units(plan: Plan) -> dict[str, str]:
    """Limit -> its unit, as the table of limits has it."""
    frame = plan.table("limits")
    levels = frame[frame["what"] == "level"]
    return dict(zip(levels["limit"], levels["unit"], strict=True))


def limit_cell(plan: Plan, name: str, year: int) -> str:
    """The cell of the planner's workbook that sets a limit in a year."""
    return plan.case.cell(f"Limits[{name}].value.{year}")


def binding_lines(plan: Plan) -> list[tuple[str, str, str, int]]:
    """The limits that bind: name, years in words, cell, first year."""
    whole = over_horizon(plan)
    return [
        (name, WHOLE if name in whole else span(years), limit_cell(plan, name, years[0]), years[0])
        for name, years in story.binding(plan).items()
    ]
