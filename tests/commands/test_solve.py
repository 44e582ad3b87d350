"""What ``optimizer solve`` does when the world around it changes while it runs: nothing earlier is lost."""

from __future__ import annotations

import json
import math
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from optimizer import cli
from optimizer.case.write import write_csv, write_xlsx
from optimizer.commands import solve as command
from optimizer.solve import confirm
from optimizer.solve.plan import Plan
from tests.case.small import small
from tests.report.plans import small_plan

REQUEST = command.Request("", (), None, None, None, None, 1e-4, 60.0, 1, 0)


def request(case: Path) -> command.Request:
    return command.Request(str(case), *[getattr(REQUEST, name) for name in list(REQUEST.__dataclass_fields__)[1:]])


def solved_while(monkeypatch: pytest.MonkeyPatch, happens: Any) -> None:
    def search(*_: Any, **__: Any) -> Plan:
        happens()
        return small_plan()

    monkeypatch.setattr(command, "_planned", search)


@pytest.mark.parametrize("name", ["case.xlsx", "case"])
def test_a_case_that_changed_meanwhile_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / name
    (write_xlsx if source.suffix else write_csv)(small(), source)
    changed = source if source.suffix else source / "Demand.csv"
    solved_while(monkeypatch, lambda: changed.write_bytes(changed.read_bytes() + b" "))
    assert command.solve_case(request(source), tmp_path / "out", json=True, quiet=False) == cli.PROVED
    told = capfd.readouterr()
    message = f"'{name}' was changed while this ran; the plan answers it as it was read."
    assert message in told.err
    assert [f["message"] for f in json.loads(told.out)["findings"]][-1] == message


def test_a_case_that_did_not_change_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_xlsx(small(), tmp_path / "case.xlsx")
    solved_while(monkeypatch, lambda: None)
    command.solve_case(request(tmp_path / "case.xlsx"), tmp_path / "out", json=False, quiet=True)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("as_json", [True, False])
def test_a_plan_that_cannot_be_written_is_shown_all_the_same(
    as_json: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_xlsx(small(), tmp_path / "case.xlsx")
    # the folder was free when the search began, and taken when it ended
    solved_while(monkeypatch, lambda: (tmp_path / "out").write_text("a file"))
    code = command.solve_case(request(tmp_path / "case.xlsx"), tmp_path / "out", json=as_json, quiet=False)
    told = capfd.readouterr()
    assert code == cli.NOT_WRITABLE
    if as_json:
        document = json.loads(told.out)
        assert (document["exit"], document["status"], document["data"]["run"]) == (6, "proved", None)
        assert document["data"]["goals"]["cost"] == pytest.approx(40_811_110, rel=1e-6)
        assert document["findings"][-1]["message"].startswith("The run folder could not be written")
    else:
        assert "Dependence on Farland falls to 33.3 %" in told.out
        assert told.err.startswith("The run folder could not be written in")


def test_a_fault_of_the_program_while_writing_costs_no_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> bytes:
        raise ValueError("a text that no font holds")

    write_xlsx(small(), tmp_path / "case.xlsx")
    solved_while(monkeypatch, lambda: None)
    monkeypatch.setattr("optimizer.report.run.results_workbook", fails)
    assert command.solve_case(request(tmp_path / "case.xlsx"), tmp_path / "out", json=False, quiet=False) == 1
    told = capfd.readouterr()
    assert "USD 40.8 m" in told.out
    assert "ValueError: a text that no font holds" in told.err
    assert told.err.endswith("The run folder could not be written: a fault of the program (ValueError).\n")


def test_what_cannot_be_written_is_found_out_before_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_xlsx(small(), tmp_path / "case.xlsx")
    solved_while(monkeypatch, lambda: pytest.fail("the search began"))
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for out in (tmp_path / ("a" * 300), tmp_path / "file", tmp_path / "file" / "runs"):
        with pytest.raises(cli.CommandError, match="Nothing can be written in") as caught:
            command.solve_case(request(tmp_path / "case.xlsx"), out, json=False, quiet=False)
        assert caught.value.code == cli.NOT_WRITABLE
    assert sorted(file.name for file in tmp_path.iterdir()) == ["case.xlsx", "file"]


def test_ctrl_c_while_the_run_is_written_does_not_lose_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def pressed(*_: object) -> bytes:
        signal.raise_signal(signal.SIGINT)
        return b""

    write_xlsx(small(), tmp_path / "case.xlsx")
    solved_while(monkeypatch, lambda: None)
    monkeypatch.setattr("optimizer.report.run.results_workbook", pressed)
    assert command.solve_case(request(tmp_path / "case.xlsx"), tmp_path / "out", json=False, quiet=True) == cli.PROVED
    run = Path(capfd.readouterr().out.strip())
    assert (run / "manifest.json").exists()


def test_a_workbook_that_is_open_elsewhere_is_read_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_xlsx(small(), tmp_path / "case.xlsx")
    (tmp_path / ".~lock.case.xlsx#").write_text("somebody")
    solved_while(monkeypatch, lambda: None)
    assert command.solve_case(request(tmp_path / "case.xlsx"), tmp_path / "out", json=True, quiet=False) == cli.PROVED
    (finding,) = json.loads(capfd.readouterr().out)["findings"]
    assert finding["level"] == "warning"
    assert finding["message"] == "'case.xlsx' seems to be open in another program; what was last saved there is read."


def test_a_second_solver_that_contradicts_leaves_nothing_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_xlsx(small(), tmp_path / "case.xlsx")
    monkeypatch.setattr(confirm, "_found", lambda _: confirm._Found("infeasible", math.inf, math.inf))
    with pytest.raises(cli.CommandError) as failure:
        command.solve_case(
            replace(request(tmp_path / "case.xlsx"), confirm=True), tmp_path / "out", json=False, quiet=True
        )
    assert failure.value.code == cli.INTERNAL
    assert failure.value.message.startswith("A second solver (SCIP ")
    assert failure.value.message.endswith("SCIP holds that there is no plan.")
    assert not (tmp_path / "out").exists()
