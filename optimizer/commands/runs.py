"""``optimizer runs``: what was solved before, the newest first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optimizer import cli
from optimizer.cli import CommandError
from optimizer.commands.common import print_json
from optimizer.runs import RunEntry, RunFault, runs


def list_runs(root: Path, *, as_json: bool) -> int:
    """Lists the runs in a folder, unfinished and damaged ones told as such.

    Raises:
        CommandError: the folder cannot be read.
    """
    try:
        found = runs(root)
    except RunFault as fault:
        raise CommandError(cli.BAD_INPUT, "bad input", str(fault)) from None
    if as_json:
        print_json("runs", "listed", cli.PROVED, {"runs": [_data(entry) for entry in found]})
        return cli.PROVED
    from optimizer.report.grids import console
    from optimizer.report.listing import show_runs

    show_runs(found, root, console())
    return cli.PROVED


def _data(entry: RunEntry) -> dict[str, Any]:
    return {
        "path": entry.path.as_posix(), "case": entry.case, "state": entry.state, "id": entry.id,
        "stamp": entry.stamp.strftime("%Y-%m-%dT%H:%M:%SZ") if entry.stamp else None, "status": entry.status or None,
        "goals": dict(entry.goals), "gap": entry.gap, "title": entry.title, "bytes": entry.size, "told": entry.told,
        "command": entry.command or None, "answer": entry.answer,
    }
