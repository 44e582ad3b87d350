"""Runs, and a run beside its replay, in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from optimizer.report.numbers import money, percent
from optimizer.report.readable import readable
from optimizer.report.replay import Replay
from optimizer.report.story import FRACTIONS
from optimizer.runs import RunEntry

STATES = {"part": "not finished", "damaged": "damaged", "foreign": "no run"}
"""What a folder is that is no whole run."""


def show_runs(runs: Sequence[RunEntry], root: Path, out: Console) -> None:
    """Two lines a run: which and when, then its result or what is wrong with it."""
    for entry in runs:
        when = entry.stamp.strftime("%Y-%m-%d %H:%M UTC") if entry.stamp else ""
        name = entry.id or (entry.path.name if entry.path.name != entry.case else "")
        command = "" if entry.command == "solve" else entry.command
        words = [entry.case, when, name, command, STATES.get(entry.state, entry.status)]
        _say("  ".join(word for word in words if word), out, "bold" if entry.state == "whole" else "yellow")
        _say(f"    {entry.told or result(entry)}", out)
        if entry.status == "stopped" and entry.proof:
            _say(f"    {entry.proof.partition(';')[0]}", out)
        for change in entry.changes:
            _say(f"    {change}", out)
    count = sum(entry.state == "whole" for entry in runs)
    _say(f"{count or 'No'} run{'' if count == 1 else 's'} in '{root}'.", out)


def result(entry: RunEntry) -> str:
    """What a question came to, or the goals of a plan in words."""
    goals = (f"{goal} {_goal(goal, value, entry.currency)}" for goal, value in entry.goals.items())
    return entry.answer or ", ".join(goals)


def _goal(name: str, value: float | None, currency: str) -> str:
    if value is None:
        return "not known"
    if name in FRACTIONS:
        return percent(value)
    return money(value, currency).strip() if name == "cost" else f"{value:,.6g}"


def show_replay(found: Replay, out: Console) -> None:
    """The outcome, then each difference and what to know of the comparison."""
    _say(str(found), out, "green" if found.equal else "yellow")
    for text in (*found.differences, *found.notes):
        _say(f"  {text}", out)


def _say(text: str, out: Console, style: str = "") -> None:
    out.print(Text(readable(text, out.encoding), style=style))
