"""A fault at each single step of writing a run: earlier runs stay as they are, this one is whole, a .part or absent."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.runs import RunFolder, find_run, runs

STEPS = ("mkdir", "write_bytes", "open", "fsync", "rename")
"""What touches the disk, under the names that the run folder calls it by."""

Disk = dict[str, bytes | None]


def disk(root: Path) -> Disk:
    """Every file with its bytes, every folder with None."""
    return {
        one.relative_to(root).as_posix(): None if one.is_dir() else one.read_bytes() for one in sorted(root.rglob("*"))
    }


class Cut(BaseException):
    """Ends the writing as a killed process ends: nothing may be put in order behind it."""


class Faulty:
    """The disk, on which the step of a number goes wrong.

    Attributes:
        steps: the steps so far, by name.
    """

    def __init__(self, bad: int, fault: Callable[[], BaseException], half: bool) -> None:
        self.steps: list[str] = []
        self.bad, self.fault, self.half = bad, fault, half

    def install(self, patch: pytest.MonkeyPatch) -> None:
        for name in STEPS:
            owner: Any = os if name == "fsync" else Path
            patch.setattr(owner, name, self._step(name, getattr(owner, name)))

    def _step(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            self.steps.append(name)
            if len(self.steps) - 1 != self.bad:
                return real(*given, **named)
            if name == "write_bytes" and self.half:
                with given[0].open("wb") as file:
                    file.write(given[1][: len(given[1]) // 2])
            raise self.fault()

        return step


def full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


FAULTS: tuple[Callable[[], BaseException], ...] = (
    full, lambda: OSError(errno.EIO, os.strerror(errno.EIO)), lambda: PermissionError(errno.EACCES, "no leave"),
    KeyboardInterrupt, Cut,
)

CONTENT: dict[str, bytes] = {
    "manifest.json": b'{"schema": 1, "case": "home", "run": "0123456789ab", "title": "", "status": "proved", '
                     b'"goals": {}}',
    "plan/deals.csv": b"deal,year\ntoll,2026\n",
    "plan.json": b"{}\n",
}


def write(root: Path) -> Path:
    folder = RunFolder(root, "home", "0123456789ab")

    def sheets(into: Path) -> None:
        (into / "Case.csv").write_bytes(b"setting,value\n")

    folder.fill("input", sheets)
    for name, content in CONTENT.items():
        folder.write(name, content)
    return folder.finish()


def count_of_steps(root: Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        faulty = Faulty(-1, full, half=False)
        faulty.install(patch)
        write(root)
    return len(faulty.steps)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    found = count_of_steps(tmp_path_factory.mktemp("count"))
    assert found > 20
    return found


@given(data=st.data(), fault=st.sampled_from(FAULTS), half=st.booleans(), earlier=st.integers(0, 2))
def test_whatever_goes_wrong_nothing_earlier_is_lost(
    tmp_path_factory: pytest.TempPathFactory, steps: int, data: st.DataObject, fault: Callable[[], BaseException],
    half: bool, earlier: int,
) -> None:
    root = tmp_path_factory.mktemp("runs")
    check(root, data.draw(st.integers(0, steps - 1)), fault, half, earlier)


def test_each_step_in_turn(tmp_path: Path, steps: int) -> None:
    for bad in range(steps):
        check(tmp_path / f"{bad}", bad, full, half=True, earlier=1)


def check(root: Path, bad: int, fault: Callable[[], BaseException], half: bool, earlier: int) -> None:
    """Writes a run in which a step goes wrong, beside earlier ones, then one more."""
    root.mkdir(exist_ok=True)
    before = [write(root) for _ in range(earlier)]
    kept = disk(root)
    with pytest.MonkeyPatch.context() as patch:
        Faulty(bad, fault, half).install(patch)
        with pytest.raises(type(fault())):
            write(root)
    after = disk(root)
    assert {name: after[name] for name in kept} == kept
    states = {entry.path: entry.state for entry in runs(root) if entry.path not in before}
    assert set(states.values()) <= {"whole", "part", "foreign"}
    for path, state in states.items():
        if state == "whole":
            assert {name: (path / name).read_bytes() for name in CONTENT} == CONTENT
    again = write(root)
    assert find_run(root, "0123") == again
    assert {name: disk(root)[name] for name in after} == after


@pytest.mark.skipif(os.name == "nt", reason="Windows syncs no folders")
def test_the_name_comes_last_and_everything_lies_on_the_disk_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real_sync, real_rename = os.fsync, Path.rename

    def sync(handle: int) -> None:
        real_sync(handle)
        synced.append(str(os.fstat(handle).st_ino))

    def rename(one: Path, other: Path) -> Path:
        synced.append("rename")
        return real_rename(one, other)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "rename", rename)
    whole = write(tmp_path)
    there = {str(one.stat().st_ino) for one in (whole, *whole.rglob("*"))}
    at = synced.index("rename")
    assert there == set(synced[:at])
    assert synced[at + 1 :] == [str(whole.parent.stat().st_ino), str(tmp_path.stat().st_ino)]


@pytest.mark.skipif(os.name == "nt", reason="Windows syncs no folders")
@pytest.mark.parametrize(("number", "harmless"), [(errno.EINVAL, True), (errno.ENOTSUP, True), (errno.EIO, False)])
def test_a_disk_that_syncs_no_folders_is_a_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, harmless: bool
) -> None:
    real = os.fsync

    def sync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        real(handle)

    monkeypatch.setattr(os, "fsync", sync)
    if harmless:
        assert write(tmp_path).is_dir()
    else:
        with pytest.raises(OSError, match="Input/output"):
            write(tmp_path)


def test_many_at_once_have_a_folder_each(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(write, [tmp_path] * 64))
    assert len(set(made)) == 64
    entries = runs(tmp_path)
    assert {entry.path for entry in entries} == set(made)
    assert {entry.state for entry in entries} == {"whole"}


def test_a_name_taken_meanwhile_is_never_written_over(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "home", "0123456789ab")
    folder.write("plan.json", "{}")
    folder.whole.mkdir()
    (folder.whole / "letter").write_text("of somebody else")
    with pytest.raises(OSError, match=r"not empty|exists"):
        folder.finish()
    assert (folder.whole / "letter").read_text() == "of somebody else"
    assert (folder.part / "plan.json").is_file()
