"""What a template itself has: its scenes, its shape, the values of its variables, and which of them a sheet fills."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bulkgen.kinds.account import Account, Template
from bulkgen.model import Issue
from tests.making import ACCOUNT, EVERY_TYPE, WELCOME, built, table
from tests.story import Story

OWN_CLIP = {"type": "url", "url": "https://files.heygen.ai/clip.mp4?sig=1"}
LIVE = replace(
    EVERY_TYPE,
    variables={**EVERY_TYPE.variables, "empty": "image"},
    held={
        "line": {"type": "text", "content": "Hi"},
        "photo": {"type": "image", "asset": {"type": "asset_id", "asset_id": "a_1"}, "fit": "cover"},
        "clip": {"type": "video", "asset": OWN_CLIP, "volume": 1},
        "host": {"type": "character", "character_id": "look_1", "character_type": "avatar"},
        "speaker": {"type": "voice", "voice_id": "v_1"},
        "empty": {"type": "image"},
    },
    scene_ids=("s_1", "s_2"),
    aspect_ratio="16:9",
)
KNOWN: Account = replace(ACCOUNT, templates={LIVE.id: LIVE})


def row_of(cells: Mapping[str, object], template: Template = LIVE) -> tuple[list[Issue], list[dict[str, object]]]:
    row = {"template_id": template.id, "line": "Hi", **cells}
    (found,) = built(table(list(row), list(row.values())), replace(KNOWN, templates={template.id: template})).rows
    return list(found.issues), [job.body for job in found.jobs]


@pytest.mark.parametrize(
    ("option", "value", "asked"),
    [
        ("photo.fit", "crop", {"type": "image", "asset": {"type": "asset_id", "asset_id": "a_1"}, "fit": "crop"}),
        ("clip.volume", 0.2, {"type": "video", "asset": OWN_CLIP, "volume": 0.2}),
        ("clip.play_style", "once", {"type": "video", "asset": OWN_CLIP, "play_style": "once"}),
        (
            "host.character_type",
            "talking_photo",
            {"type": "character", "character_id": "look_1", "character_type": "talking_photo"},
        ),
        ("speaker.locale", "en-GB", {"type": "voice", "voice_id": "v_1", "locale": "en-GB"}),
    ],
)
def test_how_something_is_shown_can_be_set_alone_and_the_templates_own_stays(
    option: str, value: object, asked: dict[str, object]
) -> None:
    issues, (body,) = row_of({option: value})
    variables = body["variables"]
    assert isinstance(variables, dict)
    assert (issues, variables[option.partition(".")[0]]) == ([], asked)


def test_a_value_of_the_row_goes_before_the_templates_own() -> None:
    _, (body,) = row_of({"clip": "https://example.com/b.mp4", "clip.volume": 0.2})
    assert "example.com" in str(body["variables"])


def test_the_job_is_the_same_whatever_the_template_holds_meanwhile() -> None:
    def job(template: Template) -> str:
        sheet = table(["template_id", "line", "clip.volume"], ["tpl_all", "Hi", 0.2])
        (made,) = built(sheet, replace(KNOWN, templates={"tpl_all": template})).rows[0].jobs
        return made.fingerprint

    assert LIVE.held
    renewed = {**LIVE.held, "clip": {"asset": {"type": "url", "url": "https://files.heygen.ai/clip.mp4?sig=2"}}}
    assert job(LIVE) == job(replace(LIVE, held=renewed)) == job(replace(LIVE, held=None))


def test_where_the_template_holds_nothing_a_value_is_needed() -> None:
    ((issue,), bodies) = row_of({"empty.fit": "crop"})
    assert (issue.code, issue.header, bodies) == ("missing", "empty", [])
    assert issue.cause == "is missing, and the template holds nothing there"


def test_a_template_in_the_account_is_asked_for_what_it_holds(story: Story) -> None:
    story.sheet("leads.csv", "template_id,first_name,clip.volume", "tpl_full,Ann,0")
    shown = json.loads(story.type("preview", "leads.csv", "--json").out)
    assert '"https://example.com/a.mp4"' in json.dumps(shown)
    story.run("leads.csv")
    assert story.charges == 1


# Scenes, shapes, captions ---------------------------------------------------------------------------------------------


def test_scenes_are_those_of_the_template() -> None:
    ((issue,), bodies) = row_of({"scene_ids": "s_2; s_9; s_1"})
    assert (issue.code, issue.value, issue.fix, len(bodies)) == ("unknown_scene", "s_9", "Its scenes are s_1, s_2.", 1)
    assert issue.of_new
    assert row_of({"scene_ids": "s_2; s_1; s_2"})[0] == []
    assert row_of({"scene_ids": "s_9"}, replace(LIVE, scene_ids=None))[0] == []


@pytest.mark.parametrize(
    ("ratio", "width", "height", "right"),
    [
        ("16:9", 1280, 720, ""),
        ("16:9", 1366, 768, ""),  # as near as even numbers come
        ("16:9", 1280, 600, "720"),
        ("16:9", 720, 1280, "404"),
        ("9:16", 720, 1280, ""),
        ("1:1", 720, 724, "720"),
        ("", 100_0, 200, ""),
        ("wide", 1000, 200, ""),
    ],
)
def test_a_size_keeps_the_aspect_ratio_of_the_template(ratio: str, width: int, height: int, right: str) -> None:
    cells = {"dimension.width": width, "dimension.height": height}
    issues, _ = row_of(cells, replace(LIVE, aspect_ratio=ratio))
    assert [issue.fix for issue in issues] == ([f"Type {right}, or take another width."] if right else [])


def test_a_caption_style_that_heygen_does_not_name_gets_a_word() -> None:
    ((issue,), bodies) = row_of({"subtitles": "clasic"})
    assert (issue.code, issue.warning, len(bodies)) == ("may_be_refused", True, 1)
    assert "classic, bold, bright" in issue.fix
    assert row_of({"subtitles": "bold"})[0] == []


def test_captions_of_a_template_are_wanted_or_not() -> None:
    ((issue,), _) = row_of({"caption": "no", "subtitles": "bold"})
    assert (issue.code, issue.header) == ("conflict", "caption")


def test_the_sandbox_refuses_another_shape_and_a_scene_that_is_not_there(story: Story) -> None:
    header = "template_id,first_name,company,dimension.width,dimension.height,scene_ids"
    story.sheet("leads.csv", header, "tpl_welcome,Ann,Acme,1280,600,", "tpl_welcome,Ann,Acme,,,nowhere")
    told = story.run("leads.csv", "--sandbox", code=2)
    assert "leads!E2: dimension.height '600' does not fit its width: the template is 16:9" in told.text
    assert "leads!F3: scene_ids 'nowhere' is no scene of this template" in told.text


# Variables ------------------------------------------------------------------------------------------------------------


def test_a_variable_that_the_template_does_not_have_is_a_mistake_where_it_is_filled() -> None:
    headers = ["template_id", "first_name", "variables.line", "line"]
    sheet = table(headers, ["tpl_1", "Ann", "Hello", "own"], ["tpl_1", "Ben", None, "own"])
    (issue,) = built(sheet).mistakes
    assert (issue.code, issue.row, issue.header) == ("unknown_variable", 2, "variables.line")
    assert issue.cause == "is no variable of the template Welcome"
    assert issue.fix == "Its variables are first_name, logo."


def test_an_option_of_a_variable_is_no_variable_and_a_misspelt_one_is_told_once() -> None:
    sheet = table(["template_id", "first_name", "variables.first_name.fit"], ["tpl_1", "Ann", "cover"])
    assert [issue.code for issue in built(sheet).rows[0].issues] == ["option_without_use"]
    sheet = table(["template_id", "variables.first_nam"], ["tpl_1", "Ann"])
    assert "first_name" in WELCOME.variables
    assert not built(sheet).rows[0].jobs


def test_the_plan_lists_what_no_column_fills(story: Story) -> None:
    story.sheet("leads.csv", "template_id,first_name,logo,clip.volume", "tpl_full,Ann,https://example.com/a.png,0")
    told = story.type("check", "leads.csv", code=None)
    assert "The template tpl full keeps its own clip, jingle, presenter, speaker: no column fills it." in told.text
    story.run("leads.csv", code=None)
    assert "keeps its own" not in story.type("check", "leads.csv", code=None).text
