"""What the linopy peer leaves out; a case that uses any of it is refused rather than answered wrongly.

Criteria, chances of closing, what must be decided now, scenarios and ranges do not touch a plan of least cost or least
dependence for the base case, so a case may have them.
"""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.case.case import Case
from optimizer.case.schema import Limit
from tests.loose.measures import kind_of

MEASURES = ("spend", "tonnes", "share")
FLOWS = ("deals", "lanes")


def refuse(case: Case, goal: str, budget: float | None) -> None:
    """Refuse a case or question that the peer does not cover.

    Raises:
        ValueError: names everything that is left out.
    """
    found = [*_question(case, goal, budget), *_world(case), *_choices(case)]
    found += [text for limit in case.limits for text in _limit(limit)]
    if found:
        raise ValueError(f"left out of this model: {'; '.join(dict.fromkeys(found))}")


def _question(case: Case, goal: str, budget: float | None) -> Iterator[str]:
    if goal not in ("cost", "dependence"):
        yield f"goal '{goal}'"
    if goal == "dependence" and budget is None and case.settings.budget_above_least_cost is not None:
        yield "a budget above least cost (give the budget itself)"


def _world(case: Case) -> Iterator[str]:
    if any(row.total is not None for row in case.supplies):
        yield "the total of a supply"
    if any(row.from_year is not None or row.to_year is not None for row in case.lanes):
        yield "the years of a lane"
    if any(row.reserve is not None for row in case.stocks):
        yield "the reserve of a stock"


def _choices(case: Case) -> Iterator[str]:
    if any(row.signed_in is not None for row in case.deals):
        yield "deals signed before the case"
    if any(row.ordered_in for row in case.plants):
        yield "plants ordered before the case"
    yield from (f"rule '{row.rule}'" for row in case.rules if row.rule != "at most")
    if any(row.cap_a_year is not None for row in case.incentives):
        yield "the cap a year of an incentive"


def _limit(limit: Limit) -> Iterator[str]:
    if limit.measure not in MEASURES:
        yield f"limits on {limit.measure}"
    elif limit.measure != "spend" and (limit.filter is None or kind_of(limit.filter) not in FLOWS):
        yield "limits on flows other than of deals and lanes"
    if limit.over != "year":
        yield "limits over the horizon"
    if limit.price_of_breaking is not None:
        yield "limits broken at a price"
    if limit.of is not None or limit.converted_to is not None:
        yield "shares of other flows than demand, or converted"
