from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from optimizer.case.read import read_case
from optimizer.case.schema import Deal, Series
from optimizer.report.run import case_hashes, csv_text, identity, write_run
from tests.case.small import changed_rows
from tests.report.plans import small_plan

TABLES = {"deals", "flows", "orders", "capacity", "balance", "stocks", "dependence", "cost", "limits"}


def files(run: Path) -> dict[str, bytes]:
    return {file.relative_to(run).as_posix(): file.read_bytes() for file in run.rglob("*") if file.is_file()}


def test_what_a_run_folder_holds(tmp_path: Path) -> None:
    run = write_run(small_plan(), tmp_path, {"read": 0.25}, ["--set Deals[Ally toll].fee=5 USD/kg"])
    assert run.parent == tmp_path / "home"
    found = files(run)
    assert {name for name in found if "/" not in name} == {
        "manifest.json", "plan.json", "brief.md", "brief.pdf", "results.xlsx",
    }
    assert {name for name in found if name.startswith("plan/")} == {f"plan/{name}.csv" for name in (*TABLES, "prices")}
    assert {"input/Case.csv", "input/Deals.csv"} <= set(found)
    texts = [content for name, content in found.items() if not name.endswith((".pdf", ".xlsx"))]
    assert not any(b"\r" in content for content in texts)
    assert found["brief.pdf"].startswith(b"%PDF-")
    manifest = json.loads(found["manifest.json"])
    assert run.name.endswith(manifest["run"])
    assert manifest["seconds"]["read"] == 0.25
    assert {"read", "build", "compile", "solve", "check", "report"} <= set(manifest["seconds"])
    assert (manifest["rows"], manifest["columns"], manifest["nonzeros"]) == (90, 80, 240)
    assert (manifest["gap"], manifest["root_gap"], manifest["seed"]) == (5e-5, 0.01, 0)
    assert manifest["changes"] == ["--set Deals[Ally toll].fee=5 USD/kg"]
    assert {"python", "highspy", "pyomo", "pandas"} <= set(manifest["versions"])
    assert set(manifest["sheets"]) == {"Case", *small_plan().case.sheets}


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (files(write_run(small_plan(), tmp_path / place)) for place in ("a", "b"))
    manifests = [json.loads(of.pop("manifest.json")) for of in (first, second)]
    assert first == second
    for manifest in manifests:
        manifest.pop("seconds")
    assert manifests[0] == manifests[1]


def test_the_case_can_be_read_back(tmp_path: Path) -> None:
    plan = small_plan("home works")
    run = write_run(plan, tmp_path)
    again = read_case(run / "input")
    assert again.settings == plan.case.settings
    assert again.sheets == plan.case.sheets
    assert case_hashes(again) == again.origin.hashes == json.loads((run / "manifest.json").read_text())["sheets"]


def test_an_id_names_input_and_options() -> None:
    plan = small_plan()
    changed = replace(plan, case=changed_rows(plan.case, Deal, "Ally toll", fee=Series.of(6000.0)))
    seeded = replace(plan, options=replace(plan.options, seed=1))
    assert len({identity(plan), identity(changed), identity(seeded)}) == 3
    assert identity(plan) == identity(small_plan())
    assert len(identity(plan)) == 12


def test_a_cell_is_no_formula() -> None:
    frame = pd.DataFrame({"name": ["=cmd|x", "+1", "-2", "@a", "a=b", "with,comma\nand line"], "value": -1.5})
    text = csv_text(frame)
    assert [row[0] for row in csv.reader(text.splitlines(keepends=True))][1:6] == [
        "'=cmd|x", "'+1", "'-2", "'@a", "a=b",
    ]
    assert text.count(",-1.5\n") == 6


def test_a_year_that_is_none_is_a_blank() -> None:
    frame = pd.DataFrame({"year": pd.array([2026, None], dtype="Int64"), "value": [0.1, 1e9]})
    assert csv_text(frame) == "year,value\n2026,0.1\n,1000000000.0\n"


def test_without_an_open_bound_the_manifest_is_still_json(tmp_path: Path) -> None:
    plan = replace(small_plan(), status="stopped", gap=float("inf"), bound=float("-inf"), root_gap=None)
    manifest = json.loads((write_run(plan, tmp_path) / "manifest.json").read_text())
    assert (manifest["gap"], manifest["root_gap"]) == (None, None)


def test_a_run_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OSError, match="taken"):
        write_run(small_plan(), tmp_path / "taken")
