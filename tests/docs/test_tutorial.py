"""Every command of the tutorial is run, in order, and prints what the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial.md"


def commands() -> list[tuple[str, list[str]]]:
    """Each command of the page's console blocks with the lines printed below it."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def matches(expected: list[str], printed: list[str]) -> bool:
    """Whether the lines are those printed; ``...`` alone stands for any lines, at the end of one for its rest."""
    if not expected:
        return not printed
    first, *rest = expected
    if first == "...":
        return any(matches(rest, printed[at:]) for at in range(len(printed) + 1))
    if not printed:
        return False
    same = printed[0].startswith(first[:-3]) if first.endswith("...") else printed[0] == first
    return same and matches(rest, printed[1:])


def test_the_commands_print_what_the_page_says(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    every = commands()
    assert len(every) >= 8
    for command, expected in every:
        program, *arguments = shlex.split(command)
        assert program == "optimizer"
        done = subprocess.run(
            [sys.executable, "-m", "optimizer", *arguments], cwd=tmp_path, env=environment, capture_output=True,
            text=True, encoding="utf-8", check=False,
        )
        told = done.stdout if done.stdout.strip() else done.stderr
        printed = [line.rstrip() for line in told.strip("\n").splitlines()]
        assert matches(expected, printed), f"$ {command}\n{told}"


def test_matching_is_strict() -> None:
    assert matches(["a", "...", "c"], ["a", "b", "b", "c"])
    assert matches(["a...", "b"], ["abc", "b"])
    assert not matches(["a"], ["a", "b"])
    assert not matches(["a", "...", "d"], ["a", "b", "c"])
