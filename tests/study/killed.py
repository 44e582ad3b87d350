"""A study on two workers that may be killed: ``python -m tests.study.killed FOLDER`` begins it, or goes on with it."""

from __future__ import annotations

import sys
from pathlib import Path

from optimizer.runs.journal import JOURNAL, Journal
from optimizer.study.frontier import frontier
from optimizer.study.pool import Pool
from tests.study.tasks import Logged
from tests.study.test_cluster import Eager, told
from tests.study.test_frontier import EXACT, chosen

if __name__ == "__main__":
    folder, ground = Path(sys.argv[1]), Logged(chosen(61), EXACT)
    ground.log = str(folder / "log")
    with Pool(2) as pool:
        executor = Eager(ground, pool, journal=Journal(folder / JOURNAL))
        sys.stdout.write(told(frontier(ground.case, EXACT, points=12, executor=executor)))
