"""The mathematics as a page, from the texts that stand on top of each block of the model.

``python -m optimizer.model.method > docs/method.md``
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

ORDER = (
    ("What is decided", ("signings", "orders")),
    ("What deals and plants allow", ("deals", "capacity")),
    ("Where the material goes", ("balance", "demand", "stocks")),
    ("What the planner adds", ("rules", "limits", "incentives")),
    ("What is sought", ("dependence", "cost", "criteria")),
)
"""The blocks in the order in which they are read, under their headings."""

INTRODUCTION = """# The method

Made from the texts of the model by `python -m optimizer.model.method`; do not edit it by hand.

A case becomes a mixed-integer linear program. Each block below is one file of `optimizer/model/blocks`, and what is
said here is what stands on top of it. [Conventions](conventions.md) settle how each symbol is read, to the last detail:
what lies in which year, what counts as in force, how parts of years are taken.

Every tonne is **clear** or **exposed**: exposed once any step of its making lay in a place of concern. Goals are solved
one after the other; a later one may worsen those before it by their tolerance at most. After each search the whole
numbers are fixed and the rest is solved again, so that no tonne rests on the solver's rounding. A program that shares
no code with the model then recomputes every balance, limit and figure of the plan from the workbook, and a plan that
it refuses is never shown.

Symbols: places $p$, materials $m$, years $t$, classes $c$ (clear, exposed), supplies $s$, lanes $l$, demand lines $q$,
stocks $b$, deals $d$, plants $k$, recipes $r$, incentives $g$; $a$ is the year of a signing or order, $n$ a number of
terms.
"""


def method() -> str:
    """The page, in Markdown with formulas between dollar signs.

    Raises:
        ValueError: a block has no text.
    """
    parts = [INTRODUCTION]
    for heading, names in ORDER:
        parts.append(f"## {heading}\n")
        parts += [_block(name) for name in names]
    return "\n".join(parts).rstrip() + "\n"


def blocks() -> set[str]:
    """The names of the blocks that have rows or goals; ``items`` and ``filters`` only serve others."""
    return {file.stem for file in _folder().glob("*.py")} - {"__init__", "items"}


def _folder() -> Path:
    return Path(__file__).parent / "blocks"


def _block(name: str) -> str:
    text = ast.get_docstring(ast.parse((_folder() / f"{name}.py").read_text(encoding="utf-8")))
    if not text:
        raise ValueError(f"the block {name} has no text")
    text = re.sub(r"\s*\(MODEL\.md[^)]*\)", "", text)
    first, _, rest = text.partition("\n\n")
    title, _, more = " ".join(first.split()).partition(".") if "." in first else (first, "", "")
    head, _, told = title.partition(":")
    said = [f"### {head}", told.strip().capitalize(), more.strip(), _formulas(rest)]
    return "\n\n".join(part for part in said if part) + "\n"


def _formulas(text: str) -> str:
    """Blocks of ``.. math::`` as display formulas, ``:math:`` as inline ones."""
    found, lines, inside = [], text.split("\n"), False
    formula: list[str] = []
    for line in [*lines, ""]:
        if line.strip() == ".. math::":
            inside = True
        elif inside and (line.startswith("    ") or not line.strip()):
            if line.strip():
                formula.append(line.strip())
            elif formula:
                found += ["$$", *formula, "$$", ""]
                formula = []
        else:
            inside = False
            found.append(line)
    plain = re.sub(r":math:`([^`]*)`", r"$\1$", "\n".join(found))
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


if __name__ == "__main__":
    sys.stdout.write(method())
