"""Each hand-solved case runs three ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.world import Runner


@pytest.fixture(params=["memory", "csv", "xlsx"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Runner:
    """Solves a case directly, or after writing it and reading it back."""
    return Runner(request.param, tmp_path)
