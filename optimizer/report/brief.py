"""``brief.md``: the plan as a page for reading, with the assumptions it rests on. Text from the case is data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from optimizer.report import story
from optimizer.report.evidence import Assumption, assumptions
from optimizer.report.numbers import money, percent, tonnes
from optimizer.solve.plan import Plan
from optimizer.solve.tables import dependence_views

WEAK = ("assumption", "low")


def brief(plan: Plan) -> str:
    """The brief in Markdown; the same plan gives the same text."""
    return "\n\n".join(part for part in _parts(plan) if part) + "\n"


def _parts(plan: Plan) -> Iterable[str]:
    currency = plan.case.settings.currency
    yield f"# {escape(plan.case.settings.title)}"
    yield f"**{escape(story.headline(plan))}.**"
    yield escape(story.proof(plan))
    yield from (f"> {escape(note)}" for note in plan.notes)
    yield _table(("", "This plan", "As now", "Difference"),
                 [(f.name, f.plan, f.as_now, f.difference) for f in story.figures(plan)])
    yield "## What to sign"
    deals = [(d.name, d.partner, d.signed, d.in_force, d.volume) for d in story.deal_lines(plan)]
    yield _table(("Deal", "Partner", "Signed", "In force", "A year"), deals) if deals else "No new deal."
    yield "## What to order"
    orders = [(o.plant, str(o.year), str(o.modules), o.capacity, o.first_output) for o in story.order_lines(plan)]
    yield (_table(("Plant", "Ordered", "Modules", "Capacity", "First output"), orders) if orders else "No new plant.")
    yield "## Dependence"
    yield (
        "*Exposed* counts every tonne with any step in a place of concern, and what is not served; *direct* what is "
        "shipped from there; a stage, where its tonnes are made."
    )
    yield _by_year(plan, {n: {t: percent(v) for t, v in s.items()} for n, s in dependence_views(plan).items()})
    yield "## Where the products come from, t"
    origins = story.served_by_origin(plan)
    yield _by_year(plan, {n: {t: tonnes(v, "").strip() for t, v in s.items()} for n, s in origins.items()})
    yield "## Cost by heading, discounted"
    now = story.by_heading(plan.as_now) if plan.as_now else {}
    yield _table(
        ("Heading", "This plan", "As now"),
        [(n, money(v, currency), money(now[n], currency) if n in now else "-")
         for n, v in story.by_heading(plan).items() if v],
    )
    yield from _limits(plan)
    yield from _rests(plan)


def _limits(plan: Plan) -> Iterable[str]:
    bound = story.binding(plan)
    if bound:
        yield "## Limits without slack"
        yield _table(("Limit", "Cell", "Years"), [
            (name, plan.case.cell(f"Limits[{name}]"), ", ".join(map(str, years))) for name, years in bound.items()
        ])


def _rests(plan: Plan) -> Iterable[str]:
    """The assumptions, those of low confidence first and apart."""
    every = assumptions(plan)
    weak = [one for one in every if one.confidence in WEAK]
    other = [one for one in every if one.confidence not in WEAK]
    yield "## What this rests on"
    yield (
        f"The plan uses {len(every)} numbers of the workbook; {len(weak)} of them are assumptions or of low confidence."
    )
    for title, some in (("Assumptions and low confidence", weak), ("The others", other)):
        if some:
            yield f"### {title}"
            yield _table(("Input", "Cell", "Value", "Confidence", "Source", "Note"), [_line(one) for one in some])


def _line(one: Assumption) -> Sequence[str]:
    return one.address, one.cell, one.value, one.confidence or "not said", one.source or "not said", one.note


def _by_year(plan: Plan, rows: dict[str, dict[int, str]]) -> str:
    years = plan.case.years
    return _table(("", *map(str, years)), [(n, *(of.get(t, "") for t in years)) for n, of in rows.items()])


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(headers) + " |", "| " + " | ".join("---" for _ in headers) + " |"]
    lines += ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def escape(text: str) -> str:
    """Text that Markdown prints as it stands: on one line, every sign with a meaning escaped.

    >>> escape("a|b *c*")
    'a\\\\|b \\\\*c\\\\*'
    """
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", flat)
