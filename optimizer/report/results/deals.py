"""The sheet of deals and orders: what to sign, what to order, and the tonnes under each deal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from optimizer.report.decisions import deal_lines, materials_traded, order_lines, volumes
from optimizer.report.results.book import NUMBER, ROW, RULE, WORDS, Book, Sheet, Value
from optimizer.report.results.charts import LINES, MOST, SIGNS, Picture, Trace, draw
from optimizer.report.results.inputs import Inputs
from optimizer.report.results.wide import (
    BELOW,
    TOP,
    Grid,
    axis_of,
    clean,
    columns,
    folded,
    titled,
    tonnes_format,
    write_grid,
)
from optimizer.solve.plan import Plan

DEALS = "Deals and orders"
ABOUT = "what to sign and order, and the tonnes taken under each deal; chart"


def write_deals(book: Book, plan: Plan, inputs: Inputs) -> None:
    """Write volumes under deals with their chart, the deals to sign and the plants to order."""
    years = plan.case.years
    sheet = titled(
        book, DEALS, "What to sign and order",
        "Names lead to the inputs. Volumes are the tonnes on each deal's meter, of the material that it trades; they "
        "are not to be added up: one tonne may pass under two deals.",
    )
    taken, _ = folded(clean(volumes(plan)), most=len(plan.case.deals))
    row = BELOW if taken else TOP
    if taken:
        traded: dict[str, Value] = {name: "; ".join(of) for name, of in materials_traded(plan).items()}
        number = tonnes_format(taken)
        at = write_grid(sheet, row, years, Grid("Volumes under deals", "t", taken, number, {"material": traded}))
        largest = [*taken][:MOST]
        traces = [
            Trace(at[name], LINES[i], line=True, sign=SIGNS[i]) for i, name in enumerate(largest)
        ]
        which = f"the {MOST} largest, " if len(taken) > MOST else ""
        draw(sheet, TOP, Picture(f"Volumes under deals, {which}t", "tonnes (t)", at[""], len(years), traces,
                                 axis_of(taken), least=0.0))
        row += len(taken) + 3
    signed: list[Sequence[Value]] = [
        (d.name, d.year, d.terms, d.most_used, d.contract, d.in_force, d.partner, d.kind) for d in deal_lines(plan)
    ]
    row = _listed(sheet, row, "Deals to sign", OF_DEALS, signed, "No new deal.",
                  lambda name: inputs.where("Deals", name))
    orders: list[Sequence[Value]] = [
        (o.plant, o.year, o.modules, o.tonnes, o.first_output, o.place) for o in order_lines(plan)
    ]
    _listed(sheet, row, "Plants to order", OF_PLANTS, orders, "No new plant.",
            lambda name: inputs.where("Plants", name))
    columns(sheet, [*taken, *(str(line[0]) for line in (*signed, *orders))], max(len(years), 7), 1, width=12)


OF_DEALS = ("deal", "signed", "terms", "most used a year, t", "contract a year, t", "in force", "partner", "kind")
OF_PLANTS = ("plant", "ordered", "modules", "capacity, t a year", "first output", "place")
"""Headers of the two lists."""

FORMATS: Mapping[str, str] = {"signed": "0", "ordered": "0"}
"""Header -> format of its numbers; the others are amounts."""


def _listed(
    sheet: Sheet, row: int, title: str, headers: Sequence[str], lines: Sequence[Sequence[Value]], none: str,
    where: Callable[[str], str],
) -> int:
    """Write a list whose first column leads to the inputs; gives the row after it."""
    sheet.put(row, 0, title, bold=True, font_size=11)
    if not lines:
        sheet.put(row + 1, 0, none)
        return row + 3
    # a header of several words stands on two lines: the columns are those of the years above
    sheet.place.set_row(row + 1, 2 * ROW)
    for j, header in enumerate(headers):
        look = NUMBER if j and isinstance(lines[0][j], int | float) else WORDS if j else {}
        sheet.put(row + 1, j, header, bold=True, bottom=1, bottom_color=RULE, text_wrap=True, **look)
    for i, (name, *others) in enumerate(lines, start=row + 2):
        sheet.link(i, 0, where(str(name)), str(name))
        for j, value in enumerate(others, start=1):
            number = isinstance(value, int | float) or value is None
            look = {"num_format": FORMATS.get(headers[j], "#,##0"), **NUMBER} if number else dict(WORDS)
            sheet.put(i, j, value, **look)
    return row + len(lines) + 3
