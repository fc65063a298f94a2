"""What is suspected: a function of the events and of what the jobs are made with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.codes import CODES
from bulkgen.errors import ApiError, OutOfCredit, RateLimited, Refused, Unreachable
from bulkgen.kinds.avatar import AvatarRequest
from bulkgen.kinds.causes import Cause, causes_of
from bulkgen.kinds.speech import SpeechRequest
from bulkgen.ledger.events import Event, failed, finished, named, refused, submitted, template_seen
from bulkgen.ledger.suspects import IN_A_ROW, Suspects
from bulkgen.model import Job, LocalFile, Reference
from tests.making import avatar_job, jobs_of, lipsync_job, speech_job, table, translation_job

# What a job is made with ----------------------------------------------------------------------------------------------


def test_a_job_is_made_with_what_its_request_names() -> None:
    assert causes_of(speech_job()) == (Cause("voice", "voice_ann"),)
    assert causes_of(avatar_job()) == (Cause("avatar", "look_ann"),)
    assert causes_of(lipsync_job()) == (Cause("host", "example.com"),)
    assert causes_of(translation_job()) == (Cause("host", "example.com"), Cause("language", "French"))


def test_of_a_template_it_is_what_its_variables_hold_too() -> None:
    headers = ("template_id", "line", "photo", "clip", "jingle", "host", "speaker", "folder_id")
    sheet = table(
        headers,
        ("tpl_all", "Hi", "https://a.example/p.jpg", "asset_1", "https://a.example/j.mp3", "look_1", "v_1", "f_1"),
    )
    assert set(causes_of(jobs_of(sheet)[0])) == {
        Cause("template", "tpl_all"),
        Cause("host", "a.example"),
        Cause("asset", "asset_1"),
        Cause("avatar", "look_1"),
        Cause("voice", "v_1"),
        Cause("folder", "f_1"),
    }


def test_a_file_of_the_persons_goes_by_its_name_and_where_to_call_back_is_none_of_it() -> None:
    file = LocalFile(digest="0a", size=1, type="audio/mpeg", path="/home/ann/jingle.mp3")
    fields = {"type": "avatar", "avatar_id": "a", "audio_asset_id": file.placeholder,
              "callback_id": "x", "callback_url": "https://b.example"}  # fmt: skip
    job = replace(avatar_job(), request=AvatarRequest.model_validate(fields), files=(file,))
    assert causes_of(job) == (Cause("avatar", "a"), Cause("file", "jingle.mp3"))


def test_what_another_row_makes_goes_by_what_the_cell_says() -> None:
    anna = Reference(wish="ab", text="@anna")
    job = replace(speech_job(), request=SpeechRequest(text="Hi", voice_id=anna.placeholder), awaits=(anna,))
    assert causes_of(job) == (Cause("voice", "@anna"),)


# What falls under suspicion -------------------------------------------------------------------------------------------


def made(row: int, look: str = "l", voice: str = "v") -> Job:
    fields = {"type": "avatar", "avatar_id": look, "voice_id": voice, "script": f"Row {row}"}
    return replace(avatar_job(row, f"{look} {voice} {row}"), request=AvatarRequest.model_validate(fields))


def of(jobs: Sequence[Job], events: Sequence[Event]) -> Suspects:
    return Suspects({job.fingerprint: job for job in jobs}, events)


def names(suspects: Suspects) -> list[str]:
    return [" and ".join(map(str, each.causes)) for each in suspects.found.values()]


def no(job: Job, code: str = "conflict", message: str = "", status: int = 400) -> Event:
    return refused(job, 1, Refused(message, status=status, code=code))


def yes(job: Job) -> Event:
    return finished(job, 1, "id", duration=1.0, finished_at="")


def test_so_many_in_a_row_and_no_fewer() -> None:
    jobs = [made(row) for row in range(5)]
    for count in range(5):
        assert bool(of(jobs, [no(job) for job in jobs[:count]]).found) == (count >= IN_A_ROW)


def test_one_job_that_fails_again_and_again_is_one() -> None:
    jobs = [made(row) for row in range(5)]
    assert not of(jobs, [failed(jobs[0], attempt, "rendering_failed", "") for attempt in range(1, 9)]).found


def test_what_the_fewest_share_is_suspected_and_nothing_else() -> None:
    bad, good = [made(row, "bad") for row in range(5)], [made(row, "good") for row in range(5, 15)]
    suspects = of([*bad, *good], [no(job) for job in bad[:IN_A_ROW]])
    assert names(suspects) == ["the avatar bad"]
    assert all(suspects.of(job.fingerprint) for job in bad)
    assert not any(suspects.of(job.fingerprint) for job in good)


def test_things_go_by_their_names_where_the_resume_file_has_them() -> None:
    jobs = [made(row) for row in range(4)]
    names = [template_seen("x", "Other", {}), named("voice", "anna", "v", "Anna")]
    [suspect] = of(jobs, [*names, *(no(job) for job in jobs)]).found.values()
    assert suspect.shared == ("the avatar l", "the voice Anna (v)")


def test_what_others_came_through_with_is_not_suspected_where_there_is_something_else() -> None:
    """Fewer jobs share the voice, and one of them came through."""
    jobs = [*(made(row, "a", "v") for row in range(4)), *(made(row, "a", "w") for row in range(4, 9))]
    lucky = made(20, "b", "v")
    suspects = of([*jobs, lucky, made(21, "b", "v")], [yes(lucky), *(no(job) for job in jobs[:IN_A_ROW])])
    assert names(suspects) == ["the avatar a"]


def test_what_can_not_be_told_apart_is_named_together() -> None:
    jobs = [made(row) for row in range(9)]
    assert names(of(jobs, [no(job) for job in jobs[:IN_A_ROW]])) == ["the avatar l and the voice v"]


@pytest.mark.parametrize(
    ("code", "shared"),
    [("voice_not_usable", "the voice v"), ("avatar_not_usable", "the avatar l"), ("template_not_found", None)],
)
def test_a_code_may_say_what_it_is_about(code: str, shared: str | None) -> None:
    jobs = [made(row) for row in range(9)]
    told = names(of(jobs, [no(job, code) for job in jobs[:IN_A_ROW]]))
    assert told == [shared or "the avatar l and the voice v"]


def test_a_code_about_voices_says_nothing_of_what_is_made_with_other_ones() -> None:
    jobs = [made(row, "l", f"v{row}") for row in range(9)]
    assert not of(jobs, [no(job, "voice_not_found", status=404) for job in jobs]).found


def test_a_code_that_says_little_needs_the_same_words_but_for_what_differs_from_row_to_row() -> None:
    jobs = [made(row) for row in range(9)]
    same = [no(job, "invalid_parameter", f"Variable 'a{job.row}' of 17{job.row} is wrong.") for job in jobs]
    other = [no(job, "invalid_parameter", f"{word} is wrong.") for job, word in zip(jobs, "abcdefghi", strict=True)]
    assert of(jobs, same).found
    assert not of(jobs, other).found


@pytest.mark.parametrize(
    "error",
    [OutOfCredit("", status=402), RateLimited("", status=429), Unreachable(""), Refused("", status=500),
     Refused("", status=401), Refused("", status=400, code="script_too_short")],
)  # fmt: skip
def test_what_is_not_said_of_the_request_counts_for_nothing(error: ApiError) -> None:
    jobs = [made(row) for row in range(9)]
    assert not of(jobs, [refused(job, 1, error) for job in jobs]).found


def test_what_may_have_been_made_all_the_same_counts_for_nothing() -> None:
    jobs = [made(row) for row in range(9)]
    doubted = [refused(job, 1, Refused("", status=400, code="conflict"), doubted=True) for job in jobs]
    assert not of(jobs, doubted).found


def test_to_be_accepted_clears_of_refusals_and_only_a_result_of_failures() -> None:
    jobs = [made(row) for row in range(9)]
    refusals = [no(job) for job in jobs[:3]]
    failures = [failed(job, 1, "rendering_failed", "") for job in jobs[:3]]
    assert not of(jobs, [*refusals, submitted(jobs[4], 1, "id")]).found
    assert of(jobs, [*failures, submitted(jobs[4], 1, "id")]).found
    assert not of(jobs, [*failures, yes(jobs[4])]).found


def test_what_was_accepted_before_and_ends_now_clears_of_failures_alone() -> None:
    early, *jobs = [made(row) for row in range(9)]
    accepted = submitted(early, 1, "id")
    assert of([early, *jobs], [accepted, *(no(job) for job in jobs), yes(early)]).found
    recorded_at_once = [yes(early), *(no(job) for job in jobs), yes(early)]
    assert not of([early, *jobs], recorded_at_once).found
    again = [accepted, yes(early), *(no(job) for job in jobs), submitted(early, 2, "id_2")]
    assert not of([early, *jobs], again).found


def test_what_is_explained_by_one_thing_says_nothing_of_another() -> None:
    """The second avatar takes as many failures of its own; only then it waits too."""
    bad, worse = [made(row, "bad") for row in range(5)], [made(row, "worse") for row in range(5, 12)]
    good = [made(row, "good") for row in range(20, 40)]
    jobs = [*bad, *worse, *good]
    events = [no(job) for job in (*bad, *worse[:2])]
    assert names(of(jobs, events)) == ["the avatar bad"]
    assert names(of(jobs, [*events, no(worse[2])])) == ["the avatar bad", "the avatar worse"]


def test_what_other_files_tell_and_what_left_the_sheet_counts_for_nothing() -> None:
    jobs = [made(row) for row in range(9)]
    assert not of(jobs, [{**no(job), "from": "b"} for job in jobs]).found
    assert not of(jobs[5:], [no(job) for job in jobs[:5]]).found


LOOKS, VOICES = st.sampled_from("ab"), st.sampled_from("vw")
WORDS = st.sampled_from(("no", "yes", "failed", "accepted"))
LINES = st.lists(st.tuples(st.integers(0, 11), WORDS, st.sampled_from(("conflict", "rendering_failed"))), max_size=40)


@given(st.lists(st.tuples(LOOKS, VOICES), min_size=12, max_size=12), LINES)
def test_whoever_waits_shares_something_with_enough_that_came_to_nothing_since_one_came_through(
    made_with: list[tuple[str, str]], lines: list[tuple[int, str, str]]
) -> None:
    """And it is the same whether the events are taken at once or one by one."""
    jobs = [made(row, look, voice) for row, (look, voice) in enumerate(made_with)]
    events = [_event(jobs[number], word, code) for number, word, code in lines]
    whole, step_by_step = of(jobs, events), of(jobs, [])
    for event in events:
        step_by_step.take(event)
    assert whole.found == step_by_step.found
    for (cause, is_refused), suspect in whole.found.items():
        bad: list[int] = []
        for number, word, _code in lines:
            if cause not in causes_of(jobs[number]):
                continue

            if word == "yes" or (word == "accepted" and is_refused):
                bad.clear()
            elif word == ("no" if is_refused else "failed"):
                bad.append(number)
        assert len(set(bad)) >= suspect.jobs >= IN_A_ROW
        assert suspect.causes[0] == cause
    for job in jobs:
        assert set(whole.of(job.fingerprint)) == {key for key in whole.found if key[0] in causes_of(job)}


def _event(job: Job, word: str, code: str) -> Event:
    if word == "no":
        return no(job, code)

    return {"yes": yes(job), "failed": failed(job, 1, code, ""), "accepted": submitted(job, 1, "id")}[word]


def test_every_code_of_a_thing_is_about_something_that_jobs_are_made_with() -> None:
    """Where a code begins with the thing that it is about, the thing's name is the one that causes have."""
    firsts = {code.partition("_")[0] for code in CODES}
    assert {"voice", "avatar", "template", "asset"} <= firsts
