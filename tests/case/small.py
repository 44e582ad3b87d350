"""A small valid case that tests change in one place: ore abroad, a magnet plant at home, a toll, a stock."""

from __future__ import annotations

from optimizer.case.case import Case, case_of
from optimizer.case.schema import (
    Deal,
    Demand,
    Lane,
    Material,
    Place,
    Plant,
    RecipeLine,
    Row,
    Run,
    Series,
    Settings,
    Stock,
    Supply,
)


def small(*more: Row, **settings: object) -> Case:
    """The case with further rows and other settings."""
    return case_of(
        Settings.model_validate({"title": "Small", "first_year": 2026, "last_year": 2028, **settings}),
        Place(name="Home", home=True),
        Place(name="Abroad"),
        Place(name="Concern", concern=True),
        Material(name="ore", stage="ore", price=Series.of(6.0)),
        Material(name="magnet", stage="magnet", needs=(("ore", 2.0),)),
        RecipeLine(recipe="sinter", material="ore", role="input", amount=2.0),
        RecipeLine(recipe="sinter", material="magnet", role="output", amount=1.0),
        Run(plant="works", recipe="sinter", variable_cost=Series.of(3.0)),
        Supply(name="ore", place="Abroad", material="ore", price=Series.of(5.0), limit=Series.of(1000.0)),
        Supply(name="magnet abroad", place="Concern", material="magnet", price=Series.of(50.0)),
        Lane(name="ore lane", material="ore", origin="Abroad", destination="Home", loss=0.1),
        Lane(name="home lane", material="magnet", origin="Concern", destination="Home", deals=(("toll",),)),
        Demand(name="cars", sector="cars", place="Home", material="magnet", tonnes=Series.of(300.0)),
        Stock(name="heap", place="Home", material="ore", opening_clear=10.0),
        Deal(name="toll", partner="Abroad", fee=Series.of(2.0)),
        Plant(name="works", place="Home", capacity=Series.of(200.0), module=50.0, capex=Series.of(9.0), lead=1.0),
        *more,
    )


def changed_rows(case: Case, kind: type[Row], key: str, **fields: object) -> Case:
    """The case with fields of one row replaced, or without the row where no fields are given."""
    rows: list[Row] = []
    for row in case.sheets[kind.sheet]:
        if row.key != key:
            rows.append(row)
        elif fields:
            values = {name: getattr(row, name) for name in kind.model_fields}
            rows.append(kind.model_validate({**values, **fields}))
    assert any(row.key == key for row in case.sheets[kind.sheet])
    return Case(case.settings, {**case.sheets, kind.sheet: tuple(rows)}, case.origin)
