"""The sheets of the group choices: deals, payments, plants, rules."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from optimizer.case.schema.columns import column
from optimizer.case.schema.rows import Bounding, Row
from optimizer.case.schema.values import Groups, Series


class Deal(Bounding):
    """A deal on the table."""

    sheet: ClassVar[str] = "Deals"
    group: ClassVar[str] = "choices"
    summary: ClassVar[str] = "a deal on the table"

    partner: str | None = column("text", "The partner, as filters and shares name it.", default=None, blank="none")
    kind: str | None = column(
        "text", "Tolling, joint venture, licence, offtake, mine stake, agreement, ...", default=None, blank="none"
    )
    channel: str | None = column("text", "Government or company channel.", default=None, blank="none")
    counterparty: str | None = column("text", "Who signs on the other side.", default=None, blank="none")
    payer: str | None = column("text", "Who pays.", default=None, blank="the first payer of the case")
    window_from: int | None = column("year", "First year of signing.", default=None, blank="the first year")
    window_to: int | None = column("year", "Last year of signing.", default=None, blank="the last year")
    lead: float = column("number", "Time from signing to start.", dimension="time", default=0.0, blank="none", ge=0)
    term: float | None = column(
        "number", "Length of one term.", dimension="time", default=None, blank="to the end and beyond", gt=0
    )
    signings_at_most: int | None = column(
        "integer", "Most terms signed, renewals counted.", default=None,
        blank="1 with a blank term, else as many as fit", ge=0,
    )
    signed_in: int | None = column(
        "year", "Year in which it was signed before the case begins.", default=None, blank="not signed"
    )
    signing_cost: Series | None = column(
        "series", "Cost of each term, paid when it is signed.", dimension="money", default=None, blank="nothing"
    )
    yearly_cost: Series | None = column(
        "series", "Cost of each year in force.", dimension="money", default=None, blank="nothing"
    )
    heading: str | None = column(
        "text", "Heading of signing and yearly cost.", default=None, blank="'signing' and 'yearly'"
    )
    fee: Series | None = column(
        "series", "Fee on each tonne of the meter.", dimension="money per mass", default=None, blank="nothing"
    )
    meter: str | None = column(
        "text",
        "What is metered among what the deal opens: 'lanes', 'plants' or 'supply', optionally with materials, e.g. "
        "'lanes: magnet*|alloy'.",
        default=None, blank="all it opens where that is of one sheet; an error where it is of several",
    )
    least: Series | None = column(
        "series", "Least taken in a year in force.", dimension="mass", header="least take", default=None, blank="0"
    )
    most: Series | None = column(
        "series", "Most taken in a year in force.", dimension="mass", default=None, blank="no limit"
    )
    missed_charge: Series | None = column(
        "series", "Charge for each tonne below the least take.", dimension="money per mass",
        header="missed-take charge", default=None, blank="the least take must be taken",
    )
    decide: Literal["now", "later"] = column(
        "choice", "Whether it must be decided before the future is known.", choices=("now", "later"),
        default="now", blank="now",
    )
    chance: float = column(
        "number", "Chance that it closes once signed; at 0 it is paid for and never in force, above that one plan "
        "takes it as closing.", dimension="share", header="chance of closing", default=1.0,
        blank="1", ge=0, le=1,
    )


class Payment(Row):
    """A payment some time after each signing of a deal."""

    sheet: ClassVar[str] = "Payments"
    group: ClassVar[str] = "choices"
    summary: ClassVar[str] = "a payment after signing"
    keys: ClassVar[tuple[str, ...]] = ("deal", "years_after", "heading")

    deal: str = column("name", "The deal.", refers="Deals")
    years_after: float = column(
        "number", "Time after each signing.", dimension="time", header="years after signing", ge=0
    )
    amount: float = column("number", "Amount paid each term.", dimension="money")
    heading: str = column("text", "Heading under which it is shown and limited.", default="payments", blank="payments")
    payer: str | None = column("text", "Who pays.", default=None, blank="the deal's payer")


class Plant(Bounding):
    """A plant, standing or possible; equal ones are one row with several orders."""

    sheet: ClassVar[str] = "Plants"
    group: ClassVar[str] = "choices"
    summary: ClassVar[str] = "a plant, standing or possible (equal ones are one row with several orders)"

    place: str = column("name", "Where it stands.", refers="Places")
    capacity: Series | None = column(
        "series", "Standing capacity, by year.", dimension="mass", default=None, blank="0"
    )
    module: float | None = column(
        "number", "Size of one module.", dimension="mass", default=None, blank="nothing can be ordered", gt=0
    )
    least_modules: int = column(
        "integer", "Least modules of an order.", header="least modules", default=1, blank="1", ge=0
    )
    most_modules: int = column(
        "integer", "Most modules of an order.", header="most modules", default=1, blank="1", ge=1
    )
    orders_at_most: int = column("integer", "Most orders over the horizon.", default=1, blank="1", ge=0)
    ordered_in: tuple[tuple[str, float], ...] = column(
        "mapping", "Modules ordered before the case begins, by year, e.g. 2024=6; 2025=2.", default=(), blank="none"
    )
    window_from: int | None = column("year", "First year of ordering.", default=None, blank="the first year")
    window_to: int | None = column("year", "Last year of ordering.", default=None, blank="the last year")
    capex: Series | None = column(
        "series", "Capital cost per tonne a year of capacity, by year of the order.", dimension="money per mass",
        default=None, blank="nothing",
    )
    profile: tuple[float, ...] = column(
        "profile", "Shares of the capital cost paid in the year of the order and each year after.",
        dimension="share", header="payment profile", default=(1.0,), blank="all at once",
    )
    site_cost: Series | None = column(
        "series", "Cost of each order, whatever its size.", dimension="money", default=None, blank="nothing"
    )
    fixed_cost: Series | None = column(
        "series", "Yearly cost per tonne a year of capacity available (standing or built, ramp not counted).",
        dimension="money per mass", default=None, blank="nothing",
    )
    lead: float = column("number", "Time from order to start.", dimension="time", default=0.0, blank="none", ge=0)
    ramp: tuple[float, ...] = column(
        "profile", "Share of capacity in each operating year, the last one held.", dimension="share",
        default=(1.0,), blank="100 %",
    )
    life: float | None = column(
        "number", "Operating life of what is ordered.", dimension="time", default=None, blank="no end", gt=0
    )
    exposed_share: float | None = column(
        "number",
        "Share of its output lots with a step or input that the case does not follow and that lay in a place of "
        "concern.",
        dimension="share", default=None, blank="0, in a place of concern 1", ge=0, le=1,
    )
    payer: str | None = column("text", "Who pays.", default=None, blank="the first payer of the case")
    home_share: float = column(
        "number", "Share of the capital cost that home pays.", dimension="share", default=1.0, blank="100 %",
        ge=0, le=1,
    )
    partner_keeps: float = column(
        "number", "Share of the main output that the partner keeps.", dimension="share", default=0.0, blank="none",
        ge=0, le=1,
    )
    partner_return: float | None = column(
        "number", "Return that the partner earns on its share of the capital, as a yearly annuity over the life.",
        dimension="share", default=None, blank="none", ge=0,
    )
    decide: Literal["now", "later"] = column(
        "choice", "Whether orders must be decided before the future is known.", choices=("now", "later"),
        default="later", blank="later",
    )
    deals_to_order: Groups = column(
        "groups", "Deals that must be signed before an order.", refers="Deals", default=(), blank="none"
    )
    deals_to_run: Groups = column(
        "groups", "Deals that open it for running.", refers="Deals", default=(), blank="none"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Plant:
        if self.least_modules > self.most_modules:
            raise ValueError("least modules is above most modules")
        if any(share < 0 for share in self.profile) or abs(sum(self.profile) - 1) > 1e-6:
            raise ValueError("the shares of the payment profile must add up to 100 %")
        if not self.ramp or any(not 0 < share <= 1 for share in self.ramp):
            raise ValueError("each ramp value must be above 0 and at most 100 %")
        return self


class Rule(Bounding):
    """A rule between choices."""

    sheet: ClassVar[str] = "Rules"
    group: ClassVar[str] = "choices"
    summary: ClassVar[str] = "a rule between choices"

    rule: Literal["at most", "at least", "exactly", "requires", "excludes"] = column(
        "choice",
        "'at most', 'at least' or 'exactly' n of the list; the first of the list 'requires' (signed no later) or "
        "'excludes' each of the others.",
        choices=("at most", "at least", "exactly", "requires", "excludes"),
    )
    n: int | None = column("integer", "How many, for the first three.", default=None, blank="none", ge=0)
    list: tuple[str, ...] = column("names", "Deals and plants, patterns allowed.", refers=("Deals", "Plants"))

    @model_validator(mode="after")
    def _counted(self) -> Rule:
        counts = self.rule in ("at most", "at least", "exactly")
        if counts and self.n is None:
            raise ValueError(f"'{self.rule}' needs a number in column n")
        if not counts and (self.n is not None or len(self.list) < 2):
            raise ValueError(f"'{self.rule}' takes no n and a list of two or more")
        return self
