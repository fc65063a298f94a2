"""Videos from data: what a project's rows are filled from, checked by its own declaration, and made once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from threading import Event
from typing import Any
from unittest import mock

import pytest
from openpyxl import load_workbook

from bulkgen.batch.estimator import Estimator
from bulkgen.batch.price_source import own_prices
from bulkgen.composition import Variable
from bulkgen.files.project import find_project, packed
from bulkgen.kinds import KINDS
from bulkgen.kinds.colours import is_colour
from bulkgen.kinds.declared import issue_of
from bulkgen.ledger.events import known_file
from bulkgen.ledger.history import fold
from bulkgen.model import Issue, Job, LocalFile, Table
from bulkgen.pricing.expected import expected
from bulkgen.pricing.spread import Spread
from bulkgen.rows.build import Builder, ReadOptions
from bulkgen.rows.built import Built
from bulkgen.rows.links import media_links
from bulkgen.rows.variables import unfilled
from bulkgen.sheet.companions import HOW_TO
from tests.command import SAMPLES, bulkgen, results
from tests.making import ACCOUNT, hyperframes_job, jobs_of, table
from tests.story import Story
from tests.test_projects import folder_of, zip_of
from tests.test_starters import drop_downs, no_faults

DECLARED: list[Mapping[str, object]] = [
    {"id": "name", "type": "string", "label": "Customer", "default": "Ann", "maxLength": 10},
    {"id": "points", "type": "number", "label": "Points", "default": 5, "min": 0, "max": 1_000_000, "step": 5},
    {"id": "accent", "type": "color", "label": "Colour", "default": "#7c3aed"},
    {"id": "happy", "type": "boolean", "label": "Happy", "default": True},
    {"id": "theme", "type": "enum", "label": "Theme", "default": "d",
     "options": [{"value": "d", "label": "Dark"}, {"value": "l", "label": "Light"}]},
    {"id": "face", "type": "font", "label": "Font", "default": "Inter"},
    {"id": "logo", "type": "image", "label": "Logo", "default": "assets/ann.png"},
    {"id": "title", "type": "string", "label": "Title", "default": "Hi"},
    {"id": "project", "type": "string", "label": "Project", "default": "x"},
]  # fmt: skip


def page_of(declared: object = DECLARED, *, lasts: str = 'data-duration="8"') -> bytes:
    root = f'<div id="root" data-composition-id="card" {lasts}>'
    return f'<html data-composition-variables="{escape(json.dumps(declared))}"><body>{root}'.encode()


FILES = {"index.html": page_of(), "intro.html": page_of([{"id": "line"}], lasts=""), "assets/ann.png": b"png"}


@pytest.fixture
def card(tmp_path: Path) -> LocalFile:
    found = find_project(folder_of(tmp_path / "card", FILES), Event())
    assert isinstance(found, LocalFile)
    return found


def made(card: LocalFile, sheet: Table) -> Built:
    builder = Builder(sheet, ReadOptions("leads"))
    assert not any(row.jobs for row in builder.build(ACCOUNT).rows)
    assert builder.files.projects == {"card/"}
    builder.files.learn({"card/": card})
    return builder.build(ACCOUNT)


def of_cells(card: LocalFile, **cells: object) -> Built:
    asked = {"project": "card/", **{name.replace("__", "."): value for name, value in cells.items()}}
    return made(card, table(list(asked), list(asked.values())))


def job_of(card: LocalFile, **cells: object) -> Job:
    found = of_cells(card, **cells)
    assert not found.mistakes, found.mistakes
    return found.rows[0].jobs[0]


# What is sent ---------------------------------------------------------------------------------------------------------


def test_what_is_sent_is_what_the_row_says(card: LocalFile) -> None:
    job = job_of(
        card, Name=" Zoë ", POINTS="1250", accent="#fff", variables__happy="no", theme="light", Face="Inter", fps=60,
        logo="https://example.com/a.png", title="On the card", video_title="At HeyGen", format="webm",
    )  # fmt: skip
    assert (job.kind, job.path, job.title) == ("hyperframes", "/v3/hyperframes/renders", "At HeyGen")
    assert job.body_with({card.digest: "asset_9"}) == {
        "title": "At HeyGen",
        "project": {"type": "asset_id", "asset_id": "asset_9"},
        "fps": 60,
        "format": "webm",
        "variables": {
            "name": " Zoë ", "points": 1250, "accent": "#fff", "happy": False, "theme": "l", "face": "Inter",
            "logo": "https://example.com/a.png", "title": "On the card",
        },
    }  # fmt: skip
    assert job.template_id == ""


def test_what_is_blank_stays_as_the_composition_has_it(card: LocalFile) -> None:
    found = of_cells(card, name="Ann", points=None)
    assert found.rows[0].jobs[0].body["variables"] == {"name": "Ann"}
    [(template, names)] = unfilled(found)
    assert (template.noun, template.name) == ("composition", "card")
    assert names == ["accent", "happy", "theme", "face", "logo", "title", "project"]


def test_a_variable_called_like_what_decides_has_its_longer_name(card: LocalFile) -> None:
    assert job_of(card, variables__project="Apollo").body["variables"] == {"project": "Apollo"}


def test_another_page_has_variables_of_its_own(card: LocalFile) -> None:
    found = of_cells(card, composition="intro.html", line="Hello", name="Ann")
    assert not found.mistakes
    body = found.rows[0].jobs[0].body
    assert (body["composition"], body["variables"]) == ("intro.html", {"line": "Hello"})


def test_rows_of_one_project_share_its_layout_and_its_file(card: LocalFile) -> None:
    found = made(card, table(["project", "name"], *[["card/", f"Ann {n}"] for n in range(5)]))
    assert len({id(row.layout) for row in found.rows}) == 1
    assert {file for row in found.rows for file in row.jobs[0].files} == {card}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"points": "5"}, {"points": 5.0}, True),
        ({"theme": "d"}, {"theme": "DARK"}, True),
        ({"theme": "d"}, {"theme": "l"}, False),
        ({"name": "Ann"}, {"variables__name": "Ann"}, True),
        ({"name": "Ann"}, {"name": "Ann", "video_title": "x", "callback_id": "y"}, True),
        ({}, {"composition": "index.html"}, False),
        ({}, {"fps": 30}, False),
    ],
)
def test_a_job_is_known_by_what_was_asked_for(
    card: LocalFile, one: dict[str, object], other: dict[str, object], same: bool
) -> None:
    assert (job_of(card, **one).fingerprint == job_of(card, **other).fingerprint) is same


def test_the_job_is_known_by_the_content_of_its_project_not_by_its_place(tmp_path: Path, card: LocalFile) -> None:
    packed = find_project(zip_of(tmp_path / "mine.zip", FILES), Event())
    edited = find_project(folder_of(tmp_path / "other", {**FILES, "a.css": b""}), Event())
    assert isinstance(packed, LocalFile)
    assert isinstance(edited, LocalFile)
    jobs = [job_of(each, name="Ann").fingerprint for each in (card, packed, edited)]
    assert jobs[0] == jobs[1] != jobs[2]


def test_a_project_that_is_only_on_record_makes_the_same_jobs(card: LocalFile) -> None:
    event = json.loads(json.dumps(known_file("its name", card)))
    recorded = fold([event]).files.known["its name"]
    assert recorded == card
    assert not recorded.path
    cells: dict[str, object] = {"name": "Ann", "theme": "Light", "points": 7.5, "logo": "https://example.com/a.png"}
    assert job_of(recorded, **cells).fingerprint == job_of(card, **cells).fingerprint


# What it does not allow -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "field", "code", "said"),
    [
        ({"name": "x" * 11}, "name", "too_long", "is longer than the 10 characters"),
        ({"points": -1}, "points", "too_low", "is below 0"),
        ({"points": 1_000_001}, "points", "too_high", "is above 1,000,000"),
        ({"points": "many"}, "points", "not_a_number", "is not a number"),
        ({"accent": "blu"}, "accent", "not_a_colour", "Did you mean blue?"),
        ({"accent": "7c3aed"}, "accent", "not_a_colour", "Write it as #7c3aed."),
        ({"happy": "perhaps"}, "happy", "not_yes_or_no", "Type yes or no"),
        ({"theme": "Drak"}, "theme", "not_a_choice", "Did you mean Dark? Type one of: Dark, Light."),
        ({"face": "fonts/Inter.ttf"}, "face", "not_a_font", "Write its name"),
        ({"face": "Inter; }"}, "face", "not_a_font", "Write its name"),
        ({"logo": "assets/bob.png"}, "logo", "not_in_project", "Did you mean assets/ann.png?"),
        ({"logo": "logo"}, "logo", "not_in_project", "copy the picture into the project"),
        ({"fps": 241}, "fps", "too_high", "240"),
        ({"fps": 29.97}, "fps", "not_a_whole_number", "whole number"),
        ({"resolution": "4k", "format": "mov"}, "format", "conflict", "4k is made as mp4 only"),
        ({"resolution": "720p"}, "resolution", "not_a_choice", "1080p, 4k"),
        ({"aspect_ratio": "4:5"}, "aspect_ratio", "not_a_choice", "16:9, 9:16, 1:1"),
        ({"callback_url": "here"}, "callback_url", "not_a_link", "https://"),
        ({"composition": "intro.htm"}, "composition", "unknown_composition", "Did you mean intro.html?"),
    ],
)
def test_what_the_composition_or_heygen_would_not_take_is_a_mistake(
    card: LocalFile, cells: dict[str, object], field: str, code: str, said: str
) -> None:
    [mistake] = of_cells(card, **cells).mistakes
    assert (mistake.header, mistake.code) == (field, code)
    assert said in f"{mistake.cause}. {mistake.fix}"


def test_4k_as_mp4_and_a_picture_of_the_project_are_fine(card: LocalFile) -> None:
    assert not of_cells(card, resolution="4k", format="mp4", logo="assets/ann.png", accent="RebeccaPurple").mistakes


def test_a_number_between_the_steps_is_pointed_out(card: LocalFile) -> None:
    [told] = of_cells(card, points=7).warnings
    assert (told.header, told.code, told.cause) == (
        "points", "no_step", "is no step of 5 from 0, in which the composition counts",
    )  # fmt: skip
    assert not of_cells(card, points=15).warnings


@pytest.mark.parametrize(
    ("low", "step", "value", "fits"),
    [
        (0.0, 0.1, 0.3, True),
        (0.0, 0.1, 0.35, False),
        (1.0, 2.0, 4.0, False),
        (1.0, 2.0, 5.0, True),
        (None, 3.0, 9.0, True),
    ],
)
def test_steps_begin_at_the_smallest_value(low: float | None, step: float, value: float, fits: bool) -> None:
    assert (issue_of(Variable(id="a", type="number", low=low, step=step), value, ()) is None) is fits


@pytest.mark.parametrize(
    ("text", "colour"),
    [("#fff", True), ("#FFFF", True), ("#12345678", True), ("rgb(1 2 3 / 50%)", True), ("oklch(0.6 0.2 30)", True),
     ("Transparent", True), ("#ff", False), ("#ggg", False), ("url(x)", False), ("red; x", False), ("", False)],
)  # fmt: skip
def test_colours_are_those_of_web_pages(text: str, colour: bool) -> None:
    assert is_colour(text) is colour


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({}, "its page is 9:16, and HeyGen makes 16:9 where a row says nothing"),
        ({"aspect_ratio": "1:1"}, "its page is 9:16"),
        ({"aspect_ratio": "9:16"}, ""),
    ],
)
def test_another_shape_than_that_of_the_page_is_pointed_out(
    tmp_path: Path, cells: dict[str, object], said: str
) -> None:
    upright = page_of(lasts='data-width="1080" data-height="1920"')
    card = find_project(folder_of(tmp_path / "card", {"index.html": upright}), Event())
    assert isinstance(card, LocalFile)
    told = of_cells(card, **cells)
    assert not told.mistakes
    assert [(w.header, w.code) for w in told.warnings] == ([("aspect_ratio", "wrong_shape")] if said else [])
    assert all(w.cause == f"is not that of the composition: {said}" for w in told.warnings)


def test_a_text_is_found_under_the_name_that_another_program_gives_it(tmp_path: Path) -> None:
    page = page_of([{"id": "first_name", "type": "string"}, {"id": "score", "type": "number"}])
    card = find_project(folder_of(tmp_path / "card", {"index.html": page}), Event())
    assert isinstance(card, LocalFile)
    found = of_cells(card, Vorname="Ann")
    assert found.rows[0].jobs[0].body["variables"] == {"first_name": "Ann"}
    assert found.layouts.headings.guessed == {"first_name": ("Vorname",)}


def test_links_to_pictures_and_projects_are_tried(card: LocalFile) -> None:
    links = media_links(of_cells(card, logo="https://example.com/a.png"))
    assert [(link.url, link.media.noun) for link in links] == [("https://example.com/a.png", "a picture")]
    assert not media_links(of_cells(card, logo="assets/ann.png"))
    sheet = table(["project", "variables.x"], ["https://example.com/card.zip", "1"])
    [link] = media_links(Builder(sheet, ReadOptions("leads")).build(ACCOUNT))
    assert link.media.takes("application/zip")
    assert not link.media.takes("text/html")


def test_a_misspelt_variable_is_a_mistake_and_so_is_one_that_is_not_there(card: LocalFile) -> None:
    [misspelt] = of_cells(card, accnt="red").mistakes
    assert (misspelt.code, misspelt.cause) == (
        "variable_misspelt", "looks like the composition's variable accent, misspelt",
    )  # fmt: skip
    [strange] = of_cells(card, variables__mood="x").mistakes
    assert (strange.code, strange.cause) == ("unknown_variable", "is no variable of the composition card")
    assert not of_cells(card, mood="x").mistakes


@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        ({"Index.HTML": b""}, "no_index", "Rename Index.HTML to index.html: capitals count."),
        ({"a/card/index.html": b"", "a/index.html": b"", "x.css": b""}, "no_index", "There is one in a: name that"),
        ({"b.html": b"", "a.html": b""}, "no_index", "Name the page to take in a column composition: a.html, b.html."),
        ({"a.css": b""}, "no_index", "A project is a folder of web pages"),
        ({"index.html": b"<html data-composition-variables='[{'>"}, "variables_unreadable", "Correct it in index.html"),
    ],
)
def test_a_project_without_a_page_that_can_be_filled_is_told_at_its_cell(
    tmp_path: Path, files: dict[str, bytes], code: str, said: str
) -> None:
    found = find_project(folder_of(tmp_path / "card", files), Event())
    assert isinstance(found, LocalFile)
    [mistake] = of_cells(found, name="Ann").mistakes
    assert (mistake.header, mistake.code) == ("project", code)
    assert said in mistake.fix


def test_why_a_project_can_not_be_used_is_told_at_its_cell() -> None:
    builder = Builder(table(["type", "project", "name"], ["hyperframes", "My card", "Ann"]), ReadOptions("leads"))
    builder.build(ACCOUNT)
    builder.files.learn({"My card": Issue(code="file_missing", cause="is not there", fix="Correct it.")})
    assert [(m.header, m.code) for m in builder.build(ACCOUNT).mistakes] == [("project", "file_missing")]


# Projects that nobody can look into ----------------------------------------------------------------------------------


@pytest.mark.parametrize("project", ["https://example.com/card.zip", "asset_1"])
def test_of_a_link_or_an_asset_what_is_called_a_variable_is_sent_as_it_is_typed(project: str) -> None:
    headers = ["type", "project", "variables.name", "Variables.Points", "name", "accent"]
    job = jobs_of(table(headers, ["hyperframes", project, " Ann ", 12.5, "Bob", "red"]))[0]
    assert job.body["variables"] == {"name": " Ann ", "Points": "12.5"}


def test_an_asset_that_the_account_does_not_have_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    with Story(folder) as story:
        story.sheet("cards.csv", "project,variables.name", "3f9c2a77b1d04e5e,Ann")
        assert "project '3f9c2a77b1d04e5e' is no asset of this account" in story.type("check", "cards.csv", code=2).text


def test_what_is_not_sent_of_such_a_row_is_said_once(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(folder) as story:
        link = "https://example.com/card.zip"
        story.sheet("cards.csv", "project,variables.name,points", f"{link},Ann,5", f"{link},Bob,6")
        told = story.type("check", "cards.csv").text
        assert told.count("variables.name is sent as text, unchecked") == 1
        assert "nothing is sent of points, since only columns called variables.points" in told


@pytest.mark.parametrize(
    ("text", "named"),
    [("card/", True), ("decks/card", True), ("decks\\card", True), ("card.ZIP", True), ("https://x.example/a", True),
     ("3f9c2a77b1d04e5e9d", True), ("Apollo", False), ("Apollo 11", False), ("Headquarters", False), ("1042", False)],
)  # fmt: skip
def test_a_column_project_decides_only_where_it_names_one(text: str, named: bool) -> None:
    """Many a CRM has a column of that name, for deals or building sites."""
    builder = Builder(table(["project", "name"], [text, "Ann"]), ReadOptions("leads"))
    [row] = builder.build(ACCOUNT).rows
    assert row.kind == ("hyperframes" if named else "")
    if not named:
        assert [issue.code for issue in row.issues] == ["no_kind_column"]
        assert "A project is named by its folder with a slash (card/)" in row.issues[0].fix[:60]


def test_a_folder_of_any_name_is_one_where_a_row_says_what_it_asks_for_or_another_names_it_so(story: Story) -> None:
    story.sheet("cards.csv", "type,project,name", "hyperframes,card,Ann")
    story.sheet("more.csv", "project,name", "card/,Ann", "card,Bob")
    story.run("cards.csv")
    story.run("more.csv")
    assert (story.charges, len(story.heygen.stored)) == (2, 1)


def test_a_column_project_does_not_make_a_sheet_of_another_kind_one_of_projects() -> None:
    sheet = table(["project", "avatar_id", "script"], ["Apollo", "look_1", "Hi"], ["Apollo", "look_1", None])
    builder = Builder(sheet, ReadOptions("leads"))
    found = builder.build(ACCOUNT)
    assert [row.kind for row in found.rows] == ["avatar", "avatar"]
    assert not builder.files.wanted


# What it costs, and how long it lasts ---------------------------------------------------------------------------------


def test_it_lasts_as_long_as_its_composition_says(card: LocalFile) -> None:
    estimator = Estimator(prices=own_prices(), currency="usd", templates={}, lengths={})
    found = estimator.estimate(job_of(card, name="Ann"))
    assert found.cost
    assert (found.cost.seconds, found.why) == (Spread.exactly(8.0), "")
    unknown = estimator.estimate(job_of(card, composition="intro.html", line="Hi"))
    assert unknown.why == "how long it lasts is not known before the first one of its project is finished"
    linked = estimator.estimate(hyperframes_job())
    assert linked.why == "nobody knows how long it becomes before the first one of its kind is finished"


def test_4k_costs_more(card: LocalFile) -> None:
    estimator = Estimator(prices=own_prices(), currency="usd", templates={}, lengths={})
    plain, sharp = (estimator.cost(job_of(card, **cells)) for cells in ({}, {"resolution": "4k"}))
    assert plain
    assert sharp
    assert sharp.price.likely > plain.price.likely


def test_what_its_first_video_lasted_says_how_long_the_next_one_will(card: LocalFile) -> None:
    assert expected(job_of(card, composition="intro.html")).template == card.digest
    assert expected(hyperframes_job()).template == "hyperframes"


# What HeyGen tells ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ended", "finished"),
    [(1_800_000_000, "2027-01-15T08:00:00Z"), ("2027-01-15T08:00:00Z", "2027-01-15T08:00:00Z"), (None, "")],
)
def test_its_end_is_a_number_or_a_text(ended: object, finished: str) -> None:
    told: dict[str, Any] = {
        "render_id": "r",
        "status": "completed",
        "video_url": "https://x",
        "thumbnail_url": "https://y",
    }
    detail = KINDS["hyperframes"].life.stages[0].read({**told, "duration": 8, "completed_at": ended})
    assert (detail.status, detail.finished_at, detail.duration) == ("completed", finished, 8.0)
    assert (detail.links.video, detail.links.thumbnail) == ("https://x", "https://y")


@pytest.mark.parametrize("word", ["queued", "rendering", "resting"])
def test_every_other_word_means_that_it_goes_on(word: str) -> None:
    assert KINDS["hyperframes"].life.stages[0].read({"status": word}).status == "running"


# The whole command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    folder_of(tmp_path / "desk" / "card", FILES)
    with Story(tmp_path / "desk") as started:
        yield started


def test_a_preview_says_what_the_composition_keeps_and_how_long_it_lasts(story: Story) -> None:
    story.sheet("cards.csv", "project,name", "card/,Ann")
    told = story.type("preview", "cards.csv").text
    assert "1 HyperFrames video, from the composition card" in told
    assert "theme (keeps the composition's own enum: Dark)" in told
    assert "for 8 s " in told


def test_a_project_goes_up_once_for_all_rows_and_runs(story: Story) -> None:
    rows = [f"card/,Ann {n},{n}" for n in range(4)]
    story.sheet("cards.csv", "project,name,points", *rows, "card,Ann 0,0")
    zip_of(story.folder / "mine.zip", FILES, top="card/")
    told = story.run("cards.csv")
    assert "4 HyperFrames videos" in told.text
    assert "The composition card keeps its own accent, happy, theme" in told.text
    story.sheet("cards.csv", "project,name,points", *rows, "mine.zip,Bob,9", "card,Eve,10")
    story.run("cards.csv")
    assert (story.charges, len(story.heygen.stored)) == (6, 1)
    assert story.column("cards.results.csv", "result_status") == ["done"] * 6
    assert all(story.column("cards.results.csv", "result_thumbnail_url"))
    assert not story.heygen.ledger.of("unfit")


def test_an_edited_project_makes_its_videos_anew_and_says_so(story: Story) -> None:
    story.sheet("cards.csv", "project,name,row_id", "card/,Ann,a")
    story.run("cards.csv")
    (story.folder / "card" / "index.html").write_bytes(page_of([{"id": "name"}]))
    told = story.type("check", "cards.csv").text
    assert "1 to make" in told
    story.run("cards.csv")
    assert (story.charges, len(story.heygen.stored)) == (2, 2)


def test_a_row_keeps_its_result_when_the_project_is_gone(story: Story) -> None:
    story.sheet("cards.csv", "project,name,theme", "card/,Ann,Light")
    story.run("cards.csv")
    for each in sorted((story.folder / "card").rglob("*"), reverse=True):
        each.rmdir() if each.is_dir() else each.unlink()
    (story.folder / "card").rmdir()
    told = story.run("cards.csv")
    assert "Nothing new" in told.text
    assert story.column("cards.results.csv", "result_status") == ["done"]
    story.sheet("cards.csv", "project,name,theme", "card/,Bob,Light")
    text = story.type("check", "cards.csv", code=2).text
    assert "names a project that is not there. Correct the path of its folder or ZIP" in text
    assert story.charges == 1


def test_a_project_that_changes_between_plan_and_upload_is_not_sent(story: Story) -> None:
    story.sheet("cards.csv", "project,name", "card/,Ann")

    def edited(project: LocalFile) -> object:
        (story.folder / "card" / "late.css").write_bytes(b"x")
        return packed(project)

    with mock.patch("bulkgen.files.uploads.packed", edited):
        told = story.run("cards.csv", code=4)
    assert "card could not be uploaded to HeyGen (it has changed since the plan was made)" in told.text
    assert (story.charges, story.heygen.stored) == (0, [])
    story.run("cards.csv")
    assert (story.charges, len(story.heygen.stored)) == (1, 1)


@pytest.mark.parametrize(("name", "seconds"), [("card", 6.0), ("race", 9.0)])
def test_the_samples_need_nothing_from_elsewhere(name: str, seconds: float) -> None:
    found = find_project(SAMPLES / name, Event())
    assert isinstance(found, LocalFile)
    assert found.project
    assert found.project.compositions["index.html"].seconds == seconds
    assert b"http" not in b"".join((SAMPLES / name / each).read_bytes() for each in found.project.names)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a sample project and its sheet."""
    shutil.copytree(SAMPLES / "card", tmp_path / "desk" / "card")
    shutil.copy(SAMPLES / "cards.csv", tmp_path / "desk")
    return tmp_path / "desk"


@pytest.mark.parametrize(("project", "sheet", "rows"), [("card", "cards", 3), ("race", "races", 2)])
def test_the_samples_rehearse(tmp_path: Path, project: str, sheet: str, rows: int) -> None:
    shutil.copytree(SAMPLES / project, tmp_path / project)
    shutil.copy(SAMPLES / f"{sheet}.csv", tmp_path)
    done = bulkgen(tmp_path, "run", f"{sheet}.csv", "--sandbox")
    assert done.returncode == 0, done.stderr
    assert "1 of your files uploaded first" in " ".join(done.stderr.split())
    assert [line["result_status"] for line in results(tmp_path, f"{sheet}.sandbox.results.csv")] == ["done"] * rows


def test_init_makes_a_sheet_of_a_project_that_rehearses_as_it_is(desk: Path) -> None:
    told = bulkgen(desk, "init", "--project", "card/")
    assert told.returncode == 0, told.stderr
    book = load_workbook(desk / "card.xlsx")
    rows = book.worksheets[0]
    head, example = ([cell.value for cell in line] for line in rows.iter_rows(max_row=2))
    assert head == ["project", "name", "points", "accent", "theme", "thanks", "row_id", "skip"]
    assert example == ["card/", "Ann Baker", 1200, "#7c3aed", "Dark", "yes", "example-1", None]
    notes = {cell.value: cell.comment.text for cell in rows[1] if cell.comment}
    assert "A number: 0 to 100,000. Blank: the composition's own." in notes["points"]
    assert "Customer. Up to 40 characters." in notes["name"]
    offered = {column: choices for column, (choices, _) in drop_downs(desk / "card.xlsx").items()}
    assert offered == {"theme": ["Dark", "Light"], "thanks": ["yes", "no"], "skip": ["yes", "no"]}
    assert "Videos from the project card" in str(book[HOW_TO]["A3"].value)
    done = bulkgen(desk, "run", "card.xlsx", "--sandbox")
    assert done.returncode == 0, done.stderr
    assert bulkgen(desk, "check", "card.xlsx").returncode == 2  # an example is nobody's order


def test_the_cell_of_a_new_sheet_leads_to_the_project_from_where_the_sheet_lies(desk: Path) -> None:
    (desk / "sheets").mkdir()
    told = bulkgen(desk, "init", "--project", "card", "-o", "sheets/mine.csv")
    assert told.returncode == 0, told.stderr
    assert [line["project"] for line in results(desk, "sheets/mine.csv")] == ["../card/"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--project", "nowhere"), "--project nowhere names a project that is not there."),
        (
            ("--project", "cards.csv"),
            "names a file whose content bulkgen does not know, and no project. Name the project's folder",
        ),
        (("--project", "card", "-o", "card/mine.xlsx"), "would lie in the project itself"),
        (("--project", "card", "speech"), "Name one starter sheet, a template or a project"),
        (("--project", "card", "--from", "cards.csv"), "leave out --from"),
        (("--project", "."), "has no index.html at its root. There is one in card: name that folder."),
    ],
)
def test_init_writes_nothing_for_what_is_no_project(desk: Path, words: tuple[str, ...], said: str) -> None:
    before = sorted(path.name for path in desk.iterdir())
    told = bulkgen(desk, "init", *words)
    assert (told.returncode, sorted(path.name for path in desk.iterdir())) == (2, before)
    assert said in " ".join(told.stderr.split())


def test_a_variable_called_like_a_column_gets_its_longer_name(tmp_path: Path, card: LocalFile) -> None:
    folder_of(tmp_path / "desk" / "card", FILES)
    assert bulkgen(tmp_path / "desk", "init", "--project", "card", "-o", "mine.csv").returncode == 0
    [line] = results(tmp_path / "desk", "mine.csv")
    assert (line["variables.title"], line["variables.project"], line["project"]) == ("Hi", "x", "card/")
    assert card.project
