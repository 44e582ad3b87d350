"""The frontier told: document, tables, page and picture say the same numbers, in the planner's words."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest

from optimizer.case.schema import Criterion
from optimizer.report.brief.blocks import Block, Bullets, Heading, Image, Paragraph, Table
from optimizer.report.studies.frontier import data, page, pictures, sentence, tables
from optimizer.study.frontier import Frontier, frontier
from tests.cases.little import S, little, offer
from tests.solve.test_properties import in_other_money
from tests.study.test_frontier import EXACT, offers


@cache
def found() -> Frontier:
    """The case solved by hand, in millions: 50 at 100 %, 57 at 60 % with A, 65 at 50 % and 75 at none with both."""
    return frontier(in_other_money(offers(), 1e6), EXACT, points=4)


def of(kind: type[Block], blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if isinstance(block, kind)]


def test_the_page_gives_the_answer_first() -> None:
    blocks = list(page(found()))
    assert blocks[0] == Heading("What less dependence costs")
    assert blocks[1] == Paragraph(
        "From 100.0 % down to 0.0 % of dependence takes USD 25 m more cost, USD 250 k a point on average. "
        "Down to 60.0 % it is USD 175 k a point; from there on USD 300 k a point."
    )
    assert isinstance(blocks[2], Image)


def test_the_story_between_points() -> None:
    (story,) = of(Bullets, list(page(found())))
    assert isinstance(story, Bullets)
    assert story.items == [
        "From 100 % to 60 %: add A; USD 7 m, that is USD 175 k a point.",
        "From 60 % to 50 %: add B; USD 8 m, that is USD 800 k a point.",
        "From 50 % to 0 %: the same deals and plants, other amounts; USD 10 m, that is USD 200 k a point.",
    ]


def test_the_numbers_of_the_page_are_those_of_the_tables_and_the_document() -> None:
    (table,) = of(Table, list(page(found())))
    assert isinstance(table, Table)
    assert table.headers == ("", "dependence", "cost, USD m", "A point less", "Above the least by")
    points, document = tables(found())["points"], data(found())
    for i, row in enumerate(table.rows, start=1):
        mine = points[points["point"] == i].set_index("criterion")["value"]
        assert row[1] == f"{100 * mine['dependence']:.1f} %"
        assert row[2] == f"{mine['cost'] / 1e6:,.1f}"
        assert document["points"][i - 1]["cost"] == pytest.approx(mine["cost"], rel=1e-8)
        assert row[4] == "nothing"
    assert [row[0] for row in table.rows] == ["1", "2 (knee)", "3", "4"]
    assert [row[3] for row in table.rows] == ["", "USD 175 k", "USD 800 k", "USD 200 k"]


def test_tables_are_tidy() -> None:
    made = tables(found())
    assert {name: list(frame.columns) for name, frame in made.items()} == {
        "points": ["point", "criterion", "value", "unit"], "choices": ["point", "sheet", "name", "value", "unit"],
        "segments": ["point", "corner", "criterion", "value", "unit"],
    }
    assert all(frame["value"].notna().all() for frame in made.values())
    choices = made["choices"]
    assert [tuple(row) for row in choices[["point", "name"]].itertuples(index=False)] == [
        (2, "A"), (3, "A"), (3, "B"), (4, "A"), (4, "B")
    ]


def test_the_document_has_no_number_that_json_has_not() -> None:
    unsure = replace(found(), status="stopped", ended="time", points=tuple(
        replace(point, bound=-float("inf")) for point in found().points))
    text = json.dumps(data(unsure), allow_nan=False)
    assert [point["gap"] for point in json.loads(text)["points"]] == [None] * 4
    assert "gap" not in set(tables(unsure)["points"]["criterion"])
    (table,) = of(Table, list(page(unsure)))
    assert isinstance(table, Table)
    assert {row[4] for row in table.rows} == {"not known"}


@pytest.mark.parametrize(("ended", "told"), [
    ("", ""), ("points", " It ended at the number of points asked for."), ("time", " It ended with its time."),
    ("interrupted", " It was interrupted; with --resume it goes on."),
])
def test_what_is_not_looked_into_and_why(ended: str, told: str) -> None:
    note = list(page(replace(found(), ended=ended)))[-1]
    assert isinstance(note, Paragraph)
    assert f"the widest part not looked into goes from 50.0 % to 0.0 %.{told} A knee" in note.text
    none = list(page(replace(found(), ended=ended, hidden=())))[-1]
    assert none == Paragraph(f"Between these points there is no other one, but for their gap.{told}", "note")


def test_one_point_has_neither_picture_nor_story() -> None:
    one = frontier(in_other_money(little(), 1e6), EXACT)
    assert sentence(one) == (
        "One point is known: dependence 100.0 % at cost USD 50 m. No plan has less dependence, whatever is spent."
    )
    assert sentence(replace(one, ended="time")).endswith("at cost USD 50 m.")
    assert pictures(one) == ()
    blocks = list(page(one))
    assert not of(Bullets, blocks)
    assert not of(Image, blocks)
    json.dumps(data(one), allow_nan=False)


def test_another_criterion_is_told_in_its_unit() -> None:
    """What the deal saves costs effort: 30 days for the signing."""
    case = little(*offer(), Criterion(criterion="effort", unit="days", applies_to="deal", per_signing=30.0))
    told = frontier(in_other_money(case, 1e6), EXACT, criteria=("cost", "effort"))
    assert sentence(told) == (
        "From 30.0 days down to 0 days of effort takes USD 16 m more cost, USD 533 k each on average."
    )
    (table,) = of(Table, list(page(told)))
    assert isinstance(table, Table)
    assert [row[1] for row in table.rows] == ["30.0 days", "0 days"]
    units = tables(told)["points"].groupby("criterion")["unit"].first()
    assert units.to_dict() == {"cost": "USD", "effort": "days", "gap": "fraction"}


def test_the_picture_is_the_same_bytes_each_time_and_can_be_read_aloud() -> None:
    (picture,), (again,) = pictures(found()), pictures(found())
    assert picture.svg == again.svg
    assert (picture.name, picture.title) == ("frontier", "Dependence against cost")
    assert picture.alt == f"Dependence against cost. {sentence(found())}"


def test_names_of_the_workbook_are_data() -> None:
    """A deal whose name looks like markup, or like a number, stands in every form as it is."""
    name = "[bold]1e3 | *x*"
    told = frontier(little(*offer(12.0, 5.0, name=name, signing_cost=S(1.0))), EXACT, points=2)
    assert data(told)["points"][-1]["deals"] == [name]
    assert name in set(tables(told)["choices"]["name"])
    (story,) = of(Bullets, list(page(told)))
    assert isinstance(story, Bullets)
    assert f"add {name};" in story.items[0]
