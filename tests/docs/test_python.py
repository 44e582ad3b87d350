"""The Python interface: the code of its page runs, every example in a docstring too, every public name is told of."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import optimizer
from optimizer.solve.tables import TABLES
from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs" / "python.md"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the tutorial's case in it, and nothing else."""
    (tmp_path / "inputs").mkdir()
    shutil.copy(ROOT / "inputs" / "first_steps.xlsx", tmp_path / "inputs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_code_of_the_page_runs(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for code in blocks(PAGE, "python"):
        exec(compile(code, PAGE.name, "exec"), names)
    printed = capsys.readouterr().out
    assert "no plan: " in printed
    assert "dependence: " in printed
    assert list((elsewhere / "reports" / "first_steps").iterdir())


def test_the_page_tells_of_every_public_name_and_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in optimizer.__all__:
        assert re.search(rf"^::: optimizer\.(?:[\w.]+\.)?{name}$", text, re.MULTILINE), name
    for name in TABLES:
        assert f"| `{name}` |" in text, name


def test_the_tables_have_the_columns_that_the_page_says(elsewhere: Path) -> None:
    plan = optimizer.solve(optimizer.read_case("inputs/first_steps.xlsx"))
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\w, ]+?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(rows) == set(TABLES)
    for name, columns in rows.items():
        assert list(plan.table(name).columns) == [*columns.split(", "), "year", "value", "unit", "as_now"]


@pytest.mark.parametrize("name", optimizer.__all__)
def test_public_names_are_typed_and_say_what_they_are(name: str) -> None:
    public = getattr(optimizer, name)
    text = inspect.getdoc(public)
    assert text
    signature = inspect.signature(public.__init__ if inspect.isclass(public) else public)
    for parameter in signature.parameters.values():
        unnamed = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        assert parameter.name == "self" or unnamed or parameter.annotation is not parameter.empty, parameter
    if not inspect.isclass(public):
        assert signature.return_annotation is not signature.empty


def test_the_answers_have_types(elsewhere: Path) -> None:
    """What a type checker makes of the interface, as it is written down for others to rely on."""
    pytest.importorskip("mypy", reason="this test needs mypy")
    (elsewhere / "use.py").write_text(
        "from optimizer import SolveOptions, check, read_case, solve, write_run\n"
        'case = read_case("inputs/india.xlsx")\n'
        'options = SolveOptions(goal="dependence", budget=4e9)\n'
        'plan = solve(case.change("Deals[Japan toll].fee", 28), options, on_event=None)\n'
        "reveal_type(plan)\n"
        'reveal_type(plan.table("deals"))\n'
        'reveal_type(write_run(plan, "reports"))\n'
        "reveal_type(check(case))\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, "-m", "mypy", str(elsewhere / "use.py")], cwd=ROOT, capture_output=True,
                          text=True, check=False)
    told = done.stdout
    types = re.findall(r'use\.py:.*Revealed type is "(.*)"', told)
    assert [kind.replace("builtins.", "") for kind in types] == [
        "optimizer.solve.plan.Plan", "pandas.core.frame.DataFrame", "pathlib.Path",
        "tuple[optimizer.case.findings.Finding, ...]",
    ]
    assert not re.search(r"use\.py:.*error", told), told


def modules() -> list[str]:
    found = pkgutil.walk_packages(optimizer.__path__, "optimizer.")
    return ["optimizer", *(module.name for module in found if not module.name.endswith("__main__"))]


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_run(name: str, elsewhere: Path) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
