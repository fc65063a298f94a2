"""The mail merge as a person meets it: a sheet of the results workbook, a CSV for mail tools, and what they added."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bulkgen.batch.batch import Batch
from bulkgen.batch.settings import Settings
from bulkgen.errors import InputError
from bulkgen.result_columns import MAIL_COLUMNS, MAIL_TITLES
from tests.story import Story

HEADERS = ("template_id", "first_name", "company", "email", "enable_sharing", "row_id", "skip", "copy")
PEOPLE = ("Ann", "Bob", "Cy")
RESULTS, TITLE = "leads.results.xlsx", MAIL_TITLES[0]


def row(name: str, *, sharing: str = "yes", company: str = "Acme", copy: str = "") -> list[str]:
    return ["tpl_hello", name, company, f"{name.lower()}@acme.example", sharing, "", "", copy]


def sheet(story: Story, *rows: list[str], name: str = "leads.csv") -> None:
    file = io.StringIO()
    csv.writer(file).writerows([HEADERS, *(rows or map(row, PEOPLE))])
    story.sheet(name, file.getvalue())


def workbook(story: Story, *rows: list[str], change: Callable[[Any], None] = lambda _book: None) -> None:
    book = Workbook()
    (leads,) = book.worksheets
    leads.title = "Leads"
    for line in (HEADERS, *(rows or map(row, PEOPLE))):
        leads.append([*line])
    change(book)
    book.save(story.folder / "leads.xlsx")


def lines(story: Story, name: str = "mail.csv") -> list[dict[str, str]]:
    with (story.folder / name).open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file)]


def names(story: Story, name: str = "mail.csv") -> list[str]:
    return [line["first_name"] for line in lines(story, name)]


def merge(story: Story, title: str = TITLE, name: str = RESULTS) -> list[list[str]]:
    return [[str(cell or "") for cell in line] for line in load_workbook(story.folder / name)[title].values]


def titles(story: Story) -> list[str]:
    return list(load_workbook(story.folder / RESULTS).sheetnames)


def edit(story: Story, change: Callable[[Any], None]) -> None:
    book = load_workbook(story.folder / RESULTS)
    change(book)
    book.save(story.folder / RESULTS)


def rewrite(path: Path, change: Callable[[list[list[str]]], None]) -> None:
    """The CSV as a spreadsheet program saves it, changed."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.reader(file)]
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


# The sheet of the workbook ------------------------------------------------------------------------------------------


def test_the_workbook_has_it_behind_the_results_and_before_other_sheets(story: Story) -> None:
    workbook(story, change=lambda book: book.create_sheet("Prices").append(["a", 1]))
    told = story.run("leads.xlsx", "--sheet", "Leads").text
    assert "Mail merge: the sheet Mail merge in it (3 people)" in told
    assert load_workbook(story.folder / "leads.Leads.results.xlsx").sheetnames == ["Summary", "Leads", TITLE, "Prices"]
    headers, *people = merge(story, name="leads.Leads.results.xlsx")
    assert headers == [*HEADERS, *MAIL_COLUMNS]
    assert [line[1] for line in people] == [*PEOPLE]
    assert all(line[8].startswith("https://") and "/videos/" in line[8] for line in people)


def test_its_cells_are_texts_and_its_links_can_be_clicked(story: Story) -> None:
    formula, huge = '=HYPERLINK("https://evil.example")', "<script>alert(1)</script>\n" + "x" * 100_000
    hostile = ["tpl_hello", "Ann\n<b>", "Acme", "ann@acme.example", "yes", formula, "", huge]
    sheet(story, hostile)
    story.run("leads.csv", "--out", RESULTS, "--mailmerge", "mail.csv")
    made: Any = load_workbook(story.folder / RESULTS)[TITLE]
    assert {cell.data_type for cells in made.iter_rows() for cell in cells if cell.value} == {"s"}
    assert made["F2"].value == formula
    assert len(made["H2"].value) <= 32_767
    assert made["I2"].hyperlink.target == made["I2"].value
    (line,) = lines(story)
    assert (line["first_name"], line["row_id"], line["copy"]) == ("Ann\n<b>", f"'{formula}", huge)
    assert "<b>" not in line["embed_html"]
    assert "script" not in line["embed_html"]


def test_hidden_rows_that_are_done_are_counted_and_asked_for_they_are_in(story: Story) -> None:
    workbook(story)
    story.run("leads.xlsx")
    workbook(story, change=lambda book: setattr(book["Leads"].row_dimensions[3], "hidden", True))
    assert "left out: 1 hidden in your sheet" in story.run("leads.xlsx").text
    assert [line[1] for line in merge(story)[1:]] == ["Ann", "Cy"]
    assert "left out" not in story.run("leads.xlsx", "--include-hidden").text
    assert [line[1] for line in merge(story)[1:]] == ["Ann", "Bob", "Cy"]


def test_without_addresses_or_without_anybody_there_is_none(story: Story) -> None:
    workbook(story, ["tpl_hello", "Ann", "Acme", "", "yes", "", "", ""])
    assert "Mail merge" not in story.run("leads.xlsx").text
    assert titles(story) == ["Summary", "Leads"]


def test_the_summary_says_who_is_in_it_and_who_is_not_and_why(story: Story) -> None:
    twice, closed = row("Ann", copy="2"), row("Dee", sharing="")
    workbook(story, *map(row, PEOPLE), twice, closed)
    told = story.run("leads.xlsx").text
    assert (
        "(4 people, 1 with a link that expires: see video_link_note; left out: 1 of a person who has one before)"
        in told
    )
    summary = [line[:4] for line in load_workbook(story.folder / RESULTS)["Summary"].values]
    at = next(n for n, line in enumerate(summary) if line[0] == "Mail merge")
    assert [line[1] for line in summary[at + 1 : at + 5]] == [4, 3, 1, 1]
    assert "enable_sharing to yes" in str(summary[at + 3])


@pytest.mark.parametrize("sheet_name", ["leads.xlsx", RESULTS])
def test_it_is_made_anew_and_never_taken_for_a_sheet_of_rows(story: Story, sheet_name: str) -> None:
    workbook(story)
    story.run("leads.xlsx")
    for _ in range(2):
        told = story.run(sheet_name).text
        assert "stays as it is" not in told
        assert titles(story) == ["Summary", "Leads", TITLE]
        assert len(merge(story)) == 4
    assert story.charges == 3


def test_a_sheet_of_the_persons_own_of_that_name_stays(story: Story) -> None:
    workbook(story, change=lambda book: book.create_sheet(TITLE).append(["my own", "sheet"]))
    for _ in range(2):
        story.run("leads.xlsx", "--sheet", "Leads")
    book = load_workbook(story.folder / "leads.Leads.results.xlsx")
    assert book.sheetnames == ["Summary", "Leads", MAIL_TITLES[1], TITLE]
    assert book[TITLE]["A1"].value == "my own"


def add_sent(book: Any) -> None:
    mail = book[TITLE]
    at = mail.max_column + 1
    mail.cell(1, at, "Sent?")
    mail.cell(3, at, "yes, to Bob")


@pytest.mark.parametrize("own", [False, True], ids=["the sheet", "the results in turn"])
def test_a_column_that_a_person_added_there_survives_ten_runs_beside_its_person(story: Story, own: bool) -> None:
    workbook(story)
    story.run("leads.xlsx")
    edit(story, add_sent)
    for number in range(10):
        if number == 4:
            edit(story, lambda _book: None)  # saved by another program
        if number == 6 and not own:
            workbook(story, row("Zoe"), *map(row, PEOPLE))
        told = story.run(RESULTS if own and number % 2 else "leads.xlsx").text
        assert "stays as it is" not in told
        headers, *people = merge(story)
        assert headers[-1] == "Sent?"
        assert {line[1]: line[-1] for line in people if line[-1]} == {"Bob": "yes, to Bob"}
        assert titles(story) == ["Summary", "Leads", TITLE]


def test_where_a_person_changed_it_theirs_stands_beside_the_new_one(story: Story) -> None:
    workbook(story)
    story.run("leads.xlsx")

    def change(book: Any) -> None:
        book[TITLE]["B2"] = "Annie"

    edit(story, change)
    for _ in range(3):
        story.run("leads.xlsx")
        assert titles(story) == ["Summary", "Leads", TITLE, f"{TITLE} 2"]
        assert merge(story)[1][1] == "Ann"
        assert merge(story, f"{TITLE} 2")[1][1] == "Annie"


def test_notes_on_somebody_who_is_gone_stay_beside_the_new_one(story: Story) -> None:
    workbook(story)
    story.run("leads.xlsx")
    edit(story, add_sent)
    workbook(story, row("Ann"), row("Cy"))
    for _ in range(3):
        story.run("leads.xlsx")
        assert titles(story) == ["Summary", "Leads", TITLE, f"{TITLE} 2"]
        assert [line[1] for line in merge(story)[1:]] == ["Ann", "Cy"]
        assert merge(story, f"{TITLE} 2")[2][-1] == "yes, to Bob"


def test_a_column_that_the_sheet_has_by_now_too_stays_beside_it(story: Story) -> None:
    workbook(story)
    story.run("leads.xlsx")
    edit(story, add_sent)
    workbook(story, change=lambda book: book["Leads"].cell(1, len(HEADERS) + 1, "Sent?"))
    for _ in range(2):
        story.run("leads.xlsx")
        headers, *people = merge(story)
        assert headers[-1] == "Sent? (yours)"
        assert [line[-1] for line in people] == ["", "yes, to Bob", ""]


# The CSV ------------------------------------------------------------------------------------------------------------


def test_the_csv_has_the_same_and_is_named(story: Story) -> None:
    workbook(story)
    told = story.run("leads.xlsx", "--mailmerge", "mail.csv")
    assert "Mail merge: mail.csv (3 people)" in told.text
    assert (story.folder / "mail.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert [[*line.values()] for line in lines(story)] == merge(story)[1:]
    assert json.loads(story.run("leads.xlsx", "--mailmerge", "mail.csv", "--json").out)["mailmerge"] == "mail.csv"
    assert json.loads(story.run("leads.xlsx", "--json").out)["mailmerge"] is None


def test_the_same_people_are_written_once(story: Story) -> None:
    sheet(story)
    story.run("leads.csv", "--mailmerge", "mail.csv")
    before = (story.folder / "mail.csv").stat().st_mtime_ns, story.events("leads.csv")
    story.run("leads.csv", "--mailmerge", "mail.csv")
    assert ((story.folder / "mail.csv").stat().st_mtime_ns, story.events("leads.csv")) == before


def test_an_address_before_which_a_csv_needs_a_sign_is_only_in_the_workbook(story: Story) -> None:
    odd = [row(name) for name in PEOPLE]
    odd[0][3], odd[1][3] = "+ann@acme.example", "-bob@acme.example"
    workbook(story, *odd)
    told = story.run("leads.xlsx", "--mailmerge", "mail.csv").text
    assert "Mail merge: mail.csv (1 person; left out: 2 with an address that a CSV can't hold as it is)" in told
    assert names(story) == ["Cy"]
    assert [line[3] for line in merge(story)[1:]] == ["+ann@acme.example", "-bob@acme.example", "cy@acme.example"]


def test_links_renews_it_too_and_a_recipe_may_name_it(story: Story) -> None:
    sheet(story, row("Ann", sharing="no"))
    (story.folder / "leads.recipe.toml").write_text('mailmerge = "mail.csv"\n', encoding="utf-8")
    story.run("leads.csv")
    before = lines(story)[0]["video_link"]
    story.pass_time(hours=24 * 30)
    told = story.type("links", "leads.csv").text
    assert "Mail merge: mail.csv (1 person, all with a link that expires: see video_link_note)" in told
    assert lines(story)[0]["video_link"] not in (before, "")


def test_a_recipe_may_not_lead_out_of_the_folder(story: Story) -> None:
    sheet(story)
    (story.folder / "leads.recipe.toml").write_text('mailmerge = "../mail.csv"\n', encoding="utf-8")
    assert "outside the sheet's folder" in story.run("leads.csv", code=2).text


@pytest.mark.parametrize(
    ("option", "why"),
    [("mail.xlsx", "that file is a .csv"), ("leads.csv", "at once"), ("leads.results.csv", "at once")],
)
def test_a_file_that_can_not_be_one_is_refused(story: Story, option: str, why: str) -> None:
    sheet(story)
    assert why in story.run("leads.csv", "--mailmerge", option, code=2).text
    assert story.charges == 0


def test_a_rehearsal_writes_one_of_its_own(story: Story) -> None:
    sheet(story)
    story.run("leads.csv", "--mailmerge", "mail.csv", "--sandbox")
    assert not (story.folder / "mail.csv").exists()
    assert names(story, "mail.sandbox.csv") == [*PEOPLE]


def test_worksheets_have_one_each(story: Story) -> None:
    def more(book: Any) -> None:
        other = book.create_sheet("Spanish")
        for line in (HEADERS, row("Zoe")):
            other.append(line)

    workbook(story, change=more)
    for tab in ("Leads", "Spanish"):
        story.run("leads.xlsx", "--sheet", tab, "--mailmerge", "mail.csv")
    assert names(story, "mail.Leads.csv") == [*PEOPLE]
    assert names(story, "mail.Spanish.csv") == ["Zoe"]


def test_without_a_column_of_addresses_it_says_so(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    told = story.run("leads.csv", "--mailmerge", "mail.csv").text
    assert "No mail merge was written, since the sheet has no column of e-mail addresses." in told
    assert not (story.folder / "mail.csv").exists()


def test_who_is_not_to_be_written_to_any_more_is_taken_out(story: Story) -> None:
    sheet(story)
    story.run("leads.csv", "--mailmerge", "mail.csv")
    gone = row("Ann")
    gone[HEADERS.index("skip")] = "yes"
    sheet(story, gone)
    story.run("leads.csv", "--mailmerge", "mail.csv")
    assert lines(story) == []


def test_a_column_that_a_person_added_to_the_csv_survives_ten_runs(story: Story) -> None:
    sheet(story)
    story.run("leads.csv", "--mailmerge", "mail.csv")

    def change(rows: list[list[str]]) -> None:
        for line, text in zip(rows, ("Sent?", "", "=yes", ""), strict=True):
            line.insert(2, text)
        rows.append(rows.pop(1))

    rewrite(story.folder / "mail.csv", change)
    for number in range(10):
        if number == 5:
            sheet(story, row("Zoe"), *map(row, PEOPLE))
        told = story.run("leads.csv", "--mailmerge", "mail.csv").text
        assert "stays as it is" not in told
        assert {line["first_name"]: line["Sent?"] for line in lines(story) if line["Sent?"]} == {"Bob": "'=yes"}
    assert names(story) == ["Zoe", *PEOPLE]
    assert not (story.folder / "mail-2.csv").exists()


def test_a_changed_cell_of_ours_keeps_the_file_and_the_new_one_has_its_notes(story: Story) -> None:
    sheet(story)
    story.run("leads.csv", "--mailmerge", "mail.csv")

    def change(rows: list[list[str]]) -> None:
        for line, text in zip(rows, ("Sent?", "yes", "", ""), strict=True):
            line.append(text)
        rows[2][1] = "Bobby"

    rewrite(story.folder / "mail.csv", change)
    before = (story.folder / "mail.csv").read_bytes()
    for _ in range(3):
        told = story.run("leads.csv", "--mailmerge", "mail.csv").text
        assert "mail.csv was changed since bulkgen wrote it, so it stays as it is: the new one is mail-2.csv." in told
        assert (story.folder / "mail.csv").read_bytes() == before
        assert [(line["first_name"], line["Sent?"]) for line in lines(story, "mail-2.csv")] == [
            ("Ann", "yes"),
            ("Bob", ""),
            ("Cy", ""),
        ]


def test_notes_of_which_some_belong_to_nobody_keep_the_file_and_the_new_one_has_the_others(story: Story) -> None:
    sheet(story)
    story.run("leads.csv", "--mailmerge", "mail.csv")

    def change(rows: list[list[str]]) -> None:
        for line, text in zip(rows, ("Sent?", "yes", "", ""), strict=True):
            line.append(text)
        rows.append([*[""] * (len(rows[0]) - 1), "all of May"])

    rewrite(story.folder / "mail.csv", change)
    for _ in range(2):
        assert (
            "so it stays as it is: the new one is mail-2.csv" in story.run("leads.csv", "--mailmerge", "mail.csv").text
        )
        assert [line["Sent?"] for line in lines(story, "mail-2.csv")] == ["yes", "", ""]


def test_notes_on_somebody_who_is_gone_keep_the_file(story: Story) -> None:
    sheet(story)
    story.run("leads.csv", "--mailmerge", "mail.csv")

    def change(rows: list[list[str]]) -> None:
        for number, line in enumerate(rows):
            line.append(f"x{number}")

    rewrite(story.folder / "mail.csv", change)
    sheet(story, row("Ann"))
    told = story.run("leads.csv", "--mailmerge", "mail.csv").text
    assert "mail.csv has notes on people who are not in it any more (bob@acme.example)" in told
    assert len(lines(story)) == 3
    assert [(line["first_name"], line["x0"]) for line in lines(story, "mail-2.csv")] == [("Ann", "x1")]


def test_a_file_of_somebody_elses_stays(story: Story) -> None:
    sheet(story)
    (story.folder / "mail.csv").write_text("mine\n1\n", encoding="utf-8")
    told = story.run("leads.csv", "--mailmerge", "mail.csv").text
    assert "mail.csv was not written by bulkgen for this sheet, so it stays as it is" in told
    assert (story.folder / "mail.csv").read_text(encoding="utf-8") == "mine\n1\n"
    assert names(story, "mail-2.csv") == [*PEOPLE]


# Rows that were corrected -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rows_that_were_corrected_in_their_file_join_the_others(story: Story, kind: str) -> None:
    wrong = [row("Ann"), ["tpl_hello", "", "Acme", "bob@acme.example", "yes", "", "", ""], row("Cy")]
    (sheet if kind == "csv" else workbook)(story, *wrong)
    story.run(f"leads.{kind}", "--skip-invalid", "--mailmerge", "mail.csv", code=3)
    assert names(story) == ["Ann", "Cy"]
    failed = story.folder / f"leads.failed.{kind}"
    if kind == "csv":
        failed.write_text(failed.read_text("utf-8-sig").replace("tpl_hello,,", "tpl_hello,Bob,"), encoding="utf-8")
    else:
        book = load_workbook(failed)
        book["Leads"]["B2"] = "Bob"
        book.save(failed)
    told = story.run(failed.name, "--mailmerge", "mail.csv").text
    assert "Mail merge: mail.csv (3 people)" in told
    assert names(story) == ["Ann", "Cy", "Bob"]
    assert all(line["video_link"] for line in lines(story))
    if kind == "xlsx":
        assert [line[1] for line in merge(story)[1:]] == ["Ann", "Cy", "Bob"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_who_is_left_out_is_still_counted_after_a_run_of_the_rows_to_correct(story: Story, kind: str) -> None:
    wrong = [row("Ann"), ["tpl_hello", "", "Acme", "bob@acme.example", "yes", "", "", ""], row("Cy"), row("Ann")]
    wrong[2][3], wrong[3][7] = "cy at acme", "2"
    (sheet if kind == "csv" else workbook)(story, *wrong)
    left = "left out: 1 with an address that can't be one, 1 of a person who has one before"
    assert left in story.run(f"leads.{kind}", "--skip-invalid", "--mailmerge", "mail.csv", code=3).text
    failed = story.folder / f"leads.failed.{kind}"
    if kind == "csv":
        failed.write_text(failed.read_text("utf-8-sig").replace("tpl_hello,,", "tpl_hello,Bob,"), encoding="utf-8")
    else:
        book = load_workbook(failed)
        book["Leads"]["B2"] = "Bob"
        book.save(failed)
    assert left in story.run(failed.name, "--mailmerge", "mail.csv").text
    if kind == "xlsx":
        summary = [[*line] for line in load_workbook(story.folder / RESULTS)["Summary"].values]
        assert [line[4] for line in summary if "can't be one" in str(line[2])] == ["4"]


# Said before anything is paid ---------------------------------------------------------------------------------------

CLOSED = "who will not be able to open the pages of their videos, since sharing is off"


def test_check_says_once_which_pages_will_open_for_nobody(story: Story) -> None:
    rows = [row(f"P{n}", sharing="" if n < 4 else "yes") for n in range(6)]
    sheet(story, *rows)
    told = story.type("check", "leads.csv").text
    assert told.count(CLOSED) == 1
    assert "leads row 1: email names people (rows 2-5) who" in told
    assert "--set enable_sharing=yes" in told
    assert CLOSED not in story.type("check", "leads.csv", "--set", "enable_sharing=yes").text


def test_it_is_not_said_of_what_is_paid_of_kinds_that_can_not_say_it_or_after_a_no(story: Story) -> None:
    sheet(story, row("Ann", sharing=""))
    assert CLOSED in story.run("leads.csv").text
    assert CLOSED not in story.run("leads.csv").text
    sheet(story, row("Bob", sharing="no"), name="more.csv")
    assert CLOSED not in story.type("check", "more.csv").text
    story.sheet("avatars.csv", "avatar_id,script,email", "look_ann,Hello,ann@acme.example")
    told = story.type("check", "avatars.csv").text
    assert "(row 2) " + CLOSED.replace(", since sharing is off", ": HeyGen opens none of these by itself") in told
    nobody = row("Cy", sharing="")
    nobody[3] = ""
    sheet(story, nobody, row("Dee"), name="other.csv")
    assert CLOSED not in story.type("check", "other.csv").text


def test_check_says_which_addresses_can_not_be_any_and_marks_their_cells(story: Story) -> None:
    rows = [row(name) for name in ("Ann", "Bob", "Cy", "Dee", "Eve")]
    for at, text in enumerate(("bob@acme", "cy at acme.example", ""), 1):
        rows[at][3] = text
    rows[4][6] = "yes"
    rows[4][3] = "eve"
    workbook(story, *rows)
    told = " ".join(story.type("check", "leads.xlsx").text.split())
    assert told.count("can't be an e-mail address") == 1
    assert "Leads!D3:D4: email" in told
    story.run("leads.xlsx")
    summary = load_workbook(story.folder / RESULTS)["Summary"].values
    assert ("3, 4") in [line[4] for line in summary if "can't be one" in str(line[2])]


def test_settings_take_it_from_python_too(story: Story) -> None:
    sheet(story)
    opened = Batch.open(story.folder / "leads.csv", Settings(mailmerge=story.folder / "mail.csv")).opened
    assert opened.places.mailmerge == story.folder / "mail.csv"
    with pytest.raises(InputError, match="there is no folder"):
        Batch.open(story.folder / "leads.csv", Settings(mailmerge=story.folder / "no" / "mail.csv"))


# What a person noted beside people who go and come ------------------------------------------------------------------


def mark_all(book: Any) -> None:
    mail = book[TITLE]
    at = mail.max_column + 1
    for row_number, text in enumerate(["Sent?", *["yes"] * (mail.max_row - 1)], 1):
        mail.cell(row_number, at, text)


def sent(story: Story, name: str = RESULTS) -> dict[str, str]:
    headers, *people = merge(story, name=name)
    return {line[1]: line[-1] for line in people} if headers[-1] == "Sent?" else {}


def test_who_comes_back_has_what_was_noted_beside_them(story: Story) -> None:
    workbook(story)
    story.run("leads.xlsx")
    edit(story, mark_all)
    again = ["tpl_hello", "Bobby", "Acme", "bob@acme.example", "yes", "", "", ""]
    workbook(story, row("Ann"), again, row("Cy"))
    told = story.run("leads.xlsx", "--no-wait", code=4).text
    assert sent(story) == {"Ann": "yes", "Cy": "yes"}
    assert f'is in "{TITLE} 2" now' in " ".join(told.split())
    for _ in range(3):
        assert "stays as it is" not in story.run("leads.xlsx").text
        assert sent(story) == {"Ann": "yes", "Bobby": "yes", "Cy": "yes"}
        assert titles(story) == ["Summary", "Leads", TITLE, f"{TITLE} 2"]


def test_a_mark_that_is_taken_away_later_does_not_come_back(story: Story) -> None:
    workbook(story)
    story.run("leads.xlsx")
    edit(story, mark_all)
    workbook(story, row("Ann"), row("Cy"))
    story.run("leads.xlsx")

    def clear(book: Any) -> None:
        book[TITLE].cell(2, book[TITLE].max_column).value = None

    edit(story, clear)
    workbook(story)
    for _ in range(2):
        story.run("leads.xlsx")
        assert sent(story) == {"Ann": "", "Bob": "yes", "Cy": "yes"}


@pytest.mark.parametrize("change", ["a line", "a column", "in front"])
def test_what_was_noted_stays_where_lines_or_columns_of_it_are_taken_out(story: Story, change: str) -> None:
    workbook(story)
    story.run("leads.xlsx")
    edit(story, mark_all)

    def take(book: Any) -> None:
        mail = book[TITLE]
        if change == "a line":
            mail.delete_rows(2)
        elif change == "a column":
            mail.delete_cols([cell.value for cell in mail[1]].index("gif_url") + 1)
        else:
            mail.insert_cols(1)
            for cells in mail.iter_rows():
                cells[0].value, cells[-1].value = cells[-1].value, None

    edit(story, take)
    told = story.run("leads.xlsx").text
    assert f'is in "{TITLE} 2" now' in " ".join(told.split())
    for _ in range(2):
        assert sent(story) == {"Ann": "" if change == "a line" else "yes", "Bob": "yes", "Cy": "yes"}
        story.run("leads.xlsx")
        assert titles(story) == ["Summary", "Leads", TITLE, f"{TITLE} 2"]


@pytest.mark.parametrize("title", [TITLE, f"{TITLE} 2", f"Copy of {TITLE}"])
def test_no_mail_merge_is_taken_for_a_sheet_of_rows(story: Story, title: str) -> None:
    workbook(story)
    story.run("leads.xlsx")
    edit(story, lambda book: setattr(book.copy_worksheet(book[TITLE]), "title", title) if title != TITLE else None)
    assert "Leads: 3 rows" in story.run(RESULTS).text
    told = " ".join(story.run(RESULTS, "--sheet", title, code=2).text.split())
    assert f"'{title}' is a list for mail tools" in told
    assert '--sheet "Leads"' in told
    assert story.charges == 3


def test_the_csv_is_no_sheet_of_rows_either(story: Story) -> None:
    sheet(story)
    story.run("leads.csv", "--mailmerge", "mail.csv")
    told = " ".join(story.run("mail.csv", code=2).text.split())
    assert "mail is a list for mail tools" in told
    assert "Run the sheet that it was made from." in told
    assert story.charges == 3


def test_copies_of_it_do_not_pile_up_with_each_person_who_leaves(story: Story) -> None:
    workbook(story)
    story.run("leads.xlsx")
    edit(story, mark_all)
    for stay in (("Ann", "Bob"), ("Ann",), ("Ann",)):
        workbook(story, *map(row, stay))
        story.run("leads.xlsx")
        assert titles(story) == ["Summary", "Leads", TITLE, f"{TITLE} 2"]
        assert sent(story) == dict.fromkeys(stay, "yes")
    workbook(story)
    story.run("leads.xlsx")
    assert sent(story) == dict.fromkeys(PEOPLE, "yes")


def test_a_sibling_has_what_was_noted_in_the_workbook_that_is_kept(story: Story) -> None:
    workbook(story)
    story.run("leads.xlsx")

    def change(book: Any) -> None:
        mark_all(book)
        book["Leads"]["B2"] = "Annie"

    edit(story, change)
    for _ in range(2):
        assert "leads.results-2.xlsx" in story.run("leads.xlsx").text
        assert sent(story, "leads.results-2.xlsx") == dict.fromkeys(PEOPLE, "yes")
    (story.folder / RESULTS).unlink()
    story.run("leads.xlsx")
    assert sent(story) == dict.fromkeys(PEOPLE, "yes")
