"""What no input may bring about: a file outside the folder that was named, a program started, a line to another host.

Python tells of each of these before it does it (PEP 578). A hook stays for the life of a process, so that there is one,
and it listens only while something is watched. A hang is ended by a clock of the processor's time, which other programs
do not hurry.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

MOST_SECONDS = 30.0
"""Of the processor, for one input of some kilobytes, which takes a few hundredths of one: what takes longer hangs."""

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.chmod",
                      "os.truncate"})
_BEYOND = ("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "socket.",
           "urllib.", "pickle.find_class")


class HangError(AssertionError):
    """An input that takes longer than any may."""


class _Watch:
    """What was done while somebody watched.

    Attributes:
        inside: the folder in which files may be written; None while nobody watches.
        seen: what was done beside.
    """

    def __init__(self) -> None:
        self.inside: Path | None = None
        self.seen: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, given: tuple[object, ...]) -> None:
        if self.inside is None:
            return
        if event.startswith(_BEYOND):
            self.seen.append(f"{event} {given!r}"[:300])
        elif event in _CHANGES or (event == "open" and isinstance(given[2], int) and given[2] & _WRITES):
            paths = given[:2] if event in ("os.rename", "os.link") else given[:1]
            self.seen += [f"{event} {path!r}" for path in paths if not self._is_inside(path)]

    def _is_inside(self, path: object) -> bool:
        # a number is a file that was opened before, and was looked at then
        if isinstance(path, int) or self.inside is None:
            return True
        # not resolved, which would ask the disk, and that is watched
        return Path(os.path.normpath(Path.cwd() / os.fsdecode(path))).is_relative_to(self.inside)


_WATCH = _Watch()


@contextmanager
def harmless(inside: Path) -> Iterator[None]:
    """Fails where what is done within writes beside a folder, starts or calls anything, or takes without end."""
    def late(_: int, frame: FrameType | None) -> None:
        raise HangError(f"over {MOST_SECONDS:g} s of the processor, now in {frame and frame.f_code.co_qualname}")

    before = signal.signal(signal.SIGVTALRM, late)
    _WATCH.seen, _WATCH.inside = [], inside.absolute()
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        _WATCH.inside = None
        signal.signal(signal.SIGVTALRM, before)
    assert not _WATCH.seen, _WATCH.seen
