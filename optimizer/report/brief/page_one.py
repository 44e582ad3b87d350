"""Page one, for who decides: the result, the decision asked for, what it rests on. Only what one solve supports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from optimizer.report import story
from optimizer.report.brief.blocks import Block, Bullets, Decision, Heading, Numbers, Paragraph, Table
from optimizer.report.decisions import Decision as Choice
from optimizer.report.decisions import decision_years, first_decisions, first_until
from optimizer.report.evidence import assumptions
from optimizer.report.numbers import moment, money, percent
from optimizer.report.spent import capital, net_of
from optimizer.report.stakes import WEAK, WeakRow, weakest
from optimizer.solve.plan import Plan

WEAKEST = 4
"""Weak inputs that page one names."""

NAMES = 3
"""Deals or plants that a sentence names; of more it gives the number."""

FIRST = 14
"""First decisions that page one has room for."""

LEAST = 4
"""First decisions that it names, whatever else it has to say."""

TOLD = 3
"""Years of first decisions that the decision asked for takes one by one."""


def page_one(plan: Plan) -> Iterable[Block]:
    """The blocks of page one."""
    yield Decision("DECISION SOUGHT", decision(plan))
    stopped = plan.status == "stopped"
    warnings = ([story.proof(plan)] if stopped else []) + list(plan.notes)
    yield from (Paragraph(text, "warning") for text in warnings)
    yield Numbers(large_numbers(plan))
    first = first_decisions(plan)
    if first:
        yield Heading(f"What to sign and order {_when(first)}")
        yield from _first(plan, first, max(FIRST - 2 * len(warnings), LEAST))
    yield Heading("What it changes")
    yield Table(("", "This plan", "As now", "Difference"),
                [(f.name, f.plan, f.as_now, f.difference) for f in story.figures(plan)], right=frozenset({1, 2, 3}))
    yield Paragraph(f"{story.calendar(plan)} {story.budget(plan)}".rstrip())
    yield Heading("How sure this is")
    if not stopped:
        yield Paragraph(story.proof(plan))
    weak = weakest(plan)
    if weak:
        yield Paragraph(_rests(plan))
        yield Bullets([_weak(plan, one) for one in weak[:WEAKEST]])


def decision(plan: Plan) -> str:
    """What is to be decided, with how much: what is due in the first year before what is due in the next."""
    first = first_decisions(plan)
    if not first:
        return "Nothing new is to be signed or ordered."
    parts = [_due(some, f"in {at}") for at, some in first.items()]
    if len(first) > TOLD:
        every = [one for some in first.values() for one in some]
        parts = [_due(every, f"by {max(first)}")]
    spent = sum(one.money for some in first.values() for one in some)
    cost = f": {money(spent, plan.case.settings.currency)} of signing and building costs" if round(spent) else ""
    text = f"{'; '.join(parts)}{cost}"
    later = [t for t in decision_years(plan) if t > first_until(plan)]
    wait = f" What else the plan decides, from {later[0]} on, can wait." if later else ""
    return f"{text[:1].upper()}{text[1:]}.{wait}"


def _due(some: Sequence[Choice], when: str) -> str:
    deals, orders = [one for one in some if one.signed], [one for one in some if not one.signed]
    parts = [f"sign {_named(deals, 'deals')}"] if deals else []
    parts += [f"order {_named(orders, 'plants')}"] if orders else []
    return f"{when}, {' and '.join(parts)}"


def _when(years: Iterable[int]) -> str:
    first, *others = years
    return f"by {others[-1]}" if others else f"in {first}"


def _named(some: Sequence[Choice], what: str) -> str:
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
    # the headline says how much more it costs than as now; what it leaves out must stand here
    beside = net_of(plan) or story.against(plan)
    found.append((money(plan.claims.cost, currency), f"cost, discounted{', ' if beside else ''}{beside}"))
    if round(capital(plan)):
        years = plan.case.years
        found.append((money(capital(plan), currency), f"capital, {years[0]} to {years[-1]}"))
    relief = story.relieved(plan)
    if relief:
        found.append((str(relief[0]), "first year with less dependence than as now"))
    return found


def _first(plan: Plan, first: Mapping[int, Sequence[Choice]], room: int) -> Iterable[Block]:
    """The first decisions under their years, each year with its money."""
    currency, rows, strong = plan.case.settings.currency, list[Sequence[str]](), set[int]()
    for at, some in first.items():
        shown = some[:max(0, room - len(rows) + len(strong))]
        if shown:
            strong.add(len(rows))
            rows.append((f"To decide in {at}", "", "", "", "", _cost(sum(one.money for one in some), currency)))
        rows += [
            (one.name, one.kind, one.where, moment(one.begins), one.size, _cost(one.money, currency)) for one in shown
        ]
    headers = ("Deal or plant", "Kind", "With, or at", "Works from", "Most a year", "Signing, building")
    yield Table(headers, rows, right=frozenset({4, 5}), strong=frozenset(strong))
    hidden = sum(map(len, first.values())) - len(rows) + len(strong)
    if hidden:
        yield Paragraph(f"And {hidden} more, in the calendar.", "note")


def _cost(amount: float, currency: str) -> str:
    return money(amount, currency) if round(amount) else "-"


def _rests(plan: Plan) -> str:
    every = assumptions(plan)
    weak = sum(one.confidence in WEAK for one in every)
    return (
        f"{weak} of the {len(every)} numbers of the workbook that the plan uses are assumptions or of low confidence. "
        "Check those first through which most money runs over the years:"
    )


def _weak(plan: Plan, one: WeakRow) -> str:
    """A weak row as a reader says it: its sheet and name, what is weak of it and where that stands."""
    sheet, _, rest = one.row.partition("[")
    cell = one.cell.rpartition("!")[2] if "!" in one.cell else ""
    first, *others = one.columns
    columns = ", ".join([f"{first} ({cell})" if cell else first, *others])
    sure = "An assumption" if one.confidence == "assumption" else "Low confidence"
    spent = money(one.money, plan.case.settings.currency)
    runs = f"; {spent} runs through it" if round(one.money) else ""
    return f"{sheet}, {rest.removesuffix(']')}: {columns}. {sure}{runs}."
