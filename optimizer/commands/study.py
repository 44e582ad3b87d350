"""A question about a plan, from the command line to the run folder, whichever study answers it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer import cli
from optimizer.case.case import Case
from optimizer.case.findings import CaseError, Finding
from optimizer.case.shipped import shipped
from optimizer.cli import CommandError
from optimizer.commands.common import exists, has_errors, load, only_short, print_json, progress
from optimizer.commands.kinds import kind, pool_of
from optimizer.commands.questions import Asked
from optimizer.commands.solve import Request, check_writable, options_of, plan_faults
from optimizer.runs import Journal, RunFault, SeveralRuns, find_run, read_manifest
from optimizer.runs.listing import MANIFEST

if TYPE_CHECKING:
    from optimizer.report.studies.told import Teller, Told
    from optimizer.solve.events import OnEvent
    from optimizer.solve.plan import SolveOptions
    from optimizer.solve.stopping import Stop

GAP = 1e-4

CODES = {"proved": cli.PROVED, "infeasible": cli.NO_PLAN}
"""How a study ended -> exit code; of any other end it is that of one stopped early."""


def study(name: str, source: str, asked: Asked, arguments: Mapping[str, Any]) -> int:
    """A study: on the screen, and in a run folder that can be taken up again where it was interrupted.

    Raises:
        CommandError: it ends without an answer.
    """
    started = time.monotonic()
    case, findings, options, changes = asked_of(source, asked)
    check_writable(asked.out)
    if findings and not (asked.json or asked.quiet):
        sys.stderr.write(f"Warnings of the checks: {len(findings)}; 'optimizer check' tells them.\n")
    read = time.monotonic() - started
    known, pool = kind(name), pool_of(asked.workers, asked.scheduler)

    def find(journal: Journal, on_event: OnEvent | None, stop: Stop) -> Any:
        from optimizer.study.cluster import Cluster
        from optimizer.study.ground import Ground

        ground = Ground(case, options, known.box(case, arguments), stop)
        with pool:
            executor = Cluster(ground, pool, seconds=options.time, journal=journal, on_event=on_event)
            return known.ask(case, options, arguments, executor, None)

    told, run = answered(name, case, options, arguments, asked, changes, read, find, known.teller)
    return shown(told, run, findings, asked)


def shown(
    told: Told, run: Path, findings: tuple[Finding, ...], asked: Asked, more: Mapping[str, Any] | None = None,
    command: str = "",
) -> int:
    """Prints what was found and where it lies; gives the exit code.

    Args:
        told: what was found.
        run: its run folder.
        findings: warnings of the case.
        asked: the command line.
        more: what else its document says.
        command: the command that answers, where it is not the study's own.
    """
    code = CODES.get(told.status, cli.STOPPED)
    if asked.json:
        data = {**told.data, "run": run.as_posix(), **(more or {})}
        print_json(command or told.name, told.status, code, data, findings)
        return code
    if not asked.quiet:
        from optimizer.report.grids import console
        from optimizer.report.page import show_page

        show_page(told.page, console())
        sys.stdout.write("\nRun folder: ")
    sys.stdout.write(f"{run.as_posix()}\n")
    return code


def asked_of(
    source: str, asked: Asked, *, short: bool = False
) -> tuple[Case, tuple[Finding, ...], SolveOptions, tuple[str, ...]]:
    """The case, its warnings, the options and what was changed; a run gives what nothing else says.

    Args:
        source: what was named as the case.
        asked: the command line.
        short: whether a case will do in which too little can arrive.

    Raises:
        CommandError: the case has faults, or cannot be read.
    """
    run = _meant(source, asked.out)
    known: Mapping[str, Any] = {}
    before: tuple[str, ...] = ()
    if run is not None and exists(run / MANIFEST):
        try:
            manifest = read_manifest(run)
        except RunFault as fault:
            raise CommandError(cli.BAD_INPUT, "bad input", str(fault)) from None
        known, before = dict(manifest.get("options") or {}), tuple(map(str, manifest.get("changes") or ()))
        source = str(run / "input")
    case, findings = load(source, asked.set_, asked.scenario)
    if case is None or (has_errors(findings) and not (short and only_short(case, findings))):
        raise CommandError(cli.BAD_INPUT, "bad input", findings=findings)
    findings = tuple(finding for finding in findings if finding.level != "error")
    if run is not None and known:
        from optimizer.report.origin import with_origin

        case = with_origin(case, run / "input", str(manifest["case"]))
    request = Request(
        source, tuple(asked.set_), asked.scenario, asked.goal or known.get("goal"),
        asked.budget or _text(known, "budget"), asked.cap or _text(known, "cap"),
        asked.gap if asked.gap is not None else float(known.get("gap", GAP)), asked.time, asked.threads, asked.seed,
    )
    return case, findings, options_of(case, request), (*before, *request.asked)


def _meant(source: str, out: Path) -> Path | None:
    """A run by its path, its name or the first letters of its id; what is none may be the path of a case.

    Raises:
        CommandError: several runs can be meant.
    """
    if source and not exists(Path(source)) and source not in shipped():
        try:
            return find_run(out, source)
        except SeveralRuns as fault:
            raise CommandError(cli.BAD_INPUT, "bad input", str(fault)) from None
        except RunFault:
            pass  # that there is neither a case nor a run is told by what looks for the case
    return Path(source) if source else None


def _text(known: Mapping[str, Any], name: str) -> str | None:
    return None if known.get(name) is None else repr(float(known[name]))


Find = Callable[[Journal, "OnEvent | None", "Stop"], Any]
"""The journal, who is told how it goes and whether the user asked to stop, to what a study found."""


def answered(
    name: str, case: Case, options: SolveOptions, arguments: Mapping[str, Any], asked: Asked, changes: tuple[str, ...],
    read: float, find: Find, teller: Teller,
) -> tuple[Told, Path]:
    """What a study found, told and stored in its run folder, which stays unfinished where the user stopped it.

    Args:
        name: name of the study.
        case: the case that the run folder is of.
        options: gap, time and the like.
        arguments: what else was asked.
        asked: the command line.
        changes: what was changed in the case, in words.
        read: seconds that reading took.
        find: the study.
        teller: what tells it.

    Raises:
        CommandError: it ends without an answer, or cannot be written.
    """
    from optimizer.report.studies.told import Told
    from optimizer.report.study_run import StudyFolder
    from optimizer.solve.stopping import Stop

    started = time.monotonic()
    try:
        folder = StudyFolder(asked.out, name, case, options, arguments, resume=asked.resume)
    except RunFault as fault:
        raise CommandError(cli.BAD_INPUT, "bad input", str(fault)) from None
    except OSError as fault:
        raise _unwritable(asked.out, fault) from None
    if not asked.quiet and not asked.json:
        _tell_resumed(folder.resumed, waiting=folder.waiting, asked=asked.resume)
    try:
        stop = Stop()
        with progress(asked.quiet or asked.json) as on_event, stop.listening():
            found = _found(case, options, lambda: find(folder.journal, on_event, stop))
            spent = {"read": read, name: time.monotonic() - started}
            told = Told.of(name, teller, found)
            return told, folder.write(told, spent, changes, whole=not stop.asked)
    except CommandError as failure:
        if failure.code == cli.NO_PLAN:
            # that there is none is an answer, found and told: a study that was interrupted it is not
            with suppress(OSError):
                folder.forget()
            failure.message = f"{failure.message} 'optimizer conflict' tells why."
        raise
    except OSError as fault:
        raise _unwritable(asked.out, fault) from None
    finally:
        with suppress(OSError):
            folder.discard()


def _tell_resumed(answers: int, *, waiting: bool, asked: bool) -> None:
    if waiting:
        sys.stderr.write("This question was interrupted before; with --resume it goes on where it stood.\n")
    elif asked:
        told = f"Going on with {answers} answers that are known." if answers else "Nothing was interrupted: it begins."
        sys.stderr.write(f"{told}\n")


def _found(case: Case, options: SolveOptions, find: Callable[[], Any]) -> Any:
    """What a study found, its failures as those of a command; any other is a fault of the program."""
    from optimizer.study.question import AskedWrongly

    try:
        with plan_faults(case, options):
            return find()
    except AskedWrongly as fault:
        text = str(fault)
        end = "" if text.endswith((".", "?")) else "."
        raise CommandError(cli.USAGE, "usage", f"{text[:1].upper()}{text[1:]}{end}") from None
    except CaseError as fault:
        raise CommandError(cli.BAD_INPUT, "bad input", findings=fault.findings) from None


def _unwritable(out: Path, fault: OSError) -> CommandError:
    message = f"The run folder could not be written in '{out}': {fault.strerror or fault}."
    return CommandError(cli.NOT_WRITABLE, "not writable", message)


