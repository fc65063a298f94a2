"""What the release before this one left behind is read, and gone on with, as that release would have done.

The files in tests/earlier were written by version 0.1.0 as of 21 November 2026: `every_event` holds events in many
orders, with what that version made of each job; `earlier.csv` is a rehearsal of every kind that was killed in the
middle, two of its answers lost.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bulkgen.errors import Exit
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.history import fold
from bulkgen.ledger.resume_file import read_events
from bulkgen.ledger.state import NEW, Wish
from bulkgen.ledger.steps import Policy, next_step
from tests.command import ROOT, bulkgen, events, results

EARLIER = ROOT / "tests" / "earlier"
GOLDEN: dict[str, Any] = json.loads((EARLIER / "every_event.steps.json").read_text(encoding="utf-8"))
STATES = fold(read_events(EARLIER / "every_event.resume.jsonl")[0]).states
POLICIES = (Policy(), Policy(retry_failed=True), Policy(retry_unknown=True), Policy(max_attempts=1))
TIMES = {"soon": 60.0, "later": 90_000.0}


@pytest.mark.parametrize("job", GOLDEN["jobs"])
def test_every_order_of_events_means_what_it_meant(job: str) -> None:
    known, state = GOLDEN["jobs"][job], STATES[job.rjust(64, "0")]
    now = {"attempt": state.attempt, "status": state.status.value, "id": state.id, "failures": state.failures}
    assert {**now, "repeats": state.repeats} == {name: known[name] for name in (*now, "repeats")}
    for lost, name in ((AfterLoss.LOOK_UP, "keyed"), (AfterLoss.RESEND, "no key")):
        for when, seconds in TIMES.items():
            at = GOLDEN["now"] + seconds
            steps = [next_step(state, policy, now=at, lost=lost) for policy in POLICIES]
            asked = replace(state, redo=Wish(state.attempt, ""))
            steps.append(next_step(asked, Policy(), now=at, lost=lost))
            assert [step.name for step in steps] == known[f"{name}, {when}"], (name, when)


def test_the_golden_file_has_every_job_of_the_resume_file() -> None:
    assert {job.rjust(64, "0") for job in GOLDEN["jobs"]} == set(STATES)
    assert NEW not in STATES.values()


def test_a_rehearsal_that_was_killed_goes_on_and_nothing_is_ordered_twice(tmp_path: Path) -> None:
    shutil.copytree(EARLIER, tmp_path, dirs_exist_ok=True)
    before = events(tmp_path / "earlier.csv.sandbox.resume.jsonl")
    done = bulkgen(tmp_path, "run", "earlier.csv", "--sandbox")
    assert done.returncode == Exit.SOME_FAILED, done.stderr
    lines = results(tmp_path, "earlier.sandbox.results.csv")
    assert Counter(line["result_status"] for line in lines) == {"done": 23, "failed": 1}
    orders = [line for line in events(tmp_path / "earlier.csv.sandbox.state.json") if "key" in line]
    assert len(orders) == 24 + 2  # what fails is tried again within the run
    assert max(Counter(order["key"] for order in orders if order["key"]).values()) == 1
    assert events(tmp_path / "earlier.csv.sandbox.resume.jsonl")[: len(before)] == before
    known = {event["id"] for event in before if "fingerprint" in event and "id" in event}
    assert known <= {line["result_id"] for line in lines}
