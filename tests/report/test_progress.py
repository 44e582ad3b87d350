"""What is told on stderr while a case is solved: lines that move in a terminal, few plain ones elsewhere."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.report import progress
from optimizer.report.progress import Ticker, standing
from optimizer.solve.events import Event, Incumbent, Note, StageEnded, Stages, StageStarted, Stopping

CASE = Path(__file__).parents[2] / "inputs" / "first_steps.xlsx"

EVENTS = (
    Stages(("build", "dependence", "check")),
    StageStarted("build"),
    StageEnded("build", 0.2),
    StageStarted("solve"),
    StageStarted("dependence"),
    Incumbent("dependence", float("inf"), 0.2, float("inf"), 1.0, "share"),
    Incumbent("dependence", 0.5, 0.25, 0.25, 2.0, "share"),
    Note("A note of ₹ 5."),
    Stopping(),
    StageEnded("dependence", 3.0),
    StageEnded("solve", 3.0),
    StageStarted("check"),
)


class _Screen(io.StringIO):
    """A terminal that keeps what it is told."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def plain(events: tuple[Event, ...], monkeypatch: pytest.MonkeyPatch) -> str:
    """What a pipe gets."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    with Ticker() as ticker:
        for event in events:
            ticker(event)
    return out.getvalue()


def test_a_pipe_gets_a_line_a_stage_and_where_each_search_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    assert plain(EVENTS, monkeypatch) == (
        "1 of 3: building the model\n"
        "2 of 3: dependence\n"
        "A note of ₹ 5.\n"
        "Stopping with the best plan so far; Ctrl-C: give up.\n"
        "  dependence: best so far 50.0 %, bound 25.0 %, gap 25.0 points, 2 s\n"
        "3 of 3: checking the plan\n"
    )


def test_a_long_search_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    with Ticker() as ticker:
        ticker(Stages(("cost",)))
        ticker(StageStarted("cost"))
        for tick in range(1, 281):
            now[0] = tick / 8
            ticker(Incumbent("cost", 3.2e9, 3.1e9, 0.03125, now[0], "INR"))
    lines = out.getvalue().splitlines()
    assert lines[0] == "1 of 1: cost"
    assert lines[1:] == [
        f"  cost: best so far INR 3.2 bn, bound INR 3.1 bn, gap 3.1 %, {t} s" for t in (10, 20, 30)
    ]


def test_colour_asked_for_moves_nothing_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;?]*[A-HJKhl]", plain(EVENTS, monkeypatch))


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    screen = _Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with Ticker() as ticker:
        for event in EVENTS:
            ticker(event)
    assert "\x1b" not in screen.getvalue()
    assert "2 of 3: dependence\n" in screen.getvalue()


def test_a_terminal_shows_stage_standing_and_how_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", _Screen())
    ticker = Ticker()
    for event in EVENTS[:7]:
        ticker(event)
    assert [line.plain for line in ticker.lines("utf-8")] == [
        f"{progress.TURNS[0]} 2 of 3: dependence", "  best so far 50.0 %, bound 25.0 %, gap 25.0 points",
        f"  {progress.HINT}",
    ]
    ticker(Stopping())
    assert ticker.lines("ascii")[-1].plain == f"  {progress.STOPPING}"
    assert all(line.plain.isascii() for line in ticker.lines("ascii"))


def test_what_moves_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    screen = _Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with Ticker() as ticker:
        for event in EVENTS:
            ticker(event)
    left = screen.getvalue().rsplit("\x1b[2K", 1)[-1]
    assert not re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", left).strip()


def test_a_reader_that_has_gone_stops_no_solve(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Closed())
    with Ticker() as ticker:
        for event in EVENTS:
            ticker(event)


@given(
    st.sampled_from([("dependence", "share"), ("cost", "INR"), ("jobs", "posts")]),
    st.floats(min_value=-1e10, max_value=1e10) | st.just(float("inf")),
    st.floats(min_value=-1e10, max_value=1e10) | st.just(float("-inf")),
    st.floats(min_value=0, max_value=100) | st.just(float("inf")),
)
def test_where_a_search_stands_fits_a_narrow_terminal(
    of: tuple[str, str], value: float, bound: float, gap: float
) -> None:
    goal, unit = of
    if unit == "share":
        value, bound = min(max(value, 0.0), 1.0), min(max(bound, 0.0), 1.0)
    told = standing(Incumbent(goal, value, bound, gap, 1.0, unit))
    assert len(told) <= 78
    assert "inf" not in told
    assert "nan" not in told


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_command_in_a_terminal(tmp_path: Path, encoding: str) -> None:
    """Stderr is a terminal of 60 columns, stdout a pipe: what moves goes to the one, the result to the other."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "COLUMNS": "60", "TERM": "xterm", "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "optimizer", "solve", str(CASE), "--out", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=env) as run:
        os.close(theirs)
        seen = b""
        while chunk := _read(ours):
            seen += chunk
        assert run.stdout is not None
        result = run.stdout.read()
    os.close(ours)
    assert run.returncode == 0
    assert b"\x1b" not in result
    assert b"1 of 8: building the model" in seen
    assert b"best so far 62.5 %" in seen
    if encoding == "ascii":
        assert result.isascii()
        assert re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", seen).isascii()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""  # so a terminal tells that its other end is closed


def test_the_command_with_json_tells_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "optimizer", "solve", str(CASE), "--out", str(tmp_path), "--json"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    assert done.stdout.startswith(b'{"schema": 1')
    assert done.stdout.count(b"\n") == 1
