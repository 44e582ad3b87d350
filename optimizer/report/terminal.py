"""The plan in a terminal: one screen that answers the question, then the tables. Text from the case is data."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

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

WIDE = 110
"""Columns from which tables of deals and plants also tell partner, kind and place."""

ROOM = 12
"""Signings and orders that the first screen tells in a line each; where there are more the tables below do."""

LONGEST = 30
"""Letters of a name that a row of years may take."""


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
    yield from _decisions(plan, width)
    yield Text(story.calendar(plan))
    if money := story.budget(plan):
        yield Text(money)
    yield Text(story.proof(plan), style="green" if plan.status == "proved" else "yellow")
    for note in plan.notes:
        yield Text(note, style="yellow")


def _crowded(plan: Plan) -> bool:
    """Whether there are more signings and orders than the first screen has room for, a line each."""
    return len(plan.amounts.sign) + len(plan.amounts.modules) > ROOM


def _decisions(plan: Plan, width: int) -> Iterable[RenderableType]:
    """What to sign and order: a line each, or where there are many a line for all of a year."""
    yield Text("Sign", style="bold")
    if not plan.amounts.sign:
        yield Text("  no new deal")
    else:
        yield _years(story.signed_by_year(plan)) if _crowded(plan) else _signings(plan, width)
    yield Text("Order", style="bold")
    if not plan.amounts.modules:
        yield Text("  no new plant")
    else:
        yield _years(story.ordered_by_year(plan)) if _crowded(plan) else _orders(plan, width)


def _years(told: Mapping[int, str]) -> RenderableType:
    return _lined(("", ""), [(str(t), text) for t, text in told.items()])


def _signings(plan: Plan, width: int) -> RenderableType:
    lines = story.deal_lines(plan)
    if width < WIDE:
        return _grid(("deal", "signed", "in force", "a year"),
                     [(d.name, d.signed, d.in_force, d.volume) for d in lines], width)
    return _grid(("deal", "partner", "kind", "signed", "in force", "a year"),
                 [(d.name, d.partner, d.kind, d.signed, d.in_force, d.volume) for d in lines], width)


def _orders(plan: Plan, width: int) -> RenderableType:
    lines = story.order_lines(plan)
    if width < WIDE:
        return _grid(("plant", "ordered", "modules", "capacity", "first output"),
                     [(o.plant, str(o.year), str(o.modules), o.capacity, o.first_output) for o in lines], width, (2,))
    return _grid(("plant", "place", "ordered", "modules", "capacity", "first output"),
                 [(o.plant, o.place, str(o.year), str(o.modules), o.capacity, o.first_output) for o in lines], width,
                 (3,))


def _tables(plan: Plan, width: int) -> Iterable[RenderableType]:
    if _crowded(plan):
        yield _titled("Deals signed", _signings(plan, width))
        yield _titled("Plants ordered", _orders(plan, width))
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
