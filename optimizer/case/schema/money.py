"""The sheets of the group money: limits, incentives, criteria."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from optimizer.case.schema.columns import column
from optimizer.case.schema.rows import Bounding, Named, Row
from optimizer.case.schema.values import Filter, Series


class Limit(Bounding):
    """A cap or a floor."""

    sheet: ClassVar[str] = "Limits"
    group: ClassVar[str] = "money"
    summary: ClassVar[str] = "a cap or a floor"

    measure: Literal["spend", "tonnes", "capacity", "share", "criterion", "dependence"] = column(
        "choice", "What is limited.",
        choices=("spend", "tonnes", "capacity", "share", "criterion", "dependence"),
    )
    filter: Filter | None = column(
        "filter",
        "Which flows, plants or criterion: 'flow' (supply, plants, lanes, demand, short, deals, stocks) with "
        "supply, plant, recipe, lane, from, to, demand, sector, deal, partner, kind, channel, stock, place, "
        "material, stage, class; 'criterion' for a criterion.",
        default=None, blank="all; spend, capacity and dependence only",
    )
    of: Filter | None = column(
        "filter", "For a share: of which flows.", default=None, blank="the demand of weight above 0"
    )
    converted_to: str | None = column(
        "name", "Product into whose tonnes each flow is converted by its needs.", refers="Materials", default=None,
        blank="not converted",
    )
    payer: str | None = column("text", "For spend: whose.", default=None, blank="all")
    heading: tuple[str, ...] = column("names", "For spend: under which headings.", default=(), blank="all")
    over: Literal["year", "horizon"] = column(
        "choice", "Each year (cash), or the whole horizon (spend: discounted and charged by use; else summed).",
        choices=("year", "horizon"), default="year", blank="year",
    )
    sense: Literal["at most", "at least"] = column("choice", "Cap or floor.", choices=("at most", "at least"))
    value: Series = column("series", "The limit; over the horizon the first year's value.", dimension="by measure")
    price_of_breaking: float | None = column(
        "number",
        "Cost at which it may be broken: per t (tonnes, capacity, share, dependence), per unit of money (spend), per "
        "unit (criterion).",
        dimension="price of breaking", default=None, blank="never broken", ge=0,
    )


class Incentive(Named):
    """A subsidy."""

    sheet: ClassVar[str] = "Incentives"
    group: ClassVar[str] = "money"
    summary: ClassVar[str] = "a subsidy"

    plants: tuple[str, ...] = column("names", "Plants that receive it, patterns allowed.", refers="Plants")
    per_tonne: Series | None = column(
        "series", "Paid per tonne of main output in the operating years named.", dimension="money per mass",
        default=None, blank="nothing",
    )
    per_capacity: Series | None = column(
        "series", "Paid per tonne a year of capacity ordered, in the year of the order.",
        dimension="money per mass", header="per tonne a year ordered", default=None, blank="nothing",
    )
    first_operating_year: int = column(
        "integer", "First operating year in which output earns it (the first is 1).", default=1, blank="1", ge=1
    )
    last_operating_year: int | None = column(
        "integer", "Last operating year in which output earns it.", default=None, blank="no end", ge=1
    )
    cap_a_year: float | None = column(
        "number", "Most paid a year.", dimension="money", default=None, blank="no cap", ge=0
    )
    cap_per_order: float | None = column(
        "number", "Most paid for one order.", dimension="money", default=None, blank="no cap", ge=0
    )
    cap_total: float | None = column(
        "number", "Most paid in total.", dimension="money", default=None, blank="no cap", ge=0
    )
    payer: str | None = column("text", "Who pays it out.", default=None, blank="the first payer of the case")
    to: str | None = column("text", "Payer whose cost it lowers.", default=None, blank="the plant's payer")

    @model_validator(mode="after")
    def _pays(self) -> Incentive:
        if self.per_tonne is None and self.per_capacity is None:
            raise ValueError("an incentive pays per tonne or per tonne a year ordered")
        return self


class Criterion(Row):
    """What another criterion counts for a deal, plant, lane or supply."""

    sheet: ClassVar[str] = "Criteria"
    group: ClassVar[str] = "money"
    summary: ClassVar[str] = "another criterion, for what it counts"
    keys: ClassVar[tuple[str, ...]] = ("criterion", "applies_to")

    criterion: str = column("text", "Name of the criterion, e.g. jobs, CO2, effort.")
    unit: str = column("text", "Its unit.", default="", blank="none")
    applies_to: str = column(
        "name", "A deal, plant, lane or supply, patterns allowed.", refers=("Deals", "Plants", "Lanes", "Supply")
    )
    per_signing: float = column(
        "number", "Counted for each term signed.", dimension="criterion", default=0.0, blank="0"
    )
    per_module: float = column(
        "number", "Counted for each module ordered.", dimension="criterion", default=0.0, blank="0"
    )
    per_tonne: float = column(
        "number", "Counted for each tonne: volume of a deal, main output, shipped, bought.", dimension="criterion",
        default=0.0, blank="0",
    )
