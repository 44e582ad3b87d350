"""Phases of the program and of its peers on cases that grow, each measurement in a process of its own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Job:
    """A case, the tools that are measured on it in turn, and the phases beyond the build."""

    case: str
    tools: tuple[str, ...]
    phases: tuple[str, ...]
    runs: int = 5


SOLVED = ("read", "solve", "report")
EVERY = ("optimizer", "linopy", "pyomo")
JOBS = (
    Job("first_steps", ("optimizer",), SOLVED),
    Job("india", EVERY, SOLVED, runs=3),
    Job("india", ("optimizer, cut down", "pypsa"), ("solve",)),
    Job("12 places", EVERY, SOLVED, runs=3),
    Job("20 places", EVERY, SOLVED, runs=3),
    Job("40 places", EVERY, SOLVED, runs=3),
    Job("80 places", ("optimizer", "linopy"), ("read",), runs=3),
    Job("120 places", ("optimizer", "linopy"), ("read",), runs=3),
    Job("200 places", ("optimizer", "linopy"), (), runs=1),
    Job("430 places", ("optimizer", "linopy"), (), runs=1),
)


TRIES = 3
"""Pyomo's interface now and then gives up on its own reading of the solver's output, on a busy machine."""


def measured(case: str, tool: str, phases: tuple[str, ...]) -> dict[str, Any]:
    """One measurement in a fresh process; one that fails is told and made again.

    Raises:
        RuntimeError: it failed every time.
    """
    command = [sys.executable, "-m", "tests.benchmarks.one", case, tool, *phases]
    for _ in range(TRIES):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found: dict[str, Any] = json.loads(done.stdout)
            return found
        sys.stderr.write(f"{case}, {tool}: failed\n{done.stderr[-1000:]}\n")
    raise RuntimeError(f"{case}, {tool}: failed {TRIES} times")


def phases(keep: Callable[[list[dict[str, Any]]], object] = lambda _: None) -> list[dict[str, Any]]:
    """The median of every phase of every job; the tools of a job take turns, so that all see the same machine.

    Args:
        keep: is handed all that was measured after each job.

    Raises:
        AssertionError: two tools give different objectives, which makes their times no comparison.
    """
    found: list[dict[str, Any]] = []
    for job in JOBS:
        runs: dict[str, list[dict[str, Any]]] = {tool: [] for tool in job.tools}
        for _ in range(job.runs):
            for tool in job.tools:
                runs[tool].append(measured(job.case, tool, job.phases))
                sys.stderr.write(f"{job.case}, {tool}: {_told(runs[tool][-1]['seconds'])}\n")
        rows = [_median(of) for of in runs.values()]
        _equal(rows)
        found += rows
        keep(found)
    return found


def _median(runs: list[dict[str, Any]]) -> dict[str, Any]:
    names = runs[0]["seconds"]
    seconds = {name: statistics.median(run["seconds"][name] for run in runs) for name in names}
    held = statistics.median(run["memory"] - run["loaded"] for run in runs)
    return {**runs[0], "seconds": seconds, "held": held, "runs": len(runs),
            "ended": all(run.get("ended", True) for run in runs)}


def _equal(rows: list[dict[str, Any]]) -> None:
    objectives = {row["tool"]: row["objective"] for row in rows if row.get("objective") is not None and row["ended"]}
    for tool, value in objectives.items():
        first = next(iter(objectives.values()))
        # each is within a gap of 1e-4 of the best
        assert abs(value - first) <= 2e-4 * abs(first), f"{rows[0]['case']}: {tool} finds {value}, not {first}"


def _told(seconds: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {spent:.3f} s" for name, spent in seconds.items())
