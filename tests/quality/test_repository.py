"""What is tracked: no path of a machine, no registry's host, a lock with names, versions and hashes alone."""

from __future__ import annotations

import re
import subprocess
import tomllib
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
    hosts = "|".join(("py" + r"pi\.org", "python" + "hosted", "registry" + r"\.npm"))
    machine = re.compile(rf"(?<![\w.])/(?:{'|'.join(('wo' + 'rk', 'ro' + 'ot', 'ho' + 'me', 'o' + 'pt'))})/|{hosts}")
    for file in tracked():
        if file.suffix not in BINARY:
            found = machine.search(file.read_text(encoding="utf-8"))
            assert found is None, f"{file.relative_to(ROOT)}: {found and found.group()}"


def test_the_lock_holds_names_versions_and_hashes_alone() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--extra" not in text
    assert "--find-links" not in text
    entries = re.split(r"\n(?=[a-z0-9])", text)
    assert all("--hash=sha256:" in entry and "==" in entry for entry in entries), "an entry without version or hash"


def test_the_lock_has_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    names = {re.split(r"[<>=!~ ]", line)[0].lower() for line in wanted}
    locked = set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M))
    assert names <= locked
