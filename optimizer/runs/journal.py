"""The journal of a long study: every answer as it comes, so that what was cut off goes on where it stood."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

JOURNAL = "journal.jsonl"
"""Name of the journal in a run folder."""


class Journal:
    """Answers by the key of their question, each a line of a file; a line that was cut off is left out.

    Attributes:
        file: the file; None for a journal that is kept in memory alone.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Reads what is there.

        Raises:
            OSError: the file cannot be read.
        """
        self.file = file
        self._known: dict[str, Mapping[str, Any]] = dict(_lines(file)) if file is not None and file.exists() else {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: str) -> Mapping[str, Any] | None:
        """The answer to a question, None where it was not answered yet."""
        return self._known.get(key)

    def put(self, key: str, answer: Mapping[str, Any]) -> None:
        """Note an answer; it is on the disk when this returns.

        Raises:
            OSError: it cannot be written.
        """
        self._known[key] = answer
        if self.file is None:
            return
        line = json.dumps({"key": key, "answer": answer}, ensure_ascii=False) + "\n"
        with self.file.open("a+b") as out:
            # the line before may have been cut off
            if out.tell() and not _ends_line(self.file):
                line = "\n" + line
            out.write(line.encode("utf-8"))
            out.flush()
            os.fsync(out.fileno())


def _ends_line(file: Path) -> bool:
    with file.open("rb") as read:
        read.seek(-1, os.SEEK_END)
        return read.read(1) == b"\n"


def _lines(file: Path) -> list[tuple[str, Mapping[str, Any]]]:
    found: list[tuple[str, Mapping[str, Any]]] = []
    # split at line feeds alone: names of the workbook may have other ends of a line in them
    for line in file.read_bytes().decode("utf-8", errors="replace").split("\n"):
        try:
            entry = json.loads(line)
            found.append((str(entry["key"]), dict(entry["answer"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found
