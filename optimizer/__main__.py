"""``python -m optimizer`` is the command ``optimizer``, and so is the script of that name."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

GIVEN_UP = 130
"""Exit code, that of `optimizer.cli`, which may be what is still loading when Ctrl-C comes."""


def main() -> NoReturn:
    """Run the command as a process of its own: Ctrl-C ends it in order from its first moment to its last."""
    try:
        from optimizer.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(GIVEN_UP)
    finally:
        # the answer is given: while Python tidies up, which may take a second, Ctrl-C means nothing any more
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
