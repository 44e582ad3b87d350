"""The command interrupted, killed, started twice, on a full disk: what lies in the run folders afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from optimizer.runs import RunEntry, runs
from tests.faults.test_writing import Disk, disk

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals for a child")

# Ctrl-C is listened to even where the tests run in the background of a shell, which has it ignored
START = (
    "import resource, runpy, signal, sys\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "largest = int(sys.argv.pop(1))\n"
    "if largest:\n    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))\n"
    "print('started', flush=True)\n"
    "runpy.run_module('optimizer', run_name='__main__', alter_sys=True)\n"
)

# parts of the time that a whole run takes, from its first moments to its last
PRESSED = (0.1, 0.45, 0.65, 0.8, 0.93)
KILLED = (0.5, 0.78, 0.9)


@dataclass(frozen=True)
class Ended:
    """A process that ended: its exit code as a shell tells it, and what it printed."""

    code: int
    out: str
    told: str


def start(folder: Path, *arguments: str, largest: int = 0) -> subprocess.Popen[str]:
    """Starts the command; a file may grow to `largest` bytes, any size where it is 0."""
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(largest), *arguments], cwd=folder, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def end(process: subprocess.Popen[str]) -> Ended:
    out, told = process.communicate(timeout=300)
    # a shell tells a process that a signal ended as 128 and the signal's number
    return Ended(process.returncode if process.returncode >= 0 else 128 - process.returncode, out, told)


def optimizer(folder: Path, *arguments: str, largest: int = 0) -> Ended:
    return end(start(folder, *arguments, largest=largest))


@dataclass(frozen=True)
class Battered:
    """A folder of runs after many were interrupted and killed in it.

    Attributes:
        folder: where the commands ran.
        earlier: what lay in the run folders before.
        pressed: processes that got Ctrl-C.
        killed: processes that were killed.
        full: one whose files could not grow, in the folder `full`.
    """

    folder: Path
    earlier: Disk
    pressed: Sequence[Ended]
    killed: Sequence[Ended]
    full: Ended

    @property
    def reports(self) -> Path:
        return self.folder / "reports"


@pytest.fixture(scope="module")
def battered(tmp_path_factory: pytest.TempPathFactory) -> Battered:
    folder = tmp_path_factory.mktemp("battered")
    shutil.copy(ROOT / "inputs" / "first_steps.xlsx", folder / "case.xlsx")
    began = time.monotonic()
    assert optimizer(folder, "solve", "case.xlsx", "--quiet").code == 0
    whole = time.monotonic() - began
    earlier = disk(folder / "reports")

    def hit(by: signal.Signals, part: float) -> Ended:
        process = start(folder, "solve", "case.xlsx", "--quiet")
        time.sleep(part * whole)
        process.send_signal(by)
        return end(process)

    with ThreadPoolExecutor(2) as pool:
        pressed = [pool.submit(hit, signal.SIGINT, part) for part in PRESSED]
        killed = [pool.submit(hit, signal.SIGKILL, part) for part in KILLED]
        # no file may grow beyond this, and the brief's PDF would
        full = pool.submit(optimizer, folder, "solve", "case.xlsx", "--out", "full", largest=8192)
        return Battered(folder, earlier, *([one.result() for one in many] for many in (pressed, killed)), full.result())


def made(battered: Battered) -> tuple[RunEntry, ...]:
    return runs(battered.reports)


def test_ctrl_c_at_any_moment_ends_in_order(battered: Battered) -> None:
    for ended in battered.pressed:
        assert ended.code in (0, 3, 130), ended
        assert "Traceback" not in ended.told, ended
        assert "fault of the program" not in ended.told, ended


def test_ctrl_c_in_a_search_gives_the_best_plan_so_far_marked_with_its_gap(tmp_path: Path) -> None:
    process = start(tmp_path, "solve", str(ROOT / "inputs" / "india.xlsx"))
    assert process.stderr is not None
    # a plan is known since the least cost was found; the search for less dependence takes seconds more
    assert any(" of 8: dependence" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    ended = end(process)
    assert ended.code == 3, ended
    assert "Stopping" in ended.told
    (run,) = runs(tmp_path / "reports")
    assert (run.state, run.status) == ("whole", "stopped")
    brief = (run.path / "brief.md").read_text(encoding="utf-8")
    for text in (" ".join(ended.out.split()), brief):
        assert "Best plan found, within" in text
        assert "the search was stopped early" in text


def test_a_run_that_was_told_is_there_whole(battered: Battered) -> None:
    whole = {entry.path.name for entry in made(battered) if entry.state == "whole"}
    for ended in (*battered.pressed, *battered.killed):
        if ended.code in (0, 3) or ended.out:
            assert Path(ended.out.strip()).name in whole, ended


def test_runs_are_whole_or_parts_and_earlier_ones_as_they_were(battered: Battered) -> None:
    assert {entry.state for entry in made(battered)} <= {"whole", "part"}
    after = disk(battered.reports)
    assert {name: after.get(name) for name in battered.earlier} == battered.earlier
    sheets = {name.partition("/input/")[2] for name in battered.earlier if "/input/" in name}
    for entry in made(battered):
        if entry.state == "whole":
            assert (entry.status, entry.title) in {("proved", "First steps"), ("stopped", "First steps")}
            assert {file.name for file in (entry.path / "input").iterdir()} == sheets


def test_two_at_once_then_work_and_what_was_left_behind_is_told(battered: Battered) -> None:
    left = battered.reports / "case" / "20260101T000000Z-0123456789ab.part"
    (left / "plan").mkdir(parents=True)
    before = disk(battered.reports)
    both = [start(battered.folder, "solve", "case.xlsx", "--quiet") for _ in range(2)]
    ended = [end(process) for process in both]
    assert [one.code for one in ended] == [0, 0]
    paths = {battered.folder / one.out.strip() for one in ended}
    assert len(paths) == 2
    assert paths <= {entry.path for entry in made(battered) if entry.state == "whole"}
    after = disk(battered.reports)
    assert {name: after.get(name) for name in before} == before
    listed = optimizer(battered.folder, "runs")
    assert listed.code == 0
    assert "the program was ended while it wrote this folder, or still writes it." in listed.out


def test_a_full_disk(battered: Battered) -> None:
    ended = battered.full
    assert ended.code == 6, ended
    assert "The run folder could not be written in 'full': File too large." in ended.told
    assert "Traceback" not in ended.told
    assert "Dependence" in ended.out, "the plan is shown all the same"
    assert [entry.state for entry in runs(battered.folder / "full")] == ["part"]


def test_a_folder_in_which_nothing_can_be_written(tmp_path: Path) -> None:
    shutil.copy(ROOT / "inputs" / "first_steps.xlsx", tmp_path)
    (tmp_path / "file").write_text("x")
    ended = optimizer(tmp_path, "solve", "first_steps.xlsx", "--out", "file/reports")
    assert (ended.code, ended.out) == (6, "")
    assert ended.told == "Nothing can be written in 'file/reports': Not a directory.\n"


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    shutil.copy(ROOT / "inputs" / "first_steps.xlsx", tmp_path)
    (tmp_path / "closed").mkdir(mode=0o500)
    ended = optimizer(tmp_path, "solve", "first_steps.xlsx", "--out", "closed")
    assert (ended.code, ended.told) == (6, "Nothing can be written in 'closed': Permission denied.\n")
