"""Where two cases differ, in the units and cells of the workbook; and the cases between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.case.case import Case
from optimizer.case.changes import Change, apply_changes
from optimizer.case.difference import InputChange, differences, mixed
from optimizer.case.families import ASIDE, CHAIN, GOALS, ROWS, SHEET_WORDS, family_of, in_order
from optimizer.case.findings import CaseError
from optimizer.case.read import read_case
from optimizer.case.schema import SHEETS, Deal, Demand, Series, Settings
from tests.case.small import changed_rows, small


def one(before: Case, after: Case) -> InputChange:
    (found,) = differences(before, after)
    return found


def test_a_number_is_told_in_the_unit_of_its_cell() -> None:
    """Written in USD/kg, kept in USD/t: told as the planner wrote it, however the change was given."""
    case = read_case("india")
    change = one(case, case.change("Deals[Japan toll].fee", "41600 USD/t"))
    assert (change.group, change.kind, change.address) == ("fees of deals", "changed", "Deals[Japan toll].fee")
    assert change.cells == (case.cell(change.address),) * 2
    assert change.cells[0].startswith("Deals!")
    assert (change.old, change.new, change.unit) == (32.0, 41.6, "USD/kg")


def test_a_series_is_told_year_by_year() -> None:
    """Only the years whose numbers differ; a constant stands for each year that the other names."""
    before = changed_rows(small(), Demand, "cars", tonnes=Series(points=((2026, 300.0), (2028, 320.0))))
    after = changed_rows(small(), Demand, "cars", tonnes=Series(points=((2026, 300.0), (2028, 330.0))))
    change = one(before, after)
    assert (change.address, change.old, change.new, change.unit) == ("Demand[cars].tonnes.2028", 320.0, 330.0, "t")
    steady = differences(small(), after)
    assert [(of.address, of.old, of.new) for of in steady] == [("Demand[cars].tonnes.2028", 300.0, 330.0)]


def test_blanks_texts_and_whole_numbers() -> None:
    before = small()
    after = changed_rows(before, Deal, "toll", fee=None, partner="Other", signed_in=2025, signings_at_most=2)
    told = {of.address: (of.old, of.new, of.group) for of in differences(before, after)}
    assert told == {
        "Deals[toll].fee": (2.0, None, "fees of deals"),
        "Deals[toll].partner": ("Abroad", "Other", "deals"),
        "Deals[toll].signings at most": (None, 2, "calendar of deals"),
        "Deals[toll].signed in": (None, "2025", "calendar of deals"),
    }


def test_rows_that_come_go_or_are_switched() -> None:
    before, more = small(), Deal(name="more", partner="Abroad")
    assert (one(before, small(more)).kind, one(small(more), before).kind) == ("added", "removed")
    off = one(small(more), small(Deal(name="more", partner="Abroad", use=False)))
    assert (off.address, off.old, off.new, off.group) == ("Deals[more].use", "yes", "no", CHAIN)
    # what is switched off in both moves nothing
    quiet = [small(Deal(name="more", partner=partner, use=False)) for partner in ("Abroad", "Home")]
    assert not one(*quiet).moves


def test_goals_and_notes_are_told_apart_from_the_world() -> None:
    before = small()
    assert one(before, before.change("Case[budget].value", "5 USD m")).group == GOALS
    assert not one(before, before.change("Case[title].value", "Other")).moves
    assert not one(before, before.change("Deals[toll].note", "a note")).moves


def test_a_case_between_takes_what_it_is_told() -> None:
    before = small()
    after = apply_changes(before, (Change("Demand[cars].tonnes", "set", 200), Change("Deals[toll].fee", "set", 3)))
    every = {change.part for change in differences(before, after)}
    half = mixed(before, after, {("Demand", "tonnes")}, "half")
    assert half.demands == after.demands
    assert half.deals == before.deals
    assert mixed(before, after, every, "all").sheets == after.sheets
    assert mixed(before, after, (), "none").sheets == before.sheets


def test_a_case_between_that_is_not_sound_is_refused() -> None:
    """A lane under a deal that only the second case has."""
    before = small()
    after = changed_rows(small(Deal(name="more")), type(before.lanes[0]), "ore lane", deals=(("more",),))
    with pytest.raises(CaseError, match="more"):
        mixed(before, after, {("Lanes", "deals")}, "half")
    assert mixed(before, after, {("Lanes", "deals"), ("Deals", ROWS)}, "both").deals == after.deals


def test_rows_of_one_key_are_told_one_by_one() -> None:
    before = small()
    twice = replace(before, sheets={**before.sheets, "Demand": before.sheets["Demand"] * 2})
    assert one(before, twice).kind == "added"


@pytest.mark.parametrize("owner", [Settings, *SHEETS.values()])
def test_every_field_has_its_place(owner: type) -> None:
    parts = (*owner.model_fields, *([] if owner is Settings else [ROWS]))
    families = {family_of(owner.sheet, part) for part in parts}
    assert families <= set(in_order())
    assert SHEET_WORDS.get(owner.sheet, ASIDE) in in_order()


def test_every_family_is_of_fields_that_there_are() -> None:
    from optimizer.case import families

    for sheet, of in families._FAMILIES.items():
        owner = Settings if sheet == Settings.sheet else SHEETS[sheet]
        assert {field for fields in of.values() for field in fields} <= set(owner.model_fields), sheet
