"""What a plan says, as facts in words: one source for the terminal, the brief and every later page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from optimizer.report.numbers import money, percent, points, tonnes
from optimizer.solve.plan import Plan
from optimizer.solve.tables import dependence_views
from optimizer.solve.views import counted_demand


@dataclass(frozen=True)
class DealLine:
    """One deal of a plan in words."""

    name: str
    partner: str
    signed: str
    in_force: str
    volume: str


@dataclass(frozen=True)
class OrderLine:
    """One order of a plan in words."""

    plant: str
    year: int
    modules: int
    capacity: str
    first_output: str


@dataclass(frozen=True)
class Figure:
    """A number of the plan beside the one as now."""

    name: str
    plan: str
    as_now: str
    difference: str


def headline(plan: Plan) -> str:
    """The result in one sentence, with its year."""
    shares = exposed(plan)
    if not shares:
        return f"{plan.case.settings.title}: {money(plan.claims.cost, plan.case.settings.currency)}"
    year = focus_year(plan)
    now = "" if plan.as_now is None else f" (as now: {percent(exposed(plan.as_now)[year])})"
    concern = " and ".join(place.name for place in plan.case.places if place.concern and _country(place.name))
    return f"Dependence on {concern or 'places of concern'} comes down to {percent(shares[year])} in {year}{now}"


def _country(name: str) -> bool:
    return "," not in name


def exposed(plan: Plan) -> dict[int, float]:
    """Year -> share of demand served exposed or short."""
    return dependence_views(plan)["exposed"]


def focus_year(plan: Plan) -> int:
    """The year that the headline names: the first one in which the glide path is full, else the last with demand."""
    years = list(exposed(plan))
    settings = plan.case.settings
    if settings.glide is not None:
        full = [t for t in years if settings.glide.at(t) >= 1]
    else:
        full = [t for t in years if t >= (settings.full_from or settings.first_year)]
    return full[0] if full else years[-1]


def proof(plan: Plan) -> str:
    """How sure the plan is: proved, or the best one found, and whether another set of deals does as well."""
    gap = 100 * plan.gap
    if plan.status == "proved":
        sure = f"Proved to be within {max(gap, 100 * plan.options.gap):.4g} % of the best possible"
    else:
        known = f"within {gap:.3g} % of the best possible" if gap < 1e6 else "how far from the best possible is not known"
        sure = f"Best plan found, {known}; the search was stopped early"
    unique = {
        True: "; no other set of deals does as well",
        False: "; another set of deals does as well",
        None: "",
    }[plan.unique_deals]
    return f"{sure}{unique}. Checked independently against the workbook."


def deal_lines(plan: Plan) -> list[DealLine]:
    """The deals signed, in order of signing."""
    rows = {row.name: row for row in plan.case.deals}
    found = []
    for (name, year, terms), _ in sorted(plan.amounts.sign.items(), key=lambda item: (item[0][1], item[0][0])):
        years = [t for (d, t), part in plan.active.items() if d == name and part > 0]
        volumes = [v for (d, _), v in plan.volume.items() if d == name]
        found.append(
            DealLine(
                name,
                rows[name].partner or "",
                f"{year}" + (f", {terms} terms" if terms > 1 else ""),
                f"{min(years)}-{max(years)}" if years else "-",
                f"up to {tonnes(max(volumes))}" if volumes else "-",
            )
        )
    return found


def order_lines(plan: Plan) -> list[OrderLine]:
    """The orders made, in order of year."""
    rows = {row.name: row for row in plan.case.plants}
    found = []
    for (name, year), modules in sorted(plan.amounts.modules.items(), key=lambda item: (item[0][1], item[0][0])):
        row = rows[name]
        start = year + plan.case.settings.deciding_point.at(year) + row.lead
        found.append(
            OrderLine(name, year, int(modules), tonnes(modules * (row.module or 0.0)) + "/yr", f"{start:.1f}")
        )
    return found


def figures(plan: Plan) -> list[Figure]:
    """The numbers that answer the question, each against the plan as now."""
    currency, now = plan.case.settings.currency, plan.as_now
    found = []
    shares = exposed(plan)
    if shares:
        years = list(dict.fromkeys((focus_year(plan), list(shares)[-1])))
        for year in years:
            other = None if now is None else exposed(now)[year]
            found.append(_figure(f"Dependence in {year}", shares[year], other, percent, points))
    other = None if now is None else now.claims.cost
    found.append(
        _figure("Cost, discounted", plan.claims.cost, other, lambda v: money(v, currency),
                lambda v: ("+" if v >= 0 else "") + money(v, currency).replace(f"{currency} ", ""))
    )
    capex = _spent(plan, "capex") + _spent(plan, "site")
    other = None if now is None else _spent(now, "capex") + _spent(now, "site")
    found.append(_figure("Capital spending, cash", capex, other, lambda v: money(v, currency), lambda v: ""))
    return found


Words = Callable[[float], str]


def _figure(name: str, value: float, other: float | None, told: Words, difference: Words) -> Figure:
    if other is None:
        return Figure(name, told(value), "-", "")
    return Figure(name, told(value), told(other), difference(value - other))


def _spent(plan: Plan, item: str) -> float:
    return sum(amount for (name, _, _, _), amount in plan.claims.cash.items() if name == item)


def by_heading(plan: Plan) -> dict[str, float]:
    """Heading -> discounted cost, largest first, transfers paid out left out."""
    found: dict[str, float] = {}
    for (item, heading, _), amount in plan.claims.charged.items():
        if item != "incentives paid":
            found[heading] = found.get(heading, 0.0) + amount
    return dict(sorted(found.items(), key=lambda entry: -abs(entry[1])))


def served_by_origin(plan: Plan) -> dict[str, dict[int, float]]:
    """Where the products at places with demand come from, in t: made there, or by lane from a place."""
    needed = {(line.place, line.material) for line, _ in counted_demand(plan.case).values()}
    lanes, plants = {x.name: x for x in plan.case.lanes}, {k.name: k for k in plan.case.plants}
    outputs = {line.recipe: line.material for line in plan.case.recipe_lines if line.role == "output"}
    found: dict[str, dict[int, float]] = {}

    def add(origin: str, year: int, amount: float) -> None:
        of = found.setdefault(origin, dict.fromkeys(plan.case.years, 0.0))
        of[year] += amount

    for (name, t, _), v in plan.amounts.ship.items():
        lane = lanes[name]
        if (lane.destination, lane.material) in needed and (lane.origin, lane.material) not in needed:
            add(f"from {lane.origin}", t, v * (1 - lane.loss))
    for (k, r, t, _), v in plan.amounts.run.items():
        if (plants[k].place, outputs[r]) in needed:
            add(k, t, v * (1 - plants[k].partner_keeps))
    return dict(sorted(found.items(), key=lambda entry: -sum(entry[1].values())))


def binding(plan: Plan) -> Mapping[str, list[int]]:
    """Limit -> years in which it leaves no slack."""
    found: dict[str, list[int]] = {}
    for (name, t), at in plan.limits.items():
        slack = at.value - at.level if at.sense == "at most" else at.level - at.value
        if slack <= 1e-6 * max(1.0, abs(at.value)):
            found.setdefault(name, []).append(t)
    return {name: sorted(years) for name, years in found.items()}
