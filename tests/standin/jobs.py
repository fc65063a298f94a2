"""Jobs in progress, their ends, and how HeyGen would tell of them."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from tests.standin.messages import Json

#: The two collections: their word for a job at work, and the extension of what they make.
WORKING = {"videos": "processing", "translations": "running"}

#: The share of its time that a job waits before somebody works on it.
_WAITING = 0.1


@dataclass(slots=True)
class Job:
    number: int
    id: str
    family: str
    title: str | None
    callback_id: str | None
    folder_id: str | None
    created: float
    ends: float
    #: The failure_code it ends with; None for a good job.
    failure: str | None = None
    language: str | None = None
    captioned: bool = False
    audio_only: bool = False
    ended: bool = False
    #: How often somebody asked for it, and for its links since it is complete.
    looks: int = 0
    link_looks: int = 0

    def status(self, now: float, word: str = "") -> str:
        if self.ended:
            return "completed" if self.failure is None else "failed"

        waiting = now < self.created + _WAITING * (min(self.ends, self.created + 60) - self.created)
        return "pending" if waiting else word or WORKING[self.family]

    def in_bulk(self, now: float, word: str = "") -> Json:
        """The job as `/statuses` lists it."""
        status = self.status(now, word)
        word = {"pending": "queued", "running": "processing"}.get(status, status)
        error = {"code": self.failure, "message": self._failure_message} if status == "failed" else None
        return {"video_id": self.id, "status": word, "error": error, "batch_id": None, "item_index": None}

    def video(self, now: float, link: Callable[[str], str | None], word: str = "") -> Json:
        """HeyGen's VideoDetail; `link` makes the link of a file, or None while there is none."""
        status = self.status(now, word)
        good = status == "completed"
        return {
            "id": self.id,
            "status": status,
            "title": self.title,
            "created_at": int(self.created),
            "completed_at": int(self.ends) if self.ended else None,
            "video_url": link(f"{self.id}.mp4") if good else None,
            "captioned_video_url": link(f"{self.id}.captioned.mp4") if good and self.captioned else None,
            "subtitle_url": link(f"{self.id}.srt") if good else None,
            "thumbnail_url": link(f"{self.id}.jpg") if good else None,
            "gif_url": None,
            "duration": 12.5 if good else None,
            "folder_id": self.folder_id,
            "output_language": None,
            "failure_code": self.failure or None if status == "failed" else None,
            "failure_message": self._failure_message if status == "failed" else None,
            "video_page_url": f"https://app.heygen.com/videos/{self.id}" if good else None,
        }

    def translation(self, now: float, link: Callable[[str], str | None], word: str = "") -> Json:
        """HeyGen's VideoTranslationDetail, which has a failure's message but no code."""
        status = self.status(now, word)
        good = status == "completed"
        return {
            "id": self.id,
            "status": status,
            "title": self.title,
            "input_language": "English",
            "output_language": self.language,
            "duration": 12.5 if good else None,
            "translate_audio_only": self.audio_only,
            "video_url": link(f"{self.id}.mp4") if good and not self.audio_only else None,
            "audio_url": link(f"{self.id}.mp3") if good and self.audio_only else None,
            "srt_caption_url": link(f"{self.id}.srt") if good else None,
            "vtt_caption_url": link(f"{self.id}.vtt") if good else None,
            "callback_id": self.callback_id,
            "created_at": int(self.created),
            "failure_message": self._failure_message if status == "failed" else None,
        }

    @property
    def _failure_message(self) -> str:
        return f"The stand-in let this job fail ({self.failure or 'no code'})."


class Floor:
    """All jobs of the account; those in progress hold a slot."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.in_progress = 0
        self._due: list[tuple[float, int, Job]] = []

    def add(self, job: Job) -> None:
        self.jobs[job.id] = job
        if not job.ended:
            self.in_progress += 1
            if job.ends < inf:
                heapq.heappush(self._due, (job.ends, job.number, job))

    def settle(self, now: float) -> list[Job]:
        """Ends what is due; gives those jobs, in the order of their ends."""
        ended = []
        while self._due and self._due[0][0] <= now:
            job = heapq.heappop(self._due)[2]
            job.ended = True
            self.in_progress -= 1
            ended.append(job)
        return ended

    def of(self, family: str) -> list[Job]:
        """The newest first."""
        return [job for job in reversed(self.jobs.values()) if job.family == family]
