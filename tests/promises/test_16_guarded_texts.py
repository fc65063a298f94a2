"""Results that went through other programs: a text comes back with its guard, or without what a workbook can't hold."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from bulkgen.results.workbook import put_text
from bulkgen.texts import CUT
from tests.making import csv_text
from tests.story import Story

TEXTS = (
    "- one\n- two",
    "=A1",
    "@ann",
    "'=q",
    "'@home', she said",
    "\ttab",
    "＋1 a",
    "a\x0bb",
    "a\r\nb",
    "c\ufffed",
    "\x1f=a",
)
HEADERS = ["text", "voice_id"]


def spoken(story: Story, *texts: str) -> None:
    """A sheet of recordings, made."""
    (story.folder / "a.csv").write_bytes(csv_text(HEADERS, *([text, "voice_ann"] for text in texts)).encode())
    story.run("a.csv")
    assert story.charges == len(texts)


def saved_as_a_workbook(path: Path) -> Any:
    """The results CSV as LibreOffice saves it: every guard has become a part of its text."""
    book = Workbook()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for at, line in enumerate(csv.reader(file), 1):
            for column, text in enumerate(line, 1):
                put_text(book.worksheets[0].cell(at, column), text)
    book.save(path.with_suffix(".xlsx"))
    return book


def test_texts_with_a_guard_are_not_paid_again_on_any_way_round(story: Story) -> None:
    spoken(story, *TEXTS)
    saved_as_a_workbook(story.folder / "a.results.csv")
    for sheet, out in (("xlsx", "csv"), ("csv", "xlsx"), ("xlsx", "xlsx")):
        told = story.run(f"a.results.{sheet}", "--out", f"a.results.{out}")
        assert "Nothing new" in told.text
        assert story.column(f"a.results.{out}", "result_status") == ["done"] * len(TEXTS)
    assert story.charges == len(TEXTS)


def test_a_text_without_a_guard_among_others_with_one_is_the_only_new_one(story: Story) -> None:
    """Somebody types a row into the workbook: then a guard can't be told from a text any more."""
    spoken(story, *TEXTS)
    book = saved_as_a_workbook(story.folder / "a.results.csv")
    put_text(book.worksheets[0].cell(len(TEXTS) + 2, 1), "- three")
    put_text(book.worksheets[0].cell(len(TEXTS) + 2, 2), "voice_ann")
    book.save(story.folder / "a.results.xlsx")
    for _ in range(2):
        story.run("a.results.xlsx")
    assert story.charges == len(TEXTS) + 1


def test_what_is_read_has_no_guard_so_that_none_is_sent(story: Story) -> None:
    story.sheet("a.csv", "text,voice_id", "@ann speaks,voice_ann")
    story.run("a.csv", "--limit", "0", code=4)
    saved_as_a_workbook(story.folder / "a.results.csv")
    assert story.column("a.results.xlsx", "text") == ["@ann speaks"]
    story.run("a.results.xlsx")
    assert story.charges == 1


def test_a_text_that_was_cut_for_a_workbook_is_not_sold_as_another(story: Story) -> None:
    spoken(story, "Hello")
    book = saved_as_a_workbook(story.folder / "a.results.csv")
    put_text(book.worksheets[0].cell(2, 1), "Hello" + CUT)
    book.save(story.folder / "a.results.xlsx")
    assert load_workbook(story.folder / "a.results.xlsx").worksheets[0]["A2"].value.endswith(CUT)
    told = story.run("a.results.xlsx", code=2)
    assert "holds only the beginning of its text" in told.text
    assert story.charges == 1
