"""The pictures of a brief, drawn by matplotlib: supply by origin, calendar, dependence, cost."""

from __future__ import annotations

from optimizer.report.brief.blocks import Picture
from optimizer.report.pictures.calendar import calendar
from optimizer.report.pictures.cost import cost
from optimizer.report.pictures.dependence import dependence
from optimizer.report.pictures.supply import supply
from optimizer.solve.plan import Plan

__all__ = ["Picture", "pictures"]


def pictures(plan: Plan) -> tuple[Picture, ...]:
    """The pictures that a plan has something for; equal plans give equal bytes."""
    return tuple(made for draw in (supply, calendar, dependence, cost) if (made := draw(plan)) is not None)
