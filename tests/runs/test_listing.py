from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from optimizer.runs import RunEntry, RunFault, RunFolder, find_run, read_manifest, runs

MANIFEST = {
    "schema": 1, "run": "0123456789ab", "case": "home works", "title": "Magnets for Home", "status": "proved",
    "goals": {"dependence": 0.25, "cost": 4.5e7}, "gap": 5e-5, "currency": "INR",
}


def run_of(root: Path, stamp: str, run_id: str, case: str = "home works", **manifest: Any) -> Path:
    """A run folder as it would be written at a time; a value of None leaves a key of the manifest out."""
    folder = RunFolder(root, case, run_id)
    kept = {**MANIFEST, "run": run_id, "case": case, **manifest}
    folder.write_json("manifest.json", {key: value for key, value in kept.items() if value is not ...})
    folder.write("plan.json", "{}\n")
    return folder.finish().rename(folder.whole.with_name(f"{stamp}-{run_id}"))


def only(root: Path) -> RunEntry:
    (entry,) = runs(root)
    return entry


def test_what_is_told_of_a_run(tmp_path: Path) -> None:
    run = run_of(tmp_path, "20260203T040506Z", "0123456789ab")
    entry = only(tmp_path)
    assert (entry.path, entry.case, entry.id, entry.state) == (run, "home works", "0123456789ab", "whole")
    assert entry.stamp == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert (entry.status, entry.goals, entry.gap) == ("proved", {"dependence": 0.25, "cost": 4.5e7}, 5e-5)
    assert (entry.proof, entry.changes) == ("", ())
    assert (entry.title, entry.currency, entry.told) == ("Magnets for Home", "INR", "")
    assert entry.size == sum(file.stat().st_size for file in run.iterdir())


def test_changes_and_proof_are_told_where_they_are_known(tmp_path: Path) -> None:
    run_of(tmp_path, "20260203T040506Z", "0123456789ab", proof="Best plan found.", changes=["--scenario dear"])
    assert (only(tmp_path).proof, only(tmp_path).changes) == ("Best plan found.", ("--scenario dear",))


def test_a_link_to_a_folder_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_bytes(b"x" * 100)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "link").symlink_to(tmp_path / "there", target_is_directory=True)
    assert [(entry.state, entry.size) for entry in runs(tmp_path / "runs")] == [("foreign", 0)]


def test_the_newest_comes_first_whatever_its_case(tmp_path: Path) -> None:
    for stamp, case in (("20260101T000000Z", "b"), ("20270101T000000Z", "a"), ("20251231T235959Z", "c")):
        run_of(tmp_path, stamp, "0123456789ab", case)
    assert [entry.case for entry in runs(tmp_path)] == ["a", "b", "c"]


def test_of_one_second_the_highest_number_is_the_newest(tmp_path: Path) -> None:
    for _ in range(11):
        run = run_of(tmp_path, "20260101T000000Z", "0123456789ab")
        run.rename(run.with_name(f"{run.name}-{len(runs(tmp_path))}"))
    assert [int(entry.path.name.rpartition("-")[2]) for entry in runs(tmp_path)] == list(range(11, 0, -1))


def test_no_root_has_no_runs(tmp_path: Path) -> None:
    assert runs(tmp_path / "none") == runs(tmp_path) == ()


def test_a_root_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunFault, match=r"'.*file' is a file; name the folder in which the runs lie"):
        runs(tmp_path / "file")


def test_a_part_is_told(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "home", "0123456789ab")
    folder.write("plan/deals.csv", "deal\n")
    entry = only(tmp_path)
    assert (entry.state, entry.case, entry.id, entry.size) == ("part", "home", "0123456789ab", 5)
    assert entry.told == "Not whole: the program was ended while it wrote this folder, or still writes it."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no JSON document"),
        (b"{", "is no JSON document"),
        (b"\xff\xfe", "is no JSON document"),
        (b"[" * 100_000, "is no JSON document"),
        (b"[]", "does not say its schema"),
        (b"{}", "does not say its schema"),
        (b'{"schema": 2}', "has schema 2; this program reads schema 1. Use the version of the program that wrote it."),
        (b'{"schema": 1}', "'case' is missing or no text"),
        (json.dumps({**MANIFEST, "title": 3}).encode(), "'title' is missing or no text"),
        (json.dumps({**MANIFEST, "goals": []}).encode(), "'goals' is missing"),
    ],
)
def test_a_damaged_manifest_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    whole = run_of(tmp_path, "20260203T040506Z", "0123456789ab")
    run_of(tmp_path, "20260203T040507Z", "0123456789ac")
    (whole / "manifest.json").write_bytes(content)
    sound, damaged = runs(tmp_path)
    assert (sound.state, damaged.state, damaged.id) == ("whole", "damaged", "0123456789ab")
    assert told in damaged.told


def test_numbers_that_are_none_stay_none(tmp_path: Path) -> None:
    run_of(tmp_path, "20260203T040506Z", "0123456789ab", goals={"cost": None, "dependence": True}, gap="x")
    entry = only(tmp_path)
    assert (entry.state, entry.goals, entry.gap) == ("whole", {"cost": None, "dependence": None}, None)


def test_foreign_folders_are_told_and_files_left_alone(tmp_path: Path) -> None:
    run_of(tmp_path, "20260203T040506Z", "0123456789ab")
    (tmp_path / "README.md").write_text("x")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "letters" / "old").mkdir(parents=True)
    (tmp_path / "home_works" / "my notes").mkdir()
    (tmp_path / "home_works" / "note.txt").write_text("x")
    whole, *foreign = runs(tmp_path)
    assert whole.state == "whole"
    assert {(entry.path.name, entry.state, entry.told) for entry in foreign} == {
        ("letters", "foreign", "There is no run in this folder."), ("my notes", "foreign", "This folder is no run."),
    }


def test_a_run_that_was_renamed_or_moved_up_is_still_one(tmp_path: Path) -> None:
    run_of(tmp_path, "20260203T040506Z", "0123456789ab").rename(tmp_path / "the good one")
    entry = next(entry for entry in runs(tmp_path) if entry.state == "whole")
    assert (entry.path.name, entry.stamp, entry.id) == ("the good one", None, "0123456789ab")
    assert find_run(tmp_path, "the good one") == find_run(tmp_path, "0123") == entry.path


def test_a_time_that_is_none_and_a_link_in_a_circle_do_no_harm(tmp_path: Path) -> None:
    run = run_of(tmp_path, "20269903T040506Z", "0123456789ab")
    (run / "round").symlink_to(tmp_path, target_is_directory=True)
    assert (only(tmp_path).stamp, only(tmp_path).state) == (None, "whole")


@pytest.mark.skipif(sys.platform == "win32" or getattr(os, "geteuid", int)() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    run_of(tmp_path, "20260203T040506Z", "0123456789ab")
    (tmp_path / "closed").mkdir(mode=0)
    assert any("cannot be read" in entry.told for entry in runs(tmp_path))


@pytest.mark.parametrize("text", ["20260203T040506Z-0123456789ab", "home_works/20260203T040506Z-0123456789ab", "0123",
                                  " 0123456789AB "])
def test_a_run_is_found_by_name_and_by_the_start_of_its_id(tmp_path: Path, text: str) -> None:
    run = run_of(tmp_path, "20260203T040506Z", "0123456789ab")
    run_of(tmp_path, "20260203T040506Z", "f123456789ab")
    assert find_run(tmp_path, text) == run


def test_a_run_is_found_by_its_path_wherever_it_lies(tmp_path: Path) -> None:
    run = run_of(tmp_path / "elsewhere", "20260203T040506Z", "0123456789ab")
    assert find_run(tmp_path / "none", str(run)) == run
    assert find_run(tmp_path / "none", str(run / "plan.json")) == run


def test_of_one_id_the_newest_whole_run_is_meant(tmp_path: Path) -> None:
    run_of(tmp_path, "20260203T040506Z", "0123456789ab")
    newest = run_of(tmp_path, "20260204T040506Z", "0123456789ab")
    RunFolder(tmp_path, "home works", "0123456789ab")
    assert find_run(tmp_path, "0123") == newest


def test_what_can_mean_several_runs_is_told(tmp_path: Path) -> None:
    run_of(tmp_path, "20260203T040506Z", "0123456789ab")
    run_of(tmp_path, "20260203T040506Z", "01ff456789ab")
    run_of(tmp_path, "20260203T040506Z", "0123456789ab", "other")
    with pytest.raises(RunFault, match=r"'01' can mean several runs: .*home_works/.*01ff456789ab"):
        find_run(tmp_path, "01")
    with pytest.raises(RunFault, match="can mean several runs"):
        find_run(tmp_path, "20260203T040506Z-0123456789ab")


@pytest.mark.parametrize("text", ["", " ", "9", "no such run", "a/b", "x" * 300])
def test_no_run_is_told_with_those_there_are(tmp_path: Path, text: str) -> None:
    with pytest.raises(RunFault, match=r"There is no run .* There is no run there yet; 'optimizer solve' makes one\."):
        find_run(tmp_path, text)
    for second in range(7):
        run_of(tmp_path, f"2026020{second + 1}T040506Z", "0123456789ab")
    with pytest.raises(RunFault, match=r"The newest are: home_works/20260207.*20260203T040506Z-.* and 2 more"):
        find_run(tmp_path, text)


def test_a_path_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunFault, match=r"is no run folder: there is no manifest.json in it"):
        find_run(tmp_path, str(tmp_path))


def test_a_manifest_of_what_is_no_whole_run(tmp_path: Path) -> None:
    part = RunFolder(tmp_path, "home", "0123456789ab").part
    assert find_run(tmp_path, str(part)) == find_run(tmp_path, "0123") == part
    with pytest.raises(RunFault, match=r"is not whole: the program was ended while it wrote this folder"):
        read_manifest(part)
    with pytest.raises(RunFault, match="There is no run folder"):
        read_manifest(tmp_path / "none")
    with pytest.raises(RunFault, match=r"is no run folder: there is no manifest\.json in it"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(RunFault, match=r"manifest\.json of .* cannot be read"):
        read_manifest(tmp_path)
