"""The runs under a root, from their manifests: what is foreign, unfinished or damaged is told as such."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from optimizer.runs.folder import PART

SCHEMA = 1
"""The schema of manifests that this program writes and reads."""

MANIFEST = "manifest.json"

State = Literal["whole", "part", "damaged", "foreign"]

_NAME = re.compile(r"(\d{8}T\d{6}Z)-([0-9a-f]{12})(?:-(\d+))?")
_SHOWN = 5


class RunFault(Exception):  # noqa: N818 - as in `Fault` elsewhere: what is wrong is with what was given
    """A run that cannot be found or used; its text is a sentence for the user."""


class SeveralRuns(RunFault):
    """What was given can mean several runs."""


@dataclass(frozen=True)
class RunEntry:
    """A folder under the root, as far as it can be read.

    Attributes:
        path: the folder.
        case: name of the case.
        state: ``whole``; ``part``, not finished; ``damaged``, whose manifest cannot be used; ``foreign``, which is no
            run.
        stamp: when it was written, UTC; None where the name does not say.
        id: id of the run; empty where nothing says it.
        status: ``proved`` or ``stopped``; empty where it is not known.
        goals: value of each goal: dependence as a fraction, cost in the case's currency; None where it is infinite.
        gap: the largest gap left; None where there is none or it is not known.
        proof: how sure its plan is, in words; empty where it does not say.
        changes: what was asked to be changed in the case, in words.
        title: title of the case.
        currency: currency of the case; empty where the manifest does not name it.
        size: bytes of all files in it.
        told: what is wrong with it, a sentence; empty for a whole run.
        command: the command that made it, ``solve`` or a question such as ``frontier``; empty where it is not known.
        answer: what a question came to, a sentence; empty for a plan, whose goals say it.
    """

    path: Path
    case: str
    state: State
    stamp: datetime | None = None
    id: str = ""
    status: str = ""
    goals: Mapping[str, float | None] = field(default_factory=dict)
    gap: float | None = None
    proof: str = ""
    changes: tuple[str, ...] = ()
    title: str = ""
    currency: str = ""
    size: int = 0
    told: str = ""
    command: str = ""
    answer: str = ""


def runs(root: str | Path) -> tuple[RunEntry, ...]:
    """Every folder that lies where runs lie, newest first; those without a time last. None where there is no root.

    Raises:
        RunFault: the root is no folder, or cannot be read.
    """
    home = Path(root)
    if not home.exists():
        return ()
    found = [entry for case in _folders(home) for entry in _of_case(case)]
    return tuple(sorted(found, key=_age, reverse=True))


def find_run(root: str | Path, text: str) -> Path:
    """The run that is meant by a path, by a folder's name, or by the first letters of an id.

    Where one id stands for several runs (one case solved several times), the newest whole one is meant.

    Args:
        root: folder in which the runs of all cases lie.
        text: what the user gave.

    Raises:
        RunFault: no run is meant; the sentence names what there is.
        SeveralRuns: several of different ids are.
    """
    asked = text.strip()
    if asked and _exists(Path(asked)):
        return _by_path(Path(asked))
    entries = [entry for entry in runs(root) if entry.state != "foreign"]
    named = [entry for entry in entries if asked in (entry.path.name, f"{entry.path.parent.name}/{entry.path.name}")]
    meant = named or [entry for entry in entries if asked and entry.id.startswith(asked.lower())]
    if not meant:
        raise RunFault(f"There is no run '{text}' in '{root}'. {_known(entries)}")
    if len({entry.path for entry in meant} if named else {entry.id for entry in meant}) > 1:
        raise SeveralRuns(f"'{text}' can mean several runs: {_names(meant)}. Write more of the name, or the path.")
    # newest first: the first of the whole ones, else the first
    return min(meant, key=lambda entry: entry.state != "whole").path


def read_manifest(run: Path) -> dict[str, Any]:
    """The manifest of a whole run.

    Raises:
        RunFault: the folder is no whole run, or its manifest cannot be used.
    """
    if not run.is_dir():
        raise RunFault(f"There is no run folder '{run}'.")
    if run.name.endswith(PART):
        raise RunFault(f"'{run}' is not whole: {_UNFINISHED}")
    try:
        found = json.loads((run / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise RunFault(f"'{run}' is no run folder: there is no {MANIFEST} in it.") from None
    except OSError as fault:
        raise RunFault(f"{MANIFEST} of '{run}' cannot be read: {fault.strerror or fault}.") from None
    except (ValueError, RecursionError):
        raise RunFault(f"{MANIFEST} of '{run}' is damaged: it is no JSON document.") from None
    schema = found.get("schema") if isinstance(found, dict) else None
    if schema is None:
        raise RunFault(f"{MANIFEST} of '{run}' is damaged: it does not say its schema.")
    if schema != SCHEMA:
        raise RunFault(f"{MANIFEST} of '{run}' has schema {schema}; this program reads schema {SCHEMA}. "
                       "Use the version of the program that wrote it.")
    return dict(found)


_UNFINISHED = "the program was ended while it wrote this folder, or still writes it."


def _age(entry: RunEntry) -> tuple[datetime, int, str]:
    """What runs are ordered by: their time, then the number that tells apart those of one second."""
    name = _NAME.fullmatch(entry.path.name.removesuffix(PART))
    oldest = datetime.min.replace(tzinfo=UTC)
    return entry.stamp or oldest, int(name[3] or 1) if name else 1, entry.path.as_posix()


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a text too long for a name, a folder that may not be looked into
        return False


def _by_path(path: Path) -> Path:
    run = path.parent if path.is_file() else path
    if run.name.endswith(PART) or (run / MANIFEST).exists():
        return run
    raise RunFault(f"'{path}' is no run folder: there is no {MANIFEST} in it. 'optimizer runs' lists the runs.")


def _known(entries: list[RunEntry]) -> str:
    whole = [entry for entry in entries if entry.state == "whole"]
    return f"The newest are: {_names(whole)}." if whole else "There is no run there yet; 'optimizer solve' makes one."


def _names(entries: list[RunEntry]) -> str:
    shown = ", ".join(f"{entry.path.parent.name}/{entry.path.name}" for entry in entries[:_SHOWN])
    return f"{shown} and {len(entries) - _SHOWN} more" if len(entries) > _SHOWN else shown


def _folders(folder: Path) -> list[Path]:
    """The folders in a folder that are not hidden.

    Raises:
        RunFault: it cannot be read.
    """
    try:
        return sorted(one for one in folder.iterdir() if not one.name.startswith(".") and one.is_dir())
    except NotADirectoryError:
        raise RunFault(f"'{folder}' is a file; name the folder in which the runs lie.") from None
    except OSError as fault:
        raise RunFault(f"'{folder}' cannot be read: {fault.strerror or fault}.") from None


def _of_case(folder: Path) -> Iterator[RunEntry]:
    """The entries of a case's folder; a folder that itself is a run, or holds none, is told as what it is."""
    if _looks_like_run(folder):
        yield _entry(folder, "")
        return
    try:
        inside = _folders(folder)
    except RunFault as fault:
        yield RunEntry(folder, folder.name, "foreign", told=str(fault))
        return
    if not any(map(_looks_like_run, inside)):
        yield RunEntry(folder, folder.name, "foreign", size=_size(folder), told="There is no run in this folder.")
        return
    yield from (_entry(one, folder.name) for one in inside)


def _looks_like_run(folder: Path) -> bool:
    if _NAME.fullmatch(folder.name.removesuffix(PART)):
        return True
    return _exists(folder / MANIFEST)


def _entry(folder: Path, case: str) -> RunEntry:
    name = _NAME.fullmatch(folder.name.removesuffix(PART))
    stamp, run_id = (_moment(name[1]), name[2]) if name else (None, "")
    size = _size(folder)
    if folder.name.endswith(PART):
        return RunEntry(folder, case, "part", stamp, run_id, size=size, told=f"Not whole: {_UNFINISHED}")
    if not _looks_like_run(folder):
        return RunEntry(folder, case, "foreign", size=size, told="This folder is no run.")
    try:
        return _whole(folder, case, stamp, run_id, size, read_manifest(folder))
    except RunFault as fault:
        return RunEntry(folder, case, "damaged", stamp, run_id, size=size, told=str(fault))


def _whole(
    folder: Path, case: str, stamp: datetime | None, run_id: str, size: int, manifest: Mapping[str, Any]
) -> RunEntry:
    goals, changes = manifest.get("goals"), manifest.get("changes")
    texts = {key: manifest.get(key) for key in ("case", "run", "status", "title")}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise RunFault(f"{MANIFEST} of '{folder}' is damaged: '{key}' is missing or no text.")
    if not isinstance(goals, dict):
        raise RunFault(f"{MANIFEST} of '{folder}' is damaged: 'goals' is missing.")
    return RunEntry(
        folder, str(texts["case"]), "whole", stamp, str(texts["run"]), str(texts["status"]),
        {str(goal): _number(value) for goal, value in goals.items()}, _number(manifest.get("gap")),
        str(manifest.get("proof", "")), tuple(map(str, changes)) if isinstance(changes, list) else (),
        str(texts["title"]), str(manifest.get("currency", "")), size, command=command_of(manifest),
        answer=str(manifest.get("told", "")),
    )


def command_of(manifest: Mapping[str, Any]) -> str:
    """The command that made a run; a manifest that does not say it is of a time when plans alone were stored."""
    return str(manifest.get("command", "solve"))


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _size(folder: Path) -> int:
    """Bytes of all files in a folder; what goes away or cannot be read while it is counted counts nothing."""
    total = 0
    if folder.is_symlink():
        return 0
    for at, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(at, name).lstat().st_size
            except OSError:
                continue
    return total
