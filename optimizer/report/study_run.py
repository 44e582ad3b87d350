"""A study as a run folder: its document, tables, page and pictures beside the input; and the journal it grew from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from optimizer.case.case import Case
from optimizer.case.write import write_csv
from optimizer.report.brief.blocks import Block, Document, Heading
from optimizer.report.brief.markdown import markdown
from optimizer.report.brief.pdf import pdf
from optimizer.report.origin import ORIGIN, origin_text
from optimizer.report.run import add_study, case_hashes, origin_of, versions
from optimizer.report.studies.told import Told
from optimizer.runs import JOURNAL, Journal, RunFolder, digest
from optimizer.solve.plan import SolveOptions


class StudyFolder:
    """The run folder of a study while it grows.

    Attributes:
        id: the run's id: equal for equal input, options, arguments and versions.
        journal: the answers so far.
        resumed: answers that were there when it was taken up again.
    """

    def __init__(
        self, root: Path, name: str, case: Case, options: SolveOptions, arguments: Mapping[str, Any], *, resume: bool
    ) -> None:
        """Makes the folder, or takes up the newest one of this study that was not finished.

        Args:
            root: folder in which the runs of all cases lie.
            name: name of the study.
            case: the case, changes made.
            options: gap, threads and the like.
            arguments: what else was asked.
            resume: whether to go on with one that was not finished, where there is one.

        Raises:
            OSError: it cannot be made or read.
            RunFault: its journal cannot be gone on with.
        """
        # how long it may take is no part of what is asked: a study goes on where it stood, with more time
        asked = {key: value for key, value in asdict(options).items() if key != "time"}
        self.id = digest(name, case_hashes(case), asked, arguments, versions())
        self._name, self._case, self._options, self._arguments = name, case, options, arguments
        known = RunFolder.unfinished(root, case.origin.name, self.id)
        self.waiting = known is not None and not resume
        self._folder = known if known is not None and resume else RunFolder(
            root, case.origin.name, self.id, private=case.settings.confidential
        )
        self.journal = Journal(self._folder.part / JOURNAL)
        self.resumed = len(self.journal)

    @property
    def path(self) -> Path:
        """Where it lies while it grows."""
        return self._folder.part

    def forget(self) -> None:
        """Leaves nothing to go on with.

        Raises:
            OSError: the journal cannot be taken away.
        """
        self.journal.forget()

    def discard(self) -> None:
        """Takes away a folder in which nothing was noted."""
        if not len(self.journal):
            self._folder.part.rmdir()

    def write(self, told: Told, seconds: Mapping[str, float], changes: Sequence[str], *, whole: bool) -> Path:
        """Stores what was found; gives the folder, which gets its name when it is `whole`.

        Raises:
            OSError: something cannot be written; what is there so far stays as a ``.part``.
        """
        folder = self._folder
        folder.fill("input", lambda into: write_csv(self._case, into))
        folder.write(f"input/{ORIGIN}", origin_text(self._case))
        add_study(folder, told)
        document = brief_of(told, self._case, self.id)
        folder.write("brief.md", markdown(document))
        folder.write("brief.pdf", pdf(document))
        folder.write_json("manifest.json", {
            **origin_of(told.name, self._case, self._options, self.id, changes), "arguments": dict(self._arguments),
            "status": told.status, "goals": {}, "told": told.headline,
            "seconds": {name: round(spent, 3) for name, spent in seconds.items()},
        })
        return folder.finish() if whole else folder.part


def brief_of(told: Told, case: Case, run_id: str) -> Document:
    """The page of a study as a brief of its own."""
    title, *rest = told.page
    assert isinstance(title, Heading)
    # the heading of the page is that of the whole here: those below it move up
    blocks: list[Block] = [Heading(one.text) if isinstance(one, Heading) else one for one in rest]
    return Document(
        kicker=case.settings.title, headline=title.text, footer=f"{told.name}, run {run_id}", blocks=blocks,
        pictures={picture.name: picture.svg for picture in told.pictures},
    )
