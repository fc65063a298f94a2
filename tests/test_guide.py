"""The guide: asked on a terminal, answered once, kept in the recipe; never asked where nobody can answer."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from openpyxl import Workbook

from bulkgen.kinds import KINDS
from tests.command import bulkgen
from tests.story import Story, Told

CRM = ("First Name,Company Name,Email", "Ann,Acme,ann@example.com", "José,Sol,jose@example.com")


@pytest.fixture
def terminal() -> Iterator[None]:
    """Somebody sits at a terminal."""
    with mock.patch("bulkgen.cli.console._is_terminal", return_value=True):
        yield


def answered(story: Story, *words: str, answers: str, code: int | None = 0) -> Told:
    return story.type(*words, stdin=answers, code=code)


def recipe(story: Story, name: str = "leads.recipe.toml") -> dict[str, Any]:
    return tomllib.loads((story.folder / name).read_text(encoding="utf-8"))


def test_a_list_of_people_becomes_videos_by_two_answers_that_are_never_asked_again(
    story: Story, terminal: None
) -> None:
    story.sheet("leads.csv", *CRM)
    told = answered(story, "run", "leads.csv", answers="1\ny\n")
    assert "What should be made of leads (2 rows)?" in told.text
    assert "Kept in leads.recipe.toml" in told.text
    assert story.charges == 2
    assert list(recipe(story)) == ["set"]
    story.sheet("leads.csv", *CRM, "Zoë,Brown Ltd,zoe@example.com")
    told = answered(story, "run", "leads.csv", answers="y\n")
    assert "What should be made" not in told.text
    assert story.charges == 3


def test_the_likeliest_template_is_the_guess_and_enter_takes_it(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", *CRM)
    told = answered(story, "check", "leads.csv", answers="\n")
    assert "(your columns: First Name, Company Name)" in told.text
    assert "Everything that can be checked from here is right" in told.text
    assert recipe(story)["set"]["template_id"] == "tpl_hello"


def test_a_column_is_asked_for_with_what_stands_in_it(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", "Who,Business,template_id", "Ann,Acme,tpl_hello")
    told = answered(story, "check", "leads.csv", answers="1\n1\n")
    assert "Which of your columns is it?" in told.text
    assert "Who (Ann …)" in told.text
    assert recipe(story)["map"] == {"Who": "first_name", "Business": "company"}


def test_one_text_for_all_rows_may_be_typed(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", "First Name", "Ann")
    (story.folder / "leads.recipe.toml").write_text('kind = "avatar"\n[set]\navatar_id = "look_ann"\n')
    told = answered(story, "check", "leads.csv", answers="2\nHi {{First Name}}\n")
    assert "such as Hello {{First Name}}!" in told.text
    assert recipe(story)["set"]["script"] == "Hi {{First Name}}"


def test_a_voice_is_chosen_among_those_that_can_do_it_or_named(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", "text", "Hello")
    (story.folder / "leads.recipe.toml").write_text('kind = "speech"\n')
    told = answered(story, "check", "leads.csv", answers="1\n")
    assert "Which voice for all rows?" in told.text
    assert recipe(story)["set"]["voice_id"] in story.heygen.account.catalogue.voices


def test_which_sheet_is_asked_with_their_names(story: Story, terminal: None) -> None:
    book = Workbook()
    for title in ("Spain", "Japan"):
        sheet = book.create_sheet(title)
        sheet.append(["avatar_id", "script"])
        sheet.append(["look_ann", f"Hello {title}"])
    book.remove(book.worksheets[0])
    book.save(story.folder / "leads.xlsx")
    told = answered(story, "run", "leads.xlsx", answers="Japan\ny\n")
    assert "Which one has the rows?" in told.text
    assert recipe(story) == {"sheet": "Japan"}
    assert story.charges == 1


@pytest.mark.parametrize("options", [("--no-input",), ("--json",)])
def test_nobody_is_asked_who_does_not_want_it(story: Story, terminal: None, options: tuple[str, ...]) -> None:
    story.sheet("leads.csv", *CRM)
    told = answered(story, "run", "leads.csv", "--yes", *options, answers="1\n", code=2)
    assert "What should be made" not in told.text
    assert "no column says what to make" in told.text
    assert "You have" in told.text
    assert not (story.folder / "leads.recipe.toml").exists()


def test_nobody_is_asked_where_there_is_no_terminal(story: Story) -> None:
    story.sheet("leads.csv", *CRM)
    told = answered(story, "run", "leads.csv", "--yes", answers="1\n", code=2)
    assert "What should be made" not in told.text
    assert "You have" in told.text


def test_without_an_answer_the_mistake_is_told_and_nothing_is_kept(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", *CRM)
    told = answered(story, "run", "leads.csv", answers="", code=2)
    assert "no column says what to make" in told.text
    assert not (story.folder / "leads.recipe.toml").exists()
    assert story.charges == 0


def test_a_no_to_the_cost_leaves_the_answers_kept_and_nothing_sent(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", *CRM)
    answered(story, "run", "leads.csv", answers="1\nn\n", code=2)
    assert recipe(story)["set"]
    assert story.charges == 0


def test_the_answers_of_a_rehearsal_are_not_those_of_the_account(tmp_path: Path, terminal: None) -> None:
    (tmp_path / "leads.csv").write_text("\n".join(CRM), encoding="utf-8")
    done = bulkgen(tmp_path, "run", "leads.csv", "--sandbox", stdin="1\n")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "leads.sandbox.recipe.toml").exists()
    assert not (tmp_path / "leads.recipe.toml").exists()
    again = bulkgen(tmp_path, "status", "leads.csv", "--sandbox", "--json")
    assert json.loads(again.stdout)["counts"] == {"done": 2}


def test_a_single_row_with_a_mistake_is_told_and_not_asked_about(story: Story, terminal: None) -> None:
    story.sheet(
        "leads.csv", "type,avatar_id,script,text", "avatar,look_ann,Hello,", "avatar,look_ann,Hi,", "speech,,,Oh"
    )
    told = answered(story, "check", "leads.csv", answers="1\n", code=2)
    assert "Which voice" not in told.text
    assert "voice_id" in told.text


def test_without_a_key_logging_in_comes_before_all_other_questions(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", *CRM)
    env = {"HEYGEN_API_KEY": "", "HEYGEN_CONFIG_DIR": str(story.folder / "config")}
    with mock.patch("bulkgen.cli.login._unseen", return_value=story.heygen.settings.key):
        told = story.type("run", "leads.csv", stdin="1\ny\n", env=env)
    assert told.text.index("There is no HeyGen API key") < told.text.index("What should be made of leads")
    assert story.charges == 2


def test_who_does_not_want_to_log_in_is_asked_once_and_told_the_mistakes(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", *CRM)
    env = {"HEYGEN_API_KEY": "", "HEYGEN_CONFIG_DIR": str(story.folder / "config")}
    with mock.patch("bulkgen.cli.login._unseen", return_value=""):
        told = story.type("run", "leads.csv", env=env, code=2)
    assert told.text.count("There is no HeyGen API key") == 1
    assert "no column says what to make" in told.text


def test_a_misspelt_column_is_the_guess(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", "first_name,compny,template_id", "Ann,Acme,tpl_hello")
    told = answered(story, "check", "leads.csv", answers="\n")
    assert "1 compny (Acme …)" in told.text
    assert recipe(story)["map"] == {"compny": "company"}


def test_two_columns_that_may_both_be_meant_are_asked_about(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", "Given Name,Vorname,company,template_id", "Ann,Anna,Acme,tpl_hello")
    told = answered(story, "check", "leads.csv", answers="2\n")
    assert "Which column is first_name?" in told.text
    assert recipe(story)["map"] == {"Vorname": "first_name"}


def test_what_is_typed_and_can_not_be_used_is_asked_for_again_and_not_kept(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", "First Name", "Ann")
    (story.folder / "leads.recipe.toml").write_text('# ours\nkind = "avatar"\n[set]\navatar_id = "look_ann"\n')
    told = answered(story, "check", "leads.csv", answers="2\nHi {{Nope}}\n2\nHi {{First Name}}\n")
    assert "{{Nope}} names no column" in told.text
    assert told.text.count("Kept in leads.recipe.toml") == 1
    assert recipe(story)["set"]["script"] == "Hi {{First Name}}"


def test_a_wrong_answer_that_is_given_up_leaves_the_recipe_as_it_was(story: Story, terminal: None) -> None:
    before = '# ours\nkind = "speech"\n'
    story.sheet("leads.csv", "text", "Hello")
    (story.folder / "leads.recipe.toml").write_text(before)
    told = answered(story, "check", "leads.csv", answers="Another voice: type its name or id\nnobody\n", code=2)
    assert "'nobody' is no voice" in told.text
    assert (story.folder / "leads.recipe.toml").read_text() == before
    assert "voice_id is missing" in told.text


def test_a_template_that_is_not_among_the_first_can_be_named(story: Story, terminal: None) -> None:
    story.sheet("leads.csv", "text", "Hello")
    told = answered(story, "check", "leads.csv", answers=f"{8 + len(KINDS)}\ntpl page 05\n")
    assert "Another of your templates (8 more)" in told.text
    assert recipe(story)["set"]["template_id"] == "tpl page 05"
