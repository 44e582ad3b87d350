"""LibreOffice without a screen; tests that need it are skipped where it is missing, but not in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def converted(file: Path, ending: str, into: Path) -> Path:
    """A file saved by LibreOffice in another form, or in the same once more.

    Skips the test where LibreOffice is missing; fails it where the environment says CI.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is missing: install libreoffice-calc.")
        pytest.skip("this test needs LibreOffice")
    into.mkdir(parents=True, exist_ok=True)
    profile = (into / "profile").resolve().as_uri()
    done = subprocess.run(
        [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", ending, "--outdir",
         str(into), str(file)],
        capture_output=True, text=True, timeout=180, check=False,
    )
    made = into / f"{file.stem}.{ending}"
    assert made.exists(), f"{done.stdout}\n{done.stderr}"
    return made
