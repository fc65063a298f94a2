"""What the answer at a link means: nothing, a warning, or a mistake.

Pure. Only what HeyGen would meet just as well is a mistake: a link that leads nowhere, is closed, is not public, or
leads to too large a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bulkgen.kinds.media import Media
from bulkgen.model import Issue, warning

_TRY = "Open it in a private window to see what HeyGen will get."
_WAIT = "If HeyGen can't fetch it either, the row will fail there."

NO_ADDRESS = Issue(code="not_a_link", cause="is no web address", fix="Give a link that starts with https://.")
NOT_PUBLIC = Issue(
    code="link_not_public",
    cause="is not public: it leads into a private network",
    fix="Put the file where everybody can reach it, and link to that.",
)
GONE = Issue(code="link_gone", cause="leads to nothing: the host has no such file", fix=f"Copy the link again. {_TRY}")
CLOSED = Issue(
    code="link_closed",
    cause="is not open to everybody",
    fix=f"Share the file so that it opens without a login. {_TRY}",
)

VEILED = warning(
    code="link_not_checked", cause="can't be checked from here: a proxy or VPN stands before it", fix=_WAIT
)
UNREACHED = warning(code="link_unreachable", cause="can't be reached from here", fix=f"Check the link. {_WAIT}")
SLOW = warning(code="link_slow", cause="did not answer in time", fix=_WAIT)
NO_TIME = warning(code="link_not_checked", cause="was not checked, as the other links took all the time", fix=_WAIT)
IN_CIRCLES = warning(code="link_in_circles", cause="is sent on from one address to the next without end", fix=_TRY)
NOT_SECURE = warning(
    code="link_not_secure",
    cause="is no https link, which HeyGen asks for",
    fix="Use the form that starts with https://.",
)

#: By these a host says nothing of the file.
NONDESCRIPT = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "application/x-download", "application/force-download"}
)
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


class Verdict(Exception):
    """Ends the asking: what is wrong is known."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.cause)
        self.issue = issue


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


def judged(answer: Answer, media: Media) -> Issue | None:
    """What is wrong with the file, None if nothing is."""
    if answer.status in (404, 410):
        return GONE

    if answer.status in (401, 403) and "cf-mitigated" not in answer.headers:  # a guard against programs, not people
        return CLOSED

    if not answer.good:
        cause = f"can't be checked: its host answers with error {answer.status}"
        return warning(code="link_not_checked", cause=cause, fix=_WAIT)

    if answer.type in _PAGES:
        fix = f"Link to the file itself, not to a page that shows it or asks for a login. {_TRY}"
        return warning(code="link_to_page", cause=f"leads to a web page, not to {media.noun}", fix=fix)

    size = answer.size
    if media.limit and size is not None and size > media.limit:
        limit = f"{media.limit // (1024 * 1024)} MB"
        fix = f"HeyGen takes up to {limit}: make the file smaller."
        return Issue(code="link_too_large", cause=f"leads to a file of more than {limit}", fix=fix)

    if answer.type not in NONDESCRIPT and not media.takes(answer.type):
        fix = f"HeyGen takes {media.formats} here. {_TRY}"
        cause = f"does not look like {media.noun}: its host calls it {_plain(answer.type)}"
        return warning(code="link_of_other_type", cause=cause, fix=fix)

    return None


def _plain(content_type: str) -> str:
    return content_type[:60] if re.fullmatch(r"[\w.+-]+/[\w.+-]+", content_type, re.ASCII) else "something else"
