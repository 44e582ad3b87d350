"""A sample of futures against arithmetic: how often a deal pays, what regret is, what is missed, what is common."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

from optimizer import SolveOptions, solve
from optimizer.case.case import Case
from optimizer.report.brief.blocks import Bullets, Heading, Paragraph, Table
from optimizer.report.studies import sample as teller
from optimizer.runs import Journal
from optimizer.solve.events import Event, Step
from optimizer.solve.stopping import Stop
from optimizer.study.executor import Here
from optimizer.study.ground import Ground
from optimizer.study.question import AskedWrongly
from optimizer.study.sample import Sample, sample
from tests.cases.little import S, little, offer
from tests.study.test_held import decided
from tests.study.test_tornado import having, ranged

EXACT = SolveOptions(gap=0.0, time=None, unique=False, as_now=False)


def doubtful(**deal: object) -> Case:
    """4 t at 6 x under a deal that costs 10 to sign, in place of 10 a tonne: it saves where 4 (10 - 6 x) > 10.

    So it pays up to x = 1.25, which is 3 / 8 of the way from 0.5 to 2.5.
    """
    case = little(*offer(price=6.0, signing_cost=S(10.0), kind="toll", partner="Ally", **deal))
    return having(case, ranged("Supply[of deal].price", 0.5, 2.5))


@cache
def found() -> Sample:
    return sample(doubtful(), EXACT, n=80)


def test_a_deal_is_in_the_best_plan_as_often_as_it_pays() -> None:
    """Of 80 strata the first 30 lie below 3 / 8."""
    anew = found().anew
    assert anew is not None
    assert anew.often() == {("Deals", "deal"): 30 / 80}
    price = 6 * found().draws.values[:, 0]
    best = np.where(4 * (10 - price) > 10, 10 + 4 * price + 10, 50)
    assert anew.outcomes.outcome == pytest.approx(best)
    # held, it is signed in any event, and used where it is cheaper than 10
    assert found().held.cost == pytest.approx(np.where(price < 10, 20 + 4 * price, 60))
    assert anew.regret == pytest.approx(found().held.cost - best)
    assert anew.another.tolist() == (anew.regret > 0.005 * best).tolist()
    assert found().status == "proved"


def test_the_tree_finds_the_switching_point() -> None:
    """The last price at which the deal is in the best plan and the first at which it is not hold the value between."""
    (sign,) = (one for one in found().signposts if "deal is in the best plan" in one.what)
    (box,) = sign.boxes
    (condition,) = box.conditions
    assert (condition.name, condition.above) == ("Supply[of deal].price", False)
    assert condition.value == pytest.approx(1.25, abs=4 * 2 / 80)
    assert box.density >= 0.9
    assert box.coverage >= 0.9
    assert (sign.happens, sign.futures) == (30, 80)


def test_dependence_is_missed_where_the_deal_is_not_used() -> None:
    """Planned are 20 %; at a price above 10, which is x > 5 / 3, nobody takes the 4 t: 5 / 12 of the futures."""
    target = next(one for one in found().targets if "dependence" in one.what)
    x = found().draws.values[:, 0]
    assert target.missed.tolist() == (x > 10 / 6).tolist()
    assert target.chance == pytest.approx(5 / 12, abs=1 / 80)
    assert [one.what for one in found().targets if one.missed.any()] == [target.what]


def test_plans_drawn_by_hand_and_their_regret() -> None:
    """Nothing new costs 50 whatever comes, so that its worst regret is at the lowest price: 50 - (20 + 4 * 6 x)."""
    nothing, toll = found().rivals
    assert [one.drawn.idea.name for one in found().rivals] == ["Nothing new", "Kind 'toll' alone"]
    x = found().draws.values[:, 0]
    assert nothing.outcomes is not None
    assert nothing.outcomes.cost == pytest.approx(np.full(80, 50.0))
    assert nothing.regret == pytest.approx(np.maximum(0, 50 - (20 + 24 * x)))
    assert nothing.drawn.dearer == pytest.approx(50 - 44)
    # its kind is the plan's, within the same money
    assert (toll.drawn.cost, toll.drawn.dearer) == (pytest.approx(44.0), 0.0)
    assert found().regret == pytest.approx(np.maximum(0, found().held.cost - 50))
    assert found().regret.max() == pytest.approx(10.0)


def test_what_drives_it_is_the_one_number_there_is() -> None:
    (driver,) = found().drivers
    assert driver.cost == pytest.approx(np.corrcoef(*(
        np.argsort(np.argsort(side)) for side in (found().draws.values[:, 0], found().held.cost)
    ))[0, 1], abs=0.1)
    assert driver.cost is not None
    assert driver.cost > 0.8


def test_a_deal_that_pays_in_every_future_is_common() -> None:
    """Without signing cost and below 10 it pays throughout, and no plan within a tie goes without it."""
    case = having(little(*offer(price=6.0)), ranged("Supply[of deal].price", 0.5, 1.2))
    (common,) = sample(case, EXACT, n=20, by_hand=False).common
    assert (common.choice, common.share, common.always) == (("Deals", "deal"), 1.0, True)


def test_a_deal_closes_as_often_as_its_chance_says() -> None:
    """Signed for 10 with 34 against 50 in all: 44 where it closes, 60 where it does not, 3 to 1."""
    case = little(*offer(price=6.0, signing_cost=S(10.0), chance=0.75))
    got = sample(case, EXACT, n=40, anew=0, by_hand=False)
    assert sorted(np.round(got.held.cost, 6).tolist()) == [44.0] * 30 + [60.0] * 10
    assert got.held.cost.mean() == pytest.approx(0.75 * 44 + 0.25 * 60)
    (sign,) = (one for one in got.signposts if "dependence" in one.what)
    assert [(c.name, c.above) for box in sign.boxes for c in box.conditions] == [("deal", False)]
    assert "deal never closes it holds in" in bullets(got)[0]


def bullets(of: Sample) -> list[str]:
    return [item for block in teller.page(of) if isinstance(block, Bullets) for item in block.items]


def test_a_plan_that_was_decided_before_is_held_and_not_looked_for() -> None:
    """Its signing is kept, though 12 a tonne would not be paid anew."""
    case = doubtful()
    plan = solve(case, EXACT)
    dear = having(case.change("Supply[of deal].price", 12), *case.ranges)
    kept = sample(dear, EXACT, n=10, decided=decided(plan), point=0.0, by_hand=False)
    assert kept.anew is None
    assert {deal for deal, _, _ in kept.plan.amounts.sign} == {"deal"}
    price = 12 * kept.draws.values[:, 0]
    assert kept.held.cost == pytest.approx(np.where(price < 10, 20 + 4 * price, 60))


def test_a_plan_of_another_case_is_refused() -> None:
    with pytest.raises(AskedWrongly, match="the plan has 'other', which this case cannot decide so"):
        sample(doubtful(), EXACT, n=10, decided={("sign", ("other", 2030, 1)): 1})


def test_the_price_of_a_point_is_what_is_asked_for() -> None:
    """0.05 t a point: at 2 a point, 40 a tonne is dearer than any price here, so the 4 t are always taken."""
    got = sample(doubtful(), EXACT, n=10, anew=0, point=2.0, by_hand=False)
    assert got.held.dependence == pytest.approx(np.full(10, 0.2))
    with pytest.raises(AskedWrongly, match="a point of dependence cannot cost -1"):
        sample(doubtful(), EXACT, n=10, point=-1.0)


def test_what_the_user_stops_is_told_as_such() -> None:
    """Stopped at the third future, with what was found until then."""
    stop = Stop()
    ground = Ground(doubtful(), EXACT, stop=stop)

    def heard(event: Event) -> None:
        if isinstance(event, Step) and event.text == "future 3, decided anew":
            stop.asked = True

    got = sample(doubtful(), EXACT, n=20, executor=Here(ground, on_event=heard), by_hand=False)
    assert got.anew is not None
    assert len(got.anew.regret) in (2, 3)
    assert (got.status, got.ended) == ("stopped", "interrupted")


def test_what_is_told_is_one_answer_everywhere() -> None:
    document, tables = teller.data(found()), teller.tables(found())
    json.dumps(document, allow_nan=False)
    futures = tables["futures"]
    held = futures[futures["what"] == "cost"]["value"].to_numpy()
    assert held == pytest.approx(found().held.cost)
    assert document["cost"]["mean"] == pytest.approx(held.mean())
    assert document["targets"][0]["missed"] == pytest.approx(found().targets[0].chance)
    assert [plan["name"] for plan in document["plans"]] == ["The plan", "Nothing new", "Kind 'toll' alone"]
    best = tables["best"].set_index("name")["value"].to_dict()
    assert best == {"deal": 30 / 80}
    heading, lead, *rest = teller.page(found())
    assert isinstance(heading, Heading)
    assert isinstance(lead, Paragraph)
    another = int(found().anew.another.sum())  # type: ignore[union-attr]
    assert lead.text.endswith(f"In {another} of 80 futures another plan would be better by more than a tie.")
    rows = [row for block in rest if isinstance(block, Table) for row in block.rows]
    assert ("deal", "deal", "yes", "30 of 80") in rows


def test_the_fan_is_the_same_each_time_and_tells_each_year() -> None:
    (one,), (other,) = teller.pictures(found()), teller.pictures(found())
    assert one.svg == other.svg
    assert "2030" in one.alt
    assert "Dependence" in one.alt


def test_what_was_answered_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the journal of a sample the same one makes no search at all, and comes out the same."""
    journal = Journal()
    first = sample(doubtful(), EXACT, n=12, executor=Here(Ground(doubtful(), EXACT), journal=journal))

    def asked(*_: object) -> None:
        raise AssertionError("a question that is answered already")

    monkeypatch.setattr(Ground, "answer", asked)
    again = sample(doubtful(), EXACT, n=12, executor=Here(Ground(doubtful(), EXACT), journal=journal))
    assert teller.data(again) == teller.data(first)
    for name, table in teller.tables(first).items():
        pd.testing.assert_frame_equal(table, teller.tables(again)[name])
