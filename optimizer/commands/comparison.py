"""``optimizer compare``: two cases or runs beside each other."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from optimizer.commands.kinds import pool_of
from optimizer.commands.questions import Asked
from optimizer.commands.solve import check_writable
from optimizer.commands.study import answered, asked_of, shown

if TYPE_CHECKING:
    from optimizer.runs import Journal
    from optimizer.solve.events import OnEvent
    from optimizer.solve.stopping import Stop
    from optimizer.study.ground import Ground


def comparison(before: str, after: str, asked: Asked) -> int:
    """Compares two cases, on the screen and in a run folder of the second one.

    Raises:
        CommandError: it ends without an answer.
    """
    from optimizer.report.run import case_hashes
    from optimizer.report.studies import compare as teller
    from optimizer.solve.goals import Clock
    from optimizer.study.cluster import Cluster
    from optimizer.study.compare import compare

    started = time.monotonic()
    first, findings, _, _ = asked_of(before, asked)
    second, more, options, changes = asked_of(after, asked)
    check_writable(asked.out)
    read = time.monotonic() - started

    pool, clock = pool_of(asked.workers, asked.scheduler), Clock(options.time)

    def find(journal: Journal, on_event: OnEvent | None, stop: Stop) -> Any:
        def maker(ground: Ground, about: str, told: OnEvent) -> Cluster:
            return Cluster(ground, pool, seconds=clock.left, journal=journal, on_event=told, about=about)

        with pool:
            return compare(first, second, options, executor=maker, on_event=on_event, stop=stop)

    arguments = {"before": before, "sheets_before": case_hashes(first)}
    told, run = answered("compare", second, options, arguments, asked, changes, read, find, teller)
    return shown(told, run, (*findings, *more), asked)
