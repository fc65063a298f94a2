"""What the answer at a link means: nothing, a warning, or a mistake.

Pure. Only what HeyGen would meet just as well is a mistake: a link that leads nowhere, is closed, is not public, or
leads to too large a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bulkgen.kinds.columns import Fault
from bulkgen.kinds.media import Media

_TRY = "Open it in a private window to see what HeyGen will get."
_WAIT = "If HeyGen can't fetch it either, the row will fail there."

NO_ADDRESS = Fault("", "is no web address", "Give a link that starts with https://.")
NOT_PUBLIC = Fault(
    "", "is not public: it leads into a private network", "Put the file where everybody can reach it, and link to that."
)
GONE = Fault("", "leads to nothing: the host has no such file", f"Copy the link again. {_TRY}")
CLOSED = Fault("", "is not open to everybody", f"Share the file so that it opens without a login. {_TRY}")

VEILED = Fault("", "can't be checked from here: a proxy or VPN stands before it", _WAIT, warning=True)
UNREACHED = Fault("", "can't be reached from here", f"Check the link. {_WAIT}", warning=True)
SLOW = Fault("", "did not answer in time", _WAIT, warning=True)
NO_TIME = Fault("", "was not checked, as the other links took all the time", _WAIT, warning=True)
IN_CIRCLES = Fault("", "is sent on from one address to the next without end", _TRY, warning=True)
NOT_SECURE = Fault(
    "", "is no https link, which HeyGen asks for", "Use the form that starts with https://.", warning=True
)

#: By these a host says nothing of the file.
_NONDESCRIPT = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "application/x-download", "application/force-download"}
)
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


class Verdict(Exception):
    """Ends the asking: what is wrong is known."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.cause)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host said of the file; `headers` are found whatever their case."""

    status: int
    headers: Mapping[str, str]

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().casefold()

    @property
    def size(self) -> int | None:
        """Of the whole file, in bytes."""
        if self.status == 206:
            total = self.headers.get("Content-Range", "").rpartition("/")[2]
        else:
            total = "" if "Content-Encoding" in self.headers else self.headers.get("Content-Length", "")
        return int(total) if re.fullmatch(r"[0-9]{1,18}", total) else None


def tells_enough(answer: Answer, media: Media) -> bool:
    """Whether the answer to a HEAD can be relied on: many hosts answer it worse than a GET."""
    told = bool(answer.type) and answer.type not in _PAGES and (answer.size is not None or not media.limit)
    return answer.good and told


def judged(answer: Answer, media: Media) -> Fault | None:
    """What is wrong with the file, None if nothing is."""
    if answer.status in (404, 410):
        return GONE

    if answer.status in (401, 403) and "cf-mitigated" not in answer.headers:  # a guard against programs, not people
        return CLOSED

    if not answer.good:
        return Fault("", f"can't be checked: its host answers with error {answer.status}", _WAIT, warning=True)

    if answer.type in _PAGES:
        fix = f"Link to the file itself, not to a page that shows it or asks for a login. {_TRY}"
        return Fault("", f"leads to a web page, not to {media.noun}", fix, warning=True)

    size = answer.size
    if media.limit and size is not None and size > media.limit:
        limit = f"{media.limit // (1024 * 1024)} MB"
        return Fault("", f"leads to a file of more than {limit}", f"HeyGen takes up to {limit}: make the file smaller.")

    if answer.type not in _NONDESCRIPT and not media.takes(answer.type):
        fix = f"HeyGen takes {media.formats} here. {_TRY}"
        return Fault("", f"does not look like {media.noun}: its host calls it {_plain(answer.type)}", fix, warning=True)

    return None


def _plain(content_type: str) -> str:
    return content_type[:60] if re.fullmatch(r"[\w.+-]+/[\w.+-]+", content_type, re.ASCII) else "something else"
