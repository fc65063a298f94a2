"""The till: paid POSTs, each charged when it arrives, once per Idempotency-Key."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from tests.standin import media
from tests.standin.bodies import check_avatar, check_speech, check_template, check_translation
from tests.standin.faults import Terms
from tests.standin.jobs import Job
from tests.standin.ledger import body_hash, wish_hash
from tests.standin.messages import Json, Refusal, Reply, Request, invalid, json_reply
from tests.standin.reads import origin

if TYPE_CHECKING:
    from tests.standin.world import World

_KEY = re.compile(r"[A-Za-z0-9_\-:.]{1,255}")

#: Marks in any text of a body. `[refuse:CODE:STATUS]`: refused; `[fail:CODE]`: ends failed with that failure_code
#: (`[fail:]`: without one), `[fail:CODE:N]`: only the first N jobs of this wish do; `[stuck]`: never ends.
_REFUSE = re.compile(r"\[refuse:(\w+):(\d{3})\]")
_FAIL = re.compile(r"\[fail:(\w*)(?::(\d+))?\]")
_STUCK = "[stuck]"


@dataclass(slots=True)
class Remembered:
    """The first answer to a key, as it was then."""

    body: bytes
    at: float
    busy_until: float
    conflicts: int
    wish: str
    ids: list[str]


@dataclass(frozen=True, slots=True)
class Order:
    """A request whose body passed its checks."""

    request: Request
    body: Json
    wish: str


class Checkout:
    def __init__(self, world: World) -> None:
        self._world = world
        self._keys: dict[tuple[str, str], Remembered] = {}
        self._made: Counter[str] = Counter()
        self._sold = 0

    def template(self, request: Request, terms: Terms, template_id: str) -> Reply:
        account = self._world.catalogue
        template = account.template(template_id)
        check = partial(check_template, template=template, account=account)
        texts = [name for name, kind in template.variables.items() if kind == "text"]

        def make(order: Order) -> tuple[list[str], Json]:
            job = self._job(order, "videos", captioned=bool(order.body.get("caption") or order.body.get("subtitles")))
            return [job.id], job.video(self._world.now, lambda _: None)

        def note(order: Order) -> Json:
            return {"unfilled": [name for name in texts if name not in order.body["variables"]]}

        return self._sell(request, terms, check, make, note=note)

    def avatar(self, request: Request, terms: Terms) -> Reply:
        def make(order: Order) -> tuple[list[str], Json]:
            caption = order.body.get("caption") or {}
            job = self._job(order, "videos", captioned=bool(caption.get("style")))
            format_ = order.body.get("output_format", "mp4")
            return [job.id], {"video_id": job.id, "status": "waiting", "output_format": format_}

        return self._sell(request, terms, partial(check_avatar, account=self._world.catalogue), make)

    def translation(self, request: Request, terms: Terms) -> Reply:
        def make(order: Order) -> tuple[list[str], Json]:
            audio_only = bool(order.body.get("translate_audio_only"))
            jobs = [
                self._job(order, "translations", language=language, audio_only=audio_only)
                for language in order.body["output_languages"]
            ]
            ids = [job.id for job in jobs]
            return ids, {"video_translation_ids": ids}

        return self._sell(request, terms, partial(check_translation, account=self._world.catalogue), make)

    def speech(self, request: Request, terms: Terms) -> Reply:
        """Answered at once, holds no slot, knows no key."""

        def make(order: Order) -> tuple[list[str], Json]:
            world = self._world
            name = f"speech_{self._sold:05}"
            world.recordings.add(f"{name}.mp3")
            until = world.now + world.settings.link_life
            link = media.signed(origin(world.settings.media_base, request), f"{name}.mp3", until)
            duration = round(len(order.body["text"]) / 15, 2)
            return [name], {"audio_url": link, "duration": duration, "request_id": name, "word_timestamps": None}

        check = partial(check_speech, account=self._world.catalogue)
        return self._sell(request, terms, check, make, keyed=False, slots=False)

    def _sell(
        self,
        request: Request,
        terms: Terms,
        check: Callable[[Json], None],
        make: Callable[[Order], tuple[list[str], Json]],
        *,
        keyed: bool = True,
        slots: bool = True,
        note: Callable[[Order], Json] = lambda _: {},
    ) -> Reply:
        world = self._world
        body = _read(request)
        order = Order(request, body, wish_hash(request.path, body))
        place = (request.path, request.key or "")
        if keyed and request.key is not None:
            if not _KEY.fullmatch(request.key):
                raise invalid("Idempotency-Key", "Idempotency-Key must match ^[A-Za-z0-9_\\-:.]{1,255}$.")

            known = self._keys.get(place) if world.settings.honour_keys else None
            if known and world.now - known.at < world.settings.key_life:
                return self._replay(order, known)

        check(body)
        text = json.dumps(body, ensure_ascii=False)
        if told := _REFUSE.search(text):
            raise Refusal(int(told[2]), told[1], "The row asked to be refused.")

        units = len(body.get("output_languages", "1"))
        self._take_money(units)
        if slots and world.floor.in_progress + world.settings.other_user + units > world.settings.slots:
            raise Refusal(429, "rate_limit_exceeded", "Too many concurrent jobs.")

        self._pay(units)
        self._sold += 1
        self._made[order.wish] += 1
        ids, data = make(order)
        facts = {"path": request.path, "key": request.key, "title": body.get("title")}
        facts |= {"callback_id": body.get("callback_id"), "id": ids[0], "ids": ids}
        hashes = {"body": body_hash(body), "wish": order.wish}
        world.ledger.write("charge", world.now, **facts, **hashes, price=units * world.settings.price, **note(order))
        reply = json_reply(200, {"data": data})
        if keyed and request.key is not None:
            conflicts = terms.conflicts or world.settings.in_progress_repeats
            busy_until = world.now + terms.delay
            self._keys[place] = Remembered(reply.body, world.now, busy_until, conflicts, order.wish, ids)
        return Reply(reply.status, reply.body, reply.headers, charged=True)

    def _replay(self, order: Order, known: Remembered) -> Reply:
        world, request = self._world, order.request
        if known.conflicts > 0 or world.now < known.busy_until:
            known.conflicts -= 1
            world.ledger.write("conflict", world.now, path=request.path, key=request.key)
            raise Refusal(409, "request_in_progress", "A request with this key is in progress.")

        same = known.wish == order.wish
        facts = {"path": request.path, "key": request.key, "ids": known.ids}
        world.ledger.write("replay", world.now, **facts, body=body_hash(order.body), same_wish=same)
        return Reply(200, known.body, {"Content-Type": "application/json"})

    def _take_money(self, units: int) -> None:
        settings = self._world.settings
        if settings.quota is not None and settings.quota < units:
            raise Refusal(429, "quota_exceeded", "The allowance of this account is used up.")

        if settings.balance is not None and settings.balance < units * settings.price:
            raise Refusal(402, "insufficient_credit", "The balance is too low.")

    def _pay(self, units: int) -> None:
        world, settings = self._world, self._world.settings
        left: Json = {}
        if settings.quota is not None:
            left["quota"] = settings.quota - units
        if settings.balance is not None:
            left["balance"] = round(settings.balance - units * settings.price, 6)
        world.settings = settings.changed(left)

    def _job(
        self,
        order: Order,
        family: str,
        *,
        language: str | None = None,
        captioned: bool = False,
        audio_only: bool = False,
    ) -> Job:
        world, body = self._world, order.body
        settings, now = world.settings, world.now
        number = len(world.floor.jobs) + 1
        rng = random.Random(f"{settings.seed}:{number}")
        ends = now + rng.uniform(*settings.render) * settings.time_scale
        failure = settings.fail_code if rng.random() < settings.fail_chance else None
        text = json.dumps(body, ensure_ascii=False)
        if (told := _FAIL.search(text)) and (not told[2] or self._made[order.wish] <= int(told[2])):
            failure = told[1]
        job = Job(
            number,
            f"{family[0]}_{number:05}_{rng.getrandbits(32):08x}",
            family,
            body.get("title"),
            body.get("callback_id"),
            body.get("folder_id"),
            now,
            inf if _STUCK in text else ends,
            failure,
            language,
            captioned,
            audio_only,
        )
        world.floor.add(job)
        return job


def _read(request: Request) -> Json:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise invalid("Content-Type", "Content-Type must be application/json.")

    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise invalid("body", "The body is no JSON object.")

    return body
