"""Which line is the header line, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.errors import Exit
from bulkgen.rows.headings import better_header
from tests.command import bulkgen
from tests.making import table

CRM = ["First Name", "Company", "E-mail", "Created"]
ANN = ["Ann", "Acme", "ann@example.com", "2026-11-03"]


@pytest.mark.parametrize("title", [["Export of 3 Nov"], ["Contacts", "Page 1"], ["Contacts", "", "", " "]])
def test_a_line_of_names_below_a_title_is_found_though_none_of_them_is_known(title: list[str]) -> None:
    assert better_header(table(title, CRM, ANN)) == 2
    assert better_header(table(title, ["by", "Bob"], ["Monday"], CRM, ANN)) == 4


@pytest.mark.parametrize("value", ["ann@example.com", "id 7", "https://a.b/c", "x" * 41])
def test_below_a_line_of_names_stands_something_of_another_kind(value: str) -> None:
    assert better_header(table(["Contacts"], ["Name", "Firm", "Field"], ["Ann", "Acme", value])) == 2
    assert better_header(table(["Contacts"], ["Name", "Firm", value], ["Ann", "Acme", value])) is None


@pytest.mark.parametrize(
    ("headers", "rows"),
    [
        (["Name", "Firm", "City"], [CRM, ANN]),  # three names are no title
        (["script"], [CRM, ANN]),  # a column that bulkgen knows is no title either
        (["row id"], [CRM, ANN]),
        (["Contacts"], [["Name", "Firm"], ["Ann", "7"]]),  # not wider than a title
        (["Contacts"], [["Name", "name", "Mail"], ["Ann", "Lee", "a@b.c"]]),
        (["Contacts"], [["Ann", "Lee", "Oslo"], ["Bob", "Ray", "Rome"]]),  # people, as far as anyone can tell
        (["Contacts"], [*[["x"]] * 20, CRM, ANN]),
        (["Contacts"], []),
    ],
)
def test_a_line_that_may_be_the_header_line_is_left_in_its_place(headers: list[str], rows: list[list[str]]) -> None:
    assert better_header(table(headers, *rows)) is None


def test_a_line_that_bulkgen_knows_goes_before_one_that_only_looks_like_names() -> None:
    assert better_header(table(["Contacts"], CRM, ["avatar_id", "script", "note"], ["a", "Hello", "7"])) == 3


@pytest.mark.parametrize("ending", ["csv", "txt"])
def test_a_sheet_below_a_title_gets_one_hint_and_no_mistake_for_each_row(tmp_path: Path, ending: str) -> None:
    lines = ["Export of 3 Nov", "", ",".join(CRM), *[",".join(ANN)] * 100]
    (tmp_path / f"crm.{ending}").write_text("\n".join(lines))

    done = bulkgen(tmp_path, "check", f"crm.{ending}", "--offline")

    assert done.returncode == Exit.MISTAKES
    assert "Row 1 of crm does not look like the line of headers, but row 3 does." in done.stderr
    assert "--header-row 3" in done.stderr
    assert "mistake" not in done.stderr + done.stdout


@pytest.mark.parametrize("text", ["Dear diary, today it rained.", "name,city\n", "\n\nnotes\n\n"])
def test_a_file_without_rows_whose_line_is_no_header_line_is_a_mistake(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes.txt").write_text(text)

    done = bulkgen(tmp_path, "check", "notes.txt", "--offline")

    assert done.returncode == Exit.MISTAKES
    assert "notes.txt has no rows, and row" in done.stderr
    assert "Right as far as" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("avatar_id,script\n", []),
        ("script\n", ["--set", "avatar_id=look_ann"]),
        ("avatar_id,words\n", ["--map", "words=script"]),
    ],
)
def test_a_header_line_without_rows_yet_has_nothing_to_make_and_no_mistake(
    tmp_path: Path, text: str, options: list[str]
) -> None:
    (tmp_path / "leads.csv").write_text(text)

    assert bulkgen(tmp_path, "check", "leads.csv", "--offline", *options).returncode == Exit.OK
