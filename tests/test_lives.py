"""Lives that none of today's kinds has: two ids in sequence, waiting for the person, answers that can't be repeated.

The kinds are made up, as is their HeyGen: sessions that think, may ask the person something, and end by naming the
video that they lead to. All in virtual time, over the real resume file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from bulkgen.engine.verdict import LINK_GRACE
from bulkgen.errors import Lost, RateLimited, Refused, Unreachable
from bulkgen.kinds.answers import status_of, text_of
from bulkgen.kinds.life import AfterLoss, Collection, Life
from bulkgen.kinds.outcome import Accepted, Detail, Links
from bulkgen.ledger.events import parse_time
from bulkgen.ledger.state import State
from bulkgen.ledger.steps import Policy
from bulkgen.model import Job
from bulkgen.results.words import explain
from tests.making import avatar_job
from tests.scenario import Scenario
from tests.test_chaos import minutes, states

ASKS = frozenset({"waiting_for_input"})
PAGE = "https://app.heygen.test/sessions/"


def read_session(data: Mapping[str, object]) -> Detail:
    return Detail(
        status_of(data, ASKS),
        Links(page=text_of(data, "page")),
        message=text_of(data, "message"),
        next_id=text_of(data, "video_id"),
    )


def read_video(data: Mapping[str, object]) -> Detail:
    return Detail(status_of(data), Links(video=text_of(data, "video_url")))


def accepted(data: Mapping[str, object]) -> Accepted:
    return Accepted(text_of(data, "session_id"))


def spoken(data: Mapping[str, object]) -> Accepted:
    return Accepted(text_of(data, "session_id"), "https://x/a.mp3")


SESSIONS = Collection(path="/x/sessions", read=read_session)
IN_BULK = Collection(path="/x/sessions", read=read_session, ids_param="ids", review_words=ASKS)
VIDEOS = Collection(path="/x/videos", read=read_video, ids_param="ids")

LIVES = {
    "agent": Life(accepted=accepted, lost=AfterLoss.UNKNOWN, stages=(SESSIONS, VIDEOS)),
    "keyed": Life(accepted=accepted, stages=(SESSIONS, VIDEOS)),
    "bulk": Life(accepted=accepted, stages=(IN_BULK, VIDEOS)),
    "spoken": Life(accepted=spoken),
    "resent": Life(accepted=accepted, lost=AfterLoss.RESEND, stages=(SESSIONS, VIDEOS)),
}


@dataclass
class Session:
    """One job at the pretend HeyGen; times as its clock shows them. None: it waits for the person."""

    callback: str
    created: float
    thinks_from: float | None


class Studio:
    """The pretend HeyGen: `thinks` seconds to the video's id, `renders` seconds more to the video."""

    def __init__(self, scenario: Scenario, *, thinks: float = 20.0, renders: float = 60.0) -> None:
        self._scenario = scenario
        self.thinks, self.renders = thinks, renders
        #: Whether sessions ask the person something; end without a video; end when their video begins.
        self.asks = self.barren = self.brief = False
        #: Whether a list shows them.
        self.listed = True
        #: What happens to the next POSTs: their errors, raised before HeyGen has them or (`True`) after.
        self.faults: list[tuple[Exception, bool]] = []
        self.sessions: dict[str, Session] = {}
        self.replays: dict[str, str] = {}
        self.posts: list[str | None] = []
        self.looks: Counter[str] = Counter()

    @property
    def now(self) -> float:
        return self._scenario.heygen_time()

    def answer(self) -> None:
        """The person answers what all sessions ask."""
        self.asks = False
        for session in self.sessions.values():
            session.thinks_from = session.thinks_from or self.now

    def most_at_once(self) -> int:
        """How many jobs were in progress at HeyGen at once, at most: those that wait for the person are not."""
        changes = []
        for session in self.sessions.values():
            begin = session.created if session.thinks_from is None else session.thinks_from
            end = begin if session.thinks_from is None else begin + self.thinks + self.renders
            changes += [(begin, 1), (end, -1)]
        running = most = 0
        for _, change in sorted(changes):
            running += change
            most = max(most, running)
        return most

    async def submit(self, path: str, body: Mapping[str, object], key: str | None) -> Mapping[str, object]:
        self._scenario.steps.step()
        error, after = self.faults.pop(0) if self.faults else (None, False)
        if error and not after:
            raise error
        self.posts.append(key)
        session_id = self.replays.get(key or "", f"s_{len(self.sessions)}")
        if session_id not in self.sessions:
            begins = None if self.asks else self.now
            self.sessions[session_id] = Session(str(body["callback_id"]), self.now, begins)
            self.replays |= {key: session_id} if key else {}
        self._scenario.steps.step()
        if error:
            raise error
        return {"session_id": session_id}

    async def call(self, method: str, path: str, body: Mapping[str, object], key: str | None) -> Mapping[str, object]:
        raise AssertionError("nobody answers here")

    async def one(self, path: str, item_id: str) -> Mapping[str, object]:
        raise AssertionError("there are no papers here")

    async def statuses(self, collection: Collection, ids: Sequence[str]) -> Mapping[str, str]:
        assert collection.ids_param, "there is no such call"
        return {job_id: str(self._look(job_id)["status"]) for job_id in ids}

    async def detail(self, collection: Collection, job_id: str) -> Detail:
        self.looks[job_id] += 1
        assert job_id.startswith("s_" if collection.path == SESSIONS.path else "v_")
        return collection.read(self._look(job_id))

    async def listing(
        self, path: str, params: Mapping[str, str] | None = None
    ) -> AsyncGenerator[Mapping[str, object], None]:
        if path == SESSIONS.path and self.listed:
            for job_id, session in reversed(self.sessions.items()):
                yield {"id": job_id, "callback_id": session.callback, "created_at": session.created}

    def _look(self, job_id: str) -> Mapping[str, object]:
        session = self.sessions.get(f"s_{job_id[2:]}")
        if session is None:
            raise Refused("no such session", status=404, code="not_found")

        if session.thinks_from is None:
            return {"status": "waiting_for_input", "message": "Which of the two?", "page": PAGE + job_id}

        age = self.now - session.thinks_from
        if job_id.startswith("v_"):
            over = age >= self.thinks + self.renders
            return {"status": "completed", "video_url": "https://x/v.mp4"} if over else {"status": "rendering"}

        if age < self.thinks:
            return {"status": "thinking"}

        over = self.barren or self.brief or age >= self.thinks + self.renders
        word = "completed" if over else "generating"
        return {"status": word} if self.barren else {"status": word, "video_id": f"v_{job_id[2:]}"}


def jobs(count: int, kind: str = "agent") -> list[Job]:
    return [replace(avatar_job(row, f"Wish {row}"), kind=kind, path="/x/sessions") for row in range(2, count + 2)]


def studio(folder: Path, wishes: list[Job], **times: float) -> tuple[Scenario, Studio]:
    folder.mkdir(exist_ok=True)
    scenario = Scenario(folder, wishes)
    scenario.lives = LIVES
    scenario.pretend = pretend = Studio(scenario, **times)
    return scenario, pretend


def told(scenario: Scenario) -> list[object]:
    return [event["event"] for event in scenario.events()][1:]


def only(scenario: Scenario) -> State:
    (state,) = states(scenario).values()
    return state


# Two ids in sequence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["agent", "keyed"])
def test_a_session_leads_to_its_video_and_both_ids_stand_in_the_resume_file(tmp_path: Path, kind: str) -> None:
    scenario, heygen = studio(tmp_path, jobs(1, kind))
    engine = scenario.run()
    assert told(scenario) == ["submitting", "submitted", "moved", "finished"]
    assert [event.get("id") for event in scenario.events()][2:] == ["s_0", "v_0", "v_0"]
    assert scenario.statuses() == ["done"]
    assert engine.run_state.details[scenario.jobs[0].fingerprint].links.video
    assert len(heygen.posts) == 1


@pytest.mark.parametrize("kind", ["agent", "bulk"])
@pytest.mark.parametrize("brief", [False, True])
def test_the_slot_is_held_from_the_session_to_the_end_of_its_video(tmp_path: Path, kind: str, brief: bool) -> None:
    scenario, heygen = studio(tmp_path, jobs(12, kind))
    heygen.brief = brief
    engine = scenario.run(concurrency=3)
    assert set(scenario.statuses()) == {"done"}
    assert heygen.most_at_once() == 3
    assert engine.gate.held == 0


@pytest.mark.parametrize("kind", ["agent", "keyed", "bulk"])
def test_killed_at_any_step_and_run_again_each_session_is_made_once(tmp_path: Path, kind: str) -> None:
    steps, crashed = 0, True
    while crashed:
        steps += 1
        scenario, heygen = studio(tmp_path / str(steps), jobs(3, kind))
        scenario.run(crash_at=steps)
        crashed = scenario.steps.taken >= steps
        scenario.offset += 30.0
        scenario.run()
        scenario.run(policy=Policy(retry_unknown=True))  # a POST that never left is made; one that did is found
        assert set(scenario.statuses()) == {"done"}, steps
        assert len(heygen.sessions) == 3, steps
    assert steps > 20


def test_a_rerun_follows_the_second_id_and_asks_for_the_first_no_more(tmp_path: Path) -> None:
    scenario, heygen = studio(tmp_path, jobs(1))
    scenario.run(crash_at=8)  # the record of the second id is durable, and nothing else was done with it
    assert told(scenario) == ["submitting", "submitted", "moved"]
    heygen.looks.clear()
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert set(heygen.looks) == {"v_0"}


def test_a_finished_job_of_two_stages_is_collected_by_its_last_id(tmp_path: Path) -> None:
    scenario, heygen = studio(tmp_path, jobs(1))
    scenario.run()
    heygen.looks.clear()
    engine = scenario.run()
    assert heygen.looks == {"v_0": 1}
    assert engine.run_state.details[scenario.jobs[0].fingerprint].links.video


def test_a_session_that_ends_without_a_video_is_unknown_in_the_end_and_not_paid_again(tmp_path: Path) -> None:
    scenario, heygen = studio(tmp_path, jobs(1))
    heygen.barren = True
    assert LINK_GRACE / 60 < minutes(scenario) < 2 * LINK_GRACE / 60
    assert "s_0" in explain(only(scenario))
    scenario.run(policy=Policy(retry_unknown=True))
    assert scenario.statuses() == ["unknown"]
    assert len(heygen.posts) == 1


def test_a_video_that_was_lost_from_sight_is_found_again_under_its_own_id(tmp_path: Path) -> None:
    scenario, heygen = studio(tmp_path, jobs(1))
    scenario.run(crash_at=8)
    sessions, heygen.sessions = heygen.sessions, {}
    scenario.run()
    assert scenario.statuses() == ["unknown"]
    heygen.sessions = sessions
    scenario.run()
    assert told(scenario)[3:] == ["unknown", "adopted", "finished"]
    assert only(scenario).id == "v_0"


def test_each_stage_has_its_own_time(tmp_path: Path) -> None:
    """Videos that take an hour are no reason to leave a session alone for as long."""
    scenario, _ = studio(tmp_path, jobs(4), thinks=10.0, renders=3600.0)
    scenario.run(concurrency=1)
    moves = [parse_time(event["at"]) for event in scenario.events() if event["event"] in ("submitted", "moved")]
    waits = [later - earlier for earlier, later in pairwise(moves[-2:]) if earlier and later]
    assert waits
    assert waits[0] < 30.0


# Waiting for the person -------------------------------------------------------------------------------------------


def test_a_job_that_waits_for_the_person_frees_its_slot_and_the_run_does_not_wait(tmp_path: Path) -> None:
    scenario, heygen = studio(tmp_path, jobs(4))
    heygen.asks = True
    assert minutes(scenario, concurrency=1) < 5
    engine = scenario.engine
    assert engine is not None
    assert scenario.statuses() == ["review"] * 4
    assert (engine.gate.held, len(engine.pending), engine.stopped_by) == (0, 0, None)
    state = states(scenario)[scenario.jobs[0].fingerprint]
    assert "Which of the two?" in explain(state)
    assert engine.run_state.details[scenario.jobs[0].fingerprint].links.page == PAGE + "s_0"


@pytest.mark.parametrize("kind", ["agent", "bulk"])
def test_a_rerun_asks_again_and_writes_nothing_while_the_person_has_not_answered(tmp_path: Path, kind: str) -> None:
    scenario, heygen = studio(tmp_path, jobs(2, kind))
    heygen.asks = True
    scenario.run()
    size, looks = scenario.path.stat().st_size, heygen.looks.total()
    scenario.run()
    scenario.run(wait=False)
    assert scenario.statuses() == ["review"] * 2
    assert scenario.path.stat().st_size == size
    assert heygen.looks.total() == looks + 4
    assert len(heygen.posts) == 2


@pytest.mark.parametrize("pause", [0.0, 10.0, 40.0, 500.0], ids=["thinking", "thinking on", "rendering", "done"])
def test_what_the_person_has_answered_goes_on_in_a_later_run(tmp_path: Path, pause: float) -> None:
    scenario, heygen = studio(tmp_path, jobs(3))
    heygen.asks = True
    scenario.run()
    heygen.answer()
    scenario.offset += pause
    engine = scenario.run()
    assert set(scenario.statuses()) == {"done"}
    assert len(heygen.posts) == 3
    assert engine.gate.held == 0


def test_what_goes_on_after_the_person_answered_holds_a_slot(tmp_path: Path) -> None:
    scenario, heygen = studio(tmp_path, jobs(2))
    heygen.asks = True
    scenario.run()
    heygen.answer()
    scenario.jobs = jobs(6)
    engine = scenario.run(concurrency=2)
    assert set(scenario.statuses()) == {"done"}
    assert heygen.most_at_once() == 2
    assert engine.gate.held == 0


def test_killed_at_any_step_a_job_in_review_is_never_sent_again(tmp_path: Path) -> None:
    steps, crashed = 0, True
    while crashed:
        steps += 1
        scenario, heygen = studio(tmp_path / str(steps), jobs(2))
        heygen.asks = True
        scenario.run()
        heygen.answer()
        scenario.run(crash_at=steps)
        crashed = scenario.steps.taken >= steps
        scenario.run()
        assert scenario.statuses() == ["done"] * 2, steps
        assert len(heygen.posts) == 2, steps
    assert steps > 10


# Lost answers -----------------------------------------------------------------------------------------------------


def lost_once(folder: Path, kind: str, *, after: bool = True) -> tuple[Scenario, Studio]:
    scenario, heygen = studio(folder, jobs(2, kind))
    heygen.faults = [(Lost("the connection broke off"), after)]
    return scenario, heygen


def test_without_a_key_a_lost_answer_is_looked_for_and_never_asked_for_again(tmp_path: Path) -> None:
    scenario, heygen = lost_once(tmp_path, "agent")
    scenario.run()
    assert scenario.statuses() == ["done"] * 2
    assert heygen.posts == [None, None]
    assert "adopted" in told(scenario)


def test_without_a_key_a_lost_answer_that_the_account_does_not_show_is_unknown(tmp_path: Path) -> None:
    scenario, heygen = lost_once(tmp_path, "agent", after=False)
    for _ in range(2):
        scenario.run()
        assert sorted(scenario.statuses()) == ["done", "unknown"]
        assert len(heygen.posts) == 1
    scenario.run(policy=Policy(retry_unknown=True))
    assert scenario.statuses() == ["done"] * 2
    assert len(heygen.sessions) == 2


def test_without_a_key_what_the_account_shows_later_is_not_paid_again(tmp_path: Path) -> None:
    scenario, heygen = lost_once(tmp_path, "agent")
    heygen.listed = False
    scenario.run()
    assert sorted(scenario.statuses()) == ["done", "unknown"]
    heygen.listed = True
    scenario.run(policy=Policy(retry_unknown=True))
    assert scenario.statuses() == ["done"] * 2
    assert len(heygen.posts) == 2


def test_without_a_key_a_run_that_was_killed_over_its_post_looks_first(tmp_path: Path) -> None:
    scenario, heygen = studio(tmp_path, jobs(1))
    scenario.run(crash_at=4)
    assert told(scenario) == ["submitting"]
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert len(heygen.posts) == 1


@pytest.mark.parametrize("error", [Unreachable("no route", code="unreachable"), RateLimited("busy", retry_after=2.0)])
def test_without_a_key_what_surely_did_not_arrive_is_sent_again(tmp_path: Path, error: Exception) -> None:
    scenario, heygen = studio(tmp_path, jobs(2))
    heygen.faults = [(error, False)] * 2
    scenario.run()
    assert scenario.statuses() == ["done"] * 2
    assert len(heygen.sessions) == 2


def test_with_a_key_a_lost_answer_is_asked_for_again_and_made_once(tmp_path: Path) -> None:
    scenario, heygen = lost_once(tmp_path, "keyed")
    scenario.run()
    assert scenario.statuses() == ["done"] * 2
    assert len(heygen.posts) == 3
    assert len(heygen.sessions) == 2


def test_where_nothing_else_gives_a_result_a_lost_answer_is_asked_for_again_and_counted(tmp_path: Path) -> None:
    scenario, heygen = lost_once(tmp_path, "resent")
    scenario.run()
    assert scenario.statuses() == ["done"] * 2
    assert len(heygen.sessions) == 3
    assert sum(state.repeats for state in states(scenario).values()) == 1


def test_what_is_answered_at_once_with_a_key_is_made_once_and_never_looked_for(tmp_path: Path) -> None:
    scenario, heygen = lost_once(tmp_path / "lost", "spoken")
    scenario.run()
    assert scenario.statuses() == ["done"] * 2
    assert len(heygen.sessions) == 2
    (tmp_path / "old").mkdir()
    scenario, heygen = studio(tmp_path / "old", jobs(1, "spoken"))
    scenario.run(crash_at=4)
    scenario.offset += 25 * 3600.0
    for _ in range(2):
        scenario.run()
        assert scenario.statuses() == ["unknown"]
    assert len(heygen.posts) == 1


# Attempts that another run has ------------------------------------------------------------------------------------


def test_an_attempt_that_another_run_has_is_left_to_it(tmp_path: Path) -> None:
    scenario, heygen = studio(tmp_path, jobs(3))
    taken = scenario.jobs[0].fingerprint
    scenario.taken = {(taken, 1)}
    engine = scenario.run(concurrency=1)
    assert scenario.statuses() == ["queued", "done", "done"]
    assert taken not in states(scenario)
    assert engine.run_state.deferred == {taken}
    assert (len(heygen.posts), engine.gate.held) == (2, 0)
    scenario.taken = set()
    scenario.run()
    assert scenario.statuses() == ["done"] * 3
