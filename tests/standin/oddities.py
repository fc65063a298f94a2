"""True answers, told as oddly as HeyGen sometimes does: a job that is not found yet, a link that is missing still."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bulkgen.sandbox.messages import Answer, Refusal
from tests.standin.settings import Settings

_LISTS = (
    "GET /v3/videos",
    "GET /v3/video-translations",
    "GET /v3/lipsyncs",
    "GET /v3/hyperframes/renders",
    "GET /v3/ai-clipping",
)
_TELLING = tuple(f"{name}{part}" for name in _LISTS for part in ("", "/{id}", "/statuses"))


class Oddities:
    def __init__(self) -> None:
        #: How often somebody asked for a job, and for its links since it is complete.
        self._looks: Counter[str] = Counter()
        self._link_looks: Counter[str] = Counter()

    def told(self, answer: Answer, settings: Settings, due: Callable[[str], bool]) -> Answer:
        """`due`: whether a completed job has had its links for long enough."""
        odd = settings.status_word or settings.not_found_looks or settings.link_null_looks or settings.link_null_seconds
        if not odd or answer.status != 200 or answer.call not in _TELLING:
            return answer

        content = json.loads(answer.body)
        for item in content["data"] if isinstance(content["data"], list) else [content["data"]]:
            job_id = item.get("id") or item.get("render_id") or item["video_id"]
            if answer.call not in _LISTS and self._is_missed(job_id, settings):
                if answer.call.endswith("{id}"):
                    code = "video_not_found" if answer.call.startswith(_LISTS[0] + "/") else "not_found"
                    return Refusal(404, code, f"{job_id} not found.").answer()

                item["status"] = "not_found"
            if settings.status_word and item["status"] in ("processing", "running", "rendering"):
                item["status"] = settings.status_word
            if "video_id" not in item and item["status"] == "completed" and not self._has_links(job_id, settings, due):
                _without_links(item)
        return replace(answer, body=json.dumps(content).encode())

    def _is_missed(self, job_id: str, settings: Settings) -> bool:
        self._looks[job_id] += 1
        return settings.not_found_looks < 0 or self._looks[job_id] <= settings.not_found_looks

    def _has_links(self, job_id: str, settings: Settings, due: Callable[[str], bool]) -> bool:
        self._link_looks[job_id] += 1
        return 0 <= settings.link_null_looks < self._link_looks[job_id] and due(job_id)


def _without_links(item: dict[str, Any]) -> None:
    for name in item:
        if name.endswith("_url") and name != "video_page_url":
            item[name] = None
    for clip in item.get("clips", ()):
        clip["video_url"] = None
