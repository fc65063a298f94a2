"""A file that only grows, with room kept free behind its end: zeros that are really written, not only promised.

What is put at its end is written over these zeros, so that a disk that fills up refuses nothing that room was made
for. While the file is being written, and after its writer was killed, they stand behind its content; `close` cuts them
off. Every method raises `OSError`, and only `make_room` leaves the file as it was then.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bulkgen.disk.whole import sync_folder

#: What a system says where nothing more can be written: a full disk, a quota, a limit of the file's size.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

#: By how much the room grows at a time, where the disk has it (bytes): one sync more for so much.
CHUNK = 65_536


class GrowingFile:
    """`length`: how much of the file is content. `is_torn` says whether what stands behind that is to be cut off."""

    def __init__(self, path: Path, length: int, is_torn: Callable[[bytes], bool]) -> None:
        self.path = path
        self.length = length
        # What had content is never created again: it would be an empty one in its place.
        flags = os.O_RDWR | (0 if length else os.O_CREAT) | getattr(os, "O_BINARY", 0)
        new = not path.exists()
        self._fd = os.open(path, flags, 0o600)
        try:
            if os.fstat(self._fd).st_size < length or not is_torn(self._behind()):
                raise _changed()

            os.ftruncate(self._fd, length)
        except OSError:
            os.close(self._fd)
            raise

        self._size = length
        if new:
            sync_folder(path.parent)

    def put(self, data: bytes) -> None:
        """Adds the data, durable, and found under the file's name."""
        if os.fstat(self._fd).st_size != self._size or self._behind(len(data)).strip(b"\0"):
            raise _changed()  # somebody has taken over: their content must not be written over

        try:
            self._write(data)
        except OSError as error:
            if error.errno not in FULL or self._size == self.length:
                raise

            # A file system that writes nothing in its own place needs what was kept free for it.
            os.ftruncate(self._fd, self.length)
            self._size = self.length
            self._write(data)
        sync(self._fd)
        self._check(data)
        self.length += len(data)
        self._size = max(self._size, self.length)

    def make_room(self, room: int) -> None:
        """So many bytes on the disk behind the content."""
        least = self.length + room
        if least > self._size:
            try:
                self._grow(least + CHUNK)
            except OSError as error:
                if error.errno not in FULL:
                    raise

                self._grow(least)

    def close(self) -> None:
        """Leaves the content alone, unless somebody else has written behind it."""
        with contextlib.suppress(OSError):
            if os.fstat(self._fd).st_size == self._size and not self._behind().strip(b"\0"):
                os.ftruncate(self._fd, self.length)
        os.close(self._fd)

    def _grow(self, size: int) -> None:
        try:
            os.lseek(self._fd, self._size, os.SEEK_SET)
            write(self._fd, bytes(size - self._size))
            sync(self._fd)
        except OSError:
            os.ftruncate(self._fd, self._size)
            raise

        self._size = size

    def _write(self, data: bytes) -> None:
        os.lseek(self._fd, self.length, os.SEEK_SET)
        write(self._fd, data)

    def _behind(self, most: int | None = None) -> bytes:
        """What stands behind the content; `most`: so many bytes of it at most."""
        os.lseek(self._fd, self.length, os.SEEK_SET)
        return os.read(self._fd, max(0, os.fstat(self._fd).st_size - self.length) if most is None else most)

    def _check(self, data: bytes) -> None:
        """A file that was moved away or replaced under us takes no more records that anybody would find."""
        if sys.platform == "win32":  # an open file can't be
            return

        with self.path.open("rb") as file:
            file.seek(self.length)
            if file.read(len(data)) != data:
                raise OSError(errno.EBUSY, "another program has replaced it meanwhile")


def _changed() -> OSError:
    return OSError(errno.EBUSY, "another program has changed it meanwhile")


def write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def sync(fd: int) -> None:
    if sys.platform == "darwin":  # fsync alone leaves the data in the drive's cache there
        import fcntl

        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        except OSError as error:
            if error.errno not in (errno.ENOTSUP, errno.ENOTTY, errno.EINVAL):
                raise
        else:
            return

    os.fsync(fd)
