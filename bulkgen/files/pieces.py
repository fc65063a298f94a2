"""A file of which only some pieces are at hand, as a file object that parsers can read.

It never fetches: what is asked for and not at hand is named (`missing`), so that it can be fetched and the parsing
begun anew. Invariant: work and memory are bounded, whatever a hostile header makes a parser ask for.
"""

from __future__ import annotations

import io

#: Nobody has to read more at once, or more often, to find a length.
LARGEST_READ = 256 * 1024
MOST_READS = 20_000

#: Stands for a size that the host does not tell: beyond any file, so that nothing computed from it is believed.
NO_SIZE = 1 << 60


class Missing(Exception):
    """A byte that is not at hand was asked for."""


class Unreadable(Exception):
    """The reading can't come to an end in reason."""


class Pieces(io.RawIOBase):
    """The pieces of a file of `size` bytes. Reading raises `Missing`, and `Unreadable` when it goes on for too long.

    `short`: what is missing reads as if the file ended there.
    """

    def __init__(self, size: int | None) -> None:
        self.size = NO_SIZE if size is None else size
        self.short = False
        #: The bytes asked for in vain: where they begin, and how many.
        self.missing: tuple[int, int] | None = None
        self._pieces: list[tuple[int, bytearray]] = []
        self._at = 0
        self._reads = 0

    def add(self, at: int, data: bytes) -> None:
        """Takes in the bytes that begin at `at`. What is at hand already is not replaced."""
        for start, piece in self._pieces:
            if start + len(piece) == at:
                piece.extend(data)
                return

        self._pieces.append((at, bytearray(data)))

    def rewind(self) -> None:
        self._at, self.missing, self.short = 0, None, False

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if at < 0:
            raise OSError("before the beginning of the file")

        self._at = at
        return at

    def read(self, size: int = -1) -> bytes:
        self._reads += 1
        wanted = min(self.size - self._at, size if size >= 0 else self.size)
        if wanted <= 0:
            return b""

        if wanted > LARGEST_READ or self._reads > MOST_READS:
            raise Unreadable

        found = self._found(self._at, wanted)
        if len(found) < wanted:
            self.missing = self.missing or (self._at + len(found), wanted - len(found))
            if not self.short:
                raise Missing

        self._at += len(found)
        return found

    def _found(self, at: int, wanted: int) -> bytes:
        found = b""
        for start, piece in self._pieces:
            begin = at + len(found) - start
            if 0 <= begin < len(piece):
                found += piece[begin : begin + wanted - len(found)]
        return found
