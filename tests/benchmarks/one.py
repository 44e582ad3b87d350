"""One measurement in a process of its own: ``python -m tests.benchmarks.one CASE TOOL [PHASE ...]`` prints JSON."""

from __future__ import annotations

import json
import os
import resource
import sys

from tests.benchmarks.registry import measured


def main() -> None:
    """Measure, and tell the most memory that the process held, in MiB."""
    case, tool, *phases = sys.argv[1:]
    before = _peak()
    # what libraries print to the terminal is no part of the answer
    answer, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    os.dup2(2, 1)
    found = measured(case, tool, frozenset(phases))
    answer.write(json.dumps({**found, "memory": _peak(), "loaded": before}) + "\n")
    answer.close()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
