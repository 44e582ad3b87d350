"""What is tracked: known names at the top, no path of a machine, no registry's host."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOP = {
    "pyproject.toml", "optimizer", "inputs", "reports", "tests", "README.md", "LICENSE", "CHANGELOG.md", "Makefile",
    "requirements.lock", ".ci", "docs", ".gitignore", "SECURITY.md",
}
BINARY = {".xlsx", ".ods", ".png", ".pdf", ".ttf", ".otf"}


def tracked() -> list[Path]:
    """The files that git tracks."""
    done = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def test_only_known_names_at_the_top() -> None:
    assert {file.relative_to(ROOT).parts[0] for file in tracked()} <= TOP


def test_no_path_of_a_machine_and_no_registry_is_named() -> None:
    hosts = "|".join(("py" + r"pi\.org", "python" + "hosted", "registry" + r"\.npm", "ana" + r"conda\.org"))
    folders = "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me", "o" + "pt", "t" + "mp", "Us" + "ers"))
    machine = re.compile(rf"(?<![\w.])[/\\](?:{folders})[/\\]|{hosts}")
    for file in tracked():
        if file.suffix not in BINARY:
            found = machine.search(file.read_text(encoding="utf-8"))
            assert found is None, f"{file.relative_to(ROOT)}: {found and found.group()}"


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
