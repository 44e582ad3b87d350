"""What a plan signs and orders: each decision with its year, partner, size, start and money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.case.schema import Deal
from optimizer.model.data import Data
from optimizer.report.numbers import moment, money, span, tonnes
from optimizer.report.stakes import order_cost, signing_cost
from optimizer.solve.plan import Plan


@dataclass(frozen=True)
class DealLine:
    """One signing of a plan.

    Attributes:
        name: the deal.
        partner: its partner, empty where none is named.
        kind: its kind, empty where none is named.
        year: the year of signing.
        terms: terms signed for.
        years: years in force.
        most_used: the largest volume in a year, None where nothing is metered.
        contract: the most that it allows in a year in force, None without a bound.
    """

    name: str
    partner: str
    kind: str
    year: int
    terms: int
    years: tuple[int, ...]
    most_used: float | None
    contract: float | None

    @property
    def signed(self) -> str:
        """When it is signed, with the terms where there are several."""
        return f"{self.year}" + (f", {self.terms} terms" if self.terms > 1 else "")

    @property
    def in_force(self) -> str:
        """The years in force in words."""
        return span(list(self.years))

    @property
    def used(self) -> str:
        """The largest volume in words."""
        return "-" if self.most_used is None else tonnes(self.most_used)

    @property
    def allowed(self) -> str:
        """The size of the contract in words."""
        return "-" if self.contract is None else tonnes(self.contract)


@dataclass(frozen=True)
class OrderLine:
    """One order of a plan.

    Attributes:
        plant: the plant.
        place: where it stands.
        year: the year of the order.
        modules: modules ordered.
        tonnes: their capacity in t a year.
        starts: the moment of the first output.
    """

    plant: str
    place: str
    year: int
    modules: int
    tonnes: float
    starts: float

    @property
    def capacity(self) -> str:
        """Its capacity in words."""
        return f"{tonnes(self.tonnes)}/yr"

    @property
    def first_output(self) -> str:
        """When it first gives anything, in words."""
        return moment(self.starts)


@dataclass(frozen=True)
class Decision:
    """One decision, deal or plant alike.

    Attributes:
        name: the deal or plant.
        kind: of the deal, or ``plant``.
        where: partner of a deal, place of a plant.
        when: the year in which it is taken.
        begins: the moment from which it works.
        tonnes: a year: the largest volume of a deal, the capacity of an order; None where there is none.
        money: what signing or building costs, undiscounted, in the case's currency.
        signed: whether it is a deal.
        terms: terms that a deal is signed for.
    """

    name: str
    kind: str
    where: str
    when: int
    begins: float
    tonnes: float | None
    money: float
    signed: bool
    terms: int = 1

    @property
    def size(self) -> str:
        """Its tonnes in words, empty where there are none."""
        if self.tonnes is None:
            return ""
        return tonnes(self.tonnes) if self.signed else f"{tonnes(self.tonnes)}/yr"


def deal_lines(plan: Plan) -> list[DealLine]:
    """The signings, in order of year."""
    rows = {row.name: row for row in plan.case.deals}
    found = []
    for name, signed, terms in sorted(plan.amounts.sign, key=lambda key: (key[1], key[0])):
        later = [t for d, t, _ in plan.amounts.sign if d == name and t > signed]
        until = min(later, default=plan.case.settings.last_year + 1)
        years = [t for (d, t), part in plan.active.items() if d == name and part > 0 and signed <= t <= until]
        volumes = [v for (d, t), v in plan.volume.items() if d == name and signed <= t <= until]
        found.append(DealLine(
            name, rows[name].partner or "", rows[name].kind or "", signed, terms, tuple(sorted(years)),
            max(volumes, default=None), _contract(rows[name], years),
        ))
    return found


def _contract(row: Deal, years: list[int]) -> float | None:
    """The most that a deal allows in any of some years; years before those that it speaks of have no bound."""
    if row.most is None or not years:
        return None
    begins = row.most.first
    return max((row.most.at(t) for t in years if begins is None or t >= begins), default=None)


def order_lines(plan: Plan) -> list[OrderLine]:
    """The orders made, in order of year."""
    rows = {row.name: row for row in plan.case.plants}
    found = []
    for (name, at), modules in sorted(plan.amounts.modules.items(), key=lambda item: (item[0][1], item[0][0])):
        row = rows[name]
        starts = at + plan.case.settings.deciding_point.at(at) + row.lead
        found.append(OrderLine(name, row.place, at, int(modules), modules * (row.module or 0.0), starts))
    return found


def decisions(plan: Plan) -> list[Decision]:
    """Every signing and order, in order of year, deals first."""
    return sorted([*_signings(plan), *_orders(plan)], key=lambda one: (one.when, not one.signed, one.name))


def _signings(plan: Plan) -> list[Decision]:
    settings, rows = plan.case.settings, {deal.name: deal for deal in plan.case.deals}
    return [
        Decision(
            one.name, one.kind or "deal", one.partner, one.year,
            one.year + settings.deciding_point.at(one.year) + rows[one.name].lead, one.most_used,
            signing_cost(plan, one.name, one.year, one.terms), True, one.terms,
        )
        for one in deal_lines(plan)
    ]


def _orders(plan: Plan) -> list[Decision]:
    return [
        Decision(
            one.plant, "plant", one.place, one.year, one.starts, one.tonnes,
            order_cost(plan, one.plant, one.year, one.modules), False,
        )
        for one in order_lines(plan)
    ]


def decision_years(plan: Plan) -> list[int]:
    """The years in which something is signed or ordered, each once, in order."""
    return sorted({t for _, t, _ in plan.amounts.sign} | {t for _, t in plan.amounts.modules})


def first_until(plan: Plan) -> int:
    """The year up to which decisions are first ones: the commit year, at least that of the first decision."""
    settings = plan.case.settings
    return max([settings.commit_year or settings.first_year, *decision_years(plan)[:1]])


def first_decisions(plan: Plan) -> dict[int, list[Decision]]:
    """Year -> what is signed and ordered in it, up to :func:`first_until`."""
    until, found = first_until(plan), dict[int, list[Decision]]()
    for one in decisions(plan):
        if one.when <= until:
            found.setdefault(one.when, []).append(one)
    return found


def signed_by_year(plan: Plan) -> dict[int, str]:
    """Year -> the deals signed in it, each with partner, terms where several, largest volume and money."""
    return _by_year(plan, [one for one in decisions(plan) if one.signed])


def ordered_by_year(plan: Plan) -> dict[int, str]:
    """Year -> the plants ordered in it, each with capacity and money."""
    return _by_year(plan, [one for one in decisions(plan) if not one.signed])


def _by_year(plan: Plan, some: Sequence[Decision]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for one in some:
        # where a plant stands and a partner that its deal is named after say nothing new
        facts = (
            one.where if one.signed and one.where not in one.name else "",
            f"{one.terms} terms" if one.terms > 1 else "", one.size,
            money(one.money, plan.case.settings.currency) if round(one.money) else "",
        )
        told = ", ".join(filter(None, facts))
        found.setdefault(one.when, []).append(f"{one.name} ({told})" if told else one.name)
    return {at: "; ".join(names) for at, names in found.items()}


def volumes(plan: Plan) -> dict[str, dict[int, float]]:
    """Deal -> year -> tonnes on its meter."""
    found: dict[str, dict[int, float]] = {}
    for (deal, t), v in sorted(plan.volume.items()):
        found.setdefault(deal, {})[t] = v
    return found


def capacities(plan: Plan) -> dict[str, dict[int, float]]:
    """Plant ordered -> year -> its capacity in t a year."""
    ordered = {name for name, _ in plan.amounts.modules}
    found: dict[str, dict[int, float]] = {}
    for (name, t), v in sorted(plan.capacity.items()):
        if name in ordered:
            found.setdefault(name, {})[t] = v
    return found


def materials_traded(plan: Plan) -> dict[str, list[str]]:
    """Deal -> the materials of what flows over its meter."""
    data = Data(plan.case)
    found: dict[str, list[str]] = {}
    for (deal, sheet, name, _), amount in sorted(plan.amounts.alloc.items()):
        if amount > 0 and (sheet, name) in data.meters[deal]:
            of = found.setdefault(deal, [])
            of += sorted(data.materials_of((sheet, name)) - set(of))
    return found


def stages_traded(plan: Plan) -> dict[str, list[str]]:
    """Deal -> the stages of the materials that it trades."""
    stages = {row.name: row.stage for row in plan.case.materials}
    return {deal: list(dict.fromkeys(stages[name] for name in of)) for deal, of in materials_traded(plan).items()}
