"""The first sheet: what the plan says, how sure it is, and where everything is."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.report import story
from optimizer.report.asked import asked
from optimizer.report.decisions import decisions
from optimizer.report.numbers import moment
from optimizer.report.results import deals, limits, wide
from optimizer.report.results.book import INK, MUTED, NUMBER, RESULT_TAB, RULE, WORDS, Book, Sheet, target
from optimizer.report.results.inputs import PREFIX, Inputs
from optimizer.report.results.tidy import sheet_name
from optimizer.report.spent import net_of
from optimizer.solve.plan import Plan
from optimizer.solve.tables import TABLES

WIDTHS = (38, 18, 22, 18, 18, 18, 20)
ACROSS = sum(WIDTHS)

CAUTION = "#FFF4D6"
"""Behind what makes this another run than that of the workbook as it stands."""

CHANGE = '+#,##0;-#,##0;"none"'
POINTS = '+0.0" points";-0.0" points";"none"'
"""Formats of a difference; one of shares is written in percentage points."""

HOW_TO_READ = (
    "As now: the same case without new deals and new plants.",
    "Tonnes (t), money in {currency}; cash is counted in the year it is paid, cost is discounted to the first year.",
    "Sheets with charts have the years across. The tables behind have one number a row, with its unit; use their "
    "filters.",
    "Sheets that begin with '{prefix}' are a copy of the inputs. Change your own workbook, not the copy, and solve "
    "again.",
)


def write_summary(book: Book, plan: Plan, inputs: Inputs, changes: Sequence[str]) -> None:
    """Write the first sheet; `changes` are those made in the case as read, in words."""
    sheet = book.sheet(wide.SUMMARY, RESULT_TAB)
    sheet.place.hide_gridlines(2)
    row = _text(sheet, 0, plan.case.settings.title, bold=True, font_size=18)
    row = _text(sheet, row, story.headline(plan), bold=True, font_size=12)
    for text in asked(plan, changes):
        row = _text(sheet, row, text, bold=True, bg_color=CAUTION)
    for text in (f"{story.calendar(plan)} {story.budget(plan)}".rstrip(), story.proof(plan), *plan.notes):
        row = _text(sheet, row, text)
    row = _figures(sheet, row + 1, plan)
    row = _decisions(sheet, row + 1, plan, inputs)
    row = _binding(sheet, row + 1, plan, inputs)
    _heading(sheet, row + 1, "How to read it")
    row += 2
    for text in HOW_TO_READ:
        row = _text(sheet, row, text.format(currency=plan.case.settings.currency, prefix=PREFIX.strip()))
    _contents(sheet, row + 1, inputs)
    sheet.widths(WIDTHS)
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


def _heading(sheet: Sheet, row: int, *texts: str, right: Sequence[int] = ()) -> None:
    """A line of headers over the whole width; `right` are those over numbers, the others after the first over words."""
    for j, text in enumerate([*texts, *[""] * (len(WIDTHS) - len(texts))]):
        look = NUMBER if j in right else WORDS if right and j else {}
        sheet.put(row, j, text, bold=True, font_color=INK, bottom=1, bottom_color=RULE, **look)


def _figures(sheet: Sheet, row: int, plan: Plan) -> int:
    """The figures as numbers, so that they can be calculated with."""
    _heading(sheet, row, "Against the plan as now", "this plan", "as now", "difference", right=(1, 2, 3))
    figures = story.figures(plan)
    for i, one in enumerate(figures, start=row + 1):
        share = one.unit == "share"
        sheet.put(i, 0, one.name if share else f"{one.name}, {one.currency}")
        sheet.line(i, 1, [one.value, one.before], num_format="0.0 %" if share else "#,##0", **NUMBER)
        if one.before is not None:
            change = 0.0 if one.same else (one.value - one.before) * (100 if share else 1)
            sheet.put(i, 3, change, num_format=POINTS if share else CHANGE, **NUMBER)
    row += 1 + len(figures)
    return _text(sheet, row, f"The cost is {net}.", font_color=MUTED) if (net := net_of(plan)) else row


def _decisions(sheet: Sheet, row: int, plan: Plan, inputs: Inputs) -> int:
    """What to sign and order, in order of year."""
    some = decisions(plan)
    _heading(sheet, row, "What to sign and order", "decide in", "kind", "with, or at", "works from", "most a year, t",
             f"cost, {plan.case.settings.currency}", right=(1, 5, 6))
    if not some:
        sheet.put(row + 1, 0, "Nothing.")
    for i, one in enumerate(some, start=row + 1):
        sheet.link(i, 0, inputs.where("Deals" if one.signed else "Plants", one.name), one.name)
        sheet.put(i, 1, one.when, num_format="0", **NUMBER)
        sheet.line(i, 2, [one.kind, one.where, moment(one.begins)], **WORDS)
        sheet.put(i, 5, one.tonnes, num_format="#,##0", **NUMBER)
        sheet.put(i, 6, one.money, num_format='#,##0;-#,##0;"-"', **NUMBER)
    row += 1 + max(1, len(some))
    return _text(sheet, row, "Most a year: the largest volume of a deal, the capacity of a plant. Cost: of signing and "
                 "building.", font_color=MUTED)


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
