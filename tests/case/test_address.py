"""Addresses: parsing, the canonical form, resolving, and errors that name the nearest."""

from __future__ import annotations

import pytest

from optimizer.case.address import Address, AddressFault, parse_address, parse_years, resolve
from optimizer.case.case import Case, case_of
from optimizer.case.schema import Deal, Material, Payment, Place, RecipeLine, Series, Settings


def _case() -> Case:
    return case_of(
        Settings(title="t", first_year=2026, last_year=2028, discount_rate=0.05),
        Place(name="Home", home=True),
        Material(name="alloy", stage="alloy"),
        RecipeLine(recipe="sinter", material="alloy", role="input", amount=1.2),
        RecipeLine(recipe="sinter", material="magnet", role="output", amount=1.0),
        Deal(name="Japan toll", fee=Series.of(28.0)),
        Deal(name="Korea v1.2 [pilot]", use=False),
        Payment(deal="Japan toll", years_after=1.5, amount=3.0),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Deals[Japan toll].fee.2028", Address("Deals", "Japan toll", "fee", 2028)),
        ("Deals[Japan toll].fee", Address("Deals", "Japan toll", "fee")),
        ("Deals[Japan toll]", Address("Deals", "Japan toll")),
        ("Demand[a/b.c].2030", Address("Demand", "a/b.c", None, 2030)),
        ("Case[discount rate].value.2030", Address("Case", "discount rate", "value", 2030)),
        ("Deals[Korea v1.2 [pilot]].least take", Address("Deals", "Korea v1.2 [pilot]", "least take")),
        (" Supply[China*].limit ", Address("Supply", "China*", "limit")),
    ],
)
def test_parse(text: str, expected: Address) -> None:
    assert parse_address(text) == expected


@pytest.mark.parametrize("text", ["", "Deals", "Deals[]", "Deals[x]fee", "Deals[x].fee.28", "[x].fee", "Deals.x.fee"])
def test_bad_form(text: str) -> None:
    with pytest.raises(AddressFault, match="not an address"):
        parse_address(text)


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("Deals[Japan toll].least", ["Deals[Japan toll].least take"]),
        ("Deals[Japan toll].LEAST TAKE.2027", ["Deals[Japan toll].least take.2027"]),
        ("Deals[*].use", ["Deals[Japan toll].use", "Deals[Korea v1.2 [pilot]].use"]),
        ("Deals[Korea v1.2 [pilot]].fee", ["Deals[Korea v1.2 [pilot]].fee"]),
        ("Recipes[sinter/*].amount", ["Recipes[sinter/alloy].amount", "Recipes[sinter/magnet].amount"]),
        ("Payments[Japan toll/1.5/payments].amount", ["Payments[Japan toll/1.5/payments].amount"]),
        ("Case[discount rate]", ["Case[discount rate].value"]),
        ("Case[deciding_point].value.2026", ["Case[deciding point].value.2026"]),
        ("Deals[Japan*].*cost", ["Deals[Japan toll].signing cost", "Deals[Japan toll].yearly cost"]),
        ("Deals[Japan toll]", ["Deals[Japan toll]"]),
    ],
)
def test_resolve(text: str, addresses: list[str]) -> None:
    assert [target.address for target in resolve(_case(), text)] == addresses


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Deal[Japan toll].fee", "Did you mean 'Deals'"),
        ("Deals[Japan tol].fee", "Did you mean 'Japan toll'"),
        ("Deals[Japan toll].fees", "Did you mean 'fee'"),
        ("Deals[X*].fee", "no row 'X\\*'"),
        ("Case[discont rate]", "Did you mean 'discount rate'"),
        ("Case[title].unit", "Its column is 'value'"),
        ("Deals[Japan toll].lead.2028", "no values by year"),
        ("Deals[Japan toll].2028", "needs a column"),
        ("Stocks[x].limit", "no row 'x'"),
    ],
)
def test_nothing_there(text: str, message: str) -> None:
    with pytest.raises(AddressFault, match=message):
        resolve(_case(), text)


def test_years() -> None:
    assert parse_years("2028") == (2028, 2028)
    assert parse_years("2028-2029") == (2028, 2029)
    assert parse_years(" ") is None
    with pytest.raises(ValueError, match="backwards"):
        parse_years("2029-2028")
    with pytest.raises(ValueError, match="not a year"):
        parse_years("soon")
