"""Scenes as rows: which rows are one video, when none of it is made, and that it is paid for once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from openpyxl import Workbook, load_workbook

from bulkgen.kinds.columns import Lookup
from bulkgen.model import Issue, Table
from bulkgen.rows.build import Builder, ReadOptions
from bulkgen.rows.built import Built, with_issues
from bulkgen.rows.header_line import recognised
from bulkgen.rows.selection import Selection
from tests.making import ACCOUNT, built, table
from tests.story import Story
from tests.test_starters import no_faults

PICTURE, CLIP = "https://example.com/a.png", "https://example.com/a.mp4"
HEADERS = ("scene_of", "avatar_id", "script", "image", "duration", "title", "skip", "type")

SPEAKS: Mapping[str, object] = {"avatar_id": "look_1", "script": "Hello"}
SHOWS: Mapping[str, object] = {"image": PICTURE, "duration": 3}


def scene(of: str | None = "tour", content: Mapping[str, object] = SPEAKS, **more: object) -> dict[str, object]:
    return {"scene_of": of, **content, **more}


def sheet(*rows: Mapping[str, object], hidden: tuple[int, ...] = ()) -> Table:
    """The rows from 2 on; those of the numbers in `hidden` are hidden."""
    headers = list(dict.fromkeys([*HEADERS, *(name for row in rows for name in row)]))
    made = table(headers, *[[row.get(name) for name in headers] for row in rows])
    return replace(made, rows=tuple(replace(row, hidden=row.number in hidden) for row in made.rows))


def told(found: Built) -> list[tuple[int, str, bool]]:
    return [(issue.row, issue.code, issue.warning) for row in found.rows for issue in row.issues]


def videos(found: Built) -> list[list[int]]:
    """The rows of each video."""
    by_job: dict[str, list[int]] = {}
    for row in found.rows:
        for job in row.jobs:
            by_job.setdefault(job.fingerprint, []).append(row.source.number)
    return list(by_job.values())


def types_of(found: Built, at: int = 0) -> list[str]:
    scenes: Any = found.rows[at].jobs[0].body["scenes"]
    return [each["type"] for each in scenes]


def test_rows_that_share_scene_of_are_one_video_in_the_sheets_order() -> None:
    found = built(sheet(scene(), scene("Tour ", SHOWS), scene("b", SHOWS), scene("b")))
    assert told(found) == []
    assert videos(found) == [[2, 3], [4, 5]]
    assert types_of(found) == ["avatar_video", "image"]
    assert types_of(found, 3) == ["image", "avatar_video"]
    assert [job.row for row in found.rows for job in row.jobs] == [2, 3, 4, 5]
    assert len({job.title for row in found.rows[:2] for job in row.jobs}) == 1


def test_each_row_keeps_its_own_label_and_the_most_urgent_decides_the_turn() -> None:
    found = built(sheet(scene(row_id="a", priority=1), scene("tour", SHOWS, row_id="b", priority=7)))
    assert [(job.row_id, job.priority) for row in found.rows for job in row.jobs] == [("a", 7.0), ("b", 7.0)]


def test_what_holds_for_the_whole_video_may_stand_in_any_row_and_not_differ() -> None:
    found = built(sheet(scene(), scene("tour", SHOWS, title="Tour", resolution="720p")))
    assert found.rows[0].jobs[0].body["title"] == "Tour"
    assert found.rows[0].jobs[0].body["resolution"] == "720p"

    found = built(sheet(scene(resolution="720p"), scene("tour", SHOWS, resolution="1080p"), scene(resolution="720p")))
    assert videos(found) == []
    (mistake,) = (issue for issue in found.mistakes if issue.code == "scenes_differ")
    assert (mistake.row, mistake.header, mistake.value) == (3, "resolution", "1080p (720p in Leads!I2)")
    assert [row for row, code, _ in told(found) if code == "scene_of_broken"] == [2, 4]
    assert {issue.fix for issue in found.mistakes if issue.code == "scene_of_broken"} == {"Correct row 3."}


def test_what_was_open_when_a_row_was_read_first_is_not_held_against_its_video() -> None:
    rows = [scene(voice_id="Ben"), scene("tour", SHOWS)]
    builder = Builder(sheet(*rows), ReadOptions("leads"))
    before = replace(ACCOUNT, listed={**ACCOUNT.listed, Lookup.VOICE: {"v_9": "Zed"}})
    assert told(builder.build(before)) == [(2, "unknown_voice", False), (3, "scene_of_broken", False)]
    assert told(builder.build(ACCOUNT)) == []
    assert videos(builder.build(ACCOUNT)) == [[2, 3]]


def test_a_header_line_of_scenes_is_known_as_one() -> None:
    assert recognised(("scene_of", "image"))
    assert recognised(("Customer", "Scene 2 picture"))
    assert not recognised(("Customer", "Scene 2 notes"))


def test_a_scene_may_name_what_another_row_makes() -> None:
    narrated = {"image": PICTURE, "script": "Hello", "voice_id": "@anna"}
    maker = {"row_id": "anna", "type": "voice", "prompt": "A warm voice"}
    found = built(sheet(maker, scene(), scene("tour", narrated)))
    assert told(found) == []
    assert [bool(job.awaits) for row in found.rows for job in row.jobs] == [False, True, True]


def test_copy_holds_for_the_whole_video() -> None:
    twice = built(sheet(scene(), scene("tour", SHOWS), scene("two", copy="b"), scene("two", SHOWS)))
    assert videos(twice) == [[2, 3], [4, 5]]
    assert ("scenes_differ", 3) in [(m.code, m.row) for m in built(sheet(scene(copy="a"), scene(copy="b"))).mistakes]


def test_a_mistake_in_one_row_leaves_out_all_of_its_video_and_says_so() -> None:
    found = built(sheet(scene(), scene("tour", {"image": PICTURE}), scene("b")))
    assert told(found) == [(2, "scene_of_broken", False), (3, "blank", False)]
    assert videos(found) == [[4]]


@pytest.mark.parametrize(
    "row", [{"scene_of": "tour", "type": "avatar", **SPEAKS}, {"scene_of": "tour", "row_id": "example-1", **SPEAKS}]
)
def test_a_row_that_is_no_scene_spoils_the_video_that_it_names(row: dict[str, object]) -> None:
    found = built(sheet(scene(), row))
    assert videos(found) == []
    assert [code for number, code, _ in told(found) if number == 2] == ["scene_of_broken"]


def test_a_row_without_anything_is_no_scene() -> None:
    assert told(built(sheet(scene(), scene("tour", {})))) == [(2, "scene_of_broken", False), (3, "no_scene", False)]
    assert told(built(sheet(scene(), scene("tour", {}, title="Tour")))) == []


def test_rows_of_a_video_that_do_not_stand_together_are_not_sent() -> None:
    """The sheet was sorted, or a name was used twice."""
    rows = [scene(), scene("b", SHOWS), scene("tour", SHOWS)]
    found = built(sheet(*rows))
    apart = [issue for row in found.rows for issue in row.issues]
    assert [(issue.row, issue.code, issue.of_new) for issue in apart] == [
        (2, "scenes_apart", True), (4, "scenes_apart", True),
    ]  # fmt: skip


def test_a_scene_that_says_skip_is_left_out_and_that_is_told() -> None:
    found = built(sheet(scene(), scene("tour", SHOWS, skip="yes"), scene("tour", SHOWS)))
    assert told(found) == [(2, "scene_left_out", True)]
    assert "row 3" in found.warnings[0].cause
    assert videos(found) == [[2, 4]]
    assert types_of(found) == ["avatar_video", "image"]
    assert found.rows[1].skipped
    assert videos(built(sheet(scene(skip="yes"), scene("tour", SHOWS, skip="yes")))) == []


def test_of_a_video_with_hidden_rows_nothing_new_is_made_and_the_whole_of_it_is_known() -> None:
    rows = [scene(), scene("tour", SHOWS), scene()]
    whole = built(sheet(*rows)).rows[0].jobs[0].fingerprint
    found = built(sheet(*rows, hidden=(3,)))
    assert told(found) == [(2, "scenes_hidden", False), (4, "scenes_hidden", False)]
    assert all(issue.of_new for row in found.rows for issue in row.issues)
    assert [job.fingerprint for row in found.rows for job in (*row.jobs, *row.withheld)] == [whole] * 3
    assert [row.skipped for row in found.rows] == [False, True, False]

    all_hidden = built(sheet(*rows, hidden=(2, 3, 4)))
    assert told(all_hidden) == []
    assert [row.withheld[0].fingerprint for row in all_hidden.rows] == [whole] * 3


def test_rows_selects_a_video_by_any_of_its_rows() -> None:
    rows = [scene(), scene("tour", SHOWS), scene("b"), scene("b", SHOWS)]
    found = built(sheet(*rows), selection=Selection(((3, 3),)))
    assert [row.selected for row in found.rows] == [True, True, False, False]
    assert types_of(found) == ["avatar_video", "image"]


def test_beside_scenes_a_row_that_looks_like_one_has_to_say_what_it_is() -> None:
    """A name that was written once, over merged cells: the rows below it are no videos of their own."""
    found = built(sheet(scene(), scene(None), scene(None, {"image": PICTURE, **SPEAKS})))
    assert [(row, code) for row, code, _ in told(found)] == [(3, "no_scene_of"), (4, "no_scene_of")]
    assert all(issue.of_new for row in found.rows for issue in row.issues)
    assert videos(built(sheet(scene(), scene(None, type="avatar")))) == [[2], [3]]


def test_rows_of_other_kinds_stand_beside_scenes() -> None:
    template = {"template_id": "tpl_1", "first_name": "Ann"}
    found = built(sheet(scene(), scene("tour", SHOWS), template, {"video": CLIP, "output_languages": "French"}))
    assert [row.kind for row in found.rows] == ["studio", "studio", "template", "translation"]
    assert told(found) == []


def test_scenes_as_columns_and_as_rows_stand_in_one_sheet_but_not_in_one_row() -> None:
    numbered = {"scene1.avatar_id": "look_1", "scene1.script": "Hello", "type": "studio"}
    found = built(sheet(scene(), numbered))
    assert told(found) == []
    assert len({job.fingerprint for row in found.rows for job in row.jobs}) == 1  # they ask for the same
    both = built(sheet(scene(content={**SPEAKS, "scene2.image": PICTURE})))
    assert [(issue.header, issue.code) for issue in both.mistakes] == [("scene2.image", "unknown_scene_field")]


def test_a_template_may_have_a_variable_of_that_name() -> None:
    template = replace(ACCOUNT.templates["tpl_1"], variables={"scene_of": "text"})
    account = replace(ACCOUNT, templates={"tpl_1": template})
    found = built(sheet({"template_id": "tpl_1", "scene_of": "Leeds"}), account)
    assert (found.rows[0].kind, told(found)) == ("template", [])
    wrong = built(sheet({"template_id": "tpl_1", "first_name": "Ann", "scene_of": "Leeds"}))
    assert told(wrong) == [(2, "conflict", False)]


def test_what_is_found_of_a_row_later_takes_the_job_of_all_of_its_video() -> None:
    found = built(sheet(scene(), scene("tour", SHOWS), scene("b")))
    dead = Issue(code="link_gone", cause="leads nowhere", fix="Correct it.").at(3)
    assert videos(with_issues(found, [dead])) == [[4]]
    assert [row for row, code, _ in told(with_issues(found, [dead])) if code == "scene_of_broken"] == [2]
    assert [each.fix for each in with_issues(found, [dead]).mistakes] == ["Correct row 3.", "Correct it."]


# Whole runs -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    folder = tmp_path / "desk"
    folder.mkdir()
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(folder) as started:
        yield started


HEADER = "scene_of,avatar_id,script,image,duration,title,row_id"
TOUR = ["tour,ann,Welcome,,,Tour,a", f"tour,,,{PICTURE},3,,b", "tour,ann,Goodbye,,,,c"]
OTHER = ["fire,ann,Leave the house,,,Fire,d", f"fire,,,{PICTURE},5,,e"]


def test_a_video_in_rows_is_one_job_shown_on_each_and_paid_for_once(story: Story) -> None:
    story.sheet("scenes.csv", HEADER, *TOUR, *OTHER)
    told = story.run("scenes.csv")
    assert "5 rows → 2 studio videos" in told.text
    assert "the same as another row" not in told.text
    assert story.charges == 2
    assert story.column("scenes.results.csv", "result_status") == ["done"] * 5
    ids = story.column("scenes.results.csv", "result_id")
    assert (len(set(ids[:3])), len(set(ids))) == (1, 2)
    costs = story.column("scenes.results.csv", "result_cost_usd")
    assert [bool(cost) for cost in costs] == [True, False, False, True, False]


def test_its_results_given_as_input_and_a_renamed_video_are_paid_for_no_more(story: Story) -> None:
    story.sheet("scenes.csv", HEADER, *TOUR, *OTHER)
    story.run("scenes.csv")
    story.run("scenes.results.csv")
    story.sheet("scenes.csv", HEADER, *(line.replace("tour", "tour 2") for line in TOUR), *OTHER)
    story.run("scenes.csv")
    story.sheet("scenes.csv", HEADER, *OTHER, *TOUR)
    story.run("scenes.csv")
    assert story.charges == 2


def test_without_its_resume_file_a_video_in_rows_is_known_by_its_results(story: Story) -> None:
    story.sheet("scenes.csv", HEADER, *TOUR, *OTHER)
    story.run("scenes.csv")
    (story.folder / "scenes.csv.resume.jsonl").unlink()
    shutil.rmtree(story.data)
    assert "2 of these were made before" in story.run("scenes.csv").text
    assert story.charges == 2
    assert story.column("scenes.results.csv", "result_status") == ["done"] * 5


def test_redo_of_one_row_makes_its_video_once_more(story: Story) -> None:
    story.sheet("scenes.csv", HEADER, *TOUR, *OTHER)
    story.run("scenes.csv")
    story.run("scenes.csv", "--redo", "3")
    assert story.charges == 3
    assert len(set(story.column("scenes.results.csv", "result_id")[:3])) == 1


def test_scenes_in_another_order_are_told_to_take_the_place_of_what_was_made(story: Story) -> None:
    """Whichever of its rows stands first by now: so a re-sorted sheet needs --replace for many of them."""
    story.sheet("scenes.csv", HEADER, *TOUR, *OTHER)
    story.run("scenes.csv")
    story.sheet("scenes.csv", HEADER, *reversed(TOUR), *OTHER)
    told = story.type("check", "scenes.csv").text
    assert "1 of them in place of a finished result" in told
    assert "no longer in the sheet" not in told


def test_a_sheet_that_was_sorted_buys_nothing(story: Story) -> None:
    story.sheet("scenes.csv", HEADER, *TOUR, *OTHER)
    story.run("scenes.csv")
    story.sheet("scenes.csv", HEADER, TOUR[2], OTHER[1], TOUR[0], OTHER[0], TOUR[1])
    told = story.run("scenes.csv", code=2)
    assert "don't stand together" in told.text
    assert story.charges == 2


def test_one_row_of_a_video_selects_all_of_it_and_a_test_makes_one_whole(story: Story) -> None:
    story.sheet("scenes.csv", HEADER, *TOUR, *OTHER)
    told = story.run("scenes.csv", "--rows", "3", code=None)
    assert "Rows 2, 4 are made with those of --rows" in told.text
    assert story.charges == 1
    assert story.column("scenes.results.csv", "result_status") == ["done"] * 3 + ["queued"] * 2
    told = story.run("scenes.csv", "--test", "--rows", "5-6", code=None)
    assert "2 of 5 rows" in told.text
    assert story.charges == 2
    assert story.column("scenes.results.csv", "result_status") == ["done"] * 5


def test_skip_invalid_leaves_out_all_of_a_video(story: Story) -> None:
    story.sheet("scenes.csv", HEADER, *TOUR[:2], "tour,ann,,,,,c", *OTHER)
    story.run("scenes.csv", code=2)
    assert story.charges == 0
    story.run("scenes.csv", "--skip-invalid", code=3)
    assert story.charges == 1
    assert story.column("scenes.results.csv", "result_status") == ["invalid"] * 3 + ["done"] * 2
    story.sheet("scenes.csv", HEADER, *TOUR, *OTHER)
    story.run("scenes.csv")
    assert story.charges == 2


def test_rows_hidden_after_the_video_was_made_change_nothing(story: Story) -> None:
    book = Workbook()
    rows = book.active
    assert rows is not None
    for line in (HEADER, *TOUR):
        rows.append([cell or None for cell in line.split(",")])
    book.save(story.folder / "scenes.xlsx")
    story.run("scenes.xlsx")
    book = load_workbook(story.folder / "scenes.xlsx")
    book.worksheets[0].row_dimensions[3].hidden = True
    book.save(story.folder / "scenes.xlsx")
    told = story.run("scenes.xlsx")
    assert story.charges == 1
    assert "Nothing new" in told.text
    assert story.column("scenes.results.xlsx", "result_status") == ["done"] * 3

    book = load_workbook(story.folder / "scenes.xlsx")
    book.worksheets[0].cell(2, 3).value = "Welcome back"
    book.save(story.folder / "scenes.xlsx")
    assert "some scenes are hidden" in story.run("scenes.xlsx", code=2).text
    story.run("scenes.xlsx", "--include-hidden")
    assert story.charges == 2


def test_rows_to_correct_have_the_hidden_rows_of_a_video_too(story: Story) -> None:
    """Without them it would be another video, of fewer scenes."""
    book = Workbook()
    rows = book.active
    assert rows is not None
    for line in (HEADER, *TOUR):
        rows.append([cell or None for cell in line.split(",")])
    rows.row_dimensions[3].hidden = True
    book.save(story.folder / "scenes.xlsx")
    story.run("scenes.xlsx", "--skip-invalid", code=3)
    assert story.column("scenes.failed.xlsx", "result_status") == ["invalid", "skipped", "invalid"]
    assert "some scenes are hidden" in story.run("scenes.failed.xlsx", code=2).text
    assert story.charges == 0


def test_a_name_that_would_be_filled_in_makes_no_video_of_all_rows() -> None:
    found = built(sheet(scene("{{title}}", title="A"), scene("{{title}}", title="A")))
    assert [(row, code) for row, code, _ in told(found)] == [(2, "scene_of_merged"), (3, "scene_of_merged")]


def test_a_failed_video_is_failed_on_each_of_its_rows_and_made_again_once(story: Story) -> None:
    story.sheet("scenes.csv", HEADER, "tour,ann,[fail:content_policy_violation:1],,,Tour,a", *TOUR[1:])
    story.run("scenes.csv", code=3)
    assert story.column("scenes.results.csv", "result_status") == ["failed"] * 3
    story.run("scenes.csv", "--retry-failed")
    assert story.column("scenes.results.csv", "result_status") == ["done"] * 3
    assert not story.charged_twice


def test_a_preview_of_one_row_says_which_rows_are_its_video(story: Story) -> None:
    story.sheet("scenes.csv", HEADER, *TOUR, *OTHER)
    told = story.type("preview", "scenes.csv", "--row", "3").text
    assert "1 studio video, with the scenes of rows 2, 4" in told
    assert "Leave the house" not in told


def test_what_is_said_in_all_its_scenes_can_be_heard_where_one_voice_says_it(story: Story) -> None:
    narrated = f"tour,,Look,{PICTURE},,,b,ann"
    story.sheet("scenes.csv", HEADER, *TOUR)
    told = story.type("preview", "scenes.csv", "--row", "2", "--listen", "--yes", code=None).text
    assert "Row 2 can be heard" in told
    heard = story.charges
    story.sheet("scenes.csv", HEADER + ",voice_id", f"{TOUR[0]},", narrated)
    told = story.type("preview", "scenes.csv", "--row", "2", "--listen", code=None).text
    assert "Row 2 has several voices" in told
    assert story.charges == heard


def test_what_one_row_of_it_says_in_json_is_told_of_all(story: Story) -> None:
    story.sheet("scenes.csv", HEADER, *TOUR[:2], "tour,ann,,,,,c")
    told = json.loads(story.type("check", "scenes.csv", "--json", code=2).out)
    assert [(each["cell"], each["code"]) for each in told["mistakes"]] == [
        ("scenes!A2", "scene_of_broken"), ("scenes!A3", "scene_of_broken"), ("scenes!C4", "blank"),
    ]  # fmt: skip
