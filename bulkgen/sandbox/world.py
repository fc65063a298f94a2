"""The pretend HeyGen: who may ask, and where a request goes. No sockets, no waiting, no clock of its own.

`receive` takes a whole request and gives the whole answer; whoever carries it does the waiting. Money is taken on
arrival, whatever becomes of the answer. A new kind needs its name among the parts here, and nothing else of this file.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bulkgen.sandbox import media
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.assets import Assets
from bulkgen.sandbox.calls import Answering, Call
from bulkgen.sandbox.kinds.agent import Sessions
from bulkgen.sandbox.kinds.clipping import Clippings
from bulkgen.sandbox.kinds.hyperframes import Hyperframes
from bulkgen.sandbox.kinds.lipsync import Lipsyncs
from bulkgen.sandbox.kinds.proofread import Proofreads
from bulkgen.sandbox.kinds.speech import Recordings
from bulkgen.sandbox.kinds.template import Templates
from bulkgen.sandbox.kinds.translation import Translations
from bulkgen.sandbox.kinds.videos import Videos
from bulkgen.sandbox.kinds.voice import Voices
from bulkgen.sandbox.messages import Answer, Refusal, Request, plain
from bulkgen.sandbox.reading import Reading
from bulkgen.sandbox.settings import Settings, Span


class World:
    def __init__(self, account: Account, rng: random.Random | None = None, *, more: Sequence[Answering] = ()) -> None:
        """`more`: parts of the API that only whoever carries it has."""
        self.account = account
        self._rng = rng or random.Random()
        self._posts: deque[float] = deque()
        self._reads: deque[float] = deque()
        self.assets = Assets(account)
        self.proofreads = Proofreads(account, self.assets)
        parts: Sequence[Answering] = (
            Reading(account),
            self.assets,
            Templates(account),
            Videos(account),
            Translations(account),
            self.proofreads,
            Lipsyncs(account),
            Hyperframes(account, self.assets),
            Clippings(account),
            Recordings(account),
            Voices(account),
            Sessions(account),
            *more,
        )
        calls = [call for part in parts for call in part.calls]
        calls += [Call("GET", "/media/{name}", partial(media.file, account))]
        # "/v3/videos/statuses" is no video: what has no variable part is looked at first
        self._calls = [(call.pattern, call) for call in sorted(calls, key=lambda call: "{" in call.path)]

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
