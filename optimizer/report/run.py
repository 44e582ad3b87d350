"""A plan as a run folder: manifest, document, input, tables, brief."""

from __future__ import annotations

import csv
import io
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from optimizer.case.write import write_csv
from optimizer.report.brief import brief
from optimizer.report.document import plan_data
from optimizer.runs import RunFolder, digest
from optimizer.solve.plan import Plan
from optimizer.solve.tables import TABLES

LIBRARIES = ("partnership-optimizer", "highspy", "numpy", "openpyxl", "pandas", "pydantic", "pyomo", "scipy",
             "xlsxwriter")


def write_run(plan: Plan, root: str | Path = "reports", seconds: Mapping[str, float] | None = None) -> Path:
    """Write a plan's run folder and give its path.

    Args:
        plan: a checked plan.
        root: folder in which the runs of all cases lie.
        seconds: seconds of the stages outside the solve (``read``, ``report``), for the manifest.

    Raises:
        OSError: it cannot be written; what is there so far stays as a ``.part``.
    """
    identity = {"input": dict(plan.case.origin.hashes), "options": asdict(plan.options), "versions": versions()}
    if not plan.case.origin.hashes:
        identity["input"] = {sheet: repr(rows) for sheet, rows in plan.case.sheets.items()}
    run_id = digest(identity)
    folder = RunFolder(root, plan.case.origin.name, run_id, private=plan.case.settings.confidential)
    folder.fill("input", lambda into: write_csv(plan.case, into))
    for name in TABLES:
        folder.write(f"plan/{name}.csv", csv_text(plan, name))
    folder.write("brief.md", brief(plan))
    folder.write_json("plan.json", plan_data(plan, folder.whole.as_posix()))
    folder.write_json("manifest.json", manifest(plan, run_id, seconds or {}))
    return folder.finish()


def csv_text(plan: Plan, name: str) -> str:
    """One table as .csv; a text that a spreadsheet would take for a formula gets ``'`` in front."""
    frame, out = plan.table(name), io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    for row in frame.itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and isinstance(value, str) else text


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that a plan rests on."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed as a package"
    return found


def manifest(plan: Plan, run_id: str, seconds: Mapping[str, float]) -> dict[str, Any]:
    """What was run, on what, with what, and how long it took; wall-clock times stand here only."""
    return {
        "schema": 1,
        "run": run_id,
        "case": plan.case.origin.name,
        "title": plan.case.settings.title,
        "sheets": dict(plan.case.origin.hashes),
        "versions": versions(),
        "platform": f"{platform.system()} {platform.machine()}",
        "options": asdict(plan.options),
        "seed": plan.options.seed,
        "status": plan.status,
        "gap": plan.gap if plan.gap != float("inf") else None,
        "root_gap": plan.root_gap,
        **plan.size,
        "seconds": {name: round(spent, 3) for name, spent in {**plan.seconds, **seconds}.items()},
    }
