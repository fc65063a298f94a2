"""What finished jobs teach of those to come, and that it is recorded as numbers and ids."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bulkgen.kinds.account import Template
from bulkgen.ledger.events import Event, finished, submitting
from bulkgen.ledger.history import fold
from bulkgen.ledger.lessons import lessons
from bulkgen.ledger.state import State
from bulkgen.pricing.expected import UNKNOWN, Expected, expected
from bulkgen.pricing.learned import Learned, Lesson
from bulkgen.pricing.spoken import spoken_seconds
from bulkgen.pricing.spread import Spread
from tests.making import WELCOME, avatar_job, jobs_of, speech_job, table

TEN = Spread(low=7, likely=10, high=14)
GERMAN = Expected(seconds=TEN, language="de", speaker="v_1")
TEMPLATE = Expected(template="tpl_1")

SECONDS = st.floats(min_value=0, max_value=1e6)
SPREADS = st.lists(SECONDS, min_size=3, max_size=3).map(sorted).map(lambda a: Spread(low=a[0], likely=a[1], high=a[2]))
NAMES = st.sampled_from(["", "a", "b"])
EXPECTED = st.builds(Expected, seconds=st.none() | SPREADS, language=NAMES, speaker=NAMES, template=NAMES)
LESSONS = st.lists(
    st.builds(Lesson, EXPECTED, SECONDS | st.sampled_from([float("inf"), float("nan"), -1.0, 1e308, 5e-324]))
)


def after(*seconds: float, about: Expected = GERMAN) -> Learned:
    return Learned.of(Lesson(about, each) for each in seconds)


def now(learned: Learned, about: Expected = GERMAN) -> Spread:
    found = learned.seconds(about)
    assert found is not None
    return found


#: A lesson after which ranges are wider, and one after which they are narrower.
FAR, NEAR = Lesson(Expected(seconds=TEN), 100.0), Lesson(Expected(seconds=TEN), 10.0)


@given(LESSONS, EXPECTED, SPREADS)
@example([FAR] * 9, Expected(seconds=Spread.exactly(1.0)), Spread(low=0, likely=1, high=1))
@example([NEAR] * 9, Expected(seconds=Spread.exactly(1.0)), Spread(low=0, likely=1, high=1))
def test_whatever_was_learned_a_longer_text_never_lasts_less(found: list[Lesson], one: Expected, more: Spread) -> None:
    learned = Learned.of(found)
    assert 0 <= learned.count <= len(found)
    if one.seconds is not None:
        short, long = now(learned, one), now(learned, replace(one, seconds=one.seconds + more))
        assert short.low <= long.low * 1.000001
        assert short.likely <= long.likely * 1.000001
        assert short.high <= long.high * 1.000001


@given(LESSONS, EXPECTED, st.randoms())
def test_the_order_of_the_lessons_does_not_matter(found: list[Lesson], one: Expected, rng: random.Random) -> None:
    mixed = sorted(found, key=lambda _lesson: rng.random())
    assert Learned.of(found).seconds(one) == Learned.of(mixed).seconds(one)


def test_nothing_learned_changes_nothing() -> None:
    assert after().seconds(GERMAN) == TEN
    assert after().seconds(UNKNOWN) is None
    assert after().seconds(TEMPLATE) is None
    assert after().count == after(3.0, about=UNKNOWN).count == 0


def test_what_is_heard_of_one_voice_says_little_of_another() -> None:
    def of(speaker: str) -> Expected:
        return Expected(seconds=Spread(low=8.0, likely=10.0, high=13.0), language="en", speaker=speaker)

    learned = Learned.of([Lesson(of("ann"), 10.1 + each / 100) for each in range(40)])
    same, other = learned.seconds(of("ann")), learned.seconds(of("bob"))
    assert same is not None
    assert other is not None
    assert same.high < 11.5
    assert other.high > 12.5
    three = Learned.of([Lesson(of(name), 10.1) for name in ("ann", "bob", "cid") for _ in range(14)]).seconds(of("eve"))
    assert three is not None
    assert three.high < other.high


def test_a_few_lessons_move_an_expectation_and_many_make_it_narrow() -> None:
    few, many = now(after(12.0, 12.4)), now(after(*[11.8, 12.2] * 20))
    assert 10 < few.likely < many.likely < 12.2
    assert (TEN.high - TEN.low) > few.high - few.low > many.high - many.low
    assert many.low < 11.8 < 12.2 < many.high
    assert after(12.0, 12.4).count == 2


def test_an_outlier_hardly_moves_anything() -> None:
    assert now(after(*[12.0] * 20, 600.0)).likely == pytest.approx(now(after(*[12.0] * 21)).likely, rel=0.01)


def test_voices_that_differ_make_the_range_wider_again() -> None:
    assert now(after(*[4.0, 25.0] * 20)).high > TEN.high


def test_one_voice_teaches_another_less_than_itself_and_another_language_least() -> None:
    learned = Learned.of([Lesson(GERMAN, 13.0)] * 10 + [Lesson(replace(GERMAN, speaker="v_2"), 10.0)] * 10)
    own, other = now(learned), now(learned, replace(GERMAN, speaker="v_3"))
    assert own.likely > other.likely > now(learned, replace(GERMAN, speaker="v_2")).likely
    assert own.high - own.low < other.high - other.low


def test_a_template_of_which_nothing_is_known_lasts_as_its_videos_did() -> None:
    one, many = (
        now(after(20.0, about=TEMPLATE), TEMPLATE),
        now(after(*[19.0, 20.0, 21.0] * 9, about=TEMPLATE), TEMPLATE),
    )
    assert one.low < 15 < one.likely == many.likely == 20 < 25 < one.high
    assert 18 < many.low <= 19 < 21 <= many.high < 22
    assert after(20.0, about=TEMPLATE).seconds(replace(TEMPLATE, template="tpl_2")) is None


# What is recorded -----------------------------------------------------------------------------------------------------


def made(event: Event, *more: Event) -> State:
    return next(iter(fold([event, *more]).states.values()))


def test_the_intent_records_what_was_expected_and_never_a_text() -> None:
    job = avatar_job(2, "Guten Tag, Frau Weber")
    event = submitting(job, 1, expected=expected(job))
    told = event["expected"]
    assert isinstance(told, dict)
    assert told.keys() == {"seconds", "speaker"}
    assert told["speaker"] == "look_ann"
    likely = spoken_seconds("Guten Tag, Frau Weber").likely
    assert told["seconds"][1] == pytest.approx(likely, abs=0.01)
    assert "Weber" not in str({**event, "title": ""})
    known = made(event).expected
    assert known is not None
    assert known.seconds is not None
    assert known.seconds.likely == told["seconds"][1]


def test_a_finished_job_is_a_lesson() -> None:
    job = speech_job(2, "Hello")
    ended = finished(job, 1, "a", duration=1.25, finished_at="", link="https://x/y")
    about = expected(job)
    taught = list(lessons([made(submitting(job, 1, expected=about), ended)]))
    assert [(lesson.seconds, lesson.expected.speaker) for lesson in taught] == [(1.25, about.speaker)]
    assert list(lessons([made(submitting(job, 1), ended), made(submitting(job, 1, expected=about))])) == []


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("long", "nothing"),
        ({}, None),
        ({"seconds": [1, 2]}, None),
        ({"seconds": [3, 2, 1]}, None),
        ({"seconds": [1, 2, 1e999], "speaker": 5}, None),
        ({"seconds": [1, 2, 10**400]}, None),
        ({"seconds": ["1", "2", "3"]}, None),
        ({"seconds": [1, 2, 3], "from": "a later release"}, 2.0),
    ],
)
def test_what_does_not_read_as_an_expectation_is_passed_over(told: object, seconds: object) -> None:
    known = made({**submitting(avatar_job(), 1), "expected": told}).expected
    assert (known and known.seconds and known.seconds.likely) == (None if seconds == "nothing" else seconds)


def test_a_later_attempt_has_an_expectation_of_its_own() -> None:
    job = avatar_job()
    first, second = submitting(job, 1, expected=GERMAN), submitting(job, 2)
    assert made(first, submitting(job, 1)).expected == GERMAN
    assert made(first, second).expected is None


# What a job has a voice say -------------------------------------------------------------------------------------------


def test_a_recording_in_ssml_is_expected_at_its_speed_and_in_its_language() -> None:
    sheet = table(
        ("text", "voice_id", "input_type", "speed", "locale"),
        ('<speak>Guten Tag <break time="3s"/></speak>', "v_1", "ssml", 2, "de-DE"),
    )
    found = expected(jobs_of(sheet)[0])
    wanted = spoken_seconds("Guten Tag ", language="de", speed=2.0) + Spread.exactly(3)
    assert found == Expected(seconds=wanted, language="de", speaker="v_1")


def test_an_avatar_that_moves_its_lips_to_a_recording_says_nothing_that_is_known() -> None:
    sheet = table(("avatar_id", "audio_url"), ("look_1", "https://example.com/a.mp3"))
    assert expected(jobs_of(sheet)[0]) == UNKNOWN


def test_a_speaker_is_recorded_by_an_id_and_by_no_words() -> None:
    named = jobs_of(table(("avatar_id", "script", "voice_id"), ("look_1", "Hello", "v_1")))[0]
    asked = named.request.model_copy(update={"voice_id": "Anna, the warm one"})
    assert (expected(named).speaker, expected(replace(named, request=asked)).speaker) == ("v_1", "")


def test_an_avatar_speaks_at_the_speed_of_its_voice() -> None:
    sheet = table(
        ("avatar_id", "script", "voice_id", "speed", "locale"), ("look_1", "Bonjour Anne", "v_1", 0.5, "fr-FR")
    )
    wanted = spoken_seconds("Bonjour Anne", language="fr", speed=0.5)
    assert expected(jobs_of(sheet)[0]) == Expected(seconds=wanted, language="fr", speaker="v_1")


def test_a_template_says_its_scenes_with_the_texts_of_the_row() -> None:
    headers, row = ("template_id", "first_name"), ("tpl_1", "Maximiliane")
    job = jobs_of(table(headers, row))[0]
    template = replace(WELCOME, scripts=("Hello {{first_name}}!", "Bye {{ nobody }}."))
    wanted = spoken_seconds("Hello Maximiliane!\n\nBye {{ nobody }}.")
    assert expected(job, template) == Expected(seconds=wanted, speaker="tpl_1", template="tpl_1")
    assert expected(job) == expected(job, Template("tpl_1", "No scripts known")) == TEMPLATE
    some = jobs_of(table((*headers, "scene_ids"), (*row, "s_1")))[0]
    assert expected(some, template) == TEMPLATE
