"""The pretend HeyGen as an ASGI app: its routes, and the `Sandbox` that the rest of bulkgen holds.

Every route under /v3 demands the sandbox's key, as HeyGen demands a real one; media links do not. A route that
HeyGen has and the sandbox has not is a plain 404.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from bulkgen.sandbox.answers import Refusal, refuse
from bulkgen.sandbox.ledger import PURSE, Ledger
from bulkgen.sandbox.media import BASE, Media
from bulkgen.sandbox.paid import Paid
from bulkgen.sandbox.reading import Reading

#: The only key that the sandbox takes. It opens nothing else.
KEY = "sandbox-key"

#: Seconds until a paid POST is answered, and until a recording is ready.
LATENCY, SPEECH_LATENCY = 0.05, 0.2


class Sandbox:
    """A pretend HeyGen for one sheet, over a transport of httpx; `base` is its address, `KEY` its key."""

    base = BASE

    def __init__(
        self,
        state_path: Path,
        clock: Callable[[], float] = time.time,
        *,
        latency: float = LATENCY,
        speech_latency: float = SPEECH_LATENCY,
        purse: int = PURSE,
    ) -> None:
        """`purse` in cents. Raises `InputError` for a state file that can't be used; writes nothing yet."""
        others = [path for path in sorted(state_path.parent.glob("*.sandbox.state.json")) if path != state_path]
        self._ledger = Ledger(state_path, clock, purse, others)
        self.transport = httpx.ASGITransport(_app(self._ledger, Paid(self._ledger, latency, speech_latency)))

    def close(self) -> None:
        self._ledger.close()


def _app(ledger: Ledger, paid: Paid) -> ASGIApp:
    reading = Reading(ledger)
    v3 = Router(
        [
            Route("/users/me", reading.me),
            Route("/templates", reading.templates),
            Route("/templates/{template_id}", reading.template),
            Route("/templates/{template_id}", paid.template, methods=["POST"]),
            Route("/videos", reading.videos),
            Route("/videos", paid.video, methods=["POST"]),
            Route("/videos/statuses", reading.video_statuses),
            Route("/videos/{video_id}", reading.video),
            Route("/video-translations", reading.translations),
            Route("/video-translations", paid.translation, methods=["POST"]),
            Route("/video-translations/languages", reading.languages),
            Route("/video-translations/statuses", reading.translation_statuses),
            Route("/video-translations/{translation_id}", reading.translation),
            Route("/voices", reading.voices),
            Route("/voices/speech", paid.speech, methods=["POST"]),
            Route("/voices/{voice_id}", reading.voice),
            Route("/avatars/looks", reading.looks),
            Route("/avatars/looks/{look_id}", reading.look),
            Route("/folders", reading.folders),
        ],
        redirect_slashes=False,
    )
    app = Starlette(
        routes=[Mount("/v3", _WithKey(v3)), Route("/media/{name}", Media(ledger).file)],
        exception_handlers={Refusal: refuse},
    )
    app.router.redirect_slashes = False
    return app


class _WithKey:
    """Lets requests with the key through to the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if Headers(scope=scope).get("x-api-key") != KEY:
            raise Refusal(401, "unauthorized", "The API key is missing or wrong.")

        await self._app(scope, receive, send)
