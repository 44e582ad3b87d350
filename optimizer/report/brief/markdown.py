"""``brief.md``: the brief as Markdown. Text from the case is data: no sign of it has a meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from optimizer.report.brief.blocks import (
    Block,
    Bullets,
    Decision,
    Document,
    Heading,
    Image,
    Numbers,
    Only,
    PageBreak,
    Paragraph,
    Table,
)


def markdown(document: Document) -> str:
    """The brief in Markdown; the same document gives the same text."""
    parts = [f"# {escape(document.kicker)}", f"**{escape(document.headline)}**"]
    parts += [text for block in document.blocks if (text := _block(block))]
    return "\n\n".join([*parts, f"*{escape(document.footer)}*"]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {escape(text)}"
        case Paragraph(text, style):
            return {"warning": "> {}", "lead": "**{}**", "note": "*{}*"}.get(style, "{}").format(escape(text))
        case Bullets(items):
            return "\n".join(f"- {escape(item)}" for item in items)
        case Decision(title, text):
            return f"> **{escape(title.capitalize())}.** {escape(text)}"
        case Numbers(items):
            return "\n".join(f"- **{escape(value)}** {escape(label)}" for value, label in items)
        case Table(headers, rows):
            return _table(headers, rows, block)
        case Image(name, title, alt):
            return f"**{escape(title)}**\n\n![{escape(alt)}](pictures/{name}.svg)"
        case PageBreak():
            return ""
        case Only(medium, inner):
            return _block(inner) if medium == "text" else ""


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]], table: Table) -> str:
    marks = ["---:" if at in table.right else "---" for at in range(len(headers))]
    lines = [_line(headers), _line(marks, str)]
    lines += [_line(row, _strong if at in table.strong else escape) for at, row in enumerate(rows)]
    return "\n".join(lines)


def _line(cells: Iterable[str], written: Callable[[str], str] | None = None) -> str:
    return f"| {' | '.join(map(written or escape, cells))} |"


def _strong(text: str) -> str:
    return f"**{escape(text)}**" if text.strip() else ""


def escape(text: str) -> str:
    r"""Text that Markdown prints as it stands: on one line, every sign with a meaning escaped.

    >>> print(escape("a|b *c* <i> & 1.5 t"), escape("- 1. x"), escape("2025. x"))
    a\|b \*c\* \<i\> \& 1.5 t \- 1. x 2025\. x
    """
    flat = re.sub(r"([\\`*_{}\[\]<>#|~&$])", r"\\\1", " ".join(text.split()))
    flat = re.sub(r"^([-+=])(?=\s|[-+=]*$)", r"\\\1", flat)
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", flat)
