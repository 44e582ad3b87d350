"""The command line from outside: what is printed where, exit codes, one document on stdout."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from optimizer.case.case import Case
from optimizer.case.read import read_case
from optimizer.case.schema import Demand, Limit, Plant, Series
from optimizer.case.write import write_csv, write_xlsx
from tests.case.small import changed_rows, small
from tests.report.schema import faults

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "optimizer"]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", **more}


def optimizer(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, encoding="utf-8", cwd=folder,
                          env=environment(**env), check=False, timeout=300)


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one document on stdout, which keeps to the schema and says the exit code."""
    assert done.stdout.count("\n") == 1
    found: dict[str, Any] = json.loads(done.stdout)
    assert faults(found) == []
    assert found["exit"] == done.returncode
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sound case, one with a fault, one without a plan."""
    folder = tmp_path_factory.mktemp("cases")
    write_xlsx(small(), folder / "sound.xlsx")
    write_csv(small(), folder / "sound")
    # an exact case: 300 t are needed, and with the lane of concern limited only 200 t of home's works are left
    write_csv(_limited(small()), folder / "limited")
    write_csv(small(), folder / "faulty")
    demand = folder / "faulty" / "Demand.csv"
    demand.write_text(demand.read_text(encoding="utf-8").replace("Home", "Hoem"), encoding="utf-8")
    return folder


def _limited(case: Case) -> Case:
    case = changed_rows(case, Plant, "works", module=None, capex=None)
    cap = Limit.model_validate({
        "name": "no old lane", "measure": "tonnes", "filter": {"terms": (("lane", ("home lane",)),)},
        "sense": "at most", "value": Series.of(10.0), "over": "horizon",
    })
    return Case(case.settings, {**case.sheets, "Limits": (cap,)}, case.origin)


def test_check_of_a_sound_case(home: Path) -> None:
    for name in ("sound.xlsx", "sound"):
        done = optimizer(home, "check", name)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.strip().splitlines()[-1].startswith("No faults")


def test_check_of_a_faulty_case_tells_the_cell(home: Path) -> None:
    done = optimizer(home, "check", "faulty")
    assert done.returncode == 5
    assert "Demand!" in done.stdout
    assert "Hoem" in done.stdout
    found = document(optimizer(home, "check", "faulty", "--json"))
    assert found["status"] == "faulty"
    assert any(finding["found"] == "Hoem" for finding in found["findings"])


def test_check_with_a_change(home: Path) -> None:
    assert optimizer(home, "check", "sound", "--set", "Demand[cars].tonnes=250 t").returncode == 0
    done = optimizer(home, "check", "sound", "--set", "Demand[cras].tonnes=250 t")
    assert done.returncode == 5
    assert "cras" in done.stderr


def test_solve_writes_a_run_and_shows_it(home: Path, tmp_path: Path) -> None:
    done = optimizer(home, "solve", "sound.xlsx", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "Dependence on Concern" in done.stdout
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines()[:-1])) <= 80
    run = Path(done.stdout.splitlines()[-1].removeprefix("Run folder: "))
    assert run.parent == tmp_path / "sound"
    assert (run / "manifest.json").is_file()


def test_solve_as_a_document(home: Path, tmp_path: Path) -> None:
    found = document(optimizer(home, "solve", "sound", "--out", str(tmp_path), "--json"))
    assert (found["status"], found["exit"]) == ("proved", 0)
    run = Path(found["data"]["run"])
    stored = json.loads((run / "plan.json").read_text(encoding="utf-8"))
    assert {**found["data"], "run": ""} == {**stored, "run": ""}
    assert run.name.endswith(stored["run"])
    assert found["data"]["checked"] is True


def test_quiet_tells_the_run_folder_alone(home: Path, tmp_path: Path) -> None:
    done = optimizer(home, "solve", "sound", "--out", str(tmp_path), "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).is_dir()
    assert done.stdout.count("\n") == 1


def test_equal_input_gives_equal_tables(home: Path, tmp_path: Path) -> None:
    runs = [
        Path(optimizer(home, "solve", "sound", "--out", str(tmp_path / place), "--quiet").stdout.strip())
        for place in ("a", "b")
    ]
    tables = [{file.name: file.read_bytes() for file in (run / "plan").iterdir()} for run in runs]
    assert tables[0] == tables[1]
    assert (runs[0] / "plan.json").read_bytes() == (runs[1] / "plan.json").read_bytes()


def test_a_change_moves_the_plan_and_the_id(home: Path, tmp_path: Path) -> None:
    def solved(*changes: str) -> dict[str, Any]:
        return document(optimizer(home, "solve", "sound", "--out", str(tmp_path), "--json", *changes))["data"]

    before, after = solved(), solved("--set", "Demand[cars].tonnes=100 t")
    assert before["goals"]["dependence"] > 0
    assert after["goals"]["dependence"] == 0
    assert before["run"].rpartition("-")[2] != after["run"].rpartition("-")[2]
    manifest = json.loads((Path(after["run"]) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["changes"] == ["--set Demand[cars].tonnes=100 t"]
    assert manifest["sheets"]["Demand"] != manifest["sheets_as_read"]["Demand"]
    assert manifest["sheets"]["Supply"] == manifest["sheets_as_read"]["Supply"]


@pytest.mark.parametrize("budget", ["1e6", "USD 1 m", "1,000,000", "1 m USD", "0.001 bn"])
def test_a_budget_as_people_write_it(home: Path, tmp_path: Path, budget: str) -> None:
    done = optimizer(home, "solve", "sound", "--out", str(tmp_path), "--json", "--budget", budget)
    assert document(done)["data"]["budget"] == 1e6


def test_a_cap_in_percent(home: Path, tmp_path: Path) -> None:
    done = optimizer(home, "solve", "sound", "--out", str(tmp_path), "--json", "--goal", "cost", "--cap", "40 %")
    found = document(done)["data"]
    assert found["dependence"]["exposed"]["2028"] <= 0.4 + 1e-6


def test_a_second_solver_is_asked(home: Path, tmp_path: Path) -> None:
    done = optimizer(home, "solve", "sound", "--out", str(tmp_path), "--json", "--confirm")
    told = document(done)["data"]
    assert (told["confirmed"]["goal"], told["confirmed"]["verdict"]) == (next(iter(told["goals"])), "agrees")


@pytest.mark.parametrize(("arguments", "code", "words"), [
    (("solve", "sound", "--bogus", "1"), 2, "--bogus"),
    (("solve",), 2, "argument"),
    (("slove", "sound"), 2, "solve"),
    (("solve", "sound", "--gap", "abc"), 2, "abc"),
    (("solve", "sound", "--gap=-1"), 2, "--gap -1.0 cannot be used"),
    (("solve", "sound", "--threads", "0"), 2, "--threads 0 cannot be used"),
    (("solve", "sound", "--budget", "3 apples"), 2, "'apples' is not a unit of money"),
    (("solve", "sound", "--budget", "USD 1,5 bn"), 2, "--budget USD 1,5 bn"),
    (("solve", "sound", "--cap", "140 %"), 2, "not a share between 0 and 100 %"),
    (("solve", "sound", "--cap", "30"), 2, "Write --cap '30 %'."),
    (("solve", "sound", "--budget", "1e999"), 2, "that is more than any number here can be"),
    (("solve", "sound", "--budget=-3"), 2, "--budget -3 is less than nothing"),
    (("solve", "sound", "--goal", "dependense"), 2, "Did you mean 'dependence'?"),
    (("solve", "nosuch.xlsx"), 5, "There is no file or folder 'nosuch.xlsx'."),
    (("solve", "faulty"), 5, "Demand!"),
    (("solve", "sound", "--scenario", "doom"), 5, "there is no scenario 'doom'"),
    (("solve", "sound", "--set", "nonsense"), 5, "What was asked to be changed in the case cannot be changed."),
    (("solve", "sound", "--set", "nonsense"), 5, "ADDRESS=VALUE"),
])
def test_what_cannot_be_done_is_told(home: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = optimizer(home, *arguments)
    assert done.returncode == code
    assert done.stdout == ""
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    found = document(optimizer(home, *arguments, "--json"))
    assert found["exit"] == code
    assert not (home / "reports").exists()


def test_no_plan_within_a_budget(home: Path, tmp_path: Path) -> None:
    done = optimizer(home, "solve", "sound", "--budget", "1", "--out", str(tmp_path))
    assert done.returncode == 4
    told = "No plan meets every demand and limit of the case with a cost of at most USD 1. With --goal cost the least"
    assert told in " ".join(done.stderr.split())
    assert "--budget (a cost of at most USD 1) cannot be met" in " ".join(done.stdout.split())


def test_no_plan_is_confirmed_and_explained(home: Path, tmp_path: Path) -> None:
    arguments = ("solve", "sound", "--budget", "1", "--confirm", "--out", str(tmp_path))
    agreed, explained = r"A second solver, SCIP[^,]*, agrees\.", "--budget (a cost of at most USD 1) cannot be met"
    done = optimizer(home, *arguments)
    assert done.returncode == 4
    assert re.search(agreed, " ".join(done.stderr.split()))
    assert explained in " ".join(done.stdout.split())
    found = document(optimizer(home, *arguments, "--json"))
    assert re.search(agreed, found["data"]["message"])
    assert explained in found["data"]["message"]


def test_no_plan(home: Path, tmp_path: Path) -> None:
    done = optimizer(home, "solve", "limited", "--out", str(tmp_path))
    assert done.returncode == 4
    assert "No plan meets every demand and limit of the case." in done.stderr
    assert document(optimizer(home, "solve", "limited", "--out", str(tmp_path), "--json"))["status"] == "infeasible"


def test_a_folder_that_cannot_be_written(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("taken", encoding="utf-8")
    done = optimizer(home, "solve", "sound", "--out", str(tmp_path / "file"))
    assert done.returncode == 6
    assert done.stderr.count("\n") == 1
    assert document(optimizer(home, "solve", "sound", "--out", str(tmp_path / "file"), "--json"))["exit"] == 6


def test_shipped_cases_have_names(tmp_path: Path) -> None:
    assert optimizer(tmp_path, "check", "first_steps").returncode == 0
    done = optimizer(tmp_path, "check", "first_step")
    assert done.returncode == 5
    assert "first_steps, india" in done.stderr


def test_colour_only_where_it_is_wanted(home: Path, tmp_path: Path) -> None:
    plain = optimizer(home, "check", "faulty", NO_COLOR="1", FORCE_COLOR="1")
    assert "\x1b[3" not in plain.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for a child")
def test_ctrl_c_before_there_is_a_plan(home: Path) -> None:
    code = (
        "import optimizer.commands.solve as c, time\n"
        "def wait(*a):\n    print('waiting', flush=True)\n    time.sleep(60)\n"
        "c.load = wait\n"
        "from optimizer.cli import main\nmain(['solve', 'sound'])\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=home,
                          env=environment()) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.decode() == "Given up.\n"


def test_public_names(home: Path) -> None:
    code = (
        "import optimizer\nfrom optimizer import *\nfrom optimizer import solve\n"
        "assert set(optimizer.__all__) <= set(dir(optimizer))\n"
        "case = read_case('sound.xlsx')\nassert check(case) is not None\n"
        "plan = solve(case.change('Demand[cars].tonnes', 100), SolveOptions(goal='dependence'), on_event=None)\n"
        "assert plan.table('deals') is not None\n"
        "import optimizer.solve.plan\nassert optimizer.solve.plan.Plan is Plan\n"
        "print(write_run(plan, 'runs'))\n"
        "try:\n    optimizer.nothing\nexcept AttributeError as fault:\n    print(fault)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=home, env=environment(),
                          check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == "module 'optimizer' has no attribute 'nothing'"
    assert (home / done.stdout.splitlines()[0] / "plan.json").is_file()


def test_demand_is_read_as_asked(home: Path) -> None:
    """A change is made to the case that is solved, not to the file."""
    before = (home / "sound" / "Demand.csv").read_bytes()
    optimizer(home, "check", "sound", "--set", "Demand[cars].tonnes=1 t")
    assert (home / "sound" / "Demand.csv").read_bytes() == before
    assert small().row(Demand, "cars").tonnes.at(2026) == 300.0


def test_new_makes_a_blank_workbook_that_is_not_overwritten(home: Path) -> None:
    done = optimizer(home, "new", "mine")
    assert (done.returncode, done.stdout.strip()) == (0, "mine.xlsx")
    before = (home / "mine.xlsx").read_bytes()
    again = optimizer(home, "new", "mine.xlsx")
    assert again.returncode == 6
    assert again.stderr == "'mine.xlsx' is there already and stays as it is. Name another file.\n"
    assert (home / "mine.xlsx").read_bytes() == before


def test_new_from_a_shipped_case_is_that_case(home: Path) -> None:
    assert optimizer(home, "new", "copy.xlsx", "--from", "first_steps").returncode == 0
    made, case = read_case(home / "copy.xlsx"), read_case(ROOT / "inputs" / "first_steps.xlsx")
    assert (made.settings, made.sheets) == (case.settings, case.sheets)


@pytest.mark.parametrize(("arguments", "told"), [
    (("new", "a.ods"), "A new workbook is an .xlsx file; 'a.ods' is none.\n"),
    (("new", "a", "--first", "2030", "--last", "2026"),
     "A case cannot run from 2030 to 2026: its last year comes before its first.\n"),
    (("new", "a", "--first", "2030", "--last", "2190"),
     "A case cannot run from 2030 to 2190: a hundred years at most, from 1900 to 2199.\n"),
])
def test_new_says_what_cannot_be_made(home: Path, arguments: tuple[str, ...], told: str) -> None:
    done = optimizer(home, *arguments)
    assert (done.returncode, done.stderr) == (2, told)
    assert not list(home.glob("a*"))


def test_check_marks_a_copy_and_leaves_the_file_as_it_is(home: Path) -> None:
    before = {file.name: file.read_bytes() for file in (home / "faulty").iterdir()}
    done = optimizer(home, "check", "faulty", "--mark")
    assert done.returncode == 5
    assert "A copy with all of this marked: faulty-checked.xlsx. It has values in place of formulas," in done.stdout
    assert openpyxl.load_workbook(home / "faulty-checked.xlsx").sheetnames[0] == "Check"
    assert {file.name: file.read_bytes() for file in (home / "faulty").iterdir()} == before
    told = document(optimizer(home, "check", "faulty", "--mark", "--json", "--out", "other.xlsx"))
    assert told["data"] == {"marked": "other.xlsx"}


def test_a_fault_of_the_program_is_told_as_one_and_is_still_a_document(home: Path) -> None:
    code = (
        "import optimizer.commands.check as c\n"
        "def broken(*a, **k):\n    raise ZeroDivisionError('inside')\n"
        "c.check_case_file = broken\n"
        "from optimizer.cli import main\nmain(['check', 'sound', '--json'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=home, env=environment(),
                          check=False)
    told = document(done)
    assert (told["exit"], told["status"]) == (1, "internal")
    assert told["data"]["message"].startswith("A fault of the program, not of your case (ZeroDivisionError).")
    assert "ZeroDivisionError: inside" in done.stderr


def test_runs_are_listed_and_replayed(home: Path) -> None:
    assert optimizer(home, "solve", "sound", "--out", "again", "--quiet").returncode == 0
    listed = document(optimizer(home, "runs", "--out", "again", "--json"))
    (entry,) = listed["data"]["runs"]
    assert (entry["case"], entry["state"], entry["status"]) == ("sound", "whole", "proved")
    told = optimizer(home, "runs", "--out", "again").stdout.splitlines()
    assert told[0].startswith("sound  20")
    assert told[-1] == "1 run in 'again'."
    done = optimizer(home, "replay", entry["id"][:6], "--out", "again", "--quiet")
    assert (done.returncode, done.stdout.startswith("Equal, byte for byte: ")) == (0, True)
    plan = Path(home / entry["path"]) / "plan.json"
    plan.write_text(plan.read_text(encoding="utf-8").replace('"checked": true', '"checked": false'), encoding="utf-8")
    found = optimizer(home, "replay", entry["path"], "--json")
    assert document(found)["data"]["outcome"] == "differs"
    assert found.returncode == 1


def test_a_run_that_is_not_there_is_told(home: Path) -> None:
    done = optimizer(home, "replay", "nothing", "--out", "nowhere")
    assert done.returncode == 5
    assert done.stderr.startswith("There is no run 'nothing' in 'nowhere'.")
    assert optimizer(home, "runs", "--out", "nowhere").stdout == "No runs in 'nowhere'.\n"
