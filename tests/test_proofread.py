"""A translation that a person reads first: what is asked for, what they are given, and what their word leads to.

Lived through as a person would, against the stand-in: run, look at the subtitles, correct them, approve, run again.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from bulkgen.kinds import KINDS
from bulkgen.kinds.srt import flaw
from bulkgen.ledger.history import fold
from bulkgen.model import Answer, Job, LocalFile
from tests.command import ROOT
from tests.making import built, jobs_of, proofread_job, table
from tests.scenario import Scenario
from tests.story import Story
from tests.test_starters import no_faults

FILM = "https://example.com/tour.mp4"
CORRECTED = "1\n00:00:00,000 --> 00:00:02,000\nMein Sandkasten\n"
PROOFREADS = "/v3/video-translations/proofreads"


def job_of(**cells: object) -> Job:
    asked = {"type": "proofread", "video": FILM, "output_languages": "French", **cells}
    return jobs_of(table(list(asked), list(asked.values())))[0]


# What is asked for ------------------------------------------------------------------------------------------------


def test_what_is_sent_is_what_the_row_says_and_nothing_of_the_approval() -> None:
    job = job_of(mode="Precision", captions="yes", translate_audio_only="no", speakers=2, approve="yes", title="Tour")
    assert (job.kind, job.path, job.language) == ("proofread", PROOFREADS, "French")
    assert dict(job.body) == {
        "video": {"type": "url", "url": FILM},
        "output_languages": ["French"],
        "mode": "precision",
        "speaker_num": 2,
        "title": "Tour",
    }


def test_a_title_is_made_where_there_is_none() -> None:
    assert str(job_of().body["title"]).startswith("leads row 2 · ")


def test_the_word_approve_changes_no_fingerprint_and_is_the_answer() -> None:
    plain, approved = job_of(), job_of(approve="Yes")
    assert plain.fingerprint == approved.fingerprint
    assert (plain.answer, approved.answer) == (None, Answer(text="yes"))
    assert job_of(approve="no").answer is None


def test_the_column_that_answers_is_nobody_elses() -> None:
    asked = {"type": "proofread", "video": FILM, "output_languages": "French", "approve": "yes", "note": "x"}
    (row,) = built(table(list(asked), list(asked.values()))).rows
    assert row.layout is not None
    assert row.layout.unclaimed == (4,)


def test_what_is_neither_yes_nor_no_approves_nothing_and_is_told() -> None:
    asked = {"type": "proofread", "video": FILM, "output_languages": "French", "approve": "perhaps"}
    found = built(table(list(asked), list(asked.values())))
    assert [(issue.header, issue.code) for issue in found.warnings] == [("approve", "not_yes_or_no")]
    assert found.rows[0].jobs[0].answer is None


def test_no_sheet_of_translations_becomes_one_of_proofreads_by_its_columns() -> None:
    found = built(table(["video", "output_languages", "approve"], [FILM, "French", "yes"]))
    assert [row.kind for row in found.rows] == ["translation"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CORRECTED, ""),
        ("\ufeff" + CORRECTED.replace("\n", "\r\n"), ""),
        ("\n\n" + CORRECTED + "\n\n2\n00:00:02.000 --> 00:00:03.5\nZwei\nZeilen\n\n", ""),
        ("", "no subtitles"),
        ("Hello", "line 1 is to be the number"),
        ("1\nHello\n", "line 2 is to say from when to when"),
        ("1\n00:00:02,000 --> 00:00:01,000\nHello\n", "ends before it begins"),
        ("1\n00:00:01,000 --> 00:00:01,000\nHello\n", "ends before it begins"),
        ("1\n00:00:01,000 --> 00:00:02,000\n\n", "has no text"),
        ("1\n00:00:01,000 --> 00:00:02,000", "has no text"),
        (CORRECTED + "\n2\n00:00:61,000 --> 00:00:62,000\nHello\n", "line 6 is to say"),
        ("1\n00:00:05,000 --> 00:00:06,000\nA\n\n2\n00:00:01,000 --> 00:00:02,000\nB\n", "begins before the one"),
    ],
)
def test_subtitles_that_heygen_could_not_use_are_told_with_their_line(text: str, told: str) -> None:
    assert (told in flaw(text)) if told else flaw(text) == ""


# Over the wire, in virtual time -----------------------------------------------------------------------------------


def corrected(folder: Path) -> LocalFile:
    path = folder / "corrected.srt"
    path.write_text(CORRECTED, encoding="utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return LocalFile(digest=digest, size=len(CORRECTED), type="application/x-subrip", path=str(path))


def approves(scenario: Scenario, *files: LocalFile) -> None:
    scenario.jobs = [replace(job, answer=Answer(text="yes", files=files)) for job in scenario.jobs]


def paid(scenario: Scenario) -> Counter[str]:
    """What was charged, by path, without the ids in it."""
    return Counter(line["path"].rpartition("/")[2] for line in scenario.world.ledger.charges)


def test_its_subtitles_are_fetched_and_it_waits_without_a_slot(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [proofread_job()])
    engine = scenario.run()
    assert scenario.statuses() == ["review"]
    assert (engine.gate.held, paid(scenario)) == (0, {"proofreads": 1})
    (state,) = fold(scenario.events()).states.values()
    assert [each.what for each in state.beside] == ["edit", "original"]
    assert all(each.digest for each in state.beside)
    fetched = len(scenario.files.fetched)
    scenario.run()
    assert len(scenario.files.fetched) == fetched


@pytest.mark.parametrize("edits", [False, True])
def test_killed_at_any_step_the_video_is_paid_once_and_made_of_what_was_corrected(tmp_path: Path, edits: bool) -> None:
    steps, crashed = 0, True
    while crashed:
        steps += 1
        folder = tmp_path / str(steps)
        folder.mkdir()
        scenario = Scenario(folder, [proofread_job(2), proofread_job(3, "German")], render=[5.0, 20.0])
        scenario.run()
        approves(scenario, *([corrected(folder)] if edits else []))
        scenario.run(crash_at=steps)
        crashed = scenario.steps.taken >= steps
        scenario.offset += 30.0
        scenario.run()
        assert scenario.statuses() == ["done", "done"], steps
        assert paid(scenario) == {"proofreads": 2, "generate": 2}, steps
        assert len(scenario.world.edits) == (2 if edits else 0), steps
    assert steps > (15 if edits else 10)


def test_killed_at_any_step_before_the_approval_nothing_is_made_without_it(tmp_path: Path) -> None:
    steps, crashed = 0, True
    while crashed:
        steps += 1
        folder = tmp_path / str(steps)
        folder.mkdir()
        scenario = Scenario(folder, [proofread_job(2)], render=[5.0, 20.0])
        scenario.run(crash_at=steps)
        crashed = scenario.steps.taken >= steps
        scenario.run()
        assert scenario.statuses() == ["review"], steps
        assert paid(scenario) == {"proofreads": 1}, steps


LOST = ("drop_before", "drop_after", "reset_after", "error_before:500", "error_after:503", "page_after:502",
        "garbage_after")  # fmt: skip
CALLS = {
    "create": ("POST", f"{PROOFREADS}$"), "put": ("PUT", f"{PROOFREADS}/[^/]+/srt$"),
    "generate": ("POST", f"{PROOFREADS}/[^/]+/generate$"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("call", "fault"),
    [*((call, fault) for call in CALLS for fault in LOST),
     *(("generate", fault) for fault in ("no_id_after", "in_progress:3", "late:200"))],
)  # fmt: skip
def test_lost_answers_of_each_call_cost_nothing(tmp_path: Path, call: str, fault: str) -> None:
    method, path = CALLS[call]
    script = [{"method": method, "path": path, "fault": fault, "nth": "1-2"}]
    scenario = Scenario(tmp_path, [proofread_job()], script=script)
    scenario.run()
    scenario.run()
    approves(scenario, corrected(tmp_path))
    scenario.run()
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert paid(scenario) == {"proofreads": 1, "generate": 1}
    assert len(scenario.world.edits) == 1
    assert scenario.world.ledger.of("fault")


def test_a_lost_approval_is_found_among_the_translations_when_its_key_is_old(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [proofread_job()])
    scenario.run()
    approves(scenario)
    scenario.run(crash_at=4)
    assert paid(scenario)["generate"] == 1
    scenario.offset += 25 * 3600.0
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert paid(scenario)["generate"] == 1


def test_a_proofread_whose_answer_was_lost_for_good_is_unknown_since_no_list_shows_it(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [proofread_job()])
    scenario.run(crash_at=4)
    scenario.offset += 25 * 3600.0
    scenario.run()
    scenario.run()
    assert scenario.statuses() == ["unknown"]
    assert paid(scenario) == {"proofreads": 1}


# As a person lives it ---------------------------------------------------------------------------------------------


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


HEADERS = "type,row_id,video,output_languages,approve"
WAITS = f"proofread,p-1,{FILM},German; French,"
APPROVED = f"{WAITS}yes"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


def test_one_word_in_the_sheet_approves_all_languages_of_the_row(desk: Path) -> None:
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, WAITS)
        told = story.run("films.csv", code=4)
        assert "write yes in a column approve" in told.text
        assert story.column("films.results.csv", "result_status") == ["review", "review"]
        assert story.column("films.results.csv", "result_file") == [
            "films.files/p-1-German.edit.srt", "films.files/p-1-French.edit.srt",
        ]  # fmt: skip
        assert (
            "Read films.files/p-1-German.edit.srt (beside it: p-1-German.original.srt), correct it there" in told.text
        )
        assert (desk / "films.files" / "p-1-German.original.srt").exists()
        assert story.charges == 2
        (desk / "films.files" / "p-1-German.edit.srt").write_text(CORRECTED, encoding="utf-8")
        story.sheet("films.csv", HEADERS, APPROVED)
        told = story.type("check", "films.csv")
        assert "2 waiting for you, with your answer: 2 proofread videos" in told.text
        assert "1 of your files uploaded first" in told.text
        story.run("films.csv")
        assert story.column("films.results.csv", "result_status") == ["done", "done"]
        assert all(story.column("films.results.csv", "result_video_url"))
        assert (story.charges, story.charged_twice) == (4, {})
        assert len(story.heygen.edits) == 1  # what was not changed is not put there
        assert (desk / "films.files" / "p-1-German.edit.srt").read_text() == CORRECTED
        story.run("films.csv")
        assert story.charges == 4


def test_in_the_results_each_language_has_its_own_word(desk: Path) -> None:
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, WAITS)
        story.run("films.csv", code=4)
        lines = story.results("films.results.csv")
        write(desk / "films.results.csv", [{**line, "approve": "x" * (line["result_language"] == "French")}
                                           for line in lines])  # fmt: skip
        story.run("films.results.csv", code=4)
        status = {line["result_language"]: line["result_status"] for line in story.results("films.results.csv")}
        assert status == {"German": "review", "French": "done"}
        assert story.charges == 3


def test_a_line_of_the_results_approves_its_own_language_and_none_whose_line_was_deleted(desk: Path) -> None:
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, WAITS)
        story.run("films.csv", code=4)
        lines = [line for line in story.results("films.results.csv") if line["result_language"] == "German"]
        write(desk / "films.results.csv", [{**line, "approve": "yes"} for line in lines])
        for _ in range(3):
            told = story.run("films.results.csv")
            assert "'French' is a language whose line is not there any more" in told.text
            status = {line["result_language"]: line["result_status"] for line in story.results("films.results.csv")}
            assert status == {"German": "done", "French": "review"}
            assert story.charges == 3
        lines = [{**line, "approve": ""} for line in story.results("films.results.csv") if line["row_id"]]
        write(desk / "films.results.csv", lines)
        story.run("films.results.csv", code=4)
        shown = {line["result_language"]: line["row_id"] for line in story.results("films.results.csv")}
        assert shown == {"German": "p-1", "French": "p-1"}
        assert story.charges == 3


def test_what_waits_for_a_row_that_is_gone_is_told_so_and_keeps_no_run_from_its_end(desk: Path) -> None:
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, WAITS)
        story.run("films.csv", code=4)
        story.sheet("films.csv", HEADERS, f"proofread,p-1,{FILM},French,yes")
        for _ in range(2):
            told = story.run("films.csv", code=0)
            assert "no longer in the sheet: 1 review" in told.text
            assert "do what the lines" not in told.text
        left = story.column("films.results.csv", "result_error")[1]
        assert "an answer, which only its row can give" in left
        assert "write yes" not in left
        assert story.charges == 3
        story.sheet("films.csv", HEADERS, WAITS, f"proofread,p-2,{FILM},French,yes")
        story.run("films.csv", code=4)
        assert story.column("films.results.csv", "result_status") == ["review", "done", "done"]
        assert story.charges == 3


def test_a_row_that_is_skipped_while_it_waits_is_not_told_to_be_answered(desk: Path) -> None:
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", f"{HEADERS},skip", f"{WAITS},")
        story.run("films.csv", code=4)
        story.sheet("films.csv", f"{HEADERS},skip", f"{APPROVED},yes")
        story.run("films.csv", code=0)
        for why in story.column("films.results.csv", "result_error"):
            assert "only its row can give" in why
            assert "write yes" not in why
        assert story.charges == 2


def test_a_file_that_is_not_there_holds_the_approval_back_until_it_has_come_again(desk: Path) -> None:
    """Whoever moved it may have corrected it: without it nobody can tell."""
    edit = desk / "films.files" / "p-1-German.edit.srt"
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, WAITS)
        story.run("films.csv", code=4)
        edit.rename(desk / "for the translator.srt")
        story.sheet("films.csv", HEADERS, APPROVED)
        told = story.run("films.csv", code=4)
        assert "p-1-German.edit.srt is not there: nothing is made" in told.text
        assert story.column("films.results.csv", "result_status") == ["review", "done"]
        assert (story.charges, edit.exists()) == (3, True)
        story.run("films.csv")
        assert story.column("films.results.csv", "result_status") == ["done", "done"]
        assert (story.charges, story.charged_twice) == (4, {})


def test_nothing_is_approved_before_there_was_something_to_read(desk: Path) -> None:
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, WAITS)
        lost = [{"path": f"{PROOFREADS}/[^/]+/srt$", "method": "GET", "fault": "error_before:500", "nth": "1-"}]
        story.heygen.change(script=lost)
        story.run("films.csv", code=4)
        story.sheet("films.csv", HEADERS, APPROVED)
        for script in (lost, []):
            story.heygen.change(script=script)
            told = story.run("films.csv", code=4)
            assert "what you are to read first is not here: nothing is made" in told.text
            assert story.charges == 2
        assert (desk / "films.files" / "p-1-German.edit.srt").exists()
        story.run("films.csv")
        assert (story.charges, story.charged_twice) == (4, {})


def test_corrections_beside_the_sheet_go_along_with_an_approval_in_a_copy_of_it_elsewhere(desk: Path) -> None:
    copy = desk / "copy"
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        sheet = story.sheet("films.csv", HEADERS, f"proofread,p-1,{FILM},German,")
        story.run("films.csv", code=4)
        (desk / "films.files" / "p-1-German.edit.srt").write_text(CORRECTED, encoding="utf-8")
        copy.mkdir()
        (copy / sheet.name).write_text(f"{HEADERS}\nproofread,p-1,{FILM},German,yes\n", encoding="utf-8")
        story.type("run", "films.csv", "--yes", folder=copy)
        assert (story.charges, len(story.heygen.edits)) == (2, 1)


def test_both_steps_are_in_all_that_is_said_of_the_cost(desk: Path) -> None:
    prices = (ROOT / "bulkgen" / "prices.toml").read_text(encoding="utf-8")
    first = 'when = { step = "proofread" }\nper = "output_second"\n'
    (desk / "mine.toml").write_text(prices.replace(first, f"{first}usd = 0.01\n"), encoding="utf-8")
    options = ("--prices", "mine.toml")
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, WAITS)
        story.run("films.csv", *options, code=4)
        story.sheet("films.csv", HEADERS, APPROVED)
        ran = json.loads(story.run("films.csv", *options, "--json").out)
        both = sum(float(cost) for cost in story.column("films.results.csv", "result_cost_usd"))
        assert both == pytest.approx(2 * 2 * (0.01 + 0.0333))
        assert ran["cost"]["spent"] == pytest.approx(both)
        assert json.loads(story.type("status", "films.csv", "--json").out)["cost"]["spent"] == pytest.approx(both)
        costs = json.loads(story.type("status", "--cost", ".", "--json").out)
        assert costs["total"][0]["cost"] == pytest.approx(both)
        assert costs["total"][0]["without_length"] == 0
        assert f"nothing more to pay (${both:.2f} by their lengths)" in story.run("films.csv", *options).text


def test_of_a_video_that_failed_no_correction_comes_too_late(desk: Path) -> None:
    headers, fails = f"{HEADERS},generate.callback_url", "https://example.com/[fail:rendering_failed:3]"
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", headers, f"proofread,p-1,{FILM},German,,{fails}")
        story.run("films.csv", code=4)
        story.sheet("films.csv", headers, f"proofread,p-1,{FILM},German,yes,{fails}")
        told = story.run("films.csv", code=3)
        assert "(they failed as often as --max-attempts allows)" in told.text
        (desk / "films.files" / "p-1-German.edit.srt").write_text(CORRECTED, encoding="utf-8")
        told = story.run("films.csv", code=3)
        assert "has a video by now" not in told.text
        told = story.run("films.csv", "--retry-failed")
        assert "has a video by now" not in told.text
        assert len(story.heygen.edits) == 1


def test_an_approval_that_stood_there_before_there_was_anything_to_read_buys_nothing(desk: Path) -> None:
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, APPROVED)
        for _ in range(3):
            told = story.run("films.csv", code=4)
        assert "no answer to it" in told.text
        assert story.charges == 2
        (desk / "films.files" / "p-1-German.edit.srt").write_text(CORRECTED, encoding="utf-8")
        story.run("films.csv", code=4)  # half-way through the corrections, say
        assert story.charges == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (CORRECTED.encode("utf-16"), "saved as UTF-16"),
        (CORRECTED.replace("Sand", "Säand").encode("cp1252"), "not saved as UTF-8"),
        (b"1\nHello\n", "line 2 is to say from when to when"),
        (b"Nothing of it", "line 1 is to be the number"),
    ],
)
def test_a_file_that_can_not_be_used_holds_the_approval_back_until_it_is_corrected(
    desk: Path, content: bytes, told: str
) -> None:
    edit = desk / "films.files" / "p-1-German.edit.srt"
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, WAITS)
        story.run("films.csv", code=4)
        edit.write_bytes(content)
        story.sheet("films.csv", HEADERS, APPROVED)
        assert told in story.type("check", "films.csv").text
        assert told in story.run("films.csv", code=4).text
        assert story.column("films.results.csv", "result_status") == ["review", "done"]
        assert edit.read_bytes() == content
        edit.write_text(CORRECTED, encoding="utf-8")
        story.run("films.csv")
        assert story.column("films.results.csv", "result_status") == ["done", "done"]
        assert (story.charges, story.charged_twice) == (4, {})


def test_a_file_that_was_deleted_comes_again_and_one_that_was_changed_stays(desk: Path) -> None:
    files = desk / "films.files"
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, WAITS)
        story.run("films.csv", code=4)
        (files / "p-1-German.edit.srt").write_text(CORRECTED, encoding="utf-8")
        (files / "p-1-French.edit.srt").unlink()
        story.run("films.csv", code=4)
        assert (files / "p-1-German.edit.srt").read_text() == CORRECTED
        assert "SANDBOX" in (files / "p-1-French.edit.srt").read_text()
        assert story.charges == 2


def test_a_correction_that_comes_too_late_is_told_and_made_by_redo_alone(desk: Path) -> None:
    edit = desk / "films.files" / "p-1.edit.srt"
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, f"proofread,p-1,{FILM},German,")
        story.run("films.csv", code=4)
        edit = desk / story.column("films.results.csv", "result_file")[0]
        story.sheet("films.csv", HEADERS, f"proofread,p-1,{FILM},German,yes")
        story.run("films.csv")
        edit.write_text(CORRECTED, encoding="utf-8")
        assert "--redo 2" in story.run("films.csv").text
        assert story.charges == 2
        story.run("films.csv", "--redo", "2")
        assert story.column("films.results.csv", "result_status") == ["done"]
        paths = [line["path"].rpartition("/")[2] for line in story.heygen.ledger.charges]
        assert paths == ["proofreads", "generate", "generate"]
        assert len(story.heygen.edits) == 1
        told = story.run("films.csv").text
        assert "--redo 2" not in told
        assert story.charges == 3


def test_subtitles_that_do_not_come_are_told_and_fetched_by_the_next_run(desk: Path) -> None:
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(desk) as story:
        story.sheet("films.csv", HEADERS, WAITS)
        script = [{"path": f"{PROOFREADS}/[^/]+/srt$", "method": "GET", "fault": "error_before:500", "nth": "1-"}]
        story.heygen.change(script=script)
        told = story.run("films.csv", code=4)
        assert "could not be downloaded" in told.text
        story.heygen.change(script=[])
        story.run("films.csv", code=4)
        assert (desk / "films.files" / "p-1-German.edit.srt").exists()
        assert story.charges == 2


def test_the_life_says_what_a_person_does_and_which_step_is_paid() -> None:
    life = KINDS["proofread"].life
    assert life.paid_turn is life.turn(0)
    assert life.turn(1) is None
    assert not life.takes_callback


def test_a_rehearsal_goes_on_from_what_was_corrected(desk: Path) -> None:
    """The sandbox remembers it between commands, and so does what reads its state again."""
    with Story(desk) as story:
        story.sheet("films.csv", HEADERS, WAITS)
        story.run("films.csv", "--sandbox", code=4)
        (desk / "films.sandbox.files" / "p-1-German.edit.srt").write_text(CORRECTED, encoding="utf-8")
        story.sheet("films.csv", HEADERS, APPROVED)
        story.run("films.csv", "--sandbox")
        told = story.run("films.csv", "--sandbox")
        assert "Nothing new" in told.text
        assert story.column("films.sandbox.results.csv", "result_status") == ["done", "done"]
        assert story.charges == 0
