"""Formulas of the pages as MathML, which browsers show without a script."""

from __future__ import annotations

import re
from typing import Any

from latex2mathml.converter import convert

_FENCED = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
_DISPLAY = re.compile(r"\$\$\s*(.+?)\s*\$\$", re.DOTALL)
_INLINE = re.compile(r"(?<![\\$\w])\$(?!\s)([^$\n]+?)(?<!\s)\$(?![\w$])")
_LETTERS = re.compile(r'(?:<mi mathvariant="italic">[A-Za-z]</mi>){2,}')


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Called by mkdocs for each page; only the method has formulas."""
    return formulas(markdown) if page.file.src_path == "method.md" else markdown


def formulas(markdown: str) -> str:
    """A page with its formulas as MathML, code left as it is."""
    parts = _FENCED.split(markdown)
    return "".join(part if at % 2 else _converted(part) for at, part in enumerate(parts))


def _converted(text: str) -> str:
    shown = _DISPLAY.sub(lambda found: f"\n{mathml(found[1], 'block')}\n", text)
    return _INLINE.sub(lambda found: mathml(found[1], "inline"), shown)


def mathml(formula: str, display: str) -> str:
    """A formula as MathML; a name of several letters is one element, so that it is read and spaced as a word."""
    return _LETTERS.sub(
        lambda run: '<mi class="word">' + re.sub(r"<[^>]+>", "", run[0]) + "</mi>", convert(formula, display=display)
    )
