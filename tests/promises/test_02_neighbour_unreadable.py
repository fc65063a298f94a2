"""A record that may be of these rows can't be read: nothing is sent until that is settled, as the words say."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bulkgen.ledger.file_ledger import FileLedger
from bulkgen.ledger.inheritance import Elsewhere
from tests.story import Story

QUICK = ("--poll-every", "0.1")


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0\0\0\n")


def beginning_lost(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))


def all_zeros(path: Path) -> None:
    """As a power loss leaves it on some disks."""
    path.write_bytes(b"\0" * 900)


def newer(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":2'))


@pytest.fixture
def renamed(story: Story) -> Path:
    """A sheet was run, renamed and taken to another computer: its record is a neighbour's. Gives the record."""
    sheet = story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello", "look_ann,Hello again")
    story.run("leads.csv", *QUICK)
    sheet.rename(story.folder / "customers.csv")
    (story.folder / "leads.results.csv").unlink()
    shutil.rmtree(story.data)
    return story.folder / "leads.csv.resume.jsonl"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (damaged, "is damaged at line"),
        (beginning_lost, "its beginning is missing"),
        (all_zeros, "damaged from its first line on"),
        (newer, "Upgrade with: pip install --upgrade bulkgen"),
    ],
)
def test_nothing_is_sent_beside_a_record_that_can_not_be_used(
    story: Story, renamed: Path, spoil: Callable[[Path], None], told: str
) -> None:
    whole = renamed.read_bytes()
    spoil(renamed)
    said = story.type("check", "customers.csv", code=9).text
    assert told in said
    assert "Nothing was sent" in story.run("customers.csv", *QUICK, code=9).text
    assert story.charges == 2
    renamed.write_bytes(whole)
    story.run("customers.csv", *QUICK)
    assert story.charges == 2


def test_a_record_of_another_account_or_program_stands_in_nobodys_way(story: Story, renamed: Path) -> None:
    renamed.write_bytes(renamed.read_bytes().replace(b'"account":"', b'"account":"x') + b"\0\n")
    (story.folder / "visits.resume.jsonl").write_text('{"event": "page_view"}\n{"page": 1}\n')
    (story.folder / "folder.resume.jsonl").mkdir()
    story.sheet("customers.csv", "avatar_id,script", "look_ann,Something new")
    story.run("customers.csv", *QUICK)
    assert story.charges == 3


def test_where_nothing_is_to_be_sent_it_is_no_more_than_a_note(story: Story, renamed: Path) -> None:
    story.run("customers.csv", *QUICK)
    damaged(renamed)
    assert "Not looked into: leads.csv.resume.jsonl is damaged" in story.run("customers.csv", *QUICK).text


def test_what_the_index_knows_is_taken_over_without_it(story: Story) -> None:
    sheet = story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv", *QUICK)
    sheet.rename(story.folder / "customers.csv")
    damaged(story.folder / "leads.csv.resume.jsonl")
    story.run("customers.csv", *QUICK)
    assert story.column("customers.results.csv", "result_status") == ["done"]
    assert story.charges == 1


def test_a_claim_that_meets_it_in_mid_run_ends_the_run(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv", *QUICK)
    story.sheet("copy.csv", "avatar_id,script", "look_ann,Hello")
    damaged(story.folder / "leads.csv.resume.jsonl")
    monkeypatch.setattr(FileLedger, "recall", lambda *_: Elsewhere())  # it was whole at the beginning
    told = story.run("copy.csv", *QUICK, code=9).text
    assert "Nothing more is sent: rows of this sheet were sent from" in told
    assert "is damaged at line" in told
    assert story.column("copy.results.csv", "result_status") == ["queued"]
    assert story.charges == 1
