"""``optimizer replay``: a run solved again from its own input, and whether the answer is equal."""

from __future__ import annotations

from pathlib import Path

from optimizer import cli
from optimizer.cli import CommandError
from optimizer.commands.common import print_json, progress
from optimizer.report.replay import Replay, replay
from optimizer.runs import RunFault, find_run
from optimizer.solve.plan import CheckRefused


def replay_run(root: Path, text: str, *, as_json: bool, quiet: bool) -> int:
    """Solves a run again and tells what differs, if anything does.

    Args:
        root: folder in which the runs of all cases lie.
        text: path, name or id of the run.
        as_json: whether one JSON document is printed.
        quiet: whether only the outcome is printed.

    Raises:
        CommandError: there is no such run, it cannot be used, or the replay's own files cannot be written.
    """
    try:
        with progress(as_json or quiet) as told:
            found = replay(find_run(root, text), told)
    except RunFault as fault:
        raise CommandError(cli.BAD_INPUT, "bad input", str(fault)) from None
    except CheckRefused as fault:
        message = f"{fault.by} refused the plan found now:\n{fault}"
        raise CommandError(cli.INTERNAL, "refused", message) from None
    except OSError as fault:
        message = f"The files of the replay could not be written: {fault.strerror or fault}."
        raise CommandError(cli.NOT_WRITABLE, "not writable", message) from None
    code = cli.PROVED if found.equal else cli.INTERNAL
    if as_json:
        _document(found, code)
    else:
        from optimizer.report.grids import console
        from optimizer.report.listing import show_replay

        show_replay(found, console())
    return code


def _document(found: Replay, code: int) -> None:
    data = {
        "run": found.run.as_posix(), "outcome": found.outcome, "same_lock": found.same_lock,
        "compared": list(found.compared), "differences": list(found.differences), "notes": list(found.notes),
        "goals": {name: {"then": then, "now": now} for name, (then, now) in found.goals.items()},
    }
    print_json("replay", "equal" if found.equal else "differs", code, data)
