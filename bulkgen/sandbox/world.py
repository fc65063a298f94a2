"""The pretend HeyGen: who may ask, and where a request goes. No sockets, no waiting, no clock of its own.

`receive` takes a whole request and gives the whole answer; whoever carries it does the waiting. Money is taken on
arrival, whatever becomes of the answer. A new kind needs its calls here, and nothing else of this file.
"""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from bulkgen.sandbox import media
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.assets import Assets
from bulkgen.sandbox.messages import Answer, Refusal, Request, plain
from bulkgen.sandbox.paid import Paid
from bulkgen.sandbox.proofreads import Proofreads
from bulkgen.sandbox.reading import Reading
from bulkgen.sandbox.sessions import Sessions
from bulkgen.sandbox.settings import Settings, Span
from bulkgen.sandbox.voices import Voices


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API; `answer` takes the request, and each variable part of its path."""

    method: str
    path: str
    answer: Callable[..., Answer]

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{\w+\}", "([^/]+)", self.path))


class World:
    def __init__(self, account: Account, rng: random.Random | None = None) -> None:
        self.account = account
        self._rng = rng or random.Random()
        self._posts: deque[float] = deque()
        self._reads: deque[float] = deque()
        self.assets = Assets(account)
        paid = Paid(account, self.assets)
        self.proofreads = Proofreads(account, self.assets, paid)
        self._calls = [(call.pattern, call) for call in _calls(account, self.assets, paid, self.proofreads)]

    def receive(self, request: Request, delay: float | None = None) -> Answer:
        """`delay`: seconds until the answer, in place of what the settings say."""
        self.account.settle()
        found = [(call, match.groups()) for pattern, call in self._calls if (match := pattern.fullmatch(request.path))]
        call, parts = next((pair for pair in found if pair[0].method == request.method), (None, ()))
        try:
            if request.path.startswith("/v3"):
                self._admit(request)
            if call is None:
                return plain(405, "Method Not Allowed") if found else plain(404, "Not Found")

            answer = call.answer(request, *parts)
        except Refusal as refusal:
            answer = refusal.answer()
        seconds = self._rng.uniform(*self._span(request)) if delay is None else delay
        if answer.jobs and not answer.replayed and request.key:
            self.account.hold(request.path, request.key, seconds)
        return replace(answer, delay=seconds, call=f"{call.method} {call.path}" if call else "")

    def _admit(self, request: Request) -> None:
        """The key is right, and requests don't come too fast."""
        settings, now = self.account.settings, self.account.clock()
        if request.headers.get("x-api-key") != settings.key:
            raise Refusal(401, "unauthorized", "The API key is missing or wrong.")

        posts = request.method == "POST"
        limit, pace = (settings.posts_per_minute, self._posts) if posts else (settings.reads_per_minute, self._reads)
        while pace and pace[0] <= now - 60:
            pace.popleft()
        if limit is not None and len(pace) >= limit:
            raise Refusal(429, "rate_limit_exceeded", "Too many requests.", retry_after=1)

        pace.append(now)

    def _span(self, request: Request) -> Span:
        settings: Settings = self.account.settings
        if request.method != "POST":
            return settings.get_seconds

        return settings.speech_seconds if request.path == "/v3/voices/speech" else settings.post_seconds


def _calls(account: Account, assets: Assets, paid: Paid, proofreads: Proofreads) -> list[Call]:
    reading, sessions, voices = Reading(account), Sessions(account), Voices(account)
    return [
        Call("GET", "/v3/users/me", reading.me),
        Call("GET", "/v3/templates", reading.templates),
        Call("GET", "/v3/templates/{id}", reading.template),
        Call("POST", "/v3/templates/{id}", paid.template),
        Call("GET", "/v3/videos", reading.videos),
        Call("POST", "/v3/videos", paid.video),
        Call("GET", "/v3/videos/statuses", reading.video_statuses),
        Call("GET", "/v3/videos/{id}", reading.video),
        Call("GET", "/v3/video-translations", reading.translations),
        Call("POST", "/v3/video-translations", paid.translation),
        Call("GET", "/v3/video-translations/languages", reading.languages),
        Call("GET", "/v3/video-translations/statuses", reading.translation_statuses),
        Call("GET", "/v3/video-translations/{id}", reading.translation),
        Call("GET", "/v3/lipsyncs", reading.lipsyncs),
        Call("POST", "/v3/lipsyncs", paid.lipsync),
        Call("GET", "/v3/lipsyncs/statuses", reading.lipsync_statuses),
        Call("GET", "/v3/lipsyncs/{id}", reading.lipsync),
        Call("GET", "/v3/hyperframes/renders", reading.hyperframes),
        Call("POST", "/v3/hyperframes/renders", paid.hyperframes),
        Call("GET", "/v3/hyperframes/renders/{id}", reading.hyperframe),
        Call("GET", "/v3/ai-clipping", reading.clippings),
        Call("POST", "/v3/ai-clipping", paid.clipping),
        Call("GET", "/v3/ai-clipping/{id}", reading.clipping),
        Call("GET", "/v3/voices", reading.voices),
        Call("POST", "/v3/voices/speech", paid.speech),
        Call("GET", "/v3/voices/{id}", voices.one),
        Call("GET", "/v3/avatars/looks", reading.looks),
        Call("GET", "/v3/avatars/looks/{id}", reading.look),
        Call("GET", "/v3/folders", reading.folders),
        Call("GET", "/v3/brand-glossaries", reading.glossaries),
        Call("GET", "/v3/brand-glossaries/{id}", reading.glossary),
        Call("GET", "/v3/video-agents", sessions.newest),
        Call("POST", "/v3/video-agents", sessions.post),
        Call("GET", "/v3/video-agents/styles", reading.styles),
        Call("GET", "/v3/video-agents/{id}", sessions.one),
        Call("POST", "/v3/video-agents/{id}", sessions.message),
        Call("POST", "/v3/assets", assets.post),
        Call("POST", "/v3/assets/direct-uploads", assets.slot),
        Call("GET", "/v3/assets/statuses", assets.statuses),
        Call("GET", "/v3/assets/{id}", assets.one),
        Call("POST", "/v3/assets/{id}/complete", assets.complete),
        Call("POST", "/v3/video-translations/proofreads", paid.proofread),
        Call("GET", "/v3/video-translations/proofreads/{id}", proofreads.one),
        Call("GET", "/v3/video-translations/proofreads/{id}/srt", proofreads.subtitles),
        Call("PUT", "/v3/video-translations/proofreads/{id}/srt", proofreads.put),
        Call("POST", "/v3/video-translations/proofreads/{id}/generate", proofreads.generate),
        Call("PUT", "/storage/{id}", assets.put),
        Call("GET", "/media/{name}", partial(media.file, account)),
        Call("POST", "/v3/voices", voices.design),
        Call("POST", "/v3/voices/clone", voices.clone),
    ]
