"""The plan in a terminal: one screen that answers the question, then the tables. Text from the case is data."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from optimizer.case.findings import Finding
from optimizer.report import story
from optimizer.report.numbers import money, percent, tonnes
from optimizer.solve.plan import Plan
from optimizer.solve.tables import dependence_views

NARROW = 70
"""Columns below which tables become cards."""


def console(*, stderr: bool = False, width: int | None = None) -> Console:
    """A console that survives an output that is not UTF-8: what it cannot print is replaced."""
    stream = sys.stderr if stderr else sys.stdout
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=False)


def show_plan(plan: Plan, out: Console) -> None:
    """The screen that answers the question, then the tables behind it."""
    out.print(Group(*_screen(plan, out.width)))
    out.print(Group(*_tables(plan, out.width)))


def show_findings(findings: Sequence[Finding], out: Console) -> None:
    """Faults and warnings, sorted by cell."""
    rows = [(f.cell, f.level, f.found, f"{f.message} {f.suggestion}".strip()) for f in findings]
    out.print(_grid(("cell", "", "found", "what is wrong, and what would be right"), rows, out.width))
    errors = sum(f.level == "error" for f in findings)
    warnings = len(findings) - errors
    out.print(Text(f"{_count(errors, 'fault')}, {_count(warnings, 'warning')}.", style="bold"))


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _screen(plan: Plan, width: int) -> Iterable[RenderableType]:
    yield Panel(Text(story.headline(plan), style="bold"), title=Text(plan.case.settings.title), title_align="left")
    figures = [(f.name, f.plan, f.as_now, f.difference) for f in story.figures(plan)]
    yield _grid(("", "this plan", "as now", "difference"), figures, width, right=(1, 2, 3))
    yield Text("Sign", style="bold")
    deals = [(d.name, d.signed, d.in_force, d.volume) for d in story.deal_lines(plan)]
    yield _grid(("deal", "signed", "in force", "a year"), deals, width) if deals else Text("  no new deal")
    yield Text("Order", style="bold")
    orders = [(o.plant, str(o.year), o.capacity, o.first_output) for o in story.order_lines(plan)]
    yield _grid(("plant", "ordered", "capacity", "first output"), orders, width) if orders else Text("  no new plant")
    yield Text(story.proof(plan))
    for note in plan.notes:
        yield Text(note, style="yellow")


def _tables(plan: Plan, width: int) -> Iterable[RenderableType]:
    views = dependence_views(plan)
    yield _by_year("Dependence, share of demand", {n: {t: percent(v) for t, v in s.items()} for n, s in views.items()},
                   plan, width)
    origins = {n: {t: tonnes(v, "").strip() for t, v in s.items()} for n, s in story.served_by_origin(plan).items()}
    yield _by_year("Supply of products by origin, t", origins, plan, width)
    volumes: dict[str, dict[int, str]] = {}
    for (deal, t), v in plan.volume.items():
        volumes.setdefault(deal, {})[t] = tonnes(v, "").strip()
    yield _by_year("Volumes under deals, t", volumes, plan, width)
    currency = plan.case.settings.currency
    now = story.by_heading(plan.as_now) if plan.as_now else {}
    costs = [
        (name, money(v, currency), money(now[name], currency) if name in now else "-")
        for name, v in story.by_heading(plan).items()
        if abs(v) > 0
    ]
    yield _titled("Cost by heading, discounted",
                  _grid(("heading", "this plan", "as now"), costs, width, right=(1, 2)))
    bound = [(name, _years(years)) for name, years in story.binding(plan).items()]
    if bound:
        yield _titled("Limits without slack", _grid(("limit", "years"), bound, width))


def _years(years: Sequence[int]) -> str:
    return f"{years[0]}-{years[-1]}" if years == list(range(years[0], years[-1] + 1)) and len(years) > 2 else ", ".join(
        map(str, years)
    )


def _by_year(title: str, rows: dict[str, dict[int, str]], plan: Plan, width: int) -> RenderableType:
    """Names down, years across; as many years in a table as the width holds."""
    if not rows:
        return Text("")
    years, name = list(plan.case.years), min(26, max(len(n) for n in rows))
    cell = max((len(v) for of in rows.values() for v in of.values()), default=4)
    fit = max(1, (width - name - 4) // (max(cell, 4) + 2))
    parts = [years[i : i + fit] for i in range(0, len(years), fit)]
    grids = [
        _grid(("", *map(str, part)), [(n, *(of.get(t, "") for t in part)) for n, of in rows.items()], width,
              right=range(1, len(part) + 1))
        for part in parts
    ]
    return _titled(title, *grids)


def _titled(title: str, *grids: RenderableType) -> RenderableType:
    return Padding(Group(Text(title, style="bold"), *grids), (1, 0, 0, 0))


def _grid(
    headers: Sequence[str], rows: Sequence[Sequence[str]], width: int, right: Iterable[int] = ()
) -> RenderableType:
    """A table, or cards where the terminal is narrow."""
    if width < NARROW and len(headers) > 2:
        return Group(*(_card(headers, row) for row in rows))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=any(headers))
    wanted = set(right)
    for i, header in enumerate(headers):
        table.add_column(Text(header, style="dim"), justify="right" if i in wanted else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return Padding(table, (0, 0, 0, 2))


def _card(headers: Sequence[str], row: Sequence[str]) -> RenderableType:
    facts = [f"{header}: {cell}" if header else cell for header, cell in zip(headers[1:], row[1:], strict=True) if cell]
    return Padding(Group(Text(row[0], style="bold"), *(Text(f"  {fact}") for fact in facts)), (0, 0, 0, 1))
