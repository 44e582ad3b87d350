"""Ctrl-C while a plan is searched for: once for the best plan so far, again to give up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether the user asked the search to stop.

    Attributes:
        asked: set by the first Ctrl-C; whoever searches looks at it.
    """

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def listening(self) -> Iterator[Stop]:
        """While inside, Ctrl-C asks for a stop, and a second one gives up.

        Only the main thread may listen, and only where Ctrl-C is not ignored already; elsewhere nothing changes.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed a second time.
        """
        before = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is not threading.main_thread() or before in (signal.SIG_IGN, None):
            yield self
            return
        signal.signal(signal.SIGINT, self._pressed)
        try:
            yield self
        finally:
            signal.signal(signal.SIGINT, before)

    def _pressed(self, _: int, __: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
