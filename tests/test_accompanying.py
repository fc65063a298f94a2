"""The files beside the results: written as the run goes, and only over what bulkgen wrote and nobody has changed."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path
from typing import Any
from unittest import mock

import anyio
import pytest
from openpyxl import Workbook, load_workbook

from bulkgen.batch import accompanying, running
from bulkgen.batch.batch import Batch
from bulkgen.batch.beside import write_beside
from bulkgen.batch.progress import RunEvent, Written
from bulkgen.batch.settings import Settings
from bulkgen.result_columns import are_results, result_columns
from bulkgen.results.seal import PLACE
from bulkgen.sheet import read_sheet
from tests.command import bulkgen
from tests.story import Story

PAGE = "leads.results.html"


def data(page: Path) -> dict[str, Any]:
    block = re.search(r'type="application/json">(.*?)</script>', page.read_text("utf-8"), flags=re.S)
    assert block
    found: dict[str, Any] = json.loads(block[1])
    return found


def jobs(page: Path) -> list[dict[str, Any]]:
    return list(data(page)["jobs"])


def test_the_page_stands_beside_the_results_and_the_summary_names_it(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id,avatar_id,script", "Hello,voice_ann,,", ",,look_ann,Hi")
    assert f"Page: {PAGE}" in story.run("leads.csv").text
    recording, video = jobs(story.folder / PAGE)
    assert (story.folder / recording["file"]).is_file()
    assert video["video"].startswith("http")
    assert data(story.folder / PAGE)["redo"] == "bulkgen run leads.csv --redo leads.ticks.csv"


def test_without_it_there_is_none(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    told = story.run("leads.csv", "--no-page")
    assert "Page" not in told.text
    assert not (story.folder / PAGE).exists()


def test_the_same_results_make_the_same_page_and_write_it_once(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv")
    page, resume = story.folder / PAGE, story.folder / "leads.csv.resume.jsonl"
    os.utime(page, (1, 1))
    before = page.stat().st_ino, page.stat().st_mtime, resume.read_bytes()
    assert f"Page: {PAGE}" in story.run("leads.csv").text
    assert (page.stat().st_ino, page.stat().st_mtime, resume.read_bytes()) == before


def test_results_for_programs_are_kept_up_to_date_once_they_are_there(story: Story) -> None:
    records = story.folder / "leads.results.json"
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv", "--json-file")
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello", "look_ann,Bye")
    story.run("leads.csv")
    found = json.loads(records.read_text())["jobs"]
    assert [job["status"] for job in found] == ["done", "done"]
    story.pass_time(hours=24 * 30)
    story.type("links", "leads.csv")
    renewed = json.loads(records.read_text())["jobs"]
    assert renewed[0]["links_expire_at"] > found[0]["links_expire_at"]
    changed = records.read_text().replace("Hello", "Hallo")
    records.write_text(changed)
    assert "leads.results.json" not in story.run("leads.csv").text
    assert (records.read_text(), list(story.folder.glob("*-2.json"))) == (changed, [])


def test_a_page_that_somebody_has_changed_stays_and_the_new_one_gets_a_sibling(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv", "--json-file")
    page, records = story.folder / PAGE, story.folder / "leads.results.json"
    changed = page.read_text("utf-8").replace("<footer", "<p>Seen by the boss.</p><footer")
    page.write_text(changed, "utf-8")
    records.write_text(records.read_text("utf-8").replace('"done"', '"sent"', 1), "utf-8")
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello", "look_ann,Hello again")
    for _ in range(2):
        told = story.run("leads.csv", "--json-file").text
        assert f"{PAGE} was changed since, or was not written for this sheet, so it stays as it is" in told
        assert "the new one is leads.results-2.html." in told
        assert "Page: leads.results-2.html" in told
    assert page.read_text("utf-8") == changed
    assert '"sent"' in records.read_text("utf-8")
    assert len(jobs(story.folder / "leads.results-2.html")) == 2
    assert sorted(path.name for path in story.folder.glob("leads.results-*")) == [
        "leads.results-2.html",
        "leads.results-2.json",
    ]


def test_another_sheet_of_the_same_name_has_its_page_left_alone(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.sheet("leads.tsv", "avatar_id\tscript", "look_ann\tHi there")
    story.run("leads.csv")
    first = (story.folder / PAGE).read_bytes()
    story.run("leads.tsv")
    assert (story.folder / PAGE).read_bytes() == first
    assert jobs(story.folder / "leads.results-2.html")[0]["words"] == "Hi there"


def test_the_page_goes_with_the_name_of_the_results_and_knows_where_the_files_are(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id", "Hello,voice_ann")
    (story.folder / "for the boss").mkdir()
    story.run("leads.csv", "--out", "for the boss/all.csv")
    (job,) = jobs(story.folder / "for the boss" / "all.html")
    assert job["file"].startswith("file:///")
    assert data(story.folder / "for the boss" / "all.html")["ticks"] == "all.ticks.csv"


def test_ticks_are_kept_by_the_beginning_of_the_resume_file(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv")
    key = data(story.folder / PAGE)["key"]
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello", "look_ann,More")
    story.run("leads.csv")
    assert data(story.folder / PAGE)["key"] == key
    story.sheet("others.csv", "avatar_id,script", "look_ann,Others")
    story.run("others.csv")
    assert data(story.folder / "others.results.html")["key"] != key


def test_a_results_sheet_as_input_makes_the_page_of_its_sheet(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv")
    before = (story.folder / PAGE).read_bytes()
    story.run("leads.results.csv")
    assert data(story.folder / PAGE) == {
        **data(story.folder / PAGE),
        "redo": "bulkgen run leads.csv --redo leads.ticks.csv",
    }
    assert (story.folder / PAGE).read_bytes().count(b"result_status") == before.count(b"result_status")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_page_and_the_records_follow_what_was_corrected_in_the_rows_to_correct(story: Story, ending: str) -> None:
    """Of a row that only HeyGen can judge, too; and in each run, be it of a few rows."""
    lines = (
        "look_ann,Hello,1,,",
        "look_ann,,2,,",
        "look_ann,Bad,3,,[fail::1]",
        "look_ann,Hi,4,nobody,",
        "look_ann,,5,,",
    )
    sheet = story.sheet("leads.csv", "avatar_id,script,crm,voice,title", *lines)
    if ending == "xlsx":
        sheet = as_workbook(sheet)
    soon = ("--json-file", "--poll-every", "0.1", "--skip-invalid", "--max-attempts", "1")
    story.run(sheet.name, *soon, code=3)
    change(story.folder / f"leads.failed.{ending}", "crm", "2", script="Second")
    story.run(f"leads.failed.{ending}", *soon, code=3)
    assert_same(story, ending, ["done", "done", "failed", "invalid", "invalid"])
    change(story.folder / f"leads.failed.{ending}", "crm", "5", script="Fifth")
    story.run(f"leads.failed.{ending}", *soon, "--rows", "4", code=None)
    change(story.folder / f"leads.failed.{ending}", "crm", "3", title="Good", script="Better")
    story.run(f"leads.failed.{ending}", *soon, code=3)
    assert_same(story, ending, ["done", "done", "done", "invalid", "done"])
    assert story.charged_twice == {}
    assert {path.suffix for path in story.folder.glob("leads.results*")} == {f".{ending}", ".html", ".json"}


def assert_same(story: Story, ending: str, statuses: list[str]) -> None:
    """The results, their page and the records tell the same of all rows."""
    table = read_sheet(story.folder / f"leads.results.{ending}", recognise=are_results)
    at = [
        table.headers.index("script"),
        *map(result_columns(table.headers).__getitem__, ("result_status", "result_id")),
    ]
    told = [tuple(row.cell(place).text for place in at) for row in table.rows]
    assert [status for _, status, _ in told] == statuses
    written = json.loads((story.folder / "leads.results.json").read_text("utf-8"))
    assert [(job["values"].get("script", ""), job["status"], job["id"]) for job in written["jobs"]] == told
    assert written["sheet"] == f"leads.{ending}"
    page = data(story.folder / PAGE)
    assert [job["status"] for job in page["jobs"]] == statuses
    assert [job["cells"][page["columns"].index("script")] for job in page["jobs"]] == [text for text, _, _ in told]
    assert page["redo"].startswith(f"bulkgen run leads.{ending} --redo")


def as_workbook(sheet: Path) -> Path:
    book = Workbook()
    for line in sheet.read_text("utf-8").splitlines():
        book.worksheets[0].append(line.split(","))
    book.save(sheet.with_suffix(".xlsx"))
    sheet.unlink()
    return sheet.with_suffix(".xlsx")


def change(path: Path, key: str, value: str, **cells: str) -> None:
    """Other cells in the row whose column `key` says so."""
    if path.suffix == ".csv":
        headers, *lines = csv.reader(path.read_text("utf-8-sig").splitlines())
        [line] = [line for line in lines if line[headers.index(key)] == value]
        for name, text in cells.items():
            line[headers.index(name)] = text
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([headers, *lines])
        return

    book = load_workbook(path)
    sheet = book.worksheets[0]
    names, *rows = sheet.iter_rows()
    columns = {str(cell.value): at for at, cell in enumerate(names)}
    [row] = [row for row in rows if str(row[columns[key]].value) == value]
    for name, text in cells.items():
        row[columns[name]].value = text
    book.save(path)


def test_the_commands_that_the_page_tells_are_for_its_worksheet(tmp_path: Path) -> None:
    book = Workbook()
    for title in ("Leads", "In Spain"):
        sheet = book.create_sheet(title)
        sheet.append(["avatar_id", "script"])
        sheet.append(["look_ann", f"Hello {title}"])
    del book["Sheet"]
    book.save(tmp_path / "my leads.xlsx")
    bulkgen(tmp_path, "run", "my leads.xlsx", "--sheet", "In Spain", "--sandbox")
    found = data(tmp_path / "my leads.In Spain.sandbox.results.html")
    assert found["renew"] == 'bulkgen links "my leads.xlsx" --sheet "In Spain" --sandbox'
    assert found["redo"].startswith('bulkgen run "my leads.xlsx" --redo "my leads.In Spain.ticks.csv" --sheet')


def test_a_sheet_that_is_too_long_for_a_browser_has_no_page_and_says_so(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello", "look_ann,Hi")
    with mock.patch.object(accompanying, "PAGE_ROWS", 1):
        told = story.run("leads.csv")
    assert "No page was written: 2 lines are too many for one (--no-page" in told.text
    assert not (story.folder / PAGE).exists()


def test_a_folder_where_the_page_should_be_is_told_and_stops_nothing(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    (story.folder / PAGE).mkdir()
    told = story.run("leads.csv")
    assert f"{PAGE} can't be written" in told.text
    assert story.column("leads.results.csv", "result_status") == ["done"]


def test_the_page_is_written_as_the_run_goes(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.heygen.change(never_ends=True)
    sheet = story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    for name, value in {**story.env, "BULKGEN_DATA_DIR": str(story.data)}.items():
        monkeypatch.setenv(name, value)
    told = anyio.Event()

    def hear(event: RunEvent) -> None:
        if isinstance(event, Written) and [job["status"] for job in jobs(story.folder / PAGE)] == ["rendering"]:
            told.set()

    with mock.patch.object(running, "WRITE_EVERY", 0.2):
        ran = Batch.open(sheet).run(hear, until=lambda: told.wait())
    assert ran.writing.beside.page == story.folder / PAGE


def test_when_all_is_made_and_files_are_still_coming_the_results_are_written_at_once(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.heygen.change(script=[{"method": "GET", "path": "^/media/", "fault": "stall_after:0.5"}])
    sheet = story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    for name, value in {**story.env, "BULKGEN_DATA_DIR": str(story.data)}.items():
        monkeypatch.setenv(name, value)
    told, written = anyio.Event(), []

    def hear(event: RunEvent) -> None:
        if isinstance(event, Written):
            written.append([job["status"] for job in jobs(story.folder / PAGE)])
            told.set()

    async def until() -> None:
        with anyio.move_on_after(5):  # before the usual half minute
            await told.wait()

    Batch.open(sheet, Settings(download=True)).run(hear, until=until)
    assert written == [["done"]]


def test_no_half_page_is_ever_there(tmp_path: Path) -> None:
    path = tmp_path / PAGE
    assert write_beside(path, f"one {PLACE}", "r").path == path
    before = path.read_bytes()
    with mock.patch.object(Path, "replace", side_effect=OSError(28, "No space left on device")):
        made = write_beside(path, f"two {PLACE}", "r")
    assert (made.path, "No space left" in made.caution, path.read_bytes()) == (None, True, before)
    assert [each.name for each in tmp_path.iterdir()] == [PAGE]


def test_a_page_that_another_program_holds_gets_a_sibling(tmp_path: Path) -> None:
    path = tmp_path / PAGE
    write_beside(path, f"one {PLACE}", "r")
    replace = Path.replace

    def held(self: Path, target: Path) -> Path:
        if target.name == PAGE:
            raise PermissionError(13, "in use")
        return replace(self, target)

    with mock.patch.object(Path, "replace", held):
        made = write_beside(path, f"two {PLACE}", "r")
    assert made.path == tmp_path / "leads.results-2.html"
    assert made.caution == f"{PAGE} is open in another program, so it stays as it is: the new one is {made.path.name}."


def test_the_page_is_not_taken_for_the_results_or_the_resume_file(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    told = story.run("leads.csv", "--resume", PAGE, code=2)
    assert "would be the resume file and their page at once" in told.text


@pytest.mark.parametrize("settings", [Settings(), Settings(json_file=True)])
def test_results_can_be_written_anew_from_python_with_their_page(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "leads.csv").write_text("avatar_id,script\nlook_ann,Hello\n", "utf-8")
    bulkgen(tmp_path, "run", "leads.csv", "--sandbox")
    batch = Batch.open(tmp_path / "leads.csv", settings.over(Settings(sandbox=True)))
    for _ in range(2):
        writing = batch.write_results()
        assert writing.beside.page == tmp_path / "leads.sandbox.results.html"
        assert writing.beside.cautions == []
        assert bool(writing.beside.records) == settings.json_file
