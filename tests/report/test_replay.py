from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from optimizer.case.case import Case
from optimizer.case.read import read_case
from optimizer.case.write import write_csv
from optimizer.report import replay as replaying
from optimizer.report.brief.blocks import Heading
from optimizer.report.differences import file_differences, of_decisions, of_goals
from optimizer.report.origin import origin_text, with_origin
from optimizer.report.replay import replay
from optimizer.report.run import write_run
from optimizer.report.studies.told import Told
from optimizer.runs import RunFault, RunFolder
from optimizer.solve.plan import Infeasibility, Infeasible, Plan, SolveOptions, Unsolved
from optimizer.solve.solve import solve
from tests.report.plans import small_case

Edit = Callable[[dict[str, Any]], object]


def as_read() -> Case:
    """A case as read from a workbook whose columns stand elsewhere than the program itself puts them."""
    case = small_case("home works")
    cells = dict.fromkeys(("Deals[Ally toll].fee", "Deals[Ally toll]"), "Deals!ZZ9")
    return replace(case, origin=replace(case.origin, cells=cells, units={"Deals[Ally toll].fee": "USD/kg"}))


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solve(as_read(), SolveOptions(then=("cost",)))


@pytest.fixture(scope="module")
def made(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = write_run(plan, tmp_path_factory.mktemp("runs"))
    (run / "input" / "origin.json").write_text(origin_text(plan.case), encoding="utf-8")
    return run


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    """A run of its own for a test to spoil."""
    return shutil.copytree(made, tmp_path / made.parent.name / made.name)


def edit(run: Path, change: Edit, name: str = "manifest.json") -> None:
    kept = json.loads((run / name).read_text(encoding="utf-8"))
    change(kept)
    (run / name).write_text(json.dumps(kept, indent=1, ensure_ascii=False), encoding="utf-8")


def test_the_same_libraries_and_platform_give_the_same_bytes(run: Path, plan: Plan) -> None:
    found = replay(run)
    assert (found.outcome, found.differences, found.notes) == ("bytes", (), ())
    assert (found.same_lock, found.equal, found.run, found.id) == (True, True, run, run.name[-12:])
    assert {"plan.json", "plan/deals.csv", "brief.md", "brief.pdf", "results.xlsx", "input/Deals.csv"} <= set(
        found.compared
    )
    assert "manifest.json" not in found.compared
    assert found.goals == {goal: (value, value) for goal, value in plan.goals.items()}
    assert str(found) == f"Equal, byte for byte: {len(found.compared)} files."


def test_a_replay_leaves_the_run_alone(run: Path) -> None:
    before = {file: file.read_bytes() for file in run.rglob("*") if file.is_file()}
    replay(run)
    assert {file: file.read_bytes() for file in run.parents[1].rglob("*") if file.is_file()} == before


def test_what_differs_in_a_file_is_told_by_its_first_row(run: Path) -> None:
    deals = run / "plan" / "deals.csv"
    rows = deals.read_text().split("\n")
    deals.write_text("\n".join([rows[0], "Ally toll,Ally,signed,2031,1.0,terms,0.0", *rows[2:]]))
    (run / "brief.pdf").write_bytes(b"%PDF-")
    edit(run, lambda kept: kept.update(currency="INR"), "plan.json")
    found = replay(run)
    assert (found.outcome, found.equal, str(found)) == ("differs", False, "The replay differs from the run.")
    pdf, document, table = found.differences
    assert pdf.startswith("brief.pdf: other bytes (5 then, ")
    assert document == 'plan.json: currency was "INR", now "USD".'
    assert table == f"plan/deals.csv: row 2 was 'Ally toll,Ally,signed,2031,1.0,terms,0.0', now '{rows[1]}'."
    assert found.notes == ("Goals, deals and orders are the same; the files are not.",)


def test_a_file_that_was_taken_away_is_a_note_and_one_that_was_added_is_not(run: Path) -> None:
    (run / "brief.pdf").unlink()
    (run / "letter.docx").write_bytes(b"x")
    found = replay(run)
    assert (found.outcome, found.notes) == ("bytes", ("No longer in the run folder, so not compared: brief.pdf.",))


def test_other_libraries_are_compared_by_the_answer(run: Path) -> None:
    edit(run, lambda kept: kept["versions"].update(highspy="1.0.0", python="3.11.0"))
    (run / "results.xlsx").write_bytes(b"other")
    found = replay(run)
    assert (found.outcome, found.same_lock, found.compared, found.differences) == ("answer", False, (), ())
    (note,) = found.notes
    assert "highspy 1.0.0 then, " in note
    assert "python 3.11.0 then, " in note
    assert str(found) == "Equal in its answer: the goals lie within the gap, deals and orders are the same."


def test_another_platform_is_told(run: Path) -> None:
    edit(run, lambda kept: kept.update(platform="Plan9 mips"))
    (note,) = replay(run).notes
    assert "platform Plan9 mips then, " in note


def test_goals_deals_and_orders_that_differ_are_told_one_by_one(run: Path) -> None:
    def elsewhere(kept: dict[str, Any]) -> None:
        kept.update(platform="Plan9 mips")
        kept["goals"]["cost"] *= 1.01

    edit(run, elsewhere)
    edit(run, lambda kept: kept.update(deals=[], unique_deals=False), "plan.json")
    found = replay(run)
    assert found.outcome == "differs"
    goal, deal = found.differences
    assert goal.startswith("The goal 'cost' was ")
    assert "apart, more than the gap" in goal
    assert deal.startswith("Now, not then: Ally toll signed in ")
    assert "Other sets of deals do as well" in found.notes[-1]


def test_whether_a_plan_is_the_only_one_may_be_settled_once_and_not_again(run: Path) -> None:
    edit(run, lambda kept: kept.update(unique_deals=None), "plan.json")
    found = replay(run)
    assert (found.outcome, found.equal, found.differences) == ("answer", True, ())
    assert found.notes[0].startswith("Whether another set of deals does as well was settled only once")


def test_a_second_solver_is_asked_again(tmp_path: Path) -> None:
    confirmed = solve(as_read(), SolveOptions(then=("cost",), confirm=True))
    run = write_run(confirmed, tmp_path)
    (run / "input" / "origin.json").write_text(origin_text(confirmed.case), encoding="utf-8")
    found = replay(run)
    assert (found.outcome, found.differences) == ("bytes", ())
    assert found.plan is not None
    assert found.plan.confirmed == confirmed.confirmed
    edit(run, lambda kept: kept["confirmed"].update(verdict="open", value=None), "plan.json")
    again = replay(run)
    assert (again.outcome, again.compared, again.differences) == ("answer", (), ())
    assert again.notes[0].startswith("The second solver came to no proof of its own in its time.")


def test_a_stopped_run_is_not_compared_in_bytes(run: Path) -> None:
    edit(run, lambda kept: kept.update(status="stopped"))
    (run / "results.xlsx").write_bytes(b"other")
    found = replay(run)
    assert (found.outcome, found.same_lock, found.compared) == ("answer", True, ())
    assert found.notes[0].startswith("The search was stopped before its proof then. Where it stops depends on the")


@pytest.mark.parametrize("fault", [Infeasible(Infeasibility()), Unsolved("time")])
def test_no_plan_this_time_is_a_difference(run: Path, fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> Plan:
        raise fault

    monkeypatch.setattr(replaying, "solve", none)
    found = replay(run)
    assert (found.outcome, found.plan, found.compared) == ("differs", None, ())
    assert found.differences[0].startswith("Then there was a plan, proved; now no plan ")
    assert found.goals["cost"][1] is None


def test_input_that_was_changed_is_told_by_its_sheets(run: Path) -> None:
    demand = run / "input" / "Demand.csv"
    demand.write_text(demand.read_text().replace("300", "301"))
    (run / "input" / "Limits.csv").unlink()
    with pytest.raises(RunFault, match="is not what the run was solved from: Demand, Limits changed since") as fault:
        replay(run)
    assert str(fault.value).endswith(f"To solve it as it is now: optimizer solve '{run / 'input'}'.")
    edit(run, lambda kept: kept["versions"].update({"partnership-optimizer": "0.0.1"}))
    with pytest.raises(RunFault, match=r"Or the program reads a sheet otherwise now: the run is of version 0\.0\.1"):
        replay(run)


def test_input_that_cannot_be_read_is_told(run: Path) -> None:
    demand = run / "input" / "Demand.csv"
    demand.write_text(demand.read_text().replace("300", "many"))
    with pytest.raises(RunFault, match=r"The input of '.*' cannot be read: .*many"):
        replay(run)
    shutil.rmtree(run / "input")
    with pytest.raises(RunFault, match=r"The input of '.*' cannot be read: .*no such file"):
        replay(run)


def without(*keys: str) -> Edit:
    return lambda kept: [kept.pop(key) for key in keys]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (without("options", "sheets"), "is damaged: options, sheets missing"),
        (lambda kept: kept.update(schema=9), "has schema 9; this program reads schema 1"),
        (lambda kept: kept.update(options=7), "is damaged: options cannot be used"),
        (lambda kept: kept["options"].update(colour="red"), "holds other options than this program has: colour"),
        (lambda kept: kept["options"].pop("seed"), "holds other options than this program has: seed"),
        (lambda kept: kept["options"].update(gap="wide", threads=1.5), "is damaged: gap, threads cannot be used"),
        (lambda kept: kept["options"].update(then="cost"), "is damaged: then cannot be used"),
        (lambda kept: kept["options"].update(goal="beauty"), "its options name a goal that the case lacks"),
        (lambda kept: kept.update(goals=3), "is damaged: goals cannot be used"),
        (lambda kept: kept.update(versions=[], sheets=None), "is damaged: sheets, versions cannot be used"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_told(run: Path, change: Edit, told: str) -> None:
    edit(run, change)
    with pytest.raises(RunFault, match=told):
        replay(run)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"deals": 3, "orders": []}', b'{"deals": [{}], "orders": []}']
)
def test_a_plan_that_cannot_be_read_is_told(run: Path, content: bytes) -> None:
    (run / "plan.json").write_bytes(content)
    with pytest.raises(RunFault, match=r"plan\.json of '.*' is damaged: deals and orders cannot be read"):
        replay(run)
    (run / "plan.json").unlink()
    with pytest.raises(RunFault, match=r"plan\.json of '.*' cannot be read"):
        replay(run)


def test_what_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunFault, match="There is no run folder"):
        replay(tmp_path / "none")
    with pytest.raises(RunFault, match=r"is no run folder: there is no manifest\.json in it"):
        replay(tmp_path)
    with pytest.raises(RunFault, match="is not whole"):
        replay(RunFolder(tmp_path, "home", "0123456789ab").part)


def test_the_workbooks_own_cells_come_back(tmp_path: Path) -> None:
    case = as_read()
    write_csv(case, tmp_path)
    read = read_case(tmp_path)
    assert with_origin(read, tmp_path, "home").cell("Deals[Ally toll].fee") == read.cell("Deals[Ally toll].fee")
    (tmp_path / "origin.json").write_text(origin_text(case), encoding="utf-8")
    again = with_origin(read_case(tmp_path), tmp_path, "home")
    assert (again.origin.name, again.origin.cells, again.origin.units) == (
        "home", case.origin.cells, case.origin.units,
    )


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": [], "units": {}}', '{"cells": {"a": 1}, "units": {}}'])
def test_cells_that_cannot_be_read_are_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "origin.json").write_text(content)
    with pytest.raises(RunFault, match=r"origin\.json' is damaged"):
        with_origin(as_read(), tmp_path, "home")


def differences(tmp_path: Path, name: str, was: bytes, now: bytes) -> str:
    for place, content in (("was", was), ("now", now)):
        (tmp_path / place).mkdir(exist_ok=True)
        (tmp_path / place / name).write_bytes(content)
    return file_differences(tmp_path / "was", tmp_path / "now", name)


@pytest.mark.parametrize(
    ("name", "was", "now", "told"),
    [
        ("a.csv", b"a\n1\n", b"a\n1\n", ""),
        ("a.csv", b"a\n1\n2\n", b"a\n1\n3\n", "a.csv: row 3 was '2', now '3'."),
        ("a.csv", b"a\n1\n", b"a\n1\n2\n", "a.csv: row 3 was blank, now '2'; 2 rows differ in all."),
        ("a.csv", b"a", b"", "a.csv: row 1 was 'a', now blank."),
        ("a.csv", b"a\r\n", b"a\n", "a.csv: row 1 was 'a\r', now 'a'."),
        ("a.md", b"\xff", b"b", "a.md: row 1 was '\N{REPLACEMENT CHARACTER}', now 'b'."),
        ("a.md", b"x" * 500, b"y", f"a.md: row 1 was '{'x' * 160}…', now 'y'."),
        ("a.json", b'{"a": [1, 2]}', b'{"a": [1]}', "a.json: a[1] was 2, now not there."),
        ("a.json", b'{"a": {"b": 1}}', b'{"a": {"c": 1}}', "a.json: a.b was 1, now not there."),
        ("a.json", b'{"a": 1}', b'{"a":1}', "a.json: the same values, written differently."),
        ("a.json", b"nonsense", b"3", "a.json: the document was null, now 3."),
        ("a.xlsx", b"abc", b"a", "a.xlsx: other bytes (3 then, 1 now)."),
    ],
)
def test_how_a_file_differs(tmp_path: Path, name: str, was: bytes, now: bytes, told: str) -> None:
    assert differences(tmp_path, name, was, now) == told


def test_goals_are_compared_as_gaps_are_measured() -> None:
    assert of_goals({"cost": 1000.0, "dependence": 0.30}, {"cost": 1000.9, "dependence": 0.3009}, 1e-3) == ()
    assert of_goals({"dependence": 0.001}, {"dependence": 0.0015}, 1e-3) == ()
    assert of_goals({"cost": 1000.0}, {"cost": 900.0}, 1e-3) == (
        "The goal 'cost' was 1000, now 900: 0.1 apart, more than the gap 0.001.",
    )
    assert of_goals({"cost": 1.0}, {"carbon": 1.0}, 1.0) == (
        "The goal 'cost' was solved then, not now.", "The goal 'carbon' was solved now, not then.",
    )


def test_decisions_are_told_in_words() -> None:
    toll = {"name": "Toll", "signed": 2026, "terms": 1}
    works = {"plant": "Works", "year": 2027, "modules": 1}
    assert of_decisions({"deals": [toll], "orders": []}, {"deals": [{**toll, "terms": 2}], "orders": [works]}) == (
        "Then, not now: Toll signed in 2026 for 1 term.", "Now, not then: Toll signed in 2026 for 2 terms.",
        "Now, not then: Works ordered in 2027, 1 module.",
    )


def test_a_run_with_questions_is_compared_without_their_answers(plan: Plan, tmp_path: Path) -> None:
    """Brief and document tell of them too, and a replay does not ask them again; every other file is the same."""
    empty: dict[str, Any] = {}
    asked = Told("frontier", "proved", {"points": []}, empty, (Heading("What less dependence costs"),), ())
    run = write_run(plan, tmp_path, studies=[asked])
    (run / "input" / "origin.json").write_text(origin_text(plan.case), encoding="utf-8")
    found = replay(run)
    assert (found.outcome, found.differences) == ("bytes", ())
    assert {"brief.md", "brief.pdf", "plan.json"}.isdisjoint(found.compared)
    assert "results.xlsx" in found.compared
    assert found.notes == (
        "Questions are not asked again (frontier), so not compared: brief.md, brief.pdf, plan.json.",
    )
