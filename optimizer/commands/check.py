"""``optimizer check``: every fault and warning of a case, sorted by cell."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from optimizer import cli
from optimizer.case.findings import Finding
from optimizer.case.template.files import marked_copy
from optimizer.cli import CommandError
from optimizer.commands.common import case_faults, exists, find_case, has_errors, load, print_json, write_anew


def check_case_file(
    name: str, changes: Sequence[str], scenario: str | None, *, mark: bool, out: Path | None, as_json: bool
) -> int:
    """Tells the findings; with `mark` also writes a copy in which they are coloured, commented and listed.

    Raises:
        CommandError: the case cannot be opened, or the copy cannot be written.
    """
    try:
        _, findings = load(name, changes, scenario)
    except CommandError as failure:
        if mark:
            failure.message = f"{failure.message} No marked copy was made.".lstrip()
        raise
    code = cli.BAD_INPUT if has_errors(findings) else cli.PROVED
    copy = _marked(name, findings, out) if mark and findings else None
    if as_json:
        data = {"marked": copy.as_posix()} if copy else {}
        print_json("check", "faulty" if code else "sound", code, data, findings)
        return code
    from optimizer.report.grids import console
    from optimizer.report.terminal import show_findings

    show_findings(findings, console())
    if copy:
        sys.stdout.write(
            f"A copy with all of this marked: {copy}. It has values in place of formulas, and none of your own formats "
            "and comments. Your own file is as it was.\n"
        )
    return code


def _marked(name: str, findings: Sequence[Finding], out: Path | None) -> Path:
    source = find_case(name)
    if out is not None and out.suffix.lower() != ".xlsx":
        raise CommandError(cli.USAGE, "usage", f"The marked copy is an .xlsx file; '{out.name}' is none.")
    with case_faults():
        content = marked_copy(source, findings)
    target = out or _free(source.resolve().stem)
    write_anew(target, content)
    return target


def _free(stem: str) -> Path:
    """A name that no file has: a copy of an earlier check may hold corrections by now."""
    names = (Path(f"{stem}-checked{'' if n == 1 else f'-{n}'}.xlsx") for n in count(1))
    return next(name for name in names if not exists(name))
