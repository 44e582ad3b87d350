"""The sheet of deals and orders: what to sign, what to order, and the tonnes under each deal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimizer.model.data import Data
from optimizer.report import story
from optimizer.report.results.book import RULE, Book, Sheet, Value
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
    volumes, _ = folded(clean(story.volumes(plan)), most=len(plan.case.deals))
    row = BELOW if volumes else TOP
    if volumes:
        traded: dict[str, Value] = {name: "; ".join(of) for name, of in materials_traded(plan).items()}
        number = tonnes_format(volumes)
        at = write_grid(sheet, row, years, Grid("Volumes under deals", "t", volumes, number, {"material": traded}))
        largest = [*volumes][:MOST]
        traces = [
            Trace(at[name], LINES[i], line=True, sign=SIGNS[i]) for i, name in enumerate(largest)
        ]
        which = f"the {MOST} largest, " if len(volumes) > MOST else ""
        draw(sheet, TOP, Picture(f"Volumes under deals, {which}t", "tonnes (t)", at[""], len(years), traces,
                                 axis_of(volumes), least=0.0))
        row += len(volumes) + 3
    signed = [(d.name, d.signed, d.in_force, d.volume, d.partner, d.kind) for d in story.deal_lines(plan)]
    row = _listed(sheet, row, "Deals to sign", ("deal", "signed", "in force", "a year", "partner", "kind"), signed,
                  "No new deal.", lambda name: inputs.where("Deals", name))
    orders = [(o.plant, str(o.year), o.first_output, o.capacity, str(o.modules), o.place)
              for o in story.order_lines(plan)]
    headers = ("plant", "ordered", "first output", "capacity", "modules", "place")
    _listed(sheet, row, "Plants to order", headers, orders, "No new plant.", lambda name: inputs.where("Plants", name))
    columns(sheet, [*volumes, *(line[0] for line in (*signed, *orders))], max(len(years), 5), 1, width=12)


def materials_traded(plan: Plan) -> dict[str, list[str]]:
    """Deal -> the materials of what flows over its meter."""
    data = Data(plan.case)
    found: dict[str, list[str]] = {}
    for (deal, sheet, name, _), tonnes in sorted(plan.amounts.alloc.items()):
        if tonnes > 0 and (sheet, name) in data.meters[deal]:
            of = found.setdefault(deal, [])
            of += sorted(data.materials_of((sheet, name)) - set(of))
    return found


def _listed(
    sheet: Sheet, row: int, title: str, headers: Sequence[str], lines: Sequence[Sequence[str]], none: str,
    where: Callable[[str], str],
) -> int:
    """Write a list whose first column leads to the inputs; gives the row after it."""
    sheet.put(row, 0, title, bold=True, font_size=11)
    if not lines:
        sheet.put(row + 1, 0, none)
        return row + 3
    sheet.line(row + 1, 0, headers, bold=True, bottom=1, bottom_color=RULE)
    for i, (name, *others) in enumerate(lines, start=row + 2):
        sheet.link(i, 0, where(name), name)
        sheet.line(i, 1, others)
    return row + len(lines) + 3
