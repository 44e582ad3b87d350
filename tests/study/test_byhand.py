"""Plans drawn by hand: the ideas that a case has deals and plants for, and the best plan of each."""

from __future__ import annotations

import pytest

from optimizer import SolveOptions, read_case
from optimizer.model.assemble import build
from optimizer.model.compiled import compile_model
from optimizer.study.byhand import Idea, drawn, ideas
from optimizer.study.executor import Here
from optimizer.study.ground import Ground
from optimizer.study.portfolio import Portfolio
from optimizer.study.soft import softened
from tests.cases.little import S, little, offer, works
from tests.random_cases import random_case

EXACT = SolveOptions(gap=0.0, time=None)


def test_every_idea_of_a_case_keeps_to_itself() -> None:
    """Tolls of two partners, an offtake, and a plant of one's own that needs a licence."""
    case = little(
        *offer(name="toll A", kind="toll", partner="A"), *offer(name="toll B", kind="toll", partner="B"),
        *offer(name="buy A", kind="offtake", partner="A"),
        offer(name="licence", kind="licence", partner="B")[0],
        *works(module=1.0, deals_to_order=(("licence",),)),
    )
    found = {idea.name: idea for idea in ideas(compile_model(build(case)), Portfolio(("toll B",)))}
    assert found == {
        "Nothing new": Idea("Nothing new", frozenset(), frozenset()),
        "Home plants alone": Idea("Home plants alone", frozenset({"licence"}), frozenset({"works"})),
        "Kind 'toll' alone": Idea("Kind 'toll' alone", frozenset({"toll A", "toll B"}), frozenset()),
        "Kind 'offtake' alone": Idea("Kind 'offtake' alone", frozenset({"buy A"}), frozenset()),
        # the plan's partner of most deals, and with its licence the works
        "B alone": Idea("B alone", frozenset({"toll B", "licence"}), frozenset({"works"})),
    }


def test_a_joint_plant_is_not_one_s_own() -> None:
    case = little(*works(module=1.0, home_share=0.5, partner_keeps=0.5))
    assert [idea.name for idea in ideas(compile_model(build(case)), Portfolio(()))] == ["Nothing new"]


def test_the_best_plan_of_an_idea_keeps_to_the_money() -> None:
    """Toll A takes 4 t at 12, 8 more than the 50 of nothing; toll B 2 t at 11. With 55, B alone; with 60, A and B."""
    case = little(
        *offer(name="A", price=12.0, kind="toll", signing_cost=S(1.0)),
        *offer(name="B", price=11.0, limit=2.0, kind="toll", signing_cost=S(1.0)),
    )
    executor = Here(Ground(softened(case).case, EXACT))
    idea = Idea("tolls", frozenset({"A", "B"}), frozenset())
    poor, rich = (drawn(executor, idea, most) for most in (53.0, 62.0))
    assert (poor.portfolio.deals, poor.dependence, poor.cost) == (("B",), pytest.approx(0.6), pytest.approx(53.0))
    assert rich.portfolio.deals == ("A", "B")
    assert rich.dependence == pytest.approx(0.0, abs=1e-6)
    assert rich.dearer == 0.0


def test_an_idea_that_needs_more_money_is_told_with_its_cost() -> None:
    case = little(*offer(name="A", price=4.0, kind="toll", signing_cost=S(1.0)))
    executor = Here(Ground(softened(case).case, EXACT))
    nothing = drawn(executor, Idea("nothing", frozenset(), frozenset()), 27.0)
    assert (nothing.cost, nothing.dearer, nothing.decided) == (pytest.approx(50.0), pytest.approx(23.0), {})


@pytest.mark.parametrize("seed", range(8))
def test_no_plan_of_an_idea_has_what_is_outside_of_it(seed: int) -> None:
    case = softened(random_case(seed)).case
    executor = Here(Ground(case, EXACT))
    for idea in ideas(executor.ground.compiled, Portfolio(())):
        one = drawn(executor, idea, 1e9)
        assert one.answered
        signed = {name[1][0] for name in one.decided if name[0] == "sign"}
        ordered = {name[1][0] for name in one.decided if name[0] == "modules"}
        assert signed <= idea.deals
        assert ordered <= idea.plants


def test_india_has_the_plans_that_a_person_would_draw() -> None:
    """Award plants alone, tolling, joint ventures, one partner, nothing: by its own kinds and partners."""
    compiled = compile_model(build(read_case("india")))
    names = [idea.name for idea in ideas(compiled, Portfolio(("Japan toll",)))]
    assert names[:2] == ["Nothing new", "Home plants alone"]
    assert "Kind 'tolling' alone" in names
    assert "Kind 'joint venture' alone" in names
    assert names[-1] == "Japan alone"
