"""A second model of the same mathematics, loosely written from the text, for tests alone."""

from __future__ import annotations

from tests.loose.answer import LooseResult, Stuck, loose_solve

__all__ = ["LooseResult", "Stuck", "loose_solve"]
