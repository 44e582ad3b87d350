"""``optimizer conflict``: why there is no plan, and a way out of it as a workbook."""

from __future__ import annotations

import sys
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer import cli
from optimizer.case.case import Case
from optimizer.case.findings import Finding
from optimizer.cli import CommandError
from optimizer.commands.common import exists, write_anew
from optimizer.commands.kinds import kind, pool_of
from optimizer.commands.questions import Asked
from optimizer.commands.solve import check_writable
from optimizer.commands.study import answered, asked_of, shown

if TYPE_CHECKING:
    from optimizer.report.studies.told import Told
    from optimizer.runs import Journal
    from optimizer.solve.events import OnEvent
    from optimizer.solve.plan import SolveOptions
    from optimizer.solve.stopping import Stop
    from optimizer.study.conflict import Conflict

NAME = "conflict"


def conflict_of(source: str, asked: Asked, apply: int | None) -> int:
    """Why a case has no plan, or how near it is to having none; with `apply` also a way out as a workbook.

    Raises:
        CommandError: it ends without an answer, or there is no such way out.
    """
    started = time.monotonic()
    if apply is not None and apply < 1:
        raise CommandError(cli.USAGE, "usage", f"--apply {apply} names no way out: the first is 1.")
    case, findings, options, changes = asked_of(source, asked, short=True)
    check_writable(asked.out)
    if findings and not (asked.json or asked.quiet):
        sys.stderr.write(f"Warnings of the checks: {len(findings)}; 'optimizer check' tells them.\n")
    found, told, run = _answered(case, options, asked, changes, time.monotonic() - started, hopeless=False)
    book = None if apply is None else _applied(found, apply)
    code = shown(told, run, findings, asked, {"applied": book.as_posix()} if book else None)
    if book and not asked.json:
        sys.stdout.write(f"Way {apply} as a workbook, the changed cells marked: {book.as_posix()}\n")
    return code


def unplanned(
    message: str, case: Case, options: SolveOptions, asked: Asked, changes: tuple[str, ...], read: float,
    findings: tuple[Finding, ...],
) -> int:
    """Tells why a case that was solved has no plan; gives the exit code.

    Args:
        message: that it has none, in a sentence.
        case: the case.
        options: how it was solved.
        asked: where the run folder is made, and how it is told.
        changes: what was changed in the case, in words.
        read: seconds that reading took.
        findings: warnings of the case.

    Raises:
        CommandError: it ends without an answer.
    """
    _, told, run = _answered(case, options, asked, changes, read, hopeless=True)
    more = {"message": f"{message} {told.data['message']}"}
    return shown(told, run, findings, asked, more, command="solve")


def _answered(
    case: Case, options: SolveOptions, asked: Asked, changes: tuple[str, ...], read: float, *, hopeless: bool
) -> tuple[Conflict, Told, Path]:
    known, pool, kept = kind(NAME), pool_of(asked.workers, asked.scheduler), list[Any]()

    def find(journal: Journal, on_event: OnEvent | None, stop: Stop) -> Any:
        from optimizer.study.cluster import Cluster
        from optimizer.study.ground import Ground

        ground = Ground(case, options, (), stop)
        with pool:
            executor = Cluster(ground, pool, seconds=options.time, journal=journal, on_event=on_event)
            kept.append(known.ask(case, options, {"hopeless": hopeless}, executor, None))
        return kept[0]

    told, run = answered(NAME, case, options, {}, asked, changes, read, find, known.teller)
    return kept[0], told, run


def _applied(found: Conflict, number: int) -> Path:
    """The workbook of a way out, which is made anew."""
    from optimizer.case.write import marked_xlsx
    from optimizer.report.studies.conflict import told_move, way

    if found.plan is not None:
        raise CommandError(cli.USAGE, "usage", "There is a plan: no way out is needed, and none was written.")
    try:
        repair = way(found, number)
    except ValueError as fault:
        raise CommandError(cli.USAGE, "usage", f"{str(fault)[:1].upper()}{str(fault)[1:]}.") from None
    stem = Path(found.case.origin.name).stem
    names = (Path(f"{stem}-way-{number}{'' if n == 1 else f'-{n}'}.xlsx") for n in count(1))
    file = next(name for name in names if not exists(name))
    write_anew(file, marked_xlsx(repair.case, {move.address: told_move(move) for move in repair.moves}))
    return file
