"""A recipe that names a Google Sheet is given in place of a file, and the files are called after it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bulkgen.batch import opened
from bulkgen.batch.source import Source, find_source
from bulkgen.errors import InputError
from bulkgen.ledger.neighbours import lost_its_sheet
from tests.story import Story
from tests.test_google import EDIT

TAB = f"{EDIT}#gid=7"


def write(folder: Path, link: str = TAB, name: str = "leads.recipe.toml", more: str = "") -> Path:
    path = folder / name
    path.write_text(f'link = "{link}"\n{more}', encoding="utf-8")
    return path


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What stands behind each link."""
    sheets = {TAB: "avatar_id,script\nlook_ann,Hello\n"}
    monkeypatch.setattr(opened, "fetch", lambda link: sheets[link].encode())
    return sheets


def test_the_files_stand_beside_the_recipe_and_are_called_after_it(story: Story, shared: dict[str, str]) -> None:
    write(story.folder)
    made = json.loads(story.run("leads.recipe.toml", "--json").out)
    assert (made["sheet"], made["recipe"]) == ("leads.recipe.toml", "leads.recipe.toml")
    assert (made["results"], made["resume"]) == ("leads.results.csv", "leads.csv.resume.jsonl")
    assert story.column("leads.results.csv", "result_status") == ["done"]
    assert {path.name for path in story.folder.iterdir()} == {
        "leads.recipe.toml", "leads.results.csv", "leads.results.html", "leads.csv.resume.jsonl",
    }  # fmt: skip


def test_every_command_takes_it_and_only_new_rows_are_made(story: Story, shared: dict[str, str]) -> None:
    write(story.folder)
    for command in ("check", "preview", "run", "status", "links"):
        more = ["--yes"] if command == "run" else []
        story.type(command, "leads.recipe.toml", *more)
    shared[TAB] += "look_ann,Hello again\n"
    assert "Nothing new" not in story.run("leads.recipe.toml").text
    assert "Nothing new" in story.run("leads.recipe.toml").text
    assert story.charges == 2
    assert story.type("leads.recipe.toml", "--yes").code == 0


def test_its_other_settings_hold_as_in_any_recipe(story: Story, shared: dict[str, str]) -> None:
    shared[TAB] = "script\nHello\n"
    write(story.folder, more='[set]\navatar_id = "look_ann"\n')
    story.run("leads.recipe.toml")
    assert story.charges == 1


def test_a_sheet_that_somebody_else_can_edit_names_no_file_beside_the_recipe(
    story: Story, shared: dict[str, str]
) -> None:
    (story.folder / "secret.mp3").write_bytes(b"ID3")
    shared[TAB] = "avatar_id,audio\nlook_ann,secret.mp3\n"
    write(story.folder)
    assert "secret.mp3" in story.run("leads.recipe.toml", code=2).text
    assert not story.charges


def test_where_a_link_leads_to_says_what_the_file_would_be(tmp_path: Path) -> None:
    tab, whole = write(tmp_path), write(tmp_path, EDIT, "all.recipe.toml")
    assert find_source(str(tab)) == Source(str(tab), tmp_path / "leads.csv", TAB)
    assert find_source(str(whole)) == Source(str(whole), tmp_path / "all.xlsx", EDIT)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("leads.recipe.toml", "", r'and is none.*leads.xlsx.*write into leads.recipe.toml: link'),
        ("bulkgen.recipe.toml", "", r"Give the sheet, such as leads.xlsx; .* write into leads.recipe.toml: link"),
        ("bulkgen.recipe.toml", f'link = "{TAB}"', "is for all sheets of its folder, and can't name"),
        ("leads.recipe.toml", 'link = "https://evil.example/a.xlsx"', "^leads.recipe.toml: https://evil.* only those"),
        ("leads.recipe.toml", "link = 3", 'link is no text. Write it like: link = "https'),
        ("leads.recipe.toml", "link = ", "is no valid recipe"),
    ],
)  # fmt: skip
def test_a_recipe_that_names_no_google_sheet_is_none(tmp_path: Path, name: str, content: str, why: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=why):
        find_source(str(tmp_path / name))


def test_a_recipe_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file .*gone.recipe.toml\.$"):
        find_source(str(tmp_path / "gone.recipe.toml"))


def test_a_sheet_of_the_same_name_is_neither_run_for_the_other_nor_loses_its_results(tmp_path: Path) -> None:
    recipe, sheet = write(tmp_path), tmp_path / "leads.csv"
    with pytest.raises(InputError, match=r"leads.recipe.toml names a Google Sheet \(link\).*bulkgen run"):
        find_source(str(sheet))
    sheet.touch()
    with pytest.raises(InputError, match=r"called after leads.csv, and that is another sheet"):
        find_source(str(recipe))
    assert find_source(str(tmp_path / "leads.results.csv")).link == ""


def test_what_never_was_a_file_here_has_not_been_renamed(tmp_path: Path) -> None:
    resume = tmp_path / "leads.csv.resume.jsonl"
    assert lost_its_sheet(resume)
    (tmp_path / "leads.recipe.toml").write_text("limit = 3\n")
    assert lost_its_sheet(resume)
    write(tmp_path)
    assert not lost_its_sheet(resume)
