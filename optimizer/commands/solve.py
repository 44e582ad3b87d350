"""``optimizer solve``: a plan in the terminal and in a run folder."""

from __future__ import annotations

import math
import re
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from optimizer import cli
from optimizer.case.case import Case
from optimizer.case.checks import far_apart
from optimizer.case.faults import UnitFault
from optimizer.case.findings import CaseError, Finding
from optimizer.case.units import Money, convert
from optimizer.cli import CommandError
from optimizer.commands.common import exists, find_case, fingerprint, has_errors, load, only_short, print_json, progress
from optimizer.commands.kinds import along, pool_of, question_names

if TYPE_CHECKING:
    from optimizer.report.studies.told import Told
    from optimizer.solve.plan import Infeasibility, Plan, SolveOptions

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
    questions: str | None = None
    workers: int | None = None
    scheduler: str | None = None
    confirm: bool = False

    @property
    def asked(self) -> tuple[str, ...]:
        """What is to be changed in the case, in words."""
        scenario = [f"--scenario {self.scenario}"] if self.scenario else []
        return (*scenario, *(f"--set {text}" for text in self.changes))


def solve_case(request: Request, out: Path, *, json: bool, quiet: bool) -> int:
    """``optimizer solve``: a plan in the terminal and in a run folder."""
    started, source = time.monotonic(), find_case(request.case)
    before = fingerprint(source)
    case, findings = load(request.case, request.changes, request.scenario)
    if case is None or (has_errors(findings) and not only_short(case, findings)):
        raise CommandError(cli.BAD_INPUT, "bad input", findings=findings)
    read = time.monotonic() - started
    options, names = options_of(case, request), question_names(request.questions)
    check_writable(out)
    short, findings = has_errors(findings), tuple(one for one in findings if one.level != "error")
    if findings and not (json or quiet):
        sys.stderr.write(f"Warnings of the checks: {len(findings)}; 'optimizer check' tells them.\n")
    pool = pool_of(request.workers, request.scheduler)
    try:
        plan = _planned(case, options, short=short, silent=quiet or json)
    except CommandError as failure:
        if failure.code != cli.NO_PLAN:
            raise
        return _unplanned(failure, case, options, request, out, read, findings, as_json=json, quiet=quiet)
    studies, unanswered = along(plan, names, pool, silent=quiet or json) if names else ((), ())
    findings = (*findings, *unanswered)
    for one in unanswered:
        sys.stderr.write(f"{one.message}\n")
    if fingerprint(source) != before:
        findings = (*findings, _changed(source))
        sys.stderr.write(f"{findings[-1].message} {findings[-1].suggestion}\n")
    run, fault = _written(plan, out, read, request.asked, studies)
    if fault is not None:
        findings = (*findings, Finding(str(out), "", "", fault.message, fault.status))
    proved = not unanswered and all(status == "proved" for status in (plan.status, *(told.status for told in studies)))
    code = fault.code if fault else cli.PROVED if proved else cli.STOPPED
    _show(plan, run, code, findings, request.asked, studies, as_json=json, quiet=quiet)
    if fault and not json:
        sys.stderr.write(f"{fault.message}\n")
    return code


def _unplanned(
    failure: CommandError, case: Case, options: SolveOptions, request: Request, out: Path, read: float,
    findings: tuple[Finding, ...], *, as_json: bool, quiet: bool,
) -> int:
    """Tells why there is no plan, in the terminal and in a run folder."""
    from optimizer.commands.conflict import unplanned
    from optimizer.commands.questions import Asked

    asked = Asked(
        out=out, time=request.time, workers=request.workers, scheduler=request.scheduler, json=as_json, quiet=quiet,
    )
    if not as_json:
        sys.stderr.write(f"{failure.message}\n")
    return unplanned(failure.message, case, options, asked, request.asked, read, findings)


def _changed(source: Path) -> Finding:
    return Finding(
        source.name, "", "", f"'{source.name}' was changed while this ran; the plan answers it as it was read.",
        "What was read stands in the run folder, under input.", "warning",
    )


def _show(
    plan: Plan, run: Path | None, code: int, findings: Sequence[Finding], asked: Sequence[str],
    studies: Sequence[Told], *, as_json: bool, quiet: bool,
) -> None:
    if as_json:
        from optimizer.report.document import plan_data
        from optimizer.report.run import studies_data

        data = {**plan_data(plan, run.as_posix() if run else None), **studies_data(studies)}
        print_json("solve", plan.status, code, data, findings)
        return
    if not quiet:
        from optimizer.report.grids import console
        from optimizer.report.page import show_page
        from optimizer.report.terminal import show_plan

        show_plan(plan, console(), asked)
        for told in studies:
            show_page(told.page, console())
        sys.stdout.write("\nRun folder: " if run else "")
    sys.stdout.write(f"{run.as_posix()}\n" if run else "")


def _planned(case: Case, options: SolveOptions, *, short: bool, silent: bool) -> Plan:
    """The plan; where too little can arrive, nothing is solved to know that there is none."""
    from optimizer.solve.solve import solve

    if short:
        raise CommandError(cli.NO_PLAN, "infeasible", _no_plan(case, options))
    with plan_faults(case, options), progress(silent) as told:
        return solve(case, options, told)


@contextmanager
def plan_faults(case: Case, options: SolveOptions) -> Iterator[None]:
    """Turns what leaves a solve without a plan into a command's failure."""
    from optimizer.solve.plan import CheckRefused, Infeasible, Unsolved
    from optimizer.solve.session import SolverError

    try:
        yield
    except CaseError as fault:
        raise CommandError(cli.BAD_INPUT, "bad input", "", fault.findings) from None
    except Infeasible as none:
        text = f"{_no_plan(case, options)}{_second(none.reason)}"
        raise CommandError(cli.NO_PLAN, "infeasible", text, none.reason.findings) from None
    except Unsolved as unsolved:
        text = str(unsolved) or "The time ran out with neither a plan nor a proof that there is none."
        if options.time is not None and text.startswith("The time ran out"):
            text = f"{text.removesuffix('.')}: give it more than {options.time:g} s with --time."
        raise CommandError(cli.NOTHING, "unsolved", text) from None
    except CheckRefused as refused:
        text = f"{refused.by} refused what the solver returned; this is a fault of the program:\n{refused}"
        raise _blaming(case, text) from None
    except SolverError as failed:
        text = f"The solver failed ({failed}); this is a fault of the program, or of numbers that it cannot handle."
        raise _blaming(case, text) from None


def _blaming(case: Case, text: str) -> CommandError:
    """A failure of the solver, with the cells whose numbers may have brought it about."""
    cells = ", ".join(dict.fromkeys(finding.cell for finding in far_apart(case)))
    hint = f"\nNumbers far from their like may be the reason; mend these first: {cells}." if cells else ""
    return CommandError(cli.INTERNAL, "refused", f"{text}{hint}")


def _second(none: Infeasibility) -> str:
    """What a second solver made of there being no plan, as the end of a message; empty where none was asked."""
    if none.confirmed is None:
        return ""
    found = "agrees" if none.confirmed.verdict == "agrees" else "found none either, but came to no proof in its time"
    return f" A second solver, {none.confirmed.solver}, {found}."


def _no_plan(case: Case, options: SolveOptions) -> str:
    """What it is that no plan meets, the cap and the budget by name: they are what is changed most easily."""
    from optimizer.report.numbers import money, percent

    settings, currency = case.settings, case.settings.currency
    cap = options.cap_of(settings)
    budget = settings.budget if options.budget is None else options.budget
    asked = [f"dependence of at most {percent(cap)}"] if cap is not None and cap < 1 else []
    if budget is not None:
        asked.append(f"a cost of at most {money(budget, currency)}")
    elif settings.budget_above_least_cost is not None and (options.goal or settings.goal) != "cost":
        asked.append(f"a cost of at most {money(settings.budget_above_least_cost, currency)} above the least")
    free = "--goal cost --cap '100 %'" if cap is not None and cap < 1 else "--goal cost"
    told = f" with {' and '.join(asked)}. With {free} the least cost is told" if asked else ""
    return f"No plan meets every demand and limit of the case{told}."


def _goal(case: Case, goal: str | None) -> str | None:
    from optimizer.case.address import did_you_mean

    known = ["dependence", "mean dependence", "cost", *dict.fromkeys(row.criterion for row in case.criteria)]
    if goal is None or goal in known:
        return goal
    raise CommandError(cli.USAGE, "usage", f"There is no goal '{goal}'. {did_you_mean(goal, known)}".strip())


def options_of(case: Case, request: Request) -> SolveOptions:
    """The options of a solve.

    Raises:
        CommandError: one of them cannot be used.
    """
    from optimizer.solve.plan import SolveOptions

    for option, value, least in (("--gap", request.gap, 0.0), ("--time", request.time, 0.0),
                                 ("--threads", request.threads, 1), ("--seed", request.seed, 0)):
        if not least <= value < math.inf:
            raise CommandError(cli.USAGE, "usage", f"{option} {value} cannot be used: the least is {least:g}.")
    cap = number_of(case, request.cap, "share", "--cap")
    if cap is not None and not 0 <= cap <= 1:
        meant = f" Write --cap '{cap:g} %'." if 1 < cap <= 100 else ""
        raise CommandError(cli.USAGE, "usage", f"--cap {request.cap} is not a share between 0 and 100 %.{meant}")
    budget = number_of(case, request.budget, "money", "--budget")
    if budget is not None and budget < 0:
        raise CommandError(cli.USAGE, "usage", f"--budget {request.budget} is less than nothing.")
    return SolveOptions(
        goal=_goal(case, request.goal), budget=budget, cap=cap,
        gap=request.gap, time=request.time, threads=request.threads, seed=request.seed,
        confirm=request.confirm,
    )


def number_of(case: Case, text: str | None, dimension: Literal["money", "share"], option: str) -> float | None:
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
        number = _converted(figure, unit or canonical, dimension, case)
        if not math.isfinite(number):
            raise ValueError("that is more than any number here can be.")
        return number
    except (ValueError, UnitFault) as fault:
        raise CommandError(cli.USAGE, "usage", f"{option} {text}: {fault} Write e.g. {example}.") from None


def _converted(figure: float, unit: str, dimension: Literal["money", "share"], case: Case) -> float:
    """A figure in canonical units; a unit of money may leave out the case's own currency.

    Raises:
        UnitFault: there is no such unit.
    """
    money = Money.of(case.settings)
    try:
        return convert(figure, unit, dimension, money)
    except UnitFault:
        if dimension != "money":
            raise
        try:
            return convert(figure, f"{case.settings.currency} {unit}", dimension, money)
        except UnitFault:
            pass
        raise


def check_writable(out: Path) -> None:
    """Find out before the solve, not after it, that nothing can be written."""
    existing = next(folder for folder in (out, *out.absolute().parents) if exists(folder))
    try:
        with suppress(FileNotFoundError):
            out.stat()
        with TemporaryDirectory(dir=existing, prefix=".optimizer-"):
            pass
    except OSError as fault:
        message = f"Nothing can be written in '{existing if exists(out) else out}': {fault.strerror or fault}."
        raise CommandError(cli.NOT_WRITABLE, "not writable", message) from None


def _written(
    plan: Plan, out: Path, read: float, asked: Sequence[str], studies: Sequence[Told]
) -> tuple[Path | None, CommandError | None]:
    """The run folder, or why there is none: the plan is shown all the same, as its search may have taken hours."""
    from optimizer.report.run import write_run
    from optimizer.solve.stopping import Stop

    try:
        # a Ctrl-C that comes too late to stop the search does not lose what it found; a second one does
        with Stop().listening():
            return write_run(plan, out, {"read": read}, asked, studies), None
    except OSError as fault:
        told = f"The run folder could not be written in '{out}': {fault.strerror or fault}."
        return None, CommandError(cli.NOT_WRITABLE, "Name a folder that can be written with --out.", told)
    except Exception as fault:
        traceback.print_exc()
        told = f"The run folder could not be written: a fault of the program ({type(fault).__name__})."
        return None, CommandError(cli.INTERNAL, "Please report the lines above.", told)
