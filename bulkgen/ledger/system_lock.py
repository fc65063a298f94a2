"""The operating system's lock of a file: gone with its process, and not there at all on some shares."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

#: What POSIX, and Windows, says of a file, or range, that somebody else has locked (EDEADLOCK has no name elsewhere).
_HELD = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES})
_HELD_ON_WINDOWS = frozenset({errno.EACCES, errno.EDEADLK, 36})

#: What they say on a file system that has no locks.
_UNSUPPORTED = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


def system_lock(fd: int) -> bool | None:
    """True: held now; False: someone else holds it; None: this file system has no locks. Raises `OSError`."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(fd, 1 << 30, os.SEEK_SET)  # far behind the note, which others must be able to read
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            return False if error.errno in _HELD_ON_WINDOWS else None
        finally:
            os.lseek(fd, 0, os.SEEK_SET)
        return True

    import fcntl

    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return False

        if error.errno in _UNSUPPORTED:
            return None

        raise

    return True


def is_at(fd: int, path: Path) -> bool:
    """Whether the open file is the one that has this path now."""
    if sys.platform == "win32":
        return True  # an open file can't be deleted there

    try:
        there = path.stat()
    except FileNotFoundError:
        return False

    here = os.fstat(fd)
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)
