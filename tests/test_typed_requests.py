"""The request that judged a row travels in its job and is what HeyGen gets: there is no second one made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import pytest
from pydantic import BaseModel

from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import Column
from bulkgen.kinds.kind import Kind, Values
from bulkgen.model import Issue, Job
from tests.making import jobs_of, table

LINK = "https://example.com/v.mp4"

#: A row of each kind that names things by their ids: a line for each kind.
ROWS: Mapping[str, Mapping[str, str]] = {
    "template": {"template_id": "tpl_1", "first_name": "Ann", "caption": "yes"},
    "avatar": {"avatar_id": "look_1", "script": "Hello", "aspect_ratio": "9:16"},
    "translation": {"video": LINK, "output_languages": "French", "mode": "precision"},
    "speech": {"text": "Hello", "voice_id": "v_1", "speed": "1.2"},
    "image": {"image": LINK, "script": "Hello", "voice_id": "v_1"},
    "lipsync": {"video": LINK, "audio": LINK, "mode": "precision"},
    "cinematic": {"prompt": "Dusk", "avatar_id": "look_1", "duration": "8"},
    "agent": {"prompt": "An update", "orientation": "landscape"},
    "proofread": {"video": LINK, "output_languages": "French", "title": "The tour"},
    "clipping": {"video": LINK, "title": "Webinar"},
    "voice": {"prompt": "A warm narrator"},
    "clone": {"audio": LINK, "voice_name": "Anna"},
    "studio": {"scene1.avatar_id": "look_1", "scene1.script": "Hello", "scene2.image": LINK, "scene2.duration": "4"},
}

KIND = pytest.mark.parametrize("kind", [kind for kind in ROWS if kind in KINDS])


def job_of(kind: str) -> Job:
    cells = {"type": kind, **ROWS[kind]}
    (job,) = jobs_of(table([*cells], [*cells.values()]))
    return job


@KIND
def test_the_request_that_was_judged_is_the_one_of_the_job(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[BaseModel | None] = []

    def judge(
        self: Kind, asked: Mapping[str, object], values: Values, columns: tuple[Column, ...]
    ) -> tuple[BaseModel | None, Sequence[Issue]]:
        request, issues = real(self, asked, values, columns)
        judged.append(request)
        return request, issues

    real = Kind.judge
    monkeypatch.setattr(Kind, "judge", judge)
    job = job_of(kind)
    assert any(job.request is request for request in judged)
    assert type(job.request) is KINDS[kind].request


@KIND
def test_what_is_sent_is_the_request_with_what_bulkgen_adds_and_nothing_else(kind: str) -> None:
    job, life = job_of(kind), KINDS[kind].life
    body = dict(life.post(job, 1).body)
    asked = job.request.model_dump(mode="json", exclude_unset=True)
    assert {name: body[name] for name in asked} == asked
    added = {*(["title"] if life.takes_title else []), *(["callback_id"] if life.takes_callback else [])}
    assert body.keys() == asked.keys() | added


@KIND
def test_a_change_of_the_request_changes_what_is_sent(kind: str) -> None:
    job = job_of(kind)
    known = KINDS[kind].request.model_fields
    name = next(each for each in ("title", "text", "prompt", "voice_name") if each in known)
    other = replace(job, request=job.request.model_copy(update={name: "marked"}))
    assert KINDS[kind].life.post(other, 1).body[name] == "marked"


def test_a_job_holds_no_body_beside_its_request() -> None:
    assert not [each.name for each in fields(Job) if "dict" in str(each.type).casefold()]
