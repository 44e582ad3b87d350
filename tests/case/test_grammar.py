"""The grammar of headers and cells: what is written is read again, and what is refused says what would be right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.case import grammar
from optimizer.case.faults import CellFault
from optimizer.case.grammar import Header
from optimizer.case.schema import Filter

NAMES = st.text(st.characters(codec="utf-8", exclude_characters=";|=*[]\n\r", exclude_categories=("C", "Z")),
    min_size=1)
LISTS = st.lists(NAMES, min_size=1, max_size=5, unique=True).map(tuple)


@pytest.mark.parametrize(("text", "header"), [
    ("limit", Header("limit")),
    ("limit 2030 (t)", Header("limit", 2030, "t")),
    ("fee (USD/kg)", Header("fee", None, "USD/kg")),
    ("2030", Header("", 2030)),
    ("2030 (t)", Header("", 2030, "t")),
    ("per tonne a year ordered (USD/(t/yr))", Header("per tonne a year ordered", None, "USD/(t/yr)")),
    ("price\n2030  (USD/kg)", Header("price", 2030, "USD/kg")),
    ("years after signing (months)", Header("years after signing", None, "months")),
    ("fee 9999", Header("fee 9999")),
])
def test_headers(text: str, header: Header) -> None:
    assert grammar.read_header(text) == header


@pytest.mark.parametrize("text", ["fee (USD/kg", "fee ()", "fee (t) 2030"])
def test_headers_refused(text: str) -> None:
    with pytest.raises(CellFault, match="is not closed"):
        grammar.read_header(text)


@given(st.sampled_from(["limit", "least take", "duty rate", ""]), st.one_of(st.none(), st.integers(1900, 2199)),
       st.one_of(st.none(), st.sampled_from(["t", "USD/kg", "USD/(t/yr)", "%"])))
def test_headers_come_back(name: str, year: int | None, unit: str | None) -> None:
    header = Header(name, year, unit)
    assert grammar.read_header(grammar.write_header(header)) == header


@pytest.mark.parametrize(("text", "value", "unit"), [
    ("28", 28.0, ""), ("-1.5", -1.5, ""), ("+3", 3.0, ""), (".5", 0.5, ""), ("1e3", 1000.0, ""), ("30 %", 30.0, "%"),
    ("30%", 30.0, "%"), ("28 USD/kg", 28.0, "USD/kg"), ("28USD/kg", 28.0, "USD/kg"), (" 6 months ", 6.0, "months"),
])
def test_numbers(text: str, value: float, unit: str) -> None:
    assert grammar.read_number(text) == (value, unit)


@pytest.mark.parametrize(("text", "suggestion"), [
    ("1,000", "Write 1000."), ("1,00,000", "Write 100000."), ("1.234,5", "Write 1234.5."), ("1,234.5", "Write 1234.5."),
    ("3,5", "Write 3.5."), ("1 000", "Write 1000."), ("1'000 t", "Write 1000 t."), ("1.234.567", "Write 1234567."),
    ("-1,000 USD/kg", "Write -1000 USD/kg."), ("12,5 %", "Write 12.5 %."),
])
def test_separators_are_refused_with_what_is_meant(text: str, suggestion: str) -> None:
    with pytest.raises(CellFault) as fault:
        grammar.read_number(text)
    assert fault.value.suggestion == suggestion
    assert fault.value.message == f"'{text}' is written with separators that can be misread."


@pytest.mark.parametrize("text", ["abc", "nan", "inf", "-", "1/2", "2026-04-01", "(5)", "1e999", "USD 5", "5 1",
    "\u22125"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(CellFault):
        grammar.read_number(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back(value: float) -> None:
    read, unit = grammar.read_number(grammar.number_text(value))
    assert (repr(read), unit) == (repr(value), "")


@given(LISTS)
def test_lists_come_back(names: tuple[str, ...]) -> None:
    assert grammar.read_list(grammar.write_list(names)) == names


@given(st.lists(LISTS, min_size=1, max_size=4, unique_by=lambda group: "|".join(group)).map(tuple))
def test_groups_come_back(groups: tuple[tuple[str, ...], ...]) -> None:
    assert grammar.read_groups(grammar.write_groups(groups)) == groups


@given(st.dictionaries(NAMES, NAMES, min_size=1, max_size=4))
def test_mappings_come_back(pairs: dict[str, str]) -> None:
    assert grammar.read_mapping(grammar.write_mapping(tuple(pairs.items()))) == tuple(pairs.items())


@given(st.dictionaries(NAMES, LISTS, min_size=1, max_size=4))
def test_filters_come_back(terms: dict[str, tuple[str, ...]]) -> None:
    made = Filter(terms=tuple(terms.items()))
    assert grammar.read_filter(str(made)) == made


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6).map(tuple), st.sampled_from(["", "%", "fraction"]))
def test_profiles_come_back(shares: tuple[float, ...], unit: str) -> None:
    text = " ".join([*map(grammar.number_text, shares), unit])
    assert grammar.read_profile(text) == (shares, unit)


def test_each_share_of_a_profile_may_have_its_sign() -> None:
    assert grammar.read_profile("30% 50% 20 %") == ((30.0, 50.0, 20.0), "%")


@pytest.mark.parametrize("text", ["", "%", "30 % 50 20", "30; 70 %", "a b", "30,5 69,5 %"])
def test_what_is_no_profile(text: str) -> None:
    with pytest.raises(CellFault, match="not a list of shares"):
        grammar.read_profile(text)


@pytest.mark.parametrize(("reader", "text", "message"), [
    (grammar.read_list, "A;;B", "'A;;B' holds an empty entry."),
    (grammar.read_list, "A; A", "'A' stands twice."),
    (grammar.read_groups, "A||B", "'A||B' holds an empty entry."),
    (grammar.read_groups, "A|A; B", "'A' stands twice."),
    (grammar.read_mapping, "a", "'a' is not a name, '=' and a value."),
    (grammar.read_mapping, "a=", "'a=' is not a name, '=' and a value."),
    (grammar.read_mapping, "a=1; a=2", "'a' stands twice."),
    (grammar.read_filter, "place", "'place' is not a name, '=' and a value."),
    (grammar.read_filter, "place=A; place=B", "'place' stands twice."),
])
def test_refused(reader: object, text: str, message: str) -> None:
    assert callable(reader)
    with pytest.raises(CellFault) as fault:
        reader(text)
    assert fault.value.message == message
    assert fault.value.suggestion


def test_a_semicolon_at_the_end_is_no_entry() -> None:
    assert grammar.read_list("A; B;") == ("A", "B")
