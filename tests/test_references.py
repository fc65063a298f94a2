"""References between rows: `@anna` is what the row with the `row_id` anna makes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds.account import Account
from bulkgen.kinds.columns import Lookup
from bulkgen.model import Issue, Job, LocalFile, Reference
from bulkgen.rows.awaited import unmet
from bulkgen.rows.build import Builder, ReadOptions
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.known import Known, recognised
from bulkgen.rows.left_out import with_withheld
from bulkgen.rows.selection import parse_selection
from bulkgen.sequence import in_sequence
from tests.making import avatar_job, built, clone_job, speaking_with, speech_job, table
from tests.story import Story

HEADERS = ["type", "row_id", "audio", "voice_name", "prompt", "text", "avatar_id", "script", "voice_id", "skip"]
LINK = "https://example.com/anna.mp3"

Line = Mapping[str, str]

CLONE: Line = {"type": "clone", "row_id": "anna", "audio": LINK, "voice_name": "Anna"}
DESIGNED: Line = {"type": "voice", "row_id": "warm", "prompt": "A warm narrator"}


def spoken(voice: str, **more: str) -> Line:
    return {"type": "speech", "text": "Hello", "voice_id": voice, **more}


def sheet(*lines: Line) -> Built:
    return built(table(HEADERS, *([line.get(name, "") for name in HEADERS] for line in lines)))


def one_job(row: BuiltRow) -> Job:
    assert not row.issues, row.issues
    (job,) = row.jobs
    return job


def mistake(found: Built, row: int) -> Issue:
    (issue,) = found.rows[row].issues
    assert not found.rows[row].jobs
    return issue


def test_a_row_awaits_what_the_named_row_makes_and_its_request_holds_a_place_for_the_id() -> None:
    found = sheet(CLONE, spoken("@anna"))
    clone, job = one_job(found.rows[0]), one_job(found.rows[1])
    (reference,) = job.awaits
    assert (reference.fingerprint, reference.part, reference.row) == (clone.fingerprint, 1, 2)
    assert job.body["voice_id"] == reference.placeholder
    assert job.body_with({}, {reference: "v_9"})["voice_id"] == "v_9"
    with pytest.raises(KeyError):
        job.body_with({})


def test_nothing_is_looked_up_for_a_reference() -> None:
    assert not any("@" in word for words in sheet(spoken("@anna"), CLONE).needs.wanted.values() for word in words)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_rows_may_stand_in_any_order(order: tuple[int, int]) -> None:
    lines = [CLONE, spoken("@anna")]
    found = {row.kind: one_job(row) for row in sheet(*(lines[at] for at in order)).rows}
    straight = {row.kind: one_job(row) for row in sheet(*lines).rows}
    assert found["speech"].fingerprint == straight["speech"].fingerprint
    assert found["speech"].awaits == straight["speech"].awaits


@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_what_a_row_asks_for_does_not_depend_on_where_any_row_stands(rng: random.Random, count: int) -> None:
    lines = [CLONE, DESIGNED, *(spoken(rng.choice(["@anna", "@warm.2", "v_1"]), text=f"{n}") for n in range(count))]
    shuffled = rng.sample(lines, len(lines))
    prints = [{one_job(row).fingerprint for row in sheet(*order).rows} for order in (lines, shuffled)]
    assert prints[0] == prints[1]
    assert len(prints[0]) == len(lines)


def fingerprint_with(clone: Line, voice: str = "@anna") -> str:
    return one_job(sheet(clone, spoken(voice)).rows[1]).fingerprint


def test_an_edited_clone_makes_what_speaks_with_it_new_and_another_name_does_not() -> None:
    asked = fingerprint_with(CLONE)
    assert fingerprint_with({**CLONE, "audio": "https://example.com/other.mp3"}) != asked
    assert fingerprint_with({**CLONE, "voice_name": "Anna Berg"}) == asked
    assert fingerprint_with({**CLONE, "row_id": "a-2"}, "@a-2") == asked


def test_each_part_is_another_wish_and_the_first_is_what_is_meant_without_a_number() -> None:
    prints = [one_job(sheet(DESIGNED, spoken(f"@warm{n}")).rows[1]).fingerprint for n in ("", ".1", ".2", ".3")]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_a_row_id_with_a_number_behind_a_point_goes_before_a_part() -> None:
    found = sheet(DESIGNED, {**DESIGNED, "row_id": "warm.2", "prompt": "A cold one"}, spoken("@warm.2"))
    assert one_job(found.rows[2]).awaits[0].fingerprint == one_job(found.rows[1]).fingerprint


def test_a_row_id_is_known_without_regard_to_case_unless_that_leaves_it_open() -> None:
    assert one_job(sheet(CLONE, spoken("@ANNA")).rows[1]).awaits
    other = {**CLONE, "row_id": "Anna", "audio": "https://example.com/2.mp3"}
    found = sheet(CLONE, other, spoken("@Anna"), spoken("@anna", text="Bye"))
    awaited = [one_job(row).awaits[0].row for row in found.rows[2:]]
    assert awaited == [3, 2]


def test_the_word_voice_means_a_clone_where_there_is_a_recording() -> None:
    assert [row.kind for row in sheet({**CLONE, "type": "voice"}, {**DESIGNED, "type": "Voice"}).rows] == [
        "clone",
        "voice",
    ]


def test_a_text_that_begins_with_the_sign_is_no_reference() -> None:
    job = one_job(sheet(spoken("v_1", text="@anna hello")).rows[0])
    assert not job.awaits
    assert job.body["text"] == "@anna hello"


def test_a_merged_cell_may_be_one() -> None:
    found = built(table(["type", "row_id", "audio", "voice_name", "text", "voice_id", "speaker"],
                        ["clone", "anna", LINK, "Anna", "", "", ""],
                        ["speech", "", "", "", "Hello", "@{{speaker}}", "anna"]))  # fmt: skip
    assert one_job(found.rows[1]).awaits


@pytest.mark.parametrize(
    ("lines", "at", "code", "says"),
    [
        ((CLONE, spoken("@ana")), 1, "reference_unknown", "Did you mean @anna?"),
        ((spoken("@s", row_id="s"),), 0, "reference_to_itself", "its own row"),
        ((spoken("@b", row_id="a"), spoken("@a", row_id="b")), 0, "reference_circle", "row 2 (a) → row 3 (b) → row 2"),
        ((spoken("v_1", row_id="s"), spoken("@s")), 1, "reference_to_other", "row 2, which makes no voice"),
        ((CLONE, spoken("@anna.2")), 1, "reference_to_no_part", "up to 1"),
        ((DESIGNED, spoken("@warm.4")), 1, "reference_to_no_part", "up to 3"),
        (({**CLONE, "voice_name": ""}, spoken("@anna")), 1, "reference_to_mistake", "Correct row 2 first"),
        (
            (CLONE, {**CLONE, "audio": "https://example.com/2.mp3"}, spoken("@anna")),
            2,
            "reference_to_several",
            "several rows (2, 3)",
        ),
        (
            (CLONE, {"type": "avatar", "avatar_id": "@anna", "script": "Hi", "voice_id": ""}),
            1,
            "reference_to_other",
            "on HeyGen's site",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "_" in value else "",
)
def test_what_can_not_be_meant_is_told_at_its_cell(lines: tuple[Line, ...], at: int, code: str, says: str) -> None:
    issue = mistake(sheet(*lines), at)
    assert issue.code == code
    assert says in issue.sentence()
    assert (issue.row, issue.header) == (at + 2, "avatar_id" if "site" in says else "voice_id")
    assert issue.value.startswith("@")


def test_the_whole_circle_is_told_on_each_of_its_rows_and_a_row_that_leads_into_it_waits_for_its_correction() -> None:
    found = sheet(
        spoken("@b", row_id="a"), spoken("@c", row_id="b"), spoken("@a", row_id="c"), spoken("@a", row_id="d")
    )
    assert [mistake(found, at).code for at in range(3)] == ["reference_circle"] * 3
    assert "row 3 (b) → row 4 (c) → row 2 (a) → row 3 (b)" in mistake(found, 1).cause
    assert mistake(found, 3).code in ("reference_to_other", "reference_to_mistake")


def test_rows_of_one_name_that_ask_for_the_same_are_one() -> None:
    """So they are in results with a line for each voice."""
    assert one_job(sheet(DESIGNED, DESIGNED, spoken("@warm")).rows[2]).awaits


def test_what_is_learnt_of_the_other_row_later_is_taken_over() -> None:
    """Its file is looked for after all rows were read once."""
    lines = [spoken("@anna"), {**CLONE, "audio": "media/anna.mp3"}]
    builder = Builder(table(HEADERS, *([line.get(name, "") for name in HEADERS] for line in lines)), ReadOptions("x"))
    assert [row.jobs for row in builder.build(Account()).rows] == [(), ()]
    prints = []
    for digest in ("a1", "b2"):
        file = LocalFile(digest=digest, size=9, type="audio/mpeg", path="media/anna.mp3")
        builder.files.learn({"media/anna.mp3": file})
        rows = builder.build(Account()).rows
        assert one_job(rows[0]).awaits[0].fingerprint == one_job(rows[1]).fingerprint
        prints.append(one_job(rows[0]).fingerprint)
    assert prints[0] != prints[1]


def test_what_only_new_jobs_are_refused_for_does_not_hide_what_was_made_before() -> None:
    """HeyGen may have had the asset once; the clone is there."""
    known = Account(listed={Lookup.ASSET: {}}, asked={Lookup.ASSET: frozenset({"asset_1"})})
    lines = [{**CLONE, "audio": "asset_1"}, spoken("@anna")]
    found = built(table(HEADERS, *([line.get(name, "") for name in HEADERS] for line in lines)), known)
    assert found.rows[0].invalid
    (clone,), (job,) = found.rows[0].jobs, found.rows[1].jobs
    assert job.awaits[0].fingerprint == clone.fingerprint
    new = recognised(found, Known(sent=set(), made=set(), ids=set()))
    (issue,) = unmet(new, {job.fingerprint}, lambda _reference: False)
    assert issue.code == "reference_to_mistake"


# Rows that are left out ---------------------------------------------------------------------------------------------


def test_a_row_that_is_left_out_is_still_known_by_what_it_would_make() -> None:
    found = sheet({**CLONE, "skip": "yes"}, spoken("@anna"))
    assert found.rows[0].skipped
    assert one_job(found.rows[1]).fingerprint == fingerprint_with(CLONE)


def test_a_row_that_is_left_out_itself_keeps_what_was_made_with_another_row() -> None:
    lines = [CLONE, spoken("@anna", skip="yes")]
    reading = table(HEADERS, *([line.get(name, "") for name in HEADERS] for line in lines))
    options = ReadOptions("leads")
    found = with_withheld(built(reading), reading, options, Account())
    assert [job.fingerprint for job in found.rows[1].withheld] == [fingerprint_with(CLONE)]


@pytest.mark.parametrize(
    ("lines", "rows", "says"),
    [
        (({**CLONE, "skip": "yes"}, spoken("@anna")), None, "row 2, which is left out and has made nothing yet"),
        ((CLONE, spoken("@anna")), "3", "row 2, which is not among the rows of this run"),
    ],
)
def test_what_is_not_made_in_this_run_has_to_be_made_already(
    lines: tuple[Line, ...], rows: str | None, says: str
) -> None:
    selection = parse_selection(rows, "--rows") if rows else None
    found = built(table(HEADERS, *([line.get(name, "") for name in HEADERS] for line in lines)), selection=selection)
    job = one_job(found.rows[1])
    (issue,) = unmet(found, {job.fingerprint}, lambda _reference: False)
    assert (issue.code, issue.row, issue.header, issue.value) == ("reference_not_made", 3, "voice_id", "@anna")
    assert says in issue.cause
    assert not list(unmet(found, {job.fingerprint}, lambda reference: reference == job.awaits[0]))
    assert not list(unmet(found, set(), lambda _reference: False))


def test_a_job_that_is_recorded_by_another_reading_of_its_texts_is_awaited_by_that() -> None:
    found = sheet({**DESIGNED, "prompt": "'=warm"}, spoken("@warm"))
    target = one_job(found.rows[0])
    assert target.readings
    sent = {target.readings[0]}
    known = recognised(found, Known(sent=sent, made=sent, ids=set()))
    (reference,) = known.rows[1].jobs[0].awaits
    assert reference.fingerprint == target.readings[0]
    assert reference.placeholder == found.rows[1].jobs[0].body["voice_id"]


def test_a_job_that_was_made_with_another_reading_of_what_it_awaits_is_known_again() -> None:
    plain, guarded = (sheet({**DESIGNED, "prompt": text}, spoken("@warm")) for text in ("=warm", "'=warm"))
    before, now = one_job(plain.rows[1]), one_job(guarded.rows[1])
    assert before.fingerprint == now.fingerprint or before.fingerprint in now.readings


# What a person reads --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "settings", "told", "following"),
    [
        ("[fail:bad_audio]", {}, "which came to nothing", "--retry-failed"),
        ("Anna", {"script": [{"path": "/clone$", "fault": "drop_after"}], "list_lag": 1e9},
         "what became of that is not known", "look for those rows at HeyGen"),
    ],
)  # fmt: skip
def test_what_waits_in_vain_sends_nobody_to_run_again(
    tmp_path: Path, word: str, settings: dict[str, Any], told: str, following: str
) -> None:
    lines = [f"clone,anna,{LINK},{word},,", "speech,,,,Hello,@anna"]
    (tmp_path / "desk").mkdir()
    with Story(tmp_path / "desk", **settings) as story:
        story.sheet("voices.csv", "type,row_id,audio,voice_name,text,voice_id", *lines)
        ran = story.run("voices.csv", code=None)
        assert told in story.column("voices.results.csv", "result_error")[1]
        assert "goes on where it stopped" not in ran.text
        assert following in ran.text.rpartition("Next:")[2]


# Turns --------------------------------------------------------------------------------------------------------------


def with_priority(job: Job, priority: float) -> Job:
    return replace(job, priority=priority)


@given(st.data())
def test_each_job_goes_behind_what_it_awaits_and_else_by_its_priority(data: st.DataObject) -> None:
    clones = [clone_job(n, f"https://example.com/{n}.mp3") for n in range(3)]
    jobs = [with_priority(each, data.draw(st.integers(0, 3))) for each in clones]
    for n in range(data.draw(st.integers(0, 6))):
        target = data.draw(st.sampled_from([None, *clones]))
        job = speaking_with(target, 10 + n, f"{n}") if target else speech_job(10 + n, f"{n}")
        jobs.append(with_priority(job, data.draw(st.integers(0, 3))))
    shuffled = data.draw(st.permutations(jobs))
    order = in_sequence(shuffled)
    places = {job.fingerprint: at for at, job in enumerate(order)}
    assert sorted(places) == sorted(job.fingerprint for job in jobs)
    for job in order:
        for reference in job.awaits:
            assert places[reference.fingerprint] < places[job.fingerprint]
    urgency = {job.fingerprint: job.priority for job in order}
    for job in order:
        for reference in job.awaits:
            urgency[reference.fingerprint] = max(urgency[reference.fingerprint], job.priority)
    urgencies = [urgency[job.fingerprint] for job in order]
    assert urgencies == sorted(urgencies, reverse=True)


def test_what_awaits_nothing_stays_in_its_order() -> None:
    jobs = [avatar_job(n, f"{n}") for n in range(4)]
    assert in_sequence(jobs) == jobs


def test_a_reference_is_told_from_another_by_what_it_asks_for_alone() -> None:
    assert Reference(wish="a", row=3, text="@x") == Reference(wish="a", row=9, text="@y")
    assert Reference(wish="a", part=2) != Reference(wish="a")
