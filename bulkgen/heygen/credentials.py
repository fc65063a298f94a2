"""Where the API key comes from: the environment, else the file that HeyGen's own command-line tool keeps.

A key is read here, or made out of what a person pasted, and given to the client; it is never printed or logged.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from bulkgen.errors import CredentialError, InputError, Unauthorized
from bulkgen.heygen.key_file import KEYS_PAGE, WHERE, credentials_path, stored_key

DEFAULT_BASE = "https://api.heygen.com"

#: The variable that goes before the file.
VARIABLE = "HEYGEN_API_KEY"

#: How it is taken away.
UNSET = f"unset it (macOS, Linux: unset {VARIABLE}; PowerShell: Remove-Item Env:{VARIABLE}; cmd.exe: set {VARIABLE}=)."

_HOST = re.compile(r"[\w.:-]*")

_COPY = f"Copy your key at {KEYS_PAGE}. Nothing was stored."

#: What is pasted along with a key: the command that sets it, the name of the header.
_AROUND = re.compile(
    r"(?:(?:export|set|setx)\s+|\$env:)?heygen_api_key\s*[=\s:]\s*|(?:x-api-key|authorization)\s*:\s*", re.IGNORECASE
)
_BEARER = re.compile(r"bearer\s+", re.IGNORECASE)
_COMMENT = re.compile(r"\s#.*")

#: A key has far fewer characters.
_LONGEST = 500
_QUOTES = "\"'`“”„‘’"

#: What instructions have in place of a key.
_PLACEHOLDERS = frozenset(
    {"your-key", "your_key", "yourkey", "your-api-key", "your_api_key", "<key>", "sk_...", "sk_…"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key, which is shown nowhere, and where it comes from: `HEYGEN_API_KEY`, or a file."""

    text: str = field(repr=False)
    source: str


def read_key(environment: Mapping[str, str] = os.environ) -> str:
    """The key that `find_key` finds."""
    return find_key(environment).text


def find_key(environment: Mapping[str, str] = os.environ) -> Key:
    """The key of `HEYGEN_API_KEY`, else of the file of credentials. Raises `CredentialError` without one."""
    key = environment.get(VARIABLE, "").strip()
    if key:
        return Key(text=usable(key, f"The key in {VARIABLE}"), source=VARIABLE)

    path = credentials_path(environment)
    return Key(text=usable(stored_key(path), f"The key in {path}"), source=str(path))


def pasted_key(text: str) -> str:
    """The key in what a person pasted: without blanks, quotes and the command around it.

    Raises `CredentialError` for what can't be one.
    """
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        text = _of_json(text)
    lines = [line.strip("\ufeff \t\r;") for line in text.splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        raise CredentialError(f"No key was typed. {_COPY}")

    if len(lines) > 1:
        raise CredentialError(f"These are {len(lines)} lines; a key is one. {_COPY}")

    line = _COMMENT.sub("", lines[0]).strip(_QUOTES)  # the whole command may be in quotes, or the key alone
    for around in (_AROUND, _BEARER):
        line = line[match.end() :] if (match := around.match(line)) else line
    return usable(line, "What was typed", _COPY)


def _of_json(text: str) -> str:
    """The key in a file of credentials, or in one like it. Raises `CredentialError` where none is named there."""
    try:
        key = json.loads(text.strip("\ufeff \t\r\n"))["api_key"]
    except (ValueError, KeyError, RecursionError):
        key = None
    if not isinstance(key, str):
        raise CredentialError(f"What was typed is JSON without a key in it. {_COPY}")

    return key


def usable(key: str, what: str, advice: str = WHERE) -> str:
    """The key without quotes around it. Raises `CredentialError` for what no key is."""
    key = key.strip().strip(_QUOTES).strip()
    if key.casefold().strip("<>[]{}") in _PLACEHOLDERS or not key:
        raise CredentialError(f"{what} is only the example of the instructions. {advice}")

    if len(key) > _LONGEST:
        raise CredentialError(f"{what} is too long for a key. {advice}")

    if not key.isascii() or not key.isprintable() or " " in key:
        raise CredentialError(f"{what} has characters that no HeyGen key has. {advice}")

    return key


def refused(error: Unauthorized, source: str) -> Unauthorized:
    """What to say where HeyGen does not take the key from there ("": it was typed just now)."""
    key = f"the key in {source}" if source else "this key"
    if source == VARIABLE:  # what login keeps would stay behind it
        todo = f"put that into {VARIABLE}. To use the key that bulkgen login keeps instead, {UNSET}"
    else:
        todo = "copy it whole, and type: bulkgen login"
    return Unauthorized(
        f"HeyGen does not accept {key} ({error.message.rstrip('.')}): it is wrong, or was withdrawn. The "
        f"right one is at {KEYS_PAGE}: {todo}",
        code=error.code,
        status=error.status,
        param=error.param,
        request_id=error.request_id,
    )


def read_base(environment: Mapping[str, str] = os.environ) -> str:
    """HeyGen's address: `HEYGEN_API_BASE`, else the public one.

    Raises `InputError` for what is no address, and for one that the key must not be sent to: plain http beyond this
    network.
    """
    base = environment.get("HEYGEN_API_BASE", "").strip().rstrip("/") or DEFAULT_BASE
    try:
        host = _host(base)
    except ValueError:
        raise InputError(
            f"HEYGEN_API_BASE is {base!r}: no request can be sent there. An address is like "
            f"https://proxy.example:8443/heygen. Unset it to use {DEFAULT_BASE}."
        ) from None

    scheme = urlsplit(base).scheme
    if host and (scheme == "https" or (scheme == "http" and _local(host))):
        return base

    raise InputError(f"HEYGEN_API_BASE is {base!r}: it must start with https://. Unset it to use {DEFAULT_BASE}.")


def _host(base: str) -> str:
    """The address's host. Raises `ValueError` for what no request can be sent to, or holds more than host and path."""
    parts = urlsplit(base)
    if "@" in parts.netloc or parts.query or parts.fragment or not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError

    try:
        return httpx.URL(base, port=parts.port).host
    except httpx.InvalidURL:
        raise ValueError from None


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host
