"""What an avatar's engine, its look and its voice take: told before anything is sent, and refused by the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bulkgen.kinds.account import Account, Look
from bulkgen.kinds.avatar import AvatarRequest
from bulkgen.kinds.columns import Lookup
from bulkgen.model import Issue
from bulkgen.sandbox.account import Account as Pretended
from bulkgen.sandbox.kinds.avatar import judge
from bulkgen.sandbox.messages import Refusal
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Settings
from tests.making import ACCOUNT, built, table
from tests.standin.catalogue import catalogue
from tests.story import Story

EVERY = ("avatar_iii", "avatar_iv", "avatar_v")
LOOKS = {
    "studio": Look(type="studio_avatar", engines=("avatar_iii", "avatar_iv"), group="a"),
    "twin": Look(type="digital_twin", engines=EVERY, group="a"),
    "photo": Look(type="photo_avatar", engines=EVERY, group="a"),
    "other": Look(type="digital_twin", engines=EVERY, group="b"),
    "old": Look(type="studio_avatar", engines=("avatar_iii",), group="a"),
    "told": Look(),
}
KNOWN: Account = replace(
    ACCOUNT, looks=LOOKS, listed={**ACCOUNT.listed, Lookup.LOOK: dict.fromkeys((*LOOKS, "look_1"), "")}
)


def found(cells: Mapping[str, object], account: Account = KNOWN) -> list[Issue]:
    row = {"script": "Hello", **cells}
    return list(built(table(list(row), list(row.values())), account).rows[0].issues)


@pytest.mark.parametrize(
    ("cells", "field", "said"),
    [
        ({"avatar_id": "studio", "engine": "avatar_v"}, "engine", "Type avatar_iii or avatar_iv, or take another"),
        ({"avatar_id": "old"}, "avatar_id", "Set engine.type to avatar_iii."),
        ({"avatar_id": "twin", "motion_prompt": "wave"}, "motion_prompt", "set engine.type to avatar_v"),
        ({"avatar_id": "studio", "motion_prompt": "wave"}, "motion_prompt", "Clear the cell."),
        ({"avatar_id": "twin", "expressiveness": "high"}, "expressiveness", "Clear the cell."),
        ({"avatar_id": "photo", "engine": "avatar_iii", "resolution": "4k"}, "resolution", "Type 1080p."),
        (
            {"avatar_id": "twin", "engine": "avatar_v", "engine.reference_look_id": "photo"},
            "engine.reference_look_id",
            "Name a digital twin of the same avatar",
        ),
        (
            {"avatar_id": "twin", "engine": "avatar_v", "engine.reference_look_id": "other"},
            "engine.reference_look_id",
            "Name a digital twin of the same avatar",
        ),
    ],
)  # fmt: skip
def test_what_a_look_does_not_do_is_told_at_the_cell(cells: dict[str, object], field: str, said: str) -> None:
    (issue,) = [issue for issue in found(cells) if not issue.warning]
    assert (issue.code, issue.header, issue.value) == ("unfit_look", field, cells[field])
    assert said in issue.fix
    assert found(cells, replace(KNOWN, looks={})) == []  # nobody looked it up: HeyGen will judge


@pytest.mark.parametrize(
    "cells",
    [
        {"avatar_id": "studio"},
        {"avatar_id": "photo", "motion_prompt": "wave", "expressiveness": "high"},
        {"avatar_id": "twin", "motion_prompt": "wave", "engine": "avatar_v"},
        {"avatar_id": "twin", "resolution": "4k", "engine": "avatar_iii"},
        {"avatar_id": "photo", "engine": "avatar_v", "engine.reference_look_id": "twin"},
        {"avatar_id": "told", "engine": "avatar_v", "engine.reference_look_id": "told"},
        {"avatar_id": "told", "motion_prompt": "wave"},
    ],
)
def test_what_a_look_does_or_may_do_is_left_alone(cells: dict[str, object]) -> None:
    assert found(cells) == []


def test_4k_of_later_engines_gets_a_word_and_is_sent() -> None:
    (issue,) = found({"avatar_id": "twin", "resolution": "4k"})
    assert (issue.code, issue.header, issue.warning) == ("may_be_refused", "resolution", True)


SETTINGS = "voice_settings.engine_settings"


@pytest.mark.parametrize(
    ("engine", "part", "value", "code"),
    [
        ("elevenlabs", "stability", 7, "too_high"),
        ("elevenlabs", "style", -0.5, "too_low"),
        ("elevenlabs", "similarity_boost", 75, "too_high"),
        ("fish", "similarity", 1.01, "too_high"),
        ("elevenlabs", "stability", 0, ""),
        ("elevenlabs", "stability", 1, ""),
        ("elevenlabs", "stability", 0.3, ""),
    ],
)
def test_settings_of_a_voice_go_from_0_to_1(engine: str, part: str, value: float, code: str) -> None:
    cells = {"avatar_id": "studio", f"{SETTINGS}.engine_type": engine, f"{SETTINGS}.{part}": value}
    assert [issue.code for issue in found(cells)] == ([code] if code else [])


def test_a_model_with_three_stabilities_takes_none_between_them() -> None:
    cells = {"avatar_id": "studio", f"{SETTINGS}.engine_type": "elevenlabs", f"{SETTINGS}.model": "eleven_v3"}
    assert [issue.code for issue in found({**cells, f"{SETTINGS}.stability": 0.3})] == ["not_a_choice"]
    assert found({**cells, f"{SETTINGS}.stability": 0.5}) == []


@pytest.mark.parametrize(
    ("colour", "fix"),
    [
        ("red", "Write it as a code like #ff0000."),
        ("ff0000", "Write it as #ff0000."),
        ("#12", "Write it as a code like #ff0000."),
        ("#FFF", ""),
        ("#00ff00", ""),
    ],
)
def test_a_background_is_a_code_of_a_colour(colour: str, fix: str) -> None:
    assert [issue.fix for issue in found({"avatar_id": "studio", "background": colour})] == ([fix] if fix else [])


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"engine.reference_look_id": "twin"}, ["engine.reference_look_id"]),
        ({f"{SETTINGS}.stability": 0.5}, [f"{SETTINGS}.engine_type"]),
    ],
)
def test_a_setting_of_an_engine_that_nobody_names_is_told_once_and_in_the_sheets_words(
    cells: dict[str, object], named: list[str]
) -> None:
    issues = built(table(["avatar_id", "script", *cells], ["twin", "Hi", *cells.values()])).mistakes
    assert [issue.field for issue in issues] == named
    assert not any("discriminator" in issue.cause for issue in issues)


def test_a_link_with_a_blank_in_it_is_told() -> None:
    (issue,) = found({"avatar_id": "studio", "callback_url": "https://example.com/my hook"})
    assert (issue.code, issue.cause) == ("not_a_link", "is a link with a blank in it")


def test_captions_are_wanted_or_not() -> None:
    (issue,) = found({"avatar_id": "studio", "caption": "no", "caption.style": "default"})
    assert (issue.code, issue.header) == ("conflict", "caption")
    assert found({"avatar_id": "studio", "caption": "yes", "caption.style": "default"}) == []


@pytest.mark.parametrize("link", ["not a url", "ftp://example.com/hook", "example.com/hook", "n/a"])
def test_heygen_can_call_addresses_alone(link: str) -> None:
    (issue,) = found({"avatar_id": "studio", "callback_url": link})
    assert (issue.code, issue.header, issue.value) == ("not_a_link", "callback_url", link)
    assert found({"avatar_id": "studio", "callback_url": "https://example.com/hook"}) == []


def test_what_was_sent_before_keeps_its_result_and_only_what_is_new_is_refused(story: Story) -> None:
    header = "avatar_id,script,callback_url"
    story.sheet("leads.csv", header, "look_ann,Hello,")
    story.run("leads.csv")
    story.sheet("leads.csv", header, "look_ann,Hello,n/a")
    told = story.run("leads.csv")
    assert "leads!C2: callback_url 'n/a' is no link" in told.text
    assert story.column("leads.results.csv", "result_status") == ["done"]
    story.sheet("leads.csv", header, "look_ann,Hello,n/a", "look_ann,Ho,n/a")
    told = story.run("leads.csv", code=2)
    assert "1 mistake:" in told.text
    assert "leads!C3: callback_url 'n/a' is no link" in told.text
    story.run("leads.csv", "--skip-invalid", code=3)
    assert story.column("leads.results.csv", "result_status") == ["done", "invalid"]
    assert story.charges == 1


def test_what_the_account_tells_of_a_look_is_heard_before_anything_is_sent(story: Story) -> None:
    story.sheet(
        "leads.csv",
        "avatar_id,script,engine,motion_prompt",
        "ann,Hello,avatar_v,",
        "look_bob,Hello,,wave",
        "look_photo,Hello,,wave",
    )
    told = story.run("leads.csv", code=2)
    assert "leads!C2: engine 'avatar_v' does not work with this look" in told.text
    assert "leads!D3: motion_prompt 'wave' works with avatar_iv for photo avatars only" in told.text
    assert "D4" not in told.text
    assert story.charges == 0


@pytest.mark.parametrize(
    "asked",
    [
        {"avatar_id": "look_ann", "engine": {"type": "avatar_v"}},
        {"avatar_id": "look_bob", "motion_prompt": "wave"},
        {"avatar_id": "look_photo", "motion_prompt": "wave", "engine": {"type": "avatar_iii"}},
        {"avatar_id": "look_bob", "expressiveness": "low"},
        {"avatar_id": "look_photo", "resolution": "4k", "engine": {"type": "avatar_iii"}},
        {"avatar_id": "look_bob", "engine": {"type": "avatar_v", "reference_look_id": "look_photo"}},
        {"avatar_id": "look_ann", "background": {"type": "color", "value": "red"}},
    ],
)
def test_the_pretend_heygen_refuses_what_the_reference_says_is_refused(asked: dict[str, object]) -> None:
    rules = Rules(Pretended(Settings(), catalogue({}, {}), lambda: 0.0))
    body = {"type": "avatar", "script": "Hello", **asked}
    assert AvatarRequest.model_validate(body)
    with pytest.raises(Refusal):
        judge(rules, body)
    judge(rules, {"type": "avatar", "script": "Hello", "avatar_id": asked["avatar_id"]})
