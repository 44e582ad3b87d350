"""``brief.pdf``: the brief set by Typst, with the fonts of this package only. Equal content gives equal bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from optimizer.report.brief.blocks import Block, Document, Only, Paragraph, Table
from optimizer.report.glyphs import each_text, numbered, printable, printable_document, texts_of

YEARS = 12
"""Years that a printed table holds side by side; more stand below."""

STANDARDS: Any = ["a-2a", "ua-1"]
"""Archival and accessible PDF: it holds its fonts, and can be read aloud."""


def pdf(document: Document) -> bytes:
    """The brief as PDF/A-2a with the tags of PDF/UA-1; a sign that no font holds prints as its number."""
    shown = printable_document(document)
    try:
        return _set(shown)
    except typst.TypstError:
        # signs that the fonts hold may not stand side by side, as a mark of one script on a letter of another
        texts = sorted({text for text in texts_of(shown) if not text.isascii()})
        refused = set(_refused(texts))
        if not refused:
            raise
        return _set(each_text(shown, lambda text: numbered(text) if text in refused else text))


def _refused(texts: Sequence[str]) -> list[str]:
    """The texts that cannot be set, found by halves."""
    try:
        _set(Document("", "-", "", [Paragraph(text) for text in texts]))
    except typst.TypstError:
        if len(texts) == 1:
            return list(texts)
        half = len(texts) // 2
        return _refused(texts[:half]) + _refused(texts[half:])
    return []


def _set(document: Document) -> bytes:
    here = Path(str(files("optimizer.report")))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[here / "fonts"])
    compiler = typst.Compiler(
        (here / "brief" / "brief.typ").read_bytes(), root=here / "brief", font_paths=fonts,
        sys_inputs={"document": _json(document)},
    )
    made = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=0)
    assert isinstance(made, bytes)
    return made


def _json(document: Document) -> str:
    blocks = [one for block in document.blocks for one in _printed(block)]
    return json.dumps({
        "kicker": document.kicker, "capitals": printable(document.kicker.upper()),
        "headline": document.headline, "footer": document.footer, "blocks": blocks,
        "pictures": {name: svg.decode("utf-8") for name, svg in document.pictures.items()},
    }, ensure_ascii=False)


def _printed(block: Block) -> list[dict[str, Any]]:
    if isinstance(block, Only):
        return _printed(block.block) if block.medium == "print" else []
    if not isinstance(block, Table):
        return [{"kind": type(block).__name__.lower(), **asdict(block)}]
    return [
        {
            "kind": "table", "headers": list(part.headers), "rows": [list(row) for row in part.rows],
            "right": sorted(part.right), "strong": sorted(part.strong),
            "wide": {str(at): share for at, share in part.wide.items()},
            "years": part.years is not None,
        }
        for part in _parts(block)
    ]


def _parts(table: Table) -> list[Table]:
    """A table by year as several of as many years as a page holds."""
    first = table.years
    if first is None or len(table.headers) - first <= YEARS:
        return [table]
    whole = range(first, len(table.headers))
    chunks = [whole[i:i + YEARS] for i in range(0, len(whole), YEARS)]
    return [
        replace(
            table,
            headers=[*table.headers[:first], *(table.headers[i] for i in chunk)],
            rows=[[*row[:first], *(row[i] for i in chunk)] for row in table.rows],
            right=frozenset(range(first, first + len(chunk))),
        )
        for chunk in chunks
    ]
