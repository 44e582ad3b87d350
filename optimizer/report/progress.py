"""How a solve goes, on stderr: three lines that move in a terminal, a line now and then in a pipe."""

from __future__ import annotations

import math
import time
from types import TracebackType

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from optimizer.report.grids import console
from optimizer.report.numbers import bare, money, percent
from optimizer.report.readable import readable, unicode
from optimizer.solve.events import SHARE, Event, Incumbent, Note, StageEnded, Stages, StageStarted, Step, Stopping

WORDS = {
    "build": "building the model",
    "compile": "compiling the model",
    "check": "checking the plan",
    "as now": "the plan as now",
    "unique": "is another set of deals as good?",
    "confirm": "asking a second solver",
}
"""What a stage is called; least cost and goals have their own name."""

ENVELOPE = "solve"
"""The stage that holds others, and is not told itself."""

EVERY = 10.0
"""Seconds between two lines about the same search where lines stay."""

TURNS, PLAIN_TURNS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
"""What turns while it goes."""

HINT = "Ctrl-C: stop here, with the best plan so far."
STOPPING = "Stopping with the best plan so far; Ctrl-C: give up."


class Ticker:
    """Draws events as they come: lines that move in a terminal, else plain lines, few enough for a log.

    Attributes:
        stage: the stage that runs; empty before the first one.
    """

    def __init__(self) -> None:
        self._console = console(stderr=True)
        self._live: Live | None = None
        self._ahead: tuple[str, ...] = ()
        self._number = 0
        self._latest: Incumbent | None = None
        self._said = self._began = time.monotonic()
        self._stopping = False
        self._steps: Step | None = None
        self._first = self._began
        self.stage = ""

    def __enter__(self) -> Ticker:
        if self._console.file.isatty() and not self._console.is_dumb_terminal:
            self._live = Live(
                _Lines(self), console=self._console, transient=True, auto_refresh=False, redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start(refresh=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, event: Event) -> None:
        """Draw one event."""
        match event:
            case Stages(names):
                self._ahead = names
            case Step():
                self._step(event)
            case StageStarted(name) if name != ENVELOPE and self._steps is None:
                self._start(name)
            case StageEnded(name) if name == self.stage and self._latest is not None and self._live is None:
                self._say(f"  {where(self._latest)}")
            case Incumbent():
                self._search(event)
            case Stopping():
                self._stopping = True
                if self._live is None:
                    self._say(STOPPING)
            case Note(text):
                self._say(text)
        if self._live is not None:
            # drawn as events come, not by a thread: while Pyomo builds, Python's own `sum` is not what a thread expects
            self._live.refresh()

    def _start(self, name: str) -> None:
        left = self._ahead[self._number :]
        if name in left:
            self._number += left.index(name) + 1
        self.stage, self._latest, self._began = name, None, time.monotonic()
        if self._live is None:
            self._say(self.title)

    def _step(self, step: Step) -> None:
        now = time.monotonic()
        if self._steps is None:
            self._first = now
        self._steps, self.stage, self._latest, self._began = step, step.text, None, now
        if self._live is None:
            self._say(self.title)

    def _left(self) -> str:
        """About how long a study still takes, once a few of its solves tell."""
        if self._steps is None or self._steps.number < 3:
            return ""
        each = (self._began - self._first) / (self._steps.number - 1)
        seconds = each * (self._steps.ahead - self._steps.number + 1)
        if seconds < 1:
            return ""
        return f", about {seconds:.0f} s left" if seconds < 100 else f", about {seconds / 60:.0f} min left"

    def _search(self, event: Incumbent) -> None:
        if self.stage == "unique":
            return
        self._latest = event
        if self._live is None and time.monotonic() - self._said >= EVERY:
            self._say(f"  {where(event)}")

    def _say(self, text: str) -> None:
        self._said = time.monotonic()
        try:
            self._console.print(Text(readable(text, self._console.encoding)), soft_wrap=self._live is None)
        except OSError:
            # how it goes can be told nowhere any more; the plan is wanted all the same
            self._console.quiet = True

    @property
    def title(self) -> str:
        """The stage that runs, and which of how many it is."""
        if self._steps is not None:
            return f"{self._steps.number} of about {self._steps.ahead}: {self.stage}{self._left()}"
        words = WORDS.get(self.stage, self.stage)
        return f"{self._number} of {len(self._ahead)}: {words}" if self._number else words

    def lines(self, encoding: str) -> list[Text]:
        """What a terminal shows at this moment."""
        spent = time.monotonic() - self._began
        turns = TURNS if unicode(encoding) else PLAIN_TURNS
        turn = turns[int(8 * spent) % len(turns)]
        clock = f", {spent:.0f} s" if spent >= 1 else ""
        found = [Text(f"{turn} {readable(self.title or 'starting', encoding)}{clock}", style="bold")]
        if self._latest is not None:
            found.append(Text(f"  {readable(standing(self._latest), encoding)}"))
        if self._stopping:
            found.append(Text(f"  {STOPPING}", style="yellow"))
        elif self._latest is not None:
            found.append(Text(f"  {HINT}", style="dim"))
        return found


class _Lines:
    """The moving lines, drawn anew as often as the terminal is."""

    def __init__(self, of: Ticker) -> None:
        self._of = of

    def __rich_console__(self, out: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._of.lines(options.encoding):
            line.truncate(options.max_width, overflow="ellipsis" if unicode(options.encoding) else "crop")
            yield line


def where(event: Incumbent) -> str:
    """Where a search stands, with its seconds."""
    return f"{event.goal}: {standing(event)}, {event.seconds:.0f} s"


def standing(event: Incumbent) -> str:
    """Best plan so far, bound and gap of a search in the goal's own unit.

    >>> standing(Incumbent("dependence", 0.3333, 0.31, 0.0233, 12.0, "share"))
    'best so far 33.3 %, bound 31.0 %, gap 2.3 points'
    >>> standing(Incumbent("cost", float("inf"), 3.2e9, float("inf"), 2.0, "USD"))
    'no plan yet, bound USD 3.2 bn'
    """
    best = f"best so far {_amount(event, event.value)}" if math.isfinite(event.value) else "no plan yet"
    bound = f"bound {_amount(event, event.bound)}" if math.isfinite(event.bound) else "no bound yet"
    gap = [f"gap {_gap(event)}"] if math.isfinite(event.gap) else []
    return ", ".join([best, bound, *gap])


def _amount(event: Incumbent, value: float) -> str:
    if event.unit == SHARE:
        return percent(value)
    return money(value, event.unit) if event.goal == "cost" else f"{bare(value)} {event.unit}".strip()


def _gap(event: Incumbent) -> str:
    return f"{bare(100 * event.gap)} {'points' if event.unit == SHARE else '%'}"
