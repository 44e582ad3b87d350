"""``optimizer solve``: a plan in the terminal and in a run folder."""

from __future__ import annotations

import math
import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from optimizer import cli
from optimizer.case.case import Case
from optimizer.case.faults import UnitFault
from optimizer.case.findings import Finding
from optimizer.case.units import Money, convert
from optimizer.cli import CommandError
from optimizer.commands.common import find_case, fingerprint, has_errors, load, print_json, progress

if TYPE_CHECKING:
    from optimizer.solve.plan import Plan, SolveOptions

_FIGURE = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+]?\.\d+")

@dataclass(frozen=True)
class Request:
    """What was asked of ``solve``, as written on the command line."""

    case: str
    changes: tuple[str, ...]
    scenario: str | None
    goal: str | None
    budget: str | None
    cap: str | None
    gap: float
    time: float
    threads: int
    seed: int


def solve_case(request: Request, out: Path, *, json: bool, quiet: bool) -> int:
    """``optimizer solve``: a plan in the terminal and in a run folder."""
    started, source = time.monotonic(), find_case(request.case)
    before = fingerprint(source)
    case, findings = load(request.case, request.changes, request.scenario)
    if case is None or has_errors(findings):
        raise CommandError(cli.BAD_INPUT, "bad input", findings=findings)
    read = time.monotonic() - started
    options = _options(case, request)
    _writable(out)
    if findings and not (json or quiet):
        sys.stderr.write(f"Warnings of the checks: {len(findings)}; 'optimizer check' tells them.\n")
    plan = _solved(case, options, silent=quiet or json)
    if fingerprint(source) != before:
        findings = (*findings, _changed(source))
        sys.stderr.write(f"{findings[-1].message} {findings[-1].suggestion}\n")
    asked = [f"--set {text}" for text in request.changes]
    run, fault = _written(plan, out, read, [f"--scenario {request.scenario}", *asked] if request.scenario else asked)
    if fault is not None:
        findings = (*findings, Finding(str(out), "", "", fault, "Name a folder that can be written with --out."))
    code = cli.NOT_WRITABLE if fault else cli.PROVED if plan.status == "proved" else cli.STOPPED
    _show(plan, run, code, findings, as_json=json, quiet=quiet)
    if fault and not json:
        sys.stderr.write(f"{fault}\n")
    return code


def _changed(source: Path) -> Finding:
    return Finding(
        source.name, "", "", f"'{source.name}' was changed while this ran; the plan answers it as it was read.",
        "What was read stands in the run folder, under input.", "warning",
    )


def _show(
    plan: Plan, run: Path | None, code: int, findings: Sequence[Finding], *, as_json: bool, quiet: bool
) -> None:
    if as_json:
        from optimizer.report.document import plan_data

        print_json("solve", plan.status, code, plan_data(plan, run.as_posix() if run else None), findings)
        return
    if not quiet:
        from optimizer.report.terminal import console, show_plan

        show_plan(plan, console())
        sys.stdout.write("\nRun folder: " if run else "")
    sys.stdout.write(f"{run.as_posix()}\n" if run else "")


def _solved(case: Case, options: SolveOptions, *, silent: bool) -> Plan:
    from optimizer.solve.plan import CheckRefused, Infeasible, Unsolved
    from optimizer.solve.solve import solve

    try:
        with progress(silent) as told:
            return solve(case, options, told)
    except Infeasible as none:
        text = "No plan meets every demand and limit of the case."
        raise CommandError(cli.NO_PLAN, "infeasible", text, none.reason.findings) from None
    except Unsolved as unsolved:
        text = str(unsolved) or "The time ran out with neither a plan nor a proof that there is none."
        raise CommandError(cli.NOTHING, "unsolved", text) from None
    except CheckRefused as refused:
        text = f"The independent check refused what the solver returned; this is a fault of the program:\n{refused}"
        raise CommandError(cli.INTERNAL, "refused", text) from None


def _goal(case: Case, goal: str | None) -> str | None:
    from optimizer.case.address import did_you_mean

    known = ["dependence", "mean dependence", "cost", *dict.fromkeys(row.criterion for row in case.criteria)]
    if goal is None or goal in known:
        return goal
    raise CommandError(cli.USAGE, "usage", f"There is no goal '{goal}'. {did_you_mean(goal, known)}".strip())


def _options(case: Case, request: Request) -> SolveOptions:
    """The options of a solve.

    Raises:
        CommandError: one of them cannot be used.
    """
    from optimizer.solve.plan import SolveOptions

    for option, value, least in (("--gap", request.gap, 0.0), ("--time", request.time, 0.0),
                                 ("--threads", request.threads, 1), ("--seed", request.seed, 0)):
        if not least <= value < math.inf:
            raise CommandError(cli.USAGE, "usage", f"{option} {value} cannot be used: the least is {least:g}.")
    cap = _number(case, request.cap, "share", "--cap")
    if cap is not None and not 0 <= cap <= 1:
        raise CommandError(cli.USAGE, "usage", f"--cap {request.cap} is not a share between 0 and 100 %.")
    return SolveOptions(
        goal=_goal(case, request.goal), budget=_number(case, request.budget, "money", "--budget"), cap=cap,
        gap=request.gap, time=request.time, threads=request.threads, seed=request.seed,
    )


def _number(case: Case, text: str | None, dimension: Literal["money", "share"], option: str) -> float | None:
    """A number of the command line in canonical units; its unit, if any, stands behind it or before it."""
    if text is None:
        return None
    currency = case.settings.currency
    canonical, example = (currency, f"'{currency} 4 bn'") if dimension == "money" else ("fraction", "'30 %'")
    found = _FIGURE.search(text)
    try:
        if found is None:
            raise ValueError("there is no number in it.")
        figure = float(found[0].replace(",", ""))
        unit = f"{text[: found.start()]} {text[found.end() :]}".strip()
        return convert(figure, unit or canonical, dimension, Money.of(case.settings))
    except (ValueError, UnitFault) as fault:
        raise CommandError(cli.USAGE, "usage", f"{option} {text}: {fault} Write e.g. {example}.") from None


def _writable(out: Path) -> None:
    """Find out before the solve, not after it, that nothing can be written."""
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise CommandError(cli.NOT_WRITABLE, "not writable", f"Nothing can be written in '{existing}'.")


def _written(plan: Plan, out: Path, read: float, asked: Sequence[str]) -> tuple[Path | None, str | None]:
    """The run folder, or why there is none: the plan is shown all the same, as its search may have taken hours."""
    from optimizer.report.run import write_run
    from optimizer.solve.stopping import Stop

    try:
        # a Ctrl-C that comes too late to stop the search does not lose what it found; a second one does
        with Stop().listening():
            return write_run(plan, out, {"read": read}, asked), None
    except OSError as fault:
        return None, f"The run folder could not be written in '{out}': {fault.strerror or fault}."
