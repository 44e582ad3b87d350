"""Asks the workers of a scheduler, and one process: ``python -m tests.study.asking tls://host:8786``."""

from __future__ import annotations

import sys

from optimizer.study.pool import Pool
from tests.study.test_cluster import assert_equal_answers
from tests.study.test_frontier import offers

if __name__ == "__main__":
    with Pool(scheduler=sys.argv[1]) as pool:
        assert_equal_answers(pool, offers())
    sys.stdout.write("equal\n")
