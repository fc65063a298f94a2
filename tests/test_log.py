"""The log beside the resume file: a line for each request, one for what the run came to, and nothing of the cells."""

from __future__ import annotations

import json
import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import pytest

from bulkgen.batch import batch
from bulkgen.batch.settings import Settings
from bulkgen.cli import log
from bulkgen.cli.ending import Ending
from bulkgen.cli.options import Again
from bulkgen.errors import Exit, InputError
from bulkgen.heygen import client
from bulkgen.ledger.lock import SheetLock, lock_of
from bulkgen.retry import RetryBudget
from tests.story import Story

BUSY = "another run is at work on this sheet, or has taken it over"


@pytest.fixture(autouse=True)
def _logs_are_given_back() -> Iterator[None]:
    logger, raising = logging.getLogger("bulkgen"), logging.raiseExceptions
    level = logger.level
    yield
    for handler in [*logger.handlers]:
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(level)
    logging.raiseExceptions = raising


def lines(story: Story, name: str = "leads.csv.log") -> list[str]:
    return (story.folder / name).read_text("utf-8").splitlines()


def objects(story: Story, name: str = "leads.csv.log") -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(story, name)]


def spoken(story: Story, *texts: str) -> None:
    story.sheet("leads.csv", "voice_id,text", *(f"voice_ann,{text}" for text in texts))


# What is in it --------------------------------------------------------------------------------------------------------


def test_a_run_is_one_line_behind_its_requests(story: Story) -> None:
    spoken(story, "One", "Two")
    story.run("leads.csv", "--log-format", "text")
    *requests, last = lines(story)
    assert all(" INFO GET /v3/" in line or " INFO POST /v3/" in line for line in requests)
    assert last[24:].startswith("INFO run leads.csv: exit 0, 2 made, 0 failed, 0 left, $0.0")
    story.run("leads.csv", "--log-format", "text")
    assert lines(story)[-1].endswith("INFO run leads.csv: exit 0, 0 made, 0 failed, 0 left, $0.00")


def test_as_json_each_line_is_an_object(story: Story) -> None:
    spoken(story, "Hello Zaphod", "Bye Zaphod")
    story.run("leads.csv", "--log-format", "json")
    *requests, last = objects(story)
    assert {each["event"] for each in requests} == {"request"}
    assert {"method": "POST", "path": "/v3/voices/speech", "status": 200}.items() <= requests[-1].items()
    assert (last["event"], last["exit_code"], last["counts"], last["made"]) == ("run", 0, {"done": 2}, 2)
    assert last["cost"]["spent"] > 0
    assert last["time"].endswith("Z")
    assert "Zaphod" not in "".join(lines(story))


def test_it_has_neither_key_nor_link(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello Zaphod")
    for form in ("text", "json"):
        story.run("leads.csv", "--redo", "2", "--log-format", form)
    told = "\n".join(lines(story))
    assert "1 made" in told
    assert not [word for word in ("Zaphod", "http", story.heygen.settings.key) if word in told]


@pytest.mark.anyio
async def test_what_a_cell_has_in_the_place_of_an_id_is_left_out(tmp_path: Path) -> None:
    log.log_to(tmp_path / "all.log")
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json={"data": {}}))
    async with client.connect("https://heygen.test", "key", transport) as http:
        heygen = client.HeyGen(http, RetryBudget(), heard=lambda _date, _took: None)
        for template in ("Dear Zaphod\n2026-11-22 07:00:05,123 INFO x", "tpl_1"):
            await heygen.template(template)
    first, second = (tmp_path / "all.log").read_text("utf-8").splitlines()
    assert "INFO GET /v3/templates/…: 200 in" in first
    assert "INFO GET /v3/templates/tpl_1: 200 in" in second


def test_only_the_owner_may_read_it(story: Story) -> None:
    spoken(story, "One")
    story.run("leads.csv", "--log-format", "text")
    if sys.platform != "win32":
        assert stat.S_IMODE((story.folder / "leads.csv.log").stat().st_mode) == 0o600


def test_an_error_of_its_own_is_told_by_where_it_was(story: Story) -> None:
    spoken(story, "One")
    with mock.patch.object(batch, "plan", side_effect=RuntimeError("Zaphod")):
        told = story.run("leads.csv", "--log-format", "text", code=Exit.UNEXPECTED)
    assert "The details are in" in told.text
    assert "leads.csv.log" in told.text
    shown = "\n".join(lines(story))
    assert "RuntimeError\n  /" in shown
    assert "Zaphod" not in shown
    assert f"run leads.csv: exit 1, {Exit.UNEXPECTED.about}" in shown
    with mock.patch.object(batch, "plan", side_effect=RuntimeError("Zaphod")):
        story.run("leads.csv", "--log-format", "json", code=Exit.UNEXPECTED)
    [told_of, error] = objects_from(lines(story)[-2:])
    assert (told_of["event"], error["event"], error["where"][0]) == ("run", "unexpected", "RuntimeError")


def objects_from(some: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in some]


# However a run ends ---------------------------------------------------------------------------------------------------


def test_mistakes_a_missing_sheet_and_a_run_at_work_are_a_line_each(story: Story) -> None:
    story.sheet("leads.csv", "voice_id,text", "voice_ann,")
    story.run("leads.csv", "--log-format", "json", code=Exit.MISTAKES)
    with SheetLock(lock_of(story.folder / "leads.csv.resume.jsonl"), host="elsewhere"):
        story.run("leads.csv", "--log-format", "json", code=Exit.LOCKED)
    (story.folder / "leads.csv").unlink()
    story.run("leads.csv", "--log-format", "json", code=Exit.MISTAKES)
    wrong, busy, missing = [each for each in objects(story) if each["event"] == "run"]
    assert (wrong["message"], wrong["mistake_count"]) == ("1 mistake in the sheet: nothing was sent", 1)
    assert wrong["next"] == "bulkgen check leads.csv"
    assert (busy["exit_code"], busy["message"], busy["changed"]) == (8, BUSY, False)
    assert (missing["exit_code"], missing["changed"]) == (2, True)


def test_one_that_is_interrupted_early_has_its_line(tmp_path: Path) -> None:
    sheet = str(tmp_path / "leads.csv")
    ending = Ending("run", sheet, Settings(log_format="text"), Again(sheet, {}))
    with pytest.raises(KeyboardInterrupt), ending:
        raise KeyboardInterrupt
    assert "INFO run leads.csv: exit 130, interrupted" in (tmp_path / "leads.csv.log").read_text()


def test_where_there_is_no_place_for_it_the_error_is_told_all_the_same(story: Story) -> None:
    told = story.run("nowhere/leads.csv", "--log-format", "text", code=Exit.MISTAKES)
    assert "no file" in told.text or "no folder" in told.text


def test_links_have_their_line(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv")
    story.type("links", "leads.csv", "--log-format", "text")
    assert lines(story)[-1].endswith("INFO links leads.csv: exit 0, 1 renewed")


# Where it is, and who says so -----------------------------------------------------------------------------------------


def test_the_recipe_turns_it_on_for_runs_also_of_a_sheet_that_is_gone(story: Story) -> None:
    spoken(story, "One")
    (story.folder / "leads.recipe.toml").write_text('log_format = "json"\n')
    story.type("check", "leads.csv")
    assert not (story.folder / "leads.csv.log").exists()
    story.run("leads.csv")
    assert objects(story)[-1]["made"] == 1
    (story.folder / "leads.csv").unlink()
    story.run("leads.csv", code=Exit.MISTAKES)
    assert objects(story)[-1]["exit_code"] == Exit.MISTAKES


def test_it_is_named_after_the_resume_file(story: Story) -> None:
    spoken(story, "One")
    story.run("leads.csv", "--sandbox", "--log-format", "text")
    story.run("leads.csv", "--resume", "mine.jsonl", "--log-format", "text")
    assert sorted(path.name for path in story.folder.glob("*.log")) == ["leads.csv.sandbox.log", "mine.log"]


def test_another_log_has_the_form_as_well(story: Story) -> None:
    spoken(story, "One")
    story.run("leads.csv", "--log-file", "all.log", "--log-format", "json")
    assert objects(story, "all.log")[-1]["event"] == "run"
    assert not (story.folder / "leads.csv.log").exists()
    story.run("leads.csv", "--log-file", "all.log")
    assert "INFO run leads.csv: exit 0, 0 made" in lines(story, "all.log")[-1]


def test_no_other_file_is_taken_for_it(story: Story) -> None:
    spoken(story, "One")
    for name in ("leads.csv.log", "leads.csv.log.3"):
        path = story.folder / name
        path.write_text("my notes\n")
        told = story.run("leads.csv", "--log-format", "text", code=Exit.MISTAKES)
        assert f"{name} exists and is no log of bulkgen's. Rename it." in told.text
        assert path.read_text() == "my notes\n"
        path.unlink()
    (story.folder / "leads.csv.log").mkdir()
    assert "can't be written there" in story.run("leads.csv", "--log-format", "text", code=Exit.MISTAKES).text
    assert story.charges == 0


def test_another_form_is_a_mistake(story: Story) -> None:
    spoken(story, "One")
    told = story.run("leads.csv", "--log-format", "xml", code=Exit.MISTAKES)
    assert "--log-format 'xml' can't be used: it is one of 'text' or 'json'." in told.text


# Its size -------------------------------------------------------------------------------------------------------------


def test_it_is_kept_small_and_five_earlier_ones_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST", 300)
    path = tmp_path / "leads.csv.log"
    log.log_to(path, "json", rotates=True)
    for number in range(40):
        log.note(f"line {number}", {"event": "run", "number": number})
    files = [path, *(tmp_path / f"leads.csv.log.{number}" for number in range(1, 6))]
    assert sorted(tmp_path.iterdir()) == sorted(files)
    assert all(0 < file.stat().st_size <= 300 for file in files)
    numbers = [json.loads(line)["number"] for file in reversed(files) for line in file.read_text().splitlines()]
    assert numbers == [*range(40 - len(numbers), 40)]
    log.log_to(path, "text", rotates=True)  # what it has begun itself is a log


def test_where_no_new_file_can_be_begun_the_old_one_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST", 300)
    path = tmp_path / "leads.csv.log"
    log.log_to(path, "text", rotates=True)
    with mock.patch("os.rename", side_effect=PermissionError("another run has it open")):
        for number in range(20):
            log.note(f"line {number}", {})
    assert len(path.read_text().splitlines()) == 20


def test_a_line_is_one_line_whatever_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv.log"
    for form in ("text", "json"):
        log.log_to(path, form, rotates=True)
    log.note("run a\n2026-11-22 07:00:05,123 INFO \x1b[2Jb.csv", {"event": "run"})
    assert len(path.read_text().splitlines()) == 2
    assert "\x1b" not in path.read_text()


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be written there"):
        log.log_to(tmp_path / "gone" / "leads.csv.log", rotates=True)
