"""A photo that speaks: which rows ask for one, what is sent, and what it is taken to last and cost."""

from __future__ import annotations

from pathlib import Path
from shutil import copy
from unittest import mock

import pytest

from bulkgen.kinds import KINDS
from bulkgen.rows.links import media_links
from tests.command import ROOT
from tests.making import built, jobs_of, table
from tests.story import Story
from tests.test_starters import no_faults

MEDIA = ROOT / "bulkgen" / "sandbox" / "media"
PHOTO, SOUND = "https://example.com/ann.jpg", "https://example.com/ann.mp3"
ROW = {"image": PHOTO, "script": "Hello Ann", "voice_id": "Anna"}


def mistakes(**cells: object) -> list[tuple[str, str, str]]:
    asked = {"type": "image", **ROW, **cells}
    asked = {name: value for name, value in asked.items() if value is not None}
    return [(m.field, m.code, m.cause) for m in built(table(list(asked), list(asked.values()))).mistakes]


def test_what_is_sent_is_what_the_row_says() -> None:
    headers = ["photo", "script", "voice", "speed", "background", "caption", "expressiveness"]
    job = jobs_of(table(headers, [PHOTO, "Hello Ann", "Anna", 1.2, "#fff", "yes", "high"]))[0]
    assert (job.kind, job.path) == ("image", "/v3/videos")
    assert dict(job.body) == {
        "title": job.title,
        "type": "image",
        "image": {"type": "url", "url": PHOTO},
        "script": "Hello Ann",
        "voice_id": "v_1",
        "voice_settings": {"speed": 1.2},
        "background": {"type": "color", "value": "#fff"},
        "caption": {"style": "default"},
        "expressiveness": "high",
    }


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"voice_id": None}, ("voice_id", "missing", "is missing")),
        ({"script": None}, ("script", "blank", "is blank")),
        ({"image": None}, ("image", "missing", "is missing")),
        (
            {"image": "ftp://example.com/ann.jpg"},
            ("image", "not_an_asset", "is neither a public link nor the id of a HeyGen asset"),
        ),
        ({"audio_url": SOUND}, ("audio_url", "conflict", "can't stand beside script")),
        (
            {"output_format": "webm", "background.value": "#fff"},
            ("background.value", "conflict", "can't stand in a webm"),
        ),
        ({"voice_id": "Nobody At All"}, ("voice_id", "unknown_voice", "is no voice of this account")),
    ],
)
def test_what_heygen_would_refuse_is_a_mistake(cells: dict[str, object], expected: tuple[str, str, str]) -> None:
    assert mistakes(**cells) == [expected]


def test_4k_gets_a_word_and_is_sent() -> None:
    found = built(table([*ROW, "resolution"], [*ROW.values(), "4k"]))
    assert [(w.field, w.code) for w in found.warnings] == [("resolution", "may_be_refused")]
    assert found.rows[0].jobs[0].body["resolution"] == "4k"


def test_a_recording_needs_no_voice() -> None:
    assert not mistakes(script=None, voice_id=None, audio_url=SOUND)


def test_its_columns_decide_only_in_a_sheet_without_those_of_an_earlier_kind() -> None:
    """A blank in a sheet of avatars stays a mistake: nobody asked for a photo there."""
    alone = built(table(["image", "script", "voice_id"], [PHOTO, "Hi", "v_1"]))
    assert [row.kind for row in alone.rows] == ["image"]

    headers = ["avatar_id", "image", "script", "voice_id"]
    among = built(table(headers, ["look_1", PHOTO, "Hi", "v_1"], [None, PHOTO, "Hi", "v_1"]))
    assert [(row.kind, len(row.jobs)) for row in among.rows] == [("avatar", 1), ("avatar", 0)]
    assert [(m.row, m.field) for m in among.mistakes] == [(3, "avatar_id")]

    named = built(table(["type", *headers], ["image", None, PHOTO, "Hi", "v_1"], [None, "look_1", None, "Hi", "v_1"]))
    assert [row.kind for row in named.rows] == ["image", "avatar"]


def test_its_script_or_its_recording_tells_how_long_it_lasts() -> None:
    headers = ["image", "script", "voice_id", "voice_settings.speed", "voice_settings.locale", "audio_url"]
    said, heard = jobs_of(
        table(headers, [PHOTO, "Hi", "v_1", 1.2, "en-GB", None], [PHOTO, None, None, None, None, SOUND])
    )
    kind = KINDS["image"]
    script = kind.script(said.request, None)
    assert script is not None
    assert (script.text, script.speaker, script.voice, script.speed, script.language) == (
        "Hi", "v_1", "v_1", 1.2, "en-GB",
    )  # fmt: skip
    assert kind.source(said.request) is None
    source = kind.source(heard.request)
    assert source is not None
    assert source.link == SOUND
    assert kind.script(heard.request, None) is None
    assert kind.priced_by(said.request) == {"resolution": "1080p"}


def test_its_links_are_to_lead_to_a_picture_and_a_recording() -> None:
    found = media_links(built(table(["image", "audio_url"], [PHOTO, SOUND])))
    assert {link.url: link.media.noun for link in found} == {PHOTO: "a picture", SOUND: "a recording"}


def test_photos_are_made_and_paid_for_once(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    rows = [f"https://example.com/{name}.jpg,Hello {name},ann" for name in ("ann", "bob", "ann")]
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(folder) as story:
        story.sheet("photos.csv", "image,script,voice_id", *rows)
        told = story.run("photos.csv")
        assert "2 photo videos" in told.text
        story.run("photos.csv")
        assert story.charges == 2
        assert story.column("photos.results.csv", "result_status") == ["done"] * 3
        assert story.column("photos.results.csv", "result_kind") == ["image"] * 3
        assert all(story.column("photos.results.csv", "result_video_url"))


def test_a_photo_and_a_recording_of_the_persons_own_are_brought_to_heygen_once(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    copy(MEDIA / "picture.jpg", folder / "ann.jpg")
    copy(MEDIA / "audio.mp3", folder / "ann.mp3")
    with Story(folder) as story:
        story.sheet("photos.csv", "image,script,voice_id,audio", "ann.jpg,Hello,ann,", "./ann.jpg,,,ann.mp3")
        story.run("photos.csv")
        story.run("photos.csv")
        assert story.charges == 2
        assert story.heygen.counts["POST /v3/assets"] == 2
        assert story.column("photos.results.csv", "result_status") == ["done"] * 2
