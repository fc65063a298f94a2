"""The files of finished videos while a run goes on, in virtual time: four at a time, and in nobody's way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest
import trio

from bulkgen.disk.whole import Saved
from bulkgen.engine import Engine, RunState
from bulkgen.engine.keeper import Keeper
from bulkgen.engine.protocols import Client
from bulkgen.errors import ApiError, LinkGone, LinkUnfit, Lost, NoRoom, Refused, TimeIsUp
from bulkgen.heygen.client import HeyGen
from bulkgen.kinds import LIVES
from bulkgen.kinds.life import Collection
from bulkgen.kinds.outcome import Detail, Links
from bulkgen.ledger.events import Event, finished, parse_time, saved, submitted, submitting
from bulkgen.ledger.history import fold
from bulkgen.ledger.left import unsent
from bulkgen.ledger.room import is_outcome
from bulkgen.ledger.state import State
from bulkgen.ledger.steps import Rules
from bulkgen.model import Job
from bulkgen.rows.file_names import FileNames
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
    for _ in range(2):
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
        f"Not all files could be downloaded (row 2, 3): {wrong}. Run the same command again: it fetches what is "
        "missing, and pays for nothing."
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


class Flaky(Slow):
    """Of the files that are asked for, which come, in turn; behind the last, all do."""

    def __init__(self, *comes: bool) -> None:
        super().__init__(100.0)
        self.comes = list(comes)

    async def fetch(
        self, link: str, name: str, *others: str, what: str = "recording", own: Saved | None = None
    ) -> Saved:
        comes = not self.comes or self.comes.pop(0)
        file = await super().fetch(link, name, *others, what=what, own=own)
        if not comes:
            raise Lost("no answer")
        return file


def test_when_the_storage_host_is_down_the_run_does_not_wait_for_every_file(tmp_path: Path) -> None:
    slow = Slow(100.0)
    slow.bad = {"video": Lost("no answer")}
    scenario = scenario_of(tmp_path, avatars(60), slow)
    scenario.run()
    began = scenario.offset
    engine = scenario.run(files=("video",))
    assert scenario.offset - began < 500.0
    assert (len(slow.asked) <= 2 * 4, engine.keeper.owing) == (True, 60)
    assert "no answer. Run the same command again: it fetches what is missing" in engine.run_state.cautions[0]
    slow.bad = {}
    assert scenario.run(files=("video",)).keeper.owing == 0
    every_once(scenario)


def test_a_file_that_comes_tells_that_the_storage_host_is_up(tmp_path: Path) -> None:
    flaky = Flaky()
    scenario = scenario_of(tmp_path, avatars(30), flaky)
    scenario.run()
    flaky.comes = [False, False, False, True] * 5
    engine = scenario.run(files=("video",), concurrency=1)
    assert (len(flaky.asked), engine.keeper.owing) == (30, 15)


def test_recordings_are_given_up_for_a_run_alone_while_their_host_is_down(tmp_path: Path) -> None:
    slow = Slow(100.0)
    slow.bad = {"recording": Lost("no answer")}
    scenario = scenario_of(tmp_path, [speech_job(at, f"Hello {at}") for at in range(2, 62)], slow)
    engine = scenario.run()
    assert len(slow.asked) <= 2 * 8
    assert scenario.offset < 600.0
    assert any("within some days" in told for told in engine.run_state.cautions)
    assert {state.last for state in fold(scenario.events()).states.values()} == {"finished"}  # none has lost its link
    slow.bad = {}
    assert scenario.run().run_state.cautions == []
    assert {state.last for state in fold(scenario.events()).states.values()} == {"saved"}
    every_once(scenario)


@pytest.mark.parametrize("kind", ["video", "recording"])
def test_a_link_that_is_not_followed_is_said_to_be_one(tmp_path: Path, kind: str) -> None:
    slow = Slow(1.0)
    slow.bad = {kind: LinkUnfit("its link is not public")}
    jobs = avatars(6) if kind == "video" else [speech_job(at, f"Hello {at}") for at in range(2, 8)]
    scenario = scenario_of(tmp_path, jobs, slow)
    engine = scenario.run(files=("video",))
    assert "its link is not public. bulkgen follows only links" in engine.run_state.cautions[0]
    assert not any("Run the same command again" in told for told in engine.run_state.cautions)
    assert {state.last for state in fold(scenario.events()).states.values()} == {"finished"}
    slow.bad = {}
    assert scenario.run(files=("video",)).run_state.cautions == []
    every_once(scenario)


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
    assert engine.run_state.cautions[-1].startswith(
        "Not all files could be downloaded (row 2, 3, 4, 5, 6, 7 and 2 more): the run was stopped first. Run the"
    )
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


# By itself ------------------------------------------------------------------------------------------------------------


class Record:
    """A recorder that keeps what it gets, as far as there is room."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.events: list[Event] = []
        self.trouble = trouble

    async def append(self, *events: Event) -> list[Event]:
        if self.trouble:
            raise self.trouble
        self.events += events
        return [{**event, "at": "2026-11-22T01:00:00.000Z"} for event in events]

    async def claim(self, _fingerprint: str, _attempt: int) -> bool:
        raise AssertionError("nothing is sent")


class Asked(HeyGen):
    """A HeyGen that says this of each job."""

    def __init__(self, *answers: Detail | ApiError) -> None:
        self.answers = list(answers)

    async def detail(self, _collection: Collection, _job_id: str) -> Detail:
        answer = self.answers.pop(0)
        if isinstance(answer, ApiError):
            raise answer
        return answer


async def kept(client: Client, files: Slow, record: Record, *wanted: str) -> tuple[Keeper, RunState]:
    """What becomes of a job that has finished, and of whose links nothing is known."""
    job = avatars(1)[0]
    state = State(1, "finished", kind="avatar", id="v_1", row=2)
    run = RunState(recorder=record, rules=Rules(LIVES), states={job.fingerprint: state})
    keeper = Keeper(client=client, downloader=files, run=run, names=FileNames({}, {}), wanted=wanted)
    keeper.want(job)
    keeper.close()
    await keeper.run()
    return keeper, run


@pytest.mark.anyio
async def test_what_heygen_has_not_counts_for_nothing() -> None:
    answer = Detail("completed", Links(video="https://x.invalid/a.mp4"))
    keeper, _ = await kept(Asked(answer), Slow(0.0), Record(), "video", "gif")
    assert keeper.fetching is not None
    assert (keeper.fetching.done, keeper.fetching.total, keeper.owing) == (1, 1, 0)


@pytest.mark.anyio
async def test_what_is_kept_is_the_video_as_it_was_asked_for_and_the_clean_one_has_a_name_of_its_own() -> None:
    clean, captioned = "https://x.invalid/a.mp4", "https://x.invalid/captioned.mp4"
    slow = Slow(0.0)
    await kept(Asked(Detail("completed", Links(video=clean, captioned=captioned))), slow, Record(), "video", "clean")
    assert slow.asked == [captioned, clean]
    (name, _), (beside, _) = slow.names
    assert beside == f"{name}~clean"
    slow = Slow(0.0)
    await kept(Asked(Detail("completed", Links(video=clean))), slow, Record(), "video", "clean")
    assert slow.asked == [clean]


@pytest.mark.anyio
async def test_what_heygen_no_longer_shows_is_left_to_no_later_run() -> None:
    gone = Refused("not found", code="not_found", status=404)
    keeper, run = await kept(Asked(gone), Slow(0.0), Record(), "video")
    assert keeper.owing == 0
    assert run.cautions == [
        "The files of row 2 can't be had any more: HeyGen does not show these videos any more, and they are not here. "
        "--redo makes them again (paid again)."
    ]


@pytest.mark.anyio
async def test_a_dead_link_that_is_fresh_already_is_not_asked_for_again() -> None:
    slow = Slow(0.0)
    slow.bad = {"video": LinkGone("gone")}
    links = Links(video="https://x.invalid/a.mp4", thumbnail="https://x.invalid/a.jpg")
    keeper, _ = await kept(Asked(Detail("completed", links)), slow, Record(), "video", "thumbnail")
    assert keeper.owing == 1
    assert [what for _name, what in slow.names] == ["thumbnail"]  # the others are not given up for it


@pytest.mark.anyio
async def test_a_file_that_the_resume_file_has_no_room_for_is_fetched_again_by_a_later_run() -> None:
    answer = Detail("completed", Links(video="https://x.invalid/a.mp4"))
    keeper, run = await kept(Asked(answer), Slow(0.0), Record(NoRoom("full")), "video")
    assert keeper.owing == 1
    assert run.cautions[0].startswith("Files can't be saved: the disk is full.")


def test_a_download_finds_its_room_only_where_there_is_some_and_ends_nothing() -> None:
    job = avatars(1)[0]
    handle = unsent(job)
    assert is_outcome(saved(job, 1, "a.mp3", 9))
    assert not is_outcome(saved(job, 1, "a.mp4", 9, what="video"))
    events = [submitting(job, 1), submitted(job, 1, "v_1"), finished(job, 1, "v_1", duration=None, finished_at="")]
    downloaded = saved(handle, 1, "a.mp4", 9, what="video")  # its row is left out by now
    (state,) = fold([*events, downloaded]).states.values()
    assert (state.last, state.left) == ("saved", False)
