"""How long a text lasts: properties that hold for any text, and what people would expect of some."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bulkgen.pricing.spoken import spoken_seconds

RAINBOW = (
    "When the sunlight strikes raindrops in the air, they act as a prism and form a rainbow. The rainbow is a division "
    "of white light into many beautiful colors. These take the shape of a long round arch, with its path high above, "
    "and its two ends apparently beyond the horizon."
)

#: What texts are made of where it is easiest to count wrongly.
PIECES = st.sampled_from(
    [*"aZé.,;:!?…-–+$%/<>\n ", "CRM", "www", "1", "0", "20", "1,299", "19.99", "555-1234", "您好", "きょう", "東", "한",
     "\u1112\u1161", "नी", "ب", "ש", "👋", "<b", '<break time="0.1s"/>', '<prosody rate="150%">', "</prosody>", "</"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join)
LANGUAGES = st.sampled_from(["", "en", "de-DE", "ja", "zh-CN", "Korean", "hi", "Arabic", "no language at all"])
SPEEDS = st.floats(min_value=0.5, max_value=2.0)


@given(TEXTS, TEXTS, LANGUAGES, SPEEDS, st.booleans())
@example("12", "5.", "", 1.0, False)
@example("<brea", 'k time="0s"/>', "", 1.0, False)
@example("200", "0", "ko", 1.0, False)
@example("190", "0", "en", 1.0, False)
@example("+", "4", "en", 1.0, False)
@example("東", "の", "", 1.0, False)
def test_a_longer_text_never_lasts_less(text: str, more: str, language: str, speed: float, ssml: bool) -> None:
    short = spoken_seconds(text, language=language, speed=speed, ssml=ssml)
    long = spoken_seconds(text + more, language=language, speed=speed, ssml=ssml)
    assert 0 <= short.low <= short.likely <= short.high
    for less, bound in ((short.low, long.low), (short.likely, long.likely), (short.high, long.high)):
        assert less <= bound + 1e-9


@given(TEXTS.filter(lambda text: "<" not in text), LANGUAGES, SPEEDS)
def test_twice_the_speed_halves_all_but_the_silence_at_the_ends(text: str, language: str, speed: float) -> None:
    normal, half, double = (
        spoken_seconds(text, language=language, speed=factor * speed).likely for factor in (1, 0.5, 2)
    )
    assert half - normal == pytest.approx(2 * (normal - double))
    assert half == double == 0 or half > double or half == 0.5


def test_english_is_said_as_fast_as_synthetic_voices_say_it() -> None:
    found = spoken_seconds(RAINBOW, language="en")
    assert 150 <= len(RAINBOW.split()) / found.likely * 60 <= 178
    assert len(RAINBOW.split()) / found.low * 60 > 200
    assert len(RAINBOW.split()) / found.high * 60 < 130


def test_a_text_of_nothing_to_say_lasts_nothing() -> None:
    assert spoken_seconds("").high == spoken_seconds("  ").high == 0


def test_an_emoji_may_be_described() -> None:
    without, found = spoken_seconds("Hello"), spoken_seconds("Hello 👋")
    assert (found.low, found.likely) == (without.low, without.likely)
    assert found.high > without.high + 1
    assert spoken_seconds("👋").high > 0


def test_nobody_says_where_a_long_break_is_cut() -> None:
    without, found = spoken_seconds("Hello "), spoken_seconds('Hello <break time="999s"/>')
    assert found.low - without.low == pytest.approx(10)
    assert found.high - without.high == pytest.approx(300)
    assert spoken_seconds('Hello <break time="30s"/>').high - without.high == pytest.approx(30)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("It was 2020.", "It was 2019."),  # twenty twenty, twenty nineteen
        ("It was 1830.", "It was 2830."),  # eighteen thirty, two thousand eight hundred and thirty
        ("It costs 1000.", "It costs 1,299."),
        ("Room 200", "Room 007"),
        ("It costs 9.", "It costs $9."),
        ("Call 555.", "Call 555 1234."),
        ("a crm here", "a CRM here"),
        ("see example", "see www.example.com"),
        ("One two", "One, two"),
        ("One, two", "One. Two"),
        ("One. Two", "One.\n\nTwo"),
        ("きゃ", "きや"),
        ("東京", "東京の"),
        ("東京", "とうきょう"),
        ("it's 50", "it's 50%"),
        ("one two", 'one <break time="1s"/> two'),
    ],
)
def test_what_takes_longer_to_say_lasts_longer(short: str, long: str) -> None:
    assert spoken_seconds(short).likely < spoken_seconds(long).likely


@pytest.mark.parametrize(
    ("tag", "seconds"),
    [
        ('<break time="1s"/>', 1.0),
        ("<break time='1.5s' />", 1.5),
        ('<BREAK TIME="250ms"></break>', 0.25),
        ('<break strength="strong"/>', 0.75),
        ("<break/>", 0.5),
        ('<break time="1h"/>', 0.5),
        ('<break time="-5s"/>', 5.0),
        ("<break time", 0.0),
    ],
)
def test_a_break_lasts_what_it_says_at_any_speed(tag: str, seconds: float) -> None:
    for speed in (0.5, 2.0):
        found = spoken_seconds(f"Hello {tag}", speed=speed, ssml=True)
        plain = spoken_seconds("Hello ", speed=speed, ssml=True)
        assert found.likely == pytest.approx(plain.likely + seconds)
        assert found.high - found.low == pytest.approx(plain.high - plain.low)


def test_tags_are_silent_in_ssml_and_read_out_in_a_plain_text() -> None:
    text = '<speak>Hello <emphasis level="strong">dear</emphasis> friend</speak>'
    assert spoken_seconds(text, ssml=True).likely == pytest.approx(spoken_seconds("Hello dear friend").likely)
    assert spoken_seconds(text).likely > 2 * spoken_seconds("Hello dear friend").likely
    assert spoken_seconds("5 < 6 and 7 > 6", ssml=True).likely > spoken_seconds("5 6 and 7 6").likely


@pytest.mark.parametrize(
    ("rate", "factor"),
    [("50%", 2), ("200%", 0.5), ("+25%", 0.8), ("-20%", 1.25), ("slow", 4 / 3), ("odd", 1), ("0%", 2), ("9999%", 0.5)],
)
def test_prosody_changes_the_pace_of_what_is_inside_it(rate: str, factor: float) -> None:
    word = spoken_seconds("Hello").likely - 0.5
    found = spoken_seconds(f'Hello<prosody rate="{rate}">Hello</prosody>Hello<prosody/>', ssml=True).likely - 0.5
    assert found == pytest.approx((2 + factor) * word)


@pytest.mark.parametrize(
    ("language", "text", "least", "most"),
    [
        # signs a second, blanks among them, as such voices are heard to speak
        ("es", "Hola Ana, te escribo porque tu empresa ha crecido mucho este año.", 11, 18),
        ("de", "Guten Tag, Frau Weber, ich freue mich, Sie nächste Woche in München zu treffen.", 11, 17),
        ("ja", "こんにちは、田中さん。東京の会議でお会いできて嬉しかったです。", 4, 7),
        ("", "こんにちは、田中さん。東京の会議でお会いできて嬉しかったです。", 4, 7),
        ("zh", "您好，王先生。很高兴在上海的会议上见到您，希望我们很快再见面。", 3.3, 5),
        ("", "您好，王先生。很高兴在上海的会议上见到您，希望我们很快再见面。", 3.3, 5),
        ("ko", "안녕하세요, 김민수님. 서울에서 만나서 반가웠습니다.", 4.5, 7),
        ("hi", "नमस्ते, आज हम आपको अपनी नई सेवा के बारे में बताना चाहते हैं।", 9, 15),
        ("ar", "مرحبا بكم في شركتنا الجديدة ونتمنى لكم يوما سعيدا", 7, 12),
    ],
)
def test_each_language_has_its_pace(language: str, text: str, least: float, most: float) -> None:
    assert least < len(text) / spoken_seconds(text, language=language).likely < most


def test_chinese_characters_take_as_long_as_in_the_language_that_they_are_in() -> None:
    kana = spoken_seconds("のの", language="ja").likely - spoken_seconds("の", language="ja").likely
    japanese = [spoken_seconds("東京駅の", language=language).likely - kana for language in ("", "ja")]
    chinese = [spoken_seconds("東京駅", language=language).likely for language in ("", "zh")]
    assert japanese[0] == japanese[1] > chinese[0] == chinese[1]


def test_a_known_language_makes_the_range_narrower() -> None:
    guessed, known = spoken_seconds(RAINBOW), spoken_seconds(RAINBOW, language="English (UK)")
    assert known.high / known.low < guessed.high / guessed.low
    assert spoken_seconds(RAINBOW, language="en-GB") == known
    assert spoken_seconds(RAINBOW, language="Klingonish") == guessed
