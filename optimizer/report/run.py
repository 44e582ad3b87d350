"""A plan as a run folder: manifest, document, input, tables, results workbook, brief and pictures."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.case.case import Case
from optimizer.case.read_csv import escape
from optimizer.case.schema import Settings
from optimizer.case.write import write_csv
from optimizer.report import story
from optimizer.report.brief.content import brief
from optimizer.report.brief.markdown import markdown
from optimizer.report.brief.pdf import pdf
from optimizer.report.document import plan_data
from optimizer.report.origin import ORIGIN, origin_text
from optimizer.report.pictures import pictures
from optimizer.report.results import results_workbook
from optimizer.report.studies import prices as teller
from optimizer.report.studies.told import Told
from optimizer.runs import RunFolder, digest
from optimizer.solve.plan import Plan, SolveOptions
from optimizer.solve.tables import TABLES
from optimizer.study.prices import prices

LIBRARIES = ("partnership-optimizer", "fonttools", "highspy", "matplotlib", "numpy", "openpyxl", "pandas", "pydantic",
             "pyomo", "pyscipopt", "scipy", "typst", "xlsxwriter")


def write_run(
    plan: Plan, root: str | Path = "reports", seconds: Mapping[str, float] | None = None, changes: Sequence[str] = (),
    studies: Sequence[Told] = (),
) -> Path:
    """Write a plan's run folder and give its path.

    Args:
        plan: a checked plan.
        root: folder in which the runs of all cases lie.
        seconds: seconds of the stages before the solve (``read``), for the manifest.
        changes: what was asked to be changed in the case as read, in words, for the manifest.
        studies: studies of the plan, each with its page in the brief.

    Raises:
        OSError: it cannot be written; what is there so far stays as a ``.part``.
    """
    started = time.monotonic()
    run_id = identity(plan)
    folder = RunFolder(root, plan.case.origin.name, run_id, private=plan.case.settings.confidential)
    folder.fill("input", lambda into: write_csv(plan.case, into))
    folder.write(f"input/{ORIGIN}", origin_text(plan.case))
    for name in TABLES:
        folder.write(f"plan/{name}.csv", csv_text(plan.table(name)))
    found = prices(plan)
    folder.write("plan/prices.csv", csv_text(teller.tables(found)["prices"]))
    _write_brief(plan, run_id, folder, changes, [Told.of("prices", teller, found), *studies])
    for told in studies:
        add_study(folder, told)
    folder.write("results.xlsx", results_workbook(plan, changes))
    # the folder's name holds the time of day, which stands in the manifest only: so the id, which does not
    folder.write_json("plan.json", {**plan_data(plan, run_id), **studies_data(studies)})
    spent = {**(seconds or {}), **plan.seconds, "report": time.monotonic() - started}
    folder.write_json("manifest.json", manifest(plan, run_id, spent, changes))
    return folder.finish()


def add_study(folder: RunFolder, told: Told) -> None:
    """Stores a study's document, tables and pictures in a run folder, under its own name.

    Raises:
        OSError: something cannot be written.
    """
    folder.write_json(f"{told.name}.json", dict(told.data))
    for name, frame in told.tables.items():
        folder.write(f"{told.name}/{name}.csv", csv_text(frame))
    for picture in told.pictures:
        folder.write(f"pictures/{picture.name}.svg", picture.svg)


def studies_data(studies: Sequence[Told]) -> dict[str, Any]:
    """The documents of studies, by name, as part of a plan's; nothing where there are none."""
    return {"studies": {told.name: dict(told.data) for told in studies}} if studies else {}


def _write_brief(
    plan: Plan, run_id: str, folder: RunFolder, changes: Sequence[str], studies: Sequence[Told]
) -> None:
    document = brief(plan, run_id, pictures(plan), changes, studies)
    for name, picture in document.pictures.items():
        folder.write(f"pictures/{name}.svg", picture)
    folder.write("brief.md", markdown(document))
    folder.write("brief.pdf", pdf(document))


def identity(plan: Plan) -> str:
    """The id of a run: equal for equal input (as changed, not as read), options and versions."""
    return digest(case_hashes(plan.case), asdict(plan.options), versions())


def case_hashes(case: Case) -> dict[str, str]:
    """SHA-256 of the content of each sheet, changes made; a sheet left as it was has the hash it was read with."""
    sheets: dict[str, object] = {Settings.sheet: case.settings.model_dump(mode="json")}
    sheets.update({name: [row.model_dump(mode="json") for row in rows] for name, rows in case.sheets.items()})
    return {name: _hash(content) for name, content in sheets.items()}


def _hash(content: object) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def csv_text(frame: pd.DataFrame) -> str:
    """A table as .csv; a text that a spreadsheet would take for a formula gets ``'`` in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    for row in frame.itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return escape(value)
    if value is pd.NA:
        return ""
    return repr(float(value)) if isinstance(value, float) else str(value)


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that a plan rests on."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed as a package"
    return found


def manifest(plan: Plan, run_id: str, seconds: Mapping[str, float], changes: Sequence[str]) -> dict[str, Any]:
    """What was run, on what, with what, and how long it took; wall-clock times stand here only."""
    return {
        **origin_of("solve", plan.case, plan.options, run_id, changes),
        "status": plan.status,
        "goals": dict(plan.goals),
        "proof": story.proof(plan),
        "gap": _finite(plan.gap),
        "root_gap": _finite(plan.root_gap),
        **plan.size,
        "seconds": {name: round(spent, 3) for name, spent in seconds.items()},
    }


def origin_of(
    command: str, case: Case, options: SolveOptions, run_id: str, changes: Sequence[str]
) -> dict[str, Any]:
    """What a run, of whichever command, rests on."""
    as_solved = case_hashes(case)
    return {
        "schema": 1,
        "command": command,
        "run": run_id,
        "case": case.origin.name,
        "title": case.settings.title,
        "currency": case.settings.currency,
        "changes": list(changes),
        "sheets": as_solved,
        "sheets_as_read": dict(case.origin.hashes) or as_solved,
        "versions": versions(),
        "platform": f"{platform.system()} {platform.machine()}",
        "options": asdict(options),
        "seed": options.seed,
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
