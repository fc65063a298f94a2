"""Clips out of a long video: which rows ask for them, what HeyGen tells of them, and a sheet of them, lived through."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from bulkgen.batch.attempts_heard import Heard, taken_over
from bulkgen.batch.doubts import Witness
from bulkgen.batch.estimator import Estimator
from bulkgen.batch.price_source import own_prices
from bulkgen.disk.whole import Saved
from bulkgen.engine.verdict import LINK_GRACE, Verdict, judge
from bulkgen.files.download import Downloads
from bulkgen.kinds.clipping import read
from bulkgen.kinds.outcome import Part
from bulkgen.ledger.history import fold
from bulkgen.ledger.state import State
from bulkgen.model import Job
from bulkgen.pricing.spread import Spread
from bulkgen.result_columns import are_results
from bulkgen.sandbox.kinds import clipping
from bulkgen.sheet import read_sheet
from tests.making import built, clipping_job, jobs_of, table
from tests.story import Story
from tests.test_starters import no_faults

FILM = "https://example.com/webinar.mp4"
HEADERS = "row_id,video,duration_types,email,"


def job_of(**cells: object) -> Job:
    asked = {"type": "clipping", "video": FILM, **cells}
    return jobs_of(table(list(asked), list(asked.values())))[0]


# What a row asks for --------------------------------------------------------------------------------------------------


def test_what_is_sent_is_what_the_row_says() -> None:
    job = job_of(
        duration_types="30; long", aspect_ratio="Square", captions="no", prompt="Prices", input_language="German"
    )
    assert (job.kind, job.path) == ("clipping", "/v3/ai-clipping")
    assert dict(job.body) == {
        "video": {"type": "url", "url": FILM},
        "input_language": "de",
        "output_settings": {
            "duration_types": ["30", "long"],
            "aspect_ratio": "square",
            "captions": False,
            "prompt": "Prices",
        },
    }


def test_only_what_the_person_gave_is_sent_and_its_title_names_the_files() -> None:
    assert dict(job_of().body) == {"video": {"type": "url", "url": FILM}}
    titled = job_of(title="Webinar")
    assert (titled.title, dict(titled.body)["title"]) == ("Webinar", "Webinar")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"duration_types": "30; 45"}, ("output_settings.duration_types", "not_a_choice")),
        ({"aspect_ratio": "16:9"}, ("output_settings.aspect_ratio", "not_a_choice")),
        ({"prompt": "x" * 501}, ("output_settings.prompt", "too_long")),
        ({"callback_id": "x" * 129}, ("callback_id", "too_long")),
        ({"captions": "no", "caption_style": "bold"}, ("output_settings.caption_style", "conflict")),
        ({"video": None}, ("video", "blank")),
    ],
)
def test_what_heygen_would_refuse_is_a_mistake(cells: dict[str, object], expected: tuple[str, str]) -> None:
    asked = {"type": "clipping", "video": FILM, **cells}
    assert [(m.field, m.code) for m in built(table(list(asked), list(asked.values()))).mistakes] == [expected]


@pytest.mark.parametrize(
    "header", ["duration_types", "clip length", "output_settings.aspect_ratio", "output_settings.prompt"]
)
def test_settings_of_clips_beside_a_video_decide(header: str) -> None:
    value = {"output_settings.aspect_ratio": "square"}.get(header, "30")
    assert [row.kind for row in built(table(["video", header], [FILM, value])).rows] == ["clipping"]


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["video", "audio", "aspect_ratio"], "lipsync"),
        (["video", "languages", "duration_types"], "translation"),
        (["video", "prompt"], "agent"),
        (["video", "aspect_ratio", "captions"], ""),
        (["video", "audio", "duration_types"], "lipsync"),
    ],
)
def test_no_sheet_of_another_kind_becomes_one_of_clips(headers: list[str], kind: str) -> None:
    values = {"video": FILM, "audio": "https://example.com/a.mp3", "languages": "French", "aspect_ratio": "portrait"}
    found = built(table(headers, [values.get(header, "30") for header in headers]))
    assert [row.kind for row in found.rows] == [kind]


# What HeyGen tells ----------------------------------------------------------------------------------------------------


def clip(number: int, **changes: object) -> dict[str, object]:
    return {
        "id": f"c{number}",
        "status": "completed",
        "title": f"Clip {number}",
        "video_url": f"https://h.test/{number}.mp4",
        "duration_seconds": 28.5,
        "virality_score": 87,
        **changes,
    }


def told(*clips: dict[str, object], **changes: object) -> dict[str, object]:
    return {"id": "j", "status": "completed", "progress": 100, "clips": list(clips), **changes}


def test_each_clip_is_a_part_and_those_that_failed_stand_last() -> None:
    detail = read(told(clip(1, status="failed", video_url=None), clip(2), clip(3, virality_score=None)))
    assert [(part.id, part.note, bool(part.fault)) for part in detail.parts] == [
        ("c2", "virality 87", False),
        ("c3", "", False),
        ("c1", "virality 87", True),
    ]
    assert detail.links.video == "https://h.test/2.mp4"
    assert detail.parts[0].duration == 28.5
    assert judge(detail, last=True, ended_for=0) is Verdict.COMPLETED


@pytest.mark.parametrize("word", ["pending", "running", "queued", "whatever"])
def test_other_words_mean_that_it_is_still_running(word: str) -> None:
    assert read(told(status=word)).status == "running"


def test_a_cancelled_job_has_ended_and_is_not_made_again_by_itself() -> None:
    detail = read(told(status="cancelled"))
    assert (detail.status, detail.code) == ("failed", "cancelled")


def test_a_job_whose_clips_all_failed_has_failed() -> None:
    detail = read(told(clip(1, status="failed", failure_message="No speech in it")))
    assert (detail.status, detail.code, detail.message) == ("failed", "no_clips", "No speech in it")


def test_without_a_single_clip_it_is_asked_for_again_for_a_while_and_has_failed_then() -> None:
    detail = read(told())
    assert judge(detail, last=True, ended_for=0) is Verdict.INCOMPLETE
    assert judge(detail, last=True, ended_for=LINK_GRACE) is Verdict.FAILED


def test_a_clip_without_its_link_yet_is_waited_for() -> None:
    assert judge(read(told(clip(1), clip(2, video_url=None))), last=True, ended_for=0) is Verdict.INCOMPLETE


def test_whatever_stands_in_place_of_clips_is_none() -> None:
    assert read(told(clips=None)).parts == read(told(clips=[3, None])).parts == ()
    assert read(told({"id": 7, "video_url": []})).parts == (Part(),)


# What it costs --------------------------------------------------------------------------------------------------------


def estimator(*made: int) -> Estimator:
    prices = own_prices()
    found = Estimator(prices=prices, currency="usd", templates={}, lengths={})
    parts = [tuple(Part(id=str(number)) for number in range(count)) for count in made]
    found.learn([State(1, "finished", kind="clipping", parts=each) for each in parts])
    return found


def test_how_many_clips_there_will_be_is_assumed_until_jobs_have_finished() -> None:
    assert estimator().estimate(job_of()).cost.items == Spread(low=1, likely=5, high=20)  # type: ignore[union-attr]
    learned = estimator(8, 9, 40).estimate(job_of())
    assert learned.cost is not None
    assert learned.cost.items == Spread(low=1, likely=9, high=40)
    assert learned.cost.amount.high == pytest.approx(40 * learned.cost.price.high)
    assert learned.why


# A sheet, lived through -----------------------------------------------------------------------------------------------


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    folder = tmp_path / "desk"
    folder.mkdir()
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(folder) as told_here:
        yield told_here


def sheet(story: Story, *rows: int) -> None:
    lines = [f"w-{number},{FILM}?{number},30;60,ann{number}@x.example,kept {number}" for number in rows]
    story.sheet("webinars.csv", f"{HEADERS}note", *lines)


RESULTS = "webinars.results.csv"


def test_a_line_for_each_clip_and_nothing_paid_twice(story: Story) -> None:
    sheet(story, 1, 2)
    first = story.run("webinars.csv", "--download")
    assert "2 to make: 2 clipping jobs" in first.text
    assert "2 jobs: 2 done." in first.text
    assert "(their number of results is assumed)" in first.text
    assert "Taken for 1–20 results, likely 5" in first.text
    assert story.charges == 2
    assert story.column(RESULTS, "result_part") == ["1", "2", "3"] * 2
    assert story.column(RESULTS, "note") == ["kept 1"] * 3 + ["kept 2"] * 3
    assert len({*story.column(RESULTS, "result_id")}) == 2
    assert len({*story.column(RESULTS, "result_part_id")}) == 6
    assert story.column(RESULTS, "result_file") == [
        f"webinars.files/w-{row}-{part}.mp4" for row in (1, 2) for part in (1, 2, 3)
    ]
    assert all((story.folder / file).exists() for file in story.column(RESULTS, "result_file"))
    assert [bool(cost) for cost in story.column(RESULTS, "result_cost_usd")] == [True, False, False] * 2
    before = story.results(RESULTS)
    story.run("webinars.csv", "--download")
    assert (story.charges, story.results(RESULTS)) == (2, before)


def shown(story: Story) -> list[tuple[str, str, str]]:
    """Of each line the part, the file that its link leads to, and what the person wrote; in no order."""
    lines = story.results(RESULTS)
    return sorted((line["result_part_id"], line["result_video_url"].split("?")[0], line["note"]) for line in lines)


def test_the_results_run_as_a_sheet_ten_times_are_the_same_lines_and_pay_nothing(story: Story) -> None:
    sheet(story, 1, 2)
    story.run("webinars.csv")
    lines = (story.folder / RESULTS).read_text(encoding="utf-8-sig").splitlines()
    wanted, order = shown(story), random.Random(7)
    for turn in range(10):
        rows = lines[1:]
        order.shuffle(rows)
        story.sheet(RESULTS, lines[0], *(rows[:-1] if turn == 4 else rows))  # one is cut, and comes back
        story.run(RESULTS)
        assert shown(story) == wanted
        lines = (story.folder / RESULTS).read_text(encoding="utf-8-sig").splitlines()
    assert story.charges == 2


def test_the_results_alone_are_witness_enough(story: Story) -> None:
    """Resume file and index are gone: what HeyGen confirms is taken over, clips and all."""
    sheet(story, 1)
    story.run("webinars.csv")
    ids = story.column(RESULTS, "result_part_id")
    (story.folder / "webinars.csv.resume.jsonl").unlink()
    for path in story.data.rglob("*"):
        if path.is_file():
            path.unlink()
    told_then = story.run("webinars.csv")
    assert story.charges == 1
    assert "taken over, nothing is paid" in told_then.text
    assert story.column(RESULTS, "result_part_id") == ids
    assert len(ids) == 3


def test_the_json_has_an_object_for_each_clip_and_the_page_a_card(story: Story) -> None:
    sheet(story, 1)
    made = json.loads(story.run("webinars.csv", "--json", "--download").out)
    assert [(job["part"], job["part_about"]) for job in made["jobs"]] == [
        (number, f"Clip {number} · virality {100 - 7 * number}") for number in (1, 2, 3)
    ]
    assert len({job["video_url"] for job in made["jobs"]}) == 3
    assert [job["file"] for job in made["jobs"]] == [f"webinars.files/w-1-{number}.mp4" for number in (1, 2, 3)]
    assert made["counts"] == {"done": 1}
    page = (story.folder / "webinars.results.html").read_text(encoding="utf-8")
    assert all(f"w-1-{number}.mp4" in page for number in (1, 2, 3))


def test_links_of_all_clips_are_renewed_and_missing_files_fetched(story: Story) -> None:
    sheet(story, 1)
    story.run("webinars.csv", "--download")
    (story.folder / "webinars.files/w-1-2.mp4").unlink()
    before = story.column(RESULTS, "result_video_url")
    story.pass_time(hours=8 * 24)
    story.type("links", "webinars.csv", "--download")
    after = story.column(RESULTS, "result_video_url")
    assert len({*after}) == 3
    assert not {*after} & {*before}
    assert (story.folder / "webinars.files/w-1-2.mp4").exists()
    assert story.charges == 1


def test_each_file_is_fetched_by_the_link_of_its_own_clip(story: Story) -> None:
    sheet(story, 1)
    fetch, fetched = Downloads.fetch, list[tuple[str, str]]()

    async def noted(self: Downloads, link: str, name: str, *others: str, **more: Any) -> Saved:
        fetched.append((name, link.split(".mp4")[0][-2:]))
        return await fetch(self, link, name, *others, **more)

    with mock.patch.object(Downloads, "fetch", noted):
        story.run("webinars.csv", "--download")
    assert sorted(fetched) == [(f"w-1-{number}", f"-{number}") for number in (1, 2, 3)]


def test_what_the_account_confirms_of_an_attempt_before_a_lost_one_has_its_clips() -> None:
    job, detail = clipping_job(), read(told(clip(1), clip(2)))
    made = Heard(witness=Witness(job=job, state=State(1, "finished", id="j"), source="index"), id="j", detail=detail)
    lost = Heard(witness=Witness(job=job, state=State(2, "submitting"), source="index", certain=True))
    events = taken_over([made, lost], State(), 1_790_000_000.0)
    state = fold(events).states[job.fingerprint].shown
    assert [part.id for part in state.parts] == ["c1", "c2"]


def test_each_person_is_written_to_once_with_the_first_clip(story: Story) -> None:
    sheet(story, 1, 2)
    told_then = story.run("webinars.csv", "--mailmerge", "mail.csv")
    mail = (story.folder / "mail.csv").read_text(encoding="utf-8-sig")
    lines = mail.splitlines()
    assert len(lines) == 3, told_then.text
    assert "of a person who has one before" not in told_then.text
    firsts = [line["result_video_url"] for line in story.results(RESULTS) if line["result_part"] == "1"]
    assert all(link in mail for link in firsts)


def test_a_lost_answer_is_looked_for_and_never_sent_again(story: Story) -> None:
    """The job is in HeyGen's list, by its callback id; there is no key that could see to it."""
    sheet(story, 1)
    story.heygen.change(script=[{"path": "/v3/ai-clipping", "nth": 1, "fault": "drop_after"}])
    story.run("webinars.csv", code=None)
    story.run("webinars.csv")
    assert story.charges == 1
    assert story.column(RESULTS, "result_part") == ["1", "2", "3"]


def test_a_request_that_never_came_there_is_unknown_until_the_person_says_so(story: Story) -> None:
    sheet(story, 1)
    story.heygen.change(script=[{"path": "/v3/ai-clipping", "nth": 1, "fault": "drop_before"}])
    story.run("webinars.csv", code=3)
    story.run("webinars.csv", code=3)
    assert (story.charges, story.column(RESULTS, "result_status")) == (0, ["unknown"])
    story.run("webinars.csv", "--retry-unknown")
    assert story.charges == 1


def test_the_cap_counts_the_most_that_it_may_cost(story: Story) -> None:
    sheet(story, 1)
    most = 20 * max(price.usd.high for price in own_prices().entries if price.kind == "clipping" and price.usd)
    story.run("webinars.csv", "--max-cost", f"{most - 0.01:.2f}", code=5)
    assert story.charges == 0
    story.run("webinars.csv", "--max-cost", f"{most:.2f}")
    assert story.charges == 1


def test_a_failed_job_is_one_line(story: Story) -> None:
    story.sheet("webinars.csv", "video,duration_types,prompt", f"{FILM},30,[fail:]")
    story.run("webinars.csv", "--max-attempts", "1", code=3)
    [line] = story.results(RESULTS)
    assert (line["result_status"], line.get("result_part", "")) == ("failed", "")


def test_made_again_all_its_clips_are_new(story: Story) -> None:
    sheet(story, 1)
    story.run("webinars.csv", "--download")
    before: list[dict[str, Any]] = story.results(RESULTS)
    story.run("webinars.csv", "--redo", "2", "--download")
    after = story.results(RESULTS)
    assert story.charges == 2
    assert [line["result_part"] for line in after] == ["1", "2", "3"]
    assert not {line["result_part_id"] for line in after} & {line["result_part_id"] for line in before}
    assert len({line["result_file"] for line in (*after, *before)}) == 6


def test_a_row_that_was_corrected_by_itself_has_its_clips_among_those_of_all_others(story: Story) -> None:
    story.sheet("webinars.csv", "row_id,video,duration_types,prompt", f"w-1,{FILM}?1,30,", f"w-2,{FILM}?2,30,[fail:]",
                f"w-3,{FILM}?3,30,")  # fmt: skip
    first = story.run("webinars.csv", "--max-attempts", "1", code=3)
    assert "Rows to correct" in first.text, story.results(RESULTS)
    failed = story.folder / "webinars.failed.csv"
    failed.write_text(failed.read_text(encoding="utf-8-sig").replace("[fail:]", "Prices"), encoding="utf-8")
    story.run("webinars.failed.csv")
    lines = story.results(RESULTS)
    assert [(line["row_id"], line["result_part"], line["result_status"]) for line in lines] == [
        (f"w-{row}", part, "done") for row in (1, 2, 3) for part in "123"
    ]
    assert story.charges == 4  # the failed one, too, was sent


def test_notes_beside_each_clip_stay_beside_it(story: Story) -> None:
    sheet(story, 1)
    story.run("webinars.csv")
    path = story.folder / RESULTS
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    noted = [f"{lines[0]},verdict", *(f"{line},take {number}" for number, line in enumerate(lines[1:], start=1))]
    path.write_text("\n".join([noted[0], *reversed(noted[1:])]) + "\n", encoding="utf-8")
    story.pass_time(hours=8 * 24)
    story.type("links", "webinars.csv")
    assert [(line["result_part"], line["verdict"]) for line in story.results(RESULTS)] == [
        (number, f"take {number}") for number in "123"
    ]


def test_the_workbook_of_results_is_read_again_under_its_plain_headings(story: Story) -> None:
    sheet(story, 1, 2)
    story.run("webinars.csv", "--out", "clips.xlsx")
    book = read_sheet(story.folder / "clips.xlsx", recognise=are_results)
    for name, out in (("clips.xlsx", "clips2.xlsx"), ("clips2.xlsx", "clips3.xlsx")):
        story.run(name, "--resume", "webinars.csv.resume.jsonl", "--out", out)
    again = read_sheet(story.folder / "clips3.xlsx", recognise=are_results)
    assert len(again.rows) == len(book.rows) == 6
    assert story.charges == 2


def test_a_clip_that_failed_beside_others_is_told_and_nobodys_task(story: Story) -> None:
    sheet(story, 1)
    true = clipping.clip

    def told_oddly(render: Any, number: int, link: Any) -> dict[str, object]:
        broken = {"status": "failed", "video_url": None} if number == 1 else {}
        return true(render, number, link) | broken

    with mock.patch.object(clipping, "clip", told_oddly):
        first = story.run("webinars.csv", "--download")
        story.run("webinars.csv", "--download")
    assert "1 job: 1 done." in first.text
    assert "failed at this one" in first.text
    assert story.column(RESULTS, "result_status") == ["done", "done", "failed"]
    assert [bool(file) for file in story.column(RESULTS, "result_file")] == [True, True, False]
    assert not (story.folder / "webinars.failed.csv").exists()
    assert story.charges == 1


def test_clips_of_one_row_are_told_apart_on_the_page(story: Story) -> None:
    sheet(story, 1)
    story.run("webinars.csv")
    page = (story.folder / "webinars.results.html").read_text(encoding="utf-8")
    keys = re.findall(r'"key": ?"([0-9a-f]{64}-\d)"', page)
    assert sorted(key[-1] for key in keys) == ["1", "2", "3"]
    assert "Clip 2 · virality 86" in page or r"Clip 2 \u00b7 virality 86" in page
