"""``brief.md``: the plan as a page for reading, with the assumptions it rests on. Text from the case is data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from optimizer.report import story
from optimizer.report.evidence import Assumption, assumptions
from optimizer.report.numbers import bare, percent, span
from optimizer.solve.plan import Plan

WEAK = ("assumption", "low")


def brief(plan: Plan) -> str:
    """The brief in Markdown; the same plan gives the same text."""
    return "\n\n".join(part for part in _parts(plan) if part) + "\n"


def _parts(plan: Plan) -> Iterable[str]:
    yield f"# {escape(plan.case.settings.title)}"
    yield f"**{escape(story.headline(plan))}**"
    yield escape(f"{story.calendar(plan)} {story.budget(plan)}".rstrip())
    yield escape(story.proof(plan))
    yield from (f"> {escape(note)}" for note in plan.notes)
    yield _table(("", "This plan", "As now", "Difference"),
                 [(f.name, f.plan, f.as_now, f.difference) for f in story.figures(plan)])
    yield from _decisions(plan)
    yield "## Dependence by year"
    yield (
        "*Exposed* counts every tonne with any step in a place of concern, and what is not served; *direct* what is "
        "shipped from there; *unmet* what is not served; a *stage*, the share of its tonnes made there."
    )
    yield _by_year(plan, story.dependence_rows(plan), percent)
    yield "## Where the products come from, t"
    yield _by_year(plan, story.served_by_origin(plan), bare)
    yield "## Cost by heading, discounted"
    yield _table(("Heading", "This plan", "As now"), story.cost_lines(plan))
    yield from _limits(plan)
    yield from _rests(plan)


def _decisions(plan: Plan) -> Iterable[str]:
    yield "## What to sign"
    deals = [(d.name, d.partner, d.kind, d.signed, d.in_force, d.volume) for d in story.deal_lines(plan)]
    yield _table(("Deal", "Partner", "Kind", "Signed", "In force", "A year"), deals) if deals else "No new deal."
    if plan.volume:
        yield "Volumes under deals, t:"
        yield _by_year(plan, story.volumes(plan), bare)
    yield "## What to order"
    orders = [(o.plant, o.place, str(o.year), str(o.modules), o.capacity, o.first_output)
              for o in story.order_lines(plan)]
    headers = ("Plant", "Place", "Ordered", "Modules", "Capacity", "First output")
    yield _table(headers, orders) if orders else "No new plant."


def _limits(plan: Plan) -> Iterable[str]:
    bound = story.binding(plan)
    if bound:
        yield "## Limits without slack"
        yield _table(("Limit", "Cell", "Years"), [
            (name, plan.case.cell(f"Limits[{name}]"), span(years)) for name, years in bound.items()
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


def _by_year(plan: Plan, rows: Mapping[str, Mapping[int, float]], words: story.Words) -> str:
    years = plan.case.years
    lines = [(name, *(words(of[t]) if t in of else "" for t in years)) for name, of in rows.items()]
    return _table(("", *map(str, years)), lines)


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(headers) + " |", "| " + " | ".join("---" for _ in headers) + " |"]
    lines += ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def escape(text: str) -> str:
    r"""Text that Markdown prints as it stands: on one line, every sign with a meaning escaped.

    >>> print(escape("a|b *c* <i> & 1.5 t"), escape("- 1. x"), escape("2025. x"))
    a\|b \*c\* \<i\> \& 1.5 t \- 1. x 2025\. x
    """
    flat = re.sub(r"([\\`*_{}\[\]<>#|~&$])", r"\\\1", " ".join(text.split()))
    flat = re.sub(r"^([-+=])(?=\s|[-+=]*$)", r"\\\1", flat)
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", flat)
