"""Where the files of this room lie in the person's data folder: one for each account, and for each endpoint."""

from __future__ import annotations

import hashlib
from pathlib import Path


def news_path(folder: Path, *, base: str, account: str) -> Path:
    """The ids that were delivered for this account at this address of HeyGen's."""
    return folder / "webhooks" / f"news-{_digest(base, account)}.jsonl"


def secret_path(folder: Path, *, base: str, account: str, url: str) -> Path:
    """The secret by which deliveries to `url` are signed."""
    return folder / "webhooks" / f"secret-{_digest(base, account, url)}.json"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
