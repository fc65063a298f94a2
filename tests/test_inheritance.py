"""What is told of jobs that another resume file has already."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.errors import Refused
from bulkgen.ledger.events import Event, failed, finished, format_time, refused, saved, submitted, submitting
from bulkgen.ledger.history import fold
from bulkgen.ledger.inheritance import RENAMED_WITHIN, of_renamed, sheet_of, taken_over
from bulkgen.ledger.neighbours import lost_its_sheet
from tests.making import avatar_job, speech_job

NOON = 1_793_707_200.0  # 3 November 2026, 12:00 UTC
DAY = 86_400.0


def of(source: str, *events: Event, at: float = NOON) -> list[Event]:
    return [{"at": format_time(at), **event, "from": source} for event in events]


def video(row: int, *, at: float = NOON, source: str = "/home/ana/q4/leads.xlsx.resume.jsonl") -> list[Event]:
    job = avatar_job(row, f"Hello {row}")
    ended = finished(job, 1, f"vid_{row}", duration=1.0, finished_at="")
    return of(source, submitting(job, 1), submitted(job, 1, f"vid_{row}"), ended, at=at)


def test_what_was_made_is_told_with_its_day_and_its_sheet() -> None:
    made = [event for row in range(2, 14) for event in video(row)]
    assert taken_over(made) == [
        "12 of these were made on 3 Nov 2026 in /home/ana/q4/leads.xlsx: taken over, nothing is paid for them again."
    ]


def test_several_days_are_told_from_the_first_to_the_last() -> None:
    made = [*video(2, at=NOON + 2 * DAY), *video(3), *video(4, at=NOON + DAY)]
    assert "3 of these were made from 3 Nov 2026 to 5 Nov 2026 in" in taken_over(made)[0]


def test_what_is_not_done_yet_and_what_failed_is_told_too() -> None:
    running = avatar_job(20, "running")
    spoken = speech_job(21)
    wrong = avatar_job(22, "wrong")
    source = "leads.csv.resume.jsonl"
    events = [
        *video(2, source=source),
        *of(source, submitting(running, 1), submitted(running, 1, "vid_20")),
        *of(source, submitting(spoken, 1), finished(spoken, 1, "a", duration=1.0, finished_at="", link="https://x/y")),
        *of(source, submitting(wrong, 1), refused(wrong, 1, Refused("no", code="c", status=400))),
    ]
    assert taken_over(events) == [
        "1 of these was made on 3 Nov 2026 and 2 are in progress in leads.csv: taken over, nothing is paid for them "
        "again. So is what is known of 1 more that were sent there."
    ]
    kept = of(source, saved(spoken, 1, "leads.files/21.mp3", 9))
    assert "2 of these were made" in taken_over([*events, *kept])[0]
    assert "1 of these is in progress in leads.csv" in taken_over(events[3:5])[0]


def test_what_only_failed_is_told_as_sent_before() -> None:
    job = avatar_job(2)
    events = of("a.csv.resume.jsonl", submitting(job, 1), submitted(job, 1, "v"), failed(job, 1, "", "why"))
    assert taken_over(events) == ["1 of these was sent before, in a.csv: what is known of them is taken over."]


def test_each_file_has_a_sentence_of_its_own() -> None:
    told = taken_over([*video(2, source="b.csv.resume.jsonl"), *video(3, source="a.csv.resume.jsonl")])
    assert [sentence.split(" in ")[1].split(":")[0] for sentence in told] == ["a.csv", "b.csv"]
    assert taken_over([]) == []


@pytest.mark.parametrize("at", [None, "yesterday", 5])
def test_a_time_that_says_nothing_is_left_out(at: object) -> None:
    events: list[Event] = [{**event, "at": at} for event in video(2)]
    assert taken_over(events)[0].startswith("1 of these was made in ")


@pytest.mark.parametrize(
    ("resume", "sheet"),
    [
        ("/q4/leads.xlsx.resume.jsonl", "/q4/leads.xlsx"),
        ("leads.xlsx.sandbox.resume.jsonl", "leads.xlsx"),
        ("leads.xlsx.resume (conflicted copy).jsonl", "leads.xlsx.resume (conflicted copy).jsonl"),
    ],
)
def test_a_resume_file_is_told_by_its_sheet(resume: str, sheet: str) -> None:
    assert sheet_of(resume) == sheet


def test_a_sheet_that_is_gone_counts_if_it_was_at_work_lately_or_shares_a_job() -> None:
    events = [*video(2), *video(3)]
    keys = {str(event["fingerprint"]) for event in events}
    later = NOON + RENAMED_WITHIN + 1
    assert of_renamed([fold(events).states], [], NOON + 3600).keys() == keys
    assert of_renamed([fold(events).states], [], later) == {}
    assert (
        of_renamed([fold(events).states, fold(video(4)).states], [str(events[0]["fingerprint"])], later).keys() == keys
    )


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("leads.xlsx.resume.jsonl", True),
        ("leads.csv.resume.jsonl", False),
        ("leads.xlsx.sandbox.resume.jsonl", True),
        ("google-1AbCdEfGhIj.xlsx.resume.jsonl", False),
        ("state.resume.jsonl", False),
        ("state.jsonl", False),
        ("leads.xlsx.resume (conflicted copy).jsonl", False),
    ],
)
def test_which_resume_file_has_lost_its_sheet(tmp_path: Path, name: str, gone: bool) -> None:
    (tmp_path / "leads.csv").touch()
    assert lost_its_sheet(tmp_path / name) == gone
