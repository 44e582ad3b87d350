from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.report.brief.content import brief
from optimizer.report.brief.markdown import escape, markdown
from optimizer.report.evidence import assumptions
from optimizer.report.stakes import row_stakes, weakest
from optimizer.solve.plan import Plan
from tests.report.plans import ODD, small_plan


def text_of(plan: Plan) -> str:
    return markdown(brief(plan, "0123456789ab"))


def test_the_brief_answers_first() -> None:
    lines = text_of(small_plan()).splitlines()
    assert lines[0] == "# Magnets for Home"
    assert lines[2].startswith("**Dependence on Farland comes down from 100.0 % as now to 33.3 % in 2028")
    assert lines[4] == (
        "> **Decision sought.** In 2026, sign Ally toll. What else the plan decides, from 2027 on, can wait."
    )
    assert lines[6:9] == [
        "- **100 → 33.3 %** dependence on Farland in 2028, as now and with this plan",
        "- **USD 40.8 m** cost, discounted, USD 4.2 m less than as now",
        "- **USD 6 m** capital, 2026 to 2028",
    ]
    assert "| Cost, discounted | USD 40.8 m | USD 45 m | -USD 4.2 m |" in lines
    assert "| Ally toll | Ally | tolling | 2026 | 2027-2028 | up to 100 t |" in lines
    assert [line for line in lines if line.startswith("## ")] == [
        "## What to sign and order in 2026", "## What it changes", "## How sure this is", "## Calendar",
        "## Where the products come from", "## Dependence by year", "## Cost", "## Limits without slack",
        "## What this rests on", "## Sources", "## How this was made",
    ]


def test_decisions_up_to_the_commit_year_come_first() -> None:
    plan = small_plan()
    settings = plan.case.settings.model_copy(update={"commit_year": 2027})
    lines = text_of(replace(plan, case=replace(plan.case, settings=settings))).splitlines()
    # two modules of 50 t at 60,000 USD/t
    assert lines[4].endswith(
        r"By 2027, sign Ally toll and order works \[/oops\] \*two\* \| =1: USD 6 m of signing and building costs."
    )
    assert r"| works \[/oops\] \*two\* \| =1 | plant | Home | 2027 | 2028 | 100 t/yr | USD 6 m |" in lines


def test_the_money_that_runs_through_each_row() -> None:
    plan = small_plan()
    stakes = row_stakes(plan)
    volume = sum(plan.volume.values())
    assert stakes["Deals[Ally toll]"] == pytest.approx(5000 * volume)
    assert stakes[f"Plants[{ODD}]"] == pytest.approx(2 * 50 * 60_000)
    bought = sum(v for (s, _), v in plan.amounts.buy.items() if s == "ore")
    assert stakes["Supply[ore]"] == pytest.approx(5000 * bought)
    assert stakes["Demand[cars]"] == pytest.approx(sum(plan.claims.cash.values()))


def test_the_weakest_inputs_are_those_through_which_most_money_runs() -> None:
    found = weakest(small_plan())
    assert [(one.row, one.columns, one.confidence) for one in found] == [
        ("Supply[ore]", ("price",), "low"), ("Deals[Ally toll]", ("fee",), "assumption"),
    ]
    assert found[0].money > found[1].money > 0


def test_text_of_the_case_is_no_markup() -> None:
    text = text_of(small_plan())
    assert r"| works \[/oops\] \*two\* \| =1 | Home | 2027 | 2 | 100 t/yr | 2028 |" in text
    assert r"one \*survey\* only" in text
    assert r"| Survey of ores \| 2025 |" in text


@pytest.mark.parametrize(("text", "escaped"), [
    ("a|b", r"a\|b"), ("*x* _y_", r"\*x\* \_y\_"), ("<b>&amp;", r"\<b\>\&amp;"), ("`c` ~~d~~", r"\`c\` \~\~d\~\~"),
    ("[a](b) ![i](j)", r"\[a\](b) !\[i\](j)"), ("# head", r"\# head"), ("- item", r"\- item"), ("---", r"\---"),
    ("2026. x", r"2026\. x"), ("1) x", r"1\) x"), ("line\n\nbreak", "line break"), ("back\\slash", r"back\\slash"),
    ("12.5 % of 3-4", "12.5 % of 3-4"), ("", ""),
])
def test_every_sign_with_a_meaning_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_what_is_least_sure_stands_first() -> None:
    found = assumptions(small_plan())
    assert [(one.address, one.confidence) for one in found[:2]] == [
        ("Deals[Ally toll].fee", "assumption"), ("Supply[ore].price", "low"),
    ]
    assert found[-1].confidence == "high"
    fee = found[0]
    assert (fee.cell, fee.value, fee.sources, fee.note) == ("Deals!H2", "USD 5/kg", ("geology",), "a guess")


def test_what_the_plan_does_not_use_is_not_among_its_assumptions() -> None:
    now = small_plan().as_now
    assert now is not None
    addresses = [one.address for one in assumptions(now)]
    assert not [address for address in addresses if address.startswith(("Deals", "Plants", "Runs", "Recipes"))]
    assert "Supply[farland magnets].price" in addresses


def test_a_plan_that_decides_nothing_has_a_brief_too() -> None:
    now = small_plan().as_now
    assert now is not None
    text = text_of(replace(now, notes=("- no *plan* as now",)))
    assert "No new deal." in text
    assert "No new plant." in text
    assert "> \\- no \\*plan\\* as now" in text


def test_an_open_gap_is_never_called_optimal() -> None:
    text = text_of(replace(small_plan(), status="stopped", gap=0.05, bound=0.28)).lower()
    assert "best plan found, within" in text
    assert "optimal" not in text


def test_a_plan_that_was_stopped_says_so_on_top() -> None:
    lines = text_of(replace(small_plan(), status="stopped", gap=0.05, bound=0.28)).splitlines()
    assert lines[6].startswith("> Best plan found, within")


def test_names_with_commas_are_told_apart() -> None:
    plan = small_plan("works, new")
    settings = plan.case.settings.model_copy(update={"commit_year": 2027})
    amounts = replace(plan.amounts, modules={("works, new", 2026): 1, ("works, new", 2027): 1, ("ally works", 2026): 1})
    text = text_of(replace(plan, case=replace(plan.case, settings=settings), amounts=amounts))
    assert "order ally works; and works, new" in text
