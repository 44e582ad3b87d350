"""Files that the commands read and write: found by name, never written over, whole or not there."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from optimizer import cli
from optimizer.case.write import write_csv
from optimizer.cli import CommandError
from optimizer.commands import common
from optimizer.commands.check import check_case_file
from optimizer.commands.common import find_case, fingerprint, write_anew
from tests.case.small import small

LONG = "a" * 300


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"mine")
    with pytest.raises(CommandError, match="is there already and stays as it is"):
        write_anew(tmp_path / "x.xlsx", b"new")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"mine"]


def test_a_file_of_a_name_like_ours_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / ".x.xlsx.part").symlink_to(tmp_path / "victim")
    write_anew(tmp_path / "x.xlsx", b"new")
    assert (tmp_path / "victim").read_bytes() == b"mine"
    assert (tmp_path / "x.xlsx").read_bytes() == b"new"
    assert not (tmp_path / "x.xlsx").is_symlink()


def test_a_disk_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", none)
    write_anew(tmp_path / "x.xlsx", b"new")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"x.xlsx": b"new"}
    with pytest.raises(CommandError, match="is there already"):
        write_anew(tmp_path / "x.xlsx", b"newer")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"x.xlsx": b"new"}


@pytest.mark.parametrize("name", [f"{LONG}.xlsx", "no folder/x.xlsx", "file/x.xlsx"])
def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CommandError) as caught:
        write_anew(tmp_path / name, b"new")
    assert caught.value.code == cli.NOT_WRITABLE
    assert "cannot be written" in caught.value.message
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["", LONG, "nothing"])
def test_a_case_that_is_not_there_is_told(name: str) -> None:
    with pytest.raises(CommandError, match="There is no file or folder"):
        find_case(name)


def test_a_folder_of_runs_does_not_hide_the_shipped_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "first_steps").mkdir()
    assert find_case("first_steps").name == "first_steps.xlsx"
    write_csv(small(), tmp_path / "first_steps")
    assert find_case("first_steps") == Path("first_steps")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_hash_reads_no_file_without_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert fingerprint(tmp_path / "pipe.csv") == fingerprint(tmp_path)
    monkeypatch.setattr(common, "MOST_FILE", 10)
    (tmp_path / "large.xlsx").write_bytes(b"x" * 11)
    assert fingerprint(tmp_path / "large.xlsx") == fingerprint(tmp_path / "none.xlsx")


def test_corrections_in_a_marked_copy_outlive_the_next_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_csv(small(), tmp_path / "case")
    demand = tmp_path / "case" / "Demand.csv"
    demand.write_text(demand.read_text(encoding="utf-8").replace("Home", "Hoem"), encoding="utf-8")
    assert check_case_file("case", (), None, mark=True, out=None, as_json=False) == cli.BAD_INPUT
    assert "It has values in place of formulas" in capsys.readouterr().out
    (tmp_path / "case-checked.xlsx").write_bytes(b"corrected")
    monkeypatch.chdir(tmp_path / "case")
    assert check_case_file(".", (), None, mark=True, out=tmp_path / "there.xlsx", as_json=False) == cli.BAD_INPUT
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    check_case_file("case", (), None, mark=True, out=None, as_json=True)
    assert json.loads(capsys.readouterr().out)["data"] == {"marked": "case-checked-2.xlsx"}
    assert (tmp_path / "case-checked.xlsx").read_bytes() == b"corrected"
    with pytest.raises(CommandError, match=r"is an \.xlsx file"):
        check_case_file("case", (), None, mark=True, out=Path("x.ods"), as_json=True)


def test_without_a_copy_that_is_said(tmp_path: Path) -> None:
    write_csv(small(), tmp_path / "case")
    with pytest.raises(CommandError) as caught:
        check_case_file(str(tmp_path / "case"), ("nonsense",), None, mark=True, out=None, as_json=False)
    assert caught.value.message.endswith("cannot be changed. No marked copy was made.")
    assert caught.value.findings


def test_the_copy_of_the_folder_one_stands_in_bears_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_csv(small(), tmp_path / "case")
    (tmp_path / "case" / "Odd.csv").write_text("a\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "case")
    check_case_file(".", (), None, mark=True, out=None, as_json=True)
    assert (tmp_path / "case" / "case-checked.xlsx").exists()
