"""One TLS context for all connections of the process: loading the certificates takes longer than many a call."""

from __future__ import annotations

import os
import ssl
from functools import cache

import httpx

#: The settings of this computer that a context is made by.
SETTINGS = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


def tls() -> ssl.SSLContext:
    """How hosts prove who they are, as httpx has it by default. Raises `OSError` where the settings allow none."""
    return _context(*(os.environ.get(name) for name in SETTINGS))


@cache
def _context(*_settings: str | None) -> ssl.SSLContext:
    return httpx.create_ssl_context()
