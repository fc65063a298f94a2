"""What a run came to, as programs are told it: numbers and names, never a cell's text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bulkgen import Batch, Settings
from bulkgen.batch.summary import Moments, Summary
from bulkgen.errors import BulkgenError, Declined, Exit, InputError, Interrupted, LedgerError, LockedError, Unreachable
from tests.command import ROOT
from tests.hurried import hurried, quick_rehearsals

MOMENTS = Moments(datetime(2026, 11, 22, 7, 0, 5, tzinfo=UTC), datetime(2026, 11, 22, 7, 2, tzinfo=UTC))


@pytest.fixture(autouse=True)
def _without_patience() -> Iterator[None]:
    with hurried(), quick_rehearsals():
        yield


def sheet(folder: Path, *texts: str) -> Path:
    path = folder / "leads.csv"
    path.write_text("\n".join(["voice_id,text", *(f"voice_ann,{text}" for text in texts)]), encoding="utf-8")
    return path


def rehearsed(path: Path, **settings: Any) -> Summary:
    given = Settings(**{"sandbox": True, "yes": True, **settings})
    return Summary.of_run(Batch.open(path, given).run(), MOMENTS, following="bulkgen run leads.csv")


def test_a_run_is_told_by_its_numbers(tmp_path: Path) -> None:
    summary = rehearsed(sheet(tmp_path, "One", "Two", "[fail] Three"))
    assert (summary.sheet, summary.folder, summary.sandbox) == ("leads.csv", tmp_path, True)
    assert (summary.made, summary.failed, summary.left, summary.total) == (2, 1, 0, 3)
    assert summary.counts == {"done": 2, "failed": 1}
    assert (summary.exit_code, summary.changed, summary.nothing_new) == (Exit.SOME_FAILED, True, False)
    assert summary.results == tmp_path / "leads.sandbox.results.csv"
    assert summary.as_text() == (
        f"run leads.csv (sandbox): exit 3, 2 made, 1 failed, 0 left, {summary.spent}, {Exit.SOME_FAILED.about}"
    )


def test_what_an_earlier_run_made_is_counted_and_nothing_has_changed(tmp_path: Path) -> None:
    path = sheet(tmp_path, "One", "[fail] Two")
    rehearsed(path, max_attempts=1)
    again = rehearsed(path, max_attempts=1)
    assert again.counts == {"done": 1, "failed": 1}
    assert (again.made, again.failed, again.new) == (0, 0, 0)
    assert (again.exit_code, again.nothing_new, again.changed) == (Exit.SOME_FAILED, True, False)


def test_its_data_has_the_names_of_json_and_no_text_of_a_cell(tmp_path: Path) -> None:
    summary = rehearsed(sheet(tmp_path, "Hello Zaphod", "[fail] Zaphod"))
    data = json.loads(json.dumps(summary.as_data(links=True)))
    assert "Zaphod" not in json.dumps(data)
    assert {"command", "exit_code", "sheet", "sandbox", "counts", "new", "renewed", "results"} <= data.keys()
    assert (data["started_at"], data["finished_at"]) == ("2026-11-22T07:00:05Z", "2026-11-22T07:02:00Z")
    assert (data["cost"]["currency"], data["cost"]["spent"] > 0) == ("usd", True)
    assert data["next"] == "bulkgen run leads.csv"


def test_the_reference_names_all_of_its_fields(tmp_path: Path) -> None:
    reference = (ROOT / "docs" / "REFERENCE.md").read_text("utf-8").split("## The log\n")[1].split("\n## ")[0]
    data = rehearsed(sheet(tmp_path, "One")).as_data()
    assert re.findall(r"^\| `(\w+)` \|", reference, re.M) == [*data, "summary"]


def test_links_are_told_only_to_who_asks(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("avatar_id,script\nlook_ann,Hello\n", encoding="utf-8")
    summary = rehearsed(path)
    assert "links" not in summary.as_data()
    assert "http" not in repr(summary) + json.dumps(summary.as_data()) + summary.as_text()
    [link] = json.loads(json.dumps(summary.as_data(links=True)))["links"]
    assert (link["row"], link["url"].startswith("http")) == (2, True)


def test_rows_with_mistakes_that_are_left_out_want_somebody(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("voice_id,text\nvoice_ann,One\nvoice_ann,\n", encoding="utf-8")
    rehearsed(path, skip_invalid=True)
    again = rehearsed(path, skip_invalid=True)
    assert (again.nothing_new, again.changed, again.mistakes) == (True, True, 1)


@pytest.mark.parametrize(
    ("error", "message", "changed"),
    [
        (LockedError("another run, since 7:00"), Exit.LOCKED.about, False),
        (Declined("Nothing was sent."), "nobody wanted it to be sent", False),
        (Interrupted("interrupted"), Exit.INTERRUPTED.about, False),
        (InputError("Leads!D14 'Zaphod'"), Exit.MISTAKES.about, True),
        (LedgerError("line 7"), Exit.RESUME_FILE.about, True),
        (Unreachable("no route to Zaphod"), "HeyGen could not be reached", True),
    ],
)
def test_an_error_before_the_run_is_told_by_its_class(error: BulkgenError, message: str, changed: bool) -> None:
    summary = Summary.of_error("run", "/home/ann/leads.xlsx", error, MOMENTS)
    assert (summary.sheet, summary.message, summary.changed) == ("leads.xlsx", message, changed)
    assert summary.as_text() == f"run leads.xlsx: exit {int(error.exit_code)}, {message}"
    assert "Zaphod" not in json.dumps(summary.as_data())


def test_mistakes_are_counted_where_they_were_found(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("voice_id,text\nvoice_ann,One\nvoice_ann,\n", encoding="utf-8")
    planned = Batch.open(path, Settings(sandbox=True)).check()
    summary = Summary.of_error("run", str(path), InputError("no"), MOMENTS, planned=planned)
    assert (summary.mistakes, summary.message) == (1, "1 mistake in the sheet: nothing was sent")
    assert (summary.sandbox, summary.folder) == (True, tmp_path)


def test_the_link_of_a_google_sheet_is_not_handed_on() -> None:
    link = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz/edit#gid=0"
    summary = Summary.of_error("run", link, LockedError("busy"), MOMENTS)
    assert "1AbCdEfGhIjKlMnOpQrStUvWxYz" not in json.dumps(summary.as_data())
    assert Summary.of_error("run", "https://example.com/x", LockedError(""), MOMENTS).sheet == "a link"


def test_times_are_utc_wherever_the_computer_is() -> None:
    madrid = timezone(timedelta(hours=1))
    moments = Moments(MOMENTS.started.astimezone(madrid), MOMENTS.finished.astimezone(madrid))
    data = Summary.of_error("run", "leads.csv", LockedError(""), moments).as_data()
    assert data["started_at"] == "2026-11-22T07:00:05Z"
