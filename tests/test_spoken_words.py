"""When each word of a voice-over is said, kept beside it: once, under its name, and never in its way."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from unittest import mock

import anyio
import httpx
import pytest

from bulkgen.disk.whole import Saved
from bulkgen.errors import NoRoom
from bulkgen.files.download import Downloads, connect
from bulkgen.ledger.events import Event
from bulkgen.ledger.history import fold
from tests.making import speech_job
from tests.scenario import NoFiles, Scenario, ShakyResumeFile
from tests.story import Story
from tests.test_download import hasty

SHEET = ("row_id,text,voice_id", "crm-1,Hello Ann. How are you today?,voice_ann", "crm-2,Bye.,voice_ann")


def lying(story: Story) -> list[str]:
    return sorted(path.name for path in (story.folder / "leads.files").iterdir())


def test_words_and_subtitles_lie_beside_a_voice_over(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    told = json.loads(story.run("leads.csv", "--json", "--name", "{row_id}").out)
    assert lying(story) == [f"{name}.{end}" for name in ("crm-1", "crm-2") for end in ("json", "mp3", "srt")]
    assert told["jobs"][0]["files"] == {"words": "leads.files/crm-1.json", "captions": "leads.files/crm-1.srt"}
    words = json.loads((story.folder / "leads.files/crm-1.json").read_text(encoding="utf-8"))
    assert [each["word"] for each in words["words"]] == [
        "<start>", "Hello", "Ann.", "How", "are", "you", "today?", "<end>",
    ]  # fmt: skip
    assert words["duration_s"] == told["jobs"][0]["duration_s"]
    shown = (story.folder / "leads.files/crm-1.srt").read_text(encoding="utf-8")
    assert "How are you today?" in shown
    assert "<start>" not in shown


def test_the_resume_file_says_where_they_are_and_holds_no_word(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv")
    told = [(event["what"], event["file"]) for event in story.events("leads.csv") if event["event"] == "saved_also"]
    assert sorted({what for what, _file in told}) == ["captions", "words"]
    assert all((story.folder / file).is_file() for _what, file in told)
    assert "Hello" not in json.dumps(story.events("leads.csv"))


def test_they_come_once_and_what_is_deleted_is_not_told_of_any_more(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv")
    for path in (story.folder / "leads.files").glob("*.srt"):
        path.unlink()
    found = json.loads(story.run("leads.csv", "--json").out)
    assert [list(job["files"]) for job in found["jobs"]] == [["words"], ["words"]]
    assert story.charges == 2


def test_somebody_elses_file_keeps_its_name(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    (story.folder / "leads.files").mkdir()
    mine = story.folder / "leads.files" / "crm-1.srt"
    mine.write_text("my own subtitles", encoding="utf-8")
    story.run("leads.csv", "--name", "{row_id}")
    assert mine.read_text(encoding="utf-8") == "my own subtitles"
    found = lying(story)
    assert len([name for name in found if name.endswith(".srt")]) == 3
    assert len([name for name in found if name.startswith("crm-1~")]) == 1


def test_what_is_made_again_has_words_of_its_own(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", "--name", "{row_id}")
    story.run("leads.csv", "--name", "{row_id}", "--redo", "2")
    assert lying(story)[:6] == [f"crm-1.{end}" for end in ("json", "mp3", "srt")] + [
        f"crm-1~take2.{end}" for end in ("json", "mp3", "srt")
    ]
    found = json.loads(story.run("leads.csv", "--json").out)
    assert found["jobs"][0]["files"]["captions"] == "leads.files/crm-1~take2.srt"


@pytest.mark.parametrize(
    "words", ["bulkgen.kinds.speech.words_of", "bulkgen.sandbox.kinds.speech.spoken_words"], ids=["none", "only marks"]
)
def test_where_heygen_tells_no_words_there_is_no_file_of_them(story: Story, words: str) -> None:
    story.sheet("leads.csv", *SHEET)
    with mock.patch(words, return_value=()):
        story.run("leads.csv")
    assert {Path(name).suffix for name in lying(story)} == {".mp3"}
    assert "saved_also" not in {event["event"] for event in story.events("leads.csv")}


class Full(NoFiles):
    """A folder that takes recordings, and nothing else."""

    async def keep(self, data: bytes, name: str, *others: str, what: str) -> Saved:
        raise OSError(errno.ENOSPC, "No space left on device", name)


def test_a_disk_that_is_full_is_told_and_fails_nothing(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [speech_job(2)])
    scenario.files = Full()
    engine = scenario.run()
    assert scenario.statuses() == ["done"]
    [told] = engine.run_state.cautions
    assert told.startswith("When each word is said (.json) and the subtitles (.srt) could not be saved")
    assert "No space left on device" in told


def test_where_the_resume_file_has_no_room_for_them_they_are_there_all_the_same(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [speech_job(2)])
    append = ShakyResumeFile.append

    async def full(self: ShakyResumeFile, *events: Event) -> list[Event]:
        if events[0]["event"] == "saved_also":
            raise NoRoom("the disk is full")
        return await append(self, *events)

    with mock.patch.object(ShakyResumeFile, "append", full):
        scenario.run()
    assert scenario.statuses() == ["done"]
    assert [what for what, _name, _text in scenario.files.kept] == ["words", "captions"]


def test_killed_at_any_step_the_recording_comes_in_all_the_same(tmp_path: Path) -> None:
    whole = Scenario(tmp_path / "whole", [speech_job(2)])
    whole.path.parent.mkdir()
    whole.run()
    beside = []
    for step in range(1, whole.steps.taken + 1):
        folder = tmp_path / str(step)
        folder.mkdir()
        scenario = Scenario(folder, [speech_job(2)])
        scenario.run(crash_at=step)
        scenario.run()
        scenario.run()
        assert scenario.statuses() == ["done"]
        beside.append(len(next(iter(fold(scenario.events()).states.values())).beside))
    assert beside[0] == beside[-1] == 2  # killed before the POST, and after their record
    assert 0 in beside  # between the answer and the files


def test_a_stop_in_mid_download_loses_no_words(tmp_path: Path) -> None:
    class Endless(NoFiles):
        async def fetch(
            self, link: str, name: str, *others: str, what: str = "recording", own: Saved | None = None
        ) -> Saved:
            await anyio.sleep(3600)
            raise AssertionError

    scenario = Scenario(tmp_path, [speech_job(2)])
    scenario.files = Endless()

    async def stop(engine: object) -> None:
        await anyio.sleep(60)
        engine.stop()  # type: ignore[attr-defined]

    scenario.run(during=stop)
    assert [what for what, _name, _text in scenario.files.kept] == ["words", "captions"]


@pytest.mark.anyio
async def test_a_file_of_ours_appears_whole_and_leaves_nothing_behind(tmp_path: Path) -> None:
    async with connect(httpx.MockTransport(lambda _request: httpx.Response(500))) as http:
        downloads = Downloads(http, tmp_path / "leads.files", hasty())
        assert await downloads.keep(b"{}\n", "a", what="words") == Saved("leads.files/a.json", 3)
        (tmp_path / "leads.files" / "b.json").write_bytes(b"somebody else's")
        assert (await downloads.keep(b"{}\n", "b", "b~1", what="words")).file == "leads.files/b~1.json"
        with mock.patch("shutil.disk_usage") as usage:
            usage.return_value.free = 1 << 20
            with pytest.raises(OSError, match="almost full"):
                await downloads.keep(b"{}\n", "c", what="words")
    assert sorted(path.name for path in (tmp_path / "leads.files").iterdir()) == ["a.json", "b.json", "b~1.json"]
