from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from optimizer.runs import RunFolder, digest


def test_a_run_is_a_part_until_it_is_whole(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "india", "0123456789ab")
    folder.write("plan/deals.csv", "deal\n")
    assert folder.part.name.endswith(".part")
    assert not folder.whole.exists()
    whole = folder.finish()
    assert re.fullmatch(r"\d{8}T\d{6}Z-0123456789ab", whole.name)
    assert whole.parent == tmp_path / "india"
    assert (whole / "plan" / "deals.csv").read_bytes() == b"deal\n"
    assert [child.name for child in (tmp_path / "india").iterdir()] == [whole.name]


def test_a_run_that_fails_stays_a_part(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "india", "0")

    def breaks(into: Path) -> None:
        (into / "Case.csv").write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        folder.fill("input", breaks)
    assert folder.part.is_dir()
    assert not folder.whole.exists()


def test_two_runs_of_one_second_have_two_folders(tmp_path: Path) -> None:
    folders = [RunFolder(tmp_path, "india", "0") for _ in range(3)]
    assert len({folder.whole for folder in folders}) == 3
    for folder in folders:
        folder.finish()
    assert len(list((tmp_path / "india").iterdir())) == 3


@pytest.mark.parametrize("name", ["../../etc", "a/b\\c", "..", "", "x" * 300, "CON: *?"])
def test_the_name_of_a_case_stays_inside_the_root(tmp_path: Path, name: str) -> None:
    folder = RunFolder(tmp_path / "reports", name, "0")
    assert folder.part.resolve().parent.parent == (tmp_path / "reports").resolve()


def test_line_ends_and_letters_are_the_same_everywhere(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "x", "0")
    folder.write("a.txt", "नीति\nzwei\n")
    folder.write_json("b.json", {"z": 1, "a": "é"})
    assert (folder.part / "a.txt").read_bytes() == "नीति\nzwei\n".encode()
    assert list(json.loads((folder.part / "b.json").read_bytes())) == ["z", "a"]
    with pytest.raises(ValueError, match="JSON"):
        folder.write_json("c.json", {"x": float("inf")})


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_confidential_run_is_for_its_owner_alone(tmp_path: Path) -> None:
    whole = RunFolder(tmp_path, "x", "0", private=True).finish()
    assert whole.stat().st_mode & 0o077 == 0


def test_ids_name_content_not_order() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
    assert re.fullmatch(r"[0-9a-f]{12}", digest("x"))
