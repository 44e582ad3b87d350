"""The package as it is handed out: everything it needs is in the wheel, and it works outside this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(name="installed", scope="module")
def make_installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer would."""
    into = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)], cwd=ROOT, capture_output=True,
        text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = into.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(into / "site")
    return into / "site"


def optimizer(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([sys.executable, "-m", "optimizer", *arguments], cwd=folder, env=environment,
                          capture_output=True, text=True, encoding="utf-8", check=False)


def test_a_workbook_starts_from_a_case_of_the_package(installed: Path, tmp_path: Path) -> None:
    done = optimizer(installed, tmp_path, "new", "mine", "--from", "india")
    assert (done.returncode, done.stdout, done.stderr) == (0, "mine.xlsx\n", "")
    assert (tmp_path / "mine.xlsx").stat().st_size > 50_000


def test_a_plan_and_its_brief_are_made(installed: Path, tmp_path: Path) -> None:
    done = optimizer(installed, tmp_path, "solve", "first_steps", "--quiet")
    assert done.returncode == 0, done.stderr
    run = tmp_path / done.stdout.strip()
    assert (run / "brief.pdf").read_bytes().startswith(b"%PDF-")
    assert {file.name for file in (run / "pictures").iterdir()} == {"supply.svg", "dependence.svg", "cost.svg"}


def test_nothing_of_the_tests_is_in_it(installed: Path) -> None:
    top = {file.name for file in installed.iterdir()}
    assert top == {"optimizer", *(name for name in top if name.endswith(".dist-info"))}
    assert not list(installed.rglob("test_*"))
    licences = {file.name for file in (installed / "optimizer" / "report" / "fonts").glob("OFL-*")}
    assert licences == {file.name for file in (ROOT / "optimizer" / "report" / "fonts").glob("OFL-*")}
