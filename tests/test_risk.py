"""Which rows are chosen to be made first, and what is said of the choice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds.account import Account
from bulkgen.rows.risk import riskiest, usable
from bulkgen.rows.selection import Selection
from tests.making import built, table

SPOKEN = ("avatar_id", "script", "voice_id")


def spoken(*scripts: str, voice: str = "v_1") -> list[tuple[str, str, str]]:
    return [("look_1", script, voice) for script in scripts]


def chosen(*rows: tuple[object, ...], headers: tuple[str, ...] = SPOKEN, count: int = 1) -> list[int]:
    return [choice.row.source.number for choice in riskiest(built(table(headers, *rows)), count)]


def why(*rows: tuple[object, ...], headers: tuple[str, ...] = SPOKEN) -> str:
    return riskiest(built(table(headers, *rows)))[0].why


def test_the_longest_text_is_the_riskiest() -> None:
    rows = spoken("Hello", "Hello there, how are you", "Hi")
    assert chosen(*rows) == [3]
    assert why(*rows) == "it has the longest text (24 characters)"


def test_so_is_a_character_that_no_other_row_has_whatever_its_case() -> None:
    rows = spoken("Hello Anna", "Hello Řehř", "Hello Bert", "Hello Mary")
    assert chosen(*rows) == [3]
    assert why(*rows) == "it has what no other row has: ř"


def test_characters_that_every_row_has_are_no_risk() -> None:
    rows = spoken("Grüße 1", "Grüße 1 ", "Grüße 1  ")
    assert why(*rows) == "it has the longest text (9 characters)"


def test_plain_letters_and_the_tags_of_ssml_are_none_either() -> None:
    rows = [("Hello Quax", "v_1", "text"), ("<s/> Hello", "v_1", "ssml")]
    assert why(*rows, headers=("text", "voice_id", "input_type")) == "it is the first, and none is riskier"


def test_so_is_a_row_that_leaves_the_most_fields_blank() -> None:
    rows = [*spoken("Hello 1", "Hello 1"), ("look_1", "Hello 1", "")]
    assert chosen(*rows) == [4]
    assert why(*rows) == "it leaves the most fields blank (voice_id)"


def test_a_language_that_no_other_row_has_counts_like_a_character() -> None:
    rows = [("https://e.com/a.mp4", "French"), ("https://e.com/a.mp4", "English"), ("https://e.com/b.mp4", "French")]
    assert chosen(*rows, headers=("video", "output_languages")) == [3]
    assert "English" in why(*rows, headers=("video", "output_languages"))


def test_each_of_the_three_counts_the_same() -> None:
    both = ("look_1", "Hello ř", "")  # neither the longest nor alone with what it has
    rows = [*spoken("Hello there you all"), both, *spoken("Hello ř", "Hello"), ("look_1", "Hi", "")]
    assert chosen(*rows) == [3]


def test_characters_that_can_not_be_seen_are_named_in_words() -> None:
    assert "characters that can't be seen" in why(*spoken("Hello\u200d", "Hello!"))


def test_of_equals_it_is_the_first() -> None:
    rows = spoken("Hello", "Howdy", "Hallo")
    assert chosen(*rows) == [2]
    assert why(*rows) == "it is the first, and none is riskier"


def test_of_one_row_it_is_said_that_there_is_no_other() -> None:
    assert why(*spoken("Hello")) == "it is the only one that can be made"


def test_several_are_one_of_each_kind_and_template_first_and_then_the_riskiest() -> None:
    headers = ("type", "avatar_id", "script", "text", "voice_id", "template_id", "first_name")
    rows = [
        ("avatar", "look_1", "Hello there, all of you", "", "v_1", "", ""),
        ("avatar", "look_1", "Hello there, all of us", "", "v_1", "", ""),
        ("speech", "", "", "Hi", "v_1", "", ""),
        ("template", "", "", "", "", "tpl_1", "Ann"),
        ("template", "", "", "", "", "tpl_1", "Bo"),
    ]
    assert chosen(*rows, headers=headers, count=2) == [2, 5]
    assert set(chosen(*rows, headers=headers, count=3)) == {2, 4, 5}
    assert chosen(*rows, headers=headers, count=4)[-1] == 3


def test_rows_that_ask_for_the_same_are_one_of_several() -> None:
    assert chosen(*spoken("Hello there", "Hello there", "Hi"), count=2) == [2, 4]


def test_only_rows_that_can_be_made_are_chosen() -> None:
    rows = [*spoken("Hello"), ("", "a text that is much longer", "v_1"), *spoken("A longer text, left out")]
    found = built(table((*SPOKEN, "skip"), *((*row, "yes" if "left out" in row[1] else "") for row in rows)))
    assert [choice.row.source.number for choice in riskiest(found)] == [2]
    assert riskiest(built(table(SPOKEN, ("", "", "")))) == []


def test_only_selected_rows_are_chosen() -> None:
    found = built(table(SPOKEN, *spoken("Hello there, all of you", "Hi", "Hello")), selection=Selection(((3, 4),)))
    assert [choice.row.source.number for choice in riskiest(found)] == [4]


@given(
    st.lists(st.tuples(st.sampled_from(["look_1", ""]), st.text("abř 🎉", max_size=6), st.sampled_from(["v_1", ""]))),
    st.integers(1, 5),
)
def test_more_rows_are_the_same_ones_and_others(rows: list[tuple[str, str, str]], count: int) -> None:
    found = built(table(SPOKEN, *rows))
    few, more = ([c.row.source.number for c in riskiest(found, n)] for n in (count, count + 1))
    assert more[: len(few)] == few
    assert len(set(more)) == len(more) <= count + 1
    assert set(more) <= {row.source.number for row in usable(found)}
    assert bool(few) == bool(usable(found))


@pytest.mark.parametrize("count", [1, 3])
def test_a_template_that_was_not_looked_up_keeps_nobody_from_choosing(count: int) -> None:
    found = built(table(("template_id", "first_name"), ("tpl_1", "Ann"), ("tpl_1", "Bo")), Account())
    assert [choice.row.source.number for choice in riskiest(found, count)] == [2, 3][:count]
