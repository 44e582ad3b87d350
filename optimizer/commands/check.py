"""``optimizer check``: every fault and warning of a case, sorted by cell."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer import cli
from optimizer.commands.common import has_errors, load, print_json


def check_case_file(name: str, changes: Sequence[str], scenario: str | None, *, as_json: bool) -> int:
    """``optimizer check``: every fault and warning of a case, sorted by cell."""
    _, findings = load(name, changes, scenario)
    code = cli.BAD_INPUT if has_errors(findings) else cli.PROVED
    if as_json:
        print_json("check", "faulty" if code else "sound", code, {}, findings)
    else:
        from optimizer.report.terminal import console, show_findings

        show_findings(findings, console())
    return code
