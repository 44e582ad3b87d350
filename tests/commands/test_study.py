"""``optimizer frontier`` from outside: run folder, document, a run as its case, interrupted and gone on with."""

from __future__ import annotations

import csv
import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from optimizer import cli
from optimizer.case.write import write_csv
from optimizer.commands import kinds
from optimizer.commands.kinds import Kind, along
from optimizer.commands.questions import Asked
from optimizer.commands.questions import frontier as command
from optimizer.report.replay import replay
from optimizer.runs import JOURNAL, Journal, RunFault, runs
from optimizer.solve.plan import SolveOptions
from optimizer.solve.solve import solve
from optimizer.study.pool import Pool
from tests.benchmarks.worlds import Size, world
from tests.cases.little import little
from tests.faults.test_processes import end, start
from tests.report.schema import faults
from tests.study.test_frontier import offers
from tests.test_cli import document, optimizer


@dataclass(frozen=True)
class Asking:
    """A folder in which the question of the case solved by hand was asked once.

    Attributes:
        folder: where the command ran.
        data: the document that it printed.
        run: the run folder.
    """

    folder: Path
    data: dict[str, Any]
    run: Path


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    folder = tmp_path_factory.mktemp("asking")
    write_csv(offers(), folder / "offers")
    found = document(optimizer(folder, "frontier", "offers", "--points", "4", "--gap", "0", "--json"))
    assert (found["command"], found["status"], found["exit"]) == ("frontier", "proved", 0)
    return Asking(folder, found["data"], folder / found["data"]["run"])


def here(capfd: pytest.CaptureFixture[str], asking: Asking, case: Path, **asked: Any) -> tuple[int, str, str]:
    """The command in this process: exit code, and what it printed on either stream."""
    code = command(str(case), asked=Asked(out=asking.folder / "reports", **asked.pop("options", {})), **asked)
    told = capfd.readouterr()
    return code, told.out, told.err


def test_the_document_says_what_is_known_by_hand(asking: Asking) -> None:
    points = [(round(p["cost"], 6), round(p["dependence"], 6), p["deals"]) for p in asking.data["points"]]
    assert points == [(50, 1, []), (57, 0.6, ["A"]), (65, 0.5, ["A", "B"]), (75, 0, ["A", "B"])]
    changes = [p["change"] for p in asking.data["points"]]
    assert changes[0] is None
    assert changes[1]["added"] == {"Deals[A]": 1}
    assert changes[1]["each"] == pytest.approx(7 / 0.4)
    assert (asking.data["criteria"], asking.data["knee"], asking.data["ended"]) == (["cost", "dependence"], 1, "points")
    assert [box["between"] for box in asking.data["hidden"]] == [[0, 1], [1, 2], [2, 3]]
    document = {"schema": 1, "command": "frontier", "status": "proved", "exit": 0, "data": asking.data, "findings": []}
    assert faults(document) == []
    assert faults({**document, "data": {**asking.data, "points": [{"cost": "dear"}]}}) != [], "the schema can refuse"


def test_the_run_folder_holds_it_all(asking: Asking) -> None:
    inside = {file.relative_to(asking.run).as_posix() for file in asking.run.rglob("*") if file.is_file()}
    assert {name for name in inside if not name.startswith("input/")} == {
        "manifest.json", "frontier.json", "frontier/points.csv", "frontier/choices.csv", "frontier/segments.csv",
        "brief.md", "brief.pdf", "pictures/frontier.svg", JOURNAL,
    }
    stored = json.loads((asking.run / "frontier.json").read_text(encoding="utf-8"))
    assert stored == {key: value for key, value in asking.data.items() if key != "run"}
    manifest = json.loads((asking.run / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["command"], manifest["status"], manifest["goals"]) == ("frontier", "proved", {})
    assert manifest["arguments"] == {"criteria": "cost,dependence", "points": 4, "step": None}
    assert asking.run.name.endswith(manifest["run"])


def test_the_tables_hold_the_numbers_of_the_document(asking: Asking) -> None:
    with (asking.run / "frontier" / "points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for i, point in enumerate(asking.data["points"], start=1):
        mine = {row["criterion"]: float(row["value"]) for row in rows if int(row["point"]) == i}
        assert mine == pytest.approx({name: point[name] for name in ("cost", "dependence", "gap")}, rel=1e-8, abs=1e-8)


def test_the_brief_says_the_same(asking: Asking) -> None:
    brief = (asking.run / "brief.md").read_text(encoding="utf-8")
    assert brief.startswith("# little\n\n**What less dependence costs**\n")
    assert "add A" in brief
    assert "![" in brief
    assert "pictures/frontier.svg" in brief


def test_runs_shows_it_with_its_answer(asking: Asking) -> None:
    shown = optimizer(asking.folder, "runs").stdout
    manifest = json.loads((asking.run / "manifest.json").read_text(encoding="utf-8"))
    assert f"{manifest['run']}  frontier  proved" in shown
    assert " ".join(manifest["told"].split()) in " ".join(shown.split())
    (entry,) = [one for one in runs(asking.folder / "reports") if one.path == asking.run]
    assert (entry.command, entry.answer, entry.goals) == ("frontier", manifest["told"], {})
    listed = document(optimizer(asking.folder, "runs", "--json"))["data"]["runs"]
    assert ("frontier", manifest["told"]) in [(one["command"], one["answer"]) for one in listed]


def test_replay_says_what_to_run_again(asking: Asking) -> None:
    with pytest.raises(RunFault) as told:
        replay(asking.run)
    assert str(told.value) == (
        f"'{asking.run}' answers a question about a plan, and plans alone are replayed. To ask it again: "
        f"optimizer frontier {asking.run} --criteria cost,dependence --points 4"
    )
    done = optimizer(asking.folder, "replay", str(asking.run), "--json")
    assert (done.returncode, document(done)["status"]) == (cli.BAD_INPUT, "bad input")


def test_a_run_folder_is_a_case(asking: Asking, capfd: pytest.CaptureFixture[str]) -> None:
    """The same input and options, and so the same points; what the run was asked is taken over from it."""
    code, out, _ = here(capfd, asking, asking.run, points=4, options={"json": True})
    again = json.loads(out)["data"]
    assert code == cli.PROVED
    assert again["points"] == asking.data["points"]
    manifest = json.loads((Path(again["run"]) / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["case"], manifest["options"]["gap"]) == ("offers", 0.0)
    # of two runs of one second the second's folder has a number behind its id
    assert manifest["run"] == json.loads((asking.run / "manifest.json").read_text(encoding="utf-8"))["run"]


def test_it_is_shown_on_a_terminal_of_80_columns(asking: Asking) -> None:
    done = optimizer(asking.folder, "frontier", "offers", "--points", "4", "--gap", "0", "--seed", "1")
    assert done.returncode == cli.PROVED
    *page, last = done.stdout.splitlines()
    assert max(map(len, page)) <= 80
    assert last.startswith("Run folder: reports/offers/")
    table = [line.split() for line in page if line.strip().startswith(("1 ", "2 ", "3 ", "4 "))]
    assert any("57.0" in row for row in table)
    assert any("60.0" in row and "(knee)" in row for row in table)
    assert "From 100 % to 60 %: add A;" in " ".join(done.stdout.split())
    assert "3 of about 4: dependence at most 50 %" in done.stderr


@pytest.mark.parametrize(("asked", "code", "message"), [
    ({"criteria": "cost,jobs"}, 2, "There is no criterion 'jobs'; the case has dependence, mean dependence, cost."),
    ({"criteria": "cost"}, 2, "'cost' does not name two criteria: write e.g. cost,dependence."),
    ({"criteria": "cost,cost"}, 2, "A frontier needs two criteria, and 'cost' is given twice."),
    ({"points": 1}, 2, "1 points make no frontier: the least is 2."),
    ({"step": 3.0}, 2, "A step of 3 cannot be used: it is a part between 0 and 1, e.g. 0.01."),
    ({"options": {"budget": "49"}}, 4, "No plan meets every demand and limit of the case with a cost of at most"),
    ({"options": {"set_": ["Deals[C].fee=3"]}}, 5, "What was asked to be changed in the case cannot be changed."),
    ({"options": {"time": 0.0}}, 7,
     "The time ran out before the least cost was found: give it more than 0 s with --time."),
])
def test_bad_input_is_told_in_a_sentence_and_leaves_no_folder(
    asking: Asking, capfd: pytest.CaptureFixture[str], asked: dict[str, Any], code: int, message: str
) -> None:
    before = {entry.path for entry in runs(asking.folder / "reports")}
    done, out, told = here(capfd, asking, asking.folder / "offers", **asked)
    assert (done, out) == (code, "")
    assert message in told
    assert "Traceback" not in told
    assert {entry.path for entry in runs(asking.folder / "reports")} == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals for a child")
def test_interrupted_it_keeps_what_it_has_and_goes_on(tmp_path: Path) -> None:
    """Ctrl-C in the fourth search: the answers before are kept and told; with --resume it ends as if it had not."""
    write_csv(world(Size(8, 4, 6, 10), 1), tmp_path / "world")
    asked = ("frontier", "world", "--points", "5", "--workers", "1")
    process = start(tmp_path, *asked)
    assert process.stderr is not None
    assert any(line.startswith("4 of about") for line in process.stderr)
    process.send_signal(signal.SIGINT)
    stopped = end(process)
    assert stopped.code == cli.STOPPED, stopped
    assert "It was interrupted; with --resume it goes on." in " ".join(stopped.out.split())
    part = tmp_path / stopped.out.splitlines()[-1].removeprefix("Run folder: ")
    assert part.name.endswith(".part")
    noted = len(Journal(part / JOURNAL))
    assert noted in (3, 4), "the fourth may just have ended"
    kept = json.loads((part / "frontier.json").read_text(encoding="utf-8"))
    assert kept["ended"] == "interrupted"
    assert 2 <= len(kept["points"]) <= 4, "a search that was stopped may have found a plan"
    resumed = document(optimizer(tmp_path, *asked, "--resume", "--json"))
    assert (resumed["exit"], resumed["data"]["ended"]) == (0, "points")
    assert tmp_path / resumed["data"]["run"] == part.with_name(part.name.removesuffix(".part"))
    assert not part.exists()
    whole = document(optimizer(tmp_path, *asked, "--json", "--out", "elsewhere"))["data"]
    assert {**resumed["data"], "run": ""} == {**whole, "run": ""}


def test_a_question_without_an_answer_does_not_cost_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a deal and with nothing uncertain two questions have none; the third is answered all the same."""
    plan = solve(little(), SolveOptions())
    told, unanswered = along(plan, ("why", "tornado", "frontier"), Pool(1), silent=True)
    assert [one.name for one in told] == ["frontier"]
    assert [(one.cell, one.level) for one in unanswered] == [("--with why", "warning"), ("--with tornado", "warning")]
    assert "the case has no deal that can still be signed." in unanswered[0].message

    def given_up(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(kinds._KINDS, "why", lambda: Kind(given_up, None))  # type: ignore[arg-type,index]
    told, unanswered = along(plan, ("frontier", "why", "alternatives"), Pool(1), silent=True)
    assert [one.name for one in told] == ["frontier"]
    assert [one.message for one in unanswered] == [
        f"The question '{name}' has no answer: it was interrupted." for name in ("why", "alternatives")
    ]


def test_a_case_without_deals_is_solved_with_its_questions(tmp_path: Path) -> None:
    write_csv(little(), tmp_path / "bare")
    done = optimizer(tmp_path, "solve", "bare", "--with", "why,frontier", "--json")
    known = document(done)
    assert (known["exit"], known["status"]) == (cli.STOPPED, "proved")
    assert "Traceback" not in done.stderr
    assert any("no deal that can still be signed" in one["message"] for one in known["findings"])
