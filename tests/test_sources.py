"""What the source of a translation is said to be in, where HeyGen's list has nothing like it."""

from __future__ import annotations

import pytest

from bulkgen.rows.advice.sources import unheard_languages
from tests.making import built, table
from tests.story import Story

LINK = "https://example.com/v.mp4"
NAMES = ("English", "German", "Portuguese (Brazil)", "Chinese (Mandarin, Simplified)")


def told(word: str, *, language: str = "French", names: tuple[str, ...] = NAMES) -> list[str]:
    rows = built(table(["video", "languages", "input_language"], [LINK, language, word]))
    return [issue.sentence() for issue in unheard_languages(rows, names)]


@pytest.mark.parametrize("word", ["", "English", "Deutsch", "de-AT", "pt", "zh", "Mandarin", "nonsense", "auto"])
def test_what_heygen_has_in_some_form_and_what_is_no_language_is_none_of_its_business(word: str) -> None:
    assert told(word) == []


def test_a_language_that_heygen_names_nowhere_gets_a_word() -> None:
    assert told("Klingon") == [
        "input_language: is a language that HeyGen has none of among those it translates to ('Klingon'). It may not "
        "understand it. Without the cell HeyGen detects the language by itself."
    ]
    assert told("Klingon", names=()) == []


def test_it_is_said_of_translations_alone_and_keeps_nothing_from_being_sent(story: Story) -> None:
    story.sheet("films.csv", "video,languages,input_language", "https://example.com/v.mp4,French,Klingon")
    text = story.run("films.csv").text
    assert "films!C2: input_language 'Klingon' is a language that HeyGen has none of" in text
    assert story.charges == 1
    speech = "speech,,,,nuqneH,voice_ann,Klingon"
    film = "translation,https://example.com/v.mp4,French,German,,,"
    story.sheet("mixed.csv", "type,video,languages,input_language,text,voice_id,language", film, speech)
    assert "has none of" not in story.run("mixed.csv").text
