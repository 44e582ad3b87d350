"""Small tasks sent to workers, beside the solver's own warm runs; two workers beside two plain processes of the solver.

The task is the smallest that studies send: India's plan with its decisions held, dependence capped at another level, a
linear program of a few thousand rows solved from where the last one ended. Every side solves the same levels, and the
sides take turns. On ours everything counts from the call to the last result in the study's hand: sending, the journal
on the disk, and coming back.
"""

from __future__ import annotations

import multiprocessing
import statistics
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from optimizer import SolveOptions, read_case
from optimizer.model.compiled import Compiled, Floats
from optimizer.runs.journal import JOURNAL, Journal
from optimizer.solve.events import OnEvent
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.goals import Clock
from optimizer.solve.session import Session
from optimizer.study.cluster import Cluster
from optimizer.study.ground import Ground
from optimizer.study.pool import Pool
from optimizer.study.task import P, R, Task
from tests.benchmarks.resolve import _Bare, _column

LEVELS = 1500
TURNS = 3


def measured() -> dict[str, float]:
    """Seconds of all levels, the median of the turns: ours and the solver's, with one process and with two."""
    ground = Ground(read_case("india"), SolveOptions(gap=1e-3))
    arrays = ground.compiled
    values = Session(arrays).minimise(_column(arrays, "cost"), gap=1e-3, absolute=1e-9, seconds=240).values
    reach = float(values[_column(arrays, "dependence")])
    levels = [reach * (1 + 0.3 * abs(np.sin(i))) for i in range(LEVELS)]
    found: dict[str, list[float]] = {}
    with Pool(1) as one, Pool(2) as two:
        sides = {"ours 1": one, "ours 2": two}
        for pool in sides.values():
            _ours(ground, pool, values, levels[:8])
        for _ in range(TURNS):
            for name, pool in sides.items():
                found.setdefault(name, []).append(_ours(ground, pool, values, levels))
            for count in (1, 2):
                found.setdefault(f"solver {count}", []).append(_plain(arrays, values, levels, count))
    return {"tasks": LEVELS, **{name: statistics.median(of) for name, of in found.items()}}


class _Sent(Cluster):
    """Sends everything, to one worker too."""

    def _pays(self, task: Task[P, R], count: int, ahead: int) -> bool:
        return count > 0

    def _probe(self, task: Task[P, R], payload: P, key: str) -> None:
        """Nothing is tried here."""


def _ours(ground: Ground, pool: Pool, values: Floats, levels: list[float]) -> float:
    with TemporaryDirectory() as folder:
        executor = _Sent(ground, pool, journal=Journal(Path(folder, JOURNAL)))
        task = Task("level", partial(_solved, values), _to_json, _from_json, _failed)
        # the ground is sent, and the plan is put into the solver, before the clock starts
        list(executor.run(task, levels[:6], [f"warm {i}" for i in range(6)]))
        began = perf_counter()
        costs = list(executor.run(task, levels, [repr(level) for level in levels]))
        took = perf_counter() - began
    assert len(costs) == len(levels)
    return took


def _plain(arrays: Compiled, values: Floats, levels: list[float], processes: int) -> float:
    """The levels dealt out to processes of the solver alone, which wait for each other before they begin."""
    spawn = multiprocessing.get_context("spawn")
    gate = spawn.Barrier(processes + 1)
    started = [spawn.Process(target=_alone, args=(gate, arrays, values, levels[i::processes]))
               for i in range(processes)]
    for process in started:
        process.start()
    gate.wait()
    began = perf_counter()
    gate.wait()
    took = perf_counter() - began
    for process in started:
        process.join()
    return took


def _alone(gate: Any, arrays: Compiled, values: Floats, levels: list[float]) -> None:
    bare, column = _Bare(arrays, values, _column(arrays, "cost")), _column(arrays, "dependence")
    gate.wait()
    for level in levels:
        bare.highs.changeColBounds(column, 0.0, level)
        bare.highs.run()
    gate.wait()


def _solved(values: Floats, ground: Ground, most: float, clock: Clock, on_event: OnEvent) -> float:
    """The least cost with the decisions held and dependence at most so much."""
    arrays = ground.compiled
    fixed = ground.kept("plan", lambda: FixedPlan(arrays, values))
    fixed.bound(_column(arrays, "dependence"), upper=most)
    return float(fixed.minimise(_column(arrays, "cost")).objective)


def _to_json(cost: float) -> Mapping[str, Any]:
    return {"cost": cost}


def _from_json(document: Mapping[str, Any]) -> float:
    return float(document["cost"])


def _failed(sentence: str) -> float:
    raise AssertionError(sentence)
