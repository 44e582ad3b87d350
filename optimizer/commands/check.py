"""``optimizer check``: every fault and warning of a case, sorted by cell."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from optimizer import cli
from optimizer.case.findings import Finding
from optimizer.case.template.files import marked_copy
from optimizer.commands.common import case_faults, find_case, has_errors, load, print_json, write_anew


def check_case_file(
    name: str, changes: Sequence[str], scenario: str | None, *, mark: bool, out: Path | None, as_json: bool
) -> int:
    """Tells the findings; with `mark` also writes a copy in which they are coloured, commented and listed.

    Raises:
        CommandError: the case cannot be opened, or the copy cannot be written.
    """
    _, findings = load(name, changes, scenario)
    code = cli.BAD_INPUT if has_errors(findings) else cli.PROVED
    copy = _marked(name, findings, out) if mark and findings else None
    if as_json:
        data = {"marked": copy.as_posix()} if copy else {}
        print_json("check", "faulty" if code else "sound", code, data, findings)
        return code
    from optimizer.report.terminal import console, show_findings

    show_findings(findings, console())
    if copy:
        sys.stdout.write(f"A copy with all of this marked: {copy}. Your own file is as it was.\n")
    return code


def _marked(name: str, findings: Sequence[Finding], out: Path | None) -> Path:
    source = find_case(name)
    target = out or Path(f"{source.stem}-checked.xlsx")
    with case_faults():
        content = marked_copy(source, findings)
    # a copy of an earlier check is ours to replace; anything else is not
    write_anew(target, content, replace=out is None)
    return target
