"""Which line is the header line, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.errors import Exit
from bulkgen.model import Table
from bulkgen.rows.header_line import better_header
from tests.command import bulkgen
from tests.making import table


def better(sheet: Table, renames: dict[str, str] | None = None, defaults: dict[str, str] | None = None) -> int | None:
    found = better_header(sheet, renames or {}, defaults or {})
    return found.row if found else None


CRM = ["First Name", "Company", "E-mail", "Created"]
ANN = ["Ann", "Acme", "ann@example.com", "2026-11-03"]


@pytest.mark.parametrize("title", [["Export of 3 Nov"], ["Contacts", "Page 1"], ["Contacts", "", "", " "]])
def test_a_line_of_names_below_a_title_is_found_though_none_of_them_is_known(title: list[str]) -> None:
    assert better(table(title, CRM, ANN)) == 2
    assert better(table(title, ["by", "Bob"], ["Monday"], CRM, ANN)) == 4


@pytest.mark.parametrize("value", ["ann@example.com", "id 7", "https://a.b/c", "x" * 41])
def test_below_a_line_of_names_stands_something_of_another_kind(value: str) -> None:
    assert better(table(["Contacts"], ["Name", "Firm", "Field"], ["Ann", "Acme", value])) == 2
    assert better(table(["Contacts"], ["Name", "Firm", value], ["Ann", "Acme", value])) is None


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
    assert better(table(headers, *rows)) is None


def test_a_line_that_bulkgen_knows_goes_before_one_that_only_looks_like_names() -> None:
    assert better(table(["Contacts"], CRM, ["avatar_id", "script", "note"], ["a", "Hello", "7"])) == 3


VOICES = table(["name", "msg"], ["voice", "text"], ["Bob", "hello"])


@pytest.mark.parametrize(
    ("sheet", "renames", "defaults", "row"),
    [
        (VOICES, {"MSG": "script"}, {"avatar_id": "look"}, None),
        (VOICES, {"msg": "script", "name": "avatar_id"}, {}, None),
        (VOICES, {}, {"text": "Hi", "voice_id": "v_1"}, None),
        (VOICES, {}, {}, 2),
        (VOICES, {"msg": "script"}, {}, 2),
        (table(["Contacts"], ["name", "msg"], ["Bob", "hello"]), {"msg": "script"}, {"avatar_id": "look"}, 2),
        (table(["msg"], CRM, ANN), {"msg": "script"}, {}, None),
    ],
)
def test_columns_that_are_mapped_or_set_count_in_the_header_line(
    sheet: Table, renames: dict[str, str], defaults: dict[str, str], row: int | None
) -> None:
    assert better(sheet, renames, defaults) == row


@pytest.mark.parametrize(
    "title",
    [
        "Leads,export,March,2024\nContact ID,Account Name,Owner,Stage",
        "Leads\nall of March\n\nContact ID,Owner",
        "Leads,export\nFirst,Last,Their text",
    ],
)
def test_lines_that_name_nothing_known_are_one_mistake_however_many_rows_there_are(tmp_path: Path, title: str) -> None:
    columns = title.splitlines()[-1].count(",") + 1
    rows = [",".join(["word"] * columns)] * 300
    (tmp_path / "crm.csv").write_text("\n".join([title, *rows]))

    done = bulkgen(tmp_path, "check", "crm.csv", "--offline")

    assert done.returncode == Exit.MISTAKES
    assert "1 mistake:" in done.stderr
    assert "crm row 1: no column says what to make; its columns are 'Leads'" in done.stderr
    assert "--header-row N" in done.stderr


@pytest.mark.parametrize("ending", ["csv", "txt"])
def test_a_sheet_below_a_title_that_names_nothing_known_gets_one_mistake_and_not_one_for_each_row(
    tmp_path: Path, ending: str
) -> None:
    lines = ["Export of 3 Nov", "", ",".join(CRM), *[",".join(ANN)] * 100]
    (tmp_path / f"crm.{ending}").write_text("\n".join(lines))

    done = bulkgen(tmp_path, "check", f"crm.{ending}", "--offline")

    assert done.returncode == Exit.MISTAKES
    assert "Headers in row 3, below 'Export of 3 Nov'. If not: --header-row 1." in done.stderr
    assert "1 mistake:" in done.stderr
    assert "crm row 3: no column says what to make; its columns are 'First Name'" in done.stderr


@pytest.mark.parametrize("ending", ["csv", "txt"])
def test_where_two_lines_may_be_the_headers_both_are_named_and_nothing_is_read(tmp_path: Path, ending: str) -> None:
    lines = ["Contacts,Page", "Name,Firm,Field", *["Ann,Acme,id 7"] * 100]
    (tmp_path / f"crm.{ending}").write_text("\n".join(lines))

    done = bulkgen(tmp_path, "check", f"crm.{ending}", "--offline")

    assert done.returncode == Exit.MISTAKES
    assert "Row 1 of crm does not look like the line of headers, but row 2 does." in done.stderr
    assert "--header-row 2" in done.stderr
    assert "--header-row 1" in done.stderr
    assert "mistake" not in done.stderr + done.stdout


@pytest.mark.parametrize("text", ["Dear diary, today it rained.", "name,city\n", "\n\nnotes\n\n"])
def test_a_file_without_rows_whose_line_is_no_header_line_is_a_mistake(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes.txt").write_text(text)

    done = bulkgen(tmp_path, "check", "notes.txt", "--offline")

    assert done.returncode == Exit.MISTAKES
    assert "notes.txt has no rows, and row" in done.stderr
    assert "Right as far as" not in done.stdout + done.stderr


@pytest.mark.parametrize(("last", "hint"), [("1", False), ("crm", True)])
def test_a_first_row_of_values_is_not_called_a_misspelt_header(tmp_path: Path, last: str, hint: bool) -> None:
    (tmp_path / "leads.csv").write_text(f"look,Hi Ann,{last}\nlook,Hi Bob,2\n")

    done = bulkgen(tmp_path, "check", "leads.csv", "--offline")

    assert "if the sheet has none, put a line of them above its rows" in done.stderr
    assert ("looks like look_id" in done.stdout + done.stderr) == hint


def test_a_line_with_a_known_column_is_no_unknown_line(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("script\n")

    done = bulkgen(tmp_path, "check", "leads.csv", "--offline")

    assert done.returncode == Exit.MISTAKES
    assert "no column says what to make; its columns are 'script'" in done.stderr
    assert "no line of headers" not in done.stderr


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
