"""What holds for every test: a solver that no earlier test has shaped, and the same random examples every time."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import highspy
import pytest
from hypothesis import HealthCheck, settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a shell starts what runs in its background deaf to Ctrl-C, which many a test presses
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("same", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("explore", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", deadline=None, print_blob=True, max_examples=6_800)
# A run can be repeated; `make test OPTIONS=--hypothesis-profile=explore` looks for new examples.
settings.load_profile("same")


@pytest.fixture(autouse=True)
def _own_threads() -> Iterator[None]:
    """HiGHS has one thread pool per process: left as it is, one test's number of threads makes another's runs fail."""
    yield
    highspy.Highs.resetGlobalScheduler(True)
