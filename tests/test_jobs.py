from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.model import Table, Value, column_letters, fingerprint, idempotency_key, listed, plural, shorten

names = st.text("abcdefghij._", min_size=1, max_size=12)
values = st.one_of(
    st.text(max_size=30),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.lists(st.text(max_size=8), max_size=3).map(tuple),
)
wishes: st.SearchStrategy[dict[str, Value]] = st.dictionaries(names, values, max_size=6)


def test_golden_fingerprints_stay_the_same_in_every_release() -> None:
    """A change here would make every finished row new, and paid, again."""
    assert (
        fingerprint("speech", {"text": "Hello Ann", "voice_id": "v_1"})
        == "a8bb513eddf0fb2d177ea8c2ce057fd4cf627dd505b28d1b10c470afd831e320"
    )
    assert (
        fingerprint("template", {"variables.first_name": "Zoë", "caption": True}, template_id="tpl_1")
        == "bf845e570252d832d539d79013829df27b7a8e2882ced1555efd07bcecd17fda"
    )
    assert (
        fingerprint("avatar", {"script": "a\r\nb", "voice_settings.speed": 1.0}, copy="2")
        == "71bfc4d3aacff98a3581af19b6817b29e035ce24a6b6f94a7683fc38b6d72e22"
    )
    assert (
        fingerprint("translation", {"video": "https://e.com/v.mp4", "output_languages": ("french",)})
        == "d752b424e0d04b6a0d1ec274076117d626f5a43791fcfa5a6387a21adf5c70ca"
    )


@given(wishes)
def test_the_order_of_columns_does_not_change_a_fingerprint(wish: dict[str, Value]) -> None:
    reversed_wish = dict(reversed(list(wish.items())))
    assert fingerprint("avatar", wish) == fingerprint("avatar", reversed_wish)


@given(wishes, names, st.text("xyz", min_size=1))
def test_one_more_value_makes_another_fingerprint(wish: dict[str, Value], name: str, value: str) -> None:
    changed = {**wish, name: str(wish.get(name, "")) + value}
    assert fingerprint("avatar", wish) != fingerprint("avatar", changed)


def test_kind_template_and_copy_are_part_of_the_wish() -> None:
    wish: dict[str, Value] = {"script": "Hi"}
    prints = {
        fingerprint("avatar", wish),
        fingerprint("speech", wish),
        fingerprint("avatar", wish, template_id="t"),
        fingerprint("avatar", wish, copy="t"),
    }
    assert len(prints) == 4


@pytest.mark.parametrize(("one", "other"), [(1.0, 1), ("a\r\nb", "a\nb"), ("a\rb", "a\nb")])
def test_two_writings_of_one_value_are_one_wish(one: Value, other: Value) -> None:
    assert fingerprint("avatar", {"x": one}) == fingerprint("avatar", {"x": other})


@pytest.mark.parametrize(("one", "other"), [("1", 1), (True, 1), (("a", "b"), ("b", "a")), ("Ann", "ann")])
def test_values_that_differ_are_two_wishes(one: Value, other: Value) -> None:
    assert fingerprint("avatar", {"x": one}) != fingerprint("avatar", {"x": other})


@given(wishes, st.integers(1, 999))
def test_a_key_fits_heygens_pattern_and_depends_on_the_attempt(wish: dict[str, Value], attempt: int) -> None:
    digest = fingerprint("avatar", wish)
    key = idempotency_key(digest, attempt)
    assert re.fullmatch(r"[A-Za-z0-9_\-:.]{1,255}", key)
    assert key == idempotency_key(digest, attempt) != idempotency_key(digest, attempt + 1)


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_the_letters_of_a_spreadsheet(index: int, letters: str) -> None:
    assert column_letters(index) == letters


def test_places_are_written_as_a_spreadsheet_writes_them() -> None:
    sheet = Table("Spring leads", (), ())
    assert sheet.where(14, 3) == "'Spring leads'!D14"
    assert Table("Leads", (), ()).where(14, 3) == "Leads!D14"
    assert sheet.where(14, None) == "Spring leads row 14"


def test_texts_for_people() -> None:
    assert shorten("a  b\nc", 20) == "a b c"
    assert shorten("abcdefgh", 5) == "abcd…"
    assert (plural(1, "row"), plural(1200, "row"), plural(2, "copy", "copies")) == ("1 row", "1,200 rows", "2 copies")
    assert listed(["a", "b"]) == "a, b"
    assert listed(list("abcdefgh"), 3) == "a, b, c and 5 more"
