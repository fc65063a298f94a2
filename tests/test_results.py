from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.batch.outcome import exit_code_of
from bulkgen.batch.settings import Settings
from bulkgen.cli.report import report_summary
from bulkgen.disk.whole import write_whole
from bulkgen.errors import Exit
from bulkgen.kinds.outcome import Detail, Links
from bulkgen.ledger.events import format_time
from bulkgen.ledger.state import State, Wish
from bulkgen.model import Cell, Row, Table
from bulkgen.results.entries import Entry, entries
from bulkgen.results.previous import links_by_id
from bulkgen.results.table import Results, results_table
from bulkgen.results.words import explain
from bulkgen.results.writers import cut_cells, write_results
from bulkgen.sheet import read_sheet
from bulkgen.texts import guard, unguard
from tests.command import bulkgen
from tests.making import built, table

NOW = 1_790_000_000.0
LINK = "https://example.com/v.mp4"


def finished(sheet: Table) -> tuple[Results, dict[str, State]]:
    rows = built(sheet).rows
    states = {
        job.fingerprint: State(1, "finished", id=f"id_{n}", finished_at="2026-11-21T10:00:00Z")
        for n, row in enumerate(rows)
        for job in row.jobs
    }
    details = {key: Detail("completed", Links(video=f"https://h/{key[:6]}.mp4"), 2.5) for key in states}
    return results_table(sheet, entries(rows, states), details), states


def texts(results: Results) -> list[dict[str, str]]:
    return [dict(zip(results.headers, (cell.text for cell in line), strict=True)) for line in results.lines]


def test_a_row_with_several_languages_repeats_in_place() -> None:
    sheet = table(["video", "languages", "crm"], [LINK, "French; English", "7"], [LINK, "French", "8"])
    lines = texts(finished(sheet)[0])
    assert [(line["crm"], line["result_language"]) for line in lines] == [
        ("7", "French"),
        ("7", "English"),
        ("8", "French"),
    ]


def in_review() -> tuple[list[Entry], Results]:
    """A row that is done, and one that waits for the person."""
    sheet = table(["text", "voice_id"], ["Hi", "v_1"], ["Ho", "v_1"])
    rows = built(sheet).rows
    done, waiting = (row.jobs[0].fingerprint for row in rows)
    states = {done: State(1, "saved"), waiting: State(1, "review", id="s_1", message="Which of the two?")}
    found = entries(rows, states)
    page = Detail("review", Links(page="https://app.heygen.com/s_1"), message="Which of the two?")
    return found, results_table(sheet, found, {waiting: page})


def test_a_row_that_waits_for_the_person_says_what_and_where_to_answer() -> None:
    line = texts(in_review()[1])[1]
    assert line["result_status"] == "review"
    assert line["result_page_url"] == "https://app.heygen.com/s_1"
    assert line["result_error"] == (
        "It waits for you at HeyGen (HeyGen: Which of the two?). Open result_page_url, answer there, then run the "
        "same command again"
    )


def test_what_waits_for_the_person_is_not_finished_and_the_summary_says_what_to_do() -> None:
    found, _ = in_review()
    assert exit_code_of(found) is Exit.NOT_FINISHED
    results = Path("leads.results.xlsx")
    told = report_summary(found, Exit.NOT_FINISHED, Settings(), results, "bulkgen run leads.xlsx")
    assert "1 done, 1 review." in told
    assert "row 3: It waits for you at HeyGen" in told
    assert told.endswith("Next: do what the lines that wait for you say (result_error), then bulkgen run leads.xlsx")


def test_rows_that_share_a_job_show_the_same_result() -> None:
    lines = texts(finished(table(["text", "voice_id"], ["Hi", "v_1"], ["Hi", "v_1"]))[0])
    assert lines[0] == lines[1]
    assert lines[0]["result_id"]


def test_columns_that_no_line_fills_are_left_out_but_three_always_stand() -> None:
    sheet = table(["text", "voice_id"], ["Hi", "v_1"])
    results = results_table(sheet, entries(built(sheet).rows, {}), {})
    assert results.headers == ("text", "voice_id", "result_status", "result_error", "result_kind", "result_id")


def test_results_of_an_earlier_run_are_replaced() -> None:
    headers = ["text", "Result_Status", "voice_id", "result_error", "result_page_url"]
    lines = texts(finished(table(headers, ["Hi", "failed", "v_1", "old", "old"]))[0])
    assert list(lines[0])[:3] == ["text", "voice_id", "result_status"]
    assert (lines[0]["result_status"], lines[0]["result_error"]) == ("done", "")


def test_an_invalid_row_says_what_is_wrong_and_a_skipped_one_why_it_is() -> None:
    sheet = table(["text", "voice_id", "skip"], [None, "v_1", None], ["Hi", "v_1", "yes"])
    lines = texts(results_table(sheet, entries(built(sheet).rows, {}), {}))
    assert lines[0]["result_error"] == "text: is blank. Fill the cell."
    assert lines[1]["result_status"] == "skipped"
    assert lines[1]["result_error"] == "The row is left out by its column skip. To have it made, clear that cell"


# Safe files ---------------------------------------------------------------------------------------------------------

HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "'=1",
    "''=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－2＋3",
    "＠SUM(A1)",
    "'＝1",
]

#: What the version before the full-width signs were guarded wrote, and the texts that it stood for.
GUARDED_BEFORE = {
    "'=1+1": "=1+1", "'+49 x": "+49 x", "'-2+3": "-2+3", "'@x": "@x", "'\t=1": "\t=1", "'\r=1": "\r=1", "''=1": "'=1",
    "'quoted'": "'quoted'", "'": "'", "''": "''", "+49 170": "+49 170", "＝1": "＝1", "\n=1": "\n=1", "＋１": "＋１",
    "-5": "-5", "": "", "' =1": "' =1",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_a_spreadsheet_would_run_is_guarded_in_a_csv(text: str) -> None:
    assert guard(text) == f"'{text}"
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["+49 170 555-0199", "-5", "+1.5e3", "-1,234.50", "'quoted'", "Ann", "", "'", "a=b"])
def test_numbers_phones_and_ordinary_texts_are_left_alone(text: str) -> None:
    assert guard(text) == text
    assert unguard(guard(text)) == text


def test_what_an_earlier_version_guarded_reads_as_it_did() -> None:
    assert {text: unguard(text) for text in GUARDED_BEFORE} == GUARDED_BEFORE


@given(st.text(st.sampled_from("'=+-@\t\r\n＝＋－＠1a "), max_size=8) | st.text(max_size=8))
def test_the_guard_is_taken_off_exactly(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(("=", "@", "\t", "\r"))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_hostile_cells_come_back_as_they_were_and_never_as_a_formula(tmp_path: Path, ending: str) -> None:
    sheet = table(["text", "voice_id", "=cmd"], *([text, "v_1", text] for text in HOSTILE))
    path = write_results(finished(sheet)[0], tmp_path / f"a.results.{ending}")
    again = read_sheet(path)
    read = [row.cell(2).text for row in again.rows]
    if ending == "csv":
        assert read == HOSTILE
    else:
        from openpyxl import load_workbook

        assert read == [text.replace("\r", "\n") for text in HOSTILE]  # a workbook has one kind of line break
        made = load_workbook(path).active
        assert made is not None
        assert not [cell for row in made.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_workbook_keeps_values_and_formats_and_cuts_what_is_too_long(tmp_path: Path) -> None:
    day = Cell("21 Nov 2026", date(2026, 11, 21), number_format="dd mmm yyyy")
    cells = (
        Cell("Hi"), Cell("v_1"), Cell("00417", 417, number_format="00000"), day,
        Cell("x" * 40_000), Cell("TRUE", True), Cell("a\x00\x0bb\ud800"),
    )  # fmt: skip
    sheet = Table("a/b:c", ("text", "voice_id", "zip", "day", "long", "flag", "odd"), (Row(2, cells),))
    path = write_results(finished(sheet)[0], tmp_path / "a.results.xlsx")
    row = read_sheet(path).rows[0]
    assert [row.cell(i).text for i in (2, 3, 5, 6)] == ["00417", "21 Nov 2026", "TRUE", "ab"]
    assert row.cell(2).value == 417
    assert row.cell(4).text.endswith("(cut: the whole text is in your sheet)")
    assert len(row.cell(4).text) == 32_767
    assert cut_cells(finished(sheet)[0], path) == ["E2"]


@pytest.mark.parametrize(
    ("cell", "cut"),
    [
        (Cell("x" * 32_767), False),
        (Cell("x" * 32_768), True),
        (Cell("x" * 32_768, "x" * 32_768), True),
        (Cell("x" * 32_768, 7), False),  # its value is written
        (Cell("\x00" + "x" * 32_767), False),
        (Cell("_x0041_" * 4_000), True),  # as a workbook has to write it, it is longer
    ],
)
def test_only_a_cell_that_is_cut_in_the_file_is_told(tmp_path: Path, cell: Cell, cut: bool) -> None:
    results = Results(name="a", headers=("text", "note"), lines=((Cell("Hi"), Cell("Hi")), (Cell("Hi"), cell)))

    assert cut_cells(results, tmp_path / "a.xlsx") == (["B3"] if cut else [])
    assert cut_cells(results, tmp_path / "a.csv") == []
    path = write_results(results, tmp_path / "a.xlsx")
    assert read_sheet(path).rows[1].cell(1).text.endswith("in your sheet)") is cut


def test_a_run_that_cuts_a_cell_says_where(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"text,voice_id,note\nHello,voice_anna,{'x' * 40_000}\n")

    done = bulkgen(tmp_path, "run", "a.csv", "--sandbox", "--out", "a.results.xlsx")
    whole = bulkgen(tmp_path, "run", "a.csv", "--sandbox", "--out", "b.results.csv")

    assert done.returncode == whole.returncode == 0
    assert "C2 of a.results.xlsx: cut" in done.stderr
    assert "cut" not in whole.stderr


def test_a_csv_keeps_the_separator_of_the_sheet_and_opens_with_accents(tmp_path: Path) -> None:
    path = write_results(finished(table(["text", "voice_id"], ["Zoë;", "v_1"]))[0], tmp_path / "a.csv", delimiter=";")
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbftext;voice_id;")
    assert b'\r\n"Zo\xc3\xab;";v_1;' in data


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("before")

    def fail(target: Path) -> None:
        target.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_whole(path, fail)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["a.csv"]  # noqa: PTH208 - hidden leftovers count


def test_a_file_in_use_gets_a_numbered_sibling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("open in a spreadsheet")
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target == path:
            raise PermissionError("in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)

    def write(target: Path) -> None:
        target.write_text("new")

    made = write_whole(path, write)
    assert (made.name, made.read_text()) == ("a-2.csv", "new")


# Links of an earlier sheet --------------------------------------------------------------------------------------


def works(link: str, finished_at: str, now: float, expire_at: str = "") -> bool:
    """Whether a line's link is used again at this time."""
    headers = ["result_id", "result_video_url", "result_finished_at", "result_links_expire_at"]
    return bool(links_by_id(table(headers, ["a", link, finished_at, expire_at]), now))


@pytest.mark.parametrize(
    ("link", "good"),
    [
        ("https://h/v.mp4", True),
        (f"https://h/v.mp4?Expires={int(NOW) + 7200}&Signature=x", True),
        (f"https://h/v.mp4?Expires={int(NOW) + 600}", False),
        ("https://h/v?X-Amz-Date=20260921T140000Z&X-Amz-Expires=604800", True),
        ("https://h/v?X-Amz-Date=20260901T140000Z&X-Amz-Expires=604800", False),
        ("https://h/v?X-Goog-Date=20260901T140000Z&X-Goog-Expires=60", False),
    ],
)
def test_a_link_is_used_again_only_while_it_works(link: str, good: bool) -> None:
    assert works(link, format_time(NOW - 3600), NOW) is good


def test_a_link_without_an_end_of_its_own_is_trusted_for_seven_days_from_when_it_was_given() -> None:
    day = 86_400
    assert works("https://h/v", format_time(NOW - 6.9 * day), NOW)
    assert not works("https://h/v", format_time(NOW - 7 * day), NOW)
    assert not works("https://h/v", "", NOW)
    long_ago = format_time(NOW - 90 * day)
    assert works("https://h/v", long_ago, NOW, format_time(NOW + day)), "renewed since"
    assert not works("https://h/v", long_ago, NOW, format_time(NOW + 600))
    assert not works("https://h/v", long_ago, NOW, format_time(NOW + 8 * day)), "nobody gives so long a time"
    assert not works(f"https://h/v?Expires={int(NOW) - 60}", long_ago, NOW, format_time(NOW + day)), (
        "the link knows best"
    )


def test_links_are_found_by_the_id_of_their_job() -> None:
    headers = ["result_id", "result_video_url", "result_finished_at", "result_duration_s"]
    moment = format_time(NOW)
    sheet = table(headers, ["a", "https://h/a.mp4", moment, "2.5"], ["b", "=cmd", moment, "x"], ["", LINK, moment, ""])
    found = links_by_id(sheet, NOW)
    assert set(found) == {"a"}
    assert (found["a"].links.video, found["a"].duration) == ("https://h/a.mp4", 2.5)


def test_a_failure_is_told_by_whose_side_it_is_on() -> None:
    assert explain(State(1, "failed", code="content_policy_violation")).startswith("Your cell: ")
    assert explain(State(1, "refused", code="avatar_consent_required")).startswith("Your account: ")
    assert explain(State(1, "failed", code="rendering_failed", message="Timed out")).startswith("HeyGen's side: ")
    assert "of_tomorrow" in explain(State(1, "failed", code="of_tomorrow"))
    assert explain(State(1, "finished")) == ""


def test_the_last_good_result_is_shown_until_a_newer_one_is_done() -> None:
    sheet = table(["text", "voice_id"], ["Hi", "v_1"])
    rows = built(sheet).rows
    (job,) = rows[0].jobs
    ended = "2026-11-21T10:00:00Z"
    good = State(1, "saved", id="id_1", link="https://h/1.mp3", file="a.mp3", duration=2.5, finished_at=ended)
    newer = State(2, "finished", id="id_2", link="https://h/2.mp3", duration=9.0, good=good, redo=Wish(1))

    def line(state: State) -> dict[str, str]:
        return texts(results_table(sheet, entries(rows, {job.fingerprint: state}), {}))[0]

    shown = line(newer)  # it has not been downloaded yet
    assert shown.pop("result_status") == "rendering"
    assert shown.pop("result_error").startswith("Made again: The recording is made but not downloaded yet")
    assert shown.items() < line(good).items()
    assert line(replace(newer, last="saved", file="b.mp3"))["result_id"] == "id_2"


def test_files_that_are_missing_after_ctrl_c_have_a_next_step() -> None:
    found = [entry for entry in in_review()[0] if entry.status == "done"]
    told = report_summary(found, Exit.INTERRUPTED, Settings(), None, "bulkgen run leads.xlsx", owing=True)
    assert told.endswith("Next: bulkgen run leads.xlsx   (fetches the files that are missing)")
    assert "Next" not in report_summary(found, Exit.INTERRUPTED, Settings(), None, "bulkgen run leads.xlsx")
