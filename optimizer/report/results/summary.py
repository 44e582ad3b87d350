"""The first sheet: what the plan says, how sure it is, and where everything is."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.report import story
from optimizer.report.results import deals, limits, wide
from optimizer.report.results.book import INK, MUTED, RESULT_TAB, RULE, Book, Sheet, target
from optimizer.report.results.inputs import PREFIX, Inputs
from optimizer.report.results.tidy import sheet_name
from optimizer.solve.plan import Plan
from optimizer.solve.tables import TABLES

WIDTHS = (34, 26, 26, 26, 26)
ACROSS = sum(WIDTHS)

HOW_TO_READ = (
    "As now: the same case without new deals and new plants.",
    "Tonnes (t), money in {currency}; cash is counted in the year it is paid, cost is discounted to the first year.",
    "Sheets with charts have the years across. The tables behind have one number a row, with its unit; use their "
    "filters.",
    "Sheets that begin with '{prefix}' are a copy of the inputs. Change your own workbook, not the copy, and solve "
    "again.",
)


def write_summary(book: Book, plan: Plan, inputs: Inputs) -> None:
    """Write the first sheet."""
    sheet = book.sheet(wide.SUMMARY, RESULT_TAB)
    sheet.place.hide_gridlines(2)
    sheet.widths(WIDTHS)
    row = _text(sheet, 0, plan.case.settings.title, bold=True, font_size=18)
    row = _text(sheet, row, story.headline(plan), bold=True, font_size=12)
    for text in (f"{story.calendar(plan)} {story.budget(plan)}".rstrip(), story.proof(plan), *plan.notes):
        row = _text(sheet, row, text)
    row = _figures(sheet, row + 1, plan)
    row = _binding(sheet, row + 1, plan, inputs)
    _heading(sheet, row + 1, "How to read it")
    row += 2
    for text in HOW_TO_READ:
        row = _text(sheet, row, text.format(currency=plan.case.settings.currency, prefix=PREFIX.strip()))
    _contents(sheet, row + 1, inputs)
    sheet.place.fit_to_pages(1, 1)
    sheet.place.activate()
    sheet.place.set_first_sheet()


def _text(sheet: Sheet, row: int, text: str, **look: object) -> int:
    """Write a text over the width of the sheet, as many lines high as it needs; gives the next row."""
    style = sheet.book.style(text_wrap=True, **look)
    size = float(str(look.get("font_size", 10)))
    lines = -(-len(text) * size / 10 // (ACROSS * 0.95))
    sheet.place.merge_range(row, 0, row, len(WIDTHS) - 1, "", style)
    sheet.put(row, 0, text, text_wrap=True, **look)
    sheet.place.set_row(row, max(1.0, lines) * 1.45 * size)
    return row + 1


def _heading(sheet: Sheet, row: int, *texts: str) -> None:
    cells = [*texts, *[""] * (len(WIDTHS) - len(texts))]
    sheet.line(row, 0, cells, bold=True, font_color=INK, bottom=1, bottom_color=RULE)


def _figures(sheet: Sheet, row: int, plan: Plan) -> int:
    _heading(sheet, row, "Against the plan as now", "this plan", "as now", "difference")
    figures = story.figures(plan)
    for i, one in enumerate(figures, start=row + 1):
        sheet.line(i, 0, [one.name, one.plan, one.as_now, one.difference])
    return row + 1 + len(figures)


def _binding(sheet: Sheet, row: int, plan: Plan, inputs: Inputs) -> int:
    lines = limits.binding_lines(plan)
    _heading(sheet, row, "Limits that bind", "years", "input cell")
    if not lines:
        sheet.put(row + 1, 0, "None." if plan.limits else "The case has no limits.")
        return row + 2
    for i, (name, years, cell, first) in enumerate(lines, start=row + 1):
        sheet.line(i, 0, [name, years])
        sheet.link(i, 2, inputs.where("Limits", name, "value", [first]), cell)
    return row + 1 + len(lines)


def _contents(sheet: Sheet, row: int, inputs: Inputs) -> None:
    own = [*wide.ABOUT.items(), (deals.DEALS, deals.ABOUT), (limits.LIMITS, limits.ABOUT)]
    tables = [(sheet_name(name), _first_line(table.__doc__)) for name, table in TABLES.items()]
    row = _listed(sheet, row, "Results, the years across", own)
    row = _listed(sheet, row + 1, "Tables, one number a row", tables)
    _heading(sheet, row + 1, "Copy of the inputs")
    for i, name in enumerate(inputs.tables):
        down, across = divmod(i, len(WIDTHS))
        sheet.link(row + 2 + down, across, target(PREFIX + name), PREFIX + name)


def _listed(sheet: Sheet, row: int, title: str, lines: Sequence[tuple[str, str]]) -> int:
    _heading(sheet, row, title)
    for i, (name, about) in enumerate(lines, start=row + 1):
        sheet.link(i, 0, target(name), name)
        sheet.put(i, 1, f"{about[:1].upper()}{about[1:]}", font_color=MUTED)
    return row + 1 + len(lines)


def _first_line(text: str | None) -> str:
    """The first line of a docstring as words on a sheet: what a table holds is said once, where it is made."""
    return (text or "").strip().split("\n")[0].rstrip(".")
