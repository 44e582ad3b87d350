"""A study as it is told: what every command, run folder and brief needs of it, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from optimizer.report.brief.blocks import Block, Paragraph, Picture


class Teller(Protocol):
    """The functions of a file in this folder."""

    def data(self, found: Any, /) -> dict[str, Any]:
        """The document of INTERFACES."""
        ...

    def tables(self, found: Any, /) -> Mapping[str, pd.DataFrame]:
        """Tidy tables by file name."""
        ...

    def page(self, found: Any, /) -> Iterable[Block]:
        """The page of the brief."""
        ...

    def pictures(self, found: Any, /) -> Sequence[Picture]:
        """The pictures that the page shows."""
        ...


@dataclass(frozen=True)
class Told:
    """A study, told.

    Attributes:
        name: name of the study, that of its command.
        status: ``proved`` or ``stopped``.
        data: its document.
        tables: its tables, by file name.
        page: the blocks of its page.
        pictures: the pictures on it.
    """

    name: str
    status: str
    data: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    page: Sequence[Block]
    pictures: Sequence[Picture]

    @classmethod
    def of(cls, name: str, teller: Teller, found: Any) -> Told:
        """What a study's file makes of what was found."""
        return cls(
            name, getattr(found, "status", "proved"), teller.data(found), teller.tables(found),
            tuple(teller.page(found)), tuple(teller.pictures(found)),
        )

    @property
    def headline(self) -> str:
        """The answer in a sentence: the first paragraph of the page."""
        return next((block.text for block in self.page if isinstance(block, Paragraph)), "")
