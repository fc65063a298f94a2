"""Links that a page or a mail may lead to. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit


def web_link(link: str | None) -> str:
    """The link if a page may lead to it."""
    try:
        parts = urlsplit(link or "")
    except ValueError:
        return ""

    return link if link and parts.scheme.casefold() in ("http", "https") and parts.netloc else ""
