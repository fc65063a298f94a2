"""The links that the sandbox gives and the files behind them: a two-second test card, a tone, captions.

Like HeyGen's storage host it takes a link for proof enough: a link that has expired is refused, and so is a request
that carries the API key, which has no business there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bulkgen.sandbox.catalogue import LOOKS, TEMPLATES, VOICES
from bulkgen.sandbox.ledger import Ledger

#: Ends in a name that no resolver knows (RFC 6761, 6.4): a link that escapes leads nowhere.
BASE = "https://sandbox.invalid"

#: Seconds that each video and recording lasts.
DURATION = 2.0

#: How long a link works (seconds): HeyGen's older pages name a week.
LINK_LIFE = 7 * 24 * 3600

_FILES = {
    "mp4": ("video.mp4", "video/mp4"),
    "webm": ("video.webm", "video/webm"),
    "mp3": ("audio.mp3", "audio/mpeg"),
    "srt": ("captions.srt", "application/x-subrip"),
    "vtt": ("captions.vtt", "text/vtt"),
    "jpg": ("picture.jpg", "image/jpeg"),
}

#: Stands in the name of the video that has its captions burned in.
CAPTIONED = "-captioned"


def link(name: str, now: float) -> str:
    """A link to `<id>.<extension>` that works for a week."""
    return f"{BASE}/media/{name}?Expires={int(now) + LINK_LIFE}&Signature=sandbox"


class Media:
    """The storage host."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._clock: Callable[[], float] = ledger.clock

    async def file(self, request: Request) -> Response:
        item, _, extension = request.path_params["name"].rpartition(".")
        if "x-api-key" in request.headers:
            return PlainTextResponse("A link is opened without the API key.", 400)

        expires = request.query_params.get("Expires", "")
        if not expires.isdecimal() or int(expires[:12]) < self._clock():
            return PlainTextResponse("This link has expired.", 403)

        if extension not in _FILES or not self._exists(item.removesuffix(CAPTIONED)):
            return PlainTextResponse("There is no such file.", 404)

        name, media_type = _FILES[extension]
        return Response(_content(name), media_type=media_type)

    def _exists(self, item: str) -> bool:
        render = self._ledger.any_render(item)
        if render is None:
            return item in TEMPLATES or item in VOICES or item in LOOKS

        return render.status(self._clock()) == "completed"


@cache
def _content(name: str) -> bytes:
    return (files("bulkgen.sandbox") / "media" / name).read_bytes()
