from __future__ import annotations

import io
import re
import subprocess
import sys
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from optimizer.case.findings import Finding
from optimizer.case.schema import Place
from optimizer.report import story
from optimizer.report.grids import grid
from optimizer.report.readable import readable
from optimizer.report.terminal import show_findings, show_plan
from optimizer.solve.confirm import Confirmation
from optimizer.solve.plan import Plan, SolveOptions
from tests.case.small import changed_rows
from tests.report.plans import ODD, paid_plan, small_plan

SCREEN = """\
╭─ Magnets for Home ───────────────────────────────────────────────────────────╮
│ Dependence on Farland falls to 33.3 % in 2028, from 100 % as things stand,   │
│ for USD 40.8 m (USD 4.2 m less than as now).                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
                       this plan    as now    difference
  Dependence in 2026     100.0 %   100.0 %          none
  Dependence in 2028      33.3 %   100.0 %  -66.7 points
  Cost, discounted    USD 40.8 m  USD 45 m    -USD 4.2 m
  Capital, cash          USD 6 m     USD 0      +USD 6 m
Sign
  deal       signed  in force   most used  contract
  Ally toll  2026    2027-2028      100 t     100 t
Order
  plant                     ordered  modules  capacity  first output
  works [/oops] *two* | =1  2027           2  100 t/yr  2028
Decide from 2026 to 2027; dependence is lower than as now from 2027.
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
  works [/oops] *two* | =1     0     0   100
  from Ally                    0   100   100
  from Farland               300   200   100

Volumes under deals, t
                      2026  2027  2028
  Ally toll (magnet)         100   100

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
    assert "  Ally toll\n    signed: 2026\n    in force: 2027-2028\n    most used: 100 t\n" in text


def test_a_wide_one_gets_partner_kind_and_place() -> None:
    text = shown(small_plan(), 120)
    assert re.search(r"Ally toll +Ally +tolling +2026", text)


def test_many_decisions_stay_on_one_screen() -> None:
    lines = shown(crowded()).splitlines()
    assert len(lines[: lines.index("Deals signed")]) <= 30
    assert any(line.startswith("  2026  Ally toll (100 t); Ally toll (2 terms, 100 t)") for line in lines)
    assert sum(line.startswith("  Ally toll  2026") for line in lines) == 13


def test_a_plan_without_decisions_says_so() -> None:
    now = small_plan().as_now
    assert now is not None
    text = shown(replace(now, as_now=now))
    assert "Sign\n  no new deal\nOrder\n  no new plant\nNo deal is signed and no plant ordered.\n" in text
    assert story.headline(replace(now, as_now=now)) == (
        "Dependence on Farland stays at 100 % in 2028, as things stand, for USD 45 m (as much as now)."
    )


def test_changes_and_options_are_told_on_the_first_screen() -> None:
    out = io.StringIO()
    plan = replace(small_plan(), options=SolveOptions(goal="cost"))
    show_plan(plan, Console(file=out, width=80, highlight=False), ["--set Plants[works [/x]].use=no"])
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert lines[4:6] == [
        "With these changes: Plants[works [/x]].use=no.",
        "Asked for: least cost (the workbook: least dependence).",
    ]


def test_who_pays_the_incentives_is_told_on_the_first_screen() -> None:
    text = shown(paid_plan())
    assert "  Incentives paid by the state, discounted     USD 2 m     USD 0      +USD 2 m\n" in text
    assert "\nThe cost is net of USD 2 m of incentives that the state pays.\n" in text


def test_a_plan_alone_compares_with_nothing() -> None:
    text = shown(replace(small_plan(), as_now=None))
    assert "than as now" not in text
    assert story.headline(replace(small_plan(), as_now=None)) == (
        "Dependence on Farland falls to 33.3 % in 2028, from 100 % in 2026, for USD 40.8 m."
    )


@pytest.mark.parametrize(("fields", "words"), [
    ({"unique_deals": None}, "whether another set of deals does as well was not settled"),
    ({"gap": 6e-16, "options": SolveOptions(gap=0.0)}, "Proved: nothing better is possible; no other set"),
    ({"gap": 0.01}, "Proved within 1 % of the best possible (dependence: 1 point);"),
    ({"unique_deals": False}, "; another set of deals does as well"),
    ({"unique_deals": False, "deals_without": ("a", "b"), "deals_instead": ("c",)},
     "; another set of deals does as well: without a, b and with c."),
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
    ({"confirmed": Confirmation("SCIP 10.0", "dependence", "agrees", 0.3, 0.3)},
     "Checked independently against the case. A second solver, SCIP 10.0, comes to the same."),
    ({"confirmed": Confirmation("SCIP 10.0", "dependence", "open", None, 0.1)},
     "A second solver, SCIP 10.0, found nothing against it, but came to no proof of its own in its time."),
    ({"options": SolveOptions(confirm=True)}, "The search was stopped before a second solver was asked."),
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
    assert re.search(r"Deals!H7 +fault +\[/b\] +this is no number\. Write 28 USD/kg\.", text)
    assert text.endswith("1 fault, 1 warning.\n")


def findings_told(findings: list[Finding], width: int = 80) -> str:
    out = io.StringIO()
    show_findings(findings, Console(file=out, width=width, highlight=False))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def test_findings_are_sorted_by_cell() -> None:
    text = findings_told([Finding(cell, "", "", f"{cell} is wrong.") for cell in ("Deals!H10", "Deals!H9", "Case!B4")])
    assert re.findall(r"\S+!\S+(?=  )", text) == ["Case!B4", "Deals!H9", "Deals!H10"]


@pytest.mark.parametrize("width", [60, 80])
def test_long_findings_in_a_narrow_terminal_break_no_word(width: int) -> None:
    finding = Finding("Scenario changes!AB1234", "", "28 USD/kgg and something more", "this is no unit of a price.",
                      "Write the number and then its unit, e.g. 28 USD/kg.")
    text = findings_told([finding], width)
    assert " ".join(text.split()) == (
        "Scenario changes!AB1234 fault found: 28 USD/kgg and something more this is no unit of a price. "
        "Write the number and then its unit, e.g. 28 USD/kg. 1 fault."
    )


def test_many_equal_findings_are_one_row() -> None:
    same = [Finding(f"Deals!H{i}", "", f"{i} x", "this is no unit.", "Write USD/kg.") for i in range(2, 502)]
    text = findings_told(same)
    assert "Deals!H2, H3, H4, H5 and 496 more" in " ".join(text.split())
    assert text.count("this is no unit.") == 1
    assert text.endswith("500 faults.\n")


@pytest.mark.parametrize("width", [60, 80, 200])
def test_many_different_findings_are_not_endless(width: int) -> None:
    """Faults go first, then what is left is counted by sheet."""
    warnings = [Finding(f"Case!B{i}", "", "", f"Nothing uses {i}.", level="warning") for i in range(2, 302)]
    faults = [Finding(f"Lanes!C{i}", "", "", f"There is no place {i}.") for i in range(2, 202)]
    text = findings_told([*warnings, *faults], width)
    assert len(text.splitlines()) < 130
    assert "There is no place 2." in text
    assert "Nothing uses" not in text
    assert "And 460 more (Case 300, Lanes 160); --json gives every one." in " ".join(text.split())
    assert text.endswith("200 faults, 300 warnings.\n")


WORD = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=12)


@given(st.lists(st.tuples(st.lists(WORD, min_size=1, max_size=30), st.lists(WORD, max_size=12)), max_size=12),
       st.integers(min_value=60, max_value=200))
def test_no_finding_is_cut_or_wider_than_the_terminal(
    rows: list[tuple[list[str], list[str]]], width: int
) -> None:
    findings = [
        Finding(f"Supply!A{i}", "", " ".join(found), " ".join(words)) for i, (words, found) in enumerate(rows, start=2)
    ]
    text = findings_told(findings, width)
    assert max(map(len, text.splitlines())) <= width
    shown = text.split()
    for words, _ in rows:
        assert set(words) <= set(shown)


@pytest.mark.parametrize("width", [60, 70, 80, 100, 120, 200])
def test_no_name_or_figure_is_broken(width: int) -> None:
    words = set(shown(crowded(), width).split())
    assert {"2027-2028", "-66.7", "points", "[/oops]", "Farland", "100.0"} <= words
    assert "…" not in shown(small_plan(), width)


def test_a_title_longer_than_the_frame_is_not_cut() -> None:
    plan = small_plan()
    title = "A plan of partnerships for everything that moves, from the mine to the wheel"
    case = replace(plan.case, settings=plan.case.settings.model_copy(update={"title": title}))
    text = shown(replace(plan, case=case), 60)
    assert title in " ".join(text.replace("│", " ").split())


@given(st.text(), st.sampled_from(["ascii", "latin-1", "cp1252", "cp437", "koi8-r", "utf-8"]))
def test_text_is_readable_in_any_encoding(text: str, encoding: str) -> None:
    told = readable(text, encoding)
    told.encode(encoding)
    assert not any(unicodedata.category(sign) == "Cc" for sign in told if sign not in "\n\t")
    assert readable(told, encoding) == told


def test_signs_become_words_before_they_become_question_marks() -> None:
    assert readable("₹ 5 → Curaçao \N{EN DASH} “x”", "ascii") == 'Rs 5 -> Curacao - "x"'
    assert readable("₹ 5 → Curaçao", "cp1252") == "Rs 5 -> Curaçao"
    assert readable("नीति", "ascii") == "????"
    assert readable("a\x1b]0;b\x07 \u202ec", "utf-8") == "a?]0;b? ?c"


ODD_TITLE = "₹ café → \x1b[31m नीति"
"""A title with a currency sign, an arrow, a control sign and letters that few encodings hold."""


@pytest.mark.parametrize(("encoding", "title"), [
    ("ascii", "Rs cafe -> ?[31m ????"), ("cp1252", "Rs café -> ?[31m ????"), ("utf-8", "₹ café → ?[31m नीति"),
])
def test_output_of_any_encoding(encoding: str, title: str) -> None:
    code = (
        "import sys\nfrom tests.report.plans import small_plan\nfrom dataclasses import replace\n"
        "from optimizer.report.grids import console\n"
        "from optimizer.report.terminal import show_plan\nplan = small_plan()\n"
        f"settings = plan.case.settings.model_copy(update={{'title': {ODD_TITLE!a}}})\n"
        "show_plan(replace(plan, case=replace(plan.case, settings=settings), notes=('\\u20b9 5',)), console())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True,
                          env={"PYTHONIOENCODING": encoding, "PYTHONPATH": "."})
    text = done.stdout.decode(encoding)
    assert title in text
    assert "\x1b" not in text
    assert "₹ 5" in text or "Rs 5" in text


def test_the_locale_c_is_no_fault() -> None:
    code = "from optimizer.report.grids import console\nconsole().print('\\u20b9')\n"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True,
                   env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": "."})


@pytest.mark.parametrize(("variable", "colour"), [("NO_COLOR", False), ("FORCE_COLOR", True), ("COLUMNS", False)])
def test_colour_in_a_pipe_is_asked_for(variable: str, *, colour: bool) -> None:
    code = (
        "from tests.report.plans import small_plan\nfrom optimizer.report.grids import console\n"
        "from optimizer.report.terminal import show_plan\n"
        "show_plan(small_plan(), console())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True,
                          env={"PYTHONIOENCODING": "utf-8", "PYTHONPATH": ".", variable: "100"})
    assert (b"\x1b[" in done.stdout) == colour


def test_a_reader_that_has_enough_is_no_fault() -> None:
    """As with ``| head``: the pipe is closed before the program writes into it."""
    command = [sys.executable, "-m", "optimizer", "check", "inputs/first_steps.xlsx"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        told = run.stderr.read()
    assert run.returncode == 0
    assert told == b""


def test_a_column_without_any_text_is_no_fault() -> None:
    out = Console(width=80, file=io.StringIO())
    out.print(grid(("name", "effect", ""), [("one", "1", ""), ("two", "2", "")], 80, right=(1,)))
    assert out.file.getvalue().split() == ["name", "effect", "one", "1", "two", "2"]
