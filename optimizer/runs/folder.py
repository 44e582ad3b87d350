"""A run folder while it grows and when it is whole (standard library only: it stores what it is handed)."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PART = ".part"
"""End of the name of a folder that is not whole."""


def digest(*parts: object) -> str:
    """Twelve hex digits that name a run: the hash of its input, options and versions.

    >>> digest({"a": 1}, "x") == digest({"a": 1}, "x")
    True
    """
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class RunFolder:
    """``<root>/<case>/<UTC stamp>-<id>``, grown as ``<...>.part`` and renamed when it is whole.

    Attributes:
        part: the folder while it grows.
        whole: the folder that it becomes.
    """

    def __init__(self, root: str | Path, case: str, run_id: str, *, private: bool = False) -> None:
        """Make the growing folder.

        Args:
            root: folder in which the runs of all cases lie.
            case: name of the case; made safe for a file name.
            run_id: id of the run.
            private: whether only its owner may read it.

        Raises:
            OSError: the folder cannot be made.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        self.part, self.whole = _claim(_home(root, case), f"{stamp}-{run_id}", 0o700 if private else 0o777)

    @classmethod
    def unfinished(cls, root: str | Path, case: str, run_id: str) -> RunFolder | None:
        """The newest folder of a run that was not finished, to go on with; None where there is none.

        Args:
            root: folder in which the runs of all cases lie.
            case: name of the case.
            run_id: id of the run.
        """
        parts = sorted(one for one in _home(root, case).glob(f"*-{run_id}*{PART}") if one.is_dir())
        if not parts:
            return None
        found = cls.__new__(cls)
        found.part, found.whole = parts[-1], parts[-1].with_name(parts[-1].name.removesuffix(PART))
        return found

    def write(self, name: str, content: str | bytes) -> None:
        """Store one file; text with line ends of one kind on every system.

        Raises:
            OSError: it cannot be written.
        """
        file = self.part / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)

    def write_json(self, name: str, content: Any) -> None:
        """Store a document as JSON, keys in the order given.

        Raises:
            OSError: it cannot be written.
            ValueError: it holds a number that JSON has no form for.
        """
        self.write(name, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")

    def fill(self, name: str, writer: Callable[[Path], object]) -> None:
        """Hand a folder inside the run to something that writes files of its own.

        Raises:
            OSError: the folder cannot be made, or a file in it cannot be written.
        """
        folder = self.part / name
        folder.mkdir(parents=True, exist_ok=True)
        writer(folder)

    def finish(self) -> Path:
        """Make the run whole: what is on the disk is all there, then it gets its name.

        Raises:
            OSError: something cannot be brought to the disk, or another run has taken the name.
        """
        for at, _, names in os.walk(self.part, topdown=False, onerror=_raise):
            for name in names:
                _file_to_disk(Path(at, name))
            _folder_to_disk(Path(at))
        self.part.rename(self.whole)
        # the new name stands in the case's folder, and that folder's own in the root
        _folder_to_disk(self.whole.parent)
        _folder_to_disk(self.whole.parent.parent)
        return self.whole


def _home(root: str | Path, case: str) -> Path:
    """The folder of a case's runs, its name made safe for a file."""
    return Path(root) / (re.sub(r"[^\w.-]+", "_", case).strip("._")[:60] or "case")


def _claim(folder: Path, name: str, mode: int) -> tuple[Path, Path]:
    """Makes the growing folder of a name that no run has: two runs of one second get a number.

    Making it is the claim, as only one of two can make a folder; looking first and making then would let both in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whole, number = folder / name, 1
    while True:
        part = whole.with_name(whole.name + PART)
        try:
            part.mkdir(mode=mode)
        except FileExistsError:
            pass
        else:
            if not whole.exists():
                return part, whole
            part.rmdir()
        number += 1
        whole = folder / f"{name}-{number}"


def _raise(fault: OSError) -> None:
    raise fault


def _file_to_disk(file: Path) -> None:
    with file.open("rb+") as handle:  # one that may write: Windows syncs no other
        os.fsync(handle.fileno())


def _folder_to_disk(folder: Path) -> None:
    """Brings the names in a folder to the disk, where the system has a way to."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network disks sync files but no folders
            raise
    finally:
        os.close(handle)
