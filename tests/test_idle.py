"""Columns that fill nothing, and are meant for something: another kind's fields, HeyGen's names of before, a test."""

from __future__ import annotations

import pytest

from bulkgen.model import Issue, Table
from bulkgen.rows.advice.lint import lint
from tests.making import built, table
from tests.story import Story

SPOKEN = ("avatar_id", "script")


def linted(sheet: Table, **reading: dict[str, str]) -> list[Issue]:
    return lint(sheet, built(sheet, **reading))  # type: ignore[arg-type]  # only the mappings are passed on


def told(header: str, value: str = "5", kind: str = "avatar") -> list[tuple[str, str]]:
    start = {"avatar": (SPOKEN, ("look_1", "Hi")), "speech": (("text", "voice_id"), ("Hi", "v_1"))}[kind]
    sheet = table([*start[0], header], [*start[1], value])
    return [(issue.code, issue.header) for issue in linted(sheet)]


@pytest.mark.parametrize(
    ("header", "kind"),
    [("fps", "avatar"), ("Width", "avatar"), ("title", "speech"), ("pitch", "speech"), ("srt_role", "avatar")],
)
def test_a_field_of_another_kind_is_told_where_it_is_filled(header: str, kind: str) -> None:
    assert told(header, kind=kind) == [("field_of_another_kind", header)]
    assert told(header, value="", kind=kind) == []


@pytest.mark.parametrize("header", ["input_text", "avatar_style", "voice.voice_id", "Talking Photo ID"])
def test_a_name_of_before_is_told_with_the_one_of_now(header: str) -> None:
    assert told(header) == [("field_of_before", header)]


def test_what_heygen_does_by_itself_need_not_be_asked_for() -> None:
    headers = ["video", "audio", "enable_caption"]
    video, audio = "https://example.com/a.mp4", "https://example.com/b.mp3"
    (issue,) = linted(table(headers, [video, audio, "yes"], [video, audio, ""]))
    assert (issue.code, issue.header, issue.row) == ("field_of_before", "enable_caption", 2)
    assert issue.fix.startswith("Subtitles always come")


def test_a_sheet_of_before_alone_is_told_the_names_of_now() -> None:
    (issue,) = built(table(["avatar_id", "input_text", "avatar_style"], ["look_1", "Hi", "normal"])).mistakes
    assert issue.code == "no_kind_column"
    now = "input_text is script (for a voice-over text) now, avatar_style is fit (contain or cover) now"
    assert issue.cause.endswith(f"HeyGen's API has other names than before: {now}")
    assert "before" not in built(table(["avatar_id", "Notes"], ["look_1", "Hi"])).mistakes[0].cause


@pytest.mark.parametrize("header", ["Phone", "language", "URL", "notes", "text", "email", "result_id"])
def test_columns_of_the_persons_own_are_left_alone(header: str) -> None:
    assert told(header) == []


def test_what_is_said_names_the_kinds_and_how_to_leave_the_column_alone() -> None:
    sheet = table([*SPOKEN, "width", "input_text"], ["look_1", "Hi", "1280", "Ho"])
    width, before = linted(sheet)
    assert width.sentence() == (
        "width: fills nothing here: it is a field of template, not of avatar ('1280'). The size of an avatar video "
        'comes from aspect_ratio and resolution. If it is your own: --map "width=" leaves it alone.'
    )
    assert before.fix.startswith("It is script (for a voice-over text) now.")
    assert linted(sheet, renames={"width": "", "input_text": ""}) == []


def test_a_column_that_a_text_is_filled_from_fills_something() -> None:
    assert linted(table([*SPOKEN, "fps"], ["look_1", "At {{fps}} frames", "25"])) == []


def test_in_a_sheet_of_several_kinds_each_row_is_told_of_its_own() -> None:
    headers = ["type", *SPOKEN, "template_id", "first_name", "fps"]
    template = ["template", None, None, "tpl_1", "Ann", 30]
    assert linted(table(headers, ["avatar", "look_1", "Hi", None, None, None], template)) == []
    found = linted(table(headers, ["avatar", "look_1", "Hi", None, None, 30], template))
    assert [(issue.code, issue.row) for issue in found] == [("field_of_another_kind", 2)]


# test = yes -----------------------------------------------------------------------------------------------------------


def test_a_row_that_asks_for_a_test_is_not_paid_for(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,test", "look_ann,Hello,yes", "look_ann,Ho,no")
    told = story.run("leads.csv", code=2)
    assert "leads!C2: test 'yes' asks for a test, which HeyGen no longer makes" in told.text
    assert "--sandbox" in told.text
    assert story.charges == 0
    story.run("leads.csv", "--map", "test=")
    assert story.charges == 2


def test_a_rehearsal_is_the_test_that_was_asked_for(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,test", "look_abigail,Hello,yes")
    story.run("leads.csv", "--sandbox")
    assert story.charges == 0


def test_a_column_test_that_is_the_persons_own_is_nothing_of_heygens() -> None:
    assert not built(table([*SPOKEN, "test"], ["look_1", "Group {{test}}", "yes"])).mistakes
    assert not built(table([*SPOKEN, "test"], ["look_1", "Hi", "B"])).mistakes
    assert [each.code for each in built(table([*SPOKEN, "Test"], ["look_1", "Hi", True])).mistakes] == ["no_test"]


# Columns that stand twice ---------------------------------------------------------------------------------------------


def test_columns_that_nobody_knows_may_stand_twice_and_pass_through(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,Phone,Phone", "look_ann,Hello,0171,0172")
    story.run("leads.csv")
    lines = (story.folder / "leads.results.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[:4] for line in lines] == [
        ["avatar_id", "script", "Phone", "Phone"],
        ["look_ann", "Hello", "0171", "0172"],
    ]
    story.run("leads.results.csv")
    assert story.charges == 1


@pytest.mark.parametrize("header", ["script", "Voice ID", "row_id", "run", "video"])
def test_columns_that_may_be_fields_may_not(header: str) -> None:
    found = built(table([*SPOKEN, header, header], ["look_1", "Hi", "a", "a"])).mistakes
    assert [issue.code for issue in found][:1] == ["column_twice"]


def test_a_text_is_not_filled_from_one_of_two_columns_that_differ() -> None:
    headers = [*SPOKEN, "Phone", "Phone"]
    (found,) = built(table(headers, ["look_1", "Call {{Phone}}", "0171", "0172"])).mistakes
    assert (found.code, found.header) == ("which_column", "script")
    assert found.cause == "Phone stands twice, and says different things"
    for phones in (["0171", "0171"], [None, "0171"]):
        (row,) = built(table(headers, ["look_1", "Call {{Phone}}", *phones])).rows
        assert [job.body["script"] for job in row.jobs] == ["Call 0171"]
