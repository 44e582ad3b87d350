"""The pages behind page one: calendar, volumes, build-out, dependence, cost, limits, and what it all rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from optimizer.report import decisions, story
from optimizer.report.brief.annex import annex
from optimizer.report.brief.blocks import Block, Heading, Image, PageBreak, Paragraph, Picture, Table
from optimizer.report.numbers import bare, percent, span, tenths
from optimizer.report.spent import cash_rows, cost_lines, incentives, left_out, net_of
from optimizer.report.studies.told import Told
from optimizer.report.supplied import supply_rows
from optimizer.solve.plan import Plan


def pages(plan: Plan, pictures: Sequence[Picture], studies: Sequence[Told] = ()) -> Iterable[Block]:
    """The blocks of the pages after the first."""
    shown = {picture.name: Image(picture.name, picture.title, picture.alt) for picture in pictures}
    yield Heading("Calendar")
    yield from _image(shown, "calendar")
    yield from _deals(plan)
    yield from _orders(plan)
    yield from _supply(plan, shown)
    yield from _dependence(plan, shown)
    yield from _cost(plan, shown)
    yield from _limits(plan)
    for told in studies:
        yield PageBreak()
        yield from told.page
    yield from annex(plan)
    yield from _method(plan)


def _image(shown: Mapping[str, Image], name: str) -> Iterable[Block]:
    if name in shown:
        yield shown[name]


def _deals(plan: Plan) -> Iterable[Block]:
    yield Heading("Deals signed, t a year", 3)
    deals = [(d.name, d.partner, d.kind, d.signed, d.in_force, d.used, d.allowed) for d in decisions.deal_lines(plan)]
    headers = ("Deal", "Partner", "Kind", "Signed", "In force", "Most used", "Contract")
    yield Table(headers, deals, right=frozenset({5, 6})) if deals else Paragraph("No new deal.")
    if plan.volume:
        yield Heading("Volumes under deals, t a year", 3)
        traded = {name: "; ".join(of) for name, of in decisions.materials_traded(plan).items()}
        yield by_year(plan, decisions.volumes(plan), bare, {"Material": traded})
        yield Paragraph("Not to be added up: one tonne may pass under two deals, as oxide and as magnet.", "note")


def _orders(plan: Plan) -> Iterable[Block]:
    yield Heading("Plants ordered", 3)
    orders = [(o.plant, o.place, str(o.year), str(o.modules), o.capacity, o.first_output)
              for o in decisions.order_lines(plan)]
    headers = ("Plant", "Place", "Ordered", "Modules", "Capacity", "First output")
    yield Table(headers, orders, right=frozenset({2, 3, 4})) if orders else Paragraph("No new plant.")
    built = decisions.capacities(plan)
    if built:
        yield Heading("Capacity of the plants ordered, t a year", 3)
        yield by_year(plan, built, bare)


def _supply(plan: Plan, shown: Mapping[str, Image]) -> Iterable[Block]:
    concern = story.concern(plan)
    yield Heading("Where the products come from")
    yield from _image(shown, "supply")
    rows = supply_rows(plan, concern)
    through = f" Through {concern}: from home, elsewhere or stock, with a step there."
    told = through if f"through {concern}" in rows else ""
    yield Paragraph(f"Tonnes a year, at the places with demand.{told}", "note")
    yield by_year(plan, rows, bare)


def _dependence(plan: Plan, shown: Mapping[str, Image]) -> Iterable[Block]:
    yield Heading("Dependence by year")
    yield from _image(shown, "dependence")
    yield Paragraph(
        "In percent. Exposed: every tonne with any step in a place of concern, and what is not served. Direct: what is "
        "shipped from there; it can exceed exposed in a year in which goods are bought into stock. Unmet: not served. "
        "A stage: the share of its tonnes made there.", "note",
    )
    yield by_year(plan, story.dependence_rows(plan), tenths)


def _cost(plan: Plan, shown: Mapping[str, Image]) -> Iterable[Block]:
    currency = plan.case.settings.currency
    yield Heading("Cost")
    yield from _image(shown, "cost")
    yield Heading("By heading, discounted", 3)
    lines = cost_lines(plan)
    yield Table(("Heading", "This plan", "As now"), lines, right=frozenset({1, 2}), strong=frozenset({len(lines) - 1}))
    if net_of(plan):
        yield Paragraph(f"The total is {net_of(plan)}.", "note")
    rows = cash_rows(plan)
    yield Heading(f"By payer and year, cash, {currency} m", 3)
    yield by_year(plan, rows, lambda amount: bare(amount / 1e6))
    yield Paragraph(_cash_note(plan), "note")


def _cash_note(plan: Plan) -> str:
    """Why the cash of the payers is not the cost by heading."""
    told = (
        "Cash of each year as it is paid. The cost by heading is discounted, and of deals and plants that last beyond "
        "the horizon it counts the use inside it."
    )
    if not incentives(plan):
        return told
    counted = (
        "leaves both out" if "incentives" in left_out(plan)
        else "counts what is received as less and leaves out what is paid"
    )
    return (
        f"{told} Incentives are a cost of who pays them and less of a cost for who receives them, so that they cancel "
        f"in the sum of all payers; the cost by heading {counted}."
    )


def _limits(plan: Plan) -> Iterable[Block]:
    bound = story.binding(plan)
    if bound:
        yield Heading("Limits without slack")
        rows = [(name, plan.case.cell(f"Limits[{name}]"), span(years)) for name, years in bound.items()]
        yield Table(("Limit", "Cell", "Years"), rows)


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
        ("gap asked for", f"within {story.gap_words(plan, options.gap, story.BEST)}"),
        ("gap left", story.gap_words(plan, plan.gap)),
        ("size", f"{plan.size.get('rows', 0):,} rows, {plan.size.get('columns', 0):,} columns, of these "
                 f"{plan.size.get('integers', 0):,} whole numbers"),
    ])


def by_year(
    plan: Plan, rows: Mapping[str, Mapping[int, float]], words: Callable[[float], str],
    beside: Mapping[str, Mapping[str, str]] | None = None,
) -> Table:
    """Names down, years across; `beside` holds further columns, by header, of a word for each name."""
    years, beside = plan.case.years, beside or {}
    lines = [
        (name, *(column.get(name, "") for column in beside.values()), *(words(of[t]) if t in of else "" for t in years))
        for name, of in rows.items()
    ]
    first = 1 + len(beside)
    headers = ("", *beside, *map(str, years))
    return Table(headers, lines, right=frozenset(range(first, len(headers))), years=first,
                 wide={0: 1.2, **dict.fromkeys(range(1, first), 1.0)})
