"""The sheet Case: one setting a row, with a value for all years or by year."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from optimizer.case.schema.columns import column
from optimizer.case.schema.values import Frozen, Series


class Settings(Frozen):
    """The settings of a case; each field is a row of the sheet Case under its header."""

    sheet: ClassVar[str] = "Case"
    group: ClassVar[str] = "case"
    summary: ClassVar[str] = "a setting"

    title: str = column("text", "Title of the case.")
    first_year: int = column("year", "First year.")
    last_year: int = column("year", "Last year.")
    commit_year: int | None = column(
        "year", "Last year whose decisions must be taken before the future is known.", default=None,
        blank="the first year",
    )
    currency: str = column("text", "Currency of the case.", default="USD", blank="USD")
    exchange_rates: tuple[tuple[str, float], ...] = column(
        "mapping", "Units of each other currency for one of the case's, e.g. INR=95; EUR=0.9.", default=(),
        blank="no other currency",
    )
    base_year: int | None = column(
        "year", "Year of whose prices the money is.", default=None, blank="the first year"
    )
    discount_rate: float = column(
        "number", "Discount rate a year, real.", dimension="share", default=0.0, blank="0", ge=0, le=1
    )
    deciding_point: Series = column(
        "series", "Point in the year at which its decisions fall (0 at its start, up to 1).", dimension="share",
        default=Series(constant=0.0), blank="0",
    )
    glide: Series | None = column(
        "series", "How much of the year's dependence the goal counts, from 0 to 1.", dimension="share",
        default=None, blank="0 before the 'full from' year, then 1",
    )
    full_from: int | None = column(
        "year", "The year from which the glide path is full, where 'glide' is blank.", default=None,
        blank="the first year",
    )
    weights: Series | None = column(
        "series", "Weights of the years in mean dependence.", default=None,
        blank="0 before the first year that a decision can move, then 1",
    )
    goal: str = column(
        "text", "dependence, mean dependence, cost, or the name of a criterion.", default="dependence",
        blank="dependence",
    )
    then: tuple[str, ...] = column(
        "names", "Goals after the first, each within the tolerance of those before; 'none' for no other goal.",
        default=("cost",), blank="cost", may_be_none=True,
    )
    budget: float | None = column(
        "number", "Most that the plan may cost.", dimension="money", default=None, blank="no budget"
    )
    budget_above_least_cost: float | None = column(
        "number", "Most that the plan may cost above the least cost.", dimension="money", default=None,
        blank="no budget", ge=0,
    )
    dependence_cap: float | None = column(
        "number", "Most that dependence on the glide path may be.", dimension="share", default=None, blank="no cap",
        ge=0, le=1,
    )
    dependence_tolerance: float = column(
        "number", "How much a later goal may worsen dependence.", dimension="share", default=1e-4,
        blank="0.01 point", ge=0,
    )
    cost_tolerance: float = column(
        "number", "Share by which a later goal may worsen another criterion or cost.", dimension="share",
        default=1e-4, blank="0.01 %", ge=0,
    )
    payers: tuple[str, ...] = column(
        "names", "Who pays; the first one pays where a row does not say.", default=("home",), blank="home"
    )
    view: Literal["payer", "national"] = column(
        "choice", "Whether duty and incentives inside the home country count as cost (payer) or not (national).",
        choices=("payer", "national"), default="payer", blank="payer",
    )
    confidential: bool = column(
        "yes_no", "Whether run folders are readable by their owner only.", default=False, blank="no"
    )
    base_probability: float | None = column(
        "number", "Probability of the base scenario.", dimension="share", default=None,
        blank="what the scenarios leave", ge=0, le=1,
    )
    stop_chance: float | None = column(
        "number", "Chance that the places of concern stop in a year, for the question 'stress'.", dimension="share",
        header="chance of a stop", default=None, blank="20 %", ge=0, le=1,
    )

    @model_validator(mode="after")
    def _years_rise(self) -> Settings:
        if self.last_year < self.first_year:
            raise ValueError("the last year lies before the first")
        if self.last_year - self.first_year >= 100:
            raise ValueError("a case may span at most 100 years")
        if self.budget is not None and self.budget_above_least_cost is not None:
            raise ValueError("give a budget or a budget above least cost, not both")
        return self

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the case, first to last."""
        return tuple(range(self.first_year, self.last_year + 1))
