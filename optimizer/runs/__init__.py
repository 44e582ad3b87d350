"""Run folders: a run is whole or a .part, and what was there before is never lost."""

from optimizer.runs.folder import RunFolder, digest
from optimizer.runs.journal import JOURNAL, Journal
from optimizer.runs.listing import RunEntry, RunFault, SeveralRuns, command_of, find_run, read_manifest, runs

__all__ = [
    "JOURNAL",
    "Journal",
    "RunEntry",
    "RunFault",
    "RunFolder",
    "SeveralRuns",
    "command_of",
    "digest",
    "find_run",
    "read_manifest",
    "runs",
]
