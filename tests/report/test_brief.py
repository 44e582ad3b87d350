from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.case.schema import Deal, Demand, Lane, Place, Plant
from optimizer.report.asked import asked
from optimizer.report.brief.content import brief
from optimizer.report.brief.markdown import escape, markdown
from optimizer.report.evidence import assumptions
from optimizer.report.stakes import row_stakes, weakest
from optimizer.report.story import calendar, headline
from optimizer.report.supplied import served_by_origin
from optimizer.solve.plan import Plan
from tests.case.small import changed_rows
from tests.report.plans import ODD, paid_plan, small_plan


def text_of(plan: Plan) -> str:
    return markdown(brief(plan, "0123456789ab"))


def test_the_brief_answers_first() -> None:
    lines = text_of(small_plan()).splitlines()
    assert lines[0] == "# Magnets for Home"
    assert lines[2].startswith("**Dependence on Farland falls to 33.3 % in 2028, from 100 % as things stand, "
                               "for USD 40.8 m (USD 4.2 m less than as now).**")
    assert lines[4] == (
        "> **Decision sought.** In 2026, sign Ally toll. What else the plan decides, from 2027 on, can wait."
    )
    assert lines[6:9] == [
        "- **100 → 33.3 %** dependence on Farland in 2028, as now and with this plan",
        "- **USD 40.8 m** cost, discounted, USD 4.2 m less than as now",
        "- **USD 6 m** capital, 2026 to 2028",
    ]
    assert "| Cost, discounted | USD 40.8 m | USD 45 m | -USD 4.2 m |" in lines
    assert "| Ally toll | Ally | tolling | 2026 | 2027-2028 | 100 t | 100 t |" in lines
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
        r"In 2026, sign Ally toll; in 2027, order works \[/oops\] \*two\* \| =1: USD 6 m of signing and building costs."
    )
    begins = lines.index("## What to sign and order by 2027")
    assert lines[begins + 4:begins + 8] == [
        r"| **To decide in 2026** |  |  |  |  | **\-** |",
        r"| Ally toll | tolling | Ally | 2027 | 100 t | \- |",
        "| **To decide in 2027** |  |  |  |  | **USD 6 m** |",
        r"| works \[/oops\] \*two\* \| =1 | plant | Home | 2028 | 100 t/yr | USD 6 m |",
    ]


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


def test_who_pays_the_incentives_stands_on_page_one_and_beside_the_cost() -> None:
    lines = text_of(paid_plan()).splitlines()
    assert "- **USD 38.8 m** cost, discounted, net of USD 2 m of incentives that the state pays" in lines
    assert "| Incentives paid by the state, discounted | USD 2 m | USD 0 | +USD 2 m |" in lines
    assert "*The total is net of USD 2 m of incentives that the state pays.*" in lines
    begins = lines.index("### By payer and year, cash, USD m")
    assert lines[begins + 4:begins + 8] == [
        "| ministry | 15.0 | 16.7 | 7.1 |", "| state | 0 | 1.0 | 1.0 |", "| all payers | 15.0 | 17.7 | 8.1 |",
        "| incentives, from payer to payer | 0 | 1.0 | 1.0 |",
    ]
    assert lines[begins + 9].endswith(
        "so that they cancel in the sum of all payers; the cost by heading counts what is received as less and leaves "
        "out what is paid.*"
    )


def test_the_cost_of_the_nation_is_net_of_nothing() -> None:
    plan = paid_plan()
    settings = plan.case.settings.model_copy(update={"view": "national"})
    text = text_of(replace(plan, case=replace(plan.case, settings=settings)))
    assert "net of" not in text
    assert "Incentives paid by the state" in text
    assert "the cost by heading leaves both out" in text


def test_changes_and_other_options_are_named_below_the_headline() -> None:
    plan = small_plan()
    options = replace(plan.options, goal="cost", budget=4e7, cap=0.35)
    changes = ["--scenario Fees 10 % higher", "--set Deals[Ally toll].fee=5 USD/kg"]
    lines = markdown(brief(replace(plan, options=options), "0123456789ab", (), changes)).splitlines()
    assert lines[4:7] == [
        r"**With these changes: scenario 'Fees 10 % higher'; Deals\[Ally toll\].fee=5 USD/kg.**",
        "",
        "**Asked for: least cost (the workbook: least dependence); at most USD 40 m (the workbook: no budget); "
        "dependence of at most 35 % (the workbook: no cap).**",
    ]
    assert lines[-1] == "*run 0123456789ab, not of the workbook as it stands: see page 1*"


def test_options_that_the_case_has_too_are_no_other_run() -> None:
    plan = small_plan()
    settings = plan.case.settings.model_copy(update={"budget": 4e7})
    plan = replace(plan, options=replace(plan.options, goal="dependence", then=("cost",), budget=4e7),
                   case=replace(plan.case, settings=settings))
    assert asked(plan) == []
    assert asked(replace(plan, options=replace(plan.options, budget=5e7))) == [
        "Asked for: at most USD 50 m (the workbook: at most USD 40 m)."
    ]


def test_of_many_changes_some_are_named() -> None:
    (told,) = asked(small_plan(), [f"--set a{i}=1" for i in range(20)])
    assert told.startswith("With these changes: a0=1; a1=1; ")
    assert told.endswith("a7=1; and 12 more.")


def test_weak_inputs_are_told_in_sentences() -> None:
    lines = text_of(small_plan()).splitlines()
    assert "- Supply, ore: price. Low confidence; USD 3.1 m runs through it." in lines
    assert "- Deals, Ally toll: fee (H2). An assumption; USD 1 m runs through it." in lines


def test_volumes_say_of_what_they_are() -> None:
    lines = text_of(small_plan()).splitlines()
    begins = lines.index("### Volumes under deals, t a year")
    assert lines[begins + 2:begins + 5] == [
        "|  | Material | 2026 | 2027 | 2028 |", "| --- | --- | ---: | ---: | ---: |",
        "| Ally toll | magnet |  | 100 | 100 |",
    ]


def test_when_something_begins_is_told_in_words() -> None:
    plan = small_plan()
    case = changed_rows(plan.case, Deal, "Ally toll", lead=1.9)
    case = changed_rows(case, Plant, ODD, lead=1.5)
    settings = case.settings.model_copy(update={"commit_year": 2027})
    text = text_of(replace(plan, case=replace(case, settings=settings)))
    assert "| Ally toll | tolling | Ally | late 2027 |" in text
    assert "| Home | mid-2028 | 100 t/yr |" in text
    assert "| Home | 2027 | 2 | 100 t/yr | mid-2028 |" in text


def test_what_goes_unserved_as_now_stands_in_the_supply() -> None:
    plan = small_plan()
    assert plan.as_now is not None
    now = replace(plan.as_now, amounts=replace(plan.as_now.amounts, short={("cars", 2028): 25.0}))
    assert "| not served, as now | 0 | 0 | 25.0 |" in text_of(replace(plan, as_now=now))
    assert "not served, as now" not in text_of(plan)


def test_codes_of_facts_are_a_sentence_of_their_own_and_explained() -> None:
    case = changed_rows(small_plan().case, Demand, "cars", note="counted Facts: DEM-033 MOD-065.")
    text = text_of(replace(small_plan(), case=case))
    assert "| counted. Facts: DEM-033 MOD-065. |" in text
    assert "*Facts in the notes are numbers of the fact base from which the workbook was made.*" in text


def test_a_plant_that_alone_makes_a_product_at_home_is_called_by_its_name() -> None:
    plan = small_plan("works")
    places = (*plan.case.sheets["Places"], Place(name="Park", home=True))
    case = replace(plan.case, sheets={**plan.case.sheets, "Places": places})
    case = changed_rows(case, Plant, "ally works", place="Park")
    case = changed_rows(case, Lane, "toll lane", origin="Park")
    told = replace(plan, case=case)
    assert list(served_by_origin(told)) == ["from Farland", "ally works", "works"]
    both = (*case.sheets["Lanes"], Lane(name="other", material="magnet", origin="Farland", destination="Park"))
    mixed = replace(told, case=replace(case, sheets={**case.sheets, "Lanes": both}))
    assert "from Park" in served_by_origin(mixed)


@pytest.mark.parametrize(("shares", "told"), [
    ({2027: 200.0, 2028: 100.0}, "falls to 33.3 % in 2028, from 100 % as things stand, for"),
    ({2027: 300.0, 2028: 300.0}, "stays at 100 % in 2028, as things stand, for"),
])
def test_the_headline_says_where_dependence_goes(shares: dict[int, float], told: str) -> None:
    plan = small_plan()
    claims = replace(plan.claims, dependent={2026: 300.0, **shares})
    assert headline(replace(plan, claims=claims)).startswith(f"Dependence on Farland {told}")


def test_the_headline_of_a_plan_that_is_worse_or_alone() -> None:
    plan = small_plan()
    assert plan.as_now is not None
    worse = replace(plan.as_now, as_now=replace(plan, as_now=None))
    assert headline(worse) == (
        "Dependence on Farland rises to 100 % in 2028, from 33.3 % as things stand, for USD 45 m (USD 4.2 m more than "
        "as now)."
    )
    assert calendar(worse) == "No deal is signed and no plant ordered."
    assert headline(plan.as_now) == "Dependence on Farland stays at 100 % in 2028, for USD 45 m."


def test_dependence_that_is_lower_for_a_time_is_not_told_as_lower_from_then_on() -> None:
    plan = small_plan()
    claims = replace(plan.claims, dependent={2026: 300.0, 2027: 200.0, 2028: 300.0})
    told = calendar(replace(plan, claims=claims))
    assert told == "Decide from 2026 to 2027; dependence is lower than as now in 2027."
