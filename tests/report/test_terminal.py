from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from rich.console import Console

from optimizer.case.findings import Finding
from optimizer.case.schema import Place
from optimizer.report import story
from optimizer.report.terminal import show_findings, show_plan
from optimizer.solve.plan import Plan, SolveOptions
from tests.case.small import changed_rows
from tests.report.plans import ODD, small_plan

SCREEN = """\
╭─ Magnets for Home ───────────────────────────────────────────────────────────╮
│ Dependence on Farland comes down from 100.0 % as now to 33.3 % in 2028, at a │
│ cost of USD 40.8 m, USD 4.2 m less than as now.                              │
╰──────────────────────────────────────────────────────────────────────────────╯
                       this plan    as now    difference
  Dependence in 2026     100.0 %   100.0 %          none
  Dependence in 2028      33.3 %   100.0 %  -66.7 points
  Cost, discounted    USD 40.8 m  USD 45 m    -USD 4.2 m
  Capital, cash          USD 6 m     USD 0      +USD 6 m
Sign
  deal       signed  in force   a year
  Ally toll  2026    2027-2028  up to 100 t
Order
  plant                     ordered  modules  capacity  first output
  works [/oops] *two* | =1  2027           2  100 t/yr  2028
Decide from 2026 to 2027; dependence is below as now from 2027 on.
Budget USD 45 m, least cost USD 30 m.
Proved within 0.01 % of the best possible (dependence: 0.01 points); no other
set of deals does as well. Checked independently against the case.
"""

TABLES = """
Dependence by year, %
                    2026   2027   2028
  exposed          100.0   66.7   33.3
  exposed, as now  100.0  100.0  100.0
  direct           100.0   66.7   33.3
  unmet              0.0    0.0    0.0
  stage: ore       100.0   66.7   32.1
  stage: magnet    100.0   66.7   33.3

Supply of products by origin, t
                            2026  2027  2028
  from Farland               300   200   100
  from Ally                    0   100   100
  works [/oops] *two* | =1     0     0   100

Volumes under deals, t
             2026  2027  2028
  Ally toll         100   100

Cost by heading, discounted
  heading     this plan    as now
  purchases  USD 33.1 m  USD 45 m
  capex         USD 6 m     USD 0
  fees          USD 1 m     USD 0
  variable    USD 700 k     USD 0
  total      USD 40.8 m  USD 45 m

Limits without slack
  limit         years
  money a year  2027
"""


def shown(plan: Plan, width: int = 80, *, colour: bool = False) -> str:
    """What a terminal of that width shows, blanks at the ends of lines left out."""
    out = io.StringIO()
    show_plan(plan, Console(file=out, width=width, highlight=False, force_terminal=colour, no_color=not colour,
                            color_system="standard" if colour else None))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def crowded() -> Plan:
    """A plan with more signings than the first screen has room for in a line each."""
    plan = small_plan()
    sign = {("Ally toll", 2026, n): 1 for n in range(1, 14)}
    return replace(plan, amounts=replace(plan.amounts, sign=sign))


def test_the_screen_and_the_tables() -> None:
    assert shown(small_plan()) == SCREEN + TABLES


def test_colour_changes_nothing_but_colour() -> None:
    coloured = shown(small_plan(), colour=True)
    assert "\x1b[" in coloured
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert "".join(f"{line.rstrip()}\n" for line in plain.splitlines()) == SCREEN + TABLES


@pytest.mark.parametrize("width", [30, 50, 69, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for plan in (small_plan(), crowded()):
        assert max(map(len, shown(plan, width).splitlines())) <= width


@pytest.mark.parametrize("width", [69, 80, 120])
def test_names_are_data_and_no_markup(width: int) -> None:
    assert ODD in shown(small_plan(), width)


def test_a_narrow_terminal_gets_cards() -> None:
    text = shown(small_plan(), 60)
    assert "  Ally toll\n    signed: 2026\n    in force: 2027-2028\n    a year: up to 100 t\n" in text


def test_a_wide_one_gets_partner_kind_and_place() -> None:
    text = shown(small_plan(), 120)
    assert re.search(r"Ally toll +Ally +tolling +2026", text)


def test_many_decisions_stay_on_one_screen() -> None:
    lines = shown(crowded()).splitlines()
    assert len(lines[: lines.index("Deals signed")]) <= 30
    assert any(line.startswith("  2026  Ally toll; Ally toll (2 terms)") for line in lines)
    assert sum(line.startswith("  Ally toll  2026") for line in lines) == 13


def test_a_plan_without_decisions_says_so() -> None:
    now = small_plan().as_now
    assert now is not None
    text = shown(replace(now, as_now=now))
    assert "Sign\n  no new deal\nOrder\n  no new plant\nNo deal is signed and no plant ordered.\n" in text
    assert story.headline(replace(now, as_now=now)) == (
        "Dependence on Farland stays at 100.0 % in 2028, at a cost of USD 45 m, as much as now."
    )


def test_a_plan_alone_compares_with_nothing() -> None:
    text = shown(replace(small_plan(), as_now=None))
    assert "as now." not in text
    assert "comes down from 100.0 % to 33.3 % in 2028" in text


@pytest.mark.parametrize(("fields", "words"), [
    ({"unique_deals": None}, "whether another set of deals does as well was not settled"),
    ({"gap": 6e-16, "options": SolveOptions(gap=0.0)}, "Proved: nothing better is possible; no other set"),
    ({"gap": 0.01}, "Proved within 1 % of the best possible (dependence: 1 point);"),
    ({"unique_deals": False}, "; another set of deals does as well"),
    ({"status": "stopped", "gap": 0.05, "bound": 1 / 3 - 0.05},
     "Best plan found, within 5 points of the best possible dependence; the search was stopped early."),
    ({"status": "stopped", "gap": 0.02}, "dependence proved, the goals after it within 2 % of the best"),
    ({"status": "stopped", "gap": float("inf"), "bound": 0.3},
     "Best plan found, within 3.3 points of the best possible dependence; the search was stopped early."),
    ({"status": "stopped", "gap": float("inf")}, "dependence proved, how far the goals after it are"),
    ({"status": "stopped", "gap": float("inf"), "bound": float("-inf")},
     "Best plan found, how far from the best possible is not known; the search was stopped early."),
    ({"status": "stopped", "gap": 0.1, "goals": {"cost": 2e6}, "bound": 1.8e6},
     "Best plan found, within 10 % of the best possible cost; the search was stopped early."),
])
def test_how_sure_a_plan_is(fields: dict[str, object], words: str) -> None:
    told = story.proof(replace(small_plan(), **fields))  # type: ignore[arg-type]  # fields are of many types
    assert words in told
    assert "optimal" not in told.lower()


def test_only_the_money_that_is_known_is_told() -> None:
    plan = small_plan()
    assert story.budget(replace(plan, budget=None)) == "Least cost USD 30 m."
    assert story.budget(replace(plan, least_cost=None)) == "Budget USD 45 m."
    assert story.budget(replace(plan, budget=None, least_cost=None)) == ""


def test_many_places_of_concern_are_not_all_named() -> None:
    case = small_plan().case
    two = changed_rows(case, Place, "Ally", concern=True)
    assert story.headline(replace(small_plan(), case=two)).startswith("Dependence on Ally and Farland ")


def test_findings_and_their_count() -> None:
    def told(*findings: Finding) -> str:
        out = io.StringIO()
        show_findings(findings, Console(file=out, width=80, highlight=False))
        return out.getvalue()

    fault = Finding("Deals!H7", "Deals[x].fee", "[/b]", "this is no number.", "Write 28 USD/kg.")
    warning = Finding("Lanes!A3", "", "", "nothing uses this lane.", level="warning")
    assert told() == "No faults.\n"
    assert told(warning).endswith("No faults, 1 warning.\n")
    text = told(fault, warning)
    assert re.search(r"Deals!H7 +error +\[/b\] +this is no number\. Write 28 USD/kg\.", text)
    assert text.endswith("1 fault, 1 warning.\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_output_of_any_encoding(encoding: str) -> None:
    code = (
        "from tests.report.plans import small_plan\nfrom dataclasses import replace\n"
        "from optimizer.report.terminal import console, show_plan\n"
        "show_plan(replace(small_plan(), notes=('\\u0928\\u0940\\u0924\\u093f',)), console())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True,
                          env={"PYTHONIOENCODING": encoding, "PYTHONPATH": "."})
    assert b"Ally toll" in done.stdout
