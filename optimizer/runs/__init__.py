"""Run folders: a run is whole or a .part, and what was there before is never lost."""

from optimizer.runs.folder import RunFolder, digest

__all__ = ["RunFolder", "digest"]
