"""``optimizer conflict`` and what ``solve`` tells where there is no plan, from outside."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from optimizer.case.read import read_case
from optimizer.case.schema import Supply
from optimizer.case.write import write_xlsx
from optimizer.solve.solve import solve
from tests.cases.little import S, little, source
from tests.report.schema import faults
from tests.test_cli import document, optimizer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A case in which 3 t can be bought of 5 t that are needed, and one with a plan."""
    scarce = Supply(name="exposed", place="Concern", material="product", price=S(10), limit=S(3))
    case = little()
    write_xlsx(replace(case, sheets={**case.sheets, "Supply": (scarce,)}), tmp_path / "scarce.xlsx")
    write_xlsx(little(*source(limit=S(3))), tmp_path / "enough.xlsx")
    return tmp_path


CELLS = {"Demand!E2", "Supply!E2"}


@pytest.mark.parametrize("command", ["solve", "conflict"])
def test_both_commands_tell_the_same_cells(folder: Path, command: str) -> None:
    done = optimizer(folder, command, "scarce.xlsx", "--json")
    found = document(done)
    assert done.returncode == 4
    assert (found["command"], found["status"], found["exit"]) == (command, "infeasible", 4)
    assert faults(found) == []
    assert {part["cell"] for part in found["data"]["conflict"]} == CELLS
    ways = [[(c["cell"], c["old"], c["new"]) for c in way["changes"]] for way in found["data"]["repairs"]]
    assert ways == [[("Demand!E2", 5, 3)], [("Supply!E2", 3, 5)]]
    assert "cannot be met with" in found["data"]["message"]


def test_solve_tells_why_in_words_and_leaves_a_folder(folder: Path) -> None:
    done = optimizer(folder, "solve", "scarce.xlsx", COLUMNS="80")
    assert done.returncode == 4
    assert "No plan meets every demand and limit of the case." in " ".join(done.stderr.split())
    assert "Change one of these, and there is a plan" in done.stdout
    assert "Demand!E2 (need, demand): 5 -> 3 t" in done.stdout
    assert max(map(len, done.stdout.splitlines()[:-1])) <= 80
    (run,) = (folder / "reports" / "scarce").iterdir()
    assert {"brief.md", "brief.pdf", "conflict.json", "manifest.json"} <= {file.name for file in run.iterdir()}
    assert {file.name for file in (run / "conflict").iterdir()} == {"conflict.csv", "repairs.csv"}
    assert "Demand!E2" in (run / "brief.md").read_text(encoding="utf-8")
    assert json.loads((run / "manifest.json").read_text(encoding="utf-8"))["status"] == "infeasible"


def test_a_way_out_becomes_a_workbook_with_its_cells_marked(folder: Path) -> None:
    done = optimizer(folder, "conflict", "scarce.xlsx", "--apply", "2", "--json")
    found = document(done)
    assert done.returncode == 4
    file = folder / found["data"]["applied"]
    made = read_case(file)
    assert made.supplies[0].limit == S(5)
    assert solve(made).goals["cost"] == pytest.approx(50.0)
    sheet = load_workbook(file)["Supply"]
    cell = sheet[made.cell("Supply[exposed].limit").partition("!")[2]]
    assert cell.value == 5
    assert "It was 3 t before" in cell.comment.text
    again = document(optimizer(folder, "conflict", "scarce.xlsx", "--apply", "2", "--json"))
    assert again["data"]["applied"] != found["data"]["applied"], "a file that is there stays as it is"


@pytest.mark.parametrize(("case", "apply", "words"), [
    ("scarce.xlsx", "7", "There is no way 7 to apply: there are 2."),
    ("scarce.xlsx", "0", "--apply 0 names no way out: the first is 1."),
    ("enough.xlsx", "1", "There is a plan: no way out is needed"),
])
def test_a_way_that_is_not_there(folder: Path, case: str, apply: str, words: str) -> None:
    done = optimizer(folder, "conflict", case, "--apply", apply)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())
    assert not list(folder.glob("*-way-*"))


def test_of_a_case_with_a_plan_it_tells_what_has_no_slack(folder: Path) -> None:
    done = optimizer(folder, "conflict", "enough.xlsx", "--json")
    found = document(done)
    assert done.returncode == 0
    assert faults(found) == []
    near = {one["address"]: (one["number"], one["last"]) for one in found["data"]["near"]}
    assert near["Supply[clear].limit"] == (3, 0)
    assert found["data"]["conflict"] == []


def test_the_command_line_stands_in_place_of_a_cell(folder: Path) -> None:
    found = document(optimizer(folder, "conflict", "enough.xlsx", "--cap", "20 %", "--json"))
    assert found["data"]["conflict"][0]["cell"] == "--cap"
    alone = [way["changes"] for way in found["data"]["repairs"] if way["changes"][0]["cell"] == "--cap"]
    assert [(change["old"], change["new"]) for change in alone[0]] == [(20, 40)]


def test_other_faults_stay_faults(folder: Path) -> None:
    done = optimizer(folder, "conflict", "scarce.xlsx", "--set", "Supply[exposed].price=")
    assert done.returncode == 5


def test_another_question_points_to_it(folder: Path) -> None:
    done = optimizer(folder, "frontier", "enough.xlsx", "--budget", "1")
    assert done.returncode == 4
    assert "'optimizer conflict' tells why." in done.stderr
