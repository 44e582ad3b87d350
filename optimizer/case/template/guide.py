"""The sheet Guide: on one page how the workbook is filled, with a link to each sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optimizer.case.schema import SHEETS, Settings
from optimizer.case.template.sheets import SheetToWrite
from optimizer.case.template.styles import (
    ASSUMPTION,
    GROUPS,
    INTERPOLATED,
    LINK,
    LOW,
    OFF,
    Styles,
    group_of,
)

GUIDE, CHECK = "Guide", "Check"
"""Sheets of the workbook that belong to no case: the reader passes them by."""

_STEPS = (
    ("1", "Say what the case is", "Sheet Case: title, first and last year, currency, and what the plan may cost."),
    ("2", "Describe the world", "Places (one is home, some are of concern), Materials, and where material comes from: "
     "Supply for what is bought, Recipes, Runs and Plants for what is made. Lanes carry it from place to place."),
    ("3", "Say what is needed", "Demand by sector and year; Stocks, if there are any."),
    ("4", "Put the choices on the table", "Deals that can be signed and Plants that can be ordered; Rules between them."
     " A lane or supply that needs a deal names it in its column 'deals'."),
    ("5", "Set limits", "Limits on money, tonnes, shares and dependence; Incentives that are paid."),
    ("6", "Say how sure you are", "Each row has a source, a confidence and a note; Evidence speaks for a single "
     "number. The brief shows what rests on weak ground."),
    ("7", "Check, then solve", "Save, then run: optimizer check FILE, and when no fault is left: optimizer solve FILE. "
     "optimizer check FILE --mark makes a copy in which every fault is coloured."),
)

_RULES = (
    ("Rows", "One header row, one row a thing, names unique in their sheet. Columns that you do not need can be "
     "deleted, and stand in any order; their names must stay. Bold headers must be filled."),
    ("Comments", "Point at a header: it tells what the column is, what it holds and what blank means."),
    ("Units", "In the header, as in 'fee (USD/kg)'; or behind a number, as in '28 USD/kg'; or in a column named "
     "'unit' or 'fee unit'. t, kg, kt; a currency, with m, bn, lakh or crore; per t or per kg; %, years, months."),
    ("Years", "A column for every year is headed 'fee (USD/kg)', one for a year 'fee 2030 (USD/kg)'. A year left blank "
     "between two filled ones is interpolated, after the last one the number stays as it is."),
    ("Lists", "Several names: A; B. Any of several, where a column says so: A | B. A star stands for any text: "
     "magnet*."),
    ("Addresses", "Every number has one: Deals[My deal].fee.2030. It is used in Scenarios, Ranges, Evidence and on "
     "the command line: --set \"Deals[My deal].fee=28 USD/kg\"."),
    ("Switching off", "Write no in the column use: the row stays and does not count."),
    ("Own sheets", "Sheets whose names begin with _ are passed by, as are this one and Check."),
)


def write_guide(place: Any, styles: Styles, sheets: Sequence[SheetToWrite]) -> None:
    """Writes the guide to a case made of `sheets`."""
    place.hide_gridlines(2)
    place.set_tab_color("#1F6F8B")
    for column, width in enumerate((16, 26, 92)):
        place.set_column(column, column, width)
    place.set_landscape()
    place.fit_to_pages(1, 1)
    place.write_string(0, 0, "How to fill this workbook", styles(bold=True, font_size=16, font_color="#1F6F8B"))
    row = _pairs(place, 2, "Seven steps", [(f"{n}. {head}", text) for n, head, text in _STEPS], styles)
    row = _sheets(place, row + 1, styles, sheets)
    row = _pairs(place, row + 1, "Rules", _RULES, styles)
    _colours(place, row + 1, styles)


def _pairs(place: Any, row: int, title: str, pairs: Sequence[tuple[str, str]], styles: Styles) -> int:
    _title(place, row, title, styles)
    for head, text in pairs:
        row += 1
        place.merge_range(row, 0, row, 1, "", styles(bold=True, valign="top", text_wrap=True))
        place.write_string(row, 0, head, styles(bold=True, valign="top", text_wrap=True))
        place.write_string(row, 2, text, styles(text_wrap=True, valign="top"))
        place.set_row(row, 15 * (1 + len(text) // 96))
    return row + 1


def _title(place: Any, row: int, title: str, styles: Styles) -> None:
    for column in range(3):
        text = title if column == 0 else ""
        place.write(row, column, text, styles(bold=True, font_color="#1F6F8B", bottom=1, bottom_color="#1F6F8B"))


def _sheets(place: Any, row: int, styles: Styles, sheets: Sequence[SheetToWrite]) -> int:
    _title(place, row, "Sheets", styles)
    there = {sheet.name: sheet for sheet in sheets}
    summaries = {Settings.sheet: Settings.summary, **{name: owner.summary for name, owner in SHEETS.items()}}
    for name, summary in summaries.items():
        if name not in there:
            continue
        row += 1
        place.write_string(row, 0, group_of(name), styles(bg_color=GROUPS[group_of(name)]))
        place.write_url(row, 1, f"internal:'{name}'!A1", styles(**LINK), name)
        place.write_string(row, 2, f"One row is {summary}.")
    return row + 1


def _colours(place: Any, row: int, styles: Styles) -> None:
    _title(place, row, "Colours", styles)
    looks = (
        (OFF, "switched off", "The row does not count."),
        (LOW, "low", "Numbers of low confidence."),
        (ASSUMPTION, "assumption", "Numbers that nobody has confirmed."),
        (INTERPOLATED, "", "A year that is interpolated between its neighbours."),
    )
    for look, word, text in looks:
        row += 1
        place.write(row, 1, word, styles(**look))
        place.write_string(row, 2, text)
