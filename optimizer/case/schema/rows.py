"""What every row of every sheet has."""

from __future__ import annotations

from typing import ClassVar, Literal

from optimizer.case.schema.columns import column
from optimizer.case.schema.values import Frozen

Confidence = Literal["high", "medium", "low", "assumption"]


class Row(Frozen):
    """A row of a sheet.

    Class attributes:
        sheet: the sheet's name.
        group: case, world, needs, choices, money, what-ifs or evidence.
        summary: what one row is, in words.
        keys: the fields that together name a row in an address, joined by ``/``.
    """

    sheet: ClassVar[str]
    group: ClassVar[str]
    summary: ClassVar[str]
    keys: ClassVar[tuple[str, ...]] = ("name",)

    use: bool = column("yes_no", "Whether the row counts; 'no' switches it off.", default=True, blank="yes")
    source: tuple[str, ...] = column(
        "names", "Rows of Sources on which the numbers rest.", refers="Sources", default=(), blank="not said"
    )
    confidence: Confidence | None = column(
        "choice",
        "How far the numbers can be trusted.",
        choices=("high", "medium", "low", "assumption"),
        default=None,
        blank="not said",
    )
    note: str | None = column("text", "Anything a reader should know.", default=None, blank="none")

    @property
    def key(self) -> str:
        """The row's name in an address: its key fields joined by ``/``."""
        return "/".join(_text(getattr(self, field)) for field in self.keys)


class Named(Row):
    """A row with a name of its own, unique in its sheet."""

    name: str = column("text", "Name, unique in this sheet.")


class Bounding(Named):
    """A named row whose numbers bound a plan."""

    law: bool = column(
        "yes_no", "Whether its numbers stand as a law does: no way out of a conflict changes them.", default=False,
        blank="no",
    )


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
