"""The journal of a study: what was noted is there again, whatever became of the end of its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.runs.journal import JOURNAL, Journal

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


@settings(max_examples=60)
@given(st.integers(1, 260))
def test_cut_off_anywhere_the_whole_lines_count_and_it_goes_on(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    """Half a line is no answer; what is noted next begins on a line of its own."""
    file = written(tmp_path_factory.mktemp("cut"))
    whole = file.read_bytes()
    kept = whole[: max(len(whole) - cut, 0)]
    file.write_bytes(kept)
    # the last line is whole too where only its end is missing
    lines = whole.split(b"\n")[:-1]
    known = [key for i, key in enumerate(ANSWERS) if len(b"\n".join(lines[: i + 1])) <= len(kept)]
    journal = Journal(file)
    assert [key for key in ANSWERS if journal.get(key) is not None] == known
    journal.put("d4", {"outcome": "none"})
    again = Journal(file)
    assert [key for key in (*ANSWERS, "d4") if again.get(key) is not None] == [*known, "d4"]
    assert all(again.get(key) == ANSWERS[key] for key in known)


@pytest.mark.parametrize("line", [
    b"", b"{}", b"[]", b"null", b'"text"', b'{"key": "x"}', b'{"key": "x", "answer": 3}',
    b'{"key": "x", "answer": null}', b"\xff\xfe", b"\x00\x00",
])
def test_a_line_that_is_no_answer_is_left_out(tmp_path: Path, line: bytes) -> None:
    file = written(tmp_path)
    file.write_bytes(line + b"\n" + file.read_bytes() + line)
    assert {key: Journal(file).get(key) for key in ANSWERS} == ANSWERS
    assert len(Journal(file)) == 3


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
    with pytest.raises(OSError, match="No such file"):
        journal.put("a1", ANSWERS["a1"])
