"""Many questions to HeyGen, each about one thing of the account: a few are asked at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import anyio

from bulkgen.errors import ApiError

#: So many wait for their answers at once.
AT_ONCE = 4

Thing = TypeVar("Thing")


async def ask_each(
    ask: Callable[[Thing], Awaitable[None]], things: Iterable[Thing], limiter: anyio.CapacityLimiter | None = None
) -> None:
    """Asks for each of the things; `limiter`: where others ask at the same time.

    All are asked for, whatever becomes of one; then the first `ApiError` is raised.
    """
    turns = limiter or anyio.CapacityLimiter(AT_ONCE)
    errors: list[ApiError] = []

    async def one(thing: Thing) -> None:
        async with turns:
            try:
                await ask(thing)
            except ApiError as error:
                errors.append(error)

    async with anyio.create_task_group() as group:
        for thing in things:
            group.start_soon(one, thing)
    if errors:
        raise errors[0]
