"""The best sets of deals that differ and the roles of deals: by hand, and against every combination there is."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from optimizer.case.case import Case
from optimizer.model.assemble import build
from optimizer.model.compiled import compile_model
from optimizer.report.brief.blocks import Table
from optimizer.report.studies import alternatives as teller
from optimizer.runs.journal import Journal
from optimizer.solve.plan import Infeasible, SolveOptions, Unsolved
from optimizer.study.alternatives import Alternatives, alternatives
from optimizer.study.executor import Here
from optimizer.study.ground import Ground
from optimizer.study.portfolio import Choice, Portfolio
from optimizer.study.roles import TAU
from tests.cases.little import S, little, offer, works
from tests.random_cases import random_case
from tests.solve.test_session import choice
from tests.study.every import Combination, every

EXACT = SolveOptions(gap=1e-9, time=60.0)


def three() -> Case:
    """5 t at 10 cost 50. Deal a: 4 t at 6, signed for 4. Deal b: 4 t at 7, for 1. Deal c: 4 t at 9.9, for 10.

    a and b: 4 x 6 + 1 x 7 + 5 = 36; a alone: 4 x 6 + 1 x 10 + 4 = 38; b alone: 4 x 7 + 10 + 1 = 39; none: 50. With c
    and both others 46: it has nothing left to save and costs 10.
    """
    return little(
        *offer(6.0, name="a", signing_cost=S(4)), *offer(7.0, name="b", signing_cost=S(1)),
        *offer(9.9, name="c", signing_cost=S(10)),
    )


def listed(found: Alternatives) -> list[tuple[tuple[str, ...], float]]:
    return [(one.portfolio.deals, round(one.loss, 6)) for one in found.portfolios]


def parts(found: Alternatives) -> dict[str, str]:
    return {role.choice[1]: role.part for role in found.roles}


def test_sets_and_roles_by_hand() -> None:
    """Within 10 % of 36 the sets a+b, a, b: none is a must. a+b+c (46) is no news: the next is no deal at all (50)."""
    found = alternatives(three(), EXACT, within=0.1)
    assert listed(found) == [(("a", "b"), 0.0), (("a",), 2.0), (("b",), 3.0), ((), 14.0)]
    assert found.most == pytest.approx(39.6)
    assert parts(found) == {"a": "optional", "b": "optional", "c": "never"}
    assert (found.ended, found.status, found.uniqueness.unique) == ("within", "proved", True)
    second = found.portfolios[1]
    assert (second.without, second.instead, second.tie) == ({("Deals", "b"): 1}, {}, False)
    assert second.plan.checked
    assert second.plan.claims.cost == pytest.approx(38.0)


def test_a_must_is_known_from_the_list_or_by_a_search() -> None:
    """Within 6 % (38.16) only a+b and a remain; the list shows it, and where it is too short a search does."""
    whole = alternatives(three(), EXACT, within=0.06)
    short = alternatives(three(), EXACT, within=0.06, n=1)
    assert listed(whole) == [(("a", "b"), 0.0), (("a",), 2.0), (("b",), 3.0)]
    assert listed(short) == [(("a", "b"), 0.0)]
    assert (whole.ended, short.ended) == ("within", "count")
    assert parts(whole) == parts(short) == {"a": "must", "b": "optional", "c": "never"}
    (a, b, c), (a_too, b_too, _) = whole.roles, short.roles
    assert (a.having.how, a.having.rank, a.lacking.how, a_too.lacking.how) == ("plan", 1, "list", "search")
    assert (b.lacking.rank, b_too.lacking.rank) == (2, None)
    assert b.lacking.loss == pytest.approx(2.0)
    assert (c.having.how, c.lacking.rank, c.planned) == ("search", 1, False)
    assert short.uniqueness.unique is True


def test_two_that_do_as_well_are_a_tie() -> None:
    """5 t at 6 and 4 for signing: 34 with either deal."""
    found = alternatives(little(*offer(limit=5, name="a", signing_cost=S(4)),
                                *offer(limit=5, name="b", signing_cost=S(4))), EXACT)
    plan, other, neither = found.portfolios
    assert {plan.portfolio.deals, other.portfolio.deals} == {("a",), ("b",)}
    assert [one.tie for one in found.portfolios] == [False, True, False]
    assert neither.loss == pytest.approx(16.0)
    assert (found.uniqueness.unique, found.uniqueness.rival) == (False, other.portfolio)
    assert parts(found) == {"a": "optional", "b": "optional"}


@pytest.mark.parametrize(("signing", "unique"), [(0.1, False), (0.3, True)])
def test_another_deal_beside_the_plan_s_is_a_tie_too(signing: float, unique: bool) -> None:
    """With a alone: 5 x 6 + 4 = 34. b beside it saves nothing and costs 0.1 (0.3 %) or 0.3 (0.9 %); tau is 0.5 %."""
    case = little(*offer(limit=5, name="a", signing_cost=S(4)),
                  *offer(9.9, limit=1, name="b", signing_cost=S(signing)))
    found = alternatives(case, EXACT)
    assert listed(found) == [(("a",), 0.0), ((), 16.0)]
    assert (found.ended, found.uniqueness.unique) == ("within", unique)
    assert found.uniqueness.rival == (None if unique else Portfolio(("a", "b")))
    assert parts(found) == {"a": "must", "b": "optional"}


def test_a_tie_is_looked_for_beyond_a_smaller_loss_too() -> None:
    """Within 0.2 % of 34 no plan has b, which costs 0.1 (0.3 %) more; a tie is anything below 0.5 %."""
    case = little(*offer(limit=5, name="a", signing_cost=S(4)), *offer(9.9, limit=1, name="b", signing_cost=S(0.1)))
    found = alternatives(case, EXACT, within=0.002)
    assert parts(found) == {"a": "must", "b": "never"}
    assert (found.uniqueness.unique, found.uniqueness.rival) == (False, Portfolio(("a", "b")))
    assert found.uniqueness.loss == pytest.approx(0.1)


def test_a_deal_that_cannot_be_in_force_for_half_a_term_is_never_had() -> None:
    """Signed for four years of which one lies inside, it saves 16 for a quarter of 4 and counts for nothing."""
    found = alternatives(little(*offer(term=4, signing_cost=S(4))), EXACT)
    assert found.portfolios[0].plan.amounts.sign
    assert listed(found) == [((), 0.0)]
    (role,) = found.roles
    assert (role.part, role.having.how, found.ended) == ("never", "term", "none")


def test_dependence_of_the_plan_is_held() -> None:
    """The deal costs 220 more and is the only way to 40 %: no plan without it keeps that, though it is cheaper."""
    found = alternatives(choice(), replace(EXACT, goal="dependence"))
    assert dict(found.form.caps)["dependence"] == pytest.approx(0.4, abs=2e-4)
    assert listed(found) == [(("toll",), 0.0)]
    assert (found.ended, parts(found), found.uniqueness.unique) == ("none", {"toll": "must"}, True)
    assert found.cost == pytest.approx(1220.0, rel=1e-4)


def test_a_set_that_the_budget_does_not_pay_for_is_told_in_points() -> None:
    """4 t of a at 12 in place of 10 take all of 58. 4 t of b at 13, and 0.5 to sign it, take 62.5.

    58 pay for 7.5 / 3 = 2.5 t of b: dependence of 50 %, not 20 %.
    """
    case = little(*offer(12.0, name="a"), *offer(13.0, name="b", signing_cost=S(0.5)), goal="dependence",
                  then=("cost",), budget=58.0)
    found = alternatives(case, EXACT, within=0.1)
    assert (found.form.budget, found.form.over(58.0), found.form.over(62.5)) == (58.0, 0.0, pytest.approx(4.5))
    plan, other = found.portfolios
    assert (plan.over, plan.points, other.portfolio.deals) == (0.0, 0.0, ("b",))
    assert (other.over, other.points) == (pytest.approx(4.5), pytest.approx(0.3, abs=1e-6))
    told = [block.rows for block in teller.page(found) if isinstance(block, Table)]
    assert (("2", "USD 4", "30.0 points higher"),) in [tuple(rows) for rows in told]
    (document,) = [one for one in teller.data(found)["portfolios"] if one["over_budget"]]
    assert document["dependence_more_in_budget"] == pytest.approx(0.3, abs=1e-6)


def test_a_set_too_dear_for_the_budget_whatever_flows_has_no_plan_in_it() -> None:
    """B costs 9 to sign, one more than the budget leaves for anything beyond 50."""
    case = little(*offer(12.0, name="a"), *offer(10.5, name="b", signing_cost=S(9)), goal="dependence", then=("cost",),
                  budget=58.0)
    plan, other = alternatives(case, EXACT, within=0.1).portfolios
    assert (plan.points, other.points) == (0.0, None)
    assert other.over == pytest.approx(3.0)


def test_plants_count_by_their_modules() -> None:
    """Each of two modules of 2.5 t saves 2.5 x 8 for 2.5: 15 with both, 32.5 with one, 50 with none."""
    case = little(*works(module=2.5, most_modules=2, capex=S(1), orders_at_most=1))
    found = alternatives(case, EXACT, plants=True)
    plants = [(dict(one.portfolio.plants), round(one.cost, 6)) for one in found.portfolios]
    assert plants == [({"works": 2}, 15.0), ({"works": 1}, 32.5)]
    assert found.portfolios[1].without == {("Plants", "works"): 1}
    assert (found.ended, parts(found)) == ("within", {"works": "must"})
    wide = alternatives(case, EXACT, plants=True, within=3.0)
    assert [round(one.cost, 6) for one in wide.portfolios] == [15.0, 32.5, 50.0]
    assert (wide.ended, parts(wide)) == ("none", {"works": "optional"})
    deals = alternatives(case, EXACT)
    assert (listed(deals), deals.roles, deals.ended) == ([((), 0.0)], (), "none")


@pytest.mark.parametrize(("spare", "unique"), [(0.04, False), (0.1, True)])
def test_more_modules_of_the_same_plant_are_another_set(spare: float, unique: bool) -> None:
    """A module of 5 t for 0.04 or 0.1 is enough, and feed is 10. A second one costs 0.4 % of that more, or 1 %."""
    case = little(*works(module=5.0, most_modules=2, capex=S(spare / 5), orders_at_most=1))
    found = alternatives(case, EXACT, plants=True)
    assert found.portfolios[0].portfolio == Portfolio((), (("works", 1),))
    assert found.uniqueness.unique is unique
    assert found.uniqueness.rival == (None if unique else Portfolio((), (("works", 2),)))


class Few(Here):
    """Answers so many questions that are not known, then its time is over."""

    few = 0

    @property
    def ended(self) -> bool:
        return len(self.journal) >= self.few


def test_time_that_runs_out_leaves_roles_undecided_and_goes_on_from_the_journal() -> None:
    journal = Journal()
    cut = Few(Ground(three(), EXACT), journal=journal)
    cut.few = 2
    part = alternatives(three(), EXACT, within=0.1, executor=cut)
    assert (part.ended, part.status, part.uniqueness.unique) == ("time", "stopped", None)
    assert listed(part) == [(("a", "b"), 0.0), (("a",), 2.0)]
    assert parts(part) == {"a": "undecided", "b": "optional", "c": "undecided"}
    on = Here(Ground(three(), EXACT), journal=journal)
    whole = alternatives(three(), EXACT, within=0.1, executor=on)
    known = Few(Ground(three(), EXACT), journal=journal)
    again = alternatives(three(), EXACT, within=0.1, executor=known)
    assert listed(whole) == listed(again) == listed(alternatives(three(), EXACT, within=0.1))
    assert parts(whole) == parts(again)
    assert whole.status == again.status == "proved"
    with pytest.raises(Unsolved, match="The time ran out"):
        alternatives(three(), EXACT, executor=Few(Ground(three(), EXACT)))


@pytest.mark.parametrize(("asked", "told"), [
    ({"n": 0}, "0 sets of deals make no list: the least is 1"),
    ({"within": -0.1}, "a loss within -0.1 cannot be used"),
    ({"within": math.nan}, "a loss within nan cannot be used"),
    ({"options": SolveOptions(goal="jobs")}, "there is no goal 'jobs'; the case has dependence"),
])
def test_what_makes_no_question_is_refused(asked: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        alternatives(three(), **asked)  # type: ignore[arg-type]


def test_a_case_without_a_plan_is_told() -> None:
    with pytest.raises(Infeasible):
        alternatives(three(), replace(EXACT, goal="cost", budget=10.0))


SEEDS = (2, 16, 17, 36, 41, 48, 49, 50, 54, 79, 84, 99, 107, 111, 119, 125, 131, 136, 143)
"""Cases with a plan, and with at most some hundreds of combinations; with lists, ties and roles of every kind."""


@pytest.mark.parametrize(("goal", "within", "plants"), [
    ("dependence", 0.05, False), ("dependence", 0.05, True), ("cost", 0.2, False), ("cost", 0.5, True),
])
@pytest.mark.parametrize("seed", SEEDS)
def test_list_roles_and_tie_are_those_of_every_combination(seed: int, goal: str, within: float, plants: bool) -> None:
    case = random_case(seed)
    found = alternatives(case, replace(EXACT, goal=goal), n=5, within=within, plants=plants)
    known = [one if plants else _deals(one) for one in every(compile_model(build(case)), caps=found.form.caps)]
    best = min(one.cost for one in known)
    assert found.cost == pytest.approx(best, rel=1e-7, abs=1e-6)
    _list_holds(found, known)
    _roles_hold(found, known)
    choices = {role.choice for role in found.roles}
    planned = dict(found.portfolios[0].portfolio.choices)
    differs = [one.cost for one in known if not one.holds(planned) or choices & set(one.has) - set(planned)
               or any(number > planned.get(choice, number) for choice, number in one.has.items())]
    assert found.uniqueness.unique is (min(differs, default=math.inf) > best + TAU * abs(best))
    assert found.status == "proved"


def _deals(one: Combination) -> Combination:
    return replace(one, has={choice: n for choice, n in one.has.items() if choice[0] == "Deals"})


def _list_holds(found: Alternatives, known: list[Combination]) -> None:
    """Each set on the list is the cheapest that drops something of each before it, and it ends where it says."""
    seen: list[dict[Choice, int]] = []
    for one in found.portfolios:
        cheapest = min(other.cost for other in known if not any(other.holds(before) for before in seen))
        assert one.cost == pytest.approx(cheapest, rel=1e-7, abs=1e-6)
        assert one.least_loss <= one.loss + 1e-6
        assert any(other.has == one.portfolio.choices for other in known)
        seen.append(dict(one.portfolio.choices))
    left = [other.cost for other in known if not any(other.holds(before) for before in seen)]
    losses = [one.loss > found.most - found.cost for one in found.portfolios]
    assert not any(losses[:-1])
    if found.ended == "none":
        assert not left
    else:
        assert (found.ended, len(losses)) == (("within", len(losses)) if losses[-1] else ("count", 5))


def _roles_hold(found: Alternatives, known: list[Combination]) -> None:
    near = [one for one in known if one.cost <= found.most + 1e-7]
    for role in found.roles:
        having = any(role.choice in one.has for one in near)
        lacking = any(role.choice not in one.touched for one in near)
        assert role.having.possible is having
        if role.having.how != "term":
            assert role.lacking.possible is lacking
        by_hand = "must" if having and not lacking else "optional" if having else "never"
        assert role.part == by_hand or (not having and not lacking), role


@pytest.mark.parametrize("seed", [36, 41, 49, 79, 125])
def test_a_wide_gap_leaves_what_is_proved_true(seed: int) -> None:
    """Searches that end at 5 % may list other sets; bounds and roles hold all the same against every combination."""
    case = random_case(seed)
    found = alternatives(case, replace(EXACT, goal="cost", gap=0.05), n=4, within=0.1)
    known = [_deals(one) for one in every(compile_model(build(case)), caps=found.form.caps)]
    _roles_hold(found, known)
    seen: list[dict[Choice, int]] = []
    # in the order of their bounds, each is proved of all plans unlike the sets before it
    for one in sorted(found.portfolios, key=lambda one: one.least_loss):
        left = [other.cost for other in known if not any(other.holds(before) for before in seen)]
        assert min(left) >= found.cost + one.least_loss - 1e-6
        seen.append(dict(one.portfolio.choices))
