"""The issues that are met while a row is read: at which cell, in which words, each told once."""

from __future__ import annotations

import pytest

from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.columns import Lookup
from bulkgen.model import Cell, Issue, Row, Table
from tests.making import built, jobs_of, table

LINK = "https://example.com/v.mp4"


def issues(sheet: Table, **reading: object) -> list[Issue]:
    return built(sheet, **reading).mistakes  # type: ignore[arg-type]  # the tests name them right


def told(sheet: Table, **reading: object) -> list[tuple[str, str, str]]:
    """Place, header and cause of each mistake."""
    return [(sheet.where(p.row, p.column), p.header, p.cause) for p in issues(sheet, **reading)]


# What has to be there -------------------------------------------------------------------------------------------------


def test_a_needed_cell_that_is_blank_is_told_at_its_cell() -> None:
    sheet = table(["template_id", "first_name"], ["tpl_1", " "])
    found = issues(sheet)
    assert told(sheet) == [("Leads!B2", "first_name", "is blank, and the video would show {{…}} instead")]
    assert (found[0].value, found[0].fix) == (" ".strip(), "Fill the cell.")
    assert told(table(["text", "voice_id"], ["Hi", None])) == [("Leads!B2", "voice_id", "is blank")]


def test_a_needed_column_that_is_missing_is_told_with_the_two_ways_to_give_it() -> None:
    found = issues(table(["type", "text"], ["speech", "Hi"]))
    assert [(p.column, p.header, p.cause) for p in found] == [(None, "voice_id", "is missing")]
    assert found[0].fix == "Add a column voice_id, or give all rows one value with --set voice_id=…"
    found = issues(table(["template_id"], ["tpl_1"]))
    assert [(p.column, p.header, p.cause) for p in found] == [
        (None, "first_name", "is a variable of the template with no column")
    ]
    assert found[0].fix.endswith("--set first_name=…")


@pytest.mark.parametrize(
    ("headers", "row"),
    [
        (["template_id", "first_name", "nick"], ["tpl_1", "{{nick|}}", None]),
        (["text", "voice_id", "nick"], [" {{nick| }}\n", "v_1", None]),
        (["avatar", "script", "nick"], ["{{nick|}}", "Hi", None]),
    ],
)
def test_a_needed_cell_that_a_merge_leaves_blank_is_a_mistake(headers: list[str], row: list[object]) -> None:
    """A text variable that is left out would stand in the paid video as {{first_name}}."""
    sheet = table(
        ["type", *headers], [{"template_id": "template", "text": "speech", "avatar": "avatar"}[headers[0]], *row]
    )
    assert [(place, cause) for place, _, cause in told(sheet)] == [
        ("Leads!C2" if headers[0] == "template_id" else "Leads!B2", "is blank once its fields are filled")
    ]


def test_any_other_cell_that_a_merge_leaves_blank_counts_as_blank() -> None:
    body = jobs_of(table(["avatar_id", "script", "resolution", "n"], ["look_1", "Hi", "{{n| }}", None]))[0].body
    assert "resolution" not in body


# Fields of the merge --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Hi {{name", "Hi {{name}", "{{name}} and {{", "Hi {{na{me}}"])
@pytest.mark.parametrize("column", ["script", "motion_prompt", "brand_glossary_id", "voice_settings.speed"])
def test_a_field_that_nothing_closes_is_a_mistake_in_every_column(column: str, text: str) -> None:
    cells = {"avatar_id": "look_1", "script": "Hi", column: text, "name": "Ann"}
    sheet = table(list(cells), list(cells.values()))
    at = "B" if column == "script" else "C"
    assert told(sheet) == [(f"Leads!{at}2", column, "opens a field with {{ that nothing closes")]


# Each once, at its cell -----------------------------------------------------------------------------------------------


def test_a_value_of_set_is_told_by_its_option() -> None:
    sheet = table(["text", "voice_id"], ["Hi", "v_1"], ["Ho", "v_1"])
    found = issues(sheet, defaults={"speed": "fast", "locale": "{{nobody}}"})
    assert [(p.row, p.column, p.header, p.value, p.cause) for p in found] == [
        (2, None, "--set speed", "fast", "is not a number"),
        (2, None, "--set locale", "{{nobody}}", "{{nobody}} names no column of this sheet"),
        (3, None, "--set speed", "fast", "is not a number"),
        (3, None, "--set locale", "{{nobody}}", "{{nobody}} names no column of this sheet"),
    ]


def test_a_value_of_set_for_a_column_of_the_sheet_is_told_at_the_blank_cell() -> None:
    found = issues(table(["text", "voice_id", "speed"], ["Hi", "v_1", None]), defaults={"speed": "fast"})
    assert [(p.column, p.header, p.value) for p in found] == [(2, "speed", "fast")]


def test_each_language_of_a_cell_is_judged_and_shown_by_itself() -> None:
    found = issues(table(["video", "languages"], [LINK, "Klingon;French;Elvish"]))
    assert [(p.column, p.value) for p in found] == [(1, "Klingon"), (1, "Elvish")]


def test_a_field_already_told_is_not_told_for_what_follows_from_it() -> None:
    sheet = table(
        ["video", "languages", "start_time", "end_time"], [LINK, "French", "soon", "2"], [LINK, "French", "5", "2"]
    )
    assert told(sheet) == [
        ("Leads!C2", "start_time", "is not a number"), ("Leads!D3", "end_time", "is not after start_time")
    ]  # fmt: skip
    long = table(["text", "voice_id", "speed"], ["x" * 5001, "v_1", "9"])
    assert [place for place, _, _ in told(long)] == ["Leads!A2", "Leads!C2"]


def test_a_mistake_in_a_variable_is_told_by_the_variables_own_name() -> None:
    assert told(table(["template_id", "first_name", "Logo"], ["tpl_1", "Ann", "no link"])) == [
        ("Leads!C2", "Logo", "is neither a public link nor the id of a HeyGen asset")
    ]
    sheet = table(["template_id", "line", "clip.volume"], ["tpl_all", "Hi", "7"])
    assert [(p.header, p.cause) for p in issues(sheet)] == [("clip.volume", "is above 1")]
    alone = table(["template_id", "line", "photo.fit"], ["tpl_all", "Hi", "cover"])
    assert issues(alone) == []  # the template's own photo stays


def test_a_cell_that_can_not_be_used_is_told_with_its_own_reason() -> None:
    lost = Cell(unusable="is a formula whose value was never computed")
    sheet = Table("Leads", ("text", "voice_id"), (Row(2, (lost, Cell("v_1"))),))
    assert [(p.cause, p.fix) for p in issues(sheet)] == [(lost.unusable, "Correct the cell.")]


def test_a_better_explanation_takes_back_only_what_it_explains() -> None:
    account = Account({"t": Template("t", "T", {"first_name": "text", "city": "text"})}, {Lookup.TEMPLATE: {}})
    found = built(table(["template_id", "frist_name"], ["t", "Ann"]), account, defaults={"fps": "many"}).mistakes
    assert [(p.header, p.cause) for p in found] == [
        ("city", "is a variable of the template with no column"),
        ("--set fps", "is not a number"),
        ("frist_name", "looks like the template's variable first_name, misspelt"),
    ]
