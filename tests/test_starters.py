"""The starter sheets: each is right as it is, explains itself, and costs nothing by accident."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from bulkgen.batch.new_sheet import sheet_of_starter, write_sheet
from bulkgen.batch.starters import find_starter, starters
from bulkgen.errors import InputError
from bulkgen.kinds import KINDS
from bulkgen.rows.examples import is_example
from bulkgen.sandbox.rehearsal import REHEARSAL
from bulkgen.sheet import read_sheet
from bulkgen.sheet.companions import HOW_TO, LISTS
from bulkgen.sheet.starter import StarterColumn, StarterSheet, write_starter
from tests.command import STARTER_NAMES, lines_of
from tests.story import Story

NAMES = [name.removesuffix(".csv") for name in STARTER_NAMES]

#: What the examples name of the sandbox, and what the stand-in has in its place.
OWN = {
    "avatar_id": "look_ann",
    "voice_id": "voice_ann",
    "presenter": "look_ann",
    "speaker": "voice_ann",
    "style_id": "style_ink",
}

#: The templates that the examples use, in the person's own account.
TEMPLATES = {
    template.id: {name: str(variable["type"]) for name, variable in template.variables.items()}
    for template in REHEARSAL.templates.values()
}


async def no_faults(_links: object, **_options: object) -> dict[str, Any]:
    """Every link leads to what it should."""
    return {}


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    folder = tmp_path / "desk"
    folder.mkdir()
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(folder, templates=TEMPLATES) as started:
        yield started


def fill(path: Path, own: Mapping[str, str]) -> None:
    """Puts rows of the person's in place of the examples, as a spreadsheet would."""
    book = load_workbook(path)
    rows = book.worksheets[0]
    headers = [cell.value for cell in rows[1]]
    for number in range(2, rows.max_row + 1):
        rows.cell(number, headers.index("row_id") + 1).value = f"crm-{number}"
        for header, value in own.items():
            if header in headers and rows.cell(number, headers.index(header) + 1).value:
                rows.cell(number, headers.index(header) + 1).value = value
    book.save(path)


def drop_downs(path: Path) -> dict[str, tuple[list[str], bool]]:
    """What the columns offer by header, and whether nothing else may be typed."""
    book = load_workbook(path)
    rows, lists = book.worksheets[0], book[LISTS]
    headers = [cell.value for cell in rows[1]]
    offered: dict[str, tuple[list[str], bool]] = {}
    for each in rows.data_validations.dataValidation:
        header = headers[rows[str(each.sqref).split(":")[0]].column - 1]
        place = str(each.formula1).removeprefix(f"{LISTS}!").replace("$", "")
        offered[header] = [cell.value for line in lists[place] for cell in line], each.showErrorMessage
    return offered


def test_a_list_is_called_by_what_it_holds(tmp_path: Path) -> None:
    """Be it for one column or for several."""

    def column(header: str, *choices: str, called: str = "") -> StarterColumn:
        return StarterColumn(header=header, note="", choices=choices, called=called)

    columns = (
        column("presenter", "Ann", "Bob", called="voices"),
        column("speaker", "Ann", "Bob", called="voices"),
        column("fit", "crop", "cover"),
        column("logo.fit", "crop", "cover"),
        column("who", "Ann", "Bob", called="avatar looks"),
        column("note"),
    )
    path = tmp_path / "a.xlsx"
    write_starter(StarterSheet(name="a", columns=columns, rows=(("",) * 6,), how_to=()), path, ".xlsx")
    assert [cell.value for cell in load_workbook(path)[LISTS][3]] == ["voices", "fit, logo.fit", "avatar looks"]
    crops = ["crop", "cover"], True
    names = ["Ann", "Bob"], True
    assert drop_downs(path) == {"presenter": names, "speaker": names, "fit": crops, "logo.fit": crops, "who": names}


def init_to_run(story: Story, name: str, own: Mapping[str, str]) -> None:
    """`check --sandbox` as it is; refused for money; right for money once its examples are replaced."""
    assert "Everything that can be checked from here is right" in story.type("check", name, "--sandbox").text
    told = json.loads(story.type("check", name, "--json", code=2).out)
    assert {mistake["code"] for mistake in told["mistakes"]} == {"example"}
    fill(story.folder / name, own)
    assert "Everything that can be checked from here is right" in story.type("check", name).text
    stem = name.removesuffix(".xlsx")
    waits = stem == "proofread"  # for somebody to read it
    story.run(name, "--sandbox", code=4 if waits else 0)
    rows = lines_of(read_sheet(story.folder / f"{stem}.sandbox.results.xlsx"))
    assert rows
    assert {row["result_status"] for row in rows} == {"review" if waits else "done"}
    assert story.charges == 0


@pytest.mark.parametrize("name", NAMES)
def test_from_init_to_a_rehearsed_run(story: Story, name: str) -> None:
    story.type("init", name)
    init_to_run(story, f"{name}.xlsx", OWN)


@pytest.mark.parametrize("template", ["tpl_full", "tpl_titled", "tpl_showcase"])
def test_from_a_template_of_the_account_to_a_rehearsed_run(story: Story, template: str) -> None:
    story.type("init", "--template", template, "-o", "mine.xlsx")
    init_to_run(story, "mine.xlsx", OWN)


def test_a_template_is_found_by_its_name_and_a_wrong_key_is_told_as_such(story: Story) -> None:
    told = story.type("init", "--template", "TPL  welcome")
    assert "tpl-welcome.xlsx: 2 example rows" in told.text
    refused = story.type("init", "--template", "tpl_welcome", "-o", "b.xlsx", env={"HEYGEN_API_KEY": "wrong"}, code=7)
    assert "HEYGEN_API_KEY" in refused.text
    assert not (story.folder / "b.xlsx").exists()


def test_a_file_that_there_is_stays_before_heygen_is_asked(story: Story) -> None:
    (story.folder / "mine.xlsx").write_bytes(b"mine")
    told = story.type("init", "--template", "tpl_welcome", "-o", "mine.xlsx", code=2)
    assert "mine.xlsx exists already and is left as it is" in told.text
    assert (story.folder / "mine.xlsx").read_bytes() == b"mine"
    assert story.heygen.requests == 0


def test_the_accounts_own_voices_and_looks_can_be_chosen_for_the_variables_that_take_one(story: Story) -> None:
    story.type("init", "--template", "tpl_showcase", "--sandbox", "-o", "mine.xlsx")
    offered = drop_downs(story.folder / "mine.xlsx")
    assert (offered["speaker"], offered["presenter"]) == ((["Your own voice"], False), (["Your own twin"], False))


def test_rows_of_ones_own_in_a_starter_are_made(story: Story) -> None:
    story.type("init", "--for", "sales-outreach")
    fill(story.folder / "sales-outreach.xlsx", OWN)
    story.run("sales-outreach.xlsx")
    assert story.charges == 3
    assert story.column("sales-outreach.results.xlsx", "result_status") == ["done"] * 3


def test_every_starter_is_told_of_once_and_each_kind_has_one() -> None:
    assert sorted(starters()) == sorted(NAMES)
    assert {name for name, starter in starters().items() if starter.is_kind} == set(KINDS)
    assert all(starter.title and len(starter.about) > 80 for starter in starters().values())


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_a_starter_is_an_example(name: str) -> None:
    rows = lines_of(find_starter(name).table())
    assert 2 <= len(rows) <= 5
    assert all(is_example(row["row_id"]) for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_the_workbook_says_what_the_csv_says_and_explains_it(tmp_path: Path, name: str) -> None:
    starter = find_starter(name)
    path = tmp_path / f"{name}.xlsx"
    sheet = sheet_of_starter(starter, path)
    write_sheet(sheet, path)
    told, table = starter.table(), read_sheet(path)
    assert (table.headers, table.siblings) == (told.headers, 1)
    for row, own in zip(told.rows, table.rows, strict=True):
        numbers = [column.number for column in sheet.columns]
        texts = [(row.cell(at).text, own.cell(at).text) for at, number in enumerate(numbers) if not number]
        assert all(one == other for one, other in texts)
    book = load_workbook(path)
    rows = book.worksheets[0]
    assert book.sheetnames[1:] == [HOW_TO, LISTS]
    assert rows.freeze_panes == "A2"
    assert all(cell.comment and cell.comment.text.strip() for cell in rows[1])
    for at, (cell, column) in enumerate(zip(rows[1], sheet.columns, strict=True), 1):
        assert cell.comment is not None
        assert ("Needed." in cell.comment.text) == column.required
        assert column.note in cell.comment.text
        assert "`" not in cell.comment.text
        assert rows.column_dimensions[get_column_letter(at)].number_format == ("General" if column.number else "@")
    listed = {str(each.sqref).split(":")[0]: each.formula1 for each in rows.data_validations.dataValidation}
    chosen = [f"{get_column_letter(at)}2" for at, column in enumerate(sheet.columns, 1) if column.choices]
    assert sorted(listed) == sorted(chosen)
    assert not any(cell.data_type == "f" for each in book.worksheets for line in each.rows for cell in line)


def test_a_drop_down_offers_the_values_of_its_column(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_sheet(sheet_of_starter(find_starter("translation"), path), path)
    offered = drop_downs(path)
    assert offered["mode"] == (["speed", "precision"], True)
    assert offered["skip"] == (["yes", "no"], True)
    languages, only = offered["output_languages"]
    assert {"French", "Spanish (Spain)"} < set(languages)
    assert not only  # several may stand in one cell


def test_a_starter_is_found_by_the_beginning_of_its_name() -> None:
    assert find_starter("Social shorts").name == "social-shorts"
    assert find_starter("onboarding").name == "onboarding-and-training"
    with pytest.raises(InputError, match="Did you mean speech"):
        find_starter("speach")
    with pytest.raises(InputError, match="There is no starter sheet 'product'"):  # of two
        find_starter("product")


def test_nothing_that_is_written_becomes_a_formula_or_loses_its_zeros(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    column = StarterColumn(header="=1+1", note="=2", choices=("=3",), example="=4")
    zeros = StarterColumn(header="sku", note="A number.", number=False)
    sheet = StarterSheet(name="a", columns=(column, zeros), rows=(("=HYPERLINK(1)", "00417"),), how_to=("=5",))
    write_starter(sheet, path, ".xlsx")
    book = load_workbook(path)
    cells = [cell for each in book.worksheets for line in each.rows for cell in line if cell.value is not None]
    assert {"=1+1", "=2", "=3", "=4", "=5", "=HYPERLINK(1)", "00417"} <= {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} == {"s"}
    write_starter(sheet, tmp_path / "a.csv", ".csv")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines() == ["'=1+1,sku", "'=HYPERLINK(1),00417"]
