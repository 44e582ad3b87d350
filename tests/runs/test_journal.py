"""The journal of a study: what was noted is there again, whenever the program was ended."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.runs.journal import JOURNAL, Journal
from optimizer.runs.listing import RunFault

ANSWERS: dict[str, dict[str, Any]] = {
    "a1": {"outcome": "proved", "values": [1.0, 2.5e-7]}, "b2": {"outcome": "none"},
    "c3": {"outcome": "stopped", "reached": {"jobs\u2028in towns\x85": [0.1 + 0.2, "inf", None, True]}},
}


def written(folder: Path) -> Path:
    journal = Journal(folder / JOURNAL)
    for key, answer in ANSWERS.items():
        journal.put(key, answer)
    return folder / JOURNAL


def test_what_was_noted_is_known_again_to_the_last_digit(tmp_path: Path) -> None:
    again = Journal(written(tmp_path))
    assert len(again) == 3
    assert {key: again.get(key) for key in ANSWERS} == ANSWERS
    assert again.get("d4") is None


def test_it_is_on_the_disk_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path / JOURNAL)
    assert not (tmp_path / JOURNAL).exists(), "nothing noted, nothing made"
    for n, (key, answer) in enumerate(ANSWERS.items(), start=1):
        journal.put(key, answer)
        assert len(Journal(tmp_path / JOURNAL)) == n


@settings(max_examples=30)
@given(st.dictionaries(st.text(max_size=5), st.dictionaries(st.text(max_size=5), st.floats(allow_nan=False) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=5)), max_size=5))
def test_whatever_is_noted_comes_back(tmp_path_factory: pytest.TempPathFactory, answers: dict[str, Any]) -> None:
    file = tmp_path_factory.mktemp("any") / JOURNAL
    Journal(file).put_all(answers)
    again = Journal(file)
    assert {key: again.get(key) for key in answers} == answers
    assert len(again) == len(answers)


def test_several_at_once_are_all_noted_or_none(tmp_path: Path) -> None:
    file = written(tmp_path)
    journal = Journal(file)
    with pytest.raises(TypeError):
        journal.put_all({"d4": {"outcome": "none"}, "e5": {"outcome": object()}})
    assert (len(journal), len(Journal(file))) == (3, 3)


# ---- cut off


KILLED = """
import os, signal, sys
from pathlib import Path
from optimizer.runs.journal import Journal
journal = Journal(Path(sys.argv[1]))
for n in range(10000):
    journal.put(f"k{n}", {"n": n, "values": [0.1] * 400})
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()
"""


def test_killed_at_any_moment_what_was_noted_is_there(tmp_path: Path) -> None:
    """A process that does nothing but note is killed in the middle of it, several times over one file."""
    file = tmp_path / JOURNAL
    for wait in (1, 7, 20):
        with subprocess.Popen([sys.executable, "-c", KILLED, str(file)], stdout=subprocess.PIPE, text=True) as noting:
            assert noting.stdout is not None
            told = [noting.stdout.readline() for _ in range(wait)]
            noting.kill()
            told += noting.stdout.readlines()
        last = int(told[-1])
        journal = Journal(file)
        assert [journal.get(f"k{n}") for n in range(last + 1)] == [
            {"n": n, "values": [0.1] * 400} for n in range(last + 1)]
        assert len(journal) >= last + 1


def test_half_a_write_is_rolled_back(tmp_path: Path) -> None:
    """The roll-back file of a write that was cut off lies beside the journal: what was there before is there again."""
    file = written(tmp_path)
    base = sqlite3.connect(file, isolation_level=None)
    base.execute("PRAGMA cache_size = 1")
    base.execute("BEGIN IMMEDIATE")
    for n in range(200):
        base.execute("INSERT INTO answers VALUES (?, ?)", (f"k{n}", "x" * 4000))
    rollback = file.with_name(f"{file.name}-journal")
    half, before = file.read_bytes(), rollback.read_bytes()
    base.close()
    assert len(half) > 100_000, "the pages of the half write are in the file"
    file.write_bytes(half)
    rollback.write_bytes(before)
    assert {key: Journal(file).get(key) for key in ANSWERS} == ANSWERS
    assert len(Journal(file)) == 3


def test_made_and_ended_before_anything_was_noted(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).touch()
    journal = Journal(tmp_path / JOURNAL)
    assert len(journal) == 0
    journal.put("a1", ANSWERS["a1"])
    assert len(Journal(tmp_path / JOURNAL)) == 1


# ---- what cannot be gone on with


@pytest.mark.parametrize("spoilt", [b"no journal at all", b"SQLite format 3\x00" + bytes(300), b"\x00" * 4096])
def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path, spoilt: bytes) -> None:
    file = tmp_path / JOURNAL
    file.write_bytes(spoilt)
    with pytest.raises(RunFault, match=r"journal\.sqlite' is damaged and cannot be gone on with .*without --resume"):
        Journal(file)
    assert file.read_bytes() == spoilt, "it is left as it is"


def test_a_file_cut_short_is_told(tmp_path: Path) -> None:
    file = tmp_path / JOURNAL
    journal = Journal(file)
    journal.put_all({f"k{n}": {"text": "x" * 3000} for n in range(20)})
    file.write_bytes(file.read_bytes()[:-9000])
    with pytest.raises(RunFault, match="is damaged"):
        Journal(file)


@pytest.mark.parametrize("statement", [
    "PRAGMA user_version = 2", "UPDATE answers SET answer = 'x'", "UPDATE answers SET answer = '[]3'",
    "UPDATE answers SET answer = '3'", "DROP TABLE answers",
])
def test_another_schema_or_content_is_told(tmp_path: Path, statement: str) -> None:
    file = written(tmp_path)
    with closing(sqlite3.connect(file)) as base:
        base.execute(statement)
        base.commit()
    with pytest.raises(RunFault, match="schema 2; this program reads schema 1" if "PRAGMA" in statement else "damaged"):
        Journal(file)


def test_forgotten_nothing_is_left(tmp_path: Path) -> None:
    journal = Journal(written(tmp_path))
    (tmp_path / f"{JOURNAL}-journal").touch()
    journal.forget()
    assert (len(journal), list(tmp_path.iterdir())) == (0, [])
    Journal().forget()


def test_of_one_key_the_last_answer_counts(tmp_path: Path) -> None:
    file = written(tmp_path)
    Journal(file).put("b2", {"outcome": "proved"})
    assert Journal(file).get("b2") == {"outcome": "proved"}
    assert len(Journal(file)) == 3


def test_without_a_file_it_is_kept_in_memory(tmp_path: Path) -> None:
    journal = Journal()
    journal.put("a1", ANSWERS["a1"])
    assert (len(journal), journal.get("a1"), list(tmp_path.iterdir())) == (1, ANSWERS["a1"], [])


def test_what_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        Journal(tmp_path)
    journal = Journal(tmp_path / "no folder" / JOURNAL)
    with pytest.raises(OSError, match="unable to open database file"):
        journal.put("a1", ANSWERS["a1"])
    assert len(journal) == 0
