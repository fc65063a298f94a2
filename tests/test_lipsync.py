"""A video with another recording: which rows ask for one, what is sent, and what it is taken to last and cost."""

from __future__ import annotations

from pathlib import Path
from shutil import copy
from unittest import mock

import pytest

from bulkgen.batch.estimator import Estimator
from bulkgen.batch.price_source import own_prices
from bulkgen.files.length import Length
from bulkgen.kinds import KINDS
from bulkgen.model import Job
from bulkgen.pricing.spread import Spread
from bulkgen.rows.links import media_links
from tests.command import ROOT
from tests.making import built, jobs_of, table
from tests.story import Story
from tests.test_starters import no_faults

MEDIA = ROOT / "bulkgen" / "sandbox" / "media"
FILM, SOUND = "https://example.com/tour.mp4", "https://example.com/tour.mp3"


def job_of(**cells: object) -> Job:
    asked = {"type": "lipsync", "video": FILM, "audio": SOUND, **cells}
    return jobs_of(table(list(asked), list(asked.values())))[0]


def test_what_is_sent_is_what_the_row_says() -> None:
    job = job_of(mode="Precision", start_time=1.5, enable_dynamic_duration="no", audio="asset_9", title="Tour")
    assert (job.kind, job.path) == ("lipsync", "/v3/lipsyncs")
    assert dict(job.body) == {
        "video": {"type": "url", "url": FILM},
        "audio": {"type": "asset_id", "asset_id": "asset_9"},
        "mode": "precision",
        "start_time": 1.5,
        "enable_dynamic_duration": False,
        "title": "Tour",
    }


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"start_time": -1}, ("start_time", "too_low")),
        ({"start_time": 9, "end_time": 9}, ("end_time", "too_low")),
        ({"audio": None}, ("audio", "blank")),
        ({"video": "ftp://example.com/tour.mp4"}, ("video", "not_an_asset")),
        ({"mode": "best"}, ("mode", "not_a_choice")),
    ],
)
def test_what_heygen_would_refuse_is_a_mistake(cells: dict[str, object], expected: tuple[str, str]) -> None:
    asked = {"type": "lipsync", "video": FILM, "audio": SOUND, "fps_mode": "cfr", **cells}
    assert [(m.field, m.code) for m in built(table(list(asked), list(asked.values()))).mistakes] == [expected]


def test_its_columns_decide_only_in_a_sheet_without_those_of_an_earlier_kind() -> None:
    """A translation with a dubbing track, and no language yet, stays a mistake."""
    assert [row.kind for row in built(table(["video", "audio"], [FILM, SOUND])).rows] == ["lipsync"]
    found = built(table(["video", "audio", "languages"], [FILM, SOUND, "French"], [FILM, SOUND, None]))
    assert [(row.kind, len(row.jobs)) for row in found.rows] == [("translation", 1), ("translation", 0)]


def test_photos_and_lipsyncs_may_stand_in_one_sheet_without_a_type() -> None:
    rows = [[FILM, SOUND, None, None, None], [None, None, "https://example.com/a.jpg", "Hi", "v_1"]]
    found = built(table(["video", "audio", "image", "script", "voice_id"], *rows))
    assert not found.mistakes
    assert [row.kind for row in found.rows] == ["lipsync", "image"]


def test_its_links_are_to_lead_to_a_video_and_a_recording() -> None:
    found = media_links(built(table(["video", "audio"], [FILM, SOUND])))
    assert {link.url: link.media.noun for link in found} == {FILM: "a video", SOUND: "a recording"}


@pytest.mark.parametrize(
    ("cells", "film", "sound", "seconds"),
    [
        ({}, 60, 20, Spread(low=20, likely=20, high=60)),
        ({}, 60, 200, Spread(low=60, likely=200, high=200)),
        ({"start_time": 10, "end_time": 40}, 60, 35, Spread(low=30, likely=35, high=35)),
        ({"enable_dynamic_duration": "no"}, 60, 20, Spread.exactly(60)),
    ],
)
def test_it_may_last_as_long_as_its_recording(
    cells: dict[str, object], film: float, sound: float, seconds: Spread
) -> None:
    lengths = {FILM: Length(seconds=film, how="from its header"), SOUND: Length(seconds=sound, how="from its header")}
    found = Estimator(prices=own_prices(), currency="usd", templates={}, lengths=lengths).estimate(job_of(**cells))
    assert found.cost is not None
    assert (found.cost.seconds, found.cost.assumed) == (seconds, False)


@pytest.mark.parametrize("unknown", [FILM, SOUND])
def test_where_one_of_the_two_lengths_is_not_known_neither_is_that_of_the_result(unknown: str) -> None:
    lengths = {link: Length(seconds=None if link == unknown else 5, how="unknown: no header") for link in (FILM, SOUND)}
    found = Estimator(prices=own_prices(), currency="usd", templates={}, lengths=lengths).estimate(job_of())
    assert (found.known, found.why) == (None, "no header")


def test_both_links_are_looked_into() -> None:
    source = KINDS["lipsync"].source
    told = source(job_of().request), source(job_of(video="asset_1", enable_dynamic_duration="no").request)
    assert [each.links for each in told if each] == [(FILM, SOUND), ()]


def test_videos_are_made_and_paid_for_once(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    lines = [f"{FILM}?{number},{SOUND},[fail:]"[: None if number == 3 else -7] for number in (1, 2, 1, 3)]
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(folder) as story:
        story.sheet("dubbing.csv", "video,audio,title", *lines)
        told = story.run("dubbing.csv", "--max-attempts", "1", code=3)
        assert "3 lip-synced videos" in told.text
        story.run("dubbing.csv", "--max-attempts", "1", code=3)
        assert story.charges == 3
        assert story.column("dubbing.results.csv", "result_status") == ["done", "done", "done", "failed"]
        assert [bool(link) for link in story.column("dubbing.results.csv", "result_video_url")] == [True] * 3 + [False]
        assert [bool(link) for link in story.column("dubbing.results.csv", "result_captions_url")] == [
            True, True, True, False,
        ]  # fmt: skip


def test_a_video_and_a_recording_of_the_persons_own_are_looked_into_for_their_lengths(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    copy(MEDIA / "video.mp4", folder / "tour.mp4")
    copy(MEDIA / "audio.mp3", folder / "tour.mp3")
    with Story(folder) as story:
        story.sheet("dubbing.csv", "video,audio", "tour.mp4,tour.mp3")
        assert "of unknown cost" not in story.type("check", "dubbing.csv").text
        (folder / "tour.mp3").unlink()
        assert "tour.mp3" in story.type("check", "dubbing.csv", code=2).text
