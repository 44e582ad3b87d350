"""What is measured: cases by name, and tools by name with the phases that each goes through."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

from optimizer import SolveOptions, read_case, write_run
from optimizer.case.case import Case
from optimizer.case.shipped import shipped
from optimizer.case.write import write_xlsx
from tests.benchmarks.worlds import LARGE, MIDDLE, SMALL, Size, world

GAP = 1e-4


@dataclass(frozen=True)
class Entry:
    """A case to measure.

    Attributes:
        name: what it is called in tables.
        make: makes it.
        book: its workbook, None where one is written for the measurement.
        seconds: most seconds of its search.
    """

    name: str
    make: Callable[[], Case]
    book: Path | None = None
    seconds: float = 300.0


def _shipped(name: str) -> Entry:
    return Entry(name, lambda: read_case(name), shipped()[name])


def _world(name: str, size: Size) -> Entry:
    return Entry(name, lambda: world(size))


CASES: Mapping[str, Entry] = {entry.name: entry for entry in (
    _shipped("first_steps"), _shipped("india"), _world("12 places", SMALL), _world("20 places", Size(20, 7, 12, 50)),
    _world("40 places", MIDDLE), _world("80 places", Size(80, 10, 20, 200)), _world("120 places", LARGE),
    # sizes at which fixed costs of every library are drowned
    _world("200 places", Size(200, 14, 40, 800)), _world("430 places", Size(430, 14, 40, 1720)),
)}


class Laps:
    """Seconds of each phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        """Times one phase."""
        began = perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - began


def of_ours(entry: Entry, laps: Laps, phases: frozenset[str]) -> dict[str, Any]:
    """Every phase of the program on a case: read, build, compile, hand-over, solve, check, report."""
    from optimizer.case.read import read_case as read
    from optimizer.model.assemble import build
    from optimizer.model.compiled import compile_model
    from optimizer.solve.session import Outcome, Session

    case = entry.make()
    if "read" in phases:
        with tempfile.TemporaryDirectory() as folder:
            book = entry.book or Path(folder) / "case.xlsx"
            if entry.book is None:
                write_xlsx(case, book)
            with laps.lap("read"):
                case = read(book)
    with laps.lap("build"):
        model = build(case)
    with laps.lap("compile"):
        arrays = compile_model(model)
    with laps.lap("hand-over"):
        session = Session(arrays)
    told: dict[str, Any] = {**arrays.size}
    if "solve" in phases:
        column = arrays.column("goal", ("cost",))
        assert column is not None
        with laps.lap("solve"):
            found = session.minimise(column, gap=GAP, absolute=1e-9, seconds=entry.seconds)
        told.update(objective=found.objective * arrays.money, bound=found.bound * arrays.money,
                    ended=found.outcome is Outcome.PROVED)
    if "report" in phases:
        _reported(case, entry, laps)
    return told


def _reported(case: Case, entry: Entry, laps: Laps) -> None:
    """Check and report of the plan of least cost, with the plan as now beside it."""
    import optimizer.report.run  # noqa: F401 - loaded before it is timed
    from optimizer import solve

    plan = solve(case, SolveOptions(goal="cost", then=(), unique=False, gap=GAP, time=entry.seconds))
    laps.seconds["check"] = plan.seconds["check"]
    with tempfile.TemporaryDirectory() as folder, laps.lap("report"):
        write_run(plan, folder)


def of_peer(module: Any, entry: Entry, laps: Laps, phases: frozenset[str]) -> dict[str, Any]:
    """Build and solve of a peer; its solve includes the hand-over."""
    case = entry.make()
    with laps.lap("build"):
        model = module.build(case)
    if "solve" not in phases:
        return {}
    began = perf_counter()
    found = module.solve(model, gap=GAP, seconds=entry.seconds)
    laps.seconds["solve"] = perf_counter() - began
    return {"objective": found, "ended": laps.seconds["solve"] < 0.99 * entry.seconds}


def of_pypsa(module: Any, entry: Entry, laps: Laps, _: frozenset[str]) -> dict[str, Any]:
    """India without deals and plants, as a network."""
    case = module.cut_down(entry.make())
    with laps.lap("build"):
        network = module.build(case)
    with laps.lap("solve"):
        found = module.solve(network)
    return {"objective": found}


def of_ours_cut_down(module: Any, entry: Entry, laps: Laps, _: frozenset[str]) -> dict[str, Any]:
    """The program on what the network can hold."""
    from optimizer.model.assemble import build
    from optimizer.model.compiled import compile_model
    from optimizer.solve.session import Session

    case = module.cut_down(entry.make())
    with laps.lap("build"):
        arrays = compile_model(build(case))
    with laps.lap("solve"):
        session, column = Session(arrays), arrays.column("goal", ("cost",))
        assert column is not None
        found = session.minimise(column, gap=GAP, absolute=1e-9, seconds=entry.seconds)
    return {"objective": found.objective * arrays.money}


def measured(case: str, tool: str, phases: frozenset[str]) -> dict[str, Any]:
    """Seconds by phase of a tool on a case, its objective and its size.

    Args:
        case: name of the case.
        tool: ``optimizer``, ``pyomo``, ``linopy``, ``pypsa`` or ``optimizer, cut down``.
        phases: phases beyond the build that are wanted: ``read``, ``solve``, ``report``.
    """
    return {"case": case, "tool": tool, **_measured(CASES[case], tool, phases)}


def _measured(entry: Entry, tool: str, phases: frozenset[str]) -> dict[str, Any]:
    laps, module = Laps(), TOOLS[tool]()
    measure = {"pypsa": of_pypsa, "optimizer, cut down": of_ours_cut_down}.get(tool, of_peer)
    told = of_ours(entry, laps, phases) if module is None else measure(module, entry, laps, phases)
    return {"seconds": laps.seconds, **told}


def _ours() -> None:
    import optimizer.solve.solve  # noqa: F401 - loaded before anything is measured


def _peer(name: str) -> Callable[[], Any]:
    def load() -> Any:
        return import_module(f"tests.benchmarks.peers.{name}")

    return load


TOOLS: Mapping[str, Callable[[], Any]] = {
    "optimizer": _ours, "pyomo": _peer("plain"), "linopy": _peer("linopy_model"), "pypsa": _peer("pypsa_india"),
    "optimizer, cut down": _peer("pypsa_india"),
}
"""Tool -> loads it, so that memory is told without that of libraries; gives its module."""
