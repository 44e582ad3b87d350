"""The lock: names, versions and hashes alone, one version of each package for every Python that we name."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
BENCH = (ROOT / "tests" / "benchmarks" / "requirements.lock").read_text(encoding="utf-8")
LOCKS = pytest.mark.parametrize("lock", [LOCK, BENCH], ids=["tests", "benchmarks"])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = ("linux", "darwin", "win32")


def entries(lock: str = LOCK) -> list[tuple[Requirement, str]]:
    """Each entry of a lock with its whole text."""
    blocks = [block for block in re.split(r"\n(?=\S)", lock) if not block.startswith("#")]
    return [(Requirement(block.split("\n")[0].removesuffix("\\").strip()), block) for block in blocks]


def wanted() -> list[Requirement]:
    """What the project needs by name: to run, to be tested, to be built, and to be built as editable."""
    project = PROJECT["project"]
    build = (*PROJECT["build-system"]["requires"], "editables")
    return [Requirement(r) for r in (*project["dependencies"], *project["optional-dependencies"]["test"], *build)]


def on(marker: Marker | None, python: str, system: str) -> bool:
    """Whether an entry counts on a Python and a system."""
    place = {
        "python_version": python, "python_full_version": f"{python}.7", "sys_platform": system,
        "platform_python_implementation": "CPython", "implementation_name": "cpython",
        "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[system],
    }
    return marker is None or marker.evaluate(place)


@LOCKS
def test_it_names_no_address_and_no_option(lock: str) -> None:
    for trace in ("://", "file:", "--extra-index", "--index", "--find-links", "--trusted", " @ "):
        assert trace not in lock, trace
    assert not re.search(r"^-", lock, re.M), "an option stands among the packages"
    assert not re.search(r"(?<![\w.])/\w+/", lock), "a path of a machine"


@LOCKS
def test_every_entry_has_one_public_version_and_its_hashes(lock: str) -> None:
    for requirement, block in entries(lock):
        exact = re.fullmatch(r"==([0-9][0-9a-z.]*)", str(requirement.specifier))
        assert exact, f"{requirement} is not one version that a registry can hold"
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), f"{requirement.name} has no hash"


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_it_fits_each_python_and_system(python: str, system: str) -> None:
    """One version of each package, all that the project names, each within the bounds that the project sets."""
    here = [r for r, _ in entries() if on(r.marker, python, system)]
    names = [canonicalize_name(r.name) for r in here]
    assert len(names) == len(set(names))
    versions = {canonicalize_name(r.name): next(iter(r.specifier)).version for r in here}
    for requirement in wanted():
        assert versions.get(canonicalize_name(requirement.name), "") in requirement.specifier, requirement


def test_the_project_takes_the_pythons_that_the_lock_was_made_for() -> None:
    takes = Requirement(f"python{PROJECT['project']['requires-python']}").specifier
    assert [minor for minor in range(8, 20) if f"3.{minor}.5" in takes] == [11, 12, 13]


def test_benchmarks_run_on_the_same_versions() -> None:
    assert {str(requirement) for requirement, _ in entries()} <= {str(requirement) for requirement, _ in entries(BENCH)}
