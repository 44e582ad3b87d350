"""What the commands do, loaded only when one is run."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from optimizer import cli
from optimizer.case.case import Case
from optimizer.case.changes import apply_changes, parse_set, scenario_changes
from optimizer.case.findings import CaseError, Finding
from optimizer.case.read import read_case, read_unchecked
from optimizer.case.units import Money, UnitFault, convert
from optimizer.cli import CommandError


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


def check_case_file(name: str, changes: Sequence[str], scenario: str | None, *, as_json: bool) -> int:
    """``optimizer check``: every fault and warning of a case, sorted by cell."""
    with _case_faults():
        case, findings = read_unchecked(find_case(name))
        if case is not None and (changes or scenario) and not _errors(findings):
            changed = _changed(case, changes, scenario)
            from optimizer.case.checks import check_case

            findings = check_case(changed)
    code = cli.BAD_INPUT if _errors(findings) else cli.PROVED
    if as_json:
        _print_json("check", "faulty" if code else "sound", code, {}, findings)
    else:
        from optimizer.report.terminal import console, show_findings

        show_findings(findings, console())
    return code


def solve_case(request: Request, out: Path, *, json: bool, quiet: bool) -> int:
    """``optimizer solve``: a plan in the terminal and in a run folder."""
    from optimizer.report.document import plan_data
    from optimizer.report.run import write_run
    from optimizer.report.terminal import console, show_plan
    from optimizer.solve.plan import CheckRefused, Infeasible, SolveOptions, Unsolved
    from optimizer.solve.solve import solve

    started = time.monotonic()
    case = load(request)
    read = time.monotonic() - started
    options = SolveOptions(
        goal=_goal(case, request.goal),
        budget=_number(case, request.budget, "money", "--budget"),
        cap=_number(case, request.cap, "share", "--cap"),
        gap=request.gap, time=request.time, threads=request.threads, seed=request.seed,
    )
    _writable(out)
    try:
        with progress(quiet or json) as told:
            plan = solve(case, options, told)
    except Infeasible as none:
        raise CommandError(cli.NO_PLAN, "infeasible", f"No plan: {none}", none.reason.findings) from None
    except Unsolved as unsolved:
        raise CommandError(cli.NOTHING, "unsolved", str(unsolved)) from None
    except CheckRefused as refused:
        text = f"The independent check refused what the solver returned; this is a fault of the program:\n{refused}"
        raise CommandError(cli.INTERNAL, "refused", text) from None
    run = _written(plan, out, read, write_run)
    code = cli.PROVED if plan.status == "proved" else cli.STOPPED
    if json:
        _print_json("solve", plan.status, code, plan_data(plan, run.as_posix()))
    elif not quiet:
        show_plan(plan, console())
    if not json:
        sys.stdout.write(f"{run.as_posix()}\n")
    return code


def load(request: Request) -> Case:
    """The case asked for, its changes made."""
    with _case_faults():
        case = read_case(find_case(request.case))
        return _changed(case, request.changes, request.scenario)


def _changed(case: Case, changes: Sequence[str], scenario: str | None) -> Case:
    made = [*(scenario_changes(case, scenario) if scenario else ()), *(parse_set(text) for text in changes)]
    return apply_changes(case, made) if made else case


def find_case(name: str) -> Path:
    """The file or folder of a case: a path, or the name of a case shipped with the program."""
    path = Path(name)
    if path.exists() or path.suffix or "/" in name or "\\" in name:
        return path
    package = Path(str(files("optimizer")))
    for folder in (package / "inputs", package.parent / "inputs"):
        for shipped in (folder / f"{name}.xlsx", folder / name):
            if shipped.exists():
                return shipped
    return path


@contextmanager
def _case_faults() -> Iterator[None]:
    try:
        yield
    except CaseError as fault:
        raise CommandError(cli.BAD_INPUT, "bad input", "", fault.findings) from None


def _errors(findings: Sequence[Finding]) -> bool:
    return any(finding.level == "error" for finding in findings)


def _goal(case: Case, goal: str | None) -> str | None:
    from optimizer.case.address import did_you_mean

    known = ["dependence", "mean dependence", "cost", *dict.fromkeys(row.criterion for row in case.criteria)]
    if goal is None or goal in known:
        return goal
    raise CommandError(cli.USAGE, "usage", f"There is no goal '{goal}'. {did_you_mean(goal, known)}".strip())


def _number(case: Case, text: str | None, dimension: Any, option: str) -> float | None:
    """A number of the command line in canonical units; its unit may stand behind it."""
    if text is None:
        return None
    settings = case.settings
    figure, _, unit = text.strip().partition(" ")
    if figure.endswith("%"):
        figure, unit = figure[:-1], "%"
    canonical = settings.currency if dimension == "money" else "fraction"
    try:
        money = Money(settings.currency, settings.exchange_rates)
        return convert(float(figure), unit.strip() or canonical, dimension, money)
    except (ValueError, UnitFault) as fault:
        example = f"'4 bn {settings.currency}'" if dimension == "money" else "'30 %'"
        raise CommandError(cli.USAGE, "usage", f"{option} {text}: {fault} Write e.g. {example}.") from None


def _writable(out: Path) -> None:
    """Find out before the solve, not after it, that nothing can be written."""
    import os

    existing = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise CommandError(cli.NOT_WRITABLE, "not writable", f"Nothing can be written in '{existing}'.")


def _written(plan: Any, out: Path, read: float, write: Any) -> Path:
    try:
        run: Path = write(plan, out, {"read": read})
    except OSError as fault:
        text = f"The run folder could not be written in '{out}': {fault.strerror or fault}."
        raise CommandError(cli.NOT_WRITABLE, "not writable", text) from None
    return run


@contextmanager
def progress(silent: bool) -> Iterator[Any]:
    """A function that draws a solve's events on stderr, or nothing."""
    if silent:
        yield None
        return
    from optimizer.report.progress import Ticker

    with Ticker() as ticker:
        yield ticker


def tell_failure(command: str, failure: CommandError, *, as_json: bool) -> int:
    """A failure as one document, or as sentences and a table of cells."""
    if as_json:
        data = {"message": failure.message} if failure.message else {}
        _print_json(command, failure.status, failure.code, data, failure.findings)
        return failure.code
    from optimizer.report.terminal import console, show_findings

    if failure.findings:
        show_findings(failure.findings, console(stderr=True))
    elif failure.message:
        sys.stderr.write(f"{failure.message}\n")
    return failure.code


def _print_json(command: str, status: str, code: int, data: Any, findings: Sequence[Finding] = ()) -> None:
    from optimizer.report.document import envelope

    sys.stdout.write(json.dumps(envelope(command, status, code, data, findings), ensure_ascii=False) + "\n")
