"""The sheets of the groups what-ifs and evidence."""

from __future__ import annotations

from typing import ClassVar, Literal

from optimizer.case.schema.columns import column
from optimizer.case.schema.rows import Named, Row


class ScenarioChange(Row):
    """One change in one scenario."""

    sheet: ClassVar[str] = "Scenarios"
    group: ClassVar[str] = "what-ifs"
    summary: ClassVar[str] = "one change in one scenario"
    keys: ClassVar[tuple[str, ...]] = ("scenario", "address", "years")

    scenario: str = column("text", "Name of the scenario; all its rows are made together.")
    probability: float | None = column(
        "number", "Probability of the scenario, on one of its rows.", dimension="share", default=None,
        blank="none of its own", ge=0, le=1,
    )
    address: str = column("address", "What is changed, patterns allowed, e.g. Supply[China*].limit.")
    years: str = column("text", "Years changed, e.g. 2028 or 2028-2029.", default="", blank="every year")
    how: Literal["set", "times", "plus"] = column("choice", "How.", choices=("set", "times", "plus"))
    value: str = column(
        "text", "The new value, factor or amount added, in the unit given or else that of the number addressed."
    )
    unit: str | None = column("text", "Unit of the value.", default=None, blank="the unit of the cell addressed")


class Range(Row):
    """An uncertain number."""

    sheet: ClassVar[str] = "Ranges"
    group: ClassVar[str] = "what-ifs"
    summary: ClassVar[str] = "an uncertain number"
    keys: ClassVar[tuple[str, ...]] = ("address",)

    address: str = column("address", "The number, or every year of a series.")
    how: Literal["set", "times", "plus"] = column(
        "choice", "Whether low and high are values, factors or amounts added.", choices=("set", "times", "plus"),
        default="set", blank="set",
    )
    low: float = column("number", "Low end.", dimension="by address")
    high: float = column("number", "High end.", dimension="by address")
    shape: Literal["uniform", "triangular", "PERT", "lognormal"] = column(
        "choice", "Shape of the distribution.", choices=("uniform", "triangular", "PERT", "lognormal"),
        default="uniform", blank="uniform",
    )
    moves_with: str | None = column("text", "Address of the number it moves with.", default=None, blank="none")


class Source(Named):
    """A document on which numbers rest."""

    sheet: ClassVar[str] = "Sources"
    group: ClassVar[str] = "evidence"
    summary: ClassVar[str] = "a document"

    title: str = column("text", "Its title.")
    publisher: str | None = column("text", "Who published it.", default=None, blank="not said")
    date: str | None = column("text", "When.", default=None, blank="not said")
    url: str | None = column("text", "Where it can be read.", default=None, blank="nowhere public")
    grade: str | None = column("text", "How good a source it is.", default=None, blank="not said")


class Evidence(Row):
    """The evidence for a single number; it overrides its row's."""

    sheet: ClassVar[str] = "Evidence"
    group: ClassVar[str] = "evidence"
    summary: ClassVar[str] = "one number's evidence"
    keys: ClassVar[tuple[str, ...]] = ("address",)

    address: str = column("address", "The number.")
    fact_id: str | None = column("text", "Its row in a base of facts.", default=None, blank="none")
