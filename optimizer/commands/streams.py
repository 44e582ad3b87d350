"""stdout and stderr for a command: neither, full, closed or cut off by its reader, changes how the command ends."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any


class Sink(io.BufferedIOBase):
    """Bytes on their way out. Once they cannot be written the fault is kept, and what follows goes nowhere.

    Attributes:
        fault: the first fault; None while all went well.
    """

    def __init__(self, to: IO[bytes]) -> None:
        self._to = to
        self.fault: OSError | None = None

    def write(self, data: Any) -> int:
        """Writes, or drops; either way all of it counts as written."""
        self._tried(lambda: self._to.write(data))
        return len(data)

    def flush(self) -> None:
        """Flushes what was written."""
        self._tried(self._to.flush)

    def _tried(self, action: Callable[[], object]) -> None:
        try:
            action()
        except OSError as fault:
            if self.fault is None:
                self.fault = fault
                # what is still held back would fail once more when Python ends
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._to.fileno())
                os.close(nowhere)

    def writable(self) -> bool:
        """True."""
        return True

    def isatty(self) -> bool:
        """Whether a terminal is behind it."""
        return self._to.isatty()

    def fileno(self) -> int:
        """The file behind it."""
        return self._to.fileno()


@dataclass(frozen=True)
class Streams:
    """The two streams of a command.

    Attributes:
        out: where its answer goes.
        err: where the rest goes.
    """

    out: Sink
    err: Sink

    @property
    def lost(self) -> str:
        """Why the answer did not arrive; empty where it did, or where its reader had read enough."""
        fault = self.out.fault
        return "" if fault is None or isinstance(fault, BrokenPipeError) else fault.strerror or str(fault)


@contextmanager
def sturdy() -> Iterator[Streams]:
    """`sys.stdout` and `sys.stderr` that take every text and never fail, until the end of the block."""
    before = sys.stdout, sys.stderr
    made = tuple(_sturdy(stream) for stream in before)
    sys.stdout, sys.stderr = (text for text, _ in made)
    try:
        yield Streams(*(sink for _, sink in made))
    finally:
        for text, sink in made:
            text.flush()
            sink.flush()
            # what Python ends with is the stream that it began with
            text.detach()
        sys.stdout, sys.stderr = before


def _sturdy(stream: Any) -> tuple[io.TextIOWrapper[Any], Sink]:
    """A stream, or nothing where it was closed from the start, as one that takes whatever it is given."""
    closed = stream is None
    sink = Sink(io.BytesIO() if closed else stream.buffer)
    # a path or name that the output cannot hold is no reason to end without an answer
    bytes_of: Any = sink
    text = io.TextIOWrapper(
        bytes_of, encoding="utf-8" if closed else stream.encoding, errors="replace",
        line_buffering=not closed and stream.line_buffering,
    )
    return text, sink
