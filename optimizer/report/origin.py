"""Where a case was read from, kept beside a run's input: its cells and units, as a replay's brief names the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from optimizer.case.case import Case
from optimizer.runs import RunFault

ORIGIN = "origin.json"
"""Name of the file in a run's folder `input`."""


def origin_text(case: Case) -> str:
    """The cells and units of a case, by address, as JSON."""
    kept = {"cells": dict(case.origin.cells), "units": dict(case.origin.units)}
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def with_origin(case: Case, folder: Path, name: str) -> Case:
    """A case read from a run's input, with the name, cells and units of the workbook that it was first read from.

    Args:
        case: the case as read from `folder`.
        folder: the run's folder `input`; without an origin in it the cells stay those of its .csv files.
        name: name of the case.

    Raises:
        RunFault: the origin is there and cannot be used.
    """
    origin = replace(case.origin, name=name)
    try:
        kept = json.loads((folder / ORIGIN).read_bytes())
        origin = replace(origin, cells=_texts(kept["cells"]), units=_texts(kept["units"]))
    except FileNotFoundError:
        pass  # a case made in Python has none, and the answer does not hang on it
    except OSError as fault:
        raise RunFault(f"'{folder / ORIGIN}' cannot be read: {fault.strerror or fault}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RunFault(f"'{folder / ORIGIN}' is damaged: cells and units cannot be read from it.") from None
    return replace(case, origin=origin)


def _texts(kept: dict[str, str]) -> dict[str, str]:
    if not all(isinstance(text, str) for text in kept.values()):
        raise TypeError
    return dict(kept)
