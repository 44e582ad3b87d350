"""The plan in a terminal: one screen that answers the question, then the tables. Text from the case is data."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from optimizer.case.findings import Finding
from optimizer.report import story
from optimizer.report.numbers import bare, span, tenths
from optimizer.solve.plan import Plan

NARROW = 70
"""Columns below which tables become cards."""

ROOM = 12
"""Lines of the first screen that signings and orders may take together; the tables below hold all of them."""

LONGEST = 30
"""Letters of a name that a row of years may take."""

T = TypeVar("T")


def console(*, stderr: bool = False, width: int | None = None) -> Console:
    """A console that survives an output that is not UTF-8: what it cannot print is replaced."""
    stream = sys.stderr if stderr else sys.stdout
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False)


def show_plan(plan: Plan, out: Console) -> None:
    """The screen that answers the question, then the tables behind it."""
    for part in (*_screen(plan, out.width), *_tables(plan, out.width)):
        out.print(part)


def show_findings(findings: Sequence[Finding], out: Console) -> None:
    """Faults and warnings in the order given, then how many; ``no faults`` where there is none."""
    if findings:
        rows = [(f.cell, f.level, f.found, f"{f.message} {f.suggestion}".strip()) for f in findings]
        out.print(_grid(("cell", "level", "found", "what is wrong, and what would be right"), rows, out.width))
    errors = sum(f.level == "error" for f in findings)
    warnings = len(findings) - errors
    told = f"{_count(errors, 'fault')}, {_count(warnings, 'warning')}." if warnings else f"{_count(errors, 'fault')}."
    out.print(Text(told[:1].upper() + told[1:], style="bold"))


def _count(number: int, word: str) -> str:
    return f"{number or 'no'} {word}" + ("" if number == 1 else "s")


def _screen(plan: Plan, width: int) -> Iterable[RenderableType]:
    yield Panel(Text(story.headline(plan), style="bold"), title=Text(plan.case.settings.title), title_align="left")
    figures = [(f.name, f.plan, f.as_now, f.difference) for f in story.figures(plan)]
    yield _grid(("", "this plan", "as now", "difference"), figures, width, right=(1, 2, 3))
    signings, orders = story.deal_lines(plan), story.order_lines(plan)
    some, others = _shared(signings, orders)
    yield Text("Sign", style="bold")
    deals = [(d.name, d.signed, d.in_force, d.volume) for d in some]
    yield _grid(("deal", "signed", "in force", "a year"), deals, width) if deals else Text("  no new deal")
    yield from _rest(signings, some)
    yield Text("Order", style="bold")
    plants = [(o.plant, str(o.year), o.capacity, o.first_output) for o in others]
    yield _grid(("plant", "ordered", "capacity", "first output"), plants, width) if plants else Text("  no new plant")
    yield from _rest(orders, others)
    yield Text(story.calendar(plan))
    yield Text(story.proof(plan), style="green" if plan.status == "proved" else "yellow")
    for note in plan.notes:
        yield Text(note, style="yellow")


def _shared(signings: Sequence[story.DealLine], orders: Sequence[story.OrderLine]) -> tuple[
    Sequence[story.DealLine], Sequence[story.OrderLine]
]:
    """The signings and orders for which the first screen has room, each at least half of it where both are many."""
    half = ROOM // 2
    deals = max(half, ROOM - len(orders))
    return signings[:deals], orders[: max(half, ROOM - len(signings))]


def _rest(every: Sequence[T], told: Sequence[T]) -> Iterable[RenderableType]:
    if len(every) > len(told):
        yield Text(f"  and {len(every) - len(told)} more, in the tables below")


def _tables(plan: Plan, width: int) -> Iterable[RenderableType]:
    deals = [(d.name, d.partner, d.kind, d.signed, d.in_force, d.volume) for d in story.deal_lines(plan)]
    if deals:
        headers = ("deal", "partner", "kind", "signed", "in force", "a year")
        yield _titled("Deals signed", _grid(headers, deals, width))
    orders = [(o.plant, o.place, str(o.year), str(o.modules), o.capacity, o.first_output)
              for o in story.order_lines(plan)]
    if orders:
        headers = ("plant", "place", "ordered", "modules", "capacity", "first output")
        yield _titled("Plants ordered", _grid(headers, orders, width, right=(3,)))
    yield _by_year("Dependence by year, %", _told(story.dependence_rows(plan), tenths), plan, width)
    yield _by_year("Supply of products by origin, t", _told(story.served_by_origin(plan), bare), plan, width)
    yield _by_year("Volumes under deals, t", _told(story.volumes(plan), bare), plan, width)
    costs = _grid(("heading", "this plan", "as now"), story.cost_lines(plan), width, right=(1, 2))
    yield _titled("Cost by heading, discounted", costs)
    bound = [(name, span(years)) for name, years in story.binding(plan).items()]
    if bound:
        yield _titled("Limits without slack", _grid(("limit", "years"), bound, width))


def _told(rows: Mapping[str, Mapping[int, float]], words: story.Words) -> dict[str, dict[int, str]]:
    return {name: {t: words(v) for t, v in of.items()} for name, of in rows.items()}


def _by_year(title: str, rows: dict[str, dict[int, str]], plan: Plan, width: int) -> RenderableType:
    """Names down, years across; as many years in a table as the width holds."""
    if not rows:
        return Group()
    years, name = list(plan.case.years), min(LONGEST, width // 2, max(len(n) for n in rows))
    cell = max(4, max((len(v) for of in rows.values() for v in of.values()), default=4))
    fit = max(1, (width - name - 4) // (cell + 2))
    parts = [years[i : i + fit] for i in range(0, len(years), fit)]
    return _titled(title, *(
        _lined(
            ("", *map(str, part)), [(n, *(of.get(t, "") for t in part)) for n, of in rows.items()],
            range(1, len(part) + 1), name,
        )
        for part in parts
    ))


def _titled(title: str, *grids: RenderableType) -> RenderableType:
    return Group(Text(""), Text(title, style="bold"), *grids)


def _grid(
    headers: Sequence[str], rows: Sequence[Sequence[str]], width: int, right: Iterable[int] = ()
) -> RenderableType:
    """A table, or cards where the terminal is narrow."""
    if width < NARROW and len(headers) > 2:
        return Group(*(_card(headers, row) for row in rows))
    return _lined(headers, rows, right)


def _lined(
    headers: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int] = (), first: int | None = None
) -> RenderableType:
    """A table without lines; the first column at most `first` wide."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=any(headers))
    wanted = set(right)
    for i, header in enumerate(headers):
        table.add_column(
            Text(header, style="dim"), justify="right" if i in wanted else "left", overflow="fold",
            max_width=first if i == 0 else None, no_wrap=i in wanted,
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return Padding(table, (0, 0, 0, 2), expand=False)


def _card(headers: Sequence[str], row: Sequence[str]) -> RenderableType:
    facts = [f"{header}: {cell}" if header else cell for header, cell in zip(headers[1:], row[1:], strict=True) if cell]
    return Group(Text(f"  {row[0]}", style="bold"), *(Text(f"    {fact}") for fact in facts))
