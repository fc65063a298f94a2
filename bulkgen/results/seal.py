"""By which a file that bulkgen wrote shows later whether anybody has changed it since: a digest.

That of a workbook is of its parts; only the archive's list of contents is read for it, however large the workbook is.
Of results it is kept in the resume file. A workbook that belongs to no run is sealed: its digest lies in it as a part
that belongs to no other. Whatever saves the workbook again writes its parts again: then the digest is gone, or is not
theirs. A text is sealed by a digest that stands in it, where it has a place for it (`PLACE`).
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

#: Where a text is to have its seal; what comes from cells stands before it.
_BEGINS, _BLANK = "bulkgen-seal:", "0" * 64
PLACE = _BEGINS + _BLANK

PART = "docProps/bulkgen.xml"

#: That of a workbook of costs: neither such a one nor a marked copy takes the other's place.
COST_PART = "docProps/bulkgen-cost.xml"

#: When it was written: the one part that differs between two workbooks of the same cells.
_DATES = "docProps/core.xml"

#: What `zipfile` raises over files that are no whole archive.
_BROKEN = (BadZipFile, OSError, KeyError, EOFError, ValueError, RuntimeError, struct.error, zlib.error)


def seal(path: Path, part: str = PART) -> None:
    """Adds the sign to a workbook, as this part of it."""
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr(part, _sign(archive, part))


def is_sealed(path: Path, part: str = PART) -> bool:
    """Whether the file is as bulkgen wrote it."""
    try:
        with ZipFile(path) as archive:
            sign = _sign(archive, part)
            return archive.getinfo(part).file_size == len(sign) and archive.read(part) == sign
    except _BROKEN:
        return False


def digest_of(path: Path) -> str:
    """SHA-256 (hex) of a CSV's bytes, or of a workbook's parts. Raises `OSError` where the file can't be read."""
    try:
        with ZipFile(path) as archive:
            return _digest(archive, without=_DATES)
    except BadZipFile:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def sealed_text(text: str, owner: str) -> bytes:
    """The text, as UTF-8, with its seal at its last `PLACE`; `owner`: whose it is, by which others are told apart."""
    before, _, behind = text.rpartition(PLACE)
    content = text.encode()
    return f"{before}{_BEGINS}{_seal(content, owner)}{behind}".encode()


def is_sealed_text(content: bytes, owner: str) -> bool:
    """Whether the text is as bulkgen wrote it for this owner."""
    before, begins, behind = content.rpartition(_BEGINS.encode())
    seal, rest = behind[: len(_BLANK)], behind[len(_BLANK) :]
    return bool(begins) and seal == _seal(before + PLACE.encode() + rest, owner).encode()


def _seal(content: bytes, owner: str) -> str:
    return hashlib.sha256(owner.encode("utf-8", "replace") + b"\x00" + content).hexdigest()


def _sign(archive: ZipFile, part: str) -> bytes:
    digest = _digest(archive, without=part)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<unchanged sha256="{digest}"/>\n'.encode()


def _digest(archive: ZipFile, *, without: str) -> str:
    parts = (f"{part.filename} {part.CRC:08x} {part.file_size}" for part in archive.infolist())
    kept = (part for part in parts if not part.startswith(f"{without} "))
    return hashlib.sha256("\n".join(sorted(kept)).encode()).hexdigest()
