"""Subtitles of a recording: every word once, in order, at a time of its own, on lines that can be read."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds.spoken_words import LEAST, Word, as_json, paced, words_of
from bulkgen.kinds.subtitles import LINE, LONGEST, Cue, cues, subtitles

TIMES = st.none() | st.floats(-5, 90) | st.sampled_from([0.0, 1e9, -1e9, 1e-9])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["Hello,", "there.", "<start>", "<b>", "今日は", "สวัสดี", "...", "«", "a" * 60, "界" * 40, "two words", "-->"]
)
WORDS = st.lists(st.builds(Word, TEXTS, TIMES, TIMES), max_size=40)
LENGTHS = st.none() | st.floats(-1, 120) | st.sampled_from([0.0, 1e12])


def said(text: str, *, pace: float = 0.3, begin: float = 0.0) -> list[Word]:
    """Each word takes so many seconds, with no silence between."""
    return [Word(word, begin + at * pace, begin + (at + 1) * pace) for at, word in enumerate(text.split())]


def lines_of(found: list[Cue]) -> list[tuple[str, ...]]:
    return [cue.lines for cue in found]


@given(WORDS, LENGTHS)
def test_every_spoken_word_stands_there_once_and_in_order(words: list[Word], duration: float | None) -> None:
    shown = "".join(line for cue in cues(words, duration) for line in cue.lines)
    spoken = "".join(
        word.text for word in words if not re.fullmatch(r"</?[A-Za-z][^<>]*>", _visible(word.text).strip())
    )
    assert _bare(shown) == _bare(spoken)


def _visible(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text)


def _bare(text: str) -> str:
    return re.sub(r"\s", "", _visible(text))


@given(WORDS, LENGTHS)
def test_cues_follow_one_another_within_the_recording(words: list[Word], duration: float | None) -> None:
    found = cues(words, duration)
    for cue in found:
        assert 0 <= cue.start < cue.end <= cue.start + LONGEST
        assert 1 <= len(cue.lines) <= 2
        assert all(line == line.strip() and line for line in cue.lines)
    assert all(one.end <= other.start for one, other in pairwise(found))
    if found and duration is not None and duration > 40 * 60 * LEAST:  # room for each sign of each word
        assert found[-1].end <= duration


@given(WORDS, LENGTHS)
def test_each_word_has_a_time_of_its_own(words: list[Word], duration: float | None) -> None:
    times = paced(words, duration)
    assert len(times) == len(words)
    assert all(start + LEAST - 1e-6 <= end for start, end in times)
    assert all(one[1] <= other[0] for one, other in pairwise(times))


@given(st.lists(st.floats(0.05, 2), min_size=1, max_size=30))
def test_times_that_fit_together_are_kept(spans: list[float]) -> None:
    ends = [sum(spans[: at + 1]) for at in range(len(spans))]
    told = [Word("x", start, end - 0.01) for start, end in zip([0.0, *ends], ends, strict=False)]
    found = paced(told, ends[-1])
    assert [start for start, _end in found] == pytest.approx([word.start for word in told])
    assert [end for _start, end in found] == pytest.approx([word.end for word in told])


@given(WORDS)
def test_the_file_is_one_that_players_read(words: list[Word]) -> None:
    time = r"\d\d:\d\d:\d\d,\d\d\d"
    for number, block in enumerate(filter(None, subtitles(words, None).split("\n\n")), 1):
        head, times, *lines = block.strip("\n").split("\n")
        assert head == str(number)
        assert re.fullmatch(rf"{time} --> {time}", times)
        assert lines
        assert not any(re.search("-->|[<>]", line) for line in lines)


def test_one_time_that_is_far_off_moves_no_other() -> None:
    words = said("one two three four five")
    words[1] = Word("two", 1.3, 0.1)
    words[3] = Word("four", -3.0, math.inf)
    found = paced(words, 1.5)
    assert [start for start, _end in found] == pytest.approx([0, 0.3, 0.6, 0.9, 1.2])
    assert [end for _start, end in found] == pytest.approx([0.3, 0.6, 0.9, 1.2, 1.5])


def test_cues_end_with_sentences_and_at_pauses() -> None:
    words = said("Hey there, welcome back to us. Today we look at") + said("what is new this week.", begin=6.0)
    assert lines_of(cues(words, 8.0)) == [
        ("Hey there, welcome back to us.",),
        ("Today we look at",),
        ("what is new this week.",),
    ]


def test_a_long_sentence_is_broken_at_a_comma() -> None:
    words = said("While everybody else was asleep in the village, the two of them went down to the river to swim.")
    assert lines_of(cues(words, None)) == [
        ("While everybody else was", "asleep in the village,"),
        ("the two of them went down", "to the river to swim."),
    ]


def test_a_cue_can_be_read_before_it_goes() -> None:
    found = cues([*said("Yes.", pace=0.2), *said("No, never in my life.", begin=5.0)], 9.0)
    assert [(cue.start, cue.end) for cue in found] == [(0.0, 1.0), (5.0, 6.5)]
    assert lines_of(cues(said("Yes. No. Well.", pace=0.2), 0.6)) == [("Yes. No. Well.",)]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (["Hello", ",", "world", "!"], "Hello, world!"),
        (["今日", "は", "、", "良い", "天気", "。"], "今日は、良い天気。"),
        (["สวัส", "ดี", "ครับ"], "สวัสดีครับ"),
        (["使用", "HeyGen", "制作"], "使用HeyGen制作"),
        (["안녕하세요", "여러분"], "안녕하세요 여러분"),
        (["¿", "Qué", "tal", "?"], "¿Qué tal?"),
        (["<start>", " Hi ", "<end>"], "Hi"),
        (["one\ntwo\x00three"], "one two three"),
        (["می\u200cخواهم"], "می\u200cخواهم"),
    ],
)
def test_words_stand_together_as_their_language_writes_them(told: list[str], shown: str) -> None:
    assert lines_of(cues([Word(text) for text in told], 3.0)) == [(shown,)]


def test_a_sentence_without_spaces_finds_room_on_lines() -> None:
    sentence = (
        "今日は私たちの新しい製品についてお話しします。この製品はとても使いやすく、世界中の人々に愛されています。"
    )
    found = cues([Word(sentence, 0.0, 12.0)], 12.0)
    assert lines_of(found) == [
        ("今日は私たちの新しい製", "品についてお話しします。"),
        ("この製品はとても使いやすく、", "世界中の人々に愛されています。"),
    ]
    assert all(2 * len(line) <= LINE for cue in found for line in cue.lines)


def test_a_word_that_is_longer_than_a_line_stands_alone() -> None:
    link = "https://example.com/" + "a" * 40
    assert (link,) in lines_of(cues(said(f"Look at {link} today."), None))


def test_nothing_in_a_word_is_a_tag_to_a_player() -> None:
    words = [Word(r"{\an8}<b>&lt;"), Word("AT&T"), Word("-->")]
    assert subtitles(words, 2.0).splitlines()[2] == "{\u2060\\an8}&lt;b&gt;&amp;lt; AT&T --&gt;"


def test_a_file_of_subtitles() -> None:
    assert subtitles(said("Hello there. Good bye to all of you.", pace=0.55), 4.5) == (
        "1\n00:00:00,000 --> 00:00:01,100\nHello there.\n\n2\n00:00:01,100 --> 00:00:04,400\nGood bye to all of you.\n"
    )
    assert subtitles([Word("<start>", 0, 0), Word(" ")], 1.0) == ""


def test_the_longest_text_takes_no_time() -> None:
    begun = process_time()
    cues([Word(sign) for sign in "你好世界今天，" * 700], 800.0)
    assert process_time() - begun < 5


def test_what_is_no_word_of_an_answer_is_passed_over() -> None:
    good = {"word": "Hi", "start": 0, "end": 0.25}
    odd = [{"word": "a", "start": math.nan, "end": True}, {"word": "b", "start": 10**400, "end": "1"}]
    broken = [None, "Hi", {"start": 1, "end": 2}, {"word": None}]
    assert words_of([good, *broken, *odd, {"word": "\ud83d"}]) == (
        Word("Hi", 0.0, 0.25), Word("a"), Word("b"), Word("?"),
    )  # fmt: skip
    nothing: list[object] = [None, {}, "word", []]
    assert [words_of(each) for each in nothing] == [()] * 4


def test_the_words_are_kept_as_heygen_gave_them() -> None:
    assert as_json([Word("<start>", 0.0, 0.0), Word("Grüße", 0.1, None)], 1.9) == (
        '{"duration_s": 1.9, "words": [\n'
        '{"word": "<start>", "start": 0.0, "end": 0.0},\n{"word": "Grüße", "start": 0.1, "end": null}\n]}\n'
    )
