"""HeyGen as the tests meet it: the sandbox's own world, with faults around it, a ledger of charges, and a judge.

`receive` takes a complete request and gives the reply with its manners; whoever carries it (`server`, `virtual`)
does the waiting and the rudeness. Money is taken inside `receive`, so on arrival, whatever becomes of the answer.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import formatdate
from functools import partial
from typing import Any

from bulkgen.sandbox.account import Account
from bulkgen.sandbox.messages import Answer, Refusal, Request
from bulkgen.sandbox.orders import CLIPPINGS, HYPERFRAMES, LIPSYNCS, TRANSLATIONS, VIDEOS, Order, Render, Wish
from bulkgen.sandbox.settings import Body
from bulkgen.sandbox.world import World as HeyGen
from tests.standin.catalogue import catalogue
from tests.standin.faults import Faults, Terms
from tests.standin.judge import Unfit, judge_answer, judge_request
from tests.standin.ledger import Ledger, body_hash, wish_hash
from tests.standin.messages import Json, Reply, page_reply
from tests.standin.oddities import Oddities
from tests.standin.settings import Settings, retry_after_header
from tests.standin.webhooks import Webhooks

#: Marks in any text of a body. `[refuse:CODE:STATUS]`: refused; `[fail:CODE]`: ends failed with that failure_code
#: (`[fail:]`: without one), `[fail:CODE:N]`: only the first N jobs of this wish do.
_REFUSE = re.compile(r"\[refuse:(\w+):(\d{3})\]")
_FAIL = re.compile(r"\[fail:(\w*)(?::(\d+))?\]")

#: Where a redirect leads to: another host, which no key belongs to.
ELSEWHERE = "/_elsewhere"

#: What lies at a storage host: files that were made, and files that come.
_STORAGE = ("/media/", "/storage/")

_PLAIN = Terms()

Place = tuple[str, str | None]


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
        self.requests = 0
        self.counts: Counter[str] = Counter()
        self._clock = clock
        rng = random.Random(self.settings.seed)
        self.account = Account(
            self.settings.of_account(self._failure_of),
            catalogue(self.settings.templates, self.settings.names),
            lambda: self.now,
            rng=rng,
        )
        self.webhooks = Webhooks(lambda: self.now)
        self._heygen = HeyGen(self.account, rng, more=[self.webhooks])
        self._fill_purse()
        self._faults = Faults(self.settings)
        self._oddities = Oddities()
        self._late: dict[int, tuple[float, Request]] = {}
        self._late_answers: dict[int, Reply] = {}
        #: By place: what its key was charged for, and how many repeats meet 409.
        self._wishes: dict[Place, str] = {}
        self._conflicts: Counter[Place] = Counter()
        self._made: Counter[str] = Counter()

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
        self.account.settings = settings.of_account(self._failure_of)
        self.account.catalogue = catalogue(settings.templates, settings.names)
        if changes.keys() & {"balance", "quota"}:
            self._fill_purse()
        self.ledger.write("settings", self.now, **changes)

    @property
    def stored(self) -> list[str]:
        """The digests of the files that have come whole, one for each asset."""
        return [asset.digest for asset in self._heygen.assets.known.values() if asset.complete]

    @property
    def edits(self) -> Mapping[str, str]:
        """By proofread: the asset that a person put in place of its subtitles."""
        return self._heygen.proofreads.edits

    def plant(self, family: str = "videos", **facts: Any) -> str:
        """Puts a completed job of somebody else into the account; gives its id.

        `facts`: `title`, `callback_id`, `folder_id`, `created`, `language`, `failure`, `prompt`.
        """
        collection, kind = {
            "videos": (VIDEOS, "avatar"),
            "translations": (TRANSLATIONS, "translation"),
            "lipsyncs": (LIPSYNCS, "lipsync"),
            "hyperframes": (HYPERFRAMES, "hyperframes"),
            "sessions": (VIDEOS, "agent"),
            "clippings": (CLIPPINGS, "clipping"),
        }[family]
        job_id = f"planted_{len(self.account.renders) + 1:05}"
        created = float(facts.pop("created", self.now))
        failure = facts.pop("failure", None)
        wish = Wish(
            kind=kind,
            output_language=facts.pop("language", None),
            **facts,
        )
        render = Render(id=job_id, created_at=created, ends_at=created, wish=wish, failure=failure)
        self.account.enter(Order(path=collection, key="", at=created, cents=0, renders=(render,)))
        self.account.settle()
        return job_id

    def state(self) -> Json:
        """Figures: requests so far, by call too, jobs in progress, charges in all, and files that have come."""
        self._settle()
        return {
            "requests": self.requests,
            "counts": dict(self.counts),
            "in_progress": self.account.in_progress,
            "charges": len(self.ledger.charges),
            "stored": len(self.stored),
        }

    # What a request meets -----------------------------------------------------------------------------------------

    def receive(self, request: Request) -> Reply:
        """A request that arrived complete, with whatever fault is due.

        Raises `Unfit` for a request that HeyGen's schemas don't have, and so says the ledger.
        """
        self.requests += 1
        self._settle()
        self._watch_key(request)
        if request.path == ELSEWHERE:
            return page_reply(200, "Somebody else's host")

        self._judge(request, judge_request)
        if "range" in request.headers:
            self.ledger.write("piece", self.now, path=request.path, range=request.headers["range"])
        fault = self._faults.choose(request)
        if fault is None:
            return self.answer(request)

        self.ledger.write("fault", self.now, **_facts(request), fault=fault.text)
        reply = fault.play(partial(self.answer, request), self.settings.retry_after)
        if reply.ticket is not None:
            self._late[self.requests] = (self.now + reply.delay, request)
            return replace(reply, ticket=self.requests)

        if reply.headers.get("Location") == ELSEWHERE:
            port = request.headers.get("host", "").rpartition(":")[2]
            reply = replace(reply, headers={"Location": f"http://localhost:{port}{ELSEWHERE}"})
        return reply

    def late_answer(self, ticket: int) -> Reply:
        """The answer to a request that was laid aside; it is worked on when due, whether or not anybody waits."""
        self._settle()
        return self._late_answers.pop(ticket)

    def answer(self, request: Request, terms: Terms = _PLAIN) -> Reply:
        """The true answer to a request."""
        answer = self._answer(request, terms)
        self.counts[answer.call] += bool(answer.call)
        self._record(request, answer, terms)
        self._judge(request, partial(judge_answer, status=answer.status, body=answer.body))
        answer = self._oddities.told(answer, self.settings, self._has_links)
        own = {"X-Request-Id": f"standin-{self.requests}"}
        if self.settings.dated:
            own["Date"] = formatdate(self.now, usegmt=True)
        headers = {name: value for name, value in answer.headers.items() if name != "Retry-After"}
        if len(headers) < len(answer.headers):
            own |= retry_after_header(self.settings.retry_after)
        return replace(Reply.of(answer), headers={**headers, **own})

    def _answer(self, request: Request, terms: Terms) -> Answer:
        place = (request.path, request.key)
        if request.key and self._conflicts[place] > 0:
            self._conflicts[place] -= 1
            return Refusal(409, "request_in_progress", "A request with this key is in progress.").answer()

        return self._heygen.receive(request, terms.delay)

    def _record(self, request: Request, answer: Answer, terms: Terms) -> None:
        """Writes what was charged, replayed or refused into the ledger."""
        if answer.status >= 400 and answer.headers["Content-Type"] == "application/json":
            error = json.loads(answer.body)["error"]
            said = {name: error[name] for name in ("code", "param", "message")}
            self.ledger.write("refusal", self.now, **_facts(request), status=answer.status, **said)
            if answer.status == 409:
                self.ledger.write("conflict", self.now, path=request.path, key=request.key)
        if not answer.jobs:
            return

        body, place = json.loads(request.body), (request.path, request.key)
        wish, ids = wish_hash(request.path, body), list(answer.jobs)
        facts = {"path": request.path, "key": request.key, "ids": ids, "body": body_hash(body)}
        if answer.replayed:
            self.ledger.write("replay", self.now, **facts, same_wish=self._wishes[place] == wish)
            return

        self._made[wish] += 1
        self._wishes[place] = wish
        self._conflicts[place] = terms.conflicts or self.settings.in_progress_repeats
        labels = {"title": body.get("title"), "callback_id": body.get("callback_id"), "id": ids[0], "wish": wish}
        price = len(ids) * self.settings.price
        self.ledger.write("charge", self.now, **facts, **labels, price=price, **self._unfilled(request, body))

    def _unfilled(self, request: Request, body: Json) -> Json:
        """The texts of a template that a request left out."""
        template = self.account.catalogue.templates.get(request.path.removeprefix("/v3/templates/"))
        if template is None:
            return {}

        texts = [name for name, variable in template.variables.items() if variable["type"] == "text"]
        return {"unfilled": [name for name in texts if name not in body["variables"]]}

    def _failure_of(self, path: str, body: Body) -> str | None:
        text = json.dumps(body, ensure_ascii=False)
        if told := _REFUSE.search(text):
            raise Refusal(int(told[2]), told[1], "The row asked to be refused.")

        told = _FAIL.search(text)
        if told and told[2] and self._made[wish_hash(path, body)] >= int(told[2]):
            return None

        return told[1] if told else None

    def _has_links(self, job_id: str) -> bool:
        return self.now >= self.account.renders[job_id].ends_at + self.settings.link_null_seconds

    def _judge(self, request: Request, verdict: Callable[[Request], None]) -> None:
        if not self.settings.judged or request.path.startswith(_STORAGE):
            return

        try:
            verdict(request)
        except Unfit as unfit:
            self.ledger.write("unfit", self.now, path=request.path, why=str(unfit))
            raise

    def _watch_key(self, request: Request) -> None:
        """The key goes to the API alone, and only in its header."""
        what = [name for name in ("x-api-key", "authorization", "cookie") if name in request.headers]
        if request.path.startswith(_STORAGE) or request.path == ELSEWHERE:
            if self.settings.key in request.target or any(
                self.settings.key in value for value in request.headers.values()
            ):
                what.append("the key itself")
            if what:
                self.ledger.write("leak", self.now, path=request.path, what=", ".join(what))
        elif self.settings.key in request.target:
            self.ledger.write("leak", self.now, path=request.path, what="the key in the address")

    def _fill_purse(self) -> None:
        balance = self.settings.balance
        self.account.purse = None if balance is None else round(balance * 100)
        self.account.quota = self.settings.quota

    def _settle(self) -> None:
        """Does what was due by now: jobs end (an order lets them end too, unseen), late requests are worked on."""
        for job in self.account.settle():
            status = "completed" if job.failure is None else "failed"
            self.ledger.write("end", job.ends_at, id=job.id, status=status, code=job.failure)
        for ticket in [ticket for ticket, (due, _) in self._late.items() if due <= self.now]:
            self._late_answers[ticket] = self.answer(self._late.pop(ticket)[1], Terms(0.0))


def _facts(request: Request) -> Json:
    return {"method": request.method, "path": request.path, "key": request.key}
