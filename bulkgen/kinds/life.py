"""The life of a job at HeyGen, from its POST to its end, told as data: what the engine knows of a kind.

Pure. A life has stages, and each is a collection of HeyGen's API that the job is asked about in:

* none: the answer to the POST is the result; no slot is held (nor by what is no render), and nothing is asked for;
* one: created, asked about, collected;
* several: a job of one stage ends by naming the id that it goes on under in the next (a session, then its video).

In any stage a job may wait for the person (`turn`): it goes on with their answer, which may be paid for. What HeyGen
says of it there, each collection reads as the same few things (`outcome`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from enum import Enum, auto

from bulkgen.kinds.answers import text_of
from bulkgen.kinds.outcome import Accepted, Detail
from bulkgen.model import Answer, Job, Reference, idempotency_key


class AfterLoss(Enum):
    """What may be done when the answer to a paid POST was lost."""

    RESEND = auto()  # no Idempotency-Key, and nothing else gives a result: sent again, and counted
    LOOK_UP = auto()  # the same key while it lives; then found in the account, or unknown
    UNKNOWN = auto()  # no Idempotency-Key: found in the account, or unknown; never sent again by itself


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
    """The files that a person needs to answer: where they are asked for, below the job, and their links by what they
    are."""

    path: str
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
    #: By what names the id of an item goes in that list; the first that it has is its id.
    id_names: tuple[str, ...] = ("id",)
    #: What the list is asked with, and whether it shows jobs as `read` takes them.
    list_params: Mapping[str, str] = field(default_factory=dict)
    lists_details: bool = True
    #: The events by which HeyGen's webhooks tell that one of them has ended, or waits; none where there are none.
    events: tuple[str, ...] = ()

    def id_of(self, item: Mapping[str, object]) -> str:
        """The id of an item of the list; "" for one that names none."""
        return next(filter(None, (text_of(item, name) for name in self.id_names)), "")

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
