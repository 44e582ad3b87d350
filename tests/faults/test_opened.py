"""A workbook that another program has open: what was last saved is read, and the user is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.case.write import write_xlsx
from optimizer.commands.common import load
from optimizer.runs.opened import opened_by
from tests.case.small import small

LOCKS = (".~lock.case.xlsx#", "~$case.xlsx")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_workbook_that_is_open_elsewhere_is_read(tmp_path: Path, lock: str) -> None:
    write_xlsx(small(), tmp_path / "case.xlsx")
    (tmp_path / lock).write_text(",planner,desk,23.11.2026 10:00,file:///home;")
    case, findings = load(str(tmp_path / "case.xlsx"), (), None)
    assert case is not None
    assert not [finding for finding in findings if finding.level == "error"]


@pytest.mark.parametrize("lock", LOCKS)
def test_it_is_told_with_the_lock(tmp_path: Path, lock: str) -> None:
    book = tmp_path / "case.xlsx"
    assert opened_by(book) is None
    (tmp_path / lock).write_bytes(b"")
    assert opened_by(book) == tmp_path / lock


def test_a_lock_of_another_workbook_and_a_folder_say_nothing(tmp_path: Path) -> None:
    (tmp_path / ".~lock.other.xlsx#").write_bytes(b"")
    assert opened_by(tmp_path / "case.xlsx") is None
    assert opened_by(tmp_path) is None
    assert opened_by(Path()) is None
    assert opened_by(tmp_path / ("x" * 300)) is None
