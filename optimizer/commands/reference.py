"""The page on commands, from their own help: ``python -m optimizer.commands.reference > docs/commands.md``."""

from __future__ import annotations

import io
import sys

from rich.console import Console

from optimizer.cli import app

INTRODUCTION = """# Commands

Made from the program's own help by `python -m optimizer.commands.reference`; do not edit it by hand.

A CASE is a workbook (.xlsx or .ods), a folder of .csv files, or the name of a case that comes with the program
(`india`, `first_steps`). Progress goes to stderr, the answer to stdout; with `--json` there is one document on stdout
and nothing else ([its schema](solve.schema.json)).

| exit code | meaning |
| --- | --- |
| 0 | proved within the gap; a sound case; a run that came out equal |
| 1 | a fault of the program, also where the independent check or a second solver refused a plan, or a replay differs |
| 2 | a command that cannot be understood |
| 3 | a plan, but the search was stopped early: it is marked with its gap |
| 4 | no plan meets the case |
| 5 | the case cannot be used: each fault with its cell |
| 6 | the output cannot be written |
| 7 | stopped with neither a plan nor a proof |
| 130 | given up with Ctrl-C before there was a plan |
"""

WIDTH = 100


def reference() -> str:
    """The page, in Markdown."""
    names = [name for name in app if not name.startswith("-")]
    return "\n".join([INTRODUCTION, _help([]), *(f"## {name}\n\n{_help([name])}" for name in names)]).rstrip() + "\n"


def _help(command: list[str]) -> str:
    out = io.StringIO()
    app.help_print(command, console=Console(file=out, width=WIDTH, color_system=None, force_terminal=False))
    lines = [line.rstrip() for line in out.getvalue().strip().splitlines()]
    return "\n".join(["```text", *lines, "```", ""])


if __name__ == "__main__":
    sys.stdout.write(reference())
