"""The bytes of a text file as text: which encoding it is in, and how sure that is.

Pure. A byte order mark decides; then UTF-8, which other encodings do not pass for by chance; then a guess between the
two old Western encodings, which is said with the first line that it mattered for.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from bulkgen.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: Letters that Western texts have; what a wrong guess turns them into is mostly punctuation and capitals.
_LIKELY = frozenset("àâäáãåæçèéêëìíîïñòóôõöøœùúûüýÿßÄÖÜÉÀÇÅØÆ’“”–€")


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    #: What a person should know of the decoding; "" where nothing had to be guessed.
    note: str = ""


def decode(data: bytes, name: str) -> Decoded:
    """The text of the file `name`.

    Raises `InputError` for what is no text: a workbook, a web page, binary data.
    """
    _refuse_other_files(data, name)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return _checked(data.decode(encoding), name)
            except UnicodeDecodeError as error:
                raise InputError(f"{name} says that it is {encoding}, but is damaged at byte {error.start}.") from None

    try:
        return _checked(data.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        doubtful = error.start

    encoding, label = _guess(data)
    line = data.count(b"\n", 0, doubtful) + 1 if b"\n" in data else data.count(b"\r", 0, doubtful) + 1
    text = data.decode(encoding)
    sample = text.splitlines()[line - 1][:60] if line <= len(text.splitlines()) else ""
    return Decoded(
        _checked(text, name).text,
        f"{name} is not in UTF-8; it was read as {label}. Check line {line}: {sample!r}. "
        "If that is wrong, save it as “CSV UTF-8”.",
    )


def _guess(data: bytes) -> tuple[str, str]:
    candidates = []
    for encoding, label in (("cp1252", "Windows-1252 (Western)"), ("mac_roman", "Mac Roman")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue

        score = sum(1 if c in _LIKELY else -1 for c in text if ord(c) > 127)
        candidates.append((score, encoding, label))
    best = max(candidates, key=lambda item: item[0])
    return best[1], best[2]


def _checked(text: str, name: str) -> Decoded:
    if "\0" in text:
        raise InputError(
            f"{name} is not a text file, or it is UTF-16 without its mark. Save it as “CSV UTF-8” and try again."
        )

    return Decoded(text)


def _refuse_other_files(data: bytes, name: str) -> None:
    start = data[:1024].lstrip(codecs.BOM_UTF8).lstrip().lower()
    if data.startswith(b"PK\x03\x04"):
        raise InputError(f"{name} is an Excel workbook in spite of its name. Rename it to end in .xlsx.")

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(f"{name} is an old .xls workbook or has a password. Save it as an unprotected .xlsx.")

    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        raise InputError(f"{name} is a web page, not a CSV. Open it in the spreadsheet and save it as .xlsx.")

    if data.startswith(b"%PDF"):
        raise InputError(f"{name} is a PDF, not a CSV.")
