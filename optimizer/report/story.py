"""What a plan says, as facts in words: one source for the terminal, the brief and every later page."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from optimizer.report.decisions import decision_years
from optimizer.report.numbers import money, money_difference, percent, points, short_percent, span
from optimizer.report.spent import called, capital, incentives
from optimizer.solve.plan import Plan
from optimizer.solve.tables import binds, dependence_views
from optimizer.solve.views import exposed, weighted_demand

NAMED = 3
"""Places of concern that a sentence names; more are called by that word."""

NO_GAP = 1e-6
"""Percent below which a gap is what the solver's arithmetic leaves."""

BEST = " of the best possible"
"""What a gap is of."""

FRACTIONS = ("dependence", "mean dependence")
"""Goals whose gap is told in percentage points."""


Words = Callable[[float], str]


@dataclass(frozen=True)
class Figure:
    """A number of the plan beside the one as now.

    Attributes:
        name: what it is.
        value: the number of the plan.
        before: the number as now, None without the plan as now.
        unit: ``share`` or ``money``.
        same: whether the two are told as equal: by what a later goal may have used.
        currency: the currency of money.
    """

    name: str
    value: float
    before: float | None
    unit: Literal["share", "money"]
    same: bool
    currency: str

    @property
    def plan(self) -> str:
        """The number of the plan in words."""
        return self._told(self.value)

    @property
    def as_now(self) -> str:
        """The number as now in words."""
        return "-" if self.before is None else self._told(self.before)

    @property
    def difference(self) -> str:
        """What the plan changes, in words; empty without the plan as now."""
        if self.before is None:
            return ""
        change = self.value - self.before
        if self.same:
            return "none"
        return points(change) if self.unit == "share" else money_difference(change, self.currency)

    def _told(self, number: float) -> str:
        return percent(number) if self.unit == "share" else money(number, self.currency)


def headline(plan: Plan) -> str:
    """The result in one sentence, with its year and its money."""
    spent = money(plan.claims.cost, plan.case.settings.currency)
    compared = against(plan)
    money_told = f"{spent} ({compared})" if compared else spent
    shares = shares_of(plan)
    if not shares:
        return f"The plan costs {money_told}."
    return f"Dependence on {concern(plan)} {_moves(plan)}, for {money_told}."


def _moves(plan: Plan) -> str:
    """How dependence moves: from what it is that year as now, else from the first year."""
    shares, at = shares_of(plan), focus_year(plan)
    begins, first = next(iter(shares.items()))
    before = first if plan.as_now is None else shares_of(plan.as_now)[at]
    change = round(100 * (shares[at] - before), 1)
    if change == 0:
        as_before = ", as things stand" if plan.as_now is not None else ""
        return f"{'stays at' if as_before or at != begins else 'is'} {short_percent(shares[at])} in {at}{as_before}"
    since = "as things stand" if plan.as_now is not None else f"in {begins}"
    moves = f"{'falls' if change < 0 else 'rises'} to {short_percent(shares[at])} in {at}"
    return f"{moves}, from {short_percent(before)} {since}"


def against(plan: Plan) -> str:
    """How much more or less the plan costs than as now; empty without the plan as now."""
    if plan.as_now is None:
        return ""
    more = plan.claims.cost - plan.as_now.claims.cost
    if _equal(plan, more):
        return "as much as now"
    return f"{money(abs(more), plan.case.settings.currency)} {'more' if more > 0 else 'less'} than as now"


def _equal(plan: Plan, more: float) -> bool:
    """Whether a difference of cost is no more than what a later goal may have used of it."""
    cost = max(abs(plan.claims.cost), abs(plan.as_now.claims.cost) if plan.as_now is not None else 0.0)
    return abs(more) <= max(0.5, 1.5 * plan.case.settings.cost_tolerance * cost)


def concern(plan: Plan) -> str:
    """The places of concern by name, or by that word where they are many."""
    names = [place.name for place in plan.case.places if place.concern]
    if not names or len(names) > NAMED:
        return "places of concern"
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def shares_of(plan: Plan) -> dict[int, float]:
    """Year -> share of demand served exposed or short."""
    return exposed(plan.case, plan.claims.dependent)


def focus_year(plan: Plan) -> int:
    """The year that the headline names: the first in which the glide path is full, else the last with demand."""
    years, settings = list(weighted_demand(plan.case)), plan.case.settings
    if settings.glide is not None:
        glide = settings.glide
        full = [t for t in years if (glide.first is None or t >= glide.first) and glide.at(t) >= 1]
    else:
        full = [t for t in years if t >= (settings.full_from or settings.first_year)]
    return full[0] if full else years[-1]


def proof(plan: Plan) -> str:
    """How sure the plan is: proved or the best found, whether other deals do as well, the check, a second solver."""
    if plan.status == "proved":
        sure = f"{_proved(plan)}{_unique(plan)}."
    else:
        sure = f"Best plan found, {_distance(plan)}; the search was stopped early."
    checked = ["Checked independently against the case."] if plan.checked else []
    return " ".join((sure, *checked, *_second(plan)))


def _second(plan: Plan) -> list[str]:
    """What a second solver made of the plan, where one was asked for."""
    found = plan.confirmed
    if found is None:
        return ["The search was stopped before a second solver was asked."] if plan.options.confirm else []
    if found.verdict == "agrees":
        return [f"A second solver, {found.solver}, comes to the same."]
    return [f"A second solver, {found.solver}, found nothing against it, but came to no proof of its own in its time."]


def _proved(plan: Plan) -> str:
    gap = max(plan.gap, plan.options.gap)
    if 100 * gap < NO_GAP:
        return "Proved: nothing better is possible"
    return f"Proved within {gap_words(plan, gap, BEST)}"


def gap_words(plan: Plan, gap: float, of: str = "") -> str:
    """A gap in words: in percent, with what it is of, and for goals that are shares in points.

    >>> from types import SimpleNamespace as Of
    >>> gap_words(Of(goals={"dependence": 0.3, "cost": 4e9}), 0.01, BEST), gap_words(Of(goals={"cost": 4e9}), 1e-4)
    ('1 % of the best possible (dependence: 1 point)', '0.01 %')
    """
    if not math.isfinite(gap):
        return "not known"
    number, shares = f"{100 * gap:.2g}", [goal for goal in plan.goals if goal in FRACTIONS]
    in_points = f" ({', '.join(shares)}: {number} point{'' if number == '1' else 's'})"
    return f"{number} %{of}{in_points if shares else ''}"


def _unique(plan: Plan) -> str:
    if plan.unique_deals is None:
        return "; whether another set of deals does as well was not settled" if plan.options.unique else ""
    if plan.unique_deals:
        return "; no other set of deals does as well"
    others = [f"{word} {', '.join(deals)}" for word, deals in (
        ("without", plan.deals_without), ("with", plan.deals_instead)) if deals]
    return f"; another set of deals does as well{': ' if others else ''}{' and '.join(others)}"


def _distance(plan: Plan) -> str:
    """How far the plan may be from the best: of the first goal, or of a later one where the first is proved."""
    first = next(iter(plan.goals), None)
    if first is None or not math.isfinite(plan.bound):
        return "how far from the best possible is not known"
    best = plan.best.get(first, plan.goals[first])
    open_gap = max(0.0, best - plan.bound)
    if first not in FRACTIONS:
        open_gap /= max(abs(best), 1e-6)
    if open_gap > plan.options.gap:
        return f"within {100 * open_gap:.2g} {'points' if first in FRACTIONS else '%'}{BEST} {first}"
    if not math.isfinite(plan.gap):
        return f"{first} proved, how far the goals after it are from the best possible is not known"
    return f"{first} proved, the goals after it within {100 * plan.gap:.2g} %{BEST}"


def figures(plan: Plan) -> list[Figure]:
    """The numbers that answer the question, each against the plan as now: dependence now, then, at the end; money."""
    currency, before = plan.case.settings.currency, None if plan.as_now is None else _money_of(plan.as_now)
    found, sums = _shares(plan), _money_of(plan)
    for name in [*list(sums)[:-1], *(n for n in before or {} if n not in sums), list(sums)[-1]]:
        value, other = sums.get(name, 0.0), None if before is None else before.get(name, 0.0)
        same = other is not None and _equal(plan, value - other)
        found.append(Figure(name, value, other, "money", same, currency))
    return found


def _shares(plan: Plan) -> list[Figure]:
    shares, currency = shares_of(plan), plan.case.settings.currency
    before = {} if plan.as_now is None else shares_of(plan.as_now)
    years = sorted({next(iter(shares)), focus_year(plan), list(shares)[-1]}) if shares else []
    return [
        Figure(f"Dependence in {at}", shares[at], before.get(at), "share",
               at in before and not round(100 * (shares[at] - before[at]), 1), currency)
        for at in years
    ]


def _money_of(plan: Plan) -> dict[str, float]:
    """The sums of money that a plan is told by, the cost first, capital last."""
    paid = {f"Incentives paid by {called(who)}, discounted": amount for who, amount in incentives(plan).items()}
    return {"Cost, discounted": plan.claims.cost, **paid, "Capital, cash": capital(plan)}


def calendar(plan: Plan) -> str:
    """When to decide, and when it tells: one line."""
    return f"{_decided(plan)}{_relief(plan)}."


def _relief(plan: Plan) -> str:
    """When dependence is lower than as now, as the end of a sentence; empty where it never is."""
    lower = relieved(plan)
    if not lower:
        return ""
    lasts = lower == [t for t in shares_of(plan) if t >= lower[0]]
    return f"; dependence is lower than as now {f'from {lower[0]}' if lasts else f'in {span(lower)}'}"


def relieved(plan: Plan) -> list[int]:
    """The years in which dependence is lower than as now."""
    shares = shares_of(plan)
    before = shares if plan.as_now is None else shares_of(plan.as_now)
    return [t for t in shares if before[t] - shares[t] > 0.0005]


def _decided(plan: Plan) -> str:
    years = decision_years(plan)
    if not years:
        return "No deal is signed and no plant ordered"
    first, last = years[0], years[-1]
    return f"Decide in {first}" if first == last else f"Decide from {first} to {last}"


def budget(plan: Plan) -> str:
    """The budget that the plan keeps to and the least cost, as far as they are known; empty where neither is."""
    currency, told = plan.case.settings.currency, []
    if plan.budget is not None:
        told.append(f"budget {money(plan.budget, currency)}")
    if plan.least_cost is not None:
        told.append(f"least cost {money(plan.least_cost, currency)}")
    text = ", ".join(told)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def dependence_rows(plan: Plan) -> dict[str, dict[int, float]]:
    """Name of a view -> year -> share, with the exposed share as now beside that of the plan."""
    found: dict[str, dict[int, float]] = {}
    for view, shares in dependence_views(plan).items():
        found[view] = shares
        if view == "exposed" and plan.as_now is not None:
            found["exposed, as now"] = shares_of(plan.as_now)
    return found


def binding(plan: Plan) -> Mapping[str, list[int]]:
    """Limit -> years in which it leaves no slack; all years for a limit over the horizon."""
    whole = {row.name for row in plan.case.limits if row.over == "horizon"}
    found: dict[str, list[int]] = {}
    for (name, t), at in plan.limits.items():
        if binds(at):
            found.setdefault(name, []).extend(plan.case.years if name in whole else [t])
    return {name: sorted(years) for name, years in found.items()}
