"""Names in place of ids: the same jobs, whatever things are called, with or without HeyGen, and nothing paid twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from bulkgen.ledger.events import FORMAT
from bulkgen.ledger.history import fold
from tests.story import Story

LEADS = "template_id,first_name,company"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    folder = tmp_path / "sheets"
    folder.mkdir()
    with Story(folder, names={"tpl_hello": "Welcome", "voice_mine": "My voice"}) as told:
        yield told


def rename(story: Story, **names: str) -> None:
    story.heygen.change(names=names)


def test_a_name_is_its_id_and_the_same_job_as_the_id(story: Story) -> None:
    story.sheet("leads.csv", LEADS, "Welcome,Ann,Acme", "tpl_hello,Ann,Acme", " welcome ,Bob,Acme")
    story.run("leads.csv")
    assert story.charges == 2
    assert {event["path"] for event in story.heygen.ledger.charges} == {"/v3/templates/tpl_hello"}
    named = [event for event in story.events("leads.csv") if event["event"] == "named"]
    assert [(each["lookup"], each["word"], each["id"], each["name"]) for each in named] == [
        ("template", "welcome", "tpl_hello", "Welcome")
    ]
    assert story.events("leads.csv")[0]["format"] == FORMAT
    kinds = [event["event"] for event in story.events("leads.csv")]
    assert kinds.index("named") < kinds.index("submitting")


def test_an_id_put_in_place_of_the_name_makes_nothing_again(story: Story) -> None:
    story.sheet("leads.csv", LEADS, "Welcome,Ann,Acme")
    story.run("leads.csv")
    story.sheet("leads.csv", LEADS, "tpl_hello,Ann,Acme")
    story.run("leads.csv")
    assert story.charges == 1


def test_what_is_renamed_at_heygen_is_not_made_again_and_that_is_said(story: Story) -> None:
    story.sheet("leads.csv", LEADS, "Welcome,Ann,Acme")
    story.run("leads.csv")
    rename(story, tpl_hello="Greeting")
    told = story.run("leads.csv")
    assert "The template 'Welcome' is called 'Greeting' at HeyGen now" in told.text
    story.sheet("leads.csv", LEADS, "Welcome,Ann,Acme", "Greeting,Ann,Acme", "Welcome,Bob,Acme")
    story.run("leads.csv")
    assert story.charges == 2
    assert story.column("leads.results.csv", "result_status") == ["done"] * 3


def test_a_name_that_is_anothers_by_now_is_said_and_its_rows_count_as_edited(story: Story) -> None:
    rows = [f"Welcome,Ann {n},Acme" for n in range(11)]
    story.sheet("leads.csv", LEADS, *rows)
    story.run("leads.csv")
    rename(story, tpl_hello="Old welcome", tpl_new="Welcome")
    story.heygen.change(templates={"tpl_new": {"first_name": "text", "company": "text"}})
    told = story.run("leads.csv", code=2)
    assert "The template 'Welcome' is tpl_new at HeyGen now, and was tpl_hello in earlier runs" in told.text
    assert "--replace" in told.text
    assert story.charges == 11


def test_two_templates_of_one_name_are_listed_and_nothing_is_sent(story: Story) -> None:
    rename(story, tpl_hello="Welcome", tpl_titled="welcome")
    story.sheet("leads.csv", LEADS, "Welcome,Ann,Acme")
    told = story.run("leads.csv", code=2)
    assert "is the name of 2 templates" in told.text
    assert "tpl_hello (16:9" in told.text
    assert "tpl_titled (16:9" in told.text
    assert not story.charges


def test_a_name_that_came_to_have_a_namesake_stays_what_it_was(story: Story) -> None:
    story.sheet("leads.csv", LEADS, "Welcome,Ann,Acme")
    story.run("leads.csv")
    rename(story, tpl_hello="Welcome", tpl_titled="Welcome", tpl_plain="Other")
    story.run("leads.csv")
    story.sheet("leads.csv", LEADS, "Welcome,Ann,Acme", "Other,,")  # which takes the whole list
    story.run("leads.csv")
    assert [charge["path"] for charge in story.heygen.ledger.charges] == [
        "/v3/templates/tpl_hello",
        "/v3/templates/tpl_plain",
    ]


def test_a_misspelt_name_is_told_the_right_one(story: Story) -> None:
    story.sheet("leads.csv", LEADS, "Welcom,Ann,Acme")
    assert "Did you mean Welcome?" in story.run("leads.csv", code=2).text


def test_the_jobs_are_known_without_heygen(story: Story) -> None:
    story.sheet("leads.csv", "template_id,first_name,company,video,languages",
                "Welcome,Ann,Acme,,", ",,,https://example.com/v.mp4,Deutsch; pt-BR")  # fmt: skip
    story.run("leads.csv")
    story.heygen.change(script=[{"fault": "error_before:500"}])
    assert "3 done" in story.type("status", "leads.csv").text
    told = story.type("check", "leads.csv", "--offline")
    assert "3 done" in told.text


def test_the_results_run_again_are_the_same_jobs(story: Story) -> None:
    story.sheet("leads.csv", "video,languages", "https://example.com/v.mp4,Deutsch; pt-BR")
    story.run("leads.csv")
    assert story.column("leads.results.csv", "result_language") == ["German", "Portuguese (Brazil)"]
    story.run("leads.results.csv")
    assert story.charges == 2
    assert story.column("leads.results.csv", "result_status") == ["done", "done"]


def test_names_are_paid_once_with_the_resume_file_gone_too(story: Story) -> None:
    story.sheet("leads.csv", "template_id,first_name,company,avatar_id,script,voice",
                "Welcome,Ann,Acme,,,", ",,,mine,Hello,My voice")  # fmt: skip
    story.run("leads.csv")
    assert story.charges == 2
    (story.folder / "leads.csv.resume.jsonl").unlink()
    story.run("leads.csv")
    assert story.charges == 2
    assert story.column("leads.results.csv", "result_status") == ["done", "done"]


def test_a_renamed_thing_with_the_resume_file_gone_is_a_mistake_not_a_payment(story: Story) -> None:
    story.sheet("leads.csv", LEADS, "Welcome,Ann,Acme")
    story.run("leads.csv")
    (story.folder / "leads.csv.resume.jsonl").unlink()
    rename(story, tpl_hello="Quite another name")
    story.run("leads.csv", code=2)
    assert story.charges == 1


def test_several_languages_by_several_kinds_of_names_are_a_job_each(story: Story) -> None:
    story.sheet("leads.csv", "video,languages", "https://example.com/v.mp4,Deutsch; pt-BR | 日本語 ; german")
    told = story.run("leads.csv")
    assert "Languages: 'Deutsch' is German, 'pt-BR' is Portuguese (Brazil), '日本語' is Japanese." in told.text
    assert story.column("leads.results.csv", "result_language") == ["German", "Portuguese (Brazil)", "Japanese"]
    assert story.charges == 3


def test_a_language_that_can_be_several_is_told_which(story: Story) -> None:
    story.sheet("leads.csv", "video,languages", "https://example.com/v.mp4,Swahili", "https://example.com/v.mp4,de-LU")
    told = story.run("leads.csv", code=2)
    assert "Type one of these: Swahili (Kenya); Swahili (Tanzania)." in told.text
    assert "HeyGen has German; German (Austria); German (Germany); German (Switzerland)." in told.text
    assert not story.charges


def test_a_name_given_for_all_rows_is_resolved_as_in_a_cell(story: Story) -> None:
    story.sheet("leads.csv", "first_name,company", "Ann,Acme")
    story.run("leads.csv", "--set", "template_id=welcome")
    assert [charge["path"] for charge in story.heygen.ledger.charges] == ["/v3/templates/tpl_hello"]


def test_what_is_no_id_never_reaches_a_path(story: Story) -> None:
    story.sheet("leads.csv", LEADS, "../videos,Ann,Acme", "a/b?c=d,Ann,Acme", "My welcome,Ann,Acme")
    story.run("leads.csv", code=2)
    asked = {line["path"] for line in story.heygen.ledger.lines if "path" in line}
    assert not [path for path in asked if "videos" in path or "%" in path or " " in path or "a/b" in path]


def test_a_rehearsal_takes_names_and_what_it_does_not_know(story: Story) -> None:
    story.sheet("leads.csv", "template_id,first_name,company", "My own welcome,Ann,Acme", "my own  WELCOME,Ann,Acme")
    story.type("run", "leads.csv", "--sandbox")
    assert story.column("leads.sandbox.results.csv", "result_status") == ["done", "done"]
    standing = story.type("status", "leads.csv", "--sandbox").text
    assert "1 done" in standing
    assert "queued" not in standing


def test_every_field_that_takes_an_id_takes_a_name(story: Story) -> None:
    story.sheet(
        "leads.csv",
        "avatar_id,script,voice_id,folder_id,brand_glossary_id,engine.type,engine.reference_look_id",
        "bob,Hello,My voice,Folder 2,glossary 1,avatar_v,Bob",
        "look_bob,Hello,voice_mine,folder_2,glossary_1,avatar_v,look_bob",
    )
    story.run("leads.csv")
    assert story.charges == 1
    story.sheet("voices.csv", "text,voice_id", "Hello,my VOICE", "Hello,voice_mine")
    story.run("voices.csv")
    assert story.charges == 2
    story.sheet(
        "presented.csv",
        "template_id,first_name,presenter,speaker",
        "tpl full,Ann,Bob,my voice",
        "tpl_full,Ann,look_bob,voice_mine",
    )
    story.run("presented.csv")
    assert story.charges == 3


def test_what_was_sent_with_a_language_as_it_was_typed_is_not_made_again(story: Story) -> None:
    """Earlier releases sent `pt_BR` and `Deutsch` as they stood, and knew the job by that."""
    sheet = ("text,voice_id,locale", "Olá,voice_mine,pt_BR", "Hallo,voice_mine,Deutsch")
    story.sheet("leads.csv", *sheet)
    with mock.patch("bulkgen.rows.jobs.tags_of", return_value={}):
        story.run("leads.csv")
    assert story.charges == 2
    story.run("leads.csv")
    assert story.charges == 2
    story.sheet("leads.csv", *sheet, "Hello,voice_mine,British English")
    story.run("leads.csv")
    assert story.charges == 3
    (story.folder / "leads.csv.resume.jsonl").unlink()
    story.run("leads.csv", code=None)
    assert story.charges == 3


def test_an_earlier_release_passes_over_what_names_stood_for(story: Story) -> None:
    story.sheet("leads.csv", LEADS, "Welcome,Ann,Acme")
    story.run("leads.csv")
    events = story.events("leads.csv")
    assert fold(event for event in events if event["event"] != "named").states == fold(events).states
    assert not fold([{"event": "named"}, {"event": "named", "lookup": 7, "word": None, "id": []}]).states
