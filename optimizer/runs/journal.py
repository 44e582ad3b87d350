"""The journal of a long study: every answer as it comes, so that what was cut off goes on where it stood."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from optimizer.runs.listing import RunFault

JOURNAL = "journal.sqlite"
"""Name of the journal in a run folder."""

SCHEMA = 1
"""The schema of journals that this program writes and reads, as the file's ``user_version``."""

PATIENCE = 10.0
"""Seconds to wait for another program that has the file locked."""

_SETTINGS = ("PRAGMA journal_mode = DELETE", "PRAGMA synchronous = EXTRA")
"""What is written is on the disk at every commit. A log written ahead (WAL) would be quicker, and is not safe on
network disks, as it is shared by memory; EXTRA is FULL, and brings to the disk too that the roll-back file is gone."""

_TABLE = "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID"


class Journal:
    """Answers by the key of their question, each a row of an SQLite file, written whole or not at all.

    Attributes:
        file: the file; None for a journal that is kept in memory alone.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Reads what is there.

        Raises:
            OSError: the file cannot be read.
            RunFault: it is damaged, or of another schema; told in a sentence.
        """
        self.file = file
        self._known: dict[str, Mapping[str, Any]] = dict(_rows(file)) if file is not None and file.exists() else {}

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
        self.put_all({key: answer})

    def put_all(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        """Note several answers at once, all of them or none; they are on the disk when this returns.

        Raises:
            OSError: they cannot be written.
        """
        if self.file is not None and answers:
            _write(self.file, [(key, json.dumps(answer, ensure_ascii=False)) for key, answer in answers.items()])
        self._known.update(answers)

    def forget(self) -> None:
        """Leaves nothing of it.

        Raises:
            OSError: the file cannot be taken away.
        """
        self._known.clear()
        if self.file is not None:
            # without its roll-back file first: what is left of half a write would be taken for part of the next file
            self.file.with_name(f"{self.file.name}-journal").unlink(missing_ok=True)
            self.file.unlink(missing_ok=True)


def _write(file: Path, rows: list[tuple[str, str]]) -> None:
    """Adds rows in one transaction, and what a new file needs before them."""
    try:
        with _opened(file) as base:
            base.execute("BEGIN IMMEDIATE")
            if base.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
                base.execute(_TABLE)
                base.execute(f"PRAGMA user_version = {SCHEMA}")
            base.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?)", rows)
            base.execute("COMMIT")
    except sqlite3.Error as fault:
        raise OSError(f"'{file}': {fault}") from fault


def _rows(file: Path) -> list[tuple[str, Mapping[str, Any]]]:
    with file.open("rb"):
        pass  # SQLite says of everything that cannot be read the same: that it is unable to open it
    try:
        with _opened(file) as base:
            schema = base.execute("PRAGMA user_version").fetchone()[0]
            if not schema and not base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return []  # made, and ended before anything was noted
            if schema != SCHEMA:
                raise RunFault(f"The journal '{file}' has schema {schema}; this program reads schema {SCHEMA}. "
                               "Use the version of the program that wrote it, or ask without --resume.")
            return [(str(key), dict(json.loads(text))) for key, text in base.execute("SELECT key, answer FROM answers")]
    except (sqlite3.DatabaseError, ValueError, TypeError) as fault:
        raise RunFault(f"The journal '{file}' is damaged and cannot be gone on with ({fault}); "
                       "ask without --resume to begin anew.") from None


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """The file, opened for this once: nothing stays open of a folder that may be renamed at any time."""
    with closing(sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)) as base:
        for setting in _SETTINGS:
            base.execute(setting)
        yield base
