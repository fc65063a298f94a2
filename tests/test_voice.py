"""What the pretend HeyGen's results last: as long as their texts are spoken, by its own voices."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.ledger.lessons import lessons
from bulkgen.pricing.learned import Learned
from bulkgen.sandbox.orders import TEST_CARD
from bulkgen.sandbox.voice import seconds_of
from tests.story import Story

LONG = "Hello Ann. We have known each other for 12 years, and I wanted to say thank you."


def test_a_recording_lasts_the_same_each_time_and_its_own_time_for_each_voice() -> None:
    lengths = {seconds_of([LONG], f"voice_{number}") for number in range(20)}
    assert len(lengths) == 20
    assert max(lengths) < 2 * min(lengths)
    assert seconds_of([LONG], "voice_1") == seconds_of([LONG], "voice_1")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Hello Ann", LONG),
        ("One two", "One two 345"),
        ("Hello Ann", "Hello Ann, hello Ben."),
        ("您好", "您好，王先生。很高兴见到您。"),
        ("東京", "東京へようこそ"),
        ("안녕", "안녕하세요, 김민수님"),
        ("नमस्ते", "नमस्ते, आप कैसे हैं"),
        ("سلام", "مرحبا بكم في شركتنا"),
        ("a crm and it", "a CRM and IT"),
    ],
)
def test_a_longer_text_takes_a_voice_longer(short: str, long: str) -> None:
    assert seconds_of([short], "voice_1") + 0.2 < seconds_of([long], "voice_1")


def test_a_voice_heeds_breaks_and_speed() -> None:
    assert seconds_of(['Hi <break time="5s"/><break time="500ms"/>'], "v") == pytest.approx(
        seconds_of(["Hi"], "v") + 5.5, abs=1.2
    )
    assert seconds_of([LONG], "v", 0.5) > 1.6 * seconds_of([LONG], "v")


def test_what_results_last_is_what_their_texts_last_and_teaches_the_next_estimate(tmp_path: Path) -> None:
    lines = [
        "row_id,avatar_id,script,text,voice_id,template_id,first_name,company,video,output_languages,audio_url",
        "short,look_ann,Hello Ann,,,,,,,,",
        f'long,look_ann,"{LONG * 3}",,,,,,,,',
        f'said,,,"{LONG}",voice_ann,,,,,,',
        "made,,,,,tpl_hello,Ann,Acme,,,",
        "dubbed,,,,,,,,https://example.com/a.mp4,French,",
        "lips,look_ann,,,,,,,,,https://example.com/a.mp3",
    ]
    (tmp_path / "desk").mkdir()
    with Story(tmp_path / "desk") as story:
        story.sheet("leads.csv", *lines)
        story.run("leads.csv")
        shown = {line["row_id"]: float(line["result_duration_s"]) for line in story.results("leads.results.csv")}
        states = story.states("leads.csv")
    assert shown["said"] == seconds_of([LONG], "voice_ann")
    assert shown["long"] > 3 * shown["short"]
    assert shown["made"] > 1
    assert shown["dubbed"] == shown["lips"] == TEST_CARD
    expected = {state.row_id: state.expected for state in states}
    assert expected["dubbed"] is expected["lips"] is None
    for row_id in ("short", "long", "said"):
        seconds = expected[row_id].seconds  # type: ignore[union-attr]
        assert seconds is not None
        assert seconds.low < shown[row_id] < seconds.high, row_id
    assert Learned.of(lessons(states)).count == 4
    assert [lesson.seconds for lesson in lessons(states) if lesson.expected.template] == [shown["made"]]


def test_a_template_whose_scenes_are_told_is_expected_to_last_as_long_as_they_say(tmp_path: Path) -> None:
    with Story(tmp_path) as story:
        story.sheet("leads.csv", "template_id,first_name,company", "tpl_welcome,Ann,Acme")
        story.run("leads.csv", "--sandbox")
        (lesson,) = lessons(story.states("leads.csv.sandbox"))
    assert lesson.expected.template == lesson.expected.speaker == "tpl_welcome"
    assert lesson.expected.seconds is not None
    assert lesson.expected.seconds.low < lesson.seconds < lesson.expected.seconds.high
