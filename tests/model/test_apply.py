"""A change made on arrays equals a model built anew with the same bounds, or is refused with its reason."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from optimizer.case.case import Case
from optimizer.case.read import read_case
from optimizer.case.schema import Payment, Series, Supply
from optimizer.model.apply import KINKED, MOVABLE, Rebuild, Shift, apply
from optimizer.model.assemble import build
from optimizer.model.compiled import Compiled, compile_model
from tests.cases.little import little, offer
from tests.random_cases import random_case
from tests.solve.test_session import choice

Numbers = Callable[[float], float]
SEEDS = range(12)


def changed(case: Case, sheet: str, column: str, by: Numbers) -> Case:
    """The case with every number of a column changed."""
    rows = tuple(row.model_copy(update={column: _changed(getattr(row, column), by)}) for row in case.sheets[sheet])
    return Case(case.settings, {**case.sheets, sheet: rows}, case.origin)


def _changed(value: Any, by: Numbers) -> Any:
    if isinstance(value, Series):
        return Series(points=tuple((year, by(number)) for year, number in value.points), constant=value.constant
                      if value.constant is None else by(value.constant))
    return None if value is None else by(value)


def arrays_of(case: Case) -> Compiled:
    return compile_model(build(case))


def having(sheet: str) -> Iterator[tuple[Case, Compiled]]:
    """Random cases that have rows of a sheet and no contradiction, with their arrays."""
    for seed in SEEDS:
        case = random_case(seed)
        if case.sheets.get(sheet) and not (arrays := arrays_of(case)).settled:
            yield case, arrays


def equal(one: Compiled, other: Compiled) -> None:
    """The same rows and columns by name, in any order, and the same numbers."""
    mine, theirs = _named(one), _named(other)
    assert mine.keys() == theirs.keys()
    for key, number in mine.items():
        assert number == pytest.approx(theirs[key], rel=1e-12, abs=1e-12), key
    assert one.limits == other.limits
    assert (one.money, one.settled, one.shifted) == (other.money, other.settled, other.shifted)


def _named(arrays: Compiled) -> dict[Any, float]:
    columns = np.repeat(np.arange(len(arrays.columns)), np.diff(arrays.starts))
    found: dict[Any, float] = {}
    for i, j, number in zip(arrays.indices, columns, arrays.values, strict=True):
        if number:
            found[arrays.rows[i], arrays.columns[j]] = number
    for side in ("row_lower", "row_upper"):
        found.update({(row, side): number for row, number in zip(arrays.rows, getattr(arrays, side), strict=True)})
    for side in ("lower", "upper", "integer"):
        found.update({(name, side): float(n) for name, n in zip(arrays.columns, getattr(arrays, side), strict=True)})
    return found


@pytest.mark.parametrize(("sheet", "column"), list(MOVABLE))
def test_a_change_on_arrays_equals_a_model_built_anew(sheet: str, column: str) -> None:
    made = 0
    for case, before in having(sheet):
        after = changed(case, sheet, column, lambda number: 0.9 * number)
        found = apply(before, after)
        if isinstance(found, Rebuild):
            continue
        made += 1
        equal(found, compile_model(build(after, bounds=before.bounds)))
        assert found.case is after
    assert made, "every change was refused"


EDITS: dict[str, Callable[[Any], Any]] = {
    "less": lambda value: _changed(value, lambda number: 0.9 * number),
    "nothing": lambda value: _changed(value, lambda _: 0.0),
    "blank": lambda _: None,
    "given": lambda value: Series.of(0.5) if value is None else value,
}


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_accepted_equals_a_model_built_anew(seed: int) -> None:
    """Numbers lessened, set to nothing, blanked or given, in one row or in all, in one column or in two."""
    draw, case = random.Random(seed), random_case(seed)
    before = arrays_of(case)
    for _ in range(12):
        after = case
        for sheet, column in draw.sample(list(MOVABLE), k=draw.choice((1, 1, 2))):
            rows = list(after.sheets.get(sheet, ()))
            chosen = range(len(rows)) if draw.random() < 0.5 else draw.sample(range(len(rows)), k=min(1, len(rows)))
            edit = EDITS[draw.choice(list(EDITS))]
            for i in chosen:
                value = edit(getattr(rows[i], column))
                try:
                    rows[i] = type(rows[i]).model_validate({**rows[i].model_dump(), column: value})
                except ValidationError:
                    continue
            after = Case(after.settings, {**after.sheets, sheet: tuple(rows)}, after.origin)
        found = apply(before, after)
        if isinstance(found, Compiled):
            equal(found, compile_model(build(after, bounds=before.bounds)))


def test_a_contradiction_is_not_carried_on() -> None:
    """Arrays that hold a contradiction are no start: what the change mends would stay contradicted."""
    case = next(case for seed in range(200) if arrays_of(case := random_case(seed)).settled)
    found = apply(arrays_of(case), changed(case, "Demand", "tonnes", _part(0.5)))
    assert found == Rebuild("some row without variables does not hold, whatever is decided")


def test_a_shift_is_of_one_column_within_what_was_looked_at(india: Compiled) -> None:
    less = apply(india, changed(india.case, "Demand", "tonnes", _part(0.9)))
    assert isinstance(less, Compiled)
    shift = Shift.between(india, less)
    with pytest.raises(ValueError, match="may let more flow"):
        shift.on(india, -1.0)
    shifted = shift.on(india, 0.5)
    assert apply(shifted, india.case) == Rebuild("the arrays stand between two cases")
    both = apply(india, changed(changed(india.case, "Deals", "fee", _part(0.9)), "Runs", "variable_cost", _part(0.9)))
    assert isinstance(both, Compiled)
    with pytest.raises(ValueError, match="together do not move the arrays in proportion"):
        Shift.between(india, both)
    with pytest.raises(ValueError, match="not arrays of one model"):
        Shift.between(india, shifted)


def test_a_price_under_duty_is_the_lowest_of_several() -> None:
    """Duty is paid on the lowest price at a place, which another supply may come to have."""
    sheets = dict(choice().sheets)
    other = Supply(name="rival's other", place="rival", material="magnet", price=Series.of(11.0))
    sheets["Supply"] = (*sheets["Supply"], other)
    sheets["Lanes"] = tuple(lane.model_copy(update={"duty": Series.of(0.1)}) for lane in sheets["Lanes"])
    case = Case(choice().settings, sheets)
    before = arrays_of(case)
    after = apply(before, changed(case, "Supply", "price", _part(0.99)))
    assert isinstance(after, Compiled)
    with pytest.raises(ValueError, match="Supply price does not move the arrays in proportion"):
        Shift.between(before, after)
    single = arrays_of(choice())
    cheaper = apply(single, changed(choice(), "Supply", "price", _part(0.99)))
    assert isinstance(cheaper, Compiled)
    Shift.between(single, cheaper)


@pytest.mark.parametrize(("sheet", "column"), [one for one in MOVABLE if one not in KINKED])
def test_more_of_a_change_moves_the_arrays_in_proportion(sheet: str, column: str) -> None:
    made = 0
    for case, before in having(sheet):
        little, much = (apply(before, changed(case, sheet, column, by)) for by in (_part(0.99), _part(0.9)))
        if isinstance(little, Rebuild) or isinstance(much, Rebuild):
            continue
        try:
            # what can flow is looked at for as much as is made
            whole = Shift.between(before, much)
            found, much = whole.on(before, 0.1), little
        except ValueError:
            continue
        made += 1
        for name in ("values", "row_lower", "row_upper"):
            np.testing.assert_allclose(getattr(found, name), getattr(much, name), rtol=1e-9, atol=1e-9)
    assert made, "every change was refused"


def test_what_moves_in_no_proportion_is_refused(india: Compiled) -> None:
    less = apply(india, changed(india.case, "Deals", "most", _part(0.9)))
    assert isinstance(less, Compiled)
    with pytest.raises(ValueError, match="Deals most does not move the arrays in proportion"):
        Shift.between(india, less)


def _part(factor: float) -> Numbers:
    return lambda number: factor * number


@pytest.mark.parametrize(("sheet", "column"), [
    ("Deals", "fee"), ("Supply", "price"), ("Demand", "tonnes"), ("Plants", "capex"), ("Limits", "value"),
])
def test_on_india(sheet: str, column: str, india: Compiled) -> None:
    after = changed(india.case, sheet, column, lambda number: 0.97 * number)
    found = apply(india, after)
    assert isinstance(found, Compiled), found
    equal(found, compile_model(build(after, bounds=india.bounds)))
    assert not np.array_equal(found.values, india.values) or not np.array_equal(found.row_lower, india.row_lower) \
        or not np.array_equal(found.row_upper, india.row_upper)


@pytest.fixture(scope="module")
def india() -> Compiled:
    return arrays_of(read_case("inputs/india"))


def test_what_the_search_alone_knows_moves_nothing(india: Compiled) -> None:
    settings = india.case.settings.model_copy(update={"budget": 1e9, "title": "another"})
    found = apply(india, Case(settings, india.case.sheets, india.case.origin))
    assert isinstance(found, Compiled)
    assert found.values is india.values


@pytest.mark.parametrize(("change", "reason"), [
    (lambda case: case.change("Deals[Korea toll].lead", 2), "Deals[Korea toll].lead shapes the model"),
    (lambda case: case.change("Case[discount rate].value", 0.05), "Case[discount_rate] shapes the model"),
    (lambda case: case.change("Deals[Korea toll].use", "no"), "Deals[Korea toll].use shapes the model"),
    (lambda case: Case(case.settings, {**case.sheets, "Deals": case.sheets["Deals"][1:]}, case.origin),
     "rows of Deals come or go"),
    (lambda case: changed(case, "Demand", "tonnes", lambda number: 3 * number),
     "more may flow than the bounds of the arrays allow"),
    (lambda case: case.change("Demand[Industry].tonnes.2030", 0), "the column serve[('Industry', 2030, 'clear')]"),
])
def test_what_shapes_the_model_is_refused_with_its_reason(
    change: Callable[[Case], Case], reason: str, india: Compiled
) -> None:
    found = apply(india, change(india.case))
    assert isinstance(found, Rebuild)
    assert reason in found.reason


def test_another_unit_of_money_is_another_model() -> None:
    case = random_case(2)
    found = apply(arrays_of(case), changed(case, "Supply", "price", lambda number: 1e4 * number))
    assert found == Rebuild("the unit of money of the model changes")


def test_a_study_that_announces_its_changes_may_make_them(india: Compiled) -> None:
    """With the wider demand in the box, the bounds hold for it, and it is made on the arrays."""
    wide = changed(india.case, "Demand", "tonnes", lambda number: 1.5 * number)
    assert isinstance(apply(india, wide), Rebuild)
    boxed = compile_model(build(india.case, box=[wide]))
    found = apply(boxed, wide)
    assert isinstance(found, Compiled), found
    equal(found, compile_model(build(wide, bounds=boxed.bounds)))


def test_a_price_that_was_nothing_has_no_column(india: Compiled) -> None:
    rows = tuple(row.model_copy(update={"signing_cost": None}) for row in india.case.sheets["Deals"])
    free = replace(india, case=india.case)
    without = compile_model(build(Case(india.case.settings, {**india.case.sheets, "Deals": rows}, india.case.origin)))
    found = apply(without, free.case)
    assert isinstance(found, Rebuild)
    assert found.reason.startswith("the column cash[(")
    assert "comes or goes" in found.reason


def test_changes_follow_one_another_and_travel(india: Compiled) -> None:
    dear = changed(india.case, "Deals", "fee", lambda number: 2 * number)
    there = apply(india, dear)
    assert isinstance(there, Compiled)
    sent = pickle.loads(pickle.dumps(there))
    back = apply(sent, india.case)
    assert isinstance(back, Compiled)
    equal(back, india)


def test_a_deal_that_never_closes_is_the_same_model_with_other_numbers(india: Compiled) -> None:
    """Nothing is built anew, and every signing keeps its column: a plan can be held through such a future and back."""
    lost = india.case.change("Deals[Japan toll].chance of closing", 0.0)
    there = apply(india, lost)
    assert isinstance(there, Compiled), there
    assert there.columns == india.columns
    equal(there, compile_model(build(lost, bounds=india.bounds)))
    taken = [row for row, (block, index) in enumerate(there.rows)
             if block.startswith(("only_when_signed", "most_taken", "least_take")) and index[0] == "Japan toll"]
    signed = {there.column("sign", index) for family, index in there.columns
              if family == "sign" and index[0] == "Japan toll"}
    assert taken
    assert not any(there.values[place] for row in taken for column, place in there.entries_of(row).items()
                   if column in signed)
    back = apply(there, india.case)
    assert isinstance(back, Compiled)
    equal(back, india)
    assert isinstance(apply(india, india.case.change("Deals[Japan toll].chance of closing", 0.4)), Compiled)


def test_payments_that_no_deal_makes_any_more_are_told() -> None:
    """The payments of the only deal that makes them go with it: then the model has fewer columns, and is built anew."""
    payment = Payment(deal="deal", years_after=0.0, amount=7.0)
    case = little(*offer(signing_cost=Series.of(3.0)), payment)
    found = apply(arrays_of(case), case.change("Deals[deal].chance of closing", 0.0))
    assert isinstance(found, Rebuild)
    assert found.reason == "the column cash[('payments', 'payments', 'home', 2030)] comes or goes"
