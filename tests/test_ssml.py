"""SSML is well formed and is said to be SSML, or a word is said about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds.ssml import flaw, tagged
from tests.making import built, table


def codes(text: str, input_type: str | None) -> list[tuple[str, bool]]:
    sheet = table(["text", "voice_id", "input_type"], [text, "v_1", input_type])
    return [(issue.code, issue.warning) for issue in built(sheet).rows[0].issues]


@pytest.mark.parametrize(
    "text",
    [
        "<speak>Hello",
        "Hello <break time='1s'>",
        "<speak>Smith & Sons</speak>",
        "<speak>2 < 3 <break/></speak>",
        '<speak><break time="1.5s/></speak>',
        "<speak>Hello</speak><speak>again</speak>",
        '<!DOCTYPE a [<!ENTITY b "c">]><speak>&b;</speak>',
        "<speak>a&nbsp;b</speak>",
    ],
)
def test_ssml_that_can_not_be_read_is_a_mistake(text: str) -> None:
    assert codes(text, "ssml") == [("not_ssml", False)]


@pytest.mark.parametrize(
    "text",
    [
        "<speak>Hello</speak>",
        'Hello <break time="1s"/> you',
        '<?xml version="1.0"?><speak version="1.1" xml:lang="en">Hi &amp; bye</speak>',
        "  <speak>\n<p>One</p><!-- two --></speak>\n",
    ],
)
def test_ssml_may_stand_with_or_without_what_it_is_wrapped_in(text: str) -> None:
    assert codes(text, "ssml") == []


@pytest.mark.parametrize("text", ["<speak>Hello</speak>", 'A <say-as interpret-as="date">1 May</say-as>'])
def test_ssml_that_is_sent_as_text_gets_a_word(text: str) -> None:
    assert codes(text, None) == [("ssml_as_text", True)]
    assert codes(text, "text") == [("ssml_as_text", True)]


def test_a_script_takes_breaks_and_no_other_tags() -> None:
    headers = ["avatar_id", "script"]
    assert not built(table(headers, ["look_1", 'Hi <break time="1s"/> you'])).warnings
    (found,) = built(table(headers, ["look_1", "<speak>Hi</speak>"])).warnings
    assert (found.code, found.header) == ("ssml_as_text", "script")


@pytest.mark.parametrize("pause", ['<break time="1s">', "<break time=1s/>", "<break", "< break/></break>", "</break>"])
def test_a_pause_that_is_not_well_formed_gets_a_word(pause: str) -> None:
    headers = ["avatar_id", "script"]
    (found,) = built(table(headers, ["look_1", f"Hi {pause} you"])).warnings
    assert (found.code, found.fix) == ("ssml_as_text", 'Write it as <break time="1.5s"/>.')
    assert codes(f"Hi {pause} you", None) == [("ssml_as_text", True)]


@pytest.mark.parametrize(
    "pause", ['<break time="1s"/>', "<break time='1s' />", "<break/>", '<break time="1s"></break>', "<BREAK />"]
)
def test_a_pause_that_is_well_formed_gets_none(pause: str) -> None:
    assert codes(f"Hi {pause} you {pause}", None) == []


@pytest.mark.parametrize("text", ["2 < 3", "a <b> c", "I <3 you", "<first_name>", "x < speak y"])
def test_other_signs_are_no_tags(text: str) -> None:
    assert codes(text, None) == []


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    assert isinstance(flaw(text), str)
    assert isinstance(tagged(text), bool)
    assert (
        flaw(text.replace("&", "&amp;").replace("<", "&lt;")) == ""
        or any(ord(sign) < 32 for sign in text)
        or any(ord(sign) in (0xFFFE, 0xFFFF) or 0xD800 <= ord(sign) < 0xE000 for sign in text)
    )
