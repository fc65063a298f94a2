"""The token that a client of the HTTP server has to know: made new at each start, or the person's own.

Invariants: it is in no message and no log; whoever is not its file's owner can't read it; a comparison with it takes
the same time however much of a guess is right.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bulkgen.disk.whole import put_new, write_private
from bulkgen.errors import InputError

#: The variable of the environment that may hold it.
VARIABLE = "BULKGEN_MCP_TOKEN"

#: A shorter one could be guessed.
_SHORTEST = 32
_LONGEST = 1000

#: What a token may consist of (RFC 6750).
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")

#: Whoever else can read a file with a token.
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Token:
    """`made`: nobody knows it yet, so it has to be shown once; `file`: where it was kept, if it was just put there."""

    text: str = field(repr=False)
    made: bool = False
    file: Path | None = None

    def is_in(self, header: str) -> bool:
        """Whether the value of an `Authorization` header has it."""
        scheme, _, credentials = header.partition(" ")
        given = credentials.strip().encode("latin-1", "replace")
        return scheme.casefold() == "bearer" and hmac.compare_digest(given, self.text.encode())


def token_from(file: Path | None, environment: Mapping[str, str] = os.environ) -> Token:
    """The token of the file, which is made where it is not there; without one that of the environment, or a new one.

    Raises `InputError` for a token that could be guessed, or a file that others can read.
    """
    if file is not None:
        return _of_file(file)

    if VARIABLE in environment:
        return Token(_checked(environment[VARIABLE].strip(), VARIABLE))

    return Token(secrets.token_urlsafe(_SHORTEST), made=True)


def _of_file(path: Path) -> Token:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise InputError(f"{path} is no ordinary file: a token can't be kept there.")

            if sys.platform != "win32" and status.st_mode & _OTHERS:
                raise InputError(f"Others on this computer can read {path}, the token. Type: chmod 600 {path}")

            text = file.read(_LONGEST + 1).decode("ascii", "replace").strip()
    except FileNotFoundError:
        return _kept(Token(secrets.token_urlsafe(_SHORTEST), made=False, file=path))
    except OSError as error:
        raise InputError(f"{path}, the file of the token, can't be read ({error.strerror}).") from error

    return Token(_checked(text, str(path)))


def _kept(token: Token) -> Token:
    assert token.file is not None
    try:
        write_private(token.file, f"{token.text}\n".encode(), put_new)
    except OSError as error:
        raise InputError(f"{token.file}, the file of the token, can't be written ({error.strerror}).") from error

    return token


def _checked(text: str, where: str) -> str:
    if not _SHORTEST <= len(text) <= _LONGEST or not _TOKEN.fullmatch(text):
        raise InputError(
            f"{where} holds no token that is safe: {_SHORTEST} to {_LONGEST} letters, digits and -._~+/ are one. With "
            "--token-file FILE, where no such file is, bulkgen makes one."
        )

    return text
