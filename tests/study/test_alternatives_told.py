"""What is told of alternatives: document, tables and page say the same, in the planner's words."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from optimizer.report.brief.blocks import Heading, Paragraph, Table
from optimizer.report.brief.markdown import escape
from optimizer.report.grids import console
from optimizer.report.page import show_page
from optimizer.report.studies import alternatives as told
from optimizer.report.studies.told import Told
from optimizer.study.alternatives import Alternatives, alternatives
from optimizer.study.roles import OPEN, Uniqueness
from tests.cases.little import S, little, offer, works
from tests.report.plans import ODD
from tests.solve.test_session import choice
from tests.study.test_alternatives import EXACT, three


@pytest.fixture(scope="module")
def found() -> Alternatives:
    return alternatives(three(), EXACT, within=0.1)


def texts(found: Alternatives) -> list[str]:
    return [block.text for block in told.page(found) if isinstance(block, Paragraph)]


def grids(found: Alternatives) -> list[Table]:
    return [block for block in told.page(found) if isinstance(block, Table)]


def test_the_document_is_that_of_the_interface(found: Alternatives) -> None:
    data = json.loads(json.dumps(told.data(found), allow_nan=False))
    assert [(one["loss"], one["deals"]) for one in data["portfolios"]] == [
        (0.0, ["a", "b"]), (2.0, ["a"]), (3.0, ["b"]), (14.0, []),
    ]
    assert data["roles"] == {"a": "optional", "b": "optional", "c": "never"}
    assert data["proofs"]["Deals[c]"] == {
        "with": {"possible": False, "how": "search", "rank": None, "loss": None},
        "without": {"possible": True, "how": "plan", "rank": 1, "loss": 0.0},
    }
    assert (data["unique"], data["ended"], data["within"]) == (True, "within", 0.1)


def test_text_and_tables_say_the_same(found: Alternatives) -> None:
    blocks = list(told.page(found))
    assert isinstance(blocks[0], Heading)
    assert blocks[0].level == 2
    assert texts(found)[0] == "Second best is the set of deals without b; it costs USD 2 (5.56 %) more than the plan."
    sets, roles = grids(found)
    assert list(sets.rows[1]) == ["2", "USD 2", "5.56 %", "b", "-", "no"]
    assert list(sets.rows[3]) == ["4", "USD 14", "38.89 %", "a; b", "-", "no"]
    assert [list(row[:3]) for row in roles.rows] == [
        ["a", "optional", "yes"], ["b", "optional", "yes"], ["c", "never", "no"],
    ]
    frames = told.tables(found)
    losses = frames["sets"].query("measure == 'loss'").set_index("set")["value"]
    assert losses.round(6).to_dict() == {1: 0.0, 2: 2.0, 3: 3.0, 4: 14.0}
    assert all(list(frame.columns[-2:]) == ["value", "unit"] for frame in frames.values())
    assert set(frames["choices"]["name"]) == {"a", "b"}
    assert told.pictures(found) == ()
    assert Told.of("alternatives", told, found).headline == texts(found)[0]


def test_a_tie_is_told_as_one() -> None:
    found = alternatives(little(*offer(limit=5, name="a", signing_cost=S(4)),
                                *offer(limit=5, name="b", signing_cost=S(4))), EXACT)
    plan, other = (one.portfolio.deals[0] for one in found.portfolios[:2])
    assert texts(found)[0] == (
        f"As good as the plan, as far as can be told, is the set of deals without {plan} and with {other}."
    )
    assert texts(found)[1].startswith(f"The choice is close: without {plan} and with {other} it costs as much as")
    assert list(grids(found)[0].rows[1]) == ["2", "as much", "0.00 %", plan, other, "yes"]


def test_where_nothing_else_is_possible_it_says_why() -> None:
    only = alternatives(choice(), replace(EXACT, goal="dependence"))
    assert texts(only)[0] == "Without all of the plan's deals no plan keeps dependence at 40.0 % or less."
    free = alternatives(choice(), replace(EXACT, goal="cost"))
    assert texts(free)[0] == "The plan chooses none of the deals, so that every other set only adds to it."
    one = alternatives(three(), EXACT, n=1)
    assert texts(one)[0] == "Only the plan itself was asked for, and no other set."
    closed = alternatives(little(), EXACT)
    assert len(grids(closed)) == 0
    assert told.data(closed)["roles"] == {}


def test_what_is_not_settled_is_told_so(found: Alternatives) -> None:
    first, second = found.portfolios[:2]
    cut = replace(
        found, ended="time", status="stopped", uniqueness=Uniqueness(0.005, None),
        portfolios=(first, replace(second, proved=False, least_loss=float("-inf"))),
        roles=(replace(found.roles[0], lacking=OPEN),),
    )
    json.dumps(told.data(cut), allow_nan=False)
    assert "was not settled in the time" in texts(cut)[1]
    sets, roles = grids(cut)
    assert sets.rows[1][-1] == "no; may be as little as USD 0"
    assert list(roles.rows[0]) == ["a", "undecided", "yes", "With it: the plan. Without it: not settled in the time."]
    assert any("ended with its time" in text for text in texts(cut))
    alone = replace(cut, portfolios=(first,))
    assert texts(alone)[0] == "No second set of deals was found before the search ended."


def test_what_is_dearer_by_less_than_tau_is_nearly_a_tie_and_a_comma_in_a_name_is_none_of_the_list_s() -> None:
    """34 with the first, 34.1 (0.29 %) with the second: tau is 0.5 %."""
    found = alternatives(little(*offer(limit=5, name="toll, government", signing_cost=S(4)),
                                *offer(limit=5, name="toll, company", signing_cost=S(4.1))), EXACT)
    assert "without 'toll, government' and with 'toll, company'; it costs" in texts(found)[0]
    assert texts(found)[1].startswith("The choice is close: without 'toll, government' and with 'toll, company' it")
    row = list(grids(found)[0].rows[1])
    assert row[2:] == ["0.29 %", "toll, government", "toll, company", "nearly"]


def test_names_are_data(capsys: pytest.CaptureFixture[str]) -> None:
    """A name full of markup is printed as it stands, in the terminal too; plants are told by their modules."""
    made = works(name=ODD, module=2.5, most_modules=2, capex=S(1), orders_at_most=1)
    found = alternatives(little(*made), EXACT, plants=True)
    assert f"without {ODD} (1 module)" in texts(found)[0]
    assert escape(ODD) != ODD
    show_page(told.page(found), console(width=300))
    assert f"without {ODD} (1 module)" in capsys.readouterr().out
    assert told.data(found)["plant_roles"] == {ODD: "must"}
