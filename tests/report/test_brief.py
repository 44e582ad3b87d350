from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.report.brief import brief, escape
from optimizer.report.evidence import assumptions
from tests.report.plans import small_plan


def test_the_brief_answers_first() -> None:
    lines = brief(small_plan()).splitlines()
    assert lines[0] == "# Magnets for Home"
    assert lines[2].startswith("**Dependence on Farland comes down from 100.0 % as now to 33.3 % in 2028")
    assert "| Cost, discounted | USD 40.8 m | USD 45 m | -USD 4.2 m |" in lines
    assert "| Ally toll | Ally | tolling | 2026 | 2027-2028 | up to 100 t |" in lines
    assert [line for line in lines if line.startswith("## ")] == [
        "## What to sign", "## What to order", "## Dependence by year", "## Where the products come from, t",
        "## Cost by heading, discounted", "## Limits without slack", "## What this rests on",
    ]


def test_text_of_the_case_is_no_markup() -> None:
    text = brief(small_plan())
    assert r"| works \[/oops\] \*two\* \| =1 | Home | 2027 | 2 | 100 t/yr | 2028 |" in text
    assert r"one \*survey\* only" in text
    assert "Survey of ores \\| 2025" in text


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
    assert (fee.cell, fee.value, fee.source, fee.note) == ("Deals!H2", "USD 5/kg", "Survey of ores | 2025", "a guess")


def test_what_the_plan_does_not_use_is_not_among_its_assumptions() -> None:
    now = small_plan().as_now
    assert now is not None
    addresses = [one.address for one in assumptions(now)]
    assert not [address for address in addresses if address.startswith(("Deals", "Plants", "Runs", "Recipes"))]
    assert "Supply[farland magnets].price" in addresses


def test_a_plan_that_decides_nothing_has_a_brief_too() -> None:
    now = small_plan().as_now
    assert now is not None
    text = brief(replace(now, notes=("- no *plan* as now",)))
    assert "No new deal." in text
    assert "No new plant." in text
    assert "> \\- no \\*plan\\* as now" in text


def test_an_open_gap_is_never_called_optimal() -> None:
    text = brief(replace(small_plan(), status="stopped", gap=0.05, bound=0.28)).lower()
    assert "best plan found, within" in text
    assert "optimal" not in text
