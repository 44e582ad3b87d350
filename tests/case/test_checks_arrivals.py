"""The arithmetic of what can arrive: each number worked out by hand, never below what a plan could bring."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.case.case import Case, case_of
from optimizer.case.checks import check_case
from optimizer.case.checks.arrivals import Bounds
from optimizer.case.findings import Finding
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

S = Series.of


def _case(*rows: Row, tonnes: Series, **demand: object) -> Case:
    line = Demand.model_validate(
        {"name": "cars", "sector": "cars", "place": "Home", "material": "magnet", "tonnes": tonnes, **demand}
    )
    return case_of(
        Settings(title="t", first_year=2026, last_year=2030),
        Place(name="Home", home=True), Place(name="Abroad"), Place(name="Concern", concern=True),
        Material(name="oxide", stage="oxide"), Material(name="magnet", stage="magnet"),
        RecipeLine(recipe="make", material="oxide", role="input", amount=2.0),
        RecipeLine(recipe="make", material="magnet", role="output", amount=1.0),
        line, *rows,
    )


def _works(**fields: object) -> tuple[Row, ...]:
    plant = Plant.model_validate({"name": "Y", "place": "Home", "capacity": S(1950.0), **fields})
    return (
        plant, Run(plant="Y", recipe="make"),
        Supply(name="oxide", place="Home", material="oxide", price=S(1.0), limit=S(9000.0)),
    )


def _lane(**fields: object) -> tuple[Row, ...]:
    values = {"name": "X", "material": "magnet", "origin": "Abroad", "destination": "Home", **fields}
    return (
        Lane.model_validate(values), Supply(name="mag", place="Abroad", material="magnet", price=S(9.0)),
    )


def _errors(case: Case) -> list[Finding]:
    return [f for f in check_case(case) if f.level == "error"]


def _most(case: Case, *, clear: bool = False) -> list[float]:
    bounds = Bounds(case, clear)
    return [bounds.at("Home", "magnet", year) for year in case.years]


def test_the_message_carries_the_arithmetic_and_the_cells() -> None:
    case = _case(
        *_works(), *_lane(limit=S(4000.0)), tonnes=Series(points=((2026, 5000.0), (2028, 5000.0), (2029, 7120.0)))
    )
    cells = {"Demand[cars].tonnes.2029": "Demand!H2", "Lanes[X]": "Lanes!A2", "Plants[Y]": "Plants!A2"}
    (fault,) = _errors(replace(case, origin=replace(case.origin, cells=cells)))
    assert fault.cell == "Demand!H2"
    assert fault.found == "7120"
    assert fault.message == (
        "7,120 t of 'magnet' are needed at 'Home' in 2029, at most 5,950 t can arrive: 4,000 t by lane 'X' (Lanes!A2), "
        "1,950 t by plant 'Y' (Plants!A2). So it is in 2 years, 2029 to 2030."
    )


def test_what_can_arrive_is_no_fault() -> None:
    assert _errors(_case(*_works(), *_lane(limit=S(4000.0)), tonnes=S(5950.0))) == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(_lane(limit=S(100.0), loss=0.2), [80] * 5, id="loss on the way"),
        pytest.param(_lane(limit=S(100.0), from_year=2027, to_year=2028), [0, 100, 100, 0, 0], id="years of a lane"),
        pytest.param(_works(), [1950] * 5, id="standing capacity"),
        pytest.param(_works(partner_keeps=0.2), [1560] * 5, id="what a partner keeps"),
        pytest.param(
            _works(capacity=S(0.0), module=100.0, most_modules=3, orders_at_most=2, lead=1.5, ramp=(0.5, 1.0)),
            [0, 150, 450, 600, 600], id="all that may be ordered, with lead and ramp",
        ),
        pytest.param(
            _works(capacity=S(0.0), module=100.0, ordered_in=(("2024", 1.0),), lead=1.0, life=3.0),
            [100, 100, 0, 0, 0], id="ordered before, end of life",
        ),
        pytest.param(
            (*_works(), Deal(name="d", lead=1.0, most=S(30.0)), *_lane(limit=S(50.0), deals=(("d",),))),
            [1950, 1980, 1980, 1980, 1980], id="a deal's lead and its most",
        ),
        pytest.param(
            (*_lane(limit=S(50.0), deals=(("d",),)), Deal(name="d", use=False), *_works()), [1950] * 5,
            id="a deal switched off",
        ),
        pytest.param(
            (*_lane(limit=S(60.0), deals=(("d",),)), Deal(name="d", lead=0.5, term=1.0, signings_at_most=1)),
            [30, 30, 30, 30, 30], id="part of a year",
        ),
        pytest.param(
            (*_lane(limit=S(60.0), deals=(("d",),)), Deal(name="d", lead=0.5, term=1.0)),
            [30, 60, 60, 60, 60], id="terms that follow one another",
        ),
        pytest.param(
            (*_works()[:2], Supply(name="o", place="Home", material="oxide", price=S(1.0), limit=S(10.0), total=8.0)),
            [4] * 5, id="what inputs allow",
        ),
        pytest.param(
            (*_lane(limit=S(0.0)), Stock(name="s", place="Home", material="magnet", opening_clear=7.0,
                                         opening_exposed=5.0)),
            [12] * 5, id="an opening stock",
        ),
        pytest.param(
            (*_lane(limit=S(10.0)), Stock(name="s", place="Home", material="magnet", limit=S(25.0))),
            [10, 20, 30, 35, 35], id="what may be put by, up to the limit",
        ),
        pytest.param(
            (Supply(name="s", place="Home", material="magnet", price=S(1.0), limit=S(5.0)),
             Lane(name="out", material="magnet", origin="Home", destination="Abroad"),
             Lane(name="back", material="magnet", origin="Abroad", destination="Home")),
            [5] * 5, id="lanes in a circle feed nothing",
        ),
    ],
)
def test_by_hand(rows: tuple[Row, ...], expected: list[float]) -> None:
    assert _most(_case(*rows, tonnes=S(1.0))) == pytest.approx(expected)


def test_clear_share() -> None:
    rows = (
        Supply(name="s", place="Concern", material="magnet", price=S(1.0)),
        Lane(name="c", material="magnet", origin="Concern", destination="Home"),
        Supply(name="h", place="Home", material="magnet", price=S(1.0), limit=S(40.0), exposed_share=0.25),
    )
    assert _errors(_case(*rows, tonnes=S(100.0), clear_share=S(0.3))) == []
    (fault,) = _errors(_case(*rows, tonnes=S(100.0), clear_share=S(0.31)))
    assert "31 t of clear 'magnet' are needed" in fault.message
    assert "at most 30 t can arrive: 30 t by supply 'h'" in fault.message
    # a tenth may go short, and that counts towards what need not be clear
    soft = _case(*rows, tonnes=S(100.0), clear_share=S(0.4), floor=S(0.9), shortage_cost=S(1.0))
    assert _errors(soft) == []


def test_lines_of_one_product_add_up() -> None:
    more = Demand(name="wind", sector="wind", place="Home", material="magnet", tonnes=S(60.0))
    (fault,) = _errors(_case(*_lane(limit=S(100.0)), more, tonnes=S(50.0)))
    assert fault.address == "Demand[wind].tonnes.2026"
    assert "110 t of 'magnet' are needed at 'Home' in 2026 by 2 demand lines" in fault.message


def test_nothing_brings_any() -> None:
    (fault,) = _errors(_case(tonnes=S(50.0)))
    assert "at most 0 t can arrive: nothing brings any" in fault.message


def test_what_may_go_short_needs_nothing() -> None:
    assert _errors(_case(tonnes=S(50.0), floor=S(0.0), shortage_cost=S(1.0))) == []
