"""A languages cell of a results sheet is changed: what it names and no line has is made, once, and nothing twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.story import Story

TALK = "asset_talk"
#: Renders take no time here.
SOON = ("--poll-every", "0.1")


def translated(story: Story, *rows: str) -> Path:
    """A sheet, made; its results, which the person goes on with."""
    story.sheet("talks.csv", "title,video,languages", *(rows or (f"Talk,{TALK},German; French",)))
    story.run("talks.csv", *SOON)
    return story.folder / "talks.results.csv"


def edit(path: Path, old: str, new: str, *, times: int = 0) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, times or -1), encoding="utf-8-sig")


def languages(story: Story) -> list[tuple[str, str]]:
    lines = story.results("talks.results.csv")
    return sorted((line["result_language"], line["result_status"]) for line in lines)


@pytest.mark.parametrize("lines", [2, 1])
def test_a_language_added_to_the_lines_of_a_row_is_made_once(story: Story, lines: int) -> None:
    edit(translated(story), "German; French", "German; French; Italian", times=lines)
    told = story.run("talks.results.csv", *SOON)
    assert "is a language that no line of this row has yet, so it is made too" in told.text
    assert languages(story) == [("French", "done"), ("German", "done"), ("Italian", "done")]
    story.run("talks.results.csv", *SOON)
    assert len(languages(story)) == story.charges == 3


def test_a_language_taken_out_keeps_what_was_made_and_costs_nothing(story: Story) -> None:
    edit(translated(story), "German; French", "German")
    story.run("talks.results.csv", *SOON)
    assert languages(story) == [("French", "done"), ("German", "done")]
    assert story.charges == 2


def test_a_line_edited_by_itself_is_made_anew_and_its_row_gets_nothing_besides(story: Story) -> None:
    """A person corrects what concerns one language, and the cell still names all."""
    results = translated(story)
    text = results.read_text(encoding="utf-8-sig")
    changed = re.sub(rf"{TALK}(,German; French,done,,translation,French)", rf"{TALK}_2\1", text)
    assert changed != text
    results.write_text(changed, encoding="utf-8-sig")
    for _ in range(2):
        story.run("talks.results.csv", *SOON)
        assert languages(story) == [("French", "done"), ("German", "done")]
    assert story.charges == 3


def test_a_line_that_was_left_out_stays_so(story: Story) -> None:
    story.sheet("talks.csv", "video,languages,skip", f"{TALK},German; French,")
    story.run("talks.csv", *SOON, "--limit", "1", code=4)
    edit(story.folder / "talks.results.csv", "German; French,,queued", "German; French,yes,queued")
    for _ in range(3):  # the line keeps its language: without it the other one would take it over
        story.run("talks.results.csv", *SOON)
        assert languages(story) == [("French", "skipped"), ("German", "done")]
    assert story.charges == 1


def test_added_to_a_workbook_it_is_made_as_well(story: Story) -> None:
    from openpyxl import load_workbook

    story.sheet("talks.csv", "title,video,languages", f"Talk,{TALK},German; French", f"Talk 2,{TALK}_2,German; French")
    story.run("talks.csv", *SOON, "--out", "talks.results.xlsx")
    book = load_workbook(story.folder / "talks.results.xlsx")
    for row in range(2, 6):
        book["talks"].cell(row, 3).value = "German; French; Italian"
    book.save(story.folder / "talks.results.xlsx")
    story.run("talks.results.xlsx", *SOON)
    assert story.column("talks.results.xlsx", "result_language").count("Italian") == 2
    assert len(story.results("talks.results.xlsx")) == story.charges == 6
