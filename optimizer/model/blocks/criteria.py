r"""Other criteria (MODEL.md 5), such as jobs, emissions or effort.

.. math::
    total_i = \sum per\,signing \cdot n \, sign + \sum per\,module \cdot modules + \sum per\,tonne \cdot flow

Each line of the sheet Criteria adds what its deals, plants, lanes or supplies count for; a criterion may be a goal or
a limit.
"""

from __future__ import annotations

from optimizer.case.schema import Criterion, matches
from optimizer.model.blocks.deals import flow, volume
from optimizer.model.building import Building, Index, Linear


def add_variables(b: Building) -> None:
    """None of its own: ``goal[name]`` is there for every criterion."""


def add_rows(b: Building) -> None:
    """The total of each criterion."""
    rows: dict[Index, tuple[Linear, str, float]] = {}
    for row in b.data.case.criteria:
        key = (row.criterion,)
        if key not in rows:
            rows[key] = (Linear({"goal": {key: -1.0}}), "==", 0.0)
        rows[key][0].plus(_counted(b, row))
    b.linear("criterion", rows, ("Criteria[{0}/*]",))


def _counted(b: Building, row: Criterion) -> Linear:
    total = Linear()
    for deal in (name for name in b.data.deals if matches(name, row.applies_to)):
        for s in b.data.signings[deal]:
            total.add("sign", (deal, s.year, s.terms), row.per_signing * s.terms)
        for year in b.data.years:
            total.plus(volume(b, deal, year), row.per_tonne)
    for sheet, names in (("Plants", b.data.plants), ("Lanes", b.data.lanes), ("Supply", b.data.supplies)):
        for name in (name for name in names if matches(name, row.applies_to)):
            for year in b.data.years:
                total.plus(flow(b, (sheet, name), year), row.per_tonne)
    for key in b.m.modules:
        if matches(key[0], row.applies_to):
            total.add("modules", key, row.per_module)
    return total
