"""The questions about a plan from outside: each document keeps to the schema, each page to 80 columns, each mistake to
one sentence and its exit code.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from optimizer import cli
from optimizer.case.case import Case
from optimizer.case.read import read_case
from optimizer.case.schema import Range, ScenarioChange
from optimizer.case.write import write_csv
from optimizer.commands import questions
from optimizer.commands.kinds import along
from optimizer.commands.questions import Asked, AskedOfFutures
from optimizer.report.run import write_run
from optimizer.solve.plan import SolveOptions
from optimizer.solve.solve import solve
from optimizer.study.pool import Pool
from tests.cases.little import S, little, offer, works
from tests.report.schema import faults
from tests.test_cli import document, optimizer

Ask = Callable[[Path, Asked], int]


def case() -> Case:
    """A deal that pays, one that does not, a plant, and a price at whose high end the deal is not worth signing."""
    return little(
        *offer(signing_cost=S(10), fee=S(1), most=S(3), name="Korea toll"),
        *offer(8.0, 2.0, signing_cost=S(60), name="Japan stake"), *works(module=1.0, capex=S(6)),
        Range.model_validate({"address": "Deals[Korea toll].fee", "how": "times", "low": 0.5, "high": 4.0,
                              "confidence": "low"}),
        ScenarioChange(scenario="dear", probability=0.4, address="Supply[of Korea toll].price", how="times", value="3"),
        years=2,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case, the same with a dearer supply, and one in another currency."""
    there = tmp_path_factory.mktemp("questions")
    write_csv(case(), there / "now")
    write_csv(case().change("Supply[of Korea toll].price", 7.5), there / "dearer")
    euro = case().settings.model_copy(update={"currency": "EUR", "exchange": S(1)})
    write_csv(replace(case(), settings=euro), there / "euro")
    return there


def of_futures(asked: Asked, goal: str) -> AskedOfFutures:
    """The same for a question about futures."""
    return AskedOfFutures(goal=goal, out=asked.out, json=asked.json, seed=asked.seed)


ASKED: dict[str, Ask] = {
    "alternatives": lambda at, asked: questions.alternatives(str(at / "now"), asked=asked),
    "alternatives --plants": lambda at, asked: questions.alternatives(str(at / "now"), plants=True, n=3, asked=asked),
    "why, in the plan": lambda at, asked: questions.why(str(at / "now"), "Korea toll", asked=asked),
    "why, not in the plan": lambda at, asked: questions.why(str(at / "now"), "Japan stake", asked=asked),
    "why, a plant": lambda at, asked: questions.why(str(at / "now"), "works", asked=asked),
    "why --all": lambda at, asked: questions.why(str(at / "now"), all_=True, asked=asked),
    "tornado": lambda at, asked: questions.tornado(str(at / "now"), asked=asked),
    "stress": lambda at, asked: questions.stress(str(at / "now"), years="0.5,1", asked=asked),
    "stress, one year": lambda at, asked: questions.stress(
        str(at / "now"), place=["Concern"], start="2030", chance="10 %", asked=asked,
    ),
    "sample": lambda at, asked: questions.sample(str(at / "now"), n=40, asked=asked),
    "robust": lambda at, asked: questions.robust(str(at / "now"), asked=of_futures(asked, "cvar:0.5")),
    "robust, a price": lambda at, asked: questions.robust(
        str(at / "now"), price_of_point="USD 2", asked=of_futures(asked, "regret")
    ),
    "conflict, a plan": lambda at, asked: questions.conflict(str(at / "now"), asked=asked),
    "compare": lambda at, asked: questions.compare(str(at / "now"), str(at / "dearer"), asked=asked),
    "compare, nothing differs": lambda at, asked: questions.compare(str(at / "now"), str(at / "now"), asked=asked),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_the_document_keeps_to_the_schema_and_the_page_to_80_columns(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    assert ask(folder, Asked(out=tmp_path, json=True)) == cli.PROVED
    told = capfd.readouterr()
    found = json.loads(told.out)
    assert faults(found) == []
    _same_on_disk(found, Path(found["data"]["run"]))
    monkeypatch.setenv("COLUMNS", "80")
    assert ask(folder, Asked(out=tmp_path, seed=1)) == cli.PROVED
    shown = capfd.readouterr()
    *page, last = shown.out.splitlines()
    assert max(map(len, page)) <= 80
    assert last.startswith("Run folder: ")
    assert "Traceback" not in shown.out + shown.err + told.err


def _same_on_disk(found: dict[str, Any], run: Path) -> None:
    name = found["command"]
    stored = json.loads((run / f"{name}.json").read_text(encoding="utf-8"))
    assert stored == {key: value for key, value in found["data"].items() if key != "run"}
    assert list((run / name).glob("*.csv"))


def test_the_schema_can_refuse(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A document with a field of another kind, or without one, keeps to no definition of the schema."""
    questions.why(str(folder / "now"), "Korea toll", asked=Asked(out=tmp_path, json=True))
    found = json.loads(capfd.readouterr().out)
    assert faults({**found, "data": {**found["data"], "in_plan": "yes"}}) != []
    assert faults({**found, "data": {key: of for key, of in found["data"].items() if key != "breakpoints"}}) != []
    point = {**found["data"]["breakpoints"]["fee"], "verdict": "perhaps"}
    assert faults({**found, "data": {**found["data"], "breakpoints": {"fee": point}}}) != []


def test_questions_beside_a_solve_stand_in_its_document(folder: Path) -> None:
    names = ["alternatives", "conflict", "robust", "stress", "tornado", "why"]
    done = document(optimizer(folder, "solve", "now", "--with", ",".join(names), "--json"))
    assert (done["exit"], sorted(done["data"]["studies"])) == (cli.PROVED, names)
    assert {one["name"] for one in done["data"]["studies"]["why"]["deals"]} == {"Korea toll", "Japan stake"}


def test_a_question_that_the_case_gives_nothing_to_ask_leaves_the_plan(folder: Path) -> None:
    done = document(optimizer(folder, "solve", "first_steps", "--with", "why", "--json"))
    assert done["exit"] == cli.STOPPED
    assert done["data"]["goals"]["dependence"] == pytest.approx(0.6251)
    assert "studies" not in done["data"]
    assert [finding["message"] for finding in done["findings"]] == [
        "The question 'why' has no answer: the case has no deal that can still be signed."
    ]


MISTAKES: dict[str, tuple[Ask, str]] = {
    "unknown deal": (
        lambda at, asked: questions.why(str(at / "now"), "Korea tol", asked=asked),
        "There is no deal or plant 'Korea tol'. Did you mean 'Korea toll'?",
    ),
    "no deal": (
        lambda at, asked: questions.why(str(at / "now"), asked=asked), "Name one deal or plant, or ask for --all.",
    ),
    "deal and all": (
        lambda at, asked: questions.why(str(at / "now"), "Korea toll", all_=True, asked=asked),
        "Name one deal or plant, or ask for --all.",
    ),
    "within": (
        lambda at, asked: questions.alternatives(str(at / "now"), within="abc", asked=asked),
        "--within abc is no part: write e.g. '1 %'.",
    ),
    "no set": (
        lambda at, asked: questions.alternatives(str(at / "now"), n=0, asked=asked),
        "0 sets of deals make no list: the least is 1, the plan's own.",
    ),
    "spread": (
        lambda at, asked: questions.tornado(str(at / "now"), spread="2", asked=asked),
        "A spread of 2 cannot be used: it is a part between 0 and 1, e.g. 0.1.",
    ),
    "no goal over futures": (
        lambda at, asked: questions.robust(str(at / "now"), asked=of_futures(asked, "cheapest")),
        "--goal cheapest: there is no goal 'cheapest' over futures; there are expected, cvar:0.8, worst and regret.",
    ),
    "no tail": (
        lambda at, asked: questions.robust(str(at / "now"), asked=of_futures(asked, "cvar:1")),
        "--goal cvar:1: a level of 1 leaves no tail: it is at least 0 and less than 1, e.g. 0.8.",
    ),
    "one future alone": (
        lambda at, asked: questions.robust(str(at / "certain"), asked=of_futures(asked, "worst")),
        "There is one future alone: give scenarios of the sheet Scenarios a probability, or deals a chance of closing "
        "below 1.",
    ),
    "a price below nothing": (
        lambda at, asked: questions.robust(str(at / "now"), price_of_point="-1", asked=of_futures(asked, "worst")),
        "A price of -1 for a point of dependence cannot be used: the least is 0.",
    ),
    "nothing uncertain": (
        lambda at, asked: questions.tornado(str(at / "certain"), asked=asked),
        "The sheet Ranges has no row and no number has a confidence below high: nothing is uncertain.",
    ),
    "unknown place": (
        lambda at, asked: questions.stress(str(at / "now"), place=["Concrn"], asked=asked),
        "There is no place 'Concrn'. Did you mean 'Concern'?",
    ),
    "start outside": (
        lambda at, asked: questions.stress(str(at / "now"), start="1999", asked=asked),
        "A stop cannot begin in 1999: the case runs from ",
    ),
    "no years": (
        lambda at, asked: questions.stress(str(at / "now"), years="long", asked=asked),
        "--years long are no years: write e.g. '1,2' or '2028,2030'.",
    ),
    "no future": (
        lambda at, asked: questions.sample(str(at / "now"), n=0, asked=asked),
        "0 futures cannot be drawn: the least is 1.",
    ),
    "nothing to draw": (
        lambda at, asked: questions.sample(str(at / "certain"), asked=asked),
        "Nothing is uncertain: the sheet Ranges has no row, and no deal has a chance of closing below 1.",
    ),
    "price of a point": (
        lambda at, asked: questions.sample(str(at / "now"), price_of_point="abc", asked=asked),
        "--price-of-point abc: there is no number in it.",
    ),
    "currencies": (
        lambda at, asked: questions.compare(str(at / "now"), str(at / "euro"), asked=asked),
        "The cases cannot be compared: one is in USD, the other in EUR; write both in one currency.",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_a_sentence_and_leaves_no_folder(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], mistake: str
) -> None:
    ask, sentence = MISTAKES[mistake]
    if mistake in ("nothing uncertain", "nothing to draw", "one future alone"):
        write_csv(little(*offer()), folder / "certain")
    assert ask(folder, Asked(out=tmp_path / "reports", json=True)) == cli.USAGE
    told = capfd.readouterr()
    found = json.loads(told.out)
    assert faults(found) == []
    assert (found["status"], found["exit"]) == ("usage", cli.USAGE)
    assert sentence in found["data"]["message"]
    assert found["data"]["message"].endswith((".", "?"))
    assert "Traceback" not in told.err
    assert not list((tmp_path / "reports").rglob("*.json"))


def test_a_fault_of_the_program_is_told_as_one_and_not_as_a_mistake(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something in the study raises what no wrong question is: the exit code says so."""
    monkeypatch.setattr("optimizer.study.alternatives.form_of", _at_fault)
    code = cli.answer("alternatives", True, lambda: questions.alternatives(
        str(folder / "now"), asked=Asked(out=tmp_path, json=True)))
    told = capfd.readouterr()
    found = json.loads(told.out)
    assert (code, found["exit"], found["status"]) == (cli.INTERNAL, cli.INTERNAL, "internal")
    assert "these are arrays of another model" in told.err


def test_a_fault_of_the_program_in_a_question_beside_a_solve_leaves_the_plan(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optimizer.study.alternatives.form_of", _at_fault)
    plan = solve(case(), SolveOptions(as_now=False, unique=False))
    told, (finding,) = along(plan, ("alternatives", "tornado"), Pool(1), silent=True)
    assert [one.name for one in told] == ["tornado"]
    assert "a fault of the program (ValueError); please report" in finding.message
    assert "these are arrays of another model" in capfd.readouterr().err


def _at_fault(*_: object, **__: object) -> None:
    raise ValueError("these are arrays of another model")


def test_a_run_is_named_by_its_id_as_for_a_replay(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Two runs, each by the first letters of its id; letters that both begin with are told, and those that none has."""
    ids = []
    for name in ("now", "dearer"):
        plan = solve(read_case(folder / name), SolveOptions(as_now=False, unique=False))
        ids.append(write_run(plan, tmp_path).name.rpartition("-")[2])
    asked = Asked(out=tmp_path, json=True)
    before, after = (of[:6] for of in ids)
    assert before != after
    capfd.readouterr()
    assert questions.compare(before, after, asked=asked) == cli.PROVED
    data = json.loads(capfd.readouterr().out)["data"]
    assert [one["address"] for one in data["inputs"]] == ["Supply[of Korea toll].price"]
    assert (data["before"]["case"], data["after"]["case"]) == ("now", "dearer")
    assert questions.why("no such", "Korea toll", asked=asked) == cli.BAD_INPUT
    assert "There is no file or folder 'no such'" in json.loads(capfd.readouterr().out)["data"]["message"]


@pytest.mark.parametrize(("settings", "missing"), [
    ({"goal": "cost"}, "the plan"), ({"goal": "dependence", "budget_above_least_cost": 5.0}, "the least cost"),
])
def test_a_time_too_short_for_any_start_says_what_to_do(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], settings: dict[str, object], missing: str
) -> None:
    write_csv(replace(case(), settings=case().settings.model_copy(update=settings)), tmp_path / "case")
    asked = Asked(out=tmp_path, time=0.0, json=True)
    assert cli.answer("tornado", True, lambda: questions.tornado(str(tmp_path / "case"), asked=asked)) == cli.NOTHING
    assert json.loads(capfd.readouterr().out)["data"]["message"] == (
        f"The time ran out before {missing} was found: give it more than 0 s with --time."
    )


def test_letters_that_several_runs_begin_with_are_told(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for at in ("a1", "a2"):
        run = tmp_path / "now" / f"20260101T000000Z-{at * 6}"
        run.mkdir(parents=True)
        (run / "manifest.json").write_text('{"schema": 1, "case": "now", "id": "' + at * 6 + '"}', encoding="utf-8")
    assert questions.compare("a", str(folder / "now"), asked=Asked(out=tmp_path, json=True)) == cli.BAD_INPUT
    assert "'a' can mean several runs" in json.loads(capfd.readouterr().out)["data"]["message"]


def test_inputs_that_differ_are_a_table_at_80_columns(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long text before and after, and a series, wrap in their columns; cards would have no header."""
    monkeypatch.setenv("COLUMNS", "80")
    one = case().change("Supply[of Korea toll].price.2031", 7.25)
    other = replace(one, settings=one.settings.model_copy(update={"title": "a title that is rather long to read"}))
    write_csv(other, tmp_path / "other")
    assert questions.compare(str(folder / "now"), str(tmp_path / "other"), asked=Asked(out=tmp_path)) == cli.PROVED
    lines = [line.split() for line in capfd.readouterr().out.splitlines()]
    assert ["What", "Input", "Before", "After"] in lines


def test_a_question_that_there_is_not_is_told_before_anything_is_solved(folder: Path) -> None:
    done = optimizer(folder, "solve", "now", "--with", "nonsense", "--out", "none")
    assert done.returncode == cli.USAGE
    assert done.stdout == ""
    assert done.stderr.strip() == (
        "--with nonsense: there is no question 'nonsense'. Known: frontier, alternatives, why, tornado, "
        "stress, robust, sample, conflict."
    )
    assert not (folder / "none").exists()
