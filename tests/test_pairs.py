"""Two of the things that keep a job waiting, at once: what it is made with, its files, what came to nothing before."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bulkgen.kinds.agent import AgentRequest
from bulkgen.kinds.avatar import AvatarRequest
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.model import Answer, Job, LocalFile
from tests.making import agent_job, avatar_job, clone_job, speaking_with
from tests.scenario import Scenario
from tests.test_local_files import JPG
from tests.test_uploads import saved, slow

__all__ = ["slow"]


def with_picture(job: Job, file: LocalFile) -> Job:
    """The video with a picture of the person's behind it."""
    picture = {"type": "image", "asset_id": file.placeholder}
    fields = job.request.model_dump(exclude_unset=True) | {"background": picture}
    return replace(job, request=AvatarRequest.model_validate(fields), files=(file,))


@pytest.mark.usefixtures("slow")
def test_what_waits_for_a_voice_that_came_late_and_for_its_files_goes_in_the_same_run(tmp_path: Path) -> None:
    clone = clone_job(audio="https://example.com/[fail:no_voice:1].mp3")
    video = with_picture(speaking_with(clone, 3), saved(tmp_path, JPG, "a.jpg", "image/jpeg"))
    scenario = Scenario(tmp_path, [clone, video, avatar_job(9)])
    scenario.run()
    assert scenario.statuses() == ["done"] * 3


@pytest.mark.usefixtures("slow")
def test_what_is_begun_anew_after_its_answer_brings_its_files_to_heygen_first(tmp_path: Path) -> None:
    """The session is known, and its file is not: as where the resume file was lost, and the session named by its id."""
    file = saved(tmp_path, JPG, "a.jpg", "image/jpeg")
    job = agent_job(prompt="A tour [ask] [fail::1]", mode="chat")
    files = [{"type": "asset_id", "asset_id": file.placeholder}]
    fields = job.request.model_dump(exclude_unset=True) | {"files": files}
    scenario = Scenario(tmp_path, [replace(job, request=AgentRequest.model_validate(fields), files=(file,))])
    scenario.run()
    lines = scenario.path.read_text(encoding="utf-8").splitlines(keepends=True)
    scenario.path.write_text("".join(line for line in lines if '"uploaded"' not in line), encoding="utf-8")
    scenario.jobs = [replace(scenario.jobs[0], answer=Answer(text="The blue one"))]
    scenario.run()
    assert scenario.statuses() == ["review"]
    assert [event["event"] for event in ResumeFile(scenario.path).events].count("submitting") == 2
    assert len(scenario.world.stored) == 1


def test_an_answer_does_not_wait_for_what_its_job_was_made_with(tmp_path: Path) -> None:
    """The voice is of a row that is no part of this run, and nobody knows its id."""
    scenario = Scenario(tmp_path, [agent_job(prompt="A tour [ask]", mode="chat")])
    scenario.run()
    awaits = speaking_with(clone_job()).awaits
    scenario.jobs = [replace(scenario.jobs[0], awaits=awaits, answer=Answer(text="The blue one"))]
    scenario.run()
    assert scenario.statuses() == ["done"]


@pytest.mark.usefixtures("slow")
def test_killed_anywhere_what_waits_for_two_things_is_paid_once_and_comes_to_its_end(tmp_path: Path) -> None:
    """A voice that is made at the second attempt, and a file, for one video; the voice alone for what is spoken."""
    step, crashed = 0, True
    while crashed:
        step += 2
        folder = tmp_path / str(step)
        folder.mkdir()
        clone = clone_job(audio="https://example.com/[fail:no_voice:1].mp3")
        video = with_picture(speaking_with(clone, 3), saved(folder, JPG, "a.jpg", "image/jpeg"))
        scenario = Scenario(folder, [clone, video, speaking_with(clone, 4, "aloud", aloud=True)], render=[5.0, 5.0])
        scenario.suspicious = True
        scenario.run(crash_at=step)
        crashed = scenario.steps.taken >= step
        for _ in range(3):
            scenario.run()
        paid = Counter(str(line["path"]) for line in scenario.world.ledger.charges)
        assert paid["/v3/voices/clone"] <= 2, step
        assert paid["/v3/videos"] <= 1, step
        assert len(scenario.world.stored) <= 1, step
        told = scenario.statuses()
        assert told == (["unknown", "queued", "queued"] if told[0] == "unknown" else ["done"] * 3), (step, told)
    assert step > 20
