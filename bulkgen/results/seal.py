"""A sign in a workbook that bulkgen wrote, which shows later whether anybody has changed it since.

A digest of the workbook's parts lies beside them as a part that belongs to no other. Whatever saves the workbook again
writes its parts again: then the digest is gone, or is not theirs. Only the archive's list of contents is read for it,
however large the workbook is.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

PART = "docProps/bulkgen.xml"

#: What `zipfile` raises over files that are no whole archive.
_BROKEN = (BadZipFile, OSError, KeyError, EOFError, ValueError, RuntimeError, struct.error, zlib.error)


def seal(path: Path) -> None:
    """Adds the sign to a workbook."""
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr(PART, _sign(archive))


def is_sealed(path: Path) -> bool:
    """Whether the file is as bulkgen wrote it."""
    try:
        with ZipFile(path) as archive:
            sign = _sign(archive)
            return archive.getinfo(PART).file_size == len(sign) and archive.read(PART) == sign
    except _BROKEN:
        return False


def _sign(archive: ZipFile) -> bytes:
    parts = (f"{part.filename} {part.CRC:08x} {part.file_size}" for part in archive.infolist() if part.filename != PART)
    digest = hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<unchanged sha256="{digest}"/>\n'.encode()
