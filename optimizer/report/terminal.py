"""The plan in a terminal: one screen that answers the question, then the tables. Text from the case is data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from optimizer.case.findings import CaseError, Finding
from optimizer.report import decisions, story
from optimizer.report.asked import asked
from optimizer.report.grids import (
    BETWEEN,
    NARROW,
    READ,
    Words,
    grid,
    indented,
    least_widths,
    lined,
    most_widths,
    titled,
)
from optimizer.report.numbers import bare, span, tenths
from optimizer.report.readable import readable
from optimizer.report.spent import cost_lines, net_of
from optimizer.report.supplied import supply_rows
from optimizer.solve.plan import Plan

WIDE = 110
"""Columns from which tables of deals and plants also tell partner, kind and place."""

ROOM = 12
"""Signings and orders that the first screen tells in a line each; where there are more the tables below do."""

LONGEST = 30
"""Letters of a name that a row of years may take."""

MOST = 40
"""Rows of findings that are shown."""

NAMED = 4
"""Cells that a row of findings with the same words names."""

SHORT = 22
"""Columns that a cell and what is found in it take in a table of findings, unless a word is longer."""

FRAME = 6
"""Columns that the frame of the headline needs beside its title."""


def show_plan(plan: Plan, out: Console, changes: Sequence[str] = ()) -> None:
    """The screen that answers the question, then the tables behind it.

    Args:
        plan: the plan.
        out: where to.
        changes: what was changed in the case as read, in words.
    """
    for part in (*_screen(plan, out, changes), *_tables(plan, out.width)):
        out.print(part)


def show_findings(findings: Sequence[Finding], out: Console) -> None:
    """Faults and warnings sorted by cell, those with the same words in one row, then how many.

    Where there are more rows than anyone reads, faults go before warnings and the rest is counted by sheet.
    """
    rows = _same_words(CaseError(findings).findings)
    shown = sorted(sorted(range(len(rows)), key=lambda i: rows[i][0].level != "error")[:MOST])
    if shown:
        out.print(_findings([_finding_row(rows[i]) for i in shown], out.width))
    rest = [f for i, of in enumerate(rows) if i not in set(shown) for f in of]
    if rest:
        sheets = Counter(f.cell.partition("!")[0] for f in rest)
        where = ", ".join(f"{name} {number}" for name, number in sheets.most_common(NAMED))
        more = f", and in {len(sheets) - NAMED} more sheets" if len(sheets) > NAMED else ""
        out.print(Words(f"And {len(rest)} more ({where}{more}); --json gives every one.", "dim"))
    errors = sum(f.level == "error" for f in findings)
    warnings = len(findings) - errors
    words = f"{_count(errors, 'fault')}, {_count(warnings, 'warning')}." if warnings else f"{_count(errors, 'fault')}."
    out.print(Text(words[:1].upper() + words[1:], style="bold"))


def _findings(rows: Sequence[Sequence[str]], width: int) -> RenderableType:
    headers = ("cell", "level", "found", "what is wrong, and what would be right")
    least = least_widths(headers, rows, ())
    widths = [max(least[i], min(SHORT, most)) for i, most in enumerate(most_widths(headers, rows)[:-1])]
    room = width - sum(widths) - BETWEEN * len(headers)
    if width >= NARROW and room >= max(READ, least[-1]):
        return lined(headers, rows, widths=[*widths, room])
    return Group(*(
        Group(
            Words(f"{cell}  {level}", "bold"),
            *(indented(fact, BETWEEN) for fact in (found and f"found: {found}", words) if fact),
        )
        for cell, level, found, words in rows
    ))


def _same_words(findings: Sequence[Finding]) -> list[list[Finding]]:
    """The findings by their words, in the order of the first of each."""
    found: dict[tuple[str, str, str, str], list[Finding]] = {}
    for f in findings:
        found.setdefault((f.cell.partition("!")[0], f.level, f.message, f.suggestion), []).append(f)
    return list(found.values())


def _finding_row(same: Sequence[Finding]) -> tuple[str, str, str, str]:
    first = same[0]
    sheet, mark, cell = first.cell.partition("!")
    cells = list(dict.fromkeys(f.cell.partition("!")[2] for f in same))
    more = f" and {len(cells) - NAMED} more" if len(cells) > NAMED else ""
    where = f"{sheet}{mark}{cell}" if len(cells) == 1 else f"{sheet}{mark}{', '.join(cells[:NAMED])}{more}"
    found = list(dict.fromkeys(f.found for f in same if f.found))
    others = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    # what the program calls an error is a fault to who reads, as in the line that counts them
    level = "fault" if first.level == "error" else first.level
    return where, level, f"{', '.join(found[:NAMED])}{others}", f"{first.message} {first.suggestion}".strip()


def _count(number: int, word: str) -> str:
    return f"{number or 'no'} {word}" + ("" if number == 1 else "s")


def _screen(plan: Plan, out: Console, changes: Sequence[str]) -> Iterable[RenderableType]:
    title, width, headline = readable(plan.case.settings.title, out.encoding), out.width, story.headline(plan)
    if cell_len(title) <= width - FRAME:
        yield Panel(Words(headline, "bold"), title=Text(title), title_align="left")
    else:
        yield Panel(Group(Text(title), Words(headline, "bold")))
    for text in asked(plan, changes):
        yield Words(text, "yellow")
    figures = [(f.name, f.plan, f.as_now, f.difference) for f in story.figures(plan)]
    yield grid(("", "this plan", "as now", "difference"), figures, width, right=(1, 2, 3))
    if net := net_of(plan):
        yield Words(f"The cost is {net}.")
    yield from _decisions(plan, width)
    yield Words(story.calendar(plan))
    if money := story.budget(plan):
        yield Words(money)
    yield Words(story.proof(plan), "green" if plan.status == "proved" else "yellow")
    for note in plan.notes:
        yield Words(note, "yellow")


def _crowded(plan: Plan) -> bool:
    """Whether there are more signings and orders than the first screen has room for, a line each."""
    return len(plan.amounts.sign) + len(plan.amounts.modules) > ROOM


def _decisions(plan: Plan, width: int) -> Iterable[RenderableType]:
    """What to sign and order: a line each, or where there are many a line for all of a year."""
    yield Text("Sign", style="bold")
    if not plan.amounts.sign:
        yield Text("  no new deal")
    else:
        yield _years(decisions.signed_by_year(plan)) if _crowded(plan) else _signings(plan, width)
    yield Text("Order", style="bold")
    if not plan.amounts.modules:
        yield Text("  no new plant")
    else:
        yield _years(decisions.ordered_by_year(plan)) if _crowded(plan) else _orders(plan, width)


def _years(told: Mapping[int, str]) -> RenderableType:
    return lined(("", ""), [(str(t), text) for t, text in told.items()])


def _signings(plan: Plan, width: int) -> RenderableType:
    lines = decisions.deal_lines(plan)
    if width < WIDE:
        return grid(("deal", "signed", "in force", "most used", "contract"),
                     [(d.name, d.signed, d.in_force, d.used, d.allowed) for d in lines], width, (3, 4))
    return grid(("deal", "partner", "kind", "signed", "in force", "most used a year", "contract a year"),
                 [(d.name, d.partner, d.kind, d.signed, d.in_force, d.used, d.allowed) for d in lines], width, (5, 6))


def _orders(plan: Plan, width: int) -> RenderableType:
    lines = decisions.order_lines(plan)
    if width < WIDE:
        return grid(("plant", "ordered", "modules", "capacity", "first output"),
                     [(o.plant, str(o.year), str(o.modules), o.capacity, o.first_output) for o in lines], width, (2, 3))
    return grid(("plant", "place", "ordered", "modules", "capacity", "first output"),
                 [(o.plant, o.place, str(o.year), str(o.modules), o.capacity, o.first_output) for o in lines], width,
                 (3, 4))


def _tables(plan: Plan, width: int) -> Iterable[RenderableType]:
    if _crowded(plan):
        yield titled("Deals signed", _signings(plan, width))
        yield titled("Plants ordered", _orders(plan, width))
    yield _by_year("Dependence by year, %", _told(story.dependence_rows(plan), tenths), plan, width)
    yield _by_year("Supply of products by origin, t", _told(supply_rows(plan, story.concern(plan)), bare), plan, width)
    yield _by_year("Volumes under deals, t", _told(_volumes(plan), bare), plan, width)
    costs = grid(("heading", "this plan", "as now"), cost_lines(plan), width, right=(1, 2))
    yield titled("Cost by heading, discounted", costs)
    bound = [(name, span(years)) for name, years in story.binding(plan).items()]
    if bound:
        yield titled("Limits without slack", grid(("limit", "years"), bound, width))


def _volumes(plan: Plan) -> dict[str, dict[int, float]]:
    """Volumes under the deals, each with the stage that it trades: ore and magnets are not to be added up."""
    traded = decisions.stages_traded(plan)
    return {
        f"{name} ({', '.join(traded[name])})" if name in traded else name: of
        for name, of in decisions.volumes(plan).items()
    }


def _told(rows: Mapping[str, Mapping[int, float]], words: story.Words) -> dict[str, dict[int, str]]:
    return {name: {t: words(v) for t, v in of.items()} for name, of in rows.items()}


def _by_year(title: str, rows: dict[str, dict[int, str]], plan: Plan, width: int) -> RenderableType:
    """Names down, years across; as many years in a table as the width holds."""
    if not rows:
        return Group()
    years, name = list(plan.case.years), min(LONGEST, width // 2, max(len(n) for n in rows))
    cell = max(4, max((len(v) for of in rows.values() for v in of.values()), default=4))
    fit = max(1, (width - name - 4) // (cell + 2))
    even = math.ceil(len(years) / math.ceil(len(years) / fit))
    parts = [years[i : i + even] for i in range(0, len(years), even)]
    return titled(title, *(
        lined(
            ("", *map(str, part)), [(n, *(of.get(t, "") for t in part)) for n, of in rows.items()],
            range(1, len(part) + 1), name,
        )
        for part in parts
    ))
