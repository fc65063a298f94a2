"""A host of videos and recordings for tests and benchmarks, and what such files look like when they are large."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import httpx

MEDIA = Path(__file__).parent / "data" / "media"

#: How long each file in `MEDIA` plays.
SECONDS = 6.4

#: What httpx reads off the wire at once is not what was asked for.
CHUNK = 1024

TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "aac": "audio/aac",
}


def media(name: str) -> bytes:
    return (MEDIA / name).read_bytes()


def large_mp4(name: str, size: int) -> bytes:
    """The same video with so many bytes more of pictures."""
    data = media(name)
    at = data.index(b"mdat") - 4
    body = int.from_bytes(data[at : at + 4], "big")
    return data[:at] + (body + size).to_bytes(4, "big") + b"mdat" + bytes(size) + data[at + 8 :]


def wav(seconds: float, *, stated: int | None = None, before: bytes = b"") -> bytes:
    """A recording at 8000 bytes a second; `stated`: how many bytes of sound its header claims; `before`: a chunk."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes([128]) * round(seconds * 8000))
    data = file.getvalue()
    if stated is not None:
        data = data[:40] + stated.to_bytes(4, "little") + data[44:]
    return data[:12] + before + data[12:]


class Host:
    """Serves files by their paths, and counts. `ranges`: it gives pieces; `headers`: what it says besides."""

    def __init__(
        self, files: Mapping[str, bytes], *, ranges: bool = True, headers: Mapping[str, str] | None = None
    ) -> None:
        self.files = files
        self.ranges = ranges
        self.headers = headers or {}
        self.requests: list[httpx.Request] = []
        self.sent = 0

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    async def resolve(self, _host: str, _port: int) -> Sequence[str]:
        return ["93.184.215.14"]

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        name = request.url.path.removeprefix("/")
        data = self.files.get(name)
        if data is None:
            return httpx.Response(404)

        headers = {"Content-Type": TYPES.get(name.rpartition(".")[2], "application/octet-stream")}
        asked = re.fullmatch(r"bytes=([0-9]+)-([0-9]+)", request.headers["Range"])
        assert asked, "a piece is always asked for"
        if not self.ranges:
            return self._response(200, data, {**headers, "Content-Length": str(len(data))})

        begin, end = int(asked[1]), min(int(asked[2]), len(data) - 1)
        headers["Content-Range"] = f"bytes {begin}-{end}/{len(data)}"
        return self._response(206, data[begin : end + 1], headers)

    def _response(self, status: int, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        told = {name: value for name, value in {**headers, **self.headers}.items() if value}
        return httpx.Response(status, content=self._stream(body), headers=told)

    async def _stream(self, body: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(body), CHUNK):
            chunk = body[start : start + CHUNK]
            self.sent += len(chunk)
            yield chunk
