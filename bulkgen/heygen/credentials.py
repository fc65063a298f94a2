"""Where the API key comes from: the environment, else the file that HeyGen's own command-line tool keeps.

The key is read here and given to the client; it is never printed, logged or written.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bulkgen.errors import CredentialError, InputError

DEFAULT_BASE = "https://api.heygen.com"

_HOST = re.compile(r"[\w.:-]*")

_WHERE = (
    "Get a key at https://app.heygen.com/settings?nav=API, then set it for this terminal:\n"
    "  macOS, Linux:  export HEYGEN_API_KEY=your-key\n"
    '  PowerShell:    $env:HEYGEN_API_KEY = "your-key"\n'
    "  cmd.exe:       set HEYGEN_API_KEY=your-key\n"
    "To rehearse without a key, add --sandbox."
)


def read_key(environment: Mapping[str, str] = os.environ) -> str:
    """The key of `HEYGEN_API_KEY`, else of `credentials` in `HEYGEN_CONFIG_DIR` (`~/.heygen`).

    The file is JSON with `api_key`, or one plain line that is the key. Raises `CredentialError` without one.
    """
    key = environment.get("HEYGEN_API_KEY", "").strip()
    if key:
        return _usable(key, "HEYGEN_API_KEY")

    folder = environment.get("HEYGEN_CONFIG_DIR", "").strip()
    path = (Path(folder) if folder else Path.home() / ".heygen") / "credentials"
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError:
        raise CredentialError(f"There is no HeyGen API key. {_WHERE}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialError(f"{path} can't be read. {_WHERE}") from error

    return _usable(_from_file(text, path), str(path))


def _from_file(text: str, path: Path) -> str:
    if text.startswith("{"):
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            raise CredentialError(f"{path} is damaged (no valid JSON). {_WHERE}") from None

        key = content.get("api_key")
        if isinstance(key, str) and key.strip():
            return key.strip()

        login = " It holds a login of HeyGen's own tool, but bulkgen needs an API key." if content.get("oauth") else ""
        raise CredentialError(f"{path} holds no API key.{login} {_WHERE}")

    if not text:
        raise CredentialError(f"{path} is empty. {_WHERE}")

    if len(text.splitlines()) > 1:
        raise CredentialError(f"{path} holds several lines; it should be one line, the key. {_WHERE}")

    return text


def _usable(key: str, source: str) -> str:
    if not key.isascii() or not key.isprintable() or " " in key:
        raise CredentialError(f"The key in {source} has characters that no HeyGen key has. Copy it again. {_WHERE}")

    return key


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
