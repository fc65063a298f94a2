"""`bulkgen preview`: one row as it will be said, shown and sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bulkgen import Batch, Settings
from bulkgen.heygen.lookups import read_template
from bulkgen.kinds import KINDS
from bulkgen.rows.feeds import feeds_of
from tests.making import built, table
from tests.standin.ledger import body_hash
from tests.story import Story

LEADS = (
    "template_id,Vorname,Company,slogan,email",
    "tpl_sales,Ann,Acme,Hello Ann,a@example.com",
    'tpl_sales,Zoë,Müller & Söhne,"{{first_name}} at {{Company}}, hello",z@example.com',
    "tpl_sales,Bob,,{{Company|You}} & us: a text that is the longest of them all,b@example.com",
    "tpl_sales,,Void,,c@example.com",
)
MAPPED = ("leads.csv", "--map", "Vorname=first_name")


@pytest.fixture
def leads(story: Story) -> Story:
    """A sheet with a mistake in its last row."""
    story.heygen.change(templates={"tpl_sales": {"first_name": "text", "slogan": "text", "logo": "image"}})
    story.sheet("leads.csv", *LEADS)
    return story


def rows(story: Story, *words: str, code: int = 0) -> list[dict[str, Any]]:
    """The rows that `preview --json` has."""
    found: list[dict[str, Any]] = json.loads(story.type("preview", *words, "--json", code=code).out)["rows"]
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# What is said, shown and sent -----------------------------------------------------------------------------------------


def test_a_row_is_told_with_what_feeds_what_and_its_words_as_they_will_be(leads: Story) -> None:
    told = leads.type("preview", *MAPPED, "--row", "3", "--set", "caption=yes")
    assert told.out.startswith("Row 3\n  1 template video, from the template tpl sales (tpl_sales)\n")
    for line in (
        "  first_name   Zoë\n               from B Vorname (--map, as first_name)\n",
        "  slogan       Zoë at Müller & Söhne, hello\n"
        "               from D slogan: {{first_name}} at {{Company}}, hello\n",
        "  caption      yes\n               from --set\n",
        "  logo         (keeps the template's own image: https://example.com/a.png)\n",
        "  Filled into its texts: C Company\n",
        "  Not used, only passed on: E email\n",
        "  Status: not made yet: a run sends it\n    Title at HeyGen: leads row 3 · ",
    ):
        assert line in told.out
    assert "Ann" not in told.out


def test_the_request_is_the_one_that_is_sent(leads: Story) -> None:
    """To the last byte of its body, with the key that it gets."""
    [row] = rows(leads, *MAPPED, "--row", "3")
    leads.run(*MAPPED, "--rows", "3")
    [charge] = leads.heygen.ledger.charges
    [request] = row["requests"]
    assert request["method"] == "POST"
    assert (request["path"], request["idempotency_key"]) == (charge["path"], charge["key"])
    assert body_hash(request["body"]) == charge["body"]
    assert request["body"]["variables"]["slogan"]["content"] == "Zoë at Müller & Söhne, hello"


@pytest.mark.parametrize(
    ("sheet", "path"),
    [
        (("avatar_id,script", "look_ann,Hello"), "/v3/videos"),
        (("text,voice_id,speed", "Hello,voice_ann,1.1"), "/v3/voices/speech"),
        (("url,output_languages", "https://e.com/a.mp4,French; German"), "/v3/video-translations"),
    ],
)
def test_so_it_is_for_every_kind(story: Story, sheet: tuple[str, ...], path: str) -> None:
    story.sheet("a.csv", *sheet)
    [row] = rows(story, "a.csv")
    assert row["why"] == "the only one that can be made as it is"
    assert KINDS[row["kind"]].path == path
    story.run("a.csv")
    sent = {(line["path"], line["key"], line["body"]) for line in story.heygen.ledger.charges}
    assert {(each["path"], each["idempotency_key"], body_hash(each["body"])) for each in row["requests"]} == sent


def test_a_request_that_is_sent_again_after_a_failure_has_the_next_key(story: Story) -> None:
    story.sheet("a.csv", "avatar_id,script", "look_ann,Hello [fail:rendering_failed:1]")
    first = rows(story, "a.csv")[0]["requests"][0]
    story.run("a.csv", "--max-attempts", "1", code=3)
    second = rows(story, "a.csv")[0]["requests"][0]
    assert (first["step"], second["step"], second["status"]) == ("send", "send", "failed")
    assert (first["idempotency_key"][-2:], second["idempotency_key"][-2:]) == (":1", ":2")
    story.run("a.csv")
    assert story.heygen.ledger.charges[-1]["key"] == second["idempotency_key"]


def test_each_language_is_a_request_of_its_own(story: Story) -> None:
    story.sheet("a.csv", "url,output_languages,title", "https://e.com/a.mp4,French; German,The tour")
    told = story.type("preview", "a.csv")
    assert "  2 translated videos\n" in told.out
    for language in ("French", "German"):
        assert f"  {language}: not made yet: a run sends it\n    Cost: about $" in told.out
    assert "Title at HeyGen" not in told.out  # it stands above, where it comes from


def test_the_key_of_the_account_is_nowhere(leads: Story) -> None:
    told = leads.type("preview", *MAPPED, "--json", code=0)
    assert leads.heygen.settings.key not in told.out + told.err


def test_what_the_template_says_is_told_with_the_rows_texts_in_it(story: Story) -> None:
    story.sheet("a.csv", "template_id,first_name,company", "tpl_welcome,Zoë,{{first_name}} & Co")
    told = story.type("preview", "a.csv", "--sandbox")
    assert "  Says         Hello Zoë, it is good to have Zoë & Co with us.\n" in told.out
    assert "  Says         Here is how you start.\n" in told.out
    assert "  logo         (keeps the template's own image: asset_acme_logo)\n" in told.out


def test_what_is_named_is_told_with_its_id(story: Story) -> None:
    story.sheet("a.csv", "template_id,first_name,company,speaker", "TPL hello,Ann,Acme,")
    story.sheet("b.csv", "text,voice_id", "Hello,Mine")
    assert "  template_id  TPL hello = tpl_hello\n" in story.type("preview", "a.csv").out
    assert "  voice_id  Mine = voice_mine\n" in story.type("preview", "b.csv").out


# Which rows -----------------------------------------------------------------------------------------------------------


def test_without_a_number_the_first_the_longest_and_the_riskiest_are_told_with_the_reason(leads: Story) -> None:
    whys = {row["row"]: row["why"] for row in rows(leads, *MAPPED)}
    assert list(whys) == [2, 4, 3]
    assert whys[2] == "the first"
    assert whys[4] == "the longest text: 51 characters"
    assert whys[3].startswith("the riskiest, because it has what no other row has: ")


def test_one_row_may_be_all_of_them(story: Story) -> None:
    story.sheet("a.csv", "avatar_id,script", "look_ann,Hello to you all out there", "look_ann,Hello")
    [row] = rows(story, "a.csv")
    assert row["why"] == "the first; the riskiest, because it has the longest text (26 characters)"


def test_a_row_that_is_not_among_those_of_the_run_may_be_looked_at(leads: Story) -> None:
    assert [row["row"] for row in rows(leads, *MAPPED, "--rows", "2", "--row", "3")] == [3]
    assert [row["row"] for row in rows(leads, *MAPPED, "--rows", "3")] == [3]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("9", "--row 9: leads has no such row, its rows are 2-5."),
        ("1", "--row 1: that is the line of headers of leads, its rows are 2-5."),
    ],
)
def test_a_row_that_is_not_there_is_said_to_be_none(leads: Story, number: str, said: str) -> None:
    assert leads.type("preview", *MAPPED, "--row", number, code=2).err.strip() == said


def test_a_sheet_without_rows_has_none_to_show(story: Story) -> None:
    story.sheet("a.csv", "avatar_id,script")
    assert "a has no rows to show." in story.type("preview", "a.csv", code=2).err


def test_a_row_with_a_mistake_is_shown_with_it_and_others_do_not_count(leads: Story) -> None:
    told = leads.type("preview", *MAPPED, "--row", "5", code=2)
    assert "Can't be made as it is:" in told.out
    assert "leads!B5: first_name is blank" in told.out
    assert "leads!D5: slogan is blank" in told.out
    assert "Status:" not in told.out
    assert told.out.count("(keeps the template's own ") == 1
    assert told.err == ""
    assert leads.type("preview", *MAPPED, "--row", "2").out.count("blank") == 0


def test_of_a_sheet_in_which_none_is_right_the_first_is_shown(story: Story) -> None:
    story.sheet("a.csv", "avatar_id,script", "look_ann,", "look_ann,")
    told = story.type("preview", "a.csv", code=2)
    assert told.out.startswith("Row 2: the first, since none can be made as it is\n")
    assert "Row 3" not in told.out


def test_a_row_that_is_left_out_says_why(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for line in (("text", "voice_id", "skip"), ("Hello", "voice_anna", ""), ("Hi", "voice_anna", "yes")):
        sheet.append(line)
    sheet.row_dimensions[2].hidden = True
    book.save(tmp_path / "a.xlsx")
    hidden, skipped = (
        Batch.open(tmp_path / "a.xlsx", Settings(sandbox=True, row=row)).preview().rows[0] for row in (2, 3)
    )
    assert hidden.left_out.startswith("it is hidden or filtered out in the spreadsheet; --include-hidden")
    assert skipped.left_out == "its column skip says 'yes'"
    [row] = Batch.open(tmp_path / "a.xlsx", Settings(sandbox=True, row=2, include_hidden=True)).preview().rows
    assert (row.left_out, len(row.jobs)) == ("", 1)


# What was made already ------------------------------------------------------------------------------------------------


def test_what_was_made_is_shown_with_its_link(leads: Story) -> None:
    leads.run(*MAPPED, "--rows", "3")
    told = leads.type("preview", *MAPPED, "--row", "3")
    assert "  Status: done\n" in told.out
    assert f"    Link: {leads.column('leads.results.csv', 'result_page_url')[1]}\n" in told.out
    [request] = rows(leads, *MAPPED, "--row", "3")[0]["requests"]
    assert (request["step"], request["status"]) == ("collect", "done")
    assert request["video_url"] == leads.column("leads.results.csv", "result_video_url")[1]
    assert request["idempotency_key"] == leads.heygen.ledger.charges[0]["key"]


def test_the_file_of_a_recording_is_named_before_it_is_made(story: Story) -> None:
    story.sheet("a.csv", "text,voice_id", "Hello,voice_ann")
    told = story.type("preview", "a.csv")
    story.run("a.csv")
    [file] = story.column("a.results.csv", "result_file")
    assert f"    File: {file.rpartition('.')[0]}.mp3 (or .wav)\n" in told.out
    assert f"    File: {file}\n" in story.type("preview", "a.csv").out


# What it never does ---------------------------------------------------------------------------------------------------


def test_nothing_is_sent_and_no_file_is_changed(leads: Story) -> None:
    leads.run(*MAPPED, "--rows", "2")
    before = files(leads.folder)
    leads.type("preview", *MAPPED)
    leads.type("preview", *MAPPED, "--row", "5", code=2)
    assert files(leads.folder) == before
    assert leads.charges == 1


def test_without_a_key_it_shows_what_the_sheet_tells_and_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("template_id,first_name\ntpl_1,Ann\n")
    preview = Batch.open(path, Settings(offline=True)).preview()
    assert preview.planned.blocked is None
    [row] = preview.rows
    assert (row.feeds.open, row.feeds.unused, row.jobs) == (True, (), ())
    assert [feed.field for feed in row.feeds.fields] == ["template_id"]


def test_a_preview_rehearses_too(story: Story) -> None:
    story.sheet("a.csv", "text,voice_id", "Hello,voice_anna")
    told = story.type("preview", "a.csv", "--sandbox")
    assert "SANDBOX" in told.err
    assert "1 voice-over" in told.out


# The pure part --------------------------------------------------------------------------------------------------------


def test_a_blank_cell_that_an_option_fills_is_said_to_be_fed_by_it() -> None:
    found = built(table(("text", "voice_id"), ("Hello", ""), ("Hello", "v_1")), defaults={"voice_id": "v_1"})
    by_option, by_column = (feeds_of(row, found).fields[1] for row in found.rows)
    assert (by_option.column, by_option.value) == (None, "v_1")
    assert (by_column.column, by_column.value) == (1, "v_1")


def test_what_is_said_or_shown_is_known_from_what_is_not() -> None:
    found = built(table(("text", "voice_id", "speed"), ("Hello", "v_1", 1.5)))
    feeds = feeds_of(found.rows[0], found).fields
    assert [(feed.field, feed.value, feed.spoken) for feed in feeds] == [
        ("text", "Hello", True),
        ("voice_id", "v_1", False),
        ("speed", 1.5, False),
    ]


@given(
    st.lists(st.sampled_from(["text", "voice_id", "speed", "avatar_id", "script", "notes", "CRM"]), unique=True),
    st.lists(st.lists(st.sampled_from(["", "v_1", "Hello {{notes}}", "look_1", "1"]), max_size=7), max_size=3),
)
def test_no_filled_column_is_left_untold(headers: list[str], lines: list[list[str]]) -> None:
    found = built(table(headers, *([*line, *[""] * 7][: len(headers)] for line in lines)))
    for row in found.rows:
        feeds = feeds_of(row, found)
        told = [*(feed.column for feed in feeds.fields), *feeds.merged, *feeds.unused]
        filled = [at for at, cell in enumerate(row.source.cells) if not cell.blank]
        assert sorted(told, key=str) == filled or row.layout is None  # each one once
        assert not row.jobs or all(feed.value is not None for feed in feeds.fields)


def test_of_what_a_template_holds_no_link_is_told_that_lets_anybody_in() -> None:
    asset = {"type": "url", "url": "https://files.example.com/a.png?Signature=secret"}
    data = {
        "name": "Hello",
        "variables": {"logo": {"type": "image", "asset": asset}, "speaker": {"type": "voice", "voice_id": "v_1"}},
        "scenes": [{"script": "Hello {{name}} and {{other}}"}, {"script": " "}, {"script": None}, "odd"],
    }
    template = read_template("tpl_1", data)
    assert template.own == {"logo": "https://files.example.com/a.png", "speaker": "v_1"}
    assert template.scripts == ("Hello {{name}} and {{other}}",)
    assert read_template("tpl_1", {"variables": None, "scenes": "odd"}).scripts == ()
