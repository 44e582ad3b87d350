"""``optimizer robust``: what to decide now over the futures of a case."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from optimizer import cli
from optimizer.cli import CommandError
from optimizer.commands.kinds import pool_of
from optimizer.commands.questions import AskedOfFutures
from optimizer.commands.solve import check_writable, number_of
from optimizer.commands.study import answered, asked_of, shown

if TYPE_CHECKING:
    from optimizer.runs import Journal
    from optimizer.solve.events import OnEvent
    from optimizer.solve.stopping import Stop
    from optimizer.study.ground import Ground

def decided_now(source: str, asked: AskedOfFutures, price: str | None) -> int:
    """What to decide now, on the screen and in a run folder.

    Raises:
        CommandError: it ends without an answer.
    """
    from optimizer.report.studies import robust as teller
    from optimizer.solve.goals import Clock
    from optimizer.study.cluster import Cluster
    from optimizer.study.question import AskedWrongly
    from optimizer.study.risk import Risk
    from optimizer.study.robust import GAP, robust

    started = time.monotonic()
    try:
        risk = Risk.named(asked.goal or "expected")
    except AskedWrongly as fault:
        raise CommandError(cli.USAGE, "usage", f"--goal {asked.goal}: {fault}.") from None
    # the goal is one over futures, and none of the plan whose dependence is held
    plain = replace(asked, goal=None, gap=GAP if asked.gap is None else asked.gap)
    case, findings, options, changes = asked_of(source, plain)
    point = number_of(case, price, "money", "--price-of-point")
    check_writable(asked.out)
    read = time.monotonic() - started

    pool, clock = pool_of(asked.workers, asked.scheduler), Clock(options.time)

    def find(journal: Journal, on_event: OnEvent | None, stop: Stop) -> Any:
        def maker(ground: Ground, about: str, told: OnEvent) -> Cluster:
            return Cluster(ground, pool, seconds=clock.left, journal=journal, on_event=told, about=about)

        with pool:
            return robust(case, options, goal=risk, point=point, executor=maker, on_event=on_event, stop=stop)

    arguments = {"goal": str(risk), "price_of_point": point}
    told, run = answered("robust", case, options, arguments, asked, changes, read, find, teller)
    return shown(told, run, findings, asked)
