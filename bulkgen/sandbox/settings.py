"""How the pretend HeyGen behaves: its limits, what it charges, how long things take. All of it can be set."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from bulkgen.sandbox.charges import Charge, nothing

#: The only key that the sandbox takes. It opens nothing else.
KEY = "sandbox-key"

#: Ends in a name that no resolver knows (RFC 6761, 6.4): a link that escapes leads nowhere.
BASE = "https://sandbox.invalid"

#: Renders in progress at once, HeyGen's pay-as-you-go limit (https://developers.heygen.com/docs/usage-limits).
SLOTS = 10

#: A text that holds this makes its job fail.
FAIL_MARK = "[fail]"

#: A prompt that holds this, in mode chat, makes its agent ask something: as often as it does.
ASK_MARK = "[ask]"

Body = Mapping[str, object]
Span = tuple[float, float]


def failure_of(_path: str, body: Body) -> str | None:
    """Failed if the mark stands in any text of the request; in a link it may be percent-encoded."""
    marked = FAIL_MARK in unquote(json.dumps(body, ensure_ascii=False)).casefold()
    return "rendering_failed" if marked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Times are seconds, money is cents; a span is drawn from evenly."""

    key: str = KEY
    #: Who the key belongs to.
    username: str = "sandbox"
    #: Where links lead to; "": to the host that was asked.
    base: str = BASE
    #: Ids that the account has not are refused. A rehearsal can't know those of the person's own account.
    strict: bool = False
    slots: int = SLOTS
    #: How many cloned voices the account may have; None: no end.
    clones: int | None = None
    #: Paid POSTs, and reads, a minute; None: no limit.
    posts_per_minute: int | None = None
    reads_per_minute: int | None = None
    charge: Charge = nothing
    #: How long a key replays its first answer (https://developers.heygen.com/reference).
    key_life: float = 24 * 3600.0
    #: How long a link works: HeyGen's older pages name a week.
    link_life: float = 7 * 24 * 3600.0
    #: How long a render takes.
    render: Span = (1.0, 2.0)
    #: While true none ends; what was due ends as soon as it is false again.
    never_ends: bool = False
    #: How long the answers take: to reads, to paid POSTs, and until a recording is ready.
    get_seconds: Span = (0.0, 0.0)
    post_seconds: Span = (0.05, 0.05)
    speech_seconds: Span = (0.2, 0.2)
    #: How long a new job is missing from the lists.
    list_lag: float = 0.0
    #: The failure_code that a job is to end with, by the path and the body of its request, None for a good one; may
    #: raise `Refusal`.
    failure_of: Callable[[str, Body], str | None] = failure_of
