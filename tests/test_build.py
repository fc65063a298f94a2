"""Rows become lines and jobs: what each job is called, where it goes, which rows make none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.columns import Lookup
from bulkgen.model import Cell, Row, Table
from bulkgen.rows.build import ReadOptions, build
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.selection import parse_selection
from tests.making import ACCOUNT, built, jobs_of, table

LINK = "https://example.com/v.mp4"
SPEECH = ["text", "voice_id"]


def causes(sheet: Table, account: Account = ACCOUNT, **reading: object) -> list[tuple[str, str]]:
    found = built(sheet, account, **reading)  # type: ignore[arg-type]  # the tests name them right
    return [(sheet.where(p.row, p.column), p.cause) for p in found.mistakes]


# Lines ----------------------------------------------------------------------------------------------------------------


def test_a_row_that_can_not_be_read_makes_no_job_and_says_why_once() -> None:
    sheet = table(SPEECH, ["Hi", "v_1"])
    broken = replace(sheet, rows=(replace(sheet.rows[0], unusable="has one value too many"),))
    found = built(broken)
    assert [(p.column, p.cause) for p in found.mistakes] == [(None, "has one value too many")]
    assert found.rows[0].invalid
    assert not found.rows[0].jobs


def test_hidden_rows_are_left_out_unless_they_are_asked_for() -> None:
    sheet = table(SPEECH, ["Hi", "v_1"], ["Ho", "v_1"])
    hidden = replace(sheet, rows=(replace(sheet.rows[0], hidden=True), sheet.rows[1]))
    assert [(row.skipped, len(row.jobs)) for row in build(hidden, ReadOptions("leads"), ACCOUNT).rows] == [
        (True, 0), (False, 1)
    ]  # fmt: skip
    shown = build(hidden, ReadOptions("leads", include_hidden=True), ACCOUNT).rows
    assert [(row.skipped, len(row.jobs)) for row in shown] == [(False, 1), (False, 1)]


def test_a_skipped_row_keeps_its_label_and_is_not_judged() -> None:
    found = built(table([*SPEECH, "skip", "row_id"], [None, "nobody", "YES", " a-1 "], ["Hi", "v_1", "0", None]))
    assert not found.mistakes
    assert [(row.row_id, row.skipped, row.invalid) for row in found.rows] == [
        ("a-1", True, False),
        ("", False, False),
    ]
    assert not found.rows[0].kind
    assert found.rows[1].kind == "speech"


def test_every_row_is_a_line_selected_or_not() -> None:
    sheet = table(SPEECH, ["Hi", "v_1"], [None, "v_1"], ["Ho", "v_1"])
    found = built(sheet, selection=parse_selection("2,4", "--rows"))
    assert [row.selected for row in found.rows] == [True, False, True]
    assert [len(row.jobs) for row in found.rows] == [1, 0, 1]
    assert not found.mistakes + found.warnings
    assert BuiltRow(source=sheet.rows[0]).selected
    assert not BuiltRow(source=sheet.rows[0]).invalid


def test_a_row_of_no_kind_and_a_skipped_row_keep_their_label_and_are_selected_or_not() -> None:
    sheet = table(["row_id", "type", "skip"], ["a", None, None], ["b", None, "yes"], ["c", None, None])
    found = built(sheet, selection=parse_selection("2", "--rows"))
    assert [(row.row_id, row.kind, row.selected) for row in found.rows] == [
        ("a", "", True), ("b", "", False), ("c", "", False)
    ]  # fmt: skip
    assert [p.row for p in found.mistakes] == [2]


def test_an_odd_word_in_skip_is_told_at_its_cell_and_makes_no_job() -> None:
    found = built(table([*SPEECH, "skip"], ["Hi", "v_1", "perhaps"]))
    assert [(p.column, p.value, p.cause) for p in found.mistakes] == [(2, "perhaps", "is neither yes nor no")]
    assert not found.rows[0].jobs


# Jobs -----------------------------------------------------------------------------------------------------------------


def test_a_job_is_titled_by_sheet_and_row_where_the_person_gave_no_title() -> None:
    sheet = table(["avatar_id", "script", "title"], ["look_1", "Hi", None], ["look_1", "Hi", " Mine "])
    first, second = (row.jobs[0] for row in build(sheet, ReadOptions("spring", sheet="Tab 2"), ACCOUNT).rows)
    assert first.title == f"spring row 2 · {first.fingerprint[:6]}" == first.body["title"]
    assert second.title == "Mine" == second.body["title"]
    assert (first.sheet, first.row, second.row, first.path) == ("Tab 2", 2, 3, "/v3/videos")


def test_a_recording_takes_no_title() -> None:
    job = jobs_of(table(SPEECH, ["Hi", "v_1"]))[0]
    assert (job.title, job.body, job.path, job.sheet) == (
        "",
        {"text": "Hi", "voice_id": "v_1"},
        "/v3/voices/speech",
        "",
    )


def test_a_template_is_part_of_the_path() -> None:
    job = jobs_of(table(["template_id", "first_name"], [" tpl_1 ", "Ann"]))[0]
    assert (job.path, job.template_id) == ("/v3/templates/tpl_1", "tpl_1")


def test_a_narrowed_line_may_write_its_language_in_any_case() -> None:
    headers = ["video", "languages", "result_status", "result_language"]
    sheet = table(headers, [LINK, "French;English", "done", " FRENCH "], [LINK, "French;English", "done", "Dutch"])
    found = built(sheet)
    assert [[job.language for job in row.jobs] for row in found.rows] == [["French"], ["French", "English"]]


# Kinds and templates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["kind", "Type"])
def test_the_column_kind_decides_where_the_others_allow_two(header: str) -> None:
    headers = [header, "avatar_id", "script", "text", "voice_id"]
    sheet = table(headers, ["SPEECH", "look_1", "Hi", "Ho", "v_1"], ["avatar", "look_1", "Hi", "Ho", "v_1"])
    assert [job.kind for job in jobs_of(sheet)] == ["speech", "avatar"]


def test_a_template_that_has_a_variable_type_goes_before_the_column_type() -> None:
    account = Account({"t": Template("t", "T", {"type": "text"})}, {Lookup.TEMPLATE: {"t": "T"}})
    job = jobs_of(table(["template_id", "type"], ["t", "Sedan"]), account)[0]
    assert (job.kind, job.body["variables"]) == ("template", {"type": {"type": "text", "content": "Sedan"}})


@pytest.mark.parametrize(
    ("template_id", "cause", "fix"),
    [
        ("welcom", "is no template of this account", "Did you mean Welcome? "),
        ("tpl_2", "is no template of this account", "Did you mean tpl_1? "),
        ("zzz", "is no template of this account", "Type the template's name"),
        ("a/b", "is no template of this account", "Type the template's name"),
        ("x" * 129, "is no template of this account", "Type the template's name"),
    ],
)
def test_a_template_that_is_not_there_is_told_with_the_nearest(template_id: str, cause: str, fix: str) -> None:
    account = Account(listed={Lookup.TEMPLATE: {"tpl_1": "Welcome"}})
    found = built(table(["template_id", "first_name"], [template_id, "Ann"]), account).mistakes
    assert [(p.header, p.cause) for p in found] == [("template_id", cause)]
    assert found[0].fix.startswith(fix)


def test_a_template_row_without_its_id_is_told_at_the_cell() -> None:
    assert causes(table(["type", "template_id", "first_name"], ["template", None, "Ann"])) == [("Leads!B2", "is blank")]


def test_what_has_to_be_looked_up_is_named_once_for_the_whole_sheet() -> None:
    sheet = table(
        ["template_id", "first_name", "text", "voice_id", "video", "languages"],
        ["tpl_1", "Ann"], ["tpl_9", "Bob"], [None, None, "Hi", "v_1"], [None, None, "Ho", "v_2"],
        [None, None, None, None, LINK, "French;Dutch"],
    )  # fmt: skip
    assert build(sheet, ReadOptions("leads"), Account()).needs.wanted == {
        Lookup.TEMPLATE: {"tpl_1", "tpl_9"}, Lookup.SPEECH_VOICE: {"v_1", "v_2"}, Lookup.LANGUAGE: {"French", "Dutch"}
    }  # fmt: skip


def test_a_lost_value_in_nobodys_column_is_pointed_out_only_where_nothing_is_shown() -> None:
    cells = (
        Cell("Hi"),
        Cell("v_1"),
        Cell("#N/A", unusable="holds the error #N/A"),
        Cell(unusable="was never computed"),
    )
    found = built(Table("Leads", (*SPEECH, "a", "b"), (Row(2, cells),)))
    assert [(p.header, p.cause) for p in found.warnings] == [("b", "was never computed")]
    assert found.rows[0].jobs
