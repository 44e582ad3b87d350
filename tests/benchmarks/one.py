"""One measurement in a process of its own: ``python -m tests.benchmarks.one CASE TOOL [PHASE ...]`` prints JSON."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

from tests.benchmarks.registry import TOOLS, measured


def main() -> None:
    """Measure, and tell the most memory that the process held, in MiB, and held once the tool was loaded."""
    case, tool, *phases = sys.argv[1:]
    # what libraries print to the terminal is no part of the answer
    answer, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    os.dup2(2, 1)
    TOOLS[tool]()
    before = peak()
    found = measured(case, tool, frozenset(phases))
    answer.write(json.dumps({**found, "memory": peak(), "loaded": before}) + "\n")
    answer.close()


def peak() -> float:
    """The most memory that this process held since its program began, in MiB.

    Read from the kernel, where it has it so: what `getrusage` tells of a child begins at what its parent once held.
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    main()
