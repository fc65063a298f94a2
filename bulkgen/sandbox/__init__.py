"""A pretend HeyGen inside bulkgen, to rehearse a whole sheet for free: no key, no network, no socket.

`Sandbox` is an ASGI app behind an httpx transport, so that everything from the client on is the code of a real run.
It refuses what HeyGen refuses, has ten slots and a purse, honours Idempotency-Keys, and hands out real media files
that say SANDBOX. What it was asked for outlives a crash in a state file beside the sheet. Behind it is a `World`
without any wire, which can be carried in other ways too.
"""

from __future__ import annotations

from bulkgen.sandbox.app import Sandbox
from bulkgen.sandbox.settings import BASE, KEY, Settings

__all__ = ["BASE", "KEY", "Sandbox", "Settings"]
