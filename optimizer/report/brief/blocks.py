"""What a brief is made of, before it is Markdown or a printed page. All text is data: it has no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Heading:
    """A heading; level 2 opens a section, 3 a part of one."""

    text: str
    level: Literal[2, 3] = 2


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: plain, a lead that stands out, a note that stands back, or a warning."""

    text: str
    style: Literal["plain", "lead", "note", "warning"] = "plain"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]


@dataclass(frozen=True)
class Decision:
    """What the reader is asked to decide."""

    title: str
    text: str


@dataclass(frozen=True)
class Numbers:
    """A few numbers in large type: value and what it is."""

    items: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """A table of texts.

    Attributes:
        headers: its headers.
        rows: its rows, each as long as the headers.
        right: columns that stand to the right, as numbers do.
        strong: rows that stand out.
        wide: columns that hold sentences, each with its part of the room that the others leave.
        years: first of the columns that are years, of which a printed page holds only some; None where none is.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[int] = frozenset()
    strong: frozenset[int] = frozenset()
    wide: Mapping[int, float] = field(default_factory=dict)
    years: int | None = None


@dataclass(frozen=True)
class Image:
    """A picture by its name, with its title and its text for those who cannot see it."""

    name: str
    title: str
    alt: str


@dataclass(frozen=True)
class Picture:
    """A drawn picture.

    Attributes:
        name: its file's name without ending.
        title: what it shows, in a sentence.
        alt: text for those who cannot see it.
        svg: the drawing, texts as paths.
    """

    name: str
    title: str
    alt: str
    svg: bytes


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a page in print."""


@dataclass(frozen=True)
class Only:
    """A block of one of the two forms only: of the printed page, or of the Markdown text."""

    medium: Literal["print", "text"]
    block: Block


Block = Heading | Paragraph | Bullets | Decision | Numbers | Table | Image | PageBreak | Only


@dataclass(frozen=True)
class Document:
    """A brief.

    Attributes:
        kicker: the line above the headline.
        headline: the result in one sentence.
        footer: what stands at the foot of each page.
        blocks: the rest, in order.
        pictures: the SVG of each picture, by name.
    """

    kicker: str
    headline: str
    footer: str
    blocks: Sequence[Block]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
