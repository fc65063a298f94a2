"""The length of a WebM or Matroska file, from the `Info` of its segment (RFC 9559; the encoding is EBML, RFC 8794).

No library that reads it from a file object is small: those for tags of recordings don't know it.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

#: Elements by their ids, with the bits that mark the id's own length.
EBML = 0x1A45DFA3
_SEGMENT = 0x18538067
_INFO = 0x1549A966
_CLUSTER = 0x1F43B675
_TIMESTAMP_SCALE = 0x2AD7B1
_DURATION = 0x4489

#: Far more than it ever takes.
_LARGEST_INFO = 64 * 1024

#: Nanoseconds in a tick, where the file does not tell.
_USUAL_SCALE = 1_000_000


def webm_seconds(file: BinaryIO) -> float | None:
    """How long it plays, in seconds; None where the file does not tell, as recordings of browsers often don't.

    Raises `ValueError` for a file of another format, or a damaged one.
    """
    element, size = _header(file)
    if element != EBML or size is None:
        raise ValueError("no EBML header")

    file.seek(size, 1)
    if _header(file)[0] != _SEGMENT:
        raise ValueError("no segment")

    while True:
        element, size = _header(file)
        if element == _CLUSTER or size is None:
            return None

        if element == _INFO:
            return _told(file, file.tell() + min(size, _LARGEST_INFO))

        file.seek(size, 1)


def _told(file: BinaryIO, end: int) -> float | None:
    """What the elements up to `end` say."""
    scale, ticks = _USUAL_SCALE, None
    while file.tell() < end:
        element, size = _header(file)
        if size is None:
            raise ValueError("an element without a size")

        if element == _TIMESTAMP_SCALE and size <= 8:
            scale = int.from_bytes(file.read(size), "big")
        elif element == _DURATION and size in (4, 8):
            value = file.read(size)
            if len(value) < size:
                raise ValueError("cut off")

            (ticks,) = struct.unpack(">f" if size == 4 else ">d", value)
        else:
            file.seek(size, 1)
    return None if ticks is None else ticks * scale / 1e9


def _header(file: BinaryIO) -> tuple[int, int | None]:
    """The id of the element that begins here, and its size (None: up to the end of what it lies in)."""
    element, _ = _number(file, most=4)
    size, width = _number(file, most=8)
    size -= 1 << (7 * width)
    return element, None if size == (1 << (7 * width)) - 1 else size


def _number(file: BinaryIO, *, most: int) -> tuple[int, int]:
    """The number that begins here, with the bit that marks its width, and its width in bytes."""
    first = file.read(1)
    if not first or not first[0]:
        raise ValueError("cut off, or no number")

    width = 9 - first[0].bit_length()
    rest = file.read(width - 1)
    if width > most or len(rest) < width - 1:
        raise ValueError("cut off, or too wide")

    return int.from_bytes(first + rest, "big"), width
