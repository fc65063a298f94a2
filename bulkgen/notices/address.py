"""Addresses that notices go to. Pure.

An address holds secrets (a password, a token, the whole of a web hook): it is shown by its scheme alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bulkgen.errors import InputError
from bulkgen.model import listed, shorten

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9]{0,19})://\S", re.ASCII)

#: What a file may name: mail, chats, and web hooks. It may have come with a stranger's sheet, and others of the two
#: hundred schemes write to this computer's screen, its log or its disk.
_FOR_FILES = (
    *("mailto", "mailtos", "slack", "workflow", "workflows", "discord", "tgram", "gchat", "mmost", "mmosts"),
    *("ntfy", "ntfys", "pover", "json", "jsons", "https"),
)

#: What may stand behind the `?` of these. Others have a file of this computer read and sent along (`template=`,
#: `keyfile=`), or a connection trusted that nobody should trust (`verify=no`).
_QUERY_FOR_FILES = frozenset(
    [
        *("to", "from", "name", "user", "pass", "smtp", "mode", "cc", "bcc", "reply", "format"),  # mail
        *("api-version", "sp", "sv", "sig"),  # a workflow of Teams
        *("key", "token"),  # Google Chat
    ]
)


@dataclass(frozen=True, slots=True)
class Address:
    """`url`: as the person wrote it; `place`: where: `--notify`, `BULKGEN_NOTIFY`, `leads.recipe.toml`."""

    url: str = field(repr=False)
    place: str

    @property
    def scheme(self) -> str:
        """What stands before `://`, in small letters; "" for a text that is no address."""
        return scheme_of(self.url)

    @property
    def shown(self) -> str:
        """All that is ever shown of it: `slack://…`."""
        return f"{self.scheme}://…" if self.scheme else "a text without a service in front of ://"


def scheme_of(url: str) -> str:
    match = _SCHEME.match(url)
    return match["scheme"].casefold() if match else ""


def check_for_files(url: str) -> None:
    """Raises `InputError` for an address that is only ever typed, or set in the environment."""
    scheme, query = scheme_of(url), url.partition("?")[2]
    instead = "Type it with the command (--notify), or set it in BULKGEN_NOTIFY."
    if scheme not in _FOR_FILES:
        raise InputError(
            f"notify: {Address(url, '').shown} can't be set in a file, which may have come with somebody else's sheet: "
            f"there it may be {listed(_FOR_FILES, len(_FOR_FILES))}. {instead}"
        )

    names = [part.partition("=")[0] for part in re.split("[&;?]", query) if part]
    wrong = next((name for name in names if name not in _QUERY_FOR_FILES), None)
    if wrong is not None:
        raise InputError(
            f"notify: {scheme}://… has {shorten(wrong, 20)!r} behind its question mark, which can't be set in a file, "
            f"since it may have come with somebody else's sheet. {instead}"
        )
