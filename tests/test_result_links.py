"""What a result has several versions of: the video with and without captions, subtitles in two forms, two ids."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from bulkgen.kinds import LIVES
from bulkgen.kinds.videos import VIDEO_LIFE, VIDEOS
from bulkgen.ledger.events import Event, adopted, moved, review, submitted, submitting
from bulkgen.ledger.history import fold
from bulkgen.results import result_cells as results
from bulkgen.results.entries import Entry
from bulkgen.results.table import results_table
from bulkgen.rows.built import BuiltRow
from tests.making import avatar_job, table
from tests.story import Story

CAPTIONED, VTT, SESSION = "result_captioned_video_url", "result_vtt_url", "result_session_id"


def with_captions(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,caption", "look_ann,Hello Ann,yes", "look_ann,Hello Bob,no")


def test_a_video_with_captions_stands_beside_the_clean_one(story: Story) -> None:
    with_captions(story)
    burned, plain = json.loads(story.run("leads.csv", "--json").out)["jobs"]
    assert story.column("leads.results.csv", CAPTIONED) == [burned["captioned_video_url"], ""]
    assert story.column("leads.results.csv", "result_video_url") == [burned["video_url"], plain["video_url"]]
    assert f"{burned['id']}-captioned.mp4?" in burned["captioned_video_url"]
    assert f"{burned['id']}.mp4?" in burned["video_url"]
    assert plain["captioned_video_url"] is None


def test_columns_of_what_no_line_has_are_left_out(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv")
    (line,) = story.results("leads.results.csv")
    assert not {CAPTIONED, VTT, SESSION, "result_gif_url"} & line.keys()


def test_subtitles_of_a_translation_come_in_both_forms(story: Story) -> None:
    story.sheet("films.csv", "video,output_languages", "https://example.com/v.mp4,German; French")
    jobs = json.loads(story.run("films.csv", "--json").out)["jobs"]
    assert story.column("films.results.csv", VTT) == [job["vtt_url"] for job in jobs]
    for job in jobs:
        assert (f"{job['id']}.srt?" in job["captions_url"], f"{job['id']}.vtt?" in job["vtt_url"]) == (True, True)


def test_links_of_both_are_read_back_and_renewed_together(story: Story) -> None:
    with_captions(story)
    story.run("leads.csv")
    first, asked = story.column("leads.results.csv", CAPTIONED)[0], sum(story.heygen.counts.values())
    story.run("leads.csv")
    assert story.column("leads.results.csv", CAPTIONED)[0] == first
    details = [call for call in story.heygen.counts if call.startswith("GET /v3/videos/{id}")]
    assert sum(story.heygen.counts.values()) - asked < 6, details  # no detail was asked for again
    story.pass_time(hours=8 * 24)
    story.type("links", "leads.csv")
    assert story.column("leads.results.csv", CAPTIONED)[0] not in ("", first)


def test_what_is_saved_is_the_video_as_it_was_asked_for_and_the_clean_one_beside_it(story: Story) -> None:
    with_captions(story)
    burned, plain = json.loads(story.run("leads.csv", "--json", "--also", "clean").out)["jobs"]
    stem = burned["file"].removesuffix(".mp4")
    assert burned["files"] == {"clean": f"{stem}~clean.mp4"}
    assert plain["files"] == {}
    assert all((story.folder / name).is_file() for name in (burned["file"], f"{stem}~clean.mp4", plain["file"]))


def test_both_forms_of_subtitles_are_saved_under_one_name(story: Story) -> None:
    story.sheet("films.csv", "video,output_languages", "https://example.com/v.mp4,German")
    (job,) = json.loads(story.run("films.csv", "--json", "--also", "captions,vtt").out)["jobs"]
    stem = job["file"].removesuffix(".mp4")
    assert job["files"] == {"captions": f"{stem}.srt", "vtt": f"{stem}.vtt"}


# Sessions -------------------------------------------------------------------------------------------------------------

JOB = avatar_job()
SENT, BEGUN = submitting(JOB, 1), submitted(JOB, 1, "s_1")
ASKED, WENT_ON = review(JOB, 1, "s_1", "Which?"), moved(JOB, 1, "v_1", stage=1)


@pytest.mark.parametrize("events", [*permutations([BEGUN, ASKED, WENT_ON])])
def test_the_id_of_the_session_stays_known_whatever_order_copies_tell_it_in(events: tuple[Event, ...]) -> None:
    state = fold([SENT, *events]).states[JOB.fingerprint]
    assert (state.id, state.session) == ("v_1", "s_1")


def test_another_attempt_has_another_session() -> None:
    again = [submitting(JOB, 2), adopted(JOB, 2, "v_9", stage=1)]
    assert fold([SENT, BEGUN, WENT_ON, *again]).states[JOB.fingerprint].session == ""


@pytest.mark.parametrize(("stages", "shown"), [((VIDEOS, VIDEOS), "s_1"), ((VIDEOS,), None)])
def test_the_session_stands_in_the_results_where_the_life_of_the_kind_has_one(
    monkeypatch: pytest.MonkeyPatch, stages: tuple[object, ...], shown: str | None
) -> None:
    life = type(VIDEO_LIFE)(accepted=VIDEO_LIFE.accepted, stages=stages)  # type: ignore[arg-type]  # collections
    monkeypatch.setattr(results, "LIVES", {**LIVES, "avatar": life})
    sheet = table(["avatar_id", "script"], ["look_ann", "Hello"])
    state = fold([SENT, BEGUN, WENT_ON]).states[JOB.fingerprint]
    made = results_table(
        sheet, [Entry(row=BuiltRow(source=sheet.rows[0]), status=state.status, job=JOB, state=state)], {}
    )
    line = dict(zip(made.headers, (cell.text for cell in made.lines[0]), strict=True))
    assert (line["result_id"], line.get(SESSION)) == ("v_1", shown)
