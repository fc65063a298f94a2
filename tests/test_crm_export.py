"""A CRM's export as it comes: a title above the headers, a filter, columns by the names of the CRM."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bulkgen.batch.opened import open_sheet
from bulkgen.batch.settings import Settings
from bulkgen.sheet import read_sheet
from tests.command import SAMPLES
from tests.crm_export import HEADER_ROW, HEADERS, leads, write_export
from tests.story import Story

SET = ("--set", "template_id=tpl_welcome", "--sandbox")
NOTE = "Headers in row 3, below 'Q4 warm leads, exported …'. If not: --header-row 1."


@pytest.fixture
def story(tmp_path: Path) -> Story:
    (tmp_path / "sheets").mkdir()
    return Story(tmp_path / "sheets")


def test_the_sample_is_what_its_maker_makes(tmp_path: Path) -> None:
    made, kept = (
        read_sheet(path, header_row=HEADER_ROW)
        for path in (write_export(tmp_path / "a.xlsx"), SAMPLES / "crm_export.xlsx")
    )
    assert made == kept
    assert made.headers == HEADERS
    assert (len(made.rows), sum(row.hidden for row in made.rows)) == (300, 180)


def test_an_export_is_made_as_it_comes_and_known_again(story: Story) -> None:
    with story:
        write_export(story.folder / "Q4 leads.xlsx", 20)
        told = story.run("Q4 leads.xlsx", *SET).text
        assert NOTE in told
        assert "company is filled from Company Name." in told
        assert "8 done" in told
        again = story.run("Q4 leads.xlsx", *SET).text
        assert NOTE in again
        assert "Nothing new." in again
        assert "8 done" in again


def test_its_results_have_every_row_and_are_known_again_when_they_are_run(story: Story) -> None:
    with story:
        write_export(story.folder / "q4.xlsx", 20)
        story.run("q4.xlsx", *SET, "--include-hidden")
        rows = read_sheet(story.folder / "q4.sandbox.results.xlsx").rows
        assert [row.cell(0).text for row in rows] == [lead[0] for lead in leads(20)]
        told = story.run("q4.sandbox.results.xlsx", *SET).text
    assert "Nothing new." in told
    assert "20 done" in told
    assert "Headers in row" not in told


def test_a_longer_title_changes_no_job(story: Story) -> None:
    with story:
        path = write_export(story.folder / "q4.xlsx", 20)
        story.run("q4.xlsx", *SET)
        book = load_workbook(path)
        book["Leads"]["A2"] = "Filter: Lead Status = Warm"
        book.save(path)
        assert "Nothing new." in story.run("q4.xlsx", *SET).text
        sheet = book["Leads"]
        sheet.insert_rows(1, 3)
        for number in range(1, 27):
            sheet.row_dimensions[number].hidden = number > 6 and sheet.cell(number, 9).value != "Warm"
        book.save(path)
        told = story.run("q4.xlsx", *SET).text
    assert "Nothing new." in told
    assert "8 done" in told
    assert "Headers in row 6" in told


def test_row_numbers_stay_those_of_the_spreadsheet_in_mistakes_and_in_the_marked_copy(story: Story) -> None:
    with story:
        path = write_export(story.folder / "q4.xlsx", 20)
        book = load_workbook(path)
        book["Leads"]["B8"] = None
        book.save(path)
        told = story.type("check", "q4.xlsx", *SET, code=2).text
        assert "Leads!B8" in told
        copy = story.folder / "q4.sandbox.check.xlsx"
        marked = load_workbook(copy)["Leads"]
        assert [cell.value for cell in marked[HEADER_ROW]] == list(HEADERS)
        assert "Leads!B8" in story.type("check", "q4.sandbox.check.xlsx", *SET, code=2).text
        book = load_workbook(copy)
        book["Leads"]["B8"] = "Ann"
        book.save(copy)
        assert "Leads!B8" not in story.type("check", "q4.sandbox.check.xlsx", *SET).text


def test_a_header_row_that_is_typed_wins(story: Story) -> None:
    with story:
        write_export(story.folder / "q4.xlsx", 20)
        told = story.type("check", "q4.xlsx", *SET, "--header-row", "3").text
        assert "Headers in row" not in told
        assert "8 to make" in told
        told = story.type("check", "q4.xlsx", *SET, "--header-row", "1", code=2).text
    assert "has a value under no header" in told


def test_a_recipe_keeps_what_the_sheet_does_not_say(story: Story) -> None:
    with story:
        write_export(story.folder / "q4.xlsx", 20)
        (story.folder / "q4.recipe.toml").write_text('[set]\ntemplate_id = "tpl_welcome"\n', encoding="utf-8")
        told = story.type("check", "q4.xlsx", "--sandbox").text
    assert NOTE in told
    assert "8 to make" in told


def test_what_a_recipe_sets_is_filled_from_the_row_through_filters(story: Story) -> None:
    with story:
        write_export(story.folder / "q4.xlsx", 20)
        values = 'template_id = "tpl_welcome"\ncompany = "{{Company Name:upper}}"\n'
        (story.folder / "q4.recipe.toml").write_text(f"[set]\n{values}", encoding="utf-8")
        told = story.type("preview", "q4.xlsx", "--row", "6", "--sandbox", "--json")
    assert '"HOOLI"' in told.out


@pytest.mark.parametrize("by", [",", ";", "\t"])
def test_a_csv_with_titles_is_read_from_a_file_and_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    lines = ["Q4 warm leads", "", f"Exported 2026-11-20{by}by Ann", by.join(HEADERS)]
    lines += [by.join(map(str, lead)) for lead in leads(20)]
    data = ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
    (tmp_path / "q4.csv").write_bytes(data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    for source, out in ((str(tmp_path / "q4.csv"), None), ("-", tmp_path / "out.csv")):
        opened = open_sheet(source, Settings(out=out))
        assert (opened.table.headers, opened.table.header_row) == (HEADERS, 4)
        assert [row.number for row in opened.table.rows] == list(range(5, 25))
        assert "Headers in row 4, below 'Q4 warm leads'" in opened.table.notes[0]
