"""The forms of HeyGen's answers: data, pages of a list, and the envelope of a refusal.

Source: https://developers.heygen.com/docs/error-codes and https://developers.heygen.com/reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Item = Mapping[str, object]


class Refusal(Exception):
    """An answer that is no success; raised anywhere under a route."""

    def __init__(
        self, status: int, code: str, message: str, *, param: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        self.retry_after = retry_after

    def response(self) -> Response:
        error = {"code": self.code, "message": self.message, "param": self.param, "doc_url": None}
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return JSONResponse({"error": error}, self.status, headers)


def invalid(message: str, param: str | None = None) -> Refusal:
    """HeyGen's answer to whatever is wrong in the request itself."""
    return Refusal(400, "invalid_parameter", message, param=param)


def refuse(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return error.response()


def data(content: object) -> Response:
    return JSONResponse({"data": content})


def page(query: QueryParams, ids: Iterable[str], show: Callable[[str], Item], *, default: int, most: int) -> Response:
    """One page of a list; the token is the id of the last item shown, so new items do not shift the rest."""
    limit, token = _limit(query, default, most), query.get("token")
    remaining = iter(ids)
    if token and token not in remaining:  # the search leaves the iterator right behind the token
        raise invalid("This token is of no page that was given out here.", "token")

    shown = list(islice(remaining, limit + 1))
    more = len(shown) > limit
    shown = shown[:limit]
    return JSONResponse(
        {"data": [show(item_id) for item_id in shown], "has_more": more, "next_token": shown[-1] if more else None}
    )


def one_of(query: QueryParams, name: str, choices: tuple[str, ...]) -> str | None:
    """A filter of a list that knows a few words only; None without it."""
    word = query.get(name)
    if word is not None and word not in choices:
        raise invalid(f"{name} is one of {', '.join(choices)}.", name)

    return word


def _limit(query: QueryParams, default: int, most: int) -> int:
    text = query.get("limit", str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise invalid(f"limit is a whole number from 1 to {most}.", "limit")

    return int(text)
