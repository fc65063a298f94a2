"""The whole command as it is typed: in the sandbox, and against the stand-in."""

from __future__ import annotations

import csv
import datetime
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bulkgen.errors import Exit
from bulkgen.ledger.history import fold
from bulkgen.result_columns import ResultColumn
from tests.command import (
    SAMPLES,
    avatars,
    bulkgen,
    command,
    environment,
    events,
    hurried_command,
    in_a_process,
    results,
    wait_for,
)
from tests.forked import forked
from tests.standin.thread import Nearby

SHEETS = {"leads.xlsx": 12, "translations.csv": 6, "voiceovers.csv": 4, "avatars.csv": 4, "mixed.csv": 7}


def sample(folder: Path, *names: str) -> None:
    for name in names:
        shutil.copy(SAMPLES / name, folder)


# In a process of its own -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "avatars.csv", "--sandbox"], Exit.OK),
        (["run", "-", "--sandbox", "--out", "made.csv"], Exit.OK),
        (["run", "voiceovers.csv"], Exit.KEY),
        (["check", "broken.csv", "--sandbox"], Exit.MISTAKES),
        (["check", "leads.xlsx", "--sandbox", "--json"], Exit.OK),
        (["status", "leads.xlsx"], Exit.NOT_FINISHED),
        (["--version"], Exit.OK),
    ],
)
def test_a_command_says_and_leaves_the_same_in_a_process_of_its_own_as_in_this_one(
    tmp_path: Path, words: list[str], code: Exit
) -> None:
    """So that all that the other tests see in this process holds of what a person types."""
    text = "text,voice_id\nZoë asks: 你好?,voice_anna\n"
    told = {}
    for place, run in (("here", bulkgen), ("process", in_a_process)):
        folder = tmp_path / place
        folder.mkdir()
        sample(folder, *(word for word in words if (SAMPLES / word).is_file()))
        done = run(folder, *words, stdin=text)
        left = sorted(path.name for path in folder.iterdir())
        lines = [line for name in left if name.endswith(".csv") for line in results(folder, name)]
        statuses = [line.get("result_status") for line in lines]
        said = re.sub(r"\d+ \w+ \d{4}, \d\d:\d\d UTC", "a moment", done.stdout)
        told[place] = (done.returncode, said, done.stderr, left, statuses)
    assert told["process"] == told["here"]
    assert told["process"][0] == code


# The sandbox -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "lines"), SHEETS.items())
def test_every_sample_ends_with_exit_0_in_the_sandbox_and_again_with_nothing_new(
    tmp_path: Path, name: str, lines: int
) -> None:
    sample(tmp_path, name)
    stem, _, ending = name.partition(".")
    first = bulkgen(tmp_path, "run", name, "--sandbox")
    assert first.returncode == Exit.OK, first.stderr
    assert "SANDBOX" in first.stdout
    made = results(tmp_path, f"{stem}.sandbox.results.{ending}")
    assert len(made) == lines
    assert {line["result_status"] for line in made} <= {"done", "skipped"}
    journal = tmp_path / f"{name}.sandbox.resume.jsonl"
    before = journal.read_bytes()
    second = bulkgen(tmp_path, "run", name, "--sandbox")
    assert second.returncode == Exit.OK
    assert "Nothing new" in second.stdout
    assert journal.read_bytes() == before
    assert results(tmp_path, f"{stem}.sandbox.results.{ending}") == made
    third = bulkgen(tmp_path, "run", f"{stem}.sandbox.results.{ending}", "--sandbox")
    assert third.returncode == Exit.OK, third.stderr
    assert journal.read_bytes() == before
    assert results(tmp_path, f"{stem}.sandbox.results.{ending}") == made
    assert not list(tmp_path.glob("*.lock"))
    assert not list(tmp_path.glob(".*"))


def test_recordings_are_real_files_of_the_size_that_is_recorded(tmp_path: Path) -> None:
    sample(tmp_path, "voiceovers.csv")
    bulkgen(tmp_path, "run", "voiceovers.csv", "--sandbox")
    for line in results(tmp_path, "voiceovers.sandbox.results.csv"):
        file = tmp_path / line["result_file"]
        assert file.read_bytes()[:3] in (b"ID3", b"\xff\xfb\x90", b"\xff\xf3\x40") or file.stat().st_size > 500
    saved = [event for event in events(tmp_path / "voiceovers.csv.sandbox.resume.jsonl") if event["event"] == "saved"]
    assert [(tmp_path / event["file"]).stat().st_size for event in saved] == [event["bytes"] for event in saved]


def test_a_broken_sheet_sends_nothing_and_names_every_mistake_with_its_cell(tmp_path: Path) -> None:
    sample(tmp_path, "broken.csv")
    done = bulkgen(tmp_path, "run", "broken.csv", "--sandbox")
    assert done.returncode == Exit.MISTAKES
    for place in ["C2", "B4", "F5", "F6", "G7", "F8", "I9", "I10", "M11", "L12", "K13", "L14", "H15", "J16", "A17"]:
        assert f"broken!{place}:" in done.stderr
    assert "broken row 18:" in done.stderr
    assert "Nothing was sent" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.csv"]


def test_skip_invalid_goes_on_with_the_good_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,voice_id\nHello,voice_anna\n,voice_anna\n")
    done = bulkgen(tmp_path, "run", "a.csv", "--sandbox", "--skip-invalid")
    assert done.returncode == Exit.SOME_FAILED
    lines = results(tmp_path, "a.sandbox.results.csv")
    assert [line["result_status"] for line in lines] == ["done", "invalid"]
    assert "text: is blank" in lines[1]["result_error"]


def test_a_row_that_fails_in_the_sandbox_ends_with_exit_3_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("avatar_id,script\nlook_abigail,Hello\nlook_abigail,Hello [fail]\n")
    done = bulkgen(tmp_path, "run", "a.csv", "--sandbox")
    assert done.returncode == Exit.SOME_FAILED
    lines = results(tmp_path, "a.sandbox.results.csv")
    assert [line["result_status"] for line in lines] == ["done", "failed"]
    assert lines[1]["result_error"].startswith("HeyGen's side: the rendering failed")


def test_originals_keep_value_type_and_format(tmp_path: Path) -> None:
    sample(tmp_path, "leads.xlsx")
    bulkgen(tmp_path, "run", "leads.xlsx", "--sandbox")
    given = load_workbook(tmp_path / "leads.xlsx").active
    assert given is not None
    made = load_workbook(tmp_path / "leads.sandbox.results.xlsx")[given.title]
    for row, twins in zip(given.iter_rows(), made.iter_rows(), strict=True):
        for cell, twin in zip(row, twins, strict=False):
            assert (twin.value, twin.data_type) == (cell.value, cell.data_type)
            if cell.data_type != "s":
                assert twin.number_format == cell.number_format
    assert made.cell(1, 10).value == ResultColumn.STATUS.heading
    assert (made.cell(2, 6).value, made.cell(3, 7).number_format) == ("0171 555 0143", "00000")


def test_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    sample(tmp_path, "voiceovers.csv", "broken.csv")
    done = bulkgen(tmp_path, "run", "voiceovers.csv", "--sandbox", "--json")
    data = json.loads(done.stdout)
    assert (data["exit_code"], data["counts"], data["new"]) == (0, {"done": 4}, 4)
    assert [job["status"] for job in data["jobs"]] == ["done"] * 4
    checked = bulkgen(tmp_path, "check", "broken.csv", "--sandbox", "--json")
    found = json.loads(checked.stdout)
    assert found["exit_code"] == checked.returncode == Exit.MISTAKES
    assert {"cell": "broken!C2", "column": "first_name"}.items() <= found["mistakes"][0].items()
    missing = bulkgen(tmp_path, "check", "nothing.csv", "--json")
    assert json.loads(missing.stdout)["exit_code"] == Exit.MISTAKES


def test_check_sends_and_writes_nothing(tmp_path: Path) -> None:
    sample(tmp_path, "leads.xlsx")
    done = bulkgen(tmp_path, "check", "leads.xlsx", "--sandbox")
    assert done.returncode == Exit.OK
    assert "12 template videos" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["leads.xlsx"]


def test_status_needs_neither_network_nor_key(tmp_path: Path) -> None:
    sample(tmp_path, "leads.xlsx")
    before = bulkgen(tmp_path, "status", "leads.xlsx")
    assert (before.returncode, "12 queued" in before.stdout) == (Exit.NOT_FINISHED, True)
    bulkgen(tmp_path, "run", "leads.xlsx", "--sandbox")
    after = bulkgen(tmp_path, "status", "leads.xlsx", "--sandbox")
    assert (after.returncode, "12 done" in after.stdout) == (Exit.OK, True)


def test_limit_rows_and_set(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nOne\nTwo\nThree\nFour\n")
    done = bulkgen(
        tmp_path, "run", "a.csv", "--sandbox", "--set", "voice_id=voice_anna", "--rows", "3-5", "--limit", "2"
    )
    assert done.returncode == Exit.NOT_FINISHED
    lines = results(tmp_path, "a.sandbox.results.csv")
    assert [line["result_status"] for line in lines] == ["queued", "done", "done", "queued"]
    again = bulkgen(tmp_path, "run", "a.csv", "--sandbox", "--set", "voice_id=voice_anna", "--rows", "3-4")
    assert again.returncode == Exit.OK
    assert "Nothing new" in again.stdout


def test_a_sheet_from_standard_input_needs_a_name_for_its_results(tmp_path: Path) -> None:
    text = "text,voice_id\nHello,voice_anna\n"
    assert bulkgen(tmp_path, "run", "-", "--sandbox", stdin=text).returncode == Exit.MISTAKES
    done = bulkgen(tmp_path, "run", "-", "--sandbox", "--out", "made.csv", stdin=text)
    assert done.returncode == Exit.OK, done.stderr
    assert results(tmp_path, "made.csv")[0]["result_status"] == "done"


def test_a_renamed_sheet_is_not_made_again(tmp_path: Path) -> None:
    sample(tmp_path, "voiceovers.csv")
    bulkgen(tmp_path, "run", "voiceovers.csv", "--sandbox")
    (tmp_path / "voiceovers.csv").rename(tmp_path / "renamed.csv")
    done = bulkgen(tmp_path, "run", "renamed.csv", "--sandbox")
    assert done.returncode == Exit.OK
    assert "Nothing new" in done.stdout
    assert "in voiceovers.csv: taken over" in done.stderr
    charged = events(tmp_path / "renamed.csv.sandbox.resume.jsonl")
    assert len({event["key"] for event in charged if event["event"] == "submitting"}) == 4


def test_an_edited_row_says_what_it_replaces_and_many_need_a_word_of_their_own(tmp_path: Path) -> None:
    def write(greeting: str) -> None:
        rows = [f"{greeting} number {n},voice_anna" for n in range(12)]
        (tmp_path / "a.csv").write_text("\n".join(["text,voice_id", *rows]))

    write("Hello")
    assert bulkgen(tmp_path, "run", "a.csv", "--sandbox").returncode == Exit.OK
    write("Good day")
    stopped = bulkgen(tmp_path, "run", "a.csv", "--sandbox", "--yes")
    assert stopped.returncode == Exit.MISTAKES
    assert "--replace" in stopped.stderr
    assert "12  of them in place of a finished result" in stopped.stderr
    assert bulkgen(tmp_path, "run", "a.csv", "--sandbox", "--yes", "--replace").returncode == Exit.OK


def test_redo_makes_finished_rows_again(tmp_path: Path) -> None:
    sample(tmp_path, "voiceovers.csv")
    bulkgen(tmp_path, "run", "voiceovers.csv", "--sandbox")
    done = bulkgen(tmp_path, "run", "voiceovers.csv", "--sandbox", "--redo", "2,4")
    assert done.returncode == Exit.OK
    journal = events(tmp_path / "voiceovers.csv.sandbox.resume.jsonl")
    assert sum(event["event"] == "submitting" for event in journal) == 6


@pytest.mark.parametrize(
    "arguments",
    [["run", "a.csv", "--rows", "x"], ["run", "a.csv", "--timeout", "soon"], ["run", "a.csv", "--set", "voice"],
     ["run"], ["fly", "a.csv"], ["run", "a.csv", "--concurrency", "0"], ["run", "a.pdf"]],
)  # fmt: skip
def test_wrong_words_on_the_command_line_end_with_exit_2(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "a.csv").write_text("text,voice_id\nHi,voice_anna\n")
    assert bulkgen(tmp_path, *arguments, "--sandbox").returncode == Exit.MISTAKES


# Against the stand-in ----------------------------------------------------------------------------------------------


def test_no_key_ends_with_exit_7_and_says_where_to_get_one_but_mistakes_come_first(tmp_path: Path) -> None:
    avatars(tmp_path, 1)
    done = bulkgen(tmp_path, "run", "a.csv")
    assert done.returncode == Exit.KEY
    assert "https://app.heygen.com" in done.stderr
    sample(tmp_path, "broken.csv")
    assert bulkgen(tmp_path, "run", "broken.csv").returncode == Exit.MISTAKES


def test_a_wrong_key_ends_with_exit_7(tmp_path: Path) -> None:
    avatars(tmp_path, 1)
    with Nearby(tmp_path / "ledger.jsonl") as heygen:
        done = bulkgen(tmp_path, "run", "a.csv", "--yes", env={**heygen.env, "HEYGEN_API_KEY": "sk_of_nobody"})
    assert done.returncode == Exit.KEY
    assert "sk_of_nobody" not in done.stderr + done.stdout


def test_without_a_terminal_yes_is_needed(tmp_path: Path) -> None:
    avatars(tmp_path, 2)
    with Nearby(tmp_path / "ledger.jsonl", time_scale=0.01) as heygen:
        done = bulkgen(tmp_path, "run", "a.csv", env=heygen.env)
        assert done.returncode == Exit.MISTAKES
        assert "--yes" in done.stderr
        assert not heygen.ledger.charges
        assert bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env).returncode == Exit.OK
        assert len(heygen.ledger.charges) == 2
        again = bulkgen(tmp_path, "run", "a.csv", env=heygen.env)  # nothing paid: nothing to ask
        assert again.returncode == Exit.OK
        assert len(heygen.ledger.charges) == 2


def test_the_key_goes_to_heygen_only_and_into_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,voice_id\nHello,voice_ann\n")
    with Nearby(tmp_path / "ledger.jsonl", key="sk_very_secret") as heygen:
        done = bulkgen(tmp_path, "run", "a.csv", "--yes", "--log-file", "log.txt", env=heygen.env)
        assert done.returncode == Exit.OK, done.stderr
        assert not heygen.ledger.leaks
    texts = [done.stdout, done.stderr, *(p.read_text(errors="replace") for p in tmp_path.glob("*.*") if p.is_file())]
    assert not any("sk_very_secret" in text for text in texts)
    assert "POST /v3/voices/speech: 200" in (tmp_path / "log.txt").read_text()


def test_another_accounts_resume_file_is_refused(tmp_path: Path) -> None:
    avatars(tmp_path, 2)
    with Nearby(tmp_path / "one.jsonl", time_scale=0.01) as heygen:
        bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env)
        heygen.world.change(username="somebody else")
        done = bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env)
        assert done.returncode == Exit.RESUME_FILE
        assert len(heygen.ledger.charges) == 2


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    avatars(tmp_path, 3)
    with Nearby(tmp_path / "ledger.jsonl", never_ends=True) as heygen:
        first = forked(command("run", "a.csv", "--yes"), cwd=tmp_path, env=environment(heygen.env))
        try:
            wait_for(lambda: len(heygen.ledger.charges) == 3)
            second = bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env)
            assert second.returncode == Exit.LOCKED
            assert str(first.pid) in second.stderr
            assert bulkgen(tmp_path, "status", "a.csv").returncode == Exit.NOT_FINISHED
        finally:
            first.kill()
            first.wait()


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_killed_in_mid_run_and_run_again_every_job_is_charged_once(tmp_path: Path) -> None:
    avatars(tmp_path, 40)
    with Nearby(tmp_path / "ledger.jsonl", time_scale=0.004, post_seconds=[0.0, 0.1]) as heygen:
        words = hurried_command("run", "a.csv", "--yes", "--quiet")
        run = forked(words, cwd=tmp_path, env=environment(heygen.env))
        wait_for(lambda: len(heygen.ledger.charges) >= 15)
        run.kill()
        run.wait()
        done = bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env)
        assert done.returncode == Exit.OK, done.stderr
        ledger = heygen.ledger
    assert len(ledger.charges) == 40
    assert set(ledger.per("wish").values()) == {1}
    recorded = {event.get("key") for event in events(tmp_path / "a.csv.resume.jsonl")}
    assert ledger.per("key").keys() <= recorded
    assert all(state.status == "done" for state in fold(events(tmp_path / "a.csv.resume.jsonl")).states.values())
    assert [line["result_status"] for line in results(tmp_path, "a.results.csv")] == ["done"] * 40


def test_no_wait_leaves_and_a_later_run_collects(tmp_path: Path) -> None:
    avatars(tmp_path, 3)
    with Nearby(tmp_path / "ledger.jsonl", time_scale=0.001) as heygen:
        first = bulkgen(tmp_path, "run", "a.csv", "--yes", "--no-wait", env=heygen.env)
        assert first.returncode == Exit.NOT_FINISHED
        wait_for(lambda: not heygen.world.state()["in_progress"])
        second = bulkgen(tmp_path, "run", "a.csv", env=heygen.env)
        assert second.returncode == Exit.OK, second.stderr
        assert len(heygen.ledger.charges) == 3


def test_the_time_that_was_given_ends_the_run_with_exit_4(tmp_path: Path) -> None:
    avatars(tmp_path, 2)
    with Nearby(tmp_path / "ledger.jsonl", never_ends=True) as heygen:
        done = bulkgen(tmp_path, "run", "a.csv", "--yes", "--timeout", "1s", env=heygen.env)
    assert done.returncode == Exit.NOT_FINISHED
    assert [line["result_status"] for line in results(tmp_path, "a.results.csv")] == ["rendering"] * 2


def test_a_heygen_that_is_not_there_ends_with_exit_4(tmp_path: Path) -> None:
    avatars(tmp_path, 1)
    env = {"HEYGEN_API_BASE": "http://127.0.0.1:9", "HEYGEN_API_KEY": "k"}
    done = bulkgen(tmp_path, "check", "a.csv", env=env)
    assert done.returncode == Exit.NOT_FINISHED
    assert "can't be reached" in done.stderr


@pytest.mark.parametrize("code", ["400", "410", "500"])
def test_a_look_up_that_heygen_refuses_is_no_rows_fault_and_says_what_to_do(tmp_path: Path, code: str) -> None:
    (tmp_path / "a.csv").write_text("video,languages\nhttps://example.com/v.mp4,French\n")
    refused = [{"method": "GET", "path": "/v3/video-translations/languages", "fault": f"error_before:{code}"}]
    with Nearby(tmp_path / "ledger.jsonl", script=refused) as heygen:
        done = bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env)
        assert not heygen.ledger.charges
    assert done.returncode == Exit.NOT_FINISHED
    assert "Nothing was sent. Run the same command again in some minutes." in done.stderr
    assert ".." not in done.stderr


# Results as input --------------------------------------------------------------------------------------------------


def test_odd_texts_survive_the_way_through_a_results_csv_and_nothing_is_made_again(tmp_path: Path) -> None:
    texts = ["=SUM(A1:A2) is a formula", "'=quoted", "''=twice", "+1 555 0199", "-5", "@home", " spaces  ", "a\nb",
             'say "hi", please; now | then', "007", "NA", "None", "1E5", "\ttab", "Zoë 🎉", "٣"]  # fmt: skip
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["text", "voice_id", "note"], *([text, "voice_anna", text] for text in texts)])
    assert bulkgen(tmp_path, "run", "a.csv", "--sandbox").returncode == Exit.OK
    made = (tmp_path / "a.sandbox.results.csv").read_bytes()
    for sheet in ("a.sandbox.results.csv", "a.csv"):
        again = bulkgen(tmp_path, "run", sheet, "--sandbox")
        assert (again.returncode, "Nothing new" in again.stdout) == (Exit.OK, True), again.stderr
        assert (tmp_path / "a.sandbox.results.csv").read_bytes() == made
    assert [line["note"] for line in results(tmp_path, "a.sandbox.results.csv")] == texts


def test_numbers_and_dates_of_a_workbook_survive_the_way_through_its_results(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["text", "voice_id", "zip", "day", "share", "price", "at", "flag"])
    merged = "{{zip}} on {{day}}, {{share}} of {{price}} at {{at}}, {{flag}}"
    for n in range(3):
        day, at = datetime.datetime(2026, 3, n + 1), datetime.time(9, 30 + n)
        sheet.append([merged, "voice_anna", 417 + n, day, 0.125, 1234.5, at, n == 1])
        for column, form in ((3, "00000"), (4, "d mmmm yyyy"), (5, "0.0%"), (6, "$#,##0.00"), (7, "h:mm AM/PM")):
            sheet.cell(n + 2, column).number_format = form
    book.save(tmp_path / "a.xlsx")
    assert bulkgen(tmp_path, "run", "a.xlsx", "--sandbox").returncode == Exit.OK
    journal = events(tmp_path / "a.xlsx.sandbox.resume.jsonl")
    again = bulkgen(tmp_path, "run", "a.sandbox.results.xlsx", "--sandbox")
    assert (again.returncode, "Nothing new" in again.stdout) == (Exit.OK, True), again.stderr
    assert events(tmp_path / "a.xlsx.sandbox.resume.jsonl") == journal
    as_csv = bulkgen(tmp_path, "run", "a.xlsx", "--sandbox", "--out", "b.csv")
    assert as_csv.returncode == Exit.OK
    assert bulkgen(tmp_path, "run", "b.csv", "--sandbox").returncode == Exit.OK
    new = events(tmp_path / "a.xlsx.sandbox.resume.jsonl")[len(journal) :]
    assert {event["event"] for event in new} == {"written"}
    line = results(tmp_path, "b.csv")[0]
    assert [line[name] for name in ("zip", "day", "share", "price", "at")] == [
        "00417", "1 March 2026", "12.5%", "$1,234.50", "9:30 AM",
    ]  # fmt: skip


def test_titles_above_the_headers_are_told_and_stepped_over(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Our greetings\n\ntext,voice_id\nHello,voice_anna\n")
    done = bulkgen(tmp_path, "run", "a.csv", "--sandbox")
    assert done.returncode == Exit.OK
    assert "Headers in row 3" in done.stderr
    assert bulkgen(tmp_path, "check", "a.csv", "--sandbox", "--header-row", "1").returncode == Exit.MISTAKES


def test_hidden_rows_are_left_out_unless_they_are_asked_for(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["text", "voice_id"], ["One", "voice_anna"], ["Two", "voice_anna"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    book.save(tmp_path / "a.xlsx")
    done = bulkgen(tmp_path, "run", "a.xlsx", "--sandbox")
    assert "1 voice-over: 1 done; 1 row skipped." in done.stdout
    more = bulkgen(tmp_path, "run", "a.xlsx", "--sandbox", "--include-hidden")
    assert "2 done" in more.stdout
    assert "are hidden" not in done.stdout + done.stderr

    sheet.row_dimensions[2].hidden = True
    book.save(tmp_path / "b.xlsx")
    none = bulkgen(tmp_path, "check", "b.xlsx", "--offline")
    assert "all rows below the headers are hidden (2 rows)" in none.stdout + none.stderr
    assert "add --include-hidden" in none.stdout + none.stderr
    all_ = bulkgen(tmp_path, "check", "b.xlsx", "--offline", "--include-hidden")
    assert "are hidden" not in all_.stdout + all_.stderr


def test_offline_checks_the_sheet_alone_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,voice_id\nHello,no_such_voice\n")
    done = bulkgen(tmp_path, "check", "a.csv", "--offline")
    assert done.returncode == Exit.OK
    assert "nothing was checked against the account" in done.stderr


def test_what_is_most_likely_not_meant_is_told_and_nothing_is_held_back(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,voice_id\nHello {first_name}!,voice_anna\nWrite to a@b.com,voice_anna\n")
    done = bulkgen(tmp_path, "check", "a.csv", "--sandbox", "--json")
    data = json.loads(done.stdout)
    assert done.returncode == Exit.OK
    assert [warning["cell"] for warning in data["warnings"]] == ["a!A2", "a!A3"]
    assert data["to_send"] == 2


def test_check_marks_the_mistakes_in_a_copy_that_can_be_corrected_and_used(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,voice_id\nHello,voice_anna\n,voice_anna\n")
    done = bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    assert done.returncode == Exit.MISTAKES
    assert "a.sandbox.check.xlsx" in done.stderr
    book = load_workbook(tmp_path / "a.sandbox.check.xlsx")
    assert book.sheetnames == ["Mistakes", "a"]
    assert book["a"]["A3"].comment is not None
    book["a"]["A3"] = "Good day"
    book.save(tmp_path / "a.sandbox.check.xlsx")
    again = bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    assert "a.sandbox.check-2.xlsx" in again.stderr
    assert load_workbook(tmp_path / "a.sandbox.check.xlsx")["a"]["A3"].value == "Good day"
    corrected = bulkgen(tmp_path, "run", "a.sandbox.check.xlsx", "--sandbox")
    assert corrected.returncode == Exit.OK, corrected.stderr
    assert [line["result_status"] for line in results(tmp_path, "a.sandbox.results.xlsx")] == ["done", "done"]
    assert (tmp_path / "a.csv.sandbox.resume.jsonl").exists() or (tmp_path / "a.xlsx.sandbox.resume.jsonl").exists()


def test_a_marked_copy_that_nobody_has_changed_is_replaced(tmp_path: Path) -> None:
    sheet, copy = tmp_path / "a.csv", tmp_path / "a.sandbox.check.xlsx"
    sheet.write_text("text,voice_id\nHello,voice_anna\n,voice_anna\n")
    bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    sheet.write_text("text,voice_id\nHello,voice_nobody_has\nGood day,voice_anna\n,voice_anna\n")
    bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    assert load_workbook(copy)["a"]["A3"].value == "Good day"
    assert [path.name for path in tmp_path.glob("*.check*")] == [copy.name]


def test_a_marked_copy_is_removed_where_nothing_is_left_to_be_marked(tmp_path: Path) -> None:
    sheet, copy = tmp_path / "a.csv", tmp_path / "a.sandbox.check.xlsx"
    sheet.write_text("text,voice_id\nHello,voice_anna\n,voice_anna\n")
    bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    sheet.write_text("text,voice_id\nHello,voice_anna\nGood day,voice_anna\n")
    for part in (["--rows", "2"], ["--offline"], ["--test"]):
        bulkgen(tmp_path, "check", "a.csv", "--sandbox", *part)
        assert copy.exists(), part
    done = bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    assert "Removed, since nothing is left to be marked: a.sandbox.check.xlsx." in done.stderr
    assert not copy.exists()
    assert "marked" not in bulkgen(tmp_path, "check", "a.csv", "--sandbox").stderr


def test_a_marked_copy_that_is_open_elsewhere_is_said_to_be_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = tmp_path / "a.csv"
    sheet.write_text("text,voice_id\n,voice_anna\n")
    bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    sheet.write_text("text,voice_id\nHello,voice_anna\n")

    def locked(_path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", locked)
    done = bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    assert "Out of date, since nothing is left to be marked: a.sandbox.check.xlsx." in done.stderr


def test_a_marked_copy_in_which_somebody_works_or_that_is_the_sheet_is_never_removed(tmp_path: Path) -> None:
    sheet, copy = tmp_path / "a.csv", tmp_path / "a.sandbox.check.xlsx"
    sheet.write_text("text,voice_id\nHello,\n")
    bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    done = bulkgen(tmp_path, "check", copy.name, "--sandbox", "--set", "voice_id=voice_anna")
    assert done.returncode == Exit.OK
    assert copy.exists()
    book = load_workbook(copy)
    book["a"]["A2"] = "Good day"
    book.save(copy)
    assert bulkgen(tmp_path, "check", "a.csv", "--sandbox", "--set", "voice_id=voice_anna").returncode == Exit.OK
    assert load_workbook(copy)["a"]["A2"].value == "Good day"


def test_no_copy_is_made_where_no_cell_is_to_be_marked(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nHello\n")
    done = bulkgen(tmp_path, "check", "a.csv", "--sandbox", "--set", "voice_id=voice_anna", "--set", "locales=en-US")
    assert "looks like locale, misspelt" in done.stderr
    assert not list(tmp_path.glob("*.check*"))


def test_of_a_long_sheet_the_mistakes_are_listed_without_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bulkgen.results.marked.COPIED", 2_000)
    rows = "".join(f"Hello {number},voice_anna\n" for number in range(2_000))
    (tmp_path / "a.csv").write_text(f"text,voice_id\n{rows},voice_anna\n")
    done = bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    assert done.returncode == Exit.MISTAKES
    assert "a list without a copy: 2,001 rows are too many" in done.stderr
    assert load_workbook(tmp_path / "a.sandbox.check.xlsx").sheetnames == ["Mistakes"]
    given = bulkgen(tmp_path, "check", "a.sandbox.check.xlsx", "--sandbox")
    assert given.returncode == Exit.MISTAKES
    assert "is the list of what bulkgen found in a sheet" in given.stderr


def test_links_that_lead_nowhere_public_are_found_before_anything_is_sent(tmp_path: Path) -> None:
    rows = ["https://127.0.0.1:9/a.mp4,French", "https://no-such-host.invalid/b.mp4,French"]
    (tmp_path / "a.csv").write_text("\n".join(["video,languages", *rows]))
    with Nearby(tmp_path / "ledger.jsonl", time_scale=0.01) as heygen:
        done = bulkgen(tmp_path, "check", "a.csv", "--json", env=heygen.env)
        data = json.loads(done.stdout)
        assert done.returncode == Exit.MISTAKES
        assert [issue["cell"] for issue in data["mistakes"]] == ["a!A2"]
        assert [issue["cell"] for issue in data["warnings"]] == ["a!A3"]
        assert not heygen.ledger.charges


# What somebody tried -----------------------------------------------------------------------------------------------


def test_the_command_to_type_next_has_everything_that_decides_what_a_row_asks_for(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nOne\nTwo\n")
    first = bulkgen(
        tmp_path, "run", "a.csv", "--sandbox", "--set", "voice_id=voice_anna", "--limit", "1", "--out", "my out.csv"
    )
    assert "Next: bulkgen run a.csv --sandbox --set voice_id=voice_anna --out 'my out.csv' " in first.stdout
    second = bulkgen(tmp_path, "run", "a.csv", "--set", "voice_id=voice_anna", "--out", "my out.csv", "--sandbox")
    assert "2 done" in second.stdout
    journal = events(tmp_path / "a.csv.sandbox.resume.jsonl")
    assert sum(event["event"] == "submitting" for event in journal) == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--redo", "99"], "no such row"),
        (["--rows", "40-50"], "no such row"),
        (["--redo", "2", "--rows", "3"], "not among --rows"),
        (["--resume", "."], "is a folder"),
        (["--out", "nowhere/a.csv"], "no folder"),
        (["--out", "x.csv", "--resume", "x.csv"], "at once"),
        (["--log-file", "a.csv"], "is no log of bulkgen's"),
        (["--resume", "a.csv"], "at once"),
        (["--log-file", "nowhere/log"], "can't be written there"),
    ],
)
def test_options_that_would_do_harm_or_nothing_are_refused_before_anything_is_sent(
    tmp_path: Path, options: list[str], told: str
) -> None:
    (tmp_path / "a.csv").write_text("text,voice_id\nOne,voice_anna\nTwo,voice_anna\n")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = bulkgen(tmp_path, "run", "a.csv", "--sandbox", *options)
    assert done.returncode == Exit.MISTAKES
    assert told in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_results_sheet_without_its_record_is_not_paid_for_again(tmp_path: Path) -> None:
    sample(tmp_path, "voiceovers.csv")
    bulkgen(tmp_path, "run", "voiceovers.csv", "--sandbox")
    away = tmp_path / "away"
    away.mkdir()
    shutil.copy(tmp_path / "voiceovers.sandbox.results.csv", away / "other.csv")
    done = bulkgen(away, "run", "other.csv", "--sandbox")
    assert done.returncode == Exit.MISTAKES
    assert "4 rows (row 2, 3, 4, 5) were made already" in done.stderr
    assert [path.name for path in away.iterdir()] == ["other.csv"]


def test_the_second_sheet_of_a_workbook_replaces_nothing_of_the_first(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for name in ("A", "B"):
        sheet = book.create_sheet(name)
        sheet.append(["text", "voice_id"])
        for n in range(11):
            sheet.append([f"{name} {n}", "voice_anna"])
    del book["Sheet"]
    book.save(tmp_path / "two.xlsx")
    assert bulkgen(tmp_path, "run", "two.xlsx", "--sandbox", "--sheet", "A", "--yes").returncode == Exit.OK
    second = bulkgen(tmp_path, "run", "two.xlsx", "--sandbox", "--sheet", "B", "--yes")
    assert second.returncode == Exit.OK, second.stderr
    assert "in place of" not in second.stderr
    assert (tmp_path / "two.A.sandbox.results.xlsx").exists()
    assert (tmp_path / "two.B.sandbox.results.xlsx").exists()


def test_a_field_that_nothing_closes_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,voice_id,name\nHi {{name,voice_anna,Ann\n")
    done = bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    assert done.returncode == Exit.MISTAKES
    assert "a!A2" in done.stderr


def test_a_check_that_leaves_mistakes_out_does_not_call_them_right(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,voice_id\nHello,voice_anna\n,voice_anna\n", encoding="utf-8")
    done = bulkgen(tmp_path, "check", "a.csv", "--sandbox", "--skip-invalid")
    assert done.returncode == Exit.OK
    assert "Rows with mistakes are left out" in done.stderr
    assert "Everything" not in done.stderr
