"""Everything that a test can turn on the stand-in, at its start and while it runs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from email.utils import formatdate
from typing import Any

from bulkgen.sandbox.settings import Body
from bulkgen.sandbox.settings import Settings as AccountSettings

DEFAULT_KEY = "standin-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The account's and the wire's behaviour. Times are seconds; ranges are `[least, most]`, drawn evenly."""

    #: The one API key that is right.
    key: str = DEFAULT_KEY
    #: Who `GET /v3/users/me` says the key belongs to.
    username: str = "standin"
    #: Whether requests and answers have to fit HeyGen's schemas (`judge`).
    judged: bool = True
    #: Of every random draw: faults, render times, failing jobs.
    seed: int = 1

    # money
    #: False: an Idempotency-Key is read and ignored, every POST is charged.
    honour_keys: bool = True
    #: USD left, `price` a job; None: never empty. Empty: 402 insufficient_credit.
    balance: float | None = None
    price: float = 1.0
    #: Jobs and recordings left in the allowance; None: no end. Used up: 429 quota_exceeded.
    quota: int | None = None
    #: This many repeats of a charged key meet 409 request_in_progress before the first answer is replayed.
    in_progress_repeats: int = 0

    # room
    slots: int = 10
    #: Slots that somebody else on the account holds.
    other_user: int = 0
    #: Cloned voices that the account may have; None: no end.
    clones: int | None = None
    #: Paid POSTs, and reads, a minute; None: no limit.
    rate_per_minute: int | None = None
    reads_per_minute: int | None = None
    #: What a 429 says: `5`, `none`, `past`, `date+30` (an HTTP date in 30 s), `86400`, `soon`: any text, as it is.
    retry_after: str = "5"

    # time
    render: tuple[float, float] = (60.0, 135.0)
    #: Render times are multiplied by this: 0.001 turns minutes into tenths of a second.
    time_scale: float = 1.0
    #: How long an answer to a paid POST, and to a read, takes. A repeat in the meantime meets 409.
    post_seconds: tuple[float, float] = (0.0, 0.0)
    get_seconds: tuple[float, float] = (0.0, 0.0)
    #: Added to the account's clock: 90000 lets 25 hours go by at once, -86400 sets it back a day.
    clock_offset: float = 0.0
    #: Whether answers say what time it is (`Date`).
    dated: bool = True
    #: How long a new job is missing from the lists.
    list_lag: float = 0.0

    # the life of a job
    #: While true no job ends; what was due ends as soon as it is false again.
    never_ends: bool = False
    #: A word to say in place of `processing` or `running`.
    status_word: str = ""
    #: The first looks at a job (bulk or single) do not find it; -1: no look ever does.
    not_found_looks: int = 0
    #: A completed job has no `video_url` for its first looks, and for its first seconds; -1 looks: never.
    link_null_looks: int = 0
    link_null_seconds: float = 0.0
    # faults (see `faults`)
    #: Chances by fault: `{"post": {"drop_after": 0.1}, "get": {…}, "media": {…}}`.
    faults: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    #: Rules, the first that applies wins; they go before the chances.
    script: tuple[Mapping[str, Any], ...] = ()

    # the account
    #: Further templates: `{"tpl_mine": {"first_name": "text"}}`.
    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Other names than its own for templates, voices and looks, by id: `{"tpl_hello": "Welcome"}`.
    names: Mapping[str, str] = field(default_factory=dict)

    def changed(self, changes: Mapping[str, Any]) -> Settings:
        """A copy with these settings, as JSON has them. Raises `ValueError` for an unknown name."""
        known = {item.name for item in fields(self)}
        if unknown := sorted(changes.keys() - known):
            raise ValueError(f"unknown settings: {', '.join(unknown)}; known: {', '.join(sorted(known))}")

        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()
        }
        return replace(self, **values)

    def of_account(self, failure_of: Callable[[str, Body], str | None]) -> AccountSettings:
        """Those that the account itself goes by."""
        least, most = self.render
        return AccountSettings(
            key=self.key,
            username=self.username,
            base="",
            strict=True,
            slots=self.slots - self.other_user,
            clones=self.clones,
            posts_per_minute=self.rate_per_minute,
            reads_per_minute=self.reads_per_minute,
            charge=lambda *_: float(round(self.price * 100)),
            key_life=AccountSettings().key_life if self.honour_keys else 0,
            render=(least * self.time_scale, most * self.time_scale),
            never_ends=self.never_ends,
            get_seconds=self.get_seconds,
            post_seconds=self.post_seconds,
            speech_seconds=self.post_seconds,
            list_lag=self.list_lag,
            failure_of=failure_of,
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def retry_after_header(form: str, now: float | None = None) -> dict[str, str]:
    """The header that a form of `Settings.retry_after` stands for; dates go by the real clock, as clients read them."""
    now = time.time() if now is None else now
    if form == "none":
        return {}

    if form == "past":
        return {"Retry-After": formatdate(now - 3600, usegmt=True)}

    if dated := re.fullmatch(r"date\+(\d+)", form):
        return {"Retry-After": formatdate(now + int(dated[1]), usegmt=True)}

    return {"Retry-After": form}
