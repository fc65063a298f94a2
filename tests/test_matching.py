"""What an item of HeyGen's list proves of a lost job: table by table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bulkgen.engine.matching import LATEST_NAMESAKE, LOOK_UP_SLACK, NAMESAKE_SLACK, Match, match
from bulkgen.ledger.state import State
from bulkgen.model import Job, idempotency_key, made_title
from tests.making import avatar_job, hyperframes_job, lipsync_job, translation_job

SENT = 1_000_000.0
JOB = avatar_job()
MADE = made_title("leads", 2, JOB.fingerprint)


def found(job: Job = JOB, title: str = "Welcome", *, clock_back: bool = False, **item: Any) -> Match | None:
    state = State(1, "submitting", titles=(title,), first_sent=SENT, last_sent=SENT, clock_back=clock_back)
    return match({"title": title, "created_at": SENT, **item}, job, state)


@pytest.mark.parametrize(
    "job", [JOB, translation_job(), lipsync_job(), hyperframes_job()], ids=["video", "translation", "lipsync", "render"]
)
def test_our_callback_id_is_proof_at_any_time_and_anothers_says_that_it_is_not_ours(job: Job) -> None:
    assert found(job, callback_id=idempotency_key(job.fingerprint, 1), created_at=0) is Match.PROVEN
    assert found(job, callback_id=idempotency_key(job.fingerprint, 2)) is None


def test_a_title_that_bulkgen_made_is_proof_if_the_time_fits_or_no_clock_can_tell() -> None:
    assert found(title=MADE) is Match.PROVEN
    assert found(title=MADE, created_at=SENT - LOOK_UP_SLACK) is Match.PROVEN
    assert found(title=MADE, created_at=SENT + LOOK_UP_SLACK + 1) is Match.NAMESAKE
    assert found(title=MADE, created_at=SENT + 9e6, clock_back=True) is Match.PROVEN


@pytest.mark.parametrize(
    ("item", "matched"),
    [
        ({}, Match.LIKELY),
        ({"folder_id": None, "output_language": None}, Match.LIKELY),
        ({"folder_id": "f_2"}, Match.NAMESAKE),
        ({"output_language": "French"}, Match.NAMESAKE),
        ({"created_at": SENT - NAMESAKE_SLACK - 1}, None),
        ({"created_at": SENT + LATEST_NAMESAKE}, Match.LIKELY),
        ({"created_at": SENT + LATEST_NAMESAKE + 1}, None),
        ({"created_at": None}, None),
    ],
)
def test_a_title_of_the_persons_own_proves_nothing_by_itself(item: dict[str, Any], matched: Match | None) -> None:
    assert found(**item) is matched
    assert found(clock_back=True, **item) is matched


def test_the_folder_and_the_language_of_the_job_itself_fit() -> None:
    job = translation_job()
    theirs = job.request.model_copy(update={"callback_id": "crm-7", "folder_id": "f_1"})
    mine = replace(job, request=theirs.model_validate(theirs.model_dump(exclude_unset=True)))
    fits: dict[str, Any] = {"callback_id": "crm-7", "output_language": "french"}
    assert found(mine, **fits) is Match.LIKELY
    assert found(mine, **fits, folder_id="f_1") is Match.LIKELY
    assert found(mine, **fits, folder_id="f_2") is Match.NAMESAKE
    assert found(mine, callback_id="crm-7", output_language="German") is Match.NAMESAKE
