"""``python -m tests.benchmarks [PART ...]``: measures, writes `reports/bench/*.json`, and the tables of the page.

Parts are `phases`, `resolve`, `cold`, `studies`, `held`, `cluster`, `futures` and `formulation`; without any all are
measured, which takes over an hour. `tables` measures nothing and makes the page anew from what was measured before.
`studies=8` measures a frontier of 8 points, in place of 25.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks import tables

ROOT = Path(__file__).parents[2]
OUT = ROOT / "reports" / "bench"
PAGE, PLOT = ROOT / "docs" / "performance.md", ROOT / "docs" / "growth.svg"


def _phases() -> Any:
    from tests.benchmarks.phases import phases

    return phases(lambda found: _keep("phases", found))


def _resolve() -> Any:
    from tests.benchmarks.resolve import resolved

    return resolved()


def _cold() -> Any:
    from tests.benchmarks.cold import cold

    return cold()


def _studies(points: int = 25) -> Any:
    from tests.benchmarks.studies import studies

    return studies(points, lambda found: _keep("studies", found))


def _held() -> Any:
    from tests.benchmarks.held import through_futures

    return through_futures()


def _cluster() -> Any:
    from tests.benchmarks.cluster import measured

    return measured()


def _futures(number: int = 100) -> Any:
    from tests.benchmarks.futures import measured

    return measured(number)


def _formulation() -> Any:
    from tests.benchmarks.formulation import measured

    return measured()


MEASURE: Mapping[str, Callable[..., Any]] = {
    "cold": _cold, "resolve": _resolve, "phases": _phases, "studies": _studies, "held": _held,
    "cluster": _cluster, "futures": _futures, "formulation": _formulation,
}


def main(parts: list[str]) -> None:
    """Measure the parts that are asked for, then write the page from all that is there."""
    asked = dict(map(_asked, parts or MEASURE))
    OUT.mkdir(parents=True, exist_ok=True)
    for part, how in asked.items():
        if part in MEASURE:
            _keep(part, MEASURE[part](**how))
    _write()


def _asked(given: str) -> tuple[str, dict[str, int]]:
    part, _, points = given.partition("=")
    if part not in {*MEASURE, "tables"} or (points and not (part == "studies" and points.isdecimal())):
        raise SystemExit(f"There is no part '{given}'. Parts: {', '.join(MEASURE)}, tables; studies=8.")
    return part, {"points": int(points)} if points else {}


def _keep(part: str, found: Any) -> None:
    (OUT / f"{part}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _write() -> None:
    kept = {part: json.loads(file.read_text(encoding="utf-8")) for part in MEASURE
            if (file := OUT / f"{part}.json").exists()}
    page = PAGE.read_text(encoding="utf-8")
    if "phases" in kept:
        from tests.benchmarks.growth import plot

        for name, make in (("peers", tables.peers), ("phases", tables.phases), ("growth", tables.growth)):
            page = tables.placed(page, name, make(kept["phases"]))
        PLOT.write_bytes(plot(kept["phases"]))
    for name in ("resolve", "cold", "studies", "held", "cluster", "formulation"):
        if name in kept:
            page = tables.placed(page, name, getattr(tables, name)(kept[name]))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
