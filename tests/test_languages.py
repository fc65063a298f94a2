"""Languages by any of their names: what the words in people's sheets mean."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds.account import Account
from bulkgen.kinds.columns import Lookup
from bulkgen.kinds.languages import apart, language_code, locale_code, meant, relatives, spoken
from bulkgen.model import Issue
from bulkgen.rows.meanings import Things
from bulkgen.sandbox.catalogue import languages
from tests.making import built, table

NAMES = languages()


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Deutsch", "German"),
        ("de", "German"),
        ("Alemán", "German"),
        ("allemand", "German"),
        ("de-AT", "German (Austria)"),
        ("Deutsch (Österreich)", "German (Austria)"),
        ("日本語", "Japanese"),
        ("ja", "Japanese"),
        ("japones", "Japanese"),
        ("Español", "Spanish"),
        ("espanol", "Spanish"),
        ("es", "Spanish"),
        ("es_MX", "Spanish (Mexico)"),
        ("Spanish - Mexico", "Spanish (Mexico)"),
        ("Español (México)", "Spanish (Mexico)"),
        ("pt-BR", "Portuguese (Brazil)"),
        ("pt_BR", "Portuguese (Brazil)"),
        ("PT-br", "Portuguese (Brazil)"),
        ("Brazilian Portuguese", "Portuguese (Brazil)"),
        ("Português (Brasil)", "Portuguese (Brazil)"),
        ("British English", "English (UK)"),
        ("en-GB", "English (UK)"),
        ("en-UK", "English (UK)"),
        ("English (GB)", "English (UK)"),
        ("en-US", "English (United States)"),
        ("中文", "Chinese"),
        ("zh", "Chinese"),
        ("zh-Hans", "Chinese (Mandarin, Simplified)"),
        ("zh-CN", "Chinese (Mandarin, Simplified)"),
        ("简体中文", "Chinese (Mandarin, Simplified)"),
        ("zh-TW", "Chinese (Taiwanese Mandarin, Traditional)"),
        ("Cantonese", "Chinese (Cantonese, Traditional)"),
        ("粵語", "Chinese (Cantonese, Traditional)"),
        ("Mandarin", "Mandarin"),
        ("no", "Norwegian Bokmål (Norway)"),
        ("Tagalog", "Filipino"),
        ("sr", "Serbian (Latin, Serbia)"),
        ("Bengali", "Bengali (India)"),
        ("Farsi", "Persian (Iran)"),
        ("한국어", "Korean"),
        ("Bahasa Indonesia", "Indonesian"),
    ],
)
def test_a_language_is_known_by_what_people_call_it(word: str, name: str) -> None:
    assert meant(word, NAMES) == (name,)


@given(st.sampled_from(NAMES), st.sampled_from((str.upper, str.lower, lambda name: f"  {name.replace(' ', '  ')} ")))
def test_every_name_of_heygens_is_itself(name: str, written: object) -> None:
    assert callable(written)
    assert meant(written(name), NAMES) == (name,)


@given(st.text(max_size=12))
def test_no_word_is_more_than_it_says(word: str) -> None:
    assert set(meant(word, NAMES)) <= set(NAMES)
    assert set(relatives(word, NAMES)) <= set(NAMES)
    assert (language_code(word) is None) == (spoken(word) is None)


def test_a_word_that_several_names_answer_to_gives_them_all() -> None:
    assert meant("bn", NAMES) == ("Bangla (Bangladesh)", "Bengali (India)")
    assert meant("Swahili", NAMES) == ("Swahili (Kenya)", "Swahili (Tanzania)")
    assert meant("es", ["Spanish (Spain)", "Spanish (Mexico)", "French"]) == ("Spanish (Spain)", "Spanish (Mexico)")


@pytest.mark.parametrize(
    "word", ["de-LU", "es-419", "zh-HK", "Klingon", "xx", "jp", "English?", "", "sr-Cyrl", "(Spain)"]
)
def test_what_heygen_does_not_have_is_never_taken_for_what_is_like_it(word: str) -> None:
    assert meant(word, NAMES) in ((), ("English",))
    assert meant(word, NAMES) == () or word == "English?"


def test_what_heygen_has_of_a_language_is_told() -> None:
    assert relatives("de-LU", NAMES) == ["German", "German (Austria)", "German (Germany)", "German (Switzerland)"]
    assert relatives("jp", NAMES) == ["Japanese", "Japanese (Japan)"]
    assert relatives("SE", NAMES) == ["Swedish", "Swedish (Sweden)"]
    assert relatives("Klingon", NAMES) == []


@pytest.mark.parametrize(
    ("word", "language", "locale"),
    [
        ("German", "de", "de-DE"),
        ("Deutsch", "de", "de-DE"),
        ("Portuguese (Brazil)", "pt", "pt-BR"),
        ("pt_br", "pt-BR", "pt-BR"),
        ("en", "en", "en"),
        ("EN-gb", "en-GB", "en-GB"),
        ("zh-hans", "zh-Hans", "zh-Hans"),
        ("British English", "en", "en-GB"),
        ("Lao", "lo", "lo-LA"),
        ("日本語", "ja", "ja-JP"),
        ("Quenya", None, None),
    ],
)
def test_a_language_has_a_code_and_a_locale(word: str, language: str | None, locale: str | None) -> None:
    assert language_code(word) == language
    assert locale_code(word) == locale


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("locale", {"avatar_id": "look_1", "script": "Hi"}),
        ("locale", {"text": "Hi", "voice_id": "v_1"}),
        ("language", {"text": "Hi", "voice_id": "v_1"}),
        ("input_language", {"video": "https://example.com/a.mp4", "output_languages": "French"}),
        ("speaker.locale", {"template_id": "tpl_all", "line": "Hi", "speaker": "v_1"}),
        ("locale", {"type": "voice", "prompt": "warm"}),
        ("language", {"audio": "https://example.com/a.mp3", "voice_name": "Anna"}),
        ("scene1.locale", {"scene1.avatar_id": "look_1", "scene1.script": "Hi"}),
    ],
)
def test_wherever_a_language_goes_as_a_code_one_that_nobody_knows_gets_a_word(
    column: str, cells: dict[str, str]
) -> None:
    def told(word: str) -> list[tuple[str, str, bool]]:
        row = {**cells, column: word}
        (found,) = built(table(list(row), list(row.values()))).rows
        assert len(found.jobs) == 1
        return [(issue.code, issue.header, issue.warning) for issue in found.issues]

    assert told("Quenya") == told("en-XX") == [("unknown_language_code", column, True)]
    assert told("Deutsch") == told("pt-BR") == []


def test_the_names_are_read_only_when_a_word_asks_for_them() -> None:
    code = "import sys, bulkgen.kinds.languages, bulkgen.cli.app; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("Spanish, German", ("Spanish", "German")),
        ("Spanish/German", ("Spanish", "German")),
        ("Deutsch und Englisch", ("Deutsch", "Englisch")),
        ("español y alemán", ("español", "alemán")),
        ("es & de", ("es", "de")),
        ("Chinese (Mandarin, Simplified), French", ("Chinese (Mandarin, Simplified)", "French")),
        ("Chinese (Mandarin, Simplified)", ()),
        ("Spanish, please", ()),
        ("Spanish", ()),
        ("Trinidad and Tobago", ()),
        ("Finland", ()),
        ("", ()),
    ],
)
def test_several_languages_are_told_apart_only_where_each_is_one(word: str, parts: tuple[str, ...]) -> None:
    assert apart(word) == parts


def hint(word: str) -> str:
    found = Things(Lookup.LANGUAGE, {name: name for name in NAMES}).meant(word, Account())
    assert isinstance(found, Issue)
    return found.fix.partition(" HeyGen's")[0]


@pytest.mark.parametrize(
    ("word", "name"),
    [("Frensh", "French"), ("Spanich", "Spanish"), ("Portugese", "Portuguese"), ("Swedisch", "Swedish")],
)
def test_a_misspelt_language_is_offered_as_it_is_spelt(word: str, name: str) -> None:
    assert hint(word) == f"Did you mean {name}?"


@pytest.mark.parametrize(
    "word", ["Deutch", "Kurdish", "Kurdsh", "Frisian", "Klingon", "kurmancî", "sardi", "Latin", "Irish Gaelik"]
)
def test_no_other_language_is_offered_than_the_one_that_was_written(word: str) -> None:
    assert "Did you mean" not in hint(word)


def test_what_stands_together_is_told_how_to_be_written() -> None:
    assert hint("Spanish, German") == "Separate them with a semicolon: Spanish; German."
