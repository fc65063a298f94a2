"""The links that the sandbox gives and the files behind them: a two-second test card, a tone, captions, whatever
length it tells of.

Like HeyGen's storage host it takes a signed link for proof enough: a link that has expired is refused, and so is a
request that carries the API key, which has no business there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from bulkgen.sandbox.account import Account
from bulkgen.sandbox.messages import Answer, Request, plain

_FILES = {
    "mp4": ("video.mp4", "video/mp4"),
    "mov": ("video.mov", "video/quicktime"),
    "webm": ("video.webm", "video/webm"),
    "mp3": ("audio.mp3", "audio/mpeg"),
    "srt": ("captions.srt", "application/x-subrip"),
    "vtt": ("captions.vtt", "text/vtt"),
    "jpg": ("picture.jpg", "image/jpeg"),
    "gif": ("picture.gif", "image/gif"),
}

#: Stands in the name of the video that has its captions burned in.
CAPTIONED = "-captioned"

#: What stands behind the id of a job in the name of one of its files: that, or the number of a clip.
_VARIANT = re.compile(rf"({CAPTIONED}|-\d+)$")

_SIGNATURE = "sandbox"

#: Makes the link of a file from its name.
Link = Callable[[str], str]


def linker(account: Account, request: Request) -> Link:
    """Makes links to `<id>.<extension>`, as the request gets them; each works for a week."""
    base = account.settings.base or f"http://{request.headers.get('host', '')}"
    until = int(account.clock() + account.settings.link_life)
    return lambda name: f"{base}/media/{name}?Expires={until}&Signature={_SIGNATURE}"


def file(account: Account, request: Request, name: str) -> Answer:
    item, _, extension = name.rpartition(".")
    if "x-api-key" in request.headers:
        return plain(400, "A link is opened without the API key.")

    expires = request.query.get("Expires", "")
    if request.query.get("Signature") != _SIGNATURE or not expires.isdecimal():
        return plain(403, "This link is not signed.")

    if int(expires[:12]) <= account.clock():
        return plain(403, "This link has expired.")

    if extension not in _FILES or not _exists(account, _VARIANT.sub("", item)):
        return plain(404, "There is no such file.")

    stored, media_type = _FILES[extension]
    return _from_where_asked(_content(stored), media_type, request.headers.get("range", ""))


def _from_where_asked(content: bytes, media_type: str, asked: str) -> Answer:
    """The whole file, or what is asked for of its end."""
    headers = {"Content-Type": media_type, "ETag": f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'}
    begin = re.fullmatch(r"bytes=([0-9]{1,18})-", asked)
    if begin is None:
        return Answer(body=content, headers=headers)

    at, size = int(begin[1]), len(content)
    if at >= size:
        return Answer(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})

    return Answer(status=206, body=content[at:], headers={**headers, "Content-Range": f"bytes {at}-{size - 1}/{size}"})


def _exists(account: Account, item: str) -> bool:
    render = account.renders.get(item)
    return item in account.catalogue if render is None else account.status(render) == "completed"


@cache
def _content(name: str) -> bytes:
    return (files("bulkgen.sandbox") / "media" / name).read_bytes()
