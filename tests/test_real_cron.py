"""A real run by a real cron, with the next to empty environment that it gives; and a second start beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import avatars, events
from tests.real_cron import told_by_cron


@pytest.mark.slow
def test_cron_starts_a_scheduled_sheet_and_a_second_start_beside_it_says_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "50% of ann's sheets"
    folder.mkdir()
    avatars(folder, 12, "leads.csv")
    told = told_by_cron(folder)
    codes = [line.split(": exit ")[1].split(",")[0] for line in told["log"]]  # on a slow machine of the next minute too
    assert {*codes} == {"0", "8"}
    assert told["code"] in (0, 8)
    assert {*told["said"]} == {""}  # cron would mail it
    assert len(told["said"]) >= 2
    assert "HEYGEN_API_KEY" not in told["environment"]
    assert {"TERM", "LANG", "VIRTUAL_ENV"}.isdisjoint(told["environment"])
    assert told["back"] == [True, True]
    sent = [
        event["fingerprint"]
        for event in events(folder / "leads.csv.sandbox.resume.jsonl")
        if event["event"] == "submitting"
    ]
    assert len(sent) == len({*sent}) == 12
    assert (folder / "leads.sandbox.results.csv").exists()
