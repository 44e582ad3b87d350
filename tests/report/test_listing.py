"""Runs in a terminal: which and when, what came of it, how far from the best, and what was asked to be changed."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from optimizer.report.listing import show_runs
from optimizer.runs import RunEntry

ENTRY = RunEntry(
    Path("reports/home/20260203T040506Z-0123456789ab"), "home", "whole", datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
    "0123456789ab", "proved", {"dependence": 0.25, "cost": 4.5e7, "jobs": None}, 1e-5, "Proved.", currency="INR",
)


def shown(*entries: RunEntry) -> str:
    out = io.StringIO()
    show_runs(entries, Path("reports"), Console(file=out, width=80))
    return out.getvalue()


def test_a_proved_run() -> None:
    assert shown(ENTRY) == (
        "home  2026-02-03 04:05 UTC  0123456789ab  proved\n"
        "    dependence 25.0 %, cost INR 45 m, jobs not known\n"
        "1 run in 'reports'.\n"
    )


def test_a_stopped_run_with_changes() -> None:
    entry = RunEntry(
        **{**ENTRY.__dict__, "status": "stopped", "changes": ("--scenario dear", "--set [/oops]=1"),
           "proof": "Best plan found, within 5 points of the best possible dependence; the search was stopped early."}
    )
    assert shown(entry).splitlines()[1:5] == [
        "    dependence 25.0 %, cost INR 45 m, jobs not known",
        "    Best plan found, within 5 points of the best possible dependence",
        "    --scenario dear",
        "    --set [/oops]=1",
    ]


def test_what_is_no_whole_run_says_so() -> None:
    part = RunEntry(Path("reports/home/x.part"), "home", "part", told="Not whole: it was ended.")
    assert shown(part) == "home  x.part  not finished\n    Not whole: it was ended.\nNo runs in 'reports'.\n"
    assert shown() == "No runs in 'reports'.\n"
