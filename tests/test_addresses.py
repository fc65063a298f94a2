"""Which column has the addresses of people, and which text is an address."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.rows.addresses import address_column, address_of, plain_address
from tests.making import table


def column(headers: Sequence[str], *rows: Sequence[str | None]) -> int | None:
    sheet = table(headers, *rows)
    return address_column(sheet.headers, sheet.rows)


@pytest.mark.parametrize("text", ["ann@acme.example", " Ann@ACME.example ", "\u200bann@acme.example\xa0"])
def test_an_address_is_known_without_regard_to_case_and_outer_spaces(text: str) -> None:
    assert address_of(text) == "ann@acme.example"


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee <Ann@acme.example>",
        '"Lee, Ann" <Ann@acme.example>;',
        "Ann@acme.example <Ann@acme.example>",
        "<Ann@acme.example>",
        "mailto:Ann@acme.example",
        "Ann <MAILTO:Ann@acme.example>",
        "Ann@acme.example,",
        "Ann@acme.example ; ",
        "Ann\u200b@acme.example\ufeff",
        "Ann\uff20acme.example",
    ],
)
def test_an_address_is_found_as_mail_programs_and_lists_of_contacts_write_it(text: str) -> None:
    assert plain_address(text) == "Ann@acme.example"
    assert address_of(text) == "ann@acme.example"


@pytest.mark.parametrize("text", ["o'neil+x@mail.acme.co.uk", "josé@müller.de", "x@例え.jp", "a_b-c@a-b.example"])
def test_addresses_of_all_countries_are_some(text: str) -> None:
    assert address_of(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "ann@acme",
        "ann smith@acme.example",
        "ann@acme.example, bob@acme.example",
        "Ann <ann@acme.example>, Bob <bob@acme.example>",
        "bob@acme.example <ann@acme.example>",
        "Ann <ann>",
        'a@b.c" onclick=',
        "a@b.example\nBcc: all@b.example",
        "javascript:alert(1)@x.example",
        "<b>@x.example",
        "a..b@x.example",
        ".a@x.example",
        "a@-x.example",
        "a@x..example",
        "a@10.0.0.1",
        f"{'a' * 65}@x.example",
        "a@" + "b" * 1_000_000 + ".example",
    ],
)
def test_what_a_mail_tool_would_stumble_over_is_none(text: str) -> None:
    assert address_of(text) == ""


@given(st.text(max_size=40))
def test_no_text_becomes_an_address_that_ends_a_quotation_a_tag_or_a_line(text: str) -> None:
    assert not set(address_of(f"{text}@x.example")) & set(' <>"(),;:\\\r\n\t')


@pytest.mark.parametrize(
    "header", ["email", "E-Mail", "Mail", "Correo electrónico", "メール", "Lead Email", "Work e-mail"]
)
def test_a_column_is_known_by_its_header(header: str) -> None:
    assert column(["name", header], ["ann@acme.example", "not yet"]) == 1


def test_of_several_headers_the_one_that_has_the_most_addresses_counts() -> None:
    assert column(["Work email", "Email"], ["", "ann@a.example"], ["bob@b.example", "bob@c.example"]) == 1
    assert column(["Work email", "Email"], ["ann@a.example", "ann@b.example"]) == 0


def test_a_column_without_such_a_header_is_known_by_its_values() -> None:
    rows = [["Ann", "ann@a.example"], ["Bob", "bob@b.example"], ["Cy", "?"]]
    assert column(["who", "E-mail 1 - Value"], *rows) == 1
    assert column(["who", "note"], ["Ann", "ask ann@a.example"], ["Bob", "no"]) is None
    assert column(["who", "note"], ["Ann", "ann@a.example"], ["Bob", "call"], ["Cy", "call"]) is None
    assert column(["who", "note"], ["Ann", ""], ["Bob", None]) is None


@pytest.mark.parametrize("header", ["Owner", "Reply-to", "Account manager", "CC"])
def test_a_column_of_colleagues_is_not_written_to(header: str) -> None:
    assert column(["who", header], ["Ann", "me@us.example"], ["Bob", "you@us.example"]) is None


def test_a_column_of_few_addresses_for_many_is_one_of_colleagues() -> None:
    rows = [[f"Ann {n}", f"rep{n % 2}@us.example"] for n in range(8)]
    assert column(["who", "Rep"], *rows) is None
