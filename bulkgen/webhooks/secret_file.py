"""The secret that HeyGen signs deliveries with, kept for the next start: HeyGen shows it only once.

A file in the person's data folder, 0600 from its first moment, written whole or not at all. Its content is in no
message and no log. While a new secret is being fetched the file says so: if the answer is lost, the one that it holds
may be worth nothing, and the next start fetches another.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bulkgen.disk.whole import write_private
from bulkgen.errors import InputError

#: How long the secret before is still taken (seconds): deliveries that it signed may be on their way.
OVERLAP = 600.0

#: No file of ours is larger (bytes).
_LARGEST = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """`earlier` is taken too, until `earlier_until` (Unix seconds). `rotating`: a new one was being fetched."""

    endpoint_id: str
    text: str = field(repr=False)
    earlier: str = field(default="", repr=False)
    earlier_until: float = 0.0
    rotating: bool = False

    def accepted(self, now: float) -> Sequence[str]:
        """The secrets that a delivery may be signed with."""
        return [self.text, self.earlier] if self.earlier and now < self.earlier_until else [self.text]


class SecretFile:
    """One endpoint's. Another process may write it meanwhile: a look at its date notices."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._mark: tuple[int, int] | None = None
        self._known: Secret | None = None

    @property
    def accepted(self) -> Sequence[str]:
        """The secrets that a delivery may be signed with now; none without a file that can be read."""
        try:
            found = self.path.stat()
        except OSError:
            return []

        if self._mark != (found.st_mtime_ns, found.st_ino):
            self._mark, self._known = (found.st_mtime_ns, found.st_ino), self.read()
        return self._known.accepted(self._clock()) if self._known else []

    def read(self) -> Secret | None:
        """None where there is none, or what is there can't be used."""
        try:
            with self.path.open("rb") as file:
                told = json.loads(file.read(_LARGEST))
            secret = Secret(**told)
        except (OSError, ValueError, TypeError, RecursionError):
            return None

        texts = (secret.endpoint_id, secret.text, secret.earlier)
        whole = all(isinstance(each, str) for each in texts) and isinstance(secret.earlier_until, int | float)
        return secret if whole and secret.text else None

    def write(self, secret: Secret) -> None:
        """Raises `InputError` where that can't be."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self.path, json.dumps(asdict(secret)).encode())
        except OSError as error:
            raise InputError(
                f"{self.path}, where the secret of the webhook is kept, can't be written ({error.strerror}). "
                "BULKGEN_DATA_DIR names another folder."
            ) from None

    def forget(self) -> None:
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise InputError(f"{self.path} can't be removed ({error.strerror}).") from None
