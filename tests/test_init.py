"""`bulkgen init`: a new sheet and no file of the person's harmed; whatever a template's variables are called."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bulkgen.batch.new_sheet import left_out, sheet_of_template, write_sheet
from bulkgen.errors import Exit, InputError
from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.columns import Lookup, match_key
from bulkgen.model import Cell, Row, Table
from bulkgen.rows.build import ReadOptions, build
from bulkgen.rows.built import Built
from bulkgen.sheet import read_sheet
from bulkgen.sheet.starter import StarterSheet
from bulkgen.texts import UNWRITABLE, guarded, runs
from tests.command import SAMPLES, bulkgen
from tests.story import Story

TYPES = ("text", "image", "video", "audio", "character", "voice", "hologram")

#: Names that mean something to a spreadsheet, to bulkgen, or to nobody.
HOSTILE = {
    '=HYPERLINK("http://evil.example","here")': "text",
    "+1": "text",
    "@sum": "text",
    "'=quoted": "text",
    "": "text",
    "{{first_name}}": "text",
    "caption": "text",
    "folder_id": "text",
    "fps": "image",
    "type": "text",
    "kind": "text",
    "row_id": "text",
    "skip": "text",
    "copy": "text",
    "template_id": "text",
    "result_status": "text",
    "title": "text",
    "First Name": "text",
    "first_name": "text",
    "a\nb": "text",
    "_x0041_": "text",
    "variables.x": "text",
}

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12) | st.sampled_from(sorted(HOSTILE))


def sheet_of(variables: dict[str, str]) -> StarterSheet:
    return sheet_of_template(Template("tpl_mine", "Mine", variables), Path("mine.xlsx"), {})


def as_table(sheet: StarterSheet) -> Table:
    rows = (Row(n, tuple(Cell(text, text) for text in row)) for n, row in enumerate(sheet.rows, 2))
    return Table(sheet.name, tuple(column.header for column in sheet.columns), tuple(rows))


def judged(table: Table, template: Template) -> Built:
    listed = {Lookup.TEMPLATE: {template.id: template.name}}
    account = Account({template.id: template}, listed, lenient=True)
    return build(table, ReadOptions("mine", examples=True), account)


def mistakes(built: Built) -> list[str]:
    return [f"{issue.header}: {issue.cause}" for issue in built.mistakes]


@given(st.dictionaries(NAMES, st.sampled_from(TYPES), max_size=6))
@example(HOSTILE)
@example({"skip": "text", "row_id": "image"})
@example({"title": "text", "video_title": "text"})
def test_the_sheet_of_any_template_is_right_for_it_and_in_the_sandbox(variables: dict[str, str]) -> None:
    first = {match_key(name): type_ for name, type_ in reversed(variables.items())}
    usable = {
        name: type_ for name, type_ in variables.items()
        # no sheet can hold these, and tell these apart
        if not UNWRITABLE.search(name) and first[match_key(name)] == type_
    }  # fmt: skip
    table = as_table(sheet_of(usable))
    assert mistakes(judged(table, Template("tpl_mine", "Mine", usable))) == []
    assert mistakes(judged(table, Template("tpl_mine", "tpl_mine", open=True))) == []


@pytest.mark.parametrize("name", ["mine.xlsx", "mine.csv"])
def test_names_that_a_spreadsheet_would_run_become_texts_that_still_fill_their_variables(
    tmp_path: Path, name: str
) -> None:
    sheet, path = sheet_of(HOSTILE), tmp_path / name
    write_sheet(sheet, path)
    table = read_sheet(path)
    assert not [header for header in table.headers if runs(header) or guarded(header)]
    assert mistakes(judged(table, Template("tpl_mine", "Mine", HOSTILE))) == []
    if path.suffix == ".xlsx":
        cells = [cell for each in load_workbook(path).worksheets for line in each.rows for cell in line]
        assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_without_a_name_the_starters_are_listed(tmp_path: Path) -> None:
    done = bulkgen(tmp_path, "init")
    assert done.returncode == 0
    assert "sales-outreach" in done.stdout
    assert "bulkgen init --template NAME" in done.stdout
    data = json.loads(bulkgen(tmp_path, "init", "--json").stdout)
    assert {"name": "speech", "kind": True}.items() <= data["starters"][3].items()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["speech"], ["--for", "speech", "-o", "speech.xlsx"]])
def test_a_file_that_there_is_stays_as_it_is(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "speech.xlsx").write_bytes(b"mine")
    done = bulkgen(tmp_path, "init", *words)
    assert done.returncode == 2
    assert "speech.xlsx exists already and is left as it is" in done.stderr
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"mine"]


def test_a_file_that_came_in_the_meantime_stays_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_bytes(b"mine")
    with pytest.raises(InputError, match="exists already"):
        write_sheet(sheet_of({}), path)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"mine"]


def test_a_template_that_is_not_there_is_told_with_those_that_are(story: Story) -> None:
    told = story.type("init", "--template", "Welcome", code=2).text
    assert "--template 'Welcome' is no template of this account. You have 16 templates: tpl hello, tpl full" in told
    assert "and 8 more (bulkgen list templates shows all). Type the template's name" in told
    assert not list(story.folder.iterdir())


def test_an_account_without_templates_is_told_so(story: Story) -> None:
    world = story.heygen.account
    world.catalogue = replace(world.catalogue, templates={})
    told = story.type("init", "--template", "Welcome", code=2).text
    assert "You have no template with variables yet: make one in HeyGen's editor." in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["speech", "-o", "a.ods"], "-o a.ods: a file is written as .xlsx or .csv, and this is neither"),
        (["speech", "-o", "none/a.csv"], "There is no folder none"),
        (["speach"], "There is no starter sheet 'speach'. Did you mean speech?"),
        (["speech", "--for", "real-estate"], "Name one starter sheet, a template or a project"),
        (["--template", "tpl_none", "--sandbox"], "--template 'tpl_none' is no template of this account. You have"),
        (["speech", "--from", "none.csv"], "There is no file none.csv"),
        (["real-estate", "--from", "a.csv"], "--from needs --template NAME, or one of the kinds"),
        (["speech", "--from", "-"], "--from takes a file of this computer"),
        (["speech", "--from", "a.csv", "-o", "b.csv"], "--from writes no sheet but the recipe"),
    ],
)
def test_what_can_not_be_is_said_and_writes_nothing(tmp_path: Path, words: list[str], said: str) -> None:
    done = bulkgen(tmp_path, "init", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_csv_is_written_if_asked_for_and_says_so(tmp_path: Path) -> None:
    data = json.loads(bulkgen(tmp_path, "init", "speech", "-o", "a.csv", "--json").stdout)
    assert (data["file"], data["examples"]) == ("a.csv", 2)
    needed = [column["header"] for column in data["columns"] if column["required"]]
    assert needed == ["text", "voice_id"]
    assert read_sheet(tmp_path / "a.csv").headers[:2] == ("text", "voice_id")


# A sheet that there is ----------------------------------------------------------------------------------------------


def fitted(folder: Path, headers: str, *words: str) -> dict[str, tuple[list[str], str]]:
    (folder / "crm.csv").write_text(f"{headers}\nAnn,Acme,a@b.example\n", encoding="utf-8")
    before = (folder / "crm.csv").read_bytes()
    done = bulkgen(folder, "init", "--from", "crm.csv", "--sandbox", "--json", *words)
    assert done.returncode == 0, done.stderr
    assert (folder / "crm.csv").read_bytes() == before
    return {each["field"]: (each["headers"], each["how"]) for each in json.loads(done.stdout)["columns"]}


def test_a_sheet_that_there_is_gets_a_recipe_that_check_takes(tmp_path: Path) -> None:
    found = fitted(tmp_path, "First Name,Compnay,E-Mail", "--template", "tpl_welcome")
    assert found == {"first_name": (["First Name"], "named"), "company": (["Compnay"], "guessed")}
    recipe = (tmp_path / "crm.recipe.toml").read_text(encoding="utf-8")
    assert 'template_id = "tpl_welcome"' in recipe
    assert 'Compnay = "company"' in recipe
    assert bulkgen(tmp_path, "check", "crm.csv", "--sandbox").returncode == 0


def test_names_that_mean_the_same_need_no_entry_in_the_recipe(tmp_path: Path) -> None:
    found = fitted(tmp_path, "Vorname,Firma,E-Mail", "--template", "tpl_welcome")
    assert found == {"first_name": (["Vorname"], "meant"), "company": (["Firma"], "meant")}
    assert "[map]" not in (tmp_path / "crm.recipe.toml").read_text(encoding="utf-8")
    assert bulkgen(tmp_path, "check", "crm.csv", "--sandbox").returncode == 0


def test_columns_that_compete_and_fields_without_one_are_told(tmp_path: Path) -> None:
    found = fitted(tmp_path, "Vorname,Given Name,E-Mail", "--template", "tpl_welcome")
    assert found == {"first_name": (["Vorname", "Given Name"], "doubtful"), "company": ([], "missing")}
    done = bulkgen(tmp_path, "init", "--from", "crm.csv", "--sandbox", "--template", "tpl_welcome")
    assert "could be any of Vorname, Given Name" in done.stdout
    assert "For first_name, company: add a column to the sheet" in done.stdout


def test_a_kind_is_kept_in_the_recipe_and_does_not_become_another(tmp_path: Path) -> None:
    assert fitted(tmp_path, "text,Compnay,E-Mail", "speech") == {
        "text": (["text"], "named"),
        "voice_id": ([], "missing"),
    }
    assert 'kind = "speech"' in (tmp_path / "crm.recipe.toml").read_text(encoding="utf-8")
    done = bulkgen(tmp_path, "init", "--template", "tpl_welcome", "--from", "crm.csv", "--sandbox")
    assert done.returncode == Exit.MISTAKES
    assert "crm.recipe.toml is there already, for the kind speech" in done.stderr
    assert "template" not in (tmp_path / "crm.recipe.toml").read_text(encoding="utf-8")


def test_sheet_and_header_row_are_kept_where_they_were_said(tmp_path: Path) -> None:
    lines = "Leads of spring\n\nfirst_name,company\nAnn,Acme\n"
    (tmp_path / "crm.csv").write_text(lines, encoding="utf-8")
    done = bulkgen(tmp_path, "init", "--from", "crm.csv", "--sandbox", "--template", "tpl_welcome", "--header-row", "3")
    assert done.returncode == 0
    assert "header_row = 3" in (tmp_path / "crm.recipe.toml").read_text(encoding="utf-8")
    assert bulkgen(tmp_path, "check", "crm.csv", "--sandbox").returncode == 0


def test_the_export_of_a_crm_is_understood_as_it_is(tmp_path: Path) -> None:
    sheet = tmp_path / "Q4 warm leads.xlsx"
    shutil.copy(SAMPLES / "crm_export.xlsx", sheet)
    before = sheet.read_bytes()
    words = ["init", "--from", sheet.name, "--template", "welcome a new customer", "--sandbox"]
    done = bulkgen(tmp_path, *words)
    assert "The headers are in row 3." in done.stdout
    assert "company     is filled from Company Name" in done.stdout
    assert "Next: bulkgen check 'Q4 warm leads.xlsx'" in done.stdout
    assert sheet.read_bytes() == before
    told = bulkgen(tmp_path, "check", sheet.name, "--sandbox")
    assert told.returncode == 0
    assert "120 template videos" in told.stderr


def test_the_sheet_of_a_workbook_that_was_chosen_is_kept(tmp_path: Path) -> None:
    book = Workbook()
    for title in ("Spring", "Autumn"):
        book.create_sheet(title).append(["text", "voice_id"])
        book[title].append(["Hello", "voice_anna"])
    book.remove(book.worksheets[0])
    book.save(tmp_path / "a.xlsx")
    assert bulkgen(tmp_path, "init", "speech", "--from", "a.xlsx", "--sandbox").returncode == 2
    done = bulkgen(tmp_path, "init", "speech", "--from", "a.xlsx", "--sheet", "Autumn", "--sandbox")
    assert "The rows are in the sheet Autumn." in done.stdout
    assert 'sheet = "Autumn"' in (tmp_path / "a.recipe.toml").read_text(encoding="utf-8")
    assert bulkgen(tmp_path, "check", "a.xlsx", "--sandbox").returncode == 0


def test_a_variable_without_a_column_is_told_with_the_reason() -> None:
    variables = {
        "First Name": "text",
        "first_name": "text",
        "row_id": "text",
        "a\x01": "text",
        "new": "hologram",
        "ok": "text",
    }
    template = Template("tpl_mine", "Mine", variables)
    why = left_out(template)
    assert [*why] == ["first_name", "row_id", "a\x01", "new"]
    reasons = [
        "read like that of First Name",
        "a column of its own",
        "no sheet can hold",
        "The template's own value stays",
    ]
    for reason, told in zip(reasons, why.values(), strict=True):
        assert reason in told
    headers = {column.header for column in sheet_of_template(template, Path("mine.xlsx"), {}).columns}
    assert {"First Name", "ok"} <= headers


def test_the_example_rows_of_any_variable_differ() -> None:
    sheet = sheet_of_template(Template("tpl_mine", "Mine", {"Slogan": "text"}), Path("mine.xlsx"), {})
    first, second = sheet.rows
    assert [first[1], second[1]] == ["Your Slogan", "Another Slogan"]


def test_init_says_which_variables_it_leaves_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = Template("tpl_mine", "Mine", {"row_id": "text", "ok": "text"})
    monkeypatch.setattr("bulkgen.cli.init.find_template", lambda *_, **__: template)
    monkeypatch.setattr("bulkgen.cli.init.own_names", lambda *_, **__: {})
    done = bulkgen(tmp_path, "init", "--template", "Mine")
    assert (done.returncode, (tmp_path / "mine.xlsx").exists()) == (0, True)
    assert "The variable 'row_id' has no column: a sheet has a column of its own by that name." in done.stderr
