"""Futures of India: putting a hundred of them side by side against building their models, and both ways to search.

A future is a scenario of the case with its demand moved a little, so that all differ. `stamp` is the time to make one
model of arrays that are there, and `build` that to build each from the case; in seconds of the processor. The searches
are asked for a gap within a time: what each has proved by then is noted, as a part of the expected cost.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

from optimizer import SolveOptions, read_case
from optimizer.case.case import Case
from optimizer.case.changes import Change, scenario_changes
from optimizer.model.assemble import build
from optimizer.model.compiled import compile_model
from optimizer.study.future import BASE, Future
from optimizer.study.ground import Ground
from optimizer.study.risk import Risk
from optimizer.study.robust import robust
from optimizer.study.soft import softened
from optimizer.study.stamp import Block, stamped

GAP = 0.01
POINT = 6.2e6
"""What a point of dependence costs, in USD: about that of India's plan."""

WAYS = {"extensive form": 10**9, "decomposition": 0}
"""Way -> columns up to which all futures are searched as one."""


def futures(case: Case, number: int) -> tuple[Future, ...]:
    """The base and scenarios of a case, round and round, each time with another demand; all alike in probability."""
    draw, names = random.Random(1), list(dict.fromkeys(row.scenario for row in case.scenarios))
    found = [Future(BASE, 1 / number)]
    for i in range(number - 1):
        name, factor = names[i % len(names)], round(draw.uniform(0.9, 1.1), 3)
        changes = (*scenario_changes(case, name), Change("Demand[*].tonnes", "times", factor, unit=""))
        found.append(Future(f"{name}, {i}", 1 / number, changes))
    return tuple(found)


def stamping(number: int = 100, built: int = 10) -> dict[str, Any]:
    """Seconds to stamp so many futures, and to build as many: `built` are built, and the rest counted like them."""
    case = softened(read_case("india")).case
    of = futures(case, number)
    ground = Ground(case, SolveOptions())
    ground.keep = number + 1
    arrays = [ground.arrays(one.changes) for one in of]
    blocks = [Block(one.name, one.probability, own) for one, own in zip(of, arrays, strict=True)]
    began = process_time()
    whole = stamped(blocks, Risk("expected"))
    stamp = process_time() - began
    cases = [ground.changed(one.changes) for one in of[:built]]
    began = process_time()
    for one in cases:
        compile_model(build(one))
    each = (process_time() - began) / built
    return {"futures": number, **whole.compiled.size, "stamp": stamp, "build": each * number,
            "ratio": stamp / (each * number)}


def searches(number: int, seconds: float, keep: Callable[[dict[str, Any]], object] = print) -> list[dict[str, Any]]:
    """What each way has proved of so many futures within so many seconds."""
    case, found = read_case("india"), []
    for way, whole in WAYS.items():
        began = perf_counter()
        options, of = SolveOptions(gap=GAP, time=seconds), futures(case, number)
        answer = robust(case, options, futures=of, point=POINT, whole=whole)
        found.append({"futures": number, "way": way, "seconds": perf_counter() - began, "gap": answer.gap,
                      "value": answer.goal.value, "bound": answer.goal.low, "solves": answer.solves})
        keep(found[-1])
    return found


def measured(number: int = 100) -> dict[str, Any]:
    """Both measurements; the searches of as many futures have half an hour each."""
    return {"stamping": stamping(number), "searches": searches(number, 1800.0)}
