"""How long whole commands take beside bare imports, in turn on one machine."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNS = 9

HELP = [sys.executable, "-m", "optimizer", "--help"]
PYOMO = [sys.executable, "-c", "import pyomo.environ"]
BARE = [sys.executable, "-c", "import pyomo.environ, highspy"]
LIBRARIES = [sys.executable, "-c", "import pyomo.environ, highspy, pandas, pydantic, rich, matplotlib.figure, typst, "
             "xlsxwriter"]
PLAN = [sys.executable, "-c", "from optimizer import read_case, solve; solve(read_case('inputs/first_steps.xlsx'))"]


def cold() -> dict[str, float]:
    """Pair of commands -> the median of the ratios of their times, the first run of each left out."""
    with tempfile.TemporaryDirectory() as out:
        whole = [sys.executable, "-m", "optimizer", "solve", "inputs/first_steps.xlsx", "--quiet", "--out", out]
        return {
            "help / import pyomo.environ": _ratio(HELP, PYOMO),
            "plan of first_steps / import pyomo.environ, highspy": _ratio(PLAN, BARE),
            "solve first_steps / import pyomo.environ, highspy": _ratio(whole, BARE),
            "solve first_steps / import of every library it uses": _ratio(whole, LIBRARIES),
        }


def _ratio(one: Sequence[str], other: Sequence[str]) -> float:
    pairs = [(_seconds(one), _seconds(other)) for _ in range(RUNS)]
    return statistics.median(a / b for a, b in pairs[1:])


def _seconds(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began
