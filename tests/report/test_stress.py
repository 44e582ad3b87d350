"""A stress as it is told: its tables, its sentences, its pictures, and what is said where something is missing."""

from __future__ import annotations

import pytest

from optimizer import SolveOptions
from optimizer.case.case import Case
from optimizer.report.brief.blocks import Paragraph, Table
from optimizer.report.pictures.stress import Row, heat
from optimizer.report.studies import stress as teller
from optimizer.study.executor import Here
from optimizer.study.ground import Ground
from optimizer.study.stress import Stress, stress
from tests.cases.little import FIRST, S, little, offer, source

EXACT = SolveOptions(gap=0.0)


def told(found: Stress) -> list[str]:
    """The paragraphs of the page."""
    return [block.text for block in teller.page(found) if isinstance(block, Paragraph)]


def stressed(case: Case) -> Stress:
    return stress(case, EXACT, lengths=(0.5, 1.0))


DEAL = little(*offer(price=6.0), *offer(price=30.0, name="other", signing_cost=S(1.0)), years=2, stop_chance=0.1)
"""4 t of 5 are had under a deal that is signed: a stop of a year costs 290, as now 1,450."""


def test_the_sentences_say_what_was_worked_out_by_hand() -> None:
    """0.1 x 290 + 0.09 x 290 = 55 under the plan, five times that as now; 100 points less 20 are saved."""
    lead, _, _, stocks, worth = told(stressed(DEAL))
    assert lead == (f"A stop of a year in Concern costs most if it begins in {FIRST}: USD 290; as now it would cost "
                    "USD 1 k. First to go short: need, at once.")
    assert stocks == "No stock is drawn on in a stop of a year."
    assert worth.startswith(
        "Where a stop begins in a year with a chance of 10.0 %, the first one, of a year, is expected to cost USD 55 "
        "under the plan, and USD 276 as now: the plan is worth USD 220 against stops, USD 3 for each of the 80.0 "
        "points that it saves. It costs USD 32 less than as now."
    )


def test_the_tables_hold_one_number_a_row() -> None:
    tables = teller.tables(stressed(DEAL))
    losses = tables["losses"].set_index(["plan", "begins", "years"])["value"]
    assert losses["plan", FIRST, 1.0] == pytest.approx(290.0)
    assert losses["as now", FIRST + 1, 0.5] == pytest.approx(725.0)
    unmet = tables["unmet"].set_index(["plan", "begins", "years", "sector", "year"])["value"]
    assert unmet["plan", FIRST, 0.5, "need", FIRST] == pytest.approx(0.5)
    assert tables["cover"]["value"].tolist() == [0.0] * 4
    assert tables["drawn"].empty


def test_what_never_goes_short_is_told_as_never() -> None:
    found = stressed(little(*source(price=6.0)))
    assert told(found)[0] == "A stop of a year in Concern costs the plan nothing, whenever it begins."
    months = next(block for block in teller.page(found) if isinstance(block, Table) and block.headers[0] == "Sector")
    assert months.rows == [("need", "never")]
    assert [(one.name) for one in teller.pictures(found)] == ["stress"]
    assert teller.data(found)["plan"]["cover"] == [
        {"sector": "need", "start": FIRST, "months": None, "never_short": True}
    ]


def test_without_a_plan_as_now_there_is_nothing_to_compare_with() -> None:
    """The only product that there is comes under a deal."""
    case = little(*offer(price=6.0, limit=None))
    sheets = {**case.sheets, "Lanes": tuple(row for row in case.sheets["Lanes"] if row.key != "from concern")}
    found = stressed(Case(case.settings, sheets, case.origin))
    assert found.as_now is None
    assert found.worth(1.0) is None
    assert told(found)[-1].endswith("Without any new deal or plant there is no plan to compare it with.")
    assert teller.data(found)["as_now"] is None


class Ended(Here):
    """An executor whose time is over when the plan is found."""

    @property
    def ended(self) -> bool:
        """Always."""
        return self._answered >= 1


def test_what_the_time_cut_short_is_missing_and_told_so() -> None:
    executor = Ended(Ground(DEAL, EXACT))
    found = stress(DEAL, EXACT, executor=executor)
    assert (found.status, found.ended, found.held.stops) == ("stopped", "time", ())
    lead, method, *_, worth = told(found)
    assert lead == "What a stop costs was not found in the time."
    assert method.endswith(" The time ended before all was asked.")
    assert worth.endswith("what the first one costs is not known.")


def test_a_heat_map_has_its_numbers_in_it_and_none_without_rows() -> None:
    drawn = heat("stress", "What it costs.", "alt", "USD m", (2030, 2031), [Row("a year", [1.5, None])])
    assert drawn is not None
    assert (drawn.name, drawn.title, drawn.svg[:5]) == ("stress", "What it costs", b"<?xml")
    assert heat("stress", "t", "a", "u", (2030,), []) is None
    many = tuple(range(2000, 2060))
    assert heat("stress", "t", "a", "u", many, [Row("a year", [float(year) for year in many])]) is not None
