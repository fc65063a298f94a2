"""The parts of a workbook's ZIP, as XML events, within bounds of time and memory.

Nothing is believed that the file says of itself: sizes are counted while unpacking, a document type declaration is
refused (XML bombs are made of them), and no single tag may be so long that parsing it would never end. Every
error of `zipfile`, `zlib` and `expat` becomes one `InputError`.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from bulkgen.errors import InputError
from bulkgen.sheet.file_type import zip_advice

#: The most bytes that are unpacked in all, and that are parsed of any part: 300,000 rows of 10 cells take 200 million.
UNPACKED_LIMIT = 800_000_000
PARSED_LIMIT = 300_000_000

#: The most tags in a part: each costs time, however short it is. The same rows take 18 million.
TAGS_LIMIT = 24_000_000

#: The longest tag, and the largest list of contents that a workbook can need (bytes).
TAG_LIMIT = 1_000_000
CONTENTS_LIMIT = 10_000_000

_CHUNK = 1 << 18

_ENCODINGS = frozenset({"utf-8", "utf-16", "utf-16be", "utf-16le", "us-ascii", "ascii", "iso-8859-1", "windows-1252"})

#: The namespaces of spreadsheets, in the two editions of the standard; some programs name none.
_OURS = frozenset(
    {
        "",
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    }
)

#: The namespaces in which a workbook's links stand, and in which other parts refer to them.
_LINKS = frozenset(
    {
        "http://schemas.openxmlformats.org/package/2006/relationships",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
)

#: What `zipfile` raises over broken archives.
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, LookupError, ValueError, ArithmeticError,
           RuntimeError)  # fmt: skip

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class Archive:
    """A workbook's ZIP. Names of parts match whatever their case and slashes: some programs write them carelessly."""

    def __init__(self, file: BinaryIO, file_name: str) -> None:
        self.file_name = file_name
        self._unpacked = 0
        self._check_contents(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise self.damaged("its ZIP archive is broken, or breaks off") from error

        self._entries = {_key(entry.filename): entry for entry in self._zip.infolist()}

    def __contains__(self, part: str) -> bool:
        return _key(part) in self._entries

    def advice(self) -> str:
        """What the archive is instead, when it is no workbook."""
        return zip_advice(set(self._entries))

    def damaged(self, why: str) -> InputError:
        return InputError(
            f"{self.file_name} is damaged: {why}. Open it in your spreadsheet, save it as .xlsx under a new name, and "
            "try that file."
        )

    def too_large(self, what: str) -> InputError:
        return InputError(
            f"{self.file_name} {what}: too large for a list of rows. Copy the rows you need into a new workbook and "
            "try that."
        )

    def chunks(self, part: str) -> Iterator[bytes]:
        """The unpacked bytes of a part. Raises `InputError` for damage, and past all bounds."""
        entry = self._entries.get(_key(part))
        if entry is None:
            raise self.damaged(f"its part {part} is missing")

        if entry.flag_bits & 1:
            raise InputError(f"{self.file_name} has a password. Save it without one.")

        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self.damaged(f"its part {part} is packed in a way that no spreadsheet uses")

        try:
            with self._zip.open(entry) as file:
                while chunk := file.read(_CHUNK):
                    self._unpacked += len(chunk)
                    if self._unpacked > UNPACKED_LIMIT:
                        raise self.too_large(f"unpacks to more than {UNPACKED_LIMIT // 1_000_000} MB")

                    yield chunk
        except _BROKEN as error:
            raise self.damaged(f"its part {part} can't be unpacked") from error

    def parse(
        self, part: str, start: Start, end: End, text: Text, *, place: Callable[[], str], until: int | None = None
    ) -> Iterator[None]:
        """Sends the part's XML to the three handlers, and pauses after every chunk; the first `until` bytes, or all.

        Names come with their namespace, as `own` and `linked` take them apart: an extension may have an element of the
        same name. `place` says where the handlers are, for the message about damage. What they raise passes through.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.XmlDeclHandler = self._check_encoding
        at_once = getattr(parser, "SetReparseDeferralEnabled", None)
        if at_once:  # newer ones would keep back the last bytes before `until`; long tags are refused below
            at_once(False)
        fed = tags = 0
        try:
            for chunk in self.chunks(part):
                if until is not None and fed + len(chunk) >= until:
                    parser.Parse(chunk[: until - fed], False)
                    yield
                    return

                fed += len(chunk)
                parser.Parse(chunk, False)
                tags += chunk.count(b"<")
                if fed > PARSED_LIMIT or tags > TAGS_LIMIT:
                    raise self.too_large(f"holds {fed // 1_000_000} MB and more up to {place().rstrip(',')}")

                if fed - parser.CurrentByteIndex > TAG_LIMIT:
                    raise self.damaged(f"{place()} holds a tag without end")

                yield
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self.damaged(f"{place()} can't be read ({expat.ErrorString(error.code)})") from error

    def _refuse_doctype(self, *_: object) -> None:
        raise self.damaged("it declares a document type, which no spreadsheet does")

    def _check_encoding(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.casefold() not in _ENCODINGS:
            raise self.damaged(f"it is written in {encoding[:20]!r}, which no spreadsheet does")

    def _check_contents(self, file: BinaryIO) -> None:
        """The list of contents is read in one go, so its size is looked at first, where the file's end tells it."""
        size = file.seek(0, io.SEEK_END)
        file.seek(max(size - 66_000, 0))
        tail = file.read()
        file.seek(0)
        last = len(tail) - 22  # where it stands without a comment
        end = last if tail[last : last + 4] == b"PK\x05\x06" and last >= 0 else tail.rfind(b"PK\x05\x06")
        if end < 0:
            return  # no ZIP at all

        contents = int.from_bytes(tail[end + 12 : end + 16], "little")
        if tail[max(end - 20, 0) : max(end - 16, 0)] == b"PK\x06\x07":  # sizes beyond 32 bits stand before it
            contents = int.from_bytes(tail[end - 36 : end - 28], "little")
        if min(contents, size) > CONTENTS_LIMIT:
            raise self.damaged("its ZIP archive lists more parts than a workbook has")


def drain(events: Iterator[None]) -> None:
    """Parses a part to its end."""
    for _ in events:
        pass


def resolve(base: str, target: str) -> str:
    """The part that a link in the part `base` leads to."""
    target = target.replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), target)).lstrip("/")


def own(name: str) -> str:
    """The bare name of a spreadsheet's element; "" for one of another namespace."""
    space, _, bare = name.rpartition(" ")
    return bare if space in _OURS else ""


def linked(name: str) -> str:
    """The bare name of an element or attribute that has to do with links; "" for one of another namespace."""
    space, _, bare = name.rpartition(" ")
    return bare if space in _LINKS else ""


def _key(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").casefold()
