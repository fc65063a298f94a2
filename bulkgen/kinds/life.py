"""The life of a job at HeyGen, from its POST to its end, told as data: what the engine knows of a kind.

Pure. A life has stages, and each is a collection of HeyGen's API that the job is asked about in:

* none: the answer to the POST is the result; no slot is held and nothing is asked for;
* one: created, asked about, collected;
* several: a job of one stage ends by naming the id that it goes on under in the next (a session, then its video).

In any stage a job may wait for the person. One job may end in several results, its parts. Whoever reads HeyGen's
answers reads them with the small readers here.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum, auto

from bulkgen.kinds.expiry import SOON, earliest_end
from bulkgen.kinds.spoken_words import Word, finite
from bulkgen.model import Job, idempotency_key

#: What of a result can be kept as a file: the main one, and what may be beside it, by the names of their links.
MAIN_FILE = "video"
FURTHER_FILES = ("captions", "thumbnail", "audio", "gif")


class AfterLoss(Enum):
    """What may be done when the answer to a paid POST was lost."""

    RESEND = auto()  # no Idempotency-Key, and nothing else gives a result: sent again, and counted
    LOOK_UP = auto()  # the same key while it lives; then found in the account, or unknown
    UNKNOWN = auto()  # no Idempotency-Key: found in the account, or unknown; never sent again by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where a finished job's results are. All but `page` are presigned and expire.

    `expire_at`: when the first of them does (Unix seconds); None where none does, or nobody knows when they were given.
    """

    video: str = ""
    audio: str = ""
    page: str = ""
    captions: str = ""
    thumbnail: str = ""
    gif: str = ""
    expire_at: float | None = None

    @property
    def presigned(self) -> tuple[str, ...]:
        """Those that expire, as far as there are any."""
        return tuple(filter(None, (self.video, self.audio, self.captions, self.thumbnail, self.gif)))

    def given(self, at: float) -> Links:
        """The same links, which HeyGen gave at that time (Unix seconds): with when they expire."""
        return replace(self, expire_at=earliest_end(self.presigned, at))

    def work_at(self, moment: float) -> bool:
        """Whether they still work then (Unix seconds), as far as is known."""
        return self.expire_at is not None and moment < self.expire_at

    def due(self, now: float) -> bool:
        """Whether they are to be renewed at `now` (Unix seconds): they have expired, or will soon."""
        return not self.work_at(now + SOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of several results of a job. `duration` in seconds; `note`: what HeyGen says of it beside its title.

    `fault`: why HeyGen did not make this one, though it made others; such parts stand behind the good ones.
    """

    id: str = ""
    title: str = ""
    note: str = ""
    links: Links = field(default_factory=Links)
    duration: float | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a paid POST gave: the job's id, and for a job answered at once its link, duration (seconds) and words.

    `parts`: the results of a job answered at once, where it has several; their links come only once, as its own.
    """

    id: str
    link: str = ""
    duration: float | None = None
    _: KW_ONLY
    words: tuple[Word, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def has_result(self) -> bool:
        return bool(self.link or self.parts)


@dataclass(frozen=True, slots=True)
class Detail:
    """A job as HeyGen's detail call tells it; `status` is `running`, `review`, `completed` or `failed`.

    `review`: it waits for the person; `message` is what HeyGen says to them, `links.page` where they answer. Of a job
    with several results (`parts`) `links` are those of the first.
    """

    status: str
    links: Links = field(default_factory=Links)
    duration: float | None = None
    _: KW_ONLY
    finished_at: str = ""
    #: Why it failed; of one that is completed, why there will be no result.
    code: str = ""
    message: str = ""
    #: The id that the job goes on under in the next stage of its life; "" while there is none.
    next_id: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def has_result(self) -> bool:
        """Whether all is there that it leads to."""
        links = [part.links for part in self.parts if not part.fault] or [self.links]
        return all(each.video or each.audio for each in links)

    def given(self, at: float) -> Detail:
        """The same, with links that HeyGen gave at that time (Unix seconds): all of them expire with the first."""
        every = [*self.links.presigned, *(link for part in self.parts for link in part.links.presigned)]
        until = earliest_end(every, at)
        parts = [replace(part, links=replace(part.links, expire_at=until)) for part in self.parts]
        return replace(self, links=replace(self.links, expire_at=until), parts=tuple(parts))

    def of_part(self, number: int, part_id: str) -> Detail:
        """As if this part were all of it: the one with that id, if it has one, else that number, from 1; itself for 0.

        Where there is none it has no links.
        """
        if not number:
            return self

        found = [part for part in self.parts if part.id == part_id] if part_id else self.parts[number - 1 : number]
        part = found[0] if found else Part()
        return replace(self, links=part.links, duration=part.duration, parts=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Jobs that are asked about together: one collection of HeyGen's API."""

    path: str
    read: Callable[[Mapping[str, object]], Detail]
    #: The parameter of the bulk call that takes the ids; "" where there is no bulk call.
    ids_param: str = ""
    #: HeyGen's words for a job that waits for the person.
    review_words: frozenset[str] = frozenset()
    #: The collection's list can be narrowed by title.
    by_title: bool = False

    @property
    def statuses_path(self) -> str:
        return f"{self.path}/statuses"

    def detail_path(self, job_id: str) -> str:
        return f"{self.path}/{job_id}"


@dataclass(frozen=True, slots=True)
class Post:
    """A request as it is sent; `key` is its `Idempotency-Key`, None where the endpoint takes none."""

    path: str
    body: Mapping[str, object]
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How a job of one kind goes from its POST to its end."""

    #: Reads the answer to the POST.
    accepted: Callable[[Mapping[str, object]], Accepted]
    lost: AfterLoss = AfterLoss.LOOK_UP
    stages: tuple[Collection, ...] = ()
    #: The POST takes a title; and a callback id.
    takes_title: bool = True
    takes_callback: bool = True

    @property
    def at_once(self) -> bool:
        """The answer to the POST is the result."""
        return not self.stages

    def post(self, job: Job, attempt: int, assets: Mapping[str, str] | None = None) -> Post:
        """The one request of an attempt: the same however often it is sent. `assets`: the ids of files, by digest."""
        key, body = idempotency_key(job.fingerprint, attempt), job.body_with(assets or {})
        body = {"callback_id": key, **body} if self.takes_callback else body
        return Post(job.path, body, key if self.lost is AfterLoss.LOOK_UP else None)

    def collection(self, stage: int) -> Collection:
        """Where a job is asked about in this stage; one beyond the last, of a later release, counts as the last."""
        return self.stages[min(stage, len(self.stages) - 1)]


def text_of(data: Mapping[str, object], name: str) -> str:
    """A field of an answer as text; "" where it is null, absent or no text."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def id_of(item: Mapping[str, object]) -> str:
    """The id of an item of a list of HeyGen's, by whichever name it goes there."""
    return text_of(item, "id") or text_of(item, "video_id")


def number_of(data: Mapping[str, object], name: str) -> float | None:
    return finite(data.get(name))


def time_of(data: Mapping[str, object], name: str) -> str:
    """A Unix time of an answer as ISO 8601 in UTC."""
    seconds = number_of(data, name)
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
    except (OverflowError, ValueError, OSError):
        return ""


def status_of(data: Mapping[str, object], review_words: Container[str] = ()) -> str:
    """`completed` and `failed` end a job; every other word, known or not, means that it is still running."""
    word = text_of(data, "status").casefold()
    if word in review_words:
        return "review"

    return word if word in ("completed", "failed") else "running"
