"""A person's work in a results workbook that looks like their sheet: carried over, run after run, or pointed out."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from bulkgen.batch import batch
from bulkgen.batch.running import carry_out
from bulkgen.result_columns import SUMMARY_FIRST
from bulkgen.results import worn
from tests.looks import write_look
from tests.story import Story

SOON = ("--poll-every", "0.1")
RESULTS = "leads.results.xlsx"


def look(story: Story, name: str = "titles", change: Callable[[Any], None] = lambda _sheet: None) -> Path:
    """A sheet that the stand-in can make."""
    path = write_look(name, story.folder / "leads.xlsx")
    book = load_workbook(path, rich_text=True)
    sheet: Any = book["Leads"]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "voice_anna":
                cell.value = "voice_ann"
    change(sheet)
    book.save(path)
    return path


def edit(story: Story, change: Callable[[Any], None]) -> None:
    book = load_workbook(story.folder / RESULTS)
    change(book)
    book.save(story.folder / RESULTS)


def leads(story: Story, name: str = RESULTS) -> Any:
    return load_workbook(story.folder / name)["Leads"]


def add_column(book: Any) -> None:
    sheet = book["Leads"]
    at = sheet.max_column + 1
    sheet.cell(4, at, "Sent?").fill = PatternFill("solid", start_color="FF00FF")
    sheet.cell(6, at, "=yes").font = Font(name="Georgia", italic=True)
    sheet.cell(6, at).data_type = "s"
    sheet.column_dimensions[sheet.cell(4, at).column_letter].width = 9


@pytest.mark.parametrize("own", [False, True], ids=["the sheet", "the results in turn"])
def test_an_added_column_survives_ten_runs_with_its_look(story: Story, own: bool) -> None:
    path = look(story)
    story.run("leads.xlsx", *SOON)
    edit(story, add_column)
    for number in range(10):
        if number % 3 == 2:
            edit(story, lambda _book: None)  # saved by another program
        if number == 5 and not own:
            book = load_workbook(path)
            book["Leads"]["A12"], book["Leads"]["B12"] = "Hello Gil", "voice_ann"
            book.save(path)
        told = story.run(RESULTS if own and number % 2 else "leads.xlsx", *SOON)
        assert "stays as it is" not in told.text
        sheet = leads(story)
        headers = [cell.value for cell in sheet[4]]
        at = headers.index("Sent?") + 1
        assert (sheet.cell(6, 1).value, sheet.cell(6, at).value, sheet.cell(6, at).data_type) == (
            "Hello Bob",
            "=yes",
            "s",
        )
        assert sheet.cell(4, at).fill.start_color.rgb == "00FF00FF"
        assert (sheet.cell(6, at).font.name, sheet.cell(6, at).font.italic) == ("Georgia", True)
        assert sheet.column_dimensions[sheet.cell(4, at).column_letter].width == 9
        assert (headers.count("Status"), headers.count("Sent?")) == (1, 1)
        assert (sheet["A1"].value, sheet["A1"].fill.start_color.rgb) == ("Spring campaign 2026", "007030A0")
    assert story.charges == (6 if own else 7)
    assert not [*story.folder.glob("*.results-*")]


def test_a_sheet_of_theirs_and_what_they_wrote_into_the_summary_are_carried_over(story: Story) -> None:
    look(story)
    story.run("leads.xlsx", *SOON)

    def add(book: Any) -> None:
        sums = book.create_sheet("Sums")
        sums["A1"], sums["B1"] = '=COUNTIF(Leads!F:F,"done")', "theirs"
        sums["B1"].fill = PatternFill("solid", start_color="00FF00")
        book["Summary"]["C12"] = "call Ben"

    edit(story, add)
    for number in range(3):
        told = story.run("leads.xlsx", *SOON).text
        assert "stays as it is" not in told
        moved = 'yours is "Summary 2" now, and its figures are old. Delete it when'
        assert (moved in told, moved in story.type("links", "leads.xlsx").text) == (number == 0, False)
        book: Any = load_workbook(story.folder / RESULTS)
        assert book.sheetnames == ["Summary", "Summary 2", "Leads", "Sums"]
        assert (book["Summary"]["C12"].value, book["Summary 2"]["C12"].value) == (None, "call Ben")
        assert book["Sums"]["A1"].value == '=COUNTIF(Leads!F:F,"done")'
        assert book["Sums"]["B1"].fill.start_color.rgb == "0000FF00"
    edit(story, lambda book: book["Summary"].__setitem__("C12", "call Cleo"))
    assert 'yours is "Summary 3" now' in story.run("leads.xlsx", *SOON).text


def test_another_sheet_follows_that_of_the_sheet_unless_it_was_changed_in_the_results(story: Story) -> None:
    path = look(story, "sheets")

    def say(text: str, file: Path) -> None:
        book: Any = load_workbook(file)
        book["Secret"]["A1"] = text
        book.save(file)

    results = story.folder / "leads.Leads.results.xlsx"
    for text in ("first", "second"):
        say(text, path)
        story.run("leads.xlsx", "--sheet", "Leads", *SOON)
        assert load_workbook(results)["Secret"]["A1"].value == text
    say("mine", results)
    say("third", path)
    story.run("leads.xlsx", "--sheet", "Leads", *SOON)
    assert load_workbook(results)["Secret"]["A1"].value == "mine"


@pytest.mark.parametrize(
    ("place", "told"),
    [("A6", "Leads.results.xlsx!A6"), ("F6", "leads.results.xlsx!F6"), ("A2", "lines above its headers")],
)
def test_what_they_changed_is_pointed_out_and_stays(story: Story, place: str, told: str) -> None:
    look(story)
    story.run("leads.xlsx", *SOON)
    edit(story, lambda book: book["Leads"].__setitem__(place, "mine"))
    said = story.run("leads.xlsx", *SOON)
    assert "so it stays as it is: the results are in leads.results-2.xlsx" in said.text
    assert told.casefold() in said.text.casefold()
    assert leads(story)[place].value == "mine"
    assert leads(story, "leads.results-2.xlsx")["A6"].value == "Hello Bob"


def test_the_results_run_as_a_sheet_send_nothing_and_are_left_as_they_are(story: Story) -> None:
    look(story, "filtered")
    story.run("leads.xlsx", *SOON)
    before, events = (story.folder / RESULTS).read_bytes(), story.events("leads.xlsx")
    told = story.run(RESULTS, *SOON)
    assert "Nothing new" in told.text
    assert (story.folder / RESULTS).read_bytes() == before
    assert story.events("leads.xlsx") == events
    assert story.charges == 2  # the others are hidden


def test_what_a_copy_has_not_is_told_once(story: Story) -> None:
    look(story, "hostile")
    told = story.run("leads.xlsx", *SOON)
    assert (
        "leads.results.xlsx is a copy of your workbook without charts, notes, links. Your own file has all" in told.text
    )
    assert "is a copy of your workbook" not in story.run("leads.xlsx", *SOON).text


def test_the_look_is_that_of_the_moment_in_which_the_sheet_was_read(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who sorts their sheet while it runs gets no look of other rows."""
    path = look(story)

    def save_meanwhile(*arguments: Any) -> Any:
        path.write_bytes(b"something else")
        return carry_out(*arguments)

    monkeypatch.setattr(batch, "carry_out", save_meanwhile)
    story.run("leads.xlsx", *SOON)
    assert leads(story)["A1"].value == "Spring campaign 2026"
    assert load_workbook(story.folder / RESULTS)["Summary"]["A1"].value == SUMMARY_FIRST


def set_by_hand(book: Any) -> None:
    """A row painted, a text struck out, a row and a column hidden, a list and a colour in a column of their own."""
    add_column(book)
    sheet = book["Leads"]
    at = sheet.max_column
    letters = sheet.cell(4, at).column_letter
    for column in range(1, at + 1):
        sheet.cell(6, column).fill = PatternFill("solid", start_color="FFFF00")
    sheet["A8"].font = Font(name="Georgia", strike=True, bold=True, color="00B050")
    sheet.row_dimensions[7].hidden = True
    sheet.column_dimensions["H"].hidden = True
    entries = DataValidation(type="list", formula1='"yes,no"')
    entries.add(f"{letters}5:{letters}100")
    sheet.add_data_validation(entries)
    rule: Any = CellIsRule
    green = PatternFill(bgColor="C6EFCE")
    sheet.conditional_formatting.add(f"{letters}5:{letters}10", rule(operator="equal", formula=['"=yes"'], fill=green))


@pytest.mark.parametrize("own", [False, True], ids=["the sheet", "the results in turn"])
def test_what_they_set_by_hand_survives_ten_runs_and_a_new_order(story: Story, own: bool) -> None:
    path = look(story)
    story.run("leads.xlsx", *SOON)
    edit(story, set_by_hand)
    for number in range(10):
        if number == 3:
            edit(story, lambda _book: None)  # saved by another program
        if number == 5 and not own:
            book: Any = load_workbook(path)
            sheet = book["Leads"]
            lines = [[cell.value for cell in row] for row in sheet["A5:E10"]]
            for to, line in enumerate(reversed(lines), 5):
                for column, value in enumerate(line, 1):
                    sheet.cell(to, column).value = value
            book.save(path)
        told = story.run(RESULTS if own and number % 2 else "leads.xlsx", *SOON)
        assert "stays as it is" not in told.text
        sheet = leads(story)
        headers: list[Any] = [cell.value for cell in sheet[4]]
        at: Any = headers.index("Sent?") + 1
        row: dict[str, Any] = {sheet.cell(place, 1).value: place for place in range(5, 11)}
        bob = row["Hello Bob"]
        assert sheet.cell(bob, at).value == "=yes"
        if bob % 2 == 0:  # the sheet has a stripe of its own elsewhere
            assert sheet.cell(bob, 1).fill.start_color.rgb == "00FFFF00"
        assert sheet.cell(bob, headers.index("What to do") + 1).fill.start_color.rgb == "00FFFF00"
        assert sheet.cell(bob, headers.index("Status") + 1).fill.start_color.rgb == "00DCEBF7"
        dee = sheet.cell(row["Hello Dee"], 1).font
        assert (dee.name, dee.strike, dee.bold, dee.color.rgb) == ("Georgia", True, True, "0000B050")
        assert [name for name, place in row.items() if sheet.row_dimensions[place].hidden] == ["Hello Cleo"]
        hidden = [letters for letters, found in sheet.column_dimensions.items() if found.hidden]
        assert hidden == [sheet.cell(4, headers.index("What was made") + 1).column_letter]
        letters = sheet.cell(4, at).column_letter
        entries = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
        assert entries == {f"{letters}5:{letters}100": '"yes,no"'}
        formats = {str(each.sqref): each.rules[0].formula for each in sheet.conditional_formatting}
        assert formats == {f"{letters}5:{letters}10": ['"=yes"']}
    assert story.charges == 6
    assert not [*story.folder.glob("*.results-*")]


def test_a_row_that_they_show_or_that_their_sheet_hides_later_is_as_they_want_it(story: Story) -> None:
    path = look(story, "filtered")
    story.run("leads.xlsx", *SOON)
    assert [row for row in range(2, 8) if leads(story).row_dimensions[row].hidden] == [3, 4, 6, 7]

    def show(book: Any) -> None:
        book["Leads"].row_dimensions[3].hidden = False
        book["Leads"].row_dimensions[2].hidden = True

    edit(story, show)
    book: Any = load_workbook(path)
    book["Leads"].row_dimensions[5].hidden = True
    book["Leads"].row_dimensions[7].hidden = False
    book.save(path)
    for _ in range(3):
        story.run("leads.xlsx", *SOON)
        assert [row for row in range(2, 8) if leads(story).row_dimensions[row].hidden] == [2, 4, 5, 6]


def test_results_that_nobody_painted_are_not_looked_through_and_painted_ones_once_a_run(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(story)
    story.run("leads.xlsx", *SOON)
    seen = []

    def load(path: Path) -> Any:
        seen.append(path)
        return load_workbook(path)

    monkeypatch.setattr(worn, "load", load)
    story.run("leads.xlsx", *SOON)
    assert seen == []
    edit(story, set_by_hand)
    for number in range(1, 4):
        story.run("leads.xlsx", *SOON)
        assert len(seen) == number


@pytest.mark.parametrize(
    ("number", "told"), [(errno.EPERM, "is protected from being changed"), (errno.EACCES, "is open in another program")]
)
def test_a_file_that_is_protected_is_not_said_to_be_open(
    number: int, told: str, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(story)
    story.run("leads.xlsx", *SOON)
    edit(story, add_column)
    real = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if target.name == RESULTS:
            raise PermissionError(number, "not permitted")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    assert f"leads.results.xlsx {told}, so it stays as it is" in story.run("leads.xlsx", *SOON).text


@pytest.mark.parametrize(
    "headings", [("Status",), ("HeyGen ID",), ("Length (s)", "Finished (UTC)"), ("What to do", "What was made")]
)
def test_a_heading_of_ours_that_they_changed_doubles_nothing(headings: tuple[str, ...], story: Story) -> None:
    look(story)
    story.run("leads.xlsx", *SOON)
    written = [cell.value for cell in leads(story)[4]]

    def rename(book: Any) -> None:
        for cell in book["Leads"][4]:
            cell.value = f"Mi {cell.value}" if cell.value in headings else cell.value

    edit(story, add_column)
    edit(story, rename)
    for _ in range(2):
        assert "stays as it is" not in story.run("leads.xlsx", *SOON).text
        assert [cell.value for cell in leads(story)[4]] == [*written, "Sent?"]
        assert leads(story)["A1"].value == "Spring campaign 2026"
    edit(story, rename)
    edit(story, lambda book: book["Leads"].__setitem__("B6", "mine"))
    told = story.run("leads.xlsx", *SOON).text
    assert f"has other headings than bulkgen wrote (Mi {headings[0]}" in told
    assert "the results are in leads.results-2.xlsx" in told
    assert [cell.value for cell in leads(story, "leads.results-2.xlsx")[4]] == written
