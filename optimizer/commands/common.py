"""What the commands share: finding and loading cases, telling failures, printing documents."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from optimizer import cli
from optimizer.case.case import Case
from optimizer.case.changes import apply_changes, parse_set, scenario_changes
from optimizer.case.checks import check_case
from optimizer.case.checks.arrivals import cannot_arrive
from optimizer.case.findings import CaseError, Finding
from optimizer.case.look import MOST_FILE
from optimizer.case.read import read_unchecked
from optimizer.case.shipped import shipped
from optimizer.cli import CommandError
from optimizer.runs.opened import opened_by


def load(name: str, changes: Sequence[str], scenario: str | None) -> tuple[Case | None, tuple[Finding, ...]]:
    """The case asked for, its changes made, and every finding sorted by cell; None where it cannot be read.

    Raises:
        CommandError: the file cannot be opened, or a change cannot be made.
    """
    with case_faults():
        source = find_case(name)
        case, findings = read_unchecked(source)
        findings = (*findings, *_open_elsewhere(source))
    if case is None or not (changes or scenario):
        return case, CaseError(findings).findings
    with case_faults("What was asked to be changed in the case cannot be changed."):
        made = [*(scenario_changes(case, scenario) if scenario else ()), *(parse_set(text) for text in changes)]
        before = set(check_case(case))
        case = apply_changes(case, made, checked=False)
        findings = (*(f for f in findings if f not in before), *check_case(case))
    return case, CaseError(findings).findings


def _open_elsewhere(source: Path) -> tuple[Finding, ...]:
    if opened_by(source) is None:
        return ()
    message = f"'{source.name}' seems to be open in another program; what was last saved there is read."
    return (Finding(source.name, "", "", message, "Save it there if you have changed it.", "warning"),)


def find_case(name: str) -> Path:
    """The file or folder of a case: a path, or the name of a case shipped with the program.

    Raises:
        CommandError: there is neither.
    """
    path, books = Path(name), shipped()
    # a folder of runs that bears the name of a shipped case is not meant by it
    if name and exists(path) and not (name in books and path.is_dir() and not any(path.glob("*.csv"))):
        return path
    if name in books:
        return books[name]
    message = f"There is no file or folder '{name}'."
    known = f"Cases shipped with the program: {', '.join(sorted(books))}." if books else ""
    finding = Finding(name, "", "", message, known)
    raise CommandError(cli.BAD_INPUT, "bad input", f"{message} {known}".strip(), (finding,))


def exists(path: Path) -> bool:
    """Whether there is such a file or folder; a name that no system takes is that of none."""
    try:
        return path.exists()
    except OSError:
        return False


def fingerprint(source: Path) -> str:
    """A hash of the bytes of a case's file, or files; of none where they cannot be read, which reading will tell."""
    digest = hashlib.sha256()
    for file in sorted(source.glob("*.csv")) if source.is_dir() else [source]:
        # what reading will refuse is not read before it either: it may have no end
        with suppress(OSError):
            if not file.is_file() or file.stat().st_size > MOST_FILE:
                continue
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


@contextmanager
def case_faults(message: str = "") -> Iterator[None]:
    """Turns a case that cannot be used into a command's failure, with a sentence above its faults."""
    try:
        yield
    except CaseError as fault:
        raise CommandError(cli.BAD_INPUT, "bad input", message, fault.findings) from None


def has_errors(findings: Sequence[Finding]) -> bool:
    """Whether a fault stands among the findings, not only warnings."""
    return any(finding.level == "error" for finding in findings)


def only_short(case: Case, findings: Sequence[Finding]) -> bool:
    """Whether all that is wrong with a case is that too little can arrive: then there is no plan, and a reason why."""
    return {finding for finding in findings if finding.level == "error"} <= set(cannot_arrive(case))


@contextmanager
def progress(silent: bool) -> Iterator[Any]:
    """A function that draws a solve's events on stderr, or nothing."""
    if silent:
        yield None
        return
    from optimizer.report.progress import Ticker

    with Ticker() as ticker:
        yield ticker


def write_anew(file: Path, content: bytes) -> None:
    """Writes a file that was not there, whole or not at all.

    Raises:
        CommandError: the file is there already, or cannot be written.
    """
    part = None
    try:
        with NamedTemporaryFile(dir=file.parent, prefix=".optimizer-", suffix=".part", delete=False) as made:
            part = Path(made.name)
            made.write(content)
        part.chmod(0o666 & ~_umask())
        _named(part, file)
    except FileExistsError:
        message = f"'{file}' is there already and stays as it is. Name another file."
        raise CommandError(cli.NOT_WRITABLE, "not writable", message) from None
    except OSError as fault:
        message = f"'{file}' cannot be written: {fault.strerror or fault}."
        raise CommandError(cli.NOT_WRITABLE, "not writable", message) from None
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink()


def _named(part: Path, file: Path) -> None:
    """Gives a whole file its name, which no other file may have."""
    try:
        file.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:  # a disk without links: there the name is claimed first
        file.touch(exist_ok=False)
        part.replace(file)


def _umask() -> int:
    """The permissions that new files of this user do not get; the system tells them only when they are set."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def tell_failure(command: str, failure: CommandError, *, as_json: bool) -> int:
    """A failure as one document, or as sentences and a table of cells."""
    if as_json:
        data = {"message": failure.message} if failure.message else {}
        print_json(command, failure.status, failure.code, data, failure.findings)
        return failure.code
    if failure.message:
        sys.stderr.write(f"{failure.message}\n")
    untold = [finding for finding in failure.findings if finding.message not in failure.message]
    if untold or not failure.message:
        from optimizer.report.grids import console
        from optimizer.report.terminal import show_findings

        show_findings(failure.findings, console(stderr=True))
    return failure.code


def print_json(
    command: str, status: str, code: int, data: Mapping[str, Any], findings: Sequence[Finding] = ()
) -> None:
    """The one document of a command on stdout."""
    from optimizer.report.document import envelope

    text = json.dumps(envelope(command, status, code, data, findings), ensure_ascii=False, allow_nan=False)
    sys.stdout.buffer.write(text.encode("utf-8") + b"\n")
    sys.stdout.flush()
