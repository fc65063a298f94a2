"""What HeyGen recommends and the sheet leaves open: told, written by `init`, and sent only where the person says so."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from bulkgen.kinds import KINDS
from tests.story import Story, Told

AUTO = 'aspect_ratio = "auto"'


def leads(story: Story, *rows: str) -> None:
    story.sheet("leads.csv", "avatar_id,script,resolution", *(rows or ("look_ann,Hello,", "look_ann,Ho,720p")))


def body(story: Story, *options: str) -> dict[str, Any]:
    """The request of the first row, as a preview tells it."""
    (row,) = json.loads(story.type("preview", "leads.csv", "--row", "2", "--json", *options).out)["rows"]
    (request,) = row["requests"]
    found: dict[str, Any] = request["body"]
    return found


def test_the_plan_says_in_a_line_what_heygen_does_with_what_is_left_open_and_how_to_have_the_other(
    story: Story,
) -> None:
    leads(story)
    told = story.type("check", "leads.csv").text
    assert (
        "Left open: aspect_ratio on 2 jobs (HeyGen makes it 16:9), resolution on 1 job (HeyGen chooses). It recommends "
        "auto, 1080p: --set aspect_ratio=auto --set resolution=1080p, or [set] in leads.recipe.toml." in told
    )
    assert json.loads(story.type("check", "leads.csv", "--json").out)["left_open"] == [
        {"field": "aspect_ratio", "jobs": 2, "by_itself": "16:9", "recommended": "auto"},
        {"field": "resolution", "jobs": 1, "by_itself": "", "recommended": "1080p"},
    ]


def test_nothing_of_it_is_sent_that_nobody_asked_for(story: Story) -> None:
    leads(story)
    assert not {"aspect_ratio", "resolution"} & body(story).keys()


def test_it_is_sent_where_the_person_sets_it_and_the_plan_is_silent(story: Story) -> None:
    leads(story)
    (story.folder / "leads.recipe.toml").write_text(f'[set]\n{AUTO}\nresolution = "1080p"\n', encoding="utf-8")
    told = story.type("check", "leads.csv").text
    assert ("Left open" in told, "settings: leads.recipe.toml" in told) == (False, True)
    assert (body(story)["aspect_ratio"], body(story)["resolution"]) == ("auto", "1080p")


def test_rows_that_are_done_are_named_where_the_advice_would_make_them_again(story: Story) -> None:
    leads(story, "look_ann,Hello,1080p")
    story.run("leads.csv")
    leads(story, "look_ann,Hello,1080p", "look_ann,Anew,1080p")
    assert "would be made, and paid, again" in story.type("check", "leads.csv").text


def test_rows_of_other_kinds_are_not_reached_by_the_advice(story: Story) -> None:
    story.sheet("leads.csv", "type,avatar_id,script,prompt", "avatar,look_ann,Hello,", "cinematic,look_ann,,Dusk")
    told = story.type("check", "leads.csv").text
    assert ("type it in these rows" in told, "--set aspect_ratio" in told) == (True, False)


def test_a_sheet_from_standard_input_has_no_recipe_to_write_it_into(story: Story) -> None:
    told = story.type("check", "-", "--out", "a.csv", stdin="avatar_id,script\nlook_ann,Hello\n").text
    assert "--set resolution=1080p." in told


def test_all_done_leaves_nothing_to_say(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    assert json.loads(story.type("check", "leads.csv", "--json").out)["left_open"] == []


# The recipe -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["avatar", "image", "sales-outreach", "template", "speech", "cinematic"])
def test_init_writes_what_heygen_recommends_for_the_kind_of_its_rows(story: Story, name: str) -> None:
    data = json.loads(story.type("init", name, "--json").out)
    path = story.folder / f"{name}.recipe.toml"
    wanted = KINDS.get(name, KINDS["avatar"]).recommended
    assert (data["recipe"], path.exists()) == ((path.name, True) if wanted else (None, False))
    if wanted:
        assert tomllib.loads(path.read_text(encoding="utf-8")) == {"set": dict(wanted)}
        said = story.type("init", name, "-o", "b.xlsx").text
        assert "b.recipe.toml: aspect_ratio auto, resolution 1080p where a cell is blank" in said


def test_a_recipe_that_there_is_stays_as_it_is(story: Story) -> None:
    recipe = story.folder / "avatar.recipe.toml"
    recipe.write_text("skip_invalid = true\n", encoding="utf-8")
    assert json.loads(story.type("init", "avatar", "--json").out)["recipe"] is None
    assert recipe.read_text(encoding="utf-8") == "skip_invalid = true\n"


def fitted(story: Story, *words: str) -> Told:
    return story.type("init", "--from", "leads.csv", "avatar", *words)


def test_a_sheet_that_there_is_gets_the_lines_too(story: Story) -> None:
    leads(story)
    assert "It sets aspect_ratio auto, resolution 1080p where a cell is blank" in fitted(story).text
    assert AUTO in (story.folder / "leads.recipe.toml").read_text(encoding="utf-8")
    story.run("leads.csv")
    assert story.charges == 2


def test_a_sheet_that_was_run_before_gets_none_since_its_rows_would_be_paid_again(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    assert "recommends" not in fitted(story).text
    story.run("leads.csv")
    assert story.charges == 2


def test_what_the_recipe_sets_already_stays(story: Story) -> None:
    leads(story)
    (story.folder / "leads.recipe.toml").write_text('[set]\n"Aspect Ratio" = "9:16"\n', encoding="utf-8")
    fitted(story)
    sets = tomllib.loads((story.folder / "leads.recipe.toml").read_text(encoding="utf-8"))["set"]
    assert sets == {"Aspect Ratio": "9:16", "resolution": "1080p"}


def test_a_sheet_whose_rows_say_their_kind_gets_none(story: Story) -> None:
    story.sheet("leads.csv", "type,avatar_id,script", "avatar,look_ann,Hello")
    fitted(story)
    assert AUTO not in (story.folder / "leads.recipe.toml").read_text(encoding="utf-8")
