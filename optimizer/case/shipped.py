"""The cases that come with the program."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def shipped() -> dict[str, Path]:
    """Name -> workbook: in the checkout, or in the package as it was installed."""
    package = Path(str(files("optimizer")))
    return {
        book.stem: book for home in (package.parent, package) for book in sorted((home / "inputs").glob("*.xlsx"))
    }
