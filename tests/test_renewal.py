"""Links renewed, in virtual time: how many requests that takes, and what is said of links that can't be renewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.engine import renewal
from bulkgen.kinds.outcome import Detail, Links
from bulkgen.ledger.events import Event, finished, format_second, format_time, submitted, submitting
from bulkgen.ledger.history import fold
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.model import Job
from bulkgen.results.words import explain
from tests.making import avatar_job, speech_job, translation_job
from tests.scenario import BASE, START, Scenario

DAY = 86_400.0
LIST, ONE = "GET /v3/videos", "GET /v3/videos/{id}"


def avatars(count: int, title: str = "leads row {}") -> list[Job]:
    return [avatar_job(row, f"Hello number {row}", title=title.format(row)) for row in range(2, count + 2)]


class Made(Scenario):
    """A scenario whose jobs were made months ago; so many videos of others are `older`, so many newer (`others`)."""

    def __init__(
        self, folder: Path, jobs: list[Job], *, days: float = 90, others: int = 0, older: int = 0, **settings: object
    ) -> None:
        super().__init__(folder, jobs, **settings)
        self.offset -= days * DAY
        for number in range(older):
            self.world.plant("videos", title=f"Old {number}", created=self.now() - 2 * DAY)
        self.ids: dict[str, str] = {}
        events: list[Event] = []
        for job in jobs:
            family = "translations" if job.kind == "translation" else "videos"
            job_id = self.world.plant(family, title=job.title, language=job.language or None)
            self.ids[job.fingerprint] = job_id
            ended = finished(job, 1, job_id, duration=2.0, finished_at=format_second(self.now()))
            told = (submitting(job, 1), submitted(job, 1, job_id), ended)
            events += [{"at": format_time(self.now()), **event} for event in told]
            self.offset += 60
        self.offset += days * DAY
        resume = ResumeFile(self.path, clock=self.heygen_time)
        resume.belongs_to(BASE, "me")
        resume.append(*events)
        resume.close()
        for number in range(others):
            self.world.plant("videos", title=f"Somebody's {number}")

    def know(self, jobs: list[Job], *, days: float) -> None:
        """Their links are known, and end in so many days."""
        for job in jobs:
            links = Links(video=f"https://h/{job.row}.mp4", expire_at=self.now() + days * DAY)
            self.details[job.fingerprint] = Detail("completed", links)

    @property
    def renewed(self) -> set[str]:
        assert self.engine is not None
        return self.engine.renewal.renewed

    @property
    def told(self) -> str:
        assert self.engine is not None
        return " ".join(self.engine.run_state.cautions)

    def counted(self, call: str) -> int:
        return self.world.counts[call]


def test_the_links_of_a_thousand_jobs_are_renewed_by_ten_requests(tmp_path: Path) -> None:
    scenario = Made(tmp_path, avatars(1000))
    engine = scenario.run()
    assert len(scenario.renewed) == 1000
    assert (scenario.counted(LIST), scenario.counted(ONE)) == (10, 0)
    assert scenario.world.requests == 10
    assert scenario.charges == {}
    ends = {engine.run_state.details[job.fingerprint].links.expire_at for job in scenario.jobs}
    assert min(filter(None, ends)) >= START + 7 * DAY - 1
    assert "left for the next run" not in scenario.told


def test_links_that_still_work_cost_no_request(tmp_path: Path) -> None:
    scenario = Made(tmp_path, avatars(1000))
    scenario.know(scenario.jobs, days=1.01)
    scenario.run()
    assert (scenario.world.requests, scenario.renewed) == (0, set())


def test_only_those_that_end_within_a_day_are_renewed(tmp_path: Path) -> None:
    scenario = Made(tmp_path, avatars(3))
    scenario.know(scenario.jobs[:1], days=0.9)
    scenario.know(scenario.jobs[1:2], days=3)
    scenario.know(scenario.jobs[2:], days=-2)
    scenario.run()
    assert scenario.renewed == {scenario.jobs[0].fingerprint, scenario.jobs[2].fingerprint}


def test_a_list_is_narrowed_by_what_all_titles_begin_with(tmp_path: Path) -> None:
    scenario = Made(tmp_path, avatars(250), others=3000)
    scenario.run()
    assert len(scenario.renewed) == 250
    assert (scenario.counted(LIST), scenario.counted(ONE)) == (3, 0)


def test_a_list_of_other_peoples_videos_is_given_up(tmp_path: Path) -> None:
    scenario = Made(tmp_path, [avatar_job(row, f"Hello {row}", title=f"{row}") for row in range(2, 42)], others=5000)
    scenario.run()
    assert len(scenario.renewed) == 40
    assert scenario.counted(LIST) <= 40 * renewal.SHARE + 1
    assert scenario.counted(ONE) == 40


def test_a_list_is_read_no_further_than_to_the_time_of_the_oldest_job(tmp_path: Path) -> None:
    jobs = [avatar_job(row, f"Hello {row}", title=f"{row}") for row in range(2, 102)]
    scenario = Made(tmp_path, jobs, older=2000)
    for job in jobs[:50]:
        del scenario.world.account.renders[scenario.ids[job.fingerprint]]
    scenario.run()
    assert scenario.counted(LIST) == 1


def test_a_run_asks_for_so_many_links_at_most_the_oldest_first_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal.Renewal.__init__, "__kwdefaults__", {"most": 30})
    scenario = Made(
        tmp_path, avatars(100), script=[{"method": "GET", "path": "/v3/videos$", "fault": "error_before:400"}]
    )
    scenario.run()
    assert scenario.renewed == {job.fingerprint for job in scenario.jobs[:30]}
    assert (
        "Links to 70 results are left for the next run to renew: one run asks HeyGen for links no more than 30 times"
        in (scenario.told)
    )
    assert scenario.counted(ONE) == 30


def test_what_has_no_link_that_works_goes_before_what_still_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal.Renewal.__init__, "__kwdefaults__", {"most": 2})
    scenario = Made(
        tmp_path, avatars(4), script=[{"method": "GET", "path": "/v3/videos$", "fault": "error_before:400"}]
    )
    scenario.know(scenario.jobs[:1], days=0.5)
    scenario.know(scenario.jobs[1:2], days=0.2)
    scenario.run()
    assert scenario.renewed == {job.fingerprint for job in scenario.jobs[2:]}


def test_each_kind_has_its_own_list_and_recordings_have_none(tmp_path: Path) -> None:
    jobs = [*avatars(3), *(translation_job(row, name) for row, name in ((10, "French"), (11, "German")))]
    scenario = Made(tmp_path, jobs)
    scenario.jobs = [*jobs, speech_job(20)]
    scenario.run()
    assert scenario.renewed == {job.fingerprint for job in jobs}
    assert (scenario.counted(LIST), scenario.counted("GET /v3/video-translations")) == (1, 1)


def test_a_video_that_heygen_no_longer_knows_stays_done_and_is_not_asked_for_again(tmp_path: Path) -> None:
    scenario = Made(tmp_path, avatars(3))
    gone = scenario.jobs[1]
    del scenario.world.account.renders[scenario.ids[gone.fingerprint]]
    scenario.know([gone], days=0.5)
    engine = scenario.run()
    assert scenario.statuses() == ["done", "done", "done"]
    assert gone.fingerprint not in engine.run_state.details
    state = fold(scenario.events()).states[gone.fingerprint]
    assert explain(state).startswith(
        f"Made, and there are no links to it any more: HeyGen no longer knows {state.id}. "
    )
    assert scenario.charges == {}
    scenario.details = dict(engine.run_state.details)
    before = scenario.world.requests
    scenario.run()
    assert scenario.world.requests == before, "it is known to be gone"


def test_where_heygen_does_not_answer_links_stay_as_they_are_and_it_is_told(tmp_path: Path) -> None:
    scenario = Made(tmp_path, avatars(40), script=[{"method": "GET", "fault": "drop_before"}])
    scenario.know(scenario.jobs[:1], days=0.5)
    engine = scenario.run()
    assert "Links to 40 results could not be renewed (the connection to HeyGen broke off" in scenario.told
    assert engine.run_state.details.keys() == {scenario.jobs[0].fingerprint}
    assert scenario.world.requests < 100, "after a few that brought no answer nobody asks on"
    assert scenario.statuses() == ["done"] * 40


def test_a_key_that_may_not_read_videos_proves_none_of_them_gone(tmp_path: Path) -> None:
    scenario = Made(tmp_path, avatars(5), script=[{"method": "GET", "fault": "error_before:403"}])
    scenario.run()
    assert "Links to 5 results could not be renewed" in scenario.told
    assert not any(state.gone for state in fold(scenario.events()).states.values())


def test_one_that_only_it_may_not_see_is_gone(tmp_path: Path) -> None:
    scenario = Made(tmp_path, avatars(5))
    hidden = scenario.ids[scenario.jobs[2].fingerprint]
    del scenario.world.account.renders[hidden]
    scenario.world.change(script=[{"method": "GET", "path": hidden, "fault": "error_before:403"}])
    scenario.run()
    state = fold(scenario.events()).states[scenario.jobs[2].fingerprint]
    assert state.gone.startswith(f"HeyGen does not show {hidden} (")
