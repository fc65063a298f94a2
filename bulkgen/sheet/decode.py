"""The bytes of a text file: which encoding they are in, and how sure that is.

A byte order mark decides; then UTF-8, which other encodings do not pass for by chance; then a guess between the two
old Western encodings, which the table's notes say. A file that fits none of them, or fits UTF-8 but for a few bytes,
is refused with its line: a wrong guess would be spoken aloud in every video.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO

from bulkgen.errors import InputError

_CHUNK = 1 << 20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_WESTERN = (("cp1252", "Windows-1252 (Western)"), ("mac_roman", "Mac Roman"))

#: What Western texts have beyond ASCII; a wrong guess turns it into other characters.
_SMALL = frozenset("àâäáãåæçèéêëìíîïñòóôõöøùúûüýÿß")
_LARGE = frozenset("ÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜ")
_SIGNS = frozenset("’‘“”„–—…€£©®™°«»¡¿·•ºª²³½\xa0")
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to decode a file, as Python names it."""

    codec: str
    #: What to call it where it had to be guessed; "" where the file itself is proof.
    guess: str = ""
    #: The guess decides how letters beyond ASCII look.
    doubtful: bool = False


def detect(file: BinaryIO, name: str) -> Encoding:
    """The encoding of a text file, checked to its last byte; the file is left at its start.

    Raises `InputError` for binary data and for text in no encoding that can be told.
    """
    head = file.read(_CHUNK)
    file.seek(0)
    for mark, codec, label in _MARKS:
        if head.startswith(mark):
            bad_line = _check(file, codec, name)
            if bad_line:
                raise InputError(
                    f"{name}, line {bad_line}: the file says that it is {label}, but this line is not. Correct the "
                    "line, or save the sheet again as “CSV UTF-8”."
                )

            return Encoding(codec)

    codec = _unmarked_utf_16(head)
    if codec and not _check(file, codec, name):
        return Encoding(codec, "UTF-16")

    bad_line = _check(file, "utf-8", name)
    return _western(file, name, bad_line) if bad_line else Encoding("utf-8")


def _check(file: BinaryIO, codec: str, name: str) -> int:
    """Decodes the whole file: 0, or the number of the first line that is not in this encoding.

    Raises `InputError` for a NUL character, which no text has.
    """
    decoder = codecs.getincrementaldecoder(codec)()
    line, broken, last = 1, False, ""
    while not broken:
        chunk = file.read(_CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            broken = True
            # `object` is what was left of the chunk before, and this chunk
            text = error.object[: error.start].decode(codec.replace("-sig", ""), "ignore")
        if "\0" in text:
            line += _breaks(last + text[: text.index("\0")]) - _breaks(last)
            file.seek(0)
            raise InputError(
                f"{name}, line {line}: holds a NUL character, so it is no text file, or was damaged on its way. Save "
                "the sheet again as “CSV UTF-8”."
            )

        line += _breaks(last + text) - _breaks(last)
        last = text[-1:] or last
        if not chunk:
            break
    file.seek(0)
    return line if broken else 0


def _breaks(text: str) -> int:
    """How many lines end in the text: CR, LF and CRLF each end one."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _unmarked_utf_16(head: bytes) -> str:
    """UTF-16 shows without its mark too: beside each ASCII character stands a NUL, always on the same side."""
    size = len(head) // 2
    low, high = head[0 : size * 2 : 2].count(0), head[1 : size * 2 : 2].count(0)
    if not low and high > size * 0.6:
        return "utf-16-le"

    return "utf-16-be" if not high and low > size * 0.6 else ""


def _western(file: BinaryIO, name: str, line: int) -> Encoding:
    """The more likely of the two old Western encodings."""
    runs: Counter[tuple[bytes, bytes, bytes]] = Counter()
    sequences = others = 0
    while (chunk := file.read(_CHUNK)) and len(runs) < 100_000:
        for run in _HIGH.finditer(chunk):
            start, end = run.span()
            runs[chunk[max(start - 2, 0) : start], run[0][:8], chunk[end : end + 1]] += 1
        rest, found = _SEQUENCE.subn(b"", chunk)
        sequences += found
        others += sum(map(len, _HIGH.findall(rest)))
    file.seek(0)
    if sequences > others:
        raise InputError(
            f"{name}, line {line}: the file is UTF-8, but this line is damaged. Correct the line, or save the sheet "
            "again as “CSV UTF-8”."
        )

    windows, mac = (sum(n * _score(*run, codec) for run, n in runs.items()) for codec, _ in _WESTERN)
    if max(windows, mac) <= 0:
        raise InputError(
            f"{name}, line {line}: the file is not UTF-8, and its letters make no sense as Windows-1252 or Mac Roman "
            "either. Save the sheet as “CSV UTF-8”, or as .xlsx."
        )

    codec, label = _WESTERN[mac > 1.5 * windows]  # in doubt the more common one
    return Encoding(codec, label, doubtful=True)


def _score(before: bytes, run: bytes, after: bytes, codec: str) -> float:
    """How much a run of bytes beyond ASCII looks like part of a Western word, in this encoding."""
    try:
        text = run.decode(codec)
    except UnicodeDecodeError:
        return float("-inf")

    if len(text) > 3:
        return -2.0 * len(text)  # Cyrillic, Greek, Chinese …

    inside = before[-1:].isalpha() and after.isalpha()
    total = 0.0
    for c in text:
        if c in _SMALL:
            total += 1.0 if before[-1:].isalpha() or after.isalpha() else 0.5
        elif c in _LARGE:
            total += -1.0 if before[-1:].islower() else 1.0
        elif c == "’" and inside:  # it’s, we’ll; l’ami
            total += 1.2 if after in b"stlrvmd" else 0.9 if not before[:-1].isalpha() else 0.2
        elif c in _SIGNS:
            total += -1.0 if inside else 0.8
        else:
            total += 0.5 if c == "œ" else -2.0
    return total
