"""Makes the videos and recordings in `tests/data/media`: `python -m tests.make_media`, with PyAV (`pip install av`).
Some of them go to the sample sheets too.

Each plays 6.4 seconds of nothing much, written by FFmpeg as the programs of people write theirs. PyAV is no dependency:
the files are kept in the repository, and made anew only to add a format.
"""

from __future__ import annotations

import array
import importlib
import math
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

SECONDS = 6.4
PLACE = Path(__file__).parent / "data" / "media"

#: Name: codec of the picture, codec of the sound, options of the format, FFmpeg's name of it.
FILES: dict[str, tuple[str, str, dict[str, str], str | None]] = {
    "moov_last.mp4": ("mpeg4", "aac", {}, None),
    "moov_first.mp4": ("mpeg4", "aac", {"movflags": "+faststart"}, None),
    "silent.mp4": ("mpeg4", "", {}, None),
    "fragmented.mp4": ("mpeg4", "", {"movflags": "frag_keyframe+empty_moov+default_base_moof"}, None),
    "video.mov": ("mpeg4", "aac", {}, None),
    "sound.m4a": ("", "aac", {}, "ipod"),
    "video.webm": ("libvpx", "libopus", {}, None),
    "browser.webm": ("libvpx", "", {"live": "1"}, None),
    "video.mkv": ("mpeg4", "", {}, "matroska"),
    "xing.mp3": ("", "libmp3lame", {}, None),
    "plain.mp3": ("", "libmp3lame", {"write_xing": "0", "id3v2_version": "0"}, None),
    "sound.opus": ("", "libopus", {}, None),
    "sound.flac": ("", "flac", {}, None),
    "sound.aac": ("", "aac", {}, None),
    "video.avi": ("mpeg4", "", {}, None),
}


#: What of them the sample sheets name, by its name there.
SAMPLES = {"tour.mp4": "moov_first.mp4", "greeting.mp3": "xing.mp3"}
SAMPLE_PLACE = Path(__file__).parents[1] / "sample_data" / "media"


def make(name: str) -> None:
    av: Any = importlib.import_module("av")
    picture, sound, options, form = FILES[name]
    rate = 48_000 if sound == "libopus" else 8_000
    with av.open(str(PLACE / name), "w", options=options, format=form) as container:
        video: Any = container.add_stream(picture, rate=10) if picture else None
        audio: Any = container.add_stream(sound, rate=rate) if sound else None
        if video:
            video.width, video.height, video.pix_fmt, video.bit_rate = 64, 36, "yuv420p", 8_000
        if audio:
            audio.layout, audio.bit_rate = "mono", 8_000
        for number in range(round(SECONDS * 10) if video else 0):
            frame = av.VideoFrame(64, 36, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([128]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(video.encode(frame))
        samples = round(SECONDS * rate)
        for start in range(0, samples if audio else 0, 1024):
            count = min(1024, samples - start)
            frame = av.AudioFrame(format="s16", layout="mono", samples=count)
            wave = array.array("h", (round(800 * math.sin((start + n) / 5)) for n in range(count))).tobytes()
            frame.planes[0].update(wave + bytes(frame.planes[0].buffer_size - len(wave)))
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(audio.encode(frame))
        for stream in filter(None, (video, audio)):
            container.mux(stream.encode(None))


if __name__ == "__main__":
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        make(name)
    for name, made in SAMPLES.items():
        shutil.copy(PLACE / made, SAMPLE_PLACE / name)
