"""How one cell becomes a value, by the type of its column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds.columns import Column, Type, is_link, nest
from bulkgen.kinds.parsing import parse, split_list, truth
from bulkgen.model import Cell, Issue, Value
from tests.making import built, jobs_of, table


def value(type_: Type, text: str, raw: object = None, **column: object) -> Value | str:
    """The value, or the cause of the fault."""
    found = parse(Column(name="x", type=type_, place=("x",), **column), Cell(text, text if raw is None else raw))  # type: ignore[arg-type]
    return found.cause if isinstance(found, Issue) else found


@pytest.mark.parametrize(
    ("type_", "text", "raw", "expected"),
    [
        (Type.NUMBER, "50%", 0.5, 0.5),
        (Type.NUMBER, "1,280", 1280, 1280),
        (Type.NUMBER, "2.0", 2.0, 2),
        (Type.NUMBER, "TRUE", True, "is not a number"),
        (Type.NUMBER, "2026-01-05", "2026-01-05", "is not a number"),
        (Type.NUMBER, " .5 ", None, 0.5),
        (Type.NUMBER, "5.", None, 5),
        (Type.NUMBER, "-1E-1", None, -0.1),
        (Type.NUMBER, "∞", float("inf"), "is not a number"),
        (Type.INTEGER, "30", 30, 30),
        (Type.INTEGER, "30", 29.97, "is not a whole number"),
        (Type.INTEGER, "1.5", None, "is not a whole number"),
        (Type.INTEGER, "3e1", None, 30),
        (Type.INTEGER, "1,000", None, "is not a number"),
        (Type.BOOLEAN, "TRUE", True, True),
        (Type.BOOLEAN, "0", 0, False),
        (Type.BOOLEAN, " Off ", None, False),
        (Type.BOOLEAN, "1.0", 1.0, "is neither yes nor no"),
        (Type.TEXT, " a b ", None, "a b"),
        (Type.PROSE, " a\tb\n", None, " a\tb\n"),
        (Type.LIST, " a ;; b | ", None, ("a", "b")),
        (Type.LIST, " ; | ", None, "holds no value"),
        (Type.ASSET, "ab", None, "is neither a public link nor the id of a HeyGen asset"),
        (Type.ASSET, "abc", None, "abc"),
        (Type.ASSET, "https://x", None, "https://x"),
        (Type.ASSET, "ftp://x/y", None, "is neither a public link nor the id of a HeyGen asset"),
    ],
)
def test_a_cell_becomes_what_its_column_says(type_: Type, text: str, raw: object, expected: Value) -> None:
    found = value(type_, text, raw)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(("type_", "advice"), [(Type.INTEGER, "without separators: 1000."), (Type.NUMBER, ": 1.25.")])
def test_what_is_no_number_gets_an_example_of_its_own_type(type_: Type, advice: str) -> None:
    found = parse(Column(name="x", type=type_, place=("x",)), Cell("1,000", "1,000"))
    assert isinstance(found, Issue)
    assert found.fix.endswith(advice)


@pytest.mark.parametrize("type_", list(Type))
def test_half_a_character_is_a_fault_in_every_type(type_: Type) -> None:
    assert value(type_, "a\ud83d", choices=("a",)) == "holds a character that is no text"


@given(st.text(min_size=1), st.sampled_from(list(Type)))
def test_no_text_makes_a_cell_raise(text: str, type_: Type) -> None:
    found = value(type_, text, choices=("yes", "no"))
    assert isinstance(found, str | int | float | bool | tuple)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_as_it_was_written(number: float) -> None:
    assert value(Type.NUMBER, repr(number)) == number


def test_words_for_yes_and_no() -> None:
    assert [truth(word) for word in ("Y", "x", "on", "1", "n", "off", "0", "", "ja", "2")] == [
        True, True, True, True, False, False, False, None, None, None
    ]  # fmt: skip
    assert split_list("Spanish (Spain); a, b") == ("Spanish (Spain)", "a, b")
    assert [is_link(text) for text in ("HTTP://x", "https://", "https:///x", "xhttps://y")] == [
        True,
        False,
        False,
        False,
    ]


def test_a_field_and_a_field_inside_it_may_stand_in_one_row() -> None:
    headers = ["avatar_id", "script", "caption", "caption.style"]
    body = jobs_of(table(headers, ["look_1", "Hi", "yes", "default"]))[0].body
    assert body["caption"] == {"style": "default"}


def test_a_list_is_sent_as_a_list_and_an_asset_by_its_kind() -> None:
    types = {"a.b": Type.LIST, "a.c": Type.ASSET, "d": Type.ASSET}
    columns = [Column(name=name, type=type_, place=tuple(name.split("."))) for name, type_ in types.items()]
    assert nest({"a.b": ("x",), "a.c": "https://x/y", "d": "abc", "e": 1}, columns) == {
        "a": {"b": ["x"], "c": {"type": "url", "url": "https://x/y"}},
        "d": {"type": "asset_id", "asset_id": "abc"},
    }


def test_a_folder_that_the_account_does_not_list_is_pointed_out() -> None:
    found = built(table(["avatar_id", "script", "folder_id"], ["look_1", "Hi", "f_9"], ["look_1", "Hi", "f_1"]))
    assert [(p.row, p.header) for p in found.warnings] == [(2, "folder_id")]
    assert not found.mistakes
