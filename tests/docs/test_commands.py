"""Every command that a page shows with its output is run, in order, and prints what the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from optimizer import cli
from optimizer.case.case import Case
from optimizer.case.changes import apply_changes, parse_set
from optimizer.case.findings import CaseError
from optimizer.case.read import read_case
from tests.docs.pages import DOCS, PAGES, ROOT, blocks, commands, matches

SHOWN = [page for page in DOCS if commands(page)]


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.stem)
def test_the_commands_print_what_the_page_says(page: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    code, told_of = 0, True
    for command, expected in commands(page):
        if command == "echo $?":
            assert expected == [str(code)], f"{page.name}: exit code {code}"
            told_of = True
            continue
        assert told_of, f"{page.name}: a command failed and the page does not show its exit code"
        program, *arguments = shlex.split(command)
        assert program == "optimizer"
        arguments = [found for argument in arguments for found in _expanded(argument, tmp_path)]
        done = subprocess.run(
            [sys.executable, "-m", "optimizer", *arguments], cwd=tmp_path, env=environment, capture_output=True,
            text=True, encoding="utf-8", check=False,
        )
        told = done.stdout if done.stdout.strip() else done.stderr
        printed = [line.rstrip() for line in told.strip("\n").splitlines()]
        assert matches(expected, printed), f"$ {command}\n{told}"
        code, told_of = done.returncode, done.returncode == 0
    assert told_of


def _expanded(argument: str, folder: Path) -> list[str]:
    """The files that an argument with a star names, as a shell has it; itself where there are none."""
    found = sorted(folder.glob(argument)) if "*" in argument else []
    return [file.relative_to(folder).as_posix() for file in found] or [argument]


def test_the_pages_that_show_commands_are_found() -> None:
    assert {"tutorial", "errors", "json"} <= {page.stem for page in SHOWN}
    assert len(commands(ROOT / "docs" / "tutorial.md")) >= 8


def test_matching_is_strict() -> None:
    assert matches(["a", "...", "c"], ["a", "b", "b", "c"])
    assert matches(["a...", "b"], ["abc", "b"])
    assert not matches(["a"], ["a", "b"])
    assert not matches(["a", "...", "d"], ["a", "b", "c"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_named_in_a_page_is_understood(page: Path) -> None:
    """Indented commands and those in code spans, without running them."""
    text = page.read_text(encoding="utf-8")
    for fenced in (*blocks(page, "text"), *blocks(page, "console")):
        text = text.replace(fenced, "")
    indented = re.findall(r"^ {4}optimizer (.+?)(?: {2,}#.*)?$", text, re.MULTILINE)
    for line in indented + re.findall(r"`optimizer ([a-z].*?)`", text):
        line = line.split("[")[0] if re.search(r" \[-", line) else line
        if "COMMAND" in line:
            continue
        arguments = shlex.split(line)
        if len(arguments) > 1 and "--help" not in arguments:
            cli.app.parse_args(arguments, exit_on_error=False, print_error=False)
        else:
            assert arguments[0] in cli.app, line


def test_changes_and_scenarios_named_in_pages_can_be_made() -> None:
    """On one of the shipped cases; what is shown as a mistake is run by the test of its page."""
    cases = [read_case(ROOT / "inputs" / f"{name}.xlsx") for name in ("india", "first_steps")]
    scenarios = {row.scenario for case in cases for row in case.scenarios}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for console in blocks(page, "console"):
            text = text.replace(console, "")
        for change in re.findall(r'--set\s+"([^"]+)"', text):
            assert any(_made(case, change) for case in cases), f"{page.name}: {change}"
        assert {re.sub(r"\s+", " ", name) for name in re.findall(r'--scenario\s+"([^"]+)"', text)} <= scenarios


def _made(case: Case, change: str) -> bool:
    try:
        apply_changes(case, [parse_set(change)])
    except CaseError:
        return False
    return True


@pytest.mark.parametrize("name", ["errors", "commands"])
def test_every_exit_code_is_told(name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert codes == {cli.PROVED, cli.INTERNAL, cli.USAGE, cli.STOPPED, cli.NO_PLAN, cli.BAD_INPUT, cli.NOT_WRITABLE,
                     cli.NOTHING, cli.GIVEN_UP}


def test_every_status_is_told() -> None:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    schema = (ROOT / "docs" / "solve.schema.json").read_text(encoding="utf-8")
    statuses = re.search(r'"status": \{.*?"enum": \[(.*?)\]', schema, re.DOTALL)
    assert statuses
    for status in re.findall(r'"([^"]+)"', statuses[1]):
        assert f"`{status}`" in text, status
