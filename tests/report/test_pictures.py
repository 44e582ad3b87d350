"""The pictures of a brief: the same bytes each time, nothing over anything else, whatever the names are."""

from __future__ import annotations

import itertools
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from optimizer.case.case import Case
from optimizer.case.schema import Deal, Series
from optimizer.report.pictures import pictures, style, words
from optimizer.report.pictures.calendar import ROWS
from optimizer.report.pictures.supply import SHOWN, ranked, title
from optimizer.solve.plan import Plan
from tests.report.plans import small_plan

ROOT = Path(__file__).parents[2]
LONG = "ABCDEFGHIJ " * 20


def named(works: str) -> Plan:
    return small_plan(works)


def many(deals: int) -> Plan:
    """The small plan with so many more deals, each signed in 2026."""
    plan = small_plan()
    rows = tuple(
        Deal(name=f"deal {i}", partner="Ally", kind="offtake", lead=0.5, term=1.5, fee=Series.of(1.0))
        for i in range(deals)
    )
    sheets = {**plan.case.sheets, "Deals": (*plan.case.sheets["Deals"], *rows)}
    amounts = replace(plan.amounts, sign={**plan.amounts.sign, **{(row.name, 2026, 1): 1 for row in rows}})
    volume = {**plan.volume, **{(row.name, 2027): float(i) for i, row in enumerate(rows)}}
    return replace(plan, case=Case(plan.case.settings, sheets, plan.case.origin), amounts=amounts, volume=volume)


def nothing() -> Plan:
    now = small_plan().as_now
    assert now is not None
    return now


def no_demand() -> Plan:
    plan = nothing()
    sheets = {name: rows for name, rows in plan.case.sheets.items() if name != "Demand"}
    amounts = replace(plan.amounts, serve={}, buy={}, ship={})
    return replace(plan, case=Case(plan.case.settings, sheets, plan.case.origin), amounts=amounts,
                   claims=replace(plan.claims, dependent={}, cash={}, charged={}, cost=0.0))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures of the pictures drawn in a test."""
    found: list[Figure] = []
    before = style.svg

    def keep(made: Figure) -> bytes:
        found.append(made)
        return before(made)

    monkeypatch.setattr(style, "svg", keep)
    return found


def test_a_plan_has_four_pictures_in_words_too() -> None:
    found = pictures(small_plan())
    assert [one.name for one in found] == ["supply", "calendar", "dependence", "cost"]
    supply, calendar, dependence, cost = found
    assert supply.title == "From 2028 more comes from elsewhere than from Farland"
    assert "in 2028 demand 300 t: works [/oops] *two* | =1 100 t, from Ally 100 t, from Farland 100 t" in supply.alt
    assert dependence.title == "Dependence on Farland is 33.3 % in 2028; as now it is 100.0 %"
    assert "exposed: 2026 100.0 %, 2027 66.7 %, 2028 33.3 %" in dependence.alt
    assert calendar.title.startswith("Calendar of 1 deal and 1 plant order; decide from 2026 to 2027")
    assert calendar.alt == (
        "Calendar of 1 deal and 1 plant order. Ally toll signed 2026, at work 2027 to the end; "
        "works [/oops] *two* | =1 ordered 2027, at work 2028 to the end."
    )
    assert cost.title == "The plan costs USD 40.8 m, USD 4.2 m less than as now"


def test_equal_plans_give_equal_bytes_in_another_process() -> None:
    code = (
        "import sys\nfrom optimizer.report.pictures import pictures\nfrom tests.report.plans import small_plan\n"
        "sys.stdout.buffer.write(b''.join(one.svg for one in pictures(small_plan())))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert other.stdout == b"".join(one.svg for one in pictures(small_plan()))
    assert other.stderr == b""


def test_the_settings_of_the_host_stay() -> None:
    before = dict(mpl.rcParams)
    pictures(small_plan())
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("plan", [
    small_plan(), named(LONG), named("हिन्दी ₹ 経済 한국"), named("$x^2$ \\frac & <b> \U0001F600"), many(60), nothing(),
], ids=["plain", "long name", "scripts", "signs", "many deals", "as now"])
def test_it_is_drawn_and_no_text_lies_over_another_or_outside(plan: Plan, drawn: list[Figure]) -> None:
    for picture in pictures(plan):
        root = ET.fromstring(picture.svg)
        assert root.tag.endswith("svg")
        assert not [node for node in root.iter() if node.tag.endswith("}text")], "texts are paths"
    assert drawn
    for figure in drawn:
        with style.drawing():
            assert overlaps(figure) == []


def overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts that lie over one another, and texts that leave the page."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    page = figure.bbox
    axes = figure.axes[0]
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    hidden = {
        *(tick for tick in axes.get_xticklabels() if not left <= tick.get_position()[0] <= right),
        *(tick for tick in axes.get_yticklabels() if not low <= tick.get_position()[1] <= high),
    }
    texts = [one for one in figure.findobj(Text) if one.get_visible() and one.get_text().strip() and one not in hidden]
    boxes = [(one.get_text(), one.get_window_extent(canvas.get_renderer())) for one in texts]
    found = [
        (text, "outside") for text, box in boxes
        if box.x0 < page.x0 - 1 or box.x1 > page.x1 + 1 or box.y0 < page.y0 - 1 or box.y1 > page.y1 + 1
    ]
    for i, (text, box) in enumerate(boxes):
        for other, beside in boxes[i + 1:]:
            wide = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            deep = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            if wide > 1 and deep > 2:
                found.append((text, other))
    return found


def test_what_a_plan_has_not_is_not_drawn() -> None:
    assert [one.name for one in pictures(nothing())] == ["supply", "dependence", "cost"]
    assert pictures(no_demand()) == ()


def test_of_many_deals_the_largest_are_shown_and_the_rest_is_told() -> None:
    calendar = next(one for one in pictures(many(60)) if one.name == "calendar")
    assert f"{62 - ROWS} smaller ones not shown" in calendar.title
    assert "deal 59 signed 2026, at work mid-2026 to 2028" in calendar.alt
    assert "deal 1 " not in calendar.alt
    assert calendar.alt.endswith("; and 56 smaller ones.")
    assert len(calendar.alt) < 600


def test_origins_beyond_those_shown_are_summed(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = small_plan()
    origins = {f"from place {i}": dict.fromkeys(plan.case.years, 10.0 + i) for i in range(12)}
    origins["from Farland"] = dict.fromkeys(plan.case.years, 1.0)
    monkeypatch.setattr("optimizer.report.supplied.served_by_origin", lambda _: origins)
    found = ranked(plan)
    assert len(found) == SHOWN + 1
    assert list(found)[-1] == "from Farland"
    assert sum(sum(part.tonnes.values()) for part in found.values()) == sum(sum(of.values()) for of in origins.values())


@pytest.mark.parametrize(("theirs", "told"), [
    ((0, 0, 0), "More comes from elsewhere than from Farland in every year"),
    ((300, 300, 300), "Most comes from Farland to the end"),
    ((0, 300, 0), "From 2028 more comes from elsewhere than from Farland"),
])
def test_the_title_holds_for_the_plan(
    theirs: tuple[float, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = small_plan()
    years = plan.case.years
    origins = {"from Farland": dict(zip(years, map(float, theirs), strict=True)),
               "from Ally": dict.fromkeys(years, 100.0)}
    monkeypatch.setattr("optimizer.report.supplied.served_by_origin", lambda _: origins)
    assert title(plan) == told


@given(st.lists(st.floats(0, 100), max_size=12), st.floats(0.1, 8))
def test_labels_are_spread_in_order(wanted: list[float], least: float) -> None:
    found = words.spread(wanted, least, 0, 100)
    assert len(found) == len(wanted)
    assert all(-1e-9 <= place <= 100 + 1e-9 for place in found)
    ranked_places = [found[i] for i in sorted(range(len(wanted)), key=lambda i: wanted[i])]
    assert all(b - a >= least - 1e-9 for a, b in itertools.pairwise(ranked_places))


def test_an_origin_that_gives_nothing_in_the_end_is_told_with_its_best_year(drawn: list[Figure]) -> None:
    plan = small_plan()
    run = {**plan.amounts.run, ("ally works", "sinter", 2027, "exposed"): 40.0}
    ship = {**plan.amounts.ship, ("toll lane", 2027, "exposed"): 40.0}
    pictures(replace(plan, amounts=replace(plan.amounts, run=run, ship=ship)))
    texts = {one.get_text() for one in drawn[0].findobj(Text)}
    assert "through Farland 40.0 in 2027" in texts
    assert "from Farland 100" in texts


def test_the_numbers_of_the_cost_stand_at_their_bars(drawn: list[Figure]) -> None:
    pictures(small_plan())
    figure = drawn[-1]
    places = {one.get_text(): one.get_position()[0] for one in figure.findobj(Text) if one.get_text()}
    assert {"this plan", "as now", "discounted, by heading"} <= set(places)
    assert places["USD 45 m"] > places["USD 33.1 m"] > places["USD 6 m"] > places["USD 700 k"]
