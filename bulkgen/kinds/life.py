"""The life of a job at HeyGen, from its POST to its end, told as data: what the engine knows of a kind.

Pure. A life has stages, and each is a collection of HeyGen's API that the job is asked about in:

* none: the answer to the POST is the result; no slot is held (nor by what is no render), and nothing is asked for;
* one: created, asked about, collected;
* several: a job of one stage ends by naming the id that it goes on under in the next (a session, then its video).

In any stage a job may wait for the person (`turn`): it goes on with their answer, which may be paid for. One job may
end in several results, its parts. Whoever reads HeyGen's answers reads them with the small readers here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum, auto

from bulkgen.kinds.expiry import SOON, earliest_end
from bulkgen.kinds.spoken_words import Word, finite
from bulkgen.model import Answer, Job, Reference, idempotency_key

#: What of a result can be kept as a file: the main one, and what may be beside it, by the names of their links.
MAIN_FILE = "video"
FURTHER_FILES = ("captions", "thumbnail", "audio", "gif", "vtt", "clean")


class AfterLoss(Enum):
    """What may be done when the answer to a paid POST was lost."""

    RESEND = auto()  # no Idempotency-Key, and nothing else gives a result: sent again, and counted
    LOOK_UP = auto()  # the same key while it lives; then found in the account, or unknown
    UNKNOWN = auto()  # no Idempotency-Key: found in the account, or unknown; never sent again by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where a finished job's results are. All but `page` are presigned and expire.

    `captioned`: the video with its captions burned in, beside the clean one, where that was asked for; `vtt`: the
    captions in WebVTT, beside those in SRT. `expire_at`: when the first of them does (Unix seconds); None where none
    does, or nobody knows when they were given.
    """

    video: str = ""
    audio: str = ""
    page: str = ""
    captions: str = ""
    thumbnail: str = ""
    gif: str = ""
    captioned: str = ""
    vtt: str = ""
    expire_at: float | None = None

    @property
    def presigned(self) -> tuple[str, ...]:
        """Those that expire, as far as there are any."""
        sound, pictures = (self.audio, self.captions, self.vtt), (self.thumbnail, self.gif)
        return tuple(filter(None, (self.video, self.captioned, *sound, *pictures)))

    @property
    def asked_for(self) -> str:
        """The video as the person asked for it: with its captions, where they were to be burned in."""
        return self.captioned or self.video

    @property
    def clean(self) -> str:
        """The video without the captions that the other one has; "" where there is only one."""
        return self.video if self.captioned else ""

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
    #: The text that it was made from, where HeyGen repeats it; and when (Unix seconds), where only this call tells it.
    prompt: str = ""
    created_at: float | None = None
    #: Digests (`Answer.word`) of what the person has said since HeyGen last asked them something, as far as it shows.
    heard: tuple[str, ...] = ()
    #: Its id is the result, whether or not there is a link to anything.
    by_id: bool = False
    parts: tuple[Part, ...] = ()

    @property
    def has_result(self) -> bool:
        """Whether all is there that it leads to."""
        if self.by_id:
            return True

        links = [part.links for part in self.parts if not part.fault] or [self.links]
        return all(each.asked_for or each.audio for each in links)

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


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it is sent; `key` is its `Idempotency-Key`, None where the endpoint takes none."""

    path: str
    body: Mapping[str, object]
    key: str | None
    _: KW_ONLY
    method: str = "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a job waits with: its id, the key of its attempt, and the ids of files at HeyGen by their digests."""

    id: str
    key: str
    assets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How a job that waits for the person in a stage goes on with their answer."""

    #: What is sent, in this order; only the last one changes more than what waits. Each may be repeated.
    calls: Callable[[Job, Answer, Asked], Sequence[Call]]
    #: Reads the answer to the last call: the id that the job goes on under in the next stage. None: it goes on in the
    #: same stage, under the id that it has.
    next_id: Callable[[Mapping[str, object]], str] | None = None
    #: The last call takes an `Idempotency-Key`, and what it made is found in the next stage by callback id or title.
    #: Without a key the job is asked first, and nothing is sent where it does not wait, or has heard the answer.
    keyed: bool
    #: Whether this job takes any answer at all.
    takes: Callable[[Job], bool] = lambda _job: True
    #: What the person does to answer, as an order; `{name}` stands for the paper of that name.
    how: str
    #: What the price of this step depends on, beside what that of the job does; empty: it costs nothing by itself.
    priced: Mapping[str, str] = field(default_factory=dict)
    #: The paper that the person may change: it goes along with the answer then. "" for none.
    edited: str = ""

    @property
    def lost(self) -> AfterLoss:
        """What may be done when its answer was lost."""
        return AfterLoss.LOOK_UP if self.keyed else AfterLoss.RESEND


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The files that a person needs to answer: the part of a job where they are asked for, and their links by what
    they are."""

    part: str
    links: Callable[[Mapping[str, object]], Mapping[str, str]]
    #: Those that every job has; others are only fetched along with them.
    names: frozenset[str] = frozenset({"edit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Jobs that are asked about together: one collection of HeyGen's API."""

    path: str
    read: Callable[[Mapping[str, object]], Detail]
    #: The parameter of the bulk call that takes the ids; "" where there is no bulk call.
    ids_param: str = ""
    #: HeyGen's words for a job that waits for the person.
    review_words: frozenset[str] = frozenset()
    #: HeyGen has a list of it, where a job can be found; and that list can be narrowed by title.
    listed: bool = True
    by_title: bool = False
    #: What becomes of the person's answer, where a job may wait for one; and what they answer by.
    turn: Turn | None = None
    papers: Papers | None = None
    #: What the list is asked with, and whether it shows jobs as `read` takes them.
    list_params: Mapping[str, str] = field(default_factory=dict)
    lists_details: bool = True

    @property
    def statuses_path(self) -> str:
        return f"{self.path}/statuses"

    def detail_path(self, job_id: str) -> str:
        return f"{self.path}/{job_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How a job of one kind goes from its POST to its end."""

    #: Reads the answer to the POST; raises `ApiError` for one that says no in other words.
    accepted: Callable[[Mapping[str, object]], Accepted]
    lost: AfterLoss = AfterLoss.LOOK_UP
    stages: tuple[Collection, ...] = ()
    #: What it makes is a file; what makes nothing but something with an id holds no slot.
    renders: bool = True
    #: The POST takes a title; and a callback id.
    takes_title: bool = True
    takes_callback: bool = True
    #: The text of a job that HeyGen repeats in its detail. Where it is known, no list tells a callback id or a title of
    #: ours: a job whose answer was lost is recognised by it.
    prompt: Callable[[Job], str] | None = None

    def prompt_digest(self, job: Job) -> str:
        """What the resume file keeps of that text; "" where there is none to recognise a job by."""
        return digest_of(self.prompt(job)) if self.prompt else ""

    @property
    def at_once(self) -> bool:
        """The answer to the POST is the result."""
        return not self.stages

    @property
    def repeatable(self) -> bool:
        """Asked for again it finds the same, and nothing new is made or paid."""
        return self.lost is AfterLoss.RESEND and not self.renders

    @property
    def holds_slot(self) -> bool:
        return self.renders and not self.at_once

    def post(
        self,
        job: Job,
        attempt: int,
        assets: Mapping[str, str] | None = None,
        made: Mapping[Reference, str] | None = None,
    ) -> Call:
        """The one request of an attempt: the same however often it is sent.

        `assets`: the ids of files, by digest; `made`: of what other jobs made for it.
        """
        key, body = idempotency_key(job.fingerprint, attempt), job.body_with(assets or {}, made or {})
        body = {"callback_id": key, **body} if self.takes_callback else body
        return Call(job.path, body, key if self.lost is AfterLoss.LOOK_UP else None)

    @property
    def paid_turn(self) -> Turn | None:
        """The one turn that is paid for by itself; None without any."""
        return next((each.turn for each in self.stages if each.turn and each.turn.priced), None)

    def turn(self, stage: int) -> Turn | None:
        """What becomes of the person's answer in this stage; None where they are never asked."""
        return self.collection(stage).turn if self.stages else None

    def collection(self, stage: int) -> Collection:
        """Where a job is asked about in this stage; one beyond the last, of a later release, counts as the last."""
        return self.stages[min(stage, len(self.stages) - 1)]


def digest_of(prompt: str) -> str:
    """The SHA-256 (hex) of a text, however its blanks are set; "" for a blank one."""
    words = " ".join(prompt.split())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest() if words else ""


def text_of(data: Mapping[str, object], name: str) -> str:
    """A field of an answer as text; "" where it is null, absent or no text."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def id_of(item: Mapping[str, object]) -> str:
    """The id of an item of a list of HeyGen's, by whichever name it goes there."""
    names = ("id", "video_id", "render_id", "session_id", "voice_id")
    return next(filter(None, (text_of(item, name) for name in names)), "")


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
