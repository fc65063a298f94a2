"""The life of a sheet, as hypothesis makes it up: rows come and go, runs crash, clocks jump, HeyGen has bad days.

Whatever happens: each (fingerprint, attempt) is charged once at most, everything charged stands in the resume file
and no script does, and when the bad days are over every row comes to an end. `LIFETIMES=3000 pytest
tests/test_lifetime.py` makes up more lives than the ordinary run of the tests.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bulkgen.ledger.events import Event
from bulkgen.ledger.history import fold
from bulkgen.ledger.steps import Policy
from bulkgen.model import Answer, Job
from tests.making import (
    agent_job,
    avatar_job,
    cinematic_job,
    clipping_job,
    clone_job,
    hyperframes_job,
    image_job,
    lipsync_job,
    proofread_job,
    speaking_with,
    speech_job,
    studio_job,
    translation_job,
    voice_job,
)
from tests.scenario import Scenario

EXAMPLES = int(os.environ.get("LIFETIMES", "25"))
SECRET = "which nobody may read in the resume file"
HOUR = 3600.0

KINDS = (
    "avatar",
    "named",
    "failing",
    "refused",
    "translation",
    "speech",
    "image",
    "lipsync",
    "cinematic",
    "hyperframes",
    "agent",
    "proofread",
    "studio",
    "clipping",
    "voice",
    "clone",
    "cloned",
)
LANGUAGES = ("French", "German", "Polish")

BAD_DAYS: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "none": {},
    "lost": {"post": {"drop_after": 0.3, "drop_before": 0.2}},
    "rude": {"post": {"error_after:500": 0.2, "truncated_after": 0.2, "no_id_after": 0.1, "error_before:503": 0.1}},
    "busy": {"post": {"in_progress:3": 0.3, "busy": 0.3}},
    "slow": {"post": {"hang_after": 0.2, "late:200": 0.2, "slow:60": 0.2}},
    "blind": {"get": {"error_before:500": 0.15, "drop_before": 0.1}, "post": {"drop_after": 0.2}},
    "dead": {"post": {"drop_before": 1.0}},
}


def jobs_of(wish: tuple[str, int], row: int) -> list[Job]:
    """What a row asks for, with the row that it needs."""
    if wish[0] != "cloned":
        return [job_of(wish, row)]

    clone = job_of(("clone", wish[1]), row)
    return [speaking_with(clone, row, f"Hello, {SECRET}", aloud=bool(wish[1])), clone]


def job_of(wish: tuple[str, int], row: int) -> Job:
    """What a row asks for: a kind, and which wording of it."""
    kind, wording = wish
    script, link = f"Wording {wording} of {kind}, {SECRET}", f"https://example.com/{wording}.mp4"
    makers: Mapping[str, Callable[[], Job]] = {
        "speech": lambda: speech_job(row, script),
        "translation": lambda: translation_job(row, LANGUAGES[wording]),
        "image": lambda: image_job(row, script),
        "cinematic": lambda: cinematic_job(row, script),
        "hyperframes": lambda: hyperframes_job(row, script),
        "agent": lambda: agent_job(row, script),
        "studio": lambda: studio_job(row, script),
        "clipping": lambda: clipping_job(row, link),
        "voice": lambda: voice_job(row, script),
        "clone": lambda: clone_job(row, f"https://example.com/{wording}.mp3", f"Anna {wording}, {SECRET}"),
        "lipsync": lambda: lipsync_job(row, link),
        "proofread": lambda: proofread_job(row, video=link),
    }
    if kind in makers:
        return makers[kind]()

    job = avatar_job(row, {"failing": f"{script} [fail:rendering_failed:1]",
                           "refused": f"{script} [refuse:content_policy_violation:400]"}.get(kind, script))  # fmt: skip
    if kind == "named":  # all of them with one title, which is no help in finding them again
        job = replace(job, title="Spring")
    return job


class Lifetime(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="bulkgen-"))
        self.scenario = Scenario(self.folder, [], render=[5.0, 60.0], slots=5)
        self.scenario.dated = self.scenario.suspicious = True
        self.rows: list[tuple[str, int]] = []
        self.paid_knowingly = False
        #: What all rows say to jobs that wait for the person.
        self.word: str | None = None

    def teardown(self) -> None:
        try:
            self.come_to_an_end()
        finally:
            shutil.rmtree(self.folder)

    # The sheet ------------------------------------------------------------------------------------------------------

    @initialize(kinds=st.lists(st.sampled_from(KINDS), min_size=2, max_size=6))
    def begin(self, kinds: list[str]) -> None:
        self.rows = [(kind, number % 3) for number, kind in enumerate(kinds)]

    @rule(kind=st.sampled_from(KINDS), wording=st.integers(0, 2), at=st.integers(0, 9))
    def insert(self, kind: str, wording: int, at: int) -> None:
        self.rows.insert(at, (kind, wording))

    @precondition(lambda self: len(self.rows) > 1)
    @rule(at=st.integers(0, 9))
    def delete(self, at: int) -> None:
        del self.rows[at % len(self.rows)]

    @rule(at=st.integers(0, 9))
    def double(self, at: int) -> None:
        self.rows.append(self.rows[at % len(self.rows)])

    @rule(at=st.integers(0, 9), wording=st.integers(0, 2))
    def edit(self, at: int, wording: int) -> None:
        at %= len(self.rows)
        self.rows[at] = (self.rows[at][0], wording)

    @rule()
    def sort(self) -> None:
        self.rows.sort(reverse=self.rows == sorted(self.rows))

    # Runs -----------------------------------------------------------------------------------------------------------

    @rule(wait=st.booleans(), concurrency=st.sampled_from([1, 3, 10]))
    def run(self, wait: bool, concurrency: int) -> None:
        self.go(wait=wait, concurrency=concurrency)

    @rule(step=st.integers(1, 40))
    def crash(self, step: int) -> None:
        self.go(crash_at=step)

    @rule(step=st.integers(1, 40))
    def lose_every_answer(self, step: int) -> None:
        """HeyGen does what is asked, and nobody hears of it."""
        before = self.scenario.world.settings.faults
        self.scenario.world.change(faults={"post": {"drop_after": 1.0}})
        self.go(crash_at=step)
        self.scenario.world.change(faults=before)

    @rule(failed=st.booleans(), unknown=st.booleans())
    def retry(self, failed: bool, unknown: bool) -> None:
        self.paid_knowingly |= unknown
        self.go(policy=Policy(retry_failed=failed, retry_unknown=unknown))

    @rule(word=st.sampled_from([None, "yes", "x", "y"]))
    def say(self, word: str | None) -> None:
        self.word = word

    def go(self, **arguments: object) -> None:
        answer = Answer(text=self.word) if self.word else None
        asked = (job for row, wish in enumerate(self.rows, 2) for job in jobs_of(wish, row))
        self.scenario.jobs = [replace(job, answer=answer) for job in asked]
        self.scenario.run(**arguments)  # type: ignore[arg-type]  # named as `Scenario.run` has them
        self.scenario.offset += 300.0
        self.scenario.world.state()  # by now HeyGen has worked on what it got late

    # The world ------------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([30.0, 20 * 60, 4 * HOUR, 22 * HOUR, 25 * HOUR, 200 * HOUR]))
    def wait(self, seconds: float) -> None:
        self.scenario.offset += seconds

    @rule(error=st.sampled_from([0.0, -2 * HOUR, -23 * HOUR, -300 * HOUR, 2 * HOUR, 25 * HOUR, 300 * HOUR]))
    def set_the_clock(self, error: float) -> None:
        self.scenario.skew = error

    @rule(day=st.sampled_from(sorted(BAD_DAYS)), seed=st.integers(0, 9))
    def weather(self, day: str, seed: int) -> None:
        self.scenario.world.change(faults=BAD_DAYS[day], seed=seed)

    @rule(others=st.sampled_from([0, 3, 5]), lag=st.sampled_from([0.0, 600.0]))
    def crowd(self, others: int, lag: float) -> None:
        self.scenario.world.change(other_user=others, list_lag=lag)

    @rule(fault=st.sampled_from(["", "error_before:401", "error_before:402", "error_before:429:quota_exceeded"]))
    def shut(self, fault: str) -> None:
        self.scenario.world.change(script=[{"fault": fault}] if fault else [])

    # What holds -----------------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_charged_twice(self) -> None:
        keys = {key: count for key, count in self.scenario.charges.items() if key.startswith("bulkgen:")}
        assert set(keys.values()) <= {1}, keys
        assert keys.keys() <= {event.get("key") for event in self.events()}
        assert not self.scenario.world.ledger.changed_wishes()
        paid = self.scenario.world.ledger.paid_twice().values()
        twice = [lines for lines in paid if lines[0]["path"] != "/v3/voices/speech"]
        assert not twice or self.paid_knowingly

    @invariant()
    def nothing_is_made_that_nobody_has_approved(self) -> None:
        made = Counter(str(line["key"]) for line in self.scenario.world.ledger.charges if "/generate" in line["path"])
        said = {event["key"] for event in self.events() if event["event"] == "answering"}
        assert made.keys() <= said

    @invariant()
    def no_result_belongs_to_two_jobs(self) -> None:
        """But for a voice that fits several descriptions."""
        states = fold(self.events()).states.values()
        ids = [state.id for state in states if state.id and state.kind != "voice"]
        assert len(ids) == len(set(ids))

    @invariant()
    def recordings_cost_no_more_than_was_recorded(self) -> None:
        intents = Counter(str(e["fingerprint"]) for e in self.events() if e.get("kind") == "speech")
        spoken = [line for line in self.scenario.world.ledger.charges if line["path"] == "/v3/voices/speech"]
        assert len(spoken) <= sum(intents.values())

    @invariant()
    def what_takes_no_key_is_charged_once_for_each_attempt(self) -> None:
        charges = [line for line in self.scenario.world.ledger.charges if line["path"] == "/v3/ai-clipping"]
        counts = Counter(str(line["callback_id"]) for line in charges)
        assert set(counts.values()) <= {1}, counts

    @invariant()
    def an_attempt_follows_a_definite_end_of_the_one_before(self) -> None:
        events = self.events()
        for number, event in enumerate(events):
            if event["event"] == "submitting" and event["attempt"] != 1:
                before = fold(events[:number]).states[str(event["fingerprint"])]
                ends = ("failed", "refused", "unknown") if self.paid_knowingly else ("failed", "refused")
                assert before.attempt == event["attempt"] or before.last in ends, event

    @invariant()
    def no_text_stands_in_the_resume_file(self) -> None:
        path = self.scenario.path
        assert not path.exists() or SECRET.encode() not in path.read_bytes()

    def events(self) -> list[Event]:
        return self.scenario.events()

    def come_to_an_end(self) -> None:
        """Good weather, and some more runs."""
        self.scenario.world.change(faults={}, script=[], other_user=0, list_lag=0.0)
        for self.word in (None, None, "yes", "yes"):
            self.go()
        told = dict(zip((job.fingerprint for job in self.scenario.jobs), self.scenario.statuses(), strict=True))
        assert set(told.values()) <= {"done", "failed", "unknown", "review", "queued"}
        states = fold(self.events()).states
        for job in self.scenario.jobs:
            # What needs a voice that nobody knows what became of; and what was answered in other words before, while
            # nobody knows whether these arrived and their key still lives.
            awaited = {told[reference.fingerprint] for reference in job.awaits}
            reworded = job.fingerprint in states and states[job.fingerprint].answering
            assert told[job.fingerprint] != "queued" or awaited & {"failed", "unknown"} or reworded
        self.nothing_is_charged_twice()
        before = len(self.scenario.charges)
        self.go()
        assert len(self.scenario.charges) == before


Lifetime.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=20)
TestLifetime = Lifetime.TestCase
