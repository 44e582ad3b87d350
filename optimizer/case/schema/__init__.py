"""The schema of a case: one class a sheet, the one source for reader, checks, reference page and template."""

from __future__ import annotations

from optimizer.case.schema.choices import Deal, Payment, Plant, Rule
from optimizer.case.schema.columns import CANONICAL, Column, Dimension, Kind, column_of, header_of
from optimizer.case.schema.money import Criterion, Incentive, Limit
from optimizer.case.schema.needs import Demand, Stock
from optimizer.case.schema.rows import Named, Row
from optimizer.case.schema.settings import Settings
from optimizer.case.schema.values import Filter, Frozen, Groups, Series, matches
from optimizer.case.schema.whatifs import Evidence, Range, ScenarioChange, Source
from optimizer.case.schema.world import Lane, Material, Place, RecipeLine, Run, Supply

SHEETS: dict[str, type[Row]] = {
    row.sheet: row
    for row in (
        Place, Material, RecipeLine, Run, Supply, Lane, Demand, Stock, Deal, Payment, Plant, Rule, Limit, Incentive,
        Criterion, ScenarioChange, Range, Source, Evidence,
    )
}
"""The row class of each sheet but Case, in the workbook's order."""

__all__ = [
    "CANONICAL", "SHEETS", "Column", "Criterion", "Deal", "Demand", "Dimension", "Evidence", "Filter", "Frozen",
    "Groups", "Incentive", "Kind", "Lane", "Limit", "Material", "Named", "Payment", "Place", "Plant", "Range",
    "RecipeLine", "Row", "Rule", "Run", "ScenarioChange", "Series", "Settings", "Source", "Stock", "Supply",
    "column_of", "header_of", "matches",
]
