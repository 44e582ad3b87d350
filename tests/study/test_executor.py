"""Solves in this process: answers that are stored and sent unchanged, studies that are cut off and go on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.case.changes import Change
from optimizer.runs.journal import JOURNAL, Journal
from optimizer.solve.events import Event, Note, OnEvent, Step
from optimizer.solve.goals import Clock, Reached
from optimizer.solve.plan import CheckRefused, Unsolved
from optimizer.solve.session import SolverError
from optimizer.study.alternatives import alternatives
from optimizer.study.executor import Here, ask
from optimizer.study.frontier import Frontier, frontier
from optimizer.study.ground import Ground, value_of
from optimizer.study.portfolio import Portfolio
from optimizer.study.question import Answer, Question
from tests.cases.little import little, offer
from tests.study.test_alternatives import three
from tests.study.test_frontier import EXACT, chosen, offers

NUMBERS = st.floats(allow_nan=False)
REACHED = st.tuples(NUMBERS, NUMBERS, st.none() | NUMBERS, st.booleans())
FINITE = st.floats(allow_nan=False, allow_infinity=False)
QUESTIONS = [Question(("cost",), caps=(("dependence", cap),)) for cap in (1.0, 0.8, 0.5, 0.0)]


class Counted(Ground):
    """A ground that counts the questions which it solves, and stops at one of a number."""

    def __init__(self, seed: int, *, stop_at: int = 0, stop_in: int = 0) -> None:
        super().__init__(chosen(seed), EXACT)
        self.solved, self._stop_at, self._stop_in = 0, stop_at, stop_in

    def answer(self, question: Question, clock: Clock, on_event: OnEvent = lambda _: None) -> Answer:
        self.solved += 1
        # Ctrl-C in a search
        self.stop.asked |= self.solved == self._stop_in
        answer = super().answer(question, clock, on_event)
        # Ctrl-C between two of them, its answer noted already
        self.stop.asked |= self.solved == self._stop_at
        return answer


def told(found: Frontier) -> list[object]:
    """What a frontier says, each number to its last digit."""
    return [(p.first, p.second, p.bound, p.reach, p.portfolio, p.segment) for p in found.points] + list(found.hidden)


# ---- answers


@settings(max_examples=40)
@given(st.sampled_from(["proved", "stopped", "none", "nothing"]), st.lists(FINITE, max_size=12),
       st.dictionaries(st.text(max_size=8), REACHED, max_size=3))
def test_an_answer_comes_back_from_json_exactly(
    outcome: str, values: list[float], reached: dict[str, tuple[float, float, float | None, bool]]
) -> None:
    of_goals = {goal: Reached(*of) for goal, of in reached.items()}
    answer = Answer(outcome, np.array(values), of_goals)  # type: ignore[arg-type]
    again = Answer.from_json(json.loads(json.dumps(answer.to_json(), allow_nan=False)))
    assert (again.outcome, again.found) == (answer.outcome, answer.found)
    assert np.array_equal(again.values, answer.values)
    assert dict(again.reached) == dict(answer.reached)


def test_the_answer_of_a_solve_comes_back_exactly() -> None:
    answer = Ground(chosen(61), EXACT).answer(Question(("cost", "dependence")), Clock(None))
    again = Answer.from_json(json.loads(json.dumps(answer.to_json(), allow_nan=False)))
    assert np.array_equal(again.values, answer.values)
    assert again.reached == answer.reached


@pytest.mark.parametrize("document", [{}, {"outcome": "proved"}, {"columns": 2, "at": [5], "values": [1.0]},
                                      {"columns": "x", "at": [], "values": []}])
def test_what_is_no_answer_is_refused(document: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, IndexError)):
        Answer.from_json(document)


def test_every_part_of_a_question_is_in_its_key() -> None:
    """Two questions of which anything differs are not answered by one answer."""
    change = Change("Deals[A].fee", "set", 1.0)
    several = [
        Question(("cost",)), Question(("dependence",)), Question(("cost", "dependence")),
        Question(("cost",), after=("dependence",)), Question(("cost",), caps=(("dependence", 0.5),)),
        Question(("cost",), caps=(("dependence", 0.5 + 1e-12),)), Question(("cost",), inside=(("Deals", "A"),)),
        Question(("cost",), at_least=(("A", 2),)), Question(("cost",), at_least=(("A", 3),)),
        Question(("cost",), outside=(("Deals", "A"),)), Question(("cost",), outside=(("Plants", "A"),)),
        Question(("cost",), unlike=(Portfolio(("A",)),)), Question(("cost",), unlike=(Portfolio(("A",), (("k", 1),)),)),
        Question(("cost",), held=((("sign", ("A", 2030, 1)), 1),)), Question(("cost",), any_plan=True),
        Question(("cost",)).on(change), Question(("cost",)).on(change).on(change),
    ]
    assert len({question.key() for question in several}) == len(several)
    assert several[0].key(1e-4, 0) != several[0].key(1e-4, 1)
    assert several[0].key() == Question(("cost",)).key()


# ---- in order, in time


def test_answers_come_in_order_and_are_told() -> None:
    heard: list[Event] = []
    here = Here(Ground(offers(), EXACT), on_event=heard.append)
    answers, money = here.ask(QUESTIONS, ["one", "two"]), here.ground.compiled.money
    assert [money * answer.reached["cost"].value for answer in answers] == pytest.approx([50, 57, 65, 75])
    steps = [event for event in heard if isinstance(event, Step)]
    assert [(step.number, step.ahead) for step in steps] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [step.text for step in steps] == ["one", "two", "", ""]


def test_without_time_nothing_is_answered_but_what_is_known() -> None:
    journal = Journal()
    assert len(list(Here(Ground(offers(), EXACT), journal=journal).ask(QUESTIONS[:2]))) == 2
    late = Here(Ground(offers(), EXACT), journal=journal, seconds=0.0)
    assert late.ended
    assert [answer.outcome for answer in late.ask(QUESTIONS)] == ["proved", "proved"]
    assert ask(late, QUESTIONS[3]).outcome == "nothing"


def test_what_the_time_cut_short_is_asked_again() -> None:
    """Nothing found in the time is no answer to go on with: with more time there may be one."""
    journal, ground = Journal(), Ground(chosen(16), EXACT)

    class Late(Here):
        """The time ends while it is searched."""

        ended = False  # type: ignore[assignment]

    late = Late(ground, journal=journal, seconds=0.0)
    assert [answer.outcome for answer in late.ask(QUESTIONS[:1])] == ["nothing"]
    assert len(journal) == 0
    assert [answer.outcome for answer in Here(ground, journal=journal).ask(QUESTIONS[:1])] == ["proved"]


def test_another_gap_or_seed_is_another_question() -> None:
    journal = Journal()
    for options in (EXACT, EXACT.__class__(gap=0.01), EXACT.__class__(gap=0.0, seed=1)):
        list(Here(Ground(offers(), options), journal=journal).ask(QUESTIONS[:1]))
    assert len(journal) == 3


def test_answers_of_other_arrays_are_not_taken() -> None:
    """A journal of a case with fewer columns: the question is solved."""
    journal = Journal()
    list(Here(Ground(offers(), EXACT), journal=journal).ask(QUESTIONS[:1]))
    ground = Counted(61)
    assert ask(Here(ground, journal=journal), QUESTIONS[0]).found
    assert ground.solved == 1


# ---- tasks that fail


class Failing(Ground):
    """Its answers fail the first so many times."""

    def __init__(self, times: int, fault: Exception) -> None:
        super().__init__(offers(), EXACT)
        self.times, self.fault = times, fault

    def answer(self, question: Question, clock: Clock, on_event: OnEvent = lambda _: None) -> Answer:
        self.times -= 1
        if self.times >= 0:
            raise self.fault
        return super().answer(question, clock, on_event)


def test_what_fails_three_times_is_told_and_the_rest_goes_on() -> None:
    heard: list[Event] = []
    here = Here(Failing(3, CheckRefused(("row 7 is broken",))), on_event=heard.append)
    lost, found = here.ask(QUESTIONS[:2], ["the first"])
    assert (lost.outcome, lost.found) == ("nothing", False)
    assert lost.note == "the first failed 3 times and is left out: row 7 is broken."
    assert [event.text for event in heard if isinstance(event, Note)] == [lost.note]
    assert (found.outcome, found.note, len(here.journal)) == ("proved", "", 1)


class Lost(Ground):
    """The search for one question fails each time, whichever it is by its number."""

    def __init__(self, number: int) -> None:
        super().__init__(chosen(61), EXACT)
        self.asked, self.number = list[str](), number

    def answer(self, question: Question, clock: Clock, on_event: OnEvent = lambda _: None) -> Answer:
        key = question.key()
        self.asked += [] if key in self.asked else [key]
        if self.asked.index(key) + 1 == self.number:
            raise SolverError("the solver refused a run")
        return super().answer(question, clock, on_event)


def test_a_frontier_goes_on_beside_a_search_that_failed() -> None:
    """The rectangle stays as one in which a point may hide; the others are refined. Of the ends it needs the first."""
    whole = frontier(chosen(61), EXACT, points=7)
    found = frontier(chosen(61), EXACT, points=7, executor=Here(Lost(4)))
    assert found.status == "stopped"
    assert len(found.points) > 3, "what lies beside it is refined"
    assert {(p.first, p.second) for p in found.points} != {(p.first, p.second) for p in whole.points}
    for point in whole.points:
        assert any(abs(point.first - p.first) < 1e-6 for p in found.points) or any(
            box.second[0] <= point.second <= box.second[1] for box in found.hidden)
    only = frontier(chosen(61), EXACT, points=7, executor=Here(Lost(3)))
    assert (only.ended, only.status, len(only.points), len(only.hidden)) == ("failed", "stopped", 2, 1)
    assert frontier(chosen(61), EXACT, executor=Here(Lost(2))).ended == "failed"
    with pytest.raises(Unsolved, match="least cost failed 3 times and is left out: the solver refused a run"):
        frontier(chosen(61), EXACT, executor=Here(Lost(1)))


def test_alternatives_end_where_the_next_one_fails() -> None:
    found = alternatives(three(), EXACT, within=0.1, executor=Here(Broken(three(), EXACT)))
    assert (found.ended, found.status, len(found.portfolios)) == ("failed", "stopped", 1)


class Broken(Ground):
    """Whatever is asked to be unlike something fails."""

    def answer(self, question: Question, clock: Clock, on_event: OnEvent = lambda _: None) -> Answer:
        if question.unlike:
            raise SolverError("the solver refused a run")
        return super().answer(question, clock, on_event)


def test_what_fails_twice_is_answered() -> None:
    heard: list[Event] = []
    ground = Failing(2, SolverError("the solver refused a run"))
    assert ask(Here(ground, on_event=heard.append), QUESTIONS[0]).outcome == "proved"
    assert not [event for event in heard if isinstance(event, Note)]


def test_a_fault_of_the_program_ends_the_study() -> None:
    with pytest.raises(ZeroDivisionError):
        ask(Here(Failing(1, ZeroDivisionError("1/0"))), QUESTIONS[0])


# ---- of another case


def test_a_journal_never_answers_for_another_case() -> None:
    """The same model with one price moved: as many columns, another answer. 4 t at 6 and 1 at 10 are 34, at 7, 38."""
    journal, costs = Journal(), []
    for case in (little(*offer(6.0)), little(*offer(7.0))):
        here = Here(Ground(case, EXACT), journal=journal)
        costs.append(value_of(here.ground.compiled, ask(here, Question(("cost",))), "cost"))
    assert costs == pytest.approx([34.0, 38.0])


def test_a_case_is_known_by_what_it_says() -> None:
    """The changes that a study announces are no part of it: studies of one case share their answers."""
    case, change = little(*offer(6.0)), Change("Supply[of deal].price", "set", 5.0)
    grounds = [
        Ground(case, EXACT), Ground(little(*offer(6.0)), EXACT, [(change,)]),
        Ground(case.change("Supply[of deal].price", 5.0), EXACT),
        Ground(case.change("Case[goal].value", "dependence"), EXACT),
    ]
    one, same, price, goal = (ground.fingerprint for ground in grounds)
    assert one == same
    assert len({one, price, goal}) == 3


# ---- cut off, and gone on with


def test_cut_off_a_study_goes_on_with_equal_results(tmp_path: Path) -> None:
    whole_ground = Counted(61)
    whole = frontier(chosen(61), EXACT, points=7, executor=Here(whole_ground))
    first = Counted(61, stop_at=5)
    partly = frontier(chosen(61), EXACT, points=7, executor=Here(first, journal=Journal(tmp_path / JOURNAL)))
    assert (partly.ended, partly.status, first.solved) == ("interrupted", "stopped", 5)
    file = tmp_path / JOURNAL
    assert len(Journal(file)) == 4, "the answer during which it was stopped is asked again"
    second = Counted(61)
    again = frontier(chosen(61), EXACT, points=7, executor=Here(second, journal=Journal(file)))
    assert told(again) == told(whole)
    assert (again.status, again.ended, again.solves) == (whole.status, whole.ended, whole.solves)
    assert second.solved == whole_ground.solved - 4
    third = Counted(61)
    assert told(frontier(chosen(61), EXACT, points=7, executor=Here(third, journal=Journal(file)))) == told(whole)
    assert third.solved == 0


def test_stopped_it_keeps_what_it_has() -> None:
    """What it has are the points of the same search, as far as it came; what may lie between them covers the rest."""
    whole = frontier(chosen(61), EXACT, points=7)
    for stop_at in range(1, 6):
        found = frontier(chosen(61), EXACT, points=7, executor=Here(Counted(61, stop_at=stop_at)))
        assert found.ended == "interrupted"
        assert {(p.first, p.second) for p in found.points} <= {(p.first, p.second) for p in whole.points}
        assert len(found.points) >= min(stop_at, 2)
        for point in whole.points if stop_at > 1 else ():
            assert any(abs(point.first - p.first) < 1e-6 for p in found.points) or any(
                box.second[0] <= point.second <= box.second[1] for box in found.hidden)


def test_stopped_within_the_first_search_there_is_nothing_to_keep() -> None:
    with pytest.raises(KeyboardInterrupt):
        frontier(chosen(61), EXACT, executor=Here(Counted(61, stop_in=1)))
