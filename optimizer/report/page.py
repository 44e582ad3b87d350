"""Blocks of a brief in a terminal: the page of a study as it stands in the brief, without its pictures."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.text import Text

from optimizer.report.brief.blocks import (
    Block,
    Bullets,
    Decision,
    Heading,
    Image,
    Numbers,
    Only,
    PageBreak,
    Paragraph,
    Table,
)
from optimizer.report.grids import BETWEEN, Words, grid, indented

STYLES = {"lead": "bold", "note": "dim", "warning": "yellow", "plain": ""}


def show_page(blocks: Iterable[Block], out: Console) -> None:
    """Prints blocks one below the other."""
    for block in blocks:
        made = _drawn(block, out.width)
        if made is not None:
            out.print(made)


def _drawn(block: Block, width: int) -> RenderableType | None:
    match block:
        case Heading(text):
            return Group(Text(""), Words(text, "bold"))
        case Paragraph(text, style):
            return Words(text, STYLES[style])
        case Bullets(items):
            return Group(*(indented(f"- {item}", BETWEEN) for item in items))
        case Decision(title, text):
            return Words(f"{title}. {text}", "bold")
        case Numbers(items):
            return grid(("", ""), [(label, value) for value, label in items], width, right=(1,))
        case Table(headers, rows):
            return grid(headers, rows, width, right=block.right)
        case Only(medium, inner):
            return _drawn(inner, width) if medium == "text" else None
        case Image() | PageBreak():
            return None
