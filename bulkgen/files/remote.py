"""A file behind a link, read a piece at a time for what its header says.

Invariant: no more than `MOST_BYTES` of it are read, in no more than `MOST_CALLS` calls; pieces of different files, or
other pieces than were asked for, are never put together.
"""

from __future__ import annotations

import re

from bulkgen.files import verdicts
from bulkgen.files.calls import beginning, called
from bulkgen.files.headers import seconds_told
from bulkgen.files.pieces import Missing, Pieces
from bulkgen.files.public import Public
from bulkgen.files.verdicts import Answer, Verdict
from bulkgen.kinds.media import ANYTHING

#: The first piece; one right behind the last is twice as long, so that a header of any size takes few calls.
PIECE = 4 * 1024

#: Where a host can't give pieces: a file up to this size is read whole, of a larger one the beginning.
WHOLE = 256 * 1024
BEGINNING = 32 * 1024

MOST_BYTES = 2 * 1024 * 1024
MOST_CALLS = 12


class Remote:
    """A file behind a link, of which pieces are fetched as they are needed."""

    def __init__(self, public: Public, link: str, *, within: float) -> None:
        self._public = public
        self._within = within
        self.link = link
        #: Of the first call; None before.
        self.answer: Answer | None = None
        self.fetched = 0
        self._pieces: Pieces | None = None
        self._whole = False

    @property
    def size(self) -> int | None:
        return self.answer.size if self.answer else None

    async def seconds(self) -> float | None:
        """What the header says; None where it does not, or where it can't be had. Raises `Verdict`, as httpx does."""
        at, length, end = 0, PIECE, 0
        for _ in range(MOST_CALLS):
            data = await self._fetch(at, min(length, MOST_BYTES - self.fetched))
            if not data or self._pieces is None:
                return None

            self._pieces.add(at, data)
            end = at + len(data)
            try:
                return seconds_told(self._pieces)
            except Missing:
                if self._whole or self._pieces.missing is None:
                    return None

            at, needed = self._pieces.missing
            if 0 <= at - end < PIECE:  # read on, over what was jumped over too
                at, needed, length = end, at - end + needed, length * 2
            else:
                length = PIECE
            length = max(needed, length)
        return None

    async def _fetch(self, at: int, length: int) -> bytes:
        """The bytes from `at` on, at most so many; none where they can't be had."""
        if length <= 0:
            return b""

        piece = {"Range": f"bytes={at}-{at + length - 1}"}
        async with called(self._public, "GET", self.link, within=self._within, headers=piece) as response:
            answer = Answer(response.status_code, response.headers)
            if self.answer is None:
                issue = verdicts.judged(answer, ANYTHING)
                if issue is not None:
                    raise Verdict(issue)

                self.answer, self._pieces = answer, Pieces(answer.size)
                self.link = str(response.url)
            if is_packed(answer):
                return b""

            if answer.status != 206:
                self._whole = True
                if at or answer.status != 200:
                    return b""

                length = WHOLE if answer.size is not None and answer.size <= WHOLE else BEGINNING
            elif _begin(answer) != at or answer.size != self.size:  # another piece, or another file
                return b""

            data = await beginning(response, length)
            self.fetched += len(data)
            return data


def is_packed(answer: Answer) -> bool:
    """Whether the bytes are packed, although it was asked for them as they are."""
    return answer.headers.get("Content-Encoding", "identity").strip().casefold() not in ("", "identity")


def _begin(answer: Answer) -> int | None:
    """Where the piece begins that the host has sent."""
    told = re.match(r"bytes ([0-9]{1,18})-", answer.headers.get("Content-Range", ""))
    return int(told[1]) if told else None
