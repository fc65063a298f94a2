"""The files of finished videos while a run goes on, in virtual time: four at a time, and in nobody's way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest
import trio

from bulkgen.disk.whole import Saved
from bulkgen.engine import Engine
from bulkgen.errors import LinkGone, Lost, TimeIsUp
from bulkgen.ledger.events import parse_time
from bulkgen.ledger.history import fold
from bulkgen.model import Job
from tests.making import speech_job, translation_job
from tests.scenario import START, NoFiles, Scenario
from tests.test_engine import avatars, every_once


class Slow(NoFiles):
    """Each file takes so many seconds; those of `bad` never come."""

    def __init__(self, seconds: float = 600.0) -> None:
        super().__init__()
        self.seconds = seconds
        self.now = self.most = 0
        self.names: list[tuple[str, str]] = []
        self.bad: dict[str, Exception] = {}
        self.asked: list[str] = []

    async def fetch(
        self, link: str, name: str, *others: str, what: str = "recording", own: Saved | None = None
    ) -> Saved:
        self.asked.append(link)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await anyio.sleep(self.seconds)
        finally:
            self.now -= 1
        if what in self.bad:
            raise self.bad[what]
        self.names.append((name, what))
        return Saved(f"leads.files/{name}.{what}", 9)


def scenario_of(folder: Path, jobs: Sequence[Job], files: NoFiles, **settings: object) -> Scenario:
    scenario = Scenario(folder, list(jobs), **settings)
    scenario.files = files
    return scenario


def ends(scenario: Scenario) -> list[float]:
    """When each job was recorded as finished, from the beginning on."""
    times = (parse_time(event["at"]) for event in scenario.events() if event["event"] == "finished")
    return sorted(at - START for at in times if at is not None)


def test_downloads_hold_no_slot_and_delay_nobody_who_asks(tmp_path: Path) -> None:
    found = []
    for files, name in ((("video",), "with"), ((), "without")):
        folder = tmp_path / name
        folder.mkdir()
        slow = Slow()
        scenario = scenario_of(folder, avatars(30), slow)
        scenario.run(concurrency=3, files=files)
        found.append(ends(scenario))
        assert slow.most == (4 if files else 0)
        assert len(slow.names) == (30 if files else 0)
        every_once(scenario)
    assert found[0] == pytest.approx(found[1], abs=1.0)


def test_four_files_come_at_a_time_and_the_run_waits_for_the_last(tmp_path: Path) -> None:
    slow = Slow(3600.0)
    scenario = scenario_of(tmp_path, avatars(10), slow)
    scenario.run(files=("video",))
    assert (slow.most, len(slow.names)) == (4, 10)
    assert scenario.offset > 3 * 3600  # longer than any patience with a HeyGen that accepts nothing
    assert scenario.engine is not None
    assert (scenario.engine.stopped_by, scenario.engine.keeper.owing) == (None, 0)


def test_a_file_is_recorded_when_it_is_there_and_further_ones_beside_it(tmp_path: Path) -> None:
    slow = Slow(1.0)
    scenario = scenario_of(tmp_path, [translation_job(9)], slow)
    scenario.run(files=("video", "captions", "audio", "gif"))
    (state,) = fold(scenario.events()).states.values()
    name = slow.names[0][0]
    assert (state.last, state.file, state.bytes) == ("saved", f"leads.files/{name}.video", 9)
    assert [(each.what, each.file) for each in state.beside] == [
        ("captions", f"leads.files/{name}.captions"), ("audio", f"leads.files/{name}.audio"),
    ]  # fmt: skip
    scenario.run(files=("video", "captions", "audio", "gif"))
    assert len(slow.asked) == 3


def test_recordings_are_not_its_business(tmp_path: Path) -> None:
    slow = Slow(1.0)
    scenario = scenario_of(tmp_path, [speech_job(20)], slow)
    scenario.run(files=("video", "captions"))
    assert [what for _name, what in slow.names] == ["recording"]


@pytest.mark.parametrize("wrong", [LinkGone("gone"), Lost("no")])
def test_what_can_not_be_had_leaves_the_video_done_and_the_file_to_the_next_run(
    tmp_path: Path, wrong: Exception
) -> None:
    slow = Slow(1.0)
    slow.bad = {"video": wrong}
    scenario = scenario_of(tmp_path, avatars(2), slow)
    engine = scenario.run(files=("video", "thumbnail"))
    assert scenario.statuses() == ["done", "done"]
    assert engine.keeper.owing == 2
    assert engine.run_state.cautions == [
        "Not all files could be downloaded (row 2, 3). Run the same command again: it fetches what is missing, and "
        "pays for nothing."
    ]
    slow.bad = {}
    engine = scenario.run(files=("video", "thumbnail"))
    assert engine.keeper.owing == 0
    assert {state.last for state in fold(scenario.events()).states.values()} == {"saved"}
    every_once(scenario)


def test_when_the_disk_is_full_no_more_is_tried_and_everything_is_rendered(tmp_path: Path) -> None:
    slow = Slow(1.0)
    slow.bad = {"video": OSError(28, "No space left on device")}
    scenario = scenario_of(tmp_path, avatars(30), slow)
    engine = scenario.run(files=("video",))
    assert set(scenario.statuses()) == {"done"}
    assert len(slow.asked) <= 4
    assert engine.keeper.owing == 30
    assert "Files can't be saved: No space left on device" in engine.run_state.cautions[0]


def test_a_stop_does_not_wait_for_files_and_the_next_run_fetches_them(tmp_path: Path) -> None:
    slow = Slow(10**6)
    scenario = scenario_of(tmp_path, avatars(8), slow)

    async def stop(engine: Engine) -> None:
        await anyio.sleep(3600)
        engine.stop(TimeIsUp("time is up"))
        stopped.append(trio.current_time())

    stopped: list[float] = []
    engine = scenario.run(during=stop, files=("video",))
    assert scenario.offset - stopped[0] < 5
    assert engine.keeper.owing == 8
    slow.seconds = 1.0
    scenario.run(files=("video",))
    assert len(slow.names) == 8
    every_once(scenario)


def test_how_far_it_is_counts_only_what_is_to_be_had(tmp_path: Path) -> None:
    slow = Slow(1.0)
    engine = scenario_of(tmp_path, avatars(3), slow).run(files=("video", "gif"))
    assert engine.keeper.fetching is not None
    assert (engine.keeper.fetching.done, engine.keeper.fetching.total) == (3, 3)
    assert scenario_of(tmp_path / "x", [], slow).run().keeper.fetching is None
