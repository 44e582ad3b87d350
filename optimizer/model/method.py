r"""The mathematics as a page, from the texts that stand on top of each block of the model.

``python -m optimizer.model.method > docs/method.md``

Files are read, not imported, so that the page can be made without the libraries of the model. A block's section is what
its functions ``add_rows`` and ``add_variables`` say in a sentence, and the text of its file with formulas after
``.. math::`` between dollar signs.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

ORDER = (
    ("Deals", ("signings", "deals")),
    ("Plants", ("capacity", "orders")),
    ("Where the material goes", ("balance", "demand", "stocks")),
    ("What the planner adds", ("rules", "limits", "incentives")),
    ("What is sought", ("dependence", "cost", "criteria")),
)
"""The blocks in the order in which they are read, under their headings."""

INTRODUCTION = """# The method

Made from the texts of the model by `python -m optimizer.model.method`; do not edit it by hand.

A case becomes a mixed-integer linear program. Each section below is one file of `optimizer/model`, and what is said
here is what stands on top of it. [Conventions](conventions.md) settle how each symbol is read, to the last detail: what
lies in which year, what counts as in force, how parts of years are taken.

Every tonne is **clear** or **exposed**: exposed once any step of its making lay in a place of concern. Goals are solved
one after the other; a later one may worsen those before it by their tolerance at most. After each search the whole
numbers are fixed and the rest is solved again, so that no tonne rests on the solver's rounding. A program that shares
no code with the model then recomputes every balance, limit and figure of the plan from the workbook, and a plan that
it refuses is never shown.

| symbol | is | symbol | is |
| --- | --- | --- | --- |
| $p$ | place | $d$ | deal |
| $m$ | material | $k$ | plant |
| $t$ | year | $r$ | recipe |
| $c$ | class, clear or exposed | $b$ | stock |
| $s$ | supply | $g$ | incentive |
| $l$ | lane | $a$ | year of a signing or order |
| $q$ | demand line | $n$ | number of terms |

Amounts are tonnes a year, money is in the case's currency at constant prices. Variables are at least 0 unless
something else is said.
"""

_COMMAND = re.compile(r"\\text\{[^}]*\}|\\(?:begin|end)\{\w+\}(?:\{\w\})?|\\[A-Za-z]+|[A-Za-z]{2,}")


def method() -> str:
    """The page, in Markdown with formulas between dollar signs.

    Raises:
        ValueError: a file has no text.
    """
    parts = [INTRODUCTION, "## Time\n", _section(_model("calendar"), "The calendar")]
    for heading, names in ORDER:
        parts.append(f"## {heading}\n")
        parts += [_block(name) for name in names]
    parts += ["## Tight by construction\n", _section(_model("bounds"), "What can flow at all")]
    return "\n".join(parts).rstrip() + "\n"


def blocks() -> set[str]:
    """The names of the blocks that have rows or goals; ``items`` only serves another."""
    return {file.stem for file in _folder().glob("*.py")} - {"__init__", "items"}


def _folder() -> Path:
    return Path(__file__).parent / "blocks"


def _model(name: str) -> ast.Module:
    return _parsed(Path(__file__).parent / f"{name}.py")


def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), file.name)


def _block(name: str) -> str:
    tree = _parsed(_folder() / f"{name}.py")
    said = {one.name: ast.get_docstring(one) or "" for one in tree.body if isinstance(one, ast.FunctionDef)}
    rows, variables = _told(said["add_rows"]), _told(said["add_variables"])
    return _section(tree, lede=rows, end=f"*Variables:* {variables}")


def _section(tree: ast.Module, title: str | None = None, lede: str = "", end: str = "") -> str:
    """The text of a file under its first sentence, or under `title` in full."""
    text = re.sub(r"\s*\(MODEL\.md [\d.]+\)", "", ast.get_docstring(tree) or "")
    if not text:
        raise ValueError("a file of the model has no text on top")
    first, _, rest = text.partition("\n\n")
    head, _, more = (title, "", first) if title else first.partition(".")
    told = " ".join(more.split())
    return "\n\n".join(part for part in (f"### {head}", lede, _told(told), _told(rest), end) if part) + "\n"


def _told(text: str) -> str:
    """A text of the code as Markdown."""
    plain = _formulas(text).replace("``", "`")
    plain = re.sub(r"\(MODEL\.md [^;)]*; docs/conventions\.md", "(docs/conventions.md", plain)
    plain = re.sub(r"\s*\(MODEL\.md [^)]*\)", "", plain)
    return re.sub(r"docs/conventions\.md (\d+)", r"[conventions](conventions.md) \1", plain)


def _formulas(text: str) -> str:
    """Blocks of ``.. math::`` as display formulas, ``:math:`` as inline ones, names in them as whole words."""
    found, lines, inside = [], text.split("\n"), False
    formula: list[str] = []
    for line in [*lines, ""]:
        if line.strip() == ".. math::":
            inside = True
        elif inside and (line.startswith("    ") or not line.strip()):
            if line.strip():
                formula.append(line.strip())
            elif formula:
                found += ["", "$$", *_stacked(" ".join(formula)), "$$", ""]
                formula = []
        else:
            inside = False
            found.append(line)
    plain = re.sub(r":math:`([^`]*)`", lambda inline: f"${_words(inline[1])}$", "\n".join(found), flags=re.DOTALL)
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


def _stacked(formula: str) -> list[str]:
    """The lines of a formula; what stands side by side in the code stands below each other, as a page is narrow."""
    rows = re.split(r"(?<=,)\s*\\q?quad\s+(?!\\text)", _words(formula))
    if len(rows) == 1:
        return rows
    return ["\\begin{array}{l}", *(f"{row} \\\\" for row in rows[:-1]), rows[-1], "\\end{array}"]


def _words(formula: str) -> str:
    """A formula in which a name of several letters is set as one word, not as a product of letters."""
    return _COMMAND.sub(lambda found: found[0] if found[0].startswith("\\") else f"\\mathit{{{found[0]}}}", formula)


if __name__ == "__main__":
    sys.stdout.write(method())
