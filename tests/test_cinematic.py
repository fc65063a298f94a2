"""A scene from a prompt: which rows ask for one, what is sent, and what it is taken to cost."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

import pytest

from bulkgen.batch.estimator import Estimator
from bulkgen.batch.price_source import own_prices
from bulkgen.kinds import KINDS
from bulkgen.model import Issue
from bulkgen.pricing.prices import Unit
from bulkgen.rows.links import link_issues, media_links
from tests.making import built, cinematic_job, jobs_of, table
from tests.story import Story
from tests.test_starters import no_faults

FILM, PICTURE = "https://example.com/pier.mp4", "https://example.com/pier.jpg"
ROW = {"prompt": "A lighthouse at dusk", "avatar_id": "look_1"}


def mistakes(**cells: object) -> list[tuple[str, str]]:
    asked = {"type": "cinematic", **ROW, **cells}
    return [(m.field, m.code) for m in built(table(list(asked), list(asked.values()))).mistakes]


def test_what_is_sent_is_what_the_row_says() -> None:
    headers = ["prompt", "avatar", "references", "duration", "enhance_prompt", "aspect_ratio"]
    job = jobs_of(
        table(headers, [" Dusk in {{aspect_ratio}}", "Abigail; look_1", f"{PICTURE} | asset_9", 8, "yes", "1:1"])
    )[0]
    assert (job.kind, job.path) == ("cinematic", "/v3/videos")
    assert dict(job.body) == {
        "title": job.title,
        "type": "cinematic_avatar",
        "prompt": " Dusk in 1:1",
        "avatar_id": ["look_1", "look_1"],
        "references": [{"type": "url", "url": PICTURE}, {"type": "asset_id", "asset_id": "asset_9"}],
        "duration": 8,
        "enhance_prompt": True,
        "aspect_ratio": "1:1",
    }


def test_it_is_sent_with_a_title_and_a_key_but_without_a_callback_id() -> None:
    post = KINDS["cinematic"].life.post(cinematic_job(), 1, {})
    assert "callback_id" not in post.body
    assert post.body["title"] == "leads row 2"
    assert post.key


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"prompt": None}, [("prompt", "blank")]),
        ({"prompt": "x" * 10_001}, [("prompt", "too_long")]),
        ({"avatar_id": "look_1;look_1;look_1;look_1"}, [("avatar_id", "too_many")]),
        ({"duration": 3}, [("duration", "too_low")]),
        ({"duration": 16}, [("duration", "too_high")]),
        ({"duration": 4.5}, [("duration", "not_a_whole_number")]),
        ({"duration": 8, "auto_duration": "yes"}, [("duration", "conflict")]),
        ({"duration": 8, "auto_duration": "no"}, []),
        ({"resolution": "4k"}, [("resolution", "not_a_choice")]),
        ({"aspect_ratio": "auto"}, [("aspect_ratio", "not_a_choice")]),
        ({"references": f"{PICTURE}; the pier"}, [("references", "not_an_asset")]),
        ({"references": ";".join([f"{FILM}?t=1"] * 4)}, [("references", "too_many")]),
        ({"references": ";".join([FILM] * 3 + [PICTURE] * 9 + ["asset_1"] * 9)}, []),
        ({"references": ";".join([PICTURE.upper().replace("HTTPS", "https")] * 10)}, [("references", "too_many")]),
        ({"references": "https://[x/a.mp4"}, []),
        ({"references": f"{PICTURE};\u200b{FILM}"}, [("references", "hidden_character")]),
    ],
)
def test_what_heygen_would_refuse_is_a_mistake(cells: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert mistakes(**cells) == expected


@pytest.mark.parametrize(("pictures", "looks", "warned"), [(8, 1, False), (9, 1, True), (7, 3, True), (6, 3, False)])
def test_avatars_count_among_the_pictures(pictures: int, looks: int, warned: bool) -> None:
    cells = ["Dusk", "; ".join(["look_1"] * looks), "; ".join([PICTURE] * pictures)]
    found = built(table([*ROW, "references"], cells)).warnings
    assert [(w.field, w.code) for w in found] == ([("references", "may_be_refused")] if warned else [])


def test_how_many_there_may_be_is_told_with_the_number() -> None:
    found = built(table(["type", *ROW], ["cinematic", "Dusk", "look_1; look_1; look_1; look_1"])).mistakes[0]
    assert found.sentence() == ("avatar_id: holds more than 3 ('look_1; look_1; look_1; look_1'). Leave up to 3 there.")


def test_its_columns_decide_only_in_a_sheet_without_those_of_an_earlier_kind() -> None:
    """A prompt that a script was written from, beside it, buys nothing."""
    assert [row.kind for row in built(table([*ROW], [*ROW.values()])).rows] == ["cinematic"]
    rows: list[list[object]] = [["Write a greeting", "look_1", "Hi"], ["Write a greeting", "look_1", None]]
    found = built(table([*ROW, "script"], *rows))
    assert [(row.kind, len(row.jobs)) for row in found.rows] == [("avatar", 1), ("avatar", 0)]


def test_a_look_that_the_account_does_not_list_is_pointed_out_among_others() -> None:
    found = built(table([*ROW], ["Dusk", "look_1; look_9"]))
    assert [(w.field, w.code) for w in found.warnings] == [("avatar_id", "unknown_look")]
    assert found.rows[0].jobs[0].body["avatar_id"] == ["look_1", "look_9"]


def test_each_link_of_a_cell_is_tried_and_told_of_at_it() -> None:
    links = media_links(built(table([*ROW, "references"], ["Dusk", "look_1", f"{PICTURE}; asset_1; {FILM}"])))
    assert [link.url for link in links] == [PICTURE, FILM]
    dead = Issue(code="link_not_found", cause="leads nowhere", fix="Correct it.")
    assert [(i.row, i.header, i.value) for i in link_issues(links, {FILM: dead})] == [(2, "references", FILM)]
    assert links[0].media.takes("image/png")
    assert links[0].media.takes("audio/mpeg")
    assert not links[0].media.takes("text/html")


def test_it_has_one_price_whatever_its_length() -> None:
    found = Estimator(prices=own_prices(), currency="usd", templates={}, lengths={}).estimate(cinematic_job())
    assert found.cost is not None
    assert found.cost.unit is Unit.ITEM
    assert found.cost.real(15.0) == found.cost.amount == found.cost.price
    assert not found.why


def test_the_time_until_it_is_made_goes_by_how_long_it_was_asked_to_be(tmp_path: Path) -> None:
    folder, seconds = tmp_path / "desk", []
    folder.mkdir()
    with Story(folder) as story:
        for wish in ("4,", ",", "15,", ",yes"):
            story.sheet("scenes.csv", "prompt,avatar_id,duration,auto_duration", f"Dusk,ann,{wish}")
            seconds.append(json.loads(story.type("check", "scenes.csv", "--json").out)["time_s"]["likely"])
    short, usual, long, unknown = seconds
    assert short < usual < long < unknown


def test_scenes_are_made_and_paid_for_once(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    lines = [f"Dusk in {city},ann; look_bob,{PICTURE}" for city in ("Leeds", "Osaka", "Leeds")]
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(folder) as story:
        story.sheet("scenes.csv", "prompt,avatar_id,references", *lines)
        told = story.run("scenes.csv")
        assert "2 cinematic videos" in told.text
        story.run("scenes.csv")
        assert story.charges == 2
        assert story.column("scenes.results.csv", "result_status") == ["done"] * 3
        assert [bool(cost) for cost in story.column("scenes.results.csv", "result_cost_usd")] == [True, True, False]
        told = story.type("preview", "scenes.csv", "--row", "2", "--listen", code=None)
        assert "it has no script" in told.text
