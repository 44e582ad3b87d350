"""``results.xlsx``: the tables of a plan as a workbook, with charts, links to the inputs, and a page to start from."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.report.results.book import Book
from optimizer.report.results.deals import write_deals
from optimizer.report.results.inputs import Inputs, write_inputs
from optimizer.report.results.limits import write_limits
from optimizer.report.results.summary import write_summary
from optimizer.report.results.tidy import write_tables
from optimizer.report.results.wide import write_wide
from optimizer.solve.plan import Plan


def results_workbook(plan: Plan, changes: Sequence[str] = ()) -> bytes:
    """The workbook of a plan, as the bytes of an .xlsx file; equal plans give equal bytes.

    Args:
        plan: the plan.
        changes: what was changed in the case as read, in words, for its summary.

    Sheets: a summary; wide sheets with the years across and a chart each; one tidy table a sheet as in
    :data:`optimizer.solve.tables.TABLES`; and the inputs of the case, to which limits and deals are linked.
    """
    inputs = Inputs.of(plan.case)
    with Book(plan.case.settings.title) as book:
        write_summary(book, plan, inputs, changes)
        write_wide(book, plan)
        write_deals(book, plan, inputs)
        write_limits(book, plan, inputs)
        write_tables(book, plan)
        write_inputs(book, inputs)
    return book.content
