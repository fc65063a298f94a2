"""The example rows of a starter sheet can be rehearsed, and are never paid for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.rows.build import ReadOptions, build
from bulkgen.rows.built import Built
from bulkgen.rows.examples import example_label, is_example
from tests.making import ACCOUNT, table
from tests.story import Story

HEADERS = ["avatar_id", "script", "row_id", "skip"]


def built(row_id: str, *, examples: bool = False, skip: str = "") -> Built:
    sheet = table(HEADERS, ["look_ann", "Hello", row_id, skip])
    return build(sheet, ReadOptions("leads", examples=examples), ACCOUNT)


@pytest.mark.parametrize("row_id", [example_label(1), " Example-12 "])
def test_an_example_is_a_mistake_at_its_label_and_makes_no_job(row_id: str) -> None:
    (row,) = built(row_id).rows
    assert row.jobs == ()
    assert [(issue.code, issue.header, issue.value) for issue in row.issues] == [("example", "row_id", row_id.strip())]


@pytest.mark.parametrize("row_id", ["lead-001", "example", "example-", "my example-1", "example-1b"])
def test_any_other_label_is_the_persons_own(row_id: str) -> None:
    assert not is_example(row_id)
    assert len(built(row_id).rows[0].jobs) == 1


def test_in_a_rehearsal_an_example_is_a_row_like_any_other() -> None:
    assert len(built("example-1", examples=True).rows[0].jobs) == 1


def test_an_example_that_is_skipped_is_no_mistake() -> None:
    assert built("example-1", skip="yes").rows[0].issues == ()


def test_nothing_is_sent_of_a_sheet_with_an_example_until_it_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    lines = ["avatar_id,script,row_id", "look_ann,Hello,lead-1"]
    with Story(folder) as story:
        story.sheet("leads.csv", *lines, "look_ann,Good day,example-1")
        told = story.run("leads.csv", code=2)
        assert "row_id 'example-1' marks an example" in told.text
        assert story.charges == 0
        story.sheet("leads.csv", *lines)
        story.run("leads.csv")
        assert story.charges == 1
