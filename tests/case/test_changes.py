"""Changes by address: what each does, that the case stays as it is, and that every fault is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.case.case import Case
from optimizer.case.changes import Change, apply_changes, parse_set, scenario_changes, with_scenario
from optimizer.case.findings import CaseError
from optimizer.case.schema import Deal, Lane, ScenarioChange, Series, Supply
from tests.case.small import changed_rows, small


def _supply(case: Case) -> Supply:
    return case.row(Supply, "ore")


def _values(series: Series | None) -> list[float]:
    assert series is not None
    return [series.at(year) for year in (2026, 2027, 2028)]


def test_set_every_year_and_one_year() -> None:
    case = small()
    every = case.change("Supply[ore].price", 9)
    one = case.change("Supply[ore].price.2027", "9")
    assert _values(_supply(every).price) == [9, 9, 9]
    assert _values(_supply(one).price) == [5, 9, 5]
    assert _values(_supply(case).price) == [5, 5, 5]


def test_a_year_set_does_not_bend_the_years_beside_it() -> None:
    case = changed_rows(small(), Supply, "ore", limit=Series(points=((2026, 300.0), (2028, 500.0))))
    changed = case.change("Supply[ore].limit.2028", 900)
    assert _values(_supply(changed).limit) == [300, 400, 900]


@pytest.mark.parametrize(
    ("how", "value", "years", "expected"),
    [
        ("times", "2", None, [600, 800, 1000]),
        ("times", "50 %", (2027, 2027), [300, 200, 500]),
        ("plus", "1 kt", (2027, 2028), [300, 1400, 1500]),
        ("plus", -100.0, None, [200, 300, 400]),
    ],
)
def test_times_and_plus_act_on_interpolated_values(
    how: str, value: str | float, years: tuple[int, int] | None, expected: list[float]
) -> None:
    case = changed_rows(small(), Supply, "ore", limit=Series(points=((2026, 300.0), (2028, 500.0))))
    change = Change("Supply[ore].limit", how, value, years)  # type: ignore[arg-type]  # a word from the table above
    assert _values(_supply(apply_changes(case, [change])).limit) == pytest.approx(expected)


def test_units() -> None:
    case = small()
    assert _values(_supply(case.change("Supply[ore].price", "28 USD/kg")).price) == [28_000] * 3
    in_kg = replace(case, origin=replace(case.origin, units={"Supply[ore].price": "USD/kg"}))
    assert _values(_supply(in_kg.change("Supply[ore].price.2027", "28")).price) == [5, 28_000, 5]
    assert _values(_supply(in_kg.change("Supply[ore].price", "28 USD/t")).price) == [28] * 3


def test_a_blank_cell_takes_the_unit_of_its_column() -> None:
    case = small(Deal(name="other", use=False))
    in_kg = replace(case, origin=replace(case.origin, units={"Deals[toll].fee.2026": "USD/kg"}))
    other = in_kg.change("Deals[other].fee", 1).sheets["Deals"][1]
    assert isinstance(other, Deal)
    assert _values(other.fee) == [1000] * 3
    mixed = {"Deals[toll].fee": "USD/kg", "Deals[third].fee": "USD/t"}
    in_both = replace(case, origin=replace(case.origin, units=mixed))
    with pytest.raises(CaseError, match="Write the unit"):
        in_both.change("Deals[other].fee", "1")
    assert in_both.change("Deals[other].fee", "1 USD/t")
    canonical = apply_changes(in_kg, [Change("Deals[toll].fee", "set", 7.0, unit="")])
    assert _values(canonical.row(Deal, "toll").fee) == [7] * 3


def test_other_kinds() -> None:
    case = small()
    assert [d.name for d in case.change("Deals[toll].window to", "2027").deals] == ["toll"]
    assert case.change("Deals[toll].lead", "6 months").row(Deal, "toll").lead == pytest.approx(0.5)
    assert not case.change("Stocks[heap].use", "no").stocks
    assert case.change("Case[discount rate]", "7 %").settings.discount_rate == pytest.approx(0.07)
    assert case.change("Case[then]", "cost; mean dependence").settings.then == ("cost", "mean dependence")
    assert case.change("Supply[ore].limit", "").row(Supply, "ore").limit is None
    assert case.change("Lanes[home lane].deals", "toll").row(Lane, "home lane").deals == (("toll",),)


def test_patterns_skip_blanks_but_must_find_a_number() -> None:
    case = small()
    doubled = apply_changes(case, [Change("Supply[*].limit", "times", 2.0)])
    assert _values(_supply(doubled).limit) == [2000] * 3
    assert doubled.row(Supply, "magnet abroad").limit is None
    with pytest.raises(CaseError, match="nothing stands here"):
        apply_changes(case, [Change("Supply[magnet abroad].limit", "times", 2.0)])


def test_every_fault_is_told() -> None:
    changes = [
        Change("Supply[or].price", "set", "9"),
        Change("Supply[ore].price", "set", "many"),
        Change("Supply[ore].price.2031", "set", "9"),
        Change("Supply[ore].total", "set", "-1"),
        Change("Deals[toll]", "set", "1"),
        Change("Deals[toll].name", "times", "2"),
    ]
    with pytest.raises(CaseError) as caught:
        apply_changes(small(), changes)
    assert len(caught.value.findings) == len(changes)
    text = str(caught.value)
    for part in ("Did you mean 'ore'", "2026 to 2028", "greater than or equal to 0", "Name a column", "needs a number"):
        assert part in text


def test_the_checks_run_again_with_the_cell() -> None:
    case = small()
    with_cells = replace(case, origin=replace(case.origin, cells={"Supply[ore].material": "Supply!D2"}))
    with pytest.raises(CaseError) as caught:
        with_cells.change("Supply[ore].material", "oree")
    assert caught.value.findings[0].cell == "Supply!D2"
    assert apply_changes(case, [Change("Supply[ore].material", "set", "oree")], checked=False)


@pytest.mark.parametrize(
    ("text", "address", "value"),
    [
        ("Deals[X].fee=28 USD/kg", "Deals[X].fee", "28 USD/kg"),
        ("Limits[a].filter = place=Japan|Korea", "Limits[a].filter", "place=Japan|Korea"),
        ("Case[then]=", "Case[then]", ""),
        ("Deals[v1.2].fee.2028=3", "Deals[v1.2].fee.2028", "3"),
    ],
)
def test_parse_set(text: str, address: str, value: str) -> None:
    assert parse_set(text) == Change(address, "set", value)


def test_parse_set_fault() -> None:
    with pytest.raises(CaseError, match="ADDRESS=VALUE"):
        parse_set("Deals[X].fee 28")


def test_scenarios() -> None:
    case = small(
        ScenarioChange(scenario="cut", address="Supply[magnet*].limit", years="", how="set", value="2 kt"),
        ScenarioChange(scenario="cut", address="Supply[ore].price", years="2027-2028", how="times", value="1.1"),
    )
    changed = with_scenario(case, "cut")
    assert _values(_supply(changed).price) == pytest.approx([5, 5.5, 5.5])
    assert _values(changed.row(Supply, "magnet abroad").limit) == [2000] * 3
    assert with_scenario(case, "base") == case
    assert scenario_changes(case, "cut")[1].years == (2027, 2028)
    with pytest.raises(CaseError, match="Did you mean 'cut'"):
        scenario_changes(case, "cuts")


def test_a_number_that_grows_too_large_is_told() -> None:
    """A factor of 1e308 would make the limit infinite: a fault with its cell, not a traceback."""
    case = small()
    with pytest.raises(CaseError, match="too large"):
        apply_changes(case, [Change("Supply[ore].limit", "times", 1e308)])
