"""Signed links and the small files behind them; the storage host knows no API key, and must never see one."""

from __future__ import annotations

import hashlib

from tests.standin.messages import Reply, Request

_TYPES = {
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
    "jpg": "image/jpeg",
}


def signed(origin: str, name: str, until: float) -> str:
    return f"{origin}/media/{name}?Expires={int(until)}&Signature={_signature(name, int(until))}"


def _signature(name: str, until: int) -> str:
    return hashlib.sha256(f"standin:{name}:{until}".encode()).hexdigest()[:24]


def content(name: str, size: int) -> bytes:
    """The file of that name: the same bytes every time."""
    line = f"{name}\n".encode()
    return (line * (size // len(line) + 1))[:size]


def serve(request: Request, now: float, size: int, known: bool) -> Reply:
    """The file, or a storage host's refusal; `known`: there is something behind the name."""
    name = request.path.removeprefix("/media/")
    until = request.query.get("Expires", "")
    if not until.isdigit() or request.query.get("Signature") != _signature(name, int(until)):
        return _refused(403, "SignatureDoesNotMatch")

    if int(until) <= now:
        return _refused(403, "AccessDenied")

    if not known:
        return _refused(404, "NoSuchKey")

    kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return Reply(200, content(name, size), {"Content-Type": kind})


def _refused(status: int, code: str) -> Reply:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>'
    return Reply(status, body.encode(), {"Content-Type": "application/xml"})
