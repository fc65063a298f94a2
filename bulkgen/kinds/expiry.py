"""When links to results end: as they say themselves, in one of the ways that storage hosts have.

Pure. Of links that do not say it HeyGen's older documents (https://docs.heygen.com) tell that they last seven days from
the moment at which HeyGen gave them.
"""

from __future__ import annotations

import binascii
import math
import re
from base64 import b64decode
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

#: How long a link lives that does not say it (seconds).
LIFE = 7 * 86_400.0

#: A link that ends within this time (seconds) is renewed by whoever comes by.
SOON = 86_400.0

#: How long a link may say that it lives (seconds); S3 allows seven days.
_LIFE = re.compile(r"[0-9]{1,9}")

#: The last second of the year 9999: no later one can be written as a date.
_LAST = 253_402_300_799.0

#: A moment in Unix seconds, or in thousandths of them.
_SECONDS, _THOUSANDTHS = re.compile(r"[0-9]{9,11}"), re.compile(r"[0-9]{12,14}")

#: As tokens of content networks have it, among other fields of theirs: `exp=1790000000~acl=/*~hmac=…`.
_IN_TOKEN = re.compile(r"(?:^|~)exp=([0-9]{9,11})(?:~|$)")

#: In the policy of a link of CloudFront's: `"DateLessThan":{"AWS:EpochTime":1790000000}`.
_IN_POLICY = re.compile(rb'"DateLessThan"\s*:\s*\{\s*"AWS:EpochTime"\s*:\s*([0-9]{9,11})')


def earliest_end(links: Iterable[str], given: float) -> float | None:
    """When the first of these links ends that were given at `given` (both Unix seconds); None without any.

    What does not say its end is taken to last as long as what does.
    """
    found = [link for link in links if link]
    ends = [end for end in map(end_of, found) if end is not None]
    if ends:
        return min(max(0.0, min(ends)), _LAST)

    return given + LIFE if found else None


def end_of(link: str) -> float | None:
    """When the link ends (Unix seconds), None where it does not say; at once, where what it says can't be read."""
    try:
        query = {name.casefold(): values[-1] for name, values in parse_qs(urlsplit(link).query).items()}
    except ValueError:  # too many fields
        return 0.0

    for prefix in ("x-amz", "x-goog"):
        date, life = query.get(f"{prefix}-date", ""), query.get(f"{prefix}-expires", "")
        if date or life:
            return _signed(date) + int(life) if _LIFE.fullmatch(life) else 0.0

    ends = [_moment(query[name]) for name in ("expires", "expire", "exp", "se") if name in query]
    ends += [_in_policy(query.get("policy", ""))]
    ends += [float(token[1]) for token in map(_IN_TOKEN.search, query.values()) if token]
    return next((end for end in ends if end is not None), None)


def _signed(date: str) -> float:
    """`20261103T120000Z` in Unix seconds; the beginning of time for anything else."""
    try:
        return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return -math.inf


def _moment(text: str) -> float | None:
    """`1790000000`, or `2026-11-03T12:00:00Z` (Azure), in Unix seconds; None for anything else."""
    if _SECONDS.fullmatch(text) or _THOUSANDTHS.fullmatch(text):
        return float(text) / (1 if len(text) < 12 else 1000)

    try:
        moment = datetime.fromisoformat(text)
        return moment.timestamp() if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _in_policy(text: str) -> float | None:
    """The end that stands in a policy of CloudFront's: base64, with letters of its own for those that addresses use."""
    try:
        policy = b64decode(text.translate(str.maketrans("-_~", "+=/")))
    except (ValueError, binascii.Error):
        return None

    found = _IN_POLICY.search(policy)
    return float(found[1]) if found else None
