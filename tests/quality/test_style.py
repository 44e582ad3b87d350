"""ruff and mypy are part of the tests, and so are the bounds on files and functions."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "optimizer").rglob("*.py"))


def run(*command: str) -> None:
    """Run a tool of the project's own environment; its whole output is the message when it fails."""
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff() -> None:
    run("ruff", "check", "--no-cache", "optimizer", "tests")


def test_mypy() -> None:
    run("mypy", "--no-error-summary")


def lengths() -> dict[str, int]:
    """Lines of every function of the package."""
    found = {}
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[f"{file.relative_to(ROOT)}:{node.name}:{node.lineno}"] = (node.end_lineno or 0) - node.lineno + 1
    return found


def test_functions_are_short() -> None:
    found = lengths()
    assert {name: n for name, n in found.items() if n >= 80} == {}
    assert statistics.median(found.values()) <= 12


def test_files_are_short() -> None:
    every = [*FILES, *(ROOT / "tests").rglob("*.py")]
    long = {str(f.relative_to(ROOT)): n for f in every if (n := f.read_text(encoding="utf-8").count("\n")) >= 500}
    assert long == {}


def test_no_bare_except() -> None:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ExceptHandler) and node.type is None), f"{file}:{node.lineno}"
