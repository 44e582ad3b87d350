"""Every sentence with which the package can tell a fault of a case, found by reading its sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CASE = Path(__file__).parents[2] / "optimizer" / "case"

TELLING = frozenset({
    "Finding", "CellFault", "UnitFault", "AddressFault", "add", "warn", "_tell", "_tell_at", "_tell_setting", "_empty",
    "ValueError", "OtherMoney", "_Unfit",
})
"""Calls that carry the sentence of a fault."""

_NAMES = frozenset({"message", "text"})
"""Variables in which such a sentence is put before it is told."""


@dataclass(frozen=True)
class Pattern:
    """A sentence with its gaps.

    Attributes:
        file: the file, relative to the package's folder of the case.
        line: its line.
        shape: its text, ``{}`` where something is filled in.
    """

    file: str
    line: int
    shape: str

    def fits(self, message: str) -> bool:
        """Whether a message is this sentence, filled in."""
        parts = [re.escape(part) for part in self.shape.split("{}")]
        return re.fullmatch(".*".join(parts), message, re.DOTALL) is not None


@cache
def patterns() -> tuple[Pattern, ...]:
    """The sentences of all files, each text once a file."""
    found: dict[tuple[str, str], Pattern] = {}
    for path in sorted(CASE.rglob("*.py")):
        name = path.relative_to(CASE).as_posix()
        for node, shape in _sentences(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault((name, shape), Pattern(name, node.lineno, shape))
    return tuple(found.values())


def _sentences(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in TELLING:
            for given in (*node.args, *(word.value for word in node.keywords)):
                yield from _texts(given)
        elif isinstance(node, ast.Assign):
            names = {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
            if names & _NAMES:
                yield from _texts(node.value)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _texts(given: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    """The sentences in an argument: those that tell a fault begin small, those that say what is right do not."""
    if isinstance(given, ast.IfExp):
        yield from _texts(given.body)
        yield from _texts(given.orelse)
    elif isinstance(given, ast.Tuple):
        for item in given.elts:
            yield from _texts(item)
    elif isinstance(given, ast.Constant | ast.JoinedStr):
        shape = _shape(given)
        if " " in shape.strip() and not shape[0].isupper():
            yield given, shape


def _shape(text: ast.expr) -> str:
    if isinstance(text, ast.JoinedStr):
        return "".join(_shape(part) for part in text.values)
    return str(text.value) if isinstance(text, ast.Constant) else "{}"
