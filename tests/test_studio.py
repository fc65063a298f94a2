"""Videos of several scenes in columns: what is sent, what is refused, how long they last and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from shutil import copy
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.batch.estimator import Estimator
from bulkgen.batch.price_source import own_prices
from bulkgen.files.length import Length
from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Account, Look
from bulkgen.kinds.columns import Column, Lookup, Type
from bulkgen.kinds.scene_request import SCENES
from bulkgen.kinds.scenes import asked
from bulkgen.model import Job
from bulkgen.pricing.cost import ASSUMED_SOURCE
from bulkgen.pricing.prices import told_of
from bulkgen.pricing.spoken import spoken_seconds
from bulkgen.pricing.spread import Spread
from bulkgen.rows.advice.lint import lint
from bulkgen.rows.links import media_links
from tests.command import ROOT
from tests.making import ACCOUNT, built, jobs_of, table
from tests.standin.judge import body_errors
from tests.story import Story
from tests.test_starters import no_faults

MEDIA = ROOT / "bulkgen" / "sandbox" / "media"
PICTURE, CLIP, SOUND = "https://example.com/a.png", "https://example.com/a.mp4", "https://example.com/a.mp3"
SPEAKS = {"scene1.avatar_id": "look_1", "scene1.script": "Hello Ann"}


def found(**cells: object) -> list[tuple[str, str, bool]]:
    """What is said of a row of these cells: header, code, whether it is a warning."""
    filled = {name.replace("__", "."): cell for name, cell in cells.items() if cell is not None}
    return said({"type": "studio", **SPEAKS, **filled})


def said(cells: Mapping[str, object]) -> list[tuple[str, str, bool]]:
    issues = built(table(list(cells), list(cells.values()))).rows[0].issues
    return [(issue.header, issue.code, issue.warning) for issue in issues]


def job_of(cells: Mapping[str, object]) -> Job:
    (job,) = jobs_of(table(list(cells), list(cells.values())))
    return job


def test_what_is_sent_is_what_the_row_says() -> None:
    row = {
        "name": "Ann",
        "Scene 1 Avatar": "Abigail",
        "scene1.script": "Hello {{name}}",
        "Scene 1 background colour": None,
        "Scene 1 Background Color": "#1A2b3c",
        "scene_1_speed": 1.2,
        "scene2.picture": PICTURE,
        "Scene 2: seconds": 2.5,
        "scene3.video": CLIP,
        "scene3.script": "Look",
        "scene3.voice": "Anna",
        "scene3.playback.mode": "Loop",
        "scene3.mute": "yes",
        "scene4.image": "asset_9",
        "scene4.audio_url": SOUND,
        "caption": "yes",
        "resolution": "720p",
        "folder": "Spring",
    }
    job = job_of({name: cell for name, cell in row.items() if cell is not None})
    assert (job.kind, job.path) == ("studio", "/v3/videos")
    assert dict(job.body) == {
        "title": job.title,
        "type": "studio",
        "scenes": [
            {
                "type": "avatar_video",
                "input": {
                    "type": "avatar",
                    "avatar_id": "look_1",
                    "script": "Hello Ann",
                    "background": {"type": "color", "color": "#1A2b3c"},
                    "voice_settings": {"speed": 1.2},
                },
            },
            {"type": "image", "source": {"type": "url", "url": PICTURE}, "duration": 2.5},
            {
                "type": "video",
                "source": {"type": "url", "url": CLIP},
                "script": "Look",
                "voice_id": "v_1",
                "playback": {"mode": "loop", "mute": True},
            },
            {"type": "image", "source": {"type": "asset_id", "asset_id": "asset_9"}, "audio_url": SOUND},
        ],
        "caption": {"style": "default"},
        "resolution": "720p",
    }
    assert body_errors("POST", "/v3/videos", dict(job.body)) == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("scene2.script", (2, "script")),
        ("Scene 2 Script", (2, "Script")),
        ("SCENE_02-voice_id", (2, "voice_id")),
        ("Scene 2: background.color", (2, "background.color")),
        ("scene12script", (12, "script")),
        ("scenery 2 script", None),
        ("scene", None),
        ("scene 2", None),
        ("scenes", None),
        ("my scene2.script", None),
    ],
)
def test_headers_name_a_scene_in_the_ways_people_write_it(header: str, expected: tuple[int, str] | None) -> None:
    assert asked(header) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"scene2__image": PICTURE}, [("scene2.script", "blank", False)]),
        ({"scene2__image": PICTURE, "scene2__duration": 0}, [("scene2.duration", "too_low", False)]),
        ({"scene2__image": PICTURE, "scene2__duration": 301}, [("scene2.duration", "too_high", False)]),
        ({"scene2__image": PICTURE, "scene2__duration": 300}, []),
        (
            {"scene2__image": PICTURE, "scene2__duration": 3, "scene2__script": "Hi", "scene2__voice_id": "v_1"},
            [("scene2.duration", "conflict", False)],
        ),
        ({"scene2__image": PICTURE, "scene2__script": "Hi"}, [("scene2.voice_id", "missing", False)]),
        (
            {"scene2__image": PICTURE, "scene2__duration": 3, "scene2__voice_id": "v_1"},
            [("scene2.voice_id", "needs_another", False)],
        ),
        ({"scene2__avatar_id": "look_1"}, [("scene2.script", "blank", False)]),
        ({"scene2__script": "Hi"}, [("scene2.script", "no_scene", False)]),
        ({"scene2__avatar_id": "look_1", "scene2__image": PICTURE, "scene2__script": "Hi"},
         [("scene2.image", "conflict", False)]),
        ({"scene2__video": CLIP, "scene2__duration": 3}, [("scene2.duration", "conflict", False)]),
        ({"scene2__video": CLIP, "scene2__engine": "avatar_v"}, [("scene2.engine", "conflict", False)]),
        ({"scene2__video": CLIP, "scene2__playback__mode": "loop"}, [("scene2.playback.mode", "needs_another", False)]),
        ({"scene2__type": "video", "scene2__image": PICTURE}, [
            ("scene2.video", "missing", False), ("scene2.image", "conflict", False)]),
        ({"scene2__type": "film", "scene2__image": PICTURE, "scene2__duration": 3},
         [("scene2.type", "not_a_choice", False)]),
        ({"scene1__audio_url": SOUND}, [("scene1.audio_url", "conflict", False)]),
        ({"scene1__background__color": "#fff"}, [("scene1.background.color", "not_a_colour", False)]),
        ({"scene1__speed": 1.6}, [("scene1.speed", "too_high", False)]),
        ({"scene1__engine": "avatar_iii", "scene1__motion_prompt": "waves"},
         [("scene1.motion_prompt", "conflict", False)]),
        ({"scene1__voice_id": "Nobody"}, [("scene1.voice_id", "unknown_voice", False)]),
        ({"scene1__avatar_id": "look_9"}, [("scene1.avatar_id", "unknown_look", True)]),
        ({"scene2__image": "asset_77", "scene2__duration": 3}, [("scene2.image", "unknown_asset", False)]),
        ({"scene1__script": "x" * 5001}, [("scene1.script", "too_long", False)]),
        ({"scene1__script": "<emphasis>Hi</emphasis>"}, [("scene1.script", "ssml_as_text", True)]),
        ({"scene2__video": CLIP, "scene2__playback__mute": "yes", "scene2__playback__volume": 0.5},
         [("scene2.playback.volume", "conflict", True)]),
        ({"caption": "no", "caption__style": "default"}, [("caption", "conflict", False)]),
        ({"scene2__audio_url": "an intro", "scene2__avatar_id": "look_1"}, [("scene2.audio_url", "not_a_link", False)]),
        ({"output_format": "webm"}, []),
    ],
)  # fmt: skip
def test_what_heygen_would_refuse_is_told_at_its_cell(
    cells: dict[str, object], expected: list[tuple[str, str, bool]]
) -> None:
    assert found(**cells) == expected


def test_a_row_without_any_scene_is_a_mistake_that_says_how_scenes_are_written() -> None:
    (issue,) = built(table(["type", "title"], ["studio", "Tour"])).mistakes
    assert issue.code == "no_scene"
    assert "scene1.avatar_id" in issue.fix


def test_a_blank_scene_is_left_out_and_told_of_unless_it_is_the_last() -> None:
    headers = ["scene1.avatar_id", "scene1.script", "scene2.image", "scene2.duration", "scene3.video"]
    sheet = built(
        table(
            headers,
            ["look_1", "Hi", PICTURE, 3, CLIP],
            ["look_1", "Hi", None, None, CLIP],
            ["look_1", "Hi", PICTURE, 3, None],
        )
    )
    assert [[(i.code, i.warning) for i in row.issues] for row in sheet.rows] == [[], [("scene_blank", True)], []]
    scenes: list[Any] = [row.jobs[0].body["scenes"] for row in sheet.rows]
    assert [[scene["type"] for scene in each] for each in scenes] == [
        ["avatar_video", "image", "video"], ["avatar_video", "video"], ["avatar_video", "image"],
    ]  # fmt: skip


def test_numbers_may_have_gaps_and_what_is_wrong_is_told_at_the_column_that_there_is() -> None:
    row = {"scene2.avatar_id": "look_1", "scene2.script": "Hi", "scene9.image": PICTURE, "scene9.duration": 400}
    assert [(header, code) for header, code, _ in said(row)] == [
        ("", "scene_blank"), ("scene9.duration", "too_high"),
    ]  # fmt: skip
    closed = {name.replace("2", "1").replace("9", "2"): cell for name, cell in {**row, "scene9.duration": 4}.items()}
    assert job_of({**row, "scene9.duration": 4}).fingerprint == job_of(closed).fingerprint


@pytest.mark.parametrize(
    ("header", "cause"),
    [
        ("scene2.scirpt", "looks like scene2.script, misspelt"),
        ("Scene 2 avatr id", "looks like scene2.avatar_id, misspelt"),
        ("scene2.colour_of_the_sky", "is no field of a scene"),
        ("scene51.script", "is none of the scenes that a video can have: 1 to 50"),
        ("Scene 0 script", "is none of the scenes that a video can have: 1 to 50"),
    ],
)
def test_a_column_that_is_meant_for_a_scene_and_fills_nothing_is_a_mistake_where_it_is_filled(
    header: str, cause: str
) -> None:
    sheet = built(table([*SPEAKS, header], [*SPEAKS.values(), "x"], [*SPEAKS.values(), None]))
    assert [(m.row, m.header, m.cause) for m in sheet.mistakes] == [(2, header, cause)]
    assert not built(table([*SPEAKS, header], [*SPEAKS.values(), "x"]), renames={header: ""}).mistakes


def test_what_is_misspelt_is_not_called_missing_as_well() -> None:
    row = {"scene1.avatar_id": "look_1", "scene1.scirpt": "Hi", "scene2.image": PICTURE, "scene2.duraton": 3}
    assert [(header, code) for header, code, _ in said(row)] == [
        ("scene1.scirpt", "unknown_scene_field"), ("scene2.duraton", "unknown_scene_field"),
    ]  # fmt: skip


def test_a_persons_own_column_about_a_scene_is_left_alone() -> None:
    assert said({**SPEAKS, "Scene 2 notes": "ask Marta", "scene count": 3}) == []


def test_in_a_row_of_another_kind_it_is_told_that_scenes_fill_nothing() -> None:
    sheet = table(["avatar_id", "script", "scene2.image"], ["look_1", "Hi", PICTURE])
    rows = built(sheet)
    assert [row.kind for row in rows.rows] == ["avatar"]
    assert [(i.header, i.code) for i in lint(sheet, rows)] == [("scene2.image", "field_of_another_kind")]


def test_51_scenes_are_too_many_and_50_are_not() -> None:
    most = {f"scene{n}.{field}": cell for n in range(1, 51) for field, cell in (("image", PICTURE), ("duration", 1))}
    assert len(job_of(most).body["scenes"]) == 50  # type: ignore[arg-type]  # a list
    rows = built(table(["scene_of", "image", "duration"], *[["tour", PICTURE, 1]] * 51))
    assert [(m.row, m.code) for m in rows.mistakes][:1] == [(2, "scene_of_broken")]
    assert ("too_many", 52) in [(m.code, m.row) for m in rows.mistakes]


def test_looks_are_held_against_the_engine_of_their_scene() -> None:
    account = replace(ACCOUNT, looks={"look_1": Look(type="digital_twin", engines=("avatar_v",))})
    row = {**SPEAKS, "scene1.engine": "avatar_v", "scene2.avatar_id": "look_1", "scene2.script": "Hi"}
    rows = built(table([*row, "resolution"], [*row.values(), "4k"]), account).rows
    assert [(i.header, i.code, i.warning) for i in rows[0].issues] == [
        ("resolution", "may_be_refused", True),
        ("scene2.avatar_id", "unfit_look", False),
    ]


def test_names_are_looked_up_in_every_scene() -> None:
    row = {**SPEAKS, "scene2.image": PICTURE, "scene2.script": "Hi", "scene2.voice_id": "Ben"}
    wanted = built(table(list(row), list(row.values())), Account()).needs.wanted
    assert wanted[Lookup.LOOK] == {"look_1"}
    assert wanted[Lookup.VOICE] == {"Ben"}
    scenes: Any = job_of(row).body["scenes"]
    assert scenes[1]["voice_id"] == "v_2"


def test_its_links_are_to_lead_to_what_their_scene_shows() -> None:
    row = {**SPEAKS, "scene2.image": PICTURE, "scene2.audio_url": SOUND, "scene3.video": CLIP}
    nouns = {link.url: link.media.noun for link in media_links(built(table(list(row), list(row.values()))))}
    assert nouns == {PICTURE: "a picture", SOUND: "a recording", CLIP: "a video"}


# Every payload --------------------------------------------------------------------------------------------------------


def values_of(column: Column) -> list[object]:
    """Cells that a person might well put there."""
    by_name: dict[str, list[object]] = {
        "avatar_id": ["look_1"], "background.color": ["#1a2b3c"], "audio_url": [SOUND], "duration": [3, 0.5, 300],
        "voice_id": ["v_1", "Ben"],
    }  # fmt: skip
    if column.name in by_name:
        return by_name[column.name]

    by_type: dict[Type, list[object]] = {
        Type.ASSET: [PICTURE, "asset_1"],
        Type.NUMBER: [0.5, 1, "0.75"],
        Type.BOOLEAN: ["yes", "no"],
        Type.PROSE: ["Hello", " two\nlines "],
        Type.TEXT: ["en-US", "asset_1"],
    }
    return list(column.choices) or by_type[column.type]


@st.composite
def scene(draw: st.DrawFn) -> dict[str, object]:
    """A scene that may well be right, with some more in it."""
    usual: dict[str, object] = draw(
        st.sampled_from(
            [
                {"avatar_id": "look_1", "script": "Hi"},
                {"avatar_id": "look_1", "audio_url": SOUND},
                {"image": PICTURE, "duration": 4},
                {"image": PICTURE, "script": "Hi", "voice_id": "v_1"},
                {"video": CLIP},
                {"video": CLIP, "script": "Hi", "voice_id": "v_1"},
            ]
        )
    )
    more = draw(st.lists(st.sampled_from(SCENES.columns), max_size=3, unique_by=lambda column: column.name))
    drawn: dict[str, object] = {column.name: draw(st.sampled_from(values_of(column))) for column in more}
    return drawn | usual


@settings(max_examples=200)
@given(st.lists(scene(), min_size=1, max_size=4))
def test_every_video_that_is_not_refused_here_fits_the_endpoints_schema(scenes: list[dict[str, object]]) -> None:
    cells = {f"scene{n}.{name}": cell for n, each in enumerate(scenes, 1) for name, cell in each.items()}
    columns = built(table(list(cells), list(cells.values()))).rows[0]
    names = list(dict.fromkeys(name for each in scenes for name in each))
    in_rows = built(table(["scene_of", *names], *[["tour", *(each.get(name) for name in names)] for each in scenes]))
    for job in columns.jobs:
        assert body_errors("POST", "/v3/videos", {**job.body, "callback_id": "k"}) == []
    assert columns.jobs or columns.invalid
    assert [row.jobs[0].fingerprint for row in in_rows.rows if row.jobs] == [
        job.fingerprint for _ in in_rows.rows for job in columns.jobs
    ]


@pytest.mark.parametrize("column", SCENES.columns, ids=lambda column: str(column.name))
def test_every_field_of_a_scene_can_be_sent(column: Column) -> None:
    beside: Mapping[str, dict[str, object]] = {
        "image": {"duration": 3},
        "duration": {"image": PICTURE},
        "video": {},
        "playback.mode": {"video": CLIP, "script": "Hi", "voice_id": "v_1"},
        "playback.volume": {"video": CLIP},
        "playback.mute": {"video": CLIP},
        "audio_url": {"avatar_id": "look_1"},
        "audio_asset_id": {"avatar_id": "look_1"},
        "engine.reference_look_id": {"avatar_id": "look_1", "script": "Hi", "engine.type": "avatar_v"},
    }
    special = {"engine.reference_look_id": "look_1", "audio_asset_id": "asset_1"}
    usual: dict[str, object] = {"avatar_id": "look_1", "script": "Hi"}
    row = dict(beside.get(column.name, usual))
    if "engine_settings" in column.name:
        engine = "fish" if column.name.endswith(".similarity") else "elevenlabs"
        row["voice_settings.engine_settings.engine_type"] = engine
    row[column.name] = special.get(column.name) or values_of(column)[0]
    job = job_of({f"scene1.{name}": cell for name, cell in row.items()})
    assert body_errors("POST", "/v3/videos", dict(job.body)) == []
    rest = {f"scene1.{name}": cell for name, cell in row.items() if name != column.name}
    if column.identity and not any(issue for issue in said(rest) if not issue[2]):
        assert job_of(rest).body["scenes"] != job.body["scenes"]


# What it lasts and costs ----------------------------------------------------------------------------------------------


def estimator(**lengths: float) -> Estimator:
    known = {url: Length(seconds=seconds, how="told") for url, seconds in lengths.items()}
    return Estimator(prices=own_prices(), currency="usd", templates={}, lengths=known)


def test_it_lasts_as_long_as_its_scenes_together() -> None:
    row = {**SPEAKS, "scene2.image": PICTURE, "scene2.duration": 4, "scene3.video": CLIP,
           "scene4.video": "asset_1", "scene4.script": "Goodbye", "scene4.voice_id": "v_1",
           "scene5.image": PICTURE, "scene5.audio_url": SOUND}  # fmt: skip
    job = job_of(row)
    found = estimator(**{CLIP: 10.0, SOUND: 7.0}).estimate(job)
    assert found.cost is not None
    assert not found.why
    said = spoken_seconds("Hello Ann\n\nGoodbye")
    assert found.cost.seconds.likely == pytest.approx((said + Spread.exactly(4 + 10 + 7)).likely, abs=0.01)


def test_what_nobody_knows_the_length_of_is_assumed_beside_what_is_known() -> None:
    job = job_of({**SPEAKS, "scene2.image": PICTURE, "scene2.duration": 200, "scene3.video": CLIP})
    found = estimator().estimate(job)
    assert found.cost is not None
    assert "not looked into" in found.why
    assert found.cost.seconds.high > 200 + ASSUMED_SOURCE.high
    assert estimator().expected(job).seconds is None


def test_pictures_alone_last_their_seconds() -> None:
    found = estimator().estimate(job_of({"scene1.image": PICTURE, "scene1.duration": 12.5}))
    assert found.cost is not None
    assert found.cost.seconds == Spread.exactly(12.5)


@pytest.mark.parametrize(
    ("cells", "types", "expected"),
    [
        ({}, {}, {"engine": "avatar_iv", "resolution": "1080p"}),
        ({}, {"look_1": "photo_avatar"}, {"engine": "avatar_iv", "avatar_type": "photo_avatar", "resolution": "1080p"}),
        ({"scene2.avatar_id": "look_2", "scene2.script": "Hi"}, {"look_1": "photo_avatar", "look_2": "digital_twin"},
         {"engine": "avatar_iv", "resolution": "1080p"}),
        ({"scene2.avatar_id": "look_2", "scene2.script": "Hi"}, {"look_1": "digital_twin"},
         {"engine": "avatar_iv", "resolution": "1080p"}),
        ({"scene2.avatar_id": "look_2", "scene2.script": "Hi"}, {"look_1": "digital_twin", "look_2": "digital_twin"},
         {"engine": "avatar_iv", "avatar_type": "digital_twin", "resolution": "1080p"}),
        ({"scene2.avatar_id": "look_1", "scene2.script": "Hi", "scene2.engine": "avatar_v"}, {},
         {"resolution": "1080p"}),
        ({"resolution": "4k", "scene1.engine": "avatar_iii"}, {}, {"engine": "avatar_iii", "resolution": "4k"}),
    ],
)  # fmt: skip
def test_its_price_goes_by_the_engines_and_looks_of_its_scenes(
    cells: dict[str, object], types: dict[str, str], expected: dict[str, str]
) -> None:
    assert told_of("studio", job_of({**SPEAKS, **cells}).request, types) == expected


def test_without_an_avatar_its_price_says_so() -> None:
    assert KINDS["studio"].priced_by(job_of({"scene1.video": CLIP}).request) == {
        "engine": "none", "resolution": "1080p",
    }  # fmt: skip


def test_what_it_says_is_that_of_all_its_scenes() -> None:
    row = {**SPEAKS, "scene1.speed": 0.5, "scene1.voice_id": "v_1", "scene2.image": PICTURE,
           "scene2.script": "Hello Ann", "scene2.voice_id": "v_1"}  # fmt: skip
    script = KINDS["studio"].script(job_of(row).request, None)
    assert script is not None
    assert script.text == "Hello Ann\n\nHello Ann"
    assert script.speed == pytest.approx(18 / (9 / 0.5 + 9))
    assert (script.voice, script.speaker) == ("v_1", "v_1")
    others = KINDS["studio"].script(job_of({**row, "scene2.voice_id": "v_2"}).request, None)
    assert others is not None
    assert (others.voice, others.speaker) == ("", "")


# A whole run ----------------------------------------------------------------------------------------------------------


def test_a_product_video_for_each_customer_is_made_and_paid_for_once(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    copy(MEDIA / "picture.jpg", folder / "logo.jpg")
    headers = "customer,Scene 1 avatar,Scene 1 script,Scene 2 picture,Scene 2 seconds,scene3.avatar_id,scene3.script"
    rows = [f"{name},ann,Hello {{{{customer}}}},logo.jpg,4,ann,Goodbye" for name in ("Acme", "Sol", "Acme")]
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(folder) as story:
        story.sheet("tours.csv", headers, *rows)
        told = story.run("tours.csv")
        assert "2 studio videos" in told.text
        story.run("tours.csv")
        assert (story.charges, len(story.heygen.stored)) == (2, 1)
        assert story.column("tours.results.csv", "result_status") == ["done"] * 3
        assert [bool(cost) for cost in story.column("tours.results.csv", "result_cost_usd")] == [True, True, False]
