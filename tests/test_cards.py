"""What the page knows of each line, and that the same results make the same page."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds.outcome import Detail, Links
from bulkgen.ledger.state import State
from bulkgen.model import Table
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.prices import Unit
from bulkgen.pricing.spread import Spread
from bulkgen.results.cards import cards, spent
from bulkgen.results.entries import Entry, entries
from bulkgen.results.page import page_of
from bulkgen.results.seal import PLACE, is_sealed_text, sealed_text
from tests.making import built, table

COST = Cost(currency="usd", unit=Unit.OUTPUT_SECOND, price=Spread.exactly(0.25), seconds=Spread.exactly(2.0))


def lines(sheet: Table, *states: State) -> list[Entry]:
    rows = built(sheet).rows
    jobs = [job.fingerprint for row in rows for job in row.jobs]
    return entries(rows, dict(zip(jobs, states, strict=False)))


def card(sheet: Table, state: State | None = None) -> dict[str, object]:
    """The first one."""
    return cards(sheet, lines(sheet, *([state] if state else [])), {}, lambda file: f"at {file}").jobs[0]


def named(headers: str, *cells: str) -> object:
    return card(table(["avatar_id", "script", *headers.split(",")], ["look_ann", "Hello", *cells])).get("name", "")


def test_a_card_is_called_by_its_person_its_title_or_its_row_id() -> None:
    assert named("Vorname,Nachname,Firma,row_id,title", "Ann", "Lee", "Acme", "7", "Hi") == "Ann Lee · Acme"
    assert named("Full name,row_id", "Ann  Lee", "7") == "Ann Lee"
    assert named("first_name,company", " ", "Acme") == "Acme"
    assert named("row_id,title", "7", "Spring") == "Spring"
    assert named("row_id", "7") == "7"
    assert named("note", "7") == ""


def test_a_card_has_the_words_as_they_are_said() -> None:
    sheet = table(["avatar_id", "script", "first_name"], ["look_ann", "Hello {{first_name:upper|you}}!", "Ann"])
    assert card(sheet)["words"] == "Hello ANN!"
    speech = table(["text", "voice_id"], ["Good morning", "v_1"])
    assert card(speech)["words"] == "Good morning"
    assert "words" not in card(table(["video", "languages"], ["https://example.com/v.mp4", "French"]))


def test_a_failed_row_says_which_cell_and_what_to_do() -> None:
    sheet = table(["avatar_id", "script", "background_image"], ["look_ann", "Hello", "https://example.com/b.jpg"])
    text = card(sheet, State(1, "failed", code="content_policy_violation"))
    assert text["where"] == ["Leads!B2 script"]
    assert "Edit the row and run again" in str(text["error"])
    assert card(sheet, State(1, "failed", code="download_failed"))["where"] == ["Leads!C2 background_image"]
    assert card(sheet, State(1, "failed", code="voice_not_found"))["where"] == ["Leads row 2"]
    assert card(sheet, State(1, "unknown"))["where"] == ["Leads row 2"]
    assert "where" not in card(sheet, State(1, "finished", id="v"))
    invalid = card(table(["avatar_id", "script", "resolution"], ["look_ann", "", "8k"]))
    assert invalid["where"] == ["Leads!C2 resolution", "Leads!B2 script"]


def test_only_what_is_a_link_becomes_one_and_only_a_file_that_is_there() -> None:
    sheet = table(["avatar_id", "script"], ["look_ann", "Hello"])
    found = lines(sheet, State(1, "finished", id="v", file="leads.files/v.mp4"))
    links = Links(video="javascript://h/%0aalert(1)", page="https://h/p", captions="http://[", thumbnail="https:///x")
    assert found[0].job
    details = {found[0].job.fingerprint: Detail("completed", links)}
    (shown,) = cards(sheet, found, details, lambda file: f"at {file}").jobs
    assert shown.keys() & {"video", "page", "captions", "picture"} == {"page"}
    assert shown["file"] == "at leads.files/v.mp4"
    (gone,) = cards(sheet, found, details, lambda _file: "").jobs
    assert "file" not in gone


def test_what_was_spent_counts_each_job_once_and_says_what_is_not_known() -> None:
    sheet = table(["avatar_id", "script"], *(["look_ann", text] for text in ("a", "a", "b", "c")))
    done = State(1, "finished", id="v", own=True, cost=COST, duration=4.0)
    assert spent(lines(sheet, done, done, done)) == "cost $2.00, computed"  # the first two ask for the same
    rows = built(sheet).rows
    keys = [job.fingerprint for row in rows for job in row.jobs]
    states = {keys[0]: done, keys[2]: State(1, "finished", id="w", own=True), keys[3]: State(1, "failed", cost=COST)}
    assert spent(entries(rows, states)) == "cost $1.00, computed, 1 at an unknown cost"
    assert spent(lines(sheet)) == ""
    assert card(sheet, done)["price"] == "$1.00"


def test_a_note_on_a_row_without_a_job_finds_it_wherever_it_stands() -> None:
    one, two = ["look_ann", "", "x"], ["look_ann", "", "y"]
    headers = ["avatar_id", "script", "note"]
    there = [job["key"] for job in cards(table(headers, one, two), lines(table(headers, one, two)), {}, str).jobs]
    back = [job["key"] for job in cards(table(headers, two, one), lines(table(headers, two, one)), {}, str).jobs]
    assert there == back[::-1]
    assert there[0] != there[1]


@given(st.lists(st.text(), min_size=1, max_size=4), st.text())
def test_whatever_cells_hold_is_in_the_page_as_data_and_nowhere_else(texts: list[str], title: str) -> None:
    sheet = table(["avatar_id", "script", "note"], *(["look_ann", text or "x", text] for text in texts))
    shown = cards(sheet, lines(sheet), {}, str)
    page = page_of(shown, {"key": "k", "title": title})
    assert page == page_of(shown, {"key": "k", "title": title})
    block = re.findall(r'<script id="data" type="application/json">(.*?)</script>', page, flags=re.S)
    assert len(block) == 1
    assert not re.search(r"[<>&]", block[0])
    assert block[0].isascii()
    data = json.loads(block[0])
    assert [job["cells"][2] for job in data["jobs"]] == texts
    assert page.count("<script") == 2
    page.encode()


@given(st.text(), st.text(), st.integers(0, 300), st.integers(1, 255))
def test_whatever_is_changed_in_a_sealed_text_shows(before: str, behind: str, at: int, by: int) -> None:
    text = f"{PLACE} {before} {PLACE}\n{behind}".encode("utf-8", "replace").decode()
    sealed = sealed_text(text, "leads.csv.resume.jsonl")
    assert is_sealed_text(sealed, "leads.csv.resume.jsonl") == (PLACE not in behind)
    assert not is_sealed_text(sealed, "leads.tsv.resume.jsonl")
    at %= len(sealed)
    changed = bytes([*sealed[:at], sealed[at] ^ by, *sealed[at + 1 :]])
    assert not is_sealed_text(changed, "leads.csv.resume.jsonl")
    assert not is_sealed_text(sealed[:at], "leads.csv.resume.jsonl")
    assert not is_sealed_text(text.encode(), "leads.csv.resume.jsonl")
