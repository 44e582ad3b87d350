"""How each phase grows with the size of the model: the slope of a line through logarithms, and a plot."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

WORLDS = ("12 places", "20 places", "40 places", "80 places", "120 places", "200 places", "430 places")
OURS = ("read", "build", "compile", "hand-over")
LOOKS = {"read": "o", "build": "s", "compile": "^", "hand-over": "D", "solve": "v", "check": "P", "report": "X"}


def points(rows: Sequence[Mapping[str, Any]], phase: str, tool: str = "optimizer") -> list[tuple[float, float]]:
    """Entries of the matrix and seconds of a phase, over the worlds that have it."""
    of = {row["case"]: row for row in rows if row["tool"] == tool}
    size = {row["case"]: row["nonzeros"] for row in rows if row["tool"] == "optimizer"}
    return [(size[name], of[name]["seconds"][phase]) for name in WORLDS if phase in of.get(name, {}).get("seconds", {})]


def slope(found: Sequence[tuple[float, float]]) -> float:
    """Slope of the least-squares line through the logarithms of size and seconds."""
    sizes, seconds = np.log(np.array(found)).T
    return float(np.polyfit(sizes, seconds, 1)[0])


def slopes(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Phase -> its slope, for those that at least three worlds have."""
    every = {phase: points(rows, phase) for phase in LOOKS}
    return {phase: slope(found) for phase, found in every.items() if len(found) >= 3}


def plot(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Seconds of each phase over the entries of the matrix, both axes logarithmic, as SVG."""
    with rc_context({"svg.hashsalt": "optimizer", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(6.5, 3.6), layout="constrained")
        axes = figure.add_subplot()
        for phase, mark in LOOKS.items():
            found = points(rows, phase)
            if len(found) >= 2:
                axes.loglog(*zip(*found, strict=True), marker=mark, linewidth=1.2, markersize=4, label=phase)
        axes.set_xlabel("entries of the matrix")
        axes.set_ylabel("seconds")
        axes.grid(which="major", color="#E6EDF1")
        axes.legend(frameon=False, ncols=2)
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
