"""The layers point one way, and heavy libraries stay in their rooms."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "optimizer"
LAYERS = ("case", "model", "solve", "study", "report")
TOP = {"__init__", "__main__", "cli", "runs"}
ROOMS = {
    "pyomo": {"model"}, "highspy": {"solve"}, "pyscipopt": {"solve"}, "rich": {"report", "cli"}, "cyclopts": {"cli"},
    "openpyxl": {"case"}, "xlsxwriter": {"case", "report"}, "matplotlib": {"report"}, "typst": {"report"},
    "dask": {"study"}, "distributed": {"study"},
}
FILES = sorted(ROOT.rglob("*.py"))


def room(file: Path) -> str:
    """The layer that a file belongs to: its folder, or its own name at the top."""
    part = file.relative_to(ROOT).parts[0]
    return "cli" if part in ("cli.py", "commands") else part.removesuffix(".py")


def imported(file: Path) -> Iterator[str]:
    """Everything that a file imports, by its whole name."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports by dots: the layer cannot be read off"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_point_one_way(file: Path) -> None:
    here = room(file)
    for name in imported(file):
        parts = name.split(".")
        if here == "runs":
            assert parts[0] in sys.stdlib_module_names or parts[:2] == ["optimizer", "runs"], name
        elif parts[0] == "optimizer" and len(parts) > 1 and here in LAYERS and parts[1] in (*LAYERS, "cli", "commands"):
            assert parts[1] in LAYERS[: LAYERS.index(here) + 1], f"{here} imports {name}"
        elif parts[0] in ROOMS:
            assert here in ROOMS[parts[0]], f"{here} imports {name}"


def test_every_file_has_a_layer() -> None:
    assert {room(file) for file in FILES} <= {*LAYERS, *TOP}


def test_the_check_shares_no_code_with_the_model() -> None:
    for file in (ROOT / "solve" / "check").rglob("*.py"):
        assert not [name for name in imported(file) if name.startswith("optimizer.model")], file


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from optimizer.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'pyomo', 'highspy', 'pyscipopt', 'pandas', 'numpy', 'pydantic', 'openpyxl', 'xlsxwriter', 'scipy', "
        "'dask'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
