"""The sheets of the group world: places, materials, recipes, runs, supply, lanes."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from optimizer.case.schema.columns import column
from optimizer.case.schema.rows import Bounding, Named, Row
from optimizer.case.schema.values import Groups, Series


class Place(Named):
    """A country, or a site or pool in it."""

    sheet: ClassVar[str] = "Places"
    group: ClassVar[str] = "world"
    summary: ClassVar[str] = "a country, or a site or pool in it"

    home: bool = column("yes_no", "Whether it is part of the home country.", default=False, blank="no")
    concern: bool = column("yes_no", "Whether it is a place of concern.", default=False, blank="no")
    lat: float | None = column(
        "number", "Latitude, for the map.", dimension="coordinate", default=None, blank="not on the map", ge=-90, le=90
    )
    lon: float | None = column(
        "number", "Longitude, for the map.", dimension="coordinate", default=None, blank="not on the map",
        ge=-180, le=180,
    )
    iso: str | None = column("text", "ISO 3166 code of the country.", header="ISO code", default=None, blank="none")

    @model_validator(mode="after")
    def _not_both(self) -> Place:
        if self.home and self.concern:
            raise ValueError("a place cannot be home and of concern")
        return self


class Material(Named):
    """A material at a stage of the chain."""

    sheet: ClassVar[str] = "Materials"
    group: ClassVar[str] = "world"
    summary: ClassVar[str] = "a material"

    stage: str = column("text", "Stage of the chain it belongs to, e.g. oxide, metal, magnet.")
    basis: str | None = column(
        "text", "What its tonnes are tonnes of; tonnes of different bases never add up.", default=None,
        blank="the stage",
    )
    unit: str = column("text", "Unit in which documents show it.", default="t", blank="t")
    by_product: bool = column(
        "yes_no", "Whether it only comes beside something else (told apart in tables).", header="by-product",
        default=False, blank="no",
    )
    price: Series | None = column(
        "series", "List price, used for duty, sales and what a partner is credited.", dimension="money per mass",
        default=None, blank="none; an error where one is needed",
    )
    market: Series | None = column(
        "series", "The most that can be sold a year, over all places that may sell it.", dimension="mass",
        default=None, blank="none can be sold",
    )
    sold_at: tuple[str, ...] = column(
        "names", "Places that may sell it.", refers="Places", default=(), blank="every home place"
    )
    discarding: float | None = column(
        "number", "Cost of discarding a tonne.", dimension="money per mass", default=None,
        blank="by-products of a recipe are discarded free of charge, anything else not at all",
    )
    needs: tuple[tuple[str, float], ...] = column(
        "mapping", "Tonnes of each stage upstream that a tonne of it takes, e.g. oxide=0.47; metal=0.39.",
        dimension="mass per mass", default=(), blank="no stage upstream",
    )


class RecipeLine(Row):
    """One line of a recipe: a material that goes in or comes out."""

    sheet: ClassVar[str] = "Recipes"
    group: ClassVar[str] = "world"
    summary: ClassVar[str] = "one line of a recipe"
    keys: ClassVar[tuple[str, ...]] = ("recipe", "material")

    recipe: str = column("text", "Name of the recipe.")
    material: str = column("name", "The material.", refers="Materials")
    role: Literal["input", "output", "by-product"] = column(
        "choice", "Whether it goes in, is the main output (one a recipe) or comes out beside it.",
        choices=("input", "output", "by-product"),
    )
    amount: float = column(
        "number", "Tonnes per tonne of main output (1 for the main output).", dimension="mass per mass", gt=0
    )


class Run(Row):
    """A recipe that a plant can run."""

    sheet: ClassVar[str] = "Runs"
    group: ClassVar[str] = "world"
    summary: ClassVar[str] = "a recipe at a plant"
    keys: ClassVar[tuple[str, ...]] = ("plant", "recipe")

    plant: str = column("name", "The plant.", refers="Plants")
    recipe: str = column("name", "The recipe.", refers="Recipes")
    variable_cost: Series | None = column(
        "series", "Cost of a tonne of main output beside its inputs.", dimension="money per mass", default=None,
        blank="nothing",
    )
    capacity_used: float = column(
        "number", "Capacity that a tonne of main output takes up.", dimension="mass per mass", default=1.0, blank="1",
        gt=0,
    )
    qualification_delay: float = column(
        "number", "Time a plant must have operated before it may run this recipe.", dimension="time", default=0.0,
        blank="none", ge=0,
    )


class Supply(Bounding):
    """A source of a material at a place, outside what the case makes itself."""

    sheet: ClassVar[str] = "Supply"
    group: ClassVar[str] = "world"
    summary: ClassVar[str] = "a source of a material"

    place: str = column("name", "Where it is bought.", refers="Places")
    material: str = column("name", "What is bought.", refers="Materials")
    exposed_share: float | None = column(
        "number", "Share of it that passed through a place of concern.", dimension="share", default=None,
        blank="0, in a place of concern 1", ge=0, le=1,
    )
    made_at: tuple[tuple[str, str], ...] = column(
        "mapping", "Where its stages were made, e.g. oxide=China; metal=Japan.", refers="Places", default=(),
        blank="at its own place",
    )
    price: Series | None = column(
        "series", "Price of a tonne.", dimension="money per mass", default=None, blank="an error"
    )
    limit: Series | None = column(
        "series", "The most that can be bought a year.", dimension="mass", default=None, blank="no limit"
    )
    total: float | None = column(
        "number", "The most that can be bought over the whole horizon.", dimension="mass", default=None,
        blank="no limit", ge=0,
    )
    payer: str | None = column("text", "Who pays.", default=None, blank="the first payer of the case")
    deals: Groups = column("groups", "Deals that open it.", refers="Deals", default=(), blank="open without a deal")


class Lane(Bounding):
    """A way for one material from one place to another."""

    sheet: ClassVar[str] = "Lanes"
    group: ClassVar[str] = "world"
    summary: ClassVar[str] = "a material from one place to another"

    material: str = column("name", "What is shipped.", refers="Materials")
    origin: str = column("name", "Where from.", refers="Places", header="from")
    destination: str = column("name", "Where to.", refers="Places", header="to")
    freight: Series | None = column(
        "series", "Freight and insurance of a tonne shipped.", dimension="money per mass", default=None,
        blank="nothing",
    )
    loss: float = column(
        "number", "Share lost on the way.", dimension="share", default=0.0, blank="none", ge=0, le=1
    )
    duty: Series | None = column(
        "series", "Duty, as a share of the price where it is shipped from.", dimension="share", header="duty rate",
        default=None, blank="none",
    )
    limit: Series | None = column(
        "series", "The most that can be shipped a year.", dimension="mass", default=None, blank="no limit"
    )
    from_year: int | None = column("year", "First year in which it is open.", default=None, blank="the first year")
    to_year: int | None = column("year", "Last year in which it is open.", default=None, blank="the last year")
    payer: str | None = column("text", "Who pays.", default=None, blank="the first payer of the case")
    deals: Groups = column("groups", "Deals that open it.", refers="Deals", default=(), blank="open without a deal")

    @model_validator(mode="after")
    def _ends_differ(self) -> Lane:
        if self.origin == self.destination:
            raise ValueError("a lane must lead from one place to another")
        return self
