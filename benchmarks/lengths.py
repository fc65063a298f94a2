"""How many bytes of a file it takes to know how long it plays, format by format.

    python -m benchmarks.lengths

Files as FFmpeg writes them, made as large as people's are, behind real sockets on this computer: once by a host that
gives pieces, once by one that only gives the whole. `fetched` is what was read of them, of which the system's buffers
may hold some more.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio

from bulkgen.files.length import Length, media_lengths
from tests.media_host import SECONDS, TYPES, large_mp4, media, wav

MB = 1024 * 1024


def files() -> dict[str, tuple[str, bytes, float]]:
    """By what they are: a name, the bytes, how long it plays in truth (seconds)."""
    pages = media("sound.opus").split(b"OggS")
    frames = media("plain.mp3")  # an encoder fills up the last one
    return {
        "MP4, `moov` first": ("first.mp4", large_mp4("moov_first.mp4", 50 * MB), SECONDS),
        "MP4, `moov` last": ("last.mp4", large_mp4("moov_last.mp4", 50 * MB), SECONDS),
        "MP4 without sound": ("silent.mp4", large_mp4("silent.mp4", 50 * MB), SECONDS),
        "MP4 in fragments": ("fragmented.mp4", media("fragmented.mp4") + bytes(5 * MB), SECONDS),
        "MOV": ("video.mov", large_mp4("video.mov", 50 * MB), SECONDS),
        "M4A": ("sound.m4a", large_mp4("sound.m4a", 5 * MB), SECONDS),
        "WebM": ("video.webm", media("video.webm") + bytes(20 * MB), SECONDS),
        "WebM, recorded by a browser": ("browser.webm", media("browser.webm") + bytes(5 * MB), SECONDS),
        "MP3 with a Xing header": ("xing.mp3", media("xing.mp3"), 6.55),
        "MP3 without": ("plain.mp3", frames * 500, 6.55 * 500),
        "WAV": ("sound.wav", wav(1800), 1800),
        "Ogg (Opus)": (
            "sound.opus",
            b"OggS".join([*pages[:3], *[pages[3]] * (5 * MB // len(pages[3])), pages[-1]]),
            SECONDS,
        ),
        "FLAC": ("sound.flac", media("sound.flac") + bytes(5 * MB), SECONDS),
        "AVI": ("video.avi", media("video.avi") + bytes(5 * MB), SECONDS),
    }


@contextmanager
def serving(files: Mapping[str, bytes], *, ranges: bool) -> Iterator[tuple[str, list[str]]]:
    """The address of a host of these files, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/")
            asked.append(name)
            data = memoryview(files[name])
            piece = re.fullmatch(r"bytes=([0-9]+)-([0-9]+)", self.headers["Range"]) if ranges else None
            begin, end = (int(piece[1]), int(piece[2]) + 1) if piece else (0, len(data))
            body = data[begin:end]
            self.send_response(206 if piece else 200)
            self.send_header("Content-Type", TYPES[name.rpartition(".")[2]])
            self.send_header("Content-Length", str(len(body)))
            if piece:
                self.send_header("Content-Range", f"bytes {begin}-{begin + len(body) - 1}/{len(data)}")
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


async def measure(base: str, name: str) -> Length:
    link = f"{base}/{name}"
    return (await media_lengths([link], own_host=base))[link]


def main() -> None:
    cases = files()
    served = {name: data for name, data, _ in cases.values()}
    print(
        "| format | size, MB | plays, s | read, s | fetched, KB | calls | ms | fetched without ranges, KB | read, s |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with serving(served, ranges=True) as (base, asked), serving(served, ranges=False) as (plain, _):
        for what, (name, data, seconds) in cases.items():
            asked.clear()
            before = time.perf_counter()
            length = anyio.run(measure, base, name)
            took = time.perf_counter() - before
            whole = anyio.run(measure, plain, name)
            print(
                f"| {what} | {len(data) / MB:.1f} | {seconds:.1f} | {_read(length)} | {length.fetched / 1024:.0f} "
                f"| {len(asked)} | {took * 1000:.0f} | {whole.fetched / 1024:.0f} | {_read(whole)} |"
            )


def _read(length: Length) -> str:
    if length.seconds is None:
        return length.how
    return f"{length.seconds:.1f}" + (f" ({length.how})" if length.assumed else "")


if __name__ == "__main__":
    main()
