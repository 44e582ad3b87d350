"""How a command ends is its own affair: a reader that has gone or a full disk behind a stream does not change it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from optimizer.case.write import write_csv
from optimizer.commands.streams import Sink
from tests.case.small import small
from tests.test_cli import COMMAND, environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other pipes")
FULL = "/dev/full"
needs_full = pytest.mark.skipif(not Path(FULL).exists(), reason="only Linux has a disk that is always full")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sound case and a faulty one."""
    folder = tmp_path_factory.mktemp("streams")
    for name in ("sound", "faulty"):
        write_csv(small(), folder / name)
    demand = folder / "faulty" / "Demand.csv"
    demand.write_text(demand.read_text(encoding="utf-8").replace("Home", "Hoem"), encoding="utf-8")
    return folder


def closed_pipe() -> int:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def run(home: Path, *arguments: str, **streams: int) -> subprocess.CompletedProcess[bytes]:
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run([*COMMAND, *arguments], cwd=home, env=environment(), timeout=300, check=False, **given)


@pytest.mark.parametrize(("arguments", "code"), [(("check", "faulty"), 5), (("check", "sound"), 0)])
def test_a_reader_of_the_answer_that_has_gone_leaves_the_exit_code(
    home: Path, arguments: tuple[str, ...], code: int
) -> None:
    done = run(home, *arguments, stdout=closed_pipe())
    assert (done.returncode, done.stderr) == (code, b"")


def test_a_reader_of_the_progress_that_has_gone_costs_no_plan(home: Path, tmp_path: Path) -> None:
    done = run(home, "solve", "sound", "--out", str(tmp_path / "runs"), stderr=closed_pipe())
    assert done.returncode == 0
    assert b"Dependence" in done.stdout
    assert len(list((tmp_path / "runs" / "sound").iterdir())) == 1


@needs_full
def test_a_full_disk_behind_the_answer_is_told(home: Path) -> None:
    with open(FULL, "wb") as full:  # noqa: PTH123 - a device
        done = run(home, "check", "sound", stdout=full.fileno())
    assert done.returncode == 6
    assert done.stderr == b"The answer could not be written: No space left on device.\n"


@needs_full
def test_a_full_disk_behind_the_progress_costs_no_plan(home: Path, tmp_path: Path) -> None:
    with open(FULL, "wb") as full:  # noqa: PTH123 - a device
        done = run(home, "solve", "sound", "--out", str(tmp_path / "runs"), stderr=full.fileno())
    assert done.returncode == 0
    assert b"Run folder: " in done.stdout


@pytest.mark.parametrize("stream", [1, 2])
def test_a_stream_that_was_closed_from_the_start_is_none(home: Path, stream: int) -> None:
    code = f"import os, sys; os.close({stream}); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    done = subprocess.run([sys.executable, "-c", code, "-m", "optimizer", "check", "faulty"], cwd=home,
                          env=environment(), capture_output=True, check=False, timeout=300)
    assert done.returncode == 5
    assert done.stderr == b""
    assert (b"Hoem" in done.stdout) == (stream == 2)


def test_what_goes_nowhere_is_remembered() -> None:
    writing = closed_pipe()
    with os.fdopen(writing, "wb") as file:
        sink = Sink(file)
        assert sink.write(b"abc") == 3
        sink.flush()
        assert isinstance(sink.fault, BrokenPipeError)
        first = sink.fault
        assert sink.write(b"def") == 3
        sink.flush()
        assert sink.fault is first
