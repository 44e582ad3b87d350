"""The pages behind page one: calendar, volumes, build-out, dependence, cost, limits, and what it all rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from optimizer.case.schema import Source
from optimizer.report import story
from optimizer.report.brief.blocks import Block, Heading, Image, Paragraph, Picture, Table
from optimizer.report.evidence import Assumption, assumptions
from optimizer.report.numbers import bare, percent, span
from optimizer.report.stakes import WEAK
from optimizer.solve.plan import Plan


def pages(plan: Plan, pictures: Sequence[Picture]) -> Iterable[Block]:
    """The blocks of the pages after the first."""
    shown = {picture.name: Image(picture.name, picture.title, picture.alt) for picture in pictures}
    yield Heading("Calendar")
    yield from _image(shown, "calendar")
    yield from _deals(plan)
    yield from _orders(plan)
    yield Heading("Where the products come from")
    yield from _image(shown, "supply")
    yield Paragraph("Tonnes a year, at the places with demand.", "note")
    yield by_year(plan, story.served_by_origin(plan), bare)
    yield Heading("Dependence by year")
    yield from _image(shown, "dependence")
    yield Paragraph(
        "Exposed counts every tonne with any step in a place of concern, and what is not served; direct what is "
        "shipped from there; unmet what is not served; a stage, the share of its tonnes made there.", "note",
    )
    yield by_year(plan, story.dependence_rows(plan), percent)
    yield from _cost(plan, shown)
    yield from _limits(plan)
    yield from _rests(plan)
    yield from _method(plan)


def _image(shown: Mapping[str, Image], name: str) -> Iterable[Block]:
    if name in shown:
        yield shown[name]


def _deals(plan: Plan) -> Iterable[Block]:
    yield Heading("Deals signed", 3)
    deals = [(d.name, d.partner, d.kind, d.signed, d.in_force, d.volume) for d in story.deal_lines(plan)]
    headers = ("Deal", "Partner", "Kind", "Signed", "In force", "A year")
    yield Table(headers, deals, right=frozenset({5})) if deals else Paragraph("No new deal.")
    if plan.volume:
        yield Heading("Volumes under deals, t", 3)
        yield by_year(plan, story.volumes(plan), bare)


def _orders(plan: Plan) -> Iterable[Block]:
    yield Heading("Plants ordered", 3)
    orders = [(o.plant, o.place, str(o.year), str(o.modules), o.capacity, o.first_output)
              for o in story.order_lines(plan)]
    headers = ("Plant", "Place", "Ordered", "Modules", "Capacity", "First output")
    yield Table(headers, orders, right=frozenset({2, 3, 4, 5})) if orders else Paragraph("No new plant.")
    built = story.capacities(plan)
    if built:
        yield Heading("Capacity of the plants ordered, t a year", 3)
        yield by_year(plan, built, bare)


def _cost(plan: Plan, shown: Mapping[str, Image]) -> Iterable[Block]:
    currency = plan.case.settings.currency
    yield Heading("Cost")
    yield from _image(shown, "cost")
    yield Heading("By heading, discounted", 3)
    lines = story.cost_lines(plan)
    yield Table(("Heading", "This plan", "As now"), lines, right=frozenset({1, 2}), strong=frozenset({len(lines) - 1}))
    yield Heading(f"By payer and year, cash, {currency} m", 3)
    yield by_year(plan, story.cash_by_payer(plan), lambda amount: bare(amount / 1e6))


def _limits(plan: Plan) -> Iterable[Block]:
    bound = story.binding(plan)
    if bound:
        yield Heading("Limits without slack")
        rows = [(name, plan.case.cell(f"Limits[{name}]"), span(years)) for name, years in bound.items()]
        yield Table(("Limit", "Cell", "Years"), rows)


def _rests(plan: Plan) -> Iterable[Block]:
    """The rows of the workbook that the plan uses, the weakest first, and the documents behind them."""
    every = assumptions(plan)
    weak = sum(one.confidence in WEAK for one in every)
    yield Heading("What this rests on")
    yield Paragraph(
        f"The plan uses {len(every)} numbers of the workbook; {weak} of them are assumptions or of low confidence."
    )
    numbers = {name: at for at, name in enumerate(dict.fromkeys(s for one in every for s in one.sources), start=1)}
    rows = by_row(every)
    for title, wanted in (("Assumptions and low confidence", True), ("The others", False)):
        some = [row for row in rows if (row[0].confidence in WEAK) is wanted]
        if some:
            yield Heading(title, 3)
            headers = ("Row", "Numbers, with their cells", "Confidence", "Sources", "Note")
            yield Table(headers, [_row_line(row, numbers) for row in some], wide={0: 1.2, 1: 2.2, 4: 1.6})
    if numbers:
        yield Heading("Sources")
        rows_of = {source.name: source for source in plan.case.sources}
        lines = [(str(at), *_source_line(rows_of.get(name), name)) for name, at in numbers.items()]
        yield Table(("", "Title", "Publisher", "Date", "Address"), lines, wide={1: 2, 2: 1, 4: 2})


def by_row(every: Sequence[Assumption]) -> list[list[Assumption]]:
    """Assumptions that share row, confidence, sources and note, together."""
    found: dict[tuple[object, ...], list[Assumption]] = {}
    for one in every:
        found.setdefault((one.row, one.confidence, one.sources, one.note), []).append(one)
    return list(found.values())


def _row_line(row: Sequence[Assumption], numbers: Mapping[str, int]) -> Sequence[str]:
    first = row[0]
    values = "; ".join(f"{one.column} {one.value} ({one.cell.rpartition('!')[2]})" for one in row)
    sources = ", ".join(str(numbers[name]) for name in first.sources)
    return first.row, values, first.confidence or "not said", sources or "not said", first.note


def _source_line(source: Source | None, name: str) -> Sequence[str]:
    if source is None:
        return name, "", "", ""
    return source.title or name, source.publisher or "", source.date or "", source.url or ""


def _method(plan: Plan) -> Iterable[Block]:
    settings, options = plan.case.settings, plan.options
    yield Heading("How this was made")
    checked = (
        " Another program, which shares no code with the first, has recomputed every balance, limit and figure of the "
        "plan from the workbook." if plan.checked else ""
    )
    yield Paragraph(
        "The plan is the answer of a mixed-integer program to the workbook: it chooses deals, orders and flows so that "
        f"{', then '.join(plan.goals)} is as low as the limits of the workbook allow. It does not foresee prices, "
        f"politics or demand: it takes them from the workbook.{checked}"
    )
    yield Table(("What", "How"), [
        ("years", f"{settings.first_year} to {settings.last_year}"),
        ("money", f"{settings.currency} of {settings.base_year or settings.first_year}, discounted at "
                  f"{percent(settings.discount_rate)} a year"),
        ("cost", "as those who pay see it: duty and incentives count" if settings.view == "payer"
                 else "of the nation: duty and incentives inside it do not count"),
        ("proved within", percent(options.gap) if options.gap >= 0.0005 else f"{100 * options.gap:.2g} %"),
        ("gap left", f"{100 * plan.gap:.2g} %" if plan.gap < 1e6 else "not known"),
        ("size", f"{plan.size.get('rows', 0):,} rows, {plan.size.get('columns', 0):,} columns, of these "
                 f"{plan.size.get('integers', 0):,} whole numbers"),
    ])


def by_year(plan: Plan, rows: Mapping[str, Mapping[int, float]], words: Callable[[float], str]) -> Table:
    """Names down, years across."""
    years = plan.case.years
    lines = [(name, *(words(of[t]) if t in of else "" for t in years)) for name, of in rows.items()]
    return Table(("", *map(str, years)), lines, right=frozenset(range(1, len(years) + 1)), years=1)

