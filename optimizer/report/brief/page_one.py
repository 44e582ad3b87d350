"""Page one, for who decides: the result, the decision asked for, what it rests on. Only what one solve supports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optimizer.report import story
from optimizer.report.brief.blocks import Block, Bullets, Decision, Heading, Numbers, Paragraph, Table
from optimizer.report.evidence import assumptions
from optimizer.report.first import FirstDecision, decision_years, first_decisions, first_until
from optimizer.report.numbers import money, percent
from optimizer.report.stakes import WEAK, WeakRow, weakest
from optimizer.solve.plan import Plan

WEAKEST = 4
"""Weak inputs that page one names."""

NAMES = 4
"""Deals or plants that a sentence names; of more it gives the number."""

FIRST = 14
"""First decisions that page one has room for."""


def page_one(plan: Plan) -> Iterable[Block]:
    """The blocks of page one."""
    yield Decision("DECISION SOUGHT", decision(plan))
    if plan.status == "stopped":
        yield Paragraph(story.proof(plan), "warning")
    yield Numbers(large_numbers(plan))
    yield from (Paragraph(note, "warning") for note in plan.notes)
    first = first_decisions(plan)
    if first:
        yield Heading(f"What to sign and order {_when(plan)}")
        yield _first_table(plan, first)
        if len(first) > FIRST:
            yield Paragraph(f"And {len(first) - FIRST} more, in the calendar.", "note")
    yield Heading("What it changes")
    yield Table(("", "This plan", "As now", "Difference"),
                [(f.name, f.plan, f.as_now, f.difference) for f in story.figures(plan)], right=frozenset({1, 2, 3}))
    yield Paragraph(f"{story.calendar(plan)} {story.budget(plan)}".rstrip())
    yield Heading("How sure this is")
    yield Paragraph(story.proof(plan))
    weak = weakest(plan)
    if weak:
        yield Paragraph(_rests(plan))
        yield Bullets([_weak(plan, one) for one in weak[:WEAKEST]])


def decision(plan: Plan) -> str:
    """What is to be decided, with how much, in a sentence or two."""
    first = first_decisions(plan)
    if not first:
        return "Nothing new is to be signed or ordered."
    deals = [one for one in first if one.signed]
    orders = [one for one in first if not one.signed]
    parts = [f"sign {_named(deals, 'deals')}"] if deals else []
    parts += [f"order {_named(orders, 'plants')}"] if orders else []
    text = f"{_when(plan)}, {' and '.join(parts)}"
    spent = sum(one.money for one in first)
    if round(spent):
        text += f": {money(spent, plan.case.settings.currency)} of signing and building costs"
    later = [t for t in decision_years(plan) if t > first_until(plan)]
    wait = f" What else the plan decides, from {later[0]} on, can wait." if later else ""
    return f"{text[:1].upper()}{text[1:]}.{wait}"


def _when(plan: Plan) -> str:
    until = first_until(plan)
    return f"in {until}" if [t for t in decision_years(plan) if t <= until] == [until] else f"by {until}"


def _named(some: Sequence[FirstDecision], what: str) -> str:
    names = list(dict.fromkeys(one.name for one in some))
    if len(names) > NAMES:
        return f"{len(names)} {what}"
    if len(names) == 1:
        return names[0]
    # names may hold commas of their own
    between = "; " if any("," in name for name in names) else ", "
    return f"{between.join(names[:-1])}{';' if ';' in between else ''} and {names[-1]}"


def large_numbers(plan: Plan) -> list[tuple[str, str]]:
    """Three or four numbers in large type: dependence, cost, capital, when it tells."""
    currency, shares = plan.case.settings.currency, story.shares_of(plan)
    found = []
    if shares:
        at = story.focus_year(plan)
        before = "" if plan.as_now is None else f"{100 * story.shares_of(plan.as_now)[at]:.0f} → "
        found.append((f"{before}{percent(shares[at])}", f"dependence on {story.concern(plan)} in {at}"
                      + (", as now and with this plan" if before else "")))
    found.append((money(plan.claims.cost, currency), f"cost, discounted{story.against(plan)}"))
    if round(story.capital(plan)):
        years = plan.case.years
        found.append((money(story.capital(plan), currency), f"capital, {years[0]} to {years[-1]}"))
    relief = story.relieved(plan)
    if relief:
        found.append((str(relief[0]), "first year with less dependence than as now"))
    return found


def _first_table(plan: Plan, first: Sequence[FirstDecision]) -> Table:
    currency = plan.case.settings.currency
    rows = [
        (one.name, one.kind, one.where, str(one.when), one.begins, one.size,
         money(one.money, currency) if round(one.money) else "-")
        for one in first[:FIRST]
    ]
    headers = ("Deal or plant", "Kind", "With, or at", "Decide", "Works from", "A year", "Signing, building")
    return Table(headers, rows, right=frozenset({3, 4, 5, 6}))


def _rests(plan: Plan) -> str:
    every = assumptions(plan)
    weak = sum(one.confidence in WEAK for one in every)
    return (
        f"{weak} of the {len(every)} numbers of the workbook that the plan uses are assumptions or of low confidence. "
        "Check those first through which most money runs:"
    )


def _weak(plan: Plan, one: WeakRow) -> str:
    spent = money(one.money, plan.case.settings.currency)
    runs = f"; {spent} runs through it over the years" if round(one.money) else ""
    sure = "assumption" if one.confidence == "assumption" else "low confidence"
    return f"{one.row} ({one.cell}): {', '.join(one.columns)}; {sure}{runs}"

