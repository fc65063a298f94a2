"""What an answer of HeyGen means: its data, or an error of our tree.

An error is judged by HeyGen's machine code first and by the HTTP status where the code is unknown, never by words
of its message. What is not HeyGen's own answer (a proxy's page, a cut body, a redirect) is `Lost`: it does not say
what HeyGen did. What each code means stands in `codes`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

import httpx

from bulkgen.codes import CODES
from bulkgen.errors import ApiError, Forbidden, Lost, OutOfCredit, RateLimited, Refused, Unauthorized, Unreachable


def data_of(response: httpx.Response, *, now: Callable[[], float] = time.time) -> Mapping[str, object]:
    """The whole body of a good answer, as an object.

    Raises the `ApiError` that the answer stands for; a body that is no answer of HeyGen's is `Lost`.
    """
    request_id = response.headers.get("x-request-id", "")[:80]
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise _without_envelope(response, request_id, now)

    error = body.get("error")
    if error is None and response.is_success:
        return body

    code, message, param = _read_error(error, body)
    known = CODES.get(code)
    kind = known.error if known else None
    if kind is None and response.is_success:
        kind = Lost
    raise _make(kind or _by_status(response.status_code), response, code, message, param, request_id, now)


def _read_error(error: object, body: Mapping[str, object]) -> tuple[str, str, str]:
    """Code, message and field of the envelope, or of the flat form of HeyGen's older APIs."""
    source = error if isinstance(error, Mapping) else body
    code, message = source.get("code"), source.get("message")
    if isinstance(error, str) and not message:
        message = error
    several = source.get("errors")
    if isinstance(several, list):
        parts = [str(item["message"]) for item in several if isinstance(item, dict) and item.get("message")]
        message = "; ".join(parts) or message
    return str(code or ""), str(message or ""), str(source.get("param") or "")


def _by_status(status: int) -> type[ApiError]:
    exact: Mapping[int, type[ApiError]] = {401: Unauthorized, 402: OutOfCredit, 403: Forbidden, 429: RateLimited}
    if status in exact:
        return exact[status]

    # 409 without a word that we know may be a request in progress: to take it for a refusal would be to pay twice.
    return Refused if 400 <= status < 500 and status not in (408, 409, 425) else Lost


def _without_envelope(response: httpx.Response, request_id: str, now: Callable[[], float]) -> ApiError:
    """A page or nothing at all: only statuses that mean the same from any gateway are believed."""
    status = response.status_code
    believed = {401, 413, 429}
    kind = _by_status(status) if status in believed else Lost
    what = "HeyGen's address sent something that is not an answer of HeyGen's API (a proxy's page?)"
    return _make(kind, response, "", f"{what}: HTTP {status}", "", request_id, now)


def _make(
    kind: type[ApiError],
    response: httpx.Response,
    code: str,
    message: str,
    param: str,
    request_id: str,
    now: Callable[[], float],
) -> ApiError:
    status = response.status_code
    text = clean(message) or f"HTTP {status}"
    if kind is RateLimited:
        return RateLimited(text, retry_after=retry_after(response.headers.get("retry-after"), now()), code=code)

    return kind(text, code=code, status=status, param=param, request_id=request_id)


def retry_after(header: str | None, now: float) -> float | None:
    """Seconds to wait, from seconds or an HTTP date (RFC 9110, 10.2.3); None for none or nonsense."""
    if header is None:
        return None

    text = header.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text[:12])

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None


def clean(message: str) -> str:
    """HeyGen's message on one line, without links (they may be signed) and without control characters."""
    text = re.sub(r"https?://\S+", "(link)", message)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


def lost_from(error: httpx.HTTPError) -> Lost:
    """A transport failure in plain words; httpx's own text may hold the address asked for."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Unreachable("HeyGen can't be reached (no connection)", code="unreachable")

    if isinstance(error, httpx.ProxyError):
        return Unreachable("the proxy on the way to HeyGen refused the connection", code="unreachable")

    if isinstance(error, httpx.TimeoutException):
        return Lost("HeyGen did not answer in time")

    return Lost("the connection to HeyGen broke off before its answer was complete")
