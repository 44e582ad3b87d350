r"""Other criteria (MODEL.md 5), such as jobs, emissions or effort.

.. math::
    total_i = \sum per\,signing \cdot n \, sign + \sum per\,module \cdot modules + \sum per\,tonne \cdot flow

Each line of the sheet Criteria adds what its deals, plants, lanes or supplies count for; a criterion may be a goal or
a limit.
"""

from __future__ import annotations

from optimizer.case.schema import Criterion, matches
from optimizer.model.blocks.deals import flow, metered
from optimizer.model.building import Building
from optimizer.model.terms import Terms


def add_variables(b: Building) -> None:
    """None of its own: ``goal[name]`` is there for every criterion."""


def add_rows(b: Building) -> None:
    """The total of each criterion."""
    keys = list(dict.fromkeys((row.criterion,) for row in b.data.case.criteria))
    terms = Terms()
    terms.add(range(len(keys)), b.grid("goal", keys), -1.0)
    for row in b.data.case.criteria:
        _count(b, terms, keys.index((row.criterion,)), row)
    b.family("criterion", keys, terms, "==", 0.0, ("Criteria[{0}/*]",))


def _count(b: Building, terms: Terms, i: int, row: Criterion) -> None:
    """Enter what the deals, plants, lanes or supplies of a line count for."""
    for deal in (name for name in b.data.deals if matches(name, row.applies_to)):
        terms.add(i, b.signs[deal], [row.per_signing * s.terms for s in b.data.signings[deal]])
        terms.add(i, metered(b, deal), row.per_tonne)
    for sheet, names in (("Plants", b.data.plants), ("Lanes", b.data.lanes), ("Supply", b.data.supplies)):
        for name in (name for name in names if matches(name, row.applies_to)):
            terms.add(i, flow(b, (sheet, name)), row.per_tonne)
    for plant in (name for name in b.data.plants if matches(name, row.applies_to)):
        terms.add(i, b.modules[plant], row.per_module)
