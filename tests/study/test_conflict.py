"""Why there is no plan: conflicts of each kind with their cells, worked out by hand, and ways out of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from optimizer.case.case import Case
from optimizer.case.read import read_case, read_unchecked
from optimizer.case.schema import Deal, Demand, Lane, Limit, Row, Rule, Stock, Supply
from optimizer.case.write import write_xlsx
from optimizer.report.studies.conflict import data, headline, page, tables
from optimizer.runs import Journal
from optimizer.solve.plan import SolveOptions, Unsolved
from optimizer.solve.solve import solve
from optimizer.study.conflict import Conflict, conflict
from optimizer.study.executor import Here
from optimizer.study.ground import Ground
from tests.cases.little import FIRST, S, filtered, from_first, little, offer, source, works
from tests.report.schema import faults

Read = Callable[[Case], Case]
Options = dict[str, float]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A case as a workbook, so that its numbers have cells; what cannot arrive does not matter."""
    def through(case: Case) -> Case:
        write_xlsx(case, tmp_path / "case.xlsx")
        made, _ = read_unchecked(tmp_path / "case.xlsx")
        assert made is not None
        return made

    return through


def put(case: Case, *rows: Row) -> Case:
    """The case with rows in place of those of the same name."""
    sheets = dict(case.sheets)
    for row in rows:
        sheets[row.sheet] = (*(one for one in sheets.get(row.sheet, ()) if one.key != row.key), row)
    return replace(case, sheets=sheets)


def need(**terms: object) -> Demand:
    given = {"name": "need", "sector": "need", "place": "Home", "material": "product", "tonnes": S(5), **terms}
    return Demand.model_validate(given)


def late() -> Case:
    """All 5 t must be clear, 3 t lie in stock, and works need two years."""
    pile = Stock(name="pile", place="Home", material="product", opening_clear=3.0, closing_clear=0.0)
    return put(little(*works(module=5.0, lead=2.0), years=3), need(clear_share=S(1.0)), pile)


def taken() -> Case:
    """4 t must be taken under a deal that was signed before, and 1 t can be bought."""
    return little(*offer(limit=1.0, least=S(4.0), signed_in=FIRST - 1))


def modules() -> Case:
    """5 t must be clear, modules are of 4 t, and capacity may be 5 t: one module is too little, two are too much."""
    at_most = Limit(name="room", measure="capacity", sense="at most", value=S(5.0))
    return put(little(*works(module=4.0, most_modules=3)), need(clear_share=S(1.0)), at_most)


def both() -> Case:
    """A deal must be signed exactly 0 times and exactly once."""
    lane = Lane(name="x", material="product", origin="Ally", destination="Home", deals=(("toll",),))
    return little(Deal(name="toll"), lane, *(Rule(name=f"r{n}", rule="exactly", n=n, list=("toll",)) for n in (0, 1)))


def closed() -> Case:
    """The one lane opens a year late."""
    lane = Lane(name="from concern", material="product", origin="Concern", destination="Home", from_year=FIRST + 1)
    return put(little(years=2), lane)


def scarce(**terms: object) -> Case:
    """3 t can be bought of 5 t."""
    return put(little(), Supply.model_validate(
        {"name": "exposed", "place": "Concern", "material": "product", "price": S(10), "limit": S(3), **terms}))


CASES: dict[str, tuple[Case, Options, list[str], bool]] = {
    "what is needed, what lies there, and a lead": (
        late(), {}, ["Demand[need].clear share", "Demand[need].tonnes", "Stocks[pile].opening clear",
                     "Plants[works].lead"], False),
    "a least take and a supply": (
        taken(), {}, ["Deals[deal].least take", "Supply[of deal].limit"], False),
    "a budget": (
        little(*source(limit=S(1))), {"budget": 40.0}, ["Case[budget].value", "Demand[need].tonnes",
                                                        "Supply[clear].limit"], False),
    "a cap": (
        little(*source(limit=S(1))), {"cap": 0.5}, ["Case[dependence cap].value", "Demand[need].tonnes",
                                                    "Case[full from].value", "Supply[clear].limit"], False),
    "whole modules": (
        modules(), {}, ["Demand[need].clear share", "Demand[need].tonnes", "Limits[room].value",
                        "Plants[works].module"], True),
    "two rules": (both(), {}, ["Rules[r0].n", "Rules[r1].n"], False),
    "a lane that opens late": (
        closed(), {}, ["Demand[need].tonnes", "Lanes[from concern].from year"], False),
    "a need and a supply": (scarce(), {}, ["Demand[need].tonnes", "Supply[exposed].limit"], False),
}


def asked(case: Case, **options: object) -> Conflict:
    return conflict(case, SolveOptions(gap=0.0, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CASES)
def test_a_conflict_is_told_in_its_cells(name: str, read: Read) -> None:
    case, options, addresses, whole = CASES[name]
    made = read(case)
    found = asked(made, **options)
    assert found.status == "infeasible"
    assert found.clash is not None
    assert sorted(part.address for part in found.clash.parts) == sorted(addresses)
    assert found.clash.whole == whole
    for part in found.clash.parts:
        said = {"cap": "--cap", "budget": "--budget"}.get(part.what)
        # a setting that is blank has no cell of its own
        assert part.cell == (said or made.cell(part.address))
        assert (said or "!" in part.cell or part.sheet == "Case")
    assert all(part.decided for part in found.clash.parts)


@pytest.mark.parametrize("name", CASES)
def test_each_way_out_leaves_a_plan(name: str, read: Read) -> None:
    case, options, _, _ = CASES[name]
    found = asked(read(case), **options)
    assert len(found.repairs) >= 2
    assert len({frozenset(move.address for move in repair.moves) for repair in found.repairs}) == len(found.repairs)
    assert [repair.weighed for repair in found.repairs] == sorted(repair.weighed for repair in found.repairs)
    for repair in found.repairs:
        # what the command line asked for stands in the case of the way out
        solve(repair.case, SolveOptions(as_now=False, unique=False))


def weighed(found: Conflict) -> list[tuple[float, list[tuple[str, float | None, float | str]]]]:
    return [(round(repair.weighed, 6), [(move.address, move.old, move.new) for move in repair.moves])
            for repair in found.repairs]


def test_the_cheapest_ways_by_hand() -> None:
    """Least takes of 4 t against 1 t: three quarters of the take, or three times the supply."""
    assert weighed(asked(taken())) == [(75.0, [("Deals[deal].least take", 4.0, 1.0)]),
                                       (300.0, [("Supply[of deal].limit", 1.0, 4.0)])]


def test_a_law_stays() -> None:
    assert weighed(asked(scarce())) == [(40.0, [("Demand[need].tonnes", 5.0, 3.0)]),
                                        (66.666667, [("Supply[exposed].limit", 3.0, 5.0)])]
    assert weighed(asked(scarce(law=True))) == [(40.0, [("Demand[need].tonnes", 5.0, 3.0)])]
    assert weighed(asked(put(scarce(law=True), need(law=True)))) == []


def test_a_price_of_breaking_weighs_in_per_cent_of_the_budget() -> None:
    """5 t of clear product cost 12 each, 60; 1 t may be exposed, at 10, and each more costs 4: 10 + 12 x 4 = 58 is the
    least. At most 50: the budget is 16 % short. A tonne more of the limit saves 2, so that 4 t are needed: at 4 each
    16, of 50, 32 %.
    """
    exposed = Limit.model_validate({
        "name": "little exposed", "measure": "tonnes", "filter": None, "sense": "at most", "value": S(1),
        "price_of_breaking": 4.0,
    })
    case = little(*source(12), exposed.model_copy(update={"filter": filtered(flow="supply", supply="exposed")}))
    found = weighed(asked(case, budget=50.0))
    assert (16.0, [("Case[budget].value", 50.0, 58.0)]) in found
    assert (32.0, [("Limits[little exposed].value", 1.0, 5.0)]) in found


def test_years_between_two_given_ones_move_with_both() -> None:
    """Supply is given for 2030 (2 t) and 2032 (4 t), so that 2031 has 3 t; 5 t, 3.5 t and 4 t are needed."""
    case = put(little(years=3), need(tonnes=from_first(2, 3.5, 4)), Supply.model_validate({
        "name": "exposed", "place": "Concern", "material": "product", "price": S(10),
        "limit": {"points": ((FIRST, 2.0), (FIRST + 2, 4.0))}, "law": False,
    }))
    found = asked(case)
    assert found.clash is not None
    assert [(part.address, part.year) for part in found.clash.parts] == [
        ("Demand[need].tonnes.2031", 2031), ("Supply[exposed].limit.2030", 2031)]
    # half of each of the two years' numbers counts, so the larger one is the cheaper to move
    assert weighed(found)[:2] == [(14.285714, [("Demand[need].tonnes.2031", 3.5, 3.0)]),
                                  (25.0, [("Supply[exposed].limit.2032", 4.0, 5.0)])]
    assert all(solve(repair.case, SolveOptions(as_now=False, unique=False)) for repair in found.repairs)


def test_the_arithmetic_adds_up(read: Read) -> None:
    found = asked(read(late()))
    assert found.clash is not None
    assert found.clash.size == 5.0
    brought = [part.brings for part in found.clash.parts if part.brings is not None]
    assert brought == pytest.approx([3.0])
    assert found.clash.reached == pytest.approx(0.6)
    assert found.clash.rest == pytest.approx(0.0)
    told = data(found)
    assert told["arithmetic"] == ["Of 5.0 t, the others leave 3.0 t: 3.0 t from Stocks!D2. 2.0 t is missing."]
    assert told["message"] == (
        "Demand!F2 (need, 100 % of it from clear material in 2030) cannot be met with Demand!E2 (need, 5.0 t needed in "
        "2030), Stocks!D2 (pile, opening 3.0 t) and Plants!D2 (works, lead 2 years: first output 2032)."
    )


def test_the_budget_above_the_least_cost_moves_with_it() -> None:
    """Least cost is 50, and clear product 2 a tonne dearer: a cap of 0 asks for 60, the budget is 4 above the least."""
    case = little(*source(12), goal="dependence", budget_above_least_cost=4.0)
    found = asked(case, cap=0.0)
    assert found.clash is not None
    assert {part.what for part in found.clash.parts} == {"budget", "cap", "glide path", "demand"}
    assert (150.0, [("Case[budget above least cost].value", 4.0, 10.0)]) in weighed(found)
    for repair in found.repairs:
        solve(repair.case, SolveOptions(as_now=False, unique=False))


def test_near_conflicts_by_hand() -> None:
    """3 of 5 t are clear, for at most 50 % dependence: half a tonne of the supply, a tenth of dependence and a fifth of
    the need are left.
    """
    found = asked(little(*source(limit=S(3))), cap=0.5)
    assert found.status == "proved"
    assert found.clash is None
    assert not found.repairs
    last = {one.what: (one.now, one.last) for one in found.near}
    assert last["supply limit"] == pytest.approx((3.0, 2.5))
    assert last["demand"] == pytest.approx((5.0, 6.0))
    assert "cap" not in last, "dependence is 40 %: the cap has slack"


def test_a_deal_that_is_not_signed_bounds_nothing() -> None:
    found = asked(little(*offer(price=12.0, most=S(2.0))))
    assert {one.what for one in found.near} == {"demand"}


def test_what_is_told_keeps_to_the_schema(read: Read) -> None:
    for found in (asked(read(late())), asked(little())):
        document = {"schema": 1, "command": "conflict", "status": found.status, "exit": 4, "data": data(found),
                    "findings": []}
        assert faults(document) == []
        assert list(page(found))
        assert headline(found)
        assert all(len(frame) for frame in tables(found).values())
    assert faults({**document, "data": {**data(found), "repairs": [{"cost": "dear"}]}}) != []


def test_faults_of_other_kinds_are_no_conflict() -> None:
    case = read_case("first_steps")
    with pytest.raises(ValueError, match="no goal"):
        asked(case, goal="happiness")


def test_out_of_time_is_said() -> None:
    """Without any time the linear program still says that there is no plan; the ways out stay open."""
    found = asked(scarce(), time=0.0)
    assert found.status == "infeasible"
    assert found.clash is not None
    assert found.repairs == ()
    with pytest.raises(Unsolved):
        asked(modules(), time=0.0)


def test_a_second_time_the_answers_are_known() -> None:
    case, journal = scarce(), Journal()
    options = SolveOptions(gap=0.0)
    first = conflict(case, options, executor=Here(Ground(case, options), journal=journal))
    known = len(journal)
    again = conflict(case, options, executor=Here(Ground(case, options), journal=journal))
    assert known == len(journal) > 0
    assert weighed(first) == weighed(again)
