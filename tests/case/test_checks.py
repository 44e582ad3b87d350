"""Each check finds its fault, at its address, in a small case broken in exactly that way."""

from __future__ import annotations

import pytest

from optimizer.case.case import Case
from optimizer.case.checks import BESIDE, BLANKS_TELL, CHECKS, NAMES_KNOWN, SOUND_ONLY, check_case
from optimizer.case.schema import (
    Criterion,
    Deal,
    Demand,
    Evidence,
    Filter,
    Incentive,
    Lane,
    Limit,
    Material,
    Payment,
    Place,
    Plant,
    Range,
    RecipeLine,
    Row,
    Rule,
    Run,
    ScenarioChange,
    Series,
    Source,
    Stock,
    Supply,
)
from tests.case.small import changed_rows, small

S = Series.of


def _terms(**terms: str) -> Filter:
    return Filter(terms=tuple((key.rstrip("_"), tuple(text.split("|"))) for key, text in terms.items()))


def _limit(measure: str = "tonnes", **fields: object) -> Limit:
    values: dict[str, object] = {"sense": "at most", "value": S(1.0), **fields}
    return Limit.model_validate({"name": "cap", "measure": measure, **values})


def _set(kind: type[Row], key: str, **fields: object) -> Case:
    return changed_rows(small(), kind, key, **fields)


def test_the_small_case_is_clean() -> None:
    assert check_case(small()) == ()


def test_the_register_is_whole() -> None:
    names = [check.__name__ for check in (*CHECKS, *NAMES_KNOWN, *SOUND_ONLY)]
    assert len(names) == len(set(names))


# told by the reader itself; comparing rows with one another, or with what they address, asks for all of them
WHOLE_ONLY = {"duplicates", "prices", "sums", "small_shares", "modes"}


def test_a_check_is_made_beside_unread_rows_or_has_a_reason_not_to_be() -> None:
    assert {check.__name__ for check in (*CHECKS, *NAMES_KNOWN)} == {check.__name__ for check in BESIDE} | WHOLE_ONLY
    assert set(BESIDE) >= BLANKS_TELL


NAMES: list[tuple[str, Case, str, str]] = [
    ("unknown place", _set(Supply, "ore", place="Abrod"), "Supply[ore].place", "Did you mean 'Abroad'"),
    ("unknown material", _set(Lane, "ore lane", material="oree"), "Lanes[ore lane].material", "Did you mean 'ore'"),
    ("unknown deal in a group", _set(Lane, "home lane", deals=(("toll", "tol"),)), "Lanes[home lane].deals",
     "'tol' is not a row of Deals."),
    ("unknown recipe", small(Run(plant="works", recipe="sintr")), "Runs[works/sintr].recipe", "Did you mean 'sinter'"),
    ("unknown stage's place", _set(Supply, "ore", made_at=(("ore", "Concrn"),)), "Supply[ore].made at",
     "Did you mean 'Concern'"),
    ("unknown stage of needs", _set(Material, "magnet", needs=(("or", 2.0),)), "Materials[magnet].needs",
     "Did you mean 'ore'"),
    ("unknown stage", _set(Supply, "magnet abroad", made_at=(("or", "Concern"),)), "Supply[magnet abroad].made at",
     "no material is of the stage 'or'"),
    ("unknown source", _set(Supply, "ore", source=("a",)), "Supply[ore].source", "'a' is not a row of Sources"),
    ("pattern of a rule", small(Rule(name="r", rule="at most", n=1, list=("tool*",))), "Rules[r].list",
     "'tool\\*' matches nothing in Deals or Plants"),
    ("pattern where none is allowed", _set(Supply, "ore", place="Ab*"), "Supply[ore].place", "is not a row of Places"),
    ("place switched off", small(Place(name="X", use=False), Stock(name="s", place="X", material="ore")),
     "Stocks[s].place", "'X' is switched off"),
    ("recipe switched off", changed_rows(_set(RecipeLine, "sinter/ore", use=False), RecipeLine, "sinter/magnet",
                                         use=False), "Runs[works/sinter].recipe", "'sinter' is switched off"),
    ("duplicate", small(Place(name="Home")), "Places[Home]", "two rows of Places have the same name"),
    ("duplicate of two keys", small(RecipeLine(recipe="sinter", material="ore", role="input", amount=1.0)),
     "Recipes[sinter/ore]", "the same recipe and material"),
    ("bracket in a name", small(Place(name="A]")), "Places[A]].name", "may not hold ]"),
    ("blank at the end of a name", small(Place(name="A ")), "Places[A ].name", "begin or end with a blank"),
    ("unknown payer", _set(Supply, "ore", payer="hme"), "Supply[ore].payer", "Did you mean 'home'"),
    ("payer twice", small(payers=("a", "a")), "Case[payers].value", "named twice"),
    ("no payer", small(payers=()), "Case[payers].value", "needs a payer"),
    ("deal in two groups", _set(Lane, "home lane", deals=(("toll",), ("toll",))), "Lanes[home lane].deals",
     "'toll' is named twice"),
    ("unknown goal", small(goal="costs"), "Case[goal].value", "Did you mean 'cost'"),
    ("unknown later goal", small(then=("jobs",)), "Case[then].value", "'jobs' is not a goal"),
]

CHAIN: list[tuple[str, Case, str, str]] = [
    ("no output", _set(RecipeLine, "sinter/magnet", role="by-product"), "Recipes[sinter/ore].role", "has no output"),
    ("two outputs", small(RecipeLine(recipe="sinter", material="swarf", role="output", amount=1.0),
                          Material(name="swarf", stage="swarf")), "Recipes[sinter/swarf].role", "several outputs"),
    ("output of 2", _set(RecipeLine, "sinter/magnet", amount=2.0), "Recipes[sinter/magnet].amount", "must be 1"),
    ("yield over 1", changed_rows(changed_rows(_set(Material, "magnet", basis="metal"), Material, "ore", basis="metal"),
                                  RecipeLine, "sinter/ore", amount=0.9), "Recipes[sinter/ore].amount",
     "makes 1 t out of 0.9 t"),
    ("nothing brings the input", changed_rows(_set(Lane, "ore lane"), Stock, "heap"), "Runs[works/sinter].recipe",
     "nothing brings 'ore' to 'Home', where 'works' needs it"),
    ("exposed share of concern", _set(Supply, "magnet abroad", exposed_share=0.5),
     "Supply[magnet abroad].exposed share", "all is exposed"),
    ("free capital", _set(Plant, "works", home_share=0.6), "Plants[works].home share", "pays 40% of the capital"),
    ("ordered too late", _set(Plant, "works", ordered_in=(("2026", 1.0),)), "Plants[works].ordered in",
     "not before the case"),
    ("half a module", _set(Plant, "works", ordered_in=(("2024", 0.5),)), "Plants[works].ordered in",
     "1 to 1 whole modules"),
    ("no year", _set(Plant, "works", ordered_in=(("soon", 1.0),)), "Plants[works].ordered in", "not a year"),
    ("more orders than may be", _set(Plant, "works", ordered_in=(("2023", 1.0), ("2024", 1.0))),
     "Plants[works].ordered in", "2 orders were made and at most 1"),
]

DEALS: list[tuple[str, Case, str, str]] = [
    ("opens nothing", small(Deal(name="idle")), "Deals[idle].name", "opens nothing"),
    ("required and off", small(Deal(name="a", use=False), Rule(name="r", rule="requires", list=("toll", "a"))),
     "Rules[r].list", "'a' is required and switched off"),
    ("meter of two kinds", _set(Supply, "ore", deals=(("toll",),)), "Deals[toll].meter", "Lanes and Supply"),
    ("unknown meter", _set(Deal, "toll", meter="lane"), "Deals[toll].meter", "not something to meter"),
    ("meter of what it does not open", _set(Deal, "toll", meter="plants"), "Deals[toll].meter", "opens no plants"),
    ("meter of no material", _set(Deal, "toll", meter="lanes: magnt"), "Deals[toll].meter", "Did you mean 'magnet'"),
    ("meter of two bases", _set(Lane, "ore lane", deals=(("toll",),)), "Deals[toll].meter",
     "add up tonnes of magnet and ore"),
    ("fee on nothing", changed_rows(_set(Lane, "home lane", deals=()), Plant, "works", deals_to_order=(("toll",),)),
     "Deals[toll].fee", "nothing to meter"),
    ("window backwards", _set(Deal, "toll", window_from=2028, window_to=2027), "Deals[toll].window to",
     "to 2027"),
    ("signed in the case", _set(Deal, "toll", signed_in=2026), "Deals[toll].signed in", "before the case begins"),
    ("lane backwards", _set(Lane, "ore lane", from_year=2028, to_year=2026), "Lanes[ore lane].from year",
     "opens in 2028 and closes in 2026"),
    ("least above most", _set(Deal, "toll", least=S(5.0), most=S(4.0)), "Deals[toll].least take.2026",
     "at least 5 t and at most 4 t"),
]

NUMBERS: list[tuple[str, Case, str, str]] = [
    ("no price", _set(Supply, "ore", price=None), "Supply[ore].price", "needs a price"),
    ("market without price", _set(Material, "magnet", market=S(5.0)), "Materials[magnet].price", "it can be sold"),
    ("duty without price", changed_rows(small(Lane(name="l", material="magnet", origin="Home", destination="Abroad",
                                                   duty=S(0.1))), Material, "ore", price=None),
     "Materials[magnet].price", "duty is paid on it"),
    ("credit without price", changed_rows(_set(Material, "ore", price=None), Plant, "works", partner_keeps=0.2),
     "Materials[ore].price", "a partner is credited"),
    ("shortage without cost", _set(Demand, "cars", floor=S(0.5)), "Demand[cars].shortage cost", "the floor is 50%"),
    ("late series", _set(Supply, "ore", limit=Series(points=((2027, 1.0),))), "Supply[ore].limit",
     "the first value is for 2027 and the case begins in 2026"),
    ("negative limit", _set(Supply, "ore", limit=Series(points=((2026, 9.0), (2028, -1.0)))), "Supply[ore].limit.2028",
     "negative in 2028"),
    ("negative mapping", _set(Material, "magnet", needs=(("ore", -1.0),)), "Materials[magnet].needs", "negative"),
    ("share above 1", _set(Demand, "cars", floor=S(1.2)), "Demand[cars].floor.2026", "120% in 2026"),
    ("glide above 1", small(glide=S(1.5)), "Case[glide].value.2026", "150% in 2026"),
    ("glide never full", small(glide=S(0.5)), "Case[glide].value", "never full"),
    ("full from after the end", small(full_from=2040), "Case[full from].value", "2026 to 2028"),
    ("weights of 0", small(weights=S(0.0)), "Case[weights].value", "no year has a weight"),
    ("rate of 0", small(exchange_rates=(("INR", 0.0),)), "Case[exchange rates].value", "above 0"),
    ("own rate", small(exchange_rates=(("USD", 2.0),)), "Case[exchange rates].value", "own currency"),
    ("opening above limit", _set(Stock, "heap", limit=S(5.0), closing_clear=0.0), "Stocks[heap].opening clear",
     "10 t lie there at the start and at most 5 t fit"),
    ("closing above limit", _set(Stock, "heap", limit=S(20.0), closing_clear=30.0), "Stocks[heap].closing clear",
     "30 t must lie there"),
    ("reserve above limit", _set(Stock, "heap", limit=S(20.0), reserve=S(21.0)), "Stocks[heap].reserve.2026",
     "the reserve is above"),
]

LIMITS: list[tuple[str, Case, str, str]] = [
    ("no filter", small(_limit("share")), "Limits[cap].filter", "needs a filter"),
    ("filter on spend", small(_limit("spend", filter=_terms(plant="works"))), "Limits[cap].filter",
     "looks at no filter"),
    ("heading on tonnes", small(_limit(filter=_terms(plant="works"), heading=("capex",))), "Limits[cap].heading",
     "does not look at this"),
    ("capacity over the horizon", small(_limit("capacity", over="horizon")), "Limits[cap].over", "is by year"),
    ("unknown heading", small(_limit("spend", heading=("capx",))), "Limits[cap].heading", "Did you mean 'capex'"),
    ("unknown criterion", small(_limit("criterion", filter=_terms(criterion="job")),
                                Criterion(criterion="jobs", applies_to="toll", per_signing=1.0)),
     "Limits[cap].filter", "Did you mean 'jobs'"),
    ("criterion not named", small(_limit("criterion", filter=_terms(plant="works"))), "Limits[cap].filter",
     "Write criterion=NAME"),
    ("floor above cap", small(_limit("spend"), Limit(name="floor", measure="spend", sense="at least", value=S(2.0))),
     "Limits[floor].value.2026", "at least 2 and at most 1"),
    ("unknown key", small(_limit(filter=_terms(plnt="works"))), "Limits[cap].filter", "Did you mean 'plant'"),
    ("key of another flow", small(_limit(filter=_terms(plant="works", sector="cars"))), "Limits[cap].filter",
     "'sector' is not something to filter by here"),
    ("unknown value", small(_limit(filter=_terms(plant="work"))), "Limits[cap].filter", "Did you mean 'works'"),
    ("nothing fits all", small(_limit(filter=_terms(lane="ore lane", material="magnet"))), "Limits[cap].filter",
     "fits all of this"),
    ("no kind of flow", small(_limit(filter=_terms(place="Home"))), "Limits[cap].filter", "which kind of flow"),
    ("unknown flow", small(_limit(filter=_terms(flow="lane", material="ore"))), "Limits[cap].filter",
     "Did you mean 'lanes'"),
    ("two bases", small(_limit(filter=_terms(lane="*"))), "Limits[cap].filter", "adds up tonnes of magnet and ore"),
    ("two bases in of", small(_limit("share", filter=_terms(lane="ore*"), of=_terms(supply="*"))), "Limits[cap].of",
     "adds up tonnes of magnet and ore"),
    ("no needs", changed_rows(small(_limit("share", filter=_terms(supply="ore"), converted_to="magnet")), Material,
                              "magnet", needs=()), "Limits[cap].converted to", "has no needs of ore"),
    ("capacity of no plant", small(_limit("capacity", filter=_terms(plant="x"))), "Limits[cap].filter",
     "nothing among the plants has plant 'x'"),
]

WHAT_IFS: list[tuple[str, Case, str, str]] = [
    ("evidence of nothing", small(Evidence(address="Deals[tol].fee")), "Evidence[Deals[tol].fee].address",
     "Did you mean 'toll'"),
    ("range of nothing", small(Range(address="Deals[toll].fees", low=1.0, high=2.0)),
     "Ranges[Deals[toll].fees].address", "Did you mean 'fee'"),
    ("range of a name", small(Range(address="Deals[toll].partner", low=1.0, high=2.0)),
     "Ranges[Deals[toll].partner].address", "no number stands"),
    ("moves with nothing", small(Range(address="Deals[toll].fee", low=1.0, high=2.0, moves_with="Deal[toll].fee")),
     "Ranges[Deals[toll].fee].moves with", "Did you mean 'Deals'"),
    ("low above high", small(Range(address="Deals[toll].fee", low=3.0, high=2.0)), "Ranges[Deals[toll].fee].low",
     "low is above high"),
    ("lognormal at 0", small(Range(address="Deals[toll].fee", low=0.0, high=2.0, shape="lognormal")),
     "Ranges[Deals[toll].fee].low", "above 0"),
    ("scenario of nothing", small(ScenarioChange(scenario="s", address="Supply[x*].limit", how="set", value="1")),
     "Scenarios[s/Supply[x*].limit/].address", "no row 'x\\*'"),
    ("scenario's value", small(ScenarioChange(scenario="s", address="Supply[ore].limit", how="set", value="lots")),
     "Scenarios[s/Supply[ore].limit/].value", "number"),
    ("scenario's years", small(ScenarioChange(scenario="s", address="Supply[ore].limit", how="set", value="1",
                                              years="soon")),
     "Scenarios[s/Supply[ore].limit/soon].years", "not a year"),
    ("probabilities", small(
        ScenarioChange(scenario="s", address="Supply[ore].limit", how="set", value="1", probability=0.6),
        ScenarioChange(scenario="r", address="Supply[ore].limit", how="set", value="1", probability=0.3),
        base_probability=0.2), "Scenarios[r/Supply[ore].limit/].probability", "add up to 110%"),
    ("two probabilities", small(
        ScenarioChange(scenario="s", address="Supply[ore].limit", how="set", value="1", probability=0.6),
        ScenarioChange(scenario="s", address="Supply[ore].total", how="set", value="1", probability=0.3)),
     "Scenarios[s/Supply[ore].total/].probability", "another probability"),
]

ERRORS = [*NAMES, *CHAIN, *DEALS, *NUMBERS, *LIMITS, *WHAT_IFS]


@pytest.mark.parametrize(("case", "address", "message"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS])
def test_error(case: Case, address: str, message: str) -> None:
    errors = [f for f in check_case(case) if f.level == "error"]
    assert [f.address for f in errors] == [address]
    plain = message.replace("\\*", "*")
    assert plain in str(errors[0])
    assert errors[0].cell == case.cell(address)


WARNINGS: list[tuple[str, Case, str, str]] = [
    ("plant without run", _set(Run, "works/sinter"), "Plants[works].name", "makes nothing"),
    ("plant of nothing", small(Plant(name="p", place="Home"), Run(plant="p", recipe="sinter")), "Plants[p].module",
     "neither stands nor can be ordered"),
    ("orders without module", _set(Plant, "works", module=None), "Plants[works].capex", "nothing can be ordered"),
    ("window beside the horizon", _set(Plant, "works", window_from=2030), "Plants[works].window from",
     "can never be ordered"),
    ("starts after the end", _set(Plant, "works", lead=3.0), "Plants[works].lead", "starts after 2028"),
    ("lane never open", small(Lane(name="l", material="ore", origin="Home", destination="Abroad", to_year=2020)),
     "Lanes[l].to year", "never open"),
    ("negative price", _set(Supply, "ore", price=S(-1.0)), "Supply[ore].price.2026", "negative in 2026"),
    ("negative payment", small(Payment(deal="toll", years_after=1.0, amount=-5.0)),
     "Payments[toll/1/payments].amount", "negative"),
]


@pytest.mark.parametrize(("case", "address", "message"), [w[1:] for w in WARNINGS], ids=[w[0] for w in WARNINGS])
def test_warning(case: Case, address: str, message: str) -> None:
    warnings = [f for f in check_case(case) if f.level == "warning"]
    assert [f.address for f in warnings] == [address]
    assert message in str(warnings[0])


def test_what_is_switched_off_is_an_option_less_and_no_fault() -> None:
    case = small(
        Rule(name="r", rule="at most", n=1, list=("toll", "works")),
        Payment(deal="toll", years_after=1.0, amount=5.0),
        Criterion(criterion="jobs", applies_to="works", per_module=1.0),
        Incentive(name="i", plants=("works",), per_tonne=S(1.0)),
        _limit(filter=_terms(plant="works")),
        Source(name="a", title="A"), full_from=2027,
    )
    case = changed_rows(case, Demand, "cars", floor=S(0.0), shortage_cost=S(1.0), source=("a",))
    assert check_case(changed_rows(case, Deal, "toll", use=False)) == ()
    assert check_case(changed_rows(case, Plant, "works", use=False)) == ()


def test_changes_of_a_scenario_build_on_one_another() -> None:
    every = ScenarioChange(scenario="s", address="Supply[magnet abroad].limit", how="set", value="900")
    one = ScenarioChange(scenario="s", address="Supply[magnet abroad].limit.2027", how="set", value="0")
    assert check_case(small(every, one)) == ()
    (fault,) = check_case(small(one))
    assert "Set every year first" in fault.suggestion


def test_all_at_once() -> None:
    case = changed_rows(_set(Supply, "ore", place="x", price=None), Deal, "toll", meter="plants")
    assert {f.address for f in check_case(case)} >= {"Supply[ore].place", "Supply[ore].price", "Deals[toll].meter"}
