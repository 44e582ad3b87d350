"""A line on stderr that tells how a solve goes."""

from __future__ import annotations

import math
from types import TracebackType

from rich.status import Status
from rich.text import Text

from optimizer.report.numbers import percent
from optimizer.report.terminal import console
from optimizer.solve.events import Event, Incumbent, Note, StageStarted

WORDS = {
    "build": "building the model", "compile": "compiling the model", "solve": "searching", "least cost":
    "finding the least cost", "as now": "solving the plan as now", "unique": "looking for another set of deals",
    "check": "checking the plan against the workbook",
}


class Ticker:
    """Draws events as they come; a line that moves in a terminal, nothing but notes in a pipe."""

    def __init__(self) -> None:
        self._console = console(stderr=True)
        self._status: Status | None = None

    def __enter__(self) -> Ticker:
        if self._console.is_terminal:
            self._status = self._console.status("reading")
            self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self._status is not None:
            self._status.stop()

    def __call__(self, event: Event) -> None:
        """Draw one event."""
        if isinstance(event, Note):
            self._console.print(Text(event.text))
        elif self._status is not None:
            if isinstance(event, StageStarted):
                self._status.update(Text(WORDS.get(event.name, event.name)))
            elif isinstance(event, Incumbent):
                gap = percent(event.gap) if math.isfinite(event.gap) else "open"
                self._status.update(Text(f"{event.goal}: gap {gap}, {event.seconds:.0f} s"))
