"""A plan as a brief: what it says, in which order, before it is Markdown or a printed page."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.report import story
from optimizer.report.asked import asked
from optimizer.report.brief.blocks import Block, Document, PageBreak, Paragraph, Picture
from optimizer.report.brief.page_one import page_one
from optimizer.report.brief.pages import pages
from optimizer.report.glyphs import unprintable
from optimizer.report.studies.told import Told
from optimizer.solve.plan import Plan

CHANGED = ", not of the workbook as it stands: see page 1"
"""What the foot of each page adds where changes or options make it another run."""


def brief(
    plan: Plan, run_id: str, pictures: Sequence[Picture] = (), changes: Sequence[str] = (),
    studies: Sequence[Told] = (),
) -> Document:
    """The brief of a plan.

    Args:
        plan: a checked plan.
        run_id: id of its run, for the foot of each page.
        pictures: the pictures that it shows.
        changes: what was changed in the case as read, in words.
        studies: studies of the plan.
    """
    other = asked(plan, changes)
    return Document(
        kicker=plan.case.settings.title,
        headline=story.headline(plan),
        # each page by itself tells that it is not of the workbook as it stands
        footer=f"run {run_id}{CHANGED if other else ''}",
        blocks=[
            *(Paragraph(text, "lead") for text in other), *page_one(plan), PageBreak(), *pages(plan, pictures, studies),
            *_unprintable(plan),
        ],
        pictures={
            picture.name: picture.svg for picture in (*pictures, *(one for told in studies for one in told.pictures))
        },
    )


def _unprintable(plan: Plan) -> list[Block]:
    signs = unprintable(plan.case)
    text = "No font of the printed brief holds these signs of the workbook; they print as U+ and their number: "
    return [Paragraph(f"{text}{'; '.join(signs)}.", "note")] if signs else []
