"""Limits: what belongs to which measure, headings, and floors above caps."""

from __future__ import annotations

from optimizer.case.address import did_you_mean
from optimizer.case.case import Case
from optimizer.case.checks.common import Faults, any_match, highest, lowest, values
from optimizer.case.schema import Limit

HEADINGS = (
    "purchases", "freight", "duty", "foreign duty", "fees", "missed takes", "yearly", "signing", "payments", "variable",
    "fixed", "holding", "discarding", "site", "capex", "annuity", "partner credit", "sales", "shortage",
    "broken limits", "incentives", "incentives paid",
)
"""The headings under which items of cost stand unless a row says otherwise (convention 16)."""


def belongs(case: Case, faults: Faults) -> None:
    """Each measure has what it needs and nothing that it does not look at."""
    for limit in case.limits:
        if limit.measure in ("share", "tonnes", "criterion") and limit.filter is None:
            faults.add(limit, "filter", f"a limit on {limit.measure} needs a filter.", "Say what it counts.",
                       found="blank")
        if limit.measure in ("spend", "dependence") and limit.filter is not None:
            faults.add(limit, "filter", f"a limit on {limit.measure} looks at no filter.",
                       "Use payer and heading." if limit.measure == "spend" else "Leave it blank.")
        wrong = {
            "of": limit.measure != "share" and limit.of is not None,
            "converted_to": limit.measure not in ("share", "tonnes") and limit.converted_to is not None,
            "payer": limit.measure != "spend" and limit.payer is not None,
            "heading": limit.measure != "spend" and bool(limit.heading),
        }
        for field, is_wrong in wrong.items():
            if is_wrong:
                faults.add(limit, field, f"a limit on {limit.measure} does not look at this.", "Leave it blank.")
        if limit.measure in ("capacity", "dependence") and limit.over == "horizon":
            faults.add(limit, "over", f"a limit on {limit.measure} is by year.", "Write year.")


def possible(case: Case, faults: Faults) -> None:
    """What cannot be negative has no limit below 0, and no share one above 100 %."""
    for limit in case.limits:
        low, top = lowest(limit.value, case.years), highest(limit.value, case.years)
        if limit.measure not in ("spend", "criterion") and low is not None and low[1] < 0:
            faults.add(limit, "value", f"a limit on {limit.measure} is negative in {low[0]}.", "It must be 0 or more.",
                       year=low[0])
        elif limit.measure in ("share", "dependence") and top is not None and top[1] > 1 + 1e-9:
            above = f"the limit is {top[1]:.0%} in {top[0]}, and a {limit.measure} is never above 100 %."
            what = above.replace("a dependence", "dependence")
            if limit.sense == "at least":
                faults.add(limit, "value", what, "Write 100 % or less.", year=top[0])
            else:
                faults.add(limit, "value", what, "Write less, or leave the limit out.", year=top[0], level="warning")


def criterion(case: Case, faults: Faults) -> None:
    """A limit on a criterion names one that there is."""
    known = sorted({row.criterion for row in case.criteria})
    for limit in case.limits:
        if limit.measure != "criterion" or limit.filter is None:
            continue
        named = limit.filter.get("criterion")
        if named is None or len(limit.filter.terms) > 1:
            faults.add(limit, "filter", "a limit on a criterion names the criterion and nothing else.",
                       "Write criterion=NAME.")
        elif len(named) != 1 or named[0] not in known:
            faults.add(limit, "filter", f"there is no criterion '{'|'.join(named)}'.", did_you_mean(named[0], known))


def headings(case: Case, faults: Faults) -> None:
    """Limits on spend name headings that something stands under."""
    own = [deal.heading for deal in case.deals if deal.heading is not None]
    own += [payment.heading for payment in case.payments]
    known = list(dict.fromkeys([*HEADINGS, *own]))
    for limit in case.limits:
        for name in limit.heading:
            if limit.measure == "spend" and not any_match(name, known):
                faults.add(limit, "heading", f"nothing stands under the heading '{name}'.",
                           did_you_mean(name, known) or f"Known: {', '.join(known)}.", found=name)


def crossed(case: Case, faults: Faults) -> None:
    """A floor is not above the cap on the same thing."""

    def thing(limit: Limit) -> tuple[object, ...]:
        return (limit.measure, str(limit.filter), str(limit.of), limit.converted_to, limit.payer, limit.heading,
                limit.over)

    caps = [limit for limit in case.limits if limit.sense == "at most" and limit.price_of_breaking is None]
    for floor in case.limits:
        if floor.sense != "at least" or floor.price_of_breaking is not None:
            continue
        for cap in (cap for cap in caps if thing(cap) == thing(floor)):
            years = case.years[:1] if floor.over == "horizon" else case.years
            most = dict(values(cap.value, years))
            for year, least in values(floor.value, years):
                if year in most and least > most[year] + 1e-9:
                    faults.add(floor, "value", f"in {year} at least {least:g} and at most {most[year]:g} are asked for "
                               f"({faults.cell(cap, 'value', year)}).", "Lower the floor or raise the cap.", year=year)
                    break
