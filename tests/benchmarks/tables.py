"""What was measured, as tables of `docs/performance.md`: ratios of one run, misses among them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.benchmarks.growth import slopes

Rows = Sequence[Mapping[str, Any]]


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; all columns but the first stand to the right."""
    marks = ["---", *["---:"] * (len(headers) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (headers, marks, *rows))


def peers(rows: Rows) -> str:
    """Times and memory of each peer as multiples of ours."""
    found = []
    for row in rows:
        if row["tool"].startswith("optimizer"):
            continue
        ours = "optimizer, cut down" if row["tool"] == "pypsa" else "optimizer"
        mine = next(one for one in rows if (one["case"], one["tool"]) == (row["case"], ours))
        made = sum(mine["seconds"].get(phase, 0.0) for phase in ("build", "compile"))
        search = mine["seconds"].get("solve", 0.0) + mine["seconds"].get("hand-over", 0.0)
        solved = ("" if row["ended"] else "≥ ") + _over(row["seconds"].get("solve"), search)
        size = f"{mine['rows']:,}" if "rows" in mine else "-"
        found.append((row["case"], row["tool"], size, _over(row["seconds"]["build"], made), solved,
                      _over(row["held"], mine["held"])))
    return table(("case", "peer", "our rows", "build", "search", "memory"), found)


def _over(theirs: float | None, mine: float | None) -> str:
    return "-" if theirs is None or not mine else f"{theirs / mine:.2g}"


def phases(rows: Rows) -> str:
    """Our own phases as shares of the whole."""
    names = ("read", "build", "compile", "hand-over", "solve", "check", "report")
    found = []
    for row in rows:
        if row["tool"] == "optimizer":
            whole = sum(row["seconds"].values())
            parts = [f"{100 * row['seconds'][name] / whole:.1f} %" if name in row["seconds"] else "-" for name in names]
            found.append((row["case"], f"{row['rows']:,}", f"{row['nonzeros']:,}", *parts))
    return table(("case", "rows", "entries", *names), found)


def growth(rows: Rows) -> str:
    """The slope of each phase."""
    return table(("phase", "slope"), [(phase, f"{value:.2f}") for phase, value in slopes(rows).items()])


def resolve(found: Mapping[str, Mapping[str, float]]) -> str:
    """Changed numbers on a held plan, beside the solver's own warm run."""
    rows = [(kind, f"{of['ratio']:.2f}", f"{of['first'] / of['solver']:.0f}" if "first" in of else "-")
            for kind, of in found.items() if "ratio" in of]
    told = table(("changed", "ours / the solver's warm run", "first time, beside that run"), rows)
    return f"{told}\n\nA worker that holds India in this way has {found['worker']['memory']:.0f} MiB."


def cold(found: Mapping[str, float]) -> str:
    """Whole commands beside bare imports."""
    return table(("pair", "ratio"), [(name, f"{value:.2f}") for name, value in found.items()])


def held(found: Mapping[str, float]) -> str:
    """A plan held through futures beside a loop of plain models."""
    row = (f"{found['futures']:,.0f}", f"{found['looped']:.0f}", f"{found['built']:.0f}", f"{found['ratio']:.0f}")
    return table(("futures", "models of the loop, measured", "models built in full by ours", "loop / ours"), [row])


def formulation(rows: Rows) -> str:
    """What each change gives alone, as multiples of what is shipped."""
    found = []
    for row in rows:
        base = next(one for one in rows if one["question"] == row["question"] and one["variant"] == "as shipped")
        ratios = [f"{row[key] / base[key]:.2f}" if base[key] else "-" for key in ("seconds", "iterations", "nodes")]
        proved = f"{row['proved']:.0f} of {row['of']}"
        found.append((row["question"], row["variant"], *ratios, f"{100 * row['root_gap']:.2f} %", proved))
    return table(("question", "variant", "seconds", "iterations", "nodes", "root gap", "proved"), found)


def studies(rows: Rows) -> str:
    """Studies beside loops of plain models: seconds as multiples of ours, and where ours go."""
    found = []
    for row in rows:
        ours, theirs = row["ours"], row["theirs"]
        found.append((
            row["study"], f"{ours['searches']:.0f}", str(row["models"]), _over(theirs["whole"], ours["whole"]),
            _over(theirs["search"], ours["search"]), f"{ours['beside'] / theirs['beside']:.2f}",
            f"{100 * ours['beside'] / ours['whole']:.0f} %",
        ))
    return table(("study", "our searches", "their models", "end to end", "in search", "beside search: ours / theirs",
                  "beside search, of ours"), found)


def cluster(found: Mapping[str, float]) -> str:
    """Small tasks on workers beside the solver's own warm runs, and what a second worker gains."""
    one, alone = found["ours 1"] / found["solver 1"], found["solver 1"] / found["solver 2"]
    gained = found["ours 1"] / found["ours 2"]
    return table(("what", "ratio", "aim"), [
        ("a task's overhead on one worker, beside the solver's warm run", f"{one - 1:.2f}", "at most 1.5"),
        ("two plain processes of the solver beside one", f"{alone:.2f}", ""),
        ("two workers beside one", f"{gained:.2f}", ""),
        ("the latter beside the former", f"{gained / alone:.2f}", "at least 0.9"),
    ])


def placed(page: str, name: str, text: str) -> str:
    """The page with a table between its marks replaced.

    Raises:
        ValueError: the page has no such marks.
    """
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    made, count = re.subn(f"{begin}.*?{end}", lambda _: f"{begin}\n{text}\n{end}", page, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"docs/performance.md has no place for '{name}'")
    return made
