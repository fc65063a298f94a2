"""Where the server over HTTP is to be found, and who may find it there.

Invariant: other computers reach it only where somebody has said at which address they do.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from bulkgen.errors import InputError
from bulkgen.web import listen_at

#: What stands behind the host and the port.
PATH = "/mcp"

#: A host with or without a port, as the header of that name has it.
HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?", re.IGNORECASE)

#: Names of this computer.
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True)
class Place:
    """Where the server is to be found. `public`: the address that other computers type, "" for this one alone."""

    host: str = "127.0.0.1"
    port: int = 8765
    public: str = ""

    def checked(self) -> Place:
        """Raises `InputError` where other computers could reach it and nobody has said that this is meant."""
        if self.public and not _is_address(self.public):
            raise InputError(f"--public-url {self.public} is no web address: give one like https://videos.example.com")

        if not self.public and not _is_loopback(self.host):
            raise InputError(
                f"--host {self.host} lets other computers reach this server, and what it spends. If that is meant, say "
                "at which address they reach it, with --public-url https://…, and have a web server with TLS in front: "
                "docs/ASSISTANTS.md shows how. Otherwise leave --host away."
            )

        return self

    def listen(self) -> socket.socket:
        """A socket that takes connections from now on. Raises `InputError` where the port is taken."""
        return listen_at(self.host, self.port)

    def address(self, listener: socket.socket) -> str:
        """What a client is told."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        base = self.public or f"http://{host}:{listener.getsockname()[1]}"
        return base if urlsplit(base).path.strip("/") else base.rstrip("/") + PATH

    @property
    def names(self) -> frozenset[str]:
        """The hosts that a request may name; the port does not matter (it may come through a tunnel)."""
        named = urlsplit(self.public).netloc.rpartition("@")[2] if self.public else ""
        found = HOST.fullmatch(named)
        return _LOOPBACK | ({found["name"].lower()} if found else set())


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        fine = parts.scheme in ("http", "https") and not parts.username and not parts.query and not parts.fragment
        return fine and HOST.fullmatch(parts.netloc) is not None
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
