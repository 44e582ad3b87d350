"""The sheets of the group needs: demand and stocks."""

from __future__ import annotations

from typing import ClassVar, Literal

from optimizer.case.schema.columns import column
from optimizer.case.schema.rows import Bounding
from optimizer.case.schema.values import Series


class Demand(Bounding):
    """A sector's need of a product."""

    sheet: ClassVar[str] = "Demand"
    group: ClassVar[str] = "needs"
    summary: ClassVar[str] = "a sector's need of a product"

    sector: str = column("text", "The sector that needs it.")
    place: str = column("name", "Where it is needed.", refers="Places")
    material: str = column("name", "What is needed.", refers="Materials")
    tonnes: Series = column("series", "Need a year.", dimension="mass")
    weight: float | None = column(
        "number", "Weight of a tonne in dependence.", default=None, blank="1 at home, 0 elsewhere", ge=0
    )
    floor: Series | None = column(
        "series", "Share that must be served.", dimension="share", default=None, blank="all of it"
    )
    clear_share: Series | None = column(
        "series", "Least share of the need to be served with clear material or go short.", dimension="share",
        default=None, blank="0",
    )
    shortage_cost: Series | None = column(
        "series", "Cost of a tonne not served.", dimension="money per mass", default=None,
        blank="nothing; an error where the floor is below 1",
    )


class Stock(Bounding):
    """A stockpile of one material at one place."""

    sheet: ClassVar[str] = "Stocks"
    group: ClassVar[str] = "needs"
    summary: ClassVar[str] = "a stockpile"

    place: str = column("name", "Where it lies.", refers="Places")
    material: str = column("name", "What lies there.", refers="Materials")
    opening_clear: float = column(
        "number", "Clear material at the start.", dimension="mass", default=0.0, blank="0", ge=0
    )
    opening_exposed: float = column(
        "number", "Exposed material at the start.", dimension="mass", default=0.0, blank="0", ge=0
    )
    limit: Series | None = column(
        "series", "The most that can lie there at a year's end.", dimension="mass", default=None, blank="no limit"
    )
    holding_cost: Series | None = column(
        "series", "Cost of a tonne held at a year's end.", dimension="money per mass", default=None, blank="nothing"
    )
    reserve: Series | None = column(
        "series", "Least to be held at a year's end, in tonnes or in days of next year's use (see 'reserve unit').",
        dimension="none", default=None, blank="none",
    )
    reserve_unit: Literal["t", "days"] = column(
        "choice", "Unit of the reserve.", choices=("t", "days"), default="t", blank="t"
    )
    reserve_class: Literal["clear", "any"] = column(
        "choice", "Which material counts towards the reserve.", choices=("clear", "any"), default="any", blank="any"
    )
    closing_clear: float | None = column(
        "number", "Least clear material at the end.", dimension="mass", default=None, blank="the opening", ge=0
    )
    closing_exposed: float | None = column(
        "number", "With the clear one, the least of both at the end.", dimension="mass", default=None,
        blank="the opening", ge=0,
    )
    payer: str | None = column("text", "Who pays.", default=None, blank="the first payer of the case")
