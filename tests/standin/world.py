"""The account: who may ask, what goes wrong, where a request goes. No sockets, no waiting, no clock of its own.

`receive` takes a complete request and gives the reply with its manners; whoever carries it (`server`, `virtual`)
does the waiting and the rudeness. Money is taken inside `receive`, so on arrival, whatever becomes of the answer.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import formatdate
from functools import partial
from typing import Any

from tests.standin import media
from tests.standin.catalogue import Catalogue
from tests.standin.checkout import Checkout
from tests.standin.faults import Faults, Terms
from tests.standin.jobs import Floor, Job
from tests.standin.judge import Unfit, judge_answer, judge_request
from tests.standin.ledger import Ledger
from tests.standin.messages import Json, Refusal, Reply, Request, error_reply, page_reply
from tests.standin.reads import Reads
from tests.standin.settings import Settings, retry_after_header

_ID = "([^/]+)"

#: Where a redirect leads to: another host, which no key belongs to.
ELSEWHERE = "/_elsewhere"


class World:
    """HeyGen, as far as one account sees it."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        ledger: Ledger | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings or Settings()
        self.ledger = ledger or Ledger()
        self.floor = Floor()
        self.catalogue = Catalogue(self.settings.templates)
        self.requests = 0
        self.counts: Counter[str] = Counter()
        #: Names of recordings that were made.
        self.recordings: set[str] = set()
        self._clock = clock
        self._faults = Faults(self.settings)
        self._paces: dict[str, deque[float]] = {"GET": deque(), "POST": deque()}
        self._late: dict[int, tuple[float, Request]] = {}
        self._late_answers: dict[int, Reply] = {}
        self._latency = random.Random(f"{self.settings.seed}:latency")
        reads, checkout = Reads(self), Checkout(self)
        self._reads: list[tuple[re.Pattern[str], Callable[..., Reply]]] = [
            (re.compile(pattern), handler)
            for pattern, handler in (
                ("/v3/users/me", reads.me),
                ("/v3/templates", reads.templates),
                (f"/v3/templates/{_ID}", reads.template),
                ("/v3/videos", partial(reads.jobs, "videos")),
                ("/v3/videos/statuses", partial(reads.statuses, "videos")),
                (f"/v3/videos/{_ID}", partial(reads.job, "videos")),
                ("/v3/video-translations", partial(reads.jobs, "translations")),
                ("/v3/video-translations/languages", reads.languages),
                ("/v3/video-translations/statuses", partial(reads.statuses, "translations")),
                (f"/v3/video-translations/{_ID}", partial(reads.job, "translations")),
                ("/v3/voices", reads.voices),
                (f"/v3/voices/{_ID}", reads.voice),
                ("/v3/avatars/looks", reads.looks),
                (f"/v3/avatars/looks/{_ID}", reads.look),
                ("/v3/folders", reads.folders),
            )
        ]
        self._paid: list[tuple[re.Pattern[str], Callable[..., Reply]]] = [
            (re.compile(pattern), handler)
            for pattern, handler in (
                (f"/v3/templates/{_ID}", checkout.template),
                ("/v3/videos", checkout.avatar),
                ("/v3/video-translations", checkout.translation),
                ("/v3/voices/speech", checkout.speech),
            )
        ]

    @property
    def now(self) -> float:
        return self._clock() + self.settings.clock_offset

    # What a test does ---------------------------------------------------------------------------------------------

    def change(self, **changes: Any) -> None:
        """Changes settings; a new script counts from one. Raises `ValueError` for what is no setting."""
        self._settle()
        settings = self.settings.changed(changes)
        if changes.keys() & {"script", "faults", "seed"}:
            self._faults = Faults(settings)
        self.settings = settings
        self.catalogue = Catalogue(settings.templates)
        self.ledger.write("settings", self.now, **changes)

    def plant(self, family: str = "videos", **facts: Any) -> str:
        """Puts a completed job of somebody else into the account; gives its id.

        `facts` are those of a job: `title`, `callback_id`, `folder_id`, `created`, `language`, `failure`.
        """
        number = len(self.floor.jobs) + 1
        created = float(facts.pop("created", self.now))
        known = {"title": None, "callback_id": None, "folder_id": None, **facts}
        job = Job(number, f"planted_{number:05}", family, created=created, ends=created, ended=True, **known)
        self.floor.add(job)
        return job.id

    def state(self) -> Json:
        """Figures: requests so far, by route too, jobs in progress, jobs and charges in all."""
        self._settle()
        return {
            "requests": self.requests,
            "counts": dict(self.counts),
            "in_progress": self.floor.in_progress,
            "jobs": len(self.floor.jobs),
            "charges": len(self.ledger.charges),
        }

    # What a request meets -----------------------------------------------------------------------------------------

    def receive(self, request: Request) -> Reply:
        """A request that arrived complete, with whatever fault is due.

        Raises `Unfit` for a request that HeyGen's schemas don't have, and so says the ledger.
        """
        self.requests += 1
        self._settle()
        self._watch_key(request)
        if _of_api(request):
            self._judge(request, partial(judge_request, request))
        span = self.settings.post_seconds if request.method == "POST" else self.settings.get_seconds
        terms = Terms(self._latency.uniform(*span))
        fault = self._faults.choose(request)
        if fault is None:
            return self.answer(request, terms)

        facts = {"method": request.method, "path": request.path, "key": request.key}
        self.ledger.write("fault", self.now, **facts, fault=fault.text)
        try:
            reply = fault.play(partial(self.answer, request), terms)
        except Refusal as refusal:
            return self._refused(request, refusal, terms)

        if reply.ticket is not None:
            self._late[self.requests] = (self.now + reply.delay, request)
            return replace(reply, ticket=self.requests)

        if reply.status == 429 and fault.stage:
            reply = replace(reply, headers={**reply.headers, **retry_after_header(self.settings.retry_after)})
        if reply.headers.get("Location") == ELSEWHERE:
            port = request.headers.get("host", "").rpartition(":")[2]
            reply = replace(reply, headers={"Location": f"http://localhost:{port}{ELSEWHERE}"})
        return reply

    def late_answer(self, ticket: int) -> Reply:
        """The answer to a request that was laid aside; it is worked on when due, whether or not anybody waits."""
        self._settle()
        return self._late_answers.pop(ticket)

    def answer(self, request: Request, terms: Terms) -> Reply:
        """The true answer to a request."""
        try:
            reply = self._route(request, terms)
        except Refusal as refusal:
            return self._refused(request, refusal, terms)

        return self._dressed(request, reply, terms)

    def _judge(self, request: Request, verdict: Callable[[], None]) -> None:
        if not self.settings.judged or self.settings.status_word:  # a word that is in no schema
            return

        try:
            verdict()
        except Unfit as unfit:
            self.ledger.write("unfit", self.now, path=request.path, why=str(unfit))
            raise

    def _refused(self, request: Request, refusal: Refusal, terms: Terms) -> Reply:
        facts = {"method": request.method, "path": request.path, "key": request.key}
        said = {"code": refusal.code, "param": refusal.param, "message": refusal.message}
        self.ledger.write("refusal", self.now, **facts, status=refusal.status, **said)
        headers: Mapping[str, str] = {}
        if refusal.code == "rate_limit_exceeded":
            headers = retry_after_header(refusal.retry_after or self.settings.retry_after)
        reply = error_reply(refusal.status, refusal.code, refusal.message, refusal.param, headers)
        return self._dressed(request, reply, terms)

    def _dressed(self, request: Request, reply: Reply, terms: Terms) -> Reply:
        if _of_api(request):
            self._judge(request, partial(judge_answer, request, reply.status, reply.body))
        own = {"X-Request-Id": f"standin-{self.requests}", "Date": formatdate(self.now, usegmt=True)}
        return replace(reply, delay=terms.delay, headers={**reply.headers, **own})

    def _route(self, request: Request, terms: Terms) -> Reply:
        path = request.path
        if path.startswith("/media/"):
            self.counts["GET /media"] += 1
            name = path.removeprefix("/media/")
            known = name in self.recordings or name.partition(".")[0] in self.floor.jobs
            return media.serve(request, self.now, self.settings.media_bytes, known)

        if path == ELSEWHERE:
            return page_reply(200, "Somebody else's host")

        tables = {"GET": self._reads, "POST": self._paid}
        for pattern, handler in tables.get(request.method, ()):
            if found := pattern.fullmatch(path):
                self.counts[f"{request.method} {pattern.pattern.replace(_ID, '{id}')}"] += 1
                self._admit(request)
                return handler(request, terms, *found.groups())

        if any(pattern.fullmatch(path) for table in tables.values() for pattern, _ in table):
            return page_reply(405, "Method Not Allowed")

        return page_reply(404, "Not Found")

    def _admit(self, request: Request) -> None:
        """The key is right, and requests don't come too fast."""
        if request.headers.get("x-api-key") != self.settings.key:
            raise Refusal(401, "unauthorized", "Invalid API key.")

        settings, now = self.settings, self.now
        limit = settings.rate_per_minute if request.method == "POST" else settings.reads_per_minute
        pace = self._paces[request.method]
        while pace and pace[0] <= now - 60:
            pace.popleft()
        if limit is not None and len(pace) >= limit:
            raise Refusal(429, "rate_limit_exceeded", "Too many requests.")

        pace.append(now)

    def _watch_key(self, request: Request) -> None:
        """The key goes to the API alone, and only in its header."""
        what = [name for name in ("x-api-key", "authorization", "cookie") if name in request.headers]
        if request.path.startswith("/media/") or request.path == ELSEWHERE:
            if self.settings.key in request.target or any(
                self.settings.key in value for value in request.headers.values()
            ):
                what.append("the key itself")
            if what:
                self.ledger.write("leak", self.now, path=request.path, what=", ".join(what))
        elif self.settings.key in request.target:
            self.ledger.write("leak", self.now, path=request.path, what="the key in the address")

    def _settle(self) -> None:
        """Does what was due by now: late requests are worked on, jobs end."""
        for ticket in [ticket for ticket, (due, _) in self._late.items() if due <= self.now]:
            self._late_answers[ticket] = self.answer(self._late.pop(ticket)[1], Terms())
        if not self.settings.never_ends:
            for job in self.floor.settle(self.now):
                status = "completed" if job.failure is None else "failed"
                self.ledger.write("end", job.ends, id=job.id, status=status, code=job.failure)


def _of_api(request: Request) -> bool:
    return not request.path.startswith("/media/") and request.path != ELSEWHERE
